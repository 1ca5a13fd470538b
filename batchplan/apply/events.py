"""What a run reports while it goes on. Whoever shows it to people or programs reads these."""

from dataclasses import dataclass
from datetime import datetime

from batchplan.plan.step import Step
from batchplan.ports import AzureError


@dataclass(frozen=True, slots=True)
class Started:
    """A step has begun."""

    step: Step
    at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """A wait goes on: what is seen, as a phrase, and counts where there are any."""

    step: Step
    at: datetime
    seen: str
    ready: int | None = None
    wanted: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A step is done; `adopted` says that it had been done before."""

    step: Step
    at: datetime
    seconds: float
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A step has failed."""

    step: Step
    at: datetime
    error: "StepFailure"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A step was not begun, because one that it needs did not end well, or because of an interruption."""

    step: Step
    because: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Somebody wants the run to end: nothing more is begun, and what is in flight comes to its end."""


Event = Started | Progress | Done | Failed | Skipped | Interrupted


class StepFailure(Exception):
    """Why a step failed: said by Azure, seen by a wait, or found by policy. `gate` marks a gate that did not open."""

    def __init__(
        self,
        message: str,
        *,
        error: AzureError | None = None,
        gate: bool = False,
        stale: bool = False,
        policy: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.error = error
        self.gate = gate
        self.stale = stale
        self.policy = policy
