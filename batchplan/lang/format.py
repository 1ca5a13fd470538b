"""The layout of `batchplan fmt`, which is that of `terraform fmt`.

Layout works on lines of tokens and changes blanks only. A line has up to three cells: what leads, from `=` on,
and a comment at its end; in neighbouring lines the second and third cells are aligned. Before that, a few
expressions are brought to their modern form: `"${x}"` becomes `x`, labels get quotes, `type = "list"` becomes
`type = list(string)`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from batchplan.core.diagnostics import Diagnostic, Fault, Severity
from batchplan.core.source import Source, graphemes
from batchplan.lang.nodes import Block, Body
from batchplan.lang.parse import parse_file
from batchplan.lang.scan import (
    COMMENT,
    DIRECTIVE,
    EOF,
    HEREDOC,
    HEREDOC_END,
    INTERPOLATION,
    NAME,
    NEWLINE,
    NUMBER,
    QUOTE,
    QUOTE_END,
    SEQUENCE_END,
    STRING,
    TEXT,
    scan,
)

_BRACKETS = {"{": 1, "[": 1, "(": 1, INTERPOLATION: 1, DIRECTIVE: 1, "}": -1, "]": -1, ")": -1, SEQUENCE_END: -1}
_QUOTES = {QUOTE: 1, QUOTE_END: -1}
_HEREDOCS = {HEREDOC: 1, HEREDOC_END: -1}
_TEMPLATE_EDGES = frozenset({TEXT, QUOTE, HEREDOC})
_TEMPLATE_ENDS = frozenset({TEXT, QUOTE_END, HEREDOC_END})
_BEFORE_SIGN = frozenset(
    {"", "(", "{", "[", "=", ":", ",", "?", "+", "*", "/", "%", "-", "==", "!=", ">", ">=", "<", "<=", "&&", "||", "!"}
)
"""After these a minus is a sign and not an operator."""
_BARE_TYPES = {"list": "any", "map": "any", "set": "any"}
_QUOTED_TYPES = {"string": "string", "list": "list(string)", "map": "map(string)"}


@dataclass(slots=True)
class Token:
    """A token and how many blanks stand before it."""

    kind: str
    text: str
    start: int
    blanks: int = 0


@dataclass(slots=True)
class Line:
    """The cells of a line."""

    lead: list[Token]
    assign: list[Token] = field(default_factory=list)
    comment: list[Token] = field(default_factory=list)


def format_text(text: str, name: str = "input") -> str:
    """Return the text in its canonical layout. Raises `Fault` when it does not parse."""
    source = Source(name, text)
    formatted, faults = format_source(source)
    if formatted is None:
        raise Fault(faults[0])
    return formatted


def format_source(source: Source) -> tuple[str | None, list[Diagnostic]]:
    """Return a file in its canonical layout, or None and what is wrong with it."""
    body, faults = parse_file(source)
    if any(fault.severity is Severity.ERROR for fault in faults):
        return None, faults
    lines = list(_lines(_modern(_tokens(source), body)))
    _indent(lines)
    _space(lines)
    _align(lines)
    return "".join([" " * token.blanks + token.text for line in lines for token in _all(line)]), []


def _tokens(source: Source) -> list[Token]:
    scanned = scan(source, keep=True)
    text = source.text
    return [
        Token(kind, text[start:end], start)
        for kind, start, end in zip(scanned.types, scanned.starts, scanned.ends, strict=True)
        if kind != EOF
    ]


def _all(line: Line) -> list[Token]:
    return line.lead + line.assign + line.comment


def _modern(tokens: list[Token], body: Body) -> list[Token]:
    """Return the tokens with old ways of writing replaced."""
    places = {token.start: index for index, token in enumerate(tokens)}
    replaced: dict[int, tuple[int, list[Token]]] = {}
    for start, end, in_variable in _values(body, ()):
        first = places[start]
        last = first
        while last < len(tokens) and tokens[last].start < end:
            last += 1
        old = tokens[first:last]
        new = _modern_type(old) if in_variable else _unwrapped(old)
        alone = last == len(tokens) or tokens[last].kind == NEWLINE
        if new is not old and (alone or new[-1].kind != HEREDOC_END):  # the mark of a heredoc stands alone on its line
            replaced[first] = (last, new)
    for block in _blocks(body):
        first = places[block.start] + 1
        last = first
        while tokens[last].start < block.header_end:
            last += 1
        if last > first:
            replaced[first] = (last, [_label(token) for token in tokens[first:last] if token.kind != COMMENT])
    if not replaced:
        return tokens
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        if index in replaced:
            index, new = replaced[index]
            result.extend(new)
        else:
            result.append(tokens[index])
            index += 1
    return result


def _values(body: Body, within: tuple[str, ...]) -> Iterator[tuple[int, int, bool]]:
    """Yield where each argument's value stands, and whether it is the type of a variable."""
    for attribute in body.attributes.values():
        value = attribute.expression
        yield value.start, value.end, within == ("variable",) and attribute.name == "type"
    for block in body.blocks:
        yield from _values(block.body, (*within, block.type))


def _blocks(body: Body) -> Iterator[Block]:
    for block in body.blocks:
        yield block
        yield from _blocks(block.body)


def _label(token: Token) -> Token:
    return Token(STRING, f'"{token.text}"', token.start) if token.kind == NAME else token


def _modern_type(tokens: list[Token]) -> list[Token]:
    """`list` alone means `list(any)`; `"list"` is from before there were element types."""
    if len(tokens) != 1:
        return tokens
    token = tokens[0]
    if token.kind == NAME and token.text in _BARE_TYPES:
        return _call(token, f"{token.text}({_BARE_TYPES[token.text]})")
    if token.kind == STRING and token.text[1:-1] in _QUOTED_TYPES:
        return _call(token, _QUOTED_TYPES[token.text[1:-1]])
    return tokens


def _call(token: Token, text: str) -> list[Token]:
    name, _, argument = text.partition("(")
    made = [Token(NAME, name, token.start)]
    if argument:
        made += [Token("(", "(", token.start), Token(NAME, argument[:-1], token.start), Token(")", ")", token.start)]
    return made


def _unwrapped(tokens: list[Token]) -> list[Token]:
    """Return what stands inside `"${…}"`, in parentheses when it has several lines; any other value as it is."""
    ends = (QUOTE, INTERPOLATION, SEQUENCE_END, QUOTE_END)
    if len(tokens) < 5 or tuple(token.kind for token in (*tokens[:2], *tokens[-2:])) != ends:
        return tokens
    inside = tokens[2:-2]
    quotes = heredocs = 0
    for token in inside:
        quotes += _QUOTES.get(token.kind, 0)
        heredocs += _HEREDOCS.get(token.kind, 0)
        if not quotes and (token.kind in (INTERPOLATION, SEQUENCE_END) or (token.kind == TEXT and not heredocs)):
            return tokens
    while inside and inside[0].kind == NEWLINE:
        del inside[0]
    while inside and inside[-1].kind == NEWLINE:
        del inside[-1]
    if _several_lines(inside) and not _bracketed(inside):
        return _parenthesised(inside)
    first, last = 0, len(inside)
    while first < last and inside[first].kind == COMMENT:
        first += 1
    while first < last and inside[last - 1].kind == COMMENT:
        last -= 1
    return [*inside[:first], *_unwrapped(inside[first:last]), *inside[last:]]


def _several_lines(tokens: list[Token]) -> bool:
    """Whether there is a line break; one that ends a comment counts only outside brackets."""
    depth = 0
    for token in tokens:
        depth += _BRACKETS.get(token.kind, 0)
        if token.kind == NEWLINE or (not depth and _ends_line(token)):
            return True
    return False


def _bracketed(tokens: list[Token]) -> bool:
    """Whether the first token is a parenthesis that the last one closes."""
    depth = 0
    for index, token in enumerate(tokens):
        depth += _BRACKETS.get(token.kind, 0)
        if not depth:
            return index == len(tokens) - 1 and token.kind == ")"
    return False


def _parenthesised(tokens: list[Token]) -> list[Token]:
    """Put parentheses around; the closing mark of a heredoc keeps its line to itself."""
    start, end = tokens[0].start, tokens[-1].start
    line_break = [Token(NEWLINE, "\n", end)] if tokens[-1].kind == HEREDOC_END else []
    return [Token("(", "(", start), *tokens, *line_break, Token(")", ")", end)]


def _ends_line(token: Token) -> bool:
    return token.kind == NEWLINE or (token.kind == COMMENT and token.text.endswith("\n"))


def _lines(tokens: list[Token]) -> Iterator[Line]:
    start = 0
    for index, token in enumerate(tokens):
        if _ends_line(token):
            yield _cells(tokens[start : index + 1])
            start = index + 1
    if start < len(tokens):
        yield _cells(tokens[start:])


def _cells(tokens: list[Token]) -> Line:
    """Split a line; a value that goes on in the next line is not aligned and stays in the first cell."""
    line = Line(tokens)
    if len(tokens) > 1 and tokens[-1].kind == COMMENT:
        line.lead, line.comment = tokens[:-1], tokens[-1:]
    for index, token in enumerate(line.lead):
        if index and token.kind == "=":
            if not sum(_BRACKETS.get(other.kind, 0) for other in line.lead[index:]):
                line.lead, line.assign = line.lead[:index], line.lead[index:]
            break
    return line


def _indent(lines: list[Line]) -> None:
    """Indent by the lines that left brackets open, one step for each such line however many it opened."""
    opened: list[int] = []
    for line in lines:
        first = line.lead[0]
        if first.kind == NEWLINE:
            continue
        net = _net(line.lead + line.assign)
        closed = -net
        while closed > 0 and opened:
            taken = min(closed, opened[-1])
            closed -= taken
            opened[-1] -= taken
            if not opened[-1]:
                opened.pop()
        first.blanks = 2 * len(opened)
        if net > 0:
            opened.append(net)


def _net(tokens: list[Token]) -> int:
    """Count opened less closed brackets; what stands inside a heredoc does not indent."""
    net = 0
    for token in tokens:
        net += _BRACKETS.get(token.kind, 0)
        if token.kind == HEREDOC:
            break
    return net


def _space(lines: list[Line]) -> None:
    for line in lines:
        if line.assign:
            line.assign[0].blanks = 1
        for cell in (line.lead, line.assign):
            before = ""
            for index, (token, after) in enumerate(pairwise(cell)):
                after.blanks = int(_apart(before, token, after.kind))
                if (
                    (token.kind, after.kind) == (NUMBER, ".")
                    and cell[index + 2 : index + 3]
                    and cell[index + 2].kind == NUMBER
                ):
                    after.blanks = 1  # `a.0 .0` without the blank would read as the number 0.0
                before = _end_kind(token.kind)


def _end_kind(kind: str) -> str:
    return QUOTE_END if kind == STRING else kind


def _apart(before: str, token: Token, after: str) -> bool:
    """Whether a blank stands between a token and the next; the first rule that applies decides."""
    kind = _end_kind(token.kind)
    if after == STRING:
        after = QUOTE
    if after == NEWLINE or (kind == NAME and after in ("(", "::")) or (kind == "::" and after == NAME):
        return False
    if "." in (kind, after) or after in (",", "..."):
        return False
    if kind == ",":
        return True
    if kind in _TEMPLATE_EDGES or after in _TEMPLATE_ENDS:
        return False
    if kind == NAME and token.text == "in" and before == NAME:
        return True
    if after == "[" and (kind in (NAME, NUMBER) or _BRACKETS.get(kind, 0) < 0):
        return False
    if kind == "!":
        return False
    if kind == "-":
        return before not in _BEFORE_SIGN
    return _apart_at_brackets(kind, after)


def _apart_at_brackets(kind: str, after: str) -> bool:
    """Braces keep a distance to what they hold, other brackets do not."""
    if kind == "{" or after == "}":
        return not (kind == "{" and after == "}")
    if kind == "}" and after == SEQUENCE_END:
        return True
    if kind == SEQUENCE_END and after in (INTERPOLATION, DIRECTIVE):
        return False
    return not (_BRACKETS.get(kind, 0) > 0 or _BRACKETS.get(after, 0) < 0) or (
        kind in (INTERPOLATION, DIRECTIVE) and after == "{"
    )


def _align(lines: list[Line]) -> None:
    """Align the second cells of neighbouring lines, then the comments."""
    for run in _runs(lines, [bool(line.assign) for line in lines]):
        widths = [_width(line.lead) for line in run]
        for line, width in zip(run, widths, strict=True):
            line.assign[0].blanks = max(widths) - width + 1
    for run in _runs(lines, [bool(line.comment) for line in lines]):
        widths = [_width(line.lead) + _width(line.assign) for line in run]
        for line, width in zip(run, widths, strict=True):
            line.comment[0].blanks = max(widths) - width + 1


def _runs(lines: list[Line], member: list[bool]) -> Iterator[list[Line]]:
    """Yield the neighbouring lines that are members together."""
    run: list[Line] = []
    for line, belongs in zip(lines, member, strict=True):
        if belongs:
            run.append(line)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _width(tokens: list[Token]) -> int:
    return sum([token.blanks + graphemes(token.text) for token in tokens])
