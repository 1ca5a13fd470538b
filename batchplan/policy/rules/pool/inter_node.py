"""Pools whose nodes talk to each other."""

from collections.abc import Iterator

from batchplan.policy import facts
from batchplan.policy.capacity import nodes
from batchplan.policy.home import in_own_subscription, undeclared
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, scale_path, variants


def _connected(pool: Subject, *names: str) -> list[View]:
    found = [
        view
        for view in variants(pool, "inter_node_communication", *names)
        if view.text("inter_node_communication").casefold() == "enabled"
    ]
    if not found:
        raise Inapplicable("its nodes do not talk to each other")
    return found


@rule(
    "BP1004",
    "Inter-node communication that nothing uses",
    kinds=["pool"],
    phase=Phase.LIVE,
    level=Level.ADVISORY,
    inputs=["multi_instance_tasks"],
)
def unused_inter_node_communication(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Nodes may talk to each other, and no task of the pool's jobs runs on more than one node.

    Why: Such pools are placed in one cluster. They are limited in size and get their nodes less reliably.

    Instead: Leave `inter_node_communication` out; the service's default is "Disabled". azurerm enables it unasked.

    Source: "Nodes and pools in Azure Batch"; REST API, Pool: enableInterNodeCommunication.

    Exceptions: pools for programs that talk between nodes without multi-instance tasks.
    """
    _connected(pool)
    if not pool.live or pool.remote is None:
        raise Inapplicable("it is not there yet")
    if see.live.row("multi_instance_tasks", pool.remote.id) == 0:
        yield Finding(
            f"Nodes of {pool.address} may talk to each other, but none of its jobs has a multi-instance task.",
            "inter_node_communication",
            expected="Disabled",
            actual="Enabled",
            remediation="Remove inter_node_communication; batchplan replaces the pool blue-green.",
            edit=Edit("inter_node_communication", None),
        )


@rule("BP1005", "Pool of talking nodes is too large", kinds=["pool"], severity=Severity.ERROR, level=Level.HARD)
def inter_node_pool_too_large(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool whose nodes talk to each other can ask for more nodes than such pools may have.

    Why: The nodes have to fit into one placement. Those beyond the limit are never made
    (CommunicationEnabledPoolReachedMaxVMCount).

    Instead: Use larger nodes, several pools, or no inter-node communication.

    Source: "Batch service quotas and limits": 100 nodes, 80 in a user subscription account. Pages before 2020 say 50.
    """
    for view in _connected(pool, "fixed_scale", "auto_scale", "account_id"):
        yield from _beyond(pool, view, see)


def _beyond(pool: Subject, view: View, see: Scope) -> Iterator[Finding]:
    high = nodes(view).total.high
    most, fewer = (facts.limit(f"nodes_of_inter_node_pool_{mode}") for mode in ("batch_service", "user_subscription"))
    if high is None or high <= fewer:
        return  # that nothing bounds a formula is said by BP1214
    own = in_own_subscription(view, see)
    if own is None and high <= most:
        raise undeclared(view, "allocation mode")
    limit = fewer if own else most
    if high > limit:
        mode = " in a user subscription account" if own else ""
        yield Finding(
            f"{called(pool, view)} can ask for {high} nodes that talk to each other; at most {limit} can{mode}.",
            scale_path(view),
            expected=limit,
            actual=high,
            remediation=f"Ask for at most {limit} nodes, or remove inter_node_communication.",
        )
