"""What every rule looks at: the formula, its versions, and the ranges of its values."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from batchplan.autoscale.analysis import Analysis
from batchplan.autoscale.bounds import Bounds, analyse, bounds
from batchplan.autoscale.findings import Finding, Lines
from batchplan.autoscale.flow import Flow, flow, plain
from batchplan.autoscale.ranges import Range, Vec
from batchplan.autoscale.render import expression
from batchplan.autoscale.syntax import Assign, Binary, Call, Expr, Formula, Method, Name, walk
from batchplan.autoscale.types import Type

COMPARISONS = frozenset(("<", "<=", "==", ">=", ">", "!="))
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


class Context:
    """One formula under inspection; what is costly is computed once and only when a rule asks."""

    def __init__(self, formula: Formula) -> None:
        self.formula = formula
        self.lines = Lines(formula.text)
        self.units: dict[int, str] = {}  # what numbers count, by expression

    @cached_property
    def flow(self) -> Flow:
        return flow(self.formula)

    @cached_property
    def analysis(self) -> Analysis:
        return analyse(self.flow)

    @cached_property
    def bounds(self) -> Bounds:
        return bounds(self.formula)

    @cached_property
    def assigned(self) -> dict[str, Assign]:
        """The last statement that sets each name."""
        return {s.name: s for s in self.formula.statements if isinstance(s, Assign)}

    def at(self, code: str, node: Expr | Assign, message: str, fix: str) -> Finding:
        """A finding at a part of the formula."""
        return self.lines.finding(code, plain(message), plain(fix), node.start, node.end)

    def parts(self) -> Iterator[Expr]:
        """Every expression of every reached statement, with versions for names."""
        for step in self.flow.steps:
            yield from walk(step.value)

    def range(self, node: Expr) -> Range | None:
        """What an expression was found to be where it stands; None when it is never reached or has no range."""
        value = self.analysis.seen.get(id(node))
        if isinstance(value, Vec):
            return value.item
        return value if isinstance(value, Range) else None

    def alone(self, node: Expr) -> Range:
        """What a number can be wherever it stands, without what conditions around it teach."""
        return self.analysis.alone(node)

    def constant(self, node: Expr) -> float | None:
        """The only value a number can have, if it has one."""
        found = self.range(node)
        return found.lo if found is not None and found.constant and found.kind is Type.DOUBLE else None

    def seconds(self, node: Expr) -> float | None:
        """The length of an interval that is the same in every evaluation."""
        found = self.range(node)
        return found.lo / 1e7 if found is not None and found.constant and found.kind is Type.INTERVAL else None

    def comparisons(self) -> Iterator["Comparison"]:
        """Every comparison, from both of its sides."""
        for node in self.parts():
            if isinstance(node, Binary) and node.op in COMPARISONS:
                yield Comparison(node, node.left, node.op, node.right)
                yield Comparison(node, node.right, FLIPPED[node.op], node.left)

    def methods(self, *wanted: str) -> Iterator[Method]:
        """The calls of some methods."""
        return (node for node in self.parts() if isinstance(node, Method) and node.name in wanted)

    def varies(self, node: Expr) -> bool:
        """Whether a value depends on metrics, the clock, chance or the present targets."""
        for part in self.flow.reached(node):
            match part:
                case Method() | Call(name="time" | "rand"):
                    return True
                case Name(name=name) if name.endswith("@0") or (name.startswith("$") and "@" not in name):
                    return True
        return False


@dataclass(frozen=True, slots=True)
class Comparison:
    """`side op other`, written in `node` this way round or the other."""

    node: Binary
    side: Expr
    op: str
    other: Expr


Lint = Callable[[Context], Iterator[Finding]]


def written(node: Expr) -> str:
    """An expression as a message shows it."""
    text = plain(expression(node))
    return text if len(text) <= 80 else text[:77] + "..."
