"""Operations on job schedules."""

from batchplan.emulator.dataplane import checks, views
from batchplan.emulator.dataplane.call import Call, created, entity, listing, written
from batchplan.emulator.model import JobSchedule
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import schedules


def _schedule(call: Call) -> JobSchedule:
    """Return the schedule of the path, if the request's conditions hold for it."""
    schedule = schedules.find_schedule(call.world, call.account, call.args["schedule"])
    call.require(schedule.modified)
    return schedule


def create(call: Call) -> Reply:
    """POST /jobschedules"""
    spec = call.body("BatchJobScheduleCreateOptions")
    checks.auto_pool(call, spec["jobSpecification"])
    schedule = schedules.create_schedule(call.world, call.account, spec)
    return created(call, schedule.modified, "jobschedules", schedule.id)


def list_all(call: Call) -> Reply:
    """GET /jobschedules, by id"""
    entries = (((each.id.lower(),), each) for each in schedules.schedules_of(call.world, call.account))
    return listing(call, "jobschedules", "BatchJobSchedule", entries, lambda schedule: views.schedule(call, schedule))


def get(call: Call) -> Reply:
    """GET /jobschedules/{schedule}"""
    schedule = _schedule(call)
    view = views.schedule(call, schedule)
    return entity(call, "jobschedules/@Element", "BatchJobSchedule", view, schedule.modified)


def exists(call: Call) -> Reply:
    """HEAD /jobschedules/{schedule}"""
    reply = get(call)
    reply.headers.pop("Content-Type")
    return reply


def patch(call: Call) -> Reply:
    """PATCH /jobschedules/{schedule}"""
    changes = call.body("BatchJobScheduleUpdateOptions")
    schedule = _schedule(call)
    checks.auto_pool(call, changes.get("jobSpecification", {}))
    schedules.patch_schedule(call.world, call.account, schedule, changes)
    return written(call, 200, schedule.modified)


def replace(call: Call) -> Reply:
    """PUT /jobschedules/{schedule}"""
    body = call.body("BatchJobSchedule")
    schedule = _schedule(call)
    checks.auto_pool(call, body["jobSpecification"])
    schedules.replace_schedule(call.world, call.account, schedule, body)
    return written(call, 200, schedule.modified)


def disable(call: Call) -> Reply:
    """POST /jobschedules/{schedule}/disable"""
    schedule = _schedule(call)
    schedules.disable_schedule(call.world, call.account, schedule)
    return written(call, 204, schedule.modified)


def enable(call: Call) -> Reply:
    """POST /jobschedules/{schedule}/enable"""
    schedule = _schedule(call)
    schedules.enable_schedule(call.world, call.account, schedule)
    return written(call, 204, schedule.modified)


def terminate(call: Call) -> Reply:
    """POST /jobschedules/{schedule}/terminate"""
    force = call.flag("force")
    schedule = _schedule(call)
    schedules.terminate_schedule(call.world, call.account, schedule, force=force)
    return written(call, 202, schedule.modified)


def delete(call: Call) -> Reply:
    """DELETE /jobschedules/{schedule}"""
    force = call.flag("force")
    schedules.delete_schedule(call.world, call.account, _schedule(call), force=force)
    return written(call, 202, traced=False)
