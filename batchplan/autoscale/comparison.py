"""What comparisons of ranges can come out as, and what they teach about their sides."""

import math
from dataclasses import replace

from batchplan.autoscale.ranges import Range, exactly, meet

FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
EITHER = Range(0.0, 1.0, whole=True)
ALWAYS, NEVER = exactly(1.0), exactly(0.0)


def truth(can: bool, cannot: bool) -> Range:
    """The range of a condition that can come out true, false, or both."""
    if can and cannot:
        return EITHER
    return ALWAYS if can else NEVER


def limited(value: Range, op: str, other: Range) -> Range | None:
    """What remains of `value` when `value op other` holds; None when it cannot."""
    step = 1.0 if value.whole and other.constant and other.whole else 0.0
    match op:
        case "<" | "<=":
            high = other.hi if op == "<=" else (other.hi - step if step else math.nextafter(other.hi, -math.inf))
            if value.whole and op == "<" and not step:
                high = other.hi
            return meet(value, Range(-math.inf, high, why_lo="?", why_hi=other.why_hi, kind=value.kind))
        case ">" | ">=":
            low = other.lo if op == ">=" else (other.lo + step if step else math.nextafter(other.lo, math.inf))
            if value.whole and op == ">" and not step:
                low = other.lo
            return meet(value, Range(low, math.inf, why_lo=other.why_lo, why_hi="?", kind=value.kind))
        case "==":
            return meet(replace(value, nan=False), replace(other, nan=False, kind=value.kind))
    if other.constant and value.constant and value.lo == other.lo:
        return None
    return value if not (value.whole and other.constant) else _without(value, other.lo)


def _without(value: Range, point: float) -> Range:
    if value.lo == point:
        return replace(value, lo=point + 1)
    return replace(value, hi=point - 1) if value.hi == point and not value.why_hi else value


def compared(op: str, left: Range, right: Range) -> Range:
    """The range of `left op right`; not-a-number fails every comparison but !=."""
    nan = left.nan or right.nan
    can = op == "!=" or _possible(op, left, right)
    if op == "!=":
        can = nan or not (left.constant and right.constant and left.lo == right.lo)
        cannot = _possible("==", left, right)
    else:
        cannot = nan or _fails(op, left, right)
    return truth(can, cannot)


def _possible(op: str, left: Range, right: Range) -> bool:
    match op:
        case "<":
            return left.lo < right.hi
        case "<=":
            return left.lo <= right.hi
        case ">":
            return left.hi > right.lo
        case ">=":
            return left.hi >= right.lo
    return left.lo <= right.hi and right.lo <= left.hi


def _fails(op: str, left: Range, right: Range) -> bool:
    if op == "==":
        return not (left.constant and right.constant and left.lo == right.lo)
    return _possible(OPPOSITE[op], left, right)
