"""How nodes and the service talk to each other."""

from collections.abc import Iterator

from batchplan.plan.change import Action
from batchplan.policy import facts
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

_CLASSIC = "classic"


@rule(
    "BP2101",
    "Classic node communication",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.ADVISORY,
)
def classic_communication(pool: Subject, see: Scope) -> Iterator[Finding]:
    """The nodes of a pool talk to the service in the classic way, which ends on 31 March 2026.

    Why: In the classic way the service calls the nodes, which needs open ports, and nodes need storage to work at all.
    After the end the service does not honour it any more; later features need the simplified way.

    Instead: Replace the pool, or resize it to zero and back: nodes that are made now talk in the simplified way.

    Source: "Azure Batch best practices", Pools: node communication mode; Learn, "Migrate to the simplified compute node
    communication model". The API of 2025-06-01 has no field for it any more, so the mode is that of pools which were
    read with an earlier one. Such a pool is there already, and a plan that does something else cannot make it worse:
    the rule advises, and `strict` makes it stop.
    """
    if pool.action in (Action.REPLACE, Action.DELETE):
        raise Inapplicable("its nodes go")
    mode = str(pool.fact("current_node_communication_mode")).lower()
    if mode != _CLASSIC:
        return
    end = facts.retirement("feature", "classic_node_communication")
    assert end is not None, "the table has it"
    left = see.days_until(end.on)
    yield Finding(
        f"{pool.address} uses classic node communication, which "
        f"{f'ends on {end.on} ({left} days)' if left >= 0 else f'ended on {end.on}'}.",
        actual="Classic",
        expected="Simplified",
        remediation=f"Replace it: batchplan plan -replace={pool.address}",
        severity=Severity.WARNING if left >= 0 else Severity.ERROR,
    )


@rule(
    "BP2103",
    "Communication mode has not taken effect",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def communication_mode_differs(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool was told another way of node communication than its nodes use.

    Why: A change of the mode counts for nodes that are made when the pool has none. Until then the rules of the network
    have to let both ways through.

    Instead: Resize the pool to zero and back, or replace it.

    Source: Learn, "Use simplified compute node communication", 2025-03. The API of 2025-06-01 tells neither mode; the rule
    is for pools that were read with an earlier one.
    """
    if pool.action in (Action.REPLACE, Action.DELETE):
        raise Inapplicable("its nodes go")
    target = str(pool.fact("target_node_communication_mode")).lower()
    if target == "default":
        raise Inapplicable("the service chooses the mode")
    current = str(pool.fact("current_node_communication_mode")).lower()
    if target != current:
        yield Finding(
            f"{pool.address} was told to use {target} node communication, and its nodes use {current}.",
            actual=current,
            expected=target,
            remediation=f"Resize it to zero and back, or replace it: batchplan plan -replace={pool.address}",
        )
