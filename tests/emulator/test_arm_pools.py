"""ARM's pool operations over HTTP: examples, recordings, and the rules of what may change when."""

import copy
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from batchplan.emulator.server import Emulator

SHARED = Path(__file__).resolve().parents[2] / "../shared"
OPENAPI = SHARED / "azure-batch-api/arm/openapi.sdk-derived.json"
EXAMPLES = SHARED / "azure-batch-api/arm/examples"
RECORDINGS = SHARED / "azure-batch-api/recordings"
LATEST = "2025-06-01"
MACHINE = {
    "imageReference": {"publisher": "canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts"},
    "nodeAgentSkuId": "batch.node.ubuntu 22.04",
}
WRITE_ONLY = {"password", "accountKey"}


def body(nodes: int = 0, **properties: Any) -> dict[str, Any]:
    """Return the body of a small pool."""
    return {
        "properties": {
            "vmSize": "STANDARD_D2S_V3",
            "deploymentConfiguration": {"virtualMachineConfiguration": MACHINE},
            "scaleSettings": {"fixedScale": {"targetDedicatedNodes": nodes}},
            **properties,
        }
    }


@cache
def validator() -> Any:
    """Return a validator of pools as the SDK describes them: no unknown members; secrets need not be there."""
    definitions = copy.deepcopy(json.loads(OPENAPI.read_text())["definitions"])
    for definition in definitions.values():
        if definition.get("properties"):
            definition.setdefault("additionalProperties", False)
            definition["required"] = [n for n in definition.get("required", []) if n not in WRITE_ONLY]
            if not definition["required"]:
                del definition["required"]
    return jsonschema.Draft4Validator({"definitions": definitions, "$ref": "#/definitions/Pool"})


def valid(pool: dict[str, Any]) -> dict[str, Any]:
    """Return a pool that the description of the API allows; fail otherwise."""
    if OPENAPI.exists():
        validator().validate(pool)
    return pool


def test_life_of_a_pool(emulator: Emulator, arm: Any, account: str) -> None:
    """A pool is created resizing, becomes steady with its nodes, and is deleted in its own time."""
    path = f"{account}/pools/p1"
    made = arm("PUT", path, body(2))
    properties = valid(made.json)["properties"]
    assert (made.status, properties["allocationState"], properties["currentDedicatedNodes"]) == (200, "Resizing", 0)
    assert made.headers["etag"] == made.json["etag"]
    emulator.advance(120)
    steady = valid(arm("GET", path).json)
    assert (steady["properties"]["allocationState"], steady["properties"]["currentDedicatedNodes"]) == ("Steady", 2)
    assert steady["etag"] == made.json["etag"]
    accepted = arm("DELETE", path)
    assert accepted.status == 202
    assert "/poolOperationResults/delete-p1?" in accepted.headers["location"]
    assert arm("GET", path).json["properties"]["provisioningState"] == "Deleting"
    assert arm("PUT", path, body()).json["error"]["code"] == "PoolBeingDeleted"
    statuses = []
    while not statuses or statuses[-1] == 202:
        statuses.append(arm("GET", accepted.headers["location"]).status)
    assert statuses[-1] == 200
    assert (arm("GET", path).status, arm("DELETE", path).status) == (404, 204)


def make(emulator: Emulator, arm: Any, account: str, nodes: int = 0, **properties: Any) -> str:
    """Return the path of a steady pool."""
    path = f"{account}/pools/p1"
    assert arm("PUT", path, body(nodes, **properties)).status == 200
    emulator.advance(300)
    return path


NEEDS_EMPTY = [
    ("displayName", "other"),
    ("vmSize", "STANDARD_D4S_V3"),
    ("deploymentConfiguration", {"virtualMachineConfiguration": {**MACHINE, "licenseType": "Windows_Server"}}),
    ("interNodeCommunication", "Enabled"),
    ("networkConfiguration", {"enableAcceleratedNetworking": True}),
    ("taskSlotsPerNode", 2),
    ("taskSchedulingPolicy", {"nodeFillType": "Pack"}),
    ("userAccounts", [{"name": "u", "password": "p"}]),
    ("mountConfiguration", [{"nfsMountConfiguration": {"source": "s", "relativeMountPath": "m"}}]),
    ("upgradePolicy", {"mode": "manual"}),
]


@pytest.mark.parametrize(("name", "value"), NEEDS_EMPTY, ids=[case[0] for case in NEEDS_EMPTY])
def test_patch_that_needs_an_empty_pool(emulator: Emulator, arm: Any, account: str, name: str, value: Any) -> None:
    """With nodes it is refused and named; without, it is taken."""
    path = make(emulator, arm, account, nodes=1)
    before = arm("GET", path).json
    refused = arm("PATCH", path, {"properties": {name: value}})
    error = refused.json["error"]
    details = {detail["code"]: detail["message"] for detail in error["details"]}
    assert (refused.status, error["code"], error["target"]) == (400, "PropertyCannotBeUpdated", "BatchAccount")
    assert (details["PropertyName"], details["PropertyPath"]) == (name, f"properties.{name}")
    assert arm("GET", path).json == before
    assert (
        arm("PATCH", path, {"properties": {"scaleSettings": {"fixedScale": {"targetDedicatedNodes": 0}}}}).status == 200
    )
    emulator.advance(300)
    assert arm("PATCH", path, {"properties": {name: value}}).status == 200
    assert valid(arm("GET", path).json)["properties"] != before["properties"]


def test_live_patches(emulator: Emulator, arm: Any, account: str) -> None:
    """Start task, metadata and tags change while there are nodes; the ETag moves each time; an empty start task removes it."""
    path = make(emulator, arm, account, nodes=1)
    tags = {arm("GET", path).json["etag"]}
    for change in (
        {"properties": {"startTask": {"commandLine": "/bin/true"}}},
        {"properties": {"metadata": [{"name": "a", "value": ""}]}},
        {"tags": {"team": "x"}},
        {"properties": {"startTask": {}}},
    ):
        answer = arm("PATCH", path, change)
        assert answer.status == 200
        tags.add(valid(answer.json)["etag"])
    shown = arm("GET", path).json
    assert len(tags) == 5
    assert shown["tags"] == {"team": "x"}
    assert shown["properties"]["metadata"] == [{"name": "a", "value": ""}]
    assert "startTask" not in shown["properties"]


def test_patch_of_the_scale_starts_a_resize(emulator: Emulator, arm: Any, account: str) -> None:
    """A resize starts at once, a second one is refused until it is over, and nothing of a refused body is kept."""
    path = make(emulator, arm, account)
    bigger = {
        "properties": {
            "scaleSettings": {"fixedScale": {"targetDedicatedNodes": 2, "nodeDeallocationOption": "TaskCompletion"}}
        }
    }
    first = arm("PATCH", path, bigger).json["properties"]
    assert (first["allocationState"], first["scaleSettings"]["fixedScale"]["targetDedicatedNodes"]) == ("Resizing", 2)
    assert first["resizeOperationStatus"]["nodeDeallocationOption"] == "TaskCompletion"
    assert first["scaleSettings"]["fixedScale"]["nodeDeallocationOption"] == "TaskCompletion"
    assert "nodeDeallocationOption" not in arm("GET", path).json["properties"]["scaleSettings"]["fixedScale"]
    second = arm("PATCH", path, {"properties": {**bigger["properties"], "metadata": [{"name": "a", "value": "b"}]}})
    assert (second.status, second.json["error"]["code"]) == (409, "PoolBeingResized")
    assert "metadata" not in arm("GET", path).json["properties"]
    emulator.advance(300)
    assert arm("GET", path).json["properties"]["currentDedicatedNodes"] == 2


def test_switching_between_scales(emulator: Emulator, arm: Any, account: str) -> None:
    """A pool goes from fixed scale to a formula and back, by PATCH and by disableAutoScale."""
    path = make(emulator, arm, account)
    auto = {
        "properties": {
            "scaleSettings": {"autoScale": {"formula": "$TargetDedicatedNodes=1", "evaluationInterval": "PT5M"}}
        }
    }
    scaled = arm("PATCH", path, auto).json["properties"]
    assert scaled["scaleSettings"]["autoScale"]["evaluationInterval"] == "PT5M"
    assert scaled["autoScaleRun"]["results"].startswith("$TargetDedicatedNodes=1;")
    assert "resizeOperationStatus" not in scaled
    stopped = arm("POST", f"{path}/stopResize")
    assert (stopped.status, stopped.json["error"]["code"]) == (409, "OperationInvalidForCurrentState")
    emulator.advance(300)
    by_hand = valid(arm("POST", f"{path}/disableAutoScale").json)["properties"]
    assert by_hand["scaleSettings"] == {
        "fixedScale": {"targetDedicatedNodes": 1, "targetLowPriorityNodes": 0, "resizeTimeout": "PT15M"}
    }
    emulator.advance(300)
    assert arm("PATCH", path, auto).status == 200
    emulator.advance(300)
    fixed = arm("PATCH", path, {"properties": {"scaleSettings": {"fixedScale": {"targetDedicatedNodes": 0}}}})
    assert fixed.status == 200
    assert "autoScaleRun" not in fixed.json["properties"]


def test_stop_resize_keeps_the_tag(emulator: Emulator, arm: Any, account: str) -> None:
    """Stopping a resize leaves the ETag and the target, and an error that stays."""
    path = f"{account}/pools/p1"
    made = arm("PUT", path, body(5))
    stopped = arm("POST", f"{path}/stopResize")
    assert (stopped.status, stopped.json["properties"]["allocationState"]) == (200, "Stopping")
    assert stopped.headers["etag"] == made.headers["etag"]
    emulator.advance(10)
    shown = valid(arm("GET", path).json)["properties"]
    assert shown["resizeOperationStatus"]["errors"][0]["code"] == "ResizeStopped"
    assert (shown["scaleSettings"]["fixedScale"]["targetDedicatedNodes"], shown["currentDedicatedNodes"]) == (5, 0)
    assert arm("POST", f"{path}/stopResize").status == 200


CONDITIONS = [
    ("PUT", {"If-None-Match": "*"}, 412),
    ("PUT", {"If-Match": 'W/"0x1"'}, 412),
    ("PATCH", {"If-Match": 'W/"0x1"'}, 412),
    ("PATCH", {"If-Match": "{tag}"}, 200),
    ("PATCH", {"If-Match": "*"}, 200),
    ("PATCH", {"If-None-Match": "{tag}"}, 412),
]


@pytest.mark.parametrize(("method", "headers", "status"), CONDITIONS, ids=str)
def test_conditions(
    emulator: Emulator, arm: Any, account: str, method: str, headers: dict[str, str], status: int
) -> None:
    """If-Match and If-None-Match guard PUT and PATCH."""
    path = make(emulator, arm, account)
    tag = arm("GET", path).headers["etag"]
    sent = {name: value.replace("{tag}", tag) for name, value in headers.items()}
    content = body() if method == "PUT" else {"properties": {"metadata": []}}
    answer = arm(method, path, content, headers=sent)
    assert answer.status == status
    if status == 412:
        assert answer.json["error"]["code"] == "ConditionNotMet"


def test_create_only_if_it_is_not_there(arm: Any, account: str) -> None:
    """If-None-Match lets a new pool through; If-Match does not."""
    assert arm("PUT", f"{account}/pools/a", body(), headers={"If-None-Match": "*"}).status == 200
    assert arm("PUT", f"{account}/pools/b", body(), headers={"If-Match": "*"}).status == 412


def test_put_replaces(emulator: Emulator, arm: Any, account: str) -> None:
    """PUT on a pool that exists takes back what its body lacks, and needs an empty pool for what PATCH does."""
    path = make(emulator, arm, account, nodes=1, metadata=[{"name": "a", "value": "b"}], startTask={"commandLine": "x"})
    same = arm("PUT", path, body(1))
    assert (same.status, same.json["properties"]["allocationState"]) == (200, "Steady")
    assert not {"metadata", "startTask"} & same.json["properties"].keys()
    refused = arm("PUT", path, body(1, displayName="new"))
    assert refused.json["error"]["code"] == "PropertyCannotBeUpdated"
    assert arm("PUT", path, body(3)).json["properties"]["allocationState"] == "Resizing"


def test_paths_ignore_case_and_ids_keep_it(arm: Any, account: str) -> None:
    """Any case of a path finds the pool; its id is spelled as it was created."""
    assert arm("PUT", f"{account}/pools/MyPool", body()).status == 200
    found = arm("GET", f"{account}/pools/mypool".replace("resourceGroups", "resourcegroups"))
    assert (found.status, found.json["name"]) == (200, "MyPool")


def test_both_planes_show_one_pool(emulator: Emulator, arm: Any, batch: Any, account: str) -> None:
    """What ARM creates the data plane shows in its own spelling, and the other way round."""
    make(
        emulator, arm, account, nodes=1, interNodeCommunication="Enabled", taskSchedulingPolicy={"nodeFillType": "Pack"}
    )
    seen = batch("GET", "/pools/p1").json
    assert (seen["vmSize"], seen["enableInterNodeCommunication"], seen["targetDedicatedNodes"]) == (
        "standard_d2s_v3",
        True,
        1,
    )
    assert arm("GET", f"{account}/pools/p1").json["etag"] == f'W/"{seen["eTag"]}"'
    sent = {
        "id": "p2",
        "vmSize": "standard_d2s_v3",
        "virtualMachineConfiguration": {
            "imageReference": MACHINE["imageReference"],
            "nodeAgentSKUId": MACHINE["nodeAgentSkuId"],
        },
        "metadata": [{"name": "a", "value": "b"}],
    }
    headers = {"Content-Type": "application/json; odata=minimalmetadata"}
    assert batch("POST", "/pools", sent, headers=headers).status == 201
    shown = valid(arm("GET", f"{account}/pools/p2").json)["properties"]
    assert (shown["vmSize"], shown["metadata"]) == ("STANDARD_D2S_V3", sent["metadata"])


def test_list_pages_filters_and_selects(emulator: Emulator, arm: Any, account: str) -> None:
    """Lists go by name, in pages; filters and selections use ARM's paths."""
    for name in ("pb", "pa", "other", "pc"):
        assert arm("PUT", f"{account}/pools/{name}", body()).status == 200
    emulator.advance(60)
    names, url = [], f"{account}/pools?maxresults=3"
    while url:
        page = arm("GET", url).json
        names.append([pool["name"] for pool in page["value"]])
        url = page.get("nextLink", "")
    assert names == [["other", "pa", "pb"], ["pc"]]
    query = "$select=properties/allocationState&$filter=startswith(name,'p')%20and%20properties/allocationState%20eq%20'Steady'"
    found = arm("GET", f"{account}/pools?{query}").json["value"]
    assert [pool["name"] for pool in found] == ["pa", "pb", "pc"]
    assert found[0]["properties"] == {"allocationState": "Steady"}
    bad = arm("GET", f"{account}/pools?$filter=properties/metadata%20eq%20'x'")
    assert (bad.status, bad.json["error"]["code"]) == (400, "InvalidQueryParameterValue")


@pytest.mark.parametrize("version", ["2022-01-01", "2022-10-01", "2023-11-01", "2024-02-01", "2024-07-01", LATEST])
def test_versions(arm: Any, account: str, version: str) -> None:
    """Each api-version creates and shows a pool; tags exist, and an empty pool changes altogether, since 2024-07-01."""
    path = f"{account}/pools/p1"
    assert arm("PUT", path, body(), version=version).status == 200
    tagged = arm("PATCH", path, {"tags": {"a": "b"}}, version=version)
    assert tagged.status == (200 if version >= "2024-07-01" else 400)
    assert ("tags" in arm("GET", path, version=version).json) is (version >= "2024-07-01")
    upgraded = arm("PATCH", path, {"properties": {"upgradePolicy": {"mode": "manual"}}}, version=version)
    assert upgraded.status == (200 if version >= "2024-07-01" else 400)
    code = "PropertyCannotBeUpdated" if version == "2024-02-01" else "InvalidRequestBody"
    assert upgraded.status == 200 or upgraded.json["error"]["code"] == code
    live = arm("PATCH", path, {"properties": {"metadata": [{"name": "a", "value": "b"}]}}, version=version)
    assert live.status == 200


def test_unknown_member(arm: Any, account: str) -> None:
    """An unknown member is refused by name."""
    answer = arm("PUT", f"{account}/pools/p1", body(vmsize="x"))
    assert (answer.status, answer.json["error"]["code"]) == (400, "InvalidRequestBody")
    assert "'vmsize'" in answer.json["error"]["details"][0]["message"]


def examples() -> list[Path]:
    return sorted(EXAMPLES.glob("Pool*.json")) if EXAMPLES.exists() else []


@pytest.mark.parametrize("path", examples(), ids=lambda path: path.stem)
def test_examples(emulator: Emulator, arm: Any, account: str, path: Path) -> None:
    """The official examples are answered with their status and with every member their answers have."""
    text = json.dumps(json.loads(path.read_text().replace("sampleacct", "acct")))
    example = json.loads(text)
    packages(arm, account, text)
    given, wanted = example["parameters"], example["responses"]
    pool = f"{account}/pools/{given['poolName']}"
    operation = example["operationId"].partition("_")[2]
    if operation != "Create":
        assert arm("PUT", pool, prepared(operation, example, path.stem)).status == 200
        emulator.advance(300)
    answer = ask(arm, pool, operation, given.get("parameters"), given)
    assert str(answer.status) in wanted
    if "Location" in wanted[str(answer.status)].get("headers", {}):
        assert f"/poolOperationResults/delete-{given['poolName']}?" in answer.headers["location"]
    if answer.content:
        shown = answer.json["value"][0] if "value" in answer.json else valid(answer.json)
        expected = wanted["200"]["body"]
        absent = set(missing(expected["value"][0] if "value" in expected else expected, shown))
        assert {name for name in absent if name.split("/")[-1] not in DIFFERENT} == set()


# What an answer has only after a history that the examples do not tell.
DIFFERENT = {"autoScaleRun", "resizeOperationStatus", "startTask", "metadata", "identity", "nodeDeallocationOption"}


def prepared(operation: str, example: dict[str, Any], name: str) -> dict[str, Any]:
    """Return the pool that must be there before an example is sent."""
    scale: dict[str, Any] = {"fixedScale": {"targetDedicatedNodes": 0}}
    if operation == "DisableAutoScale" or "RemoveStartTask" in name:
        scale = {"autoScale": {"formula": "$TargetDedicatedNodes=0"}}
    more: dict[str, Any] = {}
    if operation == "Get":
        shown = example["responses"]["200"]["body"]["properties"]
        machine = shown["deploymentConfiguration"]["virtualMachineConfiguration"]
        kept = (
            "vmSize",
            "applicationPackages",
            "networkConfiguration",
            "upgradePolicy",
            "taskSlotsPerNode",
            "interNodeCommunication",
            "displayName",
        )
        more = {name: shown[name] for name in kept if name in shown}
        more["deploymentConfiguration"] = {"virtualMachineConfiguration": machine}
        if "userAccounts" in shown:
            more["userAccounts"] = [{**user, "password": "secret"} for user in shown["userAccounts"]]
        scale = shown["scaleSettings"] if "autoScale" in shown["scaleSettings"] else scale
    return body(scaleSettings=scale, **more)


def packages(arm: Any, account: str, example: str) -> None:
    """Make the applications and active packages that an example names."""
    for name, version in sorted(set(re.findall(r'applications/(\w+)"(?:, "version": "([^"]+)")?', example))):
        assert arm("PUT", f"{account}/applications/{name}", {}).status == 200
        if version:
            path = f"{account}/applications/{name}/versions/{version}"
            assert arm("PUT", path, {}).status == 200
            assert arm("POST", f"{path}/activate", {"format": "zip"}).status == 200


def ask(arm: Any, pool: str, operation: str, content: Any, given: dict[str, Any]) -> Any:
    """Send an example's request."""
    match operation:
        case "Create":
            return arm("PUT", pool, content)
        case "Update":
            return arm("PATCH", pool, content)
        case "Delete":
            return arm("DELETE", pool)
        case "Get":
            return arm("GET", pool)
        case "ListByBatchAccount":
            wanted = given["$filter"].replace("'po'", "'test'").replace(" ", "%20")
            query = f"$filter={wanted}&$select={given['$select']}"
            return arm("GET", f"{pool.rpartition('/')[0]}?maxresults=50&{query}")
        case "DisableAutoScale" | "StopResize":
            return arm("POST", f"{pool}/{operation[0].lower()}{operation[1:]}")
    raise AssertionError(operation)


def missing(wanted: Any, got: Any, at: str = "") -> Any:
    """Yield the paths that an answer lacks."""
    if isinstance(wanted, dict):
        for name, item in wanted.items():
            if name in DIFFERENT:
                continue
            if not isinstance(got, dict) or name not in got:
                yield f"{at}/{name}"
            else:
                yield from missing(item, got[name], f"{at}/{name}")
    elif isinstance(wanted, list) and isinstance(got, list):
        for one, other in zip(wanted, got, strict=False):
            yield from missing(one, other, f"{at}[]")
