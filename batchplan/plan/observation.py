"""What was read of Azure: the third side, and live facts that planning and waiting look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from batchplan.core.remote import Remote


@dataclass(frozen=True, slots=True)
class Observation:
    """An object as it is live.

    `document` is its readable fields in the form of `schema.document`; `etag` what a conditional change
    names; `facts` what is not configuration: `state`, `allocation_state`, `current_dedicated_nodes`,
    `resize_errors`, `provisioning_state`, `account_endpoint` and the like, in the API's words, snake_case.
    """

    remote: Remote
    document: Mapping[str, Any]
    etag: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeHealth:
    """A pool's nodes by state, and what is wrong with those that are not usable."""

    by_state: Mapping[str, int]
    failures: tuple["NodeFailure", ...] = ()


@dataclass(frozen=True, slots=True)
class NodeFailure:
    """A node that cannot be used: its id, its state, and why, with the tail of the start task's output."""

    node: str
    state: str
    code: str
    message: str
    exit_code: int | None = None
    output: str = ""


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """A job's tasks by what they do."""

    active: int
    running: int
    completed: int


@dataclass(frozen=True, slots=True)
class RecordedTask:
    """When a task was added, started for the last time, and ended, as the service writes moments."""

    created: str
    started: str
    ended: str
    slots: int = 1


@dataclass(frozen=True, slots=True)
class Record:
    """The tasks that an account remembers to have ended, and how many others there are."""

    tasks: tuple[RecordedTask, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Reach:
    """Which planes of an account answer: the control plane for its pools, the data plane for jobs and schedules."""

    control: bool
    data: bool


@dataclass(frozen=True, slots=True)
class Quotas:
    """What an account may use. None: not limited by Batch (user subscription mode)."""

    dedicated_cores: int | None
    low_priority_cores: int | None
    cores_by_family: Mapping[str, int]
    by_family_enforced: bool
    pools: int
    active_jobs_and_schedules: int
