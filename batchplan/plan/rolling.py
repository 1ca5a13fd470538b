"""Generations of a pool: which one takes over, which are kept, which go; a function of the state and of the time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from batchplan.core.address import CANDIDATE, RETIRED, Address
from batchplan.core.remote import Remote
from batchplan.plan.change import Cause, Document
from batchplan.plan.diff import sealed
from batchplan.schema.backup import OWN
from batchplan.schema.times import seconds
from batchplan.state.document import by_address, remote_of
from batchplan.state.model import ResourceRecord, StateDocument
from batchplan.state.rollouts import retiring

Verb = Literal["", "promote", "pause", "abort", "undo", "collect", "due"]
"""What a command asks of the rollouts of some pools: nothing else is planned then."""


@dataclass(frozen=True, slots=True)
class Rolling:
    """What planning is told about generations besides the state.

    `successors` are ids chosen for new generations; `stale_agents` pools whose node agents are too old.
    """

    now: datetime | None = None
    successors: Mapping[Address, Remote] = field(default_factory=dict)
    stale_agents: frozenset[Address] = frozenset()


@dataclass(frozen=True, slots=True)
class Generation:
    """One pool of an address: what it is (active, candidate, retired), its nodes, and the tasks of jobs that name it.

    `nodes` is None when the pool does not exist. `keep_until` is when an empty retired pool is due to go.
    """

    role: str
    pool_id: str
    nodes: int | None = None
    ready: int = 0
    target: int = 0
    running: int = 0
    queued: int = 0
    jobs: tuple[str, ...] = ()
    keep_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A pool: how far its rollout is, since when, why, and all its generations. No rollout is under way without `phase`."""

    address: Address
    phase: str
    since: datetime | None
    why: str
    paused: bool
    generations: tuple[Generation, ...]


def candidates(state: StateDocument, address: Address) -> dict[Address, ResourceRecord]:
    """Return the candidates of a pool, by their address."""
    return {one: record for one, record in by_address(state).items() if _is(one, CANDIDATE, address)}


def retired(state: StateDocument, address: Address) -> dict[Address, ResourceRecord]:
    """Return the retired generations of a pool, by their address, the one retired last at the end."""
    found = {one: record for one, record in by_address(state).items() if _is(one, RETIRED, address)}
    return dict(sorted(found.items(), key=lambda item: _since(state, address, item[1])))


def _since(state: StateDocument, address: Address, record: ResourceRecord) -> str:
    found = retiring(state, address, record.remote.name)
    return found.since.isoformat() if found is not None else ""


def _is(one: Address, word: str, address: Address) -> bool:
    return bool(one.parts) and one.parts[-1].word == word and one.successor == address


def fitting(state: StateDocument, address: Address, document: Document) -> Remote | None:
    """Return a candidate that is what is wanted now, so that an interrupted rollout goes on with it."""
    wanted = _generation(document, state.secret_key)
    for record in candidates(state, address).values():
        if _generation(record.applied, state.secret_key) == wanted:
            return remote_of(record)
    return None


def _generation(document: Document, key: str) -> Any:
    """Return what of a document makes a generation: how it is replaced is no part of it."""
    return sealed({name: value for name, value in document.items() if name not in OWN}, key)


def too_old(document: Document, record: ResourceRecord, created: datetime | None, now: datetime | None) -> Cause | None:
    """Return the cause to replace a pool for its age."""
    limit = seconds(str((document.get("replacement") or {}).get("max_age") or "")) if now is not None else None
    born = record.created_at or created
    if not limit or born is None or now is None:
        return None
    return Cause.AGED if (now - born).total_seconds() > float(limit) else None


def promotes(document: Document) -> bool:
    """Return whether a candidate that is proved takes over by itself."""
    return (document.get("replacement") or {}).get("auto_promote") is not False
