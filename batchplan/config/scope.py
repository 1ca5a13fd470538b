"""Names during evaluation: what `var`, `local`, `module`, `pool` and the others lead to.

A `ModuleInstance` holds what has been evaluated so far of one module in one instance; its namespaces
look values up there. The order of evaluation (`graph`) makes sure that they are there.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, Literal, TypeVar

from batchplan.config.declarations import KINDS, Variable
from batchplan.core.address import Key, ModulePath
from batchplan.core.codes import INVALID_REFERENCE, UNKNOWN_NAME, UNSUPPORTED_ATTRIBUTE
from batchplan.core.diagnostics import fault
from batchplan.core.source import Range, Source
from batchplan.core.suggest import did_you_mean
from batchplan.lang.compiled import Environment, Namespace
from batchplan.lang.nodes import StepAttribute, Traversal
from batchplan.lang.values import NULL, UNKNOWN, ObjectValue, TupleValue, Value

T = TypeVar("T")

Form = Literal["single", "count", "for_each", "enabled"]


@dataclass(slots=True)
class Repeated(Generic[T]):
    """What a block stands for: one thing, or several by key. `known` is False when it cannot be told yet."""

    form: Form
    items: dict[Key, T] = field(default_factory=dict)
    known: bool = True

    def value(self, of: Callable[[T], Value]) -> Value:
        """Return the value of a reference to the block: the thing, a tuple or an object of them, or null."""
        if not self.known:
            return UNKNOWN
        match self.form:
            case "count":
                return TupleValue([of(item) for item in self.items.values()])
            case "for_each":
                return ObjectValue({str(key): of(item) for key, item in self.items.items()})
            case "single" | "enabled":
                found = self.items.get(None)
                return NULL if found is None else of(found)


@dataclass(slots=True)
class ModuleInstance:
    """One module in one instance, and what is known of it so far."""

    path: ModulePath
    static: tuple[str, ...]
    variables: dict[str, Value] = field(default_factory=dict)
    locals: dict[str, Value] = field(default_factory=dict)
    outputs: dict[str, Value] = field(default_factory=dict)
    calls: "dict[str, Repeated[ModuleInstance]]" = field(default_factory=dict)
    blocks: dict[str, Callable[[], Value]] = field(default_factory=dict)
    names: dict[str, Value | Namespace] = field(default_factory=dict)

    def call_value(self, name: str) -> Value:
        """Return the outputs of a called module, by instance where it is repeated."""
        repeated = self.calls.get(name)
        if repeated is None:
            return UNKNOWN
        return repeated.value(lambda instance: ObjectValue(instance.outputs))


class TableNamespace(Namespace):
    """`var` and `local`: a name, then its value."""

    def __init__(self, root: str, table: Mapping[str, Value], word: str) -> None:
        self.root = root
        self.table = table
        self.word = word

    def resolve(self, node: Traversal, source: Source) -> tuple[Value, int]:
        """Return the value of the name that follows."""
        if node.steps:
            step = node.steps[0]
            if isinstance(step, StepAttribute):
                found = self.table.get(step.name)
                if found is not None:
                    return found, 1
                detail = f'There is no {self.word} "{step.name}" here.{did_you_mean(step.name, self.table)}'
                raise fault(UNKNOWN_NAME, detail, Range(source, step.end - len(step.name), step.end))
        raise fault(INVALID_REFERENCE, f"Say which {self.word}: {self.root}.NAME.", Range(source, node.start, node.end))


class ConstNamespace(Namespace):
    """`var` before planning: only variables that are const."""

    def __init__(self, variables: Mapping[str, Variable], values: Mapping[str, Value]) -> None:
        self.variables = variables
        self.values = values

    def resolve(self, node: Traversal, source: Source) -> tuple[Value, int]:
        """Return the early value of the variable that follows."""
        step = node.steps[0] if node.steps else None
        at = Range(source, node.start, node.end)
        if not isinstance(step, StepAttribute):
            raise fault(INVALID_REFERENCE, "Say which variable: var.NAME.", at)
        variable = self.variables.get(step.name)
        if variable is None:
            hint = did_you_mean(step.name, self.variables)
            raise fault(UNKNOWN_NAME, f'There is no variable "{step.name}" in this module.{hint}', at)
        if not variable.const:
            detail = (
                f'This is read before planning, so var.{step.name} must be const: add "const = true" to its '
                f"block ({variable.at})."
            )
            raise fault(INVALID_REFERENCE, detail, at)
        return self.values.get(step.name, UNKNOWN), 1


class RecordNamespace(Namespace):
    """`path` and the settings: a few fixed members, and no value as a whole."""

    def __init__(self, root: str, members: Mapping[str, Value]) -> None:
        self.root = root
        self.members = members

    def resolve(self, node: Traversal, source: Source) -> tuple[Value, int]:
        """Return the value of the member that follows."""
        step = node.steps[0] if node.steps else None
        listed = " and ".join(f"{self.root}.{name}" for name in self.members)
        if not isinstance(step, StepAttribute):
            raise fault(INVALID_REFERENCE, f"There is {listed}.", Range(source, node.start, node.end))
        found = self.members.get(step.name)
        if found is None:
            detail = f"There is no {self.root}.{step.name}; there is {listed}."
            raise fault(UNSUPPORTED_ATTRIBUTE, detail, Range(source, step.start, step.end))
        return found, 1


class BlockNamespace(Namespace):
    """A kind of resource, or `data`: the words of an address, then the value of the block."""

    def __init__(self, blocks: Mapping[str, Callable[[], Value]], prefix: str, words: int) -> None:
        self.blocks = blocks
        self.prefix = prefix
        self.words = words

    def resolve(self, node: Traversal, source: Source) -> tuple[Value, int]:
        """Return the value of the block that the next steps name."""
        names = [step.name for step in node.steps[: self.words] if isinstance(step, StepAttribute)]
        at = Range(source, node.start, node.end)
        if len(names) < self.words:
            example = "data.KIND.NAME" if self.prefix == "data" else f"{self.prefix}.NAME"
            raise fault(INVALID_REFERENCE, f"Say which one: {example}.", at)
        address = ".".join((self.prefix, *names))
        found = self.blocks.get(address)
        if found is None:
            hint = did_you_mean(address, self.blocks)
            raise fault(UNKNOWN_NAME, f"There is no {address} here.{hint}", at)
        return found(), self.words


class CallNamespace(Namespace):
    """`module`: a name, then its outputs."""

    def __init__(self, instance: ModuleInstance) -> None:
        self.instance = instance

    def resolve(self, node: Traversal, source: Source) -> tuple[Value, int]:
        """Return the outputs of the module that follows."""
        step = node.steps[0] if node.steps else None
        if not isinstance(step, StepAttribute):
            raise fault(INVALID_REFERENCE, "Say which module: module.NAME.", Range(source, node.start, node.end))
        if step.name not in self.instance.calls:
            hint = did_you_mean(step.name, self.instance.calls)
            at = Range(source, step.end - len(step.name), step.end)
            raise fault(UNKNOWN_NAME, f'There is no module block "{step.name}" here.{hint}', at)
        return self.instance.call_value(step.name), 1


def fixed_names(root: Path, directory: Path, workspace: str) -> dict[str, Value | Namespace]:
    """Return the names that depend on nothing: `path` and the settings."""
    relative = os.path.relpath(directory, root)
    path = {"module": Path(relative).as_posix(), "root": ".", "cwd": str(Path.cwd())}
    settings = {"workspace": workspace}
    return {
        "path": RecordNamespace("path", path),
        "batchplan": RecordNamespace("batchplan", settings),
        "terraform": RecordNamespace("terraform", settings),
    }


def environment(instance: ModuleInstance, fixed: Mapping[str, Value | Namespace]) -> Environment:
    """Return the names of a module instance; also kept in `instance.names`."""
    names: dict[str, Value | Namespace] = {
        "var": TableNamespace("var", instance.variables, "variable"),
        "local": TableNamespace("local", instance.locals, "local"),
        "module": CallNamespace(instance),
        "data": BlockNamespace(instance.blocks, "data", 2),
        **fixed,
    }
    for kind in KINDS:
        names[kind] = BlockNamespace(instance.blocks, kind, 1)
    instance.names = names
    return names
