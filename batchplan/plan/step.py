"""What is done: a closed union of small records, each one call, one wait, or one move within the state.

Executing, rendering, serialising and undoing are readers of these; a reader that misses a case is a type
error (`assert_never`). Steps seek a goal: done twice, they have the same result. Bodies are the exact
JSON that is sent, in the names of the API; a secret in them is a `schema.document.Secret`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from batchplan.core.address import Address
from batchplan.core.remote import Remote

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """What all steps have. `id` is unique in a plan; `needs` are ids of steps that come before.

    A step with `instead_of` is a remedy: it is done only when one of those, gates, has not opened.
    """

    id: str
    address: Address
    remote: Remote
    needs: tuple[str, ...] = ()
    instead_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Create(_Step):
    """Create the object; one that is there already, made by an interrupted run, is adopted.

    `applied` is what the state records: the document, in the form of `schema.document`. None for what the state
    does not keep: the job of a smoke test.
    """

    body: Body
    applied: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch(_Step):
    """Change members of the object, and only these; `etag` is what it had when planned, where it has one.

    `applied` is None for an object that is not declared: a job that moves to another pool.
    """

    body: Body
    applied: Mapping[str, Any] | None
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
    """End a job and its tasks; one that has a `copy`, only while that is not disabled: there its tasks are to run."""

    copy: Remote | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableSchedule(_Step):
    """Let a schedule make no more jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnableSchedule(_Step):
    """Let a schedule make jobs again; of one that has copies `elsewhere`, only while none of those makes any.

    They are looked at, and disabled once more, by the call itself, because a look of its own would be over by the time
    of the call: two commands without a lock must not each enable one. Accounts that do not answer are not among them.
    """

    elsewhere: tuple[Remote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RepointSchedule(_Step):
    """Let a schedule that is not declared make its jobs on another pool.

    A specification is replaced whole, so it is read, and sent back as it is but for the pool; it is in no plan file.
    """

    target: Remote


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLogs(_Step):
    """Have each node of a pool upload its agent's logs, before it goes: one call a node, with this body and its boot time."""

    body: Body


@dataclass(frozen=True, slots=True, kw_only=True)
class RebootNodes(_Step):
    """Reboot some nodes, when their running tasks have ended. One that has booted since `after`, or is gone, is left."""

    nodes: tuple[str, ...]
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveWork(_Step):
    """Wait until nothing runs on a pool and nothing points to it, moving what came to it since the plan was made.

    Jobs and schedules that name the pool by then are pointed to `target`, as those in the plan were; with `moves`
    False they are left to finish. It is over when no task runs, seen twice, `AGAIN_SECONDS` apart. `option` is what
    becomes of running tasks when their job is disabled: wait or requeue; `at_timeout` says what becomes of them then.
    """

    target: Remote
    moves: bool
    option: str
    timeout: float
    at_timeout: str


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

    `minimum` None means as many as the pool's targets, or the `share` (per cent) of them. The targets of a pool that
    scales itself are what its formula last asked for, and a formula that fails has asked for nothing yet. So many nodes may be
    unusable, or have a failed start task, as the limits say; and it must stay so for `settle` seconds.
    """

    timeout: float
    minimum: int | None = None
    share: int = 100
    since_step: str | None = None
    max_unusable: int = 0
    max_start_task_failures: int = 0
    settle: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSucceeded(_Step):
    """Wait until a task of the job `remote` has ended with exit code 0."""

    task: str
    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebooted(_Step):
    """Wait until some nodes have booted since `after` and are usable, or are gone."""

    nodes: tuple[str, ...]
    after: str
    timeout: float


@dataclass(frozen=True, slots=True, kw_only=True)
class JobIs(_Step):
    """Wait until a job is in a state.

    With `requeues`, a job that is still being disabled at the timeout is disabled once more, and its running tasks go
    back to its queue.
    """

    state: str
    timeout: float
    requeues: bool = False


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
class Promote(_Step):
    """Let a candidate be the active one, and what was active be retired, in one entry of the state."""

    candidate: Address
    retired: Address
    previous: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(_Step):
    """Record where the replacement of a pool stands. `remote` is the candidate, `previous` the id of what it replaces.

    `keep` is for how many seconds the retired pool is kept from now on; `paused` has plans leave it alone.
    """

    phase: str
    previous: str
    why: str = ""
    keep: float | None = None
    paused: bool = False


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
    | RepointSchedule
    | UploadLogs
    | RebootNodes
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWarm(_Step):
    """Record that a pool has more nodes until a moment, for a run; without `until`, that it has its own size again.

    `scale` is the size or the formula that it had before.
    """

    until: str | None = None
    run: str | None = None
    who: str = ""
    dedicated: int = 0
    low_priority: int = 0
    scale: Mapping[str, Any] = field(default_factory=dict)


Wait = Steady | Ready | Rebooted | TaskSucceeded | JobIs | Gone | Available | Unfired | Quiet | StillSilent
"""Steps that only look, until something is so."""

Move = Adopt | Rename | Forget | Promote | Mark | SetActive | SetWarm
"""Steps within the state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyGate(_Step):
    """Ask policy again what could not be told when planning, because `remote`, an account, was not there yet.

    A finding that stops an apply fails the step. `asks` are rules by id, with the addresses of what each is asked
    about; empty for the plan as a whole.
    """

    asks: Mapping[str, tuple[str, ...]]


Step = Call | Wait | Move | MoveWork | PolicyGate
