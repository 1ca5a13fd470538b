"""Reads an evaluated body by the shape of its kind: what does not fit is reported, the rest becomes a document."""

from dataclasses import dataclass
from typing import Any

from batchplan.config.blocks import of_terraform
from batchplan.config.bodies import BlockValue, BodyValue
from batchplan.core.codes import (
    DUPLICATE_BLOCK,
    EPHEMERAL_HERE,
    INVALID_VALUE,
    MISSING_ARGUMENT,
    UNKNOWN_ARGUMENT,
    UNKNOWN_BLOCK,
    WRONG_LABELS,
)
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range
from batchplan.core.suggest import did_you_mean
from batchplan.lang import numbers
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.numbers import BigFloat
from batchplan.lang.values import (
    ListValue,
    MapValue,
    Mark,
    Marked,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    unmark_deep,
)
from batchplan.schema.document import UNKNOWN, Document, Path, Secret, reveal
from batchplan.schema.retired import INSTEAD, RETIRED, renamed
from batchplan.schema.shape import Argument, Nested, Shape
from batchplan.schema.verify import argument_problem, count_problem, rule_problems


def plain(value: Value) -> Any:
    """Return a value as a document holds it; None for null."""
    match value:
        case str():
            return value
        case bool():
            return value
        case int():
            return int(value)
        case BigFloat():
            return numbers.to_float(value)
        case Null():
            return None
        case Unknown():
            return UNKNOWN
        case Marked(value=inner, marks=marks):
            made = plain(inner)
            hidden = Mark.SENSITIVE in marks or Mark.EPHEMERAL in marks
            return Secret(without_secrets(made)) if hidden and made is not None and made is not UNKNOWN else made
        case ListValue(items=items) | TupleValue(items=items) | SetValue(items=items):
            return [plain(item) for item in items]
        case ObjectValue(entries=entries) | MapValue(entries=entries):
            return {name: plain(item) for name, item in entries.items()}
    raise TypeError(f"not a value of a document: {type(value).__name__}")


def without_secrets(node: Any) -> Any:
    """Return data with the secrets inside of it revealed: the whole is one secret then."""
    if isinstance(node, dict):
        return {name: without_secrets(part) for name, part in node.items()}
    if isinstance(node, list):
        return [without_secrets(part) for part in node]
    return reveal(node)


def locate(body: BodyValue, path: Path) -> Range:
    """Return where a member of a document is written, or the header of the nearest block around it."""
    at = 0
    while at < len(path):
        name = str(path[at])
        if name in body.values:
            return body.range_of(name)
        inner = _block(body, name, path[at + 1] if at + 1 < len(path) else None)
        if inner is None:
            break
        at += 2 if inner[1] else 1
        body = inner[0].body
    return body.syntax.at


def _hint(name: str, shape: Shape) -> str:
    """Return what to write for a name that is none here."""
    if of_terraform(name):
        return of_terraform(name)
    instead = renamed(name, shape.names)
    return f" Write {instead}." if instead else did_you_mean(name, shape.names)


def _block(body: BodyValue, name: str, step: str | int | None) -> tuple[BlockValue, bool] | None:
    """Return the block a step leads to, and whether the step after it was used to choose it."""
    found = body.of_type(name)
    if not found:
        return None
    if isinstance(step, int) and step < len(found):
        return found[step], True
    labelled = [block for block in found if block.labels and block.labels[0] == step]
    return (labelled[0], True) if labelled else (found[0], False)


@dataclass(slots=True)
class Reader:
    """Reads bodies. `partial` says that blocks made by `dynamic` may be more than those that are seen."""

    diagnostics: Diagnostics
    partial: bool = False

    def read(self, shape: Shape, body: BodyValue) -> Document:
        """Return the document of a body; what is wrong is reported and left out."""
        found = self._members(shape, body)
        for problem in rule_problems(shape, found):
            code = MISSING_ARGUMENT if problem.missing else INVALID_VALUE
            self.diagnostics.error(code, problem.detail, locate(body, problem.path), body.syntax.at)
        return found

    def _members(self, shape: Shape, body: BodyValue) -> Document:
        found: Document = {}
        for name, value in body.values.items():
            argument = shape.arguments.get(name)
            if argument is None:
                self._unknown_argument(shape, name, body)
                continue
            leaf = self._leaf(argument, value, body)
            if leaf is not None:
                found[name] = leaf
        if body.blocks:
            self._blocks(shape, body, found)
        self._missing(shape, body, found)
        return found

    def _unknown_argument(self, shape: Shape, name: str, body: BodyValue) -> None:
        at = body.syntax.arguments[name].name_range
        if name in shape.blocks:
            label = ' "…"' if shape.blocks[name].nesting == "map" else ""
            self.diagnostics.error(
                UNKNOWN_ARGUMENT, f'"{name}" is a block: write {name}{label} {{ … }}, without "=".', at
            )
        elif name in RETIRED:
            self.diagnostics.error(
                UNKNOWN_ARGUMENT, f'There is no "{name}" any more. {RETIRED[name]}', at, body.syntax.at
            )
        elif name in shape.computed:
            self.diagnostics.error(UNKNOWN_ARGUMENT, f'"{name}" can be read but not set.', at)
        else:
            self.diagnostics.error(
                UNKNOWN_ARGUMENT, f'There is no argument "{name}" here.{_hint(name, shape)}', at, body.syntax.at
            )

    def _leaf(self, argument: Argument, value: Value, body: BodyValue) -> Any:
        try:
            made = plain(convert(value, argument.type))
        except ConversionError as error:
            detail = f'The argument "{argument.name}" does not fit: {error}.'
            self.diagnostics.error(INVALID_VALUE, detail, body.range_of(argument.name), body.syntax.at)
            return UNKNOWN
        fact = argument.fact
        if made is None or made is UNKNOWN:
            return made
        if type(value) is Marked and Mark.EPHEMERAL in unmark_deep(value)[1] and fact.readable:
            detail = f'The value is ephemeral, but "{argument.name}" is kept in the state.'
            self.diagnostics.error(EPHEMERAL_HERE, detail, body.range_of(argument.name), body.syntax.at)
        if fact.hides(made) and not isinstance(made, Secret):
            made = Secret(without_secrets(made))
        problem = argument_problem(argument, made)
        if problem is not None:
            self.diagnostics.error(INVALID_VALUE, problem, body.range_of(argument.name), body.syntax.at)
            return UNKNOWN
        return made

    def _blocks(self, shape: Shape, body: BodyValue, found: Document) -> None:
        for block in body.blocks:
            nested = shape.blocks.get(block.type)
            if nested is None:
                self._unknown_block(shape, block)
                continue
            if len(block.labels) != (1 if nested.nesting == "map" else 0):
                self._wrong_labels(nested, block)
                continue
            inner = self.read(nested.shape, block.body)
            if nested.nesting == "list":
                found.setdefault(nested.name, []).append(inner)
            elif nested.nesting == "single":
                if nested.name in found:
                    detail = f'The block "{nested.name}" is there twice; it may be given once.'
                    self.diagnostics.error(DUPLICATE_BLOCK, detail, block.at, body.syntax.at)
                found[nested.name] = inner
            else:
                self._labelled(nested, block, inner, found, body)
        for nested in shape.blocks.values():
            if nested.name in found:
                self._count(nested, found, body)

    def _labelled(self, nested: Nested, block: BlockValue, inner: Document, found: Document, body: BodyValue) -> None:
        label = block.labels[0]
        known = found.setdefault(nested.name, {})
        if label in known:
            detail = f'The block {nested.name} "{label}" is there twice.'
            self.diagnostics.error(DUPLICATE_BLOCK, detail, block.at, body.syntax.at)
        known[label] = inner

    def _count(self, nested: Nested, found: Document, body: BodyValue) -> None:
        problem = count_problem(nested, found[nested.name])
        if problem is not None:
            self.diagnostics.error(INVALID_VALUE, problem, locate(body, (nested.name,)), body.syntax.at)

    def _unknown_block(self, shape: Shape, block: BlockValue) -> None:
        if block.type in shape.arguments:
            detail = f'"{block.type}" is an argument: write {block.type} = ….'
        elif block.type in RETIRED:
            detail = f'There is no "{block.type}" any more. {RETIRED[block.type]}'
        else:
            detail = f'There is no block "{block.type}" here.{_hint(block.type, shape)}'
        self.diagnostics.error(UNKNOWN_BLOCK, detail, block.at)

    def _wrong_labels(self, nested: Nested, block: BlockValue) -> None:
        wanted = "one label" if nested.nesting == "map" else "no label"
        detail = f'The block "{nested.name}" has {wanted}, not {len(block.labels)}.'
        self.diagnostics.error(WRONG_LABELS, detail, block.at)

    def _missing(self, shape: Shape, body: BodyValue, found: Document) -> None:
        if self.partial:
            for block in body.syntax.blocks:
                if block.dynamic is not None and block.type in shape.blocks:
                    found.setdefault(block.type, UNKNOWN)
        for member in shape.required:
            if member.name in found or (isinstance(member, Argument) and self._reported(member.name, body)):
                continue
            what = "argument" if isinstance(member, Argument) else "block"
            detail = f'The {what} "{member.name}" is required.{INSTEAD.get(member.name, "")}'
            self.diagnostics.error(MISSING_ARGUMENT, detail, body.range_of(member.name))

    def _reported(self, name: str, body: BodyValue) -> bool:
        value = body.values.get(name)
        return value is not None and type(value) is Unknown
