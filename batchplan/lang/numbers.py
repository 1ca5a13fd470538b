"""Numbers as Terraform has them: binary floats of 512 bits, rounded half to even.

A number is an `int` where it is whole and a `BigFloat` otherwise; `normalise` decides. Two more
`BigFloat`s stand for negative zero, which prints as `-0`, and for the infinities, which are legal
between operations but cannot be stored. `float` and `Decimal` can do neither: both round elsewhere.
What pow() and log() compute is a 64-bit float; such a number remembers its 53 bits, because Terraform
prints it with as few digits as tell it from the neighbouring float.
"""

import math
from fractions import Fraction
from functools import lru_cache

PRECISION = 512
MAX_BITS = 1 << 22
"""A whole number may have this many bits; far beyond any use, short of exhausting memory."""
MAX_EXPONENT = 100_000


class BigFloat:
    """`mantissa * 2**exponent` with an odd mantissa below 2**precision and a negative exponent; or a special.

    Equal are numbers that are written equally: pow(2, 0.5) equals 1.4142135623730951, of which it has 53 bits.
    """

    __slots__ = ("exponent", "mantissa", "precision", "special")

    def __init__(self, mantissa: int, exponent: int, special: str = "", precision: int = PRECISION) -> None:
        self.mantissa = mantissa
        self.exponent = exponent
        self.special = special
        self.precision = precision

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BigFloat):
            return self is NEGATIVE_ZERO and isinstance(other, int) and other == 0
        if self.precision != other.precision:
            return to_text(self) == to_text(other)
        same = self.mantissa == other.mantissa and self.exponent == other.exponent
        return same and self.special == other.special

    def __hash__(self) -> int:
        return hash(to_text(self)) if self is not NEGATIVE_ZERO else 0

    def __repr__(self) -> str:
        return f"BigFloat({to_text(self)})"


class ShortInt(int):
    """A whole number of fewer bits. It is an `int` in all but division."""

    precision: int


def short(value: int, precision: int = 64) -> int:
    """Return a whole number as Terraform makes it of a machine integer (64 bits) or a machine float (53)."""
    if precision == 64 and 0 <= value < len(_SMALL):
        return _SMALL[value]
    made = ShortInt(value)
    made.precision = precision
    return made


_SMALL: list[int] = []
_SMALL.extend([short(value) for value in range(256)])

Number = int | BigFloat

NEGATIVE_ZERO = BigFloat(0, 0, "-0")
INFINITY = BigFloat(1, 0, "+Inf")
NEGATIVE_INFINITY = BigFloat(-1, 0, "-Inf")


class NumberError(ValueError):
    """An operation without a result: zero by zero, or a number too large to hold."""


def is_number(value: object) -> bool:
    """Return whether a Python value is a number here (bool is not)."""
    return type(value) in (int, BigFloat, ShortInt)


def precision_of(value: Number) -> int:
    """Return how many bits a number's results are rounded to."""
    if type(value) is int:
        return PRECISION
    return value.precision  # type: ignore[union-attr]


def normalise(mantissa: int, exponent: int, *, sticky: bool = False, precision: int = PRECISION) -> Number:
    """Return `mantissa * 2**exponent` rounded to a precision; `sticky` says that a nonzero tail was cut off."""
    negative = mantissa < 0
    if negative:
        mantissa = -mantissa
    excess = mantissa.bit_length() - precision
    if excess > 0:
        tail = mantissa & ((1 << excess) - 1)
        mantissa >>= excess
        exponent += excess
        half = 1 << (excess - 1)
        if tail > half or (tail == half and (sticky or mantissa & 1)):
            mantissa += 1
    if mantissa == 0:
        return 0 if precision == PRECISION else short(0, precision)
    zeros = (mantissa & -mantissa).bit_length() - 1
    mantissa >>= zeros
    exponent += zeros
    if negative:
        mantissa = -mantissa
    if exponent >= 0:
        if exponent > MAX_BITS:
            raise NumberError("the number is too large")
        whole = mantissa << exponent
        return whole if precision == PRECISION else short(whole, precision)
    if exponent < -MAX_BITS:
        raise NumberError("the number is too small")
    return BigFloat(mantissa, exponent, precision=precision)


def from_float(value: float) -> Number:
    """Return a Python float exactly, and printed as one; raise NumberError for what is not a number."""
    if math.isnan(value):
        raise NumberError("not a number")
    if value in (float("inf"), float("-inf")):
        return INFINITY if value > 0 else NEGATIVE_INFINITY
    if value == 0 and str(value)[0] == "-":
        return NEGATIVE_ZERO
    numerator, denominator = value.as_integer_ratio()
    return normalise(numerator, 1 - denominator.bit_length(), precision=53)


def to_float(value: Number) -> float:
    """Return the nearest Python float; beyond its range, an infinity."""
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    assert isinstance(value, BigFloat)
    if value.special:
        return {"-0": -0.0, "+Inf": float("inf"), "-Inf": float("-inf")}[value.special]
    exact = fraction(value)
    try:
        return exact.numerator / exact.denominator
    except OverflowError:
        return float("inf") if exact > 0 else float("-inf")


def fraction(value: Number) -> Fraction:
    """Return a finite number exactly."""
    if isinstance(value, int):
        return Fraction(value)
    assert isinstance(value, BigFloat)
    return Fraction(value.mantissa, 1 << -value.exponent)


def is_infinite(value: Number) -> bool:
    """Return whether it is one of the infinities."""
    return value is INFINITY or value is NEGATIVE_INFINITY


def is_whole(value: Number) -> bool:
    """Return whether it has no fraction."""
    if not isinstance(value, BigFloat) or value is NEGATIVE_ZERO:
        return True
    return not value.special and value.exponent >= 0


def sign(value: Number) -> int:
    """Return -1, 0 or 1."""
    part = value if isinstance(value, int) else value.mantissa
    return (part > 0) - (part < 0)


def _parts(value: Number) -> tuple[int, int]:
    if isinstance(value, int):
        return value, 0
    assert isinstance(value, BigFloat)
    return value.mantissa, value.exponent


def _special(value: Number) -> bool:
    return type(value) is BigFloat and bool(value.special)


def add(left: Number, right: Number) -> Number:
    """Return the sum; raise NumberError for infinities of opposite sign."""
    if type(left) is int and type(right) is int:
        total = left + right
        return total if total.bit_length() <= PRECISION else normalise(total, 0)
    if is_infinite(left) or is_infinite(right):
        if is_infinite(left) and is_infinite(right) and left is not right:
            raise NumberError("infinities of opposite sign cannot be added")
        return left if is_infinite(left) else right
    if left is NEGATIVE_ZERO:
        return right
    if right is NEGATIVE_ZERO:
        return left
    (m, e), (n, f) = _parts(left), _parts(right)
    if e > f:
        m <<= e - f
        e = f
    else:
        n <<= f - e
    return normalise(m + n, e, precision=max(precision_of(left), precision_of(right)))


def negate(value: Number) -> Number:
    """Return the negative; that of zero is negative zero."""
    if type(value) is int:
        return -value if value else NEGATIVE_ZERO
    if isinstance(value, int):
        return short(-value, precision_of(value)) if value else NEGATIVE_ZERO
    if value.special:
        return 0 if value is NEGATIVE_ZERO else NEGATIVE_INFINITY if value is INFINITY else INFINITY
    return BigFloat(-value.mantissa, value.exponent, precision=value.precision)


def subtract(left: Number, right: Number) -> Number:
    """Return the difference."""
    return add(left, negate(right))


def multiply(left: Number, right: Number) -> Number:
    """Return the product; raise NumberError for zero times infinity."""
    if _special(left) or _special(right) or left == 0 or right == 0:
        return _multiply_special(left, right)
    (m, e), (n, f) = _parts(left), _parts(right)
    product = normalise(m * n, e + f)
    precision = max(precision_of(left), precision_of(right))
    if precision == PRECISION:
        return product
    mantissa, exponent = _parts(product)
    needed = (mantissa // (mantissa & -mantissa)).bit_length()
    return normalise(mantissa, exponent, precision=max(precision, needed))


def _negative(value: Number) -> bool:
    return value is NEGATIVE_ZERO or sign(value) < 0


def _multiply_special(left: Number, right: Number) -> Number:
    negative = _negative(left) != _negative(right)
    if is_infinite(left) or is_infinite(right):
        if left == 0 or right == 0:
            raise NumberError("zero times infinity has no value")
        return NEGATIVE_INFINITY if negative else INFINITY
    return NEGATIVE_ZERO if negative else 0


def divide(left: Number, right: Number) -> Number:
    """Return the quotient, infinite when only the divisor is zero; raise NumberError for 0/0 and inf/inf."""
    negative = _negative(left) != _negative(right)
    if right == 0 or is_infinite(right) or left == 0 or is_infinite(left):
        if (left == 0 and right == 0) or (is_infinite(left) and is_infinite(right)):
            raise NumberError("zero by zero, or infinity by infinity, has no value")
        if right == 0 or is_infinite(left):
            return NEGATIVE_INFINITY if negative else INFINITY
        return NEGATIVE_ZERO if negative else 0
    (m, e), (n, f) = _parts(left), _parts(right)
    m, n = abs(m), abs(n)
    precision = max(precision_of(left), precision_of(right))
    shift = max(0, precision + 2 + n.bit_length() - m.bit_length())
    quotient, rest = divmod(m << shift, n)
    quotient = (quotient << 1) | (1 if rest else 0)
    return normalise(-quotient if negative else quotient, e - f - shift - 1, precision=precision)


def truncate(value: Number) -> int:
    """Return the whole part, towards zero; raise NumberError for an infinity."""
    if isinstance(value, int):
        return value
    assert isinstance(value, BigFloat)
    if is_infinite(value):
        raise NumberError("infinity has no whole part")
    whole = abs(value.mantissa) >> -value.exponent
    return -whole if value.mantissa < 0 else whole


def floor(value: Number) -> Number:
    """Return the largest whole number not above, without the sign of zero; infinities stay."""
    if value is NEGATIVE_ZERO:
        return 0
    if not isinstance(value, BigFloat) or value.special:
        return value
    return value.mantissa >> -value.exponent


def ceiling(value: Number) -> Number:
    """Return the smallest whole number not below, without the sign of zero; infinities stay."""
    if value is NEGATIVE_ZERO:
        return 0
    if not isinstance(value, BigFloat) or value.special:
        return value
    return -((-value.mantissa) >> -value.exponent)


def modulo(left: Number, right: Number) -> Number:
    """Return `left - right * truncate(left / right)`; by zero it is the left side, as in Terraform.

    Raises NumberError when a side is infinite.
    """
    if is_infinite(left) or is_infinite(right):
        raise NumberError("the remainder of an infinity has no value")
    if right == 0:
        return left
    rest = subtract(left, multiply(right, truncate(divide(left, right))))
    mantissa, exponent = _parts(rest) if rest is not NEGATIVE_ZERO else (0, 0)
    return normalise(mantissa, exponent, precision=max(precision_of(left), precision_of(right))) if mantissa else rest


def compare(left: Number, right: Number) -> int:
    """Return -1, 0 or 1."""
    if type(left) is int and type(right) is int:
        return (left > right) - (left < right)
    if is_infinite(left) or is_infinite(right):
        a = sign(left) if is_infinite(left) else 0
        b = sign(right) if is_infinite(right) else 0
        return (a > b) - (a < b)
    (m, e), (n, f) = _parts(left), _parts(right)
    if e > f:
        m <<= e - f
    else:
        n <<= f - e
    return (m > n) - (m < n)


def parse(text: str) -> Number:
    """Return the number a decimal text means, rounded once.

    Accepts what a literal may be, a sign, and a leading or trailing point. Raises ValueError otherwise,
    and NumberError when the exponent is beyond reason.
    """
    if text.isascii() and text.isdigit() and len(text) < 150:
        return int(text)
    body = text.lower()
    negative = body.startswith("-")
    if body[:1] in ("-", "+"):
        body = body[1:]
    exponent = 0
    if "e" in body:
        body, _, power = body.partition("e")
        if not power.lstrip("+-").isdigit() or not power.isascii():
            raise ValueError(f"not a number: {text!r}")
        exponent = int(power) if len(power) < 12 else MAX_EXPONENT + 1
    if "." in body:
        whole, _, tail = body.partition(".")
        body = whole + tail
        exponent -= len(tail)
    if not body.isdigit() or not body.isascii():
        raise ValueError(f"not a number: {text!r}")
    if abs(exponent) > MAX_EXPONENT or len(body) > MAX_EXPONENT:
        raise NumberError("the number has too many digits")
    digits = _int(body)
    if digits == 0:
        return NEGATIVE_ZERO if negative else 0
    value = normalise(digits * 10**exponent, 0) if exponent >= 0 else divide(digits, 10**-exponent)
    return negate(value) if negative else value


def _int(digits: str) -> int:
    """Convert in pieces: Python refuses to convert more than 4,300 digits at once."""
    if len(digits) <= 4000:
        return int(digits)
    half = len(digits) // 2
    scale: int = 10**half
    return _int(digits[:-half]) * scale + _int(digits[-half:])


def _str(value: int) -> str:
    if value.bit_length() <= 13000:
        return str(value)
    half = int(value.bit_length() * 0.30103) // 2
    high, low = divmod(value, 10**half)
    return _str(high) + _str(low).rjust(half, "0")


def to_text(value: Number) -> str:
    """Return the shortest decimal that means the same number, without an exponent."""
    precision = precision_of(value)
    if isinstance(value, int) and value.bit_length() <= precision:
        return str(int(value))
    if isinstance(value, BigFloat) and value.special:
        return value.special
    return _shortest(*_parts(value), precision)


@lru_cache(maxsize=4096)
def _shortest(mantissa: int, exponent: int, precision: int) -> str:
    prefix = "-" if mantissa < 0 else ""
    mantissa = abs(mantissa)
    zeros = (mantissa & -mantissa).bit_length() - 1
    mantissa >>= zeros
    exponent += zeros
    spare = precision - mantissa.bit_length()
    unit = Fraction(2) ** (exponent - spare - 1)
    value = Fraction(mantissa) * Fraction(2) ** exponent
    low, high = value - unit, value + unit
    point = int((mantissa.bit_length() + exponent) * 0.30103) - 1
    while value >= Fraction(10) ** point:
        point += 1

    def rounded(digits: int) -> int | None:
        scale = Fraction(10) ** (point - digits)
        whole = round(value / scale)
        return whole if low <= whole * scale <= high else None

    first, last = 1, 160
    for digits in range(1, 18):
        if rounded(digits) is not None:
            first = last = digits
            break
    while first < last:
        middle = (first + last) // 2
        if rounded(middle) is not None:
            last = middle
        else:
            first = middle + 1
    found = rounded(first)
    assert found is not None, "160 digits tell any two numbers of 512 bits apart"
    digits_text, shift = _str(found), point - first
    if shift >= 0:
        return prefix + digits_text + "0" * shift
    digits_text = digits_text.rjust(-shift + 1, "0")
    return prefix + (digits_text[:shift] + "." + digits_text[shift:]).rstrip("0").rstrip(".")
