"""Operators on values: each converts, refuses null, answers unknown for unknown, and carries marks."""

from collections.abc import Callable

from batchplan.core.codes import DIVISION_BY_ZERO, INVALID_OPERAND, TOO_LARGE
from batchplan.core.diagnostics import Code, Fault
from batchplan.lang import numbers
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.numbers import Number, NumberError
from batchplan.lang.types import BOOL, NUMBER, Primitive
from batchplan.lang.values import (
    NO_MARKS,
    Marked,
    Marks,
    Null,
    Unknown,
    Value,
    equals,
    has_marks,
    mark,
    unmark,
    unmark_deep,
)


class OperandError(Exception):
    """An operand that cannot be used: which (0 left, 1 right, None both) and why."""

    def __init__(self, which: int | None, detail: str, code: Code = INVALID_OPERAND) -> None:
        super().__init__(detail)
        self.which = which
        self.detail = detail
        self.code = code


def _operand(value: Value, to: Primitive, which: int) -> tuple[Value, Marks]:
    marks: Marks = NO_MARKS
    if isinstance(value, Marked):
        marks = value.marks
        value = value.value
    if type(value) is Null:
        raise OperandError(which, f"This operand is null; a {to} is required.")
    try:
        return convert(value, to), marks
    except ConversionError as error:
        raise OperandError(which, f"This operand does not fit: {error}.") from None


Arithmetic = Callable[[Number, Number], Number]


def arithmetic(operation: Arithmetic) -> Callable[[Value, Value], Value]:
    """Return an operator over two numbers."""

    def apply(left: Value, right: Value) -> Value:
        if type(left) is int and type(right) is int:
            return _compute(operation, left, right)
        left, marks = _operand(left, NUMBER, 0)
        right, more = _operand(right, NUMBER, 1)
        result: Value
        if type(left) is Unknown or type(right) is Unknown:
            result = Unknown(NUMBER, not_null=True)
        else:
            result = _compute(operation, left, right)  # type: ignore[arg-type]
        return mark(result, marks | more)

    return apply


def _compute(operation: Arithmetic, left: Number, right: Number) -> Number:
    try:
        return operation(left, right)
    except NumberError as error:
        zero = operation in (numbers.divide, numbers.modulo)
        raise OperandError(
            1 if zero else None, f"There is no result: {error}.", DIVISION_BY_ZERO if zero else TOO_LARGE
        ) from None


_sum = arithmetic(numbers.add)


def add(left: Value, right: Value) -> Value:
    """Return a sum; who adds texts is told how to join them."""
    try:
        return _sum(left, right)
    except OperandError as error:
        if error.which is not None and isinstance(unmark((left, right)[error.which])[0], str):
            error.detail += ' Texts are joined in a template: "${a}${b}".'
        raise


def comparison(holds: Callable[[int], bool]) -> Callable[[Value, Value], Value]:
    """Return an operator that compares two numbers; `holds` is given -1, 0 or 1."""

    def apply(left: Value, right: Value) -> Value:
        left, marks = _operand(left, NUMBER, 0)
        right, more = _operand(right, NUMBER, 1)
        result: Value
        if type(left) is Unknown or type(right) is Unknown:
            result = Unknown(BOOL, not_null=True)
        else:
            result = holds(numbers.compare(left, right))  # type: ignore[arg-type]
        return mark(result, marks | more)

    return apply


def equal(left: Value, right: Value) -> Value:
    """Return whether two values are equal; nothing is converted."""
    if not has_marks(left) and not has_marks(right):
        return equals(left, right)
    left, marks = unmark_deep(left)
    right, more = unmark_deep(right)
    return mark(equals(left, right), marks | more)


def unequal(left: Value, right: Value) -> Value:
    """Return whether two values differ."""
    return _not(equal(left, right))


def _not(value: Value) -> Value:
    if isinstance(value, Marked):
        return mark(_not(value.value), value.marks)
    return value if type(value) is Unknown else not value


def logical_not(value: Value) -> Value:
    """Return the opposite of a bool."""
    value, marks = _operand(value, BOOL, 0)
    return mark(_not(value), marks)


def negative(value: Value) -> Value:
    """Return the negative of a number."""
    value, marks = _operand(value, NUMBER, 0)
    if type(value) is Unknown:
        return mark(Unknown(NUMBER, not_null=True), marks)
    return mark(numbers.negate(value), marks)  # type: ignore[arg-type]


Side = Callable[[], Value]
"""Evaluates one side of `&&` or `||`; raises `Fault` when it has no value."""


def logical_and(left: Side, right: Side) -> Value:
    """Return `left && right`: false when one side is, whatever became of the other; null counts as false.

    Each side that has a value must be a bool, even where the other decides.
    """
    sides, failed, marks = _sides(left, right)
    result: Value
    if any(side is False or type(side) is Null for side in sides):
        result = False
    elif failed is not None:
        raise failed
    else:
        result = Unknown(BOOL, not_null=True) if any(type(side) is Unknown for side in sides) else True
    return mark(result, marks)


def logical_or(left: Side, right: Side) -> Value:
    """Return `left || right`: true when one side is, whatever became of the other."""
    sides, failed, marks = _sides(left, right)
    result: Value
    if any(side is True for side in sides):
        result = True
    elif failed is not None:
        raise failed
    elif any(type(side) is Null for side in sides):
        which = next(at for at, side in enumerate(sides) if type(side) is Null)
        raise OperandError(which, "This operand is null; a bool is required.")
    else:
        result = Unknown(BOOL, not_null=True) if any(type(side) is Unknown for side in sides) else False
    return mark(result, marks)


def _sides(left: Side, right: Side) -> tuple[list[Value], Fault | None, Marks]:
    """Return the values there are as bools, the first failure, and all marks; raise OperandError for other types."""
    values: list[Value] = []
    failed: Fault | None = None
    marks: Marks = NO_MARKS
    for which, side in enumerate((left, right)):
        try:
            value = side()
        except Fault as error:
            failed = failed or error
            continue
        if isinstance(value, Marked):
            marks |= value.marks
            value = value.value
        try:
            values.append(convert(value, BOOL))
        except ConversionError as error:
            raise OperandError(which, f"This operand does not fit: {error}.") from None
    return values, failed, marks


BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": arithmetic(numbers.subtract),
    "*": arithmetic(numbers.multiply),
    "/": arithmetic(numbers.divide),
    "%": arithmetic(numbers.modulo),
    "<": comparison(lambda order: order < 0),
    "<=": comparison(lambda order: order <= 0),
    ">": comparison(lambda order: order > 0),
    ">=": comparison(lambda order: order >= 0),
    "==": equal,
    "!=": unequal,
}
"""Binary operators but `&&` and `||`, which look at their right side only when they must."""

UNARY: dict[str, Callable[[Value], Value]] = {"-": negative, "!": logical_not}
