"""Ctrl-C ends a run in order, one run at a time holds the lock, and exit codes say what came of a command."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lifecycle_checks import is_steady
from lifecycle_driver import Place
from lifecycle_projects import put

from batchplan.apply.events import Event, Interrupted, Started
from batchplan.backends.local import LocalStore
from batchplan.backends.memory import MemoryStore
from batchplan.cli.main import main
from batchplan.ports import StateError
from batchplan.report.failures import run_diagnostics
from batchplan.state.model import StateDocument


@pytest.mark.parametrize(
    ("after", "sent"), [(1, signal.SIGINT), (4, signal.SIGTERM), (9, signal.SIGINT)], ids=["1", "4", "9"]
)
def test_interrupt(after: int, sent: signal.Signals, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first Ctrl-C, or SIGTERM, lets calls in flight end and starts no more; the next run makes the rest."""
    monkeypatch.chdir(place.folder)
    put(place, "everything")

    class Pressed(list[Event]):
        """Events, the nth of which comes with Ctrl-C."""

        def append(self, event: Event) -> None:
            super().append(event)
            if isinstance(event, Started) and sum(isinstance(one, Started) for one in self) == after:
                os.kill(os.getpid(), sent)

    place.events = Pressed()
    _, applied = place.apply(whole=False)
    assert applied.result.interrupted
    assert applied.result.skipped
    assert Interrupted() in place.events
    assert asyncio.run(place.store.open_runs()) == []
    place.events = []
    place.apply()
    is_steady(place)
    made = {name: len(found) for name, found in place.census().items()}
    assert made == {"accounts": 2, "applications": 1, "packages": 1, "pools": 3, "jobs": 2, "schedules": 2}


@dataclass(slots=True)
class FullDisk(MemoryStore):
    """A store whose journal takes so many entries and no more; `state_too` says that the state has no room either."""

    room: int = 0
    state_too: bool = False

    async def append_journal(self, run: str, entry: Mapping[str, Any]) -> None:
        """Add an entry, while there is room."""
        if self.room <= 0:
            raise StateError("the journal cannot be written: no space left on device")
        self.room -= 1
        await MemoryStore.append_journal(self, run, entry)

    async def write(self, document: StateDocument) -> None:
        """Keep a version, while there is room."""
        if self.state_too and self.room <= 0:
            raise StateError("state.json cannot be written: no space left on device")
        await MemoryStore.write(self, document)


@pytest.mark.parametrize("state_too", [False, True], ids=["journal", "journal and state"])
@pytest.mark.parametrize("room", range(1, 24, 1 if os.environ.get("BATCHPLAN_THOROUGH") else 4))
def test_full_disk(room: int, place: Place, monkeypatch: pytest.MonkeyPatch, *, state_too: bool) -> None:
    """What cannot be recorded is not begun; with room again, the next run goes on, and nothing is made twice."""
    monkeypatch.chdir(place.folder)
    put(place, "everything")
    place.store = FullDisk(room=room, state_too=state_too)
    if state_too:
        with pytest.raises(StateError, match="What this run has done is in its journal"):
            place.apply(whole=False)
    else:
        planned, applied = place.apply(whole=False)
        assert "no space left" in applied.result.unrecorded
        assert all("goes on in Azure" in one.message for one in applied.result.failed.values())
        told = "\n".join(one.detail for one in run_diagnostics(applied.result, planned.steps))
        assert "Nothing is begun that cannot be recorded" in told
        assert "because the journal cannot be written" in told
    place.store.room = 10000
    place.apply()
    is_steady(place)
    made = {name: len(found) for name, found in place.census().items()}
    assert made == {"accounts": 2, "applications": 1, "packages": 1, "pools": 3, "jobs": 2, "schedules": 2}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project for commands."""
    provider = 'provider "azure" {\n  environment = "emulator"\n}\n'
    account = 'account "a" {\n  name = "lockacct"\n  resource_group_name = "rg"\n  location = "westeurope"\n}\n'
    (tmp_path / "main.batch.hcl").write_text(provider + account, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_exit_codes(folder: Path) -> None:
    """0 done or nothing to do, 1 an error, 2 changes, 4 a stale plan."""
    assert main(["plan", "-detailed-exitcode", "-out", "plan.bpplan"]) == 2
    assert main(["plan"]) == 0
    assert main(["apply"]) == 1
    assert main(["apply", "plan.bpplan"]) == 0
    assert main(["plan", "-detailed-exitcode"]) == 0
    assert main(["apply", "plan.bpplan"]) == 4
    assert main(["plan", "-target", "pool.none"]) == 1
    (folder / "more.batch.hcl").write_text("wrong {\n", encoding="utf-8")
    assert main(["plan", "-detailed-exitcode"]) == 1


def test_one_at_a_time(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While somebody holds the lock, an apply says who and ends with 5; a plan without the lock goes on."""
    held = asyncio.run(LocalStore(folder / "state" / "default").lock("apply", 0))
    assert main(["apply", "-auto-approve"]) == 5
    assert "apply" in capsys.readouterr().err
    assert main(["plan", "-lock=false", "-detailed-exitcode"]) == 2
    asyncio.run(held.release())
    assert main(["apply", "-auto-approve"]) == 0


def test_a_dead_holder(folder: Path) -> None:
    """The lock of a process that has died on this machine is taken over."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    asyncio.run(LocalStore(folder / "state" / "default").lock("apply", 0))
    path = folder / "state" / "default" / "lock.json"
    holder = json.loads(path.read_text(encoding="utf-8"))
    assert holder["host"] == socket.gethostname()
    path.write_text(json.dumps({**holder, "pid": gone.pid}), encoding="utf-8")
    assert main(["apply", "-auto-approve"]) == 0
