"""In which order a pool is replaced."""

from collections.abc import Iterator

from batchplan.plan.change import Action
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule(
    "BP8002",
    "Pool is deleted before its successor exists",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.ERROR,
    level=Level.SOFT,
)
def pool_replaced_in_place(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool is deleted before the pool that takes its place is there.

    Why: Running tasks are ended, and queued ones wait for the new nodes to start. When these do not come up, there is
    no way back.

    Instead: Set `replacement { strategy = "blue_green" }`, or leave the block out: the new pool is made and proved
    first, the work is moved, and only then the old pool goes.

    Source: "Azure Batch best practices", Pools: recreate pools with new names and move jobs; deletion of pools.

    Exceptions: pools for development, and quotas that do not hold both pools. Where the pool is read to have no nodes, it
    is a warning.
    """
    if pool.action is not Action.REPLACE:
        raise Inapplicable("it is not replaced")
    if pool.strategy == "recreate":
        yield Finding(
            f"{pool.address} is deleted before its successor exists.",
            "replacement.strategy",
            expected="blue_green",
            actual="recreate",
            remediation='Set strategy = "blue_green" in its replacement block.',
            edit=Edit("replacement.strategy", "blue_green"),
            severity=Severity.WARNING if _empty(pool) else None,
        )


def _empty(pool: Subject) -> bool:
    """Return whether a pool was read to have no nodes, on which tasks could run."""
    counts = [pool.facts.get(f"current_{kind}_nodes") for kind in ("dedicated", "low_priority")]
    return counts == [0, 0]
