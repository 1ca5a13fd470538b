"""Whether a new pool can take the work, and the old one has none left."""

from collections.abc import Iterator
from math import ceil

from batchplan.plan.change import Action
from batchplan.policy.fate import destroyed, listed
from batchplan.policy.live import Nodes
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, default_of, steps_of

_READY = ("idle", "running")
_ENDED = frozenset({"completed", "terminating"})


@rule(
    "BP8003",
    "New pool is not ready",
    kinds=["pool"],
    phase=Phase.APPLY,
    severity=Severity.ERROR,
    level=Level.HARD,
    inputs=["nodes"],
)
def candidate_not_ready(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Work would move to a new pool whose nodes are not usable.

    Why: Allocation fails for want of capacity, start tasks fail on a new image. The old pool works; as long as nothing
    has moved, nothing is lost.

    Instead: Let the rollout end here. The old pool keeps its work, and the new one is kept to look at.

    Source: "Azure Batch best practices", Pool lifetime and billing, Pool allocation failures; the limits are those of
    `replacement.health`.
    """
    if pool.action is not Action.REPLACE or pool.replaced_by is None:
        raise Inapplicable("no new pool takes its place")
    if any(one.type == "Ready" for one in see.steps_on(pool.replaced_by)):
        raise Inapplicable("the plan waits for the new pool's nodes before work moves")
    nodes = see.live.nodes(pool.replaced_by.id)
    for told in _unhealthy(pool, nodes):
        yield Finding(
            f"{pool.replaced_by.name}, the new pool of {pool.address}, is not ready: {told}; nothing was moved.",
            actual=dict(nodes.by_state),
            remediation=f"Look at the nodes, then go on or go back: batchplan rollout abort {pool.address}",
        )


def _unhealthy(pool: Subject, nodes: Nodes) -> Iterator[str]:
    ready = sum(nodes.by_state.get(state, 0) for state in _READY)
    needed = _needed(pool)
    if ready < needed:
        yield f"{ready} of {needed} nodes are usable"
    for state, words, name in (
        ("unusable", "unusable", "max_unusable_nodes"),
        ("starttaskfailed", "failed in the start task", "max_start_task_failures"),
    ):
        count, most = nodes.by_state.get(state, 0), int(_limit(pool, name))
        if count > most:
            yield f"{count} nodes {'are ' if state == 'unusable' else ''}{words}, allowed are {most}"


def _needed(pool: Subject) -> int:
    """Return how many nodes must be usable; a pool that scales itself may have none."""
    asked = str(_limit(pool, "min_ready_nodes"))
    if not asked.endswith("%"):
        return int(asked)
    fixed = pool.block("fixed_scale")
    if fixed is None:
        return 0
    target = fixed.number("target_dedicated_nodes") + fixed.number("target_low_priority_nodes")
    return ceil(target * int(asked[:-1]) / 100)


def _limit(pool: Subject, name: str) -> str | int:
    path = f"replacement.health.{name}"
    found: str | int | None = pool.get(path)
    default: str | int = default_of("pool", tuple(str(one) for one in steps_of(path)))
    return default if found is None else found


@rule(
    "BP8005",
    "Pool is deleted while tasks run on it",
    kinds=["pool"],
    phase=Phase.APPLY,
    severity=Severity.ERROR,
    level=Level.HARD,
    inputs=["nodes", "jobs", "task_counts"],
)
def busy_pool_deleted(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool is about to be deleted on which tasks run or wait, and no step before lets them end.

    Why: Deleting a pool ends the tasks on its nodes; queued tasks of jobs that name it never run.

    Instead: Wait until they have ended or moved; `replacement.drain` says how long, and what happens then.

    Source: "Azure Batch best practices", Pool lifetime and billing: delete the old pool once all tasks have moved.
    """
    if not (destroyed(pool) or pool.action is Action.REPLACE):
        raise Inapplicable("it is not deleted")
    assert pool.remote is not None, "what is replaced or deleted has a name"
    if _drained_first(pool, see):
        raise Inapplicable("its tasks end before it is deleted")
    running = see.live.nodes(pool.remote.id).by_state.get("running", 0)
    if running:
        yield _busy(pool, f"{running} of its nodes run tasks", running)
    waiting = []
    for row in see.live.jobs_on(pool.remote.id):
        if row.get("schedule") is True or str(row.get("state", "")).lower() in _ENDED:
            continue
        counts = see.live.task_counts(f"{pool.remote.account_id}/jobs/{row['name']}")
        left = counts.get("active", 0) + counts.get("running", 0)
        if left:
            waiting.append(f"{row['name']} ({left})")
    if waiting:
        yield _busy(pool, f"tasks are left in {listed(waiting)}", len(waiting))


_DRAINING = frozenset({"MoveWork", "Resize", "Steady"})
"""Steps before a deletion that end when the tasks have ended."""


def _drained_first(pool: Subject, see: Scope) -> bool:
    """Return whether steps let the tasks end before the pool is deleted; without deletion the rule does not apply."""
    assert pool.remote is not None, "what is replaced or deleted has a name"
    types = [one.type for one in see.steps_on(pool.remote)]
    if "Delete" not in types:
        raise Inapplicable("no step deletes it")
    return not _DRAINING.isdisjoint(types[: types.index("Delete")])


def _busy(pool: Subject, what: str, count: int) -> Finding:
    return Finding(
        f"{pool.address} is deleted, but {what}.",
        actual=count,
        expected=0,
        remediation="Wait until they have ended, or move their jobs: then apply again.",
    )
