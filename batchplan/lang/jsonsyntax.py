"""The JSON form of HCL: the same tree as the native syntax makes.

JSON alone does not say what is a block, so the reader of a body says which names are blocks and how many
labels each has; every other member is an argument. Strings are templates, names of object members too.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from batchplan.core import codes
from batchplan.core.diagnostics import Diagnostic, Diagnostics, Fault, fault
from batchplan.core.source import Range, Source
from batchplan.lang import height
from batchplan.lang.height import children
from batchplan.lang.jsontext import (
    JsonArray,
    JsonMember,
    JsonNumber,
    JsonObject,
    JsonString,
    JsonValue,
    JsonWord,
    parse_json,
    string_at,
)
from batchplan.lang.nodes import (
    Attribute,
    Block,
    Body,
    Expression,
    Label,
    Literal,
    Number,
    ObjectConstructor,
    ObjectKey,
    TupleConstructor,
    Unary,
)
from batchplan.lang.parse import parse_expression, parse_template

__all__ = ["BlockSpec", "BodySchema", "body_of", "expression_in", "expression_of", "parse_json"]

COMMENT = "//"
"""The name of members of a body that are ignored."""


@dataclass(frozen=True, slots=True)
class BodySchema:
    """Which members of a body are blocks, by name."""

    blocks: "Mapping[str, BlockSpec]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BlockSpec:
    """How many labels a block has, and what its body holds."""

    labels: int = 0
    body: BodySchema = field(default_factory=BodySchema)


def body_of(source: Source, value: JsonValue, schema: BodySchema) -> tuple[Body, list[Diagnostic]]:
    """Return an object, or an array of objects, as a body, and what is wrong with it."""
    lowering = _Lowering(source)
    return lowering.body(value, schema), lowering.faults.items


def expression_of(source: Source, value: JsonValue) -> Expression:
    """Return a JSON value as an expression. Raises `Fault`."""
    match value:
        case JsonString():
            return _template(source, value)
        case JsonWord():
            return Literal(value.value, value.start, value.end)
        case JsonNumber():
            number = Number(value.text.removeprefix("-"), value.start, value.end)
            return Unary("-", number, value.start, value.end) if value.text.startswith("-") else number
        case JsonArray():
            return TupleConstructor([expression_of(source, item) for item in value.items], value.start, value.end)
        case JsonObject():
            return ObjectConstructor(list(_items(source, value)), value.start, value.end)


def expression_in(source: Source, text: Literal) -> Expression:
    """Return what a string of this JSON source says as native syntax, as in `"type": "list(string)"`. Raises `Fault`."""
    string = string_at(source, text.start)
    return _placed(source, string, parse_expression)


def _template(source: Source, string: JsonString) -> Expression:
    text = string.text
    if "${" not in text and "%{" not in text:
        return Literal(text, string.start, string.end)
    root = _placed(source, string, parse_template)
    root.start, root.end = string.start, string.end
    return root


def _placed(source: Source, string: JsonString, parse: Callable[[Source], Expression]) -> Expression:
    """Parse the text of a string; nodes and faults get their place in the source."""
    try:
        root = parse(Source(source.name, string.text))
    except Fault as caught:
        raise Fault(_moved(source, string, caught.diagnostic)) from None
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        waiting.extend(children(node))
        node.start, node.end = string.place(node.start), string.place(node.end)
        if hasattr(node, "name_end"):
            node.name_end = string.place(node.name_end)
    return root


def _moved(source: Source, string: JsonString, diagnostic: Diagnostic) -> Diagnostic:
    def moved(place: Range | None) -> Range | None:
        return place and Range(source, string.place(place.start), string.place(place.end))

    return replace(diagnostic, at=moved(diagnostic.at), context=moved(diagnostic.context))


def _items(source: Source, value: JsonObject) -> Iterator[tuple[ObjectKey, Expression]]:
    seen: set[str] = set()
    for member in value.members:
        name = member.name
        if name.text in seen:
            detail = f'The member "{name.text}" is there already. Remove one of the two.'
            raise fault(codes.DUPLICATE_ARGUMENT, detail, Range(source, name.start, name.end))
        seen.add(name.text)
        key = ObjectKey(_template(source, name), name.start, name.end)
        yield key, expression_of(source, member.value)


class _Lowering:
    """Collects faults, so that one run finds all of a file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.faults = Diagnostics()

    def body(self, value: JsonValue, schema: BodySchema) -> Body:
        body = Body({}, [], value.start, value.end)
        for member in self.members(value, "a block"):
            name = member.name.text
            if name == COMMENT:
                continue
            if name in schema.blocks:
                self.blocks(body, member, schema.blocks[name])
            else:
                self.argument(body, member)
        return body

    def members(self, value: JsonValue, what: str) -> Iterator[JsonMember]:
        """Yield the members of an object, or of all objects in an array; null has none."""
        parts = value.items if isinstance(value, JsonArray) else [value]
        for part in parts:
            if isinstance(part, JsonObject):
                yield from part.members
            elif not (isinstance(part, JsonWord) and part.value is None and part is value):
                self.error(f"An object, `{{…}}`, should stand here for {what}.", part)

    def error(self, detail: str, place: JsonValue) -> None:
        self.faults.error(codes.INVALID_BLOCK_SYNTAX, detail, Range(self.source, place.start, place.end))

    def argument(self, body: Body, member: JsonMember) -> None:
        name = member.name
        if name.text in body.attributes:
            line = self.source.line_of(body.attributes[name.text].start)
            detail = f"`{name.text}` is set in line {line} already. Remove one of the two."
            self.faults.error(codes.DUPLICATE_ARGUMENT, detail, Range(self.source, name.start, name.end))
            return
        try:
            value = expression_of(self.source, member.value)
            height.check(self.source, value)
        except Fault as caught:
            self.faults.add(caught.diagnostic)
            return
        body.attributes[name.text] = Attribute(name.text, value, name.start, name.end, member.value.end)

    def blocks(self, body: Body, member: JsonMember, spec: BlockSpec) -> None:
        """Enter the blocks of one member: below its labels, an object is one block and an array several."""
        found: list[tuple[list[Label], JsonValue]] = [([], member.value)]
        for _ in range(spec.labels):
            found = [
                ([*labels, label], value) for labels, outer in found for label, value in self.labelled(outer, member)
            ]
        for labels, value in found:
            for each in value.items if isinstance(value, JsonArray) else [value]:
                if isinstance(each, JsonWord) and each.value is None and each is value:
                    continue
                if not isinstance(each, (JsonObject, JsonArray)):
                    self.error(f'The block "{member.name.text}" is an object, `{{…}}`, or an array of objects.', each)
                    continue
                inner = self.body(each, spec.body)
                header_end = labels[-1].end if labels else member.name.end
                name = member.name
                body.blocks.append(Block(name.text, labels, inner, name.start, name.end, header_end, each.end))

    def labelled(self, value: JsonValue, block: JsonMember) -> Iterator[tuple[Label, JsonValue]]:
        """Yield the members of an object whose names are labels."""
        empty = True
        for member in self.members(value, f'the labels of "{block.name.text}"'):
            empty = False
            yield Label(member.name.text, member.name.start, member.name.end), member.value
        if empty and (
            isinstance(value, (JsonObject, JsonArray)) or (isinstance(value, JsonWord) and value.value is None)
        ):
            self.error(
                f'The block "{block.name.text}" needs a label: `"{block.name.text}": {{"label": {{…}}}}`.', value
            )
