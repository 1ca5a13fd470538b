"""Placing tasks on nodes: jobs by priority, tasks in order of arrival, nodes by the pool's fill type."""

from batchplan.emulator.model import Job, Task
from batchplan.emulator.world import running, slots
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.index import FreeNodes, Shape


def on_place(world: World, args: tuple[object, ...]) -> None:
    """Handle a pool's turn to be given tasks."""
    pool = (str(args[0]), str(args[1]))
    pending = [due for due in world.index.kicks.pop(pool, ()) if due > world.now]
    if pending:
        world.index.kicks[pool] = pending
    if pool in world.pools and world.pools[pool].state == "active":
        place(world, pool)


def place(world: World, pool: Key) -> None:
    """Start every task that fits on the nodes of a pool."""
    free = world.index.free.get(pool)
    if free is None:
        return
    ready = world.index.ready
    waiting = (key for key in world.index.jobs_by_pool.get(pool, ()) if key in ready and ready[key].queued)
    jobs = [(key, world.jobs[key]) for key in waiting]
    for key, job in sorted(jobs, key=lambda pair: (-int(pair[1].spec.get("priority") or 0), pair[1].created, pair[0])):
        if not free.free:
            return
        if job.state == "active":
            _place_job(world, pool, key, job, free)


def _place_job(world: World, pool: Key, job_key: Key, job: Job, free: FreeNodes) -> None:
    limit = int(job.spec.get("maxParallelTasks", -1))
    while limit < 0 or world.index.counts[job_key].running < limit:
        if not _place_one(world, pool, job_key, free):
            return


def _place_one(world: World, pool: Key, job_key: Key, free: FreeNodes) -> bool:
    for _, key, shape in world.index.ready[job_key].heads():
        if shape.multi and not _communicates(world, pool):
            continue
        task = world.tasks[key]
        if world.now - task.created > running.LIFE:
            running.dequeue(world, key)
            return True
        nodes = _nodes_for(world, pool, task, shape, free)
        if nodes:
            running.assign(world, key, task, nodes)
            return True
    return False


def _communicates(world: World, pool: Key) -> bool:
    """Return whether a pool takes multi-instance tasks: elsewhere they stay active for ever (Learn, batch-mpi)."""
    spec = world.pools[pool].spec
    return bool(spec.get("enableInterNodeCommunication")) and slots.per_node(world, pool) == 1


def _nodes_for(world: World, pool: Key, task: Task, shape: Shape, free: FreeNodes) -> list[Key]:
    capacity = slots.per_node(world, pool)
    need = shape.slots or capacity
    fill = world.pools[pool].spec.get("taskSchedulingPolicy") or {}
    pack = str(fill.get("nodeFillType", "")).lower() == "pack"
    barred = _barred(world, pool, (task.account, task.job))
    wanted = _preferred(pool, task)
    if shape.instances > 1 or barred:
        ranked = free.ranked(need, pack=pack, dedicated_only=shape.dedicated_only)
        nodes = sorted((node for node in ranked if node not in barred), key=lambda node: node != wanted)
        return nodes[: shape.instances] if len(nodes) >= shape.instances else []
    entry = free.free.get(wanted) if wanted else None
    if wanted and entry and entry[1] >= need and (entry[0] or not shape.dedicated_only):
        return [wanted]
    best = free.best(need, pack=pack, dedicated_only=shape.dedicated_only)
    return [best] if best else []


def _barred(world: World, pool: Key, job_key: Key) -> set[Key]:
    """Return the nodes whose job preparation task failed, so that the job cannot use them."""
    preparation = world.jobs[job_key].spec.get("jobPreparationTask")
    if not preparation or not preparation.get("waitForSuccess", True):
        return set()
    return {
        node
        for node in world.index.below("nodes", pool)
        if (world.nodes[node].prepared_jobs.get(job_key[1]) or {}).get("result") == "failure"
    }


def _preferred(pool: Key, task: Task) -> Key | None:
    affinity = str((task.spec.get("affinityInfo") or {}).get("affinityId") or "")
    name = task.node or affinity.rpartition(":")[2]
    return (*pool, name.lower()) if name else None
