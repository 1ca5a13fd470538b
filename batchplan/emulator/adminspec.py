"""The bodies of the admin API."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from batchplan.emulator.faultspec import Document, seconds_of
from batchplan.emulator.model import Json

Seconds = Annotated[float, Field(ge=0, le=100 * 365 * 86_400)]


class Advance(Document):
    """Move virtual time forward; everything that falls due happens, in order."""

    by: Seconds = Field(description='Virtual seconds, or text: "30m", "2h", "PT30M".')

    _read = field_validator("by", mode="before")(seconds_of)


class Speed(Document):
    """Virtual seconds per real second from now on; 0 freezes."""

    speed: float = Field(ge=0, le=1_000_000)


class Durations(Document):
    """How long tasks run, in virtual seconds."""

    kind: Literal["fixed", "uniform", "exponential"] = "fixed"
    seconds: Seconds = Field(default=60.0, description="The duration, or the mean of the exponential ones.")
    low: Seconds = 0.0
    high: Seconds = 0.0

    _read = field_validator("seconds", "low", "high", mode="before")(seconds_of)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.kind == "uniform" and not self.low <= self.high:
            raise ValueError("low must not be above high")
        return self


class Workload(Document):
    """Tasks to make up and submit to a job that exists."""

    account: str
    job: str
    count: int = Field(ge=1, le=100_000)
    prefix: str = Field(default="load", pattern=r"^[A-Za-z0-9_-]{1,50}$")
    durations: Durations = Durations()
    slots: int = Field(default=1, ge=1, le=256)
    spread: Seconds = Field(default=0.0, description="They arrive over so many virtual seconds, evenly at random.")
    exit_codes: dict[str, float] = Field(default={"0": 1.0}, description="Exit code to its weight.")
    max_retries: int = Field(default=0, ge=-1)

    _read = field_validator("spread", mode="before")(seconds_of)

    @field_validator("exit_codes")
    @classmethod
    def _weighed(cls, codes: dict[str, float]) -> dict[str, float]:
        if not codes or any(weight < 0 for weight in codes.values()) or sum(codes.values()) <= 0:
            raise ValueError("exit_codes needs weights that are not all zero")
        for code in codes:
            int(code)
        return codes


class NodeAction(Document):
    """Something that befalls nodes at once. Without `node`, the first `count` of the pool that it can befall."""

    account: str
    pool: str
    node: str | None = None
    count: int = Field(default=1, ge=1)
    action: Literal["preempt", "make_unusable", "lose_contact", "recover"]


class Connection(Document):
    """A private endpoint that connects to an account, as Microsoft.Network would; it waits for approval."""

    account: str
    name: str = Field(default="endpoint", pattern=r"^[A-Za-z0-9_.-]{1,80}$")
    endpoint: str = Field(description="The ARM id of the private endpoint.")
    group: Literal["batchAccount", "nodeManagement"] = "batchAccount"


class Association(Document):
    """A network security perimeter that takes an account in, as Microsoft.Network would."""

    account: str
    perimeter: str = Field(description="The ARM id of the perimeter.")


class Snapshot(Document):
    """A whole world: entities by table, events to come, clock and faults."""

    format: Literal[1]
    seed: int
    moment: int
    speed: float
    counter: int
    tables: dict[str, list[tuple[list[str], Json]]]
    events: list[tuple[int, int, str, list[object]]]
    faults: Json
