"""Resource groups: where accounts live. Deleting a group deletes what is in it, then the group."""

from typing import Any

from batchplan.emulator.model import Account, Json, Operation, ResourceGroup
from batchplan.emulator.world import accounts, operations
from batchplan.emulator.world.core import Handler, World

DELETION = "group-delete"
EMPTY_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 5.0


def put_group(world: World, subscription: str, name: str, location: str, tags: Json | None = None) -> ResourceGroup:
    """Create a group, or set the tags of an existing one, and return it."""
    key = (subscription.lower(), name.lower())
    now = world.stamp()
    group = world.groups.get(key) or ResourceGroup(subscription=subscription, name=name, location=location, created=now)
    group.tags, group.modified = tags, now
    world.put("groups", key, group)
    return group


def delete_group(world: World, group: ResourceGroup) -> Operation:
    """Begin to delete a group and the accounts in it; a second call joins the deletion under way."""
    target = f"/subscriptions/{group.subscription}/resourceGroups/{group.name}"
    for each in world.operations.values():
        if each.kind == DELETION and each.target == target and each.done is None:
            return each
    key = (group.subscription.lower(), group.name.lower())
    group.state = "Deleting"
    world.touch("groups", key)
    for account in _inside(world, key):
        accounts.delete_account(world, account)
    operation = operations.begin(world, DELETION, account="", target=target)
    world.after(EMPTY_SECONDS, "group.deleted", *key, operation.id)
    return operation


def _inside(world: World, key: tuple[str, str]) -> list[Account]:
    return [each for each in world.accounts.values() if (each.subscription.lower(), each.resource_group.lower()) == key]


def _deleted(world: World, args: tuple[Any, ...]) -> None:
    subscription, name, operation_id = args
    if _inside(world, (subscription, name)):
        world.after(LOOK_AGAIN_SECONDS, "group.deleted", subscription, name, operation_id)
        return
    world.drop("groups", (subscription, name))
    operations.end(world, operation_id)


HANDLERS: dict[str, Handler] = {"group.deleted": _deleted}
