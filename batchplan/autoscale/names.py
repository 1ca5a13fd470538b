"""The names of the language as data: variables, functions, methods, constants, options, and their history."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

TARGET_DEDICATED = "$TargetDedicatedNodes"
TARGET_LOW_PRIORITY = "$TargetLowPriorityNodes"
DEALLOCATION = "$NodeDeallocationOption"
TASK_SLOTS = "$TaskSlotsPerNode"

TARGETS = (TARGET_DEDICATED, TARGET_LOW_PRIORITY)

OPTIONS = {
    "requeue": "running tasks are stopped and queued again",
    "terminate": "running tasks are stopped for good",
    "taskcompletion": "a node leaves when its running tasks have finished",
    "retaineddata": "a node leaves when its tasks have finished and their retention time is over",
}
DEFAULT_OPTION = "requeue"


@dataclass(frozen=True, slots=True)
class Metric:
    """A series sampled every 30 seconds. `retired` is the day after which the service stopped filling it."""

    meaning: str
    kind: str = "count"  # count, tasks, nodes, percent, amount
    retired: str = ""
    note: str = ""


_RETIRED = "2024-03-31"


def _retired(meaning: str) -> Metric:
    return Metric(meaning, "amount", _RETIRED)


METRICS: dict[str, Metric] = {
    "$ActiveTasks": Metric("tasks that wait and are ready to run", "tasks"),
    "$RunningTasks": Metric("tasks that run", "tasks"),
    "$PendingTasks": Metric("tasks that wait or run", "tasks"),
    "$SucceededTasks": Metric("tasks that finished well", "tasks"),
    "$FailedTasks": Metric("tasks that failed", "tasks"),
    TASK_SLOTS: Metric("task slots of a node", "count"),
    "$CurrentDedicatedNodes": Metric("dedicated nodes now", "nodes"),
    "$CurrentLowPriorityNodes": Metric("Spot or low-priority nodes now, preempted ones included", "nodes"),
    "$PreemptedNodeCount": Metric("preempted nodes", "nodes", note="it is reported to read 0 always"),
    "$UsableNodeCount": Metric("usable nodes", "nodes"),
    "$CPUPercent": Metric("average use of the processors", "percent"),
    "$WallClockSeconds": _retired("seconds used"),
    "$MemoryBytes": _retired("bytes of memory used"),
    "$DiskBytes": _retired("bytes of disk used"),
    "$DiskReadBytes": _retired("bytes read from disk"),
    "$DiskWriteBytes": _retired("bytes written to disk"),
    "$DiskReadOps": _retired("reads from disk"),
    "$DiskWriteOps": _retired("writes to disk"),
    "$NetworkInBytes": _retired("bytes received"),
    "$NetworkOutBytes": _retired("bytes sent"),
    "$SampleNodeCount": _retired("nodes that sent samples"),
}

ALIASES = {
    "$TargetDedicated": TARGET_DEDICATED,
    "$TargetLowPriority": TARGET_LOW_PRIORITY,
    "$CurrentDedicated": "$CurrentDedicatedNodes",
    "$CurrentLowPriority": "$CurrentLowPriorityNodes",
}

TICKS = 10_000_000  # of 100 nanoseconds, in a second

INTERVALS = {
    "TimeInterval_Zero": 0,
    "TimeInterval_100ns": 1,
    "TimeInterval_Microsecond": 10,
    "TimeInterval_Millisecond": TICKS // 1000,
    "TimeInterval_Second": TICKS,
    "TimeInterval_Minute": 60 * TICKS,
    "TimeInterval_Hour": 3600 * TICKS,
    "TimeInterval_Day": 86_400 * TICKS,
    "TimeInterval_Week": 7 * 86_400 * TICKS,
    "TimeInterval_Year": 365 * 86_400 * TICKS,  # the length is not documented; a common year is assumed
}

# Smallest and largest value of each member of a timestamp. Monday is 1; whether Sunday is 0 or 7 is not documented.
MEMBERS: dict[str, tuple[float, float]] = {
    "year": (1, 9999),
    "month": (1, 12),
    "day": (1, 31),
    "weekday": (0, 7),
    "hour": (0, 23),
    "minute": (0, 59),
    "second": (0, 59),
}


@dataclass(frozen=True, slots=True)
class Function:
    """`shape` says how arguments and result relate:

    reduce: numbers and vectors, flattened, to a number; each: a number to a number or a vector to a vector;
    pick: a vector and a number to a number; clock: nothing or a text to a timestamp; none: no argument to a number.
    """

    shape: str
    meaning: str


FUNCTIONS: dict[str, Function] = {
    "avg": Function("reduce", "the average of {}"),
    "max": Function("reduce", "the largest of {}"),
    "min": Function("reduce", "the smallest of {}"),
    "sum": Function("reduce", "the sum of {}"),
    "range": Function("reduce", "the distance between the smallest and the largest of {}"),
    "std": Function("reduce", "the sample standard deviation of {}"),
    "norm": Function("reduce", "the two-norm of {}"),
    "len": Function("reduce", "the number of values in {}"),
    "lg": Function("each", "the base-2 logarithm of {}"),
    "ln": Function("each", "the natural logarithm of {}"),
    "log": Function("each", "the base-10 logarithm of {}"),
    "ceil": Function("each", "{} rounded up"),
    "floor": Function("each", "{} rounded down"),
    "round": Function("each", "{} rounded"),
    "percentile": Function("pick", "the percentile {1} of {0}"),
    "val": Function("pick", "element {1} of {0}"),
    "rand": Function("none", "a random number between 0 and 1"),
    "time": Function("clock", "the time {}"),
    "stop": Function("stop", "the end of the evaluation"),
}

METHODS: dict[str, str] = {
    "GetSample": "samples",
    "GetSamplePercent": "the share of samples present, in percent",
    "GetSamplePeriod": "the time between two samples",
    "Count": "the number of samples in the history",
    "HistoryBeginTime": "the time of the oldest sample",
}

SERVICE_NAMES = (*TARGETS, DEALLOCATION, *METRICS, *ALIASES)


def canonical(name: str) -> str:
    """The full name behind an alias."""
    return ALIASES.get(name, name)


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant, or None; letter case weighs nothing."""
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.lower(), candidate)
    found = get_close_matches(name.lower(), folded, n=1, cutoff=0.8)
    return folded[found[0]] if found else None
