"""What the tests of the command line share: a folder to be in, and running a command there."""

import io
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from batchplan.cli.main import main


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


class Terminal(io.TextIOWrapper):
    """Standard input that a person types into."""

    def isatty(self) -> bool:
        """It is a terminal."""
        return True


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in a folder of its own, with files and standard input as given."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "BATCHPLAN_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)

    def call(
        *arguments: str, files: Mapping[str, str] | None = None, stdin: str | bytes = "", typed: bool = False
    ) -> Ran:
        for name, content in (files or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        data = stdin if isinstance(stdin, bytes) else stdin.encode()
        kind = Terminal if typed else io.TextIOWrapper
        monkeypatch.setattr(sys, "stdin", kind(io.BytesIO(data), encoding="utf-8"))
        monkeypatch.setattr(sys, "argv", ["batchplan", *arguments])
        code = main()
        out, err = capsys.readouterr()
        return Ran(code, out, err)

    return call
