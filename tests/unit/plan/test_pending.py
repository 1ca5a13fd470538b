"""Settings that plans do not act on are told of, and no others."""

from typing import Any

import pytest

from batchplan.core.address import parse_address
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote
from batchplan.plan.desired import DesiredObject
from batchplan.plan.pending import PENDING, warn_of_pending
from batchplan.schema.replacement import Replacement
from batchplan.schema.shape import shape_of

ACTED_ON = {
    "strategy": "recreate",
    "running_tasks": "wait",
    "drain": {"timeout": "PT1H"},
    "health": {"timeout": "PT1H"},
}


def told(replacement: Any) -> list[str]:
    """Return the warnings for a pool with such a block."""
    remote = Remote("pool", "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/a", "p")
    found = Diagnostics()
    warn_of_pending([DesiredObject(parse_address("pool.p"), remote, {"replacement": replacement})], found)
    assert not found.has_errors
    return [str(one) for one in found]


def test_what_is_acted_on_is_not_told() -> None:
    """The settings that strategies read give no warning, nor does a pool without the block."""
    assert told(ACTED_ON) == []
    assert told(None) == []


@pytest.mark.parametrize("path", PENDING, ids=".".join)
def test_each_is_told(path: tuple[str, ...]) -> None:
    """Each setting is there in the schema, and is told by its name."""
    shape = shape_of(Replacement)
    for name in path:
        member = shape.member(name)
        assert member is not None
        shape = getattr(member, "shape", shape)
    block: Any = "given"
    for name in reversed(path):
        block = {name: block}
    (warning,) = told(block)
    assert f"replacement.{'.'.join(path)} is kept and has no effect" in warning
