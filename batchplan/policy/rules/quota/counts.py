"""Whether an account may have as many pools, jobs, schedules, applications and packages as it is to have."""

from collections import Counter
from collections.abc import Iterator

from batchplan.policy import facts
from batchplan.policy.accounts import WITH_POOLS, account_asked, doubled, inside, pools, title, undeclared_pools
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule(
    "BP4001",
    "Pools exceed the quota",
    kinds=WITH_POOLS,
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["quotas"],
)
def pool_quota_exceeded(subject: Subject, see: Scope) -> Iterator[Finding]:
    """An account has more pools at some moment of the plan than it may have.

    Why: The service refuses the pool (PoolQuotaReached), in the middle of an apply. A rollout has two generations of
    its pool for a while.

    Instead: Ask for a higher quota, replace fewer pools at a time, or use `strategy = "drain_and_patch"`.

    Source: Learn "Batch service quotas and limits"; "Azure Batch best practices", Pool lifetime. Pools that nobody
    declares count where they were read. Those that go are gone before or after others are made: when they alone make
    the difference, it is a warning.
    """
    account_id = account_asked(subject, see)
    quota = see.live.quotas(account_id).pools
    declared = inside(see, account_id, "pool")
    others = len(undeclared_pools(see, account_id))
    stay = sum(1 for _ in pools(see, account_id)) + others
    second = sum(1 for one in declared if doubled(one))
    going = sum(1 for one in declared if one.going)
    if not stay:
        raise Inapplicable("there are no pools")
    if stay + second + going > quota:
        beside = [f"{second} of them old generations beside their successors"] if second else []
        beside += [f"{going} of them to be deleted"] if going else []
        beside += [f"{others} not declared here"] if others else []
        told = f" ({', '.join(beside)})" if beside else ""
        yield Finding(
            f"{title(subject, account_id)} has {stay + second + going} pools at once during the plan{told}; "
            f"its quota is {quota}.",
            expected=quota,
            actual=stay + second + going,
            remediation="Ask for a higher quota, or replace fewer pools at a time: apply with -target.",
            severity=Severity.ERROR if stay + second > quota else Severity.WARNING,
        )


@rule(
    "BP4006",
    "Active jobs and schedules exceed the quota",
    kinds=("account", "job", "job_schedule"),
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["quotas"],
)
def active_job_quota_exceeded(subject: Subject, see: Scope) -> Iterator[Finding]:
    """An account has more active jobs and schedules than it may have.

    Why: The service refuses the next job (ActiveJobAndScheduleQuotaReached); schedules then miss their runs. Jobs that
    are disabled count, those that have completed do not.

    Instead: Terminate jobs that are done (`on_all_tasks_complete`), and put more tasks into fewer jobs.

    Source: "Azure Batch best practices", Jobs: fewer jobs, more tasks; job lifetime. Jobs that are not declared count
    where the jobs of their pools were read. How many jobs there are changes by the minute.
    """
    account_id = account_asked(subject, see)
    quota = see.live.quotas(account_id).active_jobs_and_schedules
    jobs = {one.remote.name.lower() for one in inside(see, account_id, "job") if one.remote and not one.going}
    schedules = sum(1 for one in inside(see, account_id, "job_schedule") if not one.going)
    others = _live_jobs(see, account_id) - jobs
    total = len(jobs) + schedules + len(others)
    if not jobs and not schedules:
        raise Inapplicable("there are no jobs or schedules")
    if total > quota:
        more = f", {len(others)} of them not declared here" if others else ""
        yield Finding(
            f"{title(subject, account_id)} has {total} active jobs and schedules{more}; its quota is {quota}.",
            expected=quota,
            actual=total,
            remediation='End jobs that are done with on_all_tasks_complete = "terminatejob", or ask for a higher quota.',
        )


def _live_jobs(see: Scope, account_id: str) -> set[str]:
    """Return the names of the jobs that are active on an account's pools, as far as they were read."""
    found = see.live.datasets.get("jobs")
    if found is None:
        return set()
    keys = [one.remote.id.lower() for one in inside(see, account_id, "pool") if one.remote is not None]
    rows = [row for key in keys for row in found.rows.get(key, ())]
    return {str(row["name"]).lower() for row in rows if str(row.get("state", "")).lower() != "completed"}


@rule(
    "BP4011",
    "Applications exceed a limit of the service",
    kinds=["account"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def application_limit_exceeded(account: Subject, see: Scope) -> Iterator[Finding]:
    """An account declares more applications, or an application more packages, than the service takes.

    Why: The service refuses what is beyond its limits, when half of the plan is done.

    Instead: Remove versions that no pool uses any more; put small tools into one package.

    Source: Learn "Batch service quotas and limits". The numbers that could be read are of 2019 and may have been
    raised since: hence a warning. Mounts and packages of a pool have limits of their own, which are checked as such.
    """
    applications = [one for one in see.in_account(account, "application") if not one.going]
    packages = [one for one in see.in_account(account, "application_package") if not one.going]
    if not applications and not packages:
        raise Inapplicable("there are no applications")
    most = facts.limit("applications_of_account")
    if len(applications) > most:
        yield _beyond(
            f"{account.address} has {len(applications)} applications; the service takes {most}.",
            len(applications),
            most,
        )
    most = facts.limit("packages_of_application")
    counted = Counter(one.remote.name.lower() for one in packages if one.remote is not None)
    for application, count in sorted(counted.items()):
        if count > most:
            text = (
                f'The application "{application}" of {account.address} has {count} packages; the service takes {most}.'
            )
            yield _beyond(text, count, most)


def _beyond(message: str, actual: int, most: int) -> Finding:
    return Finding(message, expected=most, actual=actual, remediation="Remove what no pool uses any more.")
