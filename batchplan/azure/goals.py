"""Whether what a step wants is so already: then it was done before, by a call whose answer was lost."""

from collections.abc import Iterator, Mapping
from typing import Any, assert_never

from batchplan.plan.observation import Observation
from batchplan.plan.step import (
    Activate,
    Call,
    Create,
    Delete,
    DisableAutoScale,
    DisableJob,
    DisableSchedule,
    EnableAutoScale,
    EnableJob,
    EnableSchedule,
    Patch,
    Resize,
    StopResize,
    TerminateJob,
    Upload,
)
from batchplan.schema.document import UNKNOWN, Secret


def reached(step: Call, found: Observation | None) -> bool:
    """Return whether the object is as the step is to leave it."""
    if found is None:
        return isinstance(step, Delete)
    state = str(found.facts.get("state", "")).lower()
    match step:
        case Create() | Patch() | EnableAutoScale():
            return not list(differing(step.applied, found.document))
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
        case Upload():
            return False
        case _:
            assert_never(step)


def differing(applied: Any, found: Any, path: str = "") -> Iterator[str]:
    """Yield the paths at which an object is not as a document says; secrets are never shown, so they cannot differ."""
    if isinstance(applied, Secret) or applied is UNKNOWN or applied is None:
        return
    if isinstance(applied, Mapping):
        members = found if isinstance(found, Mapping) else {}
        for name, part in applied.items():
            yield from differing(part, members.get(name), f"{path}.{name}" if path else name)
    elif isinstance(applied, list | tuple):
        there = found if isinstance(found, list | tuple) else ()
        if len(applied) != len(there):
            yield path
            return
        for at, (part, other) in enumerate(zip(applied, there, strict=True)):
            yield from differing(part, other, f"{path}[{at}]")
    elif _folded(applied) != _folded(found):
        yield path


def _folded(value: Any) -> Any:
    """Azure gives names back in other cases."""
    return value.casefold() if isinstance(value, str) else value


def _targets(pool: Observation) -> tuple[int, int]:
    facts = pool.facts
    return int(facts.get("target_dedicated_nodes", 0)), int(facts.get("target_low_priority_nodes", 0))
