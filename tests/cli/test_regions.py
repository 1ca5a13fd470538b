"""The commands of regions as people type them: what they print, and their exit codes."""

import json
import shutil
from pathlib import Path

import pytest

from batchplan.cli.main import main

PROJECT = Path(__file__).resolve().parents[1] / "lifecycle" / "projects" / "regions" / "main.batch.hcl"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A pool with a backup, applied on a private emulator."""
    shutil.copy(PROJECT, tmp_path / "main.batch.hcl")
    (tmp_path / "tool.zip").write_bytes(b"PK")
    monkeypatch.chdir(tmp_path)
    assert main(["apply", "-auto-approve", "-emulator"]) == 0
    capsys.readouterr()
    return tmp_path


def test_there_and_back(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The plan is shown first and asks; then the work moves, the plan says where it is, and it returns."""
    assert main(["failover", "pool.render", "-to", "north", "-emulator"]) == 1
    shown = capsys.readouterr()
    assert shown.out.startswith("1 pool, 2 schedules move to northeurope")
    assert "E0714" in shown.err
    assert main(["failover", "pool.render", "-to=north", "-reason", "the flood", "-auto-approve", "-emulator"]) == 0
    assert "pool.render is active in northeurope.\nTo return: batchplan failback pool.render" in capsys.readouterr().out
    assert main(["plan", "-detailed-exitcode", "-emulator"]) == 0
    assert "active in north since" in (shown := capsys.readouterr().out)
    assert ": the flood" in shown
    assert main(["status", "-json", "-emulator"]) == 0
    assert json.loads(capsys.readouterr().out)["pools"][0]["active_in"] == "northeurope"
    assert main(["failback", "pool.render", "-json", "-auto-approve", "-emulator"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["type"] for one in events} >= {"planned_change", "apply_complete", "change_summary"}
    assert main(["failback", "pool.render", "-auto-approve", "-emulator"]) == 0
    assert "Nothing is left to do." in capsys.readouterr().out


def test_a_saved_failover(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is done by apply as it was shown, once; another that has been overtaken by it is refused."""
    for name in ("first", "second"):
        assert main(["failover", "pool.render", "-to", "north", "-out", f"{name}.bpplan", "-emulator"]) == 0
        assert f"Saved; nothing was moved. To do exactly this: batchplan apply {name}.bpplan" in capsys.readouterr().out
    assert main(["apply", "first.bpplan", "-auto-approve", "-emulator"]) == 0
    capsys.readouterr()
    assert main(["status", "-json", "-emulator"]) == 0
    (pool,) = json.loads(capsys.readouterr().out)["pools"]
    assert (pool["active_in"], pool["elsewhere"]) == ("northeurope", [])
    assert main(["plan", "-detailed-exitcode", "-emulator"]) == 0
    assert main(["apply", "second.bpplan", "-auto-approve", "-emulator"]) == 4
    assert main(["failback", "pool.render", "-resubmit", "-out", "x.bpplan", "-emulator"]) == 1
    assert "cannot be saved for later" in capsys.readouterr().err


def test_settling(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While nothing is owed it says so; it takes no flag of a move."""
    assert main(["failover", "-settle", "-emulator"]) == 0
    assert capsys.readouterr().out == "Nothing is owed anywhere.\n"
    assert main(["failover", "-settle", "-to", "north", "-emulator"]) == 1
    assert "moves nothing" in capsys.readouterr().err


def test_wrong_usage(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither a pool nor a region, or both, is no failover; a region without pools, and a wrong key, are told."""
    assert main(["failover", "-emulator"]) == 1
    assert "name pools, or with -region" in capsys.readouterr().err
    assert main(["failover", "-region", "swedencentral", "-emulator"]) == 1
    assert "E0502" in capsys.readouterr().err
    assert main(["failover", "pool.render", "-to", "nroth", "-emulator"]) == 1
    assert "Did you mean" in capsys.readouterr().err


def test_drill_and_prewarm(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A drill passes and is dated; long before a run there is nothing to get ready."""
    assert main(["drill", "pool.render", "-json", "-emulator"]) == 0
    assert json.loads(capsys.readouterr().out)["lost"] == 0
    assert main(["prewarm", "job_schedule.nightly", "-before", "5m", "-emulator"]) == 0
    assert "It is too early" in capsys.readouterr().out
    assert main(["prewarm", "job_schedule.nightly", "-before", "2h", "-nodes", "4", "-emulator"]) == 0
    assert "4 nodes are ready for the run at" in capsys.readouterr().out
    assert main(["prewarm", "job_schedule.nightyl", "-emulator"]) == 1
    assert "E0502" in capsys.readouterr().err


def test_the_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The example does what its README says."""
    example = Path(__file__).resolve().parents[2] / "examples" / "multi-region"
    shutil.copytree(example, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    lines = [line.split()[1:] for line in (example / "README.md").read_text().splitlines() if line.startswith("    ")]
    assert len(lines) > 5
    for line in lines:
        capsys.readouterr()
        asks = line[0] in ("failover", "failback")
        assert main([*line, "-auto-approve"] if asks else line) == 0, line
        shown = capsys.readouterr()
        assert shown.err == "", line
        if line[0] == "plan":
            assert "No changes." in shown.out
            assert "active in north since" in shown.out


POLICIES = """
policy "pools_keep_their_size" {
  id          = "ACME0001"
  severity    = "error"
  level       = "soft"
  for_each    = plan.changes.pool
  when        = each.action == "update"
  assert      = length([for one in each.fields : one if startswith(one.path, "fixed_scale")]) == 0
  message     = "${each.address} gets another size."
  remediation = "Leave it."

  test "metadata" {
    input   = { address = "pool.x", action = "update", fields = [{ path = "metadata" }] }
    expect  = "pass"
  }
}

policy "pools_are_named_well" {
  id          = "ACME0002"
  severity    = "error"
  level       = "soft"
  for_each    = resources.pool
  assert      = each.name == "another"
  message     = "${each.address} has another name."
  remediation = "Rename it."

  test "another" {
    input   = { address = "pool.x", name = "another" }
    expect  = "pass"
  }
}
"""


def test_policy(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What a move causes stops it with 3, as in apply, and can be accepted with a reason; what was so before does not."""
    (project / "policy.batch.hcl").write_text(POLICIES, encoding="utf-8")
    move = ["failover", "pool.render", "-to", "north", "-auto-approve", "-emulator"]
    assert main(move) == 3
    shown = capsys.readouterr()
    assert "refused ACME0001  pool.render gets another size." in shown.out
    assert "ACME0002" not in shown.out + shown.err
    assert main(["status", "-json", "-emulator"]) == 0
    assert json.loads(capsys.readouterr().out)["pools"][0]["active_in"] == "westeurope"
    assert main([*move, "-keep-primary", "-out", "kept.bpplan"]) == 0
    assert "ACME0001" not in capsys.readouterr().out
    assert main(["failover", "pool.render", "-to", "north", "-out", "moved.bpplan", "-emulator"]) == 0
    assert main(["apply", "moved.bpplan", "-auto-approve", "-emulator"]) == 3
    assert "ACME0002" not in capsys.readouterr().err
    assert main([*move, "-override", "ACME0001"]) == 1
    assert main([*move, "-override", "ACME0001", "-reason", "the flood"]) == 0
    capsys.readouterr()
    assert main(["state", "pull"]) == 0
    state = json.loads(capsys.readouterr().out)
    assert [(one["rule"], one["reason"]) for one in state["overrides"]] == [("ACME0001", "the flood")]
    assert state["active_regions"]["pool.render"]["why"] == "the flood"
    assert main(["failback", "pool.render", "-auto-approve", "-emulator"]) == 3
    assert main([*move, "-reason", "one", "-reason", "two"]) == 1
