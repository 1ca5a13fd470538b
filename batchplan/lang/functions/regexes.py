"""Regular expressions: RE2 as Go has it.

google-re2 matches as Go does; the pattern is read here for what differs. Go has no `\\C`, lets a group
name occur twice, and has names of ASCII only; so groups get other names for compilation and their own are kept
beside.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from batchplan.lang.functions import text
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.functions.text import nfc
from batchplan.lang.types import DYNAMIC, STRING, ListType, ObjectType, TupleType, Type
from batchplan.lang.values import ListValue, Null, ObjectValue, TupleValue, Value

_PROGRAM_BYTES = 1 << 26
_MAX_DEPTH = 999
_MAX_MATCHES = 1_000_000
_NO_STRING = Null(STRING)


class PatternError(Exception):
    """A pattern that RE2 does not have."""


@dataclass(frozen=True, slots=True)
class Match:
    """The groups of a match, the whole one first; None for a group that took no part."""

    start: int
    end: int
    groups: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern and the names of its groups, "" for one without."""

    program: Any
    names: tuple[str, ...]

    def search(self, value: str) -> Match | None:
        """Return the first match."""
        return next(self.matches(value), None)

    def matches(self, value: str) -> Iterator[Match]:
        """Yield the matches; an empty one directly after another match is no match. Raise FunctionError after many."""
        end = -1
        for number, found in enumerate(self.program.finditer(value)):
            if number == _MAX_MATCHES:
                raise FunctionError(f"the pattern matches more than {_MAX_MATCHES:,} times")
            if found.end() == end and found.start() == end:
                continue
            end = found.end()
            yield Match(found.start(), end, tuple(found.group(at) for at in range(len(self.names) + 1)))

    def replace(self, value: str, template: str) -> str:
        """Return the text with each match replaced; `$1`, `${1}` and `${name}` stand for groups."""
        parts = _template(template)
        result: list[str] = []
        at = size = 0
        for match in self.matches(value):
            piece = value[at : match.start] + "".join(self._expand(match, part) for part in parts)
            size += len(piece)
            text.limited(size)
            result.append(piece)
            at = match.end
        return "".join(result) + value[at:]

    def _expand(self, match: Match, part: "str | _Reference") -> str:
        if isinstance(part, str):
            return part
        if part.number is not None:
            return (match.groups[part.number] or "") if part.number < len(match.groups) else ""
        for name, group in zip(self.names, match.groups[1:], strict=True):
            if name == part.name and group is not None:
                return group
        return ""

    @property
    def type(self) -> Type:
        """The type of a match: a string, a tuple of the groups, or an object of the named ones."""
        if not self.names:
            return STRING
        if self.names[0]:
            return ObjectType(dict.fromkeys(self.names, STRING))
        return TupleType((STRING,) * len(self.names))

    def value(self, match: Match) -> Value:
        """Return what a match is worth."""
        if not self.names:
            return nfc(match.groups[0] or "")
        groups: list[Value] = [_NO_STRING if group is None else nfc(group) for group in match.groups[1:]]
        if self.names[0]:
            return ObjectValue(dict(zip(self.names, groups, strict=True)))
        return TupleValue(groups)


@dataclass(frozen=True, slots=True)
class _Reference:
    name: str
    number: int | None


def _word_end(template: str, start: int) -> int:
    end = start
    while end < len(template) and (template[end].isalpha() or template[end].isdecimal() or template[end] == "_"):
        end += 1
    return end


def _template(template: str) -> list[str | _Reference]:
    """Return the literal parts of a replacement and its references; a `$` that starts none is itself."""
    parts: list[str | _Reference] = []
    at = 0
    while (dollar := template.find("$", at)) >= 0:
        parts.append(template[at:dollar])
        at = dollar + 1
        if template[at : at + 1] == "$":
            parts.append("$")
            at += 1
            continue
        brace = template[at : at + 1] == "{"
        end = _word_end(template, at + brace)
        name = template[at + brace : end]
        if not name or (brace and template[end : end + 1] != "}"):
            parts.append("$")
            continue
        parts.append(_Reference(name, _number(name)))
        at = end + brace
    parts.append(template[at:])
    return parts


def _number(name: str) -> int | None:
    if not (name.isascii() and name.isdigit()) or (name[0] == "0" and len(name) > 1):
        return None
    return int(name) if len(name) < 10 else None


@lru_cache(maxsize=512)
def _compile(source: str) -> Pattern:
    import re2

    plain, names = _renamed(source)
    options = re2.Options()
    options.max_mem = _PROGRAM_BYTES
    options.log_errors = False
    try:
        program = re2.compile(plain, options=options)
    except re2.error as error:
        reason = error.args[0].decode("utf-8", "replace") if isinstance(error.args[0], bytes) else str(error.args[0])
        raise PatternError(reason) from None
    return Pattern(program, names)


def compiled(index: int, source: str) -> Pattern:
    """Return a compiled pattern; raise ArgumentError for the argument it came from when it is none."""
    try:
        return _compile(source)
    except PatternError as error:
        raise ArgumentError(index, f"it is not a regular expression of RE2: {error}") from None


def _renamed(source: str) -> tuple[str, tuple[str, ...]]:
    """Return the pattern with other names for its groups, each used once, and their own names, "" for none."""
    result: list[str] = []
    names: list[str] = []
    at = depth = 0
    while at < len(source):
        character = source[at]
        depth += (character == "(") - (character == ")")
        if depth > _MAX_DEPTH:
            raise PatternError(f"its groups nest deeper than {_MAX_DEPTH}")
        if character == "\\":
            end = _escape_end(source, at)
            result.append(source[at:end])
        elif character == "[":
            end = _class_end(source, at)
            result.append(source[at:end])
        elif character == "(":
            end, opening, name = _group(source, at)
            # A group that had a name keeps one, so that what follows cannot join the bare bracket: `(?P<x>?)`.
            result.append(f"(?P<g{len(names)}>" if name else opening)
            if name is not None:
                names.append(name)
        else:
            end = at + 1
            result.append(character)
        at = end
    return "".join(result), tuple(names)


def _escape_end(source: str, at: int) -> int:
    following = source[at + 1 : at + 2]
    if following == "C":
        raise PatternError("\\C, a single byte, is not supported")
    if following == "Q":
        end = source.find("\\E", at + 2)
        return len(source) if end < 0 else end + 2
    return at + 2


def _class_end(source: str, at: int) -> int:
    """Return where a bracketed class ends; a bracket that comes first is a member."""
    end = at + 1
    if source[end : end + 1] == "^":
        end += 1
    first = end
    while end < len(source):
        if source[end] == "]" and end > first:
            return end + 1
        if source.startswith("[:", end) and (close := source.find(":]", end + 2)) >= 0:
            end = close + 2
        else:
            end += 2 if source[end] == "\\" else 1
    return len(source)


def _group(source: str, at: int) -> tuple[int, str, str | None]:
    """Return the end of a group's opening, the opening without a name, and the name if it captures."""
    if not source.startswith("(?", at):
        return at + 1, "(", ""
    for opening in ("(?P<", "(?<"):
        if source.startswith(opening, at):
            close = source.find(">", at)
            name = source[at + len(opening) : close] if close >= 0 else ""
            if not name or not all(c == "_" or (c.isascii() and c.isalnum()) for c in name):
                raise PatternError(f'"{source[at : at + 20]}" does not name a group; use letters, digits and _, then >')
            return close + 1, "(", name
    return at + 2, "(?", None


def _checked(pattern: Pattern) -> Pattern:
    if any(pattern.names) and not all(pattern.names):
        raise ArgumentError(0, "it has named and unnamed groups; name all of them, or write the others as (?:…)")
    return pattern


_PATTERN = Parameter("pattern", STRING)
_STRING = Parameter("string", STRING)


def _match_type(arguments: Sequence[Value]) -> Type:
    source = arguments[0]
    return _checked(compiled(0, source)).type if isinstance(source, str) else DYNAMIC


@function("regex", _PATTERN, _STRING, returns=_match_type)
def regex(source: str, value: str) -> Value:
    """Return the first match of a regular expression."""
    pattern = _checked(compiled(0, source))
    match = pattern.search(value)
    if match is None:
        raise FunctionError("the pattern matches nothing in the string; to allow that, use regexall(), or try()")
    return pattern.value(match)


@function("regexall", _PATTERN, _STRING, returns=lambda arguments: ListType(_match_type(arguments)))
def regexall(source: str, value: str) -> Value:
    """Return all matches of a regular expression."""
    pattern = _checked(compiled(0, source))
    return ListValue(pattern.type, [pattern.value(match) for match in pattern.matches(value)])


FUNCTIONS: tuple[Function, ...] = (regex, regexall)
