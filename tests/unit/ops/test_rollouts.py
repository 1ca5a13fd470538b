"""Commands about rollouts: which make sense in which state."""

from datetime import UTC, datetime

import pytest

from batchplan.core.address import CANDIDATE, RETIRED, parse_address
from batchplan.core.diagnostics import UserError
from batchplan.core.remote import Remote
from batchplan.ops.rollouts import checked
from batchplan.plan.rolling import Verb
from batchplan.state.document import Applied, empty, with_resource
from batchplan.state.model import StateDocument
from batchplan.state.rollouts import Marked, with_mark

POOL = parse_address("pool.render")
ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def state(*marks: tuple[str, str, str], kept: bool = True, candidate: str = "") -> StateDocument:
    """Return a state with a pool, `kept` with the one before, and rollouts as (candidate, previous, phase)."""
    document = with_resource(empty("0"), Applied(POOL, Remote("pool", ACCOUNT, "render-2"), {"name": "render"}))
    if kept:
        old = Applied(POOL.part(RETIRED, "render-1"), Remote("pool", ACCOUNT, "render-1"), {"name": "render"})
        document = with_resource(document, old)
    if candidate:
        new = Applied(POOL.part(CANDIDATE, candidate), Remote("pool", ACCOUNT, candidate), {"name": "render"})
        document = with_resource(document, new)
    listed = ()
    for mark in marks:
        listed = with_mark(listed, Marked(*mark), NOW)
    return document.model_copy(update={"rollouts": {str(POOL): listed}})


CASES = [
    ("promote", state(("render-3", "render-2", "waiting"), candidate="render-3"), None),
    ("promote", state(("render-2", "render-1", "promoted")), "is promoted already"),
    ("promote", state(("render-2", "render-1", "retired")), "No rollout of pool.render is under way"),
    ("abort", state(("render-2", "render-1", "promoted")), None),
    ("abort", state(("render-2", "render-1", "retired")), "batchplan rollout undo pool.render"),
    ("undo", state(("render-2", "render-1", "retired")), None),
    ("undo", state(kept=False), "no retired pool any more"),
    ("undo", state(("render-1", "render-2", "undone"), ("render-2", "render-1", "promoted")), "taken back to render-2"),
    ("collect", state(("render-2", "render-1", "retired")), None),
]


@pytest.mark.parametrize(("verb", "document", "refused"), CASES)
def test_what_makes_sense(verb: Verb, document: StateDocument, refused: str | None) -> None:
    """A command that fits the phase is planned, another one says why not and what to type."""
    if refused is None:
        assert checked(document, verb, [POOL]).pools == (POOL,)
        return
    with pytest.raises(UserError) as caught:
        checked(document, verb, [POOL])
    assert refused in caught.value.diagnostics[0].detail


def test_a_pool_that_nobody_knows() -> None:
    """An address that the state does not have is named."""
    with pytest.raises(UserError) as caught:
        checked(state(), "undo", [parse_address("pool.nope")])
    assert "pool.nope" in caught.value.diagnostics[0].detail
