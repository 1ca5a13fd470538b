"""Types of the wire, per api-version: what a body may hold, and what an answer shows.

A schema is a JSON file in `emulator/data`, facts only:

    versions   the api-versions it tells apart, oldest first
    enums      name -> its values, spelled as answers spell them
    types      name -> {wire, members, rules}
      wire     the type's name in the service's error texts
      members  name -> {type, list, map, required, readOnly, since, until, and constraints}
      rules    exactlyOne, atMostOne, together: lists of members; needs, conflicts: member -> members

Primitive types are string, integer, number, boolean, datetime, duration and object (anything).
`since` and `until` are the first and last api-version that has the member; a member a version lacks
is unknown in its bodies and absent from its answers.
"""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.model import Json
from batchplan.emulator.wire import constraint, primitive

UNKNOWN_MEMBER = (
    "The property '{name}' does not exist on type 'Microsoft.Azure.Batch.Protocol.Entities.{type}'. "
    "Make sure to only use property names that are defined by the type."
)


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a type. `kind` names a primitive, an enum or a type."""

    name: str
    kind: str
    many: bool
    mapping: bool
    required: bool
    read_only: bool
    since: str | None
    until: str | None
    facts: constraint.Facts


@dataclass(frozen=True, slots=True)
class Shape:
    """A type as one api-version has it."""

    wire: str
    members: dict[str, Member]
    rules: constraint.Rules


def invalid_body(reason: str) -> ServiceError:
    """Return the refusal of a body that is no instance of its type."""
    return refuse("InvalidRequestBody", ("Reason", reason))


class Schema:
    """The types of one plane. Obtain with `load`."""

    def __init__(self, document: Json) -> None:
        self.versions: tuple[str, ...] = tuple(document["versions"])
        self.enums: dict[str, dict[str, str]] = {
            name: {value.lower(): value for value in values} for name, values in document["enums"].items()
        }
        self._types: Json = document["types"]
        self._shapes: dict[tuple[str, str], Shape] = {}

    def shape(self, kind: str, version: str) -> Shape:
        """Return a type at an api-version; raise KeyError when there is no such type."""
        found = self._shapes.get((kind, version))
        if found is None:
            found = self._shapes[kind, version] = self._build(kind, version)
        return found

    def decode(self, kind: str, body: object, version: str) -> Json:
        """Return a body with unknown members refused and values coerced: numbers, enum case, durations, times.

        Nulls and members that only the service writes are left out. Raises InvalidRequestBody,
        MissingRequiredProperty or InvalidPropertyValue.
        """
        value = self._object(kind, body, version)
        self._check(kind, value, version)
        return value

    def encode(self, kind: str, value: Json, version: str) -> Json:
        """Return what an api-version shows of a value, in the value's own order."""
        members = self.shape(kind, version).members
        return {
            name: self._shown(members[name], item, version)
            for name, item in value.items()
            if item is not None and name in members
        }

    def has_path(self, kind: str, path: tuple[str, ...], version: str) -> bool:
        """Tell whether a property path (`executionInfo`, `exitCode`) leads somewhere in a type."""
        for index, name in enumerate(path):
            member = self.shape(kind, version).members.get(name)
            if member is None:
                return False
            kind = member.kind
            if kind not in self._types:
                return index == len(path) - 1
        return True

    def _build(self, kind: str, version: str) -> Shape:
        raw = self._types[kind]
        members = {name: _member(name, facts) for name, facts in raw["members"].items()}
        rank = self.versions.index
        present = {
            name: member
            for name, member in members.items()
            if (member.since is None or rank(member.since) <= rank(version))
            and (member.until is None or rank(version) <= rank(member.until))
        }
        return Shape(raw["wire"], present, constraint.Rules(**_snake(raw.get("rules", {}))))

    def _shown(self, member: Member, value: Any, version: str) -> Any:
        if member.kind not in self._types or member.mapping:
            return value
        if member.many:
            return [self.encode(member.kind, item, version) for item in value]
        return self.encode(member.kind, value, version)

    def _object(self, kind: str, body: object, version: str) -> Json:
        shape = self.shape(kind, version)
        if not isinstance(body, dict):
            raise invalid_body(f"A value of type '{shape.wire}' must be a JSON object.")
        value: Json = {}
        for name, item in body.items():
            member = shape.members.get(name)
            if member is None and not name.startswith("odata."):
                raise invalid_body(UNKNOWN_MEMBER.format(name=name, type=shape.wire))
            if member is not None and item is not None and not member.read_only:
                value[name] = self._value(member, item, version)
        return value

    def _value(self, member: Member, item: object, version: str) -> Any:
        if member.many:
            if not isinstance(item, list):
                raise invalid_body(f"The property '{member.name}' must be a JSON array.")
            return [self._single(member, one, version) for one in item]
        if member.mapping:
            if not isinstance(item, dict):
                raise invalid_body(f"The property '{member.name}' must be a JSON object.")
            return {key: self._single(member, one, version) for key, one in item.items()}
        return self._single(member, item, version)

    def _single(self, member: Member, item: object, version: str) -> Any:
        if member.kind in self._types:
            return self._object(member.kind, item, version)
        if member.kind in self.enums:
            return primitive.enum(member.name, item, self.enums[member.kind])
        value = primitive.READERS[member.kind](member.name, item)
        return item if member.facts.verbatim else value

    def _check(self, kind: str, value: Json, version: str) -> None:
        shape = self.shape(kind, version)
        for name, member in shape.members.items():
            if name not in value:
                if member.required and not member.read_only:
                    raise refuse("MissingRequiredProperty", ("PropertyName", name))
                continue
            constraint.check(name, value[name], member.facts)
            if member.kind in self._types and not member.mapping:
                for one in value[name] if member.many else [value[name]]:
                    self._check(member.kind, one, version)
        constraint.check_rules(value, shape.rules)


def _member(name: str, facts: Json) -> Member:
    rest = dict(facts)
    return Member(
        name,
        rest.pop("type"),
        rest.pop("list", False),
        rest.pop("map", False),
        rest.pop("required", False),
        rest.pop("readOnly", False),
        rest.pop("since", None),
        rest.pop("until", None),
        constraint.Facts(**_snake(rest)),
    )


def _snake(facts: Json) -> Json:
    """Return facts by the names of `constraint`: `minLength` is `min_length`."""
    return {re.sub(r"([A-Z])", r"_\1", name).lower(): value for name, value in facts.items()}


@cache
def load(name: str) -> Schema:
    """Return the schema of a plane: `dataplane` or `arm`."""
    text = resources.files("batchplan.emulator").joinpath("data", f"schema_{name}.json").read_text("utf-8")
    return Schema(json.loads(text))
