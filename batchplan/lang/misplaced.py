"""What is probably meant where an argument or a block is not one. Only ever called on the way to a diagnostic."""

from typing import TYPE_CHECKING

from batchplan.core import codes
from batchplan.core.diagnostics import Fault, fault
from batchplan.lang import mistakes
from batchplan.lang.scan import BAD, EOF, NAME, NEWLINE, QUOTE, STRING

if TYPE_CHECKING:
    from batchplan.lang.expression import ExpressionParser as Parser


def no_line_end(parser: "Parser", what: str) -> Fault:
    """Say what stands after a complete argument or block instead of a line break."""
    if known := mistakes.goes_on(parser):
        return known
    at = parser.at
    kind = parser.types[at]
    if kind in (")", "]", "}"):
        detail = f"This `{kind}` closes nothing."
        return parser.failure(codes.STRAY_BRACKET, detail)
    if kind == ",":
        detail = "Arguments are separated by line breaks, not by commas. Put the next one on a line of its own."
        return parser.failure(codes.MISSING_NEWLINE, detail)
    return parser.failure(
        codes.MISSING_NEWLINE, f"A line break must follow {what}; {mistakes.shown(parser, at)} stands there."
    )


def no_item(parser: "Parser", closer: str) -> Fault:
    """Say what stands where an argument or a block should begin."""
    at = parser.at
    kind, following = parser.types[at], parser.types[min(at + 1, len(parser.types) - 1)]
    if kind == BAD:
        return parser.failure(codes.INVALID_ARGUMENT_SYNTAX, "")
    if kind == EOF:
        return _unclosed_block(parser)
    if kind == STRING and following in ("=", ":"):
        return parser.failure(
            codes.INVALID_ARGUMENT_SYNTAX, f"The name of an argument is not quoted: write `{parser.values[at]} = …`."
        )
    if kind in (STRING, QUOTE):
        detail = "An argument or a block should begin here with its bare name, not with a string."
        return parser.failure(codes.INVALID_ARGUMENT_SYNTAX, detail)
    if kind == "}":
        return parser.failure(codes.STRAY_BRACKET, "This `}` closes nothing: every block before it is closed already.")
    if kind in mistakes.OPERATORS or kind in (".", "["):
        detail = f"A line cannot begin with `{kind}`. To go on with the expression of the line before, put parentheses around it."
        return parser.failure(codes.INVALID_ARGUMENT_SYNTAX, detail)
    where = "in this block" if closer == "}" else "here"
    detail = (
        f"An argument, `name = value`, or a block should begin {where}; {mistakes.shown(parser, at)} begins neither."
    )
    return parser.failure(codes.INVALID_ARGUMENT_SYNTAX, detail)


def _unclosed_block(parser: "Parser") -> Fault:
    """Name the innermost block that is open at the end of the file, and where its brace was probably forgotten."""
    opened: list[int] = []
    for index, kind in enumerate(parser.types):
        if kind == "{":
            opened.append(index)
        elif kind == "}" and opened:
            opened.pop()
    brace = opened[-1] if opened else 0
    first = brace
    while first and parser.types[first - 1] in (NAME, STRING):
        first -= 1
    detail = "This block is never closed: a `}` is missing."
    if margin := _block_at_margin(parser, brace):
        line = parser.source.line_of(parser.starts[margin])
        detail += f" Probably before line {line}, where another block begins at the margin."
    return fault(codes.UNCLOSED_BLOCK, detail, parser.range(first, brace))


def _block_at_margin(parser: "Parser", brace: int) -> int | None:
    """Return the first token after a brace that begins a block in the first column."""
    text = parser.source.text
    for index in range(brace + 1, len(parser.types)):
        start = parser.starts[index]
        if parser.types[index] == NAME and text[start - 1] == "\n":
            last = index + 1
            while parser.types[last] in (NAME, STRING):
                last += 1
            if parser.types[last] == "{":
                return index
    return None


def broken_header(parser: "Parser", first: int) -> Fault:
    """Say what is wrong in a line that begins like a block."""
    at = parser.at
    kind, name = parser.types[at], parser.values[first]
    alone = at == first + 1
    if kind == ":" and alone:
        return parser.failure(
            codes.INVALID_ARGUMENT_SYNTAX,
            f"An argument is set with `=`, not with `:`. Write `{name} = …`.",
            None,
            first,
        )
    if kind == "=" and not alone:
        detail = f"A block has no `=`. For a block write `{name} … {{`, for an argument a single name before the `=`."
        return parser.failure(codes.INVALID_BLOCK_SYNTAX, detail, None, first)
    if kind in (".", "[") and alone:
        detail = "Only a plain name can be set; an argument of another block is set in that block."
        return parser.failure(codes.INVALID_ARGUMENT_SYNTAX, detail, None, first)
    if kind in (NEWLINE, EOF):
        return _bare_line(parser, first)
    if alone:
        detail = f"After `{name}` must follow `=` and a value, or the labels and the `{{` of a block; here is {mistakes.shown(parser, at)}."
        return parser.failure(codes.INVALID_ARGUMENT_SYNTAX, detail, None, first)
    detail = f"After the labels of the block `{name}` must follow `{{`, not {mistakes.shown(parser, at)}."
    return parser.failure(codes.INVALID_BLOCK_SYNTAX, detail, None, first)


def _bare_line(parser: "Parser", first: int) -> Fault:
    at, name = parser.at, parser.values[first]
    following = next((kind for kind in parser.types[at:] if kind != NEWLINE), EOF)
    if following == "{":
        detail = f"The `{{` of the block `{name}` must stand on the line of its name."
        return fault(codes.INVALID_BLOCK_SYNTAX, detail, parser.range(first, at - 1))
    if at == first + 1:
        detail = f"`{name}` stands alone. For an argument write `{name} = …`, for a block `{name} {{`."
        return fault(codes.INVALID_ARGUMENT_SYNTAX, detail, parser.range(first))
    if at == first + 2:
        value = parser.source.text[parser.starts[at - 1] : parser.ends[at - 1]]
        detail = f"`=` is missing: for an argument write `{name} = {value}`, for a block end the line with `{{`."
        return fault(codes.INVALID_ARGUMENT_SYNTAX, detail, parser.range(first, at - 1))
    detail = f"The `{{` of the block `{name}` is missing at the end of the line."
    return fault(codes.INVALID_BLOCK_SYNTAX, detail, parser.range(first, at - 1))


def crowded_block(parser: "Parser", opener: int) -> Fault:
    """Say that a block on one line holds more than one argument."""
    if parser.types[parser.at] == EOF:
        return _unclosed_block(parser)
    detail = "A block on one line holds a single argument and ends there. Put every argument on a line of its own."
    return mistakes.goes_on(parser) or parser.failure(codes.INVALID_BLOCK_SYNTAX, detail, None, opener)
