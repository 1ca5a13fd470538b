"""A failover is practised on a copy, its result kept; a live one returns; and how everything stands is shown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from failing_over import POOL, Regions
from lifecycle_checks import is_steady
from lifecycle_driver import Place

from batchplan.apply.events import Done, Event
from batchplan.core.diagnostics import UserError
from batchplan.ops.drill import Drill, drill, live_drill
from batchplan.ops.drillwork import dues, missed_and_twice
from batchplan.ops.session import Session
from batchplan.ops.status import status, watch
from batchplan.plan.parity import Verdict
from batchplan.plan.standing import DrillOutcome, Standing
from batchplan.report.drill import segments as drill_segments
from batchplan.report.status import as_json, segments
from batchplan.wiring import drill_session


@pytest.fixture
def regions(place: Place, monkeypatch: pytest.MonkeyPatch) -> Regions:
    """A pool with a backup, applied."""
    monkeypatch.chdir(place.folder)
    return Regions(place).set_up()


def practise(regions: Regions, **asked: Any) -> DrillOutcome:
    """Practise a failover on a copy."""

    async def work(session: Session) -> DrillOutcome:
        async def twin(store: Any) -> Any:
            return await drill_session(store, session.subscription)

        return await drill(session, regions.place.project(), Drill(POOL, **asked), twin, regions.place.events.append)

    return regions.place._do(work)


def standing(regions: Regions) -> Standing:
    """Return how the one pool stands."""
    (found,) = regions.place._do(lambda session: status(session, regions.place.project()))
    return found


def test_a_drill(regions: Regions) -> None:
    """The copy fails over within minutes, loses nothing, runs nothing twice; Azure is not changed, the result is kept."""
    place = regions.place
    before = place.count
    found = practise(regions)
    assert place.writes(before) == []
    assert found.passed
    assert 60 < found.recovery < 300
    assert (found.tasks, found.lost, found.runs_twice, found.missed) == (20, 0, 0, 0)
    assert found.runs > 10
    assert (found.nodes, found.cores) == (3, 12)
    record = place.state().drills["pool.render"]
    assert (record.key, record.live, record.passed, record.recovery_seconds) == ("north", False, True, found.recovery)
    assert standing(regions).drilled == record.at
    assert "passed\n" in "".join(text for _, text in drill_segments(found))
    is_steady(place)


def test_a_drill_from_the_backup(regions: Regions) -> None:
    """When the backup does the work, the way back is what is practised, with that region cut."""
    regions.failover()
    found = practise(regions)
    assert found.passed
    assert (found.left, found.to, found.key) == ("northeurope", "westeurope", "")


def test_a_drill_that_finds_something(regions: Regions) -> None:
    """A backup that cannot have its nodes fails the drill, with what the service said, and changes nothing."""
    place = regions.place
    place.edit("target_dedicated_nodes = 3", "target_dedicated_nodes = 0")
    place.apply()
    place.edit("target_dedicated_nodes = 0\n  }", "target_dedicated_nodes = 400\n  }")
    with pytest.raises(UserError) as refused:
        practise(regions)
    assert [one.code.id for one in refused.value.diagnostics] == ["E0911"]
    assert "Quota" in str(refused.value.diagnostics[0].detail)
    assert place.state().drills == {}


def test_a_live_drill(regions: Regions) -> None:
    """A live one moves the work and returns it; every run comes once."""
    place = regions.place
    found = place._do(lambda session: live_drill(session, place.project(), Drill(POOL), place.events.append))
    assert found.live
    assert found.passed
    assert found.recovery > 60
    assert regions.running() == {"nightly": {"acmewest"}, "hourly": {"acmewest"}}
    place.advance(3 * 3600)
    for name in ("nightly", "hourly"):
        regions.each_once(name, regions.runs())
    assert place.state().drills["pool.render"].live
    is_steady(place)


JOB = """
job "ingest" {
  account_id = account.west.id
  name       = "ingest"
  pool_info {
    pool_id = pool.render.pool_id
  }
}
"""


HOURLY_ON = 'job_schedule.hourly.backup["north"]:enable'


def with_tasks(regions: Regions, count: int = 30) -> None:
    """Declare a job, and give it tasks of twenty minutes."""
    place = regions.place
    place.write((place.folder / "main.batch.hcl").read_text(encoding="utf-8") + JOB)
    place.apply()
    added = {"value": [{"id": f"t{at}", "commandLine": "sleep 1200"} for at in range(count)]}
    place.batch("acmewest", "POST", "/jobs/ingest/addtaskcollection", added)
    place.advance(300)


def live(regions: Regions, meanwhile: Callable[[], object] | None = None, stay: float = 7200.0) -> DrillOutcome:
    """Fail over for real and back; something may happen once a schedule makes its jobs elsewhere."""
    place = regions.place

    def report(event: Event) -> None:
        place.events.append(event)
        if meanwhile is not None and isinstance(event, Done) and event.step.id == HOURLY_ON:
            meanwhile()

    return place._do(lambda session: live_drill(session, place.project(), Drill(POOL, stay=stay), report))


def test_a_live_drill_counts(regions: Regions) -> None:
    """Tasks that were not over, runs that fall due, and the quota of the other region are counted as they are."""
    with_tasks(regions)
    began = regions.now()
    found = live(regions)
    assert found.passed
    assert (found.lost, found.twice, found.runs_twice, found.missed) == (0, 0, 0, 0)
    assert found.tasks == 31, "with the manager of the job that the schedule has made"
    runs = [one for one in regions.runs(began) if one[0] <= regions.now()]
    assert found.runs == len(runs) == 4
    assert {account for _, _, account in runs} >= {"acmenorth"}
    assert (found.nodes, found.cores, found.used) == (3, 12, 12)
    assert found.quota is not None
    text = "".join(part for _, part in drill_segments(found))
    assert "  tasks           31 were not over, 0 lost, 0 started again\n" in text
    assert f"12 of {found.quota} cores with all pools there" in text
    record = regions.place.state().drills["pool.render"]
    assert (record.tasks_lost, record.occurrences_missed, record.live) == (0, 0, True)


def test_a_live_drill_that_finds_something(regions: Regions) -> None:
    """Tasks that go, tasks that begin anew and runs that do not come are seen, and it has not passed."""
    place = regions.place
    with_tasks(regions)
    waiting = [f"t{at}" for at in range(25, 30)]

    def spoil() -> None:
        for name in waiting:
            place.batch("acmewest", "DELETE", f"/jobs/ingest/tasks/{name}")
        place.batch("acmewest", "POST", "/jobs/ingest/disable", {"disableTasks": "requeue"})
        place.batch("acmewest", "POST", "/jobs/ingest/enable")
        place.batch("acmenorth", "POST", "/jobschedules/hourly/disable")

    found = live(regions, spoil, stay=5400.0)
    assert not found.passed
    assert found.lost == len(waiting)
    assert found.twice > 0
    assert found.missed > 0
    assert found.runs_twice == 0
    assert "failed" in "".join(part for _, part in drill_segments(found))


def test_a_drill_with_the_jobs_that_are_there(regions: Regions) -> None:
    """A copy has the jobs with tasks that are not over, under their names; what a schedule has made is another one's."""
    with_tasks(regions, 40)
    found = practise(regions)
    assert found.passed
    unfinished = regions.place.emulator.call(
        lambda world: sum(one.state != "completed" for one in world.tasks.values())
    )
    assert found.tasks == unfinished == 41
    assert (found.lost, found.twice) == (0, 0)
    assert found.used == 12
    assert found.quota is not None


@pytest.mark.parametrize(
    ("minutes", "missed", "twice"),
    [
        ([0, 30, 60], 0, 0),
        ([0, 60], 1, 0),
        ([0, 0, 30, 60], 0, 1),
        ([], 3, 0),
        ([0.5, 30.9, 59.2], 0, 0),
        ([0, 45, 60], 1, 0),
    ],
)
def test_runs_that_are_due(minutes: list[float], missed: int, twice: int) -> None:
    """A run counts for a moment when it comes within a minute of it."""
    first = datetime(2026, 1, 1, tzinfo=UTC)
    due = dues(first, 1800.0, first + timedelta(minutes=61))
    assert len(due) == 3
    made = [first + timedelta(minutes=one) for one in minutes]
    assert missed_and_twice(made, due, 1800.0) == (missed, twice)


def test_one_run_that_is_due() -> None:
    """A schedule without an interval is due once, if at all."""
    first = datetime(2026, 1, 1, tzinfo=UTC)
    assert dues(first, None, first + timedelta(minutes=1)) == [first]
    assert dues(first, None, first) == []
    assert dues(first, 60.0, first) == []


def text_of(regions: Regions) -> str:
    """Return the table."""
    return "".join(part for _, part in segments([standing(regions)]))


def test_status(regions: Regions) -> None:
    """Where it is active, nodes, work, runs, backups and what is owed: before, during and after an outage."""
    place = regions.place
    found = standing(regions)
    assert (found.active_in, found.answers, found.nodes, found.target) == ("westeurope", True, 3, 3)
    assert found.running == 1
    assert [str(one.address) for one in found.schedules] == ["job_schedule.hourly", "job_schedule.nightly"]
    assert found.next_run is not None
    assert "render   westeurope   3/3     1 run 0 wait   northeurope ✔ ready (0 nodes, parity ok)" in text_of(regions)
    regions.cut()
    down = standing(regions)
    assert (down.answers, down.nodes, down.running) == (False, None, None)
    assert "westeurope ✖ down" in text_of(regions)
    assert "batchplan failover pool.render --to north -from-unreachable" in text_of(regions)
    regions.failover(from_unreachable=True)
    moved = standing(regions)
    assert (moved.active_in, moved.key, moved.nodes, len(moved.owed)) == ("northeurope", "north", 3, 1)
    assert moved.backups[0].verdict is Verdict.BAD
    assert "owed: clean-up in 1 account" in text_of(regions)
    assert "westeurope ✖ down" in text_of(regions)
    regions.restore()
    both = standing(regions)
    assert [str(one) for one in both.elsewhere] == ["job_schedule.hourly", "job_schedule.nightly"]
    assert "TWO REGIONS ARE AT WORK for pool.render" in text_of(regions)
    assert "Now: batchplan failover -settle" in text_of(regions)
    place.apply()
    assert standing(regions).owed == ()
    assert standing(regions).elsewhere == ()
    assert "owed" not in text_of(regions)
    assert as_json([moved])["pools"][0]["backups"][0]["verdict"] == "bad"


def test_watching(regions: Regions) -> None:
    """It is looked up anew each time, until the pause says that it is enough."""
    place = regions.place
    seen: list[int | None] = []

    async def work(session: Session) -> None:
        async def pause() -> bool:
            await session.clock.sleep(60)
            return len(seen) < 3

        await watch(lambda: status(session, place.project()), lambda found: seen.append(found[0].running), pause)

    place._do(work)
    assert len(seen) == 3
