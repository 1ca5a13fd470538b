"""Job preparation tasks, once per node before a job's first task there, and release tasks when the job ends.

What they did is kept on the node, by job, in the form of their execution information.
"""

from batchplan.emulator import ticks
from batchplan.emulator.model import Job, Json, Node
from batchplan.emulator.world import behaviour, durations, running, slots
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.hooks import Outcome, Work


def on_start(world: World, args: tuple[object, ...]) -> None:
    """Handle a node that needs a job's preparation, once for all tasks that wait for it."""
    node_key, job_key = _keys(args)
    node, job = world.nodes.get(node_key), world.jobs.get(job_key)
    if node is None or job is None or job_key[1] in node.prepared_jobs or not _waiting(world, node_key, job_key):
        return
    _run_preparation(world, node_key, node, job, 0)


def on_end(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a preparation task: its tasks start, it is tried again, or they go elsewhere."""
    node_key, job_key = _keys(args)
    node, job = world.nodes.get(node_key), world.jobs.get(job_key)
    info = node.prepared_jobs.get(job_key[1]) if node else None
    if node is None or job is None or info is None or node.boot != args[4] or info["state"] != "running":
        return
    code, cause = args[5], str(args[6])
    preparation: Json = job.spec["jobPreparationTask"]
    retries = int(preparation["constraints"]["maxTaskRetryCount"])
    failed = bool(code) or bool(cause)
    if failed and (retries < 0 or info["retryCount"] < retries):
        _run_preparation(world, node_key, node, job, info["retryCount"] + 1)
        return
    node.prepared_jobs[job_key[1]] = _ended(world, info, code, cause)
    world.touch("nodes", node_key)
    for key in _waiting(world, node_key, job_key):
        task = world.tasks[key]
        if task.state != "preparing":
            continue
        if failed and preparation.get("waitForSuccess", True):
            running.put_back(world, key, task)
        elif all(_is_prepared(world, name, job_key) for name in running.nodes_of(task)):
            running.launch(world, key, task)
    slots.kick(world, node_key[:-1])


def release(world: World, job_key: Key) -> bool:
    """Start the release task on each node that was prepared for a job; return whether any runs.

    Nodes lose their preparation: should the job's id come back, it is prepared anew.
    """
    job = world.jobs[job_key]
    pool = running.pool_of(job)
    started = False
    for node_key in world.index.below("nodes", pool) if pool else ():
        node = world.nodes[node_key]
        if job_key[1] in node.prepared_jobs and job_key[1] not in node.released_jobs:
            started = _run_release(world, node_key, node, job) or started
    return started


def on_release_end(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a release task."""
    node_key, job_key = _keys(args)
    node = world.nodes.get(node_key)
    info = node.released_jobs.get(job_key[1]) if node else None
    if node is None or info is None or info["state"] != "running" or node.boot != args[4]:
        return
    node.released_jobs[job_key[1]] = _ended(world, info, args[5], str(args[6]))
    world.touch("nodes", node_key)


def releasing(world: World, job_key: Key) -> bool:
    """Return whether a release task of a job still runs on a node that can finish it."""
    pool = running.pool_of(world.jobs[job_key])
    return any(
        world.nodes[node].released_jobs.get(job_key[1], {}).get("state") == "running"
        and world.nodes[node].state in slots.WORKING
        for node in (world.index.below("nodes", pool) if pool else ())
    )


def forget(world: World, job_key: Key) -> None:
    """Forget on all nodes what a deleted job did there."""
    pool = running.pool_of(world.jobs[job_key])
    for node_key in world.index.below("nodes", pool) if pool else ():
        node = world.nodes[node_key]
        if job_key[1] in node.prepared_jobs or job_key[1] in node.released_jobs:
            node.prepared_jobs.pop(job_key[1], None)
            node.released_jobs.pop(job_key[1], None)
            world.touch("nodes", node_key)


def status(world: World, job_key: Key) -> list[Json]:
    """Return per node what preparation and release did, without URLs, by node id."""
    pool = running.pool_of(world.jobs[job_key])
    found = []
    for node_key in world.index.below("nodes", pool) if pool else ():
        node = world.nodes[node_key]
        entry: Json = {"poolId": world.pools[node_key[:-1]].id, "nodeId": node.id}
        if job_key[1] in node.prepared_jobs:
            entry["jobPreparationTaskExecutionInfo"] = node.prepared_jobs[job_key[1]]
            if job_key[1] in node.released_jobs:
                entry["jobReleaseTaskExecutionInfo"] = node.released_jobs[job_key[1]]
            found.append(entry)
    return found


def _keys(args: tuple[object, ...]) -> tuple[Key, Key]:
    account, pool, node, job = (str(each) for each in args[:4])
    return (account, pool, node), (account, job)


def _waiting(world: World, node_key: Key, job_key: Key) -> list[Key]:
    return [key for key, _ in running.on_node(world, node_key) if key[:-1] == job_key]


def _is_prepared(world: World, node_key: Key, job_key: Key) -> bool:
    return (world.nodes[node_key].prepared_jobs.get(job_key[1]) or {}).get("result") == "success"


def _run_preparation(world: World, key: Key, node: Node, job: Job, attempt: int) -> None:
    preparation: Json = job.spec["jobPreparationTask"]
    outcome = _outcome(world, key, job, "jobpreparation", preparation, attempt)
    previous = node.prepared_jobs.get(job.id.lower()) or {}
    now = ticks.isoformat(world.now)
    info: Json = {"startTime": previous.get("startTime", now), "state": "running", "retryCount": attempt}
    if attempt:
        info["lastRetryTime"] = now
    info["taskRootDirectory"] = _root(world, key, job, preparation)
    node.prepared_jobs[job.id.lower()] = info
    world.touch("nodes", key)
    limit = durations.seconds(preparation["constraints"]["maxWallClockTime"])
    _later(world, outcome, limit, "preparation.end", key, job, node)


def _run_release(world: World, key: Key, node: Node, job: Job) -> bool:
    task = job.spec.get("jobReleaseTask")
    if not task or node.state not in slots.WORKING:
        return False
    outcome = _outcome(world, key, job, "jobrelease", task, 0)
    now = ticks.isoformat(world.now)
    info = {"startTime": now, "state": "running", "taskRootDirectory": _root(world, key, job, task)}
    node.released_jobs[job.id.lower()] = info
    world.touch("nodes", key)
    _later(world, outcome, durations.seconds(task["maxWallClockTime"]), "release.end", key, job, node)
    return True


def _later(world: World, outcome: Outcome, limit: float, kind: str, key: Key, job: Job, node: Node) -> None:
    """Let a process end after its time, or at the limit of its wall clock time, which fails it."""
    cause = "TaskEnded" if outcome.seconds > limit else outcome.launch_error or ""
    world.after(min(outcome.seconds, limit), kind, *key, job.id.lower(), node.boot, outcome.exit_code, cause)


def _root(world: World, key: Key, job: Job, task: Json) -> str:
    name = str(task.get("id"))
    return running.slash(world, key[:-1]).join(("workitems", *running.job_path(job), name))


def _outcome(world: World, key: Key, job: Job, kind: str, task: Json, attempt: int) -> Outcome:
    name, command = str(task.get("id")), str(task.get("commandLine") or "")
    work = Work(kind, key[0], key[1], key[2], job.id.lower(), name, attempt, command)
    settings = [*(job.spec.get("commonEnvironmentSettings") or []), *(task.get("environmentSettings") or [])]
    return behaviour.outcome(world, work, settings, *key, job.serial, kind, attempt)


def _ended(world: World, info: Json, code: object, cause: str) -> Json:
    ended = {**info, "state": "completed", "endTime": ticks.isoformat(world.now)}
    failed = bool(code) or bool(cause)
    if not cause:
        ended["exitCode"] = code
    if failed:
        ended["failureInfo"] = running.launch_failure(cause) if cause else running.exit_failure()
    ended["result"] = "failure" if failed else "success"
    return ended
