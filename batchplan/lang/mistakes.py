"""What is probably meant where the parser cannot go on. Only ever called on the way to a diagnostic."""

from typing import TYPE_CHECKING

from batchplan.core import codes
from batchplan.core.diagnostics import Fault, fault
from batchplan.lang.scan import BAD, EOF, NAME, NEWLINE, NUMBER, QUOTE, SEQUENCE_END, STRING, TEXT

if TYPE_CHECKING:
    from batchplan.lang.expression import ExpressionParser as Parser

OPERATORS = frozenset({"||", "&&", "==", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "!", "?", "=", ":", "=>"})
_CLOSE = {"(": ")", "[": "]", "{": "}"}
_UNKNOWN_OPERATORS = {
    ("=", "="): "`=` is not repeated here. Comparison is `==`; there is no `===`.",
    ("==", "="): "There is no `===`. Comparison is `==`, which never converts its operands.",
    ("!=", "="): "There is no `!==`. The opposite of `==` is `!=`.",
    ("+", "+"): "There is no `++`. Write `x + 1`; strings are joined in a template, lists with `concat`.",
    ("*", "*"): "There is no `**`. For a power write `pow(a, b)`.",
    ("?", "?"): "There is no `??`. For the first value that is not null write `coalesce(a, b)`.",
    ("<", ">"): "There is no `<>`. The opposite of `==` is `!=`.",
    ("=", ">"): "There is no `= >`; the arrow is written `=>`.",
    ("<", "="): "Write `<=` without a blank.",
    (">", "="): "Write `>=` without a blank.",
}


def shown(parser: "Parser", at: int) -> str:
    """Return how to name a token in a sentence."""
    kind = parser.types[at]
    if kind == EOF:
        return "the end of the file"
    if kind == NEWLINE:
        return "the end of the line"
    text = parser.source.text[parser.starts[at] : parser.ends[at]]
    return f"`{text}`" if len(text) <= 30 and "\n" not in text else "this"


def first_on_line(parser: "Parser", at: int) -> bool:
    """Whether only blanks stand before a token on its line."""
    start = parser.starts[at]
    text = parser.source.text
    return not text[text.rfind("\n", 0, start) + 1 : start].strip()


def no_expression(parser: "Parser") -> Fault:
    """Say why no expression starts here."""
    at = parser.at
    kind, before = parser.types[at], parser.types[at - 1] if at else ""
    pair = (before, kind)
    if pair in _UNKNOWN_OPERATORS and parser.starts[at] - parser.ends[at - 1] <= 1:
        detail = _UNKNOWN_OPERATORS[pair]
        return (
            fault(codes.INVALID_OPERATOR, detail, parser.range(at - 1, at))
            if kind != BAD
            else parser.failure(codes.INVALID_OPERATOR, detail)
        )
    if kind == "+":
        return parser.failure(codes.INVALID_OPERATOR, "A number has no sign `+`. Leave it out.")
    if kind == "." and parser.types[at + 1] == NUMBER:
        return parser.failure(codes.INVALID_NUMBER, "A number begins with a digit: write `0.5`, not `.5`.")
    if kind in (NEWLINE, EOF, SEQUENCE_END, ")", "]", "}") and before in OPERATORS:
        return _nothing_after(parser, before)
    if kind == ",":
        return parser.failure(codes.INVALID_EXPRESSION, "A value is missing before this comma.")
    if kind == EOF:
        return _ends_early(parser)
    if kind in ("=>", "...", "::", "?", ":") or kind in OPERATORS:
        return parser.failure(codes.INVALID_EXPRESSION, f"An expression is missing before {shown(parser, at)}.")
    return parser.failure(
        codes.INVALID_EXPRESSION, f"An expression should begin here, but {shown(parser, at)} begins none."
    )


def _ends_early(parser: "Parser") -> Fault:
    """Name the innermost bracket that is open at the end of the text."""
    opened: list[int] = []
    for index in range(parser.at):
        kind = parser.types[index]
        if kind in _CLOSE:
            opened.append(index)
        elif opened and kind == _CLOSE[parser.types[opened[-1]]]:
            opened.pop()
    if not opened:
        return parser.failure(codes.INVALID_EXPRESSION, "An expression is missing here.")
    return unclosed(parser, opened[-1], "")


def _nothing_after(parser: "Parser", before: str) -> Fault:
    at = parser.at
    if before == "=":
        detail = "A value is missing after `=`. Write it on the same line; for no value write `null`."
        return fault(codes.INVALID_EXPRESSION, detail, parser.range(at - 1))
    detail = f"An operand is missing after `{before}`."
    if parser.types[at] == NEWLINE:
        detail += " An expression goes on over a line break only inside brackets: put parentheses around it."
    return fault(codes.INVALID_EXPRESSION, detail, parser.range(at - 1))


def no_alternative(parser: "Parser", mark: int) -> Fault:
    """Say what is wrong with a conditional without its `:`."""
    detail = "A conditional has two results: `condition ? one : other`. The `:` and the other one are missing"
    if parser.types[parser.at] == NEWLINE and parser.types[parser.at + 1] == ":":
        detail = (
            "The conditional goes on in the next line, which it may only do inside brackets: put parentheses around it."
        )
        return parser.failure(codes.INVALID_CONDITIONAL, detail, parser.at + 1, mark)
    if parser.types[parser.at] == BAD:
        return parser.failure(codes.INVALID_CONDITIONAL, detail)
    return fault(codes.INVALID_CONDITIONAL, f"{detail} before {shown(parser, parser.at)}.", parser.range(mark))


def unclosed(parser: "Parser", opener: int, between: str) -> Fault:
    """Say that a bracket is not closed where the text goes on with something else, or that a separator is missing."""
    at = parser.at
    kind, bracket = parser.types[at], parser.types[opener]
    if kind == BAD:
        return parser.failure(codes.UNBALANCED_BRACKETS, between)
    begins_argument = kind == NAME and first_on_line(parser, at) and parser.types[at + 1] in ("=", "{")
    if kind in (EOF, ")", "]", "}", SEQUENCE_END) or begins_argument:
        where = f"before {shown(parser, at)}"
        if kind != EOF:
            where += f" in line {parser.source.line_of(parser.starts[at])}"
        detail = f"This `{bracket}` is not closed: `{_CLOSE[bracket]}` is missing {where}."
        return fault(codes.UNBALANCED_BRACKETS, detail, parser.range(opener), parser.range(opener, at))
    if kind == "=" and parser.types[at - 1] == NAME:
        detail = "`=` sets nothing here. Comparison is `==`; functions take their arguments by position only."
        return parser.failure(codes.INVALID_OPERATOR, detail, None, opener)
    if number := _broken_number(parser):
        return number
    return parser.failure(codes.MISSING_SEPARATOR, between, None, opener)


def _broken_number(parser: "Parser") -> Fault | None:
    """`0x1F`, `1_000`, `1st`: a name that touches a number."""
    at = parser.at
    if parser.types[at] != NAME or parser.types[at - 1] != NUMBER or parser.starts[at] != parser.ends[at - 1]:
        return None
    text = parser.source.text[parser.starts[at - 1] : parser.ends[at]]
    detail = f"`{text}` is no number. Numbers are decimal digits, without separators, prefixes or units."
    if text[:2] in ("0x", "0X", "0b", "0o"):
        base = {"x": 16, "b": 2, "o": 8}[text[1].lower()]
        detail = f'`{text}` is no number. For another base write `parseint("{text[2:]}", {base})`.'
    return fault(codes.INVALID_NUMBER, detail, parser.range(at - 1, at))


def no_key(parser: "Parser") -> Fault:
    """Say what stands where an object item should begin."""
    if parser.types[parser.at] == EOF:
        return _ends_early(parser)
    return parser.failure(
        codes.INVALID_EXPRESSION,
        f"An object item, `key = value`, should begin here instead of {shown(parser, parser.at)}.",
    )


def no_item_value(parser: "Parser", opener: int) -> Fault:
    """Say what is wrong after the key of an object item."""
    kind = parser.types[parser.at]
    if kind == EOF:
        return unclosed(parser, opener, "")
    if kind == "=>":
        return parser.failure(
            codes.MISSING_SEPARATOR, "An object item is written `key = value`; `=>` only stands in `for`."
        )
    if kind in (NEWLINE, ",", "}"):
        detail = "An object item is written `key = value`; this one has no value. For a list use `[` and `]`."
        return fault(codes.MISSING_SEPARATOR, detail, parser.range(parser.at - 1))
    return parser.failure(
        codes.MISSING_SEPARATOR,
        f"`=` must follow the key of an object item, not {shown(parser, parser.at)}.",
        None,
        opener,
    )


def no_item_end(parser: "Parser", opener: int) -> Fault:
    """Say what is wrong after the value of an object item."""
    if parser.types[parser.at] == EOF:
        return unclosed(parser, opener, "")
    return _broken_number(parser) or parser.failure(
        codes.MISSING_SEPARATOR,
        "A comma or a line break is missing between two object items, before this.",
        None,
        opener,
    )


def no_result_key(parser: "Parser", first: int) -> Fault:
    """Say that `{ for` has no `=>`."""
    detail = "Between `{` and `}` a `for` builds an object and needs a key: `{ for v in list : v.name => v }`. For a list use `[` and `]`."
    if parser.types[parser.at] == BAD:
        return parser.failure(codes.INVALID_FOR, detail)
    return fault(codes.INVALID_FOR, detail, parser.range(first, first + 1))


def for_goes_on(parser: "Parser", first: int) -> Fault:
    """Say what stands after a complete `for` expression."""
    if parser.types[parser.at] == "...":
        return parser.failure(
            codes.INVALID_FOR, "`...` groups values under a key, and a tuple has no keys.", None, first
        )
    if parser.types[parser.at] == ",":
        return parser.failure(
            codes.INVALID_FOR, "A `for` has one result; nothing may follow it in the brackets.", None, first
        )
    return unclosed(
        parser, first, f"The `for` expression is complete here; {shown(parser, parser.at)} does not belong to it."
    )


def no_step(parser: "Parser") -> Fault:
    """Say what is wrong after a dot."""
    at = parser.at + 1
    kind = parser.types[at]
    if kind == NUMBER:
        text = parser.values[at]
        detail = f"Indexes after dots cannot be chained. Write `[{text.replace('.', '][')}]`."
    elif kind in (STRING, QUOTE):
        detail = 'After a dot stands a bare name. For a key in quotes write `["…"]`.'
    elif kind in ("(", "["):
        detail = (
            "Leave out the dot before `[`."
            if kind == "["
            else "After a dot stands a bare name; values have no methods."
        )
    else:
        detail = f"The name of an attribute must follow the dot, not {shown(parser, at)}."
    return parser.failure(codes.INVALID_TRAVERSAL, detail, at)


def sequence_goes_on(parser: "Parser", first: int, detail: str) -> Fault:
    """Say what stands where `}` should end a template sequence; a quote here is often the end of the whole string."""
    at = parser.at
    if parser.types[at] == QUOTE:
        while parser.types[at] in (QUOTE, TEXT):
            at += 1
        if parser.types[at] == BAD:
            return Fault(parser.tokens.faults[at])
    return goes_on(parser) or parser.failure(codes.UNEXPECTED_TEXT, detail, None, first)


def no_directive(parser: "Parser", word: str) -> Fault:
    """Say which directives there are."""
    known = {"elif": "else", "elseif": "else", "end": "endif", "fi": "endif", "foreach": "for", "while": "for"}
    listed = "`if`, `else`, `endif`, `for` and `endfor`"
    if not word:
        return parser.failure(
            codes.INVALID_DIRECTIVE, f"`%{{` opens a directive: {listed}. For the characters themselves write `%%{{`."
        )
    hint = f" Perhaps `{known[word]}`?" if word in known else ""
    return parser.failure(codes.INVALID_DIRECTIVE, f"There is no directive `{word}`; there are {listed}.{hint}")


def after_expression(parser: "Parser") -> Fault:
    """Say what stands after an expression that should be the end."""
    return goes_on(parser) or parser.failure(
        codes.UNEXPECTED_TEXT, f"The expression is complete here; {shown(parser, parser.at)} does not belong to it."
    )


def goes_on(parser: "Parser") -> Fault | None:
    """Mistakes that show after a complete value: broken numbers, doubled operators, calls of values."""
    at = parser.at
    kind, text = parser.types[at], parser.values[at]
    if kind == BAD:
        return parser.failure(codes.UNEXPECTED_TEXT, "")
    if kind == "=":
        return parser.failure(codes.INVALID_OPERATOR, "`=` sets nothing here. Comparison is `==`.")
    if kind == NAME and text in ("and", "or", "not", "is", "in"):
        meant = {"and": "`&&`", "or": "`||`", "not": "`!`", "is": "`==`", "in": "`contains(list, value)`"}[text]
        return parser.failure(codes.INVALID_OPERATOR, f"There is no operator `{text}`. Write {meant}.")
    if at and parser.types[at - 1] == NAME and parser.values[at - 1] == "not":
        return fault(codes.INVALID_OPERATOR, "There is no operator `not`. Write `!`.", parser.range(at - 1))
    if kind == "(":
        return parser.failure(codes.INVALID_CALL, "Only functions by their name can be called; this is a value.")
    return _broken_number(parser)
