"""Native syntax to a tree.

    parse_file             a configuration file; several faults per run
    parse_expression       an expression on its own; line breaks are free, as inside parentheses
    parse_attribute_value  the text after `name =`; a line break ends it
    parse_template         a template without its quotes, as in a template file or a JSON string

After a fault inside a block the parser goes on at the next argument, when brackets still match up to
there; otherwise at the next line that looks like the header of a top-level block.
"""

import re
from bisect import bisect_left
from collections.abc import Callable

from batchplan.core import codes
from batchplan.core.diagnostics import Diagnostic, Fault, fault
from batchplan.core.source import Range, Source
from batchplan.lang import height, misplaced, mistakes, sequences
from batchplan.lang.expression import ExpressionParser
from batchplan.lang.nodes import Attribute, Block, Body, Expression, Label, Literal
from batchplan.lang.scan import (
    BAD,
    BARE,
    DIRECTIVE,
    EOF,
    HEREDOC,
    HEREDOC_END,
    INTERPOLATION,
    NAME,
    NEWLINE,
    QUOTE,
    QUOTE_END,
    SEQUENCE_END,
    STRING,
    Tokens,
    scan,
)
from batchplan.lang.template import assemble

MAX_FAULTS = 50
"""Faults after which a file is given up."""

_HEADER = re.compile(r'^[^\W\d][\w\-]*(?:[ \t]+(?:"[^"\n]*"|[^\W\d][\w\-]*))*[ \t]*\{', re.MULTILINE)
_OPENERS = frozenset({"(", "[", "{", QUOTE, HEREDOC, INTERPOLATION, DIRECTIVE})
_PARTNER = {
    ")": ("(",),
    "]": ("[",),
    "}": ("{",),
    QUOTE_END: (QUOTE,),
    HEREDOC_END: (HEREDOC,),
    SEQUENCE_END: (INTERPOLATION, DIRECTIVE),
}


def parse_file(source: Source) -> tuple[Body, list[Diagnostic]]:
    """Return everything that could be parsed, and what is wrong with the rest."""
    whole = Body({}, [], 0, len(source.text))
    faults: list[Diagnostic] = []
    at: int | None = 0
    while at is not None and len(faults) < MAX_FAULTS:
        parser = _FileParser(source, scan(source, at), faults)
        try:
            parser.items(whole, EOF)
            at = None
        except _Lost as lost:
            at = parser.next_header(lost.after)
    return whole, faults


def parse_expression(source: Source) -> Expression:
    """Return the one expression of a text; line breaks are free. Raises `Fault`."""
    return _guarded(source, lambda: _alone(ExpressionParser(source, scan(source, drop=True))))


def parse_attribute_value(source: Source) -> Expression:
    """Return the value of an argument from the text after its `=`; a line break ends it. Raises `Fault`."""
    return _guarded(source, lambda: _alone(ExpressionParser(source, scan(source))))


def parse_template(source: Source) -> Expression:
    """Return a bare template, whose text knows no escapes but `$${` and `%%{`. Raises `Fault`."""
    return _guarded(source, lambda: _bare(source))


def _bare(source: Source) -> Expression:
    parser = ExpressionParser(source, scan(source, mode=BARE))
    pieces = sequences.pieces(parser, EOF)
    root = assemble(source, pieces, 0, len(source.text), quoted=False, flush=False)
    height.check(source, root)
    return root


def _guarded(source: Source, parse: Callable[[], Expression]) -> Expression:
    """Parse where the stack may be deep already: functions such as `templatestring` parse while they are evaluated."""
    try:
        return parse()
    except RecursionError:
        detail = "This is nested too deeply in the place where it is used. Name the inner parts in `locals`."
        raise fault(codes.TOO_DEEP, detail, Range(source, 0, len(source.text))) from None


def _alone(parser: ExpressionParser) -> Expression:
    root = parser.whole_expression()
    if parser.types[parser.at] == NEWLINE:
        parser.at += 1
    if parser.types[parser.at] != EOF:
        raise mistakes.after_expression(parser)
    return root


class _Lost(Exception):
    """Brackets no longer match; `after` is the offset of the fault."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after = after


class _FileParser(ExpressionParser):
    def __init__(self, source: Source, tokens: Tokens, faults: list[Diagnostic]) -> None:
        super().__init__(source, tokens)
        self.faults = faults

    def items(self, body: Body, closer: str) -> None:
        """Parse arguments and blocks into `body` up to the closing token, which is left."""
        depth = self.depth
        while True:
            first = self.at
            try:
                while (kind := self.types[self.at]) != closer:
                    first = self.at
                    if kind == NEWLINE:
                        self.at += 1
                    elif kind == NAME:
                        if self.types[first + 1] == "=":
                            self.argument(body)
                        else:
                            body.blocks.append(self.block())
                            self.line_end("the block")
                    else:
                        raise misplaced.no_item(self, closer)
                break
            except Fault as caught:
                self.depth = depth
                self.recover(caught.diagnostic, first, closer)

    def argument(self, body: Body) -> None:
        attribute = self.attribute()
        if self.types[self.at] == NEWLINE:
            self.at += 1
        else:
            self.line_end("the argument")
        self.keep(body, attribute)

    def keep(self, body: Body, attribute: Attribute) -> None:
        """Enter an attribute into its body; the first of two with one name stays."""
        earlier = body.attributes.setdefault(attribute.name, attribute)
        if earlier is not attribute:
            line = self.source.line_of(earlier.start)
            detail = f"`{attribute.name}` is set in line {line} already. Remove one of the two."
            at = Range(self.source, attribute.start, attribute.name_end)
            self.faults.append(Diagnostic(codes.DUPLICATE_ARGUMENT, detail, at))

    def attribute(self) -> Attribute:
        first = self.at
        self.at += 2
        value = self.whole_expression()
        return Attribute(self.values[first], value, self.starts[first], self.ends[first], value.end)

    def line_end(self, what: str) -> None:
        kind = self.types[self.at]
        if kind == NEWLINE:
            self.at += 1
        elif kind != EOF:
            raise misplaced.no_line_end(self, what)

    def block(self) -> Block:
        """Parse a block up to its closing brace, without the line break."""
        first = self.at
        name = self.values[first]
        self.at += 1
        labels = self.labels(first)
        header_end = self.ends[self.at - 1]
        opener = self.at
        self.deeper()
        self.at += 1
        body = self.block_body(opener)
        self.depth -= 1
        return Block(name, labels, body, self.starts[first], self.ends[first], header_end, self.ends[self.at - 1])

    def labels(self, first: int) -> list[Label]:
        found: list[Label] = []
        while (kind := self.types[self.at]) != "{":
            start, end = self.starts[self.at], self.ends[self.at]
            if kind in (STRING, NAME):
                found.append(Label(self.values[self.at], start, end))
                self.at += 1
            elif kind == QUOTE:
                at = self.at
                value = sequences.template(self)
                if not isinstance(value, Literal) or not isinstance(value.value, str):
                    detail = "A block label is fixed text; `${` and `%{` cannot stand in it."
                    raise fault(codes.INVALID_BLOCK_SYNTAX, detail, self.range(at, self.at - 1))
                found.append(Label(value.value, value.start, value.end))
            else:
                raise misplaced.broken_header(self, first)
        return found

    def block_body(self, opener: int) -> Body:
        """Parse what stands between the braces: lines, or nothing, or a single argument on the same line."""
        kind = self.types[self.at]
        body = Body({}, [], self.ends[opener], 0)
        if kind == NEWLINE:
            self.items(body, "}")
        elif kind == NAME and self.types[self.at + 1] == "=":
            self.keep(body, self.attribute())
            if self.types[self.at] != "}":
                raise misplaced.crowded_block(self, opener)
        elif kind != "}":
            raise misplaced.crowded_block(self, opener)
        body.end = self.starts[self.at]
        self.at += 1
        return body

    def recover(self, diagnostic: Diagnostic, first: int, closer: str) -> None:
        """Note a fault of the item at token `first` and go to the line break or brace that ends the item."""
        self.faults.append(diagnostic)
        types, unwound = self.types, self.tokens.unwound
        opened: list[str] = []
        for index in range(first, len(types)):
            kind = types[index]
            if kind in _OPENERS:
                opened.append(kind)
            elif kind in _PARTNER:
                partners = _PARTNER[kind]
                if any(opener in partners for opener in opened):
                    while opened.pop() not in partners:
                        pass
                elif kind == "}" and index >= self.at and closer == "}":
                    self.at = index
                    return
            elif kind == BAD:
                del opened[len(opened) - min(unwound[index], len(opened)) :]
            elif kind == NEWLINE and not opened and index >= self.at and self.begins_item(index + 1):
                self.at = index
                return
        raise _Lost(diagnostic.at.start if diagnostic.at else self.starts[self.at])

    def begins_item(self, index: int) -> bool:
        """Whether what follows line breaks looks like an argument or a block, or is the end of the body."""
        while self.types[index] == NEWLINE:
            index += 1
        kind = self.types[index]
        return kind in ("}", EOF, BAD) or (kind == NAME and self.types[index + 1] not in (NEWLINE, EOF))

    def next_header(self, after: int) -> int | None:
        """Return where the next line begins that looks like a top-level block, and that no heredoc contains."""
        failed = self.starts[min(self.tokens.faults, default=-1)]
        for found in _HEADER.finditer(self.source.text, after + 1):
            start = found.start()
            index = bisect_left(self.starts, start)
            in_code = index < len(self.starts) and self.starts[index] == start and self.types[index] == NAME
            if in_code or start > failed:
                return start
        return None
