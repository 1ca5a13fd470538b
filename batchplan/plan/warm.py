"""Pools that have more nodes for a while, before a run: plans leave their size alone, and give it back when it is over."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from batchplan.core.remote import Remote, RemoteKey
from batchplan.plan.change import Document
from batchplan.plan.desired import DesiredObject
from batchplan.plan.observation import Observation, live_of
from batchplan.plan.regions import SCALE
from batchplan.plan.shift import Shift, is_silent
from batchplan.state.document import by_address, remote_of
from batchplan.state.model import PrewarmRecord, ResourceRecord, StateDocument


@dataclass(frozen=True, slots=True)
class Warm:
    """Pools that are warm, by address: those whose size plans leave alone, and those that are given theirs back."""

    kept: Mapping[str, PrewarmRecord]
    over: Mapping[str, PrewarmRecord]

    def wanted(
        self, desired: Sequence[DesiredObject], observed: Mapping[Remote, Observation | None]
    ) -> tuple[DesiredObject, ...]:
        """Return what is wanted, with the sizes that are left alone as they are live."""
        return tuple(self._wanted(one, observed.get(one.remote)) for one in desired) if self.kept else tuple(desired)

    def _wanted(self, one: DesiredObject, found: Observation | None) -> DesiredObject:
        if found is None or str(one.address) not in self.kept:
            return one
        return replace(one, document=with_scale(one.document, found.document))

    def view(self, state: StateDocument, observed: Mapping[Remote, Observation | None]) -> StateDocument:
        """Return the state as if the sizes of these pools were what was applied last: they are no drift."""
        if not self.kept and not self.over:
            return state
        live = live_of(observed)
        return state.model_copy(update={"resources": tuple(self._seen(one, live) for one in state.resources)})

    def _seen(self, one: ResourceRecord, live: Mapping[RemoteKey, Observation]) -> ResourceRecord:
        found = live.get(remote_of(one).key) if one.address in self.kept or one.address in self.over else None
        return one.model_copy(update={"applied": with_scale(one.applied, found.document)}) if found else one


def warm(
    state: StateDocument, desired: Iterable[DesiredObject], shift: Shift, now: datetime, *, moves_only: bool
) -> Warm:
    """Return which pools are warm.

    It is over when its time is, when the pool moves to another region, and when the work is done in another one; where
    a plan does nothing but move pools (`moves_only`), of these alone. What does not answer is in neither: its size is
    not looked at.
    """
    if not state.prewarms:
        return Warm({}, {})
    wanted = {str(one.address): one for one in desired}
    known = {str(address): remote_of(one) for address, one in by_address(state).items()}
    kept: dict[str, PrewarmRecord] = {}
    over: dict[str, PrewarmRecord] = {}
    for name, record in state.prewarms.items():
        one = wanted.get(name)
        if one is None or (name in known and is_silent(known[name], shift.silent)):
            continue
        moves = str(one.address.instance) in shift.moves
        ends = moves or (not moves_only and (one.enabled is False or now >= record.until))
        (over if ends else kept)[name] = record
    return Warm(kept, over)


def with_scale(document: Document, other: Document) -> dict[str, Any]:
    """Return a document with the size, or the formula, of another one."""
    kept = {name: value for name, value in document.items() if name not in SCALE}
    return {**kept, **{name: other[name] for name in SCALE if name in other}}
