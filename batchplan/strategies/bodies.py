"""The exact JSON of requests: all of an object to create it, and no more than what changed to patch it."""

from collections.abc import Iterable, Mapping
from typing import Any

from batchplan.plan.change import Change, Document, FieldChange
from batchplan.plan.diff import OWN_METADATA
from batchplan.plan.naming import digest, generation_of
from batchplan.plan.unset import RESET, part_of_machine, wire
from batchplan.schema.api import to_api
from batchplan.schema.registry import KINDS

SCALE = frozenset({"fixed_scale", "auto_scale"})
"""Members of a pool that have calls of their own."""


def create_body(change: Change, sized: Document | None = None) -> Mapping[str, Any]:
    """Return the body that creates an object. A pool carries what it is of batchplan, and a name for people.

    `sized` is the document with another size, for a candidate that does not begin with all of its own.
    """
    document = change.after or {}
    if change.remote.kind != "pool":
        return to_api(change.remote.kind, document)
    remote = change.replaced_by or change.remote
    own = (
        ("address", str(change.address)),
        ("generation", generation_of(remote.name)),
        ("digest", digest(document)),
    )
    entries = [{"name": f"{OWN_METADATA}{name}", "value": value} for name, value in own if value]
    labelled = {"display_name": document.get("name"), **(sized or document)}
    return to_api("pool", {**labelled, "metadata": [*document.get("metadata", ()), *entries]})


def patch_body(kind: str, after: Document, fields: Iterable[FieldChange], observed: Document) -> Mapping[str, Any]:
    """Return the body that changes some fields: each top-level member that holds one, as a whole.

    The VM configuration of a pool is one member of the API, so all of it goes along when a part of it changes.
    """
    names = list(dict.fromkeys(str(one.path[0]) for one in fields if one.path[0] not in SCALE or kind != "pool"))
    shape = KINDS[kind].shape
    members = {name: member for name in names if (member := shape.member(name)) is not None}
    if any(part_of_machine(kind, member) for member in members.values()):
        members |= {one.name: one for one in shape.members() if part_of_machine(kind, one)}
    part = {name: after[name] for name in members if after.get(name) is not None}
    if kind == "pool" and "metadata" in members:
        part["metadata"] = [*part.get("metadata", ()), *_own(observed)]
    body = to_api(kind, part)
    for name, member in members.items():
        if name not in part and not member.fact.local:
            reset = RESET.get((kind, name), member.fact.default)
            if reset is not None:
                _plant(body, wire(kind, member), reset)
    return body


def _own(observed: Document) -> list[Any]:
    """Return the entries that batchplan wrote: a PATCH of metadata replaces the whole list."""
    return [one for one in observed.get("metadata", ()) if str(one.get("name", "")).startswith(OWN_METADATA)]


def _plant(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        body = body.setdefault(step, {})
    body[path[-1]] = value
