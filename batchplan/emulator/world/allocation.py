"""The size of a pool: resizes from their start to steady, with what they could not do.

A resize shows its targets at once and the nodes it gains only when it ends, all together.
Nodes to go leave as their deallocation option says; the resize ends when they are gone or its timeout is over.
"""

from batchplan.emulator import ticks
from batchplan.emulator.model import Node, Pool, ResizeError
from batchplan.emulator.world import boot, durations, metrics, quotas, running, slots, timing
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.defaults import is_windows
from batchplan.emulator.world.hooks import Allocation
from batchplan.emulator.world.states import move_allocation, move_node

KINDS = ((True, "dedicated"), (False, "low priority"))
# Learn, "Use multi-instance tasks": a pool with inter-node communication has at most so many nodes.
MAX_COMMUNICATING = {"BatchService": 100, "UserSubscription": 80}
_LEAVE_FIRST = {"unusable": 0, "starttaskfailed": 0, "unknown": 0, "preempted": 0, "deallocated": 1, "offline": 1}


def begin(world: World, key: Key, pool: Pool, *, dedicated: int, low_priority: int, option: str, moment: int) -> None:
    """Start a resize to targets; it ends by itself."""
    pool.target_dedicated, pool.target_low_priority = dedicated, low_priority
    doomed = [
        node
        for kind, _ in KINDS
        for node in choose(world, key, current(pool, kind) - target(pool, kind), dedicated=kind)
    ]
    start(world, key, pool, doomed, option, moment)


def start(
    world: World, key: Key, pool: Pool, doomed: list[Key], option: str, moment: int, *, asked: bool = True
) -> None:
    """Start a resize that removes some nodes and allocates those missing.

    One that nobody `asked` for, because only the way of scaling changes, leaves the last operation on record (recorded).
    """
    move_allocation(world, key, pool, "resizing", moment)
    pool.deallocation_option = option
    pool.resize_errors = []
    pool.resize_started = moment
    pool.resize_run = world.serial()
    if asked:
        pool.resize_operation = {
            "targetDedicatedNodes": pool.target_dedicated,
            "targetLowPriorityNodes": pool.target_low_priority,
            "nodeDeallocationOption": option,
            "resizeTimeout": pool.resize_timeout,
            "startTime": moment,
        }
    for node in doomed:
        doom(world, node, option)
    wanted = sum(_missing(world, key, pool, dedicated=kind) for kind, _ in KINDS)
    pool.resize_due = world.now + ticks.seconds(_duration(world, key, pool, wanted, len(doomed)))
    world.at(pool.resize_due, "pool.settle", *key, pool.resize_run, "")
    if doomed and option in {"taskcompletion", "retaineddata"}:
        timeout = durations.parse(pool.resize_timeout)
        world.at(world.now + timeout, "pool.settle", *key, pool.resize_run, "AllocationTimedOut")


def current(pool: Pool, kind: bool) -> int:
    """Return the nodes of a kind a pool has."""
    return pool.current_dedicated if kind else pool.current_low_priority


def target(pool: Pool, kind: bool) -> int:
    """Return the nodes of a kind a pool should have."""
    return pool.target_dedicated if kind else pool.target_low_priority


def choose(world: World, key: Key, number: int, *, dedicated: bool) -> list[Key]:
    """Return the nodes to give up: broken ones first, then those without tasks, then the last made."""
    if number <= 0:
        return []
    nodes = [node for node in world.index.below("nodes", key) if world.nodes[node].dedicated is dedicated]

    def rank(node: Key) -> tuple[int, int, int]:
        it = world.nodes[node]
        return (_LEAVE_FIRST.get(it.state, 2), len(it.running_tasks), -it.ordinal)

    return sorted(nodes, key=rank)[:number]


def doom(world: World, key: Key, option: str) -> None:
    """Let a node leave its pool: now, or when its tasks (and their data) are done."""
    node = world.nodes[key]
    node.doomed = option
    if option in {"requeue", "terminate"}:
        running.evict(world, key, option)
    slots.refresh(world, key)
    world.touch("nodes", key)
    emptied(world, key, node)


def emptied(world: World, key: Key, node: Node) -> None:
    """Let a doomed node go if nothing keeps it."""
    if node.doomed is None or node.running_tasks or node.state == "leavingpool":
        return
    if node.doomed == "retaineddata":
        until = retained_until(world, key)
        if until > world.now:
            world.at(until, "node.emptied", *key, node.boot)
            return
    boot.stop(world, key, node, "leavingpool")
    pool = world.pools[key[:-1]]
    if pool.allocation_state == "resizing" and pool.state == "active":
        gone = world.now + ticks.seconds(timing.draw(world, timing.REMOVAL, *key))
        world.at(max(gone, pool.resize_due), "pool.settle", *key[:-1], pool.resize_run, "")


def retained_until(world: World, key: Key) -> int:
    """Return when the data of the last task on a node may go."""
    ends = [0]
    for name in world.index.ran_on.get(key, ()):
        task = world.tasks[name]
        if task.state == "completed" and "endTime" in task.execution:
            kept = durations.parse(task.spec["constraints"]["retentionTime"])
            ends.append(ticks.parse_iso(task.execution["endTime"]) + kept)
    return max(ends)


def on_settle(world: World, args: tuple[object, ...]) -> None:
    """Handle the moment a resize may be over: `cause` is empty, or why it must be over now."""
    key, run, cause = (str(args[0]), str(args[1])), args[2], str(args[3])
    pool = world.pools.get(key)
    if pool is None or pool.resize_run != run or pool.allocation_state == "steady" or pool.state == "deleting":
        return
    if pool.allocation_state == "stopping" and cause != "ResizeStopped":
        return
    if not cause and any(_staying(node) for node in _nodes(world, key)):
        return
    settle(world, key, pool, cause)


def settle(world: World, key: Key, pool: Pool, cause: str = "") -> None:
    """End a resize: nodes that leave are gone, those granted are there, errors say what is missing."""
    metrics.note(world, key)
    for node in _nodes(world, key):
        if node.state == "leavingpool":
            remove(world, (*key, node.id))
        elif node.doomed:
            node.doomed = None  # its tasks outlasted the resize, so it stays
            slots.refresh(world, (*key, node.id))
            world.touch("nodes", (*key, node.id))
    errors = []
    if cause != "ResizeStopped":
        grants = [(kind, name, _grant(world, key, pool, dedicated=kind)) for kind, name in KINDS]
        if not cause and any(grant.hang for _, _, grant in grants):
            timeout = (pool.resize_started or world.now) + durations.parse(pool.resize_timeout)
            world.at(max(timeout, world.now), "pool.settle", *key, pool.resize_run, "AllocationTimedOut")
            return
        for kind, name, grant in grants:
            boot.create_nodes(world, key, pool, grant.granted, dedicated=kind)
            errors += _error(pool, kind, name, grant, cause)
    else:
        errors = [
            ResizeError(cause, f"Desired number of {name} nodes could not be allocated due to a stop resize operation")
            for kind, name in KINDS
            if current(pool, kind) != target(pool, kind)
        ]
    pool.resize_errors = errors
    move_allocation(world, key, pool, "steady")
    slots.kick(world, key)


def remove(world: World, key: Key) -> None:
    """Take a node out of the world."""
    node = world.nodes[key]
    pool = world.pools[key[:-1]]
    for name in list(world.index.ran_on.pop(key, {})):
        world.touch("tasks", name)
    if node.dedicated:
        pool.current_dedicated -= 1
    else:
        pool.current_low_priority -= 1
    world.drop("nodes", key)
    slots.refresh(world, key)
    world.touch("pools", key[:-1])


def leave_at_once(world: World, key: Key) -> None:
    """Let all nodes of a pool that is being deleted leave; their tasks go back into their queues."""
    for node in world.index.below("nodes", key):
        it = world.nodes[node]
        it.doomed = "requeue"
        running.evict(world, node, "requeue")
        if it.state != "leavingpool":
            move_node(world, node, it, "leavingpool")
            it.boot = world.serial()
        slots.refresh(world, node)


def _nodes(world: World, key: Key) -> list[Node]:
    return [world.nodes[node] for node in world.index.below("nodes", key)]


def _staying(node: Node) -> bool:
    return node.doomed is not None and node.state != "leavingpool"


def _missing(world: World, key: Key, pool: Pool, *, dedicated: bool) -> int:
    staying = sum(node.dedicated is dedicated and not node.doomed for node in _nodes(world, key))
    return max(0, target(pool, dedicated) - staying)


def _duration(world: World, key: Key, pool: Pool, wanted: int, removed: int) -> float:
    parts = (*key, pool.resize_run)
    if wanted:
        return timing.allocation(world, wanted, windows=is_windows(pool.spec), parts=parts)
    return timing.draw(world, timing.REMOVAL if removed else timing.EMPTY_RESIZE, *parts)


def _grant(world: World, key: Key, pool: Pool, *, dedicated: bool) -> Allocation:
    """Return how many missing nodes a pool gets: as many as quotas, limits and the region allow."""
    missing = _missing(world, key, pool, dedicated=dedicated)
    if not missing:
        return Allocation(0)
    granted, code, message = missing, None, ""
    limit = _communicating(world, key, pool)
    if limit is not None and limit < granted:
        granted, code = limit, "CommunicationEnabledPoolReachedMaxVMCount"
        message = "The pool with inter-node communication enabled has reached its maximum number of nodes"
    room = quotas.room(world, key, pool, dedicated=dedicated)
    if room is not None and room.nodes < granted:
        granted, code, message = room.nodes, room.code, room.message
    if not granted:
        return Allocation(0, code, message)
    account = world.accounts[key[0],]
    family = quotas.family(pool.spec["vmSize"]) or ""
    asked = world.hooks.allocation(key, account.location, family, dedicated=dedicated, wanted=granted)
    if asked.granted < granted:
        return asked
    return Allocation(granted, code, message)


def _communicating(world: World, key: Key, pool: Pool) -> int | None:
    if not pool.spec.get("enableInterNodeCommunication"):
        return None
    mode = world.accounts[key[0],].properties.get("poolAllocationMode") or "BatchService"
    return max(0, MAX_COMMUNICATING.get(mode, 100) - pool.current_dedicated - pool.current_low_priority)


def _error(pool: Pool, kind: bool, name: str, grant: Allocation, cause: str) -> list[ResizeError]:
    if current(pool, kind) == target(pool, kind):
        return []
    missing = f"Desired number of {name} nodes could not be allocated"
    if grant.code and not grant.hang:
        return [ResizeError(grant.code, grant.message or missing)]
    if cause:
        return [ResizeError("AllocationTimedOut", f"{missing} as the resize timeout was reached")]
    return [ResizeError("AllocationFailed", missing)]


def changes_nodes(world: World, key: Key, pool: Pool) -> bool:
    """Return whether the resize under way allocates or removes any node."""
    missing = any(_missing(world, key, pool, dedicated=kind) for kind, _ in KINDS)
    return missing or any(node.doomed for node in _nodes(world, key))


def available(world: World, key: Key, *, dedicated: bool) -> bool:
    """Return whether the region has one more machine for a pool now."""
    pool = world.pools[key]
    family = quotas.family(pool.spec["vmSize"]) or ""
    location = world.accounts[key[0],].location
    return world.hooks.allocation(key, location, family, dedicated=dedicated, wanted=1).granted > 0
