"""What planning looks up of Azure because pools are exchanged: work, nodes, and what accounts have room for."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.ops.session import Session
from batchplan.plan.change import Action, Change, Changes
from batchplan.plan.desired import DesiredObject
from batchplan.plan.formula import accounts
from batchplan.plan.observation import Observation, live_of
from batchplan.plan.options import Options
from batchplan.plan.rolling import retired
from batchplan.plan.settings import block, length
from batchplan.ports import Forbidden, NotFound
from batchplan.state.model import StateDocument
from batchplan.state.rollouts import open_rollout
from batchplan.strategies.rolling_reboot import asks_for_reboot

T = TypeVar("T")

Observed = Mapping[Remote, Observation | None]


def going_back(state: StateDocument, options: Options) -> dict[Address, str]:
    """Return the ids of the pools that a command goes back to, by address."""
    if options.verb not in ("undo", "abort"):
        return {}
    found = {address: list(retired(state, address).values()) for address in options.pools}
    promoted = {address for address in options.pools if options.verb == "undo" or _is_promoted(state, address)}
    return {address: kept[-1].remote.name for address, kept in found.items() if kept and address in promoted}


def _is_promoted(state: StateDocument, address: Address) -> bool:
    stands = open_rollout(state, address)
    return stands is not None and stands.phase == "promoted"


async def stale_agents(
    session: Session, desired: Iterable[DesiredObject], observed: Observed, now: datetime
) -> frozenset[Address]:
    """Return the pools with a node whose agent is older than `replacement.max_node_agent_age`."""
    found: set[Address] = set()
    for one in desired:
        limit = length(block(one.document).get("max_node_agent_age")) if one.kind == "pool" else 0.0
        if limit and observed.get(one.remote) is not None:
            nodes = await session.reader.nodes(one.remote)
            dates = [node.agent_updated for node in nodes if node.agent_updated is not None]
            if dates and (now - min(dates)).total_seconds() > limit:
                found.add(one.address)
    return frozenset(found)


async def with_facts(session: Session, found: Changes, observed: Observed) -> Changes:
    """Return the changes with what is live about them: work of pools that lose it, nodes to reboot, quotas, pools."""
    live = live_of(observed).keys()
    missing = {one.account_id.lower() for one, seen in observed.items() if one.kind == "account" and seen is None}
    rolling = [one for one in found.objects if one.rollout is not None]
    losing = {
        one.key: one
        for change in rolling
        for one in _pools_of(change)
        if one.key in live and one.account_id.lower() not in missing
    }
    crowded = [one.rollout.candidate.account_id for one in rolling if one.rollout and one.action is Action.REPLACE]
    wanted = [one for one in dict.fromkeys([*accounts(found), *crowded]) if one.lower() not in missing]
    rebooted = [one.remote for one in found.objects if one.action is Action.UPDATE and asks_for_reboot(one)]
    work, quotas, pools, nodes = await asyncio.gather(
        session.reader.work_on(list(losing.values())),
        _allowed(wanted, session.reader.quotas),
        _allowed(list(dict.fromkeys(crowded)), session.reader.pools_of),
        asyncio.gather(*(session.reader.nodes(pool) for pool in rebooted)),
    )
    return replace(
        found,
        quotas=quotas,
        pools={account: tuple(listed) for account, listed in pools.items()},
        work={pool.key: one for pool, one in work.items()},
        nodes={pool.key: tuple(listed) for pool, listed in zip(rebooted, nodes, strict=True)},
    )


def _pools_of(change: Change) -> Sequence[Remote]:
    rollout = change.rollout
    assert rollout is not None, "only pools that are exchanged are looked at"
    return (rollout.previous, rollout.candidate)


async def _allowed(account_ids: Sequence[str], read: Callable[[str], Awaitable[T]]) -> dict[str, T]:
    """Return what accounts tell, by id in lower case, without those that are not there or that may not be read.

    The plan says less then; whether an account is there, and usable, other calls tell.
    """

    async def one(account_id: str) -> tuple[str, T] | None:
        try:
            return account_id.lower(), await read(account_id)
        except (NotFound, Forbidden):
            return None

    return dict(filter(None, await asyncio.gather(*(one(account_id) for account_id in account_ids))))
