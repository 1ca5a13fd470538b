"""yamldecode() and yamlencode(): YAML 1.1 documents with the booleans of 1.1 and the numbers of 1.2.

PyYAML's parser finds the structure; which scalar is what is decided here, as Terraform decides it.
"""

import calendar
import re
from dataclasses import dataclass
from typing import Any

from batchplan.lang import numbers
from batchplan.lang.convert import convert
from batchplan.lang.functions import base64text, yamlemit
from batchplan.lang.functions.function import ArgumentError, Function, Parameter, function
from batchplan.lang.functions.text import nfc
from batchplan.lang.types import DYNAMIC, STRING, friendly
from batchplan.lang.values import NULL, MapValue, Null, ObjectValue, TupleValue, Value, type_of

MAX_NODES = 1_000_000
"""How many nodes a document may have once its aliases are put in place."""
MAX_DEPTH = 200

_TAGS = "tag:yaml.org,2002:"
_TYPED = frozenset(_TAGS + name for name in ("null", "bool", "int", "float", "timestamp"))
_WORDS: dict[str, Value] = {
    **{word: True for name in ("y", "yes", "true", "on") for word in (name, name.title(), name.upper())},
    **{word: False for name in ("n", "no", "false", "off") for word in (name, name.title(), name.upper())},
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), NULL),
    **{sign + word: numbers.INFINITY for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), numbers.NEGATIVE_INFINITY),
}
_NOT_A_NUMBER = frozenset((".nan", ".NaN", ".NAN"))
_RADIX = re.compile(r"0x(?P<hex>[0-9a-fA-F]+)|0o(?P<oct>[0-7]+)")
_DECIMAL = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_FRACTION = r"(?:[.,][0-9]+)?"
_TIMESTAMP = re.compile(
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})"
    r"(?:(?:[Tt]| +)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2}):(?P<second>[0-9]{1,2})" + _FRACTION + r")?"
    r"(?P<zone>Z|[-+][0-9]{2}:[0-9]{2})?"
)


class YamlError(Exception):
    """A text that is no YAML, or means nothing here: the reason, with its place."""


@dataclass(slots=True)
class _Built:
    value: Value
    nodes: int


class _Builder:
    """Makes values of a parser's events."""

    def __init__(self, parser: Any) -> None:
        self.parser = parser
        self.anchors: dict[str, _Built | None] = {}
        self.depth = 0

    def document(self) -> Value:
        import yaml

        self.parser.get_event()
        event = self.parser.get_event()
        if isinstance(event, yaml.StreamEndEvent):
            raise YamlError("it has no document; an empty value is written as null or {}")
        if event.version not in (None, (1, 1)):
            raise _at(event, "only version 1.1 of YAML can be declared; remove the %YAML line")
        built = self.node(self.parser.get_event())
        self.parser.get_event()
        event = self.parser.get_event()
        if not isinstance(event, yaml.StreamEndEvent):
            raise _at(event, "there is a second document; only one can be decoded")
        return built.value

    def node(self, event: Any) -> _Built:
        import yaml

        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _at(event, f"it nests deeper than {MAX_DEPTH} levels")
        if isinstance(event, yaml.ScalarEvent):
            built = _Built(_scalar(event), 1)
        elif isinstance(event, yaml.SequenceStartEvent):
            built = self.sequence(event)
        else:
            built = self.mapping(event)
        self.depth -= 1
        if built.nodes > MAX_NODES:
            raise _at(event, f"its aliases unfold to more than {MAX_NODES:,} values")
        if event.anchor is not None:
            self.anchors[event.anchor] = built
        return built

    def alias(self, event: Any) -> _Built:
        if event.anchor not in self.anchors:
            raise _at(event, f'no anchor "{event.anchor}" stands before this alias')
        built = self.anchors[event.anchor]
        if built is None:
            raise _at(event, f'the anchor "{event.anchor}" is used inside what it names')
        return built

    def sequence(self, event: Any) -> _Built:
        import yaml

        if event.tag not in (None, _TAGS + "seq"):
            raise _at(event, f'a sequence cannot have the tag "{event.tag}"')
        items: list[Value] = []
        nodes = 1
        while not isinstance(event := self.parser.get_event(), yaml.SequenceEndEvent):
            built = self.node(event)
            items.append(built.value)
            nodes += built.nodes
        return _Built(TupleValue(items), nodes)

    def mapping(self, event: Any) -> _Built:
        import yaml

        if event.tag not in (None, _TAGS + "map"):
            raise _at(event, f'a mapping cannot have the tag "{event.tag}"')
        entries: dict[str, Value] = {}
        nodes = 1
        while not isinstance(event := self.parser.get_event(), yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                raise _at(event, "only a string can be a key of a mapping")
            merges = event.value == "<<" and event.tag is None
            name = "" if merges else self.key(event)
            built = self.node(self.parser.get_event())
            nodes += built.nodes
            if merges:
                entries |= _merged(event, built.value)
            else:
                entries[name] = built.value
        return _Built(ObjectValue(entries), nodes)

    def key(self, event: Any) -> str:
        built = self.node(event)
        if type(built.value) is Null:
            raise _at(event, "null cannot be a key of a mapping")
        name = convert(built.value, STRING)
        assert isinstance(name, str), "every primitive value can become a string"
        return name


def _merged(event: Any, value: Value) -> dict[str, Value]:
    if not isinstance(value, (ObjectValue, MapValue)):
        raise _at(event, f"only a mapping can be merged by <<, and this is a {friendly(type_of(value))}")
    return value.entries


def _at(event: Any, reason: str) -> YamlError:
    mark = event.start_mark
    return YamlError(f"line {mark.line + 1}, column {mark.column + 1}: {reason}")


def _scalar(event: Any) -> Value:
    tag, source = event.tag, event.value
    if tag is None and event.style in ("|", ">") and not source:
        return Null(STRING)  # what Terraform makes of a block without text
    if tag == _TAGS + "str" or (tag is None and event.style):
        return nfc(source)
    if tag == _TAGS + "binary":
        if base64text.decode(source) is None:
            raise _at(event, "what is tagged !!binary is not base64")
        return nfc(source)
    if tag is not None and tag not in _TYPED:
        raise _at(event, f'the tag "{tag}" has no meaning here')
    value = _resolved(event, source)
    if value is not None:
        return nfc(source) if event.style and (source or event.style not in "|>") else value
    if tag is None:
        return nfc(source)
    if tag == _TAGS + "null":
        return NULL
    raise _at(event, f"this is no {tag.removeprefix(_TAGS)}")


def _resolved(event: Any, source: str) -> Value | None:
    """Return what a plain scalar is, None when it is just a string."""
    if source in _WORDS:
        return _WORDS[source]
    if source in _NOT_A_NUMBER:
        raise _at(event, "there is no such number here as NaN")
    if not source or source[0] not in "+-.0123456789":
        return None
    if moment := _timestamp(source):
        return moment
    if found := _RADIX.fullmatch(source):
        number = int(found["hex"], 16) if found["hex"] else int(found["oct"], 8)
        if number.bit_length() > 64:
            raise _at(event, "a hexadecimal or octal number has at most 64 bits")
        return number
    if _DECIMAL.fullmatch(source):
        try:
            return numbers.parse(source)
        except ValueError as error:
            raise _at(event, str(error)) from None
    return None


def _timestamp(source: str) -> str | None:
    """Return a date or time as RFC 3339, without fractions of a second."""
    found = _TIMESTAMP.fullmatch(source)
    if not found:
        return None
    year, month, day = int(found["year"]), int(found["month"]), int(found["day"])
    time = tuple(int(found[part] or 0) for part in ("hour", "minute", "second"))
    zone = found["zone"]
    separator = source[found.end("day") : found.end("day") + 1]
    if (separator in ("T", "t")) != bool(zone):
        return None
    if not 1 <= month <= 12 or not 1 <= day <= _days(year, month) or time > (23, 59, 59) or max(time[1:]) > 59:
        return None
    if zone not in (None, "Z") and (int(zone[1:3]) > 24 or int(zone[4:]) > 60):
        return None
    suffix = "Z" if zone in (None, "Z", "+00:00", "-00:00") else zone
    return f"{year:04d}-{month:02d}-{day:02d}T{time[0]:02d}:{time[1]:02d}:{time[2]:02d}{suffix}"


def _days(year: int, month: int) -> int:
    return calendar.monthrange(year or 4, month)[1]  # the year 0 is a leap year that calendar does not know


def decode(source: str) -> Value:
    """Return the value of a document; raise YamlError."""
    import yaml

    loader = yaml.CLoader if yaml.__with_libyaml__ else yaml.Loader
    parser = None
    try:
        parser = loader(source)
        return _Builder(parser).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise YamlError(f"{place}{error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise YamlError(f"it has a character that YAML does not allow ({str(error).splitlines()[0]})") from None
    finally:
        if parser is not None:
            parser.dispose()


@function("yamldecode", Parameter("src", STRING), returns=DYNAMIC)
def yamldecode(source: str) -> Value:
    """Return the value of a YAML document."""
    try:
        return decode(source)
    except YamlError as error:
        raise ArgumentError(0, f"it is no YAML that can be decoded: {error}") from None


@function("yamlencode", Parameter("value", DYNAMIC, nullable=True, whole=True), returns=STRING)
def yamlencode(value: Value) -> Value:
    """Write a value as a YAML document."""
    try:
        return nfc(yamlemit.encode(value))
    except yamlemit.YamlError as error:
        raise ArgumentError(0, str(error)) from None


FUNCTIONS: tuple[Function, ...] = (yamldecode, yamlencode)
