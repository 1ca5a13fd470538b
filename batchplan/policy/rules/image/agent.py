"""How old the node agents of a pool are."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache

from batchplan.policy import facts
from batchplan.policy.live import moment
from batchplan.policy.model import Finding, Inapplicable, Level, NotLooked, Param, Phase
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

DAYS = Param("days", 60, "For how many days a newer agent may have been there.")
NODE_DAYS = Param("days", 60, "How old the oldest node may be.")

Version = tuple[int, ...]


def _version(text: str) -> Version:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())


@cache
def _releases() -> Mapping[Version, tuple[str, date]]:
    """Return the releases that are known, by version, oldest first."""
    rows = [(row["version"], date.fromisoformat(row["released"])) for row in facts.rows("node_agents")]
    return {_version(name): (name, day) for name, day in sorted(rows, key=lambda one: _version(one[0]))}


def _live_id(pool: Subject) -> str:
    if not pool.live or pool.remote is None:
        raise Inapplicable("it is not there yet")
    return pool.remote.id


@rule(
    "BP1112",
    "Node agent is outdated",
    kinds=["pool"],
    phase=Phase.LIVE,
    level=Level.ADVISORY,
    inputs=["nodes"],
    params=[DAYS],
)
def outdated_node_agent(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Nodes run an agent for which there has been a newer release for long.

    Why: An agent is not updated while the pool has nodes. Fixes of its security and of lost tasks do not arrive.

    Instead: Resize the pool to zero and back, or have it replaced: `replacement { max_node_agent_age = "P60D" }`. Save
    the nodes' logs first when something is to be examined.

    Source: "Azure Batch best practices", Pools: Batch node agent updates; the agent's change log, which names the day
    on which a release begins to roll out; Azure Advisor, old node agents.
    """
    nodes = see.live.nodes(_live_id(pool))
    agents = nodes.agents
    if not nodes.total:
        raise Inapplicable("it has no nodes")
    if not agents:
        raise NotLooked(f"the agents of {pool.address} were not read")
    known = [(version, *told) for version, told in _releases().items() if told[1] <= see.as_of]
    behind: dict[str, int] = {}
    for name, count in agents.items():
        newer = next((day for version, _, day in known if version > _version(name)), None)
        if newer is not None and -see.days_until(newer) > see.param(DAYS):
            behind[name] = count
    if behind:
        _, newest, day = known[-1]
        yield Finding(
            f"{sum(behind.values())} of {sum(agents.values())} nodes of {pool.address} run node agent "
            f"{', '.join(sorted(behind, key=_version))}; {newest} has been rolling out since {day}.",
            expected=newest,
            actual=min(behind, key=_version),
            remediation='Resize the pool to zero and back, or set replacement { max_node_agent_age = "P60D" }.',
        )


@rule(
    "BP1113",
    "Pool has not been empty for long",
    kinds=["pool"],
    phase=Phase.LIVE,
    level=Level.ADVISORY,
    inputs=["nodes"],
    params=[NODE_DAYS],
)
def never_empty(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool has had nodes for so long that neither their agent nor anything else of Batch's on them was updated.

    Why: Batch updates its parts when a pool is empty or new. A node of long ago proves that it was neither.

    Instead: Let the formula come to zero once a week, or have the pool replaced: `replacement { max_age = "P60D" }`.

    Source: "Azure Batch best practices", Pools: Batch node agent updates; Azure Advisor, deprecated components.
    """
    row = see.live.row("nodes", _live_id(pool))
    if not any(row.get("by_state", {}).values()):
        raise Inapplicable("it has no nodes")
    oldest = moment(row.get("oldest_allocation"))
    if oldest is None:
        raise NotLooked(f"when the nodes of {pool.address} were allocated was not read")
    days = -see.days_until(oldest)
    if days > see.param(NODE_DAYS):
        yield Finding(
            f"{pool.address} has had nodes for {days} days without a break, since {oldest:%Y-%m-%d}.",
            expected=see.param(NODE_DAYS),
            actual=days,
            remediation='Resize it to zero and back, or set replacement { max_age = "P60D" }.',
        )
