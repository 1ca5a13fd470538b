"""Killed at any moment of a replacement, or of a way back: the next run ends it, and nothing is left behind."""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from crashing import Crash, Fuse
from lifecycle_driver import Place
from rollout_driver import (
    ACCOUNT,
    active,
    add_job,
    add_schedule,
    add_tasks,
    all_on,
    ask,
    begin,
    is_clean,
    phases,
    pool_sizes,
    project,
    task_ends,
)

from batchplan.backends.memory import MemoryStore
from batchplan.plan.options import Options

THOROUGH = os.environ.get("BATCHPLAN_THOROUGH") == "1"
QUICK = 3
"""How many points of a run are tried where time is short."""

PARTS = 4
PLAIN = Options()
WAITS = "auto_promote = false"
SMOKE = 'smoke_test {\n      command_line = "/bin/sh -c true"\n    }'


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is killed: the options of the pool, commands that come before, the command, and how it ends.

    `back` says that the old pool is the active one in the end; `then` is what people do after the crash, where it is
    not the same command, once the pool that they want is active.
    """

    replacement: str = ""
    before: tuple[Options, ...] = ()
    command: Options = PLAIN
    back: bool = False
    phases: tuple[str, ...] = ("retired",)
    retries: int = 0


SCENARIOS = {
    "promotion": Scenario(f'{SMOKE}\n    surge = "50%"'),
    "kept no time": Scenario('retain = "PT0S"', phases=("done",)),
    "requeue": Scenario('running_tasks = "requeue"'),
    "managed": Scenario('retarget = "managed"'),
    "to be promoted": Scenario(WAITS, phases=("waiting",)),
    "promote": Scenario(WAITS, (PLAIN,), ask("promote")),
    "pause": Scenario(WAITS, (PLAIN,), ask("pause"), phases=("waiting",)),
    "abort": Scenario(WAITS, (PLAIN,), ask("abort"), back=True, phases=("aborted",)),
    "undo": Scenario("", (PLAIN,), ask("undo"), back=True, phases=("undone", "retired")),
    "collect": Scenario("", (PLAIN,), ask("collect"), phases=("done",)),
}
FAULTS: dict[str, dict[str, Any] | None] = {
    "calm": None,
    "throttled": {"probability": 0.3, "effect": {"kind": "answer", "status": 429, "retry_after": 2}},
    "cut": {"probability": 0.2, "effect": {"kind": "cut", "when": "after"}},
    "closed": {"probability": 0.2, "effect": {"kind": "answer", "status": 500, "close": True}},
    "stale": {"probability": 0.5, "effect": {"kind": "stale", "reads": 2}},
}


@dataclass(slots=True)
class Scene:
    """A command that can be had again and again from the same beginning."""

    place: Place
    scenario: Scenario
    fault: dict[str, Any] | None = None
    old: str = ""
    world: Any = None
    versions: list[Any] = field(default_factory=list)
    points: int = 0

    def set(self) -> None:
        """Bring about the beginning, and learn from one undisturbed run how many points it has."""
        place, scenario = self.place, self.scenario
        begin(place, scenario.replacement)
        self.old = active(place)
        add_job(place, "adhoc")
        add_schedule(place, "hourly")
        add_job(place, "stopped")
        place.batch(ACCOUNT, "POST", "/jobs/stopped/disable", {"disableTasks": "wait"})
        place.advance(120)
        place.write(project(scenario.replacement, slots=2))
        for options in scenario.before:
            place.apply(options)
        add_tasks(place, "declared", [200, 20])
        add_tasks(place, "adhoc", [100, 20, 20])
        place.advance(30)
        self.world, self.versions = place.frozen(), list(place.store.versions)
        fuse = Fuse()
        place.apply(scenario.command, wrapped=fuse.wrapped())
        self.points = fuse.count
        self.ended()

    def begin(self) -> None:
        """Go back to the beginning."""
        self.place.thaw(self.world)
        self.place.store = MemoryStore(versions=list(self.versions))
        self.place.write(project(self.scenario.replacement, slots=2))

    def die(self, point: int) -> bool:
        """Run until a point, and die there; return whether it came to that."""
        try:
            self.place.apply(self.scenario.command, wrapped=Fuse(point).wrapped(), whole=False)
        except Crash:
            return True
        return False

    def crash_at(self, *points: int) -> None:
        """Die at a point, and in the runs after it at others; run again, and assert that all is as it should be."""
        self.begin()
        if self.fault:
            self.place.fault(**self.fault)
        assert self.die(points[0]) or self.fault
        for point in points[1:]:
            if not self.done():
                self.die(point)
        if self.fault:
            self.again(whole=False)
            self.place.emulator.call(lambda _: self.place.emulator.faults.clear())
        self.again()
        self.ended()

    def done(self) -> bool:
        """Return whether there is nothing left to ask for: a second undo would be another command."""
        moved = (active(self.place) == self.old) == self.scenario.back
        return self.scenario.command.verb == "undo" and moved

    def again(self, *, whole: bool = True) -> None:
        """Do what people do after a crash: give the command again, or, when it was as good as done, apply."""
        self.place.plan()  # takes over what the journal says
        verb, listed = self.scenario.command.verb, phases(self.place)
        ends = {"abort": ("aborted",), "collect": ("done",), "promote": ("promoted", "retired", "done")}
        over = self.done() or listed[-1:] in [[one] for one in ends.get(verb, ())]
        if verb and over:
            if self.scenario.back:
                self.place.write(project(self.scenario.replacement))
            self.place.apply(whole=whole)
        else:
            self.place.apply(self.scenario.command, whole=whole)

    def ended(self) -> None:
        """Assert what must be in the end."""
        place, scenario = self.place, self.scenario
        if scenario.back:
            place.write(project(scenario.replacement))
        place.advance(1800)
        if scenario.phases[-1] == "waiting":
            assert phases(place) == ["waiting"]
            assert active(place) == self.old
            assert len(pool_sizes(place)) == 2
            assert place.plan().is_empty
            place.apply(ask("promote"))
            place.advance(1800)
        else:
            assert tuple(phases(place)) == scenario.phases
            assert (active(place) == self.old) == scenario.back
        if "managed" not in scenario.replacement:
            all_on(place, active(place))
        if "collect" in scenario.command.verb:
            assert list(pool_sizes(place)) == [active(place)]
        assert task_ends(place) == {"completed success": 5}
        is_clean(place, disabled=["stopped"])


@pytest.fixture
def scene(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Scene]:
    """Set a scene."""

    def make(name: str, fault: str = "calm") -> Scene:
        monkeypatch.chdir(place.folder)
        found = Scene(place, SCENARIOS[name], FAULTS[fault])
        found.set()
        return found

    return make


def some(count: int, number: int) -> list[int]:
    """Return so many of the points of a run, the first and the last among them; with time enough, all."""
    if THOROUGH or count <= number:
        return list(range(1, count + 1))
    return [1 + round(index * (count - 1) / (number - 1)) for index in range(number)]


@pytest.mark.parametrize("part", range(PARTS if THOROUGH else 1))
@pytest.mark.parametrize("name", SCENARIOS)
def test_killed_at(name: str, part: int, scene: Callable[..., Scene]) -> None:
    """Killed at a point, the next run ends it."""
    found = scene(name)
    for point in some(found.points, QUICK)[part :: PARTS if THOROUGH else 1]:
        found.crash_at(point)


def test_a_rollout_has_many_points(scene: Callable[..., Scene]) -> None:
    """There is enough to be killed at."""
    assert scene("promotion").points > 100


@pytest.mark.parametrize("fault", [name for name, fault in FAULTS.items() if fault])
@pytest.mark.parametrize("name", ["promotion", "undo"])
def test_killed_in_a_storm(name: str, fault: str, scene: Callable[..., Scene]) -> None:
    """Killed while calls fail, too, the next run ends it, or the one after the storm."""
    found = scene(name, fault)
    points = some(found.points, QUICK)
    for point in points[:: 4 if THOROUGH else 2]:
        found.crash_at(point)


@pytest.mark.parametrize("name", ["promotion", "undo", "abort", "kept no time"])
def test_killed_again(name: str, scene: Callable[..., Scene]) -> None:
    """The run after a crash is killed as well, and the one after that."""
    found = scene(name)
    dice = random.Random(name)
    for _ in range(25 if THOROUGH else 2):
        found.crash_at(*(dice.randint(1, found.points) for _ in range(3)))


def test_given_up_after_a_crash(scene: Callable[..., Scene]) -> None:
    """Killed at a point, the rollout is aborted: the candidate goes, or the work comes back."""
    found = scene("promotion")
    place = found.place
    for point in some(found.points, 5):
        found.begin()
        assert found.die(point)
        place.plan()
        if phases(place) not in (["candidate"], ["promoted"]):
            continue
        place.apply(ask("abort"))
        assert active(place) == found.old
        place.write(project(found.scenario.replacement))
        place.advance(1800)
        place.apply()
        all_on(place, found.old)
        assert task_ends(place) == {"completed success": 5}
        is_clean(place, disabled=["stopped"])


def test_changed_again_after_a_crash(scene: Callable[..., Scene]) -> None:
    """Killed at a point, the configuration is changed once more: all work ends up on the newest pool."""
    found = scene("promotion")
    place = found.place
    for point in some(found.points, 5):
        found.begin()
        assert found.die(point)
        place.advance(60)
        place.write(project(found.scenario.replacement, slots=4))
        place.apply()
        place.advance(3600)
        place.apply()
        place.advance(3600)
        all_on(place, active(place))
        assert task_ends(place) == {"completed success": 5}
        assert active(place) != found.old
        is_clean(place, disabled=["stopped"])


def test_wanted_again_after_a_crash(scene: Callable[..., Scene]) -> None:
    """Killed while a candidate is given up, it is wanted again: it takes over with all of its nodes, or another one does."""
    found = scene("abort")
    place = found.place
    for point in some(found.points, 6):
        found.begin()
        assert found.die(point)
        place.apply()
        waiting = next(name for name in pool_sizes(place) if name != found.old)
        assert pool_sizes(place)[waiting] == (2, 2)
        place.apply(ask("promote"))
        assert active(place) == waiting
        place.advance(1800)
        all_on(place, waiting)
        assert task_ends(place) == {"completed success": 5}
        is_clean(place, disabled=["stopped"])
