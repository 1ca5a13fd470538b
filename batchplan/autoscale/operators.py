"""The operators over values, as the documented table has them and as the field has seen beyond it."""

import math
import operator
from collections.abc import Callable
from typing import Any

from batchplan.autoscale.functions import divide
from batchplan.autoscale.values import MAX_TICKS, Interval, Timestamp, Value, Vector


class Unsuitable(Exception):
    """The operation is not defined for these values; the text says why."""


ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": divide,
}

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
    "!=": operator.ne,
}

_KINDS: dict[type, str] = {
    float: "double",
    tuple: "doubleVec",
    str: "string",
    Timestamp: "timestamp",
    Interval: "timeinterval",
}


def kind_of(value: Value) -> str:
    """The language's name for the type of a value."""
    return _KINDS.get(type(value), "option")


def single(value: Value) -> float:
    """A double, or the only element of a vector; raises Unsuitable for anything else."""
    if isinstance(value, float):
        return value
    if isinstance(value, tuple):
        if len(value) == 1:
            return value[0]
        raise Unsuitable(f"a doubleVec of {len(value)} elements stands where a double belongs")
    raise Unsuitable(f"a {kind_of(value)} stands where a double belongs")


def true(value: Value) -> bool:
    """There is no boolean: everything but zero is true."""
    return single(value) != 0


def interval(ticks: float) -> Interval:
    """An interval of so many ticks; raises Unsuitable where 64 bits cannot hold them."""
    if not math.isfinite(ticks) or abs(ticks) > MAX_TICKS:
        raise Unsuitable("the timeinterval is too long")
    return Interval(round(ticks))


def _moment(ticks: int) -> Timestamp:
    try:
        return Timestamp(ticks)
    except OverflowError as fault:
        raise Unsuitable(str(fault)) from None


def arithmetic(op: str, left: Value, right: Value) -> Value:
    """left op right for + - * /; raises Unsuitable outside the table."""
    if isinstance(left, float) and isinstance(right, float):
        return ARITHMETIC[op](left, right)
    if isinstance(left, float | tuple) and isinstance(right, float | tuple):
        return _vectors(ARITHMETIC[op], left, right)
    match op, left, right:
        case "+", Interval(ticks=a), Interval(ticks=b):
            return interval(a + b)
        case "-", Interval(ticks=a), Interval(ticks=b):
            return interval(a - b)
        case "+", Interval(ticks=a), Timestamp(ticks=b):
            return _moment(a + b)
        case "+", Timestamp(ticks=a), Interval(ticks=b):
            return _moment(a + b)
        case "-", Timestamp(ticks=a), Interval(ticks=b):
            return _moment(a - b)
        case "-", Timestamp(ticks=a), Timestamp(ticks=b):
            return interval(a - b)
        case "*", float() as factor, Interval(ticks=a):
            return interval(factor * a)
        case "*", Interval(ticks=a), float() as factor:
            return interval(a * factor)
        case "/", Interval(ticks=a), float() as divisor:
            return interval(divide(float(a), divisor))
    raise Unsuitable(f"{op} is not defined for {kind_of(left)} and {kind_of(right)}")


def _vectors(function: Callable[[float, float], float], left: float | Vector, right: float | Vector) -> Vector:
    if isinstance(left, tuple) and isinstance(right, tuple):
        if len(left) != len(right):
            raise Unsuitable(f"the vectors have different lengths, {len(left)} and {len(right)}")
        return tuple(map(function, left, right))
    if isinstance(left, tuple):
        assert isinstance(right, float), "two vectors are handled above"
        return tuple(function(item, right) for item in left)
    assert isinstance(right, tuple), "two doubles never come here"
    return tuple(function(left, item) for item in right)


def compare(op: str, left: Value, right: Value) -> float:
    """1 when the comparison holds, else 0; raises Unsuitable for values of different types."""
    if isinstance(left, float | tuple) and isinstance(right, float | tuple):
        return float(COMPARE[op](single(left), single(right)))
    if type(left) is not type(right) or kind_of(left) == "option":
        raise Unsuitable(f"{op} is not defined for {kind_of(left)} and {kind_of(right)}")
    return float(COMPARE[op](left, right))


def negate(value: Value) -> Value:
    """Unary minus."""
    match value:
        case float():
            return 0.0 - value
        case tuple():
            return tuple(0.0 - item for item in value)
        case Interval(ticks=ticks):
            return Interval(-ticks)
    raise Unsuitable(f"- is not defined for {kind_of(value)}")
