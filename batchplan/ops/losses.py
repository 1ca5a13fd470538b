"""What is lost with an account: objects in it that nobody has declared, which only a look at Azure tells."""

from collections.abc import Sequence
from dataclasses import replace

from batchplan.core.remote import Remote, RemoteKey
from batchplan.ops.session import Session
from batchplan.plan.change import Action, Change, Changes
from batchplan.plan.desired import DesiredObject
from batchplan.ports import AzureError, NotFound
from batchplan.state.document import remote_of
from batchplan.state.model import StateDocument

NAMED = 10
"""How many objects of a kind are named; the rest is counted."""

_WORDS = {"pool": "pool", "job": "job", "job_schedule": "job schedule"}


async def with_losses(
    session: Session, found: Changes, desired: Sequence[DesiredObject], state: StateDocument
) -> Changes:
    """Return changes in which each account that goes says which undeclared objects go with it."""
    going = [one for one in found.objects if _goes(one)]
    if not going:
        return found
    ours = {remote_of(record).key for record in state.resources} | {one.remote.key for one in desired}
    noted = {one.address: replace(one, notes=(*one.notes, *await _losses(session, one, ours))) for one in going}
    return replace(found, objects=tuple(noted.get(one.address, one) for one in found.objects))


def _goes(change: Change) -> bool:
    removed = change.action is Action.DELETE and change.strategy == "remove"
    return change.remote.kind == "account" and (removed or change.action is Action.REPLACE)


async def _losses(session: Session, change: Change, ours: set[RemoteKey]) -> list[str]:
    try:
        there = await session.reader.contents(change.remote.account_id)
    except NotFound:
        return []
    except AzureError as error:
        return [f"what else is in it could not be read, and would go with it: {error.message}"]
    lost = {kind: [one for one in there if one.kind == kind and one.key not in ours] for kind in _WORDS}
    return [_told(_WORDS[kind], some) for kind, some in lost.items() if some]


def _told(word: str, lost: Sequence[Remote]) -> str:
    names = [one.name for one in lost[:NAMED]]
    if len(lost) > NAMED:
        names.append(f"{len(lost) - NAMED} more")
    which = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"not declared, and lost with it: {word}{'s' if len(lost) > 1 else ''} {which}"
