"""Tokens to expressions, by recursive descent.

Depth is limited twice. While parsing, `depth` counts nested brackets, templates and operators. Afterwards
`height.check` measures trees that may be tall without being nested, such as `1 + 1 + 1 …`, which is why
`links` counts the nodes that were put on top of a finished one.
"""

from batchplan.core import codes
from batchplan.core.diagnostics import Code, Fault, fault
from batchplan.core.source import Range, Source
from batchplan.lang import height, mistakes, sequences
from batchplan.lang.height import MAX_DEPTH, MAX_HEIGHT
from batchplan.lang.nodes import (
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    Index,
    Literal,
    Number,
    ObjectConstructor,
    ObjectKey,
    Parentheses,
    RelativeTraversal,
    Splat,
    SplatElement,
    Step,
    StepAttribute,
    StepIndex,
    Traversal,
    TupleConstructor,
    Unary,
)
from batchplan.lang.scan import (
    BAD,
    EOF,
    HEREDOC,
    NAME,
    NEWLINE,
    NUMBER,
    QUOTE,
    STRING,
    Tokens,
)

_RANK = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    ">": 4,
    "<=": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
_KEYWORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_SHALLOW = 40  # up to this depth nothing is counted, which is where real configurations end
_SLACK = 5  # nodes that come without a level of their own, such as the key of an object item
NO_SPLAT, ATTRIBUTE_SPLAT, FULL_SPLAT = range(3)


class ExpressionParser:
    """Parses expressions from `at` on. Faults are raised; the caller decides where to go on."""

    def __init__(self, source: Source, tokens: Tokens) -> None:
        self.source = source
        self.tokens = tokens
        self.types = tokens.types
        self.values = tokens.values
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.at = 0
        self.depth = 0
        self.links = 0
        self.peak = _SHALLOW

    def range(self, first: int, last: int | None = None) -> Range:
        """Return the range of a token, or from one token to another."""
        return Range(self.source, self.starts[first], self.ends[first if last is None else last])

    def failure(self, code: Code, detail: str, at: int | None = None, context: int | None = None) -> Fault:
        """Return the fault of a token; what the scanner said of it goes first. `context` is where the construct began."""
        at = self.at if at is None else at
        if self.types[at] == BAD:
            return Fault(self.tokens.faults[at])
        start = self.starts[at]
        around = None if context is None else Range(self.source, self.starts[context], max(start, self.ends[context]))
        return fault(code, detail, self.range(at), around)

    def deeper(self) -> None:
        self.depth += 1
        self.peak = max(self.peak, self.depth)
        if self.depth > MAX_DEPTH:
            detail = f"This is nested more than {MAX_DEPTH} levels deep. Name the inner parts in `locals`."
            raise fault(codes.TOO_DEEP, detail, self.range(self.at))

    def whole_expression(self) -> Expression:
        """Parse an expression that is no part of another, and measure it if it may be too tall."""
        self.links, self.peak = 0, _SHALLOW
        root = self.expression()
        if self.peak + self.links > MAX_HEIGHT - _SLACK:
            height.check(self.source, root)
        return root

    def expression(self, lowest: int = 0) -> Expression:
        """Parse operators of at least a rank; at rank 0 also `c ? t : f`."""
        self.depth += 1
        if self.depth > self.peak:
            self.depth -= 1
            self.deeper()
        left = self.term()
        types = self.types
        while rank := _RANK.get(types[self.at]):
            if rank < lowest:
                break
            operator = types[self.at]
            self.at += 1
            self.links += 1
            right = self.expression(rank + 1)
            left = Binary(operator, left, right, left.start, right.end)
        if lowest == 0 and types[self.at] == "?":
            left = self.conditional(left)
        self.depth -= 1
        return left

    def conditional(self, condition: Expression) -> Expression:
        mark = self.at
        self.at += 1
        then = self.expression()
        if self.types[self.at] != ":":
            raise mistakes.no_alternative(self, mark)
        self.at += 1
        otherwise = self.expression()
        return Conditional(condition, then, otherwise, condition.start, otherwise.end)

    def term(self) -> Expression:
        types, at = self.types, self.at
        kind = types[at]
        node: Expression
        if kind == NAME:
            following = types[at + 1]
            name = self.values[at]
            if following in ("(", "::"):
                node = self.call()
            else:
                self.at = at + 1
                if name in _KEYWORDS:
                    node = Literal(_KEYWORDS[name], self.starts[at], self.ends[at])
                else:
                    node = Traversal(name, [], self.starts[at], self.ends[at])
        elif kind == STRING:
            self.at = at + 1
            node = Literal(self.values[at], self.starts[at], self.ends[at])
        elif kind == NUMBER:
            self.at = at + 1
            node = Number(self.values[at], self.starts[at], self.ends[at])
        elif kind in (QUOTE, HEREDOC):
            node = sequences.template(self)
        elif kind == "[":
            node = self.tuple_constructor()
        elif kind == "{":
            node = self.object_constructor()
        elif kind == "(":
            node = self.parentheses()
        elif kind in ("-", "!"):
            return self.unary()
        else:
            raise mistakes.no_expression(self)
        if types[self.at] in (".", "["):
            return self.steps(node, NO_SPLAT)
        return node

    def unary(self) -> Expression:
        at = self.at
        self.deeper()
        self.at += 1
        operand = self.term()
        self.depth -= 1
        return Unary(self.types[at], operand, self.starts[at], operand.end)

    def parentheses(self) -> Expression:
        at = self.at
        self.at += 1
        inner = self.expression()
        if self.types[self.at] != ")":
            raise mistakes.unclosed(self, at, "An operator is missing here, or the `)`.")
        self.at += 1
        return Parentheses(inner, self.starts[at], self.ends[self.at - 1])

    def call(self) -> Expression:
        types, first = self.types, self.at
        name = self.values[first]
        at = first + 1
        while types[at] == "::":
            if types[at + 1] != NAME:
                raise self.failure(codes.INVALID_CALL, "The name of a function must follow `::`.", at + 1, first)
            name += "::" + self.values[at + 1]
            at += 2
        if types[at] != "(":
            detail = f"`{name}` is the name of a function; `(` and its arguments must follow."
            raise self.failure(codes.INVALID_CALL, detail, at, first)
        self.at = at + 1
        arguments: list[Expression] = []
        expand = False
        while types[self.at] != ")":
            arguments.append(self.expression())
            kind = types[self.at]
            if kind == ",":
                self.at += 1
            elif kind == "...":
                expand = True
                self.at += 1
                if types[self.at] != ")":
                    detail = "`...` spreads the last argument, so `)` must follow it."
                    raise self.failure(codes.INVALID_CALL, detail, None, first)
            elif kind != ")":
                raise mistakes.unclosed(self, at, "A comma is missing between two arguments, before this.")
        self.at += 1
        return Call(name, arguments, expand, self.starts[first], self.ends[self.at - 1], self.ends[at - 1])

    def tuple_constructor(self) -> Expression:
        types, first = self.types, self.at
        if types[first + 1] == NAME and self.values[first + 1] == "for":
            return self.comprehension()
        self.at += 1
        items: list[Expression] = []
        while types[self.at] != "]":
            items.append(self.expression())
            if types[self.at] == ",":
                self.at += 1
            elif types[self.at] != "]":
                raise mistakes.unclosed(self, first, "A comma is missing between two items, before this.")
        self.at += 1
        return TupleConstructor(items, self.starts[first], self.ends[self.at - 1])

    def object_constructor(self) -> Expression:
        types, first = self.types, self.at
        if types[first + 1] == NAME and self.values[first + 1] == "for":
            return self.comprehension()
        self.at += 1
        items: list[tuple[ObjectKey, Expression]] = []
        while (kind := types[self.at]) != "}":
            if kind == NEWLINE:
                self.at += 1
                continue
            key = self.key()
            if types[self.at] not in ("=", ":"):
                raise mistakes.no_item_value(self, first)
            self.at += 1
            items.append((key, self.expression()))
            kind = types[self.at]
            if kind in (",", NEWLINE):
                self.at += 1
            elif kind != "}":
                raise mistakes.no_item_end(self, first)
        self.at += 1
        return ObjectConstructor(items, self.starts[first], self.ends[self.at - 1])

    def key(self) -> ObjectKey:
        """Parse the key of an object item. `true`, `false` and `null` alone are names here, as any other."""
        at = self.at
        if self.types[at] == NAME and self.types[at + 1] in ("=", ":"):
            self.at = at + 1
            name = Traversal(self.values[at], [], self.starts[at], self.ends[at])
            return ObjectKey(name, name.start, name.end)
        if self.types[at] in (",", "=", EOF):
            raise mistakes.no_key(self)
        expression = self.expression()
        return ObjectKey(expression, expression.start, expression.end)

    def names(self, what: str, first: int) -> tuple[str | None, str]:
        """Parse `v in` or `k, v in`."""
        found: list[str] = []
        while True:
            if self.types[self.at] != NAME:
                detail = f"{what} names its variables first: `for value in …` or `for key, value in …`."
                raise self.failure(codes.INVALID_FOR, detail, None, first)
            found.append(self.values[self.at])
            self.at += 1
            if len(found) == 2 or self.types[self.at] != ",":
                break
            self.at += 1
        if self.types[self.at] != NAME or self.values[self.at] != "in":
            detail = f"The word `in` must follow the variables of {what.lower()}: `for {', '.join(found)} in …`."
            raise self.failure(codes.INVALID_FOR, detail, None, first)
        self.at += 1
        return (found[0], found[1]) if len(found) == 2 else (None, found[0])

    def comprehension(self) -> Expression:
        types, first = self.types, self.at
        of_object = types[first] == "{"
        self.at += 2
        key, value = self.names("A `for` expression", first)
        collection = self.expression()
        if types[self.at] != ":":
            detail = "A colon must follow the collection: `for value in collection : result`."
            raise self.failure(codes.INVALID_FOR, detail, None, first)
        self.at += 1
        key_result, result = None, self.expression()
        group = False
        if types[self.at] == "=>":
            if not of_object:
                detail = "Between `[` and `]` a `for` builds a tuple, which has no keys. Leave out the key and `=>`, or use `{` and `}`."
                raise self.failure(codes.INVALID_FOR, detail, None, first)
            self.at += 1
            key_result, result = result, self.expression()
            if types[self.at] == "...":
                group = True
                self.at += 1
        elif of_object:
            raise mistakes.no_result_key(self, first)
        condition = None
        if types[self.at] == NAME and self.values[self.at] == "if":
            self.at += 1
            condition = self.expression()
        if types[self.at] != ("}" if of_object else "]"):
            raise mistakes.for_goes_on(self, first)
        self.at += 1
        start, end = self.starts[first], self.ends[self.at - 1]
        return For(key, value, collection, key_result, result, condition, group, start, end)

    def steps(self, node: Expression, within: int) -> Expression:
        """Parse `.name`, `[key]` and splats after a term; `within` says inside which kind of splat."""
        types = self.types
        while True:
            kind = types[self.at]
            if kind == ".":
                following = types[self.at + 1]
                if following == "*":
                    if within == ATTRIBUTE_SPLAT:
                        detail = "A `.*` cannot stand inside what another `.*` goes over. Use `[*]` for both."
                        raise self.failure(codes.INVALID_TRAVERSAL, detail, self.at + 1)
                    node = self.splat(node, 2, ATTRIBUTE_SPLAT)
                else:
                    node = self.extended(node, self.dot_step(following))
            elif kind == "[" and within != ATTRIBUTE_SPLAT:
                if types[self.at + 1] == "*" and types[self.at + 2] == "]":
                    node = self.splat(node, 3, FULL_SPLAT)
                else:
                    node = self.index(node)
            else:
                return node

    def extended(self, node: Expression, step: Step) -> Expression:
        """Return the node with a literal step; a traversal that is being built grows."""
        if isinstance(node, (Traversal, RelativeTraversal)):
            node.steps.append(step)
            node.end = step.end
            return node
        self.links += 1
        return RelativeTraversal(node, [step], node.start, step.end)

    def dot_step(self, kind: str) -> Step:
        dot = self.at
        start, end, text = self.starts[dot], self.ends[dot + 1], self.values[dot + 1]
        if kind == NAME:
            self.at += 2
            return StepAttribute(text, start, end)
        if kind == NUMBER and text.isdigit():
            self.at += 2
            return StepIndex(Number(text, self.starts[dot + 1], end), start, end)
        raise mistakes.no_step(self)

    def splat(self, node: Expression, length: int, within: int) -> Expression:
        first = self.at
        self.deeper()
        self.at += length
        self.links += 1
        element = SplatElement(self.starts[first], self.ends[self.at - 1])
        each = self.steps(element, within)
        self.depth -= 1
        return Splat(node, each, element, within == FULL_SPLAT, node.start, max(each.end, element.end))

    def index(self, node: Expression) -> Expression:
        first = self.at
        self.at += 1
        if self.types[self.at] == "]":
            detail = "An index needs a key between `[` and `]`."
            raise self.failure(codes.INVALID_TRAVERSAL, detail, None, first)
        key = self.expression()
        if self.types[self.at] != "]":
            raise mistakes.unclosed(self, first, "An index has one key, and `]` must follow it.")
        end = self.ends[self.at]
        self.at += 1
        if isinstance(key, Number):
            return self.extended(node, StepIndex(key, self.starts[first], end))
        if isinstance(key, Literal) and isinstance(key.value, str):
            return self.extended(node, StepIndex(key.value, self.starts[first], end))
        self.links += 1
        return Index(node, key, node.start, end)
