"""Values as JSON: exact numbers, sets in order, secrets in clear only where the caller asks for it."""

import json
from collections.abc import Iterator

from batchplan.lang import numbers
from batchplan.lang.numbers import BigFloat
from batchplan.lang.types import to_json
from batchplan.lang.values import (
    ListValue,
    MapValue,
    Marked,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    TypeValue,
    Unknown,
    Value,
    type_of,
)


def value_text(value: Value) -> str:
    """Return a wholly known value as JSON text; numbers keep all their digits. Raises ValueError for an infinity."""
    return "".join(_pieces(value))


def _pieces(value: Value) -> Iterator[str]:
    match value:
        case Marked(value=inner):
            yield from _pieces(inner)
        case Null() | Unknown():
            yield "null"
        case bool():
            yield "true" if value else "false"
        case int() | BigFloat():
            yield _number(value)
        case str():
            yield json.dumps(value, ensure_ascii=False)
        case TypeValue(constraint=constraint):
            yield json.dumps(to_json(constraint))
        case ListValue(items=items) | SetValue(items=items) | TupleValue(items=items):
            yield "["
            for at, item in enumerate(items):
                yield "" if at == 0 else ", "
                yield from _pieces(item)
            yield "]"
        case ObjectValue(entries=entries) | MapValue(entries=entries):
            yield "{"
            for at, (name, item) in enumerate(entries.items()):
                yield ("" if at == 0 else ", ") + json.dumps(name, ensure_ascii=False) + ": "
                yield from _pieces(item)
            yield "}"


def _number(value: int | BigFloat) -> str:
    if numbers.is_infinite(value):
        raise ValueError("infinity cannot be stored")
    text = numbers.to_text(value)
    return "0" if text == "-0" else text


def type_text(value: Value) -> str:
    """Return the type of a value in the JSON form that state files use."""
    return json.dumps(to_json(type_of(value)), ensure_ascii=False)
