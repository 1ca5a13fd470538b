"""A project in a folder, an emulator in another process, and commands as processes of their own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

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


@contextmanager
def opened(folder: Path, speed: str) -> Iterator[Town]:
    """Run an emulator for a folder, so many virtual seconds a second, while the block lasts."""
    words = program("emulator", "start", "--speed", speed, "--ready-file", str(READY))
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            assert emulator.stdout is not None
            while emulator.stdout.readline().partition(":")[0] != "pid":
                pass
            yield Town(folder, json.loads((folder / READY).read_text(encoding="utf-8"))["admin_endpoint"])
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
