"""Accounts as ARM shows them, in the order of members that recordings have."""

from batchplan.emulator import ticks
from batchplan.emulator.arm.call import BATCH_ACCOUNTS, weak
from batchplan.emulator.model import Account, Json
from batchplan.emulator.world.accounts import resource_id

FIRST_QUOTAS = (
    "dedicatedCoreQuota",
    "dedicatedCoreQuotaPerVMFamily",
    "dedicatedCoreQuotaPerVMFamilyEnforced",
    "lowPriorityCoreQuota",
    "poolQuota",
    "activeJobAndJobScheduleQuota",
)
EVERYWHERE = "Applicable to all Azure Batch pools."
OWN_STORAGE = "AutoStorage endpoint for this Batch account. Applicable to all Azure Batch pools under this account."
CALLERS = (
    "Applicable to job manager tasks, tasks that use job scoped authentication, or any task that makes calls to Batch."
)
MOUNTS = (
    "Only applicable to pools containing a Mount Configuration. Learn about Mount Configurations in Batch at "
    "https://{docs}/azure/batch/virtual-file-mount."
)
AT_HOST = (
    "Learn more about encryption at host and supported VM sizes at "
    "https://{docs}/azure/virtual-machines/disks-enable-host-based-encryption-portal."
)
ENCRYPTION = (
    "Only applicable to pools containing a Disk Encryption Configuration and whose VM size does not support encryption "
    "at host. Learn more about disk encryption in Azure Batch at https://{docs}/azure/batch/disk-encryption. " + AT_HOST
)
# As recorded at 2022-10-01; the sentences above are those of the newest examples.
ENCRYPTION_BEFORE = (
    "Only applicable to pools that have a Disk Encryption Configuration containing Temporary Disk as an encryption "
    "target and which use a VM size that does not support encryption at host. Learn more about disk encryption in "
    "Batch at https://{docs}/azure/batch/disk-encryption. " + AT_HOST
)


def account_view(account: Account, version: str) -> Json:
    """Return an account; members an api-version lacks are left to the schema."""
    properties = account.properties
    shown: Json = {
        "accountEndpoint": account.endpoint,
        "nodeManagementEndpoint": account.node_management_endpoint,
        "provisioningState": account.provisioning_state,
        **{name: account.quotas.get(name) for name in FIRST_QUOTAS},
        "autoStorage": _storage(properties.get("autoStorage")),
        "poolAllocationMode": properties["poolAllocationMode"],
        "keyVaultReference": properties.get("keyVaultReference"),
        "publicNetworkAccess": properties["publicNetworkAccess"],
        "networkProfile": properties.get("networkProfile"),
        "encryption": properties["encryption"],
        "allowedAuthenticationModes": properties["allowedAuthenticationModes"],
    }
    connections = [connection_view(account, each) for each in account.private_endpoint_connections.values()]
    if connections or version >= "2022-10-01":
        shown = _inserted(shown, "privateEndpointConnections", connections, before="encryption")
    return {
        "id": resource_id(account),
        "name": account.name,
        "type": BATCH_ACCOUNTS,
        "location": account.location,
        "properties": {name: value for name, value in shown.items() if value is not None},
        "tags": account.tags,
        "identity": account.identity,
    }


def connection_view(account: Account, connection: Json) -> Json:
    """Return a private endpoint connection. `connection` is kept as {name, modified, properties}."""
    return {
        "type": f"{BATCH_ACCOUNTS}/privateEndpointConnections",
        "id": f"{resource_id(account)}/privateEndpointConnections/{connection['name']}",
        "name": connection["name"],
        "etag": weak(connection["modified"]),
        "properties": connection["properties"],
    }


def outbound_view(account: Account, version: str) -> list[Json]:
    """Return the hosts that nodes must reach, by category; that of auto-storage first."""
    newer = version >= "2023-11-01"
    docs = "learn.microsoft.com" if newer else "docs.microsoft.com"
    encryption = (ENCRYPTION if newer else ENCRYPTION_BEFORE).format(docs=docs)
    storage = account.properties.get("autoStorage")
    own = f"{storage['storageAccountId'].rpartition('/')[2]}.blob.core.windows.net" if storage else ""
    shared = [(f"*.{each}.core.windows.net", EVERYWHERE) for each in ("blob", "table", "queue")]
    categories = {
        "Azure Batch": [
            (account.endpoint.rpartition(":")[0], CALLERS),
            (account.node_management_endpoint, EVERYWHERE),
        ],
        "Azure Storage": [*([(own, OWN_STORAGE)] if own else []), *shared],
        "Microsoft Package Repository": [("packages.microsoft.com", MOUNTS.format(docs=docs))],
        "Azure Key Vault": [("*.vault.azure.net", encryption)],
    }
    return [
        {
            "category": category,
            "endpoints": [
                {"domainName": domain, "description": text, "endpointDetails": [{"port": 443}]}
                for domain, text in hosts
            ],
        }
        for category, hosts in categories.items()
    ]


def _storage(storage: Json | None) -> Json | None:
    if storage is None:
        return None
    shown = {
        "storageAccountId": storage["storageAccountId"],
        "lastKeySync": ticks.isoformat(storage["lastKeySync"]),
        "authenticationMode": storage["authenticationMode"],
    }
    if "nodeIdentityReference" in storage:
        shown["nodeIdentityReference"] = storage["nodeIdentityReference"]
    return shown


def _inserted(content: Json, name: str, value: object, *, before: str) -> Json:
    result: Json = {}
    for each, item in content.items():
        if each == before:
            result[name] = value
        result[each] = item
    return result
