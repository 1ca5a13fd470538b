"""The page about formulas says what the code does."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import batchplan
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


CONFIGURATION = """\
account "west" {
  resource_group_name = "rg"
  name                = "west"
  location            = "westeurope"
}

pool "transcode" {
  account_id        = account.west.id
  name              = "transcode"
  vm_size           = "standard_d4ds_v5"
  node_agent_sku_id = "batch.node.ubuntu 22.04"

  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "latest"
  }

  auto_scale {
    formula = <<-EOT
      most  = 40;
      tasks = max($PendingTasks.GetSample(5 * TimeInterval_Minute));
      $TargetDedicatedNodes = min(most, tasks);
      $NodeDeallocationOption = taskcompletion;
    EOT
  }
}
"""


def test_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The example on the page is what the command writes."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.batch.hcl").write_text(CONFIGURATION)
    written = CliRunner().invoke(app, ["check", "pool.transcode"]).output
    shown = PAGE.split("$ batchplan formula check pool.transcode\n")[1].split("```")[0]
    assert written == shown
