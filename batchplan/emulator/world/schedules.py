"""Operations on job schedules, and the jobs they make as time passes.

A schedule's occurrences lie on a grid: its start (doNotRunUntil, else its creation) plus multiples of the
recurrence interval. At most one of its jobs is active. An occurrence that meets an active job waits until
that job ends, within the start window (without one: until the next occurrence); one that falls while the
schedule is disabled is lost.
"""

from batchplan.emulator import ticks
from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Account, Job, JobSchedule, Json
from batchplan.emulator.world import autopool, checks, durations, ending, jobs, quotas, timing
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.defaults import normalise_schedule
from batchplan.emulator.world.states import move_schedule

_QUOTA_RETRY = 60 * ticks.PER_SECOND
_CLOSED = {
    "completed": "JobScheduleCompleted",
    "terminating": "JobScheduleBeingTerminated",
    "deleting": "JobScheduleBeingDeleted",
}


def key_of(schedule: JobSchedule) -> Key:
    """Return a schedule's key."""
    return (schedule.account.lower(), schedule.id.lower())


def find_schedule(world: World, account: Account, name: str) -> JobSchedule:
    """Return a job schedule by its id in any case; raise 404 JobScheduleNotFound."""
    schedule = world.schedules.get((account.name.lower(), name.lower()))
    if schedule is None:
        raise refuse("JobScheduleNotFound")
    return schedule


def create_schedule(world: World, account: Account, spec: Json) -> JobSchedule:
    """Create a job schedule; a first job that is due exists before the answer (recorded)."""
    name = str(spec.get("id") or "")
    checks.identifier(name)
    key = (account.name.lower(), name.lower())
    if key in world.schedules:
        deleting = world.schedules[key].state == "deleting"
        raise refuse("JobScheduleBeingDeleted" if deleting else "JobScheduleExists")
    if key in world.jobs:
        raise refuse("JobWithSameIdExists")
    body = normalise_schedule(spec)
    _check(body)
    quotas.check_jobs(world, account)
    created = world.stamp()
    schedule = JobSchedule(created, created, account=key[0], id=name, state_changed=created)
    schedule.spec = {member: value for member, value in body.items() if member != "id"}
    schedule.serial = world.serial()
    world.put("schedules", key, schedule)
    start = _start(schedule)
    if start <= created:
        _fire(world, key, schedule, start)
    else:
        _plan(world, key, schedule, start)
    return schedule


def patch_schedule(world: World, account: Account, schedule: JobSchedule, changes: Json) -> None:  # noqa: ARG001
    """Change schedule, job specification or metadata, each replaced whole. Only later jobs are concerned."""
    require_open(schedule)
    given = {
        name: changes[name] for name in ("schedule", "jobSpecification", "metadata") if changes.get(name) is not None
    }
    _write(world, schedule, {**schedule.spec, **given}, retimed="schedule" in given)


def replace_schedule(world: World, account: Account, schedule: JobSchedule, body: Json) -> None:  # noqa: ARG001
    """Replace schedule, job specification and metadata; what is not given is removed."""
    require_open(schedule)
    if body.get("jobSpecification") is None:
        raise refuse("MissingRequiredProperty", ("PropertyName", "jobSpecification"))
    kept = {name: value for name, value in schedule.spec.items() if name == "displayName"}
    given = {name: body[name] for name in ("schedule", "jobSpecification", "metadata") if body.get(name) is not None}
    _write(world, schedule, {**kept, **given}, retimed=given.get("schedule") != schedule.spec.get("schedule"))


def disable_schedule(world: World, account: Account, schedule: JobSchedule) -> None:  # noqa: ARG001
    """Make no further jobs; an active one goes on."""
    require_open(schedule)
    schedule.modified = world.stamp()
    if schedule.state != "disabled":
        move_schedule(world, key_of(schedule), schedule, "disabled", schedule.modified)
    schedule.timer = world.serial()
    world.touch("schedules", key_of(schedule))


def enable_schedule(world: World, account: Account, schedule: JobSchedule) -> None:  # noqa: ARG001
    """Make jobs again, from the next occurrence on; those missed meanwhile are lost."""
    require_open(schedule)
    key = key_of(schedule)
    schedule.modified = world.stamp()
    if schedule.state == "disabled":
        move_schedule(world, key, schedule, "active", schedule.modified)
        _plan_next(world, key, schedule)
        _complete_if_done(world, key, schedule)
    world.touch("schedules", key)


def terminate_schedule(world: World, account: Account, schedule: JobSchedule, *, force: bool = False) -> None:  # noqa: ARG001
    """End a schedule and its active job; `force` does not wait for the job's release tasks."""
    require_open(schedule)
    schedule.modified = world.stamp()
    _terminate(world, key_of(schedule), schedule, schedule.modified, force=force)


def delete_schedule(world: World, account: Account, schedule: JobSchedule, *, force: bool = False) -> None:  # noqa: ARG001
    """Delete a schedule with all its jobs and their tasks; this takes some time. `force` waits for no release task."""
    if schedule.state == "deleting":
        raise refuse("JobScheduleBeingDeleted")
    key = key_of(schedule)
    schedule.modified = world.stamp()
    move_schedule(world, key, schedule, "deleting", schedule.modified)
    schedule.timer = world.serial()
    for job_key in _jobs(world, key):
        job = world.jobs[job_key]
        if job.state != "deleting":
            job.modified = schedule.modified
            ending.delete(world, job_key, job, schedule.modified, force=force)
    wait = timing.draw(world, timing.SCHEDULE_DELETE, *key, schedule.serial)
    world.after(wait, "schedule.close", *key, schedule.serial)


def jobs_of(world: World, account: Account, schedule: JobSchedule) -> list[Job]:
    """Return the jobs a schedule has made, by id."""
    return [world.jobs[key] for key in sorted(_jobs(world, (account.name.lower(), schedule.id.lower())))]


def schedules_of(world: World, account: Account) -> list[JobSchedule]:
    """Return an account's job schedules by id."""
    return [world.schedules[key] for key in world.index.below("schedules", (account.name.lower(),))]


def require_open(schedule: JobSchedule) -> None:
    """Raise 409 for a schedule that is completed or on its way there."""
    if schedule.state in _CLOSED:
        raise refuse(_CLOSED[schedule.state])


def on_due(world: World, args: tuple[object, ...]) -> None:
    """Handle an occurrence: make a job, unless one is active; then the occurrence waits for its end."""
    key = (str(args[0]), str(args[1]))
    schedule = world.schedules.get(key)
    if schedule is None or schedule.timer != args[2] or schedule.state != "active":
        return
    occurrence = args[3]
    assert isinstance(occurrence, int)
    if _over(schedule, world.now):
        _complete_if_done(world, key, schedule)
    elif world.hooks.halted(key[0], world.accounts[key[0],].location):
        if _interval(schedule) is None:
            _plan(world, key, schedule, world.now + _QUOTA_RETRY)  # the only one is made when the region is back
        else:
            _plan_next(world, key, schedule)  # the occurrence is lost with the region
    elif _active_job(world, key) is None:
        _fire(world, key, schedule, occurrence)
    else:
        schedule.last_occurrence = occurrence
        _plan_next(world, key, schedule)


def on_job_ended(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a schedule's job: an occurrence that waited for it may have its turn."""
    key = (str(args[0]), str(args[1]))
    schedule = world.schedules.get(key)
    if schedule is None or schedule.state != "active" or _active_job(world, key) is not None:
        return
    waited = schedule.last_occurrence
    job = world.jobs.get((key[0], (schedule.recent_job or "").lower()))
    made_for = job.start_time if job else 0
    if (
        waited is not None
        and waited > made_for
        and not _over(schedule, world.now)
        and _in_window(world, schedule, waited)
    ):
        _fire(world, key, schedule, waited)
        return
    _complete_if_done(world, key, schedule)


def on_close(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a schedule's termination or deletion."""
    key = (str(args[0]), str(args[1]))
    schedule = world.schedules.get(key)
    if schedule is None or schedule.serial != args[2]:
        return
    if schedule.state == "terminating":
        move_schedule(world, key, schedule, "completed")
        schedule.end_time = world.now
    elif schedule.state == "deleting":
        if _jobs(world, key):
            world.after(1.0, "schedule.close", *key, schedule.serial)
            return
        world.index.jobs_by_schedule.pop(key, None)
        world.drop("schedules", key)
    else:
        return
    auto = schedule.spec["jobSpecification"]["poolInfo"].get("autoPoolSpecification")
    if schedule.auto_pool and not (auto or {}).get("keepAlive"):
        autopool.delete(world, key[0], schedule.auto_pool)


def _fire(world: World, key: Key, schedule: JobSchedule, occurrence: int) -> None:
    account = world.accounts[key[0],]
    schedule.last_occurrence = occurrence
    if not quotas.room_for_job(world, account):
        if _interval(schedule) is None:
            _plan(world, key, schedule, world.now + _QUOTA_RETRY)
        else:
            _plan_next(world, key, schedule)  # the occurrence is lost
        return
    schedule.jobs_made += 1
    name = f"{schedule.id}:job-{schedule.jobs_made}"
    jobs.add_job(world, account, name, dict(schedule.spec["jobSpecification"]), schedule=key)
    schedule.recent_job = name
    _plan_next(world, key, schedule)


def _plan_next(world: World, key: Key, schedule: JobSchedule) -> None:
    """Arm the timer for the next occurrence after now, if there is one."""
    start, every = _start(schedule), _interval(schedule)
    if start > world.now:
        _plan(world, key, schedule, start)
    elif every is None:
        schedule.next_run, schedule.timer = None, world.serial()
        if schedule.jobs_made == 0 and schedule.state == "active":
            _plan(world, key, schedule, world.now)
    else:
        _plan(world, key, schedule, start + ((world.now - start) // every + 1) * every)
    world.touch("schedules", key)


def _plan(world: World, key: Key, schedule: JobSchedule, moment: int) -> None:
    schedule.timer = world.serial()
    after = _times(schedule).get("doNotRunAfter")
    last = ticks.parse_iso(after) if after else None
    schedule.next_run = None if last is not None and moment > last else moment
    world.at(moment if schedule.next_run else max(last or 0, world.now), "schedule.due", *key, schedule.timer, moment)


def _write(world: World, schedule: JobSchedule, body: Json, *, retimed: bool) -> None:
    fresh = normalise_schedule(body)
    _check(fresh)
    schedule.spec = fresh
    schedule.modified = world.stamp()
    if retimed and schedule.state == "active":
        _plan_next(world, key_of(schedule), schedule)
    world.touch("schedules", key_of(schedule))


def _check(body: Json) -> None:
    checks.display_name(body)
    checks.recurrence(body.get("schedule"))
    checks.job(body["jobSpecification"])


def _terminate(world: World, key: Key, schedule: JobSchedule, moment: int, *, force: bool = False) -> None:
    move_schedule(world, key, schedule, "terminating", moment)
    schedule.timer, schedule.next_run = world.serial(), None
    active = _active_job(world, key)
    if active is not None and world.jobs[active].state not in {"terminating", "deleting"}:
        ending.terminate(world, active, world.jobs[active], "TerminateWorkitem", moment, force=force)
    world.after(timing.SCHEDULE_TERMINATE, "schedule.close", *key, schedule.serial)


def _complete_if_done(world: World, key: Key, schedule: JobSchedule) -> None:
    """Complete a schedule that will make no further job and has none that is active."""
    once = _interval(schedule) is None and schedule.jobs_made > 0
    if (once or _over(schedule, world.now)) and _active_job(world, key) is None:
        _terminate(world, key, schedule, world.now)


def _jobs(world: World, key: Key) -> list[Key]:
    return sorted(world.index.jobs_by_schedule.get(key, ()))


def _active_job(world: World, key: Key) -> Key | None:
    """Return the job of a schedule that is not completed: only the last one made can be."""
    recent = (key[0], str(world.schedules[key].recent_job).lower())
    job = world.jobs.get(recent)
    return recent if job is not None and job.state != "completed" else None


def _times(schedule: JobSchedule) -> Json:
    return schedule.spec.get("schedule") or {}


def _start(schedule: JobSchedule) -> int:
    """Return when the grid of occurrences begins."""
    until = _times(schedule).get("doNotRunUntil")
    return max(ticks.parse_iso(until), schedule.created) if until else schedule.created


def _interval(schedule: JobSchedule) -> int | None:
    every = _times(schedule).get("recurrenceInterval")
    return durations.parse(every) if every else None


def _over(schedule: JobSchedule, now: int) -> bool:
    after = _times(schedule).get("doNotRunAfter")
    return after is not None and now >= ticks.parse_iso(str(after))


def _in_window(world: World, schedule: JobSchedule, occurrence: int) -> bool:
    window = _times(schedule).get("startWindow")
    return window is None or world.now - occurrence <= durations.parse(window)
