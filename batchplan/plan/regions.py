"""Pools with backups in other regions: which objects belong together, which region is active, and what follows of it.

A pool that has backups stands in several accounts; so does each job schedule that makes jobs on it. One region is
active: there the pool has its declared size and the schedules make jobs. Everywhere else the schedules are disabled.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from batchplan.core.address import BACKUP, Address
from batchplan.core.remote import Remote
from batchplan.plan.change import Action, Cause, Change, FieldChange
from batchplan.plan.desired import DesiredObject
from batchplan.plan.observation import Observation
from batchplan.state.model import ActiveRegion, StateDocument

PRIMARY = ""
"""The key of the region that a pool itself is in; a backup's is the label of its block."""

FAR = "2099-12-31T00:00:00Z"
"""When a schedule that must not fire yet is told to begin. The service enables schedules as it creates them, so a
moment that does not come is what keeps one quiet until it has been disabled."""

SCALE = ("fixed_scale", "auto_scale")
HOURS = ("schedule", "do_not_run_until")


@dataclass(frozen=True, slots=True)
class RegionalPool:
    """A pool and its backups, by key, and the schedules that make jobs on it, each by key.

    `accounts` are the ids of the accounts by key; `active` is the key of the region that does the work.
    """

    pool: Address
    pools: Mapping[str, Address]
    accounts: Mapping[str, str]
    schedules: Mapping[Address, Mapping[str, Address]] = field(default_factory=dict)
    active: str = PRIMARY
    keep_primary: bool = False

    def members(self) -> tuple[Address, ...]:
        """Return every pool and schedule of it."""
        found = [*self.pools.values()]
        for by_key in self.schedules.values():
            found.extend(by_key.values())
        return tuple(found)

    def elsewhere(self, schedule: Remote) -> tuple[Remote, ...]:
        """Return what the copies of one of its schedules in the other accounts are in Azure."""
        others = (one for one in self.accounts.values() if one.lower() != schedule.account_id.lower())
        return tuple(replace(schedule, account_id=one) for one in others)

    def key_of(self, address: Address) -> str | None:
        """Return the key of the region that one of its objects is in, None for another object."""
        for by_key in (self.pools, *self.schedules.values()):
            for key, one in by_key.items():
                if one == address:
                    return key
        return None


@dataclass(frozen=True, slots=True)
class Moving:
    """A pool that moves: its group as it will be, and how the regions that it leaves and goes to are called.

    `running` and `waiting` are tasks in the region that is left; None when it does not tell.
    """

    group: RegionalPool
    left: str
    to: str
    silent: tuple[str, ...] = ()
    running: int | None = None
    waiting: int | None = None


def key_of(address: Address) -> str:
    """Return the key of the region that an object is in, as its address says."""
    return next((part.key for part in address.parts if part.word == BACKUP), PRIMARY)


def region_word(key: str) -> str:
    """Return what people call a region: the label of the backup, or the primary."""
    return key or "the primary"


def active_region(state: StateDocument, pool: Address) -> ActiveRegion | None:
    """Return what the state says of where a pool is active; None when it never was anywhere else."""
    return state.active_regions.get(str(pool))


def with_roles(objects: Sequence[DesiredObject], regional: Iterable[RegionalPool]) -> tuple[DesiredObject, ...]:
    """Return what is wanted with what follows of the active regions: sizes, and schedules that run or stand ready."""
    by_address = {one.address: one for one in objects}
    for group in regional:
        _give_sizes(group, by_address)
        for key, pool in group.pools.items():
            by_address[pool] = replace(by_address[pool], enabled=key == group.active)
        for address, by_key in group.schedules.items():
            for key, one in by_key.items():
                _switch(by_address, one, address, running=key == group.active)
    return tuple(by_address[one.address] for one in objects)


def _give_sizes(group: RegionalPool, by_address: dict[Address, DesiredObject]) -> None:
    if group.active == PRIMARY or group.active not in group.pools:
        return
    primary, active = by_address[group.pool], by_address[group.pools[group.active]]
    full = {name: primary.document[name] for name in SCALE if name in primary.document}
    by_address[active.address] = replace(active, document=_scaled(active.document, full))
    if not group.keep_primary:
        fixed: Any = primary.document.get("fixed_scale") or {}
        none = {**fixed, "target_dedicated_nodes": 0, "target_low_priority_nodes": 0}
        by_address[group.pool] = replace(primary, document=_scaled(primary.document, {"fixed_scale": none}))


def _scaled(document: Mapping[str, Any], scale: Mapping[str, Any]) -> dict[str, Any]:
    return {**{name: value for name, value in document.items() if name not in SCALE}, **scale}


def _switch(by_address: dict[Address, DesiredObject], one: Address, original: Address, *, running: bool) -> None:
    found = by_address.get(one)
    if found is None:
        return
    follows = original if one != original and found.hours_of is not None else None
    by_address[one] = replace(found, enabled=running, hours_of=follows)


def switch(wanted: DesiredObject, found: Observation) -> FieldChange | None:
    """Return the difference between a schedule that makes jobs and one that stands ready; None when there is none."""
    state = str(found.facts.get("state", "")).lower()
    if wanted.enabled is None or wanted.kind != "job_schedule" or state not in ("active", "disabled"):
        return None
    running = state == "active"
    if running is wanted.enabled:
        return None
    why = "The region is active, so its schedules make jobs." if wanted.enabled else STANDS_READY
    return FieldChange(("enabled",), running, wanted.enabled, running, "action", why, Cause.REGION, at=wanted.at)


def is_single(wanted: DesiredObject) -> bool:
    """Return whether a schedule makes one job only."""
    return not (wanted.document.get("schedule") or {}).get("recurrence_interval")


STANDS_READY = "Another region is active; here the schedule stands ready and makes no job."


def hours_moved(wanted: DesiredObject, found: Observation, original: Change | None) -> FieldChange | None:
    """Return the difference in hours that a mirrored schedule gets when those of its original change."""
    if wanted.hours_of is None or original is None or original.action is not Action.UPDATE:
        return None
    if not any(one.path[0] == "schedule" for one in original.fields):
        return None
    live: Any = (found.document.get("schedule") or {}).get("do_not_run_until")
    return FieldChange(HOURS, live, f"the next run of {original.address}", live, "live", FOLLOWS, Cause.CONFIG)


FOLLOWS = "A schedule in a backup's account keeps the hours of the one it stands in for."
