"""What runs in an account, as rules look at it: nodes, jobs, tasks. Most of it by list, a little by single looks."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from batchplan.core.remote import Remote
from batchplan.plan.change import Action
from batchplan.plan.naming import smoke_prefix
from batchplan.plan.observation import OVER, JobSeen, NodeSeen
from batchplan.policy.context import Context
from batchplan.policy.live import BROKEN
from batchplan.policy.subject import Subject
from batchplan.ports import Reader

LOOKS = 3
"""Pools and jobs of an account that are looked at by themselves: a call each, which lists do not save."""

ACTING = (Action.UPDATE, Action.REPLACE, Action.DELETE)
DRAINING = frozenset({"MoveWork", "Resize", "Steady"})


@dataclass(slots=True)
class Work:
    """An account whose work is read. `looks` are left of those that it may cost."""

    reader: Reader
    context: Context
    account_id: str
    looks: int = LOOKS
    pools: dict[str, Subject] = field(init=False)

    def __post_init__(self) -> None:
        """Know the pools by their ids in lower case: those that are there, and the new ones of replacements."""
        self.pools = {}
        for one in self.context.of_kind("pool"):
            for remote in (one.remote, one.replaced_by):
                if remote is not None and remote.account_id.lower() == self.account_id.lower() and one.live:
                    self.pools[remote.name.lower()] = one

    def key(self, pool: str) -> str:
        """Return the key of a row about a pool: its ARM id in lower case."""
        return Remote("pool", self.account_id, pool).id.lower()


async def node_rows(work: Work) -> dict[str, Any]:
    """Return the nodes of each pool by state, and of a few pools which they are and what they run. Raise AzureError.

    Looked at are pools that change, those with broken nodes before others, and then those that have been there for
    longest, whose agents are the oldest.
    """
    counts = await work.reader.node_counts(work.account_id)
    rows = {work.key(name): {"by_state": dict(states)} for name, states in counts.items()}
    names = [name for name in counts if name.lower() in work.pools and counts[name]]
    chosen = sorted(names, key=lambda name: _urgency(work.pools[name.lower()], counts[name]))[: work.looks]
    work.looks -= len(chosen)
    found = await asyncio.gather(*(work.reader.nodes(Remote("pool", work.account_id, name)) for name in chosen))
    return rows | {work.key(name): _listed(nodes) for name, nodes in zip(chosen, found, strict=True)}


def _urgency(pool: Subject, states: Mapping[str, int]) -> tuple[bool, bool, str]:
    broken = not BROKEN.isdisjoint(states)
    return pool.action not in ACTING, not broken, str(pool.facts.get("creation_time") or "")


def _listed(nodes: Sequence[NodeSeen]) -> dict[str, Any]:
    allocated = [node.allocated for node in nodes if node.allocated is not None]
    return {
        "by_state": dict(Counter(node.state for node in nodes)),
        "failures": [{"node": node.id, "state": node.state} for node in nodes if node.state in BROKEN],
        "agents": dict(Counter(node.agent for node in nodes if node.agent)),
        **({"oldest_allocation": min(allocated).isoformat()} if allocated else {}),
    }


def job_rows(work: Work, seen: Iterable[JobSeen]) -> dict[str, list[dict[str, Any]]]:
    """Return the jobs and schedules that name each pool, managed or not; smoke tests of a rollout are none.

    A row has name and state; `schedule` is True for a schedule, and the name of the schedule that made a job.
    """
    rows: dict[str, list[dict[str, Any]]] = {work.key(name): [] for name in work.pools}
    for one in seen:
        if not one.pool or one.remote.name.lower().startswith(smoke_prefix(one.pool).lower()):
            continue
        made_by: bool | str | None = True if one.remote.kind == "job_schedule" else one.schedule
        row = {"name": one.remote.name, "state": one.state, **({"schedule": made_by} if made_by else {})}
        rows.setdefault(work.key(one.pool), []).append(row)
    return rows


async def task_rows(work: Work, seen: Iterable[JobSeen]) -> dict[str, Any]:
    """Return how many tasks the jobs have whose pool is deleted without being emptied first. Raise AzureError."""
    losing = {name for name, pool in work.pools.items() if _is_deleted_at_once(pool, work.context)}
    jobs = [one.remote for one in seen if one.pool.lower() in losing and one.state not in OVER]
    asked = [one for one in jobs if one.kind == "job"][: work.looks]
    work.looks -= len(asked)
    found = await asyncio.gather(*(work.reader.task_counts(one) for one in asked))
    return {one.id.lower(): asdict(counts) for one, counts in zip(asked, found, strict=True)}


def _is_deleted_at_once(pool: Subject, context: Context) -> bool:
    if pool.remote is None:
        return False
    types = [one.type for one in context.steps_on(pool.remote)]
    return "Delete" in types and DRAINING.isdisjoint(types[: types.index("Delete")])


async def contents(work: Work, seen: Iterable[JobSeen]) -> dict[str, dict[str, list[str]]]:
    """Return the names of what is in an account, by kind; the jobs of schedules go with these. Raise AzureError."""
    pools = await work.reader.pools_of(work.account_id)
    made: dict[str, list[str]] = {"pool": [one.name for one in pools], "job": [], "job_schedule": []}
    for one in seen:
        if one.schedule is None:
            made[one.remote.kind].append(one.remote.name)
    return {work.account_id.lower(): made}
