"""The official examples: each is accepted and answered with its status and shape, and answers fit their schema."""

import json
import re
from typing import Any

import jsonschema
import pytest

from batchplan.emulator.model import Application, ApplicationPackage
from batchplan.emulator.wire import schema

NEWEST = "2025-06-01"
AUTOSCALED = {"enableAutoScale": True, "autoScaleFormula": "$TargetDedicated=0"}

# Example -> method, path, parameter with the body, what must be there first.
EXAMPLES: dict[str, tuple[str, str, str | None, str]] = {
    "AccountListPoolNodeCounts.2024-02-01.19.0": ("GET", "/nodecounts", None, "three pools"),
    "Applications_ListApplications": ("GET", "/applications", None, "application"),
    "JobSchedules_CreateJobSchedule_Basic": ("POST", "/jobschedules", "jobSchedule", ""),
    "JobSchedules_CreateJobSchedule_Complex": ("POST", "/jobschedules", "jobSchedule", ""),
    "JobSchedules_EnableJobSchedule": ("POST", "/jobschedules/{jobScheduleId}/enable", None, "schedule"),
    "JobSchedules_GetJobSchedule": ("GET", "/jobschedules/{jobScheduleId}", None, "ended schedule"),
    "JobSchedules_ListJobSchedules": ("GET", "/jobschedules", None, "two schedules"),
    "JobSchedules_ReplaceJobSchedule": ("PUT", "/jobschedules/{jobScheduleId}", "jobSchedule", "schedule"),
    "JobSchedules_TerminateJobSchedule": ("POST", "/jobschedules/{jobScheduleId}/terminate", None, "schedule"),
    "JobSchedules_UpdateJobSchedule": ("PATCH", "/jobschedules/{jobScheduleId}", "jobSchedule", "schedule"),
    "Jobs_CreateJob_Complex": ("POST", "/jobs", "job", ""),
    "Jobs_DisableJob": ("POST", "/jobs/{jobId}/disable", "disableOptions", "job"),
    "Jobs_GetJob": ("GET", "/jobs/{jobId}", None, "ended job"),
    "Jobs_GetJobTaskCounts": ("GET", "/jobs/{jobId}/taskcounts", None, "job"),
    "Jobs_ListJobs": ("GET", "/jobs", None, "enabled job"),
    "Jobs_ReplaceJob": ("PUT", "/jobs/{jobId}", "job", "job"),
    "Jobs_UpdateJob": ("PATCH", "/jobs/{jobId}", "job", "job"),
    "Nodes_GetNode": ("GET", "/pools/{poolId}/nodes/{nodeId}", None, "nodes"),
    "Nodes_GetNodeRemoteLoginSettings_DualStackNetworking": (
        "GET",
        "/pools/{poolId}/nodes/{nodeId}/remoteloginsettings",
        None,
        "dual stack",
    ),
    "Nodes_ListNodes": ("GET", "/pools/{poolId}/nodes", None, "nodes"),
    "Nodes_UploadNodeLogs": ("POST", "/pools/{poolId}/nodes/{nodeId}/uploadbatchservicelogs", "uploadOptions", "nodes"),
    "Pools_CreatePool_VirtualMachineConfiguration": ("POST", "/pools", "pool", ""),
    "Pools_DeletePool": ("DELETE", "/pools/{poolId}", None, "pool"),
    "Pools_EnablePoolAutoscale": ("POST", "/pools/{poolId}/enableautoscale", "enableAutoScaleOptions", "pool"),
    "Pools_EvaluatePoolAutoscale": (
        "POST",
        "/pools/{poolId}/evaluateautoscale",
        "evaluateAutoScaleOptions",
        "autoscaled pool",
    ),
    "Pools_GetPool_Basic": ("GET", "/pools/{poolId}", None, "as shown"),
    "Pools_GetPool_SecurityProfile": ("GET", "/pools/{poolId}", None, "as shown"),
    "Pools_ListPoolUsageMetrics": ("GET", "/poolusagemetrics", None, "used pool"),
    "Pools_ListPools_Basic": ("GET", "/pools", None, "as shown"),
    "Pools_ListSupportedImages": ("GET", "/supportedimages", None, ""),
    "Pools_RemoveNodes": ("POST", "/pools/{poolId}/removenodes", "removeOptions", "nodes"),
    "Pools_ReplacePoolProperties": ("POST", "/pools/{poolId}/updateproperties", "pool", "pool"),
    "Pools_StopPoolResize": ("POST", "/pools/{poolId}/stopresize", None, "pool"),
    "Pools_UpdatePool": ("PATCH", "/pools/{poolId}", "pool", "pool"),
    "Tasks_CreateTaskCollection_Basic": ("POST", "/jobs/{jobId}/addtaskcollection", "taskCollection", "job"),
    "Tasks_GetTask": ("GET", "/jobs/{jobId}/tasks/{taskId}", None, "multi-instance task"),
}

# Members of an example's answer that are not in ours, each with its reason.
ABSENT = {
    "Nodes_GetNode": {"ipv6Address": "only nodes of dual-stack pools have one (recorded, and Microsoft's own tests)"},
    "Nodes_ListNodes": {"ipv6Address": "the same"},
}


def _example(facts, name: str) -> dict[str, Any]:
    return json.loads((facts / "dataplane/examples" / f"{name}.json").read_text("utf-8"))


def _body_of(example: dict[str, Any]) -> Any:
    return next(iter(example["responses"].values())).get("body")


def _status_of(example: dict[str, Any]) -> int:
    return int(next(iter(example["responses"])))


def _prepare(plane, state: str, example: dict[str, Any]) -> dict[str, Any]:
    """Bring about the state an example needs; return its parameters with the real ids."""
    given = dict(example["parameters"])
    pool, job, schedule = given.get("poolId", "poolId"), given.get("jobId", "jobId"), given.get("jobScheduleId", "s")
    if state == "as shown":
        shown = _body_of(example)
        for one in shown.get("value", [shown]):
            _pool_as_shown(plane, one)
    elif state == "three pools":
        for name in ("pool1", "pool2", "pool3"):
            plane.pool(name)
    elif state == "nodes":
        plane.pool(pool, 3, startTask={"commandLine": "cmd /c echo hello", "waitForSuccess": False})
        ids = [node["id"] for node in plane.get(f"/pools/{pool}/nodes")["value"]]
        given["nodeId"] = ids[0]
        if "removeOptions" in given:
            given["removeOptions"] = {"nodeList": ids[:2]}
    elif state == "used pool":
        plane.pool("p1", 2)
        plane.advance(3 * 3600)
    elif state == "dual stack":
        network = {"publicIPAddressConfiguration": {"ipFamilies": ["IPv4", "IPv6"]}}
        plane.pool(pool, 1, networkConfiguration=network)
        given["nodeId"] = plane.get(f"/pools/{pool}/nodes")["value"][0]["id"]
    elif state in {"pool", "autoscaled pool"}:
        plane.ok("POST", "/pools", {**_machine(), "id": pool, **(AUTOSCALED if "auto" in state else {})})
        plane.advance(60)
    elif "schedule" in state:
        body = {"schedule": {"recurrenceInterval": "PT1H"}, "jobSpecification": {"poolInfo": {"poolId": "poolId"}}}
        if state == "two schedules":
            later = {**body, "schedule": {"doNotRunUntil": "2030-01-01T12:30:00Z"}}
            plane.ok("POST", "/jobschedules", {"id": "jobSchedule2", **later})
        plane.ok("POST", "/jobschedules", {"id": schedule, **body})
        plane.ok("POST", f"/jobschedules/{schedule}/disable")
        plane.ok("POST", f"/jobschedules/{schedule}/enable")
        if state == "ended schedule":
            plane.ok("POST", f"/jobschedules/{schedule}/terminate")
        plane.advance(10)
    elif state == "application":
        _application(plane)
    elif state:
        _job(plane, state, job, given)
    return given


def _job(plane, state: str, job: str, given: dict[str, Any]) -> None:
    plane.ok("POST", "/jobs", {"id": job, "poolInfo": {"poolId": "poolId"}})
    if state == "ended job":
        plane.ok("POST", f"/jobs/{job}/terminate")
    elif state == "enabled job":
        plane.ok("POST", f"/jobs/{job}/disable", {"disableTasks": "requeue"})
        plane.advance(5)
        plane.ok("POST", f"/jobs/{job}/enable")
    elif state == "multi-instance task":
        settings = {"numberOfInstances": 3, "coordinationCommandLine": "cmd /c echo coordinating"}
        task = {
            "id": given["taskId"],
            "commandLine": "cmd /c hostname",
            "requiredSlots": 2,
            "multiInstanceSettings": settings,
        }
        plane.ok("POST", f"/jobs/{job}/tasks", task)
    plane.advance(5)


def _application(plane) -> None:
    application = Application(account="acct", name="my_application_id", display_name="my_display_name")
    plane.world.put("applications", ("acct", "my_application_id"), application)
    package = ApplicationPackage(account="acct", application="my_application_id", version="v1.0", state="Active")
    plane.world.put("packages", ("acct", "my_application_id", "v1.0"), package)


def _machine() -> dict[str, Any]:
    image = {"publisher": "Canonical", "offer": "ubuntu-24_04-lts", "sku": "server"}
    machine = {"imageReference": image, "nodeAgentSKUId": "batch.node.ubuntu 24.04"}
    return {"vmSize": "Standard_D4d_v5", "virtualMachineConfiguration": machine}


def _pool_as_shown(plane, shown: dict[str, Any]) -> None:
    """Create a pool whose writable members are those an example shows."""
    writable = schema.load("dataplane").shape("BatchPoolCreateOptions", NEWEST).members
    plane.ok("POST", "/pools", {name: value for name, value in shown.items() if name in writable})
    plane.advance(300)


def _names(value: Any, prefix: str = "") -> set[str]:
    """Return the member paths of a JSON value; elements of arrays share theirs."""
    match value:
        case dict():
            return {prefix + name for name in value}.union(
                *(_names(item, f"{prefix}{name}.") for name, item in value.items())
            )
        case list():
            return set().union(*(_names(item, prefix) for item in value))
    return set()


def test_every_example_is_tried(facts) -> None:
    """Each example file has its row."""
    assert {path.stem for path in (facts / "dataplane/examples").glob("*.json")} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name, plane, facts) -> None:
    """An example's request is accepted and answered with its status and with the members of its answer."""
    example = _example(facts, name)
    method, path, parameter, state = EXAMPLES[name]
    given = _prepare(plane, state, example)
    plane.version = given["api-version"]
    answer = plane.send(method, path.format(**given), given[parameter] if parameter else None)
    assert answer.status == _status_of(example), answer.json
    missing = _names(_body_of(example)) - _names(answer.json)
    if name == "AccountListPoolNodeCounts.2024-02-01.19.0":
        missing = {
            each for each in missing if not each.endswith("upgradingOs")
        }  # its spelling; the service says upgradingOS
    assert {each.split(".")[-1] for each in missing} <= set(ABSENT.get(name, ())), missing


def _definition(document: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a JSON Schema of a definition, with enums compared in lower case and nothing else allowed."""
    text = json.dumps(document["definitions"]).replace("#/definitions/", "#/$defs/")
    defs = json.loads(text)
    for each in defs.values():
        if "enum" in each:
            options = "|".join(re.escape(value) for value in each.pop("enum"))
            each["pattern"] = f"^(?i:{options})$"
        elif each.get("properties"):
            each["additionalProperties"] = False
            each["required"] = [member for member in each.get("required", []) if member not in UNPROMISED]
    return {"$ref": f"#/$defs/{name}", "$defs": defs}


# Required by the schema, absent in recorded answers.
UNPROMISED = {
    "lastBootTime": "a node that has not booted yet",
    "ipv6Address": "nodes of single-stack pools",
    "displayName": "an application without one",
    "password": "never returned",
    "accountKey": "never returned",
}
READS = {
    "/pools": "BatchPool",
    "/pools/p/nodes": "BatchNode",
    "/jobs": "BatchJob",
    "/jobs/j/tasks": "BatchTask",
    "/jobs/mpi/tasks/many/subtasksinfo": "BatchSubtask",
    "/jobs/j/tasks/t/files?recursive=true": "BatchNodeFile",
    "/jobs/j/jobpreparationandreleasetaskstatus": "BatchJobPreparationAndReleaseTaskStatus",
    "/jobschedules": "BatchJobSchedule",
    "/jobschedules/s/jobs": "BatchJob",
    "/applications": "BatchApplication",
    "/nodecounts": "BatchPoolNodeCounts",
    "/supportedimages": "BatchSupportedImage",
    "/jobs/j/taskcounts": "BatchTaskCountsResult",
    "/pools/auto": "BatchPool",
    "/jobs/j": "BatchJob",
    "/jobs/j/tasks/t": "BatchTask",
    "/jobs/j/tasks/bad": "BatchTask",
    "/jobschedules/s": "BatchJobSchedule",
}


@pytest.fixture
def busy(plane):
    """A data plane where much has happened."""
    extensions = [{"name": "e", "publisher": "p", "type": "t", "typeHandlerVersion": "1.0", "settings": {"a": "b"}}]
    machine = {**_machine()["virtualMachineConfiguration"], "extensions": extensions}
    plane.pool("p", 4, virtualMachineConfiguration=machine, startTask={"commandLine": "echo up"}, taskSlotsPerNode=2)
    plane.ok("POST", "/pools", {**_machine(), "id": "auto", **AUTOSCALED})
    _application(plane)
    prepared = {"jobPreparationTask": {"commandLine": "echo"}, "jobReleaseTask": {"commandLine": "echo"}}
    plane.ok("POST", "/jobs", {"id": "j", "poolInfo": {"poolId": "p"}, **prepared})
    many = {"numberOfInstances": 2, "coordinationCommandLine": "echo"}
    tasks = [
        {"id": "t", "commandLine": "echo hello"},
        {"id": "bad", "commandLine": "exit 3"},
        {"id": "long", "commandLine": "sleep 5000"},
    ]
    plane.ok("POST", "/jobs/j/addtaskcollection", {"value": tasks})
    plane.pool("mpi", 2, enableInterNodeCommunication=True)
    plane.ok("POST", "/jobs", {"id": "mpi", "poolInfo": {"poolId": "mpi"}})
    plane.ok("POST", "/jobs/mpi/tasks", {"id": "many", "commandLine": "echo", "multiInstanceSettings": many})
    body = {"schedule": {"recurrenceInterval": "PT1H"}, "jobSpecification": {"poolInfo": {"poolId": "p"}}}
    plane.ok("POST", "/jobschedules", {"id": "s", **body})
    plane.advance(200)
    return plane


@pytest.mark.parametrize("path", READS)
def test_answers_fit_their_schema(path, busy, facts) -> None:
    """What is read has the types, enum values and members of the published schema, and nothing else."""
    document = json.loads((facts / "dataplane/BatchService.sdk-derived.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(_definition(document, READS[path]))
    content = busy.get(path.partition("?")[0], **dict([path.partition("?")[2].split("=")] if "?" in path else []))
    content.pop("odata.metadata")
    shown = content.get("value", [content])
    assert shown
    for one in shown:
        if READS[path] == "BatchNodeFile" and "properties" in one:
            one["properties"]["contentLength"] = int(one["properties"]["contentLength"])  # recorded: a string
        assert [error.message for error in validator.iter_errors(one)] == []
