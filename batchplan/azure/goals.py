"""Whether what a step wants is so already: then it was done before, by a call whose answer was lost."""

from collections.abc import Mapping
from typing import Any, assert_never

from batchplan.plan.diff import drift
from batchplan.plan.observation import Observation
from batchplan.plan.step import (
    Activate,
    Call,
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
    Patch,
    RebootNodes,
    RepointSchedule,
    Resize,
    Retime,
    StopResize,
    TerminateJob,
    Upload,
    UploadLogs,
)
from batchplan.schema.document import path_text
from batchplan.state.secrets import new_key


def reached(step: Call, found: Observation | None) -> bool:
    """Return whether the object is as the step is to leave it."""
    if found is None:
        return isinstance(step, Delete) or _is_move(step)
    if found.has_ended and isinstance(step, (Patch, DisableJob, EnableJob)):
        return True  # it takes no change any more, and stays where it is
    state = str(found.facts.get("state", "")).lower()
    match step:
        case Create() | Patch() if step.applied is None:
            return False
        case Create() | Patch() | EnableAutoScale():
            assert step.applied is not None, "a case before this one"
            return not differing(step.remote.kind, step.applied, found.document)
        case Resize():
            return _targets(found) == (step.dedicated, step.low_priority)
        case Delete():
            return "deleting" in {state, str(found.facts.get("provisioning_state", "")).lower()}
        case StopResize():
            return str(found.facts.get("allocation_state", "")).lower() in {"steady", "stopping"}
        case DisableAutoScale():
            return not found.document.get("auto_scale")
        case Activate():
            return state == "active"
        case DisableJob():
            return state in {"disabling", "disabled"}
        case EnableJob():
            return state in {"enabling", "active"}
        case TerminateJob():
            return state in {"terminating", "completed"}
        case DisableSchedule():
            return state == "disabled"
        case EnableSchedule():
            return state == "active"
        case CopyJob():
            return state not in {"deleting", ""}
        case EndWithTasks():
            return state in {"terminating", "completed"}
        case Retime() | CopyTasks() | DropTasks() | Upload() | UploadLogs() | RebootNodes() | RepointSchedule():
            return False
        case _:
            assert_never(step)


def _is_move(step: Call) -> bool:
    """Return whether a call is a part of moving a job. One that is gone has nowhere to go."""
    if step.remote.kind != "job":
        return False
    moves = isinstance(step, Patch) and "poolInfo" in step.body
    return moves or isinstance(step, (DisableJob, EnableJob))


def differing(kind: str, applied: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Return the paths at which an object is not as a document says. What is never shown cannot differ."""
    return [path_text(change.path) for change in drift(kind, applied, found, new_key())]


def _targets(pool: Observation) -> tuple[int, int]:
    facts = pool.facts
    return int(facts.get("target_dedicated_nodes", 0)), int(facts.get("target_low_priority_nodes", 0))
