"""Microsoft's own examples of ARM operations, and all answers against the schema of the api."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from batchplan.emulator.server import Emulator
from batchplan.emulator.world import network

ARM = Path(__file__).resolve().parents[2] / "../shared/azure-batch-api/arm"
EXAMPLES = sorted((ARM / "examples").glob("*.json")) if ARM.exists() else []
# Told by the examples, but not by a service that is asked now: dates of long ago, ids, tags, hosts.
VARYING = {
    "accountEndpoint",
    "lastKeySync",
    "activeJobAndJobScheduleQuota",
    "dedicatedCoreQuota",
    "lowPriorityCoreQuota",
    "poolQuota",
    "primary",
    "secondary",
    "storageUrl",
    "storageUrlExpiry",
    "lastActivationTime",
    "clientId",
    "principalId",
    "accountQuota",
    "domainName",
    "etag",
}
SUBSCRIPTION = "12345678-1234-1234-1234-123456789012"
GROUP = "default-azurebatch-japaneast"
pytestmark = pytest.mark.skipif(not ARM.exists(), reason="the reference data is not here")


@cache
def api() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ARM / "openapi.sdk-derived.json").read_text())
    return found


def operation(operation_id: str) -> tuple[str, str, dict[str, Any]]:
    """Return method, path template and definition of an operation."""
    for path, methods in api()["paths"].items():
        for method, definition in methods.items():
            if isinstance(definition, dict) and definition.get("operationId") == operation_id:
                return method.upper(), path, definition
    raise KeyError(operation_id)


@cache
def documented() -> tuple[tuple[str, re.Pattern[str], Any], ...]:
    """Return every operation as method, path pattern, and its responses."""
    return tuple(
        (method.upper(), re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path), re.IGNORECASE), definition["responses"])
        for path, methods in api()["paths"].items()
        for method, definition in methods.items()
        if isinstance(definition, dict) and "responses" in definition
    )


def faults(method: str, path: str, status: int, body: bytes) -> Iterator[str]:
    """Yield what an answer has that its schema does not allow."""
    for verb, pattern, responses in documented():
        if verb != method or not pattern.fullmatch(path.partition("?")[0]):
            continue
        response = responses.get(str(status)) or responses.get("default")
        if response is None:
            yield f"{status} is not documented"
        elif body and response.get("schema"):
            validator = Draft4Validator({**response["schema"], "definitions": api()["definitions"]})
            for error in validator.iter_errors(json.loads(body)):
                yield f"{'/'.join(map(str, error.path))}: {error.message}"
            yield from undeclared(response["schema"], json.loads(body), "")


def undeclared(schema: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    """Yield members that a schema does not declare."""
    reference = schema.get("$ref")
    if reference:
        schema = api()["definitions"][reference.rpartition("/")[2]]
    if isinstance(value, list):
        for each in value:
            yield from undeclared(schema.get("items", {}), each, path)
    if isinstance(value, dict) and "properties" in schema:
        for name, item in value.items():
            if name not in schema["properties"]:
                yield f"{path}/{name} is not declared"
            else:
                yield from undeclared(schema["properties"][name], item, f"{path}/{name}")


def prepare(emulator: Emulator, client: Any, name: str, account: str) -> None:
    """Bring about what an example takes for granted."""
    base = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers"
    storage = f"{base}/Microsoft.Storage/storageAccounts/samplestorage"
    path = f"{base}/Microsoft.Batch/batchAccounts/{account}"
    if name.startswith("BatchAccountCreate"):
        return
    body: dict[str, Any] = {"location": "japaneast", "properties": {"autoStorage": {"storageAccountId": storage}}}
    client("PUT", path, body)
    emulator.advance(20)
    if name.startswith("Application") and name != "ApplicationCreate":
        properties = {"displayName": "Sample Application"} if name == "ApplicationGet" else {}
        client("PUT", f"{path}/applications/app1", {"properties": properties})
    if name in {"ApplicationPackageActivate", "ApplicationUpdate"}:
        client("PUT", f"{path}/applications/app1/versions/{'2' if name == 'ApplicationUpdate' else '1'}")
    if name.startswith("Private"):
        endpoint = f"{base}/Microsoft.Network/privateEndpoints/testprivateEndpoint"
        emulator.call(lambda world: network.connect(world, world.accounts[account,], "testprivateEndpoint", endpoint))
    if name == "PrivateBatchAccountGet":
        connection = client("GET", path).json["properties"]["privateEndpointConnections"][0]["name"]
        approved = {"status": "Approved", "description": "Approved by xyz.abc@company.com"}
        change = {"properties": {"privateLinkServiceConnectionState": approved}}
        client("PATCH", f"{path}/privateEndpointConnections/{connection}", change)
        client("PATCH", path, {"properties": {"publicNetworkAccess": "Disabled"}})
        emulator.advance(20)


def shape(expected: Any, found: Any, path: str = "") -> Iterator[str]:
    """Yield where an answer lacks what an example has; values count but for those that vary."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            if not isinstance(found, dict) or name not in found:
                yield f"{path}/{name} is missing"
            elif name not in VARYING:
                yield from shape(value, found[name], f"{path}/{name}")
    elif isinstance(expected, list):
        if not isinstance(found, list) or (expected and not found):
            yield f"{path} is no list like {expected}"
        else:
            for number, value in enumerate(expected[: len(found)]):
                yield from shape(value, found[number], f"{path}/{number}")
    elif expected != found:
        yield f"{path} is {found!r}, not {expected!r}"


OWN = [each for each in EXAMPLES if not each.name.startswith("Pool")]


@pytest.mark.parametrize("example", OWN, ids=lambda path: path.stem)
def test_an_example_is_accepted_and_answered_alike(
    emulator: Emulator, connect: Callable[..., Any], example: Path
) -> None:
    """The example's request gets the example's status, a body of its shape, and headers of its names."""
    document = json.loads(example.read_text())
    parameters = document["parameters"]
    client = connect(emulator)
    name = example.stem
    account = "existingaccountname" if name.startswith("LocationCheck") else "sampleacct"
    prepare(emulator, client, name, account)
    method, template, _ = operation(document["operationId"])
    if "privateEndpointConnectionName" in parameters:
        listed = client("GET", f"{accounts()}/sampleacct/privateEndpointConnections").json["value"]
        parameters["privateEndpointConnectionName"] = listed[0]["name"]
        document = json.loads(
            re.sub(r"testprivateEndpointConnection5[.$][0-9a-f.$-]+", listed[0]["name"], json.dumps(document))
        )
    path = re.sub(r"\{(\w+)\}", lambda found: str(parameters[found[1]]), template)
    answer = client(method, path, parameters.get("parameters"), version=parameters["api-version"])
    responses = document["responses"]
    first = str(answer.status)
    assert first in responses, answer.content
    assert list(faults(method, path, answer.status, answer.content)) == []
    if answer.status == 202:
        final = answer
        while final.status == 202:
            final = client("GET", final.headers["location"])
        assert final.status == 200
        if "body" in responses.get("200", {}) and method == "PUT":
            assert list(shape(responses["200"]["body"], final.json)) == []
        if method == "PATCH":
            assert list(shape(responses["200"]["body"], client("GET", path).json)) == []
        return
    expected = responses[first]
    if "VirtualMachineSkus" in name:
        assert {"name", "familyName", "capabilities"} <= set(answer.json["value"][0])
        return
    if "body" in expected:
        if name == "PrivateBatchAccountGet":
            connection = expected["body"]["properties"]["privateEndpointConnections"][0]
            found = answer.json["properties"]["privateEndpointConnections"][0]
            connection["name"], connection["id"] = found["name"], found["id"]
        assert list(shape(expected["body"], answer.json)) == []
    assert {each.lower() for each in expected.get("headers", {})} <= set(answer.headers)


def accounts() -> str:
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Batch/batchAccounts"


def test_every_operation_of_the_api_has_a_route() -> None:
    """All documented operations are answered by a function."""
    from batchplan.emulator.arm.app import router

    missing = [
        f"{method.upper()} {path}"
        for path, methods in api()["paths"].items()
        for method, definition in methods.items()
        if isinstance(definition, dict)
        and method.upper() not in router().find(path.replace("{", "").replace("}", ""))[0]
    ]
    assert missing == []


def test_answers_keep_to_the_schema(emulator: Emulator, arm: Any, account: str) -> None:
    """Every read of an account and what is below it validates, and declares every member it shows."""
    perimeter = (
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/g/providers/Microsoft.Network/networkSecurityPerimeters/p"
    )
    emulator.call(lambda world: network.associate(world, world.accounts["acct",], perimeter))
    emulator.call(lambda world: network.connect(world, world.accounts["acct",], "pe", perimeter))
    own = f"{account.rpartition('/resourceGroups/')[0]}"
    profile = {"accountAccess": {"defaultAction": "Deny", "ipRules": [{"action": "Allow", "value": "1.2.3.4"}]}}
    arm(
        "PATCH",
        account,
        {"tags": {"a": "b"}, "identity": {"type": "SystemAssigned"}, "properties": {"networkProfile": profile}},
    )
    arm("PUT", f"{account}/applications/app", {"properties": {"displayName": "d"}, "tags": {"a": "b"}})
    arm("PUT", f"{account}/applications/app/versions/1")
    arm("POST", f"{account}/applications/app/versions/1/activate", {"format": "zip"})
    configuration = arm("GET", f"{account}/networkSecurityPerimeterConfigurations").json["value"][0]["name"]
    reads = [
        account,
        account.rpartition("/")[0],
        f"{own}/providers/Microsoft.Batch/batchAccounts",
        f"{account}/applications",
        f"{account}/applications/app",
        f"{account}/applications/app/versions",
        f"{account}/applications/app/versions/1",
        f"{account}/outboundNetworkDependenciesEndpoints",
        f"{account}/detectors",
        f"{account}/privateLinkResources",
        f"{account}/privateEndpointConnections",
        f"{account}/networkSecurityPerimeterConfigurations/{configuration}",
        f"{own}/providers/Microsoft.Batch/locations/westeurope/quotas",
        f"{own}/providers/Microsoft.Batch/locations/westeurope/virtualMachineSkus",
        "/providers/Microsoft.Batch/operations",
        f"{account}/applications/none",
        f"{account}/privateLinkResources/none",
    ]
    for path in reads:
        answer = arm("GET", path)
        assert list(faults("GET", path, answer.status, answer.content)) == [], path
