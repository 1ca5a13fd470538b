"""Applications, packages, private links, perimeters, and what a region offers."""

from typing import Any

import pytest

from batchplan.emulator.server import Emulator
from batchplan.emulator.world import network

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
LOCATION = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Batch/locations/westeurope"


def test_an_application_without_a_body_takes_defaults(arm: Any, account: str) -> None:
    """PUT needs no body and is 200 even when new; the tag is weak, in header and body."""
    made = arm("PUT", f"{account}/applications/App")
    assert made.status == 200
    assert list(made.json) == ["type", "id", "name", "etag", "properties"]
    assert made.json["properties"] == {"allowUpdates": True}
    assert made.json["etag"] == made.headers["etag"]
    assert made.json["etag"].startswith('W/"0x')
    assert arm("GET", f"{account}/applications/aPP").json == made.json
    assert arm("GET", f"{account}/applications").json == {"value": [made.json]}


def test_an_application_is_patched_and_replaced(arm: Any, account: str) -> None:
    """PATCH keeps what it does not name, PUT does not."""
    path = f"{account}/applications/app"
    arm("PUT", path, {"properties": {"displayName": "One", "allowUpdates": False}})
    patched = arm("PATCH", path, {"properties": {"displayName": "Two"}}).json["properties"]
    assert patched == {"displayName": "Two", "allowUpdates": False}
    assert arm("PUT", path, {}).json["properties"] == {"allowUpdates": True}
    assert arm("PATCH", f"{account}/applications/none", {}).json["error"]["code"] == "ApplicationNotFound"


def test_a_package_from_upload_to_deletion(emulator: Emulator, arm: Any, account: str) -> None:
    """Pending with an upload URL, active after activation, default, deleted although default (recorded)."""
    app = f"{account}/applications/app"
    arm("PUT", app)
    pending = arm("PUT", f"{app}/versions/1.0")
    assert pending.status == 200
    assert pending.json["properties"]["state"] == "Pending"
    url = pending.json["properties"]["storageUrl"]
    assert url.startswith(f"{emulator.arm_endpoint}/acctstore/app-app-")
    assert "sp=rw" in url
    assert pending.json["properties"]["storageUrlExpiry"].startswith("2025-06-01T12:00:20")
    active = arm("POST", f"{app}/versions/1.0/activate", {"format": "zip"}).json
    assert (active["properties"]["state"], active["properties"]["format"]) == ("Active", "zip")
    emulator.advance(1)
    read = arm("GET", f"{app}/versions/1.0").json
    assert read["etag"] == active["etag"]
    assert read["properties"]["storageUrl"] != active["properties"]["storageUrl"], "new at every read"
    again = arm("POST", f"{app}/versions/1.0/activate", {"format": "zip"}).json
    assert again["etag"] > active["etag"]
    assert arm("PATCH", app, {"properties": {"defaultVersion": "1.0"}}).json["properties"]["defaultVersion"] == "1.0"
    assert [each["name"] for each in arm("GET", f"{app}/versions").json["value"]] == ["1.0"]
    assert [arm("DELETE", f"{app}/versions/1.0").status for _ in range(2)] == [200, 204]
    assert [arm("DELETE", app).status for _ in range(2)] == [200, 204]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("PUT", "applications/bad name", None, 400, "InvalidPropertyValue"),
        ("PUT", "applications/" + "a" * 65, None, 400, "InvalidPropertyValue"),
        ("PUT", "applications/app/versions/.hidden", None, 400, "InvalidPropertyValue"),
        ("PUT", "applications/none/versions/1", None, 404, "ApplicationNotFound"),
        ("GET", "applications/app/versions/9", None, 404, "ApplicationPackageNotFound"),
        ("PATCH", "applications/app", {"properties": {"defaultVersion": "9"}}, 400, "InvalidPropertyValue"),
        ("POST", "applications/app/versions/1/activate", {"format": "tar"}, 400, "InvalidPropertyValue"),
        ("POST", "applications/app/versions/1/activate", {}, 400, "MissingRequiredProperty"),
        ("DELETE", "applications/app", None, 409, "OperationInvalidForCurrentState"),
        ("PUT", "applications/app", {"properties": {"size": 1}}, 400, "InvalidRequestBody"),
    ],
)
def test_what_applications_refuse(
    arm: Any, account: str, method: str, path: str, body: Any, status: int, code: str
) -> None:
    """Names, references and states are checked."""
    arm("PUT", f"{account}/applications/app")
    arm("PUT", f"{account}/applications/app/versions/1")
    answer = arm(method, f"{account}/{path.replace(' ', '%20')}", body)
    assert (answer.status, answer.json["error"]["code"]) == (status, code)


def test_an_application_may_forbid_updates_of_active_packages(arm: Any, account: str) -> None:
    """With allowUpdates false a pending package may be put again, an active one may not."""
    app = f"{account}/applications/app"
    arm("PUT", app, {"properties": {"allowUpdates": False}})
    assert [arm("PUT", f"{app}/versions/1").status for _ in range(2)] == [200, 200]
    arm("POST", f"{app}/versions/1/activate", {"format": "zip"})
    assert arm("PUT", f"{app}/versions/1").status == 409


def test_packages_need_auto_storage(emulator: Emulator, arm: Any, account: str) -> None:
    """Without a storage account there is nowhere to upload to."""
    arm("PUT", f"{account}/applications/app")
    arm("PATCH", account, {"properties": {"autoStorage": {"storageAccountId": ""}}})
    answer = arm("PUT", f"{account}/applications/app/versions/1")
    assert (answer.status, answer.json["error"]["code"]) == (409, "AccountAutoStorageNotConfigured")


def test_children_of_a_missing_account_have_no_parent(arm: Any, account: str) -> None:
    """Writing below an account that is not there is ParentResourceNotFound, reading is ResourceNotFound."""
    other = account.replace("/acct", "/other")
    assert arm("PUT", f"{other}/applications/app").json["error"]["code"] == "ParentResourceNotFound"
    assert arm("GET", f"{other}/applications/app").json["error"]["code"] == "ResourceNotFound"


def test_lists_are_paged(arm: Any, account: str) -> None:
    """`maxresults` cuts pages; `nextLink` is absolute and leads through all of them, sorted by name."""
    names = ["a1", "A2", "b1", "c1", "d1"]
    for each in reversed(names):
        arm("PUT", f"{account}/applications/{each}")
    path: str | None = f"{account}/applications?maxresults=2"
    seen, pages = [], 0
    while path:
        page = arm("GET", path).json
        seen += [each["name"] for each in page["value"]]
        path, pages = page.get("nextLink"), pages + 1
        assert path is None or path.startswith(arm.url)
    assert (seen, pages) == (names, 3)
    bad = arm("GET", f"{account}/applications?maxresults=-5")
    assert (bad.status, bad.json["error"]["code"]) == (400, "InvalidQueryParameterValue")


def test_the_sdk_lives_an_application(account: str, management: Any) -> None:
    """azure-mgmt-batch goes through every operation of applications and packages."""
    apps, packages = management.application, management.application_package
    assert apps.create("rg", "acct", "app").properties.allow_updates is True
    assert packages.create("rg", "acct", "app", "1").properties.state == "Pending"
    assert packages.activate("rg", "acct", "app", "1", {"format": "zip"}).properties.state == "Active"
    update = {"properties": {"defaultVersion": "1", "displayName": "App"}}
    assert apps.update("rg", "acct", "app", update).properties.default_version == "1"
    assert apps.get("rg", "acct", "app").properties.display_name == "App"
    assert [each.name for each in apps.list("rg", "acct")] == ["app"]
    assert [each.name for each in packages.list("rg", "acct", "app", maxresults=1)] == ["1"]
    assert packages.get("rg", "acct", "app", "1").properties.format == "zip"
    packages.delete("rg", "acct", "app", "1")
    apps.delete("rg", "acct", "app")
    assert list(apps.list("rg", "acct")) == []


def test_private_links_are_those_of_the_version(arm: Any, account: str) -> None:
    """The account and, since 2022-10-01, its node management; both in Batch's zone."""
    listed = arm("GET", f"{account}/privateLinkResources").json["value"]
    assert [each["name"] for each in listed] == ["batchAccount", "nodeManagement"]
    assert listed[0]["properties"]["requiredZoneNames"] == ["privatelink.batch.azure.com"]
    assert arm("GET", f"{account}/privateLinkResources/BATCHACCOUNT").json == listed[0]
    assert arm("GET", f"{account}/privateLinkResources/none").status == 404
    old = arm("GET", f"{account}/privateLinkResources", version="2022-01-01").json["value"]
    assert [each["name"] for each in old] == ["batchAccount"]


def test_a_connection_is_approved_and_removed(emulator: Emulator, arm: Any, account: str, management: Any) -> None:
    """PATCH is 202 with the resource; polls tell a status; the tag does not move again; DELETE ends with 204."""
    endpoint = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/privateEndpoints/pe"
    name = emulator.call(lambda world: network.connect(world, world.accounts["acct",], "pe", endpoint))["name"]
    path = f"{account}/privateEndpointConnections/{name}"
    state = {"properties": {"privateLinkServiceConnectionState": {"status": "Approved", "description": "by me"}}}
    begun = arm("PATCH", path, state)
    assert begun.status == 202
    assert begun.json["properties"]["provisioningState"] == "Updating"
    assert begun.headers["azure-asyncoperation"] == begun.headers["location"]
    assert "/privateEndpointConnectionResults/Updating$" in begun.headers["location"]
    assert arm("GET", begun.headers["location"]).json == {"status": "Succeeded"}
    read = arm("GET", path)
    assert read.json["properties"]["privateLinkServiceConnectionState"]["status"] == "Approved"
    assert read.json["etag"] == begun.json["etag"] == read.headers["etag"]
    assert [each["name"] for each in arm("GET", account).json["properties"]["privateEndpointConnections"]] == [name]
    assert arm("PATCH", path, state, headers={"If-Match": 'W/"0x1"'}).status == 412
    connections = management.private_endpoint_connection
    rejected = {"properties": {"privateLinkServiceConnectionState": {"status": "Rejected"}}}
    done = connections.begin_update("rg", "acct", name, rejected).result()
    assert done.properties.private_link_service_connection_state.status == "Rejected"
    assert [each.name for each in connections.list_by_batch_account("rg", "acct")] == [name]
    connections.begin_delete("rg", "acct", name).result()
    assert arm("GET", path).status == 404
    assert arm("DELETE", path).status == 204


def test_perimeters_are_listed_and_reconciled(emulator: Emulator, arm: Any, account: str, management: Any) -> None:
    """Configurations exist since 2024-07-01; reconcile is long-running."""
    perimeter = (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/networkSecurityPerimeters/p"
    )
    name = emulator.call(lambda world: network.associate(world, world.accounts["acct",], perimeter))["name"]
    path = f"{account}/networkSecurityPerimeterConfigurations"
    assert [each["name"] for each in arm("GET", path).json["value"]] == [name]
    assert arm("GET", f"{path}/{name}").json["properties"]["networkSecurityPerimeter"]["id"] == perimeter
    assert arm("POST", f"{path}/{name}/reconcile").status == 202
    management.network_security_perimeter.begin_reconcile_configuration("rg", "acct", name).result()
    assert arm("POST", f"{path}/none/reconcile").status == 404
    assert arm("GET", path, version="2024-02-01").json["error"]["code"] == "NoRegisteredProviderFound"


def test_a_region_tells_quota_and_sizes(arm: Any, management: Any) -> None:
    """Quota as recorded; sizes sorted by family, then name, with texts as capabilities."""
    assert arm("GET", f"{LOCATION}/quotas").json == {"accountQuota": 3}
    sizes = arm("GET", f"{LOCATION}/virtualMachineSkus").json
    assert "nextLink" not in sizes
    order = [(each["familyName"].lower(), each["name"].lower()) for each in sizes["value"]]
    assert order == sorted(order)
    assert len(order) >= 80
    t4 = next(each for each in sizes["value"] if each["name"] == "Standard_NC16as_T4_v3")
    facts = {each["name"]: each["value"] for each in t4["capabilities"]}
    assert t4["familyName"] == "Standard NCASv3_T4 Family"
    assert (facts["vCPUs"], facts["MemoryGB"], facts["GPUs"], facts["LowPriorityCapable"]) == ("16", "110", "1", "True")
    only = f"{LOCATION}/virtualMachineSkus?$filter=familyName%20eq%20'standardDSv3Family'"
    assert {each["familyName"] for each in arm("GET", only).json["value"]} == {"standardDSv3Family"}
    paged = management.location.list_supported_virtual_machine_skus("westeurope", maxresults=100)
    assert len(list(paged)) == len(order)


def test_the_end_of_a_size_is_told_by_newer_versions(arm: Any) -> None:
    """`batchSupportEndOfLife` is absent in 2022-10-01 (recorded)."""
    for version, told in (("2022-10-01", False), ("2025-06-01", True)):
        sizes = arm("GET", f"{LOCATION}/virtualMachineSkus", version=version).json["value"]
        old = next(each for each in sizes if each["name"] == "Standard_A1")
        assert ("batchSupportEndOfLife" in old) == told


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("free1", {"nameAvailable": True}),
        (
            "acct",
            {
                "nameAvailable": False,
                "reason": "AlreadyExists",
                "message": "An account named 'acct' is already in use.",
            },
        ),
        (
            "randombatchaccount@5^$g9873495873",
            {
                "nameAvailable": False,
                "reason": "Invalid",
                "message": "Account name must be at least 3 characters and at most 24 characters.",
            },
        ),
    ],
    ids=["free", "taken", "invalid"],
)
def test_names_are_checked(arm: Any, account: str, name: str, expected: Any) -> None:
    """The answer is 200 in any case, worded as recorded."""
    body = {"name": name, "type": "Microsoft.Batch/batchAccounts"}
    answer = arm("POST", f"{LOCATION}/checkNameAvailability", body)
    assert (answer.status, answer.json) == (200, expected)
    assert arm("POST", f"{LOCATION}/checkNameAvailability", {"name": name, "type": "Other/things"}).status == 400


def test_operations_are_listed(management: Any) -> None:
    """The provider names 55 operations, the first of them as recorded."""
    listed = list(management.operations.list())
    assert listed[0].name == "Microsoft.Batch/batchAccounts/providers/Microsoft.Insights/diagnosticSettings/read"
    assert len(listed) == 55
    assert len({each.name for each in listed}) == 55
