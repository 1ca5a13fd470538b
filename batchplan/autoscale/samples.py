"""How a formula reads the history of a metric."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime

from batchplan.autoscale.operators import Unsuitable, kind_of
from batchplan.autoscale.values import Interval, Timestamp, Value

PERIOD = 30.0  # seconds between two samples of a metric

Samples = Sequence[tuple[datetime, float]]
Window = tuple[datetime, datetime]

_FIRST = datetime.min.replace(tzinfo=UTC)


def moment(value: Value, now: datetime) -> datetime:
    """The moment an argument of GetSample means: itself, or so long before now."""
    match value:
        case Timestamp():
            return value.datetime()
        case Interval():
            try:
                return now - value.timedelta()
            except OverflowError:
                return _FIRST if value.ticks > 0 else datetime.max.replace(tzinfo=UTC)
    raise Unsuitable(f"a window begins at a timeinterval or timestamp, not at a {kind_of(value)}")


def window(bounds: Sequence[Value], now: datetime) -> Window:
    """The time between one bound and now, or between two bounds in either order."""
    start = moment(bounds[0], now)
    end = moment(bounds[1], now) if len(bounds) > 1 else now
    return (start, end) if start <= end else (end, start)


def inside(samples: Samples, within: Window) -> Samples:
    """The samples after the start of a window, up to and including its end."""
    low = bisect_right(samples, within[0], key=_taken)
    return samples[low : bisect_right(samples, within[1], key=_taken)]


def percent(samples: Samples, within: Window) -> float:
    """How many of the samples a window can hold are there, 0 to 100."""
    possible = max(1.0, (within[1] - within[0]).total_seconds() // PERIOD)
    return min(100.0, 100.0 * len(inside(samples, within)) / possible)


def _taken(sample: tuple[datetime, float]) -> datetime:
    return sample[0]
