"""What was read of Azure: the third side, and live facts that planning and waiting look at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from batchplan.core.remote import Remote, RemoteKey

OVER = frozenset({"completed", "terminating", "deleting"})
"""States of jobs that run nothing any more. The service takes no change of them, such as a move (409 JobCompleted)."""

_NODES = (
    "current_dedicated_nodes",
    "current_low_priority_nodes",
    "target_dedicated_nodes",
    "target_low_priority_nodes",
)


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

    @property
    def is_going(self) -> bool:
        """Whether the object is being deleted."""
        words = (self.facts.get("state"), self.facts.get("provisioning_state"))
        return any(str(word or "").lower() == "deleting" for word in words)

    @property
    def has_ended(self) -> bool:
        """Whether this is a job that runs nothing any more, and takes no change."""
        return self.remote.kind == "job" and str(self.facts.get("state", "")).lower() in OVER

    @property
    def is_steady(self) -> bool:
        """Whether a pool is not getting or losing nodes."""
        return str(self.facts.get("allocation_state", "steady")).lower() == "steady"

    @property
    def is_empty(self) -> bool:
        """Whether a pool has no nodes, and gets none."""
        if "current_dedicated_nodes" not in self.facts or self.document.get("auto_scale"):
            return False
        return self.is_steady and not any(int(self.facts.get(name) or 0) for name in _NODES)


Observed = Mapping[Remote, Observation | None]
"""What is live of all that was looked at; None where there is nothing."""


def live_of(observed: Observed) -> dict[RemoteKey, Observation]:
    """Return what there is, by the keys of the objects."""
    return {remote.key: found for remote, found in observed.items() if found is not None}


@dataclass(slots=True)
class Listed:
    """What lists have told so far: objects by their keys, and what was read whole.

    A list is named by the kind of what is in it, its account in lower case, and the application of packages; an
    account that was looked for by its kind and id.
    """

    found: dict[RemoteKey, Observation] = field(default_factory=dict)
    whole: set[tuple[str, str, str]] = field(default_factory=set)


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
class JobAtWork:
    """A job that is not completed and names a pool. `schedule` is the id of the schedule that made it, if one did."""

    remote: Remote
    state: str
    counts: TaskCounts
    schedule: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What names a pool: jobs, schedules, and the jobs of smoke tests, also those that are completed.

    `sealed` are ids, in lower case, of schedules with a password that Azure does not tell.
    `auto_pool_jobs` are jobs of the account that make pools of their own, and so are none of this pool's business.
    """

    jobs: tuple[JobAtWork, ...] = ()
    schedules: tuple[Remote, ...] = ()
    smoke_tests: tuple[Remote, ...] = ()
    auto_pool_jobs: int = 0
    sealed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PoolUse:
    """What a pool takes of its account's quota, by its targets."""

    name: str
    vm_size: str
    dedicated: int
    low_priority: int


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """A node: its state, when it has booted, and when its agent was last brought up to date.

    `agent` is the version of the agent, `allocated` when the pool got the node.
    """

    id: str
    state: str
    booted: datetime | None
    agent_updated: datetime | None = None
    agent: str = ""
    allocated: datetime | None = None


@dataclass(frozen=True, slots=True)
class JobSeen:
    """A job or a schedule of an account, and the pool that it names; empty when it has a pool of its own.

    `schedule` is the id of the schedule that made a job, if one did.
    """

    remote: Remote
    state: str
    pool: str
    schedule: str | None = None


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """A task: its state, and how it ended, with the end of its error output."""

    state: str
    exit_code: int | None = None
    message: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class TaskStanding:
    """Where a task stands: its state, how often it has been started, and whether it ended without having run to an end."""

    state: str
    starts: int = 0
    gave_up: bool = False


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
