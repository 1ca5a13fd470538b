"""Logarithm and power of 64-bit floats, digit for digit as Terraform's on an x86-64 machine.

The C library rounds some results to the neighbouring float, and then plans would differ in the last digit.
The methods are the published ones: FreeBSD's e_log.c for the logarithm, repeated squaring of the fraction
for whole powers, and Shibata's Taylor series with fused multiply-add for the exponential.
"""

import math
from fractions import Fraction

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_LOG_SERIES = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
_EXP_LN2_HIGH, _EXP_LN2_LOW = (
    0.69314718055966295651160180568695068359375,
    0.28235290563031577122588448175013436025525412068e-12,
)
_EXP_SERIES = (1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 0.5, 1.0)
_EXP_OVERFLOW = 7.09782712893384e02


def log(x: float) -> float:
    """Return the natural logarithm; infinite for zero, NaN below it."""
    if math.isnan(x) or x < 0:
        return math.nan
    if x == 0:
        return -math.inf
    if math.isinf(x):
        return x
    part, exponent = math.frexp(x)
    if part < math.sqrt(2) / 2:
        part *= 2
        exponent -= 1
    f, k = part - 1, float(exponent)
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    l1, l2, l3, l4, l5, l6, l7 = _LOG_SERIES
    odd = s2 * (l1 + s4 * (l3 + s4 * (l5 + s4 * l7)))
    even = s4 * (l2 + s4 * (l4 + s4 * l6))
    half_square = 0.5 * f * f
    return k * _LN2_HIGH - ((half_square - (s * (half_square + (odd + even)) + k * _LN2_LOW)) - f)


def _fused(a: float, b: float, c: float) -> float:
    """Return `a * b + c`, rounded once."""
    exact = Fraction(a) * Fraction(b) + Fraction(c)
    return exact.numerator / exact.denominator


def _exp(x: float) -> float:
    if x > _EXP_OVERFLOW:
        return math.inf
    exponent = round(x * 1.4426950408889634)
    x = _fused(-_EXP_LN2_HIGH, exponent, x)
    x = _fused(-_EXP_LN2_LOW, exponent, x) * 0.0625
    series = 1 / 40320
    for term in _EXP_SERIES:
        series = _fused(series, x, term)
    x *= series
    for _ in range(3):
        x *= x + 2.0
    return _scaled(_fused(x, x + 2.0, 1.0), exponent)


def _scaled(part: float, exponent: int) -> float:
    try:
        return math.ldexp(part, exponent)
    except OverflowError:
        return math.copysign(math.inf, part)


def power(x: float, y: float) -> float:
    """Return `x` to the power of `y`; NaN for a broken power of a negative number."""
    if y == 0 or x == 1:
        return 1.0
    if y == 1:
        return x
    if x == 0 or math.isinf(x) or math.isinf(y):
        return math.inf if x == 0 and y < 0 and not _odd(x, y) else _extreme(x, y)
    if y in (0.5, -0.5):
        if x < 0:
            return math.nan
        return math.sqrt(x) if y > 0 else 1 / math.sqrt(x)
    broken, whole = math.modf(abs(y))
    if broken and x < 0:
        return math.nan
    if whole >= 1 << 63:
        return 1.0 if x == -1 else 0.0 if (abs(x) < 1) == (y > 0) else math.inf
    result = 1.0
    if broken:
        if broken > 0.5:
            broken -= 1
            whole += 1
        result = _exp(broken * log(x))
    return _times_whole_power(result, x, int(whole), inverse=y < 0)


def _odd(x: float, y: float) -> bool:
    return math.copysign(1, x) < 0 and abs(y) < 1 << 53 and y % 2 == 1


def _extreme(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except (ValueError, OverflowError):
        return -math.inf if _odd(x, y) else math.inf


def _times_whole_power(result: float, x: float, whole: int, *, inverse: bool) -> float:
    part, step = math.frexp(x)
    exponent = 0
    while whole:
        if abs(step) > 1 << 12:
            exponent += step
            break
        if whole & 1:
            result *= part
            exponent += step
        part *= part
        step <<= 1
        if part < 0.5:
            part += part
            step -= 1
        whole >>= 1
    if inverse:
        result, exponent = 1 / result, -exponent
    return _scaled(result, exponent)
