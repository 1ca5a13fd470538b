"""Long-running operations over HTTP: `202` with `Location` and `Retry-After` until the work is done.

`Retry-After` is 15 virtual seconds in the client's real ones: 15 at speed 1, 1 at speed 60, and 0 when
the clock is frozen. A frozen clock would let a client poll for ever, so there a poll of pending
work counts as the wait it stands for: it moves the clock by 15 virtual seconds before it is answered.
"""

import hashlib
import math
from collections.abc import Mapping

from batchplan.emulator.arm.call import Call, document, empty
from batchplan.emulator.arm.refusal import front
from batchplan.emulator.model import Json, Operation
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import operations
from batchplan.emulator.world.core import World

WAIT = 15  # seconds; recorded on every 202


def retry_after(world: World) -> str:
    """Return the header's value: the wait in real seconds, rounded up."""
    speed = world.clock.speed
    return str(math.ceil(WAIT / speed)) if speed else "0"


def pass_time(world: World) -> None:
    """Let the wait pass on a frozen clock, before pending work is looked at."""
    if not world.clock.speed:
        world.clock.advance(WAIT)
        world.sync()


def accepted(call: Call, path: str, headers: Mapping[str, str] | None = None, body: Json | None = None) -> Reply:
    """Return 202 with the absolute URL to poll. `path` has no query; clients must take the URL as it is."""
    url = f"{call.request.base_url}{path}?api-version={call.version}{_signature(call, path)}"
    more = {"Location": url, "Retry-After": retry_after(call.world), **(headers or {})}
    return empty(202, more) if body is None else document(202, body, more)


def again(call: Call) -> Reply:
    """Return 202 of a poll: the same place, signed anew."""
    return accepted(call, call.request.raw_path.partition("?")[0])


def polled(call: Call, operation_id: str, *kinds: str) -> Operation | None:
    """Return an operation that is over, or None while it is pending; raise 404, or what the operation failed with."""
    operation = operations.find(call.world, operation_id)
    if operation is None or operation.kind not in kinds:
        raise front(404, "NotFound", "The operation result could not be found; it does not exist or has expired.")
    if operation.done is None:
        pass_time(call.world)
        operation = operations.find(call.world, operation_id) or operation
    if operation.done is None:
        return None
    error = operations.failure(operation)
    if error:
        raise error
    return operation


def _signature(call: Call, path: str) -> str:
    """Return the signing parameters that ARM puts on such URLs since 2024; they differ at each answer."""
    moment = call.world.now
    digest = hashlib.sha256(f"{path}:{moment}:{call.request_id}".encode()).hexdigest()
    return f"&t={moment}&c={digest[:32]}&s={digest[32:]}&h={digest[:22]}"
