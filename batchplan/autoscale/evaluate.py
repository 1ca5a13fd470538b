"""Turns a parsed formula into closures, once, so that it can be evaluated many times."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from batchplan.autoscale import names
from batchplan.autoscale.frame import Failed, Frame, Stopped, number, plain
from batchplan.autoscale.functions import EACH, PICK, REDUCE, Empty
from batchplan.autoscale.operators import (
    ARITHMETIC,
    COMPARE,
    Unsuitable,
    arithmetic,
    compare,
    kind_of,
    negate,
    single,
    true,
)
from batchplan.autoscale.reading import READERS
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
    Stop,
    Text,
    Unary,
)
from batchplan.autoscale.values import Interval, Option, Series, Timestamp, Value, Vector, parse_time

Step: TypeAlias = Callable[[Frame], Value]


@dataclass(frozen=True, slots=True)
class Code:
    """A formula ready to run: each step computes a value, and the name it is stored under."""

    steps: tuple[tuple[str | None, Step], ...]
    aliases: Mapping[str, str]

    def run(self, frame: Frame) -> None:
        """Carries out the statements in order, changing `frame.variables`; raises Failed."""
        variables = frame.variables
        try:
            for name, step in self.steps:
                value = step(frame)
                if name is not None:
                    variables[name] = value
        except Stopped:
            pass


def build(formula: Formula) -> Code:
    """The code of a formula; what is wrong in its form fails when its turn comes."""
    aliases = storage(formula)
    builder = _Builder(aliases)
    return Code(tuple(builder.statement(statement) for statement in formula.statements), aliases)


def storage(formula: Formula) -> Mapping[str, str]:
    """Where each alias keeps its value: with the full name, unless the formula sets both, when the full name wins."""
    written = {statement.name for statement in formula.statements if isinstance(statement, Assign)}
    return {
        alias: alias if alias in written and full in written else full
        for alias, full in names.ALIASES.items()
        if full in names.TARGETS
    }


class _Builder:
    def __init__(self, aliases: Mapping[str, str]) -> None:
        self._aliases = aliases

    def statement(self, statement: Assign | Stop | Bare) -> tuple[str | None, Step]:
        match statement:
            case Assign(name=name, value=value):
                return self._aliases.get(name, name), self._assigned(name, value)
            case Stop():
                return None, _stop
            case Bare(value=value, start=start):
                return None, self._refused(self.step(value), start)

    def _assigned(self, name: str, value: Expr) -> Step:
        if name == names.DEALLOCATION and isinstance(value, Name) and value.name in names.OPTIONS:
            option = Option(value.name)
            return lambda _frame: option
        step = self.step(value)
        if names.canonical(name) in names.TARGETS:
            return _guarded(lambda frame: number(frame, step(frame)), value.start)
        return step

    @staticmethod
    def _refused(step: Step, start: int) -> Step:
        def refuse(frame: Frame) -> Value:
            step(frame)
            raise Failed(start, "The statement assigns its value to nothing")

        return refuse

    def step(self, node: Expr) -> Step:
        match node:
            case Number(value=constant) | Text(value=constant):
                return lambda _frame: constant
            case Name():
                return self._name(node)
            case Call():
                return self._call(node)
            case Method():
                return self._method(node)
            case Member():
                return self._member(node)
            case Unary():
                return self._unary(node)
            case Binary():
                return self._binary(node)
            case Conditional(test=test, then=then, otherwise=otherwise):
                condition, first, second = self._condition(test), self.step(then), self.step(otherwise)
                return lambda frame: first(frame) if condition(frame) else second(frame)
            case Bad(start=start):
                return _failing(start, "Syntax error")

    def _name(self, node: Name) -> Step:
        name = self._aliases.get(node.name, node.name)
        if name in names.INTERVALS:
            length = Interval(names.INTERVALS[name])
            return lambda _frame: length
        if name == names.TASK_SLOTS:
            return lambda frame: float(frame.task_slots)
        if names.canonical(name) in names.METRICS:
            series = Series(names.canonical(name))
            return lambda _frame: series

        def read(frame: Frame) -> Value:
            try:
                return frame.variables[name]
            except KeyError:
                raise Failed(node.start, f"Undefined symbol: {node.name}") from None

        return read

    def _condition(self, node: Expr) -> Callable[[Frame], bool]:
        step, start = self.step(node), node.start

        def condition(frame: Frame) -> bool:
            value = step(frame)
            if type(value) is float:
                return value != 0
            return _try(start, lambda: float(true(plain(frame, value)))) == 1.0

        return condition

    def _unary(self, node: Unary) -> Step:
        if node.op == "!":
            condition = self._condition(node.operand)
            return lambda frame: 0.0 if condition(frame) else 1.0
        step = self.step(node.operand)
        return _guarded(lambda frame: negate(plain(frame, step(frame))), node.start)

    def _binary(self, node: Binary) -> Step:
        if node.op in ("&&", "||"):
            return self._logic(node)
        left, right, op, start = self.step(node.left), self.step(node.right), node.op, node.start
        general = arithmetic if op in ARITHMETIC else compare
        quick: Callable[[float, float], float] = ARITHMETIC.get(op) or COMPARE[op]

        def binary(frame: Frame) -> Value:
            a, b = left(frame), right(frame)
            if type(a) is float and type(b) is float:
                return quick(a, b) + 0.0
            return _try(start, lambda: general(op, plain(frame, a), plain(frame, b)))

        return binary

    def _logic(self, node: Binary) -> Step:
        left, right = self._condition(node.left), self._condition(node.right)
        if node.op == "&&":
            return lambda frame: 1.0 if left(frame) and right(frame) else 0.0
        return lambda frame: 1.0 if left(frame) or right(frame) else 0.0

    def _member(self, node: Member) -> Step:
        step, name = self.step(node.target), node.name

        def member(frame: Frame) -> Value:
            value = step(frame)
            if isinstance(value, Timestamp) and name in names.MEMBERS:
                return value.member(name)
            raise Failed(node.start, f"No member {name} of a {kind_of(plain(frame, value))}")

        return member

    def _call(self, node: Call) -> Step:
        args = [self.step(arg) for arg in node.args]
        if node.name in REDUCE:
            reduce = REDUCE[node.name]
            return _guarded(lambda frame: reduce(_flat(frame, args)), node.open)
        if node.name in EACH and len(args) == 1:
            each, (only,) = EACH[node.name], args
            return _guarded(lambda frame: _each(each, plain(frame, only(frame))), node.open)
        if node.name in PICK and len(args) == 2:
            pick, (vector, second) = PICK[node.name], args
            return _guarded(lambda frame: pick(_flat(frame, [vector]), number(frame, second(frame))), node.open)
        if node.name == "rand" and not args:
            return lambda frame: frame.chance.random()
        if node.name == "stop" and not args:
            return _stop
        if node.name == "time" and len(args) <= 1:
            return self._time(node, args)
        known = node.name in names.FUNCTIONS
        return _failing(node.start, f"Wrong arguments of {node.name}" if known else f"Undefined function: {node.name}")

    @staticmethod
    def _time(node: Call, args: list[Step]) -> Step:
        if not args:
            return lambda frame: Timestamp.of(frame.now)
        (only,) = args

        def time(frame: Frame) -> Value:
            value = only(frame)
            parsed = parse_time(value) if isinstance(value, str) else None
            if parsed is None:
                raise Failed(node.open, "The text is not a time in W3C or RFC 1123 form")
            return parsed

        return time

    def _series(self, node: Expr) -> Step:
        """The receiver of a method; the slots of a node are a metric here and a number everywhere else."""
        if isinstance(node, Name) and node.name == names.TASK_SLOTS:
            slots = Series(names.TASK_SLOTS)
            return lambda _frame: slots
        return self.step(node)

    def _method(self, node: Method) -> Step:
        target, args = self._series(node.target), [self.step(arg) for arg in node.args]
        reader = READERS.get(node.name)
        if reader is None:
            return _failing(node.start, f"Undefined method: {node.name}")

        def method(frame: Frame) -> Value:
            series = target(frame)
            if not isinstance(series, Series):
                raise Failed(node.start, f"No method {node.name} of a {kind_of(series)}")
            values = [arg(frame) for arg in args]
            return _try(node.open, lambda: reader(frame, series, values, node.open))

        return method


def _stop(_frame: Frame) -> Value:
    raise Stopped


def _failing(offset: int, text: str) -> Step:
    def fail(_frame: Frame) -> Value:
        raise Failed(offset, text)

    return fail


def _try(offset: int, compute: Callable[[], Value]) -> Value:
    try:
        return compute()
    except Unsuitable as fault:
        raise Failed(offset, str(fault)) from None
    except Empty:
        raise Failed(offset, "There is no value to take") from None


def _guarded(step: Step, offset: int) -> Step:
    return lambda frame: _try(offset, lambda: step(frame))


def _flat(frame: Frame, steps: Iterable[Step]) -> Vector:
    out: list[float] = []
    for step in steps:
        value = step(frame)
        if type(value) is not float:
            value = plain(frame, value)
        if isinstance(value, float):
            out.append(value)
        elif isinstance(value, tuple):
            out.extend(value)
        else:
            raise Unsuitable(f"a {kind_of(value)} stands among numbers")
    return tuple(out)


def _each(function: Callable[[float], float], value: Value) -> Value:
    if isinstance(value, tuple):
        return tuple(map(function, value))
    return function(single(value))
