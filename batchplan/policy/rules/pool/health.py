"""Pools that are there and are not well."""

from collections.abc import Iterator

from batchplan.plan.change import Action
from batchplan.policy import facts
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.variants import counted

SHARE = Param("share", 20, "Per cent of nodes that may be out of order.")
BROKEN = ("unusable", "starttaskfailed", "offline", "unknown")
ASKED_FOR = frozenset({"ResizeStopped"})
"""Errors of a resize that somebody wanted."""


@rule(
    "BP1001",
    "Pool of the Cloud Services kind",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.ADVISORY,
)
def cloud_services_pool(pool: Subject, see: Scope) -> Iterator[Finding]:
    """The pool that is live is of the Cloud Services kind and is not replaced.

    Why: Since 29 February 2024 such pools can be neither made nor grown. Nodes that they lose do not come back.

    Instead: Let batchplan replace it by a pool with an image, as its configuration says: take `ignore_changes` for the
    image and the size away.

    Source: "Azure Batch best practices", Pools: virtualMachineConfiguration or cloudServiceConfiguration. A
    configuration cannot say cloudServiceConfiguration; a live pool that shows no image is one. Since it is there already
    and a plan that does something else cannot make it worse, the rule advises; `strict` makes it stop.

    Exceptions: pools that are only kept to read what is on them.
    """
    count = pool.fact("current_dedicated_nodes")
    if pool.observed is None or pool.observed.get("image_reference"):
        return
    if pool.action in (Action.REPLACE, Action.DELETE):
        raise Inapplicable("it is replaced")
    ended = facts.retirement("feature", "cloud_service_configuration")
    assert ended is not None, "the table has it"
    over = see.days_until(ended.on) < 0
    yield Finding(
        f"{pool.address} is live as a Cloud Services pool with {counted(count, 'node')}; such pools cannot grow after {ended.on}.",
        "image_reference",
        remediation="Have it replaced by a virtual machine pool: remove ignore_changes for its image and size.",
        severity=Severity.ERROR if over else Severity.WARNING,
    )


@rule(
    "BP1031",
    "Jobs point at a pool that is not well",
    kinds=["pool"],
    phase=Phase.LIVE,
    level=Level.ADVISORY,
    inputs=["nodes", "jobs"],
    params=[SHARE],
)
def unhealthy_job_target(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool with jobs did not get its nodes, or many of them are out of order.

    Why: Tasks wait for nodes that do not come, while those that are out of order are paid for all the same.

    Instead: Point the jobs at another pool first, then repair this one: read the errors, save the nodes' logs, replace
    the pool.

    Source: "Azure Batch best practices", Pools: continuity during pool maintenance and failure; "Check for pool and
    node errors". Errors of an earlier resize are passed over when the pool has the nodes that it wants, and so are
    resizes that were stopped on purpose. Errors of a formula are said by BP1232.
    """
    if not pool.live or pool.remote is None:
        raise Inapplicable("it is not there yet")
    jobs = _jobs(pool, see)
    if not jobs:
        raise Inapplicable("no job points at it")
    who = f"{jobs[0]} points at it" if len(jobs) == 1 else f"{len(jobs)} jobs point at it ({', '.join(jobs[:3])})"
    for error in _resize_errors(pool):
        yield Finding(
            f"{pool.address} did not get its nodes, {error}, and {who}.",
            remediation="Point the jobs at another pool (pool_info.pool_id), then see to the error.",
        )
    nodes = see.live.nodes(pool.remote.id)
    bad = {state: count for state, count in nodes.by_state.items() if state.lower() in BROKEN and count}
    if nodes.total and sum(bad.values()) * 100 > see.param(SHARE) * nodes.total:
        states = ", ".join(f"{count} {state}" for state, count in sorted(bad.items()))
        yield Finding(
            f"{sum(bad.values())} of {nodes.total} nodes of {pool.address} are out of order ({states}), and {who}.",
            remediation="Point the jobs at another pool (pool_info.pool_id), then save the nodes' logs and replace it.",
        )


def _jobs(pool: Subject, see: Scope) -> list[str]:
    declared = [str(job.address) for job in see.jobs_of(pool) if not job.going]
    if declared:
        return declared
    assert pool.remote is not None, "a live pool has a name"
    live = see.live.jobs_on(pool.remote.id)
    return [str(job["name"]) for job in live if str(job.get("state", "active")).lower() == "active"]


def _resize_errors(pool: Subject) -> Iterator[str]:
    wanted, there = (
        sum(int(pool.facts.get(f"{word}_{kind}_nodes") or 0) for kind in ("dedicated", "low_priority"))
        for word in ("target", "current")
    )
    for error in pool.fact("resize_errors"):
        if error["code"] not in ASKED_FOR and there < wanted:
            yield f"{error['code']} with {there} of {wanted}"
