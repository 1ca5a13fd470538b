"""Reading what rules look at beside the objects themselves: by account and by region, so that calls do not grow with
pools. What cannot be read is left out, and the rules that need it are not checked."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from batchplan.core.remote import Remote
from batchplan.ops.session import Session
from batchplan.plan.change import Action
from batchplan.plan.observation import JobAtWork
from batchplan.policy.context import Context
from batchplan.policy.live import Dataset, Live
from batchplan.policy.subject import Subject
from batchplan.ports import AzureError

ACTING = (Action.UPDATE, Action.REPLACE, Action.DELETE)


async def gather(
    session: Session, context: Context, wanted: Collection[str], only: Collection[str] | None = None
) -> Live:
    """Return the datasets that are wanted, each with the rows that could be read.

    With `only`, those of some accounts, by id in lower case, and of their regions.
    """
    accounts = _accounts(context) if only is None else [one for one in _accounts(context) if one.lower() in only]
    readings: dict[str, tuple[Iterable[str], Callable[[str], Awaitable[Any]]]] = {
        "quotas": (accounts, lambda account_id: _quotas(session, account_id)),
        "supported_images": (accounts, lambda account_id: _looked(session, "supported_images", "images", account_id)),
        "vm_sizes": (_locations(context), lambda location: _looked(session, "vm_sizes", "sizes", location)),
    }
    pools = {one.remote.id: one.remote for one in context.of_kind("pool") if one.remote is not None and _acts(one)}
    readings["nodes"] = (pools, lambda pool_id: _nodes(session, pools[pool_id]))
    now = session.clock.now()
    made: dict[str, Dataset] = {}
    for name in sorted(set(wanted) & set(readings)):
        keys, read = readings[name]
        listed = list(keys)
        rows = await asyncio.gather(*(_tried(read(key)) for key in listed))
        found = {key.lower(): row for key, row in zip(listed, rows, strict=True) if row is not None}
        if found or not listed:
            made[name] = Dataset(now, found)
    if set(wanted) & {"jobs", "task_counts"}:
        made |= await _work(session, list(pools.values()), wanted)
    return Live(made)


async def _work(session: Session, pools: Sequence[Remote], wanted: Collection[str]) -> dict[str, Dataset]:
    """Return the jobs that name the pools that change, managed or not, and how many tasks each has: read by account."""
    now = session.clock.now()
    try:
        found = await session.reader.work_on(pools) if pools else {}
    except AzureError:
        return {}
    jobs: dict[str, Any] = {}
    counts: dict[str, Any] = {}
    for pool, work in found.items():
        jobs[pool.id.lower()] = [_job(one) for one in work.jobs]
        counts |= {one.remote.id.lower(): asdict(one.counts) for one in work.jobs}
    datasets = {"jobs": Dataset(now, jobs), "task_counts": Dataset(now, counts)}
    return {name: dataset for name, dataset in datasets.items() if name in wanted}


def _job(one: JobAtWork) -> dict[str, Any]:
    return {"name": one.remote.name, "state": one.state, "schedule": one.schedule, **asdict(one.counts)}


async def _tried(reading: Awaitable[Any]) -> Any:
    try:
        return await reading
    except AzureError:
        return None


async def _quotas(session: Session, account_id: str) -> Mapping[str, Any]:
    found = asdict(await session.reader.quotas(account_id))
    return {**found, "cores_by_family": dict(found["cores_by_family"])}


async def _looked(session: Session, kind: str, member: str, key: str) -> Any:
    argument = "account_id" if kind == "supported_images" else "location"
    found = await session.reader.look_up(kind, {argument: key})
    return found[member]


async def _nodes(session: Session, pool: Remote) -> Mapping[str, Any]:
    found = await session.reader.node_health(pool)
    failures = [
        {"node": one.node, "state": one.state, "code": one.code, "message": one.message} for one in found.failures
    ]
    return {"by_state": dict(found.by_state), "failures": failures}


def _acts(pool: Subject) -> bool:
    return pool.live and pool.action in ACTING


def _accounts(context: Context) -> list[str]:
    """Return the accounts that pools are in and that are there; those that are to be made cannot be asked."""
    made: dict[str, str] = {}
    for pool in context.of_kind("pool"):
        if pool.remote is None or pool.going:
            continue
        account = context.account_of(pool)
        if account is None or account.live:
            made.setdefault(pool.remote.account_id.lower(), pool.remote.account_id)
    return list(made.values())


def _locations(context: Context) -> list[str]:
    found = {
        str(location).lower().replace(" ", "")
        for account in context.of_kind("account")
        if isinstance(location := account.raw("location"), str) and account.live
    }
    return sorted(found)
