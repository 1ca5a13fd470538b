"""Tokens to the pieces of templates: literals, interpolations and the marks of directives."""

from typing import TYPE_CHECKING

from batchplan.core import codes
from batchplan.core.diagnostics import fault
from batchplan.lang import mistakes
from batchplan.lang.nodes import Expression
from batchplan.lang.scan import (
    DIRECTIVE,
    HEREDOC,
    HEREDOC_END,
    INTERPOLATION,
    NAME,
    QUOTE,
    QUOTE_END,
    SEQUENCE_END,
    TEXT,
)
from batchplan.lang.template import Piece, Sequence, Text, assemble

if TYPE_CHECKING:
    from batchplan.lang.expression import ExpressionParser as Parser

_CLOSERS = {QUOTE: QUOTE_END, HEREDOC: HEREDOC_END}


def template(parser: "Parser") -> Expression:
    first = parser.at
    quoted = parser.types[first] == QUOTE
    parser.at += 1
    found = pieces(parser, _CLOSERS[parser.types[first]])
    parser.at += 1
    flush = not quoted and parser.values[first].startswith("<<-")
    start, end = parser.starts[first], parser.ends[parser.at - 1]
    return assemble(parser.source, found, start, end, quoted=quoted, flush=flush)


def pieces(parser: "Parser", closer: str) -> list[Piece]:
    """Parse the pieces of a template up to the closing token, which is left."""
    types, open_directives = parser.types, 0
    found: list[Piece] = []
    while (kind := types[parser.at]) != closer:
        if kind == TEXT:
            found.append(Text(parser.values[parser.at], parser.starts[parser.at], parser.ends[parser.at]))
            parser.at += 1
        elif kind == INTERPOLATION:
            found.append(interpolation(parser))
        elif kind == DIRECTIVE:
            piece = directive(parser)
            if piece.word in ("if", "for"):
                open_directives += 1
                parser.deeper()
            elif piece.word != "else" and open_directives:
                open_directives -= 1
                parser.depth -= 1
            found.append(piece)
        else:
            raise parser.failure(codes.UNTERMINATED_TEMPLATE, "This does not belong into a template.")
    parser.depth -= open_directives
    return found


def interpolation(parser: "Parser") -> Sequence:
    first = parser.at
    parser.at += 1
    if parser.types[parser.at] == SEQUENCE_END:
        detail = "An expression is missing between `${` and `}`. For the characters themselves write `$${`."
        raise fault(codes.INVALID_EXPRESSION, detail, parser.range(first, parser.at))
    inner = parser.expression()
    close_sequence(parser, first, "An interpolation holds one expression; `}` must follow it.")
    return sequence_from(parser, first, "", inner, None, "")


def close_sequence(parser: "Parser", first: int, detail: str) -> None:
    if parser.types[parser.at] != SEQUENCE_END:
        raise mistakes.sequence_goes_on(parser, first, detail)
    parser.at += 1


def sequence_from(
    parser: "Parser", first: int, word: str, expression: Expression | None, key: str | None, value: str
) -> Sequence:
    last = parser.at - 1
    before, after = len(parser.values[first]) == 3, len(parser.values[last]) == 2
    return Sequence(word, expression, key, value, before, after, parser.starts[first], parser.ends[last])


def directive(parser: "Parser") -> Sequence:
    first = parser.at
    parser.at += 1
    word = parser.values[parser.at] if parser.types[parser.at] == NAME else ""
    if word not in ("if", "else", "endif", "for", "endfor"):
        raise mistakes.no_directive(parser, word)
    parser.at += 1
    expression, key, value = None, None, ""
    parser.links += 1
    if word == "if":
        expression = parser.expression()
    elif word == "for":
        key, value = parser.names("A `for` directive", first)
        expression = parser.expression()
    close_sequence(parser, first, f"`}}` must follow here to end the `%{{ {word}` directive.")
    return sequence_from(parser, first, word, expression, key, value)
