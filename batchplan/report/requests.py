"""What a step sends, for programs: the method, the object, and the body without its secrets."""

from collections.abc import Mapping
from typing import Any, assert_never

from batchplan.plan.step import (
    Activate,
    Adopt,
    Available,
    CopyJob,
    CopyTasks,
    Create,
    Delete,
    DisableAutoScale,
    DisableJob,
    DisableSchedule,
    DropTasks,
    EnableAutoScale,
    EnableJob,
    EnableSchedule,
    EndWithTasks,
    Forget,
    Gone,
    JobIs,
    Mark,
    MoveWork,
    Patch,
    PolicyGate,
    Promote,
    Quiet,
    Ready,
    Rebooted,
    RebootNodes,
    Rename,
    RepointSchedule,
    Resize,
    Retime,
    SetActive,
    SetWarm,
    Steady,
    Step,
    StillSilent,
    StopResize,
    TaskSucceeded,
    TerminateJob,
    Unfired,
    Upload,
    UploadLogs,
)
from batchplan.schema.document import Secret
from batchplan.state.secrets import is_placeholder

HIDDEN = "(sensitive value)"
_DATA_PLANE = ("job", "job_schedule")


def request_json(step: Step) -> dict[str, Any] | None:
    """Return the request of a step; None for one that only looks, or only moves something in the state."""
    match step:
        case Create():
            return _request("POST" if step.remote.kind in _DATA_PLANE else "PUT", step, body=step.body)
        case Patch():
            made = _request("PUT" if step.remote.kind == "application_package" else "PATCH", step, body=step.body)
            return {**made, "if_match": step.etag} if step.etag else made
        case Delete():
            return _request("DELETE", step)
        case Resize():
            return _request("PATCH", step, body={"properties": {"scaleSettings": {"fixedScale": _fixed_scale(step)}}})
        case EnableAutoScale():
            scale = {"formula": step.formula, **({"evaluationInterval": step.interval} if step.interval else {})}
            return _request("PATCH", step, body={"properties": {"scaleSettings": {"autoScale": scale}}})
        case StopResize():
            return _request("POST", step, "stopResize")
        case DisableAutoScale():
            return _request("POST", step, "disableAutoScale")
        case Upload():
            return {"method": "PUT", "object": step.remote.id, "file": step.file, "sha256": step.sha256}
        case Activate():
            return _request("POST", step, "activate", body={"format": step.format})
        case DisableJob():
            return _request("POST", step, "disable", body={"disableTasks": step.option})
        case EnableSchedule() if step.elsewhere:
            before = [{"method": "POST", "object": one.id, "action": "disable"} for one in step.elsewhere]
            return {**_request("POST", step, "enable"), "if_match": "(as it was before)", "after": before}
        case EnableJob() | EnableSchedule():
            return _request("POST", step, "enable")
        case TerminateJob():
            return _request("POST", step, "terminate")
        case DisableSchedule():
            return _request("POST", step, "disable")
        case Retime():
            first = step.moment or f"(the next run of {step.follows})" if step.moment or step.follows else None
            times = {**step.body, **({"doNotRunUntil": first} if first else {})}
            return _request("PATCH", step, body={"schedule": times})
        case CopyJob():
            return _request("POST", step, body=step.body)
        case CopyTasks():
            return {**_request("POST", step, "addtaskcollection"), "from": step.source.id, "expected": step.expected}
        case DropTasks():
            return {**_request("DELETE", step, "tasks"), "copied_to": step.copy.id}
        case EndWithTasks():
            return _request("PATCH", step, body={"onAllTasksComplete": step.mode})
        case RepointSchedule():
            body = {"jobSpecification": {"poolInfo": {"poolId": step.target.name}, "(the rest)": "as it is"}}
            return _request("PATCH", step, body=body)
        case UploadLogs():
            since = {**step.body, "startTime": "(when the node was booted)"}
            return _request("POST", step, "nodes/{each}/uploadbatchservicelogs", body=since)
        case RebootNodes():
            made = _request("POST", step, "nodes/{each}/reboot", body={"nodeRebootOption": "taskcompletion"})
            return {**made, "nodes": list(step.nodes)}
        case MoveWork() if step.moves:
            return {"method": "POST, PATCH", "object": step.remote.id, "action": "move jobs that come meanwhile"}
        case Steady() | Ready() | Rebooted() | TaskSucceeded() | JobIs() | Gone() | Available() | MoveWork():
            return None
        case Unfired() | Quiet() | StillSilent() | PolicyGate():
            return None
        case Adopt() | Rename() | Forget() | Promote() | Mark() | SetActive() | SetWarm():
            return None
        case _:
            assert_never(step)


def _request(method: str, step: Step, action: str = "", body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    made: dict[str, Any] = {"method": method, "object": step.remote.id}
    if action:
        made["action"] = action
    if body is not None:
        made["body"] = masked(body)
    return made


def _fixed_scale(step: Resize) -> dict[str, Any]:
    found = {
        "targetDedicatedNodes": step.dedicated,
        "targetLowPriorityNodes": step.low_priority,
        "resizeTimeout": step.timeout,
        "nodeDeallocationOption": step.option,
    }
    return {name: value for name, value in found.items() if value is not None}


def masked(node: Any) -> Any:
    """Return a body that shows no secret."""
    if isinstance(node, Secret) or is_placeholder(node):
        return HIDDEN
    if isinstance(node, Mapping):
        return {str(name): masked(part) for name, part in node.items()}
    if isinstance(node, (list, tuple)):
        return [masked(part) for part in node]
    return node
