"""Reading the body of a block: taking out what is known, reporting what is left over."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from batchplan.config.declarations import Argument
from batchplan.core.codes import (
    DUPLICATE_BLOCK,
    INVALID_NAME,
    INVALID_VALUE,
    LITERAL_REQUIRED,
    MISSING_ARGUMENT,
    UNKNOWN_ARGUMENT,
    UNKNOWN_BLOCK,
    WRONG_LABELS,
)
from batchplan.core.diagnostics import Diagnostics, Fault
from batchplan.core.source import Range, Source
from batchplan.core.suggest import did_you_mean
from batchplan.lang.compile import compile_expression
from batchplan.lang.compiled import Compiled
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.jsonsyntax import expression_in
from batchplan.lang.nodes import Block, Expression, Literal, ObjectConstructor, Traversal, TupleConstructor
from batchplan.lang.types import BOOL, STRING, Primitive
from batchplan.lang.values import Null, Value


def is_name(text: str) -> bool:
    """Return whether a text can be the name of something: letters, digits, `_` and `-`, no digit or dash first."""
    return bool(text) and text.replace("-", "_").isidentifier() and text[0] != "-"


@dataclass(slots=True)
class BlockReader:
    """One block being read. `what` names it for messages: `variable block`."""

    block: Block
    source: Source
    diagnostics: Diagnostics
    _taken: set[str] = field(default_factory=set)
    _taken_blocks: set[str] = field(default_factory=set)

    @property
    def what(self) -> str:
        """How messages call it."""
        return f"{self.block.type} block"

    @property
    def at(self) -> Range:
        """Its header."""
        return Range(self.source, self.block.start, self.block.header_end)

    def label(self, position: int) -> str:
        """Return a label; report it when it is no name."""
        label = self.block.labels[position]
        if not is_name(label.value):
            detail = "A name starts with a letter or an underscore and goes on with letters, digits, _ and -."
            self.diagnostics.error(INVALID_NAME, detail, Range(self.source, label.start, label.end), self.at)
        return label.value

    def argument(self, name: str) -> Argument | None:
        """Take an argument, None when it is not there."""
        self._taken.add(name)
        attribute = self.block.body.attributes.get(name)
        return Argument(attribute, attribute.origin or self.source) if attribute is not None else None

    def required(self, name: str) -> Argument | None:
        """Take an argument; report it when it is not there."""
        found = self.argument(name)
        if found is None:
            self.missing(name)
        return found

    def missing(self, name: str) -> None:
        """Report that an argument is not there, at the end of the body, where it would go."""
        end = Range(self.source, self.block.body.end, min(self.block.body.end + 1, len(self.source.text)))
        self.diagnostics.error(MISSING_ARGUMENT, f'The {self.what} needs the argument "{name}".', end, self.at)

    def literal(self, name: str, of: Primitive) -> Value | None:
        """Take an argument that must be a literal; None when it is not there, null, or not usable (reported)."""
        found = self.argument(name)
        return None if found is None else self.literal_value(found, of)

    def literal_value(self, found: Argument, of: Primitive) -> Value | None:
        """Return what a literal argument is worth; None when it is null, or not usable (reported)."""
        compiled = compile_expression(found.expression, found.source, {})
        if compiled.references or compiled.calls:
            detail = f'"{found.name}" must be written out here: it is read before anything is evaluated.'
            self.diagnostics.error(LITERAL_REQUIRED, detail, found.range, self.at)
            return None
        try:
            value = convert(compiled.evaluate({}), of)
        except Fault as error:
            self.diagnostics.add(error.diagnostic)
            return None
        except ConversionError as error:
            self.diagnostics.error(INVALID_VALUE, f'"{found.name}" does not fit: {error}.', found.range, self.at)
            return None
        return None if type(value) is Null else value

    def text(self, name: str) -> str | None:
        """Take an argument that must be a literal string."""
        value = self.literal(name, STRING)
        return value if isinstance(value, str) else None

    def flag(self, name: str, default: bool) -> bool:
        """Take an argument that must be a literal bool."""
        value = self.literal(name, BOOL)
        return value if isinstance(value, bool) else default

    def blocks(self, name: str) -> list[Block]:
        """Take all nested blocks of a type."""
        self._taken_blocks.add(name)
        return [block for block in self.block.body.blocks if block.type == name]

    def single(self, name: str) -> Block | None:
        """Take a nested block that may be there once; report more."""
        found = self.blocks(name)
        for extra in found[1:]:
            at = Range(extra.origin or self.source, extra.start, extra.header_end)
            first = self.source.line_of(found[0].start)
            detail = f'There may be one "{name}" block here; the first is on line {first}.'
            self.diagnostics.error(DUPLICATE_BLOCK, detail, at)
        return found[0] if found else None

    def inner(self, block: Block) -> "BlockReader":
        """Return a reader of a nested block."""
        return BlockReader(block, block.origin or self.source, self.diagnostics)

    def traversals(self, name: str) -> tuple[Traversal, ...]:
        """Take an argument that is a list of references, such as depends_on."""
        found = self.argument(name)
        if found is None:
            return ()
        return tuple(self.references(found, items(found.expression)))

    def references(
        self, found: Argument, listed: Sequence[Expression] | None, example: str = "pool.main"
    ) -> Iterable[Traversal]:
        """Yield the references of a list; report what is none, with an example of what it should look like."""
        if listed is None:
            detail = f'"{found.name}" must be a list of references, as in [{example}].'
            self.diagnostics.error(INVALID_VALUE, detail, found.range, self.at)
            return
        for item in listed:
            node = unquoted(item, found.source)
            if isinstance(node, Traversal):
                yield node
            else:
                detail = f'An element of "{found.name}" must be a reference, as in {example}, without quotes.'
                self.diagnostics.error(INVALID_VALUE, detail, Range(found.source, item.start, item.end), self.at)

    def rest(self) -> dict[str, Argument]:
        """Take all arguments not taken yet."""
        attributes = self.block.body.attributes
        left = {
            name: Argument(attribute, attribute.origin or self.source)
            for name, attribute in attributes.items()
            if name not in self._taken
        }
        self._taken.update(left)
        return left

    def finish(self) -> None:
        """Report what was not taken."""
        for name, attribute in self.block.body.attributes.items():
            if name not in self._taken:
                hint = of_terraform(name) or did_you_mean(name, self._taken)
                if not hint and name in self._taken_blocks:
                    hint = f" It is a block: {name} {{ … }}."
                at = Range(attribute.origin or self.source, attribute.start, attribute.name_end)
                detail = f'There is no argument "{name}" in a {self.what}.{hint}'
                self.diagnostics.error(UNKNOWN_ARGUMENT, detail, at, self.at)
        for block in self.block.body.blocks:
            if block.type not in self._taken_blocks:
                hint = did_you_mean(block.type, self._taken_blocks)
                if not hint and block.type in self._taken:
                    hint = f" It is an argument: {block.type} = …"
                at = Range(block.origin or self.source, block.start, block.type_end)
                detail = f'There is no block "{block.type}" in a {self.what}.{hint}'
                self.diagnostics.error(UNKNOWN_BLOCK, detail, at, self.at)


_OF_TERRAFORM = {
    "connection": "Nodes are prepared by start tasks: start_task { command_line = … }.",
    "create_before_destroy": (
        'How a pool is replaced is said by its replacement block: strategy = "blue_green", the default, makes the new '
        "one first. Other objects have one name each, so the old one goes first."
    ),
    "provisioner": "Nodes are prepared by start tasks: start_task { command_line = … }.",
    "timeouts": "A pool's waits are limited in its replacement block: health { timeout = … }, drain { timeout = … }.",
}
"""What there is in the place of words that people bring along from Terraform."""


def of_terraform(name: str) -> str:
    """Return what is said of a word of Terraform's that is none here, empty for any other."""
    return f" {_OF_TERRAFORM[name]}" if name in _OF_TERRAFORM else ""


def items(node: Expression) -> Sequence[Expression] | None:
    """Return the elements of a list as written, None for anything else."""
    return node.items if isinstance(node, TupleConstructor) else None


def part(compiled: Compiled, path: Sequence[str | int]) -> Range:
    """Return where the part of a value at a path is written out; as near as the expression lets one come."""
    node = compiled.node
    for step in path:
        inner = _member(node, step)
        if inner is None:
            break
        node = inner
    return Range(compiled.source, node.start, node.end)


def _member(node: Expression, step: str | int) -> Expression | None:
    if isinstance(node, TupleConstructor) and isinstance(step, int):
        return node.items[step] if step < len(node.items) else None
    if isinstance(node, ObjectConstructor):
        for key, value in node.items:
            name = key.expression
            if (isinstance(name, Traversal) and not name.steps and name.root == step) or (
                isinstance(name, Literal) and name.value == step
            ):
                return value
    return None


def unquoted(node: Expression, source: Source) -> Expression:
    """Return a reference that JSON had to put in quotes; any other node as it is."""
    if source.name.endswith(".json") and isinstance(node, Literal) and isinstance(node.value, str):
        return expression_in(source, node)
    return node


def labels_fit(block: Block, source: Source, names: Sequence[str], diagnostics: Diagnostics) -> bool:
    """Return whether a block has the labels it needs; report it otherwise."""
    if len(block.labels) == len(names):
        return True
    header = Range(source, block.start, block.header_end)
    example = " ".join([block.type, *(f'"{name}"' for name in names)])
    if len(block.labels) < len(names):
        wanted = " and ".join(names[len(block.labels) :])
        detail = f"Its {wanted} is missing: {example} {{ … }}."
        diagnostics.error(WRONG_LABELS, detail, Range(source, block.start, block.type_end), header)
    else:
        extra = block.labels[len(names)]
        few = "no label" if not names else "one label" if len(names) == 1 else f"{len(names)} labels"
        detail = f"A {block.type} block has {few}: {example} {{ … }}."
        diagnostics.error(WRONG_LABELS, detail, Range(source, extra.start, extra.end), header)
    return False
