"""Job schedules: when they fire, what they make, how they end."""

from typing import Any

import pytest
from worlds import Lab, lab

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import JobSchedule
from batchplan.emulator.world import jobs, schedules

MANAGED = {"jobManagerTask": {"id": "m", "commandLine": "sleep 30"}}
HOURLY = {"recurrenceInterval": "PT1H"}


def made(here: Lab, schedule: JobSchedule) -> list[tuple[str, str]]:
    """Return the jobs of a schedule with their states, by number."""
    found = schedules.jobs_of(here.world, here.account, schedule)
    return sorted(((job.id, job.state) for job in found), key=lambda pair: int(pair[0].rpartition("-")[2]))


def minutes(here: Lab, schedule: JobSchedule) -> float | None:
    """Return when a schedule is due next, in minutes after its creation."""
    return (
        None if schedule.next_run is None else round((schedule.next_run - schedule.created) / ticks.PER_SECOND / 60, 3)
    )


def refused(here: Lab, verb: Any, *args: Any) -> str:
    """Return the code with which the service refuses a call."""
    with pytest.raises(ServiceError) as caught:
        verb(here.world, here.account, *args)
    return caught.value.code


def test_the_first_job_exists_before_the_answer() -> None:
    """A schedule that is due makes its first job at once; the next run is one interval after the creation."""
    here = lab()
    schedule = here.schedule("S1", HOURLY)
    assert made(here, schedule) == [("S1:job-1", "active")]
    assert (schedule.recent_job, minutes(here, schedule)) == ("S1:job-1", 60)


def test_without_recurrence_there_is_one_job() -> None:
    """A schedule without recurrence makes one job, has no next run, and is completed when that job is."""
    here = lab()
    here.pool(dedicated=1)
    schedule = here.schedule(**MANAGED)
    assert (minutes(here, schedule), schedule.state) == (None, "active")
    here.pass_time(300)
    assert made(here, schedule) == [("s:job-1", "completed")]
    assert (schedule.state, schedule.end_time is not None) == ("completed", True)


def test_not_before_its_time() -> None:
    """A schedule with doNotRunUntil in the future makes no job until then, and keeps to that grid."""
    here = lab()
    here.pool(dedicated=1)
    times = {"doNotRunUntil": "2026-03-01T12:30:00Z", **HOURLY}
    schedule = here.schedule(times=times, **MANAGED)
    assert (made(here, schedule), minutes(here, schedule)) == ([], 30)
    here.pass_time(29 * 60)
    assert made(here, schedule) == []
    here.pass_time(61)
    assert made(here, schedule) == [("s:job-1", "active")]
    assert minutes(here, schedule) == 90


def test_recurring_jobs() -> None:
    """A recurring schedule makes a job per interval while its jobs end in time."""
    here = lab()
    here.pool(dedicated=1)
    here.pass_time(120)
    schedule = here.schedule(times=HOURLY, **MANAGED)
    here.pass_time(3 * 3600 + 60)
    assert made(here, schedule) == [(f"s:job-{n}", "completed") for n in (1, 2, 3, 4)]
    assert minutes(here, schedule) == 240


def test_at_most_one_active_job() -> None:
    """An occurrence that meets an active job makes none until that job ends."""
    here = lab()
    schedule = here.schedule(times=HOURLY)
    here.pass_time(2.5 * 3600)
    assert made(here, schedule) == [("s:job-1", "active")]
    job = jobs.find_job(here.world, here.account, "s:job-1")
    jobs.terminate_job(here.world, here.account, job)
    here.pass_time(5)
    assert made(here, schedule) == [("s:job-1", "completed"), ("s:job-2", "active")]
    assert minutes(here, schedule) == 180


def test_start_window_loses_late_occurrences() -> None:
    """An occurrence whose start window is over when the former job ends is lost."""
    here = lab()
    schedule = here.schedule(times={**HOURLY, "startWindow": "PT5M"})
    here.pass_time(3600 + 600)
    jobs.terminate_job(here.world, here.account, jobs.find_job(here.world, here.account, "s:job-1"))
    here.pass_time(60)
    assert made(here, schedule) == [("s:job-1", "completed")]
    here.pass_time(3600)
    assert made(here, schedule) == [("s:job-1", "completed"), ("s:job-2", "active")]


def test_not_after_its_time() -> None:
    """A schedule past doNotRunAfter makes no job and is completed when none is active."""
    here = lab()
    here.pool(dedicated=1)
    schedule = here.schedule(times={**HOURLY, "doNotRunAfter": "2026-03-01T13:30:00Z"}, **MANAGED)
    here.pass_time(3600 + 120)
    assert made(here, schedule) == [("s:job-1", "completed"), ("s:job-2", "completed")]
    assert (minutes(here, schedule), schedule.state) == (None, "active")
    here.pass_time(3600)
    assert (len(made(here, schedule)), schedule.state) == (2, "completed")


def test_disabled_schedules_make_no_jobs() -> None:
    """A disabled schedule makes no job; enabled again it goes on with its grid, and what was missed is lost."""
    here = lab()
    here.pool(dedicated=1)
    schedule = here.schedule(times=HOURLY, **MANAGED)
    etag = schedule.modified
    here.pass_time(600)
    schedules.disable_schedule(here.world, here.account, schedule)
    assert (schedule.state, schedule.previous_state, schedule.modified > etag) == ("disabled", "active", True)
    here.pass_time(2.5 * 3600)
    assert len(made(here, schedule)) == 1
    schedules.enable_schedule(here.world, here.account, schedule)
    here.pass_time(60)
    assert (schedule.state, len(made(here, schedule)), minutes(here, schedule)) == ("active", 1, 180)
    here.pass_time(1200)
    assert len(made(here, schedule)) == 2


def test_terminate() -> None:
    """A terminated schedule is completed a moment later, and so is its active job."""
    here = lab()
    schedule = here.schedule(times=HOURLY)
    schedules.terminate_schedule(here.world, here.account, schedule)
    assert schedule.state == "terminating"
    here.pass_time(2)
    job = jobs.find_job(here.world, here.account, "s:job-1")
    assert (schedule.state, schedule.previous_state, schedule.end_time is not None) == ("completed", "active", True)
    assert (job.state, job.terminate_reason) == ("completed", "TerminateWorkitem")
    here.pass_time(7200)
    assert len(made(here, schedule)) == 1
    assert refused(here, schedules.patch_schedule, schedule, {"metadata": []}) == "JobScheduleCompleted"


def test_delete() -> None:
    """A deleted schedule goes with all its jobs; until then its id conflicts."""
    here = lab()
    schedule = here.schedule(times=HOURLY)
    job = jobs.find_job(here.world, here.account, "s:job-1")
    here.task(job)
    schedules.delete_schedule(here.world, here.account, schedule)
    assert (schedule.state, job.state) == ("deleting", "deleting")
    spec = {"id": "s", "jobSpecification": {"poolInfo": {"poolId": "p"}}}
    assert refused(here, schedules.create_schedule, spec) == "JobScheduleBeingDeleted"
    assert refused(here, schedules.enable_schedule, schedule) == "JobScheduleBeingDeleted"
    here.pass_time(30)
    assert (here.world.schedules, here.world.jobs, here.world.tasks) == ({}, {}, {})


def test_jobs_and_schedules_share_their_names() -> None:
    """A job and a schedule cannot have the same id."""
    here = lab()
    here.job("a")
    here.schedule("b")
    body = {"jobSpecification": {"poolInfo": {"poolId": "p"}}}
    assert refused(here, schedules.create_schedule, {"id": "A", **body}) == "JobWithSameIdExists"
    assert refused(here, schedules.create_schedule, {"id": "B", **body}) == "JobScheduleExists"
    assert refused(here, jobs.create_job, {"id": "B", "poolInfo": {"poolId": "p"}}) == "JobScheduleWithSameIdExists"


def test_retargeting_concerns_later_jobs_only() -> None:
    """A patched job specification is that of the next job; the active one stays on its pool."""
    here = lab()
    schedule = here.schedule(times=HOURLY)
    schedules.patch_schedule(
        here.world, here.account, schedule, {"jobSpecification": {"poolInfo": {"poolId": "green"}}}
    )
    first = jobs.find_job(here.world, here.account, "s:job-1")
    assert first.pool_id == "p"
    here.pass_time(3700)
    jobs.terminate_job(here.world, here.account, first)
    here.pass_time(5)
    assert jobs.find_job(here.world, here.account, "s:job-2").pool_id == "green"


@pytest.mark.parametrize(
    ("body", "schedule", "metadata"),
    [
        ({"jobSpecification": {"poolInfo": {"poolId": "p"}}}, None, None),
        (
            {"jobSpecification": {"poolInfo": {"poolId": "p"}}, "schedule": {"recurrenceInterval": "PT02H"}},
            {"recurrenceInterval": "PT2H"},
            None,
        ),
    ],
)
def test_replace_removes_what_is_not_given(body: dict[str, Any], schedule: Any, metadata: Any) -> None:
    """A replaced schedule keeps its name, and neither its times nor its metadata unless they are given."""
    here = lab()
    spec = {"id": "s", "displayName": "d", "schedule": HOURLY, "metadata": [{"name": "a", "value": "b"}]}
    made_of = {**spec, "jobSpecification": {"poolInfo": {"poolId": "p"}}}
    entity = schedules.create_schedule(here.world, here.account, made_of)
    schedules.replace_schedule(here.world, here.account, entity, body)
    assert (entity.spec.get("schedule"), entity.spec.get("metadata")) == (schedule, metadata)
    assert entity.spec["displayName"] == "d"
    assert minutes(here, entity) == (120 if schedule else None)


@pytest.mark.parametrize("times", [{"recurrenceInterval": "PT30S"}, {**HOURLY, "startWindow": "PT59S"}])
def test_times_under_a_minute_are_refused(times: dict[str, str]) -> None:
    """An interval or start window under a minute is refused."""
    body = {"id": "s", "schedule": times, "jobSpecification": {"poolInfo": {"poolId": "p"}}}
    assert refused(lab(), schedules.create_schedule, body) == "InvalidPropertyValue"


@pytest.mark.parametrize(("lifetime", "pools"), [("job", 2), ("jobschedule", 1)])
def test_auto_pools_of_schedules(lifetime: str, pools: int) -> None:
    """A schedule's auto pool is one for all its jobs, or one for each, and goes with what it belongs to."""
    here = lab()
    auto = {"poolLifetimeOption": lifetime, "pool": {"vmSize": "standard_d2s_v3", "targetDedicatedNodes": 1}}
    spec = {"poolInfo": {"autoPoolSpecification": auto}, **MANAGED}
    schedule = schedules.create_schedule(
        here.world, here.account, {"id": "s", "schedule": HOURLY, "jobSpecification": spec}
    )
    used = set()
    for _ in range(2):
        used |= {pool.id for pool in here.world.pools.values() if pool.state == "active"}
        here.pass_time(3601)
    used |= {pool.id for pool in here.world.pools.values() if pool.state == "active"}
    assert len(used) >= pools
    assert (len(used) == 1) == (lifetime == "jobschedule")
    schedules.delete_schedule(here.world, here.account, schedule)
    here.pass_time(200)
    assert here.world.pools == {}
