"""What is done: a closed union of small records, each one call, one wait, or one move within the state.

Executing, rendering, serialising and undoing are readers of these; a reader that misses a case is a type
error (`assert_never`). Steps seek a goal: done twice, they have the same result. Bodies are the exact
JSON that is sent, in the names of the API; a secret in them is a `schema.document.Secret`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from batchplan.core.address import Address
from batchplan.core.remote import Remote

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What all steps have. `id` is unique in a plan; `needs` are ids of steps that come before."""

    id: str
    address: Address
    remote: Remote
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Create(_Step):
    """Create the object; one that is there already, made by an interrupted run, is adopted.

    `applied` is what the state records: the document, in the form of `schema.document`.
    """

    body: Body
    applied: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch(_Step):
    """Change members of the object, and only these; `etag` is what it had when planned, where it has one."""

    body: Body
    applied: Mapping[str, Any]
    etag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete(_Step):
    """Ask for the object to be deleted; `Gone` waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resize(_Step):
    """Set the targets of a pool of fixed size. `option` is what becomes of tasks on nodes that go."""

    dedicated: int
    low_priority: int
    timeout: str | None = None
    option: str | None = None
    applied: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopResize(_Step):
    """Stop a resize that is going on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableAutoScale(_Step):
    """Let a formula set the targets from now on."""

    formula: str
    interval: str | None
    applied: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableAutoScale(_Step):
    """Keep the present targets as fixed ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload(_Step):
    """Upload the zip of an application package to the place Azure names for it."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activate(_Step):
    """Make an uploaded package usable."""

    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableJob(_Step):
    """Let a job start no more tasks. `option`: what becomes of running ones: requeue, terminate or wait."""

    option: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableJob(_Step):
    """Let a job run tasks again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminateJob(_Step):
    """End a job and its tasks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableSchedule(_Step):
    """Let a schedule make no more jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableSchedule(_Step):
    """Let a schedule make jobs again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady(_Step):
    """Wait until a pool's allocation is steady, with no resize error newer than `since_step` was done.

    `stopped`: a resize was stopped on purpose, so that it did not get all its nodes is no error.
    """

    timeout: float
    since_step: str | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready(_Step):
    """Wait until a pool's nodes are usable: idle or running, none unusable, no start task failed.

    `minimum` None means as many as the pool's targets; an autoscaled pool may have none.
    """

    timeout: float
    minimum: int | None = None
    since_step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained(_Step):
    """Wait until no task runs on a pool any more."""

    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobIs(_Step):
    """Wait until a job is in a state."""

    state: str
    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone(_Step):
    """Wait until the object does not exist any more; then the state forgets it."""

    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Available(_Step):
    """Wait until an account has been made and answers."""

    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfired(_Step):
    """See that a schedule which stands ready has made no job."""

    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet(_Step):
    """Wait until no run of a schedule is due within `margin` seconds, so that none falls between two regions."""

    timeout: float
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StillSilent(_Step):
    """See that an account still does not answer: if it does, its schedules have to be disabled first."""

    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt(_Step):
    """Take an object that exists into the state, as it is."""

    applied: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename(_Step):
    """Give an object of the state another address."""

    origin: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Forget(_Step):
    """Take an object out of the state; in Azure it stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retime(_Step):
    """Have a schedule begin with the next run of another one, so that both have the same hours.

    `body` is the rest of the schedule's times. The moment is the next run of `follows` as the service tells it, or
    `moment` where there is no such; while it lies behind, `every` (seconds) is added to it.
    """

    body: Body
    applied: Mapping[str, Any]
    follows: Remote | None = None
    moment: str | None = None
    every: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyJob(_Step):
    """Create a job like one in another region, for its unfinished tasks; the state does not keep it."""

    body: Body
    origin_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTasks(_Step):
    """Add the unfinished tasks of another job, a hundred at a time, under the ids they had.

    Which these are is looked up when it is done, for tasks end and come until then; `expected` is how many there were.
    One that is there stays as it is. `manager` is the id of a task that comes with the job.
    """

    source: Remote
    expected: int
    manager: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DropTasks(_Step):
    """Delete unfinished tasks that are in another job by now, so that they run there only."""

    copy: Remote


@dataclass(frozen=True, slots=True, kw_only=True)
class EndWithTasks(_Step):
    """Let a job end with its last task, or as `mode` says; set when all its tasks have been added."""

    mode: str


Call = (
    Create
    | Patch
    | Delete
    | Resize
    | StopResize
    | EnableAutoScale
    | DisableAutoScale
    | Upload
    | Activate
    | DisableJob
    | EnableJob
    | TerminateJob
    | DisableSchedule
    | EnableSchedule
    | Retime
    | CopyJob
    | CopyTasks
    | DropTasks
    | EndWithTasks
)
"""Steps that call Azure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetActive(_Step):
    """Record in which region a pool does its work from now on; `owed` are the accounts that did not answer."""

    key: str
    why: str
    owed: tuple[str, ...] = ()
    keep_primary: bool = False
    since: str | None = None


Wait = Steady | Ready | Drained | JobIs | Gone | Available | Unfired | Quiet | StillSilent
"""Steps that only look, until something is so."""

Move = Adopt | Rename | Forget | SetActive
"""Steps within the state."""

Step = Call | Wait | Move
