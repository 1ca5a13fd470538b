"""ARM's front door: paths, api-versions, headers, subscriptions, resource groups."""

from collections.abc import Callable
from typing import Any

import pytest

from batchplan.emulator.arm.app import router
from batchplan.emulator.arm.routes import ROUTES
from batchplan.emulator.server import Emulator

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
GROUPS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
PROVIDER = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Batch"


def test_no_two_operations_share_a_path() -> None:
    """Building the router refuses duplicates, and every route is found by its own template."""
    for route in ROUTES:
        routes, names = router().find(route.template.replace("{", "").replace("}", ""))
        assert routes[route.method] is route
        assert set(names) == {each[1:-1] for each in route.template.split("/") if each.startswith("{")}


@pytest.mark.parametrize(
    ("method", "path", "version", "status", "code"),
    [
        ("GET", f"{PROVIDER}/batchAccounts", "", 400, "MissingApiVersionParameter"),
        ("GET", f"{PROVIDER}/batchAccounts", "2019-01-01", 400, "NoRegisteredProviderFound"),
        ("GET", f"{PROVIDER}/batchAccounts", "tomorrow", 400, "InvalidApiVersionParameter"),
        ("GET", "/subscriptions", "tomorrow", 400, "InvalidApiVersionParameter"),
        ("GET", "/subscriptions/nobody/resourceGroups", "2021-04-01", 400, "InvalidSubscriptionId"),
        (
            "GET",
            f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Nothing/things",
            "2021-04-01",
            404,
            "InvalidResourceNamespace",
        ),
        ("GET", f"{PROVIDER}/things", "2025-06-01", 404, "InvalidResourceType"),
        ("GET", "/nowhere", "2025-06-01", 404, "NotFound"),
        ("GET", "/", "2025-06-01", 404, "NotFound"),
        ("PATCH", f"{PROVIDER}/batchAccounts", "2025-06-01", 405, "HttpMethodNotAllowed"),
        ("GET", f"{GROUPS}/none", "2021-04-01", 404, "ResourceGroupNotFound"),
        ("GET", f"{GROUPS}/none/providers/Microsoft.Batch/batchAccounts", "2025-06-01", 404, "ResourceGroupNotFound"),
        ("GET", f"{GROUPS}/none/providers/Microsoft.Batch/batchAccounts/a", "2025-06-01", 404, "ResourceGroupNotFound"),
        ("GET", f"{PROVIDER}/locations/mars/quotas", "2025-06-01", 400, "LocationNotAvailableForResourceType"),
        ("GET", f"/subscriptions/{SUBSCRIPTION}/operationresults/nothing", "2021-04-01", 404, "NotFound"),
    ],
)
def test_what_is_not_there_is_refused(arm: Any, method: str, path: str, version: str, status: int, code: str) -> None:
    """The front door has a code for each kind of wrong address."""
    answer = arm(method, path, version=version)
    assert (answer.status, answer.json["error"]["code"]) == (status, code)


def test_an_unknown_version_is_answered_with_those_known(arm: Any) -> None:
    """The refusal lists the supported api-versions."""
    message = arm("GET", f"{PROVIDER}/batchAccounts", version="2019-01-01").json["error"]["message"]
    assert "2022-01-01, 2022-06-01" in message
    assert "2025-06-01" in message


@pytest.mark.parametrize(
    "path",
    [
        f"/SUBSCRIPTIONS/{SUBSCRIPTION}/resourcegroups/RG/PROVIDERS/microsoft.batch/BATCHaccounts/ACCT",
        f"//subscriptions/{SUBSCRIPTION}//resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/acct/",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/%72g/providers/Microsoft.Batch/batchAccounts/acct",
    ],
    ids=["case", "slashes", "percent"],
)
def test_paths_are_read_leniently(arm: Any, account: str, path: str) -> None:
    """Case, doubled slashes and percent-encoding lead to the same account, whose id keeps its first spelling."""
    assert arm("GET", path).json["id"] == account


def test_an_encoded_slash_stays_in_its_segment(arm: Any, account: str) -> None:
    """`%2F` does not make two segments of one."""
    answer = arm("GET", f"{account}%2Fapplications")
    assert (answer.status, answer.json["error"]["code"]) == (404, "ResourceNotFound")


def test_every_answer_can_be_traced(arm: Any) -> None:
    """Request ids, rate limits and security headers are on every answer."""
    sent = {"x-ms-client-request-id": "mine", "x-ms-return-client-request-id": "true"}
    for answer in (arm("GET", "/subscriptions", headers=sent), arm("GET", "/nowhere", headers=sent)):
        assert len(answer.headers["x-ms-request-id"]) == 36
        assert {"x-ms-correlation-request-id", "x-ms-routing-request-id"} <= set(answer.headers)
        assert answer.headers["x-ms-client-request-id"] == "mine"
        assert answer.headers["strict-transport-security"].startswith("max-age=")
        assert answer.headers["cache-control"] == "no-cache"
        assert "x-ms-ratelimit-remaining-subscription-reads" in answer.headers


def test_the_rate_limit_falls_and_recovers(emulator: Emulator, arm: Any) -> None:
    """Writes are counted apart, and the bucket refills with virtual time."""

    def left() -> int:
        answer = arm("PUT", f"{GROUPS}/rg", {"location": "westeurope"}, version="2021-04-01")
        return int(answer.headers["x-ms-ratelimit-remaining-subscription-writes"])

    assert [left(), left(), left()] == [1199, 1198, 1197]
    emulator.advance(60)
    assert left() == 1199


def test_subscriptions_locations_and_providers(arm: Any) -> None:
    """What a client reads before it begins."""
    assert arm("GET", "/tenants").json["value"][0]["tenantId"] == "11111111-1111-1111-1111-111111111111"
    (only,) = arm("GET", "/subscriptions").json["value"]
    assert (only["subscriptionId"], only["state"]) == (SUBSCRIPTION, "Enabled")
    assert arm("GET", f"/subscriptions/{SUBSCRIPTION}").json["id"] == f"/subscriptions/{SUBSCRIPTION}"
    locations = {each["name"]: each for each in arm("GET", f"/subscriptions/{SUBSCRIPTION}/locations").json["value"]}
    assert locations["westeurope"]["metadata"]["pairedRegion"][0]["name"] == "northeurope"
    providers = arm("GET", f"/subscriptions/{SUBSCRIPTION}/providers").json["value"]
    assert "Microsoft.Batch" in {each["namespace"] for each in providers}
    batch = arm("GET", f"/subscriptions/{SUBSCRIPTION}/providers/microsoft.batch").json
    assert batch["registrationState"] == "Registered"
    assert "batchAccounts" in {each["resourceType"] for each in batch["resourceTypes"]}
    assert arm("POST", f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Batch/register").status == 200


def test_another_subscription_comes_to_exist_by_use(arm: Any) -> None:
    """A subscription that holds a group is listed."""
    other = "12345678-1234-1234-1234-123456789012"
    body = {"location": "westeurope"}
    assert arm("PUT", f"/subscriptions/{other}/resourceGroups/rg", body, version="2021-04-01").status == 201
    assert [each["subscriptionId"] for each in arm("GET", "/subscriptions").json["value"]] == [SUBSCRIPTION, other]
    assert arm("GET", GROUPS).json["value"] == []


def test_a_group_from_creation_to_deletion(emulator: Emulator, arm: Any) -> None:
    """PUT is 201 then 200, HEAD tells, PATCH sets tags, DELETE is long-running."""
    path = f"{GROUPS}/Group-1"
    made = arm("PUT", path, {"location": "West Europe", "tags": {"a": "b"}}, version="2021-04-01")
    assert (made.status, made.json["location"], made.json["tags"]) == (201, "westeurope", {"a": "b"})
    assert made.json["properties"] == {"provisioningState": "Succeeded"}
    assert arm("PUT", path.lower(), {"location": "westeurope"}, version="2021-04-01").status == 200
    assert arm("PATCH", path, {"tags": {"c": "d"}}, version="2021-04-01").json["tags"] == {"c": "d"}
    assert arm("HEAD", path, version="2021-04-01").status == 204
    assert [each["name"] for each in arm("GET", GROUPS, version="2021-04-01").json["value"]] == ["Group-1"]
    gone = arm("DELETE", path, version="2021-04-01")
    assert gone.status == 202
    assert arm("GET", path, version="2021-04-01").json["properties"] == {"provisioningState": "Deleting"}
    assert arm("GET", gone.headers["location"]).status == 200
    head = arm("HEAD", path, version="2021-04-01")
    assert (head.status, head.content) == (404, b"")


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("ok", {}, 400, "LocationRequired"),
        ("ok", {"location": "mars"}, 400, "LocationNotAvailableForResourceType"),
        ("dot.", {"location": "westeurope"}, 400, "InvalidResourceGroup"),
        ("ok", [], 400, "InvalidRequestContent"),
        ("ok", b"{", 400, "InvalidRequestContent"),
        ("ok", {"location": "westeurope", "tags": {"a": 1}}, 400, "InvalidTags"),
    ],
)
def test_a_wrong_group_is_refused(arm: Any, name: str, body: Any, status: int, code: str) -> None:
    """Names, locations and bodies are checked."""
    answer = arm("PUT", f"{GROUPS}/{name}", body, version="2021-04-01")
    assert (answer.status, answer.json["error"]["code"]) == (status, code)


def test_a_group_does_not_move(arm: Any) -> None:
    """A second PUT with another location is a conflict."""
    arm("PUT", f"{GROUPS}/rg", {"location": "westeurope"}, version="2021-04-01")
    answer = arm("PUT", f"{GROUPS}/rg", {"location": "eastus"}, version="2021-04-01")
    assert (answer.status, answer.json["error"]["code"]) == (409, "InvalidResourceGroupLocation")


def test_a_group_goes_with_its_accounts(emulator: Emulator, arm: Any, account: str) -> None:
    """Deleting a group waits for the accounts in it to be gone."""
    poll = arm("DELETE", f"{GROUPS}/rg", version="2021-04-01").headers["location"]
    assert arm("GET", account).json["properties"]["provisioningState"] == "Deleting"
    statuses = [arm("GET", poll).status for _ in range(3)]
    assert statuses[-1] == 200
    assert arm("GET", f"{PROVIDER}/batchAccounts").json["value"] == []


def test_the_resources_of_a_group(arm: Any, account: str) -> None:
    """Accounts are listed as resources, and filtered by type and name."""
    listed = arm("GET", f"{GROUPS}/rg/resources", version="2021-04-01").json["value"]
    assert [(each["id"], each["type"]) for each in listed] == [(account, "Microsoft.Batch/batchAccounts")]
    for text, found in (
        ("resourceType eq 'Microsoft.Batch/batchAccounts'", 1),
        ("resourceType eq 'microsoft.batch/batchaccounts' and name eq 'ACCT'", 1),
        ("resourceType eq 'Microsoft.Storage/storageAccounts'", 0),
    ):
        path = f"/subscriptions/{SUBSCRIPTION}/resources?$filter={text.replace(' ', '%20')}"
        assert len(arm("GET", path, version="2021-04-01").json["value"]) == found
    odd = arm("GET", f"{GROUPS}/rg/resources?$filter=name%20gt%20'a'", version="2021-04-01")
    assert (odd.status, odd.json["error"]["code"]) == (400, "InvalidFilterInQueryString")


@pytest.mark.parametrize(("strict", "status"), [(False, 202), (True, 404)])
def test_a_missing_group_is_made_unless_strict(
    make_emulator: Callable[..., Emulator], connect: Callable[..., Any], strict: bool, status: int
) -> None:
    """An account in a group that is not there makes the group, or is refused when groups are strict."""
    emulator = make_emulator(strict_groups=strict)
    client = connect(emulator)
    path = f"{GROUPS}/new/providers/Microsoft.Batch/batchAccounts/acct"
    assert client("PUT", path, {"location": "westeurope"}).status == status
    assert client("GET", f"{GROUPS}/new").status == (404 if strict else 200)


@pytest.mark.parametrize(("speed", "wait"), [(0, "0"), (1, "15"), (4, "4"), (60, "1")])
def test_retry_after_is_in_the_clients_seconds(
    make_emulator: Callable[..., Emulator], connect: Callable[..., Any], speed: float, wait: str
) -> None:
    """15 virtual seconds, in real ones."""
    emulator = make_emulator(speed=speed)
    client = connect(emulator)
    path = f"{GROUPS}/rg/providers/Microsoft.Batch/batchAccounts/acct"
    assert client("PUT", path, {"location": "westeurope"}).headers["retry-after"] == wait
