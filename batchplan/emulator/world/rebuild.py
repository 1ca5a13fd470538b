"""Makes the index anew from the entities, after they were read from a store."""

from batchplan.emulator.world import dependencies, running, slots
from batchplan.emulator.world.core import TABLES, World
from batchplan.emulator.world.index import Index, Queue
from batchplan.emulator.world.states import CLOSED


def rebuild_indexes(world: World) -> None:
    """Fill a world's index from its entities and pending events."""
    world.index = Index()
    for name in TABLES:
        for key in sorted(world.table(name)):
            world.index.added(name, key)
    for key, job in world.jobs.items():
        pool = running.pool_of(job)
        if pool is not None and job.state not in CLOSED:
            world.index.jobs_by_pool.setdefault(pool, {})[key] = None
        if job.state not in CLOSED:
            world.index.open_jobs.setdefault(key[:-1], {})[key] = None
        if job.schedule:
            world.index.jobs_by_schedule.setdefault((key[0], job.schedule), {})[key] = None
    for key, task in world.tasks.items():
        running.count(world, key, task, 1)
        if task.state == "active":
            dependencies.register(world, key, task)
            if key not in world.index.waiting:
                world.index.ready.setdefault(key[:-1], Queue()).push(slots.shape(task), task.sequence, key)
        if task.node is not None and task.node_info is not None:
            node = (key[0], str(task.node_info["poolId"]).lower(), task.node)
            if node in world.nodes and task.placed > world.nodes[node].wiped:
                world.index.ran_on.setdefault(node, {})[key] = None
    for key in world.nodes:
        slots.refresh(world, key)
    for event in world.events:
        if event.kind == "pool.place":
            world.index.kicks.setdefault((event.args[0], event.args[1]), []).append(event.due)
    world.changed.clear()
