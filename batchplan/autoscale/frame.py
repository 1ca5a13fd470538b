"""The state of one evaluation, and the ways it ends early."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime

from batchplan.autoscale import names
from batchplan.autoscale.api import Metrics
from batchplan.autoscale.operators import single
from batchplan.autoscale.values import Option, Series, Value

EVALUATION_ERROR = "AutoScalingFormulaEvaluationError"
INSUFFICIENT_SAMPLES = "InsufficientSampleData"


class Failed(Exception):
    """An evaluation cannot go on; `offset` is the place in the text."""

    def __init__(self, offset: int, text: str, code: str = EVALUATION_ERROR) -> None:
        super().__init__(text)
        self.offset = offset
        self.text = text
        self.code = code


class Stopped(Exception):
    """stop() was reached: what is set so far counts."""


@dataclass(slots=True)
class Frame:
    """The state of one evaluation."""

    variables: dict[str, Value]
    metrics: Metrics
    now: datetime
    task_slots: int
    chance: random.Random = field(repr=False)


def plain(frame: Frame, value: Value) -> Value:
    """A metric stands for its latest sample; before the first sample it stands for 0."""
    if isinstance(value, Series):
        samples = frame.metrics.samples(value.name)
        return float(samples[-1][1]) if samples else 0.0
    return value


def number(frame: Frame, value: Value) -> float:
    """The value as a double; raises Unsuitable when it is none."""
    return single(plain(frame, value))


def frame(
    metrics: Metrics, now: datetime, dedicated: int, low_priority: int, *, task_slots: int, seed: int = 0
) -> Frame:
    """The state an evaluation starts from."""
    moment = now if now.tzinfo else now.replace(tzinfo=UTC)
    current: dict[str, Value] = {
        names.TARGET_DEDICATED: float(dedicated),
        names.TARGET_LOW_PRIORITY: float(low_priority),
        "$TargetDedicated": float(dedicated),
        "$TargetLowPriority": float(low_priority),
        names.DEALLOCATION: Option(names.DEFAULT_OPTION),
    }
    return Frame(current, metrics, moment, task_slots, random.Random(f"{seed} {moment.isoformat()}"))  # noqa: S311
