"""States in a folder: `state/<workspace>/`.

    state.json              the newest version
    versions/000012.json    older ones
    lock.json               who holds the lock, while somebody does
    journal/<run>.jsonl     the record of a run; renamed to .done once it is in the state

Every file that matters is written beside its place, synced, and moved there, so a crash leaves the old
or the new one and never a part.
"""

import asyncio
import contextlib
import getpass
import json
import os
import socket
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from batchplan.backends.memory import check_successor
from batchplan.ports import LockedError, LockInfo, StateError
from batchplan.state.migrations import UnreadableState, read_document
from batchplan.state.model import StateDocument

KEPT_VERSIONS = 100
POLL_SECONDS = 0.5


@dataclass(slots=True)
class LocalStore:
    """The states of one workspace in a folder."""

    folder: Path

    @property
    def path(self) -> Path:
        """Where the newest version is."""
        return self.folder / "state.json"

    async def read(self) -> StateDocument | None:
        """Return the newest version, None before the first; raise StateError when it is damaged."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise StateError(f"{self.path} is damaged: {error}") from None
        except OSError as error:
            raise _unusable(self.path, "read", error) from None
        try:
            return read_document(json.loads(text))
        except (ValueError, UnreadableState) as error:
            older = f"An older version may be in {self.folder / 'versions'}"
            raise StateError(f"{self.path} is damaged: {error}. {older}") from None

    async def write(self, document: StateDocument) -> None:
        """Keep a version; raise StateError unless its serial follows, or when the folder does not take it."""
        old = await self.read()
        check_successor(old, document)
        try:
            versions = self.folder / "versions"
            versions.mkdir(parents=True, exist_ok=True)
            if old is not None:
                write_whole(versions / f"{old.serial:06d}.json", self.path.read_text(encoding="utf-8"))
            write_whole(self.path, document.model_dump_json(indent=2) + "\n")
            self._prune(versions)
        except OSError as error:
            raise _unusable(self.path, "written", error) from None

    def _prune(self, versions: Path) -> None:
        for path in sorted(versions.glob("*.json"))[:-KEPT_VERSIONS]:
            path.unlink(missing_ok=True)

    # The lock.

    async def lock(self, operation: str, timeout: float = 0.0) -> "LocalLock":
        """Return the lock; raise LockedError when somebody else keeps it beyond the timeout (seconds).

        A holder on this machine whose process is gone holds nothing: its lock is taken over.
        """
        info = LockInfo(str(uuid.uuid4()), _who(), operation, datetime.now(UTC), socket.gethostname(), os.getpid())
        until = time.monotonic() + timeout
        while True:
            holder = self._try_lock(info)
            if holder is None:
                return LocalLock(self, info)
            if time.monotonic() >= until:
                raise LockedError(holder)
            await asyncio.sleep(POLL_SECONDS)

    def _try_lock(self, info: LockInfo) -> LockInfo | None:
        """Take the lock and return None, or return who holds it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with _alone(self.folder):
                return self._take(info)
        except OSError as error:
            raise _unusable(self.folder / "lock.json", "written", error) from None

    def _take(self, info: LockInfo) -> LockInfo | None:
        path = self.folder / "lock.json"
        text = json.dumps({**asdict(info), "since": info.since.isoformat()})
        temporary = self.folder / f".lock-{info.id}"
        temporary.write_text(text, encoding="utf-8")
        try:
            os.link(temporary, path)  # fails when the lock is there: whole file or nothing
        except FileExistsError:
            holder = self._holder(path)
            if holder is None:
                return self._take_again(info, path)
            if holder.host == info.host and not alive(holder.pid):
                path.unlink(missing_ok=True)
                return self._take(info)
            return holder
        finally:
            temporary.unlink(missing_ok=True)
        return None

    def _take_again(self, info: LockInfo, path: Path) -> LockInfo | None:
        """The lock was released, or is unreadable: only the first is a reason to go on."""
        if path.exists():
            raise StateError(f"{path} is unreadable. If no other batchplan runs, remove it.")
        return self._take(info)

    def _holder(self, path: Path) -> LockInfo | None:
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            return LockInfo(**{**data, "since": datetime.fromisoformat(data["since"])})
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError):
            return None

    async def force_unlock(self, id: str) -> None:  # noqa: A002
        """Break the lock of that id; raise StateError when it is another's, or there is none."""
        path = self.folder / "lock.json"
        if not path.exists():
            raise StateError("there is no lock to break")
        with _alone(self.folder):
            holder = self._holder(path)
            if holder is not None and holder.id != id:
                raise StateError(f"the lock there is {holder.id}, held by {holder.who}; it was not broken")
            path.unlink(missing_ok=True)

    # Journals.

    def _journal(self, run: str) -> Path:
        return self.folder / "journal" / f"{run}.jsonl"

    async def append_journal(self, run: str, entry: Mapping[str, Any]) -> None:
        """Add an entry, whole or not at all; it is on disk when this returns. Raise StateError when it cannot be."""
        path = self._journal(run)
        line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab", buffering=0) as file:
                _append(file, line)
        except OSError as error:
            raise _unusable(path, "written", error) from None

    async def journal(self, run: str) -> Sequence[Mapping[str, Any]]:
        """Return a run's entries, none before the first; a last line that was cut off by a crash is left out."""
        try:
            lines = self._journal(run).read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise _unusable(self._journal(run), "read", error) from None
        entries = []
        for at, line in enumerate(lines):
            try:
                entries.append(json.loads(line)) if line else None
            except ValueError:
                if at < len(lines) - 1:
                    raise StateError(f"line {at + 1} of {self._journal(run)} is damaged") from None
        return entries

    async def open_runs(self) -> Sequence[str]:
        """Return the runs whose journal is not in the state yet, oldest first."""
        folder = self.folder / "journal"
        try:
            return sorted(path.stem for path in folder.glob("*.jsonl")) if folder.is_dir() else []
        except OSError as error:
            raise _unusable(folder, "read", error) from None

    async def close_journal(self, run: str) -> None:
        """Mark a run as part of the state."""
        path = self._journal(run)
        try:
            path.replace(path.with_suffix(".done"))
        except OSError as error:
            raise _unusable(path, "renamed", error) from None


@dataclass(slots=True)
class LocalLock:
    """A lock in a folder."""

    store: LocalStore
    info: LockInfo

    async def release(self) -> None:
        """Give it back, if it is still ours."""
        path = self.store.folder / "lock.json"
        if not path.exists():
            return  # somebody broke it
        with _alone(self.store.folder):
            try:
                data = json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError):
                return  # then it is not ours to remove
            if data.get("id") == self.info.id:
                path.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Keep other processes from looking at the lock and acting on what they saw while we do so.

    Without it, two that find the lock of a dead holder at once could each remove it, the second one the lock
    that the first has just taken.
    """
    if sys.platform == "win32":
        yield  # there no holder is ever found dead, so nobody removes what he does not hold
        return
    import fcntl

    with (folder / ".lock-guard").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _append(file: BinaryIO, line: bytes) -> None:
    """Write a line and sync it; where there is no room for all of it, leave no part, on which others would follow."""
    before = file.seek(0, os.SEEK_END)
    try:
        written = 0
        while written < len(line):
            written += file.write(line[written:])
        os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(before)
        raise


def _unusable(path: Path, what: str, error: OSError) -> StateError:
    return StateError(f"{path} cannot be {what}: {(error.strerror or str(error)).lower()}")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that a crash leaves the old one or the new one."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}")
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        with contextlib.suppress(OSError):  # a part of a file would take the room that the next attempt needs
            temporary.unlink(missing_ok=True)
        raise
    with contextlib.suppress(OSError):  # not every system lets a folder be opened and synced
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _who() -> str:
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (OSError, KeyError):
        return f"unknown@{socket.gethostname()}"


def alive(pid: int) -> bool:
    """Return whether a process of this machine is there; where that cannot be asked, that it is."""
    if sys.platform == "win32":
        return True  # there, asking with a signal would end the process
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OSError):
        return True
    return True
