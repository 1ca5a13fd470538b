"""Changes of a pool that stays, and what they mean for the nodes it has."""

from collections.abc import Iterator

from batchplan.plan.change import Action, FieldChange
from batchplan.policy.fate import counted, listed, node_count
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.schema.document import path_text


@rule(
    "BP8007", "Change needs an empty pool", kinds=["pool"], phase=Phase.PLAN, severity=Severity.ERROR, level=Level.SOFT
)
def change_refused_with_nodes(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool that has nodes is patched in place with what the service takes only while a pool is empty.

    Why: The service answers PropertyCannotBeUpdated. Only application packages, metadata, scale settings and the start
    task can change while there are nodes.

    Instead: Let the pool be replaced blue-green, which is the default, or set
    `replacement { strategy = "drain_and_patch" }`.

    Source: Learn, "Update Batch pool properties", 2025-04-02. "Azure Batch best practices" has pools made anew instead.
    """
    wanted = [one for one in _patched(pool) if one.mutability in ("empty", "create") and one.path[0] != "identity"]
    if not wanted:
        return
    nodes = node_count(pool)
    if nodes:
        names = [path_text(one.path) for one in wanted]
        yield Finding(
            f"{pool.address} has {nodes} nodes, and {listed(names)} can change only while it has none.",
            names[0],
            actual=nodes,
            expected=0,
            remediation='Leave replacement.strategy out, or set strategy = "drain_and_patch".',
        )


@rule(
    "BP8008",
    "Nodes keep the old value until they are rebooted",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def change_waits_for_reboot(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A start task or application packages change, and the nodes that are there keep the old ones.

    Why: Nodes take both up when they start. Until they are rebooted or reimaged, old and new nodes of one pool differ,
    and tasks behave as the node that they happen to land on.

    Instead: Have batchplan reboot the nodes in turn: `replacement { rolling_reboot {} }`. Or replace the pool.

    Source: Learn, "Update Batch pool properties", 2025-04-02.

    Exceptions: pools that scale to zero every day.
    """
    late = [one for one in _patched(pool) if one.mutability == "reboot"]
    if not late or pool.has("replacement.rolling_reboot"):
        return
    nodes = node_count(pool)
    if nodes:
        names = list(dict.fromkeys(str(one.path[0]) for one in late))
        yield Finding(
            f"{nodes} nodes of {pool.address} keep the old {listed(names)} until they are rebooted.",
            names[0],
            actual=nodes,
            remediation="replacement { rolling_reboot {} }",
        )


@rule(
    "BP8009",
    "Identity changes while there are nodes",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def identity_differs_between_nodes(pool: Subject, _: Scope) -> Iterator[Finding]:
    """The identity of a pool is patched in place while it has nodes.

    Why: The service takes it, but only nodes that are made later have the new identity. Some tasks can then read a
    storage account or a registry, and others cannot.

    Instead: Let the pool be replaced blue-green, which is the default, or emptied first.

    Source: Learn, "Configure managed identities in Batch pools"; "Update Batch pool properties", 2025-04-02.
    """
    changed = [one for one in _patched(pool) if one.path[0] == "identity"]
    if not changed:
        return
    nodes = node_count(pool)
    if nodes:
        yield Finding(
            f"{nodes} nodes of {pool.address} keep the old identity, and new ones get the new one.",
            "identity",
            actual=nodes,
            expected=0,
            remediation='Set replacement { strategy = "drain_and_patch" }, or replace the pool: -replace.',
            edit=Edit("replacement.strategy", "drain_and_patch"),
        )


def _patched(pool: Subject) -> tuple[FieldChange, ...]:
    """Return what is patched in a pool that stays and is not emptied first; else the rule does not apply."""
    if pool.action is not Action.UPDATE:
        raise Inapplicable("it is not changed in place")
    if pool.strategy == "drain_and_patch":
        raise Inapplicable("it is emptied first")
    return counted(pool)
