"""`$filter` and `$select` as Azure Batch takes them.

The service knows the comparison and logical operators, `startswith`, parentheses, and literals of
strings, numbers, booleans, null and `datetime'…'`. Everything else is refused.
Source: Microsoft Learn, "Create Batch queries that return only needed information".
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.model import Json
from batchplan.emulator.world import durations

Path = tuple[str, ...]
Predicate = Callable[[Json], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<typed>datetime|time|duration)'(?P<inner>[^']*)'"
    r"|(?P<text>'(?:[^']|'')*')"
    r"|(?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[LlFfDdMm]?)(?![\w'])"
    r"|(?P<name>[A-Za-z_][\w]*(?:/[A-Za-z_]\w*)*)"
    r"|(?P<mark>[(),]))"
)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "ne": lambda left, right: bool(left != right),
    "lt": lambda left, right: bool(left < right),
    "le": lambda left, right: bool(left <= right),
    "gt": lambda left, right: bool(left > right),
    "ge": lambda left, right: bool(left >= right),
}
_CONSTANTS: dict[str, object] = {"true": True, "false": False, "null": None}
_MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a filter: its kind (`name`, `mark`, `value`, `end`), its text, and the value of a literal."""

    kind: str
    text: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time of a filter, in ticks: compared with timestamps of entities."""

    at: int


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time of a filter, in ticks."""

    length: int


def bad_filter(text: str, reason: str) -> ServiceError:
    """Return the refusal of a `$filter`."""
    return refuse(
        "InvalidQueryParameterValue",
        ("QueryParameterName", "$filter"),
        ("QueryParameterValue", text),
        ("Reason", reason),
    )


def parse_filter(text: str, allowed: Callable[[Path, str], bool]) -> Predicate:
    """Return the test a `$filter` asks for, over an entity's JSON.

    `allowed` tells whether a property path may be used with an operator or function. Text is compared without regard to case, as ids and
    enum values are. A comparison with an absent property holds only for `eq null` and for `ne` a value.
    Raises InvalidQueryParameterValue.
    """
    parser = _Parser(text, allowed)
    predicate = parser.disjunction(0)
    parser.expect("end", "")
    return predicate


def parse_select(text: str, known: Callable[[Path], bool]) -> tuple[Path, ...]:
    """Return the property paths of a `$select`; blanks around commas do not count. Raises InvalidQueryParameterValue."""
    paths = tuple(tuple(part.strip().split("/")) for part in text.split(",") if part.strip())
    for path in paths:
        if not known(path) and path != ("*",):
            raise refuse(
                "InvalidQueryParameterValue",
                ("QueryParameterName", "$select"),
                ("QueryParameterValue", text),
                ("Reason", f"The property '{'/'.join(path)}' cannot be selected"),
            )
    return () if ("*",) in paths else paths


def project(entity: Json, paths: tuple[Path, ...]) -> Json:
    """Return the selected members of an entity, in its own order; all of them when nothing is selected."""
    if not paths:
        return entity
    chosen: Json = {}
    for name, value in entity.items():
        deeper = [path[1:] for path in paths if path[0] == name]
        if not deeper:
            continue
        whole = any(not path for path in deeper) or not isinstance(value, dict)
        chosen[name] = value if whole else project(value, tuple(deeper))
    return chosen


def _tokens(text: str) -> Iterator[Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise bad_filter(text, f"Syntax error at position {at}")
        at = found.end()
        yield _token(text, found)
    yield Token("end", "")


def _token(text: str, found: re.Match[str]) -> Token:
    kind, piece = found.lastgroup, found[0].strip()
    if kind == "inner":
        return Token("value", piece, _typed(text, found["typed"], found["inner"]))
    if kind == "text":
        return Token("value", piece, piece[1:-1].replace("''", "'"))
    if kind == "number":
        return Token("value", piece, float(piece.rstrip("LlFfDdMm")))
    if kind == "name" and piece.lower() in _CONSTANTS:
        return Token("value", piece, _CONSTANTS[piece.lower()])
    return Token(kind or "mark", piece)


def _typed(text: str, kind: str, inner: str) -> Moment | Span:
    try:
        if kind != "datetime":
            return Span(durations.parse(inner))
        return Moment(ticks.parse_iso(inner if ":" in inner else f"{inner}T00:00:00"))
    except (ValueError, OverflowError):
        raise bad_filter(text, f"'{inner}' is not a valid {kind} literal") from None


class _Parser:
    """Recursive descent: or, and, not, comparison, operand."""

    def __init__(self, text: str, allowed: Callable[[Path, str], bool]) -> None:
        self.text = text
        self.allowed = allowed
        self.tokens = list(_tokens(text))
        self.at = 0

    def disjunction(self, depth: int) -> Predicate:
        """Parse `a or b or c`."""
        parts = [self.conjunction(depth)]
        while self.word("or"):
            parts.append(self.conjunction(depth))
        return parts[0] if len(parts) == 1 else lambda entity: any(part(entity) for part in parts)

    def conjunction(self, depth: int) -> Predicate:
        """Parse `a and b and c`."""
        parts = [self.negation(depth)]
        while self.word("and"):
            parts.append(self.negation(depth))
        return parts[0] if len(parts) == 1 else lambda entity: all(part(entity) for part in parts)

    def negation(self, depth: int) -> Predicate:
        """Parse `not a`, `(a)`, a function or a comparison."""
        if depth > _MAX_DEPTH:
            raise bad_filter(self.text, "The filter is nested too deeply")
        if self.word("not"):
            inner = self.negation(depth + 1)
            return lambda entity: not inner(entity)
        if self.mark("("):
            predicate = self.disjunction(depth + 1)
            self.expect("mark", ")")
            return predicate
        if self.tokens[self.at].text.lower() == "startswith" and self.tokens[self.at + 1].text == "(":
            return self.starts_with()
        return self.comparison()

    def starts_with(self) -> Predicate:
        """Parse `startswith(path, 'text')`."""
        self.at += 1
        self.expect("mark", "(")
        path = self.path()
        self.permit(path, "startswith")
        self.expect("mark", ",")
        prefix = self.take()
        if prefix.kind != "value" or not isinstance(prefix.value, str):
            raise bad_filter(self.text, "startswith expects a string")
        wanted = prefix.value.lower()
        self.expect("mark", ")")
        if self.word("eq"):
            truth = self.take().value
            return lambda entity: _text(entity, path).startswith(wanted) is truth
        return lambda entity: _text(entity, path).startswith(wanted)

    def comparison(self) -> Predicate:
        """Parse `operand op operand`."""
        left = self.operand()
        operator = self.take()
        compare = _COMPARISONS.get(operator.text.lower()) if operator.kind == "name" else None
        if compare is None:
            raise bad_filter(self.text, f"'{operator.text}' is not a comparison operator")
        right, name = self.operand(), operator.text.lower()
        for side in (left, right):
            if not isinstance(side, Token):
                self.permit(side, name)
        return lambda entity: _holds(name, compare, _worth(left, entity), _worth(right, entity))

    def operand(self) -> Path | Token:
        """Parse a literal or a property path."""
        return self.take() if self.tokens[self.at].kind == "value" else self.path()

    def path(self) -> Path:
        """Parse a property path."""
        token = self.take()
        if token.kind != "name":
            raise bad_filter(self.text, f"A property is expected, not '{token.text}'")
        return tuple(token.text.split("/"))

    def permit(self, path: Path, operator: str) -> None:
        """Refuse a property the list cannot be filtered by, or not with this operator."""
        if not self.allowed(path, operator):
            raise bad_filter(self.text, f"The property '{'/'.join(path)}' cannot be filtered by with {operator}")

    def take(self) -> Token:
        """Return the next token and go past it; the end stays where it is."""
        token = self.tokens[self.at]
        self.at += token.kind != "end"
        return token

    def word(self, name: str) -> bool:
        """Go past an operator if it comes next."""
        token = self.tokens[self.at]
        found = token.kind == "name" and token.text.lower() == name
        self.at += found
        return found

    def mark(self, text: str) -> bool:
        """Go past a punctuation mark if it comes next."""
        token = self.tokens[self.at]
        found = token.kind == "mark" and token.text == text
        self.at += found
        return found

    def expect(self, kind: str, text: str) -> None:
        """Go past a token that must come next."""
        token = self.take()
        if token.kind != kind or token.text != text:
            raise bad_filter(self.text, f"'{text or 'end of filter'}' expected, not '{token.text}'")


def _look(entity: Json, path: Path) -> object:
    value: object = entity
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(entity: Json, path: Path) -> str:
    value = _look(entity, path)
    return value.lower() if isinstance(value, str) else ""


def _worth(operand: Path | Token, entity: Json) -> object:
    return operand.value if isinstance(operand, Token) else _look(entity, operand)


def _holds(name: str, compare: Callable[[Any, Any], bool], left: object, right: object) -> bool:
    if left is None or right is None:
        return (name in {"eq", "le", "ge"}) if left is right else name == "ne"
    try:
        return compare(*_aligned(left, right))
    except (TypeError, ValueError):
        return name == "ne"


def _aligned(left: object, right: object) -> tuple[object, object]:
    for kind, read in ((Moment, ticks.parse_iso), (Span, durations.parse)):
        if isinstance(left, kind) or isinstance(right, kind):
            return _amount(left, read), _amount(right, read)
    if isinstance(left, str) and isinstance(right, str):
        return left.lower(), right.lower()
    return left, right


def _amount(value: object, read: Callable[[str], int]) -> int:
    match value:
        case Moment(at):
            return at
        case Span(length):
            return length
        case str():
            return read(value)
    raise TypeError(f"{value!r} is no time")
