"""Tasks that are interrupted or fail."""

from collections.abc import Iterator

from batchplan.policy.capacity import is_windows
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.tasks import (
    JOBS,
    labelled,
    measured,
    specification,
    spot_nodes,
    statistics,
    used_pool,
    vm,
)

CHECKPOINT = Param("checkpoint", "checkpoint", "The name in the metadata of a job whose tasks go on where they were.")
MINUTES = Param("minutes", 60, "How long a task may run without a checkpoint.")


@rule("BP5106", "Failed tasks on Spot nodes are not tried again", kinds=JOBS, level=Level.ADVISORY)
def tasks_without_retries_on_spot(job: Subject, see: Scope) -> Iterator[Finding]:
    """A job runs on Spot nodes, and a task that fails there is not tried again.

    Why: Batch queues a preempted task again by itself. But a task that an eviction or a dying node makes exit with an
    error has failed for good, and the job goes on without its result.

    Instead: Set `constraints { max_task_retry_count = 2 }` in the job, and make tasks that can run again.

    Source: "Azure Batch best practices", Tasks: design for retries and re-execution; REST API, jobConstraints,
    maxTaskRetryCount, whose default is 0.

    Exceptions: tasks whose failures do not go away; tasks that set the number themselves.
    """
    pool = used_pool(job, see)
    if pool is None:
        raise Inapplicable("its pool is not in this configuration")
    if spot_nodes(pool).high == 0:
        raise Inapplicable("its pool has no Spot nodes")
    one = specification(job)
    path = "constraints.max_task_retry_count"
    if not one.number(path):
        yield Finding(
            f"{job.address} runs on Spot nodes, and a task of it that fails is not tried again.",
            one.path(path),
            expected=2,
            actual=0,
            remediation="Set constraints { max_task_retry_count = 2 }.",
            edit=Edit(one.path(path), 2),
        )


@rule(
    "BP5113",
    "Long task may have to start over",
    kinds=["job"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["task_statistics"],
    params=[CHECKPOINT, MINUTES],
)
def long_task_without_checkpoint(job: Subject, see: Scope) -> Iterator[Finding]:
    """Tasks run for hours on nodes that may be taken away, or that update themselves, and keep no checkpoint.

    Why: A Spot node can be preempted and Windows may restart for updates at any time. The task starts over, and all
    it has done is paid for again.

    Instead: Let tasks save where they are and go on from there, split them, or run them on dedicated nodes.

    Source: "Azure Batch best practices", Tasks: build durable tasks; Nodes: manage OS upgrades.

    Exceptions: tasks that do keep checkpoints; say so with the job's metadata `checkpoint = "true"`.
    """
    row = statistics(job, see)
    if labelled(job, see.param(CHECKPOINT)):
        raise Inapplicable("its tasks keep checkpoints")
    pool = used_pool(job, see)
    if pool is None:
        raise Inapplicable("its pool is not in this configuration")
    why = _interrupted(pool)
    if not why:
        raise Inapplicable("its nodes are dedicated and do not update themselves")
    (longest,) = measured(row, "longest_seconds")
    if longest > see.param(MINUTES) * 60:
        yield Finding(
            f"A task of {job.address} runs for up to {round(longest / 60)} minutes, all of which is lost when {why}.",
            expected=see.param(MINUTES),
            actual=round(longest / 60),
            remediation='Save checkpoints and set metadata checkpoint = "true", or take dedicated nodes.',
        )


def _interrupted(pool: View) -> str:
    """Return what may interrupt tasks on a pool, empty when nothing is planned to."""
    if spot_nodes(pool).high != 0:
        return "its Spot node is preempted"
    machine = vm(pool)
    if is_windows(machine) and machine.get("windows_configuration.enable_automatic_updates") is not False:
        return "Windows restarts for updates"
    return ""
