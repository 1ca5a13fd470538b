"""Which state may follow which. Every change of a state goes through here and is asserted."""

from batchplan.emulator.model import Job, JobSchedule, Node, Pool, Task
from batchplan.emulator.world import metrics
from batchplan.emulator.world.core import Key, World

_LEAVE = frozenset({"leavingpool", "preempted", "unusable", "unknown"})
_RESTART = frozenset({"rebooting", "reimaging", "deallocating", "upgradingos"})

NODE_EDGES: dict[str, frozenset[str]] = {
    "creating": frozenset({"starting"}) | _LEAVE,
    "starting": frozenset({"idle", "offline", "waitingforstarttask"}) | _LEAVE,
    "waitingforstarttask": frozenset({"idle", "offline", "starttaskfailed"}) | _LEAVE | _RESTART,
    "starttaskfailed": _LEAVE | _RESTART,
    "idle": frozenset({"running", "offline"}) | _LEAVE | _RESTART,
    "running": frozenset({"idle", "offline"}) | _LEAVE | _RESTART,
    "offline": frozenset({"idle", "running"}) | _LEAVE | _RESTART,
    "rebooting": frozenset({"starting"}) | _LEAVE,
    "reimaging": frozenset({"starting"}) | _LEAVE,
    "upgradingos": frozenset({"starting"}) | _LEAVE,
    "deallocating": frozenset({"deallocated", "leavingpool", "preempted"}),
    "deallocated": frozenset({"starting", "leavingpool"}),
    "preempted": frozenset({"creating", "leavingpool"}),
    "unusable": frozenset({"starting", "leavingpool", "preempted"}) | _RESTART,
    "unknown": frozenset({"starting", "idle", "running", "offline", "unusable", "leavingpool", "preempted"}) | _RESTART,
    "leavingpool": frozenset(),
}
ALLOCATION_EDGES: dict[str, frozenset[str]] = {
    "steady": frozenset({"resizing"}),
    "resizing": frozenset({"steady", "stopping", "resizing"}),  # to itself when the pool is deleted while resizing
    "stopping": frozenset({"steady", "resizing"}),  # the same
}
TASK_EDGES: dict[str, frozenset[str]] = {
    "active": frozenset({"preparing", "running", "completed"}),
    "preparing": frozenset({"running", "active", "completed"}),
    "running": frozenset({"completed", "active"}),
    "completed": frozenset({"active"}),
}
JOB_EDGES: dict[str, frozenset[str]] = {
    "active": frozenset({"disabling", "terminating", "deleting"}),
    "disabling": frozenset({"disabled", "disabling", "terminating", "deleting"}),
    "disabled": frozenset({"enabling", "disabling", "terminating", "deleting"}),
    "enabling": frozenset({"active", "disabling", "terminating", "deleting"}),
    "terminating": frozenset({"completed", "deleting"}),
    "completed": frozenset({"deleting"}),
    "deleting": frozenset(),
}
SCHEDULE_EDGES: dict[str, frozenset[str]] = {
    "active": frozenset({"disabled", "terminating", "deleting"}),
    "disabled": frozenset({"active", "terminating", "deleting"}),
    "terminating": frozenset({"completed", "deleting"}),
    "completed": frozenset({"deleting"}),
    "deleting": frozenset(),
}
CLOSED = frozenset({"completed", "deleting"})  # jobs and schedules that no longer count for the quota
# A state that is only passed through does not become `previousState` (recorded: a disabled job was `active`).
PASSING = frozenset({"disabling", "enabling", "terminating"})


def move_node(world: World, key: Key, node: Node, state: str) -> None:
    """Put a node in a state."""
    if state == node.state:
        return
    _check(NODE_EDGES, node.state, state)
    metrics.note(world, key[:-1])
    node.state = state
    node.state_changed = world.now
    world.touch("nodes", key)


def move_allocation(world: World, key: Key, pool: Pool, state: str, moment: int | None = None) -> None:
    """Put a pool in an allocation state; this never changes its ETag."""
    _check(ALLOCATION_EDGES, pool.allocation_state, state)
    pool.allocation_state = state
    pool.allocation_changed = world.now if moment is None else moment
    world.touch("pools", key)


def set_task_state(world: World, task: Task, state: str) -> None:
    """Put a task in a state; callers that count tasks use `running.move_task`."""
    _check(TASK_EDGES, task.state, state)
    task.previous_state, task.previous_changed = task.state, task.state_changed
    task.state, task.state_changed = state, world.now


def move_job(world: World, key: Key, job: Job, state: str, moment: int | None = None) -> None:
    """Put a job in a state."""
    _check(JOB_EDGES, job.state, state)
    if job.pool_id is not None:
        metrics.note(world, (job.account, job.pool_id.lower()))
    _pass(job, state, world.now if moment is None else moment)
    if state in CLOSED:
        world.index.open_jobs.get(key[:-1], {}).pop(key, None)
        world.index.jobs_by_pool.get((job.account, str(job.pool_id).lower()), {}).pop(key, None)
    world.touch("jobs", key)


def move_schedule(world: World, key: Key, schedule: JobSchedule, state: str, moment: int | None = None) -> None:
    """Put a job schedule in a state."""
    _check(SCHEDULE_EDGES, schedule.state, state)
    _pass(schedule, state, world.now if moment is None else moment)
    world.touch("schedules", key)


def _check(edges: dict[str, frozenset[str]], before: str, after: str) -> None:
    if after not in edges[before]:
        raise AssertionError(f"no way from {before} to {after}")


def _pass(entity: Job | JobSchedule, state: str, moment: int) -> None:
    if entity.state not in PASSING:
        entity.previous_state, entity.previous_changed = entity.state, entity.state_changed
    entity.state, entity.state_changed = state, moment
