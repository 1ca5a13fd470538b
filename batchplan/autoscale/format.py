"""Lays a formula out: a statement a line, comments kept, the same text every time."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

from batchplan.autoscale.findings import Finding, ok
from batchplan.autoscale.parse import parse
from batchplan.autoscale.scan import Comment, Kind, Scan, Token, scan

WIDTH = 100
_INDENT = "    "


class Unformattable(Exception):
    """The text does not follow the grammar; `findings` say where."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__("the formula has faults and was left as it is")
        self.findings = findings


@dataclass(slots=True)
class _Statement:
    """The tokens of a statement, the comments between them, above it, and beside its end."""

    parts: list[Token | Comment] = field(default_factory=list)
    above: list[Comment] = field(default_factory=list)
    beside: Comment | None = None


def fmt(text: str) -> str:
    """The same formula in the one layout; formatting twice changes nothing. Raises Unformattable on faults of form."""
    faults = parse(text).faults
    if not ok(faults):
        raise Unformattable(faults)
    lines: list[str] = []
    end = 0
    for start, stop, written in _items(_statements(text)):
        if lines and _blank(text[end:start]):
            lines.append("")
        lines.append(written)
        end = stop
    return "".join(f"{line}\n" for line in lines)


def _blank(gap: str) -> bool:
    """Whether there is an empty line between two things."""
    return any(not line.strip(" \t\r;") for line in gap.split("\n")[1:-1])


def _items(statements: list[_Statement]) -> Iterator[tuple[int, int, str]]:
    """What stands on lines of its own: where it was, and its text."""
    for statement in statements:
        for comment in statement.above:
            yield comment.start, comment.end, comment.text
        if statement.parts:
            last = statement.beside or statement.parts[-1]
            yield statement.parts[0].start, last.end, _written(statement)


def _statements(text: str) -> list[_Statement]:
    """The statements of a text; a last one without tokens takes the comments at the end."""
    scanned = scan(text)
    statements = _grouped(scanned)
    starts = [statement.parts[0].start for statement in statements]
    statements.append(_Statement())
    for comment in scanned.comments:
        at = bisect_right(starts, comment.start)
        before = statements[at - 1] if at else None
        if before is not None and comment.start < before.parts[-1].end:
            before.parts.append(comment)
            before.parts.sort(key=lambda part: part.start)
        elif before is not None and "\n" not in text[before.parts[-1].end : comment.start]:
            before.beside = comment
        else:
            statements[at].above.append(comment)
    return statements


def _grouped(scanned: Scan) -> list[_Statement]:
    out: list[_Statement] = []
    fresh = True
    for token in scanned.tokens:
        if token.kind is Kind.END or (token.kind is Kind.OPERATOR and token.text == ";"):
            fresh = True
            continue
        if fresh:
            out.append(_Statement())
            fresh = False
        out[-1].parts.append(token)
    return out


def _written(statement: _Statement) -> str:
    line = _joined(statement.parts)
    inside = any(isinstance(part, Comment) for part in statement.parts)
    if len(line) >= WIDTH and not inside:
        line = _broken(statement.parts)
    return f"{line};" + (f" {statement.beside.text}" if statement.beside else "")


def _joined(parts: list[Token | Comment]) -> str:
    out = ""
    before: Token | None = None
    unary = False
    for part in parts:
        if isinstance(part, Comment):
            lead = out if out.endswith("\n" + _INDENT) else out + " "
            out = f"{lead}{part.text}\n{_INDENT}"
            continue
        sign = part.text in {"-", "!"} and _begins_value(before)
        gap = "" if out.endswith("\n" + _INDENT) or before is None else _gap(before, part, after_sign=unary)
        out += gap + _shown(part)
        before, unary = part, sign
    return out


def _shown(token: Token) -> str:
    return f'"{token.text}"' if token.kind is Kind.STRING and '"' not in token.text else token.text


def _begins_value(before: Token | None) -> bool:
    return before is None or (before.kind is Kind.OPERATOR and before.text != ")")


def _gap(before: Token, token: Token, *, after_sign: bool) -> str:
    if after_sign or before.text in {"(", "."} or token.text in {")", ",", "."}:
        return "" if before.kind is Kind.OPERATOR or token.kind is Kind.OPERATOR else " "
    called = token.text == "(" and before.kind is Kind.NAME
    return "" if called else " "


def _broken(parts: list[Token | Comment]) -> str:
    """A long choice gets a line for each result."""
    lines: list[list[Token | Comment]] = [[]]
    depth = 0
    for part in parts:
        if part.text in {"(", ")"}:
            depth += 1 if part.text == "(" else -1
        if depth == 0 and part.text in {"?", ":"}:
            lines.append([])
        lines[-1].append(part)
    return f"\n{_INDENT}".join(map(_joined, lines))
