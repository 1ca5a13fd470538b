"""Batch accounts on ARM: life cycle, settings, keys, quotas, lists."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Self

import pytest

from batchplan.emulator.catalogue import default_quotas
from batchplan.emulator.server import Emulator

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
ACCOUNTS = f"{GROUP}/providers/Microsoft.Batch/batchAccounts"
STORAGE = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/store"
VAULT = {"id": f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv", "url": "https://kv.vault.azure.net/"}


def made(emulator: Emulator, arm: Any, name: str = "acct", **body: Any) -> Any:
    """Return a new account, ready."""
    assert arm("PUT", f"{ACCOUNTS}/{name}", {"location": "westeurope", **body}).status == 202
    emulator.advance(20)
    return arm("GET", f"{ACCOUNTS}/{name}").json


def test_a_new_account_has_the_recorded_shape(emulator: Emulator, arm: Any) -> None:
    """Members, their order, and their defaults are those of a recorded account."""
    account = made(emulator, arm)
    assert list(account) == ["id", "name", "type", "location", "properties", "identity"]
    assert account["identity"] == {"type": "None"}
    properties = account["properties"]
    assert list(properties) == [
        "accountEndpoint",
        "nodeManagementEndpoint",
        "provisioningState",
        "dedicatedCoreQuota",
        "dedicatedCoreQuotaPerVMFamily",
        "dedicatedCoreQuotaPerVMFamilyEnforced",
        "lowPriorityCoreQuota",
        "poolQuota",
        "activeJobAndJobScheduleQuota",
        "poolAllocationMode",
        "publicNetworkAccess",
        "privateEndpointConnections",
        "encryption",
        "allowedAuthenticationModes",
    ]
    assert properties["provisioningState"] == "Succeeded"
    assert (properties["dedicatedCoreQuota"], properties["lowPriorityCoreQuota"]) == (500, 500)
    assert (properties["poolQuota"], properties["activeJobAndJobScheduleQuota"]) == (100, 300)
    assert len(properties["dedicatedCoreQuotaPerVMFamily"]) == 67
    assert properties["encryption"] == {"keySource": "Microsoft.Batch"}
    assert properties["allowedAuthenticationModes"] == ["SharedKey", "AAD", "TaskAuthenticationToken"]
    assert properties["nodeManagementEndpoint"].endswith(".westeurope.service.batch.azure.com")


def test_creation_takes_time_and_polls(emulator: Emulator, arm: Any) -> None:
    """PUT is 202 with an absolute URL; the account is `Creating` meanwhile; the poll ends with the account."""
    begun = arm("PUT", f"{ACCOUNTS}/acct", {"location": "westeurope"})
    assert (begun.status, begun.content) == (202, b"")
    assert begun.headers["location"].startswith(f"{emulator.arm_endpoint}{ACCOUNTS}/acct/operationResults/")
    assert "azure-asyncoperation" not in begun.headers
    assert arm("GET", f"{ACCOUNTS}/acct").json["properties"]["provisioningState"] == "Creating"
    done = arm("GET", begun.headers["location"])
    assert done.status == 200
    assert done.json["properties"]["provisioningState"] == "Succeeded"
    read = arm("GET", f"{ACCOUNTS}/acct")
    assert done.headers["etag"] > read.headers["etag"], "the poll's tag is that of its answer"
    assert read.headers["etag"].startswith('"0x')
    assert read.json == done.json


def test_a_running_clock_makes_polls_wait(make_emulator: Callable[..., Emulator], connect: Callable[..., Any]) -> None:
    """While time runs by itself a poll of pending work is 202 with the same place to ask."""
    client = connect(make_emulator(speed=0.001))
    begun = client("PUT", f"{ACCOUNTS}/acct", {"location": "westeurope"})
    again = client("GET", begun.headers["location"])
    assert (again.status, again.content) == (202, b"")
    assert again.headers["location"].partition("&")[0] == begun.headers["location"].partition("&")[0]
    assert again.headers["location"] != begun.headers["location"], "signed anew"


def test_deletion_takes_time_and_leaves_nothing(emulator: Emulator, arm: Any, account: str) -> None:
    """DELETE is 202, the account is `Deleting`, then gone with its applications; a second DELETE is 204."""
    arm("PUT", f"{account}/applications/app")
    begun = arm("DELETE", account)
    assert begun.status == 202
    assert "/locations/westeurope/accountOperationResults/acct-" in begun.headers["location"]
    assert arm("GET", account).json["properties"]["provisioningState"] == "Deleting"
    assert arm("DELETE", account).headers["location"].partition("?")[0] == begun.headers["location"].partition("?")[0]
    done = arm("GET", begun.headers["location"])
    assert (done.status, done.content) == (200, b"")
    assert "location" not in done.headers
    assert arm("GET", account).status == 404
    assert arm("DELETE", account).status == 204
    assert emulator.call(lambda world: len(world.applications)) == 0


def test_an_account_with_pools_takes_longer_to_delete(emulator: Emulator, arm: Any, account: str) -> None:
    """The first poll, 15 s later, finds it at work."""
    pool = {
        "properties": {
            "vmSize": "STANDARD_D2S_V3",
            "deploymentConfiguration": {
                "virtualMachineConfiguration": {
                    "imageReference": {
                        "publisher": "canonical",
                        "offer": "0001-com-ubuntu-server-jammy",
                        "sku": "22_04-lts",
                    },
                    "nodeAgentSkuId": "batch.node.ubuntu 22.04",
                }
            },
        }
    }
    assert arm("PUT", f"{account}/pools/p", pool).status == 200
    begun = arm("DELETE", account)
    assert [arm("GET", begun.headers["location"]).status for _ in range(2)] == [202, 200]
    assert emulator.call(lambda world: (len(world.pools), len(world.accounts))) == (0, 0)


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("ab", {"location": "westeurope"}, 400, "InvalidPropertyValue"),
        ("a" * 25, {"location": "westeurope"}, 400, "InvalidPropertyValue"),
        ("Upper", {"location": "westeurope"}, 400, "InvalidPropertyValue"),
        ("acct", {}, 400, "MissingRequiredProperty"),
        ("acct", {"location": "mars"}, 400, "LocationNotAvailableForResourceType"),
        ("acct", {"location": "westeurope", "properties": {"colour": "red"}}, 400, "InvalidRequestBody"),
        (
            "acct",
            {"location": "westeurope", "properties": {"publicNetworkAccess": "Perhaps"}},
            400,
            "InvalidPropertyValue",
        ),
        (
            "acct",
            {"location": "westeurope", "properties": {"poolAllocationMode": "UserSubscription"}},
            400,
            "InvalidRequestBody",
        ),
        ("acct", {"location": "westeurope", "properties": {"keyVaultReference": VAULT}}, 400, "InvalidRequestBody"),
        (
            "acct",
            {"location": "westeurope", "properties": {"encryption": {"keySource": "Microsoft.KeyVault"}}},
            400,
            "InvalidRequestBody",
        ),
        ("acct", [1], 400, "InvalidRequestBody"),
        ("acct", b"nope", 400, "InvalidRequestContent"),
        ("acct", b"", 400, "InvalidRequestBody"),
    ],
    ids=[
        "short",
        "long",
        "case",
        "location",
        "mars",
        "member",
        "enum",
        "vault",
        "no user mode",
        "encryption",
        "list",
        "text",
        "empty",
    ],
)
def test_a_wrong_account_is_refused_at_once(arm: Any, name: str, body: Any, status: int, code: str) -> None:
    """Faults of the body are found before anything is created."""
    answer = arm("PUT", f"{ACCOUNTS}/{name}", body)
    assert (answer.status, answer.json["error"]["code"]) == (status, code)
    assert arm("GET", f"{ACCOUNTS}/{name}").status == 404


def test_the_providers_errors_are_traced(arm: Any) -> None:
    """The provider's errors carry request id, time, target and details, as recorded."""
    answer = arm(
        "PUT", f"{ACCOUNTS}/acct", {"location": "westeurope", "properties": {"poolAllocationMode": "UserSubscription"}}
    )
    error = answer.json["error"]
    request_id = answer.headers["x-ms-request-id"]
    sentence = "The specified Request Body is not syntactically valid."
    assert error["message"].startswith(f"{sentence}\nRequestId:{request_id}\nTime:2025-06-01T08:00:0")
    assert error["target"] == "BatchAccount"
    reason = "keyVaultReference must be set if poolAllocationMode is specified as 'UserSubscription' on a PUT request"
    assert error["details"] == [{"code": "Reason", "message": reason}]


def test_a_user_subscription_account_has_no_core_quotas(emulator: Emulator, arm: Any) -> None:
    """Cores are the subscription's; shared keys are not allowed."""
    account = made(emulator, arm, properties={"poolAllocationMode": "userSubscription", "keyVaultReference": VAULT})
    properties = account["properties"]
    assert properties["poolAllocationMode"] == "UserSubscription"
    assert properties["keyVaultReference"] == VAULT
    assert not {"dedicatedCoreQuota", "lowPriorityCoreQuota", "dedicatedCoreQuotaPerVMFamily"} & set(properties)
    assert properties["dedicatedCoreQuotaPerVMFamilyEnforced"] is False
    assert "SharedKey" not in properties["allowedAuthenticationModes"]
    answer = arm("POST", f"{ACCOUNTS}/acct/listKeys")
    assert answer.status == 409


def test_a_repeated_put_is_no_second_account(emulator: Emulator, arm: Any) -> None:
    """PUT of an existing account ends with the same account; another place or mode is a conflict."""
    first = made(emulator, arm, tags={"a": "b"})
    again = arm("PUT", f"{ACCOUNTS}/ACCT", {"location": "West Europe", "tags": {"a": "c"}})
    assert again.status == 202
    assert arm("GET", again.headers["location"]).json == {**first, "tags": {"a": "c"}}
    for body, code in (
        ({"location": "eastus"}, "InvalidResourceLocation"),
        (
            {
                "location": "westeurope",
                "properties": {"poolAllocationMode": "UserSubscription", "keyVaultReference": VAULT},
            },
            "PropertyCannotBeUpdated",
        ),
    ):
        assert arm("PUT", f"{ACCOUNTS}/acct", body).json["error"]["code"] == code
    elsewhere = ACCOUNTS.replace("/rg/", "/other/")
    assert arm("PUT", f"{elsewhere}/acct", {"location": "westeurope"}).json["error"]["code"] == "AccountAlreadyExists"


@pytest.mark.parametrize(
    ("body", "path", "value"),
    [
        ({"tags": {"a": "b"}}, ("tags",), {"a": "b"}),
        ({"properties": {"publicNetworkAccess": "disabled"}}, ("properties", "publicNetworkAccess"), "Disabled"),
        (
            {
                "properties": {
                    "networkProfile": {
                        "accountAccess": {"defaultAction": "deny", "ipRules": [{"action": "allow", "value": "1.2.3.4"}]}
                    }
                }
            },
            ("properties", "networkProfile", "accountAccess"),
            {"defaultAction": "Deny", "ipRules": [{"action": "Allow", "value": "1.2.3.4"}]},
        ),
        (
            {"properties": {"allowedAuthenticationModes": ["AAD"]}},
            ("properties", "allowedAuthenticationModes"),
            ["AAD"],
        ),
        (
            {"properties": {"allowedAuthenticationModes": []}},
            ("properties", "allowedAuthenticationModes"),
            ["SharedKey", "AAD", "TaskAuthenticationToken"],
        ),
        (
            {"properties": {"autoStorage": {"storageAccountId": STORAGE}}},
            ("properties", "autoStorage", "authenticationMode"),
            "StorageKeys",
        ),
    ],
    ids=["tags", "access", "network", "modes", "no modes", "storage"],
)
def test_settings_change_in_place(emulator: Emulator, arm: Any, body: Any, path: tuple[str, ...], value: Any) -> None:
    """PATCH is synchronous, changes what it names, folds the case of enums, and moves the tag."""
    made(emulator, arm)
    before = arm("GET", f"{ACCOUNTS}/acct")
    patched = arm("PATCH", f"{ACCOUNTS}/acct", body)
    after = arm("GET", f"{ACCOUNTS}/acct")
    assert patched.status == 200
    assert patched.json == after.json
    found = after.json
    for name in path:
        found = found[name]
    assert found == value
    if after.json != before.json:
        assert before.headers["etag"] < after.headers["etag"] < patched.headers["etag"]


def test_an_equal_write_moves_nothing(emulator: Emulator, arm: Any) -> None:
    """PATCH with what is there already leaves the tag alone."""
    made(emulator, arm, tags={"a": "b"})
    before = arm("GET", f"{ACCOUNTS}/acct").headers["etag"]
    assert arm("PATCH", f"{ACCOUNTS}/acct", {"tags": {"a": "b"}}).status == 200
    assert arm("PATCH", f"{ACCOUNTS}/acct", {}).status == 200
    assert arm("GET", f"{ACCOUNTS}/acct").headers["etag"] == before


def test_auto_storage_comes_syncs_and_goes(emulator: Emulator, arm: Any) -> None:
    """Keys are synchronised with 204; an empty id removes the storage; then there is nothing to synchronise."""
    made(emulator, arm, properties={"autoStorage": {"storageAccountId": STORAGE}})
    first = arm("GET", f"{ACCOUNTS}/acct").json["properties"]["autoStorage"]
    assert first["storageAccountId"] == STORAGE
    synced = arm("POST", f"{ACCOUNTS}/acct/syncAutoStorageKeys")
    assert (synced.status, synced.content) == (204, b"")
    assert arm("GET", f"{ACCOUNTS}/acct").json["properties"]["autoStorage"]["lastKeySync"] > first["lastKeySync"]
    assert arm("PATCH", f"{ACCOUNTS}/acct", {"properties": {"autoStorage": {"storageAccountId": ""}}}).status == 200
    assert "autoStorage" not in arm("GET", f"{ACCOUNTS}/acct").json["properties"]
    assert arm("POST", f"{ACCOUNTS}/acct/syncAutoStorageKeys").status == 409


@pytest.mark.parametrize("kind", ["SystemAssigned", "UserAssigned", "None"])
def test_identities_get_their_ids(emulator: Emulator, arm: Any, kind: str) -> None:
    """The directory's ids are filled in; user-assigned identities keep the id they were named by."""
    own = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id1"
    given = {"type": kind, **({"userAssignedIdentities": {own: {}}} if kind == "UserAssigned" else {})}
    identity = made(emulator, arm, identity=given)["identity"]
    assert identity["type"] == kind
    if kind == "UserAssigned":
        assert set(identity["userAssignedIdentities"][own]) == {"clientId", "principalId"}
    assert ("principalId" in identity) == (kind == "SystemAssigned")


def test_one_key_is_renewed_at_a_time(emulator: Emulator, arm: Any, account: str) -> None:
    """regenerateKeys changes the named key only, moves the account's tag, and takes any case."""
    before, tag = arm("POST", f"{account}/listKeys").json, arm("GET", account).headers["etag"]
    after = arm("POST", f"{account}/regenerateKeys", {"keyName": "secondary"}).json
    assert after["accountName"] == "acct"
    assert after["primary"] == before["primary"]
    assert after["secondary"] != before["secondary"]
    assert len(after["secondary"]) == 88
    assert arm("POST", f"{account}/listKeys").json == after
    assert arm("GET", account).headers["etag"] > tag
    assert arm("POST", f"{account}/regenerateKeys", {"keyName": "third"}).status == 400


@pytest.mark.parametrize(
    ("version", "absent"),
    [
        ("2022-01-01", {"nodeManagementEndpoint", "privateEndpointConnections", "networkProfile"}),
        ("2022-10-01", set()),
        ("2025-06-01", set()),
    ],
)
def test_a_version_shows_what_it_knows(emulator: Emulator, arm: Any, version: str, absent: set[str]) -> None:
    """Members younger than the api-version are not shown."""
    made(emulator, arm, properties={"networkProfile": {"accountAccess": {"defaultAction": "Allow"}}})
    shown = set(arm("GET", f"{ACCOUNTS}/acct", version=version).json["properties"])
    assert {"nodeManagementEndpoint", "privateEndpointConnections", "networkProfile"} - shown == absent


def test_a_version_takes_what_it_knows(arm: Any) -> None:
    """Members younger than the api-version are refused."""
    body = {"location": "westeurope", "properties": {"networkProfile": {"accountAccess": {"defaultAction": "Allow"}}}}
    assert arm("PUT", f"{ACCOUNTS}/acct", body, version="2022-01-01").json["error"]["code"] == "InvalidRequestBody"


def test_the_account_quota_fails_the_operation(
    make_emulator: Callable[..., Emulator], connect: Callable[..., Any]
) -> None:
    """Where accounts are limited, the PUT is accepted and its poll answers 409 (recorded by azurerm)."""
    quotas = replace(default_quotas(), accounts_per_region=1)
    arm = connect(make_emulator(quotas=quotas, account_quota_enforced=True))
    assert arm("PUT", f"{ACCOUNTS}/one", {"location": "westeurope"}).status == 202
    assert arm("PUT", f"{ACCOUNTS}/far", {"location": "eastus"}).status == 202
    begun = arm("PUT", f"{ACCOUNTS}/two", {"location": "westeurope"})
    assert begun.status == 202
    failed = arm("GET", begun.headers["location"])
    assert (failed.status, failed.json["error"]["code"]) == (409, "SubscriptionQuotaExceeded")
    assert arm("GET", f"{ACCOUNTS}/two").status == 404


def test_lists_are_by_name_and_by_scope(emulator: Emulator, arm: Any) -> None:
    """A group lists its own accounts, the subscription all, each sorted by name."""
    for name in ("bbb", "aaa"):
        made(emulator, arm, name)
    other = ACCOUNTS.replace("/rg/", "/other/")
    assert arm("PUT", f"{other}/ccc", {"location": "eastus"}).status == 202
    everywhere = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Batch/batchAccounts"
    assert [each["name"] for each in arm("GET", ACCOUNTS).json["value"]] == ["aaa", "bbb"]
    assert [each["name"] for each in arm("GET", everywhere).json["value"]] == ["aaa", "bbb", "ccc"]


def test_outbound_dependencies_begin_with_the_accounts_own(arm: Any, account: str) -> None:
    """The categories are the recorded ones, the auto-storage host comes first in its own."""
    found = arm("GET", f"{account}/outboundNetworkDependenciesEndpoints").json["value"]
    assert [each["category"] for each in found] == [
        "Azure Batch",
        "Azure Storage",
        "Microsoft Package Repository",
        "Azure Key Vault",
    ]
    assert found[1]["endpoints"][0]["domainName"] == "acctstore.blob.core.windows.net"
    assert {detail["port"] for each in found for end in each["endpoints"] for detail in end["endpointDetails"]} == {443}


def test_detectors_are_listed_and_read(arm: Any, account: str) -> None:
    """Each listed detector can be read by its name in any case; another is 404."""
    listed = arm("GET", f"{account}/detectors").json["value"]
    assert listed
    for each in listed:
        assert arm("GET", f"{account}/detectors/{each['name'].upper()}").json == each
    assert arm("GET", f"{account}/detectors/none").status == 404


def test_the_sdk_lives_an_account(emulator: Emulator, management: Any) -> None:
    """azure-mgmt-batch creates, reads, updates, lists, keys and deletes an account."""
    accounts = management.batch_account
    created = accounts.begin_create("rg", "acct", {"location": "westeurope", "tags": {"a": "b"}}).result()
    assert (created.name, created.properties.provisioning_state) == ("acct", "Succeeded")
    assert accounts.get("rg", "acct").tags == {"a": "b"}
    update = {"properties": {"autoStorage": {"storageAccountId": STORAGE}}}
    assert accounts.update("rg", "acct", update).properties.auto_storage.storage_account_id == STORAGE
    accounts.synchronize_auto_storage_keys("rg", "acct")
    assert [each.name for each in accounts.list()] == ["acct"]
    assert [each.name for each in accounts.list_by_resource_group("rg")] == ["acct"]
    keys = accounts.get_keys("rg", "acct")
    assert accounts.regenerate_key("rg", "acct", {"keyName": "Primary"}).secondary == keys.secondary
    assert [each.category for each in accounts.list_outbound_network_dependencies_endpoints("rg", "acct")]
    detectors = [each.name for each in accounts.list_detectors("rg", "acct")]
    assert accounts.get_detector("rg", "acct", detectors[0]).name == detectors[0]
    accounts.begin_delete("rg", "acct").result()
    assert list(accounts.list()) == []


def test_the_asynchronous_sdk_lives_an_account(emulator: Emulator) -> None:
    """azure-mgmt-batch's aio client does the same."""
    from azure.core.credentials import AccessToken
    from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy
    from azure.mgmt.batch.aio import BatchManagementClient

    class Credential:
        async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
            return AccessToken(emulator.token(scopes[0].removesuffix("/.default")), int(time.time()) + 3600)

        async def close(self) -> None:
            """Nothing to close."""

        async def __aenter__(self) -> Self:
            return self

        async def __aexit__(self, *_: object) -> None:
            await self.close()

    class Loopback(AsyncBearerTokenCredentialPolicy):
        async def on_request(self, request: Any) -> None:
            request.context.options.setdefault("enforce_https", False)
            await super().on_request(request)

    async def live() -> list[str]:
        credential = Credential()
        policy = Loopback(credential, "https://management.azure.com/.default")
        async with BatchManagementClient(
            credential,
            SUBSCRIPTION,
            base_url=emulator.arm_endpoint,
            authentication_policy=policy,
            polling_interval=0,
            retry_total=0,
        ) as client:
            await (await client.batch_account.begin_create("rg", "acct", {"location": "westeurope"})).result()
            names = [each.name async for each in client.batch_account.list()]
            await (await client.batch_account.begin_delete("rg", "acct")).result()
            return names + [each.name async for each in client.batch_account.list()]

    assert asyncio.run(live()) == ["acct"]


def test_a_name_can_be_used_again(emulator: Emulator, arm: Any, account: str, connect: Callable[..., Any]) -> None:
    """An account deleted with work in hand leaves nothing that reaches the next of its name."""
    image = {"publisher": "canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts"}
    configuration = {"imageReference": image, "nodeAgentSKUId": "batch.node.ubuntu 22.04"}
    pool = {"id": "p", "vmSize": "standard_d2s_v3", "virtualMachineConfiguration": configuration}

    def work() -> Any:
        batch = connect(emulator, "acct")
        assert batch("POST", "/pools", {**pool, "targetDedicatedNodes": 1}).status == 201
        assert batch("POST", "/jobs", {"id": "j", "poolInfo": {"poolId": "p"}}).status == 201
        assert batch("POST", "/jobs/j/tasks", {"id": "t", "commandLine": "x"}).status == 201
        return batch

    work()
    arm("DELETE", account)
    emulator.advance(60)
    assert emulator.call(lambda world: [each for each in world.events if each.args[:1] == ("acct",)]) == []
    made(emulator, arm)
    batch = work()
    emulator.advance(600)
    assert batch("GET", "/jobs/j/tasks/t").json["state"] == "completed"
    assert batch("GET", "/pools/p").json["currentDedicatedNodes"] == 1


def test_a_refused_change_changes_nothing(arm: Any, account: str) -> None:
    """A PATCH whose parts contradict each other leaves tags, identity and storage as they were."""
    before = arm("GET", account)
    storage = {**before.json["properties"]["autoStorage"], "authenticationMode": "BatchAccountManagedIdentity"}
    body = {"tags": {"a": "b"}, "properties": {"autoStorage": {"storageAccountId": storage["storageAccountId"]}}}
    body["properties"]["autoStorage"]["authenticationMode"] = storage["authenticationMode"]
    assert arm("PATCH", account, body).status == 400
    after = arm("GET", account)
    assert (after.json, after.headers["etag"]) == (before.json, before.headers["etag"])
