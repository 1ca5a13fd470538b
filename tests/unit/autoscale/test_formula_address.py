"""The commands under `batchplan formula` on objects of the configuration."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from batchplan.cli.formula import app
from batchplan.cli.main import main
from batchplan.core.diagnostics import UserError

HEAD = """\
account "west" {
  resource_group_name = "rg"
  name                = "west"
  location            = "westeurope"
}

variable "most" {
  default = 40
}

locals {
  shared = "$TargetDedicatedNodes = 2;\\n$TargetLowPriorityNodes = nodes;"
}

"""
POOL = """\
pool "transcode" {{
  account_id        = account.west.id
  name              = "transcode"
  vm_size           = "standard_d4s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  {more}

  image_reference {{
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "latest"
  }}
{scale}
}}
"""
HEREDOC = """\
  auto_scale {
    formula = <<-EOT
      most  = ${var.most};
      tasks = max($PendingTasks.GetSample(5 * TimeInterval_Minute));
      $TargetDedicatedNodes = min(most, tasks);
    EOT
  }
"""
WHERE = len(HEAD.splitlines()) + 17  # the line on which the heredoc's second line stands


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that the commands work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, scale: str, more: str = "") -> None:
    """Write a configuration with one pool."""
    (folder / "main.batch.hcl").write_text(HEAD + POOL.format(scale=scale, more=more))


def invoke(*arguments: str) -> tuple[int, str]:
    """The exit code and what was written, standard error included."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.output


def test_check_points_into_the_configuration(folder: Path) -> None:
    """A finding stands where the heredoc stands; the bounds come with cores."""
    write(folder, HEREDOC)
    code, text = invoke("check", "pool.transcode")
    assert code == 0
    assert f"warning AS103  main.batch.hcl:{WHERE}: Window without a guard" in text
    assert f"\n  {WHERE} | tasks = max($PendingTasks" in text
    assert "bounds  $TargetDedicatedNodes in [0, 40]   worst case 160 cores of standardDSv3Family\n" in text


def test_check_json_has_the_place(folder: Path) -> None:
    """The document keeps the formula's own lines, and has the places and the cores besides."""
    write(folder, HEREDOC)
    code, text = invoke("check", "pool.transcode", "--json", "--var", "most=100")
    document = json.loads(text)
    found = next(one for one in document["diagnostics"] if one["code"] == "AS103")
    assert code == 0
    assert found["place"] == {"file": "main.batch.hcl", "line": WHERE}
    assert found["range"]["start"]["line"] == 2
    assert document["worst_case"]["$TargetDedicatedNodes"]["cores"] == 400


def test_a_formula_from_elsewhere_has_its_own_lines(folder: Path) -> None:
    """What a local holds is not written in the block, so its lines are those of the formula."""
    write(folder, "  auto_scale {\n    formula = local.shared\n  }")
    code, text = invoke("check", "pool.transcode")
    assert code == 1
    assert "error AS010  line 2: " in text


def test_a_faulty_formula_is_reported_as_such(folder: Path) -> None:
    """A text that is no formula at all is checked, though the configuration is refused for it."""
    write(folder, '  auto_scale {\n    formula = "$TargetDedicatedNodes = min(2"\n  }')
    code, text = invoke("check", "pool.transcode")
    assert code == 1
    assert f"error AS001  main.batch.hcl:{WHERE - 2}: " in text


def test_other_errors_come_first(folder: Path) -> None:
    """A configuration that is wrong elsewhere is not looked at further."""
    write(folder, HEREDOC, more="vm_sice = 1")
    with pytest.raises(UserError, match="vm_sice"):
        CliRunner().invoke(app, ["check", "pool.transcode"], catch_exceptions=False)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("pool.transcod", 'neither a file nor an object pool.transcod here. Did you mean "pool.transcode"?'),
        ("account.west", "cannot read account.west"),
        ("pool.fixed", "pool.fixed has no formula: there is no auto_scale.formula in it"),
        ("pool.many", 'pool.many has several instances; say which: pool.many["a"], pool.many["b"]'),
    ],
)
def test_no_formula_there(folder: Path, given: str, words: str) -> None:
    """What names no formula is told with what to write instead."""
    fixed = POOL.format(scale="  fixed_scale {\n    target_dedicated_nodes = 1\n  }", more="").replace(
        "transcode", "fixed"
    )
    many = POOL.format(scale=HEREDOC, more='for_each = toset(["a", "b"])').replace('"transcode" {', '"many" {')
    many = many.replace('= "transcode"', "= each.key")
    (folder / "main.batch.hcl").write_text(HEAD + POOL.format(scale=HEREDOC, more="") + fixed + many)
    code, text = invoke("check", given)
    assert code == 1
    assert words in text


def test_a_file_of_that_name_comes_first(folder: Path) -> None:
    """A file can be called as an address looks."""
    write(folder, HEREDOC)
    (folder / "pool.transcode").write_text("$TargetDedicatedNodes = 3;")
    assert "in [3, 3]" in invoke("bounds", "pool.transcode")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("explain", "pool.transcode"), "most is 40."),
        (("bounds", "pool.transcode"), "in [0, 40]   worst case 160 cores of standardDSv3Family"),
        (("eval", "pool.transcode", "--metric", "PendingTasks=7"), "$TargetDedicatedNodes=7"),
        (("diff", "other.txt", "pool.transcode"), "bounds  $TargetDedicatedNodes [3, 3] -> [0, 40]"),
        (("simulate", "pool.transcode", "other.txt", "--tasks", "5", "--span", "2h", "--no-chart"), "pool.transcode"),
    ],
    ids=lambda one: one[0] if isinstance(one, tuple) else "",
)
def test_every_command_takes_an_object(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    """An object stands wherever a file may."""
    write(folder, HEREDOC)
    (folder / "other.txt").write_text("$TargetDedicatedNodes = 3;")
    code, text = invoke(*arguments)
    assert code == 0, text
    assert words in text


def test_the_formula_of_an_auto_pool(folder: Path) -> None:
    """A job's own pool can be scaled by a formula as well."""
    (folder / "main.batch.hcl").write_text(
        HEAD
        + """
job "ingest" {
  account_id = account.west.id
  name       = "ingest"

  pool_info {
    auto_pool_specification {
      pool_lifetime_option = "job"

      pool {
        vm_size             = "standard_d2s_v3"
        enable_auto_scale   = true
        auto_scale_formula  = "$TargetLowPriorityNodes = 4;"

        virtual_machine_configuration {
          node_agent_sku_id = "batch.node.ubuntu 22.04"

          image_reference {
            publisher = "microsoft-dsvm"
            offer     = "ubuntu-hpc"
            sku       = "2204"
            version   = "latest"
          }
        }
      }
    }
  }
}
"""
    )
    code, text = invoke("check", "job.ingest")
    assert code == 0, text
    assert "bounds  $TargetLowPriorityNodes in [4, 4]   worst case 8 low-priority cores" in text


def test_live_quota(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The quota of the account that the object is in stands beside the worst case; it remembers no tasks yet."""
    write(folder, HEREDOC)
    assert main(["apply", "-auto-approve", "-emulator"]) == 0
    capsys.readouterr()
    assert main(["formula", "check", "pool.transcode", "-live", "-emulator"]) == 0
    assert "worst case 160 cores of standardDSv3Family (quota 500)\n" in capsys.readouterr().out
    assert main(["formula", "simulate", "pool.transcode", "-from-account", "pool.transcode", "-emulator"]) == 1
    assert "no task has ended in pool.transcode that it remembers" in capsys.readouterr().err


def test_formula_in_a_plan(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan shows cores beside the quota it read; a new layout alone is no change at all."""
    write(folder, HEREDOC)
    assert main(["apply", "-auto-approve", "-emulator"]) == 0
    capsys.readouterr()
    assert main(["plan", "-emulator", "-var", "most=200"]) == 0
    shown = capsys.readouterr().out
    assert "-> most = 200;\n" in shown
    assert "[0, 40] -> [0, 200]   worst case 160 -> 800 cores of standardDSv3Family (quota 500): more than" in shown
    write(
        folder, HEREDOC.replace("min(most, tasks)", "( min(most,tasks) )").replace("most  =", "// limit\n      most =")
    )
    assert main(["plan", "-emulator", "-detailed-exitcode"]) == 0
    assert capsys.readouterr().out.partition("\nPolicy: ")[0] == (
        "No changes. What is live matches the configuration.\n"
        "  # pool.transcode: auto_scale.formula differs in layout only (cosmetic), so nothing is sent\n"
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("pool.nope", "pool.nope is no account and no pool that the state knows"),
        ("nope", '"nope" is no address'),
        ("/subscriptions/s/resourceGroups/rg", "is neither the id of a Batch account nor that of one of its pools"),
    ],
)
def test_what_nothing_ran_on(folder: Path, capsys: pytest.CaptureFixture[str], given: str, words: str) -> None:
    """A load is recorded by an account or a pool that there is."""
    write(folder, HEREDOC)
    assert main(["formula", "simulate", "pool.transcode", "-from-account", given, "-emulator"]) == 1
    assert words in capsys.readouterr().err


def test_live_needs_an_object(folder: Path) -> None:
    """A file is in no account."""
    (folder / "formula.txt").write_text("$TargetDedicatedNodes = 3;")
    code, text = invoke("check", "formula.txt", "--live")
    assert code == 1
    assert "-live asks for the quota of an account" in text
