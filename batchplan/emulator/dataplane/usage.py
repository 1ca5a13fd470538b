"""How many core hours pools used, by half hours: from the samples that autoscale formulas see.

Source: Microsoft Learn, "Pool - List Usage Metrics": intervals of 30 minutes; an interval is told two hours
after its end; without times only the last one. Samples reach six hours back, and go with their pool.
"""

from collections.abc import Iterator

from batchplan.emulator import ticks
from batchplan.emulator.dataplane.call import Call, invalid_query, listing
from batchplan.emulator.model import Json, Pool
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.wire.paging import SortKey
from batchplan.emulator.world import metrics, pools, quotas

INTERVAL = 1800 * ticks.PER_SECOND
_TOLD_AFTER = 2 * 3600 * ticks.PER_SECOND
_NODES = ("CurrentDedicatedNodes", "CurrentLowPriorityNodes")
_SAMPLES_PER_HOUR = 3600 * ticks.PER_SECOND / metrics.PERIOD


def list_all(call: Call) -> Reply:
    """GET /poolusagemetrics, by time, then by pool"""
    last = (call.world.now - _TOLD_AFTER) // INTERVAL * INTERVAL  # the end of the last interval told
    begin = _time(call, "starttime", last - INTERVAL, last - INTERVAL)
    end = _time(call, "endtime", last, last)
    entries = sorted(_entries(call, begin, end), key=lambda entry: entry[0])
    return listing(call, "poolusagemetrics", "BatchPoolUsageMetrics", entries, lambda entry: entry)


def _time(call: Call, name: str, default: int, latest: int) -> int:
    text = call.request.query.get(name)
    if not text:
        return default
    try:
        moment = ticks.parse_iso(text)
    except (ValueError, OverflowError):
        raise invalid_query(name, text, "The value is not a valid timestamp") from None
    if moment > latest + INTERVAL:
        raise invalid_query(name, text, "Usage of that time is not available yet")
    return moment


def _entries(call: Call, begin: int, end: int) -> Iterator[tuple[SortKey, Json]]:
    for key in call.world.index.below("pools", (call.key,)):
        pool = call.world.pools[key]
        for start, hours in sorted(_core_hours(call, pool).items()):
            if begin <= start and start + INTERVAL <= end:
                yield (
                    (start, pool.id.lower()),
                    {
                        "poolId": pool.id,
                        "startTime": ticks.isoformat(start),
                        "endTime": ticks.isoformat(start + INTERVAL),
                        "vmSize": pool.spec["vmSize"],
                        "totalCoreHours": hours,
                    },
                )


def _core_hours(call: Call, pool: Pool) -> dict[int, float]:
    """Return the core hours of a pool by the start of each half hour in which it had nodes."""
    cores = quotas.cores(pool.spec["vmSize"])
    hours: dict[int, float] = {}
    for name in _NODES:
        for moment, nodes in metrics.samples(call.world, pools.key_of(pool), name):
            if nodes:
                start = ticks.from_datetime(moment) // INTERVAL * INTERVAL
                hours[start] = hours.get(start, 0.0) + nodes * cores / _SAMPLES_PER_HOUR
    return {start: round(amount, 6) for start, amount in hours.items()}
