"""What interrupted runs have done becomes part of the state, once, whatever comes in between."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from batchplan.backends.memory import MemoryStore
from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.ops.state import Locking, changed, current, recovered
from batchplan.ports import LockedError, StateError
from batchplan.state.document import empty
from batchplan.state.journal import Entry, entry_json

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"


@dataclass(slots=True)
class Failing(MemoryStore):
    """A store whose journals cannot be closed while `broken`, as when a run is killed before it does so."""

    broken: bool = True

    async def close_journal(self, run: str) -> None:
        """Close a run, or fail."""
        if self.broken:
            raise StateError("killed")
        # super() without arguments does not work in a slotted dataclass: the class was made twice
        await MemoryStore.close_journal(self, run)


def done(name: str) -> dict[str, object]:
    """Return the entry of a pool that was created."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    remote = Remote("pool", ACCOUNT, name)
    return entry_json(Entry("done", name, "put", parse_address(f"pool.{name}"), remote, at, {}, creates=True))


def test_runs_are_folded_in_order() -> None:
    """Several interrupted runs become one new version, and are closed."""

    async def work() -> None:
        store = MemoryStore()
        await store.write(empty("1.0"))
        await store.append_journal("r1", done("a"))
        await store.append_journal("r2", done("b"))
        seen = await current(store)
        assert seen is not None
        assert [one.address for one in seen.resources] == ["pool.a", "pool.b"]
        assert len(store.versions) == 1, "looking writes nothing"
        made = await recovered(store)
        assert made is not None
        assert (made.serial, [one.address for one in made.resources]) == (1, ["pool.a", "pool.b"])
        assert list(await store.open_runs()) == []
        assert await recovered(store) == made

    asyncio.run(work())


def test_before_the_first_state() -> None:
    """A run that was killed before there was a state leaves one."""

    async def work() -> None:
        store = MemoryStore()
        assert await recovered(store) is None
        await store.append_journal("r1", done("a"))
        made = await recovered(store)
        assert made is not None
        assert (made.serial, len(made.resources)) == (1, 1)

    asyncio.run(work())


def test_killed_before_a_journal_is_closed() -> None:
    """A state that was written with a run that could not be closed is not written again."""

    async def work() -> None:
        store = Failing()
        await store.write(empty("1.0"))
        await store.append_journal("r1", done("a"))
        with pytest.raises(StateError):
            await recovered(store)
        store.broken = False
        made = await recovered(store)
        assert made is not None
        assert (made.serial, len(made.resources), len(store.versions)) == (1, 1, 2)
        assert list(await store.open_runs()) == []

    asyncio.run(work())


def test_a_damaged_journal_stops() -> None:
    """A journal that is none is told, and nothing is written."""

    async def work() -> None:
        store = MemoryStore()
        await store.write(empty("1.0"))
        await store.append_journal("r1", {"phase": "done"})
        with pytest.raises(StateError, match="journal of the run r1"):
            await recovered(store)
        assert len(store.versions) == 1

    asyncio.run(work())


def test_changes_are_under_the_lock() -> None:
    """A change holds the lock, gives it back though it fails, and writes nothing when nothing changes."""

    async def work() -> None:
        store = MemoryStore()
        await store.write(empty("1.0"))

        def fail(document: object) -> object:
            assert store.holder is not None
            assert store.holder.operation == "test"
            raise StateError("no")

        with pytest.raises(StateError):
            await changed(store, "test", Locking(), fail)  # type: ignore[arg-type]
        assert store.holder is None
        await changed(store, "test", Locking(), lambda document: document)
        assert len(store.versions) == 1
        await store.lock("other")
        with pytest.raises(LockedError):
            await changed(store, "test", Locking(), lambda document: document)

    asyncio.run(work())
