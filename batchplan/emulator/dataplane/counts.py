"""What the service counts and lists for a whole account: nodes, usage, supported images."""

from batchplan.emulator import ticks
from batchplan.emulator.dataplane.call import Call, invalid_query, listing
from batchplan.emulator.images import supported_images
from batchplan.emulator.model import Json
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import pools

_MOST_POOLS = 10  # a page has no more, and `maxresults` may not ask for more (documented until 2024)

# The service's names of the states, in its order (recorded).
_STATES = (
    "creating",
    "idle",
    "leavingPool",
    "offline",
    "preempted",
    "rebooting",
    "reimaging",
    "running",
    "starting",
    "startTaskFailed",
    "unusable",
    "unknown",
    "upgradingOS",
    "waitingForStartTask",
    "deallocated",
    "deallocating",
    "total",
)


def node_counts(call: Call) -> Reply:
    """GET /nodecounts: all pools by id, empty ones too"""
    found = pools.node_counts(call.world, call.account)
    entries = (
        ((pool.id.lower(),), {"poolId": pool.id, "dedicated": dedicated, "lowPriority": low_priority})
        for pool, dedicated, low_priority in found
    )
    return listing(call, "poolnodecounts", "BatchPoolNodeCounts", entries, _counts, most=_MOST_POOLS)


def _counts(counted: Json) -> Json:
    return {name: value if name == "poolId" else _named(value) for name, value in counted.items()}


def _named(states: Json) -> Json:
    return {name: states.get(name.lower(), 0) for name in _STATES}


def usage_metrics(call: Call) -> Reply:
    """GET /poolusagemetrics: nothing is metered here, as in a fresh account (recorded)"""
    for name in ("starttime", "endtime"):
        text = call.request.query.get(name)
        if text:
            _check_time(name, text)
    return listing(call, "poolusagemetrics", "BatchPoolUsageMetrics", (), lambda each: each)


def _check_time(name: str, text: str) -> None:
    try:
        ticks.parse_iso(text)
    except (ValueError, OverflowError):
        raise invalid_query(name, text, "The value is not a valid timestamp") from None


def images(call: Call) -> Reply:
    """GET /supportedimages"""
    entries = (((number,), image) for number, image in enumerate(supported_images()))
    return listing(call, "supportedimages", "BatchSupportedImage", entries, lambda image: image)
