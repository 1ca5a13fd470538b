"""Nodes are ready before the run of a schedule, in one region or the other, and go when it is over."""

import copy
from datetime import datetime, timedelta
from typing import Any

import pytest
from crashing import Crash, Fuse
from failing_over import Regions
from lifecycle_checks import is_steady
from lifecycle_driver import Place, Wrapped, actions

from batchplan.backends.memory import MemoryStore
from batchplan.core.address import parse_address
from batchplan.core.diagnostics import UserError
from batchplan.ops.plan import Planned
from batchplan.ops.prewarm import Prewarm, Warmed, cool_down, prewarm
from batchplan.ops.session import Session
from batchplan.plan.hours import next_run
from batchplan.plan.step import Resize
from batchplan.report.plan import segments as plan_segments
from batchplan.schema.times import instant

NIGHTLY = parse_address("job_schedule.nightly")


@pytest.fixture
def regions(place: Place, monkeypatch: pytest.MonkeyPatch) -> Regions:
    """A pool that has no nodes between the runs of its schedule, which come every four hours."""
    monkeypatch.chdir(place.folder)
    found = Regions(place).set_up()
    place.edit("target_dedicated_nodes = 3", "target_dedicated_nodes = 0")
    place.edit('recurrence_interval = "PT1H"', 'recurrence_interval = "PT4H"')
    place.apply()
    return found


def warm(regions: Regions, *, back: bool = False, wrapped: Wrapped | None = None, **asked: Any) -> Warmed:
    """Get the pool ready, and with `back` return it to its size after the run."""
    place = regions.place

    async def work(session: Session) -> Warmed:
        found = await prewarm(session, place.project(), Prewarm(NIGHTLY, nodes=4, **asked), place.events.append)
        if back:
            await cool_down(session, place.project(), NIGHTLY, found.run, place.events.append)
        return found

    return place._do(work, wrapped)


def leaves_alone(place: Place) -> None:
    """Assert that a plan has nothing to do, sees no drift, and says in one line why the size is what it is."""
    is_steady(place)
    (line,) = warm_lines(place.plan())
    assert line.startswith("pool.render has 4 nodes for the run at 2025-06-01 12:0")
    assert "plans leave them alone until 2025-06-01 16:0" in line


def warm_lines(planned: Planned) -> list[str]:
    """Return what a plan says of pools that are warm."""
    text = "".join(part for _, part in plan_segments(planned.changes, planned.steps))
    return [line for line in text.splitlines() if "(prewarm, " in line]


FORMULA = 'auto_scale {\n    formula             = "$TargetDedicatedNodes = 0;"\n    evaluation_interval = "PT5M"\n  }'


@pytest.mark.parametrize("scales", [False, True], ids=["fixed", "formula"])
def test_plans_in_between_and_after(regions: Regions, scales: bool) -> None:
    """Until its time is over plans leave the nodes alone, whatever else they change; the first apply after it does not."""
    place = regions.place
    if scales:
        place.edit("fixed_scale {\n    target_dedicated_nodes = 0\n  }", FORMULA)
        place.apply()
    place.advance(3.5 * 3600)
    found = warm(regions)
    assert found.run is not None
    record = place.state().prewarms["pool.render"]
    assert (record.dedicated, record.run, record.until) == (4, found.run, found.run + timedelta(hours=4))
    assert list(record.scale) == ["auto_scale" if scales else "fixed_scale"]
    leaves_alone(place)
    place.edit(
        "task_slots_per_node = var.slots",
        'task_slots_per_node = var.slots\n  metadata {\n    name  = "a"\n    value = "b"\n  }',
    )
    place.apply()
    assert regions.sizes()["acmewest"] == 4
    leaves_alone(place)
    warm(regions)
    assert list(place.state().prewarms["pool.render"].scale) == list(record.scale)
    place.advance(4.6 * 3600)
    planned, _ = place.apply()
    assert not planned.changes.drift
    assert actions(planned) == {"pool.render": "update"}
    (line,) = warm_lines(planned)
    assert line.endswith("this plan gives it its declared size back.")
    resized = [one for one in planned.steps if isinstance(one, Resize)]
    assert scales or [one.option for one in resized] == ["taskcompletion"]
    place.advance(900)
    assert regions.sizes()["acmewest"] == 0
    assert place.state().prewarms == {}
    is_steady(place)


def test_given_back_at_once(regions: Regions) -> None:
    """When it is asked to return the pool, nothing is left to note, and what has been edited meanwhile is still to be done."""
    place = regions.place
    place.advance(3.5 * 3600)
    place.edit("start_task {", 'metadata {\n    name  = "a"\n    value = "b"\n  }\n  start_task {')
    warm(regions, back=True)
    assert place.state().prewarms == {}
    planned = place.plan()
    assert actions(planned) == {"pool.render": "update", 'pool.render.backup["north"]': "update"}
    assert not planned.changes.drift
    place.apply()
    is_steady(place)


def test_killed(regions: Regions) -> None:
    """Killed at any point, plans leave the nodes alone, the same command gets them, and after its time they are given back."""
    place = regions.place
    place.advance(3.5 * 3600)
    world, versions = place.frozen(), list(place.store.versions)  # type: ignore[attr-defined]
    fuse = Fuse()
    warm(regions, wrapped=fuse.wrapped())
    assert fuse.count > 10
    for point in range(1, fuse.count + 1):
        place.thaw(world)
        place.store = MemoryStore(versions=copy.deepcopy(versions))
        with pytest.raises(Crash):
            warm(regions, wrapped=Fuse(point).wrapped())
        size = regions.sizes()["acmewest"]
        place.apply()
        assert regions.sizes()["acmewest"] == size
        assert place.plan().is_empty
        if point % 2:
            warm(regions)
            leaves_alone(place)
        place.advance(5 * 3600)
        place.apply()
        assert regions.sizes()["acmewest"] == 0
        assert place.state().prewarms == {}
        is_steady(place)


def test_moved_while_warm(regions: Regions) -> None:
    """A pool that moves leaves nothing behind; nor does one that is moved while its own region does not answer."""
    place = regions.place
    place.advance(3.5 * 3600)
    warm(regions)
    world, versions = place.frozen(), list(place.store.versions)  # type: ignore[attr-defined]
    regions.failover()
    assert (regions.sizes()["acmewest"], place.state().prewarms) == (0, {})
    is_steady(place)
    place.thaw(world)
    place.store = MemoryStore(versions=versions)
    regions.cut()
    regions.failover(from_unreachable=True)
    assert regions.sizes()["acmewest"] == 4
    assert place.plan().is_empty
    regions.restore()
    place.apply()
    assert (regions.sizes()["acmewest"], place.state().prewarms) == (0, {})
    is_steady(place)


def ready_at(regions: Regions) -> dict[str, int]:
    """Return how many nodes can be used, by account."""
    return dict(
        regions.place.emulator.call(
            lambda world: [
                (
                    pool.account,
                    sum(
                        one.pool == pool.id.lower() and one.account == pool.account and one.state in ("idle", "running")
                        for one in world.nodes.values()
                    ),
                )
                for pool in world.pools.values()
            ]
        )
    )


def test_too_early(regions: Regions) -> None:
    """Long before the run nothing is called, so that it can be asked for again and again."""
    before = regions.place.count
    found = warm(regions)
    assert found.early
    assert found.run is not None
    assert abs(found.run - regions.began - timedelta(hours=4)) < timedelta(minutes=1)
    assert regions.place.writes(before) == []


def test_in_time_and_back(regions: Regions) -> None:
    """The nodes are there before the run, which uses them, and gone when its job is over; then plans are empty."""
    place = regions.place
    place.advance(3.5 * 3600)
    found = warm(regions)
    assert (found.early, found.ready, found.moved_to) == (False, True, None)
    assert found.run is not None
    assert regions.now() < found.run
    assert ready_at(regions)["acmewest"] == 4
    warm(regions, back=True)
    assert regions.now() > found.run
    assert regions.sizes()["acmewest"] == 0
    runs = [one for one in regions.runs() if one[1] == "nightly"]
    assert len(runs) == 2
    is_steady(place)


def test_no_nodes_here(regions: Regions) -> None:
    """When the region has no nodes by the deadline, the backup takes over before the run, which comes there."""
    place = regions.place
    place.edit("target_dedicated_nodes = 0", "target_dedicated_nodes = 2")
    place.apply()
    place.advance(3.5 * 3600)
    place.fault(effect={"kind": "allocation_failure"}, region="westeurope")
    found = warm(regions)
    assert found.ready
    assert found.moved_to == "north"
    assert found.run is not None
    assert regions.now() < found.run
    assert regions.running()["nightly"] == {"acmenorth"}
    assert ready_at(regions)["acmenorth"] == 2
    place.advance(3600)
    assert regions.runs(found.run - timedelta(seconds=5))[0][2] == "acmenorth"
    assert place.state().active_regions["pool.render"].why == "no nodes for the next run"


def test_a_region_that_does_not_answer(regions: Regions) -> None:
    """When the region does not answer until half of the time is over, the backup has the nodes before the run."""
    place = regions.place
    place.edit("target_dedicated_nodes = 0", "target_dedicated_nodes = 2")
    place.apply()
    due = regions.runs()[0][0] + timedelta(hours=4)
    place.advance(3.5 * 3600)
    regions.cut()
    found = warm(regions)
    assert (found.ready, found.moved_to) == (True, "north")
    assert found.run is not None
    assert abs(found.run - due) < timedelta(seconds=60)
    assert regions.now() < found.run
    assert ready_at(regions)["acmenorth"] == 2
    record = place.state().active_regions["pool.render"]
    assert record.why == "it did not answer before the next run"
    assert len(record.owed) == 1
    place.advance(3600)
    assert {account for _, name, account in regions.runs(found.run - timedelta(seconds=5)) if name == "nightly"} == {
        "acmenorth"
    }


def test_a_region_that_answers_again(regions: Regions) -> None:
    """One that answers again before half of the time is over gets its nodes, and nothing is moved."""
    place = regions.place
    place.advance(3.5 * 3600)
    place.fault(effect={"kind": "region_down", "halts": True}, region="westeurope", expires_in=240)
    found = warm(regions)
    assert (found.ready, found.moved_to) == (True, None)
    assert place.state().active_regions == {}


def test_no_nodes_anywhere(regions: Regions) -> None:
    """Without a backup it ends with what the service said."""
    place = regions.place
    place.variables = {"backups": "{}"}
    place.apply()
    place.advance(3.5 * 3600)
    place.fault(effect={"kind": "allocation_failure"}, region="westeurope")
    with pytest.raises(UserError) as refused:
        warm(regions)
    assert [one.code.id for one in refused.value.diagnostics] == ["E0910"]
    assert "AllocationFailed" in str(refused.value.diagnostics[0].detail)


def test_a_schedule_without_a_run(regions: Regions) -> None:
    """A schedule that makes no jobs has nothing to get ready for."""
    regions.place.batch("acmewest", "POST", "/jobschedules/nightly/disable")
    with pytest.raises(UserError) as refused:
        warm(regions)
    assert [one.code.id for one in refused.value.diagnostics] == ["E0909"]


TIMES: list[dict[str, str]] = [
    {"recurrenceInterval": "PT1H"},
    {"recurrenceInterval": "PT7M"},
    {"recurrenceInterval": "P1D", "doNotRunUntil": "2025-06-02T02:00:00Z"},
    {"recurrenceInterval": "PT1H", "doNotRunUntil": "2025-05-01T00:30:00Z"},
    {"recurrenceInterval": "PT2H", "doNotRunAfter": "2025-06-01T11:00:00Z"},
    {"doNotRunUntil": "2025-06-03T00:00:00Z"},
    {},
]


@pytest.mark.parametrize("times", TIMES, ids=str)
def test_runs_are_worked_out_as_the_service_does(regions: Regions, times: dict[str, str]) -> None:
    """What is worked out is what the service tells, at any moment of a schedule's life."""
    place = regions.place
    body = {
        "id": "probe",
        "schedule": times,
        "jobSpecification": {
            "poolInfo": {"poolId": "none"},
            "onAllTasksComplete": "terminatejob",
            "jobManagerTask": {"id": "m", "commandLine": "x"},
        },
    }
    place.batch("acmewest", "POST", "/jobschedules", body)
    names = {
        "recurrenceInterval": "recurrence_interval",
        "doNotRunUntil": "do_not_run_until",
        "doNotRunAfter": "do_not_run_after",
    }
    for wait in (1, 599, 3600, 7200, 40000, 100000):
        place.advance(wait)
        found = place.batch("acmewest", "GET", "/jobschedules/probe")
        told = instant(str(found.get("executionInfo", {}).get("nextRunTime") or ""))
        created = instant(found["creationTime"])
        assert created is not None
        ours = next_run(
            {names[name]: value for name, value in times.items()},
            created,
            regions.now(),
            has_run="recentJob" in found.get("executionInfo", {}),
        )
        assert _close(ours, told if found["state"] == "active" else None) or found["state"] != "active"


def _close(one: datetime | None, other: datetime | None) -> bool:
    return one == other or (one is not None and other is not None and abs(one - other) < timedelta(seconds=1))
