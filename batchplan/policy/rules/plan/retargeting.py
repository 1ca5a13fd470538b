"""Moving a job to another pool."""

from collections.abc import Iterator

from batchplan.plan.change import Action
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule(
    "BP8004",
    "Job is moved without being disabled",
    kinds=["job"],
    phase=Phase.PLAN,
    severity=Severity.ERROR,
    level=Level.HARD,
)
def job_moved_while_enabled(job: Subject, see: Scope) -> Iterator[Finding]:
    """A job gets another pool in a way that the service refuses.

    Why: The pool of a job can change only while the job is disabled. The pool that Batch made for a job cannot change
    at all, but for `keep_alive`: the job has to be made anew.

    Instead: Disable the job (running tasks end, or are queued again), change its pool, enable it. batchplan's own plans
    do that.

    Source: REST API 2025-06-01, Job - Patch, poolInfo; "Azure Batch best practices", Pools: retarget jobs. It is asked
    when planning, since the steps are known by then.
    """
    moved = job.changed("pool_info")
    if job.action is not Action.UPDATE or moved is None:
        raise Inapplicable("it does not move to another pool")
    if _has_own_pool(job) and "keep_alive" not in moved.path:
        yield Finding(
            f"{job.address} has a pool of its own, which Batch made; it cannot move to another one.",
            "pool_info",
            remediation=f"Have it made anew: batchplan plan -replace={job.address}",
        )
        return
    disabled = str(job.fact("state")).lower() == "disabled"
    assert job.remote is not None, "what is changed has a name"
    for step in see.steps_on(job.remote):
        match step.type:
            case "DisableJob":
                disabled = True
            case "EnableJob":
                disabled = False
            case "Patch" if not disabled:
                yield Finding(
                    f"Step {step.id} gives {job.address} another pool while the job is not disabled; the service "
                    "refuses that.",
                    "pool_info",
                    remediation="Make the plan again; when it stays so, disable the job by hand first.",
                )
            case _:
                pass


def _has_own_pool(job: Subject) -> bool:
    before = (job.before or {}).get("pool_info") or {}
    return isinstance(before, dict) and "auto_pool_specification" in before
