"""Attributes and indices of values: what `x.name` and `x[key]` are worth."""

from dataclasses import dataclass

from batchplan.core.codes import INVALID_INDEX, NULL_VALUE, UNSUPPORTED_ATTRIBUTE
from batchplan.core.diagnostics import Code
from batchplan.core.suggest import did_you_mean
from batchplan.lang import numbers
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.types import (
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
    friendly,
)
from batchplan.lang.values import (
    UNKNOWN,
    ListValue,
    MapValue,
    Marked,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    mark,
    type_of,
    unmark,
)


@dataclass(frozen=True, slots=True)
class AccessError(Exception):
    """A step that leads nowhere: the code and what to say."""

    code: Code
    detail: str


def attribute(value: Value, name: str) -> Value:
    """Return `value.name`; raise AccessError when there is no such thing."""
    kind = type(value)
    if kind is ObjectValue:
        found = value.entries.get(name)  # type: ignore[union-attr]
        if found is None:
            raise AccessError(UNSUPPORTED_ATTRIBUTE, _no_attribute(name, value.entries))  # type: ignore[union-attr]
        return found
    if kind is MapValue:
        found = value.entries.get(name)  # type: ignore[union-attr]
        if found is None:
            hint = did_you_mean(name, value.entries)  # type: ignore[union-attr]
            raise AccessError(INVALID_INDEX, f'This map has no element with the key "{name}".{hint}')
        return found
    if kind is Marked:
        return mark(attribute(value.value, name), value.marks)  # type: ignore[union-attr]
    if kind is Null:
        raise AccessError(NULL_VALUE, f'This value is null, so it has no attribute "{name}".')
    if kind is Unknown:
        return _attribute_of_unknown(value.type, name)  # type: ignore[union-attr]
    raise AccessError(UNSUPPORTED_ATTRIBUTE, _not_an_object(value, name))


def _attribute_of_unknown(of: Type, name: str) -> Value:
    match of:
        case ObjectType(attributes=attributes):
            if name not in attributes:
                raise AccessError(UNSUPPORTED_ATTRIBUTE, _no_attribute(name, attributes))
            return Unknown(attributes[name])
        case MapType(element=element):
            return Unknown(element)
        case _ if of is DYNAMIC:
            return UNKNOWN
    raise AccessError(UNSUPPORTED_ATTRIBUTE, f'{_a(of)} has no attribute "{name}".')


def _no_attribute(name: str, known: "dict[str, Value] | dict[str, Type]") -> str:
    hint = did_you_mean(name, known)
    if not hint:
        hint = f" It has {', '.join(sorted(known)[:8])}." if known else " It has no attributes at all."
    return f'This object has no attribute "{name}".{hint}'


def _not_an_object(value: Value, name: str) -> str:
    match value:
        case ListValue() | TupleValue() | SetValue():
            what = friendly(type_of(value))
            indexed = "" if isinstance(value, SetValue) else f", or [0].{name} for the first one"
            return f"This is a {what}, which has no attributes. Write [*].{name} for those of all elements{indexed}."
        case _:
            return f'{_a(type_of(value))} has no attributes, so not "{name}" either.'


def _a(of: Type) -> str:
    word = friendly(of)
    return f"{'An' if word[0] in 'aeiou' else 'A'} {word}"


def index(value: Value, key: Value) -> Value:
    """Return `value[key]`; raise AccessError when there is no such element."""
    value, marks = unmark(value)
    key, more = unmark(key)
    if type(value) is Null:
        raise AccessError(NULL_VALUE, "This value is null, so it has no elements.")
    if type(key) is Null:
        raise AccessError(INVALID_INDEX, "The key is null; an index must be a number or a string.")
    if type(value) is Unknown:
        result = _index_of_unknown(value.type, key)
    elif isinstance(value, (ListValue, TupleValue)):
        result = _item(value, key)
    elif isinstance(value, (MapValue, ObjectValue)):
        result = _entry(value, key)
        if isinstance(value, ObjectValue):
            return mark(result, marks)  # as x.name, which is sensitive only where the object is
    elif isinstance(value, SetValue):
        raise AccessError(
            INVALID_INDEX,
            "Elements of a set have no index, only the value itself. Convert the set to a list first: tolist(…)[…].",
        )
    else:
        raise AccessError(INVALID_INDEX, f"{_a(type_of(value))} has no elements to be indexed.")
    return mark(result, marks | more)


def _index_of_unknown(of: Type, key: Value) -> Value:
    match of:
        case ListType(element=element):
            _as_position(key)
            return Unknown(element)
        case MapType(element=element):
            _as_name(key)
            return Unknown(element)
        case TupleType(elements=parts):
            at = _as_position(key)
            if at is None:
                return UNKNOWN
            if not 0 <= at < len(parts):
                raise AccessError(INVALID_INDEX, f"The index is {at}, but there are {len(parts)} elements.")
            return Unknown(parts[at])
        case ObjectType():
            name = _as_name(key)
            return UNKNOWN if name is None else _attribute_of_unknown(of, name)
        case SetType():
            raise AccessError(INVALID_INDEX, "Elements of a set have no index. Convert it to a list first.")
        case _ if of is DYNAMIC:
            return UNKNOWN
    raise AccessError(INVALID_INDEX, f"{_a(of)} has no elements to be indexed.")


def _as_position(key: Value) -> int | None:
    """Return an index as a whole number, None when it is unknown."""
    try:
        number = convert(key, NUMBER)
    except ConversionError:
        raise AccessError(INVALID_INDEX, f"The index must be a number here, not {friendly(type_of(key))}.") from None
    if type(number) is Unknown:
        return None
    if not numbers.is_whole(number):  # type: ignore[arg-type]
        raise AccessError(INVALID_INDEX, f"The index is {numbers.to_text(number)}; it must be a whole number.")  # type: ignore[arg-type]
    return numbers.truncate(number)  # type: ignore[arg-type]


def _as_name(key: Value) -> str | None:
    """Return a key as text, None when it is unknown."""
    try:
        name = convert(key, STRING)
    except ConversionError:
        raise AccessError(INVALID_INDEX, f"The key must be a string here, not {friendly(type_of(key))}.") from None
    return name if isinstance(name, str) else None


def _item(value: ListValue | TupleValue, key: Value) -> Value:
    at = _as_position(key)
    if at is None:
        return Unknown(value.element) if isinstance(value, ListValue) else UNKNOWN
    if at < 0:
        raise AccessError(
            INVALID_INDEX, f"The index is {at}, but elements are counted from 0. For the last: element(…, -1)."
        )
    if at >= len(value.items):
        size = len(value.items)
        there = "it is empty" if size == 0 else f"there {'is' if size == 1 else 'are'} {size}, the last at {size - 1}"
        raise AccessError(INVALID_INDEX, f"The index is {at}, but {there}.")
    return value.items[at]


def _entry(value: MapValue | ObjectValue, key: Value) -> Value:
    name = _as_name(key)
    if name is None:
        return Unknown(value.element) if isinstance(value, MapValue) else UNKNOWN
    found = value.entries.get(name)
    if found is None:
        hint = did_you_mean(name, value.entries)
        if not hint and value.entries and isinstance(value, ObjectValue):
            hint = f" It has {', '.join(sorted(value.entries)[:8])}."
        what = "map" if isinstance(value, MapValue) else "object"
        raise AccessError(INVALID_INDEX, f'This {what} has no element with the key "{name}".{hint}')
    return found
