"""How long a request is held before it is answered.

On the service minutes pass between the creation of a pool and the next command of a person or a
script; here those minutes are a second or less, and clients that ask for a resize right after a creation
would be refused. So, while virtual time runs, a request that needs a steady pool waits for the resize
in hand, up to two real seconds. When time is frozen, or slow, it is refused at once, as the service refuses it.
"""

import re

from batchplan.emulator import ticks
from batchplan.emulator.model import Account
from batchplan.emulator.stale import entity_of
from batchplan.emulator.wire.http import Request
from batchplan.emulator.world.core import World

LONGEST = 2.0  # real seconds
MARGIN = 0.02
_DATAPLANE = re.compile(r"/pools/[^/]+/(?:resize|removenodes|enableautoscale)/?", re.IGNORECASE)
_ARM = re.compile(r".*/pools/[^/]+/?", re.IGNORECASE)


def needed(world: World, plane: str, account: Account | None, request: Request) -> float:
    """Return the real seconds to wait before a request is served."""
    if not world.clock.speed or not _needs_steady(plane, request):
        return 0.0
    place = entity_of(plane, account, request)
    pool = world.pools.get(place[1]) if place and place[0] == "pools" else None
    if pool is None or pool.allocation_state == "steady" or pool.state == "deleting" or not pool.resize_due:
        return 0.0
    wait = max(pool.resize_due - world.clock.now(), 0) / ticks.PER_SECOND / world.clock.speed
    return wait + MARGIN if wait <= LONGEST else 0.0


def _needs_steady(plane: str, request: Request) -> bool:
    if plane == "dataplane":
        return request.method == "POST" and _DATAPLANE.fullmatch(request.path) is not None
    scaling = request.method in {"PATCH", "PUT"} and b'"fixedScale"' in request.body
    return scaling and _ARM.fullmatch(request.path) is not None
