"""The ranges of functions that take many values and give one."""

import math
from dataclasses import replace

from batchplan.autoscale.ranges import HUGE, Abstract, Range, Vec, hull, number, widened


def reduced(name: str, args: list[Abstract]) -> Range:
    """What a function over numbers and vectors can give; no value at all makes it fail, except sum, norm and len."""
    match name:
        case "max":
            return _largest(args)
        case "min":
            return _smallest(args)
        case "avg":
            return widened(replace(hull(map(number, args)), whole=False))
        case "percentile" | "val":
            return number(args[0])
        case "len":
            return _length(args)
        case "sum":
            return _sum(args)
        case "norm":
            return _norm(args)
    return _spread(hull(map(number, args)))


def _certain(args: list[Abstract]) -> list[Range]:
    """The arguments that hold a value for sure; a vector may be empty."""
    return [number(arg) for arg in args if not isinstance(arg, Vec) or arg.least >= 1]


def _largest(args: list[Abstract]) -> Range:
    every, sure = hull(map(number, args)), _certain(args)
    if not sure:
        return every
    best = max(sure, key=lambda r: (-math.inf if r.why_lo else r.lo, r.lo))
    return replace(every, lo=best.lo, why_lo=best.why_lo)


def _smallest(args: list[Abstract]) -> Range:
    every, sure = hull(map(number, args)), _certain(args)
    if not sure:
        return every
    best = min(sure, key=lambda r: (math.inf if r.why_hi else r.hi, r.hi))
    return replace(every, hi=best.hi, why_hi=best.why_hi)


def _counts(args: list[Abstract]) -> tuple[float, float]:
    vectors = [(arg.least, arg.most) if isinstance(arg, Vec) else (1.0, 1.0) for arg in args]
    return sum(least for least, _ in vectors), sum(most for _, most in vectors)


def _length(args: list[Abstract]) -> Range:
    least, most = _counts(args)
    return Range(float(least), float(most), whole=True, why_hi="the number of samples" if most >= HUGE else "")


def _sum(args: list[Abstract]) -> Range:
    low = high = 0.0
    why_low = why_high = ""
    whole, nan = True, False
    for arg in args:
        item = number(arg)
        least, most = (arg.least, arg.most) if isinstance(arg, Vec) else (1.0, 1.0)
        low += min(item.lo * least, item.lo * most) if item.lo else 0.0
        high += max(item.hi * least, item.hi * most) if item.hi else 0.0
        why_high = why_high or item.why_hi or ("the number of samples" if most >= HUGE and item.hi > 0 else "")
        why_low = why_low or item.why_lo or ("the number of samples" if most >= HUGE and item.lo < 0 else "")
        whole, nan = whole and item.whole, nan or item.nan or math.isinf(item.lo) or math.isinf(item.hi)
    if math.isnan(low) or math.isnan(high):
        low, high, nan = -math.inf, math.inf, True
    return widened(Range(low, high, whole, nan, why_lo=why_low, why_hi=why_high))


def _norm(args: list[Abstract]) -> Range:
    every = hull(map(number, args))
    _, most = _counts(args)
    largest = max(abs(every.lo), abs(every.hi))
    why = every.why_hi or every.why_lo or ("the number of samples" if most >= HUGE and largest else "")
    return widened(Range(0.0, largest * math.sqrt(most) if largest else 0.0, nan=every.nan, why_hi=why))


def _spread(every: Range) -> Range:
    """range() and std(): no further than the distance between the ends."""
    distance = every.hi - every.lo
    infinite = math.isinf(every.lo) or math.isinf(every.hi)
    return widened(
        Range(0.0, math.inf if infinite else distance, nan=every.nan or infinite, why_hi=every.why_hi or every.why_lo)
    )
