"""Before evaluation: every expression compiled, every reference checked, the order worked out."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from batchplan.config.bodies import BodyCompiler, CompiledBody
from batchplan.config.declarations import Argument, Check, Condition, ModuleCall, Output, Repetition, Resource
from batchplan.config.graph import Node
from batchplan.config.load import ModuleNode
from batchplan.config.references import NOWHERE, Allowed, Checker, Target
from batchplan.core.codes import MISSING_ARGUMENT, SELF_REFERENCE, UNKNOWN_ARGUMENT, UNKNOWN_FUNCTION
from batchplan.core.diagnostics import Diagnostic, Diagnostics
from batchplan.core.source import Range, Source
from batchplan.core.suggest import did_you_mean
from batchplan.lang.calls import CORE, SPECIAL, unknown_function_detail
from batchplan.lang.compile import compile_expression
from batchplan.lang.compiled import Compiled
from batchplan.lang.nodes import Traversal


@dataclass(frozen=True, slots=True)
class PreparedCondition:
    """A condition and its message, compiled."""

    condition: Compiled
    error_message: Compiled
    at: Range


@dataclass(frozen=True, slots=True)
class PreparedOutput:
    """An output, compiled."""

    output: Output
    value: Compiled
    preconditions: tuple[PreparedCondition, ...]


@dataclass(frozen=True, slots=True)
class PreparedCall:
    """A module call, compiled."""

    call: ModuleCall
    repetition: Compiled | None
    inputs: dict[str, Compiled]


@dataclass(frozen=True, slots=True)
class PreparedResource:
    """A resource or data block, compiled; `needs` are the resource nodes it refers to, directly or not."""

    resource: Resource
    repetition: Compiled | None
    body: CompiledBody
    prevent_destroy: Compiled | None
    preconditions: tuple[PreparedCondition, ...]
    postconditions: tuple[PreparedCondition, ...]


@dataclass(frozen=True, slots=True)
class PreparedCheck:
    """A check, compiled."""

    check: Check
    data: PreparedResource | None
    assertions: tuple[PreparedCondition, ...]


@dataclass(slots=True)
class Prepared:
    """Everything of one module, compiled."""

    node: ModuleNode
    locals: dict[str, Compiled] = field(default_factory=dict)
    outputs: dict[str, PreparedOutput] = field(default_factory=dict)
    calls: dict[str, PreparedCall] = field(default_factory=dict)
    resources: dict[str, PreparedResource] = field(default_factory=dict)
    checks: dict[str, PreparedCheck] = field(default_factory=dict)
    validations: dict[str, tuple[PreparedCondition, ...]] = field(default_factory=dict)


Needs = dict[Node, list[Node]]


@dataclass(slots=True)
class Preparer:
    """Prepares one module and adds what it needs to the graph."""

    node: ModuleNode
    needs: Needs
    diagnostics: Diagnostics
    prepared: Prepared = field(init=False)
    checker: Checker = field(init=False)
    bodies: BodyCompiler = field(init=False)

    def __post_init__(self) -> None:
        self.prepared = Prepared(self.node)
        outputs = {name: frozenset(child.module.outputs) for name, child in self.node.children.items()}
        self.checker = Checker(self.node.module, outputs, self.diagnostics)
        self.bodies = BodyCompiler(self.node.functions, self.diagnostics)

    @property
    def path(self) -> tuple[str, ...]:
        """The way to the module."""
        return self.node.path

    def run(self) -> Prepared:
        """Return the module, prepared."""
        for name in self.node.module.variables:
            self.needs.setdefault(Node(self.path, "var", name), self._own([]))
        for name, local in self.node.module.locals.items():
            compiled = self.expression(local.value)
            self.prepared.locals[name] = compiled
            self._add("local", name, [compiled], "locals")
        for name, output in self.node.module.outputs.items():
            self._output(name, output)
        for name, call in self.node.module.calls.items():
            self._call(name, call)
        for address, resource in self.node.module.resources.items():
            self.prepared.resources[address] = self._resource(address, resource)
        for name, check in self.node.module.checks.items():
            self._check(name, check)
        for name, variable in self.node.module.variables.items():
            if variable.validations:
                conditions = self._conditions(variable.validations)
                self.prepared.validations[name] = conditions
                self._add("validation", name, _of(conditions), f'variable "{name}"')
        return self.prepared

    def expression(self, argument: Argument) -> Compiled:
        """Return an argument, compiled."""
        return compile_expression(argument.expression, argument.source, self.node.functions)

    def reached(self, expressions: Iterable[Compiled]) -> list[Node]:
        """Return the nodes that expressions refer to; report what leads nowhere."""
        found: list[Node] = []
        for compiled in expressions:
            for reference in compiled.references:
                target = self.checker.target(reference, compiled.source)
                found.extend(self._nodes(target) if target is not None else ())
        return found

    def _own(self, found: list[Node]) -> list[Node]:
        """What everything in a called module needs: that the call has been expanded."""
        return [Node(self.path[:-1], "call", self.path[-1]), *found] if self.path else found

    def _add(
        self, kind: str, name: str, expressions: Iterable[Compiled], block: str, allowed: Allowed = NOWHERE
    ) -> Node:
        node = Node(self.path, kind, name)
        since = len(self.diagnostics)
        found: list[Node] = []
        for compiled in expressions:
            self.check_calls(compiled)
            for reference in compiled.references:
                self._reach(node, reference, compiled.source, allowed, found)
        self.diagnostics.within(since, block=block)
        self.needs[node] = self._own(list(dict.fromkeys(found)))
        return node

    def check_calls(self, compiled: Compiled) -> None:
        """Report functions that do not exist, but inside try and can, which are there to ask."""
        for call in compiled.calls:
            name = call.name.removeprefix(CORE)
            if name in SPECIAL or name in self.node.functions or _guarded(compiled, call.start, call.end):
                continue
            at = Range(compiled.source, call.start, call.name_end)
            detail = unknown_function_detail(call.name, self.node.functions)
            self.diagnostics.error(UNKNOWN_FUNCTION, detail, at, Range(compiled.source, call.start, call.end))

    def _reach(self, node: Node, reference: Traversal, source: Source, allowed: Allowed, found: list[Node]) -> None:
        target = self.checker.target(reference, source, allowed)
        if target is None:
            return
        reached = self._nodes(target)
        if node in reached:
            detail = f"{node} refers to itself. Refer to what its value is made of instead, or move that into a local."
            self.diagnostics.error(SELF_REFERENCE, detail, Range(source, reference.start, reference.end))
            return
        found.extend(reached)

    def _nodes(self, target: Target) -> list[Node]:
        match target.type:
            case "output":
                child = (*self.path, target.name)
                if target.name not in self.node.children:
                    return [Node(self.path, "call", target.name)]
                return [Node(child, "output", str(target.output)), Node(self.path, "call", target.name)]
            case "call":
                loaded = self.node.children.get(target.name)
                outputs = loaded.module.outputs if loaded else ()
                child = (*self.path, target.name)
                return [*(Node(child, "output", name) for name in outputs), Node(self.path, "call", target.name)]
            case _:
                return [Node(self.path, target.type, target.name)]

    def _conditions(self, conditions: Iterable[Condition]) -> tuple[PreparedCondition, ...]:
        return tuple(
            PreparedCondition(self.expression(one.condition), self.expression(one.error_message), one.at)
            for one in conditions
        )

    def _depends_on(self, node: Node, references: Iterable[Traversal], source: Source) -> None:
        for reference in references:
            target = self.checker.target(reference, source)
            if target is None:
                continue
            reached = [one for one in self._nodes(target) if one != node]
            if target.type in ("call", "output") and target.name in self.node.children:
                below = self.node.children[target.name].walk()
                reached += [Node(one.path, "resource", address) for one in below for address in one.module.resources]
            self.needs[node] = [*self.needs[node], *reached]

    def _output(self, name: str, output: Output) -> None:
        value = self.expression(output.value)
        preconditions = self._conditions(output.preconditions)
        self.prepared.outputs[name] = PreparedOutput(output, value, preconditions)
        node = self._add("output", name, [value, *_of(preconditions)], f'output "{name}"')
        self._depends_on(node, output.depends_on, output.at.source)

    def _repetition(self, repetition: Repetition) -> Compiled | None:
        return self.expression(repetition.argument) if repetition.argument is not None else None

    def _call(self, name: str, call: ModuleCall) -> None:
        repetition = self._repetition(call.repetition)
        inputs = {key: self.expression(argument) for key, argument in call.inputs.items()}
        self.prepared.calls[name] = PreparedCall(call, repetition, inputs)
        block = f'module "{name}"'
        node = self._add("call", name, [repetition] if repetition else [], block)
        self._depends_on(node, call.depends_on, call.at.source)
        child = self.node.children.get(name)
        if child is None:
            for compiled in inputs.values():
                self._add("input", f"{name}.{compiled.node.start}", [compiled], block, _allowed(call.repetition))
            return
        self._inputs(name, call, child, inputs)

    def _inputs(self, name: str, call: ModuleCall, child: ModuleNode, inputs: dict[str, Compiled]) -> None:
        block = f'module "{name}"'
        for key, argument in call.inputs.items():
            if key not in child.module.variables:
                hint = did_you_mean(key, child.module.variables)
                detail = f'Module "{name}" has no variable "{key}".{hint}'
                self.diagnostics.add(Diagnostic(UNKNOWN_ARGUMENT, detail, argument.name_range, call.at, block=block))
        for key, variable in child.module.variables.items():
            if key in inputs:
                node = self._add("input", f"{name}.{key}", [inputs[key]], block, _allowed(call.repetition))
                self.needs[Node(child.path, "var", key)] = [Node(self.path, "call", name), *self.needs[node]]
            elif variable.default is None:
                detail = f'Module "{name}" needs a value for its variable "{key}" ({variable.at}).'
                self.diagnostics.add(Diagnostic(MISSING_ARGUMENT, detail, call.body_end, call.at, block=block))

    def _resource(self, address: str, resource: Resource) -> PreparedResource:
        since = len(self.diagnostics)
        repetition = self._repetition(resource.repetition)
        body = self.bodies.body(resource.body, resource.source, resource.at)
        lifecycle = resource.lifecycle
        prevent = self.expression(lifecycle.prevent_destroy) if lifecycle.prevent_destroy is not None else None
        made = PreparedResource(
            resource,
            repetition,
            body,
            prevent,
            self._conditions(lifecycle.preconditions),
            self._conditions(lifecycle.postconditions),
        )
        allowed = _allowed(resource.repetition)
        block = f'{"data " if resource.data else ""}{resource.kind} "{resource.name}"'
        metas = [one for one in (repetition, prevent) if one is not None]
        node = self._add("resource", address, metas, block)
        found: list[Node] = []
        for compiled in body.expressions():
            self.check_calls(compiled)
        for compiled, reference in body.bound_references():
            self._reach(node, reference, compiled.source, allowed, found)
        for compiled in _of(made.preconditions):
            for reference in compiled.references:
                self._reach(node, reference, compiled.source, allowed, found)
        with_self = Allowed(each=allowed.each, count=allowed.count, self=True)
        for compiled in _of(made.postconditions):
            for reference in compiled.references:
                self._reach(node, reference, compiled.source, with_self, found)
        for trigger in lifecycle.replace_triggered_by:
            compiled = compile_expression(trigger, resource.source, self.node.functions)
            for reference in compiled.references:
                self._reach(node, reference, compiled.source, allowed, found)
        self.diagnostics.within(since, block=block)
        self.needs[node] = list(dict.fromkeys([*self.needs[node], *found]))
        self._depends_on(node, resource.depends_on, resource.source)
        return made

    def _check(self, name: str, check: Check) -> None:
        data = None
        if check.data is not None:
            self.node.module.resources.setdefault(check.data.address, check.data)
            data = self._resource(check.data.address, check.data)
            self.prepared.resources[check.data.address] = data
        assertions = self._conditions(check.assertions)
        self.prepared.checks[name] = PreparedCheck(check, data, assertions)
        self._add("check", name, _of(assertions), f'check "{name}"')


def _of(conditions: Iterable[PreparedCondition]) -> list[Compiled]:
    return [compiled for one in conditions for compiled in (one.condition, one.error_message)]


def _allowed(repetition: Repetition) -> Allowed:
    return Allowed(each=repetition.for_each is not None, count=repetition.count is not None)


def _guarded(compiled: Compiled, start: int, end: int) -> bool:
    return any(
        call.name.removeprefix(CORE) in ("try", "can") and call.start < start and end < call.end
        for call in compiled.calls
    )
