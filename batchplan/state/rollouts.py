"""Where replacements of pools stand, as the state keeps it. What is given is never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.state.model import DisabledJob, RemoteRecord, RolloutRecord, StateDocument

KEPT = 20
"""Rollouts of a pool that the state remembers."""

OPEN = frozenset({"candidate", "waiting", "promoted"})
"""Phases in which a rollout is under way."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What a step says of a rollout: by pool ids, its phase, and for how many seconds the retired pool is kept."""

    candidate: str
    previous: str
    phase: str
    why: str = ""
    keep: float | None = None
    paused: bool = False


def rollouts_of(document: StateDocument, address: Address) -> tuple[RolloutRecord, ...]:
    """Return the rollouts of a pool, oldest first."""
    return document.rollouts.get(str(address), ())


def rollout_of(document: StateDocument, address: Address, candidate: str) -> RolloutRecord | None:
    """Return the newest rollout that brings a pool id, None when none does."""
    found = [one for one in rollouts_of(document, address) if one.candidate.lower() == candidate.lower()]
    return found[-1] if found else None


def retiring(document: StateDocument, address: Address, pool_id: str) -> RolloutRecord | None:
    """Return the newest rollout that retires a pool id, None when none does."""
    found = [one for one in rollouts_of(document, address) if one.previous.lower() == pool_id.lower()]
    return found[-1] if found else None


def open_rollout(document: StateDocument, address: Address) -> RolloutRecord | None:
    """Return the rollout of a pool that is under way, None when none is.

    A new one may have begun while an older one still moves its work; it is the new one then. One that was killed
    before its candidate was made has not begun.
    """
    found = [one for one in rollouts_of(document, address) if one.phase in OPEN]
    if not found:
        return None
    pools = {one.remote.name.lower() for one in document.resources if one.remote.kind == "pool"}
    begun = [one for one in found if one.phase != "promoted" and one.candidate.lower() in pools]
    moving = [one for one in found if one.phase == "promoted"]
    newest = (*moving[-1:], *begun[-1:])
    return newest[-1] if newest else None


def with_mark(listed: Sequence[RolloutRecord], mark: Marked, at: datetime) -> tuple[RolloutRecord, ...]:
    """Return the rollouts of a pool with one of them in another phase; one that is not there yet begins."""
    old = next((one for one in listed if (one.candidate, one.previous) == (mark.candidate, mark.previous)), None)
    same = old is not None and old.phase == mark.phase
    made = RolloutRecord(
        candidate=mark.candidate,
        previous=mark.previous,
        phase=mark.phase,  # type: ignore[arg-type]
        started_at=old.started_at if old is not None else at,
        since=old.since if old is not None and same else at,
        why=mark.why or (old.why if old is not None else ""),
        keep_until=_kept_until(mark, old, at),
        paused=mark.paused,
    )
    if same:
        return tuple(made if one is old else one for one in listed)
    return (*(one for one in listed if one is not old), made)[-KEPT:]


def without_generation(listed: Sequence[RolloutRecord], name: str, at: datetime) -> tuple[RolloutRecord, ...]:
    """Return the rollouts of a pool after one of its generations, a candidate or a retired one, is gone."""
    ends = {"candidate": "aborted", "waiting": "aborted"}
    made = list(listed)
    for index, one in enumerate(listed):
        brings, retires = (same.lower() == name.lower() for same in (one.candidate, one.previous))
        phase = ends.get(one.phase) if brings else "done" if retires and one.phase in ("promoted", "retired") else None
        if phase is not None:
            made[index] = one.model_copy(update={"phase": phase, "since": at, "keep_until": None, "paused": False})
    return tuple(made)


def _kept_until(mark: Marked, old: RolloutRecord | None, at: datetime) -> datetime | None:
    if mark.keep is not None:
        return at + timedelta(seconds=mark.keep)
    return old.keep_until if old is not None and mark.phase == old.phase else None


def disabled_job(address: Address, job: Remote) -> DisabledJob:
    """Return the record of a job that has to be enabled again."""
    record = RemoteRecord(kind=job.kind, account_id=job.account_id, name=job.name, version=job.version)
    return DisabledJob(address=str(address), remote=record)


def disabled_remote(record: DisabledJob) -> Remote:
    """Return which job a record is about."""
    return Remote(record.remote.kind, record.remote.account_id, record.remote.name, record.remote.version)
