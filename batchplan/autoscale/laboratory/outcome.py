"""What a simulation shows: the curve of a pool and the numbers one decides by."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """The pool at one moment, `seconds` after the start."""

    seconds: float
    dedicated: int
    low_priority: int
    target_dedicated: int
    target_low_priority: int
    waiting: int
    running: int

    @property
    def nodes(self) -> int:
        return self.dedicated + self.low_priority

    @property
    def target(self) -> int:
        return self.target_dedicated + self.target_low_priority


@dataclass(frozen=True, slots=True)
class Step:
    """One evaluation: what the formula computed, and targets and nodes just after it; `failure` is empty if it ran."""

    seconds: float
    results: str
    target_dedicated: int
    target_low_priority: int
    dedicated: int
    low_priority: int
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The report of one simulated pool. Delays are seconds from arrival to the first start.

    A task that never started counts with the time it has waited. `idle_share` is the part of the paid slot time in
    which nothing ran. `interrupted` counts runs that were cut short, `lost` tasks that were ended for good by it.
    `steps` are the evaluations, `starts` when each task first started (None: never), in the order of the workload.
    """

    name: str
    points: tuple[Point, ...]
    delay_median: float
    delay_p95: float
    delay_most: float
    finished: int
    unfinished: int
    lost: int
    interrupted: int
    dedicated_hours: float
    low_priority_hours: float
    idle_share: float
    cost: float | None
    peak_nodes: int
    evaluations: int
    failures: int
    last_failure: str = ""
    steps: tuple[Step, ...] = ()
    starts: tuple[float | None, ...] = ()

    @property
    def node_hours(self) -> float:
        return self.dedicated_hours + self.low_priority_hours


MEASURES: dict[str, str] = {
    "delay_median": "median delay",
    "delay_p95": "p95 delay",
    "delay_most": "longest delay",
    "node_hours": "node hours",
    "idle_share": "idle share",
    "cost": "cost",
    "interrupted": "interrupted runs",
    "lost": "lost tasks",
    "unfinished": "unfinished tasks",
    "peak_nodes": "most nodes",
    "failures": "failed evaluations",
}


def measure(outcome: Outcome, name: str) -> float:
    """One of MEASURES; a cost without a price is the node hours."""
    if name == "cost" and outcome.cost is None:
        return outcome.node_hours
    return float(getattr(outcome, name))


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest value that a share of the ordered values does not exceed; 0 of no values."""
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def duration(seconds: float) -> str:
    """A time for people: 45 s, 12 min, 3.5 h, 2.1 d."""
    for length, unit in ((86_400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"
