"""Turning argument values into what an implementation computes with."""

from batchplan.lang import numbers
from batchplan.lang.functions.function import ArgumentError
from batchplan.lang.numbers import Number
from batchplan.lang.types import Type, friendly

INT64_LIMIT = 1 << 63


def whole(value: Number, index: int) -> int:
    """Return a number as an int; raise ArgumentError for a fraction and for what 64 bits cannot hold."""
    if not numbers.is_whole(value):
        raise ArgumentError(index, f"it must be a whole number, not {numbers.to_text(value)}")
    result = numbers.truncate(value)
    if not -INT64_LIMIT <= result < INT64_LIMIT:
        raise ArgumentError(index, "it must be between -9223372036854775808 and 9223372036854775807")
    return result


def float64(value: Number, index: int) -> float:
    """Return a number as the nearest 64-bit float; raise ArgumentError where that would be infinite."""
    result = numbers.to_float(value)
    if result in (float("inf"), float("-inf")) and not numbers.is_infinite(value):
        raise ArgumentError(index, "it is too large; the limit is about 1.8e308")
    return result


def a(of: Type) -> str:
    """Return a type with its article, for a message: `an object`, `a list of string`."""
    name = friendly(of)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
