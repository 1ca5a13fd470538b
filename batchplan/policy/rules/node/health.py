"""Nodes that do not work."""

from collections.abc import Iterator

from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

_UNHEALTHY = {
    "unusable": "unusable",
    "starttaskfailed": "with a failed start task",
    "offline": "offline",
    "unknown": "not heard of",
}
_NAMED = 3


@rule(
    "BP1318",
    "Nodes do not take tasks",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["nodes"],
)
def nodes_unhealthy(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Nodes of a pool are unusable, offline, or failed in their start task.

    Why: They take no tasks and are billed like the others. Those whose start task or packages failed do not recover.

    Instead: Collect the agent's logs while the nodes are there, mend the start task, and reimage or remove the nodes.

    Source: Learn, "Check for pool and node errors"; "Azure Batch best practices", Nodes: collect Batch agent logs, and
    Pools: pool efficiency and billing.

    Exceptions: Spot nodes are unusable for a moment before they are preempted.
    """
    if not pool.live or pool.remote is None:
        raise Inapplicable("it is not there yet")
    nodes = see.live.nodes(pool.remote.id)
    states = {name.lower(): count for name, count in nodes.by_state.items()}
    bad = {name: states[name] for name in _UNHEALTHY if states.get(name)}
    if bad:
        names = [str(one["node"]) for one in nodes.listed or () if "node" in one]
        listed = f" ({', '.join(names[:_NAMED])}{', …' if len(names) > _NAMED else ''})" if names else ""
        parts = ", ".join(f"{count} {_UNHEALTHY[name]}" for name, count in bad.items())
        yield Finding(
            f"{pool.address} has {nodes.total} nodes, of which {parts}{listed}; all are billed.",
            "start_task" if "starttaskfailed" in bad else "",
            actual=bad,
            remediation="az batch node service-logs upload, then az batch node reimage or az batch node delete.",
        )
