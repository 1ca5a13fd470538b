"""Between documents and the JSON of the API, by the paths that the facts give.

What a document leaves out is left out of the JSON, but for defaults that the service wants stated; so a part of a
document makes the JSON of a PATCH. `UNKNOWN` stays where it stands; secrets stay wrapped unless they are asked for.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from batchplan.schema.block import Block
from batchplan.schema.constraint import Choice, Constraint
from batchplan.schema.document import UNKNOWN, Document, Secret
from batchplan.schema.facts import Plane
from batchplan.schema.registry import KINDS
from batchplan.schema.shape import Argument, Nested, Shape, may_hold_nothing, shape_of, wire_path

Json = dict[str, Any]


def to_api(kind: str, document: Mapping[str, Any], *, reveal_secrets: bool = False) -> Json:
    """Return the JSON body of a create, or of a PATCH when the document is a part."""
    found = KINDS[kind]
    return _encode(found.shape, document, found.plane, found.model.body, reveal_secrets)


def _encode(shape: Shape, document: Mapping[str, Any], plane: Plane, prefix: str, reveal_secrets: bool) -> Json:
    body: Json = {}
    for name, value in document.items():
        member = shape.member(name)
        assert member is not None, f"documents hold only what the shape has, not {name}"
        if member.fact.local or value is None:
            continue
        made = _encoded(member, value, plane, reveal_secrets)
        _plant(body, wire_path(member.fact, name, prefix, plane), made)
    for argument in shape.stated:
        if document.get(argument.name) is None:
            _plant(body, wire_path(argument.fact, argument.name, prefix, plane), argument.fact.default)
    return body


def _encoded(member: Argument | Nested, value: Any, plane: Plane, reveal_secrets: bool) -> Any:
    if value is UNKNOWN:
        return value
    if isinstance(member, Argument):
        return _leaf(member, value, plane, reveal_secrets)
    if isinstance(value, list):
        return [_encode(member.shape, item, plane, "", reveal_secrets) for item in value]
    return _encode(member.shape, value, plane, "", reveal_secrets)


def _leaf(argument: Argument, value: Any, plane: Plane, reveal_secrets: bool) -> Any:
    if isinstance(value, Secret):
        inner = _leaf(argument, value.reveal(), plane, reveal_secrets)
        return inner if reveal_secrets else Secret(inner)
    if isinstance(value, list):
        made = [_part(argument, item, plane, reveal_secrets) for item in value]
        return {item: {} for item in made} if argument.fact.as_keys else made
    if isinstance(value, Mapping):
        return {name: _part(argument, item, plane, reveal_secrets) for name, item in value.items()}
    return spelled(argument.constraints, value, plane)


def _part(argument: Argument, value: Any, plane: Plane, reveal_secrets: bool) -> Any:
    if isinstance(value, Secret):
        return value.reveal() if reveal_secrets else value
    if isinstance(value, Mapping):
        return {name: _part(argument, item, plane, reveal_secrets) for name, item in value.items()}
    if isinstance(value, list):
        return [_part(argument, item, plane, reveal_secrets) for item in value]
    return spelled(argument.inner, value, plane)


def spelled(constraints: tuple[Constraint, ...], value: Any, plane: Plane) -> Any:
    """Return a word of an enumeration as the plane spells it, any other value as it is."""
    if isinstance(value, str):
        for constraint in constraints:
            if isinstance(constraint, Choice):
                return constraint.canonical(value, plane)
    return value


def _plant(body: Json, path: tuple[str, ...], value: Any) -> None:
    for step in path[:-1]:
        body = body.setdefault(step, {})
    body[path[-1]] = value


def from_api(kind: str, body: Mapping[str, Any]) -> Document:
    """Return what the API answered as a document: what can be declared and read back, and nothing else."""
    found = KINDS[kind]
    return _decode(found.model, body, found.plane, found.model.body)


def _decode(model: type[Block], body: Mapping[str, Any], plane: Plane, prefix: str = "") -> Document:
    document: Document = {}
    _gather(_tree(model, plane, prefix), body, plane, document)
    # The service leaves out a block that must be given and in which nothing is set, such as a schedule that runs once.
    return {**{name: {} for name in _unsaid(model) if name not in document}, **document}


@cache
def _unsaid(model: type[Block]) -> tuple[str, ...]:
    """Return the names of the blocks that must be there, and are right with nothing in them."""
    needed = (one for one in shape_of(model).required if isinstance(one, Nested) and one.nesting == "single")
    return tuple(one.name for one in needed if may_hold_nothing(one))


@cache
def _tree(model: type[Block], plane: Plane, prefix: str) -> Json:
    """Return the members of a block by where they are in its JSON object: a member, or a mapping on the way to some."""
    tree: Json = {}
    for member in shape_of(model).members():
        if not member.fact.local and member.fact.readable:
            _plant(tree, wire_path(member.fact, member.name, prefix, plane), member)
    return tree


def _gather(tree: Json, body: Mapping[str, Any], plane: Plane, document: Document) -> None:
    for name, value in body.items():
        place = tree.get(name)
        if place is None or value is None:
            continue
        if not isinstance(place, dict):
            if value in ("", []) and not _may_be_empty(place, value):
                continue
            document[place.name] = _decoded(place, value, plane)
        elif isinstance(value, dict):
            _gather(place, value, plane, document)


def _may_be_empty(member: Argument | Nested, value: Any) -> bool:
    """Return whether an empty text or list is a value: tools write them for what they leave unset."""
    if isinstance(member, Nested):
        return False
    return member.required or all(one.problem(value) is None for one in member.constraints)


def _decoded(member: Argument | Nested, value: Any, plane: Plane) -> Any:
    if isinstance(member, Nested):
        if isinstance(value, list):
            return [_decode(member.model, item, plane) for item in value]
        return _decode(member.model, value, plane)
    if member.fact.as_keys and isinstance(value, dict):
        return sorted(value)
    if member.fact.hides(value):
        return Secret(value)
    return value


def identity_of(kind: str, body: Mapping[str, Any]) -> Document:
    """Return the parts of an object's address that its JSON tells: names, and the id of what holds it.

    An ARM id says all; a job or a schedule knows its id only. A pool's id is `pool_id`: its name is not in Azure.
    """
    if KINDS[kind].plane is Plane.DATA:
        return {"name": body["id"]}
    parts = str(body["id"]).split("/")
    match kind:
        case "account":
            return {"name": parts[-1], "resource_group_name": parts[4]}
        case "application":
            return {"account_id": "/".join(parts[:-2]), "name": parts[-1]}
        case "application_package":
            return {"application_id": "/".join(parts[:-2]), "version": parts[-1]}
        case _:
            return {"account_id": "/".join(parts[:-2]), "pool_id": parts[-1]}
