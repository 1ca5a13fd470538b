"""A task from its queue to its end: counted, started, ended, retried, put back.

Every change of a task's state goes through `move_task`, which keeps the counts and queues.
A pending end carries the serial of its run, so that the end of a run that was cut short is void.
"""

from batchplan.emulator import ticks
from batchplan.emulator.model import Job, Json, Task
from batchplan.emulator.world import behaviour, durations, metrics, slots, timing
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.hooks import Outcome, Work
from batchplan.emulator.world.index import Counts, Queue
from batchplan.emulator.world.states import set_task_state

LIFE = 180 * 86_400 * ticks.PER_SECOND  # a task does not start later than this after its creation
_RECENT = 10


def pool_of(job: Job) -> Key | None:
    """Return the key of the pool a job runs on."""
    return (job.account, job.pool_id.lower()) if job.pool_id else None


def bucket(task: Task) -> str:
    """Return where a task is counted: active, running, succeeded or failed."""
    if task.state == "active":
        return "active"
    if task.state != "completed":
        return "running"
    return "succeeded" if task.execution.get("result") == "success" else "failed"


def count(world: World, key: Key, task: Task, sign: int) -> None:
    """Count a task in or out."""
    where, needs = bucket(task), max(slots.shape(task).slots, 1)
    world.index.counts.setdefault(key[:-1], Counts()).add(where, needs, sign)
    pool = pool_of(world.jobs[key[:-1]])
    if pool is not None:
        world.index.totals.setdefault(pool, Counts()).add(where, needs, sign)


def move_task(world: World, key: Key, task: Task, state: str, execution: Json | None = None) -> None:
    """Put a task in a state, with its new execution, and keep the counts and queues in step."""
    note(world, key[:-1])
    count(world, key, task, -1)
    set_task_state(world, task, state)
    if execution is not None:
        task.execution = execution
    count(world, key, task, 1)
    if state == "active":
        enqueue(world, key, task)
        if world.jobs[key[:-1]].state == "disabling":
            world.after(0, "job.check", *key[:-1])
    else:
        dequeue(world, key)
    world.touch("tasks", key)


def enqueue(world: World, key: Key, task: Task) -> None:
    """Queue an active task unless it waits for others, and let it be placed."""
    if key not in world.index.waiting:
        world.index.ready.setdefault(key[:-1], Queue()).push(slots.shape(task), task.sequence, key)
        pool = pool_of(world.jobs[key[:-1]])
        if pool in world.pools:
            slots.kick(world, pool, timing.TASK_PICKUP)


def dequeue(world: World, key: Key) -> None:
    """Take a task out of its queue."""
    queue = world.index.ready.get(key[:-1])
    if queue is not None:
        queue.discard(key)


def nodes_of(task: Task) -> list[Key]:
    """Return the nodes a task runs on: its own, then those of its subtasks."""
    if task.node is None or task.node_info is None or task.state not in {"preparing", "running"}:
        return []
    pool = str(task.node_info["poolId"]).lower()
    return [(task.account, pool, task.node)] + [
        (task.account, pool, subtask["nodeInfo"]["nodeId"]) for subtask in task.subtasks
    ]


def assign(world: World, key: Key, task: Task, nodes: list[Key]) -> None:
    """Give a task its nodes, the primary first; it waits there for a job preparation task if need be."""
    task.run = task.placed = world.serial()
    _leave(world, key, task)
    task.node = nodes[0][-1]
    task.node_info = node_info(world, task, nodes[0])
    task.subtasks = [_subtask(world, task, number, node) for number, node in enumerate(nodes[1:], 1)]
    world.index.ran_on.setdefault(nodes[0], {})[key] = None
    world.touch("tasks", key)
    for node in nodes:
        world.nodes[node].running_tasks.append((key[1], key[2]))
        world.touch("nodes", node)
    if _prepared(world, key, nodes):
        launch(world, key, task)
    else:
        move_task(world, key, task, "preparing")
    for node in nodes:
        slots.refresh(world, node)


def node_info(world: World, task: Task, node: Key) -> Json:
    """Return a task's node information, without the URLs, which depend on who asks."""
    job = world.jobs[task.account, task.job]
    pool = world.pools[node[:-1]]
    root = slash(world, node[:-1]).join(("workitems", *job_path(job), task.id))
    name = world.nodes[node].id
    return {"affinityId": f"TVM:{name}", "poolId": pool.id, "nodeId": name, "taskRootDirectory": root}


def job_path(job: Job) -> tuple[str, str]:
    """Return the work item and the run a job's files lie under: a job of a schedule keeps its number."""
    item, _, run = job.id.partition(":")
    return item, run or "job-1"


def slash(world: World, pool: Key) -> str:
    """Return the path separator of a pool's nodes."""
    configuration = world.pools[pool].spec.get("virtualMachineConfiguration") or {}
    return "\\" if "windows" in str(configuration.get("nodeAgentSKUId", "")).lower() else "/"


def launch(world: World, key: Key, task: Task) -> None:
    """Start a task that has its nodes, and let it end when its script says so or its time is up."""
    kept = {name: value for name, value in task.execution.items() if name in _LASTING}
    move_task(world, key, task, "running", {"startTime": ticks.isoformat(world.now), **kept})
    outcome = _outcome(world, key, task)
    task.output = {"stdout": outcome.stdout, "stderr": outcome.stderr}
    _clear_deleted(world, nodes_of(task)[0], str((task.node_info or {})["taskRootDirectory"]))
    for subtask in task.subtasks:
        subtask.update(
            state="running", startTime=ticks.isoformat(world.now), stateTransitionTime=ticks.isoformat(world.now)
        )
    wall = durations.parse(task.spec["constraints"]["maxWallClockTime"])
    length = ticks.seconds(outcome.seconds)
    if length > wall:
        world.at(world.now + wall, "task.end", *key, task.run, 0, "wall")
    else:
        world.at(world.now + length, "task.end", *key, task.run, outcome.exit_code, outcome.launch_error or "")


def on_end(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a process, unless its run is over already."""
    account, job, name, run, code, cause = args
    key = (str(account), str(job), str(name))
    task = world.tasks.get(key)
    if task is None or task.run != run or task.state != "running":
        return
    if cause == "wall":
        finish(world, key, task, None, ended("Task Was Ended: its maximum wall clock time elapsed"))
    elif cause:
        finish(world, key, task, None, launch_failure(str(cause)))
    else:
        assert isinstance(code, int)
        finish(world, key, task, code, exit_failure() if code else None)


def finish(world: World, key: Key, task: Task, code: int | None, failure: Json | None) -> None:
    """End a run: try again while retries are left, else complete the task."""
    retries = int(task.spec["constraints"]["maxTaskRetryCount"])
    done = int(task.execution.get("retryCount") or 0)
    if code and failure and (retries < 0 or done < retries):
        nodes = release(world, key, task, counted=True)
        execution = {"retryCount": done + 1, "lastRetryTime": ticks.isoformat(world.now), **_requeues(task)}
        move_task(world, key, task, "active", execution)
        task.node = nodes[0][-1]  # the same node is tried first
        return
    complete(world, key, task, code, failure)


def complete(world: World, key: Key, task: Task, code: int | None, failure: Json | None) -> None:
    """Complete a task and tell those who wait for it."""
    execution = {name: value for name, value in task.execution.items() if name in {"startTime", *_LASTING}}
    execution["endTime"] = ticks.isoformat(world.now)
    if code is not None:
        execution["exitCode"] = code
    if failure is not None:
        execution["failureInfo"] = failure
    execution["result"] = "failure" if failure else "success"
    _end_subtasks(world, task, code, failure)
    nodes = nodes_of(task)
    ran = task.state == "running"
    _release(world, key, task)
    task.run = world.serial()
    move_task(world, key, task, "completed", execution)
    for node in nodes if ran else ():
        _remember(world, node, task)
    world.after(0, "task.completed", *key, task.run)


def requeue(world: World, key: Key, task: Task) -> None:
    """Put a task back into its queue because its node went away; this is no retry."""
    release(world, key, task, counted=False)
    count_ = int(task.execution.get("requeueCount") or 0) + 1
    execution = {
        "retryCount": int(task.execution.get("retryCount") or 0),
        "requeueCount": count_,
        "lastRequeueTime": ticks.isoformat(world.now),
    }
    if "lastRetryTime" in task.execution:
        execution["lastRetryTime"] = task.execution["lastRetryTime"]
    move_task(world, key, task, "active", execution)


def put_back(world: World, key: Key, task: Task) -> None:
    """Put a task that was only preparing back into its queue; its node could not be prepared."""
    release(world, key, task, counted=False)
    move_task(world, key, task, "active")


def release(world: World, key: Key, task: Task, *, counted: bool) -> list[Key]:
    """Take a task off its nodes before it goes back into the queue; its output is gone. Return the nodes."""
    nodes = nodes_of(task)
    if counted:
        for node in nodes:
            world.nodes[node].total_tasks_run += 1
    _release(world, key, task)
    task.run = world.serial()
    _leave(world, key, task)
    task.node, task.node_info, task.subtasks, task.output = None, None, [], {}
    return nodes


def forget(world: World, key: Key, task: Task) -> None:
    """Remove a task from the world and from every index."""
    _release(world, key, task)
    note(world, key[:-1])
    count(world, key, task, -1)
    dequeue(world, key)
    _leave(world, key, task)
    world.index.waiting.pop(key, None)
    world.drop("tasks", key)


def on_node(world: World, node: Key) -> list[tuple[Key, Task]]:
    """Return the tasks running or preparing on a node."""
    found = [(node[0], job, task) for job, task in world.nodes[node].running_tasks]
    return [(key, world.tasks[key]) for key in found]


def evict(world: World, node: Key, option: str) -> None:
    """Take all tasks off a node: requeue them, or end them for good with `terminate`."""
    for key, task in on_node(world, node):
        if option == "terminate":
            complete(world, key, task, None, ended("Task Was Ended by Node Removal"))
        else:
            requeue(world, key, task)


def ended(message: str) -> Json:
    """Return the failure of a task that was cut short (recorded: TaskEnded)."""
    return {"category": "UserError", "code": "TaskEnded", "message": message}


def exit_failure() -> Json:
    """Return the failure of a process that ended with another code than 0."""
    message = "The task exited with an exit code representing a failure"
    details = [{"name": "Message", "value": message}, {"name": "AdditionalErrorCode", "value": "FailureExitCode"}]
    return {"category": "UserError", "code": "FailureExitCode", "message": message, "details": details}


def launch_failure(code: str) -> Json:
    """Return the failure of a process that never started."""
    return {"category": "UserError", "code": code, "message": "The task could not be started"}


_LASTING = ("retryCount", "lastRetryTime", "requeueCount", "lastRequeueTime")


def _requeues(task: Task) -> Json:
    return {name: task.execution[name] for name in ("requeueCount", "lastRequeueTime") if name in task.execution}


def note(world: World, job: Key) -> None:
    """Write down the counters of a job's pool before one of them changes."""
    pool = pool_of(world.jobs[job])
    if pool is not None:
        metrics.note(world, pool)


def _outcome(world: World, key: Key, task: Task) -> Outcome:
    job = world.jobs[key[:-1]]
    settings = [*(job.spec.get("commonEnvironmentSettings") or []), *(task.spec.get("environmentSettings") or [])]
    attempt = int(task.execution.get("retryCount") or 0)
    multi = task.spec.get("multiInstanceSettings") or {}
    for number, node in enumerate(nodes_of(task)[1:], 1):
        work = _work(key, "subtask", node, attempt, str(multi.get("coordinationCommandLine") or ""))
        result = behaviour.outcome(world, work, [], *key, attempt, number)
        if result.exit_code or result.launch_error:
            return result
    work = _work(key, "task", nodes_of(task)[0], attempt, str(task.spec.get("commandLine") or ""))
    return behaviour.outcome(world, work, settings, *key, attempt, task.execution.get("requeueCount"))


def _clear_deleted(world: World, name: Key, root: str) -> None:
    """Let files a client deleted exist again, now that their process runs anew."""
    node = world.nodes[name]
    if node.deleted_files:
        root = root.replace("\\", "/")
        node.deleted_files = [path for path in node.deleted_files if not f"{path}/".startswith(f"{root}/")]


def _work(key: Key, kind: str, node: Key, attempt: int, command: str) -> Work:
    return Work(kind, key[0], node[1], node[2], key[1], key[2], attempt, command)


def _subtask(world: World, task: Task, number: int, node: Key) -> Json:
    now = ticks.isoformat(world.now)
    return {"id": number, "nodeInfo": node_info(world, task, node), "state": "preparing", "stateTransitionTime": now}


def _end_subtasks(world: World, task: Task, code: int | None, failure: Json | None) -> None:
    now = ticks.isoformat(world.now)
    for subtask in task.subtasks:
        subtask.update(previousState=subtask["state"], previousStateTransitionTime=subtask["stateTransitionTime"])
        subtask.update(
            state="completed", stateTransitionTime=now, endTime=now, result="failure" if failure else "success"
        )
        if code is not None:
            subtask["exitCode"] = code
        if failure is not None:
            subtask["failureInfo"] = failure


def _prepared(world: World, key: Key, nodes: list[Key]) -> bool:
    preparation = world.jobs[key[:-1]].spec.get("jobPreparationTask")
    if not preparation:
        return True
    ready = True
    for node in nodes:
        info = world.nodes[node].prepared_jobs.get(key[1])
        if info is None:
            world.after(0, "preparation.start", *node, key[1])
        if preparation.get("waitForSuccess", True):
            ready = ready and info is not None and info["state"] == "completed"
    return ready


def _release(world: World, key: Key, task: Task) -> None:
    pair = (key[1], key[2])
    for name in nodes_of(task):
        node = world.nodes.get(name)
        if node is not None and pair in node.running_tasks:
            node.running_tasks.remove(pair)
            slots.refresh(world, name)
            world.touch("nodes", name)
            slots.kick(world, name[:-1])
            if not node.running_tasks and (node.doomed or node.pending):
                world.after(0, "node.emptied", *name, node.boot)


def _leave(world: World, key: Key, task: Task) -> None:
    """Forget that a task's files lie on the node of its last run."""
    if task.node is not None and task.node_info is not None:
        ran = world.index.ran_on.get((key[0], str(task.node_info["poolId"]).lower(), task.node))
        if ran is not None:
            ran.pop(key, None)


def _remember(world: World, name: Key, task: Task) -> None:
    node = world.nodes.get(name)
    if node is None:
        return
    node.total_tasks_run += 1
    node.total_tasks_succeeded += task.execution["result"] == "success"
    entry = {"jobId": world.jobs[task.account, task.job].id, "taskId": task.id, "taskState": "completed"}
    node.recent_tasks = [*node.recent_tasks, {**entry, "executionInfo": task.execution}][-_RECENT:]
    world.touch("nodes", name)
