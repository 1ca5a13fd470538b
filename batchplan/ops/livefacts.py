"""Reading what rules look at beside the objects themselves: by account and by region, so that calls do not grow with
pools. What cannot be read is left out, and the rules that need it are not checked.

An account costs eight calls at most, and those for further pages: its images, its nodes by state, its jobs, its
schedules, its pools when it goes, and a few looks at single pools or jobs (`ops.livework`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import asdict
from typing import Any

from batchplan.core.remote import Remote, account_parts
from batchplan.ops.livework import Work, contents, job_rows, node_rows, task_rows
from batchplan.ops.session import Session
from batchplan.plan.change import Action
from batchplan.policy.context import Context
from batchplan.policy.fate import destroyed
from batchplan.policy.live import Dataset, Live
from batchplan.policy.subject import Subject
from batchplan.ports import AzureError

Rows = Mapping[str, Any]
PROVIDER = "microsoft.batch"


async def gather(
    session: Session,
    context: Context,
    wanted: Collection[str],
    only: Collection[str] | None = None,
    silent: Collection[str] = (),
) -> Live:
    """Return the datasets that are wanted, each with the rows that could be read.

    With `only`, those of some accounts, by id in lower case, and of their regions. Nobody waits for accounts that are
    `silent`, which are ids in lower case as well.
    """
    found = [one for one in _accounts(context) if one.lower() not in silent]
    accounts = found if only is None else [one for one in found if one.lower() in only]
    kept = [one for one in accounts if not _goes(context, one)]
    readings: dict[str, Callable[[], Awaitable[Rows | None]]] = {
        "quotas": lambda: _each(kept, lambda account_id: _quotas(session, context, account_id)),
        "supported_images": lambda: _each(kept, lambda account_id: _images(session, account_id)),
        "vm_sizes": lambda: _each(_locations(context, only), lambda location: _sizes(session, location)),
        "location_quotas": lambda: _location_quotas(session, context),
        "api_versions": lambda: _each([PROVIDER], lambda _: session.reader.api_versions()),
        "packages": lambda: _packages(session, context, kept),
    }
    names = sorted(set(wanted) & set(readings))
    now = session.clock.now()
    rows, work = await asyncio.gather(
        asyncio.gather(*(_tried(readings[name]()) for name in names)), _work(session, context, accounts, wanted)
    )
    made = {name: Dataset(now, one) for name, one in zip(names, rows, strict=True) if one is not None}
    return Live({**made, **{name: Dataset(now, one) for name, one in work.items() if one is not None}})


async def _work(
    session: Session, context: Context, accounts: Iterable[str], wanted: Collection[str]
) -> dict[str, Rows | None]:
    """Return the datasets about what runs in accounts: they share the few looks that an account may cost."""
    asked = {"nodes", "jobs", "task_counts", "contents"} & set(wanted)
    if not asked:
        return {}
    found = await asyncio.gather(*(_work_of(session, context, one, asked) for one in accounts))
    made: dict[str, Rows | None] = {}
    for name in (*asked, "pools"):
        parts = [rows for one in found if (rows := one.get(name)) is not None]
        made[name] = {key: row for rows in parts for key, row in rows.items()} if parts or not found else None
    return made


async def _work_of(session: Session, context: Context, account_id: str, asked: set[str]) -> dict[str, Rows | None]:
    work = Work(session.reader, context, account_id)
    goes = _goes(context, account_id)
    made: dict[str, Rows | None] = {}
    if "nodes" in asked and work.pools:
        made["nodes"] = rows = await _tried(node_rows(work))
        if rows is not None:
            names = sorted(key.rpartition("/")[2] for key in rows)
            made["pools"] = {account_id.lower(): [{"name": name} for name in names]}
    if asked & {"jobs", "task_counts"} or ("contents" in asked and goes):
        seen = await _tried(session.reader.jobs_of(account_id))
        if seen is not None:
            made["jobs"] = job_rows(work, seen)
            made["task_counts"] = await _tried(task_rows(work, seen)) if "task_counts" in asked else None
            made["contents"] = await _tried(contents(work, seen)) if "contents" in asked and goes else None
    return made


async def _each(keys: Iterable[str], read: Callable[[str], Awaitable[Any]]) -> Rows | None:
    """Return rows by key in lower case; None when none of them could be read."""
    listed = list(keys)
    rows = await asyncio.gather(*(_tried(read(key)) for key in listed))
    found = {key.lower(): row for key, row in zip(listed, rows, strict=True) if row is not None}
    return found if found or not listed else None


async def _tried(reading: Awaitable[Any]) -> Any:
    try:
        return await reading
    except AzureError:
        return None


async def _quotas(session: Session, context: Context, account_id: str) -> Rows:
    """Return an account's quotas; where the account itself was read, that has told them."""
    account = _account(context, account_id)
    if account is not None and "pool_quota" in account.facts:
        facts = account.facts
        return {
            "dedicated_cores": facts.get("dedicated_core_quota"),
            "low_priority_cores": facts.get("low_priority_core_quota"),
            "cores_by_family": {
                one["name"]: one["core_quota"] for one in facts.get("dedicated_core_quota_per_vm_family", ())
            },
            "by_family_enforced": bool(facts.get("dedicated_core_quota_per_vm_family_enforced")),
            "pools": int(facts["pool_quota"]),
            "active_jobs_and_schedules": int(facts.get("active_job_and_job_schedule_quota", 0)),
        }
    found = asdict(await session.reader.quotas(account_id))
    return {**found, "cores_by_family": dict(found["cores_by_family"])}


async def _images(session: Session, account_id: str) -> Any:
    return (await session.reader.look_up("supported_images", {"account_id": account_id}))["images"]


async def _sizes(session: Session, location: str) -> Any:
    return (await session.reader.look_up("vm_sizes", {"location": location}))["sizes"]


async def _location_quotas(session: Session, context: Context) -> Rows | None:
    """Return how many accounts there are and may be in the regions that are to get another."""
    made = [one for one in context.of_kind("account") if one.action is Action.CREATE and one.remote is not None]
    places = {place: one for one in made if (place := _location(one)) is not None}
    if not places:
        return {}
    there = await session.reader.accounts_by_location()
    quotas = await _each(places, lambda place: session.reader.look_up("location_quota", {"location": place}))
    return {
        f"{account_parts(one.remote.account_id).subscription}/{one.raw('location')}".lower(): {
            "accounts": there.get(place, 0),
            "account_quota": quotas[place]["account_quota"],
        }
        for place, one in places.items()
        if one.remote is not None and quotas is not None and place in quotas
    }


async def _packages(session: Session, context: Context, accounts: Iterable[str]) -> Rows:
    """Return the versions of the applications that pools with backups need, in the accounts of the backups."""
    wanted: dict[str, list[Remote]] = {}
    known = {one.lower() for one in accounts}
    for pool in context.of_kind("pool"):
        for account_id in _backup_accounts(pool):
            if account_id.lower() in known and not pool.going:
                wanted.setdefault(account_id.lower(), []).extend(_needed(pool, account_id))
    found = await session.reader.observe({one for listed in wanted.values() for one in listed})
    made: dict[str, dict[str, list[str]]] = {key: {} for key in wanted}
    for remote, seen in found.items():
        if seen is not None:
            versions = made[remote.account_id.lower()].setdefault(remote.name.lower(), [])
            versions.extend([remote.version] if remote.kind == "application_package" else [])
    return made


def _needed(pool: Subject, account_id: str) -> Iterable[Remote]:
    for one in pool.raw("application_packages") or ():
        named = one.get("id") if isinstance(one, Mapping) else None
        if isinstance(named, str):
            name = named.rpartition("/")[2]
            yield Remote("application", account_id, name)
            if isinstance(one.get("version"), str):
                yield Remote("application_package", account_id, name, one["version"])


def _accounts(context: Context) -> list[str]:
    """Return the accounts that are declared, or that objects and backups are in; those to be made cannot be asked."""
    made: dict[str, str] = {}
    for subject in context.subjects:
        if subject.remote is None or (subject.going and subject.kind != "account"):
            continue
        for account_id in (subject.remote.account_id, *_backup_accounts(subject)):
            account = _account(context, account_id)
            if account is None or account.live:
                made.setdefault(account_id.lower(), account_id)
    return list(made.values())


def _backup_accounts(subject: Subject) -> list[str]:
    backups = subject.raw("backup") if subject.kind == "pool" else None
    listed = backups.values() if isinstance(backups, Mapping) else ()
    found = [one.get("account_id") for one in listed if isinstance(one, Mapping)]
    return [one for one in found if isinstance(one, str)]


def _account(context: Context, account_id: str) -> Subject | None:
    return context.by_remote(Remote("account", account_id, account_id.rpartition("/")[2]))


def _goes(context: Context, account_id: str) -> bool:
    account = _account(context, account_id)
    return account is not None and destroyed(account)


def _locations(context: Context, only: Collection[str] | None) -> list[str]:
    """Return the regions of accounts, those to be made included: what a region offers is told without an account."""
    asked = [
        one
        for one in context.of_kind("account")
        if one.remote is not None and (only is None or one.remote.account_id.lower() in only) and not one.going
    ]
    return sorted({place for one in asked if (place := _location(one)) is not None})


def _location(account: Subject) -> str | None:
    found = account.raw("location")
    return found.lower().replace(" ", "") if isinstance(found, str) else None
