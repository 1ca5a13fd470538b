"""Secrets are found nowhere but in what is sent: not in states, plans, journals, output or tracebacks."""

import logging
import re
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from crashing import Crash, Fuse
from lifecycle_driver import Place
from lifecycle_projects import PROJECTS, put

from batchplan.backends.local import LocalStore
from batchplan.cli.main import main

GIVEN = "sEcret-given-8460"
MARK = re.compile(r"s(?i:ecret)-[a-z]+-84\d\d")


class Commands:
    """Runs commands in a folder, and keeps all that they print."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self.capsys = capsys
        self.printed = ""

    def __call__(self, *arguments: str) -> int:
        code = main(arguments)
        told = self.capsys.readouterr()
        self.printed += told.out + told.err
        return code


def files(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield the text of every file that a command has written; the emulator's world is Azure."""
    for path in folder.rglob("*"):
        own = path.is_file() and "emulator" not in path.parts and path.name != "main.batch.hcl"
        if own:
            yield path, path.read_bytes().decode("utf-8", "replace")


def leaks(texts: Sequence[tuple[Any, str]]) -> list[tuple[Any, str]]:
    """Return what is found of the secrets, and where."""
    return [(where, found) for where, text in texts for found in MARK.findall(text)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project that is full of secrets."""
    text = (PROJECTS / "secrets" / "main.batch.hcl").read_text(encoding="utf-8")
    provider = 'provider "azure" {\n  environment = "emulator"\n}\n\n'
    (tmp_path / "main.batch.hcl").write_text(provider + text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BATCHPLAN_VAR_secret", GIVEN)
    return tmp_path


def test_commands_tell_no_secret(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Planning, applying, changing, showing, failing and destroying leave no secret in any file or output."""
    caplog.set_level(logging.DEBUG)
    run = Commands(capsys)
    assert run("plan", "-out", "first.bpplan") == 0
    assert run("plan", "-json") == 0
    assert run("apply", "first.bpplan") == 0
    assert run("plan", "-detailed-exitcode") == 0, run.printed
    assert run("output") == 0
    assert run("state", "pull") == 0
    assert run("state", "show", "pool.main") == 0
    assert leaks([*files(folder), ("output", run.printed)]) == []
    monkeypatch.setenv("BATCHPLAN_VAR_secret", "sEcret-other-8459")
    assert run("plan", "-detailed-exitcode", "-out", "second.bpplan") == 2
    assert run("apply", "-auto-approve", "-json") == 0
    assert run("apply", "second.bpplan") == 4
    path = folder / "main.batch.hcl"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('vm_size           = "standard_d2s_v3"', 'vm_size = "standard_${var.secret}"'))
    assert run("validate") in (0, 1)
    assert run("plan") in (0, 1)
    path.write_text(text.replace("fixed_scale {", "fixed_scale {\n  resize_timeout = var.secret"))
    assert run("plan") == 1
    path.write_text(text.replace("value = var.plain_secret", "value = tonumber(var.plain_secret)", 1))
    assert run("plan") == 1
    path.write_text(text)
    assert run("destroy", "-auto-approve") == 0
    assert leaks([*files(folder), ("output", run.printed), ("log", caplog.text)]) == []


def test_faults_tell_no_secret(place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A run that Azure refuses, and one that is killed, tell no secret in messages, journals and tracebacks."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.chdir(place.folder)
    put(place, "secrets")
    place.variables["secret"] = GIVEN
    place.store = LocalStore(place.folder / "state")
    place.fault(
        method="PUT", path="pools/*", count=1, effect={"kind": "answer", "status": 400, "code": "InvalidPropertyValue"}
    )
    _, applied = place.apply(whole=False)
    told = [one.message for one in applied.result.failed.values()]
    assert told
    for point in (5, 12):
        with pytest.raises(Crash) as caught:
            place.apply(wrapped=Fuse(point).wrapped())
        told += traceback.format_exception(caught.value)
    told += [repr(one) for one in place.events]
    place.apply()
    assert leaks([*files(place.folder), ("told", "\n".join(told)), ("log", caplog.text)]) == []
    sent = str([one["body"] for one in place.requests()])
    assert "login" in sent
