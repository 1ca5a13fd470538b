"""Which nodes take tasks, and how many more."""

from batchplan.emulator import ticks
from batchplan.emulator.model import Node, Task
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.index import FreeNodes, Shape
from batchplan.emulator.world.states import move_node

WORKING = frozenset({"idle", "running", "offline"})


def per_node(world: World, pool: Key) -> int:
    """Return the task slots of each node of a pool."""
    return int(world.pools[pool].spec.get("taskSlotsPerNode") or 1)


def shape(task: Task) -> Shape:
    """Return what a task needs of nodes."""
    multi = task.spec.get("multiInstanceSettings")
    instances = (multi or {}).get("numberOfInstances") or 1
    if task.manager:
        slots = 0 if task.spec.get("runExclusive", True) else int(task.spec.get("requiredSlots") or 1)
        return Shape(slots, 1, dedicated_only=not task.spec.get("allowLowPriorityNode", True))
    return Shape(int(task.spec.get("requiredSlots") or 1), int(instances), multi=multi is not None)


def needed(task: Task, capacity: int) -> int:
    """Return the slots a task takes on each of its nodes; an exclusive one takes all."""
    return shape(task).slots or capacity


def used(world: World, node: Node, capacity: int) -> int:
    """Return the slots of a node that are taken."""
    return sum(needed(world.tasks[node.account, job, task], capacity) for job, task in node.running_tasks)


def takes_tasks(node: Node) -> bool:
    """Return whether new tasks may be placed on a node."""
    return node.state in {"idle", "running"} and node.scheduling == "enabled" and not (node.doomed or node.pending)


def refresh(world: World, key: Key) -> None:
    """Bring a node's state (idle, running, offline) and its free slots in line with the tasks on it."""
    pool = key[:-1]
    free = world.index.free.setdefault(pool, FreeNodes())
    node = world.nodes.get(key)
    if node is None or pool not in world.pools:
        free.discard(key)
        return
    if node.state in WORKING:
        move_node(world, key, node, _working_state(node))
    if takes_tasks(node):
        capacity = per_node(world, pool)
        left = capacity - used(world, node, capacity)
        free.put(key, dedicated=node.dedicated, free=left, ordinal=node.ordinal)
    else:
        free.discard(key)


def kick(world: World, pool: Key, delay: float = 0.0) -> None:
    """Let tasks be placed on a pool's nodes some seconds from now; several kicks make one event."""
    due = world.now + ticks.seconds(delay)
    pending = world.index.kicks.setdefault(pool, [])
    if not pending or min(pending) > due:
        pending.append(due)
        world.at(due, "pool.place", *pool)


def _working_state(node: Node) -> str:
    if node.running_tasks:
        return "running"
    return "idle" if node.scheduling == "enabled" else "offline"
