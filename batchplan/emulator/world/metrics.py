"""The counters of a pool as autoscale formulas sample them: one sample each 30 s, seen 30 s later.

Samples are documented to be late, by about a minute. With a full minute a window of 180 s could never hold more
than 4 of its 6 samples, and Microsoft's own example, which wants 70 percent of such a window, would never follow
its tasks; a window just filled was reported to hold all of them (Azure/Batch#120). Nodes that boot are not usable.

No event ticks every 30 s. `note` is called before a counter changes and writes down, once per slot
of 30 s, what the counters were when the slot began; `samples` reads from that what each past sample was.
"""

from datetime import datetime
from functools import lru_cache

from batchplan.emulator import ticks
from batchplan.emulator.model import Pool
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.index import Counts

PERIOD = 30 * ticks.PER_SECOND
DELAY = 30 * ticks.PER_SECOND
KEPT = 720  # slots with changes; at least six hours

COUNTERS = (
    "ActiveTasks",
    "RunningTasks",
    "PendingTasks",
    "SucceededTasks",
    "FailedTasks",
    "CurrentDedicatedNodes",
    "CurrentLowPriorityNodes",
    "PreemptedNodeCount",
    "UsableNodeCount",
    "TaskSlotsPerNode",
)
_PERCENT = "CPUPercent"
ALIASES = {"CurrentDedicated": "CurrentDedicatedNodes", "CurrentLowPriority": "CurrentLowPriorityNodes"}
_USABLE = frozenset({"idle", "running", "offline"})


def note(world: World, key: Key) -> None:
    """Write down the counters of a pool as they were, before one of them changes."""
    pool = world.pools.get(key)
    if pool is None:
        return
    slot = world.now // PERIOD
    log = pool.metric_log
    if log and log[-1][0] >= slot:
        return
    log.append([slot, *_snapshot(world, key, pool)])
    if len(log) > KEPT:
        del log[0]
    world.touch("pools", key)


def samples(world: World, key: Key, name: str) -> list[tuple[datetime, float]]:
    """Return the samples of a metric (with or without `$`) that can be seen now, newest last; none for an unknown one."""
    pool = world.pools[key]
    name = name.lstrip("$")
    name = ALIASES.get(name, name)
    if name not in COUNTERS and name != _PERCENT:
        return []
    first = max(pool.created // PERIOD + 1, pool.metric_log[0][0] if len(pool.metric_log) == KEPT else 0)
    last = (world.now - DELAY) // PERIOD
    first = max(first, last - KEPT)
    present = [0, *_snapshot(world, key, pool)]
    found, position = [], 0
    for slot in range(first, last + 1):
        while position < len(pool.metric_log) and pool.metric_log[position][0] < slot:
            position += 1
        row = pool.metric_log[position] if position < len(pool.metric_log) else present
        found.append((_moment(slot), _value(name, row)))
    return found


@lru_cache(maxsize=8192)
def _moment(slot: int) -> datetime:
    return ticks.to_datetime(slot * PERIOD)


def _value(name: str, row: list[int]) -> float:
    if name != _PERCENT:
        return float(row[1 + COUNTERS.index(name)])
    running, usable, slots = (
        row[1 + COUNTERS.index(c)] for c in ("RunningTasks", "UsableNodeCount", "TaskSlotsPerNode")
    )
    return min(1.0, running / (usable * slots)) if usable else 0.0


def _snapshot(world: World, key: Key, pool: Pool) -> list[int]:
    totals = world.index.totals.get(key) or Counts()
    running, succeeded, failed = totals.running, totals.succeeded, totals.failed
    active = sum(_ready(world, job) for job in world.index.jobs_by_pool.get(key, ()))
    preempted = usable = 0
    for node in world.index.below("nodes", key):
        state = world.nodes[node].state
        preempted += state == "preempted"
        usable += state in _USABLE
    slots = int(pool.spec.get("taskSlotsPerNode") or 1)
    sizes = [pool.current_dedicated, pool.current_low_priority]
    return [active, running, active + running, succeeded, failed, *sizes, preempted, usable, slots]


def _ready(world: World, job: Key) -> int:
    """Return the tasks of a job that wait for a node only; a multi-instance task counts its instances."""
    queue = world.index.ready.get(job)
    if queue is None or world.jobs[job].state != "active":
        return 0
    extra = 0
    for shape, heap in queue.heaps.items():
        if shape.instances > 1:
            extra += (shape.instances - 1) * len({key for sequence, key in heap if queue.queued.get(key) == sequence})
    return len(queue.queued) + extra
