"""What happens to each object: declared, recorded and live compared, with what the command line asks for.

Planning is a function of its inputs: it reads no file, asks no service and looks at no clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from batchplan.core.address import Address, parse_address
from batchplan.core.codes import (
    ALREADY_MANAGED,
    IMPORT_NOT_FOUND,
    IRREVERSIBLE_FIELD,
    OBJECT_EXISTS,
    PREVENT_DESTROY,
    UNKNOWN_TARGET,
    UNSUPPORTED_STRATEGY,
)
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote, RemoteKey
from batchplan.core.suggest import did_you_mean
from batchplan.plan.belonging import with_belonging
from batchplan.plan.change import (
    BLUE_GREEN,
    DRAIN_AND_PATCH,
    IN_PLACE,
    PAUSED,
    RECREATE,
    WAITING,
    Action,
    Cause,
    Change,
    Changes,
    Document,
    Drift,
    FieldChange,
)
from batchplan.plan.desired import DesiredObject
from batchplan.plan.diff import Sides, differences, drift
from batchplan.plan.documents import kept_labels, taken_over, without_ignored
from batchplan.plan.ended import too_late
from batchplan.plan.formula import cosmetic
from batchplan.plan.generations import Generations
from batchplan.plan.intents import Intents
from batchplan.plan.observation import Observation, Observed, live_of
from batchplan.plan.options import Options
from batchplan.plan.order import in_order
from batchplan.plan.regions import hours_moved, is_single, switch
from batchplan.plan.relocation import relocated, report_blocked, report_moves, report_removals
from batchplan.plan.rolling import Rolling, too_old
from batchplan.plan.selection import chosen, matches
from batchplan.schema.registry import KINDS
from batchplan.schema.times import instant
from batchplan.state.document import by_address, remote_of
from batchplan.state.model import ResourceRecord, StateDocument
from batchplan.state.rollouts import disabled_remote
from batchplan.state.secrets import concealed


def changes(
    desired: Sequence[DesiredObject],
    state: StateDocument,
    observed: Observed,
    options: Options,
    asked: Intents,
    diagnostics: Diagnostics,
    rolling: Rolling | None = None,
) -> Changes:
    """Return what differs and what is done about it; report what must not or cannot be done.

    A pool that is to be replaced by a new one under the id it has is an open question: see `needing_new_ids`.
    """
    planner = _Planner(desired, state, observed, options, asked, diagnostics, rolling or Rolling())
    return planner.run()


def needing_new_ids(found: Changes) -> tuple[Address, ...]:
    """Return the pools that are replaced by a new pool, for which the configuration does not have a new id yet."""
    return tuple(
        one.address
        for one in found.objects
        if one.action is Action.REPLACE and one.remote.kind == "pool" and one.replaced_by is None and _wants_new_id(one)
    )


def _wants_new_id(change: Change) -> bool:
    renamed = any(one.path in {("name",), ("account_id",)} for one in change.fields)
    return change.strategy == BLUE_GREEN or renamed


def assumed(state: StateDocument) -> dict[Remote, Observation | None]:
    """Return what is live if nothing but batchplan has changed it: for -refresh=false."""
    return {remote_of(one): Observation(remote_of(one), one.applied) for one in state.resources}


@dataclass(frozen=True, slots=True)
class _Known:
    """An object of the state, at the address it has now."""

    record: ResourceRecord
    remote: Remote
    moved_from: Address | None


@dataclass(slots=True)
class _Planner:
    desired: Sequence[DesiredObject]
    state: StateDocument
    observed: Observed
    options: Options
    asked: Intents
    diagnostics: Diagnostics
    rolling: Rolling
    declared: dict[Address, DesiredObject] = field(init=False)
    wanted: dict[Address, DesiredObject] = field(init=False)
    """What is declared, and is to be there: nothing where all is to be destroyed."""
    known: dict[Address, _Known] = field(default_factory=dict)
    live: dict[RemoteKey, Observation] = field(default_factory=dict)
    needs: dict[Address, tuple[Address, ...]] = field(default_factory=dict)
    made: dict[Address, Change] = field(default_factory=dict)
    drift: dict[Address, Drift] = field(default_factory=dict)
    generations: Generations = field(init=False)
    families: dict[Address, list[DesiredObject]] = field(default_factory=lambda: defaultdict(list))
    """Schedules with their mirrors, by the address of the original."""
    homes: set[RemoteKey] = field(default_factory=set)
    steady: set[Address] = field(default_factory=set)
    """What is wanted as it was applied, and live as it was applied: there is nothing more to compare."""

    def __post_init__(self) -> None:
        self.declared = {one.address: one for one in self.desired}
        self.wanted = {} if self.options.destroy else self.declared
        self.live = live_of(self.observed)
        for one in self.wanted.values():
            if one.kind == "job_schedule":
                self.families[one.hours_of or one.address].append(one)
        self._know()
        self.generations = Generations(
            self.wanted, self.state, self.live, self.options, self.rolling, self.made, self.diagnostics
        )

    def _know(self) -> None:
        """Note where the objects of the state are now."""
        recorded = by_address(self.state)
        declared = list(self.declared)
        report_moves(self.asked.moves, declared, self.diagnostics)
        report_removals(self.asked.removals, declared, self.diagnostics)
        found = relocated(recorded, self.asked.moves, declared)
        report_blocked(found, self.diagnostics)
        for address, record in recorded.items():
            now = found.now[address]
            self.known[now] = _Known(record, remote_of(record), address if now != address else None)

    def run(self) -> Changes:
        """Return the changes in the order of needs."""
        adoptions = self._adoptions()
        self.needs = self._all_needs()
        self._check_addresses()
        options = self.options
        wanted = chosen(self.needs, options.targets, options.excludes, destroy=options.destroy)
        if self.options.verb:
            wanted = self._concerned()
        for address in in_order(self.needs):
            if address in wanted and not self._is_silent(address):
                self._one(address, adoptions.get(address))
        found = [one for one in self.made.values() if _is_told(one)]
        needs = {one.address: self.needs[one.address] for one in self.made.values()}
        owed = tuple((parse_address(one.address), disabled_remote(one)) for one in self.state.disabled_jobs)
        return Changes(tuple(found), tuple(self.drift.values()), (), len(self.made) - len(found), needs, owed=owed)

    def _concerned(self) -> set[Address]:
        """Return what a command about rollouts is about: its pools, their generations, and what runs on them."""
        pools = set(self.options.pools)
        users = {
            one
            for one, needs in self.needs.items()
            if one.kind in ("job", "job_schedule") and not pools.isdisjoint(needs)
        }
        return {one for one in self.needs if one in users or (one.successor or one) in pools}

    def _is_silent(self, address: Address) -> bool:
        one = self.wanted.get(address) or self.known.get(address)
        silent = self.options.silent
        return one is not None and (one.remote.account_id.lower(), KINDS[one.remote.kind].plane) in silent

    def _adoptions(self) -> dict[Address, Remote]:
        found: dict[Address, Remote] = {}
        by_key = {one.remote.key: address for address, one in self.known.items()}
        for one in self.asked.adoptions:
            if one.address in self.known and self.known[one.address].remote.key == one.remote.key:
                continue
            owner = one.address if one.address in self.known else by_key.get(one.remote.key)
            if owner is not None:
                detail = f"{owner} is in the state already, so {one.remote.id} cannot be imported to {one.address}."
                self.diagnostics.error(ALREADY_MANAGED, detail, one.at)
            elif one.address not in self.wanted:
                detail = (
                    f"{one.address} is not declared; write its block first, or let plan -generate-config-out write it."
                )
                self.diagnostics.error(UNKNOWN_TARGET, detail, one.at)
            elif one.remote.key not in self.live:
                detail = f"There is no {one.remote.id}, so it cannot be imported to {one.address}."
                self.diagnostics.error(IMPORT_NOT_FOUND, detail, one.at)
            else:
                found[one.address] = one.remote
        return found

    def _all_needs(self) -> dict[Address, tuple[Address, ...]]:
        """Return the needs of declared objects, those that the state remembers of the others, and what their ids tell."""
        names = {str(one.moved_from or address): address for address, one in self.known.items()}
        found = {address: one.needs for address, one in self.wanted.items()}
        for address, known in self.known.items():
            if address not in found:
                found[address] = tuple(names[one] for one in known.record.depends_on if one in names)
            if address.successor in self.wanted or address.successor in self.known:
                # A generation is decided on after the pool it belongs to.
                found[address] = (*found[address], address.successor)
        objects: list[tuple[Address, Remote, Mapping[str, Any]]] = [
            (address, one.remote, one.document) for address, one in self.wanted.items()
        ]
        gone = [(address, one) for address, one in self.known.items() if address not in self.wanted]
        objects += [(address, one.remote, one.record.applied) for address, one in gone]
        return with_belonging(found, objects)

    def _check_addresses(self) -> None:
        asked = [*self.options.targets, *self.options.excludes, *self.options.replace]
        for one in asked:
            if not any(matches(one, address) for address in self.needs):
                text = str(one) if isinstance(one, Address) else ".".join(map(str, one))
                hint = did_you_mean(text, map(str, self.needs))
                detail = f"{text} is neither declared nor in the state.{hint}"
                self.diagnostics.error(UNKNOWN_TARGET, detail)

    # One object.

    def _one(self, address: Address, adopted: Remote | None) -> None:
        wanted, known = self.wanted.get(address), self.known.get(address)
        if known is not None and address.successor is None:
            self._note_drift(address, known)
        if self.options.refresh_only:
            change = self._refreshed(address, known)
        elif known is not None and address.successor is not None:
            change = self._generation(address, address.successor, known)
        elif wanted is None:
            change = self._removed(address, known) if known is not None else None
        elif known is None:
            change = self._new(wanted, adopted)
        else:
            change = self._kept(wanted, known)
        if change is not None:
            change = self._with_part(change, wanted)
            self.made[address] = change
            if change.action is Action.REPLACE and change.remote.kind in ("account", "application"):
                self.homes.add(change.remote.key)

    def _with_part(self, change: Change, wanted: DesiredObject | None) -> Change:
        """Return a change of a schedule with the part it has among those of its pool's regions."""
        if wanted is None or wanted.enabled is None:
            return change
        original = self.wanted.get(wanted.hours_of) if wanted.hours_of is not None else None
        return replace(change, enabled=wanted.enabled, hours_of=original.remote if original is not None else None)

    def _note_drift(self, address: Address, known: _Known) -> None:
        found = self.live.get(known.remote.key)
        if found is None:
            if known.record.verified:
                self.drift[address] = Drift(address, known.remote, (), gone=True)
            return
        before = known.record.applied
        fields = drift(known.remote.kind, before, found.document, self.state.secret_key)
        wanted = self.wanted.get(address)
        if wanted is not None and not fields and wanted.document == before:
            self.steady.add(address)
        if found.has_ended:
            return  # nobody can change it any more; what the last run meant it to be came too late
        if known.remote.kind == "pool" and self.generations.grows(address, known.remote):
            fields = tuple(one for one in fields if one.path[0] != "fixed_scale")
        if fields and wanted is not None and not known.record.verified:
            # The last run did not come to its end here; what is as it meant it to be is its own doing.
            unlike = {one.path for one in drift(wanted.kind, wanted.document, found.document, self.state.secret_key)}
            fields = tuple(one for one in fields if one.path in unlike)
        if fields:
            self.drift[address] = Drift(address, known.remote, fields)

    def _refreshed(self, address: Address, known: _Known | None) -> Change | None:
        """Say what the state takes over from what is live; in Azure nothing changes."""
        if known is None:
            return None
        before = known.record.applied
        found = self.live.get(known.remote.key)
        if found is None:
            return Change(address, Action.DELETE, known.remote, before, None, strategy="forget", notes=(_GONE,))
        fields = self.drift[address].fields if address in self.drift else ()
        after = taken_over(before, fields, found.document) if fields else before
        after = concealed(after, before, self.state.secret_key)
        action = Action.UPDATE if fields else Action.NOOP
        return Change(address, action, known.remote, before, after, fields, Cause.DRIFT, strategy="adopt")

    def _removed(self, address: Address, known: _Known) -> Change:
        kept = [one for one in self.asked.removals if one.covers(address) and not one.destroy]
        gone = known.remote.key not in self.live
        base = Change(address, Action.DELETE, known.remote, known.record.applied, None, moved_from=known.moved_from)
        if gone or kept:
            note = _GONE if gone else "it stays in Azure"
            return replace(base, strategy="forget", notes=(note,))
        declared = self.declared.get(address)
        if declared is not None and declared.prevent_destroy:
            self._protected(declared, "destroyed")
        note = _WITH.get(known.remote.kind, "")
        return replace(base, strategy="remove", notes=(note,) if note else ())

    def _generation(self, address: Address, pool: Address, known: _Known) -> Change | None:
        """Return what happens to a candidate, or to a retired pool."""
        taking_over = self.generations.is_taking_over(pool, known.remote)
        gone = known.remote.key not in self.live and not taking_over
        if gone or self.options.destroy or pool not in self.wanted:
            return self._removed(address, known)
        if taking_over:
            return None
        base = Change(address, Action.NOOP, known.remote, known.record.applied, None, moved_from=known.moved_from)
        return self.generations.decided(base, pool)

    def _new(self, wanted: DesiredObject, adopted: Remote | None) -> Change | None:
        if adopted is not None:
            return self._adopted(wanted, adopted)
        if wanted.remote.key in self.live:
            found = self.live[wanted.remote.key]
            if found.is_going:
                waits = "it is being deleted; the new one is made when it is gone"
                return self._create(wanted, notes=(waits,))
            detail = (
                f"{wanted.remote.id} exists, and the state does not have it. Give {wanted.address} another name, or "
                f'take it over:\n\nimport {{\n  to = {wanted.address}\n  id = "{wanted.remote.id}"\n}}'
            )
            self.diagnostics.error(OBJECT_EXISTS, detail, wanted.at)
            return None
        return self._create(wanted)

    def _create(self, wanted: DesiredObject, notes: tuple[str, ...] = ()) -> Change:
        return Change(wanted.address, Action.CREATE, wanted.remote, None, wanted.document, cause=Cause.NEW, notes=notes)

    def _adopted(self, wanted: DesiredObject, remote: Remote) -> Change:
        found = self.live[remote.key]
        fields = self._differences(wanted, None, found)
        change = self._decided(wanted, remote, None, fields, found, cause=Cause.CONFIG)
        return replace(change, imported=True)

    def _kept(self, wanted: DesiredObject, known: _Known) -> Change:
        found = self.live.get(known.remote.key)
        before = known.record.applied
        if found is None or found.is_going:
            notes = ("it is gone; it was deleted outside of batchplan",) if known.record.verified else ()
            change = self._create(wanted, notes)
            return replace(change, before=before, moved_from=known.moved_from)
        told = self.generations.asked(wanted, known.remote, before)
        if told is not None:
            return told
        fields = self._differences(wanted, before, found)
        if wanted.kind == "pool" and self.generations.grows(wanted.address, known.remote):
            fields = tuple(one for one in fields if one.path[0] != "fixed_scale")
        cause = self._forced(wanted, known)
        change = self._decided(wanted, known.remote, before, fields, found, cause=cause)
        half = str(found.facts.get("state", "")).lower() == "pending" and wanted.kind == "application_package"
        half = half or any(disabled_remote(one).key == known.remote.key for one in self.state.disabled_jobs)
        if change.action in (Action.NOOP, Action.UPDATE) and (half or not known.record.verified):
            strategy = IN_PLACE if change.action is Action.NOOP else change.strategy
            change = replace(change, action=Action.UPDATE, cause=Cause.UNVERIFIED, strategy=strategy)
        if wanted.kind == "pool" and change.action is Action.REPLACE and change.strategy == BLUE_GREEN:
            change = self.generations.rolled(change, wanted)
        if change.action is Action.REPLACE and wanted.prevent_destroy:
            self._protected(wanted, "replaced")
        late = too_late(self._sides(wanted, before, found)) if found.has_ended else ()
        return replace(change, moved_from=known.moved_from, notes=(*change.notes, *late))

    def _differences(
        self, wanted: DesiredObject, before: Document | None, found: Observation
    ) -> tuple[FieldChange, ...]:
        if before is not None and wanted.address in self.steady:
            return self._turned(wanted, found)
        fields = differences(wanted.kind, self._sides(wanted, before, found))
        if found.has_ended:
            return tuple(one for one in fields if one.mutability == "create")
        if wanted.enabled is not None:
            return (*fields, *self._turned(wanted, found))
        return fields

    def _sides(self, wanted: DesiredObject, before: Document | None, found: Observation) -> Sides:
        settled = all(self.made[one].action is Action.NOOP for one in wanted.needs if one in self.made)
        return Sides(
            wanted.document,
            before,
            found.document,
            self.state.secret_key,
            settled,
            wanted.ignore_changes,
            wanted.locate,
        )

    def _turned(self, wanted: DesiredObject, found: Observation) -> tuple[FieldChange, ...]:
        """Return what differs of a schedule by its part among those of its pool's regions."""
        original = self.made.get(wanted.hours_of) if wanted.hours_of is not None else None
        turned = [hours_moved(wanted, found, original)]
        if not (wanted.enabled and is_single(wanted) and self._has_run(wanted)):
            turned.append(switch(wanted, found))
        return tuple(one for one in turned if one is not None)

    def _has_run(self, wanted: DesiredObject) -> bool:
        """Return whether the one run of a schedule has come, in any region: it must not come again in another."""
        family = wanted.hours_of or wanted.address
        listed = self.families[family]
        seen = [self.live.get(one.remote.key) for one in listed]
        if any(one is not None and one.facts.get("recent_job") is not None for one in seen):
            return True
        mine = self.live.get(wanted.remote.key)
        times = (mine.document.get("schedule") or {}) if mine is not None else {}
        due = instant(str(times.get("do_not_run_until") or ""))
        # A region that does not answer does not tell; the moment that its mirror was given does.
        silent = any(self._is_silent(one.address) for one in listed)
        return silent and (due is None or self.rolling.now is None or due <= self.rolling.now)

    def _forced(self, wanted: DesiredObject, known: _Known) -> Cause | None:
        if any(matches(one, wanted.address) for one in self.options.replace):
            return Cause.ASKED
        for address, path in wanted.triggers:
            if any(matches(address, one) and _touches(change, path) for one, change in self.made.items()):
                return Cause.TRIGGERED
        if any(home in self.homes for home in _homes(known.remote)):
            return Cause.TRIGGERED
        if wanted.kind != "pool":
            return None
        if wanted.address in self.rolling.stale_agents:
            return Cause.AGENT
        found = self.live.get(known.remote.key)
        created = instant(str(found.facts.get("creation_time") or "")) if found is not None else None
        return too_old(wanted.document, known.record, created, self.rolling.now)

    def _decided(
        self,
        wanted: DesiredObject,
        remote: Remote,
        before: Document | None,
        fields: tuple[FieldChange, ...],
        found: Observation,
        *,
        cause: Cause | None,
    ) -> Change:
        """Return the change: its action is the most severe of what the fields take."""
        counted = [one for one in fields if not one.deferred]
        forced = cause in (Cause.ASKED, Cause.TRIGGERED, Cause.AGED, Cause.AGENT)
        elsewhere = remote.key != wanted.remote.key
        words = {one.mutability for one in counted}
        strategy = str((wanted.document.get("replacement") or {}).get("strategy") or BLUE_GREEN).lower()
        if wanted.kind != "pool" or any(home in self.homes for home in _homes(remote)):
            strategy = RECREATE  # a pool whose account goes has to be gone before it
        if "create" in words or forced or elsewhere:
            action = Action.REPLACE
            self._check_replaceable(wanted, strategy, counted)
        elif "empty" in words and not found.is_empty:
            action = Action.UPDATE if strategy == DRAIN_AND_PATCH else Action.REPLACE
        elif counted:
            action, strategy = Action.UPDATE, IN_PLACE
        else:
            action, strategy = Action.NOOP, IN_PLACE
        if action is Action.REPLACE or (action is Action.UPDATE and "empty" in words):
            fields = tuple(replace(one, deferred=False) for one in fields)
        why = cause or (counted[0].cause if counted else None)
        by = wanted.remote if action is Action.REPLACE and elsewhere else None
        after = without_ignored(wanted, before, found.document)
        if action is not Action.REPLACE:
            after = kept_labels(after, before, fields)
        notes = (_KEEP_OLD,) if action is Action.UPDATE and "reboot" in words and not found.is_empty else ()
        return Change(wanted.address, action, remote, before, after, fields, why, by, strategy, notes=notes)

    def _check_replaceable(self, wanted: DesiredObject, strategy: str, fields: Iterable[FieldChange]) -> None:
        if strategy == DRAIN_AND_PATCH:
            names = ", ".join(dict.fromkeys(str(one.path[0]) for one in fields if one.mutability == "create"))
            what = f"no call changes {names}" if names else "it is to be replaced"
            detail = (
                f"{wanted.address} has the strategy drain_and_patch, which keeps the pool, but {what}. "
                'Set replacement { strategy = "blue_green" } or "recreate".'
            )
            self.diagnostics.error(UNSUPPORTED_STRATEGY, detail, wanted.at)
        unset = [one for one in fields if wanted.kind == "account" and one.cause is Cause.UNSET]
        for one in unset:
            if one.mutability == "create":
                detail = f"{wanted.address}: no call takes {one.path[0]} back, and an account is not replaced for that."
                self.diagnostics.error(IRREVERSIBLE_FIELD, detail, wanted.at)

    def _protected(self, wanted: DesiredObject, what: str) -> None:
        detail = (
            f"{wanted.address} would be {what}, and its lifecycle block says prevent_destroy. "
            "Take that away, or leave the object as it is (-exclude)."
        )
        self.diagnostics.error(PREVENT_DESTROY, detail, wanted.at)


_WITH: Mapping[str, str] = {
    "account": "everything in the account goes with it",
    "job": "its tasks go with it",
    "job_schedule": "its jobs and their tasks go with it",
}
"""What deleting an object takes along."""


_KEEP_OLD = "nodes that exist keep the old value until they are rebooted or reimaged"


_GONE = "it is gone already"


def _is_told(change: Change) -> bool:
    told = change.action is not Action.NOOP or change.imported or change.moved_from is not None or bool(change.fields)
    return told or change.strategy in (WAITING, PAUSED) or bool(change.notes or cosmetic(change))


def _touches(change: Change, path: tuple[str | int, ...]) -> bool:
    if change.action in (Action.NOOP, Action.DELETE):
        return False
    if not path or change.action is Action.REPLACE:
        return True
    return any(one.path[: len(path)] == path or path[: len(one.path)] == one.path for one in change.fields)


def _homes(remote: Remote) -> tuple[RemoteKey, ...]:
    """Return the keys of what an object is in, and goes with."""
    if remote.kind == "account":
        return ()
    account = Remote("account", remote.account_id, remote.account_id.rpartition("/")[2]).key
    if remote.kind == "application_package":
        return (account, Remote("application", remote.account_id, remote.name).key)
    return (account,)
