"""What the core asks of the outside: each a small Protocol, with its classes in the layers above."""

from __future__ import annotations  # what a command does not use of this, such as steps, is not loaded

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from batchplan.core.remote import Remote
    from batchplan.plan.observation import (
        JobSeen,
        Listed,
        NodeHealth,
        NodeSeen,
        Observation,
        PoolUse,
        Quotas,
        Reach,
        Record,
        TaskCounts,
        TaskSeen,
        TaskStanding,
        Work,
    )
    from batchplan.plan.step import Call, PolicyGate
    from batchplan.state.model import StateDocument


class Clock(Protocol):
    """Time. The emulator's runs faster."""

    def now(self) -> datetime:
        """Return the present time, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Wait."""


class Reader(Protocol):
    """Looks at Azure. Whoever holds only this cannot change anything."""

    async def observe(
        self, wanted: Collection[Remote], listed: Listed | None = None
    ) -> Mapping[Remote, Observation | None]:
        """Return each object as it is, None where there is none; read by list, per account. Raise AzureError.

        What `listed` holds already is not read again; what is read now is added to it.
        """

    async def read(self, remote: Remote) -> Observation | None:
        """Return one object as it is now. Raise AzureError."""

    async def dropped(self, remote: Remote) -> Mapping[str, Any]:
        """Return what an earlier api-version tells of an object and the present one has no member for, by JSON path.

        Nothing where there is no such object, or no such version any more. Raise AzureError.
        """

    async def node_health(self, pool: Remote) -> NodeHealth:
        """Return the state of a pool's nodes. Raise AzureError."""

    async def task_counts(self, job: Remote) -> TaskCounts:
        """Return how many tasks a job has. Raise AzureError."""

    async def work_on(self, pools: Collection[Remote]) -> Mapping[Remote, Work]:
        """Return what names each pool; read by list, per account. Raise AzureError."""

    async def pools_of(self, account_id: str) -> Sequence[PoolUse]:
        """Return all pools of an account, with what they take of its quota. Raise AzureError."""

    async def node_counts(self, account_id: str) -> Mapping[str, Mapping[str, int]]:
        """Return the nodes of each pool of an account, by its id and by state in lower case. Raise AzureError."""

    async def jobs_of(self, account_id: str) -> Sequence[JobSeen]:
        """Return the jobs and schedules of an account, those that are over too; by list. Raise AzureError."""

    async def accounts_by_location(self) -> Mapping[str, int]:
        """Return how many accounts the subscription has in each region that it has any in. Raise AzureError."""

    async def api_versions(self) -> Sequence[str]:
        """Return the versions of the management API that Azure offers for Batch accounts. Raise AzureError."""

    async def nodes(self, pool: Remote) -> Sequence[NodeSeen]:
        """Return the nodes of a pool. Raise AzureError."""

    async def task(self, job: Remote, task: str) -> TaskSeen | None:
        """Return a task of a job, None where there is none. Raise AzureError."""

    async def reach(self, account_id: str) -> Reach:
        """Return which planes of an account answer, of three tries in short order."""

    async def unfinished(self, job: Remote) -> Collection[str]:
        """Return the ids of a job's tasks that have not ended. Raise AzureError."""

    async def tasks_of(self, job: Remote) -> Mapping[str, TaskStanding]:
        """Return where the tasks of a job stand, by their ids; none when the job is gone. Raise AzureError."""

    async def quotas(self, account_id: str) -> Quotas:
        """Return an account's quotas. Raise AzureError."""

    async def contents(self, account_id: str) -> Sequence[Remote]:
        """Return the pools, jobs and job schedules of an account; not the jobs of schedules. Raise AzureError."""

    async def record(self, account_id: str, pool: str | None = None) -> Record:
        """Return the tasks that have ended in an account, or in its jobs on one pool. Raise AzureError."""

    async def look_up(self, kind: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the attributes of a data block of a kind, by its arguments. Raise AzureError."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: the object's ETag afterwards, where it has one, and whether it had been done before."""

    etag: str | None = None
    adopted: bool = False


class Writer(Protocol):
    """Changes Azure, one call a step."""

    async def perform(self, step: Call) -> Outcome:
        """Make the call of a step. Raise AzureError."""


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """What policy says at a gate: what stops the run there, and what was overridden with a reason; empty when nothing."""

    stops: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()


class Gatekeeper(Protocol):
    """Asks policy in the middle of a run."""

    async def ask(self, gate: PolicyGate) -> GateAnswer:
        """Return what the rules of a gate say, with what is known by now. Raise AzureError."""


class StateLock(Protocol):
    """A lock that is held."""

    async def release(self) -> None:
        """Give it back."""


@dataclass(frozen=True, slots=True)
class LockInfo:
    """Who holds a lock."""

    id: str
    who: str
    operation: str
    since: datetime
    host: str
    pid: int


class LockedError(Exception):
    """The state is locked by somebody else."""

    def __init__(self, holder: LockInfo) -> None:
        super().__init__(f"locked by {holder.who} since {holder.since.isoformat()}")
        self.holder = holder


class StateStore(Protocol):
    """Keeps the state of one workspace, its older versions, and journals."""

    async def read(self) -> StateDocument | None:
        """Return the state, None before the first. Raise StateError when it is damaged."""

    async def write(self, document: StateDocument) -> None:
        """Keep a new version, whole or not at all. Raise StateError when the serial is not the next one."""

    async def lock(self, operation: str, timeout: float = 0.0) -> StateLock:
        """Return the lock; raise LockedError after the timeout (seconds)."""

    async def force_unlock(self, id: str) -> None:  # noqa: A002 - the word of the field
        """Break a lock of that id."""

    async def append_journal(self, run: str, entry: Mapping[str, Any]) -> None:
        """Add an entry to the journal of a run; it is on disk when this returns. Raise StateError when it cannot be."""

    async def journal(self, run: str) -> Sequence[Mapping[str, Any]]:
        """Return a run's entries in order."""

    async def open_runs(self) -> Sequence[str]:
        """Return the runs whose journal has not been closed: those that were interrupted."""

    async def close_journal(self, run: str) -> None:
        """Mark a run as folded into the state."""


class StateError(Exception):
    """The state cannot be read or written: what is wrong, and what to do."""


class AzureError(Exception):
    """What Azure, or the way to it, said no to. The six subclasses are all there are."""

    retryable = False

    def __init__(
        self, message: str, *, code: str = "", values: Sequence[tuple[str, str]] = (), status: int = 0
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.values = tuple(values)
        self.status = status


class NotFound(AzureError):
    """There is no such object."""


class Conflict(AzureError):
    """The object is in a state that does not allow it, or has changed."""


AT_WORK_ELSEWHERE = "AtWorkElsewhere"
"""The code of a Conflict that is ours: a schedule is not enabled, because a copy of it is, or may become so."""


class Throttled(AzureError):
    """Too many calls."""

    retryable = True


class Forbidden(AzureError):
    """The caller may not, or is not known."""


class Rejected(AzureError):
    """The request is not acceptable."""


class Unreachable(AzureError):
    """No answer, or an answer that the service failed."""

    retryable = True
