"""When jobs end."""

from collections.abc import Iterator

from batchplan.plan.change import Action
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Param, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import JOBS, labelled, limited, specification

QUEUE = Param("queue", "queue", 'The name in the metadata of a job that stays open on purpose, with the value "true".')


@rule(
    "BP5003",
    "Job never ends by itself",
    kinds=JOBS,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    params=[QUEUE],
)
def job_without_end(job: Subject, see: Scope) -> Iterator[Finding]:
    """Nothing ends a job: not the end of its tasks, nor of a manager, nor a time.

    Why: A job stays active until something ends it, and counts against the account's quota of active jobs and
    schedules. A schedule makes no new job while the last one is active.

    Instead: Set `all_tasks_complete_mode = "terminatejob"` once the tasks are in it, give it a job manager task, or
    set `constraints { max_wall_clock_time }`.

    Source: "Azure Batch best practices", Jobs: job lifetime. Two of three public deployments have no end, so that the
    rule advises and does not stop.

    Exceptions: a job that takes tasks all the time; say so with the metadata `queue = "true"`.
    """
    one = specification(job)
    if labelled(one, see.param(QUEUE)):
        raise Inapplicable("it is a queue")
    manager = one.block("job_manager_task")
    if (
        one.text("all_tasks_complete_mode").lower() != "terminatejob"
        and limited(one, "constraints.max_wall_clock_time") is None
        and (manager is None or manager.get("kill_job_on_completion") is False)
    ):
        does, them = ("makes jobs that never end", "them") if job.kind == "job_schedule" else ("never ends", "it")
        yield Finding(
            f"{job.address} {does}: neither the end of all tasks, nor a job manager task, nor a wall clock ends {them}.",
            one.path("constraints.max_wall_clock_time"),
            remediation='Set constraints { max_wall_clock_time = "P1D" }, or metadata queue = "true" for a queue.',
        )


@rule("BP5004", "Job ends before it has tasks", kinds=["job"], severity=Severity.ERROR, level=Level.SOFT)
def terminatejob_on_empty_job(job: Subject, _: Scope) -> Iterator[Finding]:
    """A new job is to end when all its tasks have ended, and has none yet.

    Why: A job without tasks counts as one whose tasks have all ended. It completes as soon as it is made, and tasks
    that are added later are refused.

    Instead: Make it with `noaction`, and set `terminatejob` when its tasks have been added; or let a job manager task
    add them.

    Source: REST API, Job - Add, onAllTasksComplete. batchplan makes a job as it is declared, and adds no tasks.

    Exceptions: none for new jobs; for a job that is there, the change is made in place.
    """
    if job.action not in (None, Action.CREATE, Action.REPLACE):
        raise Inapplicable("it is there already")
    ends = job.text("all_tasks_complete_mode").lower() == "terminatejob"
    if ends and job.block("job_manager_task") is None:
        path = "all_tasks_complete_mode"
        yield Finding(
            f'{job.address} is made without tasks, and "terminatejob" ends such a job at once.',
            path,
            expected="noaction",
            actual="terminatejob",
            remediation=f'Set {path} = "noaction", and "terminatejob" once the tasks have been added.',
            edit=Edit(path, "noaction"),
        )
