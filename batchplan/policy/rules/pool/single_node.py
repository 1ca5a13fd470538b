"""Pools that depend on one node, or on nodes that Azure takes back."""

from collections.abc import Iterator

from batchplan.policy.capacity import Span, nodes
from batchplan.policy.hints import environment, hint
from batchplan.policy.model import Finding, Inapplicable, Level, Param
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, scale_path, variants

TAGS: Param[tuple[str, ...]] = Param(
    "tags", ("environment", "env"), "Tags of pools and accounts that name the environment."
)
PLAIN: Param[tuple[str, ...]] = Param(
    "plain", ("dev", "development", "test", "demo", "sandbox", "lab"), "Environments in which one node is enough."
)
PRODUCTION: Param[tuple[str, ...]] = Param(
    "production", ("production", "prod", "prd", "live"), "Environments that have to go on."
)
PROGRESS = Param("progress", "progress", 'The tag that says "guaranteed" where work must never stand still.')


@rule("BP1002", "Pool with a single node", kinds=["pool"], level=Level.ADVISORY, params=[TAGS, PLAIN, PROGRESS])
def single_node(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool never has more than one node, or may have fewer than two where progress is to be guaranteed.

    Why: A node can fail, be moved or be updated at any time. While the only one is away, nothing runs.

    Instead: Let the pool have two nodes or more. Where one is right, say what the pool is for: the tag
    `environment = "dev"` ends the finding. The tag `progress = "guaranteed"` asks for two nodes at all times.

    Source: "Azure Batch best practices", Pools: multiple compute nodes.

    Exceptions: nodes that hold a job manager or a licence. A pool of no nodes is sized by somebody else and is not
    looked at.
    """
    spans = [(view, nodes(view).total) for view in variants(pool, "fixed_scale", "auto_scale")]
    if environment(pool, see, see.param(TAGS)) in see.param(PLAIN):
        raise Inapplicable("it is for an environment in which one node is enough")
    guaranteed = hint(pool, see.param(PROGRESS)).casefold() == "guaranteed"
    if all(span.high == 0 for _, span in spans) and not guaranteed:
        raise Inapplicable("it has no nodes of its own")
    for view, span in spans:
        if span.high == 1:
            yield _finding(pool, view, span, "never has more than one node: while that is away, nothing runs")
        elif guaranteed and span.low < 2:
            yield _finding(pool, view, span, f"is to guarantee progress and can have as few as {span.low} nodes")


def _finding(pool: Subject, view: View, span: Span, what: str) -> Finding:
    return Finding(
        f"{called(pool, view)} {what}.",
        scale_path(view),
        expected=2,
        actual=span.low,
        remediation='Let it have 2 nodes or more, or set tags = { environment = "dev" } where one is enough.',
    )


@rule("BP1003", "Production pool of Spot nodes only", kinds=["pool"], level=Level.ADVISORY, params=[TAGS, PRODUCTION])
def spot_only_in_production(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool for production has no dedicated nodes, only such as Azure can take back.

    Why: Spot nodes go whenever Azure needs them, all of a size at once, and may not come back for days.

    Instead: Keep a few dedicated nodes beside them, or a backup pool of another size.

    Source: "Use Spot VMs with Batch workloads": patterns with a dedicated baseline.

    Exceptions: work that nobody waits for. Pools without a tag that names their environment are not looked at.
    """
    if environment(pool, see, see.param(TAGS)) not in see.param(PRODUCTION):
        raise Inapplicable("no tag says that it is for production")
    for view in variants(pool, "fixed_scale", "auto_scale"):
        span = nodes(view)
        if span.dedicated.high == 0 and span.spot.high != 0:
            yield Finding(
                f"{called(pool, view)} is for production and has no dedicated nodes, only Spot nodes.",
                scale_path(view),
                remediation="Keep at least one dedicated node, or add a backup block with another size.",
            )
