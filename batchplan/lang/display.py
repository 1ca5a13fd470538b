"""Values as a person reads them: the console's output, and one phrase about a value in a diagnostic."""

from collections.abc import Iterator

from batchplan.lang import numbers
from batchplan.lang.numbers import BigFloat
from batchplan.lang.types import DYNAMIC, friendly
from batchplan.lang.values import (
    ListValue,
    MapValue,
    Mark,
    Marked,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    TypeValue,
    Unknown,
    Value,
    length,
    quoted,
    type_of,
)


def statement(value: Value) -> str:
    """Return what is known of a value, to follow its name: `is 3`, `is a list of string with 2 elements`."""
    match value:
        case Marked(marks=marks):
            return f"has a {'sensitive' if Mark.SENSITIVE in marks else 'ephemeral'} value"
        case Unknown():
            what = "" if value.type is DYNAMIC else f"{_a(friendly(value.type))}, "
            return f"is {what}known only after apply"
        case Null():
            return "is null"
        case bool():
            return "is true" if value else "is false"
        case int() | BigFloat():
            return f"is {numbers.to_text(value)}"
        case str():
            return f"is {quoted(value if len(value) <= 60 else value[:57] + '…')}"
        case TypeValue(constraint=constraint):
            return f"is the type {constraint}"
        case ObjectValue() | MapValue() | ListValue() | SetValue() | TupleValue():
            size = length(value)
            word = "attribute" if isinstance(value, ObjectValue) else "element"
            return f"is {_a(friendly(type_of(value)))} with {size} {word}{'' if size == 1 else 's'}"


def _a(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def show(value: Value) -> str:
    """Return a value in HCL's words, over several lines where it has several elements, secrets hidden."""
    return "\n".join(_lines(value))


def _lines(value: Value) -> Iterator[str]:
    match value:
        case Marked(marks=marks):
            yield "(sensitive value)" if Mark.SENSITIVE in marks else "(ephemeral value)"
        case Unknown():
            yield "(known after apply)"
        case Null():
            yield "null" if value.type is DYNAMIC else f"null /* {friendly(value.type)} */"
        case bool():
            yield "true" if value else "false"
        case int() | BigFloat():
            yield numbers.to_text(value)
        case str():
            yield from _string(value)
        case TypeValue(constraint=constraint):
            yield str(constraint)
        case ListValue(items=items):
            yield from _sequence("tolist([", items, "])")
        case SetValue(items=items):
            yield from _sequence("toset([", items, "])")
        case TupleValue(items=items):
            yield from _sequence("[", items, "]")
        case MapValue(entries=entries):
            yield from _record("tomap({", entries, "})")
        case ObjectValue(entries=entries):
            yield from _record("{", entries, "}")


def _string(text: str) -> Iterator[str]:
    if "\n" not in text.rstrip("\n") or not text.endswith("\n"):
        yield quoted(text).replace("${", "$${").replace("%{", "%%{")
        return
    marker = "EOT"
    while marker in text:
        marker += "_"
    yield f"<<{marker}"
    yield from text.removesuffix("\n").replace("${", "$${").replace("%{", "%%{").split("\n")
    yield marker


def _sequence(opening: str, items: tuple[Value, ...], closing: str) -> Iterator[str]:
    if not items:
        yield opening + closing
        return
    yield opening
    for item in items:
        lines = list(_lines(item))
        for at, line in enumerate(lines):
            heredoc = lines[0].startswith("<<")
            yield ("  " if at == 0 or not heredoc else "") + line + ("," if at == len(lines) - 1 else "")
    yield closing


def _record(opening: str, entries: dict[str, Value], closing: str) -> Iterator[str]:
    if not entries:
        yield opening + closing
        return
    yield opening
    for name, item in entries.items():
        lines = list(_lines(item))
        heredoc = lines[0].startswith("<<")
        for at, line in enumerate(lines):
            prefix = f"  {quoted(name)} = " if at == 0 else "" if heredoc else "  "
            yield prefix + line
    yield closing
