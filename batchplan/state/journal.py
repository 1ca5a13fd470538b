"""The record of a run: before each call what is meant, after it what came of it.

The state is not rewritten with every step; folding a journal into the state it started from gives the
state after it, whether the run ended, was interrupted, or was killed between two entries.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from batchplan.core.address import Address, parse_address
from batchplan.core.remote import Remote, RemoteKey
from batchplan.state.active import follow_regions, still_there
from batchplan.state.document import Applied, recorded, remote_of, with_resources
from batchplan.state.model import ActiveRegion, DisabledJob, PrewarmRecord, ResourceRecord, RolloutRecord, StateDocument
from batchplan.state.rollouts import Marked, disabled_job, disabled_remote, with_mark, without_generation

Effect = Literal["put", "drop", "rename", "verify", "promote", "mark", "active", "warm", "disable", "enable", "none"]
"""What a step means for the state.

Record the object, forget it, move it, note that it is usable, exchange it for its candidate, note where a rollout
stands, where a pool is active, or that it is warm, remember a job that has to be enabled again, forget that it has to; or nothing.
"""


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
    rollout: Marked | None = None
    retired: Address | None = None


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
    if entry.rollout is not None:
        made["rollout"] = asdict(entry.rollout)
    if entry.retired is not None:
        made["retired"] = str(entry.retired)
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
        rollout=Marked(**data["rollout"]) if "rollout" in data else None,
        retired=parse_address(data["retired"]) if "retired" in data else None,
    )


def fold(document: StateDocument, entries: Iterable[Entry]) -> StateDocument:
    """Return the state after a run.

    A call that has no outcome may have been made or not. What was to be created by it is recorded,
    unverified, so that the next plan looks for it and takes it over instead of making it twice; an object
    that was to be changed is unverified from then on. Folding a journal once more changes nothing,
    because a crash may come after the state was written and before the journal was closed.
    """
    pending: dict[str, Entry] = {}
    folded = _Folded(document)
    for entry in entries:
        if entry.phase == "intent":
            pending[entry.step] = entry
        elif entry.phase == "done":
            pending.pop(entry.step, None)
            folded.apply(entry)
        elif entry.refused:
            pending.pop(entry.step, None)
    for entry in pending.values():
        folded.doubt(entry)
    return folded.whole()


@dataclass(slots=True)
class _Folded:
    """What one fold fills: a state made anew for each entry would cost the square of them."""

    document: StateDocument
    records: dict[str, ResourceRecord] = field(init=False)
    rollouts: dict[str, tuple[RolloutRecord, ...]] = field(init=False)
    disabled: dict[RemoteKey, DisabledJob] = field(init=False)
    regions: dict[str, ActiveRegion] = field(init=False)
    prewarms: dict[str, PrewarmRecord] = field(init=False)
    places: dict[RemoteKey, str] = field(init=False)
    """At which address an object was recorded last; it may be none of that address any more."""

    def __post_init__(self) -> None:
        self.records = {one.address: one for one in self.document.resources}
        self.places = {remote_of(one).key: one.address for one in self.document.resources}
        self.rollouts = dict(self.document.rollouts)
        self.disabled = {disabled_remote(one).key: one for one in self.document.disabled_jobs}
        self.regions = dict(self.document.active_regions)
        self.prewarms = dict(self.document.prewarms)

    def whole(self) -> StateDocument:
        """Return the state."""
        made = with_resources(self.document, self.records.values())
        parts: dict[str, Any] = {
            "rollouts": dict(sorted(self.rollouts.items())),
            "disabled_jobs": tuple(self.disabled.values()),
        }
        parts["prewarms"] = {name: one for name, one in sorted(self.prewarms.items()) if name in self.records}
        return made.model_copy(update={**parts, "active_regions": still_there(self.regions, self.records)})

    def apply(self, entry: Entry) -> None:
        """Take over what a step has done."""
        follow_regions(self.regions, entry)
        match entry.effect:
            case "put":
                self._put(entry, verified=entry.verified)
            case "drop":
                if self._is_meant(entry, entry.address):
                    del self.records[str(entry.address)]
                self.disabled.pop(entry.remote.key, None)
                self._end_rollout(entry)
            case "rename":
                self._rename(entry)
            case "verify":
                if self._is_meant(entry, entry.address):
                    self._note(entry, verified=True)
            case "promote":
                self._promote(entry)
            case "mark":
                self._mark(entry)
            case "disable":
                self.disabled[entry.remote.key] = disabled_job(entry.address, entry.remote)
            case "enable":
                self.disabled.pop(entry.remote.key, None)
                if self._is_meant(entry, entry.address):
                    self._note(entry, verified=entry.verified)
            case "warm":
                self._warm(entry)
            case "active" | "none":
                pass

    def doubt(self, entry: Entry) -> None:
        """Take over what a step may have done, which has no outcome."""
        if entry.effect == "disable":
            self.disabled[entry.remote.key] = disabled_job(entry.address, entry.remote)
        if entry.creates and entry.document is not None:
            self._put(entry, verified=False)
        elif self._is_meant(entry, entry.address):
            self._note(entry, verified=False)

    def _is_meant(self, entry: Entry, address: Address) -> bool:
        """Return whether a record is still about the object of an entry, not about one that has its address by now."""
        record = self.records.get(str(address))
        return record is not None and remote_of(record).key == entry.remote.key

    def _is_elsewhere(self, entry: Entry) -> bool:
        """Return whether the object of an entry is recorded at another address."""
        at = self.places.get(entry.remote.key)
        record = self.records.get(at) if at is not None and at != str(entry.address) else None
        return record is not None and remote_of(record).key == entry.remote.key

    def _rename(self, entry: Entry) -> None:
        """An object that is not at its old address any more was renamed when this journal was folded before."""
        assert entry.origin is not None, "a rename names where the object was"
        if self._is_meant(entry, entry.origin):
            self._move(entry.origin, entry.address)
            if str(entry.origin) in self.prewarms:
                self.prewarms[str(entry.address)] = self.prewarms.pop(str(entry.origin))
            listed = self.rollouts.pop(str(entry.origin), None)
            if listed is not None:
                self.rollouts[str(entry.address)] = listed

    def _move(self, origin: Address, target: Address) -> ResourceRecord:
        record = self.records.pop(str(origin)).model_copy(update={"address": str(target)})
        self.records[record.address] = record
        self.places[remote_of(record).key] = record.address
        return record

    def _promote(self, entry: Entry) -> None:
        """A candidate that is not at its address any more was promoted when this journal was folded before."""
        assert entry.origin is not None, "a promotion names the candidate"
        assert entry.retired is not None, "a promotion names where the other one goes"
        if self._is_meant(entry, entry.origin):
            generation = 1
            if str(entry.address) in self.records:
                generation = self._move(entry.address, entry.retired).generation + 1
            record = self._move(entry.origin, entry.address)
            self.records[record.address] = record.model_copy(update={"generation": generation})
        self._mark(entry)

    def _warm(self, entry: Entry) -> None:
        self.prewarms.pop(str(entry.address), None)
        if entry.document is not None:
            self.prewarms[str(entry.address)] = PrewarmRecord.model_validate(entry.document)

    def _mark(self, entry: Entry) -> None:
        assert entry.rollout is not None, "a mark says what of a rollout"
        address = str(entry.address)
        self.rollouts[address] = with_mark(self.rollouts.get(address, ()), entry.rollout, entry.at)

    def _end_rollout(self, entry: Entry) -> None:
        """With a candidate goes its rollout, and one is over when the retired pool is gone."""
        pool = entry.address.successor
        if pool is not None:
            listed = self.rollouts.get(str(pool), ())
            self.rollouts[str(pool)] = without_generation(listed, entry.remote.name, entry.at)

    def _put(self, entry: Entry, *, verified: bool) -> None:
        """An object that is at another address by now came there when this journal was folded before."""
        assert entry.document is not None, "what is recorded has a document"
        if self._is_elsewhere(entry):
            return
        created = entry.at if entry.creates else None
        applied = Applied(entry.address, entry.remote, entry.document, entry.depends_on, created, verified)
        record = recorded(self.records.get(str(entry.address)), applied)
        self.records[record.address] = record
        self.places[entry.remote.key] = record.address

    def _note(self, entry: Entry, *, verified: bool) -> None:
        record = self.records[str(entry.address)]
        self.records[record.address] = record.model_copy(update={"verified": verified})
