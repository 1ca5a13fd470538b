"""Operations on jobs. All raise ServiceError; `modified` moves exactly when the service's ETag does."""

import copy

from batchplan.emulator.errors import ServiceError, invalid_property, refuse
from batchplan.emulator.model import Account, Job, Json
from batchplan.emulator.world import (
    autopool,
    checks,
    ending,
    metrics,
    preparation,
    quotas,
    running,
    slots,
    tasks,
    timing,
)
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.defaults import job_constraints, normalise_job, pool_info
from batchplan.emulator.world.index import Counts
from batchplan.emulator.world.states import move_job

_PATCHABLE = ("priority", "allowTaskPreemption", "maxParallelTasks", "onAllTasksComplete", "networkConfiguration")
_REPLACED = {"priority": 0, "allowTaskPreemption": False, "maxParallelTasks": -1, "onAllTasksComplete": "noaction"}
_CLOSED = {"completed": "JobCompleted", "terminating": "JobBeingTerminated", "deleting": "JobBeingDeleted"}
_DISABLE = frozenset({"requeue", "terminate", "wait"})


def key_of(job: Job) -> Key:
    """Return a job's key."""
    return (job.account.lower(), job.id.lower())


def find_job(world: World, account: Account, name: str) -> Job:
    """Return a job by its id in any case; raise 404 JobNotFound."""
    job = world.jobs.get((account.name.lower(), name.lower()))
    if job is None:
        raise refuse("JobNotFound")
    return job


def create_job(world: World, account: Account, spec: Json) -> Job:
    """Create a job; its pool need not exist. An auto pool is created with it."""
    name = str(spec.get("id") or "")
    checks.identifier(name)
    key = (account.name.lower(), name.lower())
    if key in world.jobs:
        raise refuse("JobBeingDeleted" if world.jobs[key].state == "deleting" else "JobExists")
    if key in world.schedules:
        raise refuse("JobScheduleWithSameIdExists")
    body = normalise_job(spec)
    checks.job(body)
    auto = body["poolInfo"].get("autoPoolSpecification")
    if auto and auto["poolLifetimeOption"] != "job":
        raise invalid_property(
            "poolLifetimeOption", auto["poolLifetimeOption"], "A job's auto pool lives as long as the job"
        )
    quotas.check_jobs(world, account)
    return add_job(world, account, name, body)


def add_job(world: World, account: Account, name: str, body: Json, *, schedule: Key | None = None) -> Job:
    """Put a job with a checked, normalised body into the world, with its auto pool and its manager task."""
    key = (account.name.lower(), name.lower())
    job = Job(created=world.stamp(), account=key[0], id=name)
    job.modified = job.state_changed = job.start_time = world.stamp()
    job.spec = {member: value for member, value in body.items() if member != "id"}
    job.serial = world.serial()
    job.schedule = schedule[1] if schedule else None
    world.put("jobs", key, job)
    world.index.open_jobs.setdefault(key[:-1], {})[key] = None
    if schedule:
        world.index.jobs_by_schedule.setdefault(schedule, {})[key] = None
    assign_pool(world, key, job, _pool_id(world, account, key, job))
    manager = job.spec.get("jobManagerTask")
    if manager:
        tasks.add_task(world, job, manager, manager=True)
    ending.watch_wall_clock(world, key, job)
    world.after(timing.JOB_TERMINATE, "job.check", *key)  # recorded: an empty job is still active at first
    return job


def assign_pool(world: World, key: Key, job: Job, pool_id: str | None) -> None:
    """Let a job run on a pool from now on."""
    before = running.pool_of(job)
    if before is not None:
        metrics.note(world, before)
        world.index.totals.setdefault(before, Counts()).merge(world.index.counts.get(key, Counts()), -1)
        world.index.jobs_by_pool.get(before, {}).pop(key, None)
    job.pool_id = pool_id
    after = running.pool_of(job)
    if after is not None:
        metrics.note(world, after)
        world.index.totals.setdefault(after, Counts()).merge(world.index.counts.get(key, Counts()), 1)
        world.index.jobs_by_pool.setdefault(after, {})[key] = None
        if after in world.pools:
            slots.kick(world, after)
    world.touch("jobs", key)


def patch_job(world: World, account: Account, job: Job, changes: Json) -> None:  # noqa: ARG001
    """Change what is given. Another pool only while the job is disabled; constraints are replaced whole."""
    require_open(job)
    spec = copy.deepcopy(job.spec)
    for name in _PATCHABLE:
        if changes.get(name) is not None:
            spec[name] = changes[name]
    if changes.get("constraints") is not None:
        spec["constraints"] = job_constraints(changes["constraints"])
    if changes.get("metadata") is not None:
        spec["metadata"] = changes["metadata"]
    if changes.get("poolInfo") is not None:
        spec["poolInfo"] = pool_info(changes["poolInfo"])
    _write(world, job, spec)


def replace_job(world: World, account: Account, job: Job, body: Json) -> None:  # noqa: ARG001
    """Replace what can change; what is not given takes its default. What only a creation can set stays (recorded)."""
    require_open(job)
    spec = copy.deepcopy(job.spec)
    for name, default in _REPLACED.items():
        given = body.get(name)
        spec[name] = default if given is None else given
    if body.get("onAllTasksComplete") is None:
        spec["onAllTasksComplete"] = job.spec["onAllTasksComplete"]
    spec["constraints"] = job_constraints(body.get("constraints"))
    for name in ("metadata", "networkConfiguration"):
        spec[name] = body.get(name)
    if body.get("poolInfo") is None:
        raise refuse("MissingRequiredProperty", ("PropertyName", "poolInfo"))
    spec["poolInfo"] = pool_info(body["poolInfo"])
    _write(world, job, spec)


def disable_job(world: World, account: Account, job: Job, option: str) -> None:  # noqa: ARG001
    """Disable a job; its running tasks are requeued, terminated or waited for."""
    require_open(job)
    chosen = str(option or "").lower()
    if chosen not in _DISABLE:
        raise invalid_property("disableTasks", option, "The value is not one of requeue, terminate, wait")
    job.modified = world.stamp()
    ending.disable(world, key_of(job), job, chosen, job.modified)


def enable_job(world: World, account: Account, job: Job) -> None:  # noqa: ARG001
    """Enable a disabled job; its active tasks run again."""
    require_open(job)
    if job.state not in {"disabled", "disabling"}:
        raise refuse("OperationInvalidForCurrentState", ("Reason", f"The job is {job.state}, not disabled"))
    key = key_of(job)
    job.modified = world.stamp()
    if job.state == "disabling":
        move_job(world, key, job, "disabled", job.modified)
    move_job(world, key, job, "enabling", job.modified)
    world.after(timing.JOB_ENABLE, "job.enabled", *key, job.serial)


def on_enabled(world: World, args: tuple[object, ...]) -> None:
    """Handle a job that is enabled again."""
    key = (str(args[0]), str(args[1]))
    job = world.jobs.get(key)
    if job is None or (job.serial, job.state) != (args[2], "enabling"):
        return
    move_job(world, key, job, "active")
    pool = running.pool_of(job)
    if pool in world.pools:
        slots.kick(world, pool)
    world.after(0, "job.check", *key)


def terminate_job(
    world: World,
    account: Account,  # noqa: ARG001
    job: Job,
    reason: str | None = None,
    *,
    force: bool = False,
) -> None:
    """End a job: running tasks end as failed, active ones stay active and never run.

    `force` does not wait for the nodes: the job is completed before its release tasks are done.
    """
    require_open(job)
    job.modified = world.stamp()
    ending.terminate(world, key_of(job), job, reason or "UserTerminate", job.modified, force=force)


def delete_job(world: World, account: Account, job: Job, *, force: bool = False) -> None:  # noqa: ARG001
    """Delete a job with its tasks; this takes some time. `force` does not wait for its release tasks."""
    if job.state == "deleting":
        raise refuse("JobBeingDeleted")
    job.modified = world.stamp()
    ending.delete(world, key_of(job), job, job.modified, force=force)


def task_counts(world: World, account: Account, job: Job) -> Json:  # noqa: ARG001
    """Return the tasks of a job by state and the slots of those that hold or want some; preparing counts as running."""
    counts = world.index.counts.get(key_of(job)) or Counts()
    done = counts.succeeded + counts.failed
    return {
        "taskCounts": {
            "active": counts.active,
            "running": counts.running,
            "completed": done,
            "succeeded": counts.succeeded,
            "failed": counts.failed,
        },
        # Recorded: finished tasks hold no slots.
        "taskSlotCounts": {
            "active": counts.active_slots,
            "running": counts.running_slots,
            "completed": 0,
            "succeeded": 0,
            "failed": 0,
        },
    }


def preparation_status(world: World, account: Account, job: Job) -> list[Json]:  # noqa: ARG001
    """Return per node what the preparation and release tasks of a job did; raise 409 for a job without either."""
    if not (job.spec.get("jobPreparationTask") or job.spec.get("jobReleaseTask")):
        raise refuse("JobPreparationTaskOrReleaseTaskNotSpecified")
    return preparation.status(world, key_of(job))


def jobs_of(world: World, account: Account) -> list[Job]:
    """Return an account's jobs: those that are not completed first, by id within each group (recorded)."""
    jobs = [(key, world.jobs[key]) for key in world.index.below("jobs", (account.name.lower(),))]
    return [job for _, job in sorted(jobs, key=lambda pair: (pair[1].state == "completed", pair[0]))]


def require_open(job: Job) -> None:
    """Raise 409 for a job that is completed or on its way there."""
    if job.state in _CLOSED:
        raise refuse(_CLOSED[job.state])


def _pool_id(world: World, account: Account, key: Key, job: Job) -> str | None:
    info = job.spec["poolInfo"]
    if info.get("poolId"):
        return str(info["poolId"])
    auto = info["autoPoolSpecification"]
    if auto["poolLifetimeOption"] == "jobschedule" and job.schedule:
        return autopool.of_schedule(world, account, (key[0], job.schedule), job, auto)
    try:
        return autopool.create(world, account, auto, owner=f"job:{key[1]}")
    except ServiceError as error:
        job.scheduling_error = autopool.scheduling_error(error)
        return None


def _write(world: World, job: Job, spec: Json) -> None:
    checks.job(spec)
    before, after = job.spec["poolInfo"], spec["poolInfo"]
    if spec["onAllTasksComplete"] == "noaction" and job.spec["onAllTasksComplete"] == "terminatejob":
        raise invalid_property("onAllTasksComplete", "noaction", "The value cannot be changed back to noaction")
    if before != after:
        _require_retargetable(job, before, after)
    for name in ("metadata", "networkConfiguration"):
        if not spec.get(name):
            spec.pop(name, None)
    key = key_of(job)
    job.spec = spec
    job.modified = world.stamp()
    if before != after and after.get("poolId"):
        assign_pool(world, key, job, str(after["poolId"]))
    ending.watch_wall_clock(world, key, job)
    pool = running.pool_of(job)
    if pool in world.pools:
        slots.kick(world, pool)
    world.after(0, "job.check", *key)
    world.touch("jobs", key)


def _require_retargetable(job: Job, before: Json, after: Json) -> None:
    auto, wanted = before.get("autoPoolSpecification"), after.get("autoPoolSpecification")
    if auto or wanted:
        if auto and wanted and {**auto, "keepAlive": None} == {**wanted, "keepAlive": None}:
            return
        raise refuse("PropertyCannotBeUpdated", ("PropertyName", "poolInfo"))
    if job.state != "disabled":
        reason = "The pool of a job can be changed only while the job is disabled"
        raise refuse("OperationInvalidForCurrentState", ("PropertyName", "poolInfo"), ("Reason", reason))
