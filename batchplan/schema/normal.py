"""The one form of a document that two of them are compared in."""

from collections.abc import Mapping
from typing import Any

from batchplan.schema.document import UNKNOWN, Document, Secret, reveal
from batchplan.schema.facts import Plane
from batchplan.schema.registry import KINDS
from batchplan.schema.shape import Argument, Nested, Shape, may_hold_nothing


def normalise(kind: str, document: Mapping[str, Any]) -> Document:
    """Return a document with ids and words in one case, durations, moments and formulas in one form, sets sorted.

    Defaults that the service wants stated are in it. Doing it twice changes nothing. Blocks that are given no time are as good as not set; empty lists of
    arguments are values and stay.
    """
    found = KINDS[kind]
    return _block(found.shape, document, found.plane)


def _block(shape: Shape, document: Mapping[str, Any], plane: Plane) -> Document:
    made: Document = {}
    for name, value in document.items():
        member = shape.member(name)
        assert member is not None, f"documents hold only what the shape has, not {name}"
        if value is None or (isinstance(member, Nested) and value in ([], None) and value is not UNKNOWN):
            continue
        worth = _value(member, value, plane)
        if not is_void(member, worth):
            made[name] = worth
    for argument in shape.stated:
        if argument.name not in made:
            made[argument.name] = _value(argument, argument.fact.default, plane)
    return made


def is_void(member: Argument | Nested, block: Any) -> bool:
    """Return whether a block is as good as not set: an identity of the type None, or nothing where that is not right.

    Tools send `{}` for a start task that they do not set, and the service takes it for none.
    """
    if not isinstance(block, Mapping):
        return False
    if isinstance(member, Nested) and member.nesting == "single" and not block:
        return not member.required and not may_hold_nothing(member)
    if member.fact.void is None:
        return False
    name, value = member.fact.void
    rest = any(part for other, part in block.items() if other != name)
    return not rest and str(block.get(name)).casefold() == value.casefold()


def _value(member: Argument | Nested, value: Any, plane: Plane) -> Any:
    if value is UNKNOWN:
        return value
    if isinstance(member, Argument):
        return _argument(member, value, plane)
    if isinstance(value, list):
        items = [_block(member.shape, item, plane) for item in value]
        return sorted(items, key=lambda item: key_of(member, item)) if member.fact.key else items
    if member.nesting == "map":
        return {label: _block(member.shape, item, plane) for label, item in sorted(value.items())}
    return _block(member.shape, value, plane)


def key_of(nested: Nested, item: Mapping[str, Any]) -> tuple[tuple[int, int | str], ...]:
    """Return what tells an item of a keyed list from the others, in an order that sorts."""
    return tuple(_sortable(reveal(item.get(name))) for name in nested.fact.key)


def _sortable(value: Any) -> tuple[int, int | str]:
    if isinstance(value, int):
        return (1, value)
    return (2, value) if isinstance(value, str) else (0, "" if value is None else "?")


def _argument(argument: Argument, value: Any, plane: Plane) -> Any:
    if isinstance(value, Secret):
        return Secret(_argument(argument, value.reveal(), plane))
    if isinstance(value, list):
        parts = [_canonical(argument.inner, item, plane) for item in value]
        if argument.fact.unordered and all(isinstance(part, str) for part in parts):
            return sorted(set(parts))
        return parts
    return _canonical(argument.constraints, value, plane)


def _canonical(constraints: tuple[Any, ...], value: Any, plane: Plane) -> Any:
    if isinstance(value, Secret):
        return Secret(_canonical(constraints, value.reveal(), plane))
    if value is UNKNOWN or value is None:
        return value
    for constraint in constraints:
        value = constraint.canonical(value, plane)
    return value
