"""A run while it goes on: lines for people, events for programs in Terraform's words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, assert_never

from batchplan.apply.events import Done, Event, Failed, Interrupted, Progress, Skipped, Started
from batchplan.plan.step import (
    Adopt,
    Available,
    Create,
    Delete,
    Forget,
    Gone,
    JobIs,
    Mark,
    MoveWork,
    PolicyGate,
    Promote,
    Quiet,
    Ready,
    Rebooted,
    Rename,
    SetActive,
    SetWarm,
    Steady,
    Step,
    StillSilent,
    TaskSucceeded,
    Unfired,
)
from batchplan.report.events import resource
from batchplan.report.plan import owner
from batchplan.report.steps import sentence

WAITS = (Steady, Ready, Rebooted, TaskSucceeded, JobIs, Gone, Available, MoveWork, Unfired, Quiet, StillSilent)
MOVES = (Adopt, Rename, Forget, Promote, Mark, SetActive, SetWarm)
INTERRUPTED = (
    "Interrupted. Nothing more is begun; calls in flight come to their end, and then the state is written. "
    "A second interruption ends batchplan at once."
)
EVERY_SECONDS = 10.0
"""A wait says how it goes this often, where lines cannot be drawn over."""


@dataclass(slots=True)
class Lines:
    """Turns events into lines; a wait's line comes when what it sees changes, or from time to time."""

    said: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    begun: dict[str, datetime] = field(default_factory=dict)

    def lines(self, event: Event) -> list[str]:
        """Return what there is to say of an event, possibly nothing."""
        match event:
            case Started(step=step, at=at):
                self.begun[step.id] = at
                return [] if isinstance(step, WAITS) else [f"{owner(step.address)}  {_ing(sentence(step))}"]
            case Progress():
                return self._progress(event)
            case Done(step=step, seconds=seconds, adopted=adopted):
                if isinstance(step, MOVES):
                    return [f"{owner(step.address)}  done"]
                how = "was there already" if adopted else "done"
                what = f"{self.said[step.id][0]} · " if step.id in self.said else ""
                return [f"{owner(step.address)}  {what}{how} after {_time(seconds)}  ({step.remote})"]
            case Failed(step=step, error=error):
                return [f"{owner(step.address)}  failed: {sentence(step)}: {error.message}"]
            case Skipped(step=step, because=because):
                return [f"{owner(step.address)}  not done: {sentence(step)} ({because})"]
            case Interrupted():
                return ["", INTERRUPTED, ""]
            case _:
                assert_never(event)

    def _progress(self, event: Progress) -> list[str]:
        before = self.said.get(event.step.id)
        if before and before[0] == event.seen and (event.at - before[1]).total_seconds() < EVERY_SECONDS * 6:
            return []
        if before and before[0] != event.seen and (event.at - before[1]).total_seconds() < EVERY_SECONDS:
            return []
        self.said[event.step.id] = (event.seen, event.at)
        waited = (event.at - self.begun.get(event.step.id, event.at)).total_seconds()
        limit = f" of {_time(event.step.timeout)}" if isinstance(event.step, WAITS) else ""
        return [f"{owner(event.step.address)}  {event.seen} · {_time(waited)}{limit}"]


_VERBS = {
    "create": "creating",
    "change": "changing",
    "delete": "deleting",
    "resize": "resizing",
    "stop": "stopping",
    "switch": "switching",
    "upload": "uploading",
    "activate": "activating",
    "disable": "disabling",
    "ask": "asking",
    "enable": "enabling",
    "end": "ending",
    "take": "taking",
    "call": "calling",
    "forget": "forgetting",
}


def _ing(text: str) -> str:
    verb, _, rest = text.partition(" ")
    return f"{_VERBS.get(verb, verb)} {rest}"


def _time(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m{whole % 60:02d}s"
    return f"{whole // 3600}h{whole % 3600 // 60:02d}m"


def event_json(event: Event, begun: Mapping[str, datetime]) -> dict[str, Any]:
    """Return an event in the shape of `terraform apply -json`, with the step besides."""
    if isinstance(event, Interrupted):
        return {"@level": "warn", "@module": "batchplan.ui", "type": "log", "@message": INTERRUPTED}
    step = event.step
    made: dict[str, Any] = {"@level": "info", "@module": "batchplan.ui", "type": _type(event)}
    hook: dict[str, Any] = {"resource": resource(step.address), "action": _action(step), "step": sentence(step)}
    match event:
        case Started(at=at):
            made["@timestamp"] = at.isoformat()
            made["@message"] = f"{step.address}: {_ing(sentence(step))}"
        case Progress(at=at, seen=seen, ready=ready, wanted=wanted):
            made["@timestamp"] = at.isoformat()
            made["@message"] = f"{step.address}: {seen}"
            hook["elapsed_seconds"] = round((at - begun.get(step.id, at)).total_seconds())
            if wanted is not None:
                hook["nodes_ready"], hook["nodes_wanted"] = ready, wanted
        case Done(at=at, seconds=seconds, adopted=adopted):
            made["@timestamp"] = at.isoformat()
            made["@message"] = f"{step.address}: done after {_time(seconds)}"
            hook |= {"id_key": "id", "id_value": step.remote.id, "elapsed_seconds": round(seconds), "adopted": adopted}
        case Failed(at=at, error=error):
            made |= {"@level": "error", "@timestamp": at.isoformat(), "@message": f"{step.address}: {error.message}"}
            hook["error"] = {"message": error.message, "code": error.error.code if error.error else ""}
        case Skipped(because=because):
            made |= {"@level": "warn", "@message": f"{step.address}: not done, {because}"}
        case _:
            assert_never(event)
    made["hook"] = hook
    return made


def _type(event: Started | Progress | Done | Failed | Skipped) -> str:
    names = {
        Started: "apply_start",
        Progress: "apply_progress",
        Done: "apply_complete",
        Failed: "apply_errored",
        Skipped: "apply_skipped",
    }
    return names[type(event)]


def _action(step: Step) -> str:
    if isinstance(step, Create):
        return "create"
    if isinstance(step, (Delete, Gone)):
        return "delete"
    return "read" if isinstance(step, (*WAITS, PolicyGate)) else "update"
