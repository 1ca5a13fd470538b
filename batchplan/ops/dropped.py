"""What objects that are taken over have, and the present version of the API has no member for."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from batchplan.core.remote import Remote
from batchplan.ops.session import Session
from batchplan.plan.change import Change, Changes
from batchplan.schema.retired import DROPPED, RETIRED

SHOWN = 80
"""Characters of a value that a note shows."""


async def dropped_notes(session: Session, remote: Remote) -> tuple[str, ...]:
    """Return what becomes of each member of an object that the API has dropped. Raise AzureError."""
    return tuple(_note(path, value) for path, value in (await session.reader.dropped(remote)).items())


async def with_dropped(session: Session, changes: Changes) -> Changes:
    """Return changes in which those that take an object over say what it has that cannot be declared."""
    notes = {one.address: await dropped_notes(session, one.remote) for one in changes.objects if one.imported}
    return replace(changes, objects=tuple(_noted(changes.objects, notes))) if any(notes.values()) else changes


def _noted(changes: Iterable[Change], notes: dict[Any, tuple[str, ...]]) -> Iterable[Change]:
    for change in changes:
        yield replace(change, notes=(*change.notes, *notes.get(change.address, ())))


def _note(path: str, value: Any) -> str:
    told = json.dumps(value)
    shown = told if len(told) <= SHOWN else f"{told[: SHOWN - 1]}…"
    return f"It has {path} = {shown}, which is left as it is. {RETIRED[DROPPED[path.rpartition('.')[2]]]}"
