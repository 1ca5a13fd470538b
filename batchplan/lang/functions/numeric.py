"""Functions of numbers."""

import math
import string
from functools import reduce

from batchplan.lang import numbers
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.functions import floats
from batchplan.lang.functions.arguments import a, float64, whole
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.numbers import BigFloat, Number, NumberError
from batchplan.lang.types import DYNAMIC, NUMBER
from batchplan.lang.values import ListValue, SetValue, TupleValue, Unknown, Value, is_known, is_null, type_of

_DIGITS = {sign: at for at, sign in enumerate(string.digits + string.ascii_lowercase + string.ascii_uppercase)}
_LONGEST_INTEGER = 10_000
_NUMBER = Parameter("num", NUMBER)
_NUMBERS = Parameter("numbers", NUMBER)


@function("abs", _NUMBER, returns=NUMBER)
def absolute(number: Number) -> Value:
    """The number without its sign."""
    return numbers.negate(number) if numbers.sign(number) < 0 or number is numbers.NEGATIVE_ZERO else number


@function("ceil", _NUMBER, returns=NUMBER)
def ceil(number: Number) -> Value:
    """The smallest whole number that is not below."""
    return numbers.ceiling(number)


@function("floor", _NUMBER, returns=NUMBER)
def floor(number: Number) -> Value:
    """The largest whole number that is not above."""
    return numbers.floor(number)


@function("signum", _NUMBER, returns=NUMBER)
def signum(number: Number) -> Value:
    """-1, 0 or 1: the sign of a whole number."""
    return numbers.short(numbers.sign(whole(number, 0)))


@function("log", _NUMBER, Parameter("base", NUMBER), returns=NUMBER)
def log(number: Number, base: Number) -> Value:
    """The logarithm to a base."""
    above, below = floats.log(float64(number, 0)), floats.log(float64(base, 1))
    if math.isnan(above):
        raise ArgumentError(0, "a negative number has no logarithm")
    if math.isnan(below):
        raise ArgumentError(1, "a negative number cannot be the base")
    if below == 0:
        if above == 0:
            raise FunctionError("the logarithm of 1 to the base 1 has no value")
        return numbers.from_float(math.copysign(math.inf, above))
    return _finite(above / below)


@function("pow", _NUMBER, Parameter("power", NUMBER), returns=NUMBER)
def power(number: Number, exponent: Number) -> Value:
    """The number to a power."""
    return _finite(floats.power(float64(number, 0), float64(exponent, 1)))


def _finite(value: float) -> Number:
    """Return a number, infinities included; raise FunctionError for what is none."""
    if math.isnan(value):
        raise FunctionError("the result is not a number; check the signs of the arguments")
    return numbers.from_float(value)


@function("max", returns=NUMBER, variadic=_NUMBERS)
def largest(*given: Number) -> Value:
    """The largest of the numbers."""
    return _extreme(given, 1)


@function("min", returns=NUMBER, variadic=_NUMBERS)
def smallest(*given: Number) -> Value:
    """The smallest of the numbers."""
    return _extreme(given, -1)


def _extreme(given: tuple[Number, ...], direction: int) -> Number:
    if not given:
        raise FunctionError("give at least one number; to pass a list, write three dots after it: list...")
    found = given[0]
    for number in given[1:]:
        if numbers.compare(number, found) == direction:
            found = number
    return found


@function("parseint", Parameter("number", DYNAMIC), Parameter("base", NUMBER), returns=NUMBER)
def parseint(text: Value, base: Number) -> Value:
    """The whole number that a text of digits means in a base from 2 to 62."""
    if type(text) is not str:
        raise ArgumentError(0, f"it must be a string, not {a(type_of(text))}")
    radix = whole(base, 1)
    if not 2 <= radix <= 62:
        raise ArgumentError(1, f"the base must be from 2 to 62, not {radix}")
    if len(text) > _LONGEST_INTEGER:
        raise ArgumentError(0, f"it has {len(text)} characters; {_LONGEST_INTEGER} digits are the limit")
    digits = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    parts = [_DIGITS.get(sign.lower() if radix <= 36 else sign, 62) for sign in digits]
    if not parts or max(parts) >= radix:
        raise ArgumentError(0, f'"{text[:60]}" is not a whole number in base {radix}')
    size = _assemble(parts, radix)
    result = numbers.normalise(size, 0, precision=min(max(64, size.bit_length()), numbers.PRECISION))
    return numbers.negate(result) if text.startswith("-") and result != 0 else result


def _assemble(digits: list[int], radix: int) -> int:
    """Combine digits in halves: digit by digit would take time quadratic in their number."""
    if len(digits) <= 50:
        total = 0
        for digit in digits:
            total = total * radix + digit
        return total
    half = len(digits) // 2
    scale: int = radix ** (len(digits) - half)
    return _assemble(digits[:half], radix) * scale + _assemble(digits[half:], radix)


@function("sum", Parameter("list", DYNAMIC), returns=NUMBER)
def total(values: Value) -> Value:
    """The sum of a list, set or tuple of numbers."""
    if not isinstance(values, ListValue | SetValue | TupleValue):
        raise ArgumentError(0, f"it must be a list, set or tuple of numbers, not {a(type_of(values))}")
    if not values.items:
        raise ArgumentError(0, "an empty list has no sum; write sum(concat([0], list)) if it may be empty")
    summands = [_summand(item, at) for at, item in enumerate(values.items)]
    known = [number for number in summands if number is not None]
    if len(known) < len(summands):
        return Unknown(NUMBER, not_null=True)
    return reduce(_add, known)


def _add(left: Number, right: Number) -> Number:
    try:
        return numbers.add(left, right)
    except NumberError as error:
        raise FunctionError(str(error)) from None


def _summand(item: Value, at: int) -> Number | None:
    """Return an element as a number, None for an unknown one."""
    if is_null(item):
        raise ArgumentError(0, f"element {at} is null; every element must be a number")
    try:
        number = convert(item, NUMBER)
    except ConversionError as error:
        raise ArgumentError(0, f"element {at}: {error}") from None
    if not is_known(number):
        return None
    assert isinstance(number, int | BigFloat)
    return number


FUNCTIONS: tuple[Function, ...] = (
    absolute,
    ceil,
    floor,
    largest,
    log,
    parseint,
    power,
    signum,
    smallest,
    total,
)
