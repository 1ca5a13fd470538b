"""The page about planning: what it names is what there is."""

import re
from pathlib import Path

import pytest
import typer.main

from batchplan.cli.commands import app
from batchplan.config.provider import SETTINGS
from batchplan.schema.facts import Change
from batchplan.schema.registry import KINDS
from batchplan.schema.shape import Argument, Nested

PAGE = (Path(__file__).resolve().parents[3] / "batchplan" / "docs" / "planning.md").read_text(encoding="utf-8")
CLASSES = re.findall(r"^\| (live|action|reboot|empty|create) \| (.*?) \|", PAGE, re.MULTILINE)
SET_BY_CI = {
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "SYSTEM_OIDCREQUESTURI",
    "SYSTEM_ACCESSTOKEN",
}
"""Variables of CI systems; the page says that they are read, not what they are called."""


@pytest.mark.parametrize("name", SETTINGS)
def test_provider_arguments(name: str) -> None:
    """Every argument of a provider block is in the table, with the variables that stand in for it."""
    row = next(line for line in PAGE.splitlines() if line.startswith("| `") and f"`{name}`" in line.split("|")[1])
    for variable in SETTINGS[name].variables:
        short = variable.startswith("AZURE_") and "the same with `AZURE_`" in row
        assert variable in SET_BY_CI or short or f"`{variable}`" in row


def test_all_classes() -> None:
    """Every class of changes is in the table."""
    assert {word for word, _ in CLASSES} == {one.word for one in Change}


@pytest.mark.parametrize(("word", "examples"), CLASSES, ids=[word for word, _ in CLASSES])
def test_classes(word: str, examples: str) -> None:
    """The fields that stand for a class of changes are of that class."""
    found = re.findall(r"`([a-z_]+)\.([a-z_]+)`", examples)
    assert found
    for kind, field in found:
        shape = KINDS[kind].shape
        member: Argument | Nested = shape.arguments.get(field) or shape.blocks[field]
        assert member.fact.change is not None
        assert member.fact.change.word == word


def test_flags() -> None:
    """Every flag that the page names belongs to a command."""
    group = typer.main.get_command(app)
    known = {"chdir", "help"}
    waiting = [group]
    while waiting:
        command = waiting.pop()
        known |= {one.lstrip("-") for option in command.params for one in (*option.opts, *option.secondary_opts)}
        waiting.extend(getattr(command, "commands", {}).values())
    named = set(re.findall(r"(?<=[ `(])--?([a-z][a-z-]+)(?=[ =`),.]|$)", PAGE, re.MULTILINE))
    assert {"target", "out", "detailed-exitcode"} <= named
    assert named - known == set()
