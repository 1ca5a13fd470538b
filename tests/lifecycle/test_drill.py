"""A failover is practised on a copy, its result kept; a live one returns; and how everything stands is shown."""

from typing import Any

import pytest
from failing_over import POOL, Regions
from lifecycle_checks import is_steady
from lifecycle_driver import Place

from batchplan.core.diagnostics import UserError
from batchplan.ops.drill import Drill, drill, live_drill
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
