"""format() and formatlist(): the format strings of Go, as far as they make sense here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from batchplan.lang import numbers
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.functions import jsontext, text
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.functions.text import nfc
from batchplan.lang.functions.verbs import Verb, float_text, write_float, write_integer
from batchplan.lang.numbers import BigFloat, Number
from batchplan.lang.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, Primitive, TupleType, friendly
from batchplan.lang.values import (
    ListValue,
    Null,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    is_known,
    type_of,
    wholly_known,
)

_VERB = re.compile(
    r"%(?P<flags>[-+ #0]*)(?P<width>[1-9][0-9]*)?(?P<precision>\.[0-9]*)?(?:\[(?P<argument>[1-9][0-9]*)\])?"
)
_LETTERS = frozenset("vtbdoxXeEfgGsq")
_MAX_NUMBER_WIDTH = 1_000_000
_FORMAT = Parameter("format", STRING)


@dataclass(frozen=True, slots=True)
class Template:
    """A format string in pieces, and how many arguments it uses."""

    pieces: tuple[str | Verb, ...]
    used: int


@lru_cache(maxsize=1024)
def parse(source: str) -> Template:
    """Return a format string in pieces; raise FunctionError where it is none."""
    pieces: list[str | Verb] = []
    at = used = last = 0
    while (start := source.find("%", at)) >= 0:
        pieces.append(source[at:start])
        if source.startswith("%%", start):
            pieces.append("%")
            at = start + 2
            continue
        verb = _verb(source, start, last + 1)
        last = verb.argument
        used = max(used, last)
        pieces.append(verb)
        at = start + len(verb.raw)
    pieces.append(source[at:])
    return Template(tuple(piece for piece in pieces if piece != ""), used)


def _verb(source: str, start: int, following: int) -> Verb:
    found = _VERB.match(source, start)
    assert found is not None, "every part of a verb but the percent sign is optional"
    letter = source[found.end() : found.end() + 1]
    raw = source[start : found.end() + 1]
    if not letter:
        raise FunctionError(f'the format string ends within "{raw}"; write %% for a percent sign')
    if letter not in _LETTERS:
        raise FunctionError(
            f'"{raw}" in the format string is no verb; use one of %v %s %q %d %t %b %o %x %X %e %E %f %g %G, '
            "or %% for a percent sign"
        )
    precision = found["precision"]
    return Verb(
        raw=raw,
        at=start,
        letter=letter,
        flags=frozenset(found["flags"]),
        width=_count(found["width"]) if found["width"] else None,
        precision=_count(precision[1:] or "0") if precision is not None else None,
        argument=_count(found["argument"]) if found["argument"] else following,
    )


def _count(digits: str) -> int:
    if len(digits) > 18:
        raise FunctionError(f"{digits[:20]}… in the format string is too large")
    return int(digits)


def expand(source: str, arguments: Sequence[Value]) -> str:
    """Return the format string with its verbs replaced by arguments; raise ArgumentError, FunctionError."""
    template = parse(source)
    if template.used < len(arguments):
        uses = "has no verb" if not template.used else f"uses only {template.used}"
        raise ArgumentError(template.used + 1, f"the format string {uses}; remove the argument, or add a verb")
    result: list[str] = []
    size = 0
    for piece in template.pieces:
        if isinstance(piece, Verb):
            if piece.argument > len(arguments):
                raise FunctionError(
                    f'"{piece.raw}" in the format string needs argument {piece.argument}, '
                    f"but {len(arguments)} follow it"
                )
            piece = _write(piece, arguments[piece.argument - 1])
        size += len(piece)
        text.limited(size)
        result.append(piece)
    return nfc("".join(result))


def _write(verb: Verb, value: Value) -> str:
    if verb.letter == "v":
        return _padded(verb, _as_is(verb, value))
    if type(value) is Null:
        raise ArgumentError(verb.argument, f'it is null, which "{verb.raw}" cannot write; only %v can')
    match verb.letter:
        case "t":
            return "true" if _converted(verb, value, BOOL) else "false"
        case "s" | "q":
            chosen = _shortened(verb, str(_converted(verb, value, STRING)))
            return _padded(verb, jsontext.quote(chosen) if verb.letter == "q" else chosen)
        case _:
            return _number(verb, _converted(verb, value, NUMBER))  # type: ignore[arg-type]


def _converted(verb: Verb, value: Value, to: Primitive) -> Value:
    try:
        return convert(value, to)
    except ConversionError:
        raise ArgumentError(
            verb.argument, f'"{verb.raw}" needs a {to}, and this is a {friendly(type_of(value))} that is none'
        ) from None


def _as_is(verb: Verb, value: Value) -> str:
    if "#" not in verb.flags:
        if isinstance(value, str):
            return value
        if isinstance(value, BigFloat) or type(value) is int:
            return float_text(value, "g", None)
    try:
        return jsontext.encode(value)
    except jsontext.JsonError as error:
        raise ArgumentError(verb.argument, str(error)) from None


def _number(verb: Verb, value: Number) -> str:
    if max(verb.width or 0, verb.precision or 0) > _MAX_NUMBER_WIDTH:
        raise FunctionError(f'"{verb.raw}": a number is written at most {_MAX_NUMBER_WIDTH:,} characters wide')
    if verb.letter in "eEfgG":
        return write_float(verb, value)
    if not numbers.is_whole(value):
        raise ArgumentError(verb.argument, f'"{verb.raw}" needs a whole number; use %f, or floor()')
    return write_integer(verb, numbers.truncate(value))


def _shortened(verb: Verb, value: str) -> str:
    """A precision of zero does not shorten, as in Terraform."""
    if not verb.precision or len(value) <= verb.precision:
        return value
    return "".join(text.graphemes(value)[: verb.precision])


def _padded(verb: Verb, value: str) -> str:
    if verb.width is None:
        return value
    text.limited(verb.width)
    padding = ("0" if "0" in verb.flags else " ") * (verb.width - text.grapheme_count(value))
    return value + padding if "-" in verb.flags else padding + value


@function("format", _FORMAT, variadic=Parameter("args", DYNAMIC, nullable=True, whole=True), returns=STRING)
def format_(source: str, *arguments: Value) -> Value:
    """Write values into a format string."""
    return expand(source, arguments)


@function(
    "formatlist",
    _FORMAT,
    variadic=Parameter("args", DYNAMIC, nullable=True, unknown=True),
    returns=ListType(STRING),
)
def formatlist(source: str, *arguments: Value) -> Value:
    """Write each element of lists into a format string."""
    count = _common_length(arguments)
    if not all(is_known(argument) for argument in arguments if _is_list(argument) or type_of(argument) is DYNAMIC):
        return Unknown(ListType(STRING), not_null=True)
    rows: list[Value] = []
    size = 0
    for at in range(1 if count is None else count):
        row = _row(source, arguments, at)
        size += len(row) if type(row) is str else 0
        text.limited(size)
        rows.append(row)
    return ListValue(STRING, rows)


def _is_list(value: Value) -> bool:
    return type(value) is not Null and not isinstance(type_of(value), Primitive) and hasattr(type_of(value), "element")


def _common_length(arguments: Sequence[Value]) -> int | None:
    """Return the length of all lists among the arguments, None without any; raise when they differ."""
    length: int | None = None
    for at, argument in enumerate(arguments):
        if isinstance(argument, (TupleValue, ListValue, SetValue)):
            own = len(argument.items)
        elif isinstance(argument, Unknown) and isinstance(argument.type, TupleType):
            own = len(argument.type.elements)
        else:
            continue
        if length is not None and own != length:
            raise ArgumentError(at + 1, f"it has {own} elements, a list before it {length}; all lists must be as long")
        length = own
    return length


def _row(source: str, arguments: Sequence[Value], at: int) -> Value:
    row = [
        argument.items[at] if isinstance(argument, (TupleValue, ListValue, SetValue)) else argument
        for argument in arguments
    ]
    if not all(map(wholly_known, row)):
        return Unknown(STRING, not_null=True)
    try:
        return expand(source, row)
    except ArgumentError as error:
        raise ArgumentError(error.index, f"element {at}: {error.reason}") from None


FUNCTIONS: tuple[Function, ...] = (format_, formatlist)
