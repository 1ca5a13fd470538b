"""Batch accounts on ARM."""

from batchplan.emulator import ticks
from batchplan.emulator.arm import polling
from batchplan.emulator.arm.accountviews import account_view, outbound_view
from batchplan.emulator.arm.call import BATCH_ACCOUNTS, Call, document, empty, listing, strong
from batchplan.emulator.arm.refusal import no_group, no_resource
from batchplan.emulator.arm.route import ACCOUNT, LOCATION, Route
from batchplan.emulator.arm.versions import BATCH
from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Account, Json
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import accounts, groups

FAMILIES = "dedicatedCoreQuotaPerVMFamily"
# Recorded: the answer of a PATCH carries a tag a little later than the one the next GET shows.
PATCH_LAG = ticks.seconds(0.0237)
DETECTORS = {
    "poolsAndNodes": '{"id":"poolsAndNodes","name":"Pools and nodes","category":"Availability and Performance"}',
    "quotaUsage": '{"id":"quotaUsage","name":"Quota usage","category":"Quota"}',
}


def put_account(call: Call) -> Reply:
    """Create an account: 202, ready some 15 s later."""
    names = call.names
    body = call.body("BatchAccountCreateParameters")
    location = call.location(body["location"])
    key = (names["subscription"].lower(), names["group"].lower())
    if key not in call.world.groups and call.site.strict_groups:
        raise no_group(names["group"])
    operation = accounts.create_account(
        call.world,
        name=names["account"],
        subscription=names["subscription"],
        group=names["group"],
        location=location,
        tags=body.get("tags"),
        identity=body.get("identity"),
        properties=body.get("properties"),
        quotas=call.site.quotas,
        enforce_account_quota=call.site.account_quota_enforced,
    )
    if key not in call.world.groups:
        groups.put_group(call.world, names["subscription"], names["group"], location)
    account = accounts.find_account(call.world, names["account"])
    if account is not None and not account.endpoint:
        account.endpoint = call.site.open_account(account.name.lower())
    path = f"{accounts.resource_path(names['subscription'], names['group'], names['account'])}/operationResults"
    return polling.accepted(call, f"{path}/{operation.id}")


def poll_creation(call: Call) -> Reply:
    """Return 202 while an account is being created, then 200 with it. The tag is that of this answer (recorded)."""
    done = polling.polled(call, call.names["operation"], "account-create")
    if done is None:
        return polling.again(call)
    return document(200, _shown(call, call.account()), strong(call.world.stamp()))


def get_account(call: Call) -> Reply:
    """Return an account."""
    account = call.account()
    return document(200, _shown(call, account), strong(account.modified))


def patch_account(call: Call) -> Reply:
    """Change an account; synchronous."""
    account = call.account()
    body = call.body("BatchAccountUpdateParameters", optional=True)
    accounts.patch_account(
        call.world,
        account,
        tags=body.get("tags"),
        identity=body.get("identity"),
        properties=body.get("properties"),
    )
    return document(200, _shown(call, account), strong(account.modified + PATCH_LAG))


def delete_account(call: Call) -> Reply:
    """Delete an account and all in it: 202; 204 when there is none."""
    try:
        account = call.account()
    except type(no_resource("", "")) as error:
        if error.code != "ResourceNotFound":
            raise
        return empty(204)
    operation = accounts.delete_account(call.world, account)
    scope = f"/subscriptions/{call.names['subscription']}/providers/Microsoft.Batch/locations/{account.location}"
    return polling.accepted(call, f"{scope}/accountOperationResults/{account.name}-{operation.id}")


def poll_deletion(call: Call) -> Reply:
    """Return 202 while an account is being deleted, then 200; both empty."""
    _, _, guid = call.names["operation"].partition("-")
    return empty(200) if polling.polled(call, guid, "account-delete") else polling.again(call)


def list_accounts(call: Call) -> Reply:
    """Return the accounts of a group, or of the whole subscription."""
    subscription, group = call.names["subscription"].lower(), call.names.get("group")
    if group is not None:
        call.group()
    found = (
        ((key[0],), account)
        for key, account in sorted(call.world.accounts.items())
        if account.subscription.lower() == subscription
        and (group is None or account.resource_group.lower() == group.lower())
    )
    return listing(call, found, lambda account: _shown(call, account))


def list_keys(call: Call) -> Reply:
    """Return both keys."""
    account = call.account()
    return document(200, {"accountName": account.name, **accounts.keys(account)})


def regenerate_key(call: Call) -> Reply:
    """Replace one key and return both."""
    account = call.account()
    body = call.body("BatchAccountRegenerateKeyParameters")
    return document(200, {"accountName": account.name, **accounts.regenerate_key(call.world, account, body["keyName"])})


def sync_storage_keys(call: Call) -> Reply:
    """Read the keys of the auto-storage account again."""
    accounts.sync_storage_keys(call.world, call.account())
    return empty(204)


def outbound(call: Call) -> Reply:
    """Return what nodes must reach."""
    return document(200, {"value": outbound_view(call.account(), call.version)})


def list_detectors(call: Call) -> Reply:
    """Return the detectors."""
    account = call.account()
    return document(200, {"value": [_detector(account, each) for each in DETECTORS]})


def get_detector(call: Call) -> Reply:
    """Return a detector by its name."""
    account, wanted = call.account(), call.names["detector"]
    for each in DETECTORS:
        if each.lower() == wanted.lower():
            return document(200, _detector(account, each))
    raise refuse("ResourceNotFound")


def _detector(account: Account, name: str) -> Json:
    return {
        "type": f"{BATCH_ACCOUNTS}/detectors",
        "id": f"{accounts.resource_id(account)}/detectors/{name}",
        "name": name,
        "properties": {"value": DETECTORS[name]},
    }


def _shown(call: Call, account: Account) -> Json:
    view = account_view(account, call.version)
    families = view["properties"].get(FAMILIES)
    if not families:
        return call.show("BatchAccount", view)
    # Every version shows the many families alike: they need not pass through the schema one by one.
    view["properties"][FAMILIES] = []
    shown = call.show("BatchAccount", view)
    shown["properties"][FAMILIES] = families
    return shown


_LATER = tuple(each for each in BATCH if each >= "2022-06-01")
ROUTES = (
    Route("GET", "/subscriptions/{subscription}/providers/Microsoft.Batch/batchAccounts", list_accounts),
    Route("GET", ACCOUNT.rpartition("/")[0], list_accounts),
    Route("PUT", ACCOUNT, put_account),
    Route("GET", ACCOUNT, get_account),
    Route("PATCH", ACCOUNT, patch_account),
    Route("DELETE", ACCOUNT, delete_account),
    Route("GET", f"{ACCOUNT}/operationResults/{{operation}}", poll_creation),
    Route("GET", f"{LOCATION}/accountOperationResults/{{operation}}", poll_deletion),
    Route("POST", f"{ACCOUNT}/listKeys", list_keys),
    Route("POST", f"{ACCOUNT}/regenerateKeys", regenerate_key),
    Route("POST", f"{ACCOUNT}/syncAutoStorageKeys", sync_storage_keys),
    Route("GET", f"{ACCOUNT}/outboundNetworkDependenciesEndpoints", outbound),
    Route("GET", f"{ACCOUNT}/detectors", list_detectors, _LATER),
    Route("GET", f"{ACCOUNT}/detectors/{{detector}}", get_detector, _LATER),
)
