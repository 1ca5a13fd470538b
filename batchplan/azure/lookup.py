"""What `data` blocks look up: things that exist, and what Azure offers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from batchplan.azure.clients import Clients
from batchplan.azure.rawjson import Json, get, listed
from batchplan.azure.reader import AzureReader
from batchplan.core.remote import ACCOUNT_PATTERN, Remote
from batchplan.plan.observation import Observation
from batchplan.ports import NotFound

Attributes = dict[str, Any]


async def look_up(reader: AzureReader, kind: str, arguments: Mapping[str, Any]) -> Attributes:
    """Return the attributes of a data block of a kind, by its arguments. Raise AzureError."""
    return await _KINDS[kind](reader, arguments)


async def _account(reader: AzureReader, arguments: Mapping[str, Any]) -> Attributes:
    subscription = reader.clients.settings.subscription_id
    account_id = ACCOUNT_PATTERN.format(subscription, arguments["resource_group_name"], arguments["name"])
    return _shown(await _existing(reader, Remote("account", account_id, arguments["name"])), arguments)


async def _pool(reader: AzureReader, arguments: Mapping[str, Any]) -> Attributes:
    found = await _existing(reader, Remote("pool", arguments["account_id"], arguments["name"]))
    return {**_shown(found, arguments), "pool_id": found.remote.name}


async def _existing(reader: AzureReader, remote: Remote) -> Observation:
    found = await reader.read(remote)
    if found is None:
        raise NotFound(f"there is no {remote.kind} {remote.id}", code="NotFound", status=404)
    return found


def _shown(found: Observation, arguments: Mapping[str, Any]) -> Attributes:
    return {**found.facts, **found.document, **arguments}


async def _supported_images(reader: AzureReader, arguments: Mapping[str, Any]) -> Attributes:
    tests = {"osType": arguments.get("os_type"), "verificationType": arguments.get("verification_type")}
    wanted = " and ".join(f"{name} eq '{value}'" for name, value in tests.items() if value)
    client = await reader.clients.batch(arguments["account_id"])
    images = await listed(client, "/supportedimages", {"$filter": wanted} if wanted else None)
    return {**arguments, "images": [_image(image) for image in images]}


def _image(image: Json) -> Attributes:
    reference = image.get("imageReference") or {}
    return {
        "node_agent_sku_id": image.get("nodeAgentSKUId"),
        **{name: reference.get(name) for name in ("publisher", "offer", "sku", "version")},
        "os_type": image.get("osType"),
        "capabilities": list(image.get("capabilities") or ()),
        "batch_support_end_of_life": image.get("batchSupportEndOfLife"),
        "verification_type": image.get("verificationType"),
    }


async def _vm_sizes(reader: AzureReader, arguments: Mapping[str, Any]) -> Attributes:
    family = arguments.get("family")
    params = {"$filter": f"familyName eq '{family}'"} if family else None
    sizes = await listed(_arm(reader.clients), f"{_location(reader.clients, arguments)}/virtualMachineSkus", params)
    shown = [_size(size) for size in sizes]
    return {**arguments, "sizes": shown, "names": [size["name"] for size in shown]}


def _size(size: Json) -> Attributes:
    capabilities = {one["name"]: str(one["value"]) for one in size.get("capabilities") or ()}
    cores = capabilities.get("vCPUs", "")
    return {
        "name": size["name"],
        "family_name": size.get("familyName"),
        "cores": int(cores) if cores.isdigit() else None,
        "capabilities": capabilities,
        "batch_support_end_of_life": size.get("batchSupportEndOfLife"),
    }


async def _location_quota(reader: AzureReader, arguments: Mapping[str, Any]) -> Attributes:
    found = await get(_arm(reader.clients), f"{_location(reader.clients, arguments)}/quotas")
    return {**arguments, "account_quota": found.get("accountQuota")}


def _arm(clients: Clients) -> Any:
    return clients.arm_of(clients.settings.subscription_id)


def _location(clients: Clients, arguments: Mapping[str, Any]) -> str:
    place = str(arguments["location"]).replace(" ", "").lower()
    return f"/subscriptions/{clients.settings.subscription_id}/providers/Microsoft.Batch/locations/{place}"


_KINDS: Mapping[str, Callable[[AzureReader, Mapping[str, Any]], Awaitable[Attributes]]] = {
    "account": _account,
    "pool": _pool,
    "supported_images": _supported_images,
    "vm_sizes": _vm_sizes,
    "location_quota": _location_quota,
}
