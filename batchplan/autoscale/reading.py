"""The methods of metrics: what a formula reads from the history."""

from collections.abc import Callable
from typing import TypeAlias

from batchplan.autoscale import names
from batchplan.autoscale.frame import INSUFFICIENT_SAMPLES, Failed, Frame, plain
from batchplan.autoscale.operators import Unsuitable, single
from batchplan.autoscale.samples import PERIOD, inside, percent, window
from batchplan.autoscale.values import Interval, Series, Timestamp, Value, number_text

Reader: TypeAlias = Callable[[Frame, Series, list[Value], int], Value]
"""Takes the metric, the arguments and the offset of the call, where a failure is reported."""


def _get_sample(frame: Frame, series: Series, args: list[Value], at: int) -> Value:
    args = [plain(frame, arg) for arg in args]
    history = frame.metrics.samples(series.name)
    if not 1 <= len(args) <= 3:
        raise Unsuitable("GetSample takes one to three arguments")
    if isinstance(args[0], float | tuple):
        count = int(max(0.0, min(single(args[0]), 1e9)))
        return tuple(float(value) for _, value in history[max(0, len(history) - count) :]) if count else ()
    wanted = 0.0
    if len(args) == 3 or (len(args) == 2 and isinstance(args[1], float | tuple)):
        wanted = single(args.pop())
    within = window(args, frame.now)
    received = percent(history, within)
    if received < wanted:
        detail = f"wanted {number_text(wanted)}%, received {int(received)}%"
        raise Failed(at, f"Insufficient data from data set: {series.name} {detail}", INSUFFICIENT_SAMPLES)
    return tuple(float(value) for _, value in inside(history, within))


def _get_sample_percent(frame: Frame, series: Series, args: list[Value], _at: int) -> Value:
    if not 1 <= len(args) <= 2:
        raise Unsuitable("GetSamplePercent takes one or two arguments")
    return percent(frame.metrics.samples(series.name), window(args, frame.now))


def _history_begin(frame: Frame, series: Series, args: list[Value], _at: int) -> Value:
    if args:
        raise Unsuitable("HistoryBeginTime takes no argument")
    samples = frame.metrics.samples(series.name)
    return Timestamp.of(samples[0][0] if samples else frame.now)


def _count(frame: Frame, series: Series, args: list[Value], _at: int) -> Value:
    if args:
        raise Unsuitable("Count takes no argument")
    return float(len(frame.metrics.samples(series.name)))


def _period(_frame: Frame, _series: Series, args: list[Value], _at: int) -> Value:
    if args:
        raise Unsuitable("GetSamplePeriod takes no argument")
    return Interval(int(PERIOD) * names.TICKS)


READERS: dict[str, Reader] = {
    "GetSample": _get_sample,
    "GetSamplePercent": _get_sample_percent,
    "GetSamplePeriod": _period,
    "Count": _count,
    "HistoryBeginTime": _history_begin,
}
