"""`batchplan show`: a saved plan, or the state, for people and for programs."""

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from batchplan.backends.local import LocalStore
from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.plan.change import Action, Change, Changes
from batchplan.plan.plan import Plan
from batchplan.plan.planfile import write_plan
from batchplan.state.document import Applied, empty, with_outputs, with_resource
from batchplan.state.model import OutputRecord, StateDocument
from batchplan.state.secrets import new_key

POOL = Remote("pool", "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west", "main-1")


def state() -> StateDocument:
    """Return a state with a pool and an output."""
    applied = Applied(parse_address("pool.main"), POOL, {"vm_size": "standard_d2s_v3"})
    return with_outputs(with_resource(empty("1.0"), applied), {"o": OutputRecord(value="x", type="string")})


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A saved plan."""
    change = Change(parse_address("pool.main"), Action.CREATE, POOL, None, {"vm_size": "standard_d2s_v3"})
    plan = Plan(Changes((change,)), (), "lineage", 1, datetime(2026, 1, 1, tzinfo=UTC))
    (tmp_path / "plan.bpplan").write_bytes(write_plan(plan, new_key()))
    return tmp_path / "plan.bpplan"


def test_the_state(run: Any, tmp_path: Path) -> None:
    """Without a file the state is shown, and before the first apply that there is none."""
    assert "no state yet" in run("show").out
    assert json.loads(run("show", "-json").out) == {"format_version": "1.0"}
    asyncio.run(LocalStore(tmp_path / "state" / "default").write(state()))
    text = run("show").out
    assert 'vm_size = "standard_d2s_v3"' in text
    assert text.endswith('Outputs:\n\no = "x"\n')
    values = json.loads(run("show", "-json").out)["values"]
    assert values["root_module"]["resources"][0]["address"] == "pool.main"


def test_a_state_in_a_file(run: Any) -> None:
    """A file with a state is shown as a state."""
    files = {"old.json": state().model_dump_json()}
    assert "standard_d2s_v3" in run("show", "old.json", files=files).out
    assert "values" in json.loads(run("show", "-json", "old.json").out)


def test_a_saved_plan(run: Any, saved: Path) -> None:
    """A saved plan is shown as plan shows it, or as a document."""
    assert run("show", saved.name).out.startswith("1 pool created\n")
    (change,) = json.loads(run("show", "-json", saved.name).out)["resource_changes"]
    assert change["change"]["actions"] == ["create"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "hello", '{"format_version": 7, "steps": []}'])
def test_neither(run: Any, text: str) -> None:
    """A file that is neither is refused, and so is one that is not there."""
    ran = run("show", "x.json", files={"x.json": text})
    assert (ran.code, ran.out) == (1, "")
    assert "E0511" in ran.err
    assert "E0407" in run("show", "absent").err
