"""Quotas of an account, and how much of them is in use.

`Account.quotas` holds ARM's member names: dedicatedCoreQuota, lowPriorityCoreQuota,
dedicatedCoreQuotaPerVMFamily [{name, coreQuota}], dedicatedCoreQuotaPerVMFamilyEnforced, poolQuota,
activeJobAndJobScheduleQuota. A quota that is absent does not limit.
"""

import re
from dataclasses import dataclass

from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Account, Pool
from batchplan.emulator.world import sizes
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.states import CLOSED

_DIGITS = re.compile(r"_[a-z]+(\d+)")
_SIZE = re.compile(r"(standard|basic)_[a-z]+\d+[a-z0-9_-]*|(extra)?(small|large)|medium|a\d+")


@dataclass(frozen=True, slots=True)
class Room:
    """How many nodes the quotas leave room for, and which quota ends first."""

    nodes: int
    code: str
    message: str


def cores(vm_size: str) -> int:
    """Return the cores of a size; one the data file lacks has the number in its name."""
    if sizes.known(vm_size):
        return sizes.cores(vm_size)
    found = _DIGITS.search(vm_size.lower())
    return max(int(found[1]), 1) if found else 1


def plausible(vm_size: str) -> bool:
    """Return whether a size is known or at least has the form of one: the data file does not have them all."""
    return sizes.known(vm_size) or _SIZE.fullmatch(vm_size.lower()) is not None


def family(vm_size: str) -> str | None:
    """Return the family of a size, or None when the data file lacks it."""
    return sizes.family(vm_size) if sizes.known(vm_size) else None


def check_pools(world: World, account: Account) -> None:
    """Raise 409 PoolQuotaReached when the account can have no further pool."""
    limit = account.quotas.get("poolQuota")
    if limit is not None and world.index.number_below("pools", (account.name.lower(),)) >= limit:
        raise refuse("PoolQuotaReached")


def check_jobs(world: World, account: Account) -> None:
    """Raise 409 ActiveJobAndScheduleQuotaReached when the account can have no further job or schedule."""
    if not room_for_job(world, account):
        raise refuse("ActiveJobAndScheduleQuotaReached")


def room_for_job(world: World, account: Account) -> bool:
    """Return whether an account can have one more job or schedule; completed ones do not count."""
    limit = account.quotas.get("activeJobAndJobScheduleQuota")
    parent = (account.name.lower(),)
    schedules = sum(world.schedules[key].state not in CLOSED for key in world.index.below("schedules", parent))
    return limit is None or len(world.index.open_jobs.get(parent, ())) + schedules < limit


def room(world: World, key: Key, pool: Pool, *, dedicated: bool) -> Room | None:
    """Return how many further nodes the core quotas allow a pool, or None when none applies.

    A user-subscription account has no core quotas in Batch.
    """
    account = world.accounts[key[0],]
    each = cores(pool.spec["vmSize"])
    if account.properties.get("poolAllocationMode") == "UserSubscription":
        return None
    limits = []
    if dedicated:
        limits.append(_family_room(world, account, pool, each))
        limits.append(_left(world, account, "dedicatedCoreQuota", each, "AccountCoreQuotaReached", "core quota"))
    else:
        quota, code = "lowPriorityCoreQuota", "AccountLowPriorityCoreQuotaReached"
        limits.append(_left(world, account, quota, each, code, "low priority core quota"))
    return min((limit for limit in limits if limit), key=lambda limit: limit.nodes, default=None)


def used_cores(world: World, account: Account, *, dedicated: bool, of_family: str | None = None) -> int:
    """Return the cores of an account's nodes, of all families or one."""
    total = 0
    for key in world.index.below("pools", (account.name.lower(),)):
        pool = world.pools[key]
        nodes = pool.current_dedicated if dedicated else pool.current_low_priority
        if nodes and (of_family is None or family(pool.spec["vmSize"]) == of_family):
            total += nodes * cores(pool.spec["vmSize"])
    return total


def _left(world: World, account: Account, quota: str, each: int, code: str, name: str) -> Room | None:
    limit = account.quotas.get(quota)
    if limit is None:
        return None
    used = used_cores(world, account, dedicated=quota == "dedicatedCoreQuota")
    return Room(max(0, (int(limit) - used) // each), code, f"The specified account has reached {name}")


def _family_room(world: World, account: Account, pool: Pool, each: int) -> Room | None:
    name = family(pool.spec["vmSize"])
    if name is None or not account.quotas.get("dedicatedCoreQuotaPerVMFamilyEnforced"):
        return None
    limits = {
        str(entry["name"]).lower(): int(entry["coreQuota"])
        for entry in account.quotas.get("dedicatedCoreQuotaPerVMFamily") or []
    }
    used = used_cores(world, account, dedicated=True, of_family=name)
    nodes = max(0, (limits.get(name.lower(), 0) - used) // each)
    message = f"The specified account has reached the core quota of the VM series {name}"
    return Room(nodes, "AccountVMSeriesCoreQuotaReached", message)
