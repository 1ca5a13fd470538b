"""Says in words what a formula does, statement by statement."""

from collections.abc import Iterator
from dataclasses import dataclass

from batchplan.autoscale import names
from batchplan.autoscale.bounds import Bounds, bounds
from batchplan.autoscale.findings import Lines
from batchplan.autoscale.parse import PRECEDENCE, parse
from batchplan.autoscale.render import expression, number_literal
from batchplan.autoscale.syntax import (
    Assign,
    Bad,
    Bare,
    Binary,
    Call,
    Conditional,
    Expr,
    Formula,
    Member,
    Method,
    Name,
    Number,
    Statement,
    Stop,
    Text,
    Unary,
)

_UNITS = {
    "TimeInterval_Year": ("year", "years"),
    "TimeInterval_Week": ("week", "weeks"),
    "TimeInterval_Day": ("day", "days"),
    "TimeInterval_Hour": ("hour", "hours"),
    "TimeInterval_Minute": ("minute", "minutes"),
    "TimeInterval_Second": ("second", "seconds"),
    "TimeInterval_Millisecond": ("millisecond", "milliseconds"),
    "TimeInterval_Microsecond": ("microsecond", "microseconds"),
    "TimeInterval_100ns": ("tick of 100 ns", "ticks of 100 ns"),
    "TimeInterval_Zero": ("nothing", "nothing"),
}
_OPERATORS = {
    "+": "plus",
    "-": "minus",
    "*": "times",
    "/": "divided by",
    "<": "is less than",
    "<=": "is at most",
    "==": "equals",
    ">=": "is at least",
    ">": "is more than",
    "!=": "differs from",
    "&&": "and",
    "||": "or",
}
_NODES = {names.TARGET_DEDICATED: "dedicated nodes", names.TARGET_LOW_PRIORITY: "low-priority nodes"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the statement on a line does."""

    line: int
    source: str
    prose: str


def explain(text: str) -> tuple[Explanation, ...]:
    """One sentence for each statement that could be read, then what the targets can come to."""
    formula = parse(text).formula
    lines = Lines(text)
    speaker = _Speaker()
    out = [
        Explanation(
            lines.position(statement.start)[0], text[statement.start : statement.end], speaker.sentence(statement)
        )
        for statement in formula.statements
    ]
    return (*out, *_outcome(formula, bounds(formula)))


def _outcome(formula: Formula, found: Bounds) -> Iterator[Explanation]:
    for name, bound in found.items():
        if bound.keeps:
            prose = f"The number of {_NODES[name]} stays as it is."
        elif bound.high is None:
            prose = f"In the end: at least {bound.low} {_NODES[name]}, without a limit because of {bound.why}."
        else:
            prose = f"In the end: {_span(bound.low, bound.high)} {_NODES[name]}."
        yield Explanation(0, "", prose)
    if not any(isinstance(s, Assign) and s.name == names.DEALLOCATION for s in formula.statements):
        yield Explanation(0, "", f"When nodes are taken away, {names.OPTIONS[names.DEFAULT_OPTION]} (the default).")


def _span(low: int, high: int) -> str:
    return f"always {low}" if low == high else f"between {low} and {high}"


class _Speaker:
    """Puts expressions into words; the meaning of a metric is told the first time only."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._constants: dict[str, str] = {}

    def sentence(self, statement: Statement) -> str:
        match statement:
            case Stop():
                return "Stop here; what is set so far counts."
            case Bare(value=value):
                return f"Computes {self.words(value)} and does nothing with it."
            case Assign(name=names.DEALLOCATION, value=Name(name=option)) if option in names.OPTIONS:
                return f"When nodes are taken away, {names.OPTIONS[option]}."
            case Assign(name=name, value=value) if names.canonical(name) in names.TARGETS:
                return f"Ask for this many {_NODES[names.canonical(name)]}: {self.words(value)}."
            case Assign(name=name, value=value):
                sentence = f"{name} {self._copula(value)} {self.words(value)}."
                self._remember(name, value)
                return sentence

    @staticmethod
    def _copula(value: Expr) -> str:
        match value:
            case Binary(op=op) if PRECEDENCE[op] <= 3:
                return "tells whether"
            case Unary(op="!"):
                return "tells whether"
        return "is"

    def _remember(self, name: str, value: Expr) -> None:
        """Constants are told again where they are used as a window or a share."""
        self._constants.pop(name, None)
        if isinstance(value, Number):
            self._constants[name] = number_literal(value.value)
        elif isinstance(value, Binary) and _length(value):
            self._constants[name] = _length(value)

    def words(self, node: Expr, context: int = 0) -> str:
        """An expression in words; in parentheses where it would be misread inside `context`."""
        match node:
            case Number(value=value):
                return number_literal(value)
            case Text(value=value):
                return f'"{value}"'
            case Name(name=name):
                return self._name(name)
            case Unary(op="!", operand=operand):
                return f"not {self.words(operand, 6)}"
            case Unary(operand=operand):
                return f"minus {self.words(operand, 6)}"
            case Binary():
                return self._binary(node, context)
            case Conditional():
                return self._choice(node, context)
            case Member(target=target, name=name):
                what = {"weekday": "the weekday (Monday is 1)"}.get(name, f"the {name}")
                return f"{what} of {self.words(target, 7)}"
            case Call():
                return self._call(node)
            case Method():
                return self._method(node)
            case Bad():
                return "something that could not be read"

    def _name(self, name: str) -> str:
        if name in _UNITS:
            return _UNITS[name][0] if name.endswith("Zero") else f"1 {_UNITS[name][0]}"
        if names.canonical(name) in names.TARGETS:
            return f"the target of {_NODES[names.canonical(name)]}"
        metric = names.METRICS.get(names.canonical(name))
        if metric is None or name in self._told:
            return name
        self._told.add(name)
        return f"{name} ({metric.meaning})"

    def _binary(self, node: Binary, context: int) -> str:
        length = _length(node)
        if length:
            return length
        level = PRECEDENCE[node.op]
        text = f"{self.words(node.left, level)} {_OPERATORS[node.op]} {self.words(node.right, level + 1)}"
        return f"({text})" if level < context else text

    def _choice(self, node: Conditional, context: int) -> str:
        text = f"{self.words(node.then, 1)} if {self.words(node.test, 1)}, otherwise {self.words(node.otherwise, 1)}"
        return f"({text})" if context else text

    def _call(self, node: Call) -> str:
        if node.name == "time":
            return self.words(node.args[0]) if node.args else "the time now (UTC)"
        args = [self.words(arg, 1) for arg in node.args]
        function = names.FUNCTIONS.get(node.name)
        if function is None or not args or (function.shape == "pick" and len(args) != 2):
            return function.meaning if function and not args else expression(node)
        if function.shape == "pick":
            return function.meaning.format(*args)
        if len(args) == 1 and node.name in {"max", "min", "avg", "sum"} and not isinstance(node.args[0], Method):
            return function.meaning.format(f"the values of {args[0]}")
        return function.meaning.format(_listed(args))

    def _method(self, node: Method) -> str:
        metric = self.words(node.target, 7)
        match node.name, node.args:
            case "GetSample", (Number(value=1),):
                return f"the last sample of {metric}"
            case "GetSample", (Number(value=count),):
                return f"the last {number_literal(count)} samples of {metric}"
            case "GetSample", args if args:
                return f"the samples of {metric} {self._window(args)}"
            case "GetSamplePercent", args if args:
                return f"the percentage of samples of {metric} that are there {self._window(args)}"
        meaning = names.METHODS.get(node.name)
        return f"{meaning} of {metric}" if meaning else expression(node)

    def _window(self, args: tuple[Expr, ...]) -> str:
        times, shares = list(args), []
        if len(args) == 3 or (len(args) == 2 and self._is_share(args[1])):
            shares.append(self._constant(times.pop()))
        spans = [self._constant(arg) for arg in times]
        text = f"in the last {spans[0]}" if len(spans) == 1 else f"from {' to '.join(spans)} ago"
        return text + (f", of which {shares[0]} percent must be there" if shares else "")

    def _is_share(self, node: Expr) -> bool:
        return self._constant(node).replace(".", "", 1).isdigit()

    def _constant(self, node: Expr) -> str:
        known = self._constants.get(node.name) if isinstance(node, Name) else None
        return f"{known}" if known else self.words(node, 1)


def _length(node: Binary) -> str:
    """A number of minutes, hours and so on, said the usual way; empty for anything else."""
    match node:
        case Binary(op="*", left=Number(value=count), right=Name(name=unit)) if unit in _UNITS:
            pass
        case Binary(op="*", left=Name(name=unit), right=Number(value=count)) if unit in _UNITS:
            pass
        case _:
            return ""
    for small, large in (("TimeInterval_Second", "TimeInterval_Minute"), ("TimeInterval_Minute", "TimeInterval_Hour")):
        if unit == small and count >= 60 and count % 60 == 0:
            unit, count = large, count / 60
    return f"{number_literal(count)} {_UNITS[unit][0 if count == 1 else 1]}"


def _listed(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
