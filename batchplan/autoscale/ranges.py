"""Arithmetic over ranges of values: what may come out when each operand may be anything in its range."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from batchplan.autoscale.functions import divide
from batchplan.autoscale.types import Type

# Stands for "as large as a metric can be": finite, so that ordinary arithmetic applies, and never reached.
HUGE = 1e18

_EXACT = 2.0**53  # whole numbers up to here are doubles
_SLACK = 1e-12  # sums and roots may be rounded past the ends of their range


@dataclass(frozen=True, slots=True)
class Range:
    """Every value from `lo` to `hi`; `nan` when not-a-number is possible as well.

    `why_lo` and `why_hi` name what leaves that side without a limit; empty when the side is proved.
    Intervals and timestamps are ranges of ticks.
    """

    lo: float
    hi: float
    whole: bool = False
    nan: bool = False
    kind: Type = Type.DOUBLE
    why_lo: str = ""
    why_hi: str = ""

    @property
    def constant(self) -> bool:
        return self.lo == self.hi and not self.nan

    @property
    def can_be_zero(self) -> bool:
        return self.lo <= 0 <= self.hi

    @property
    def can_be_true(self) -> bool:
        return self.nan or self.lo != 0 or self.hi != 0

    @property
    def can_be_false(self) -> bool:
        return self.can_be_zero


@dataclass(frozen=True, slots=True)
class Vec:
    """A vector of `least` to `most` elements, each in `item`."""

    item: Range
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Opaque:
    """A value without a range: a string, an option, a metric, or a fault."""

    kind: Type
    name: str = ""


Abstract = Range | Vec | Opaque


def exactly(value: float, kind: Type = Type.DOUBLE) -> Range:
    """The range of one value."""
    return Range(value, value, value == math.floor(value) if math.isfinite(value) else False, kind=kind)


def anything(why: str, kind: Type = Type.DOUBLE) -> Range:
    """The range that excludes nothing."""
    return Range(-math.inf, math.inf, nan=kind is Type.DOUBLE, kind=kind, why_lo=why, why_hi=why)


def at_least_zero(why: str, *, whole: bool = False) -> Range:
    """Zero and more, without a limit because of `why`."""
    return Range(0.0, HUGE, whole, why_hi=why)


def number(value: Abstract) -> Range:
    """What the value can be where a double is expected."""
    match value:
        case Range():
            return value
        case Vec(item=item):
            return item
        case Opaque(kind=kind):
            return anything(f"a {kind.value}")


def hull(ranges: Iterable[Range]) -> Range:
    """The smallest range around all of them; there must be one at least."""
    items = list(ranges)
    low, high = min(items, key=lambda r: r.lo), max(items, key=lambda r: r.hi)
    return Range(
        low.lo,
        high.hi,
        all(r.whole for r in items),
        any(r.nan for r in items),
        items[0].kind,
        next((r.why_lo for r in items if r.why_lo), ""),
        next((r.why_hi for r in items if r.why_hi), ""),
    )


def join(left: Abstract, right: Abstract) -> Abstract:
    """What a value can be when it is one or the other."""
    match left, right:
        case Range(), Range():
            return hull((left, right))
        case Vec(), Vec():
            return Vec(hull((left.item, right.item)), min(left.least, right.least), max(left.most, right.most))
        case Vec() as vector, Range() as single:
            return Vec(hull((vector.item, single)), min(vector.least, 1), max(vector.most, 1))
        case Range() as single, Vec() as vector:
            return Vec(hull((vector.item, single)), min(vector.least, 1), max(vector.most, 1))
    return left if left == right else Opaque(Type.ANY)


def meet(left: Range, right: Range) -> Range | None:
    """What both ranges allow; None when nothing is left. A proved limit beats an open one."""
    low, high = _highest_low(left, right), _lowest_high(left, right)
    if low.lo > high.hi:
        return None
    return Range(low.lo, high.hi, left.whole or right.whole, left.nan and right.nan, left.kind, low.why_lo, high.why_hi)


def _highest_low(left: Range, right: Range) -> Range:
    return max(left, right, key=lambda r: (-math.inf if r.why_lo else r.lo, r.lo))


def _lowest_high(left: Range, right: Range) -> Range:
    return min(left, right, key=lambda r: (math.inf if r.why_hi else r.hi, r.hi))


def negative(value: Range) -> Range:
    """Minus the value."""
    return Range(0.0 - value.hi, 0.0 - value.lo, value.whole, value.nan, value.kind, value.why_hi, value.why_lo)


def add(left: Range, right: Range, kind: Type) -> Range:
    """The sum; opposite infinities make not-a-number."""
    low, high = left.lo + right.lo, left.hi + right.hi
    clash = (math.isinf(left.lo) or math.isinf(left.hi)) and (math.isinf(right.lo) or math.isinf(right.hi))
    return Range(
        -math.inf if math.isnan(low) else low,
        math.inf if math.isnan(high) else high,
        left.whole and right.whole,
        left.nan or right.nan or clash,
        kind,
        left.why_lo or right.why_lo,
        left.why_hi or right.why_hi,
    )


def multiply(left: Range, right: Range, kind: Type) -> Range:
    """The product; zero times an infinity makes not-a-number."""
    products = [a * b for a in (left.lo, left.hi) for b in (right.lo, right.hi)]
    clash = any(math.isnan(product) for product in products)
    clean = [0.0 if math.isnan(product) else product for product in products]
    open_up, open_down = _product_reasons(left, right)
    return Range(
        min(clean),
        max(clean),
        left.whole and right.whole,
        left.nan or right.nan or clash,
        kind,
        open_down,
        open_up,
    )


def _product_reasons(left: Range, right: Range) -> tuple[str, str]:
    """Why a product has no limit above and below: an open side counts unless its factor is zero or of one sign."""
    up = down = ""
    for side, other in ((left, right), (right, left)):
        if side.why_hi:
            up = up or (side.why_hi if other.hi > 0 else "")
            down = down or (side.why_hi if other.lo < 0 else "")
        if side.why_lo:
            up = up or (side.why_lo if other.lo < 0 else "")
            down = down or (side.why_lo if other.hi > 0 else "")
    return up, down


def quotient(left: Range, right: Range, kind: Type) -> Range:
    """The quotient; a divisor that can be zero leaves it without a limit."""
    if right.can_be_zero:
        return _risky_quotient(left, right, kind)
    ends = [divide(a, b) for a in (left.lo, left.hi) for b in (right.lo, right.hi)]
    clash = any(math.isnan(end) for end in ends)
    clean = [0.0 if math.isnan(end) else end for end in ends]
    up, down = (left.why_hi, left.why_lo) if right.lo > 0 else (left.why_lo, left.why_hi)
    if max(map(abs, clean)) == math.inf:
        up, down = up or "a division by almost nothing", down or "a division by almost nothing"
    low, high = min(clean), max(clean)
    return Range(
        low, high, False, left.nan or right.nan or clash, kind, down if low < 0 else "", up if high > 0 else ""
    )


def _risky_quotient(left: Range, right: Range, kind: Type) -> Range:
    why = "a division by what may be zero"
    nan = left.nan or right.nan or left.can_be_zero or math.isinf(left.lo) or math.isinf(left.hi)
    if left.lo >= 0 and right.lo >= 0:
        return Range(0.0, math.inf, False, nan, kind, "", why)
    return Range(-math.inf, math.inf, False, nan, kind, why, why)


def widened(value: Range) -> Range:
    """The same range with room for rounding."""
    low = value.lo - abs(value.lo) * _SLACK if math.isfinite(value.lo) else value.lo
    high = value.hi + abs(value.hi) * _SLACK if math.isfinite(value.hi) else value.hi
    return replace(value, lo=low, hi=high)


def monotone(function: Callable[[float], float], value: Range, *, whole: bool = False, exact: bool = True) -> Range:
    """The image under a function that never falls; it may be undefined (not-a-number) below zero."""
    low, high = function(value.lo), function(value.hi)
    nan = value.nan or math.isnan(low) or math.isnan(high)
    image = Range(
        -math.inf if math.isnan(low) else low,
        -math.inf if math.isnan(high) else high,
        whole,
        nan,
        Type.DOUBLE,
        value.why_lo,
        value.why_hi,
    )
    return image if exact else widened(image)


def arithmetic(op: str, left: Range, right: Range) -> Range:
    """left op right for + - * /, of numbers or of times."""
    kind = _kind(op, left.kind, right.kind)
    match op:
        case "+":
            found = add(left, right, kind)
        case "-":
            found = add(left, negative(right), kind)
        case "*":
            found = multiply(left, right, kind)
        case _:
            found = quotient(left, right, kind)
    return found if kind is Type.DOUBLE else _ticks(found)


def _ticks(value: Range) -> Range:
    """Times are whole ticks, and past 2^53 a double is only near them."""
    if not (math.isfinite(value.lo) and math.isfinite(value.hi)):
        return value
    whole = replace(value, lo=float(math.floor(value.lo)), hi=float(math.ceil(value.hi)))
    return whole if max(abs(whole.lo), abs(whole.hi)) < _EXACT else widened(whole)


def _kind(op: str, left: Type, right: Type) -> Type:
    if Type.TIMESTAMP in (left, right):
        return Type.INTERVAL if left is right and op == "-" else Type.TIMESTAMP
    return Type.INTERVAL if Type.INTERVAL in (left, right) else Type.DOUBLE
