"""What a run that failed is told to do next."""

import pytest

from batchplan.apply.events import StepFailure
from batchplan.apply.executor import RunResult
from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.plan.step import Gone, Ready, Steady, Step
from batchplan.report.failures import run_diagnostics

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"


def step_of(kind: type[Step], address: str) -> Step:
    """Return a wait about a pool."""
    return kind(id="one", address=parse_address(address), remote=Remote("pool", ACCOUNT, "r-1"), timeout=60.0)


@pytest.mark.parametrize(
    ("kind", "address", "told"),
    [
        (Steady, "pool.render", "have the quota raised, or choose another vm_size"),
        (Ready, "pool.render", "batchplan apply -replace=pool.render\n"),
        (Ready, 'pool.render["eu"]', "batchplan apply '-replace=pool.render[\"eu\"]'\n"),
        (Ready, 'pool.render.candidate["r-1"]', "batchplan rollout abort pool.render"),
        (Ready, 'pool.render.retired["r-1"]', "batchplan rollout status pool.render"),
    ],
)
def test_a_closed_gate_says_what_to_do(kind: type[Step], address: str, told: str) -> None:
    """Nodes that did not come, and nodes that cannot be used, need different things."""
    result = RunResult(failed={"one": StepFailure("0 of 2 nodes ready", gate=True)})
    (found,) = run_diagnostics(result, [step_of(kind, address)])
    assert found.code.id == "E0712"
    assert told in found.detail


def test_other_gates_say_nothing_more() -> None:
    """What is not about nodes has no advice about them."""
    result = RunResult(failed={"one": StepFailure("it is still there", gate=True)})
    (found,) = run_diagnostics(result, [step_of(Gone, "pool.render")])
    assert found.detail.endswith(": it is still there")
