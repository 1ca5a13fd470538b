"""Tasks, subtasks and what runs on nodes for a job, as JSON."""

from urllib.parse import quote

from batchplan.emulator.dataplane.call import Call
from batchplan.emulator.dataplane.views import head, taken
from batchplan.emulator.model import Job, Json, Task

_SPEC = (
    "commandLine",
    "containerSettings",
    "resourceFiles",
    "outputFiles",
    "environmentSettings",
    "affinityInfo",
    "userIdentity",
    "multiInstanceSettings",
    "exitConditions",
    "constraints",
    "requiredSlots",
    "dependsOn",
    "applicationPackageReferences",
    "authenticationTokenSettings",
)


def task(call: Call, job: Job, entity: Task) -> Json:
    """Return a task of a job."""
    view = {**head(call, entity, "jobs", job.id, "tasks", entity.id), **taken(entity.spec, _SPEC)}
    view["executionInfo"] = entity.execution
    if entity.node_info is not None:
        view["nodeInfo"] = located(call, entity.node_info)
    elif entity.state == "completed":
        view["nodeInfo"] = {}  # recorded: a task that never ran
    return view


def located(call: Call, info: Json) -> Json:
    """Return a node information with its URLs."""
    if "nodeId" not in info:
        return info
    node = call.url("pools", info["poolId"], "nodes", info["nodeId"])
    view: Json = {}
    for name, value in info.items():
        view[name] = value
        if name == "affinityId":
            view["nodeUrl"] = node
    root = str(info.get("taskRootDirectory") or "")
    if root:
        view["taskRootDirectoryUrl"] = file_url(node, root)
    return view


def file_url(node: str, path: str) -> str:
    """Return the URL of a path on a node, whose own separator may be a backslash."""
    quoted = quote(path.replace("\\", "/"), safe="/:$-_.!*'(),")
    return f"{node}/files/{quoted}"


def subtask(call: Call, entity: Json) -> Json:
    """Return a subtask of a multi-instance task."""
    return {**entity, "nodeInfo": located(call, entity["nodeInfo"])}
