"""Regions: where objects are, what stands in for a pool elsewhere, and what must not fail."""

from collections.abc import Mapping

from batchplan.core.remote import Remote
from batchplan.policy.context import Context
from batchplan.policy.marks import mark, own_mark
from batchplan.policy.model import Param
from batchplan.policy.network import plain_region
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View

_VALUES: tuple[str, ...] = ("prod", "production", "live")
PRODUCTION = Param("production", _VALUES, 'Values of the tags "environment", "env" and "stage" that mean production.')
_TAGS = ("environment", "env", "stage")
TIME_SENSITIVE = "time_sensitive"
"""The metadata entry, or tag, that says whether work may wait for a region to come back."""
_YES = ("true", "yes", "1")


def region_of(see: Scope, account_id: str) -> str:
    """Return the region of an account; its id where the account is not in this configuration."""
    account = see.context.by_remote(Remote("account", account_id, account_id.rpartition("/")[2]))
    return plain_region(account.text("location")) if account is not None else account_id.lower()


def regions_of(see: Scope, pool: Subject, account_id: str) -> tuple[str, set[str]]:
    """Return the region of a pool, and the others in which it can be had: as its backup, or as a pool of its name."""
    home = region_of(see, account_id)
    others = {region_of(see, backup.text("account_id")) for _, backup in pool.backups()}
    others |= {region_of(see, one.remote.account_id) for one in namesakes(pool, see) if one.remote is not None}
    return home, others - {home}


def is_time_sensitive(see: Scope, schedule: Subject) -> bool:
    """Return whether the runs of a schedule cannot wait, as it says itself, or else its pool, or else the account."""
    pool = see.pool_of(schedule)
    own = own_mark(schedule, TIME_SENSITIVE) or (own_mark(pool, TIME_SENSITIVE) if pool is not None else "")
    return (own or mark(see, schedule, TIME_SENSITIVE)).lower() in _YES


def is_production(see: Scope, subject: Subject, values: tuple[str, ...]) -> bool:
    """Return whether an object or its account is marked as production."""
    wanted = {one.lower() for one in values}
    return any(mark(see, subject, tag).lower() in wanted for tag in _TAGS)


def awaited(see: Scope, pool: Subject, values: tuple[str, ...]) -> bool:
    """Return whether somebody waits for what runs on a pool: it is for production, or a schedule starts at a time."""
    start = "schedule.do_not_run_until"
    scheduled = (one for one in see.jobs_of(pool) if one.kind == "job_schedule" and not one.going)
    return is_production(see, pool, values) or any(one.has(start) for one in scheduled)


def backups_in(account: Subject, see: Scope) -> tuple[tuple[Subject, View], ...]:
    """Return the pools that have a backup in an account, each with the pool that the backup stands for."""
    assert account.remote is not None, "an account has its name from the start"
    return see.once(_backups).get(account.remote.account_id.lower(), ())


def _backups(context: Context) -> Mapping[str, tuple[tuple[Subject, View], ...]]:
    grouped: dict[str, list[tuple[Subject, View]]] = {}
    for pool in context.of_kind("pool"):
        if pool.going or not isinstance(pool.raw("backup"), Mapping):
            continue
        for _, view in pool.backups():
            account_id = view.raw("account_id")
            if isinstance(account_id, str):
                grouped.setdefault(account_id.lower(), []).append((pool, view))
    return {key: tuple(found) for key, found in grouped.items()}


def namesakes(pool: Subject, see: Scope) -> tuple[Subject, ...]:
    """Return the pools of the same name in other accounts."""
    name = pool.raw("name")
    found = see.once(_by_name).get(name, ()) if isinstance(name, str) else ()
    return tuple(one for one in found if one is not pool and _account_id(one) != _account_id(pool))


def first_namesake(pool: Subject, see: Scope) -> Subject | None:
    """Return the first pool of the same name, in another account; None for that one itself.

    Comparing each with the first finds any difference among them, and costs no more than there are pools.
    """
    name = pool.raw("name")
    found = see.once(_by_name).get(name, ()) if isinstance(name, str) else ()
    first = found[0] if found else pool
    return first if first is not pool and _account_id(first) != _account_id(pool) else None


def _by_name(context: Context) -> Mapping[str, tuple[Subject, ...]]:
    grouped: dict[str, list[Subject]] = {}
    for pool in context.of_kind("pool"):
        name = pool.raw("name")
        if isinstance(name, str) and not pool.going:
            grouped.setdefault(name, []).append(pool)
    return {key: tuple(found) for key, found in grouped.items()}


def _account_id(pool: Subject) -> str:
    return pool.remote.account_id.lower() if pool.remote is not None else ""
