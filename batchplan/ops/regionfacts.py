"""What is gathered of the regions of backups, so that it can be said whether they could take over."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from batchplan.core.remote import Remote
from batchplan.ops.session import Session
from batchplan.plan.desired import DesiredObject
from batchplan.plan.observation import Observation
from batchplan.plan.parity import Parity, RegionFacts, parity, undeclared_packages
from batchplan.plan.regions import RegionalPool
from batchplan.plan.shift import Silent, is_silent
from batchplan.ports import AzureError
from batchplan.state.model import StateDocument

T = TypeVar("T")


async def region_facts(
    session: Session,
    groups: Sequence[RegionalPool],
    desired: Iterable[DesiredObject],
    observed: Mapping[Remote, Observation | None],
    silent: Silent,
) -> dict[str, RegionFacts]:
    """Return facts of every account with a pool that stands ready, by id in lower case: four calls an account."""
    accounts = dict.fromkeys(
        account for group in groups for key, account in group.accounts.items() if key != group.active
    )
    asked = undeclared_packages(groups, desired, observed)
    gathered = await asyncio.gather(*(_of(session, one, observed, asked, silent) for one in accounts))
    return {account.lower(): facts for account, facts in zip(accounts, gathered, strict=True)}


async def _of(
    session: Session,
    account: str,
    observed: Mapping[Remote, Observation | None],
    asked: Sequence[Remote],
    silent: Silent,
) -> RegionFacts:
    remote = Remote("account", account, account.rpartition("/")[2])
    if is_silent(remote, silent) or is_silent(Remote("job", account, ""), silent):
        return RegionFacts(answers=False)
    found = next((one for other, one in observed.items() if other.key == remote.key), None)
    if found is None:
        return RegionFacts()
    location = found.document.get("location")
    images, sizes, quotas = await asyncio.gather(
        _or_none(session.reader.look_up("supported_images", {"account_id": account})),
        _or_none(session.reader.look_up("vm_sizes", {"location": location})),
        _or_none(session.reader.quotas(account)),
    )
    here = [one for one in asked if one.account_id.lower() == account.lower()]
    there = await asyncio.gather(*(_or_none(session.reader.read(one)) for one in here))
    return RegionFacts(
        images=_images(images) if images is not None else None,
        sizes=frozenset(str(one).lower() for one in sizes["names"]) if sizes is not None else None,
        quotas=quotas,
        packages=frozenset(one.id.lower() for one, seen in zip(here, there, strict=True) if seen is not None),
    )


def _images(found: Mapping[str, Any]) -> frozenset[tuple[str, str, str, str]]:
    names = ("node_agent_sku_id", "publisher", "offer", "sku")
    rows = [tuple(str(image.get(name)).lower() for name in names) for image in found["images"]]
    return frozenset((a, b, c, d) for a, b, c, d in rows)


async def _or_none(call: Awaitable[T]) -> T | None:
    """Return what a call tells, None when it is refused or not answered: a plan says then that it is not known."""
    try:
        return await call
    except AzureError:
        return None


async def found_parity(
    session: Session,
    groups: Sequence[RegionalPool],
    desired: Sequence[DesiredObject],
    observed: Mapping[Remote, Observation | None],
    state: StateDocument,
    silent: Silent,
) -> tuple[Parity, ...]:
    """Return whether each region that stands ready could take over now: four calls an account."""
    if not groups:
        return ()
    facts = await region_facts(session, groups, desired, observed, silent)
    return parity(groups, desired, observed, facts, state.secret_key)
