"""What an expression is worth.

Known values without marks are the cheap ones: `str`, `bool`, `int` and `BigFloat` for numbers, and the
slotted containers below. `Null` has a type; `Unknown` is a value of a type that is not known before
apply; `Marked` wraps a value that is sensitive or ephemeral. Unknown and marked values may stand at any
depth of a container, except in a set, whose elements' marks belong to the set itself.

Traps: `bool` is an `int` to Python, so dispatch is on `type(value)`, never on `isinstance`; values are
never changed once made; entries of objects and maps are kept in the order of their names (by code point,
which is the order of their UTF-8), elements of sets in the order Terraform iterates them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cmp_to_key
from typing import Any

from batchplan.lang import numbers
from batchplan.lang.numbers import BigFloat, ShortInt, short
from batchplan.lang.types import (
    BOOL,
    DYNAMIC,
    EMPTY_OBJECT,
    EMPTY_TUPLE,
    NUMBER,
    STRING,
    TYPE,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)


class Mark(StrEnum):
    """What follows a value through every expression."""

    SENSITIVE = "sensitive"
    EPHEMERAL = "ephemeral"


Marks = frozenset[Mark]
NO_MARKS: Marks = frozenset()
SENSITIVE: Marks = frozenset({Mark.SENSITIVE})
EPHEMERAL: Marks = frozenset({Mark.EPHEMERAL})


class Null:
    """The absence of a value of some type; a bare `null` is of dynamic type."""

    __slots__ = ("type",)

    def __init__(self, type: Type) -> None:  # noqa: A002 - the word of the field
        self.type = type

    def __eq__(self, other: object) -> bool:
        return type(other) is Null and other.type == self.type

    def __hash__(self) -> int:
        return hash((Null, self.type))

    def __repr__(self) -> str:
        return f"Null({self.type})"


class Unknown:
    """A value of a type, not known before apply. `not_null` says that it will not be null."""

    __slots__ = ("not_null", "type")

    def __init__(self, type: Type, *, not_null: bool = False) -> None:  # noqa: A002
        self.type = type
        self.not_null = not_null

    def __eq__(self, other: object) -> bool:
        return type(other) is Unknown and other.type == self.type and other.not_null == self.not_null

    def __hash__(self) -> int:
        return hash((Unknown, self.type))

    def __repr__(self) -> str:
        return f"Unknown({self.type})"


NULL = Null(DYNAMIC)
UNKNOWN = Unknown(DYNAMIC)


class TupleValue:
    """Elements each of its own type."""

    __slots__ = ("_type", "items")

    def __init__(self, items: "Sequence[Value]") -> None:
        self.items: tuple[Value, ...] = tuple(items)
        self._type: Type | None = None if self.items else EMPTY_TUPLE

    @property
    def type(self) -> Type:
        """Its tuple type."""
        if self._type is None:
            self._type = TupleType(tuple(map(type_of, self.items)))
        return self._type

    def __repr__(self) -> str:
        return f"TupleValue({list(self.items)!r})"


class ListValue:
    """Elements of one type."""

    __slots__ = ("element", "items")

    def __init__(self, element: Type, items: "Sequence[Value]") -> None:
        self.element = element
        self.items: tuple[Value, ...] = tuple(items)

    @property
    def type(self) -> Type:
        """Its list type."""
        return ListType(self.element)

    def __repr__(self) -> str:
        return f"ListValue({self.element}, {list(self.items)!r})"


class SetValue:
    """Distinct elements of one type, in iteration order. Make one with `make_set`."""

    __slots__ = ("element", "items")

    def __init__(self, element: Type, items: "Sequence[Value]") -> None:
        self.element = element
        self.items: tuple[Value, ...] = tuple(items)

    @property
    def type(self) -> Type:
        """Its set type."""
        return SetType(self.element)

    def __repr__(self) -> str:
        return f"SetValue({self.element}, {list(self.items)!r})"


class ObjectValue:
    """Attributes each of its own type. `entries` is sorted by name."""

    __slots__ = ("_type", "entries")

    def __init__(self, entries: "Mapping[str, Value]") -> None:
        self.entries: dict[str, Value] = dict(sorted(entries.items()))
        self._type: Type | None = None if self.entries else EMPTY_OBJECT

    @property
    def type(self) -> Type:
        """Its object type."""
        if self._type is None:
            self._type = ObjectType({name: type_of(value) for name, value in self.entries.items()})
        return self._type

    def __repr__(self) -> str:
        return f"ObjectValue({self.entries!r})"


class MapValue:
    """Values of one type by name. `entries` is sorted by name."""

    __slots__ = ("element", "entries")

    def __init__(self, element: Type, entries: "Mapping[str, Value]") -> None:
        self.element = element
        self.entries: dict[str, Value] = dict(sorted(entries.items()))

    @property
    def type(self) -> Type:
        """Its map type."""
        return MapType(self.element)

    def __repr__(self) -> str:
        return f"MapValue({self.element}, {self.entries!r})"


@dataclass(frozen=True, slots=True)
class TypeValue:
    """A type as a value: what the second argument of convert() is."""

    constraint: Type

    @property
    def type(self) -> Type:
        """The type of types."""
        return TYPE


class Marked:
    """A value with marks; never wraps another `Marked`. Its `repr` keeps the secret."""

    __slots__ = ("marks", "value")

    def __init__(self, value: "Value", marks: Marks) -> None:
        assert type(value) is not Marked, "marks are kept in one place"
        self.value = value
        self.marks = marks

    @property
    def type(self) -> Type:
        """The type of the value inside."""
        return type_of(self.value)

    def __repr__(self) -> str:
        return f"Marked(<{', '.join(sorted(self.marks))}>)"


Container = TupleValue | ListValue | SetValue | ObjectValue | MapValue
Value = str | bool | int | BigFloat | Null | Unknown | Container | TypeValue | Marked

SEQUENCES = (TupleValue, ListValue, SetValue)
RECORDS = (ObjectValue, MapValue)

_SIMPLE: dict[type, Type] = {str: STRING, int: NUMBER, BigFloat: NUMBER, ShortInt: NUMBER, bool: BOOL}


def type_of(value: Value) -> Type:
    """Return the type of any value."""
    simple = _SIMPLE.get(type(value))
    return simple if simple is not None else value.type  # type: ignore[union-attr]


def mark(value: Value, marks: Marks) -> Value:
    """Return the value with more marks."""
    if not marks:
        return value
    if type(value) is Marked:
        return value if marks <= value.marks else Marked(value.value, value.marks | marks)
    return Marked(value, marks)


def unmark(value: Value) -> tuple[Value, Marks]:
    """Return the value without its own marks, and these; marks deeper inside stay."""
    if type(value) is Marked:
        return value.value, value.marks
    return value, NO_MARKS


def elements(value: Value) -> Iterable[Value]:
    """Return what a container holds directly; nothing for any other value."""
    kind = type(value)
    if kind in SEQUENCES:
        return value.items  # type: ignore[union-attr]
    if kind in RECORDS:
        return value.entries.values()  # type: ignore[union-attr]
    return ()


def has_marks(value: Value) -> bool:
    """Return whether the value or anything in it is marked."""
    kind = type(value)
    if kind in _SIMPLE:
        return False
    return kind is Marked or any(map(has_marks, elements(value)))


def wholly_known(value: Value) -> bool:
    """Return whether neither the value nor anything in it is unknown."""
    kind = type(value)
    if kind in _SIMPLE:
        return True
    if kind is Marked:
        return wholly_known(value.value)  # type: ignore[union-attr]
    return kind is not Unknown and all(map(wholly_known, elements(value)))


def is_known(value: Value) -> bool:
    """Return whether the value itself is known, whatever it holds."""
    return type(value) is not Unknown and not (type(value) is Marked and type(value.value) is Unknown)


def is_null(value: Value) -> bool:
    """Return whether it is null, marked or not."""
    return type(value) is Null or (type(value) is Marked and type(value.value) is Null)


def unmark_deep(value: Value) -> tuple[Value, Marks]:
    """Return the value without any mark at any depth, and all the marks it had."""
    if not has_marks(value):
        return value, NO_MARKS
    found: set[Mark] = set()
    return _strip(value, found), frozenset(found)


def _strip(value: Value, found: set[Mark]) -> Value:
    match value:
        case Marked(value=inner, marks=marks):
            found |= marks
            return _strip(inner, found)
        case TupleValue(items=items):
            return TupleValue([_strip(item, found) for item in items])
        case ListValue(element=element, items=items):
            return ListValue(element, [_strip(item, found) for item in items])
        case ObjectValue(entries=entries):
            return ObjectValue({name: _strip(item, found) for name, item in entries.items()})
        case MapValue(element=element, entries=entries):
            return MapValue(element, {name: _strip(item, found) for name, item in entries.items()})
        case _:
            return value


def make_list(element: Type, items: Sequence[Value]) -> Value:
    """Return a list of elements that all have the element type."""
    return ListValue(element, items)


def make_set(element: Type, items: Iterable[Value]) -> Value:
    """Return a set: equal elements once, in iteration order, the elements' marks on the set.

    With an element that is not wholly known, what is equal to what is not known either: the set is unknown.
    """
    marks: set[Mark] = set()
    plain = [_strip(item, marks) if has_marks(item) else item for item in items]
    result: Value
    if not all(map(wholly_known, plain)):
        result = Unknown(SetType(element), not_null=True)
    else:
        result = SetValue(element, sort_distinct(plain))
    return mark(result, frozenset(marks))


def sort_distinct(items: Iterable[Value]) -> list[Value]:
    """Return wholly known values of one type in the order a set iterates them, duplicates dropped."""
    seen: dict[str, Value] = {}
    for item in items:
        seen.setdefault(set_text(item), item)
    return sorted(seen.values(), key=cmp_to_key(_set_order))


def _set_order(left: Value, right: Value) -> int:
    kinds = (type(left), type(right))
    if Null in kinds:
        return (kinds[0] is Null) - (kinds[1] is Null)
    if kinds == (str, str):
        return (left > right) - (left < right)  # type: ignore[operator]
    if numbers.is_number(left) and numbers.is_number(right):
        return numbers.compare(left, right)  # type: ignore[arg-type]
    if kinds == (bool, bool):
        return bool(left) - bool(right)
    a, b = set_text(left).encode("utf-8", "surrogatepass"), set_text(right).encode("utf-8", "surrogatepass")
    return (a > b) - (a < b)


def set_text(value: Value) -> str:
    """Return a text that is equal for equal values of one type; sets of collections are iterated in its order."""
    match value:
        case bool():
            return "T" if value else "F"
        case str():
            return quoted(value)
        case int() | BigFloat():
            return numbers.to_text(value if value != 0 else 0)
        case Null():
            return "~"
        case ListValue(items=items) | SetValue(items=items):
            return f"[{''.join(set_text(item) + ';' for item in items)}]"
        case TupleValue(items=items):
            return f"<{''.join(set_text(item) + ';' for item in items)}>"
        case MapValue(entries=entries):
            return f"{{{''.join(f'{quoted(name)}:{set_text(item)};' for name, item in entries.items())}}}"
        case ObjectValue(entries=entries):
            return f"<{''.join(set_text(item) + ';' for item in entries.values())}>"
        case TypeValue() | Unknown() | Marked():
            raise AssertionError("only plain, wholly known values are put in a set")


def quoted(text: str) -> str:
    """Return a string in double quotes with the usual escapes, as a person would write it in HCL or Go."""
    table = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(table.get(c, c) for c in text) + '"'


def equals(left: Value, right: Value) -> "bool | Unknown":
    """Return whether two values are equal, without conversion; unknown where it depends on what is unknown.

    Marks are ignored: the caller carries them.
    """
    if type(left) is Marked:
        left = left.value
    if type(right) is Marked:
        right = right.value
    kinds = (type(left), type(right))
    if Unknown in kinds:
        return _equals_unknown(left, right)
    if Null in kinds:
        return kinds[0] is kinds[1]
    if kinds[0] in _SIMPLE:
        if numbers.is_number(left) and numbers.is_number(right):
            return left == right
        return kinds[0] is kinds[1] and left == right
    return _equals_container(left, right)


def _equals_unknown(left: Value, right: Value) -> "bool | Unknown":
    for one, other in ((left, right), (right, left)):
        if type(one) is Unknown and one.not_null and type(other) is Null:
            return False
        if type(one) is Null or DYNAMIC in (type_of(one), type_of(other)):
            continue
        if type_of(one) != type_of(other):
            return False
    return Unknown(BOOL, not_null=True)


def _equals_container(left: Value, right: Value) -> "bool | Unknown":
    if type(left) is not type(right) or not _same_shape(left, right):
        return False
    if type(left) is SetValue:
        return {set_text(item) for item in left.items} == {set_text(item) for item in right.items}  # type: ignore[union-attr]
    if type(left) in RECORDS and left.entries.keys() != right.entries.keys():  # type: ignore[union-attr]
        return False
    if type(left) is TypeValue:
        return left == right
    result: bool | Unknown = True
    for a, b in zip(elements(left), elements(right), strict=True):
        same = equals(a, b)
        if same is False:
            return False
        if same is not True:
            result = same
    return result


def _same_shape(left: Value, right: Value) -> bool:
    if type(left) in SEQUENCES and type(left) is not SetValue and len(left.items) != len(right.items):  # type: ignore[union-attr]
        return False
    if type(left) in (ListValue, SetValue, MapValue):
        return bool(left.element == right.element)  # type: ignore[union-attr]
    return True


def from_python(value: Any) -> Value:
    """Return JSON-like Python data as a value: lists become tuples, dicts objects, None null."""
    match value:
        case None:
            return NULL
        case bool() | str() | int():
            return value
        case float():
            return numbers.parse(repr(value))
        case list() | tuple():
            return TupleValue([from_python(item) for item in value])
        case Mapping():
            return ObjectValue({str(name): from_python(item) for name, item in value.items()})
        case BigFloat():
            return value
    raise TypeError(f"not data: {type(value).__name__}")


def pairs(value: Value) -> Iterator[tuple[Value, Value]]:
    """Yield key and element of a known, unmarked container: indices, names, or in a set the element itself."""
    match value:
        case TupleValue(items=items) | ListValue(items=items):
            yield from ((short(at), item) for at, item in enumerate(items))
        case SetValue(items=items):
            yield from ((item, item) for item in items)
        case ObjectValue(entries=entries) | MapValue(entries=entries):
            yield from entries.items()
        case _:
            raise TypeError(f"not a container: {type(value).__name__}")


def length(value: Container) -> int:
    """Return how many elements a known container has."""
    return len(value.entries) if isinstance(value, RECORDS) else len(value.items)
