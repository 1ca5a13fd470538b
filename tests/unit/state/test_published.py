"""The published schema of the state is that of the model, and states fit it."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.state.document import Applied, empty, with_outputs, with_resource
from batchplan.state.migrations import read_document
from batchplan.state.model import OutputRecord, OverrideRecord, PrewarmRecord
from batchplan.state.published import PLACE, schema, text
from batchplan.state.rollouts import Marked, disabled_job, with_mark

ROOT = Path(__file__).resolve().parents[3]


def test_the_file_is_up_to_date() -> None:
    """Making the file anew changes nothing."""
    assert (ROOT / PLACE).read_text(encoding="utf-8") == text()


def test_states_fit_the_schema() -> None:
    """A state with everything in it is valid by the published schema, and so is an empty one."""
    document = empty("1.0")
    jsonschema.validate(json.loads(document.model_dump_json()), schema())
    remote = Remote("pool", "/subscriptions/s/x", "p", "")
    made = Applied(parse_address("pool.p"), remote, {"vm_size": "x"}, ("account.a",), datetime(2026, 1, 1, tzinfo=UTC))
    document = with_outputs(with_resource(document, made), {"o": OutputRecord(value=[1], type=["list", "number"])})
    override = OverrideRecord(rule="BP1", reason="r", who="w", when=datetime(2026, 1, 1, tzinfo=UTC))
    rollouts = {"pool.p": with_mark((), Marked("p-2", "p-1", "retired", keep=3600.0), datetime(2026, 1, 1, tzinfo=UTC))}
    disabled = (disabled_job(parse_address("pool.p"), Remote("job", "/subscriptions/s/x", "j", "")),)
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    warm = PrewarmRecord(who="w", since=moment, until=moment, run=moment, dedicated=4, scale={"fixed_scale": {}})
    parts = {"overrides": (override,), "rollouts": rollouts, "disabled_jobs": disabled, "prewarms": {"pool.p": warm}}
    document = document.model_copy(update=parts)
    jsonschema.validate(json.loads(document.model_dump_json()), schema())


def test_a_state_from_before_pools_were_prewarmed() -> None:
    """A document without the newest members is read, and means that there is nothing of them."""
    data = json.loads(empty("1.0").model_dump_json())
    del data["prewarms"]
    assert read_document(data).prewarms == {}


@pytest.mark.parametrize("change", [{"serial": -1}, {"lineage": 3}, {"format_version": 2}, {"extra": True}])
def test_what_is_no_state_does_not(change: dict[str, object]) -> None:
    """The schema refuses what batchplan would refuse to read."""
    data = json.loads(empty("1.0").model_dump_json())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**data, **change}, schema())
