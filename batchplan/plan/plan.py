"""A plan: what differs, the steps, and what it was made of, so that it can be told whether it still holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.plan.change import Action, Changes
from batchplan.plan.diff import sealed
from batchplan.plan.observation import Observation
from batchplan.plan.step import Step
from batchplan.schema.document import path_text
from batchplan.state.model import StateDocument
from batchplan.state.secrets import concealed


@dataclass(frozen=True, slots=True)
class Seen:
    """An object that the plan touches, as it was when planned; None where there was none. Secrets are hashes."""

    address: Address
    remote: Remote
    document: Mapping[str, Any] | None
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that apply needs. `inputs` are keyed hashes of the configuration's files, by name."""

    changes: Changes
    steps: tuple[Step, ...]
    lineage: str
    serial: int
    created_at: datetime
    workspace: str = "default"
    version: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[Seen, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Moved:
    """A field of an object that is not what it was when the plan was made. The state itself has no address."""

    address: Address | None
    remote: Remote | None
    path: str
    planned: Any
    live: Any
    etag_planned: str | None = None
    etag_live: str | None = None


def seen_objects(changes: Changes, observed: Mapping[Remote, Observation | None], key: str) -> tuple[Seen, ...]:
    """Return what a plan remembers of the objects it touches. `key` is that of the keyed hashes."""
    live = {remote.key: found for remote, found in observed.items()}
    made = []
    for change in changes.objects:
        known = [sealed(one, key) for one in (change.before, change.after) if one is not None]
        remotes = [change.remote] if change.replaced_by is None else [change.remote, change.replaced_by]
        for remote in remotes:
            found = live.get(remote.key)
            document = _hidden(found.document, known, key) if found is not None else None
            made.append(Seen(change.address, remote, document, found.etag if found is not None else None))
    return tuple(made)


def _hidden(observed: Mapping[str, Any], known: Any, key: str) -> Mapping[str, Any]:
    """Return what was observed without its secrets: those that are declared as such, and those that are known."""
    made: Mapping[str, Any] = concealed(sealed(observed, key), known, key)
    return made


def stale(
    plan: Plan, state: StateDocument | None, observed: Mapping[Remote, Observation | None], key: str
) -> list[Moved]:
    """Return what has moved since a plan was made; nothing when it still holds.

    An ETag alone is no reason: the service changes it with each resize. A document decides.
    """
    found = list(_state_moved(plan, state))
    live = {remote.key: one for remote, one in observed.items()}
    for one in plan.seen:
        now = live.get(one.remote.key)
        found.extend(_moved(one, now, _hidden(now.document, one.document, key) if now is not None else None))
    return found


def _state_moved(plan: Plan, state: StateDocument | None) -> list[Moved]:
    lineage, serial = (state.lineage, state.serial) if state is not None else (plan.lineage, 0)
    if lineage != plan.lineage:
        return [Moved(None, None, "lineage", plan.lineage, lineage)]
    return [Moved(None, None, "serial", plan.serial, serial)] if serial != plan.serial else []


def _moved(seen: Seen, now: Observation | None, document: Mapping[str, Any] | None) -> list[Moved]:
    if document == seen.document:
        return []
    live_etag = now.etag if now is not None else None
    if document is None or seen.document is None:
        there = ("exists", "is gone") if document is None else ("does not exist", "exists")
        return [Moved(seen.address, seen.remote, "", *there, seen.etag, live_etag)]
    return [
        Moved(seen.address, seen.remote, path_text(path), before, after, seen.etag, live_etag)
        for path, before, after in _differences(seen.document, document)
    ]


def _differences(
    before: Any, after: Any, path: tuple[str | int, ...] = ()
) -> list[tuple[tuple[str | int, ...], Any, Any]]:
    if before == after:
        return []
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        names = dict.fromkeys([*before, *after])
        return [one for name in names for one in _differences(before.get(name), after.get(name), (*path, name))]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = enumerate(zip(before, after, strict=True))
        return [one for at, (left, right) in pairs for one in _differences(left, right, (*path, at))]
    return [(path, before, after)]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many objects are created, changed, replaced, deleted, taken over, moved within the state or forgotten."""

    create: int = 0
    update: int = 0
    replace: int = 0
    delete: int = 0
    adopt: int = 0
    move: int = 0
    forget: int = 0


def counts(changes: Changes) -> Counts:
    """Count the changes of a plan. A deletion from the state alone counts as forgotten."""
    found = changes.objects
    forgotten = sum(one.forgets for one in found)
    return Counts(
        create=sum(one.action is Action.CREATE for one in found),
        update=sum(one.action is Action.UPDATE for one in found),
        replace=sum(one.action is Action.REPLACE for one in found),
        delete=sum(one.action is Action.DELETE for one in found) - forgotten,
        adopt=sum(one.imported for one in found),
        move=sum(one.moved_from is not None for one in found),
        forget=forgotten,
    )
