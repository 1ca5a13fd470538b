"""Checks names and types of a formula against the language."""

import re
from dataclasses import dataclass, field

from batchplan.autoscale import names
from batchplan.autoscale.findings import Finding, Lines
from batchplan.autoscale.overloads import get_sample_faults, window_faults
from batchplan.autoscale.render import expression
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
from batchplan.autoscale.syntax import names as names_in
from batchplan.autoscale.types import DOCUMENTED, FIELD, NUMERIC, TIME, Type
from batchplan.autoscale.values import parse_time

_FRACTION = re.compile(r"\.(\d+)")


def check_types(formula: Formula) -> tuple[Finding, ...]:
    """Every fault of names, arguments and types, in the order of the text."""
    checker = _Checker(formula)
    for statement in formula.statements:
        checker.statement(statement)
    return tuple(checker.findings)


@dataclass(slots=True)
class _Checker:
    formula: Formula
    findings: list[Finding] = field(default_factory=list)
    types: dict[str, Type] = field(default_factory=dict)
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        self.lines = Lines(self.formula.text)
        self.types.update(dict.fromkeys((*names.TARGETS, "$TargetDedicated", "$TargetLowPriority"), Type.DOUBLE))
        self.types[names.DEALLOCATION] = Type.OPTION

    def report(self, code: str, node: Expr | Assign, message: str, fix: str) -> None:
        self.findings.append(self.lines.finding(code, message, fix, node.start, node.end))

    def statement(self, statement: Assign | Stop | Bare) -> None:
        match statement:
            case Bare(value=value):
                self.of(value)
            case Assign(name=name) if name == names.DEALLOCATION:
                self._option(statement)
            case Assign(name=name, value=value):
                found = self.of(value)
                self._assignable(statement)
                if names.canonical(name) in names.TARGETS:
                    self._target(statement, found)
                else:
                    self.types[name] = found

    def _assignable(self, statement: Assign) -> None:
        name = statement.name
        if names.canonical(name) in names.METRICS:
            meaning = names.METRICS[names.canonical(name)].meaning
            self._name_fault(statement, "AS017", f"{name} is the service's ({meaning}) and cannot be set.")
        elif name in names.INTERVALS:
            self._name_fault(statement, "AS017", f"{name} is a constant and cannot be set.")

    def _name_fault(self, statement: Assign, code: str, message: str) -> None:
        end = statement.name_end
        self.findings.append(self.lines.finding(code, message, "Use a name of your own.", statement.start, end))

    def _option(self, statement: Assign) -> None:
        value = statement.value
        if isinstance(value, Bad) or (isinstance(value, Name) and value.name in names.OPTIONS):
            return
        given = value.value if isinstance(value, Text) else value.name if isinstance(value, Name) else ""
        near = names.nearest(given, names.OPTIONS) if given else None
        fix = f"Write {near}, a bare word." if near else f"Use one of {', '.join(names.OPTIONS)}, as a bare word."
        self.report("AS018", value, f"{expression(value)} is not a deallocation option.", fix)

    def _target(self, statement: Assign, found: Type) -> None:
        value = statement.value
        if found in (Type.VECTOR, Type.MIXED):
            message = f"{statement.name} is set to a doubleVec; that works only when it holds one value."
            self.report("AS110", value, message, "Reduce it with max(...) or avg(...).")
        elif found not in (Type.DOUBLE, Type.METRIC, Type.ANY):
            self.report("AS019", value, f"{statement.name} is set to a {found.value}.", "Give it a number of nodes.")
        elif found is Type.METRIC:
            self.number(value, Type.METRIC)

    def of(self, node: Expr) -> Type:
        """The type of an expression; ANY when a fault was found that makes it unknowable."""
        match node:
            case Number():
                return Type.DOUBLE
            case Text():
                return Type.STRING
            case Bad():
                return Type.ANY
            case Name():
                return self._name(node)
            case Unary():
                return self._unary(node)
            case Binary():
                return self._binary(node)
            case Conditional():
                return self._choice(node)
            case Member():
                return self._member(node)
            case Call():
                return self._call(node)
            case Method():
                return self._method(node)

    def _name(self, node: Name) -> Type:
        name = node.name
        if name in self.types:
            return self.types[name]
        if names.canonical(name) in names.METRICS:
            return Type.METRIC
        if name in names.INTERVALS:
            return Type.INTERVAL
        self._undefined(node)
        self.types[name] = Type.ANY  # said once
        return Type.ANY

    def _undefined(self, node: Name) -> None:
        name = node.name
        if name in names.OPTIONS:
            fix = f"Use it only as {names.DEALLOCATION} = {name};"
            self.report("AS018", node, f"{name} is a deallocation option, not a value.", fix)
            return
        later = next((s for s in self.formula.statements if isinstance(s, Assign) and s.name == name), None)
        if later is not None:
            line = self.lines.position(later.start)[0]
            self.report("AS010", node, f"{name} is read here and set only afterwards, on line {line}.", "Set it first.")
            return
        if name in names.FUNCTIONS:
            self.report("AS010", node, f"{name} is a function.", f"Call it: {name}(...)")
            return
        known = [*self.types, *names.SERVICE_NAMES, *names.INTERVALS]
        near = names.nearest(name, known) or next((k for k in known if k.lstrip("$") == name.lstrip("$")), None)
        fix = f"Did you mean {near}?" if near else f"Set it before: {name} = ...;"
        self.report("AS010", node, f"{name} is never set and is no name of the service.", fix)

    def number(self, node: Expr, found: Type, *, what: str = "") -> Type:
        """`found` where a number is used: a bare metric means its latest sample."""
        if found is not Type.METRIC:
            return found
        kinds = {
            names.METRICS[names.canonical(n.name)].kind
            for n in names_in(node)
            if names.canonical(n.name) in names.METRICS
        }
        if kinds - {"nodes", "count"} or not kinds:
            message = f"{expression(node)} is used without saying which samples{what}; taken as the latest one."
            fix = f"Write avg({expression(node)}.GetSample(5 * TimeInterval_Minute)), or .GetSample(1)."
            self.report("AS111", node, message, fix)
        return Type.DOUBLE

    def _unary(self, node: Unary) -> Type:
        found = self.number(node.operand, self.of(node.operand))
        if found is Type.ANY:
            return Type.ANY
        if found is Type.DOUBLE or (node.op == "-" and found is Type.INTERVAL):
            return found
        if found in NUMERIC:
            self._vector(node.operand)
            return Type.DOUBLE if node.op == "!" else found
        self.report("AS014", node, f"{node.op} is not defined for a {found.value}.", "Apply it to a number.")
        return Type.ANY

    def _vector(self, node: Expr) -> None:
        message = f"{expression(node)} is a doubleVec where the documentation has a double."
        self.report("AS110", node, message, "Take one value: max(...), avg(...) or val(..., 0).")

    def _binary(self, node: Binary) -> Type:
        left = self.number(node.left, self.of(node.left))
        right = self.number(node.right, self.of(node.right))
        if Type.ANY in (left, right):
            return Type.DOUBLE if node.op not in "+-*/" else Type.ANY
        documented = DOCUMENTED.get((node.op, left, right))
        if documented is not None:
            return documented
        plain = [Type.VECTOR if side is Type.MIXED else side for side in (left, right)]
        known = FIELD.get((node.op, plain[0], plain[1])) or DOCUMENTED.get((node.op, plain[0], plain[1]))
        if known is None:
            self._no_operator(node, left, right)
            return Type.ANY
        self._beyond_table(node, left, right)
        return Type.MIXED if known is Type.VECTOR and Type.MIXED in (left, right) else known

    def _no_operator(self, node: Binary, left: Type, right: Type) -> None:
        message = f"{node.op} is not defined for {left.value} and {right.value}."
        fix = "Only sums, differences and multiples of times exist." if {left, right} & TIME else "Use two numbers."
        self.report("AS014", node, message, fix)

    def _beyond_table(self, node: Binary, left: Type, right: Type) -> None:
        if {left, right} & TIME:
            message = f"{left.value} {node.op} {right.value} is not documented, though it works."
            self.report("AS124", node, message, f"Add the negative: {expression(node.left)} + (-1 * ...).")
        elif Type.MIXED not in (left, right):
            self._vector(node.right if right is Type.VECTOR and left is not Type.VECTOR else node.left)

    def _choice(self, node: Conditional) -> Type:
        test = self.number(node.test, self.of(node.test))
        if test is Type.VECTOR:
            self._vector(node.test)
        elif test not in NUMERIC and test is not Type.ANY:
            self.report(
                "AS014", node.test, f"A condition is a number, not a {test.value}.", "Compare it with something."
            )
        then, otherwise = self.of(node.then), self.of(node.otherwise)
        if then is otherwise:
            return then
        then, otherwise = self.number(node.then, then), self.number(node.otherwise, otherwise)
        if then is otherwise or Type.ANY in (then, otherwise):
            return then if then is otherwise else Type.ANY
        if {then, otherwise} <= NUMERIC:
            message = f"The branches are a {then.value} and a {otherwise.value}."
            self.report("AS204", node, message, "Reduce the doubleVec with max(...) or avg(...).")
            return Type.MIXED
        message = f"The branches have no common type: {then.value} and {otherwise.value}."
        self.report("AS014", node, message, "Give both branches the same type.")
        return Type.ANY

    def _member(self, node: Member) -> Type:
        target = self.of(node.target)
        if target is Type.ANY:
            return Type.ANY
        if target is Type.TIMESTAMP and node.name in names.MEMBERS:
            return Type.DOUBLE
        if target is Type.TIMESTAMP:
            near = names.nearest(node.name, names.MEMBERS)
            fix = f"Did you mean .{near}?" if near else f"It has {', '.join(names.MEMBERS)}."
            self.report("AS016", node, f"A timestamp has no member {node.name}.", fix)
        elif node.name in names.METHODS:
            self.report("AS016", node, f"{node.name} is a method.", f"Call it: .{node.name}(...)")
        else:
            self.report("AS016", node, f"A {target.value} has no member {node.name}.", "Only timestamps have members.")
        return Type.ANY

    def _call(self, node: Call) -> Type:
        found = [self.of(arg) for arg in node.args]
        function = names.FUNCTIONS.get(node.name)
        if function is None:
            self._unknown_function(node)
            return Type.ANY
        match function.shape:
            case "reduce":
                return self._reduce(node, found)
            case "each":
                return self._each(node, found)
            case "pick":
                return self._pick(node, found)
            case "clock":
                return self._clock(node, found)
        self._arity(node, found, 0, 0)
        return Type.ANY if function.shape == "stop" else Type.DOUBLE

    def _unknown_function(self, node: Call) -> None:
        if node.name in names.METHODS:
            fix = f"Call it on a metric: $PendingTasks.{node.name}(...)"
            self.report("AS011", node, f"{node.name} is a method of a metric, not a function.", fix)
            return
        near = names.nearest(node.name, names.FUNCTIONS)
        fix = f"Did you mean {near}()?" if near else f"The functions are {', '.join(names.FUNCTIONS)}."
        self.report("AS011", node, f"There is no function {node.name}.", fix)

    def _arity(self, node: Call | Method, found: list[Type], least: int, most: int) -> bool:
        if least <= len(found) <= most:
            return True
        wanted = str(least) if least == most else f"{least} to {most}"
        message = f"{node.name} takes {wanted or 'no'} argument{'' if wanted == '1' else 's'}, not {len(found)}."
        self.report("AS013", node, message, "Correct the arguments.")
        return False

    def _numbers(self, node: Call, found: list[Type]) -> bool:
        fine = True
        for arg, kind in zip(node.args, found, strict=True):
            kind = self.number(arg, kind)
            if kind not in NUMERIC and kind is not Type.ANY:
                message = f"{node.name} takes numbers, not a {kind.value}."
                self.report("AS013", arg, message, "Pass numbers or samples.")
                fine = False
        return fine

    def _reduce(self, node: Call, found: list[Type]) -> Type:
        if not found:
            self.report("AS013", node, f"{node.name} takes at least one argument.", "Pass numbers or samples.")
        self._numbers(node, found)
        return Type.DOUBLE

    def _each(self, node: Call, found: list[Type]) -> Type:
        if not self._arity(node, found, 1, 1) or not self._numbers(node, found):
            return Type.ANY
        return Type.DOUBLE if found[0] is Type.METRIC else found[0]

    def _pick(self, node: Call, found: list[Type]) -> Type:
        if self._arity(node, found, 2, 2):
            self._numbers(node, found)
            if found[1] in (Type.VECTOR, Type.MIXED):
                self._vector(node.args[1])
        return Type.DOUBLE

    def _clock(self, node: Call, found: list[Type]) -> Type:
        if self._arity(node, found, 0, 1) and found:
            (arg,) = node.args
            if isinstance(arg, Text):
                self._literal(arg)
            elif found[0] not in (Type.STRING, Type.ANY):
                self.report("AS013", arg, f"time takes a string, not a {found[0].value}.", 'Write time("...").')
        return Type.TIMESTAMP

    def _literal(self, node: Text) -> None:
        fraction = _FRACTION.search(node.value)
        digits = len(fraction[1]) if fraction else 0
        if parse_time(node.value) is None:
            fix = 'Write it as "2026-11-23T09:00:00Z" or "Mon, 23 Nov 2026 09:00:00 GMT".'
            if digits > 7:
                fix = f"Keep at most 6 of the {digits} digits of the second."
            self.report("AS015", node, f"{node.value!r} is not a time that the service can read.", fix)
        elif digits > 6:
            self.report("AS123", node, f"The second has {digits} digits.", "Keep 6 of them; more have been refused.")

    def _method(self, node: Method) -> Type:
        target = self.of(node.target)
        found = [self.of(arg) for arg in node.args]
        if target is Type.ANY:
            return Type.ANY
        if node.name not in names.METHODS:
            near = names.nearest(node.name, names.METHODS)
            fix = f"Did you mean {near}?" if near else f"A metric has {', '.join(names.METHODS)}."
            self.report("AS012", node, f"There is no method {node.name}.", fix)
            return Type.ANY
        if target is not Type.METRIC:
            message = f"{expression(node.target)} is a {target.value}; only the service's metrics have {node.name}."
            self.report("AS012", node, message, "Call it on a metric such as $PendingTasks.")
            return Type.ANY
        return self._metric_method(node, found)

    def _metric_method(self, node: Method, found: list[Type]) -> Type:
        match node.name:
            case "GetSample" if self._arity(node, found, 1, 3):
                for fault in get_sample_faults(node, found):
                    self.report(*fault)
                return Type.VECTOR
            case "GetSamplePercent":
                if self._arity(node, found, 1, 2):
                    for fault in window_faults(node, found):
                        self.report(*fault)
                return Type.DOUBLE
            case "Count":
                self._arity(node, found, 0, 0)
                return Type.DOUBLE
            case "GetSamplePeriod":
                self._arity(node, found, 0, 0)
                return Type.INTERVAL
        self._arity(node, found, 0, 0)
        return Type.TIMESTAMP
