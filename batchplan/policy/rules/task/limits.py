"""What the service and the pool allow a task."""

from collections.abc import Iterator

from batchplan.policy.facts import limit
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.tasks import JOBS, job_tasks, limited, specification, statistics, used_pool
from batchplan.schema.times import duration_text

DAY = 86400


@rule("BP5109", "Task may outlive its longest life", kinds=JOBS, severity=Severity.WARNING, level=Level.ADVISORY)
def wall_clock_beyond_lifetime(job: Subject, see: Scope) -> Iterator[Finding]:
    """A task may run for longer than the service lets any task live.

    Why: The service ends a task 180 days after it was added to its job, whatever its wall clock says.

    Instead: Set a `max_wall_clock_time` below that, and split the work.

    Source: Learn, "Batch service quotas and limits": maximum task lifetime. A task without a limit is no fault, and a
    job may live longer than its tasks. Nothing fails before that day, so that the rule advises.
    """
    days, found = limit("task_lifetime_days"), False
    for task in job_tasks(job, see):
        path = "constraints.max_wall_clock_time"
        longest = limited(task.view, path)
        found = True
        if longest is not None and longest > days * DAY:
            yield Finding(
                f"{task.title} may run for {duration_text(longest)}, and no task lives longer than {days} days.",
                task.view.path(path),
                expected=f"P{days}D",
                actual=duration_text(longest),
                remediation=f'Set max_wall_clock_time = "P{days - 1}D" at most.',
                edit=Edit(task.view.path(path), f"P{days - 1}D"),
            )
    if not found:
        raise Inapplicable("it has no task of its own")


@rule("BP5112", "Task needs more slots than a node has", kinds=JOBS, severity=Severity.ERROR, level=Level.HARD)
def more_slots_than_a_node_has(job: Subject, see: Scope) -> Iterator[Finding]:
    """A job manager task needs more task slots than any node of its pool has.

    Why: It waits for such a node for ever, and the job never gets its tasks.

    Instead: Let `required_slots` be at most the pool's `task_slots_per_node`.

    Source: REST API, jobManagerTask.requiredSlots and pool.taskSlotsPerNode, whose defaults are 1.
    """
    manager = specification(job).need("job_manager_task")
    pool = used_pool(job, see)
    if pool is None:
        raise Inapplicable("its pool is not in this configuration")
    need, have = manager.number("required_slots"), pool.number("task_slots_per_node")
    if need > have:
        path = manager.path("required_slots")
        yield Finding(
            f"The job manager task of {job.address} needs {need} task slots, and a node of its pool has {have}: it "
            "never runs.",
            path,
            expected=have,
            actual=need,
            remediation=f"Set required_slots = {have}, or raise the pool's task_slots_per_node.",
            edit=Edit(path, have),
        )


@rule(
    "BP5115",
    "Multi-instance tasks on nodes that cannot talk",
    kinds=["job"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.ADVISORY,
    inputs=["task_statistics"],
)
def multi_instance_without_communication(job: Subject, see: Scope) -> Iterator[Finding]:
    """A job has multi-instance tasks, and the nodes of its pool may not talk to each other.

    Why: The instances of such a task, of MPI for one, find each other over the network between nodes. Without it the
    task cannot run.

    Instead: Set `inter_node_communication = "Enabled"`; the pool is replaced.

    Source: Learn, "Use multi-instance tasks to run MPI applications". Tasks are not part of a configuration, so that
    those of a job that is there are looked at; what is planned need have nothing to do with them, so that the rule
    advises, and `strict` makes it stop.
    """
    count = int(statistics(job, see).get("multi_instance_tasks", 0))
    if not count:
        raise Inapplicable("it has no multi-instance task")
    pool = used_pool(job, see)
    if pool is None:
        raise Inapplicable("its pool is not in this configuration")
    if not _communicates(pool):
        yield Finding(
            f"{job.address} has multi-instance tasks ({count}), and the nodes of its pool may not talk to each other.",
            expected="Enabled",
            actual="Disabled",
            remediation='Set inter_node_communication = "Enabled" in the pool.',
        )


def _communicates(pool: View) -> bool:
    if "auto_pool_specification" in pool.at:
        return pool.get("enable_inter_node_communication") is True
    return pool.text("inter_node_communication").casefold() == "enabled"
