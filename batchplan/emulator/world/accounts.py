"""Batch accounts: creation and deletion that take time, keys, quotas, settings.

Creation and deletion answer at once and end later (recorded: 12 to 17 s, 31 s for the deletion of
an account with a pool). The account can be read meanwhile, as `Creating` or `Deleting`.
"""

import base64
import copy
from collections.abc import Mapping
from typing import Any

from batchplan.emulator.catalogue import Quotas, default_quotas
from batchplan.emulator.errors import ServiceError, invalid_property, refuse
from batchplan.emulator.model import Account, Json, Operation
from batchplan.emulator.world import operations
from batchplan.emulator.world.core import Handler, World

MODES = ("SharedKey", "AAD", "TaskAuthenticationToken")
PATCHABLE = ("autoStorage", "publicNetworkAccess", "networkProfile", "encryption", "allowedAuthenticationModes")
CREATE_SECONDS = (10.0, 14.0)  # under the 15 s after which clients first poll
DELETE_SECONDS = (10.0, 14.0)
EMPTYING_SECONDS = 15.0  # more, when there are pools to delete

# Tables whose keys begin with the account, in the order they are emptied.
CONTENTS = ("tasks", "jobs", "schedules", "nodes", "pools", "packages", "applications")


def find_account(world: World, name: str) -> Account | None:
    """Return an account by name in any case, or None."""
    return world.accounts.get((name.lower(),))


def resource_id(account: Account) -> str:
    """Return the ARM id, in the case the account was created with."""
    return resource_path(account.subscription, account.resource_group, account.name)


def resource_path(subscription: str, group: str, name: str) -> str:
    """Return the ARM id of an account by its parts."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Batch/batchAccounts/{name}"


def name_problem(name: str) -> str | None:
    """Return what is wrong with an account name, in the service's words, or None. Length is checked first."""
    if not 3 <= len(name) <= 24:
        return "Account name must be at least 3 characters and at most 24 characters."
    if not (name.isascii() and name.isalnum() and name == name.lower()):
        return "Account name can contain only lowercase letters and numbers."
    return None


def create_account(
    world: World,
    *,
    name: str,
    subscription: str,
    group: str,
    location: str,
    tags: Mapping[str, str] | None = None,
    identity: Json | None = None,
    properties: Json | None = None,
    quotas: Quotas | None = None,
    enforce_account_quota: bool = False,
) -> Operation:
    """Create an account, or bring an existing one to the body of a repeated PUT.

    `properties` are the writable ARM properties of the newest api-version. Raise ServiceError for
    an invalid name, a name taken elsewhere, or properties that contradict each other.
    """
    given = copy.deepcopy(properties or {})
    existing = find_account(world, name)
    if existing is not None:
        place = (subscription, group, location)
        return _recreate(world, existing, place, tags=tags, identity=identity, given=given)
    problem = name_problem(name)
    if problem:
        raise invalid_property("accountName", name, problem)
    _check_mode(given)
    account = Account(
        name=name,
        subscription=subscription,
        resource_group=group,
        location=location,
        tags=dict(tags) if tags else None,
        properties=_defaults(given),
        quotas=_quotas(given, quotas or default_quotas()),
        keys={which: _new_key(world, name, which) for which in ("primary", "secondary")},
        provisioning_state="Creating",
    )
    account.identity = _identity(world, account, identity)
    _check_encryption(account)
    account.created = account.modified = world.stamp()
    account.node_management_endpoint = f"{world.fresh_guid()}.{location}.service.batch.azure.com"
    operation = operations.begin(world, "account-create", account=name, target=resource_id(account))
    if enforce_account_quota and _region_full(world, account, quotas or default_quotas()):
        # Recorded by azurerm: the PUT is accepted, and the first poll answers 409.
        operations.end(world, operation.id, _quota_exceeded())
        return operation
    _sync_storage(world, account)
    world.put("accounts", (name.lower(),), account)
    delay = world.random("account-create", name, world.now).uniform(*CREATE_SECONDS)
    world.after(delay, "account.created", name.lower(), operation.id)
    return operation


def patch_account(
    world: World,
    account: Account,
    *,
    tags: Mapping[str, str] | None = None,
    identity: Json | None = None,
    properties: Json | None = None,
) -> Account:
    """Change what is given, leave the rest, and return the account.

    `autoStorage` with an empty `storageAccountId` removes auto-storage; `allowedAuthenticationModes: []`
    returns to the default. Raise ServiceError while the account is being created or deleted.
    """
    _require_ready(account)
    before = (account.tags, account.identity, account.properties)
    merged = {**account.properties, **copy.deepcopy({k: v for k, v in (properties or {}).items() if k in PATCHABLE})}
    candidate = _defaults(copy.deepcopy(merged))
    _check_mode(candidate)
    try:
        if tags is not None:
            account.tags = dict(tags)
        if identity is not None:
            account.identity = _identity(world, account, identity)
        account.properties = candidate
        _check_encryption(account)
    except ServiceError:
        account.tags, account.identity, account.properties = before
        raise
    if "autoStorage" in (properties or {}):
        _sync_storage(world, account)
    if (account.tags, account.identity, account.properties) != before:
        account.modified = world.stamp()
        world.touch("accounts", (account.name.lower(),))
    return account


def delete_account(world: World, account: Account) -> Operation:
    """Begin to delete an account and all it holds; a second call joins the deletion under way."""
    for each in world.operations.values():
        if each.kind == "account-delete" and each.account == account.name and each.done is None:
            return each
    account.provisioning_state = "Deleting"
    account.modified = world.stamp()
    key = account.name.lower()
    world.touch("accounts", (key,))
    operation = operations.begin(world, "account-delete", account=account.name, target=resource_id(account))
    delay = world.random("account-delete", account.name, world.now).uniform(*DELETE_SECONDS)
    if any(pool[0] == key for pool in world.pools):
        delay += EMPTYING_SECONDS
    world.after(delay, "account.deleted", key, operation.id)
    return operation


def keys(account: Account) -> dict[str, str]:
    """Return both keys; raise ServiceError when the account does not allow shared keys."""
    if "SharedKey" not in account.properties["allowedAuthenticationModes"]:
        raise refuse(
            "OperationInvalidForCurrentState",
            ("Reason", "The account does not allow authentication with shared keys"),
        )
    return dict(account.keys)


def regenerate_key(world: World, account: Account, which: str) -> dict[str, str]:
    """Replace the `Primary` or `Secondary` key and return both; the account's ETag moves."""
    keys(account)
    _require_ready(account)
    account.keys[which.lower()] = _new_key(world, account.name, which)
    account.modified = world.stamp()
    world.touch("accounts", (account.name.lower(),))
    return dict(account.keys)


def sync_storage_keys(world: World, account: Account) -> None:
    """Read the keys of the auto-storage account again; raise ServiceError when there is none."""
    if "autoStorage" not in account.properties:
        raise refuse(
            "OperationInvalidForCurrentState", ("Reason", "The account has no auto storage account configured")
        )
    _sync_storage(world, account)
    account.modified = world.stamp()
    world.touch("accounts", (account.name.lower(),))


def user_subscription(account: Account) -> bool:
    """Return whether pools are allocated in the user's own subscription."""
    return bool(account.properties["poolAllocationMode"] == "UserSubscription")


def _recreate(
    world: World,
    account: Account,
    place: tuple[str, str, str],
    *,
    tags: Mapping[str, str] | None,
    identity: Json | None,
    given: Json,
) -> Operation:
    subscription, group, location = place
    if (account.subscription.lower(), account.resource_group.lower()) != (subscription.lower(), group.lower()):
        raise ServiceError(409, "AccountAlreadyExists", f"An account named '{account.name}' is already in use.")
    if account.location != location:
        raise ServiceError(
            409,
            "InvalidResourceLocation",
            f"The resource '{account.name}' already exists in location '{account.location}' in resource group "
            f"'{account.resource_group}'. A resource with the same name cannot be created in location '{location}'. "
            "Please select a new resource name.",
        )
    if (
        given.get("poolAllocationMode", account.properties["poolAllocationMode"])
        != account.properties["poolAllocationMode"]
    ):
        raise refuse("PropertyCannotBeUpdated", ("PropertyName", "poolAllocationMode"))
    patch_account(world, account, tags=tags, identity=identity, properties=given)
    operation = operations.begin(world, "account-create", account=account.name, target=resource_id(account))
    world.after(1.0, "account.created", account.name.lower(), operation.id)
    return operation


def _check_mode(properties: Json) -> None:
    if properties.get("poolAllocationMode", "BatchService") == "UserSubscription":
        if not properties.get("keyVaultReference"):
            raise _contradiction(
                "keyVaultReference must be set if poolAllocationMode is specified as 'UserSubscription' on a PUT request"
            )
        if "SharedKey" in (properties.get("allowedAuthenticationModes") or ()):
            raise _contradiction(
                "SharedKey cannot be an allowed authentication mode if poolAllocationMode is 'UserSubscription'"
            )
    elif properties.get("keyVaultReference"):
        raise _contradiction("keyVaultReference can only be set if poolAllocationMode is 'UserSubscription'")


def _check_encryption(account: Account) -> None:
    kind = (account.identity or {}).get("type", "None")
    if account.properties["encryption"]["keySource"] == "Microsoft.KeyVault":
        if kind == "None":
            raise _contradiction("A managed identity is required when encryption.keySource is 'Microsoft.KeyVault'")
        if not account.properties["encryption"].get("keyVaultProperties", {}).get("keyIdentifier"):
            raise _contradiction("keyVaultProperties.keyIdentifier must be set if keySource is 'Microsoft.KeyVault'")
    storage = account.properties.get("autoStorage") or {}
    if storage.get("authenticationMode") == "BatchAccountManagedIdentity" and kind == "None":
        raise _contradiction("A managed identity is required for authenticationMode 'BatchAccountManagedIdentity'")


def _contradiction(reason: str) -> ServiceError:
    return refuse("InvalidRequestBody", ("Reason", reason))


def _defaults(given: Json) -> Json:
    mode = given.get("poolAllocationMode") or "BatchService"
    allowed = MODES if mode == "BatchService" else MODES[1:]
    filled: dict[str, Any] = {
        **given,
        "poolAllocationMode": mode,
        "publicNetworkAccess": given.get("publicNetworkAccess") or "Enabled",
        "encryption": given.get("encryption") or {"keySource": "Microsoft.Batch"},
        "allowedAuthenticationModes": list(given.get("allowedAuthenticationModes") or allowed),
    }
    filled["encryption"].setdefault("keySource", "Microsoft.Batch")
    storage = filled.get("autoStorage")
    if storage and storage.get("storageAccountId"):
        storage.setdefault("authenticationMode", "StorageKeys")
    else:
        filled.pop("autoStorage", None)
    return {key: value for key, value in filled.items() if value is not None}


def _quotas(properties: Json, quotas: Quotas) -> Json:
    numbers: Json = {"poolQuota": quotas.pools, "activeJobAndJobScheduleQuota": quotas.jobs_and_schedules}
    if properties.get("poolAllocationMode") == "UserSubscription":
        return {**numbers, "dedicatedCoreQuotaPerVMFamilyEnforced": False}
    return {
        **numbers,
        "dedicatedCoreQuota": quotas.dedicated,
        "lowPriorityCoreQuota": quotas.low_priority,
        "dedicatedCoreQuotaPerVMFamily": [{"name": name, "coreQuota": cores} for name, cores in quotas.families],
        "dedicatedCoreQuotaPerVMFamilyEnforced": bool(quotas.families),
    }


def _identity(world: World, account: Account, given: Json | None) -> Json:
    """Return the identity with the ids Entra would give it; `None` and absence are the same."""
    kind = (given or {}).get("type") or "None"
    if kind == "SystemAssigned":
        principal = world.guid("principal", account.name)
        return {"type": kind, "principalId": principal, "tenantId": world.guid("tenant")}
    if kind == "UserAssigned":
        assigned = (given or {}).get("userAssignedIdentities") or {}
        ids = {
            each: {"principalId": world.guid("principal", each), "clientId": world.guid("client", each)}
            for each in assigned
        }
        return {"type": kind, "userAssignedIdentities": ids}
    return {"type": "None"}


def _sync_storage(world: World, account: Account) -> None:
    storage = account.properties.get("autoStorage")
    if storage:
        storage["lastKeySync"] = world.now


def _new_key(world: World, name: str, which: str) -> str:
    return base64.b64encode(world.random("key", name, which, world.fresh_guid()).randbytes(64)).decode()


def _region_full(world: World, account: Account, quotas: Quotas) -> bool:
    here = (account.subscription.lower(), account.location)
    count = sum((each.subscription.lower(), each.location) == here for each in world.accounts.values())
    return count >= quotas.accounts_per_region


def _quota_exceeded() -> ServiceError:
    text = "The regional Batch account quota for the specified subscription has been reached."
    return ServiceError(409, "SubscriptionQuotaExceeded", text)


def _require_ready(account: Account) -> None:
    if account.provisioning_state != "Succeeded":
        raise refuse(
            "OperationInvalidForCurrentState",
            ("Reason", f"The account is in state {account.provisioning_state}"),
        )


def _created(world: World, args: tuple[Any, ...]) -> None:
    name, operation_id = args
    account = world.accounts.get((name,))
    if account is not None and account.provisioning_state == "Creating":
        account.provisioning_state = "Succeeded"
        account.modified = world.stamp()
        world.touch("accounts", (name,))
    operations.end(world, operation_id)


def _deleted(world: World, args: tuple[Any, ...]) -> None:
    name, operation_id = args
    for table in CONTENTS:
        for key in [key for key in world.table(table) if key[0] == name]:
            world.drop(table, key)
    world.drop("accounts", (name,))
    # An account of the same name may come again: nothing of this one may happen to it.
    world.index.forget(name)
    world.replace_events([each for each in world.events if each.kind in HANDLERS or each.args[:1] != (name,)])
    operations.end(world, operation_id)


HANDLERS: dict[str, Handler] = {"account.created": _created, "account.deleted": _deleted}
