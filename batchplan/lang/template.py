"""Pieces of a template to a node: escapes, strip markers, the indentation of `<<-`, and nested directives."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from batchplan.core import codes
from batchplan.core.diagnostics import fault
from batchplan.core.source import Range, Source, graphemes
from batchplan.lang.nodes import Expression, Literal, Template, TemplateFor, TemplateIf, Wrapped

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.)|$)|\$\$\{|%%\{", re.DOTALL)
_DOUBLED = re.compile(r"\$\$\{|%%\{")
_SELECTORS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_BLANKS = " \t\n\v\f\r\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
"""What Go's unicode.IsSpace counts as blank; Python's strip() counts more."""


@dataclass(slots=True)
class Text:
    """A literal as it stands in the source, then with its escapes resolved."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class Sequence:
    """`${x}`, or one mark of a directive: `if`, `else`, `endif`, `for`, `endfor`; `word` is empty for `${x}`."""

    word: str
    expression: Expression | None
    key: str | None
    value: str
    trim_before: bool
    trim_after: bool
    start: int
    end: int


Piece = Text | Sequence


def unescape(source: Source, raw: str, start: int) -> str:
    """Return the characters that the inside of a quoted string means; `start` is where it stands."""
    if "\\" not in raw and "$$" not in raw and "%%" not in raw:
        return raw

    def meaning(found: re.Match[str]) -> str:
        if found[0][0] != "\\":
            return found[0][1:]
        digits = found[1] or found[2]
        selector = found[3]
        if digits:
            number = int(digits, 16)
            if number <= 0x10FFFF and not 0xD800 <= number < 0xE000:
                return chr(number)
        elif selector in _SELECTORS:
            return _SELECTORS[selector]
        at = Range(source, start + found.start(), start + found.end())
        raise fault(codes.INVALID_ESCAPE, _escape_advice(found[0], digits, selector), at)

    return _ESCAPE.sub(meaning, raw)


def _escape_advice(text: str, digits: str | None, selector: str | None) -> str:
    if digits:
        return f"`{text}` is no character: Unicode ends at 10FFFF and has no surrogates as characters."
    if selector == "u":
        return "`\\u` needs exactly four hexadecimal digits, as in `\\u00e9`."
    if selector == "U":
        return "`\\U` needs exactly eight hexadecimal digits, as in `\\U0001f600`."
    if selector in ("$", "%"):
        return f"`{text}` is no escape. For the characters `{selector}{{` write `{selector}{selector}{{`."
    return f'`{text}` is no escape. For a backslash write `\\\\`; the escapes are \\n \\r \\t \\" \\\\ \\uNNNN \\UNNNNNNNN.'


def undouble(raw: str) -> str:
    """Return heredoc text with `$${` and `%%{` resolved."""
    return _DOUBLED.sub(lambda found: found[0][1:], raw) if "$$" in raw or "%%" in raw else raw


def assemble(source: Source, pieces: list[Piece], start: int, end: int, *, quoted: bool, flush: bool) -> Expression:
    """Return the node of a template: `Literal` without sequences, `Wrapped` for one interpolation alone."""
    for piece in pieces:
        if isinstance(piece, Text):
            piece.text = unescape(source, piece.text, piece.start) if quoted else undouble(piece.text)
    _strip(pieces)
    if flush:
        _flush(pieces)
    pieces = _merge(pieces)
    if len(pieces) == 1 and isinstance(pieces[0], Sequence) and pieces[0].expression and not pieces[0].word:
        return Wrapped(pieces[0].expression, start, end)
    parts = _Nesting(source, pieces).top()
    if not parts:
        return Literal("", start, end)
    if len(parts) == 1 and isinstance(parts[0], Literal) and isinstance(parts[0].value, str):
        return Literal(parts[0].value, start, end)
    return Template(parts, start, end)


def _strip(pieces: list[Piece]) -> None:
    """Apply `~`: it acts on the adjacent literal only, which in a heredoc is at most one line."""
    for index, piece in enumerate(pieces):
        if isinstance(piece, Sequence):
            before = pieces[index - 1] if index else None
            after = pieces[index + 1] if index + 1 < len(pieces) else None
            if piece.trim_before and isinstance(before, Text):
                before.text = before.text.rstrip(_BLANKS)
            if piece.trim_after and isinstance(after, Text):
                after.text = after.text.lstrip(_BLANKS)


def _flush(pieces: list[Piece]) -> None:
    """Take the common indentation from every line; blank lines neither count nor change."""
    least: int | None = None
    line_start = True
    first: list[Text] = []
    for piece in pieces:
        if line_start:
            if isinstance(piece, Sequence):
                least = 0
            elif (rest := piece.text.lstrip(_BLANKS)) or not piece.text.endswith("\n"):
                indent = graphemes(piece.text[: len(piece.text) - len(rest)])
                first.append(piece)
                least = indent if least is None else min(least, indent)
        line_start = isinstance(piece, Text) and piece.text.endswith("\n")
    for text in first:
        text.text = text.text[least:]


def _merge(pieces: list[Piece]) -> list[Piece]:
    """Join neighbouring literals, in linear time."""
    merged: list[Piece] = []
    run: list[Text] = []
    for piece in pieces:
        if isinstance(piece, Text):
            run.append(piece)
            continue
        if run:
            merged.append(_joined(run))
            run = []
        merged.append(piece)
    if run:
        merged.append(_joined(run))
    return merged


def _joined(run: list[Text]) -> Text:
    return run[0] if len(run) == 1 else Text("".join([text.text for text in run]), run[0].start, run[-1].end)


class _Nesting:
    """Turns the flat pieces into nested directives."""

    def __init__(self, source: Source, pieces: list[Piece]) -> None:
        self.source = source
        self.pieces: Iterator[Piece] = iter(pieces)

    def top(self) -> list[Expression]:
        return self.until(None, ())[0]

    def until(self, opener: Sequence | None, words: tuple[str, ...]) -> tuple[list[Expression], Sequence | None]:
        """Return the parts before the next mark named in `words`, and that mark."""
        parts: list[Expression] = []
        for piece in self.pieces:
            if isinstance(piece, Text):
                if piece.text:
                    parts.append(Literal(piece.text, piece.start, piece.end))
            elif piece.word in words:
                return parts, piece
            else:
                parts.append(self.sequence(piece, opener))
        if opener is not None:
            detail = f"This `%{{ {opener.word} }}` has no `%{{ end{opener.word} }}`."
            raise fault(codes.INVALID_DIRECTIVE, detail, Range(self.source, opener.start, opener.end))
        return parts, None

    def sequence(self, piece: Sequence, opener: Sequence | None) -> Expression:
        if not piece.word:
            assert piece.expression is not None
            return piece.expression
        if piece.word == "if":
            return self.branch(piece)
        if piece.word == "for":
            assert piece.expression is not None
            body, last = self.until(piece, ("endfor",))
            end = last.end if last else piece.end
            return TemplateFor(piece.key, piece.value, piece.expression, body, piece.start, end)
        raise fault(codes.INVALID_DIRECTIVE, _stray(piece.word, opener), Range(self.source, piece.start, piece.end))

    def branch(self, piece: Sequence) -> TemplateIf:
        assert piece.expression is not None
        then, last = self.until(piece, ("else", "endif"))
        otherwise: list[Expression] | None = None
        if last is not None and last.word == "else":
            otherwise, last = self.until(piece, ("endif",))
        return TemplateIf(piece.expression, then, otherwise, piece.start, last.end if last else piece.end)


def _stray(word: str, opener: Sequence | None) -> str:
    wanted = {"else": "if", "endif": "if", "endfor": "for"}[word]
    if opener is None:
        return f"`%{{ {word} }}` stands here without a `%{{ {wanted} }}` before it."
    if word == "else":
        return (
            "This `%{ if }` has an `%{ else }` already." if opener.word == "if" else "A `%{ for }` has no `%{ else }`."
        )
    return f"`%{{ {word} }}` stands here, but the directive that is open is `%{{ {opener.word} }}`."
