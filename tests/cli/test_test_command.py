"""`batchplan test`: configurations tested on an emulator of their own."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from batchplan.backends.local import LocalStore
from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.state.journal import Entry, entry_json

ACCOUNT = (
    "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-render"
    "/providers/Microsoft.Batch/batchAccounts/acmerenderweu"
)
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


def test_validate_reads_test_files(run: Any) -> None:
    """Validation reads test files too, unless it is told not to."""
    files = {"main.batch.hcl": MODULE, "tests/a.batchtest.hcl": 'run "a" {\n  comand = plan\n}\n'}
    ran = run("validate", files=files)
    assert ran.code == 1
    assert "tests/a.batchtest.hcl line 2" in ran.err
    assert run("validate", "-no-tests").code == 0


def test_planning_without_the_lock(run: Any, tmp_path: Path) -> None:
    """A plan without the lock sees what a run has done that may still be going on, and leaves its journal alone."""
    store = LocalStore(tmp_path / "state" / "default")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    gone = Remote("job", ACCOUNT, "gone")
    entry = Entry("done", "s1", "put", parse_address("job.gone"), gone, at, {"name": "gone"})
    asyncio.run(store.append_journal("r1", entry_json(entry)))
    asyncio.run(store.lock("apply"))
    files = {"main.batch.hcl": 'provider "azure" {\n  environment = "emulator"\n}\n' + MODULE}
    assert run("plan", files=files).code == 5
    ran = run("plan", "-lock=false")
    assert (ran.code, ran.err) == (0, "")
    assert asyncio.run(store.read()) is None
    assert list(asyncio.run(store.open_runs())) == ["r1"]
