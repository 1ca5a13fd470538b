"""Every store of states keeps the same promises."""

import asyncio
import json
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from batchplan.backends.local import LocalStore
from batchplan.backends.memory import MemoryStore
from batchplan.ports import LockedError, LockInfo, StateError, StateStore
from batchplan.state.document import empty
from batchplan.state.model import StateDocument

Make = Callable[[Path], StateStore]

STORES: dict[str, Make] = {"memory": lambda _: MemoryStore(), "local": lambda folder: LocalStore(folder / "default")}


@pytest.fixture(params=STORES, ids=str)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> StateStore:
    """A store with nothing in it."""
    return STORES[request.param](tmp_path)


def version(document: StateDocument, serial: int, **changes: Any) -> StateDocument:
    """Return a version of a state."""
    return document.model_copy(update={"serial": serial, **changes})


def test_nothing_is_there_before_the_first(store: StateStore) -> None:
    """A new store has no state, no open run, and an empty journal for any run."""
    assert asyncio.run(store.read()) is None
    assert list(asyncio.run(store.open_runs())) == []
    assert list(asyncio.run(store.journal("r1"))) == []


def test_what_is_written_is_read(store: StateStore) -> None:
    """The newest version is read back as it was written."""

    async def work() -> None:
        first = empty("1.0")
        await store.write(first)
        assert await store.read() == first
        await store.write(version(first, 1, batchplan_version="1.1"))
        assert await store.read() == version(first, 1, batchplan_version="1.1")

    asyncio.run(work())


@pytest.mark.parametrize("serial", [0, 1, 3, 7])
def test_a_serial_that_does_not_follow_is_refused(store: StateStore, serial: int) -> None:
    """Only the version after the newest is taken; another is refused and changes nothing."""

    async def work() -> None:
        first = empty("1.0")
        await store.write(first)
        await store.write(version(first, 1))
        with pytest.raises(StateError, match="moved on to version 1"):
            await store.write(version(first, serial, batchplan_version="2"))
        assert await store.read() == version(first, 1)

    asyncio.run(work())


def test_another_lineage_is_refused(store: StateStore) -> None:
    """A state of different things does not take the place of this one."""

    async def work() -> None:
        first = empty("1.0")
        await store.write(first)
        with pytest.raises(StateError, match="lineage"):
            await store.write(version(empty("1.0"), 1))
        assert await store.read() == first

    asyncio.run(work())


def test_a_lock_keeps_others_out(store: StateStore) -> None:
    """While a lock is held nobody else gets one, and the refusal says who holds it and for what."""

    async def work() -> None:
        lock = await store.lock("apply")
        with pytest.raises(LockedError) as refused:
            await store.lock("state mv")
        assert refused.value.holder.operation == "apply"
        assert refused.value.holder.since <= datetime.now(UTC)
        await lock.release()
        await (await store.lock("state mv")).release()

    asyncio.run(work())


def test_a_lock_is_released_once(store: StateStore) -> None:
    """Giving a lock back a second time does not take it from the next holder."""

    async def work() -> None:
        first = await store.lock("apply")
        await first.release()
        second = await store.lock("plan")
        await first.release()
        with pytest.raises(LockedError):
            await store.lock("apply")
        await second.release()

    asyncio.run(work())


def test_force_unlock_needs_the_right_id(store: StateStore) -> None:
    """A lock is broken by its id only, and then its holder does not take the next one's along."""

    async def work() -> None:
        with pytest.raises(StateError):
            await store.force_unlock("there-is-none")
        broken = await store.lock("apply")
        with pytest.raises(LockedError) as refused:
            await store.lock("plan")
        with pytest.raises(StateError):
            await store.force_unlock("another")
        await store.force_unlock(refused.value.holder.id)
        held = await store.lock("plan")
        await broken.release()
        with pytest.raises(LockedError):
            await store.lock("apply")
        await held.release()

    asyncio.run(work())


def test_journals_keep_their_order_until_they_are_closed(store: StateStore) -> None:
    """Entries come back in order, runs do not mix, and a closed run is no longer open."""

    async def work() -> None:
        for number in range(5):
            await store.append_journal("r1", {"n": number, "text": "größe"})
        await store.append_journal("r2", {"n": 9})
        assert [entry["n"] for entry in await store.journal("r1")] == [0, 1, 2, 3, 4]
        assert list(await store.open_runs()) == ["r1", "r2"]
        await store.close_journal("r1")
        assert list(await store.open_runs()) == ["r2"]

    asyncio.run(work())


# What only a store on disk has to withstand.


@pytest.fixture
def local(tmp_path: Path) -> LocalStore:
    """A store in a folder."""
    return LocalStore(tmp_path / "default")


@pytest.mark.parametrize("lost", range(1, 16))
def test_a_torn_last_line_is_left_out(local: LocalStore, lost: int) -> None:
    """A crash while an entry is written loses that entry and no other, wherever the bytes end."""

    async def work() -> None:
        await local.append_journal("r1", {"n": 1})
        await local.append_journal("r1", {"t": "größe"})
        path = local.folder / "journal" / "r1.jsonl"
        path.write_bytes(path.read_bytes()[:-lost])
        found = [dict(entry) for entry in await local.journal("r1")]
        assert found[0] == {"n": 1}
        assert found[1:] in ([], [{"t": "größe"}] if lost == 1 else [])

    asyncio.run(work())


def test_damage_inside_a_journal_is_told(local: LocalStore) -> None:
    """A damaged line with entries after it is no crash: reading says which line it is."""

    async def work() -> None:
        await local.append_journal("r1", {"n": 1})
        path = local.folder / "journal" / "r1.jsonl"
        path.write_text("{broken\n" + path.read_text())
        with pytest.raises(StateError, match="line 1"):
            await local.journal("r1")

    asyncio.run(work())


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file become larger than so many bytes, as on a disk that is full."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_leaves_no_part_of_an_entry(local: LocalStore) -> None:
    """An entry for which there is no room is told and leaves nothing; those after it are read, once there is."""

    async def work() -> None:
        await local.append_journal("r1", {"n": 1})
        path = local.folder / "journal" / "r1.jsonl"
        with (
            room_for(path.stat().st_size + 5),
            pytest.raises(StateError, match=r"r1.jsonl cannot be written: file too"),
        ):
            await local.append_journal("r1", {"n": 2})
        await local.append_journal("r1", {"n": 3})
        assert list(await local.journal("r1")) == [{"n": 1}, {"n": 3}]

    asyncio.run(work())


def test_a_full_disk_keeps_no_part_of_a_state(local: LocalStore) -> None:
    """A state for which there is no room leaves the old one, and nothing that takes room away."""

    async def work() -> None:
        first = empty("1.0")
        await local.write(first)
        with room_for(20), pytest.raises(StateError, match=r"state.json cannot be written"):
            await local.write(version(first, 1))
        assert await local.read() == first
        assert [path.name for path in local.folder.rglob("*") if path.is_file()] == ["state.json"]

    asyncio.run(work())


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path) -> None:
    """Where no lock and no journal can be written, the reason is told, whatever the system calls it."""
    (tmp_path / "default").write_text("not a folder", encoding="utf-8")
    local = LocalStore(tmp_path / "default")
    with pytest.raises(StateError, match=r"lock.json cannot be written"):
        asyncio.run(local.lock("apply"))
    with pytest.raises(StateError, match=r"r1.jsonl cannot be written"):
        asyncio.run(local.append_journal("r1", {"n": 1}))
    with pytest.raises(StateError, match=r"r1.jsonl cannot be read"):
        asyncio.run(local.journal("r1"))
    with pytest.raises(StateError, match=r"state.json cannot be read"):
        asyncio.run(local.read())


def test_a_write_that_fails_leaves_the_old_version(local: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the new file cannot be moved to its place, the old state is there, whole, and can be written on."""

    async def work() -> None:
        first = empty("1.0")
        await local.write(first)
        whole = Path.replace
        with monkeypatch.context() as broken:

            def fail(self: Path, target: Path) -> Path:
                if Path(target) == local.path:
                    raise OSError(28, "No space left on device")
                return whole(self, target)

            broken.setattr(Path, "replace", fail)
            with pytest.raises(StateError, match="no space left"):
                await local.write(version(first, 1))
        assert await local.read() == first
        await local.write(version(first, 1))
        assert await local.read() == version(first, 1)

    asyncio.run(work())


KILLED = """
import asyncio, os, sys
from pathlib import Path
from batchplan.backends.local import LocalStore
from batchplan.state.document import empty
store = LocalStore(Path(sys.argv[1]))
whole, left = Path.replace, int(sys.argv[2])
def replace(self, target):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), 9)
    return whole(self, target)
Path.replace = replace
async def work():
    document = await store.read() or empty("1.0")
    for serial in range(document.serial + 1, document.serial + 4):
        document = document.model_copy(update={"serial": serial})
        await store.write(document)
asyncio.run(work())
"""


@pytest.mark.parametrize("moves", range(5))
def test_a_kill_between_moves_leaves_a_whole_state(local: LocalStore, moves: int) -> None:
    """Killed before any of its moves, a writer leaves the state before or after it, and never a part."""
    first = empty("1.0")
    asyncio.run(local.write(first))
    done = subprocess.run([sys.executable, "-c", KILLED, str(local.folder), str(moves)], check=False)
    assert done.returncode == -9
    found = asyncio.run(local.read())
    assert found is not None
    assert found == version(first, moves // 2)
    asyncio.run(local.write(version(first, found.serial + 1)))


def test_older_versions_are_kept(local: LocalStore) -> None:
    """Each version that is replaced is kept under its serial; of very many, the newest hundred."""

    async def work() -> None:
        first = empty("1.0")
        for serial in range(104):
            await local.write(version(first, serial))

    asyncio.run(work())
    kept = sorted(int(path.stem) for path in (local.folder / "versions").glob("*.json"))
    assert kept == list(range(3, 103))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "damaged"),
        ("[]", "format_version"),
        ('{"format_version": 99}', "newer batchplan"),
        ('{"format_version": 1, "lineage": 3}', "batchplan_version"),
    ],
    ids=["cut", "no-state", "newer", "wrong-type"],
)
def test_a_damaged_state_is_told(local: LocalStore, text: str, said: str) -> None:
    """A file that is no state is neither taken for one nor for an empty one."""
    local.folder.mkdir(parents=True)
    local.path.write_text(text)
    with pytest.raises(StateError, match=said):
        asyncio.run(local.read())


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([("bogus", "pool")], '"bogus" is no address'),
        ([("pool.a", "zebra")], 'pool.a stands for something of the kind "zebra"'),
        ([("pool.a", "job")], 'pool.a stands for something of the kind "job"'),
        ([("pool.a", "pool"), ("pool.b", "pool"), ("pool.b", "pool")], "pool.b is there twice"),
    ],
    ids=["address", "kind", "other kind", "twice"],
)
def test_a_state_of_nonsense_is_told(local: LocalStore, records: list[tuple[str, str]], said: str) -> None:
    """A state that was edited by hand, so that its objects cannot be told apart, is not worked with."""
    local.folder.mkdir(parents=True)
    remote = {"account_id": "/subscriptions/s", "name": "n"}
    listed = [{"address": address, "remote": {"kind": kind, **remote}, "applied": {}} for address, kind in records]
    local.path.write_text(json.dumps({**json.loads(empty("1.0").model_dump_json()), "resources": listed}))
    with pytest.raises(StateError, match=said):
        asyncio.run(local.read())


def dead_process() -> int:
    """Return the id of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def held_by(local: LocalStore, **changes: Any) -> LockInfo:
    """Put a lock there as another process would."""
    since = datetime(2026, 1, 1, tzinfo=UTC)
    info = replace(LockInfo("an-id", "ann@x", "apply", since, socket.gethostname(), os.getpid()), **changes)
    local.folder.mkdir(parents=True, exist_ok=True)
    (local.folder / "lock.json").write_text(json.dumps({**asdict(info), "since": info.since.isoformat()}))
    return info


def test_a_dead_holder_holds_nothing(local: LocalStore) -> None:
    """The lock of a process of this machine that has ended is taken over."""
    held_by(local, pid=dead_process())
    lock = asyncio.run(local.lock("plan"))
    assert lock.info.operation == "plan"


@pytest.mark.parametrize("changes", [{}, {"host": "elsewhere", "pid": 1_999_999}], ids=["alive", "another-machine"])
def test_a_holder_that_may_live_keeps_the_lock(local: LocalStore, changes: dict[str, Any]) -> None:
    """A living process keeps its lock, and so does one on a machine that cannot be asked."""
    info = held_by(local, **changes)
    with pytest.raises(LockedError) as refused:
        asyncio.run(local.lock("plan"))
    assert refused.value.holder == info


def test_a_lock_is_waited_for(local: LocalStore) -> None:
    """Who is willing to wait gets the lock once it is given back."""

    async def work() -> None:
        first = await local.lock("apply")
        waiting = asyncio.create_task(local.lock("plan", 60))
        await asyncio.sleep(0)  # it has looked once and been refused
        assert not waiting.done()
        await first.release()
        assert (await waiting).info.operation == "plan"

    asyncio.run(work())


def _contend(folder: str, turns: int, answers: "multiprocessing.Queue[Any]") -> None:
    """Count up a number in a file under the lock, `turns` times; tell how often the lock was refused."""
    store = LocalStore(Path(folder))
    counter = Path(folder) / "counter"
    refused = 0
    for _ in range(turns):
        while True:
            try:
                lock = asyncio.run(store.lock("count"))
                break
            except LockedError:
                refused += 1
        number = int(counter.read_text())
        counter.write_text(str(number + 1))
        asyncio.run(lock.release())
    answers.put(refused)


def test_one_process_at_a_time_holds_the_lock(local: LocalStore) -> None:
    """Processes that change a file only under the lock lose no change, although a dead one held it first."""
    held_by(local, pid=dead_process())
    (local.folder / "counter").write_text("0")
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[Any] = context.Queue()
    workers = [context.Process(target=_contend, args=(str(local.folder), 25, answers)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert (local.folder / "counter").read_text() == "75"
