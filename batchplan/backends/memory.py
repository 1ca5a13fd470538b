"""A state store that lives as long as its process, for tests."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from batchplan.ports import LockedError, LockInfo, StateError
from batchplan.state.model import StateDocument


@dataclass(slots=True)
class MemoryStore:
    """Keeps everything in memory; two of them share nothing."""

    versions: list[StateDocument] = field(default_factory=list)
    holder: LockInfo | None = None
    journals: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)

    async def read(self) -> StateDocument | None:
        """Return the newest version."""
        return self.versions[-1] if self.versions else None

    async def write(self, document: StateDocument) -> None:
        """Keep a version; raise StateError unless its serial follows."""
        check_successor(self.versions[-1] if self.versions else None, document)
        self.versions.append(document)

    async def lock(self, operation: str, timeout: float = 0.0) -> "MemoryLock":  # noqa: ARG002 - nobody to wait for
        """Return the lock; raise LockedError when it is held."""
        if self.holder is not None:
            raise LockedError(self.holder)
        self.holder = LockInfo(str(uuid.uuid4()), "test", operation, datetime.now(UTC), "localhost", 0)
        return MemoryLock(self, self.holder)

    async def force_unlock(self, id: str) -> None:  # noqa: A002
        """Break the lock of that id; raise StateError when there is none."""
        if self.holder is None or self.holder.id != id:
            raise StateError(f"there is no lock {id}")
        self.holder = None

    async def append_journal(self, run: str, entry: Mapping[str, Any]) -> None:
        """Add an entry."""
        self.journals.setdefault(run, []).append(entry)

    async def journal(self, run: str) -> Sequence[Mapping[str, Any]]:
        """Return a run's entries."""
        return list(self.journals.get(run, []))

    async def open_runs(self) -> Sequence[str]:
        """Return the runs that are not closed."""
        return [run for run in self.journals if run not in self.closed]

    async def close_journal(self, run: str) -> None:
        """Close a run."""
        self.closed.add(run)


@dataclass(slots=True)
class MemoryLock:
    """A lock of a memory store."""

    store: MemoryStore
    info: LockInfo

    async def release(self) -> None:
        """Give it back, if it is still ours."""
        if self.store.holder is not None and self.store.holder.id == self.info.id:
            self.store.holder = None


def check_successor(old: StateDocument | None, new: StateDocument) -> None:
    """Raise StateError unless a document is the next version of the old one."""
    if old is None:
        return
    if old.lineage != new.lineage:
        raise StateError(
            f"the state there has another lineage ({old.lineage}) than the one to be written ({new.lineage}): "
            "they are states of different things. Nothing was written."
        )
    if new.serial != old.serial + 1:
        raise StateError(
            f"the state has moved on to version {old.serial} since it was read as version {new.serial - 1}. "
            "Nothing was written; run the command again."
        )
