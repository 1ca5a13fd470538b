"""Killed at any moment, the next run carries on: same end, nothing twice, nothing forgotten."""

import asyncio
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from crashing import Crash, Fuse
from lifecycle_checks import is_steady
from lifecycle_driver import Place
from lifecycle_projects import put

from batchplan.backends.memory import MemoryStore
from batchplan.plan.options import Options

GENERATION = re.compile(r"-?\d{8}t\d{4}-[0-9a-f]{4}|(?<=batchplan:digest', 'value': ')[0-9a-f]{12}")
PLAIN = Options()
THOROUGH = os.environ.get("BATCHPLAN_THOROUGH") == "1"
QUICK = 8
"""How many points of a run are tried where time is short."""


@dataclass(frozen=True, slots=True)
class Run:
    """What is killed: a project that is there or not, values that change it, and what is asked for."""

    before: dict[str, str] | None
    after: dict[str, str] = field(default_factory=dict)
    options: Options = PLAIN


RUNS = {
    "create": Run(None),
    "update": Run({}, {"note": "two"}),
    "blue green": Run({}, {"slots": "2"}),
    "drain and patch": Run({"strategy": "drain_and_patch"}, {"strategy": "drain_and_patch", "slots": "2"}),
    "recreate": Run({"strategy": "recreate"}, {"strategy": "recreate", "slots": "2", "note": "two"}),
    "destroy": Run({}, {}, Options(destroy=True)),
}


@dataclass(slots=True)
class Scene:
    """A run that can be had again and again from the same beginning."""

    place: Place
    run: Run
    world: Any = None
    versions: list[Any] = field(default_factory=list)
    points: int = 0
    end: dict[str, list[str]] = field(default_factory=dict)

    def set(self) -> None:
        """Bring about the beginning, and learn from one undisturbed run how it ends."""
        put(self.place, "everything")
        if self.run.before is not None:
            self.place.variables = dict(self.run.before)
            self.place.apply()
            self.versions = list(self.place.store.versions)
        self.world = self.place.frozen()
        fuse = Fuse()
        self.begin()
        self.place.apply(self.run.options, wrapped=fuse.wrapped())
        self.points, self.end = fuse.count, without_generations(self.place)

    def begin(self) -> None:
        """Go back to the beginning."""
        self.place.thaw(self.world)
        self.place.store = MemoryStore(versions=list(self.versions))
        self.place.variables = dict(self.run.after)

    def crash_at(self, point: int) -> None:
        """Die at a point, run again, and assert that all is as it should be."""
        self.begin()
        serial = len(self.versions)
        with pytest.raises(Crash):
            self.place.apply(self.run.options, wrapped=Fuse(point).wrapped())
        self.place.apply(self.run.options)
        assert without_generations(self.place) == self.end
        if self.run.options.destroy:
            assert self.place.plan(self.run.options).is_empty
        else:
            is_steady(self.place)
        state = self.place.state()
        assert state.serial > serial
        assert asyncio.run(self.place.store.open_runs()) == []
        assert all(one.verified for one in state.resources)
        assert nothing_twice(state)


def without_generations(place: Place) -> dict[str, list[str]]:
    """Return what there is, pools by name alone: a run on another minute gives another id."""
    place.advance(60)  # what is still on its way, such as a job being enabled, arrives
    found = {table: sorted(plain(name) for name in names) for table, names in place.census().items()}
    return found | {"doing": place.emulator.call(doing)}


def doing(world: Any) -> list[str]:
    """Return what pools, jobs and schedules are up to."""
    pools = [
        f"{plain(one.id)} {one.state} {one.allocation_state} {one.target_dedicated} {plain(str(one.spec))}"
        for one in world.pools.values()
    ]
    jobs = [f"{one.id} {one.state} {plain(str(one.spec))}" for one in world.jobs.values()]
    schedules = [f"{one.id} {one.state} {plain(str(one.spec))}" for one in world.schedules.values()]
    return sorted([*pools, *jobs, *schedules])


def plain(text: str) -> str:
    """Return a text without what the minute of a plan puts into it."""
    return GENERATION.sub("", text)


def nothing_twice(state: Any) -> bool:
    """Return whether each object is recorded at one address."""
    keys = [tuple(one.remote.model_dump().values()) for one in state.resources]
    return max(Counter(keys).values(), default=0) <= 1


@pytest.fixture
def scene(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Scene]:
    """Set a scene."""

    def make(name: str) -> Scene:
        monkeypatch.chdir(place.folder)
        found = Scene(place, RUNS[name])
        found.set()
        return found

    return make


@pytest.mark.parametrize("name", RUNS)
def test_some_points(name: str, scene: Callable[[str], Scene]) -> None:
    """Killed at some points all over a run, the next run comes to the same end."""
    found = scene(name)
    assert found.points > 30
    for point in range(1, found.points + 1, max(1, found.points // QUICK)):
        found.crash_at(point)


def test_the_first_run_keeps_its_key(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed anywhere in the very first apply, the next one sees the secrets it made as unchanged."""
    monkeypatch.chdir(place.folder)
    put(place, "fixed_pool")
    fuse = Fuse()
    place.apply(wrapped=fuse.wrapped())
    place.destroy()
    world = place.frozen()
    for point in range(3, fuse.count + 1, max(1, fuse.count // QUICK)):
        place.thaw(world)
        place.store = MemoryStore()
        with pytest.raises(Crash):
            place.apply(wrapped=Fuse(point).wrapped())
        first = place.state()
        again = place.plan()
        assert (again.state.lineage, again.state.secret_key) == (first.lineage, first.secret_key)
        assert {one.action.name for one in again.changes.objects} <= {"CREATE", "NOOP", "UPDATE"}
        assert not [field for one in again.changes.objects for field in one.fields]
        place.apply()
        is_steady(place)


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="every point takes minutes: BATCHPLAN_THOROUGH=1")
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("name", RUNS)
def test_every_point(name: str, part: int, scene: Callable[[str], Scene]) -> None:
    """Killed at every single point of a run, the next run comes to the same end."""
    found = scene(name)
    for point in range(1 + part, found.points + 1, 4):
        found.crash_at(point)
