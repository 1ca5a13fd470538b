"""The overloads of GetSample and GetSamplePercent, which differ by the types of their arguments."""

from collections.abc import Iterator, Sequence

from batchplan.autoscale.syntax import Expr, Method
from batchplan.autoscale.types import NUMERIC, TIME, Type

_WINDOW_FIX = "Give a number of samples, or a window such as 5 * TimeInterval_Minute."
_MOMENTS = TIME | {Type.ANY}
_NUMBERS = NUMERIC | {Type.METRIC, Type.ANY}

Fault = tuple[str, Expr, str, str]
"""Code, place, message and fix."""


def window_faults(node: Method, found: Sequence[Type]) -> Iterator[Fault]:
    """Arguments of GetSamplePercent(start [, end]) that are no moments."""
    for arg, kind in zip(node.args, found, strict=True):
        if kind not in _MOMENTS:
            message = f"{node.name} takes a timeinterval or a timestamp here, not a {kind.value}."
            yield "AS013", arg, message, "Write a window such as 5 * TimeInterval_Minute."


def get_sample_faults(node: Method, found: Sequence[Type]) -> Iterator[Fault]:
    """What is wrong with GetSample(count), (start [, percent]) or (start, end [, percent])."""
    if found[0] in NUMERIC | {Type.METRIC}:
        yield from _counted(node, found)
        return
    if found[0] not in _MOMENTS:
        yield "AS013", node.args[0], f"GetSample cannot start at a {found[0].value}.", _WINDOW_FIX
        return
    if len(found) > 1 and found[1] not in _MOMENTS | _NUMBERS:
        yield "AS013", node.args[1], f"A window cannot end at a {found[1].value}.", _WINDOW_FIX
    if len(found) == 3 and found[1] in NUMERIC:
        yield "AS013", node.args[1], "The end of a window is a timeinterval or a timestamp.", _WINDOW_FIX
    if len(found) == 3 and found[2] not in _NUMBERS:
        message = f"The share of samples is a number from 0 to 100, not a {found[2].value}."
        yield "AS013", node.args[2], message, "Give a percentage such as 70."


def _counted(node: Method, found: Sequence[Type]) -> Iterator[Fault]:
    if len(found) == 2 and found[1] in NUMERIC:
        message = "A number of samples with a percentage is not documented."
        yield "AS124", node, message, "Use a window: GetSample(5 * TimeInterval_Minute, 70)."
    elif len(found) > 1:
        yield "AS013", node, "A number of samples stands alone.", _WINDOW_FIX
