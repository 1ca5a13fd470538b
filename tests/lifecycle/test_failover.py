"""Failing over and back: nothing runs twice, nothing is missed beyond the outage, and no region is left behind."""

import copy
from datetime import timedelta
from typing import Any

import pytest
from failing_over import Regions
from lifecycle_checks import is_steady
from lifecycle_driver import Place, actions

from batchplan.apply.events import Done, Event
from batchplan.backends.memory import MemoryStore
from batchplan.core.diagnostics import UserError
from batchplan.ops.apply import apply_plan
from batchplan.plan.step import DisableSchedule, EnableSchedule, Ready, SetActive, Step
from batchplan.ports import AT_WORK_ELSEWHERE, LockedError
from batchplan.report.failures import run_diagnostics

WEST, NORTH = {"acmewest"}, {"acmenorth"}


@pytest.fixture
def regions(place: Place, monkeypatch: pytest.MonkeyPatch) -> Regions:
    """A pool with a backup, applied."""
    monkeypatch.chdir(place.folder)
    return Regions(place).set_up()


def codes(refused: Any) -> list[str]:
    """Return the codes of what was refused."""
    return [one.code.id for one in refused.value.diagnostics]


def test_there_and_back(regions: Regions) -> None:
    """The work moves, each run comes once, later plans respect it and are empty, and it returns."""
    place = regions.place
    place.advance(1800)
    made, _ = regions.failover()
    assert regions.running() == {"nightly": NORTH, "hourly": NORTH}
    assert regions.sizes() == {"acmewest": 0, "acmenorth": 3}
    record = place.state().active_regions["pool.render"]
    assert (record.key, record.why, record.owed) == ("north", "asked for", ())
    assert abs(record.since - regions.now()) < timedelta(minutes=10)
    is_steady(place)
    place.advance(4 * 3600)
    is_steady(place)
    again, _ = regions.failover()
    assert again.planned.steps == ()
    regions.failover("")
    assert regions.running() == {"nightly": WEST, "hourly": WEST}
    assert regions.sizes() == {"acmewest": 3, "acmenorth": 0}
    place.advance(4 * 3600)
    is_steady(place)
    for name in ("nightly", "hourly"):
        regions.each_once(name, regions.runs())
    assert {account for _, _, account in regions.runs()} == {"acmewest", "acmenorth"}
    assert made.planned.changes.objects


def test_everything_waits_for_nodes_and_for_the_other_region(regions: Regions) -> None:
    """No schedule is disabled before the backup has its nodes, none enabled before all are disabled and it is recorded."""
    place = regions.place
    place.events.clear()
    regions.failover()
    order: list[Step] = [event.step for event in place.events if isinstance(event, Done)]
    places = {
        kind: [at for at, step in enumerate(order) if isinstance(step, kind)]
        for kind in (Ready, DisableSchedule, SetActive, EnableSchedule)
    }
    assert max(places[Ready]) < min(places[DisableSchedule])
    assert max(places[DisableSchedule]) < min(places[SetActive])
    assert max(places[SetActive]) < min(places[EnableSchedule])


@pytest.mark.parametrize("wait", [3300, 3540, 3570, 3595, 3599, 3601])
def test_no_run_falls_between_the_regions(regions: Regions, wait: int) -> None:
    """Whenever it is done, also seconds before a run, every run comes once, in one of the regions."""
    regions.place.variables = {"backups": "{ north = 3 }"}
    regions.place.apply()
    regions.place.advance(max(0.0, wait - (regions.now() - regions.began).total_seconds()))
    regions.failover()
    regions.place.advance(7200)
    for name in ("nightly", "hourly"):
        regions.each_once(name, regions.runs())


def test_outage(regions: Regions) -> None:
    """A region goes down under load, its backup takes over within minutes, and when it is back nothing runs twice."""
    place = regions.place
    place.advance(1500)
    down = regions.now()
    regions.cut()
    with pytest.raises(UserError) as refused:
        regions.failover()
    assert codes(refused) == ["E0906"]
    begun = regions.now()
    regions.failover(from_unreachable=True)
    recovery = regions.now() - begun
    assert recovery < timedelta(minutes=5), recovery
    up = regions.now()
    record = place.state().active_regions["pool.render"]
    assert [one.rpartition("/")[2] for one in record.owed] == ["acmewest"]
    assert record.why == "westeurope did not answer"
    assert place.plan().is_empty, "what is owed there cannot be done yet, and nothing else is to be done"
    place.advance(3 * 3600)
    assert {account for _, _, account in regions.runs(up)} == NORTH
    regions.restore()
    planned, _ = place.apply()
    assert actions(planned) == {
        "pool.render": "update",
        "job_schedule.hourly": "update",
        "job_schedule.nightly": "update",
    }
    assert regions.running() == {"nightly": NORTH, "hourly": NORTH}
    assert place.state().active_regions["pool.render"].owed == ()
    is_steady(place)
    place.advance(2 * 3600)
    regions.failover("")
    place.advance(2 * 3600)
    is_steady(place)
    for name in ("nightly", "hourly"):
        regions.each_once(name, regions.runs(), (down, up))
    assert place.state().active_regions["pool.render"].key == ""


def test_back_in_the_middle(regions: Regions) -> None:
    """The region is back while its backup gets nodes: nothing is enabled there, and the next try disables first."""
    place = regions.place
    regions.cut()

    class Back(list[Event]):
        """Events; with the backup's nodes the region answers again."""

        def append(self, event: Event) -> None:
            super().append(event)
            if isinstance(event, Done) and isinstance(event.step, Ready):
                regions.restore()

    place.events = Back()
    _, applied = regions.failover(from_unreachable=True, whole=False)
    assert [name for name, one in applied.result.failed.items() if one.gate] == ["pool.render:acmewest-silent"]
    assert regions.running() == {"nightly": WEST, "hourly": WEST}
    assert "pool.render" not in place.state().active_regions
    place.events = []
    regions.failover()
    assert regions.running() == {"nightly": NORTH, "hourly": NORTH}
    is_steady(place)


def test_stale_copy_of_the_state(regions: Regions) -> None:
    """Who plans with a state from before the failover is refused; both ways out leave one region at work."""
    place = regions.place
    before = list(place.store.versions)  # type: ignore[attr-defined]
    regions.failover()
    place.store = MemoryStore(versions=before)
    writes = place.count
    with pytest.raises(UserError) as refused:
        place.apply()
    assert codes(refused) == ["E0904"] * 1
    assert place.writes(writes) == []
    kept = place.frozen()
    regions.failover()
    assert regions.running() == {"nightly": NORTH, "hourly": NORTH}
    assert place.plan().is_empty
    place.thaw(kept)
    place.store = MemoryStore(versions=copy.deepcopy(before))
    regions.failover("")
    assert regions.running() == {"nightly": WEST, "hourly": WEST}
    is_steady(place)


def test_two_operators(regions: Regions) -> None:
    """While one fails over, the other does not get the lock."""
    place = regions.place

    async def work(session: Any) -> None:
        held = await session.store.lock("failover")
        try:
            with pytest.raises(LockedError):
                await session.store.lock("failback")
        finally:
            await held.release()

    place._do(work)


def test_enabled_by_hand(regions: Regions) -> None:
    """A schedule that somebody enables in the backup is no reason to guess; one enabled in the region left is disabled."""
    place = regions.place
    place.batch("acmenorth", "POST", "/jobschedules/nightly/enable")
    with pytest.raises(UserError) as refused:
        place.plan()
    assert codes(refused) == ["E0904"]
    place.batch("acmenorth", "POST", "/jobschedules/nightly/disable")
    regions.failover()
    place.batch("acmewest", "POST", "/jobschedules/nightly/enable")
    assert actions(place.plan()) == {"job_schedule.nightly": "update"}
    place.apply()
    assert regions.running() == {"nightly": NORTH, "hourly": NORTH}


def test_made_anew(regions: Regions) -> None:
    """One that somebody has deleted where the work is done is made quietly, and not enabled while its copy makes jobs."""
    place = regions.place
    place.batch("acmewest", "DELETE", "/jobschedules/nightly")
    place.advance(60)
    planned = place.plan()
    place.batch("acmenorth", "POST", "/jobschedules/nightly/enable")
    _, applied = place._do(lambda session: _applied(session, planned))
    (failed,) = applied.result.failed.values()
    assert failed.error.code == AT_WORK_ELSEWHERE
    assert regions.running()["nightly"] == NORTH
    (told,) = (one for one in run_diagnostics(applied.result, planned.steps) if one.code.id == "E0904")
    assert "nightly makes jobs in acmenorth, so it is not enabled in acmewest" in told.detail
    regions.failover("")
    assert regions.running()["nightly"] == WEST
    is_steady(place)


async def _applied(session: Any, planned: Any) -> Any:
    return planned, await apply_plan(session, planned, lambda _: None)


def test_keep_primary(regions: Regions) -> None:
    """The pool keeps its nodes when asked to, and later plans leave them."""
    regions.failover(keep_primary=True)
    assert regions.sizes() == {"acmewest": 3, "acmenorth": 3}
    assert regions.running()["nightly"] == NORTH
    is_steady(regions.place)


def test_changes_while_elsewhere(regions: Regions) -> None:
    """While the backup is at work, the declared size is its size, and changes reach it; removing it is refused."""
    place = regions.place
    regions.failover()
    place.edit("target_dedicated_nodes = 3", "target_dedicated_nodes = 2")
    place.variables = {"note": "two"}
    place.apply()
    assert regions.sizes() == {"acmewest": 0, "acmenorth": 2}
    assert regions.running() == {"nightly": NORTH, "hourly": NORTH}
    is_steady(place)
    place.variables = {"note": "two", "backups": "{}"}
    with pytest.raises(UserError) as refused:
        place.plan()
    assert codes(refused) == ["E0903"]
    place.variables = {"note": "two"}
    place.destroy()
    assert not any(place.census().values())
    assert place.state().active_regions == {}


def test_nothing_else_is_changed(regions: Regions) -> None:
    """What else differs waits for the next plan: a failover moves the work, and that is all."""
    place = regions.place
    place.variables = {"note": "two", "slots": "2"}
    made, _ = regions.failover()
    paths = {one.path[0] for change in made.planned.changes.objects for one in change.fields}
    assert paths == {"fixed_scale", "enabled"}
    place.apply()
    is_steady(place)


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"to": "nroth"}, "E0907"),
        ({"to": "north", "cut": "northeurope"}, "E0905"),
        ({"what": "pool.rendr"}, "E0907"),
        ({"region": "swedencentral"}, "E0502"),
    ],
)
def test_refusals(regions: Regions, asked: dict[str, str], code: str) -> None:
    """What cannot be done is said before anything is done."""
    from batchplan.core.address import parse_address
    from batchplan.ops.failover import Failover, make_failover

    if "cut" in asked:
        regions.cut(asked["cut"])
    what = () if "region" in asked else (parse_address(asked.get("what", "pool.render")),)
    failover = Failover(what=what, to=asked.get("to"), region=asked.get("region"))
    with pytest.raises(UserError) as refused:
        regions.place._do(lambda session: make_failover(session, regions.place.project(), failover))
    assert codes(refused) == [code]


def test_a_whole_region(regions: Regions) -> None:
    """Everything that is active in a region moves, and comes back the same way."""
    from batchplan.ops.failover import Failover, make_failover

    async def work(session: Any) -> Any:
        made = await make_failover(session, regions.place.project(), Failover(region="West Europe"))
        return await apply_plan(session, made.planned, regions.place.events.append)

    assert regions.place._do(work).result.complete
    assert regions.running() == {"nightly": NORTH, "hourly": NORTH}


def test_autoscale(regions: Regions) -> None:
    """A pool that scales itself does so in the backup, and there alone; on the way back the backup is as declared."""
    place = regions.place
    place.edit(
        "fixed_scale {\n    target_dedicated_nodes = 3\n  }",
        'auto_scale {\n    formula             = "$TargetDedicatedNodes = 2;"\n    evaluation_interval = "PT5M"\n  }',
    )
    place.apply()
    place.advance(600)
    regions.failover()
    place.advance(900)
    assert regions.sizes() == {"acmewest": 0, "acmenorth": 2}
    is_steady(place)
    regions.failover("")
    place.advance(900)
    assert regions.sizes() == {"acmewest": 2, "acmenorth": 0}
    is_steady(place)


def test_sizes_that_somebody_else_sets(regions: Regions) -> None:
    """Sizes that plans leave alone move all the same, and are left alone again."""
    place = regions.place
    place.edit('  dynamic "backup" {', '  lifecycle {\n    ignore_changes = [fixed_scale]\n  }\n  dynamic "backup" {')
    place.apply()
    regions.failover()
    assert regions.sizes() == {"acmewest": 0, "acmenorth": 3}
    is_steady(place)


@pytest.mark.parametrize("ran", [True, False])
@pytest.mark.parametrize("cut", [True, False])
def test_a_schedule_with_one_run(regions: Regions, ran: bool, cut: bool) -> None:
    """A schedule that makes one job makes it once, in whichever region it is due."""
    place = regions.place
    when = "2025-06-01T09:00:00Z" if ran else "2025-06-01T20:00:00Z"
    place.edit(
        'do_not_run_until    = "2025-06-01T09:15:00Z"\n    recurrence_interval = "PT30M"',
        f'do_not_run_until = "{when}"',
    )
    place.apply()
    place.advance(2 * 3600)
    if cut:
        regions.cut()
    regions.failover(from_unreachable=cut)
    place.advance(86400)
    runs = [one for one in regions.runs() if one[1] == "hourly"]
    assert [account for _, _, account in runs] == (["acmewest"] if ran else ["acmenorth"])
    regions.restore()
    place.apply()
    regions.failover("")
    place.advance(86400)
    assert len([one for one in regions.runs() if one[1] == "hourly"]) == 1
    is_steady(place)


def settle(regions: Regions) -> Any:
    """Do what is owed, and nothing else."""
    from batchplan.ops.failover import Failover, make_failover

    async def work(session: Any) -> Any:
        made = await make_failover(session, regions.place.project(), Failover(settle=True))
        return made, await apply_plan(session, made.planned, regions.place.events.append)

    made, applied = regions.place._do(work)
    assert applied.result.complete
    return made


@pytest.mark.parametrize("back", [False, True], ids=["primary", "backup"])
def test_settling(regions: Regions, back: bool) -> None:
    """What is owed is done without an apply: only that, only once it answers, whichever region was left."""
    place = regions.place
    left, at_work = ("northeurope", WEST) if back else ("westeurope", NORTH)
    if back:
        regions.failover()
        place.advance(900)
    place.edit("target_dedicated_nodes = 3", "target_dedicated_nodes = 2")
    regions.cut(left)
    regions.failover("" if back else "north", from_unreachable=True)
    writes = place.count
    assert settle(regions).planned.steps == ()
    assert place.writes(writes) == []
    regions.restore()
    both = {one.code.id: one.severity.name for one in place.plan().diagnostics}
    assert both == {"E0912": "WARNING"}
    place.variables = {"note": "two"}
    since = place.state().active_regions["pool.render"].since
    settle(regions)
    assert set(map(frozenset, regions.running().values())) == {frozenset(at_work)}
    record = place.state().active_regions["pool.render"]
    assert (record.owed, record.since, record.key) == ((), since, "" if back else "north")
    assert actions(place.plan())["pool.render"] == "update", "what else has been edited waits for an apply"
    place.apply()
    is_steady(place)


def test_one_clean_up_a_minute(regions: Regions) -> None:
    """Done every minute, the runs that come twice are those that are due within a minute of the region's return."""
    place = regions.place
    regions.cut(halts=False)
    regions.failover(from_unreachable=True)
    place.advance(3 * 3600)
    regions.restore()
    back = regions.now()
    place.advance(60)
    settle(regions)
    settled = regions.now()
    place.advance(3 * 3600)
    assert {account for _, _, account in regions.runs(settled)} == NORTH
    twice = [one for one in regions.runs(back) if one[2] == "acmewest"]
    assert all(at <= settled for at, _, _ in twice)
    assert settled - back < timedelta(minutes=3)
