"""How jobs stop: disabled, terminated, deleted, out of time, or because all their tasks are done."""

from batchplan.emulator.model import Job
from batchplan.emulator.world import autopool, dependencies, durations, preparation, running, timing
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.states import move_job

_CLOSING = frozenset({"terminating", "completed", "deleting"})


def disable(world: World, key: Key, job: Job, option: str, moment: int) -> None:
    """Begin to disable a job; it is disabled when none of its tasks runs."""
    move_job(world, key, job, "disabling", moment)
    job.disable_option = option
    if option == "requeue":
        for task_key in _running(world, key):
            running.requeue(world, task_key, world.tasks[task_key])
    elif option == "terminate":
        _end_tasks(world, key, "Task Was Ended by Job Disable")
    world.after(timing.JOB_DISABLE, "job.check", *key)


def terminate(world: World, key: Key, job: Job, reason: str, moment: int, *, force: bool = False) -> None:
    """Begin to end a job; it is completed when its release tasks are done, or without them with `force`."""
    move_job(world, key, job, "terminating", moment)
    job.terminate_reason = reason
    _end_tasks(world, key, "Task Was Ended by Job Termination")
    preparation.release(world, key)
    world.after(timing.JOB_TERMINATE, "job.close", *key, job.serial, force)


def delete(world: World, key: Key, job: Job, moment: int, *, force: bool = False) -> None:
    """Begin to delete a job; it is gone when its tasks are, and with `force` before its release tasks are done."""
    was_open = job.state not in {"terminating", "completed"}
    move_job(world, key, job, "deleting", moment)
    _end_tasks(world, key, "Task Was Ended by Job Deletion")
    if was_open:
        preparation.release(world, key)
    wait = timing.draw(world, timing.JOB_DELETE, *key, job.serial)
    world.after(wait, "job.close", *key, job.serial, force)


def watch_wall_clock(world: World, key: Key, job: Job) -> None:
    """Let a job end when its maximum wall clock time is over."""
    limit = durations.parse(job.spec["constraints"]["maxWallClockTime"])
    if limit < durations.UNLIMITED_TICKS:
        world.at(max(world.now, job.start_time + limit), "job.wall", *key, job.serial)


def on_wall(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a job's wall clock time, unless it was moved."""
    key = (str(args[0]), str(args[1]))
    job = world.jobs.get(key)
    if job is None or job.serial != args[2] or job.state in _CLOSING:
        return
    if world.now - job.start_time >= durations.parse(job.spec["constraints"]["maxWallClockTime"]):
        terminate(world, key, job, "MaxWallClockTimeExpiry", world.now)


def on_check(world: World, args: tuple[object, ...]) -> None:
    """Handle a moment at which a job may have become disabled, or be done."""
    key = (str(args[0]), str(args[1]))
    job = world.jobs.get(key)
    if job is None or job.state in _CLOSING:
        return
    counts = world.index.counts.get(key)
    if job.state == "disabling" and (counts is None or not counts.running):
        move_job(world, key, job, "disabled")
    open_tasks = counts.active + counts.running if counts else 0
    if job.state == "active" and job.spec["onAllTasksComplete"] == "terminatejob" and not open_tasks:
        terminate(world, key, job, "AllTasksComplete", world.now)


def on_task_completed(world: World, args: tuple[object, ...]) -> None:
    """Handle what a task's end means for the tasks that wait for it and for its job."""
    key = (str(args[0]), str(args[1]), str(args[2]))
    task, job = world.tasks.get(key), world.jobs.get(key[:-1])
    if task is None or job is None or task.run != args[3] or task.state != "completed":
        return
    dependencies.resolve(world, key)
    if job.state in _CLOSING:
        return
    failed = task.execution.get("result") == "failure"
    action = dependencies.job_action(task)
    cut_short = (task.execution.get("failureInfo") or {}).get("code") == "TaskEnded"
    if task.manager and task.spec.get("killJobOnCompletion", True):
        terminate(world, key[:-1], job, "JMComplete", world.now)
    elif job.spec["onTaskFailure"] == "performexitoptionsjobaction" and failed and not cut_short:
        if action == "terminate":
            terminate(world, key[:-1], job, "TaskFailed", world.now)
        elif action == "disable" and job.state == "active":
            disable(world, key[:-1], job, "requeue", world.now)
    on_check(world, key[:-1])


def on_close(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a job's termination or deletion, once its release tasks are done."""
    key = (str(args[0]), str(args[1]))
    job = world.jobs.get(key)
    if job is None or job.serial != args[2] or job.state not in {"terminating", "deleting"}:
        return
    force = bool(args[3])
    if preparation.releasing(world, key) and not force:
        world.after(1.0, "job.close", *key, job.serial, force)
        return
    if job.state == "terminating":
        move_job(world, key, job, "completed")
        job.end_time = world.now
        world.touch("jobs", key)
    else:
        _remove(world, key, job)
    if job.schedule:
        world.after(0, "schedule.jobended", key[0], job.schedule)
    auto = job.spec["poolInfo"].get("autoPoolSpecification")
    if auto and auto["poolLifetimeOption"] == "job" and not auto.get("keepAlive"):
        autopool.delete(world, key[0], job.pool_id)


def _remove(world: World, key: Key, job: Job) -> None:
    for task_key in world.index.below("tasks", key):
        dependencies.forget(world, task_key)
        running.forget(world, task_key, world.tasks[task_key])
        world.index.dependents.pop(task_key, None)
    preparation.forget(world, key)
    if job.schedule:
        world.index.jobs_by_schedule.get((key[0], job.schedule), {}).pop(key, None)
    world.index.ready.pop(key, None)
    world.index.counts.pop(key, None)
    world.drop("jobs", key)


def _running(world: World, key: Key) -> list[Key]:
    """Return the tasks of a job that are on a node."""
    if not (counts := world.index.counts.get(key)) or not counts.running:
        return []
    return [task for task in world.index.below("tasks", key) if world.tasks[task].state in {"preparing", "running"}]


def _end_tasks(world: World, key: Key, message: str) -> None:
    for task_key in _running(world, key):
        running.complete(world, task_key, world.tasks[task_key], None, running.ended(message))
