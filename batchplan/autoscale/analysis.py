"""Follows a formula with ranges instead of values, keeping what each condition teaches about its branches."""

import math
from collections.abc import Mapping
from dataclasses import replace

from batchplan.autoscale import names
from batchplan.autoscale.comparison import ALWAYS, FLIPPED, NEVER, OPPOSITE, compared, limited
from batchplan.autoscale.comparison import truth as truth_of
from batchplan.autoscale.flow import Flow, plain
from batchplan.autoscale.functions import EACH
from batchplan.autoscale.operators import ARITHMETIC
from batchplan.autoscale.ranges import (
    HUGE,
    Abstract,
    Opaque,
    Range,
    Vec,
    anything,
    arithmetic,
    at_least_zero,
    exactly,
    join,
    meet,
    monotone,
    negative,
    number,
    widened,
)
from batchplan.autoscale.reduction import reduced
from batchplan.autoscale.render import expression
from batchplan.autoscale.syntax import (
    Bad,
    Binary,
    Call,
    Conditional,
    Expr,
    Member,
    Method,
    Name,
    Number,
    Text,
    Unary,
    walk,
)
from batchplan.autoscale.types import Type
from batchplan.autoscale.values import parse_time

Facts = Mapping[str, Range]
"""What is known on the way to a branch: the range of an expression, by its text."""

_LAST_TICK = 3.2e18
_MOST_SPLITS = 8  # every split of a condition looks at it twice
_PATIENCE = 4000  # conditions looked at in one formula; published ones need a few dozen
_TARGETS = frozenset((*names.TARGETS, *(alias for alias, full in names.ALIASES.items() if full in names.TARGETS)))


class Analysis:
    """One pass over a formula, from what names and metrics can be at its start. `seen` keeps the value of every expression that is reached, by its range of text."""

    def __init__(self, flow: Flow, inputs: Mapping[str, Range], known: Mapping[str, Range] | None = None) -> None:
        self.flow = flow
        self.values: dict[str, Abstract] = {}
        self.seen: dict[int, Abstract] = {}
        self.stops: list[dict[str, Abstract]] = []
        self._inputs = inputs
        self._known = known or {}
        self._recording = True
        self._patience = _PATIENCE
        self._memory: dict[tuple[int, int], tuple[Facts, Abstract]] = {}
        for step in flow.steps:
            facts: Facts = {}
            target = step.version is not None and plain(step.version) in _TARGETS
            value = self.number(step.value, facts) if target else self.value(step.value, facts)
            if any(isinstance(part, Call) and part.name == "stop" for part in walk(step.value)):
                self.stops.append(dict(self.values))
            if step.version is not None:
                self.values[step.version] = value

    def value(self, node: Expr, facts: Facts) -> Abstract:
        """What `node` can be where `facts` hold."""
        # Conditions are looked at from several sides; without a memory that would double with every nesting.
        place = (id(node), id(facts))
        remembered = self._memory.get(place)
        if remembered is None:
            remembered = self._memory[place] = (facts, self._found(node, facts))
        if self._recording:
            self.seen[id(node)] = remembered[1]
        return remembered[1]

    def _found(self, node: Expr, facts: Facts) -> Abstract:
        found = self._computed(node, facts)
        if facts and isinstance(found, Range | Vec):
            known = facts.get(_key(node))
            if known is not None:
                return _narrowed(found, known)
        return found

    def number(self, node: Expr, facts: Facts) -> Range:
        """What `node` can be where a double is expected; a metric means its latest sample."""
        value = self.value(node, facts)
        if isinstance(value, Opaque) and value.kind is Type.METRIC:
            return _narrowed_range(self._metric(value.name), facts.get(_key(node)))
        return number(value)

    def _metric(self, name: str) -> Range:
        return self._known.get(name) or metric(name)

    def _computed(self, node: Expr, facts: Facts) -> Abstract:
        match node:
            case Number(value=value):
                return exactly(value)
            case Text(value=value):
                return Opaque(Type.STRING, value)
            case Name(name=name):
                return self._name(name)
            case Unary(op="!", operand=operand):
                truth = self.number(operand, facts)
                return truth_of(truth.can_be_false, truth.can_be_true)
            case Unary(operand=operand):
                return self._negative(operand, facts)
            case Binary(op="&&" | "||"):
                return self._logic(node, facts)
            case Binary():
                return self._binary(node, facts)
            case Conditional():
                return self._choice(node, facts)
            case Member(target=target, name=name):
                self.value(target, facts)
                return _member(name)
            case Method():
                return self._method(node, facts)
            case Call():
                return self._call(node, facts)
            case Bad():
                return Opaque(Type.ANY)

    def _name(self, name: str) -> Abstract:
        if name in names.INTERVALS:
            return replace(exactly(float(names.INTERVALS[name])), kind=Type.INTERVAL)
        if name == names.TASK_SLOTS:
            return Range(1.0, 256.0, whole=True)
        if name in names.METRICS:
            return Opaque(Type.METRIC, name)
        if name in self.values:
            return self.values[name]
        return self._inputs.get(plain(name), Opaque(Type.ANY))

    def _negative(self, operand: Expr, facts: Facts) -> Abstract:
        value = self.value(operand, facts)
        if isinstance(value, Vec):
            return replace(value, item=negative(value.item))
        return negative(self.number(operand, facts))

    def _logic(self, node: Binary, facts: Facts) -> Abstract:
        left = self.number(node.left, facts)
        both = node.op == "&&"
        learned = self.learn(node.left, facts, truth=both)
        if learned is None:  # the right side is never looked at
            self.unreached(node.right)
            return NEVER if both else ALWAYS
        right = self.number(node.right, learned)
        if both:
            return truth_of(left.can_be_true and right.can_be_true, left.can_be_false or right.can_be_false)
        return truth_of(left.can_be_true or right.can_be_true, left.can_be_false and right.can_be_false)

    def unreached(self, node: Expr) -> None:
        """Forgets what was noted about an expression that is never evaluated."""
        if self._recording:
            for part in walk(node):
                self.seen.pop(id(part), None)

    def _choice(self, node: Conditional, facts: Facts) -> Abstract:
        self.number(node.test, facts)
        outcomes: list[Abstract] = []
        for branch, truth in ((node.then, True), (node.otherwise, False)):
            learned = self.learn(node.test, facts, truth=truth)
            if learned is None:
                self.unreached(branch)
            else:
                outcomes.append(self._plain(branch, learned))
        if len(outcomes) == 2:
            return join(outcomes[0], outcomes[1])
        return outcomes[0] if outcomes else Opaque(Type.ANY)

    def _plain(self, node: Expr, facts: Facts) -> Abstract:
        value = self.value(node, facts)
        if isinstance(value, Opaque) and value.kind is Type.METRIC:
            return self.number(node, facts)
        return value

    def _binary(self, node: Binary, facts: Facts) -> Abstract:
        left, right = self._plain(node.left, facts), self._plain(node.right, facts)
        if node.op not in ARITHMETIC:
            return compared(node.op, number(left), number(right))
        if isinstance(left, Vec) or isinstance(right, Vec):
            lengths = [side for side in (left, right) if isinstance(side, Vec)]
            item = arithmetic(node.op, number(left), number(right))
            return Vec(item, max(v.least for v in lengths), min(v.most for v in lengths))
        if isinstance(left, Opaque) or isinstance(right, Opaque):
            return Opaque(Type.ANY)
        return arithmetic(node.op, left, right)

    def _method(self, node: Method, facts: Facts) -> Abstract:
        target = self.value(node.target, facts)
        args = [self._plain(arg, facts) for arg in node.args]
        name = target.name if isinstance(target, Opaque) else ""
        if isinstance(node.target, Name) and node.target.name == names.TASK_SLOTS:
            name = names.TASK_SLOTS
        match node.name:
            case "GetSample":
                return Vec(self._metric(name), 0, _most_samples(args))
            case "GetSamplePercent":
                return Range(0.0, 100.0)
            case "Count":
                return at_least_zero("the length of the history", whole=True)
            case "GetSamplePeriod":
                return Range(30e7, 30e7, kind=Type.INTERVAL)
            case "HistoryBeginTime":
                return Range(0.0, _LAST_TICK, kind=Type.TIMESTAMP)
        return Opaque(Type.ANY)

    def _call(self, node: Call, facts: Facts) -> Abstract:
        args = [self._plain(arg, facts) for arg in node.args]
        match node.name:
            case "time":
                literal = args[0] if args else None
                moment = parse_time(literal.name) if isinstance(literal, Opaque) else None
                if moment is not None:
                    return widened(replace(exactly(float(moment.ticks)), kind=Type.TIMESTAMP))
                return Range(0.0, _LAST_TICK, kind=Type.TIMESTAMP)
            case "rand":
                return Range(0.0, 1.0)
            case "stop":
                return Opaque(Type.ANY)
        if not args:
            return Opaque(Type.ANY)
        if node.name in EACH:
            return _each(node.name, args[0])
        if node.name in names.FUNCTIONS:
            return reduced(node.name, args)
        return Opaque(Type.ANY)

    def alone(self, node: Expr) -> Range:
        """What a number can be, without what any condition around it teaches; leaves `seen` as it is."""
        recording, self._recording = self._recording, False
        try:
            return self.number(node, {})
        finally:
            self._recording = recording

    def learn(self, test: Expr, facts: Facts, *, truth: bool) -> Facts | None:
        """The facts that hold besides when `test` comes out as `truth`; None when it cannot."""
        recording, self._recording = self._recording, False
        try:
            return self._learn(test, facts, truth, 0)
        finally:
            self._recording = recording

    def _learn(self, test: Expr, facts: Facts, truth: bool, depth: int) -> Facts | None:
        self._patience -= 1
        if self._patience < 0:
            return facts  # learning nothing is always right
        outcome = self.number(test, facts)
        if not (outcome.can_be_true if truth else outcome.can_be_false):
            return None
        match test:
            case Unary(op="!", operand=operand):
                return self._learn(operand, facts, not truth, depth)
            case Binary(op="&&" | "||", left=left, right=right):
                return self._learn_logic(test.op == "&&", left, right, facts, truth, depth)
            case Binary(op=op) if op in FLIPPED:
                return self._learn_comparison(test, facts, truth)
            case Name(name=name) if depth < _MOST_SPLITS and _logical(self.flow.definitions.get(name)):
                return self._learn(self.flow.definitions[name], facts, truth, depth + 1)
        if not truth:
            return self._with(test, facts, meet(outcome, Range(0.0, 0.0)))
        if outcome.whole and outcome.lo == 0:
            return self._with(test, facts, meet(outcome, Range(1.0, math.inf, nan=True)))
        return facts

    def _learn_logic(self, both: bool, left: Expr, right: Expr, facts: Facts, truth: bool, depth: int) -> Facts | None:
        if both == truth:  # both sides come out the same
            first = self._learn(left, facts, truth, depth)
            return None if first is None else self._learn(right, first, truth, depth)
        if depth >= _MOST_SPLITS:
            return facts
        # One side decides: either may have, and what both ways teach together holds.
        by_left = self._learn(left, facts, truth, depth + 1)
        other = self._learn(left, facts, not truth, depth + 1)
        by_right = None if other is None else self._learn(right, other, truth, depth + 1)
        if by_left is None or by_right is None:
            return by_left if by_right is None else by_right
        return _common(by_left, by_right)

    def _learn_comparison(self, test: Binary, facts: Facts, truth: bool) -> Facts | None:
        left, right = self.number(test.left, facts), self.number(test.right, facts)
        op = test.op
        if not truth:
            if left.nan or right.nan:
                return facts  # not-a-number fails every comparison, so nothing follows
            op = OPPOSITE[op]
        known = self._with(test.left, facts, limited(left, op, right))
        return None if known is None else self._with(test.right, known, limited(right, FLIPPED[op], left))

    def _with(self, node: Expr, facts: Facts, value: Range | None) -> Facts | None:
        """`facts` and the range of one expression, under every name it has."""
        if value is None:
            return None
        known = dict(facts)
        while True:
            if not any(isinstance(part, Call) and part.name == "rand" for part in walk(node)):
                key = _key(node)
                known[key] = meet(known[key], value) or value if key in known else value
            if not (isinstance(node, Name) and node.name in self.flow.definitions):
                return known
            node = self.flow.definitions[node.name]


def metric(name: str) -> Range:
    """What a sample of a metric can be."""
    known = names.METRICS.get(name)
    if known is None:
        return anything("an unknown metric")
    if known.kind == "percent":
        return Range(0.0, 100.0)
    if name == names.TASK_SLOTS:
        return Range(1.0, 256.0, whole=True)
    return at_least_zero(name, whole=known.kind in {"tasks", "nodes"})


def _member(name: str) -> Abstract:
    if name not in names.MEMBERS:
        return Opaque(Type.ANY)
    low, high = names.MEMBERS[name]
    return Range(float(low), float(high), whole=True)


def _most_samples(args: list[Abstract]) -> float:
    if len(args) == 1 and isinstance(args[0], Range) and args[0].kind is Type.DOUBLE:
        return max(0.0, float(math.floor(args[0].hi))) if math.isfinite(args[0].hi) else HUGE
    return HUGE


def _key(node: Expr) -> str:
    return expression(node)


def _logical(node: Expr | None) -> bool:
    match node:
        case Binary(op=op):
            return op in FLIPPED or op in {"&&", "||"}
        case Unary(op="!"):
            return True
        case Name():
            return True
    return False


def _narrowed(found: Range | Vec, known: Range) -> Range | Vec:
    if isinstance(found, Vec):
        return replace(found, item=_narrowed_range(found.item, known), least=1, most=max(1, found.most))
    return _narrowed_range(found, known)


def _narrowed_range(found: Range, known: Range | None) -> Range:
    if known is None:
        return found
    return meet(found, known) or known


def _common(left: Facts, right: Facts) -> Facts:
    out: dict[str, Range] = {}
    for key in left.keys() & right.keys():
        joined = join(left[key], right[key])
        assert isinstance(joined, Range), "two ranges join to a range"
        out[key] = joined
    return out


def _each(name: str, arg: Abstract) -> Abstract:
    rounding = name in {"ceil", "floor", "round"}
    item = monotone(EACH[name], number(arg), whole=rounding, exact=rounding)
    return replace(arg, item=item) if isinstance(arg, Vec) else item
