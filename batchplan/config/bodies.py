"""The body of a resource block: compiled once, evaluated for each instance, `dynamic` blocks expanded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from batchplan.core.codes import INVALID_DYNAMIC
from batchplan.core.diagnostics import Diagnostics, Fault
from batchplan.core.source import Range, Source
from batchplan.lang.compile import compile_expression
from batchplan.lang.compiled import Compiled, Environment
from batchplan.lang.functions.function import Function
from batchplan.lang.nodes import Attribute, Block, Body, Traversal
from batchplan.lang.values import (
    UNKNOWN,
    ListValue,
    MapValue,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    is_known,
    pairs,
    unmark,
)

Functions = Mapping[str, Function]


@dataclass(frozen=True, slots=True)
class CompiledArgument:
    """An argument and its expression."""

    name: str
    attribute: Attribute
    expression: Compiled

    @property
    def range(self) -> Range:
        """Where its expression stands."""
        return self.expression.range

    @property
    def name_range(self) -> Range:
        """Where its name stands."""
        return Range(self.expression.source, self.attribute.start, self.attribute.name_end)


@dataclass(frozen=True, slots=True)
class Dynamic:
    """What makes a block repeat: over what, under which name, with which labels."""

    for_each: Compiled
    iterator: str
    labels: tuple[Compiled, ...]


@dataclass(frozen=True, slots=True)
class CompiledBlock:
    """A nested block; with `dynamic`, a pattern for several."""

    type: str
    labels: tuple[str, ...]
    body: "CompiledBody"
    at: Range
    dynamic: Dynamic | None = None


@dataclass(frozen=True, slots=True)
class CompiledBody:
    """Arguments by name and nested blocks in order; `at` is the header of the block it belongs to."""

    arguments: Mapping[str, CompiledArgument]
    blocks: tuple[CompiledBlock, ...]
    at: Range
    end: int

    def expressions(self) -> Iterator[Compiled]:
        """Yield every expression at any depth."""
        for argument in self.arguments.values():
            yield argument.expression
        for block in self.blocks:
            if block.dynamic is not None:
                yield block.dynamic.for_each
                yield from block.dynamic.labels
            yield from block.body.expressions()

    def bound_references(self, bound: frozenset[str] = frozenset()) -> Iterator[tuple[Compiled, Traversal]]:
        """Yield every reference with its expression, but those to the iterators of dynamic blocks."""
        for argument in self.arguments.values():
            for node in argument.expression.references:
                if node.root not in bound:
                    yield argument.expression, node
        for block in self.blocks:
            inner = bound
            if block.dynamic is not None:
                for compiled in chain((block.dynamic.for_each,)):
                    yield from ((compiled, node) for node in compiled.references if node.root not in bound)
                inner = bound | {block.dynamic.iterator}
                for compiled in block.dynamic.labels:
                    yield from ((compiled, node) for node in compiled.references if node.root not in inner)
            yield from block.body.bound_references(inner)


@dataclass(slots=True)
class BodyValue:
    """An evaluated body: values by argument name, nested blocks in order; `syntax` has the places."""

    values: dict[str, Value]
    blocks: "list[BlockValue]"
    syntax: CompiledBody

    def of_type(self, name: str) -> "list[BlockValue]":
        """Return the nested blocks of a type."""
        return [block for block in self.blocks if block.type == name]

    def range_of(self, name: str) -> Range:
        """Return where an argument's expression stands, or the header of the block when it is not there."""
        found = self.syntax.arguments.get(name)
        return found.range if found is not None else self.syntax.at

    def as_object(self) -> Value:
        """Return the body as an object: arguments as they are, nested blocks as tuples of objects by type."""
        entries = dict(self.values)
        for block in self.blocks:
            if block.type not in entries:
                entries[block.type] = TupleValue([each.body.as_object() for each in self.of_type(block.type)])
        return ObjectValue(entries)


@dataclass(slots=True)
class BlockValue:
    """An evaluated nested block."""

    type: str
    labels: tuple[str, ...]
    body: BodyValue

    @property
    def at(self) -> Range:
        """Its header."""
        return self.body.syntax.at


@dataclass(slots=True)
class BodyCompiler:
    """Compiles the bodies of one module."""

    functions: Functions
    diagnostics: Diagnostics = field(default_factory=Diagnostics)

    def expression(self, attribute: Attribute, source: Source) -> Compiled:
        """Return an attribute's expression, compiled."""
        return compile_expression(attribute.expression, attribute.origin or source, self.functions)

    def body(self, body: Body, source: Source, at: Range) -> CompiledBody:
        """Return a body, compiled; report malformed dynamic blocks."""
        arguments = {
            name: CompiledArgument(name, attribute, self.expression(attribute, source))
            for name, attribute in body.attributes.items()
        }
        blocks = [self._block(block, block.origin or source) for block in body.blocks]
        return CompiledBody(arguments, tuple(block for block in blocks if block is not None), at, body.end)

    def _block(self, block: Block, source: Source) -> CompiledBlock | None:
        at = Range(source, block.start, block.header_end)
        if block.type == "dynamic":
            return self._dynamic(block, source, at)
        return CompiledBlock(
            block.type, tuple(label.value for label in block.labels), self.body(block.body, source, at), at
        )

    def _dynamic(self, block: Block, source: Source, at: Range) -> CompiledBlock | None:
        attributes = block.body.attributes
        content = [inner for inner in block.body.blocks if inner.type == "content"]
        problem = _dynamic_problem(block, len(content))
        if problem is not None:
            self.diagnostics.error(INVALID_DYNAMIC, problem, at)
            return None
        kind = block.labels[0].value
        iterator = kind
        if "iterator" in attributes:
            node = attributes["iterator"].expression
            if not isinstance(node, Traversal) or node.steps:
                place = Range(source, node.start, node.end)
                self.diagnostics.error(INVALID_DYNAMIC, '"iterator" must be a plain word without quotes.', place, at)
                return None
            iterator = node.root
        labels = self._labels(attributes.get("labels"), source, at)
        for_each = self.expression(attributes["for_each"], source)
        body = self.body(content[0].body, content[0].origin or source, at)
        return CompiledBlock(kind, (), body, at, Dynamic(for_each, iterator, labels))

    def _labels(self, attribute: Attribute | None, source: Source, at: Range) -> tuple[Compiled, ...]:
        if attribute is None:
            return ()
        from batchplan.lang.nodes import TupleConstructor

        if not isinstance(attribute.expression, TupleConstructor):
            place = Range(source, attribute.expression.start, attribute.expression.end)
            self.diagnostics.error(INVALID_DYNAMIC, '"labels" must be a list of strings.', place, at)
            return ()
        return tuple(compile_expression(item, source, self.functions) for item in attribute.expression.items)


def _dynamic_problem(block: Block, contents: int) -> str | None:
    known = {"for_each", "iterator", "labels"}
    if len(block.labels) != 1:
        return 'A dynamic block has one label, the type of block to make: dynamic "resource_file" { … }.'
    if "for_each" not in block.body.attributes:
        return 'A dynamic block needs the argument "for_each".'
    extra = sorted(set(block.body.attributes) - known)
    if extra:
        return f'There is no argument "{extra[0]}" in a dynamic block; arguments of the blocks go into content {{ … }}.'
    stray = next((inner.type for inner in block.body.blocks if inner.type != "content"), None)
    if stray is not None:
        return f'There is no block "{stray}" in a dynamic block; blocks of the blocks go into content {{ … }}.'
    if contents != 1:
        return f"A dynamic block needs one content block, not {contents}."
    return None


def evaluate_body(
    body: CompiledBody, environment: Environment, diagnostics: Diagnostics, *, partial: bool = False
) -> BodyValue:
    """Return a body's values; an expression that fails is reported and leaves an unknown value.

    With `partial`, inputs may be unknown: then a dynamic block of which the number cannot be told makes none.
    """
    values: dict[str, Value] = {}
    for name, argument in body.arguments.items():
        values[name] = attempt(argument.expression, environment, diagnostics)
    blocks: list[BlockValue] = []
    for block in body.blocks:
        if block.dynamic is None:
            inner = evaluate_body(block.body, environment, diagnostics, partial=partial)
            blocks.append(BlockValue(block.type, block.labels, inner))
        else:
            blocks.extend(_expand(block, block.dynamic, environment, diagnostics, partial=partial))
    return BodyValue(values, blocks, body)


def attempt(expression: Compiled, environment: Environment, diagnostics: Diagnostics) -> Value:
    """Return an expression's value, unknown when it fails (reported)."""
    try:
        return expression.run(environment)
    except Fault as error:
        diagnostics.add(expression.explain(error.diagnostic, environment))
        return UNKNOWN


def _expand(
    block: CompiledBlock, dynamic: Dynamic, environment: Environment, diagnostics: Diagnostics, *, partial: bool
) -> Iterator[BlockValue]:
    value, _ = unmark(attempt(dynamic.for_each, environment, diagnostics))
    if type(value) is Unknown:
        if value is not UNKNOWN and not partial:
            detail = "How many blocks there are must be known when planning, but this value is not."
            diagnostics.error(INVALID_DYNAMIC, detail, dynamic.for_each.range)
        return
    if type(value) is Null or not isinstance(value, (TupleValue, ListValue, SetValue, ObjectValue, MapValue)):
        what = "null" if type(value) is Null else "no collection"
        detail = f'"for_each" of a dynamic block must be a list, a set, a map or an object; this value is {what}.'
        diagnostics.error(INVALID_DYNAMIC, detail, dynamic.for_each.range)
        return
    for key, element in pairs(value):
        scope = {**environment, dynamic.iterator: ObjectValue({"key": key, "value": element})}
        labels = tuple(_label(label, scope, diagnostics) for label in dynamic.labels)
        yield BlockValue(block.type, labels, evaluate_body(block.body, scope, diagnostics, partial=partial))


def _label(expression: Compiled, environment: Environment, diagnostics: Diagnostics) -> str:
    value, _ = unmark(attempt(expression, environment, diagnostics))
    if isinstance(value, str):
        return value
    if is_known(value):
        diagnostics.error(INVALID_DYNAMIC, "A label must be a string.", expression.range)
    return ""
