"""Moving the work of pools to another region: what is to become so, and which differences are part of that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from batchplan.core.address import Address
from batchplan.core.codes import ACTIVE_TWICE, BOTH_AT_WORK
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote, RemoteKey
from batchplan.plan.change import IN_PLACE, Action, Cause, Change, Changes, Document
from batchplan.plan.desired import DesiredObject
from batchplan.plan.diff import Ignored
from batchplan.plan.observation import Observation, live_of
from batchplan.plan.order import closure
from batchplan.plan.regions import HOURS, PRIMARY, SCALE, RegionalPool, region_word
from batchplan.schema.facts import Plane
from batchplan.schema.registry import KINDS
from batchplan.state.document import by_address, remote_of
from batchplan.state.model import ActiveRegion, ResourceRecord, StateDocument

Silent = frozenset[tuple[str, Plane]]
"""Planes of accounts, by ids in lower case, that do not answer."""


@dataclass(frozen=True, slots=True)
class Shift:
    """Pools, by address, and where they are to be active. `silent` are planes of accounts that do not answer."""

    moves: Mapping[str, ActiveRegion] = field(default_factory=dict)
    silent: Silent = frozenset()

    def view(self, state: StateDocument) -> StateDocument:
        """Return the state as it will be."""
        return state.model_copy(update={"active_regions": {**state.active_regions, **self.moves}})


def sized_again(desired: Iterable[DesiredObject], moves: Iterable[str]) -> tuple[DesiredObject, ...]:
    """Return what is wanted with the sizes of pools that move looked at, whatever their lifecycle leaves alone."""
    wanted = set(moves)
    return tuple(
        replace(one, ignore_changes=_without_scale(one.ignore_changes))
        if one.kind == "pool" and str(one.address.instance) in wanted
        else one
        for one in desired
    )


def _without_scale(ignored: Ignored) -> Ignored:
    return ignored if ignored == "all" else tuple(path for path in ignored if path[0] not in SCALE)


def is_silent(remote: Remote, silent: Silent) -> bool:
    """Return whether nobody answers for an object."""
    return (remote.account_id.lower(), KINDS[remote.kind].plane) in silent


def moved_parts(found: Changes, moves: Iterable[str]) -> Changes:
    """Return of a plan's changes those that a move of the active region is made of.

    Sizes and schedules of its pools, and what the region that takes over lacks. Anything else that differs waits for
    the next plan: a failover is no moment for it.
    """
    wanted = set(moves)
    groups = tuple(group for group in found.regional if str(group.pool) in wanted)
    members = {one for group in groups for one in group.members()}
    there = [by_key[group.active] for group in groups for by_key in (group.pools, *group.schedules.values())]
    lacking = closure(there, found.needs)
    objects = []
    for change in found.objects:
        if change.action is Action.CREATE and change.address in lacking:
            objects.append(change)
        elif change.address in members and change.action is not Action.CREATE:
            part = _part(change)
            objects.extend([part] if part is not None else [])
    kept = {change.address for change in objects}
    needs = {address: needs for address, needs in found.needs.items() if address in kept}
    return replace(found, objects=tuple(objects), needs=needs, drift=(), regional=groups)


def _part(change: Change) -> Change | None:
    fields = tuple(one for one in change.fields if one.path[0] in SCALE or one.path in (("enabled",), HOURS))
    if not fields and change.cause is not Cause.UNVERIFIED:
        return None
    after = _with_scale(change.before or change.after or {}, change.after or {})
    return replace(
        change, action=Action.UPDATE, strategy=IN_PLACE, fields=fields, after=after, replaced_by=None, notes=()
    )


def _with_scale(before: Document, after: Document) -> Document:
    kept = {name: value for name, value in before.items() if name not in SCALE}
    return {**kept, **{name: after[name] for name in SCALE if name in after}}


def report_two(
    groups: Iterable[RegionalPool],
    state: StateDocument,
    observed: Mapping[Remote, Observation | None],
    diagnostics: Diagnostics,
) -> None:
    """Report schedules that make jobs in a region though the state says that another one is active.

    In the pool's own region, or in one whose clean-up is owed, they are what a failover has left there, and the plan
    disables them: a warning. In a backup somebody has failed over with another copy of the state, or enabled them by
    hand. Which of the two regions is to work then is not for a plan to guess.
    """
    known, live = by_address(state), live_of(observed)
    for group in groups:
        for key, running in elsewhere(group, known, live).items():
            names = ", ".join(map(str, running))
            if is_owed(group, key, state):
                detail = (
                    f"{names} makes jobs, and {group.pool} is active in {region_word(group.active)}. It did not answer "
                    "when the work was moved. Now: batchplan failover -settle"
                )
                diagnostics.warning(BOTH_AT_WORK, detail)
            elif key == PRIMARY:
                word = region_word(group.active)
                detail = f"{names} makes jobs, and {group.pool} is active in {word}. This plan disables it."
                diagnostics.warning(BOTH_AT_WORK, detail)
            else:
                detail = (
                    f"{names} makes jobs, and the state says that {group.pool} is active in {region_word(group.active)}. "
                    "Somebody has failed over with another copy of the state, or enabled it by hand. "
                    f"If that is where the work is to be done: batchplan failover {group.pool} --to {key}. "
                    f"If not: batchplan failback {group.pool}"
                )
                diagnostics.error(ACTIVE_TWICE, detail)


def is_owed(group: RegionalPool, key: str, state: StateDocument) -> bool:
    """Return whether something is still to be done in a region, which did not answer when its work was moved."""
    record = state.active_regions.get(str(group.pool))
    return record is not None and group.accounts[key].lower() in {one.lower() for one in record.owed}


def elsewhere(
    group: RegionalPool, known: Mapping[Address, ResourceRecord], live: Mapping[RemoteKey, Observation]
) -> dict[str, list[Address]]:
    """Return the schedules that make jobs in regions that are not active, by the key of the region.

    What has just been made, and may still be enabled, does not count; nor does what was not observed.
    """
    found = {
        key: [one for one in _schedules(group, key) if _runs(one, known, live)]
        for key in group.pools
        if key != group.active
    }
    return {key: running for key, running in found.items() if running}


def _schedules(group: RegionalPool, key: str) -> list[Address]:
    return [by_key[key] for by_key in group.schedules.values() if key in by_key]


def _runs(address: Address, known: Mapping[Address, ResourceRecord], live: Mapping[RemoteKey, Observation]) -> bool:
    record = known.get(address)
    if record is None or not record.verified:
        return False
    found = live.get(remote_of(record).key)
    return found is not None and str(found.facts.get("state", "")).lower() == "active"


def settled(record: ActiveRegion, silent: Silent) -> ActiveRegion:
    """Return a record without what is owed to accounts that answer by now."""
    left = tuple(
        one for one in record.owed if (one.lower(), Plane.DATA) in silent or (one.lower(), Plane.ARM) in silent
    )
    return record.model_copy(update={"owed": left})


def moved_to(key: str, now: datetime, why: str, *, keep_primary: bool = False) -> ActiveRegion:
    """Return what the state is to say of a pool that does its work in a region from now on."""
    return ActiveRegion(key=key, since=now, why=why, keep_primary=keep_primary)
