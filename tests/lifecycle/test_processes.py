"""Commands as processes against an emulator in another one: killed for good, side by side, and without a reader."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from lifecycle_projects import PROJECTS

THOROUGH = bool(os.environ.get("BATCHPLAN_THOROUGH"))
SPEED = "20000"
"""Virtual seconds a second: what a wait waits for has come about when it looks for the first time."""

PROVIDER = 'provider "azure" {\n  environment = "emulator"\n}\n'
READY = Path(".batchplan", "emulator", "ready.json")


@dataclass(frozen=True, slots=True)
class Town:
    """A project in a folder, and an emulator that runs for it."""

    folder: Path
    admin: str

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(program(*words), cwd=self.folder, capture_output=True, text=True, check=False)

    @contextmanager
    def running(self, *words: str) -> "Iterator[subprocess.Popen[str]]":
        """Run a command while the block lasts."""
        with subprocess.Popen(
            program(*words), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as child:
            try:
                yield child
            finally:
                child.kill()

    def tables(self) -> Any:
        """Return all that there is, by kind."""
        with urlopen(f"{self.admin}/snapshot", timeout=20) as answer:
            return json.load(answer)["tables"]

    def is_steady(self) -> None:
        """Assert that there is nothing to do and nothing unfinished."""
        planned = self.run("plan", "-detailed-exitcode")
        assert planned.returncode == 0, planned.stdout + planned.stderr
        journals = [path.name for path in (self.folder / "state" / "default" / "journal").iterdir()]
        assert [name for name in journals if not name.endswith(".done")] == []


def program(*words: str) -> list[str]:
    """Return how a command is run."""
    return [sys.executable, "-m", "batchplan", *words]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A project with every kind of object, and its emulator."""
    source = PROJECTS / "everything" / "main.batch.hcl"
    (tmp_path / "main.batch.hcl").write_text(PROVIDER + source.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "tool.zip").write_bytes(b"PK-tool")
    words = program("emulator", "start", "--speed", SPEED, "--ready-file", str(READY))
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            assert emulator.stdout is not None
            while emulator.stdout.readline().partition(":")[0] != "pid":
                pass
            yield Town(tmp_path, json.loads((tmp_path / READY).read_text(encoding="utf-8"))["admin_endpoint"])
        finally:
            emulator.kill()


def events(child: "subprocess.Popen[str]") -> Iterator[dict[str, Any]]:
    """Yield the events of a stream as they come."""
    assert child.stdout is not None
    for line in child.stdout:
        yield json.loads(line)


def until(child: "subprocess.Popen[str]", kind: str, times: int = 1) -> None:
    """Read events up to one of a kind, or to the end."""
    for event in events(child):
        times -= event["type"] == kind
        if times == 0:
            return


@pytest.mark.slow
def test_killed_at_random_points(town: Town) -> None:
    """SIGKILL at any moment of an apply: the next one comes to the same end, with nothing twice and nothing left over."""
    chance = random.Random(4)
    for turn in range(8 if THOROUGH else 3):
        words = ("-var", f"note={('one', 'two')[turn % 2]}", "-var", f"slots={1 + turn // 2 % 2}")
        with town.running("apply", "-auto-approve", "-json", *words) as child:
            until(child, chance.choice(("apply_start", "apply_complete")), chance.randint(1, 12))
            child.send_signal(signal.SIGKILL)
            child.wait()
        again = town.run("apply", "-auto-approve", *words)
        assert again.returncode == 0, again.stdout + again.stderr
        planned = town.run("plan", "-detailed-exitcode", *words)
        assert planned.returncode == 0, planned.stdout + planned.stderr
        assert counted(town) == {"accounts": 2, "applications": 1, "packages": 1, "pools": 3, "jobs": 2, "schedules": 2}


def counted(town: Town) -> dict[str, int]:
    """Return how many objects of each kind there are."""
    found = town.tables()
    return {name: len(found[name]) for name in ("accounts", "applications", "packages", "pools", "jobs", "schedules")}


@pytest.mark.slow
def test_two_applies(town: Town) -> None:
    """While one applies, another says who does and ends with 5, in either form; a plan without the lock goes on."""
    with town.running("apply", "-auto-approve", "-json") as first:
        until(first, "apply_start", 3)
        first.send_signal(signal.SIGSTOP)
        second = town.run("apply", "-auto-approve")
        streamed = town.run("apply", "-auto-approve", "-json")
        looking = town.run("plan", "-lock=false", "-detailed-exitcode")
        first.send_signal(signal.SIGCONT)
        until(first, "outputs", 2)
        assert first.wait() == 0
    assert second.returncode == 5
    assert f"process {first.pid}" in second.stderr
    assert "apply" in second.stderr
    assert (streamed.returncode, streamed.stderr) == (5, "")
    told = [json.loads(line) for line in streamed.stdout.splitlines()]
    assert [one["diagnostic"]["code"] for one in told if one["type"] == "diagnostic"] == ["E0801"]
    assert looking.returncode == 2, looking.stderr
    town.is_steady()


@pytest.mark.slow
@pytest.mark.parametrize("form", [(), ("-json",)], ids=["text", "json"])
def test_nobody_reads_on(town: Town, form: tuple[str, ...]) -> None:
    """As in `batchplan apply | head -3`: what has been begun is carried on to its end."""
    with town.running("apply", "-auto-approve", *form) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        for line in child.stdout:
            if "apply_complete" in line or "done" in line:
                break
        child.stdout.close()
        assert child.wait() == 0
        assert child.stderr.read() == ""
    town.is_steady()
