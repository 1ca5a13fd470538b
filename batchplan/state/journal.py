"""The record of a run: before each call what is meant, after it what came of it.

The state is not rewritten with every step; folding a journal into the state it started from gives the
state after it, whether the run ended, was interrupted, or was killed between two entries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from batchplan.core.address import Address, parse_address
from batchplan.core.remote import Remote
from batchplan.state.active import follow_regions, still_there
from batchplan.state.document import Applied, recorded, remote_of, with_resources
from batchplan.state.model import ResourceRecord, StateDocument

Effect = Literal["put", "drop", "rename", "verify", "active", "none"]
"""What a step means for the state: record the object, forget it, move it, note that it is usable, nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a journal. `phase` is intent, done or failed; `refused` that a failed call had no effect."""

    phase: Literal["intent", "done", "failed"]
    step: str
    effect: Effect
    address: Address
    remote: Remote
    at: datetime
    document: Mapping[str, Any] | None = None
    depends_on: tuple[str, ...] = ()
    origin: Address | None = None
    verified: bool = True
    message: str = ""
    creates: bool = False
    refused: bool = False


def entry_json(entry: Entry) -> dict[str, Any]:
    """Return an entry as JSON data."""
    made: dict[str, Any] = {
        "phase": entry.phase,
        "step": entry.step,
        "effect": entry.effect,
        "address": str(entry.address),
        "remote": [entry.remote.kind, entry.remote.account_id, entry.remote.name, entry.remote.version],
        "at": entry.at.isoformat(),
    }
    if entry.document is not None:
        made["document"] = entry.document
    if entry.depends_on:
        made["depends_on"] = list(entry.depends_on)
    if entry.origin is not None:
        made["origin"] = str(entry.origin)
    if not entry.verified:
        made["verified"] = False
    if entry.message:
        made["message"] = entry.message
    if entry.creates:
        made["creates"] = True
    if entry.refused:
        made["refused"] = True
    return made


def entry_of(data: Mapping[str, Any]) -> Entry:
    """Return an entry from its JSON data; raise KeyError or ValueError when it is none."""
    return Entry(
        phase=data["phase"],
        step=data["step"],
        effect=data["effect"],
        address=parse_address(data["address"]),
        remote=Remote(*data["remote"]),
        at=datetime.fromisoformat(data["at"]),
        document=data.get("document"),
        depends_on=tuple(data.get("depends_on", ())),
        origin=parse_address(data["origin"]) if "origin" in data else None,
        verified=data.get("verified", True),
        message=data.get("message", ""),
        creates=data.get("creates", False),
        refused=data.get("refused", False),
    )


def fold(document: StateDocument, entries: Iterable[Entry]) -> StateDocument:
    """Return the state after a run.

    A call that has no outcome may have been made or not. What was to be created by it is recorded,
    unverified, so that the next plan looks for it and takes it over instead of making it twice; an object
    that was to be changed is unverified from then on. Folding a journal once more changes nothing,
    because a crash may come after the state was written and before the journal was closed.
    """
    pending: dict[str, Entry] = {}
    records = {one.address: one for one in document.resources}
    regions = dict(document.active_regions)
    for entry in entries:
        if entry.phase == "intent":
            pending[entry.step] = entry
        elif entry.phase == "done":
            pending.pop(entry.step, None)
            _apply(records, entry)
            follow_regions(regions, entry)
        elif entry.refused:
            pending.pop(entry.step, None)
    for entry in pending.values():
        if entry.creates:
            _put(records, entry, verified=False)
        elif _is_meant(records.get(str(entry.address)), entry):
            _mark(records, entry, verified=False)
    folded = with_resources(document, records.values())
    return folded.model_copy(update={"active_regions": still_there(regions, records)})


_Records = dict[str, ResourceRecord]
"""Records by address, filled by one fold only: a state made anew for each entry would cost the square of them."""


def _apply(records: _Records, entry: Entry) -> None:
    match entry.effect:
        case "put":
            _put(records, entry, verified=entry.verified)
        case "drop":
            if _is_meant(records.get(str(entry.address)), entry):
                del records[str(entry.address)]
        case "rename":
            _rename(records, entry)
        case "verify":
            _mark(records, entry, verified=True)
        case "active" | "none":
            pass


def _is_meant(record: ResourceRecord | None, entry: Entry) -> bool:
    """Return whether a record is still about the object of an entry, not about one that has its address by now."""
    return record is not None and remote_of(record).key == entry.remote.key


def _rename(records: _Records, entry: Entry) -> None:
    """An object that is not at its old address any more was renamed when this journal was folded before."""
    assert entry.origin is not None, "a rename names where the object was"
    origin = str(entry.origin)
    if _is_meant(records.get(origin), entry):
        target = str(entry.address)
        records[target] = records.pop(origin).model_copy(update={"address": target})


def _put(records: _Records, entry: Entry, *, verified: bool) -> None:
    assert entry.document is not None, "what is recorded has a document"
    created = entry.at if entry.creates else None
    applied = Applied(entry.address, entry.remote, entry.document, entry.depends_on, created, verified)
    record = recorded(records.get(str(entry.address)), applied)
    records[record.address] = record


def _mark(records: _Records, entry: Entry, *, verified: bool) -> None:
    """Note whether an object has to be looked at again."""
    record = records.get(str(entry.address))
    if record is not None:
        records[record.address] = record.model_copy(update={"verified": verified})
