"""Facts by the path of a field in a document."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from batchplan.core.suggest import did_you_mean
from batchplan.schema.document import Path, reveal
from batchplan.schema.facts import Change, Fact, Plane, most_severe
from batchplan.schema.registry import KINDS, Kind
from batchplan.schema.shape import Argument, Nested, Shape, wire_path


class NoSuchField(LookupError):
    """A path that leads to no field; the text says where it ends and what is near."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field, found: its fact with what it inherits, and its path in the API's JSON, without list positions."""

    kind: Kind
    path: Path
    member: Argument | Nested
    fact: Fact
    api: tuple[str, ...]

    @property
    def change(self) -> Change:
        """What a change of it costs."""
        return self.fact.change or Change.LIVE

    @property
    def unit(self) -> tuple[str, ...]:
        """The part of the JSON body that a PATCH sends as a whole to change the field; empty when it is not sent."""
        return self.api[: 2 if self.kind.plane is Plane.ARM and self.api[:1] == ("properties",) else 1]


def field(kind: str, path: Path) -> Field:
    """Return the field at a path: names, list positions, and labels after a block that has one.

    Raises NoSuchField.
    """
    return find(KINDS[kind], path)


def find(kind: Kind, path: Path) -> Field:
    """Return the field at a path of a kind. Raises NoSuchField."""
    shape: Shape | None = kind.shape
    member: Argument | Nested | None = None
    fact, prefix = Fact(), kind.model.body
    api: tuple[str, ...] = ()
    labelled = False
    for step in path:
        if isinstance(step, int):
            continue
        if labelled:
            labelled = False
            continue
        if shape is None or (found := shape.member(step)) is None:
            if isinstance(member, Argument):
                break  # an entry of a map, or a part of JSON
            raise NoSuchField(_missing(kind, step, shape))
        member = found
        fact = _inherit(fact, member.fact)
        api = () if fact.local else (*api, *wire_path(member.fact, member.name, prefix, kind.plane))
        shape = member.shape if isinstance(member, Nested) else None
        labelled = isinstance(member, Nested) and member.nesting == "map"
        prefix = member.model.body if isinstance(member, Nested) and member.fact.separate else ""
    if member is None:
        raise NoSuchField(f"{kind.name} has many fields; name one.")
    return Field(kind, path, member, fact, api)


def _inherit(outer: Fact, own: Fact) -> Fact:
    return replace(
        own,
        ground=own.ground or outer.ground,
        readable=own.readable and outer.readable,
        sensitive=own.sensitive or outer.sensitive,
        local=own.local or (outer.local and not outer.separate),
    )


def _missing(kind: Kind, step: str, shape: Shape | None) -> str:
    hint = did_you_mean(step, shape.names) if shape else ""
    return f'{kind.name} has no field "{step}" there.{hint}'


def fact(kind: str, path: Path) -> Fact:
    """Return what is known of a field, with what it inherits from the blocks around it. Raises NoSuchField."""
    return field(kind, path).fact


def change_of(kind: str, path: Path, before: Any = None, after: Any = None) -> Change:
    """Return what a change of a field from one value to another costs."""
    found = fact(kind, path)
    if found.forward is not None:
        start, end = found.forward
        old = str(reveal(before) or found.default).casefold()
        new = str(reveal(after) or found.default).casefold()
        if (old, new) not in ((start, end), (old, old)):
            return Change.CREATE
    return found.change or Change.LIVE


def severity(kind: str, paths: Iterable[Path]) -> Change:
    """Return the most severe class of the fields that change; a label counts as nothing."""
    return most_severe(change_of(kind, path) for path in paths if not fact(kind, path).label_only)
