"""How work is spread over jobs."""

from collections.abc import Iterator

from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

JOB_COUNT = Param("jobs", 10, "How many jobs with few tasks an account may have.")
FEW = Param("tasks", 10, "Up to how many tasks are few.")
ACTIVE = Param("active_jobs", 1000, "How many active jobs are very many.")
PERCENT = Param("percent", 70, "How much of the quota of active jobs may be used.")


@rule(
    "BP5001",
    "Jobs hold too few tasks",
    kinds=["account"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["task_counts"],
    params=[JOB_COUNT, FEW],
)
def many_jobs_with_few_tasks(account: Subject, see: Scope) -> Iterator[Finding]:
    """Many jobs of an account hold one task or a few.

    Why: A job is made for hundreds of tasks and more, and there is no quota of tasks. A job for each task is the
    slowest and dearest way, and uses up the quota of active jobs.

    Instead: Put the tasks into one job.

    Source: "Azure Batch best practices", Jobs: fewer jobs, more tasks. Tasks are not part of a configuration, so that
    those of jobs that are there are counted.

    Exceptions: jobs with a job manager task are not counted.
    """
    jobs = [one for one in see.in_account(account, "job") if one.live and not one.going]
    jobs = [one for one in jobs if one.block("job_manager_task") is None]
    most = see.param(JOB_COUNT)
    if len(jobs) <= most:
        raise Inapplicable(f"there are at most {most} jobs without a job manager task")
    counts = [_tasks(one, see) for one in jobs]
    for few, severity in ((1, Severity.WARNING), (see.param(FEW), Severity.INFO)):
        small = sum(1 for count in counts if count <= few)
        if small > most:
            yield Finding(
                f"{account.address} has {small} jobs with at most {few} task{'' if few == 1 else 's'} each: the "
                "slowest and dearest way to run them.",
                expected=most,
                actual=small,
                remediation="Add the tasks to one job, and delete the others.",
                severity=severity,
            )
            return


def _tasks(job: Subject, see: Scope) -> int:
    assert job.remote is not None, "what is live has its name"
    counts = see.live.task_counts(job.remote.id)
    return sum(counts.get(state, 0) for state in ("active", "running", "completed"))


@rule(
    "BP5002",
    "Very many active jobs",
    kinds=["account"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["jobs", "quotas"],
    params=[ACTIVE, PERCENT],
)
def very_many_active_jobs(account: Subject, see: Scope) -> Iterator[Finding]:
    """The pools of an account have very many active jobs, or most of those that its quota allows.

    Why: The service is made for many tasks in few jobs. At the quota no job and no schedule can be made any more,
    neither by a person nor by a schedule.

    Instead: Put more tasks into one job, and let jobs end: completed jobs do not count.

    Source: "Azure Batch best practices", Jobs: fewer jobs, more tasks; Learn, "Batch service quotas and limits".
    The jobs of pools that are not in the configuration are not counted.
    """
    pools = [one for one in see.in_account(account, "pool") if one.live and one.remote is not None]
    if not pools or account.remote is None:
        raise Inapplicable("none of its pools is there yet")
    active = sum(
        1
        for pool in pools
        if pool.remote is not None
        for job in see.live.jobs_on(pool.remote.id)
        if job.get("schedule") is not True and str(job.get("state", "")).lower() == "active"
    )
    quota = see.live.quotas(account.remote.account_id).active_jobs_and_schedules
    many, near = active > see.param(ACTIVE), active * 100 > quota * see.param(PERCENT)
    if many or near:
        yield Finding(
            f"{account.address} has {active} active jobs, and its quota of active jobs and schedules is {quota}.",
            expected=quota,
            actual=active,
            remediation='Put more tasks into one job, and end jobs: all_tasks_complete_mode = "terminatejob".',
        )
