"""Evaluation of a whole configuration: the tree of modules in, instances and outputs out.

Everything is evaluated once, in an order in which each thing comes after what it needs, so nothing is
looked up before it is there and no chain of references is too long. What fails leaves an unknown value
behind, and evaluation goes on, so that one run finds all faults.
"""

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from batchplan.config import variables
from batchplan.config.bodies import BodyValue, attempt, evaluate_body
from batchplan.config.conditions import check_condition
from batchplan.config.declarations import Resource
from batchplan.config.expand import Expander
from batchplan.config.graph import Node
from batchplan.config.kinds import Kinds
from batchplan.config.load import ModuleNode
from batchplan.config.prepare import Prepared, PreparedResource
from batchplan.config.scope import ModuleInstance, Repeated, environment, fixed_names
from batchplan.config.tree import PreparedTree
from batchplan.core.address import ROOT, Address, Key, ModulePath, ModuleStep
from batchplan.core.codes import (
    CHECK_FAILED,
    CONDITION_FAILED,
    EPHEMERAL_HERE,
    INVALID_LIFECYCLE,
    INVALID_VALUE,
    OUTPUT_SENSITIVE,
    UNKNOWN_HERE,
    VALIDATION_FAILED,
)
from batchplan.core.diagnostics import Diagnostics, Severity
from batchplan.core.source import Range, Source
from batchplan.lang.compiled import Environment, Namespace
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.types import BOOL
from batchplan.lang.values import SENSITIVE, UNKNOWN, Mark, Unknown, Value, mark, unmark, unmark_deep


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a resource or data block, evaluated. `names` are those only it has: each or count."""

    address: Address
    resource: Resource
    body: BodyValue
    prevent_destroy: bool
    names: Mapping[str, Value]
    known: bool = True


@dataclass(frozen=True, slots=True)
class OutputValue:
    """A root output."""

    value: Value
    sensitive: bool
    at: Range


@dataclass(slots=True)
class Evaluated:
    """A configuration, evaluated."""

    tree: PreparedTree
    instance: ModuleInstance
    instances: list[Instance] = field(default_factory=list)
    outputs: dict[str, OutputValue] = field(default_factory=dict)
    modules: dict[tuple[str, ...], list[ModuleInstance]] = field(default_factory=dict)

    @property
    def root(self) -> ModuleNode:
        """The root module."""
        return self.tree.root

    def needed_blocks(self, node: Node) -> list[Node]:
        """Return the resource nodes that a node needs, directly or through locals, variables and outputs."""
        found: dict[Node, None] = {}
        seen: set[Node] = set()
        waiting = list(reversed(self.tree.needs.get(node, [])))
        while waiting:
            one = waiting.pop()
            if one in seen:
                continue
            seen.add(one)
            if one.type == "resource":
                found[one] = None
            else:
                waiting.extend(reversed(self.tree.needs.get(one, [])))
        return list(found)


@dataclass(slots=True)
class Evaluator:
    """One evaluation. `partial` says that variables may be unknown, as in validate."""

    tree: PreparedTree
    inputs: Mapping[str, Value]
    directory: Path
    workspace: str
    kinds: Kinds
    diagnostics: Diagnostics
    partial: bool = False
    result: Evaluated = field(init=False)
    fixed: dict[tuple[str, ...], dict[str, Value | Namespace]] = field(default_factory=dict)
    overlays: dict[tuple[ModulePath, ModuleStep], Mapping[str, Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.result = Evaluated(self.tree, ModuleInstance(ROOT, ()))

    def run(self, only: Collection[Node] | None = None) -> Evaluated:
        """Return the evaluated configuration; look at the diagnostics before using it.

        With `only`, other nodes are left out; whoever asks has taken along what those need.
        """
        if self.tree.circular:
            return self.result
        for path, prepared in self.tree.modules.items():
            self.fixed[path] = fixed_names(self.directory, prepared.node.module.directory, self.workspace)
        since = len(self.diagnostics)
        self._enter(self.result.instance)
        for node in self.tree.order:
            if only is None or node in only:
                self._visit(node)
        without_repeats(self.diagnostics, since)
        self.result.instances.sort(key=lambda instance: instance.address.sort_key)
        return self.result

    def _enter(self, instance: ModuleInstance) -> Environment:
        self.result.modules.setdefault(instance.static, []).append(instance)
        return environment(instance, self.fixed[instance.static])

    def _visit(self, node: Node) -> None:
        prepared = self.tree.modules[node.path]
        for instance in self.result.modules.get(node.path, []):
            since = len(self.diagnostics)
            match node.type:
                case "local":
                    compiled = prepared.locals[node.name]
                    instance.locals[node.name] = attempt(compiled, instance.names, self.diagnostics)
                    self.diagnostics.within(since, block="locals")
                case "output":
                    self._output(prepared, instance, node.name)
                case "call":
                    self._call(prepared, instance, node.name)
                case "resource":
                    self._resource(prepared.resources[node.name], instance)
                case "var":
                    self._variable(prepared, instance, node.name)
                case "validation":
                    for condition in prepared.validations[node.name]:
                        check_condition(condition, instance.names, VALIDATION_FAILED, self.diagnostics)
                    self.diagnostics.within(since, block=f'variable "{node.name}"')
                case "check":
                    for condition in prepared.checks[node.name].assertions:
                        names = instance.names
                        check_condition(condition, names, CHECK_FAILED, self.diagnostics, Severity.WARNING)
                    self.diagnostics.within(since, block=f'check "{node.name}"')

    def _variable(self, prepared: Prepared, instance: ModuleInstance, name: str) -> None:
        """Root variables come from outside; those of a called module have been set with the call."""
        if not instance.path:
            instance.variables[name] = self.inputs[name]
            return
        step = instance.path[-1]
        parent = self._instance(instance.path[:-1])
        call = self.tree.modules[parent.static].calls[step.name]
        variable = prepared.node.module.variables[name]
        compiled = call.inputs.get(name)
        if compiled is None:
            default = variable.default if variable.default is not None else Unknown(variable.constraint.type)
            instance.variables[name] = variables.marked(variable, default)
            return
        since = len(self.diagnostics)
        names = {**parent.names, **self._overlay(parent, step)}
        raw = attempt(compiled, names, self.diagnostics)
        place = f"The value given by module.{step.name}"
        instance.variables[name] = variables.accept(variable, raw, compiled, place, self.diagnostics)
        self.diagnostics.within(since, block=f'module "{step.name}"')

    def _instance(self, path: tuple[ModuleStep, ...]) -> ModuleInstance:
        instance = self.result.instance
        for step in path:
            instance = instance.calls[step.name].items[step.key]
        return instance

    def _overlay(self, parent: ModuleInstance, step: ModuleStep) -> Mapping[str, Value]:
        return self.overlays.get((parent.path, step), {})

    def _call(self, prepared: Prepared, instance: ModuleInstance, name: str) -> None:
        call = prepared.calls[name]
        since = len(self.diagnostics)
        expansion = Expander(self.diagnostics, self.partial).expand(
            call.call.repetition, call.repetition, instance.names
        )
        self.diagnostics.within(since, block=f'module "{name}"')
        repeated: Repeated[ModuleInstance] = Repeated(expansion.form, known=expansion.known)
        instance.calls[name] = repeated
        if name not in prepared.node.children:
            repeated.known = False
            return
        for key, names in expansion.names.items():
            step = ModuleStep(name, key)
            child = ModuleInstance((*instance.path, step), (*instance.static, name))
            repeated.items[key] = child
            self.overlays[(instance.path, step)] = names
            self._enter(child)

    def _resource(self, prepared: PreparedResource, instance: ModuleInstance) -> None:
        resource = prepared.resource
        since = len(self.diagnostics)
        expansion = Expander(self.diagnostics, self.partial).expand(
            resource.repetition, prepared.repetition, instance.names
        )
        made: Repeated[Instance] = Repeated(expansion.form, known=expansion.known)
        base = Address(instance.path, resource.kind, resource.name, data=resource.data)
        for key, names in expansion.names.items():
            made.items[key] = self._one(prepared, instance, base, key, names, known=expansion.known)
        if expansion.known:
            self.result.instances.extend(made.items.values())
        instance.blocks[resource.address] = self._value(made)
        self.diagnostics.within(since, block=f'{"data " if resource.data else ""}{resource.kind} "{resource.name}"')

    def _one(
        self,
        prepared: PreparedResource,
        instance: ModuleInstance,
        base: Address,
        key: Key,
        names: Mapping[str, Value],
        *,
        known: bool,
    ) -> Instance:
        scope = {**instance.names, **names} if names else instance.names
        since = len(self.diagnostics)
        body = evaluate_body(prepared.body, scope, self.diagnostics, partial=self.partial)
        prevent = self._prevent_destroy(prepared, scope)
        for condition in prepared.preconditions:
            check_condition(condition, scope, CONDITION_FAILED, self.diagnostics)
        self.kinds.check(prepared.resource, body, self.diagnostics)
        made = Instance(base.with_key(key), prepared.resource, body, prevent, names, known)
        if prepared.postconditions:
            with_self = {**scope, "self": self.kinds.value(made.address, made.resource, made.body)}
            for condition in prepared.postconditions:
                check_condition(condition, with_self, CONDITION_FAILED, self.diagnostics)
        if len(self.diagnostics) > since:
            self.diagnostics.within(since, address=str(made.address))
        return made

    def _prevent_destroy(self, prepared: PreparedResource, scope: Environment) -> bool:
        compiled = prepared.prevent_destroy
        if compiled is None:
            return False
        value, _ = unmark(attempt(compiled, scope, self.diagnostics))
        if type(value) is Unknown:
            if value is not UNKNOWN and not self.partial:
                detail = '"prevent_destroy" must be known when planning.'
                self.diagnostics.error(UNKNOWN_HERE, detail, compiled.range)
            return True
        try:
            return convert(value, BOOL) is True
        except ConversionError as error:
            detail = f'"prevent_destroy" must be true or false: {error}.'
            self.diagnostics.error(INVALID_LIFECYCLE, detail, compiled.range)
            return True

    def _value(self, made: Repeated[Instance]) -> "_Once":
        return _Once(made, self.kinds)

    def _output(self, prepared: Prepared, instance: ModuleInstance, name: str) -> None:
        found = prepared.outputs[name]
        since = len(self.diagnostics)
        for condition in found.preconditions:
            check_condition(condition, instance.names, CONDITION_FAILED, self.diagnostics)
        value = attempt(found.value, instance.names, self.diagnostics)
        if found.output.constraint is not None:
            try:
                value = found.output.constraint.accept(value)
            except ConversionError as error:
                detail = f"The value does not fit the type {found.output.constraint.type}: {error}."
                self.diagnostics.error(INVALID_VALUE, detail, found.value.range)
        self._check_marks(instance, name, value, prepared)
        if found.output.sensitive:
            value = mark(value, SENSITIVE)
        instance.outputs[name] = value
        if not instance.path:
            self.result.outputs[name] = OutputValue(value, found.output.sensitive, found.output.at)
        self.diagnostics.within(since, block=f'output "{name}"')

    def _check_marks(self, instance: ModuleInstance, name: str, value: Value, prepared: Prepared) -> None:
        """A secret leaves a module only where that is said; nothing ephemeral leaves the root."""
        found = prepared.outputs[name]
        _, marks = unmark_deep(value)
        if Mark.SENSITIVE in marks and not found.output.sensitive and not instance.path:
            detail = (
                'The value is sensitive. Add "sensitive = true" to this output, or nonsensitive(…) if it is no secret.'
            )
            self.diagnostics.error(OUTPUT_SENSITIVE, detail, found.value.range, found.output.at)
        if Mark.EPHEMERAL in marks and not (found.output.ephemeral and instance.path):
            detail = "The value is ephemeral, and outputs are stored. Only a called module may have ephemeral outputs."
            self.diagnostics.error(EPHEMERAL_HERE, detail, found.value.range, found.output.at)


def without_repeats(diagnostics: Diagnostics, since: int) -> None:
    """Drop faults found from an index on at places where another has been found before.

    A name that leads nowhere is reported before evaluation, which then only stumbles over it again.
    """
    places: dict[Source, list[tuple[int, int]]] = {}
    for one in diagnostics.items[:since]:
        if one.at is not None:
            whole = one.context or one.at
            places.setdefault(whole.source, []).append((min(whole.start, one.at.start), max(whole.end, one.at.end)))
    disjoint = {source: _merged(found) for source, found in places.items()}
    kept = [one for one in diagnostics.items[since:] if one.at is None or not _touches(disjoint, one.at)]
    diagnostics.items[since:] = kept


def _merged(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    made: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(end, made[-1][1]))
        else:
            made.append((start, end))
    return made


def _touches(disjoint: Mapping[Source, list[tuple[int, int]]], at: Range) -> bool:
    found = disjoint.get(at.source, [])
    before = bisect_left(found, (at.end, 0))
    return before > 0 and found[before - 1][1] > at.start


class _Once:
    """The value of a block, worked out when it is first asked for."""

    __slots__ = ("kinds", "made", "worth")

    def __init__(self, made: Repeated[Instance], kinds: Kinds) -> None:
        self.made = made
        self.kinds = kinds
        self.worth: Value | None = None

    def __call__(self) -> Value:
        if self.worth is None:
            kinds = self.kinds
            self.worth = self.made.value(lambda one: kinds.value(one.address, one.resource, one.body))
        return self.worth
