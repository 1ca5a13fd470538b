"""Replacements of a pool, end to end: each option, each way back, and nothing left behind."""

import asyncio
from dataclasses import dataclass

import pytest
from lifecycle_driver import Place, Wrapped, actions, told
from rollout_driver import (
    ACCOUNT,
    FIXED,
    POOL,
    active,
    add_job,
    add_schedule,
    add_tasks,
    all_on,
    ask,
    begin,
    generations,
    is_clean,
    job_states,
    phases,
    pointing,
    pool_of,
    pool_sizes,
    populate,
    project,
    task_ends,
)

from batchplan.core.address import parse_address
from batchplan.core.diagnostics import UserError
from batchplan.plan.options import Options
from batchplan.plan.step import Call, Resize
from batchplan.ports import Outcome, Writer


@pytest.fixture
def here(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place that is also the working directory."""
    monkeypatch.chdir(place.folder)
    return place


def test_promotion(here: Place) -> None:
    """All work moves to the new pool, what was disabled stays so, auto pools are left alone, and the old pool empties."""
    begin(here)
    old = active(here)
    populate(here)
    here.write(project(slots=2))
    here.apply()
    new = active(here)
    assert new != old
    assert phases(here) == ["retired"]
    assert pool_sizes(here)[old] == (0, 0)
    assert pool_sizes(here)[new] == (2, 2)
    all_on(here, new)
    here.advance(1200)
    assert job_states(here)["stopped"] == "disabled"
    assert job_states(here)["hourly:job-1"] == "active"
    assert job_states(here)["own"] == "active"
    is_clean(here, disabled=["stopped"], others=1)
    here.batch(ACCOUNT, "POST", "/jobs/stopped/enable")
    here.advance(1200)
    assert task_ends(here) == {"completed success": 6}
    here.advance(3600)
    here.apply()
    assert phases(here) == ["done"]
    assert old not in pool_sizes(here)
    is_clean(here, others=1)


def test_retarget_managed(here: Place) -> None:
    """Jobs that are not declared stay on the old pool and end there; schedules that are not declared stay too."""
    begin(here, 'retarget = "managed"')
    old = active(here)
    add_job(here, "adhoc")
    add_tasks(here, "adhoc", [300, 200, 100, 20])
    add_tasks(here, "declared", [100])
    here.advance(30)
    here.write(project('retarget = "managed"', slots=2))
    here.apply()
    new = active(here)
    assert pointing(here) == {"adhoc": old, "declared": new, "nightly": new}
    here.advance(300)
    assert task_ends(here) == {"completed success": 5}
    is_clean(here)


def test_a_password_is_not_lost(here: Place) -> None:
    """A schedule with a registry password, which no answer has, is not sent back without it; it may stay, or be declared."""
    begin(here)
    old = active(here)
    registry = {"registryServer": "acme.azurecr.io", "username": "acme", "password": "x"}
    manager = {"id": "m", "commandLine": "run", "containerSettings": {"imageName": "a", "registry": registry}}
    add_schedule(here, "Sealed", manager=manager)
    here.write(project(slots=2))
    with pytest.raises(UserError) as refused:
        here.plan()
    assert [one.code.id for one in refused.value.diagnostics] == ["E0524"]
    assert 'The schedule "Sealed" runs on pool.render' in refused.value.diagnostics[0].detail
    here.write(project('retarget = "managed"', slots=2))
    here.apply()
    assert pool_of(here, "Sealed") == old != active(here)


@pytest.mark.parametrize("running", ["wait", "requeue"])
def test_running_tasks(running: str, here: Place) -> None:
    """Running tasks end where they are, or begin once more on the new pool at once."""
    option = f'running_tasks = "{running}"'
    begin(here, option)
    add_tasks(here, "declared", [3000, 3000])
    here.advance(30)
    before = here.emulator.clock.now()
    here.write(project(option, slots=2))
    here.apply()
    took = (here.emulator.clock.now() - before) / 1e7
    requeues = here.emulator.call(lambda world: [one.execution["requeueCount"] for one in world.tasks.values()])
    assert requeues == ([0, 0] if running == "wait" else [1, 1])
    assert (took > 2700) == (running == "wait"), took
    here.advance(3100)
    assert task_ends(here) == {"completed success": 2}
    is_clean(here)


def test_surge(here: Place) -> None:
    """The candidate starts at half its size, and grows when the old pool is empty."""
    scale = FIXED.replace("2", "4")
    begin(here, 'surge = "50%"', scale=scale)
    old = active(here)
    add_tasks(here, "declared", [100] * 8)
    here.advance(30)
    peak = Peak(here)
    here.write(project('surge = "50%"', scale=scale, slots=2))
    here.events = peak
    here.apply()
    new = active(here)
    assert pool_sizes(here)[old] == (0, 0)
    assert pool_sizes(here)[new] == (4, 4)
    assert peak.nodes == 6
    is_clean(here)


class Peak(list):
    """Events; with each of them it is looked how many nodes there are."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.nodes = 0

    def append(self, event: object) -> None:
        super().append(event)
        self.nodes = max(self.nodes, self.place.emulator.call(lambda world: len(world.nodes)))


def test_autoscaled(here: Place) -> None:
    """A pool with a formula is followed by one with the same formula; the old one's is switched off."""
    scale = 'auto_scale {\n    formula = "$TargetDedicatedNodes = 2;"\n  }'
    begin(here, scale=scale)
    old = active(here)
    here.advance(1800)
    add_tasks(here, "declared", [300, 300])
    here.advance(30)
    here.write(project(scale=scale, slots=2))
    here.apply()
    new = active(here)
    here.advance(1800)
    specs = here.emulator.call(lambda world: {one.id: one.spec.get("enableAutoScale") for one in world.pools.values()})
    assert specs == {old: False, new: True}
    assert pool_sizes(here) == {old: (0, 0), new: (2, 2)}
    assert task_ends(here) == {"completed success": 2}
    is_clean(here)


def test_not_promoted_by_itself(here: Place) -> None:
    """Without auto_promote an apply stops at a proved candidate; the next plan says so; promote goes on."""
    begin(here, "auto_promote = false")
    old = active(here)
    add_tasks(here, "declared", [50])
    here.write(project("auto_promote = false", slots=2))
    _, applied = here.apply()
    assert applied.waits
    assert active(here) == old
    assert phases(here) == ["waiting"]
    all_on(here, old)
    again = here.plan()
    assert again.is_empty, told(again)
    assert any("rollout promote" in note for one in again.changes.objects for note in one.notes), told(again)
    here.apply(ask("promote"))
    assert active(here) != old
    all_on(here, active(here))
    is_clean(here)


def test_aborted_while_it_waits(here: Place) -> None:
    """abort deletes the candidate; the configuration is taken back, and all is as it was."""
    begin(here, "auto_promote = false")
    old = active(here)
    here.write(project("auto_promote = false", slots=2))
    here.apply()
    here.apply(ask("abort"))
    assert phases(here) == ["aborted"]
    assert list(pool_sizes(here)) == [old]
    here.write(project("auto_promote = false"))
    is_clean(here)


def test_taking_the_change_back_removes_the_candidate(here: Place) -> None:
    """A candidate that nobody wants any more goes with the next apply."""
    begin(here, "auto_promote = false")
    old = active(here)
    here.write(project("auto_promote = false", slots=2))
    here.apply()
    here.write(project("auto_promote = false"))
    here.apply()
    assert list(pool_sizes(here)) == [old]
    is_clean(here)


def test_another_change_makes_another_candidate(here: Place) -> None:
    """A candidate that is not what is wanted any more gives way to one that is."""
    begin(here, "auto_promote = false")
    here.write(project("auto_promote = false", slots=2))
    here.apply()
    first = set(pool_sizes(here))
    here.advance(120)
    here.write(project("auto_promote = false", slots=4))
    here.apply()
    assert len(pool_sizes(here)) == 2
    assert set(pool_sizes(here)) != first
    here.apply(ask("promote"))
    is_clean(here)


def test_paused(here: Place) -> None:
    """A paused rollout is left alone by plans, and goes on when it is promoted."""
    begin(here, "auto_promote = false")
    old = active(here)
    here.write(project("auto_promote = false", slots=2))
    here.apply()
    here.apply(ask("pause"))
    here.write(project(slots=2))
    again = here.plan()
    assert again.is_empty, told(again)
    assert any("paused" in note for one in again.changes.objects for note in one.notes), told(again)
    here.apply(ask("promote"))
    assert active(here) != old
    is_clean(here)


def test_undo_and_undo_of_it(here: Place) -> None:
    """Within its time the retired pool takes over again; then the other one is the retired one."""
    begin(here)
    old = active(here)
    populate(here)
    here.write(project(slots=2))
    here.apply()
    new = active(here)
    here.apply(ask("undo"))
    assert active(here) == old
    all_on(here, old)
    assert pool_sizes(here)[new] == (0, 0)
    here.write(project())
    is_clean(here, disabled=["stopped"], others=1)
    here.apply(ask("undo"))
    assert active(here) == new
    all_on(here, new)
    assert pool_sizes(here)[old] == (0, 0)
    here.write(project(slots=2))
    is_clean(here, disabled=["stopped"], others=1)


def test_collected(here: Place) -> None:
    """A retired pool goes when its time is over, or at once when it is named."""
    begin(here)
    here.write(project(slots=2))
    here.apply()
    assert here.plan(ask("due")).is_empty
    here.apply(ask("collect"))
    assert phases(here) == ["done"]
    assert len(pool_sizes(here)) == 1
    is_clean(here)
    here.advance(120)
    here.write(project())
    here.apply()
    here.advance(3700)
    here.apply(ask("due"))
    assert phases(here) == ["done", "done"]
    is_clean(here)


def test_kept_no_time(here: Place) -> None:
    """With retain = "PT0S" the old pool is gone when the apply ends."""
    begin(here, 'retain = "PT0S"')
    here.write(project('retain = "PT0S"', slots=2))
    here.apply()
    assert phases(here) == ["done"]
    assert len(pool_sizes(here)) == 1
    is_clean(here)


def test_too_old(here: Place) -> None:
    """A pool older than max_age is replaced, once."""
    begin(here, 'max_age = "P7D"')
    old = active(here)
    is_clean(here)
    here.advance(8 * 86400)
    planned, _ = here.apply()
    assert actions(planned)[POOL] == "replace"
    assert active(here) != old
    is_clean(here)


def test_too_old_agents(here: Place) -> None:
    """A pool whose node agents are older than max_node_agent_age is replaced, once."""
    begin(here, 'max_node_agent_age = "P7D"')
    old = active(here)
    is_clean(here)
    here.advance(8 * 86400)
    planned, _ = here.apply()
    assert actions(planned)[POOL] == "replace"
    assert active(here) != old
    is_clean(here)


def test_asked_for(here: Place) -> None:
    """-replace replaces a pool as a change of it would."""
    begin(here)
    old = active(here)
    populate(here)
    here.apply(Options(replace=(parse_address(POOL),)))
    assert active(here) != old
    all_on(here, active(here))
    is_clean(here, disabled=["stopped"], others=1)


TRIGGER = """
application "tool" {
  account_id   = account.west.id
  name         = "tool"
  display_name = "%s"
}
"""


def test_triggered(here: Place) -> None:
    """replace_triggered_by replaces a pool as a change of it would."""
    lifecycle = "lifecycle {\n    replace_triggered_by = [application.tool.display_name]\n  }"
    begin(here, pool=lifecycle, more=TRIGGER % "one")
    old = active(here)
    here.write(project(pool=lifecycle, more=TRIGGER % "two"))
    here.apply()
    assert active(here) != old
    is_clean(here)


def test_drift(here: Place) -> None:
    """What was changed outside and cannot be changed back on nodes that are there has the pool replaced."""
    begin(here)
    old = active(here)
    path = f"/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/{ACCOUNT}/pools/{old}"
    small = {"properties": {"scaleSettings": {"fixedScale": {"targetDedicatedNodes": 0}}}}
    here.arm("PATCH", path, small)
    here.advance(300)
    here.arm("PATCH", path, {"properties": {"taskSlotsPerNode": 4}})
    small["properties"]["scaleSettings"]["fixedScale"]["targetDedicatedNodes"] = 2
    here.arm("PATCH", path, small)
    here.advance(300)
    planned, _ = here.apply()
    assert actions(planned)[POOL] == "replace"
    assert active(here) != old
    is_clean(here)


def test_rolling_reboot(here: Place) -> None:
    """A changed start task reboots the nodes two at a time, each when its tasks have ended."""
    option = "rolling_reboot {\n      batch_size = 2\n    }"
    task = "start_task {\n    command_line     = \"/bin/sh -c 'echo %s'\"\n    wait_for_success = true\n  }"
    scale = FIXED.replace("2", "5")
    begin(here, option, scale=scale, pool=task % "one")
    old = active(here)
    add_tasks(here, "declared", [100] * 5)
    here.advance(30)
    watch = Away(here)
    here.events = watch
    here.write(project(option, scale=scale, pool=task % "two"))
    planned, _ = here.apply()
    assert actions(planned)[POOL] == "update"
    assert active(here) == old
    told_by_nodes = here.emulator.call(lambda world: {str(one.start_task) for one in world.nodes.values()})
    assert all("echo two" in one for one in told_by_nodes), told_by_nodes
    assert 1 <= watch.away <= 2
    ran = here.emulator.call(lambda world: [one.execution["requeueCount"] for one in world.tasks.values()])
    assert ran == [0] * 5
    assert task_ends(here) == {"completed success": 5}
    is_clean(here)


class Away(list):
    """Events; with each of them it is looked how many nodes are rebooting or starting."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.away = 0

    def append(self, event: object) -> None:
        super().append(event)
        states = self.place.emulator.call(lambda world: [one.state for one in world.nodes.values()])
        self.away = max(self.away, sum(state not in ("idle", "running") for state in states))


@pytest.mark.parametrize("on_failure", ["keep", "delete"])
def test_a_failed_candidate(on_failure: str, here: Place) -> None:
    """A candidate that failed is kept to be looked at, or deleted; the next apply with the change taken back is clean."""
    option = f'on_failure = "{on_failure}"'
    begin(here, option)
    old = active(here)
    broken = "start_task {\n    command_line     = \"/bin/sh -c 'exit 3'\"\n    wait_for_success = true\n  }"
    here.write(project(option, slots=2, pool=broken))
    _, applied = here.apply(whole=False)
    assert any(one.gate for one in applied.result.failed.values())
    assert active(here) == old
    all_on(here, old)
    here.advance(60)
    kept = {address: name for address, name in generations(here.state()).items() if address != POOL}
    assert len(kept) == (1 if on_failure == "keep" else 0)
    assert len(pool_sizes(here)) == 1 + len(kept)
    assert phases(here) == ["candidate" if on_failure == "keep" else "aborted"]
    here.write(project(option))
    here.apply(whole=False)
    is_clean(here)
    assert list(pool_sizes(here)) == [old]


@dataclass(frozen=True, slots=True)
class LastMoment:
    """A writer; right before the old pool is resized to zero, somebody makes a job on it."""

    inner: Writer
    place: Place

    async def perform(self, step: Call) -> Outcome:
        """Make a call."""
        if isinstance(step, Resize) and step.dedicated == 0:
            await asyncio.to_thread(add_job, self.place, "last", step.remote.name)
            await asyncio.to_thread(add_tasks, self.place, "last", [50])
        return await self.inner.perform(step)


@pytest.mark.parametrize("retain", ["PT1H", "PT0S"])
def test_a_job_at_the_last_moment(retain: str, here: Place) -> None:
    """A job that comes when the old pool is found empty is not left there."""
    option = f'retain = "{retain}"'
    begin(here, option)
    here.write(project(option, slots=2))
    here.apply(wrapped=Wrapped(writer=lambda writer: LastMoment(writer, here)))
    all_on(here, active(here))
    here.advance(120)
    assert task_ends(here) == {"completed success": 1}
    is_clean(here)


def test_a_job_on_a_retired_pool(here: Place) -> None:
    """A job that somebody makes on a pool that is kept is moved before that one is deleted."""
    begin(here)
    old = active(here)
    here.write(project(slots=2))
    here.apply()
    add_job(here, "astray", old)
    add_tasks(here, "astray", [50])
    here.advance(4000)
    here.apply()
    assert old not in pool_sizes(here)
    all_on(here, active(here))
    here.advance(120)
    assert task_ends(here) == {"completed success": 1}
    is_clean(here)
