"""Killed before or after any call of a failover or a failback, the next one comes to the same end; never two at work."""

import asyncio
import copy
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from crashing import Crash, Fuse
from failing_over import Regions
from lifecycle_checks import is_steady
from lifecycle_driver import Place

from batchplan.backends.memory import MemoryStore
from batchplan.ops.state import current
from batchplan.ports import Unreachable

THOROUGH = os.environ.get("BATCHPLAN_THOROUGH") == "1"
QUICK = 4
"""How many points of a run are tried where time is short, spread over all of it."""


@dataclass(frozen=True, slots=True)
class Move:
    """A move that is killed: where to, and whether the other region is there while it goes on."""

    to: str
    cut: bool = False


MOVES = {"failover": Move("north"), "failback": Move(""), "unreachable": Move("north", cut=True)}


@dataclass(slots=True)
class Scene:
    """A move that can be made again and again from the same beginning."""

    regions: Regions
    move: Move
    world: Any = None
    versions: list[Any] = field(default_factory=list)
    points: int = 0
    end: Any = None

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.regions.place

    def set_up(self) -> "Scene":
        """Bring about the beginning, and learn from one undisturbed move how it ends."""
        if not self.move.to:
            self.regions.failover()
        self.place.advance(900)
        if self.move.cut:
            self.regions.cut()
        self.world, self.versions = self.place.frozen(), list(self.place.store.versions)  # type: ignore[attr-defined]
        fuse = Fuse()
        self._begin()
        self._move(fuse)
        self.points, self.end = fuse.count, self._end()
        return self

    def _begin(self) -> None:
        self.place.thaw(self.world)
        self.place.store = MemoryStore(versions=copy.deepcopy(self.versions))

    def _move(self, fuse: Fuse | None = None) -> None:
        wrapped = fuse.wrapped() if fuse is not None else None
        self.regions.failover(self.move.to, wrapped, from_unreachable=self.move.cut)

    def _end(self) -> Any:
        record = self.place.state().active_regions["pool.render"]
        return self.regions.running(), self.regions.sizes(), record.key, record.owed

    def crash_at(self, point: int, follow: str) -> None:
        """Die at a point, and assert that what follows, the same move or an apply, leaves one region at work."""
        self._begin()
        with pytest.raises(Crash):
            self._move(Fuse(point))
        self._one_at_work()
        if follow == "again":
            self._move()
            assert self._end() == self.end
        else:
            if self.move.cut and not self._recorded():
                # The state knows nothing of a failover yet, so a plan asks the region that is cut, and is refused.
                with pytest.raises(Unreachable):
                    self.place.plan()
                self.regions.restore()
            self.place.apply()
            self._one_at_work()
            key = self.place.state().active_regions.get("pool.render")
            running = {"acmenorth"} if key is not None and key.key else {"acmewest"}
            assert all(one == running or self.move.cut for one in self.regions.running().values())
        if self.move.cut:
            self.regions.restore()
            self.place.apply()
        assert all(len(one) == 1 for one in self.regions.running().values())
        is_steady(self.place)
        assert asyncio.run(self.place.store.open_runs()) == []
        assert all(one.verified for one in self.place.state().resources)

    def _recorded(self) -> bool:
        """Return whether it is on record, in the state or in the journal of the run that died, where the work is done."""
        found = asyncio.run(current(self.place.store))
        return found is not None and "pool.render" in found.active_regions

    def _one_at_work(self) -> None:
        """Never is a schedule active in two regions; but the region that is cut is, as far as it can be told."""
        if not self.move.cut:
            assert all(len(one) <= 1 for one in self.regions.running().values())


@pytest.fixture
def scene(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Scene]:
    """Set a scene."""
    monkeypatch.chdir(place.folder)
    regions = Regions(place).set_up()
    return lambda name: Scene(regions, MOVES[name]).set_up()


@pytest.mark.parametrize("name", MOVES)
def test_some_points(name: str, scene: Callable[[str], Scene]) -> None:
    """Killed at some points all over a move, doing it again, or only applying, leaves all as it should be."""
    found = scene(name)
    assert found.points > 20
    step = found.points // QUICK
    for at, point in enumerate(range(1 + step // 2, found.points + 1, step)):
        found.crash_at(point, "again" if at % 2 else "apply")


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="every point takes minutes: BATCHPLAN_THOROUGH=1")
@pytest.mark.parametrize("follow", ["again", "apply"])
@pytest.mark.parametrize("name", MOVES)
def test_every_point(name: str, follow: str, scene: Callable[[str], Scene]) -> None:
    """Killed at every single point of a move, doing it again, or only applying, leaves all as it should be."""
    found = scene(name)
    for point in range(1, found.points + 1):
        found.crash_at(point, follow)
