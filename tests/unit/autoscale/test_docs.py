"""The page about formulas says what the code does."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import batchplan
from batchplan.autoscale import check
from batchplan.autoscale.findings import RULES
from batchplan.cli.formula import app

PAGE = (Path(batchplan.__file__).parent / "docs/autoscale.md").read_text(encoding="utf-8")


def test_codes_are_listed() -> None:
    """The table of codes is the table in the code."""
    rows = [line for line in PAGE.splitlines() if line.startswith("| AS")]
    assert rows == [f"| {code} | {rule.name} | {rule.summary} |" for code, rule in sorted(RULES.items())]


@pytest.mark.parametrize("name", [command.name for command in app.registered_commands])
def test_commands_are_listed(name: str | None) -> None:
    """Every command is on the page, and has a help text of its own."""
    name = name or ""
    assert f"\n| `{name} " in PAGE
    assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0


def test_example() -> None:
    """The example on the page is what the command writes."""
    text = "n = 1;\ntasks = max($PendingTasks.GetSample(5 * TimeInterval_Minute));\n$TargetDedicatedNodes = min(40, tasks);"
    (found,) = [finding for finding in check(text).findings if finding.code == "AS103"]
    assert f"warning AS103  line 2: {found.message}\n" in PAGE
    assert f"next: {found.fix}\n" in PAGE
