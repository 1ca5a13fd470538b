"""What the steps of a plan mean as requests, worked out apart from the code that makes them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

from batchplan.core.remote import Remote
from batchplan.emulator.requestlog import redacted
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

BELOW = {
    "account": "",
    "application": "/applications/{name}",
    "application_package": "/applications/{name}/versions/{version}",
    "pool": "/pools/{name}",
}
DATA_PLANE = {"job": "/jobs", "job_schedule": "/jobschedules"}
OPTIONS = {"taskcompletion": "TaskCompletion", "requeue": "Requeue", "terminate": "Terminate"}


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `place` is the account on the data plane, else `arm`. Paths are in lower case, bodies JSON text."""

    place: str
    method: str
    path: str
    body: str


def planned(steps: Iterable[Step]) -> list[Request]:
    """Return the requests that steps stand for, in order of their texts."""
    return in_order(one for step in steps for one in _of(step))


def recorded(entries: Iterable[Mapping[str, Any]]) -> list[Request]:
    """Return requests of the emulator's log in the same form, without refused ones that are repeated; bodies of uploads are not compared."""
    made = []
    for one in entries:
        if one["status"] in (429, 503):
            continue  # not now: the same is asked again
        place = str(one["account"]) if one["plane"] == "dataplane" else "arm"
        body = _without_moment(one)
        upload = place == "arm" and not str(one["path"]).lower().startswith("/subscriptions/")
        made.append(
            Request(
                "upload" if upload else place,
                one["method"],
                "" if upload else str(one["path"]).lower(),
                "" if upload else _text(body),
            )
        )
    return in_order(made)


def _without_moment(entry: Mapping[str, Any]) -> Any:
    """Return a request's body; of the times that a schedule is given alone, without the moment that is worked out late."""
    return _timeless(entry["body"]) if entry["method"] == "PATCH" else entry["body"]


def _timeless(body: Any) -> Any:
    if isinstance(body, Mapping) and set(body) == {"schedule"}:
        return {"schedule": {name: value for name, value in body["schedule"].items() if name != "doNotRunUntil"}}
    return body


def in_order(requests: Iterable[Request]) -> list[Request]:
    """Return requests sorted."""
    return sorted(requests, key=lambda one: (one.place, one.path, one.method, one.body))


def _of(step: Step) -> list[Request]:
    match step:
        case Create():
            body = plain(step.body)
            if step.remote.kind in DATA_PLANE:
                made = {"id": step.remote.name, **body}
                return [_request(step.remote, "POST", DATA_PLANE[step.remote.kind], made, whole=True)]
            return [_request(step.remote, "PUT", "", body or None)]
        case Patch():
            method = "PUT" if step.remote.kind == "application_package" else "PATCH"
            return [_request(step.remote, method, "", _timeless(plain(step.body)) or None)]
        case Delete():
            return [_request(step.remote, "DELETE", "")]
        case Resize():
            scale: dict[str, Any] = {
                "targetDedicatedNodes": step.dedicated,
                "targetLowPriorityNodes": step.low_priority,
            }
            if step.timeout:
                scale["resizeTimeout"] = step.timeout
            if step.option:
                scale["nodeDeallocationOption"] = OPTIONS[step.option.lower()]
            return [_request(step.remote, "PATCH", "", {"properties": {"scaleSettings": {"fixedScale": scale}}})]
        case EnableAutoScale():
            auto = {"formula": step.formula, **({"evaluationInterval": step.interval} if step.interval else {})}
            return [_request(step.remote, "PATCH", "", {"properties": {"scaleSettings": {"autoScale": auto}}})]
        case StopResize():
            return [_request(step.remote, "POST", "/stopResize")]
        case DisableAutoScale():
            return [_request(step.remote, "POST", "/disableAutoScale")]
        case Upload():
            return [Request("upload", "PUT", "", "")]
        case Activate():
            return [_request(step.remote, "POST", "/activate", {"format": step.format})]
        case DisableJob():
            return [_request(step.remote, "POST", "/disable", {"disableTasks": step.option})]
        case EnableSchedule():
            before = [_request(one, "POST", "/disable") for one in step.elsewhere]
            return [*before, _request(step.remote, "POST", "/enable")]
        case EnableJob():
            return [_request(step.remote, "POST", "/enable")]
        case TerminateJob():
            return [_request(step.remote, "POST", "/terminate", {"terminateReason": "UserTerminate"})]
        case DisableSchedule():
            return [_request(step.remote, "POST", "/disable")]
        case Retime():
            # The moment is that of the run; that it is the right one, other tests show.
            return [_request(step.remote, "PATCH", "", {"schedule": plain(step.body)})]
        case CopyJob():
            return [_request(step.remote, "POST", "/jobs", {"id": step.remote.name, **plain(step.body)}, whole=True)]
        case CopyTasks():
            raise AssertionError("which tasks these are is known only when it is done")
        case DropTasks():
            raise AssertionError("which tasks these are is known only when it is done")
        case EndWithTasks():
            return [_request(step.remote, "PATCH", "", {"onAllTasksComplete": step.mode})]
        case RepointSchedule() | UploadLogs() | RebootNodes():
            raise AssertionError(f"{step.id} makes calls that are not in the plan one by one")
        case Steady() | Ready() | Rebooted() | TaskSucceeded() | MoveWork() | JobIs() | Gone() | Available():
            return []
        case Unfired() | Quiet() | StillSilent() | PolicyGate():
            return []
        case Adopt() | Rename() | Forget() | Promote() | Mark() | SetActive() | SetWarm():
            return []
        case _:
            assert_never(step)


def _request(remote: Remote, method: str, rest: str, body: Any = None, *, whole: bool = False) -> Request:
    account = remote.account_id.rpartition("/")[2]
    if remote.kind in DATA_PLANE:
        path = rest if whole else f"{DATA_PLANE[remote.kind]}/{remote.name}{rest}"
        return Request(account, method, path.lower(), _text(redacted(body)))
    below = BELOW[remote.kind].format(name=remote.name, version=remote.version)
    return Request("arm", method, f"{remote.account_id}{below}{rest}".lower(), _text(redacted(body)))


def _text(body: Any) -> str:
    return "" if body is None else json.dumps(body, sort_keys=True)


def plain(body: Any) -> Any:
    """Return a body with its secrets shown."""
    if isinstance(body, Secret):
        return plain(body.reveal())
    if isinstance(body, Mapping):
        return {name: plain(part) for name, part in body.items()}
    if isinstance(body, (list, tuple)):
        return [plain(part) for part in body]
    return body
