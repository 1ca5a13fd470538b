"""Generations of pools: what becomes of candidates, of pools that were replaced, and of those that take over.

A rollout goes on from where the state says that it stands; commands about rollouts ask for steps of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from batchplan.core.address import CANDIDATE, Address
from batchplan.core.codes import NOTHING_TO_UNDO
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote, RemoteKey
from batchplan.plan.change import (
    ABANDON,
    COLLECT,
    DRAIN,
    PAUSE,
    PAUSED,
    UNDO,
    WAITING,
    Action,
    Cause,
    Change,
    Document,
    Rollout,
)
from batchplan.plan.desired import DesiredObject
from batchplan.plan.observation import Observation
from batchplan.plan.options import Options
from batchplan.plan.rolling import Rolling, Verb, candidates, promotes, retired
from batchplan.state.document import remote_of
from batchplan.state.model import StateDocument
from batchplan.state.rollouts import open_rollout, retiring, rollout_of


@dataclass(frozen=True, slots=True)
class Generations:
    """Decides about generations. `made` are the changes decided on so far: that of a pool comes before its parts."""

    wanted: Mapping[Address, DesiredObject]
    state: StateDocument
    live: Mapping[RemoteKey, Observation]
    options: Options
    rolling: Rolling
    made: Mapping[Address, Change]
    diagnostics: Diagnostics

    def is_taking_over(self, pool: Address, remote: Remote) -> bool:
        """Return whether a pool is replaced by this one, which is told of where the pool is."""
        whole = self.made.get(pool)
        return whole is not None and whole.rollout is not None and whole.rollout.candidate.key == remote.key

    def decided(self, base: Change, pool: Address) -> Change | None:
        """Return what happens to a candidate, or to a retired pool, that is live; None when it stays as it is."""
        if base.address.parts[-1].word == CANDIDATE:
            return self._abandoned(base, pool)
        return self._retired(base, pool)

    def _abandoned(self, base: Change, pool: Address) -> Change | None:
        stands = rollout_of(self.state, pool, base.remote.name)
        kept = stands is not None and (stands.paused or stands.phase == "waiting")
        whole = self.made.get(pool)
        if whole is None:
            return None
        unchanged = whole.strategy in (PAUSED, PAUSE, WAITING)
        if kept and unchanged and not self._asks("abort", pool):
            return None
        previous = Remote("pool", whole.remote.account_id, stands.previous) if stands is not None else whole.remote
        rollout = Rollout(base.remote, previous)
        return replace(base, action=Action.DELETE, strategy=ABANDON, notes=("it never got any work",), rollout=rollout)

    def _retired(self, base: Change, pool: Address) -> Change | None:
        stands = retiring(self.state, pool, base.remote.name)
        whole = self.made.get(pool)
        if whole is None or whole.strategy in (PAUSED, PAUSE, UNDO):
            return None
        taker = Remote("pool", whole.remote.account_id, stands.candidate) if stands is not None else whole.remote
        found = self.live[base.remote.key]
        if found.is_going:
            return replace(base, action=Action.DELETE, strategy=COLLECT, rollout=Rollout(taker, base.remote))
        if stands is None or stands.phase == "promoted" or not found.is_empty:
            # Where the one that took over has been, or is being, replaced itself, work goes to the active one.
            target = whole.remote if whole.replaced_by is not None or taker.key != whole.remote.key else None
            rollout = Rollout(taker, base.remote, there=True, phase="promoted", target=target)
            after = self.wanted[pool].document
            return replace(base, action=Action.UPDATE, strategy=DRAIN, after=after, rollout=rollout)
        now, until = self.rolling.now, stands.keep_until
        due = now is not None and (until is None or until <= now)
        if due or self._asks("collect", pool):
            rollout = Rollout(taker, base.remote, target=whole.remote)
            return replace(base, action=Action.DELETE, strategy=COLLECT, rollout=rollout)
        return None

    def grows(self, address: Address, remote: Remote) -> bool:
        """Return whether a promoted pool gets the rest of its size when the one it replaces has made room."""
        stands = rollout_of(self.state, address, remote.name)
        return stands is not None and stands.phase == "promoted"

    def asked(self, wanted: DesiredObject, remote: Remote, applied: Document) -> Change | None:
        """Return what a command about rollouts, or a pause, makes of a pool; None when it is planned as ever."""
        address = wanted.address
        if wanted.kind != "pool":
            return None
        stands = open_rollout(self.state, address)
        still = Change(address, Action.NOOP, remote, applied, applied)
        if self._asks("undo", address) or (
            self._asks("abort", address) and stands is not None and stands.phase == "promoted"
        ):
            return self._taken_back(still)
        if self._asks("pause", address) and stands is not None:
            candidate = Remote("pool", remote.account_id, stands.candidate)
            previous = Remote("pool", remote.account_id, stands.previous)
            rollout = Rollout(candidate, previous, phase=stands.phase)
            return replace(still, action=Action.UPDATE, strategy=PAUSE, rollout=rollout)
        if self.options.verb in ("abort", "collect", "due", "pause"):
            return still
        if stands is not None and stands.paused and not self._asks("promote", address):
            note = f"its rollout is paused; to go on: batchplan rollout promote {address}"
            return replace(still, strategy=PAUSED, notes=(note,))
        return None

    def _taken_back(self, still: Change) -> Change:
        """Return the change that makes the generation before the active one again."""
        generations = retired(self.state, still.address)
        there = {key for key, found in self.live.items() if not found.is_going}
        live = [one for one in generations.values() if remote_of(one).key in there]
        if not live:
            detail = f"{still.address} has no retired pool any more that could take over again."
            self.diagnostics.error(NOTHING_TO_UNDO, detail)
            return still
        back = live[-1]
        rollout = Rollout(remote_of(back), still.remote, there=True, phase="undo")
        return replace(
            still,
            action=Action.REPLACE,
            strategy=UNDO,
            after=back.applied,
            replaced_by=rollout.candidate,
            cause=Cause.UNDONE,
            rollout=rollout,
        )

    def rolled(self, change: Change, wanted: DesiredObject) -> Change:
        """Return a replacement with the candidate it is made with, or what keeps it waiting."""
        candidate = self.rolling.successors.get(wanted.address) or change.replaced_by
        if candidate is None:
            return change
        known = [remote_of(one).key for one in candidates(self.state, wanted.address).values()]
        there = candidate.key in known and candidate.key in self.live and not self.live[candidate.key].is_going
        stands = rollout_of(self.state, wanted.address, candidate.name)
        phase = stands.phase if stands is not None and there else ""
        asked = self._asks("promote", wanted.address)
        if phase == "waiting" and not asked and not promotes(wanted.document) and self._is_whole(candidate, wanted):
            note = f"{candidate.name} is ready and waits: batchplan rollout promote {wanted.address}"
            return replace(change, action=Action.NOOP, strategy=WAITING, fields=(), notes=(note,))
        rollout = Rollout(candidate, change.remote, there, asked or promotes(wanted.document), phase)
        return replace(change, replaced_by=candidate, rollout=rollout)

    def _is_whole(self, candidate: Remote, wanted: DesiredObject) -> bool:
        """Return whether a proved candidate has its nodes: an abort that was interrupted may have begun to take them."""
        found = self.live[candidate.key]
        fixed = wanted.document.get("fixed_scale") or {}
        wants = any(fixed.get(name) for name in ("target_dedicated_nodes", "target_low_priority_nodes"))
        return bool(wanted.document.get("auto_scale")) or (found.is_steady and not (wants and found.is_empty))

    def _asks(self, verb: Verb, address: Address) -> bool:
        return self.options.verb == verb and address in self.options.pools
