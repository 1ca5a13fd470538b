"""Long-running ARM operations: begun by a request, ended by an event, read by a poll."""

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Operation
from batchplan.emulator.world.core import World

KEPT = ticks.seconds(24 * 3600)  # a poll later than this finds nothing, as results expire on the service


def begin(world: World, kind: str, *, account: str, target: str) -> Operation:
    """Record an operation that has just been accepted. Its id is a GUID; `target` is the path of the result."""
    _forget_old(world)
    operation = Operation(id=world.fresh_guid(), kind=kind, account=account, target=target, started=world.now)
    world.put("operations", (operation.id,), operation)
    return operation


def end(world: World, operation_id: str, error: ServiceError | None = None) -> None:
    """Record that an operation is over; nothing happens when it is already forgotten."""
    operation = world.operations.get((operation_id,))
    if operation is None:
        return
    operation.done = world.now
    operation.status = "Failed" if error else "Succeeded"
    if error:
        operation.error = {"status": error.status, "code": error.code, "message": error.message}
    world.touch("operations", (operation_id,))


def find(world: World, operation_id: str) -> Operation | None:
    """Return an operation by id in any case, or None."""
    return world.operations.get((operation_id.lower(),))


def failure(operation: Operation) -> ServiceError | None:
    """Return what an operation failed with, or None."""
    if operation.error is None:
        return None
    return ServiceError(operation.error["status"], operation.error["code"], operation.error["message"])


def _forget_old(world: World) -> None:
    old = [key for key, each in world.operations.items() if each.done is not None and each.done < world.now - KEPT]
    for key in old:
        world.drop("operations", key)
