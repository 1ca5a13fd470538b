"""Types: what a value can be, and what a constraint can ask for.

`DYNAMIC` is the type not known yet; in a constraint it is `any`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Primitive:
    """string, number, bool, or dynamic; also `type`, the type of a type itself (an argument of convert)."""

    name: str

    def __str__(self) -> str:
        return self.name


STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Primitive("dynamic")
TYPE = Primitive("type")


@dataclass(frozen=True, slots=True)
class ListType:
    """Elements of one type, in order."""

    element: "Type"

    def __str__(self) -> str:
        return f"list({self.element})"


@dataclass(frozen=True, slots=True)
class SetType:
    """Distinct elements of one type, without an order of their own."""

    element: "Type"

    def __str__(self) -> str:
        return f"set({self.element})"


@dataclass(frozen=True, slots=True)
class MapType:
    """Values of one type by name."""

    element: "Type"

    def __str__(self) -> str:
        return f"map({self.element})"


@dataclass(frozen=True, slots=True)
class TupleType:
    """A fixed number of elements, each of its own type."""

    elements: "tuple[Type, ...]"

    def __str__(self) -> str:
        return f"tuple([{', '.join(map(str, self.elements))}])"


class ObjectType:
    """Attributes by name, each of its own type. `optional` names those a constraint lets be left out."""

    __slots__ = ("_hash", "attributes", "optional")

    def __init__(self, attributes: "Mapping[str, Type]", optional: frozenset[str] = frozenset()) -> None:
        self.attributes: dict[str, Type] = {name: attributes[name] for name in sorted(attributes)}
        self.optional = optional
        self._hash: int | None = None

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, ObjectType):
            return NotImplemented
        return self.attributes == other.attributes and self.optional == other.optional

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash((tuple(self.attributes.items()), self.optional))
        return self._hash

    def __repr__(self) -> str:
        return f"ObjectType({self.attributes!r})"

    def __str__(self) -> str:
        inside = ", ".join(
            f"{name} = optional({of})" if name in self.optional else f"{name} = {of}"
            for name, of in self.attributes.items()
        )
        return f"object({{{inside}}})"


Type = Primitive | ListType | SetType | MapType | TupleType | ObjectType

EMPTY_OBJECT = ObjectType({})
EMPTY_TUPLE = TupleType(())


def friendly(of: Type) -> str:
    """Return a type as a person says it: `list of string`, `object`, `any type`."""
    match of:
        case Primitive(name="dynamic"):
            return "dynamic"
        case ListType(element=element):
            return f"list of {friendly(element)}"
        case SetType(element=element):
            return f"set of {friendly(element)}"
        case MapType(element=element):
            return f"map of {friendly(element)}"
        case TupleType():
            return "tuple"
        case ObjectType():
            return "object"
        case Primitive(name=name):
            return name


def has_dynamic(of: Type) -> bool:
    """Return whether any part of a type is not known yet."""
    match of:
        case Primitive():
            return of is DYNAMIC
        case ListType(element=element) | SetType(element=element) | MapType(element=element):
            return has_dynamic(element)
        case TupleType(elements=elements):
            return any(map(has_dynamic, elements))
        case ObjectType(attributes=attributes):
            return any(map(has_dynamic, attributes.values()))


def without_optional(of: Type) -> Type:
    """Return the type a value has after conversion to a constraint: no attribute is optional any more."""
    match of:
        case Primitive():
            return of
        case ListType(element=element):
            return ListType(without_optional(element))
        case SetType(element=element):
            return SetType(without_optional(element))
        case MapType(element=element):
            return MapType(without_optional(element))
        case TupleType(elements=elements):
            return TupleType(tuple(map(without_optional, elements)))
        case ObjectType(attributes=attributes):
            return ObjectType({name: without_optional(part) for name, part in attributes.items()})


def to_json(of: Type) -> object:
    """Return the JSON form that Terraform's state uses: `"string"`, `["list", "string"]`, `["object", {…}]`."""
    match of:
        case Primitive(name=name):
            return name
        case ListType(element=element):
            return ["list", to_json(element)]
        case SetType(element=element):
            return ["set", to_json(element)]
        case MapType(element=element):
            return ["map", to_json(element)]
        case TupleType(elements=elements):
            return ["tuple", [to_json(part) for part in elements]]
        case ObjectType(attributes=attributes, optional=optional):
            shape = {name: to_json(part) for name, part in attributes.items()}
            return ["object", shape, sorted(optional)] if optional else ["object", shape]
