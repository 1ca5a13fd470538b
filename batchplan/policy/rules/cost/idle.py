"""Nodes that are paid for and do no work."""

from collections.abc import Iterator

from batchplan.policy.capacity import cores_per_node, nodes
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.warm import WARM, is_warm

USELESS = ("unusable", "starttaskfailed", "offline", "unknown")
"""States of nodes that take no tasks until somebody does something about it."""


@rule("BP6001", "Fixed size is paid for day and night", kinds=["pool"], severity=Severity.INFO, params=[WARM])
def nodes_at_all_times(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool has a fixed number of nodes, whether there are tasks or not.

    Why: Every node is billed in whatever state it is. Nobody but the pool's owner releases nodes.

    Instead: Let a formula set the size (`auto_scale`), give short-lived work an auto pool, or set the target to 0 when
    the work is done. Tag pools `warm = "true"` that must answer at once.

    Source: "Azure Batch best practices", Pool lifetime and billing. More than half of public deployments have a fixed
    size, many on purpose: hence only information.

    Exceptions: pools that work day and night.
    """
    fixed = pool.need("fixed_scale")
    count = nodes(pool).total.low
    if not count:
        raise Inapplicable("it has no nodes of its own")
    if not is_warm(pool, see.param(WARM)):
        each = cores_per_node(pool)
        size = f"{count * each} cores" if each else pool.text("vm_size")
        yield Finding(
            f"{pool.address} pays for {count} {'node' if count == 1 else 'nodes'} ({size}) day and night, whether "
            "tasks run or not.",
            fixed.path(),
            actual=count,
            remediation=f'Use auto_scale, or say that it is meant: tags = {{ {see.param(WARM)} = "true" }}.',
        )


@rule(
    "BP6002",
    "Nodes are paid for and do no work",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["nodes", "jobs"],
    params=[WARM],
)
def idle_nodes_paid(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool has nodes that cannot take tasks, or nodes that nobody has tasks for.

    Why: Every node is billed in whatever state it is. A node whose start task failed costs as much as one that works.

    Instead: Remove the nodes, after their logs were collected, and mend the start task; or let the pool shrink.

    Source: "Azure Batch best practices", Pool lifetime and billing; Learn "Check for pool and node errors". How long a
    node has been idle is not told: nodes count as idle when no job names the pool.

    Exceptions: pools that must answer at once, tagged `warm`.
    """
    if not pool.live or pool.remote is None:
        raise Inapplicable("it is not there yet")
    if pool.facts.get("current_dedicated_nodes") == 0 and pool.facts.get("current_low_priority_nodes") == 0:
        raise Inapplicable("it has no nodes")
    found = see.live.nodes(pool.remote.id)
    if not found.total:
        raise Inapplicable("it has no nodes")
    useless = {state: found.by_state[state] for state in USELESS if found.by_state.get(state)}
    if useless:
        told = ", ".join(f"{count} {state}" for state, count in useless.items())
        yield Finding(
            f"{pool.address} pays for {sum(useless.values())} of {found.total} nodes that take no tasks: {told}.",
            actual=sum(useless.values()),
            expected=0,
            remediation="Collect their logs, then reimage or remove them; mend the start task if it failed.",
        )
    idle = found.by_state.get("idle", 0)
    if idle and not _awaited(pool, see):
        yield Finding(
            f"{pool.address} pays for {idle} idle {'node' if idle == 1 else 'nodes'}, and no active job names it.",
            actual=idle,
            expected=0,
            remediation="Set its targets to 0, or let a formula set them.",
        )


def _awaited(pool: Subject, see: Scope) -> bool:
    """Return whether work is there or expected: a job of any sort, or a tag that says so."""
    if see.jobs_of(pool) or is_warm(pool, see.param(WARM)):
        return True
    assert pool.remote is not None, "asked of live pools"
    return any(str(job.get("state", "")).lower() != "completed" for job in see.live.jobs_on(pool.remote.id))
