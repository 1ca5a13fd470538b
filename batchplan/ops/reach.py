"""Which accounts answer: asked before anything that must not wait minutes for one that does not."""

import asyncio
from collections.abc import Iterable

from batchplan.ops.session import Session
from batchplan.plan.shift import Silent
from batchplan.schema.facts import Plane
from batchplan.state.model import StateDocument


async def silent_accounts(session: Session, state: StateDocument) -> Silent:
    """Return what does not answer of the accounts to which the state says that something is owed."""
    return await silent_of(session, {one for record in state.active_regions.values() for one in record.owed})


async def silent_of(session: Session, accounts: Iterable[str]) -> Silent:
    """Return which planes of accounts do not answer."""
    listed = sorted(set(accounts))
    found = await asyncio.gather(*(session.reader.reach(one) for one in listed))
    made: set[tuple[str, Plane]] = set()
    for account, reach in zip(listed, found, strict=True):
        made |= {(account.lower(), Plane.ARM)} if not reach.control else set()
        made |= {(account.lower(), Plane.DATA)} if not reach.data else set()
    return frozenset(made)
