"""Two people who take no lock, one in the middle of the other's move, at every point: never do two regions make jobs."""

import copy
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from crashing import CrashingStore, CrashingWriter
from failing_over import Regions
from lifecycle_driver import Place, Wrapped

from batchplan.backends.memory import MemoryStore
from batchplan.core.diagnostics import UserError
from batchplan.ops.apply import Applied, apply_plan
from batchplan.ops.plan import Planned
from batchplan.ports import AT_WORK_ELSEWHERE, StateError

THOROUGH = os.environ.get("BATCHPLAN_THOROUGH") == "1"
SAMPLE = 5
"""How many points of the first one's move are tried where time is short, spread over all of it."""

FIRST = {"failover": "north", "failback": ""}
SECOND = ("apply", "other way", "same way", "planned before")


@dataclass(slots=True)
class Knock:
    """Looks at every point of a run, before and after each call and each write; at one of them something happens."""

    look: Callable[[], None]
    at: int = 0
    then: Callable[[], None] = lambda: None
    count: int = 0

    def point(self) -> None:
        """Pass a point. Another command has a loop of its own, in a thread of its own; this one stands still meanwhile."""
        self.count += 1
        self.look()
        if self.count == self.at:
            with ThreadPoolExecutor(1) as other:
                other.submit(self.then).result()
            self.look()

    def wrapped(self) -> Wrapped:
        """Return what puts the points into a session."""
        return Wrapped(lambda store: CrashingStore(store, self), lambda writer: CrashingWriter(writer, self))


@dataclass(slots=True)
class Two:
    """A move that is made again and again from one beginning, with a second command in the middle of it."""

    regions: Regions
    to: str
    world: Any = None
    versions: list[Any] = field(default_factory=list)
    before: Planned | None = None
    points: int = 0
    refused: int = 0

    @property
    def place(self) -> Place:
        """Where it is."""
        return self.regions.place

    @property
    def back(self) -> str:
        """Where the work is before the move."""
        return "north" if self.to == "" else ""

    def set_up(self) -> "Two":
        """Bring about the beginning: one schedule is off by hand, so that a plan made now enables it where it is."""
        if self.to == "":
            self.regions.failover()
        self.place.advance(900)
        self.place.batch("acmenorth" if self.back else "acmewest", "POST", "/jobschedules/nightly/disable")
        self.before = self.place.plan()
        assert not self.before.is_empty
        self.world, self.versions = self.place.frozen(), list(self.place.store.versions)  # type: ignore[attr-defined]
        knock = Knock(self.look)
        self._begin()
        self.regions.failover(self.to, knock.wrapped())
        self.points = knock.count
        return self

    def look(self) -> None:
        """Assert that no schedule makes jobs in two regions."""
        running = self.regions.running()
        assert all(len(one) <= 1 for one in running.values()), running

    def _begin(self) -> None:
        self.place.thaw(self.world)
        self.place.store = MemoryStore(versions=copy.deepcopy(self.versions))

    def at(self, point: int, second: str) -> None:
        """Let a second command happen at a point of the move; after both, one command brings all in order."""
        self._begin()
        try:
            _, applied = self.regions.failover(
                self.to, Knock(self.look, point, lambda: self._second(second)).wrapped(), whole=False
            )
            self._count(applied)
        except StateError:
            pass  # the state is another one than it began with: somebody has been there
        except UserError as refused:
            self._check(refused)
        self.look()
        self.regions.failover(self.to)
        assert all(one == {"acmewest" if self.to == "" else "acmenorth"} for one in self.regions.running().values())
        # One of two states is lost, so a size may look as if somebody else had set it; but nothing is left to do.
        self.place.apply()
        assert self.place.plan().is_empty

    def _second(self, what: str) -> None:
        wrapped = Knock(self.look).wrapped()
        try:
            if what == "planned before":
                assert self.before is not None
                planned = self.before
                work = lambda session: apply_plan(session, planned, self.place.events.append)  # noqa: E731
                self._count(self.place._do(work, wrapped))
            elif what == "apply":
                self._count(self.place.apply(wrapped=wrapped, whole=False)[1])
            else:
                to = self.back if what == "other way" else self.to
                self._count(self.regions.failover(to, wrapped, whole=False)[1])
        except StateError:
            pass
        except UserError as refused:
            self._check(refused)

    def _check(self, refused: UserError) -> None:
        """Assert that what keeps a plan from being made is what the other one has done."""
        assert {one.code.id for one in refused.diagnostics} == {"E0904"}

    def _count(self, applied: Applied) -> None:
        """Count what was refused because of the other one; nothing else may fail."""
        for name, failure in applied.result.failed.items():
            assert failure.gate or failure.error is not None, (name, failure.message)
            self.refused += failure.error is not None and failure.error.code == AT_WORK_ELSEWHERE


@pytest.fixture
def two(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Two]:
    """Set a scene."""
    monkeypatch.chdir(place.folder)
    regions = Regions(place).set_up()
    return lambda name: Two(regions, FIRST[name]).set_up()


@pytest.mark.slow
@pytest.mark.parametrize("second", SECOND)
@pytest.mark.parametrize("first", FIRST)
def test_one_in_the_middle_of_the_other(first: str, second: str, two: Callable[[str], Two]) -> None:
    """Whatever the second one does, and wherever in the first one's move, no schedule makes jobs in two regions."""
    found = two(first)
    assert found.points > 20
    step = 1 if THOROUGH else found.points // SAMPLE
    for point in range(1, found.points + 1, step):
        found.at(point, second)


JOB = """
job "ingest" {
  account_id = account.west.id
  name       = "ingest"
  pool_info {
    pool_id = pool.render.pool_id
  }
}
"""
TASKS = 20


@pytest.mark.slow
def test_no_task_is_lost_between_two(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """One takes tasks to the backup, the other one back, at once: each task is in one of the regions at least, and runs."""
    monkeypatch.chdir(place.folder)
    regions = Regions(place).set_up()
    place.write((place.folder / "main.batch.hcl").read_text(encoding="utf-8") + JOB)
    place.apply()
    added = {"value": [{"id": f"t{at}", "commandLine": "sleep 900"} for at in range(TASKS)]}
    place.batch("acmewest", "POST", "/jobs/ingest/addtaskcollection", added)
    place.advance(300)
    world, versions = place.frozen(), list(place.store.versions)  # type: ignore[attr-defined]
    knock = Knock(lambda: None)
    regions.failover(wrapped=knock.wrapped(), resubmit=True)
    refused = 0

    def back() -> None:
        nonlocal refused
        refused += _tried(regions, "", None)

    for point in range(1, knock.count + 1, 1 if THOROUGH else max(1, knock.count // 10)):
        place.thaw(world)
        place.store = MemoryStore(versions=copy.deepcopy(versions))
        refused += _tried(regions, "north", Knock(lambda: _all_there(place), point, back).wrapped())
        _all_there(place)
        refused += _tried(regions, "north", None)
        place.apply()
        _enabled(place)
        regions.failover(resubmit=True)
        place.apply()
        place.advance(12 * 3600)
        _all_there(place, ended=True)
    assert refused


def _tried(regions: Regions, to: str, wrapped: Wrapped | None) -> bool:
    """Move tasks; return whether that was refused, because of the other one."""
    try:
        _, applied = regions.failover(to, wrapped, whole=False, resubmit=True)
    except (StateError, UserError):
        return False
    return any(one.error is not None and one.error.code == "CopyNotAtWork" for one in applied.result.failed.values())


def _all_there(place: Place, *, ended: bool = False) -> None:
    """Assert that every task is in a region, and in the end that it has succeeded in one."""
    rows = place.emulator.call(
        lambda world: [
            (one.id, one.execution.get("result")) for one in world.tasks.values() if one.job.startswith("ingest")
        ]
    )
    found = {name for name, result in rows if result == "success" or not ended}
    assert found >= {f"t{at}" for at in range(TASKS)}


def _enabled(place: Place) -> None:
    """Enable what a move that was refused has left disabled, as a person does who is told so."""
    jobs = place.emulator.call(lambda world: [(one.account, one.id, one.state) for one in world.jobs.values()])
    for account, name, state in jobs:
        if state == "disabled":
            place.batch(account, "POST", f"/jobs/{name}/enable")
    place.advance(60)
