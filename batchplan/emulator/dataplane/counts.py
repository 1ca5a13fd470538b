"""What the service counts and lists for a whole account: nodes and supported images."""

from batchplan.emulator.dataplane.call import Call, listing
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


def images(call: Call) -> Reply:
    """GET /supportedimages"""
    entries = (((number,), image) for number, image in enumerate(supported_images()))
    return listing(call, "supportedimages", "BatchSupportedImage", entries, lambda image: image)
