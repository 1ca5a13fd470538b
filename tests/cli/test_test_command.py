"""`batchplan test`: configurations tested on an emulator of their own."""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

MODULE = """
variable "size" {
  type    = number
  default = 1
}
account "west" {
  name                = "acmerenderweu"
  resource_group_name = "rg-render"
  location            = "westeurope"
}
pool "render" {
  account_id        = account.west.id
  name              = "render"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
    version   = "latest"
  }
  fixed_scale {
    target_dedicated_nodes = var.size
  }
}
output "pool_id" {
  value = pool.render.pool_id
}
"""

TEST = """
run "first" {
  assert {
    condition     = startswith(output.pool_id, "render-")
    error_message = "odd id ${output.pool_id}"
  }
}
run "resized" {
  variables {
    size = 2
  }
  assert {
    condition     = output.pool_id == run.first.pool_id
    error_message = "the pool was replaced"
  }
}
run "empty" {
  command = plan
  variables {
    size = 2
  }
}
"""

WRONG = """
run "wrong" {
  command = plan
  assert {
    condition     = var.size == 9
    error_message = "size is ${var.size}"
  }
}
"""


@pytest.mark.slow
def test_applying(run: Any, tmp_path: Path) -> None:
    """Runs apply one after the other on what the one before left; nothing of it stays."""
    files = {"main.batch.hcl": MODULE, "tests/a.batchtest.hcl": TEST}
    ran = run("test", "-verbose", files=files)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "tests/a.batchtest.hcl"
    assert [line for line in lines if line.startswith('  run "')] == [
        '  run "first"... pass',
        '  run "resized"... pass',
        '  run "empty"... pass',
    ]
    assert "1 account and 1 pool created" in ran.out
    assert ran.out.count("No changes.") == 1, "what was applied is there in the next run"
    assert lines[-1] == "Success! 3 passed, 0 failed."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["main.batch.hcl", "tests"]


def test_failing(run: Any, tmp_path: Path) -> None:
    """A failing assertion ends with 1, and is told to people, to programs and to CI."""
    files = {"main.batch.hcl": MODULE, "tests/a.batchtest.hcl": WRONG, "b.batchtest.hcl": 'run "x" { command = plan }'}
    ran = run("test", "-junit-xml=out.xml", files=files)
    assert ran.code == 1
    assert ran.out.splitlines()[-1] == "Failure! 1 passed, 1 failed."
    for part in ("E0823", 'in run "wrong"', "size is 1", "var.size is 1"):
        assert part in ran.err
    suites = ET.parse(tmp_path / "out.xml").getroot()
    assert [suite.attrib["failures"] for suite in suites] == ["0", "1"]


def test_events(run: Any) -> None:
    """As JSON, each run, file and diagnostic is an event, and the sum is the last."""
    files = {"main.batch.hcl": MODULE, "tests/a.batchtest.hcl": WRONG}
    ran = run("test", "-json", files=files)
    events = [json.loads(line) for line in ran.out.splitlines()]
    assert (ran.code, ran.err) == (1, "")
    assert [event["type"] for event in events] == ["test_run", "diagnostic", "test_file", "test_summary"]
    assert events[0]["test_run"]["status"] == "fail"
    assert events[1]["diagnostic"]["code"] == "E0823"
    assert events[-1]["test_summary"] == {"status": "fail", "passed": 0, "failed": 1, "errored": 0, "skipped": 0}


def test_filters_and_variables(run: Any) -> None:
    """A filter chooses files, and -var gives values that a test does not."""
    files = {"main.batch.hcl": MODULE, "tests/a.batchtest.hcl": WRONG, "tests/b.batchtest.hcl": "run {}"}
    assert run("test", "-filter=tests/a.batchtest.hcl", "-var", "size=9", files=files).code == 0
    assert "E0407" in run("test", "-filter=tests/c.batchtest.hcl").err
    assert "E0302" in run("test").err


def test_nothing_to_test(run: Any) -> None:
    """Where there are no tests that is an error, and says where they would be."""
    ran = run("test", "-test-directory=elsewhere", files={"main.batch.hcl": MODULE, "tests/a.batchtest.hcl": WRONG})
    assert (ran.code, ran.out) == (1, "")
    assert "E0821" in ran.err
    assert "elsewhere" in ran.err
