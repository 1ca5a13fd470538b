"""The functions over numbers and vectors, with the arithmetic of IEEE doubles."""

import math
from collections.abc import Callable

from batchplan.autoscale.values import Vector


class Empty(Exception):
    """An aggregate of no values, or a position outside the vector."""


def divide(left: float, right: float) -> float:
    """IEEE division: never raises. A zero divisor counts as positive, whatever its sign."""
    if right:
        return left / right
    if left == 0 or math.isnan(left) or math.isnan(right):
        return math.nan
    return math.copysign(math.inf, left)


def _logarithm(function: Callable[[float], float]) -> Callable[[float], float]:
    def safe(value: float) -> float:
        if value > 0:
            return function(value)
        return -math.inf if value == 0 else math.nan

    return safe


def _whole(function: Callable[[float], float]) -> Callable[[float], float]:
    def safe(value: float) -> float:
        return float(function(value)) if math.isfinite(value) else value

    return safe


def _some(function: Callable[[Vector], float]) -> Callable[[Vector], float]:
    def safe(values: Vector) -> float:
        if not values:
            raise Empty
        if any(math.isnan(value) for value in values):
            return math.nan
        return function(values)

    return safe


def _average(values: Vector) -> float:
    # Clamped, because rounding may carry a mean of equal values past them.
    return min(max(sum(values) / len(values), min(values)), max(values))


def _deviation(values: Vector) -> float:
    """The sample standard deviation; that of a single value is taken as 0."""
    if any(math.isinf(value) for value in values):
        return math.nan
    if len(values) < 2:
        return 0.0
    mean = _average(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


REDUCE: dict[str, Callable[[Vector], float]] = {
    "avg": _some(_average),
    "max": _some(max),
    "min": _some(min),
    "sum": lambda values: float(sum(values)),
    "range": _some(lambda values: max(values) - min(values)),
    "std": _some(_deviation),
    "norm": lambda values: math.hypot(*values),
    "len": lambda values: float(len(values)),
}

EACH: dict[str, Callable[[float], float]] = {
    "lg": _logarithm(math.log2),
    "ln": _logarithm(math.log),
    "log": _logarithm(math.log10),
    "ceil": _whole(math.ceil),
    "floor": _whole(math.floor),
    "round": _whole(round),  # halves go to the even neighbour, as in .NET
}


def percentile(values: Vector, percent: float) -> float:
    """The smallest value that at least `percent` of the values do not exceed."""
    if not values or math.isnan(percent):
        raise Empty
    ordered = sorted(values)
    rank = math.ceil(max(0.0, min(100.0, percent)) / 100 * len(ordered))
    return ordered[max(1, rank) - 1]


def element(values: Vector, index: float) -> float:
    """The value at a position counted from zero."""
    if not math.isfinite(index) or not 0 <= int(index) < len(values):
        raise Empty
    return values[int(index)]


PICK: dict[str, Callable[[Vector, float], float]] = {"percentile": percentile, "val": element}
