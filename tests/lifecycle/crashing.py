"""A process that is killed at one point: before or after any write to the journal or the state, and any call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lifecycle_driver import Wrapped

from batchplan.plan.step import Call
from batchplan.ports import Outcome, StateLock, StateStore, Writer
from batchplan.state.model import StateDocument


class Crash(BaseException):
    """The process is gone: nothing catches this."""


@dataclass(slots=True)
class Fuse:
    """Counts points, and blows at one of them; from then on every point is one of a dead process."""

    at: int = 0
    count: int = 0
    dead: bool = False

    def point(self) -> None:
        """Pass a point, or die."""
        self.count += 1
        if self.dead or self.count == self.at:
            self.dead = True
            raise Crash

    def wrapped(self) -> Wrapped:
        """Return what puts the points into a session."""
        return Wrapped(lambda store: CrashingStore(store, self), lambda writer: CrashingWriter(writer, self))


@dataclass(frozen=True, slots=True)
class CrashingWriter:
    """A writer with a point before and after each call."""

    inner: Writer
    fuse: Fuse

    async def perform(self, step: Call) -> Outcome:
        """Make a call."""
        self.fuse.point()
        outcome = await self.inner.perform(step)
        self.fuse.point()
        return outcome


@dataclass(frozen=True, slots=True)
class CrashingStore:
    """A store with a point before and after everything that it keeps."""

    inner: StateStore
    fuse: Fuse

    async def read(self) -> StateDocument | None:
        return await self.inner.read()

    async def write(self, document: StateDocument) -> None:
        self.fuse.point()
        await self.inner.write(document)
        self.fuse.point()

    async def lock(self, operation: str, timeout: float = 0.0) -> StateLock:
        return await self.inner.lock(operation, timeout)

    async def force_unlock(self, id: str) -> None:  # noqa: A002
        await self.inner.force_unlock(id)

    async def append_journal(self, run: str, entry: Mapping[str, Any]) -> None:
        self.fuse.point()
        await self.inner.append_journal(run, entry)
        self.fuse.point()

    async def journal(self, run: str) -> Sequence[Mapping[str, Any]]:
        return await self.inner.journal(run)

    async def open_runs(self) -> Sequence[str]:
        return await self.inner.open_runs()

    async def close_journal(self, run: str) -> None:
        self.fuse.point()
        await self.inner.close_journal(run)
        self.fuse.point()
