"""Private links and perimeters on ARM."""

from batchplan.emulator.arm import polling
from batchplan.emulator.arm.accountviews import connection_view
from batchplan.emulator.arm.call import BATCH_ACCOUNTS, Call, document, empty, listing, tagged
from batchplan.emulator.arm.route import ACCOUNT, LOCATION, Route
from batchplan.emulator.arm.versions import BATCH, PERIMETERS
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.model import Account, Json
from batchplan.emulator.wire import conditions
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import network
from batchplan.emulator.world.accounts import resource_id

ZONES = {"batchAccount": ["privatelink.batch.azure.com"], "nodeManagement": ["privatelink.batch.azure.com"]}
POLL_AGAIN = 5  # seconds, in the body of a poll (recorded)


def list_links(call: Call) -> Reply:
    """Return what private endpoints can connect to."""
    account = call.account()
    return listing(call, [((name.lower(),), name) for name in _links(call)], lambda name: _link(account, name))


def get_link(call: Call) -> Reply:
    """Return one thing private endpoints can connect to."""
    account = call.account()
    for name in _links(call):
        if name.lower() == call.names["link"].lower():
            return document(200, _link(account, name))
    raise refuse("ResourceNotFound")


def list_connections(call: Call) -> Reply:
    """Return the connections of an account."""
    account = call.account()
    entries = [((key,), each) for key, each in sorted(account.private_endpoint_connections.items())]
    return listing(call, entries, lambda each: _shown(call, account, each))


def get_connection(call: Call) -> Reply:
    """Return a connection."""
    account = call.account()
    found = network.find_connection(account, call.names["connection"])
    return document(200, _shown(call, account, found), tagged(found["modified"]))


def patch_connection(call: Call) -> Reply:
    """Approve or reject a connection: 202 with the resource, then polls that tell a status."""
    account, name = call.account(), call.names["connection"]
    found = network.find_connection(account, name)
    conditions.check(call.request.headers, call.request.method, found["modified"])
    body = call.body("PrivateEndpointConnection")
    state = body.get("properties", {}).get("privateLinkServiceConnectionState")
    if state is None:
        raise refuse("MissingRequiredProperty", ("PropertyName", "privateLinkServiceConnectionState"))
    operation = network.update_connection(call.world, account, name, state)
    return _accepted(call, account, f"Updating${name}${operation.id}", _shown(call, account, found))


def delete_connection(call: Call) -> Reply:
    """Remove a connection: 202, or 204 when there is none."""
    account, name = call.account(), call.names["connection"]
    if name.lower() not in account.private_endpoint_connections:
        return empty(204)
    operation = network.delete_connection(call.world, account, name)
    return _accepted(call, account, f"Deleting${name}${operation.id}", None)


def poll_connection(call: Call) -> Reply:
    """Return the status of a change: 200 with a body in any case (recorded)."""
    _, _, guid = call.names["operation"].rpartition("$")
    try:
        done = polling.polled(call, guid, "connection-update", "connection-delete")
    except ServiceError as error:
        if error.code == "NotFound":
            raise
        return document(200, {"status": "Failed", "error": {"code": error.code, "message": error.message}})
    return document(200, {"status": "Succeeded"} if done else {"status": "InProgress", "retryAfter": POLL_AGAIN})


def list_configurations(call: Call) -> Reply:
    """Return the perimeters an account is in."""
    account = call.account()
    entries = [((key,), each) for key, each in sorted(account.perimeters.items())]
    return listing(call, entries, lambda each: _configuration(account, each))


def get_configuration(call: Call) -> Reply:
    """Return the configuration of one perimeter."""
    account = call.account()
    return document(200, _configuration(account, network.find_configuration(account, call.names["configuration"])))


def reconcile(call: Call) -> Reply:
    """Read the configuration again: 202."""
    account = call.account()
    operation = network.reconcile(call.world, account, call.names["configuration"])
    scope = f"/subscriptions/{call.names['subscription']}/providers/Microsoft.Batch/locations/{account.location}"
    return polling.accepted(call, f"{scope}/operationResults/{operation.id}")


def poll_reconciliation(call: Call) -> Reply:
    """Return 202 until a configuration has been read again, then 200."""
    done = polling.polled(call, call.names["operation"], "perimeter-reconcile")
    return empty(200) if done else polling.again(call)


def _accepted(call: Call, account: Account, operation: str, body: Json | None) -> Reply:
    reply = polling.accepted(call, f"{resource_id(account)}/privateEndpointConnectionResults/{operation}", body=body)
    reply.headers["Azure-AsyncOperation"] = reply.headers["Location"]
    return reply


def _links(call: Call) -> list[str]:
    return [name for name in ZONES if name == "batchAccount" or call.version >= "2022-10-01"]


def _link(account: Account, name: str) -> Json:
    return {
        "type": f"{BATCH_ACCOUNTS}/privateLinkResources",
        "id": f"{resource_id(account)}/privateLinkResources/{name}",
        "name": name,
        "properties": {"groupId": name, "requiredMembers": [name], "requiredZoneNames": ZONES[name]},
    }


def _shown(call: Call, account: Account, connection: Json) -> Json:
    return call.show("PrivateEndpointConnection", connection_view(account, connection))


def _configuration(account: Account, configuration: Json) -> Json:
    return {
        "type": f"{BATCH_ACCOUNTS}/networkSecurityPerimeterConfigurations",
        "id": f"{resource_id(account)}/networkSecurityPerimeterConfigurations/{configuration['name']}",
        **configuration,
    }


_CONNECTION = f"{ACCOUNT}/privateEndpointConnections/{{connection}}"
_PERIMETER = f"{ACCOUNT}/networkSecurityPerimeterConfigurations/{{configuration}}"
ROUTES = (
    Route("GET", f"{ACCOUNT}/privateLinkResources", list_links, BATCH),
    Route("GET", f"{ACCOUNT}/privateLinkResources/{{link}}", get_link, BATCH),
    Route("GET", f"{ACCOUNT}/privateEndpointConnections", list_connections, BATCH),
    Route("GET", _CONNECTION, get_connection, BATCH),
    Route("PATCH", _CONNECTION, patch_connection, BATCH),
    Route("DELETE", _CONNECTION, delete_connection, BATCH),
    Route("GET", f"{ACCOUNT}/privateEndpointConnectionResults/{{operation}}", poll_connection, BATCH),
    Route("GET", f"{ACCOUNT}/networkSecurityPerimeterConfigurations", list_configurations, PERIMETERS),
    Route("GET", _PERIMETER, get_configuration, PERIMETERS),
    Route("POST", f"{_PERIMETER}/reconcile", reconcile, PERIMETERS),
    Route("GET", f"{LOCATION}/operationResults/{{operation}}", poll_reconciliation, PERIMETERS),
)
