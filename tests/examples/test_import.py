"""The example that takes over pools which exist: its README's commands, one after the other."""

import json
import runpy
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from batchplan.cli.main import main

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "import"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the example, without what earlier runs of it left, as the current folder."""
    copied = shutil.copytree(EXAMPLE, tmp_path / "import", ignore=shutil.ignore_patterns(".batchplan", "state"))
    (copied / "nightly.batch.hcl").unlink(missing_ok=True)
    monkeypatch.chdir(copied)
    return copied


def commands(readme: Path) -> list[list[str]]:
    """Return the commands of a README: its indented lines."""
    lines = readme.read_text(encoding="utf-8").splitlines()
    return [shlex.split(line) for line in lines if line.startswith("    ")]


def run(words: list[str], monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a command in this process and return its exit code."""
    if words[0] == "python":
        runpy.run_path(words[1], run_name="__main__")
        return 0
    assert words[0] == "batchplan"
    monkeypatch.setattr(sys, "argv", words)
    return main()


def pools(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return the ids in Azure of the pools of the state, by address."""
    capsys.readouterr()
    assert run(["batchplan", "state", "pull"], monkeypatch) == 0
    state = json.loads(capsys.readouterr().out)
    return {one["address"]: one["remote"]["name"] for one in state["resources"]}


def test_commands(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """After each of the two ways to take a pool over nothing is left to do, and both pools are those that there were."""
    for words in commands(folder / "README.md"):
        assert run(words, monkeypatch) == 0, words
    assert pools(capsys, monkeypatch) == {"pool.nightly": "nightly", "pool.render": "render"}


def test_resized_afterwards(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A pool that was taken over is changed like any other, and stays the same pool."""
    for words in commands(folder / "README.md")[:3]:
        assert run(words, monkeypatch) == 0, words
    main_file = folder / "main.batch.hcl"
    text = main_file.read_text(encoding="utf-8")
    assert "target_dedicated_nodes = 2" in text
    main_file.write_text(text.replace("target_dedicated_nodes = 2", "target_dedicated_nodes = 3"), encoding="utf-8")
    assert run(["batchplan", "plan", "-detailed-exitcode"], monkeypatch) == 2
    assert run(["batchplan", "apply", "-auto-approve"], monkeypatch) == 0
    assert run(["batchplan", "plan", "-detailed-exitcode"], monkeypatch) == 0
    assert pools(capsys, monkeypatch) == {"pool.render": "render"}


def test_wrong_id(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """An import block whose id is none ends the plan; no second pool is planned."""
    main_file = folder / "main.batch.hcl"
    text = main_file.read_text(encoding="utf-8")
    assert text.count('"${local.account_id}/pools/render"') == 1
    main_file.write_text(text.replace("${local.account_id}/pools/render", "render"), encoding="utf-8")
    assert run(["batchplan", "plan"], monkeypatch) == 1
    assert "E0504" in capsys.readouterr().err
