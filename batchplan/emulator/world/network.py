"""Private endpoint connections and perimeter configurations of an account.

The service makes both when something is connected from the network's side, which is not emulated:
`connect` and `associate` are that side, for tests and the admin interface.
"""

from typing import Any

from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Account, Json, Operation
from batchplan.emulator.world import operations
from batchplan.emulator.world.accounts import resource_id
from batchplan.emulator.world.core import Handler, World

SECONDS = 8.0


def connect(world: World, account: Account, name: str, endpoint: str, group: str = "batchAccount") -> Json:
    """Add a pending connection from a private endpoint (its ARM id) and return it; the name gets a GUID, as there."""
    full = f"{name}.{world.fresh_guid()}"
    connection: Json = {
        "name": full,
        "modified": world.stamp(),
        "properties": {
            "provisioningState": "Succeeded",
            "privateEndpoint": {"id": endpoint},
            "groupIds": [group],
            "privateLinkServiceConnectionState": {"status": "Pending", "description": "", "actionsRequired": "None"},
        },
    }
    account.private_endpoint_connections[full.lower()] = connection
    _touch(world, account)
    return connection


def associate(world: World, account: Account, perimeter: str) -> Json:
    """Add a perimeter's configuration (ARM id of the perimeter) and return it."""
    guid = world.fresh_guid()
    name = f"{guid}.association"
    configuration: Json = {
        "name": name,
        "properties": {
            "provisioningState": "Succeeded",
            "provisioningIssues": [],
            "networkSecurityPerimeter": {"id": perimeter, "perimeterGuid": guid, "location": account.location},
            "resourceAssociation": {"name": "association", "accessMode": "Learning"},
            "profile": {"name": "default", "accessRulesVersion": 1, "accessRules": [], "diagnosticSettingsVersion": 1},
        },
    }
    account.perimeters[name.lower()] = configuration
    _touch(world, account)
    return configuration


def find_connection(account: Account, name: str) -> Json:
    """Return a connection by name in any case; raise ResourceNotFound."""
    found: Json | None = account.private_endpoint_connections.get(name.lower())
    if found is None:
        raise refuse("ResourceNotFound")
    return found


def find_configuration(account: Account, name: str) -> Json:
    """Return a perimeter's configuration by name in any case; raise ResourceNotFound."""
    found: Json | None = account.perimeters.get(name.lower())
    if found is None:
        raise refuse("ResourceNotFound")
    return found


def update_connection(world: World, account: Account, name: str, state: Json) -> Operation:
    """Begin to set a connection's state; the tag moves now and not again when it is done."""
    connection = find_connection(account, name)
    kept = connection["properties"]["privateLinkServiceConnectionState"]
    connection["properties"]["privateLinkServiceConnectionState"] = {**kept, **state}
    connection["properties"]["provisioningState"] = "Updating"
    connection["modified"] = world.stamp()
    _touch(world, account)
    return _begin(world, account, "connection-update", name)


def delete_connection(world: World, account: Account, name: str) -> Operation:
    """Begin to remove a connection."""
    connection = find_connection(account, name)
    connection["properties"]["provisioningState"] = "Deleting"
    connection["modified"] = world.stamp()
    _touch(world, account)
    return _begin(world, account, "connection-delete", name)


def reconcile(world: World, account: Account, name: str) -> Operation:
    """Begin to read a perimeter's configuration again."""
    find_configuration(account, name)
    return _begin(world, account, "perimeter-reconcile", name)


def _begin(world: World, account: Account, kind: str, name: str) -> Operation:
    operation = operations.begin(world, kind, account=account.name, target=f"{resource_id(account)}/{name}")
    world.after(SECONDS, "network.done", account.name.lower(), kind, name.lower(), operation.id)
    return operation


def _touch(world: World, account: Account) -> None:
    world.touch("accounts", (account.name.lower(),))


def _done(world: World, args: tuple[Any, ...]) -> None:
    key, kind, name, operation_id = args
    account = world.accounts.get((key,))
    if account is not None and name in account.private_endpoint_connections:
        if kind == "connection-delete":
            del account.private_endpoint_connections[name]
        elif kind == "connection-update":
            account.private_endpoint_connections[name]["properties"]["provisioningState"] = "Succeeded"
        _touch(world, account)
    operations.end(world, operation_id)


HANDLERS: dict[str, Handler] = {"network.done": _done}
