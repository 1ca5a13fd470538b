"""JSON as Go writes and reads it."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from batchplan.lang import numbers
from batchplan.lang.functions.text import nfc
from batchplan.lang.numbers import BigFloat
from batchplan.lang.values import (
    NULL,
    ListValue,
    MapValue,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    Value,
    type_of,
)

MAX_DEPTH = 200
"""How deep a document may nest: well within Python's own stack."""

_ESCAPES = {
    **{chr(code): f"\\u{code:04x}" for code in range(0x20)},
    **{c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"},
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
    '"': '\\"',
    "\\": "\\\\",
}
_TABLE = str.maketrans(_ESCAPES)


class JsonError(Exception):
    """A text that is no JSON, or a value that JSON cannot say: the reason."""


def quote(value: str) -> str:
    """Return a JSON string; `<`, `>` and `&` are escaped, so that it is safe inside HTML."""
    return f'"{value.translate(_TABLE)}"'


def encode(value: Value) -> str:
    """Return a wholly known value as JSON, without spaces, names in order."""
    return "".join(_pieces(value))


def _pieces(value: Value) -> Iterator[str]:
    match value:
        case bool():
            yield "true" if value else "false"
        case str():
            yield quote(value)
        case int() | BigFloat():
            if numbers.is_infinite(value):
                raise JsonError("infinity cannot be written as JSON")
            yield numbers.to_text(value)
        case Null():
            yield "null"
        case TupleValue(items=items) | ListValue(items=items) | SetValue(items=items):
            yield "["
            for at, item in enumerate(items):
                if at:
                    yield ","
                yield from _pieces(item)
            yield "]"
        case ObjectValue(entries=entries) | MapValue(entries=entries):
            yield "{"
            for at, (name, item) in enumerate(entries.items()):
                yield f"{',' if at else ''}{quote(name)}:"
                yield from _pieces(item)
            yield "}"
        case _:
            raise JsonError("a type cannot be written as JSON")


def decode(source: str) -> Value:
    """Return a document's value: arrays become tuples, objects objects. The last of equal names counts."""
    if _depth(source) > MAX_DEPTH:
        raise JsonError(f"it nests deeper than {MAX_DEPTH} levels")
    decoder = json.JSONDecoder(
        object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_constant
    )
    start = len(source) - len(source.lstrip(_SPACE))
    try:
        data, end = decoder.raw_decode(source, start)
    except json.JSONDecodeError as error:
        raise JsonError(f"{_REASONS.get(error.msg, error.msg)}, line {error.lineno}, column {error.colno}") from None
    rest = source[end:].lstrip(_SPACE)
    # Terraform does not look past a closing bracket after the value.
    if rest and rest[0] not in "]}":
        raise JsonError(f"there is more text after the value: {rest[:20]}")
    return _value(data)


_SPACE = " \t\r\n"
_REASONS = {
    "Expecting value": "a value is missing or is not written as JSON",
    "Expecting property name enclosed in double quotes": "a name in double quotes is missing",
}


def _depth(source: str) -> int:
    """Return an upper bound of the nesting: brackets in strings count as well, unless that would decide."""
    if source.count("[") + source.count("{") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    quoted = escaped = False
    for character in source:
        if escaped:
            escaped = False
        elif quoted:
            escaped = character == "\\"
            quoted = character != '"'
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _number(source: str) -> numbers.Number:
    try:
        return numbers.parse(source)
    except ValueError as error:
        raise JsonError(f"{source[:40]}: {error}") from None


def _constant(name: str) -> NoReturn:
    raise JsonError(f"{name} is not a JSON value")


def _object(pairs: list[tuple[str, Any]]) -> ObjectValue:
    entries: dict[str, Value] = {}
    for raw, data in pairs:
        name, value = _text(raw), _value(data)
        if name != raw:
            raise JsonError(f'the name "{name}" is not in composed form (NFC)')
        if name in entries and type_of(entries[name]) != type_of(value):
            raise JsonError(f'the name "{name}" occurs twice with values of different types')
        entries[name] = value
    return ObjectValue(entries)


def _value(data: Any) -> Value:
    match data:
        case None:
            return NULL
        case str():
            return _text(data)
        case list():
            return TupleValue([_value(item) for item in data])
    known: Value = data
    return known


def _text(source: str) -> str:
    """Return a string composed; half a surrogate pair becomes the replacement character."""
    if source.isascii():
        return source
    return nfc("".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in source))
