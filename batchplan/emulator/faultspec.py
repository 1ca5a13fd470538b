"""What can be made to go wrong, as documents: the bodies of the admin API and of the store.

A fault has a pattern (which calls, or which part of the world), an effect, and limits.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from batchplan.emulator.world import durations

Plane = Literal["arm", "dataplane"]


class Document(BaseModel):
    """A document that refuses members it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def seconds_of(amount: object) -> object:
    """Return the seconds of `90`, `"90"`, `"30m"` or `"PT30M"`; raise ValueError for other text."""
    if not isinstance(amount, str):
        return amount
    text = amount.strip()
    units = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
    if text.upper().startswith("P"):
        return durations.seconds(text)
    return float(text[:-1]) * units[text[-1].lower()] if text[-1:].lower() in units else float(text)


class Answer(Document):
    """The service refuses: a status and a Batch error code. The call has no effect."""

    kind: Literal["answer"]
    status: int = Field(ge=400, le=599)
    code: str | None = Field(default=None, description="Batch error code; the usual one of the status when left out.")
    message: str | None = None
    retry_after: int | None = Field(default=None, ge=0, description="Seconds, sent as `Retry-After`.")
    close: bool = Field(default=False, description="Send `Connection: close` and close the connection.")


class Cut(Document):
    """The connection breaks: before the call takes effect, or after it, without an answer."""

    kind: Literal["cut"]
    when: Literal["before", "after"] = "before"


class Latency(Document):
    """The answer comes late, by real seconds; the call takes effect at once."""

    kind: Literal["latency"]
    seconds: float = Field(gt=0, le=600)


class Stale(Document):
    """After a matching write, so many reads of the entity show it as it was before that write."""

    kind: Literal["stale"]
    reads: int = Field(default=1, ge=1)


class RegionDown(Document):
    """A region answers nothing, on both planes: connections break, or every call is a 503."""

    kind: Literal["region_down"]
    mode: Literal["cut", "unavailable"] = "cut"
    halts: bool = Field(default=False, description="Its schedules make no jobs; else work goes on behind the scenes.")


class AllocationFailure(Document):
    """Virtual machines cannot be had: pools grow no further and end with a resize error."""

    kind: Literal["allocation_failure"]
    family: str | None = Field(default=None, description="VM family; all when left out.")
    granted: float = Field(default=0.0, ge=0, lt=1, description="The share of the nodes that is to be had.")
    hang: bool = Field(default=False, description="Try until the resize timeout instead of giving up at once.")
    code: str = "AllocationFailed"
    message: str = "Desired number of nodes could not be allocated"


class NodesUnusable(Document):
    """Nodes come up `unusable` instead of `idle`, with the given probability each."""

    kind: Literal["nodes_unusable"]
    share: float = Field(default=1.0, gt=0, le=1)


class StartTaskFailure(Document):
    """Start tasks end with a non-zero exit code, with the given probability each."""

    kind: Literal["start_task_failure"]
    exit_code: int = 1
    share: float = Field(default=1.0, gt=0, le=1)


class Preemption(Document):
    """Spot nodes are taken away, on average after so many virtual minutes each."""

    kind: Literal["preemption"]
    mean_minutes: float = Field(default=60.0, gt=0)


class StuckDeleting(Document):
    """Deleted pools stay in state `deleting` while the fault lasts."""

    kind: Literal["stuck_deleting"]


RequestEffect = Answer | Cut | Latency | Stale | RegionDown
WorldEffect = AllocationFailure | NodesUnusable | StartTaskFailure | Preemption | StuckDeleting
Effect = Annotated[RequestEffect | WorldEffect, Field(discriminator="kind")]


class FaultSpec(Document):
    """A fault to add. Members of the pattern that are left out match everything."""

    id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.-]{1,64}$")
    method: str | None = Field(default=None, description="HTTP method.")
    path: str | None = Field(
        default=None,
        description="Glob over the path, in any case: `*` stays within a segment, `**` does not; "
        "without a leading `/` it may begin at any segment.",
    )
    plane: Plane | None = None
    account: str | None = None
    region: str | None = None
    pool: str | None = Field(default=None, description="Glob over pool ids; for effects on the world.")
    nth: int | None = Field(default=None, ge=1, description="Only the nth matching call, counted from 1.")
    probability: float = Field(default=1.0, gt=0, le=1, description="Seeded: the same calls have the same luck.")
    count: int | None = Field(default=None, ge=1, description="How often it strikes before it ends by itself.")
    expires_in: float | None = Field(default=None, gt=0, description="Virtual seconds until it ends by itself.")
    effect: Effect

    _read = field_validator("expires_in", mode="before")(seconds_of)


class FaultRecord(Document):
    """A fault as it stands."""

    id: str
    spec: FaultSpec
    seen: int = 0  # matching calls
    fired: int = 0
    expires: int | None = None  # ticks
