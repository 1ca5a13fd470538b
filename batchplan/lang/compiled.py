"""What compilation makes: closures with what they refer to, and the names they are evaluated over."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from batchplan.core.codes import UNKNOWN_NAME
from batchplan.core.diagnostics import Diagnostic, Fault, Involved, fault
from batchplan.core.source import Range, Source
from batchplan.core.suggest import did_you_mean
from batchplan.lang import access, effort, numbers
from batchplan.lang.display import statement
from batchplan.lang.nodes import Call, Expression, Step, StepAttribute, StepIndex, Traversal
from batchplan.lang.values import Value


class Namespace(ABC):
    """A name that is no value itself but knows values by their path: `var`, `local`, `pool`."""

    @abstractmethod
    def resolve(self, node: Traversal, source: Source) -> tuple[Value, int]:
        """Return the value a traversal begins with and how many of its steps that took; raise Fault."""


Environment = Mapping[str, "Value | Namespace"]
Closure = Callable[[Environment], Value]


class Compiled:
    """An expression, ready to be evaluated; with the references and function names it contains."""

    __slots__ = ("calls", "node", "references", "run", "simple", "source")

    def __init__(
        self,
        node: Expression,
        source: Source,
        run: Closure,
        references: tuple[Traversal, ...],
        calls: tuple[Call, ...],
        *,
        repeats: bool,
    ) -> None:
        self.node = node
        self.source = source
        self.run = run
        self.references = references
        self.calls = calls
        self.simple = not (calls or repeats)  # it makes no more than its text says, so nothing is counted

    @property
    def range(self) -> Range:
        """Where the expression stands."""
        return Range(self.source, self.node.start, self.node.end)

    def evaluate(self, environment: Environment) -> Value:
        """Return the value; raise Fault with the values of the references involved."""
        try:
            return self.run(environment) if self.simple else self._counted(environment)
        except Fault as error:
            raise Fault(self.explain(error.diagnostic, environment)) from None

    def _counted(self, environment: Environment) -> Value:
        effort.begin()
        try:
            return self.run(environment)
        finally:
            effort.end()

    def explain(self, diagnostic: Diagnostic, environment: Environment) -> Diagnostic:
        """Return the diagnostic with what is known of the references on the lines it points at."""
        if diagnostic.involved or diagnostic.at is None or diagnostic.at.source is not self.source:
            return diagnostic
        first, last = self.source.line_of(diagnostic.at.start), self.source.line_of(diagnostic.at.end)
        involved = dict(_involved(self, environment, first, last))
        return replace(diagnostic, involved=tuple(Involved(name, text) for name, text in involved.items()))


def _involved(compiled: Compiled, environment: Environment, first: int, last: int) -> Iterator[tuple[str, str]]:
    for node in compiled.references:
        line = compiled.source.line_of(node.start)
        if not first <= line <= last:
            continue
        for kept in range(len(node.steps), -1, -1):
            end = node.steps[kept - 1].end if kept else node.start + len(node.root)
            shorter = Traversal(node.root, node.steps[:kept], node.start, end)
            try:
                value = traversal(shorter, compiled.source)(environment)
            except Fault:
                continue
            yield compiled.source.text[node.start : end], statement(value)
            break


def traversal(node: Traversal, source: Source) -> Closure:
    root, steps = node.root, node.steps

    def run(environment: Environment) -> Value:
        value = environment.get(root)
        if value is None:
            raise unknown_name(node, environment, source)
        rest = steps
        if isinstance(value, Namespace):
            value, used = value.resolve(node, source)
            rest = steps[used:]
        return follow(value, rest, source, node) if rest else value

    return run


def unknown_name(node: Traversal, names: Environment, source: Source) -> Fault:
    """Return the fault of a name that stands for nothing here."""
    hint = did_you_mean(node.root, names)
    detail = f'There is no "{node.root}" here.{hint}'
    return fault(UNKNOWN_NAME, detail, Range(source, node.start, node.start + len(node.root)))


def follow(value: Value, steps: Sequence[Step], source: Source, node: Expression) -> Value:
    """Return what literal steps from a value lead to; raise Fault at the step that leads nowhere."""
    for step in steps:
        try:
            if isinstance(step, StepAttribute):
                value = access.attribute(value, step.name)
            else:
                value = access.index(value, _literal_key(step))
        except access.AccessError as error:
            whole = Range(source, node.start, node.end)
            raise fault(error.code, error.detail, Range(source, step.start, step.end), whole) from None
    return value


def _literal_key(step: StepIndex) -> Value:
    return step.key if isinstance(step.key, str) else numbers.parse(step.key.text)
