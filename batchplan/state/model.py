"""The state document. Its JSON Schema is published in `state/state.schema.json`.

A document is never changed: `document` makes new ones. Secrets are not in it; where one stood is
`{"$secret": "<keyed hash>"}`.
"""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT_VERSION: Literal[1] = 1

Json = dict[str, Any]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RemoteRecord(_Record):
    """Which object in Azure. `account_id` is the ARM id of its Batch account (for an account, its own)."""

    kind: str
    account_id: str
    name: str = Field(description="account, application, pool, job or schedule: its name in Azure")
    version: str = ""


class ResourceRecord(_Record):
    """One managed object: its address, what it is in Azure, and what was last applied to it."""

    address: str
    remote: RemoteRecord
    applied: Json
    depends_on: tuple[str, ...] = ()
    created_at: datetime | None = None
    generation: int = Field(default=1, description="counts replacements of a pool")
    verified: bool = Field(
        default=True, description="false until it was seen to be usable; the next apply waits for that"
    )


class OutputRecord(_Record):
    """A root output as last applied. A sensitive one is kept as a hash only."""

    value: Any
    type: Any
    sensitive: bool = False


class RolloutRecord(_Record):
    """Where the replacement of a pool stands: of one generation, `previous`, by another, `candidate` (pool ids)."""

    candidate: str
    previous: str
    phase: Literal["candidate", "waiting", "promoted", "retired", "done", "aborted", "undone"] = Field(
        description="candidate: it is made and proved; waiting: for `rollout promote`; promoted: work moves to it and "
        "the old pool is drained; retired: the old pool is kept empty; done: it is gone"
    )
    started_at: datetime
    since: datetime = Field(description="when it came into this phase")
    why: str = ""
    keep_until: datetime | None = Field(default=None, description="when the empty retired pool is due to go")
    paused: bool = Field(default=False, description="plans leave it alone until `rollout promote`")


class DisabledJob(_Record):
    """A job that a run has disabled to move it, and has to enable again. `address` is the pool's."""

    address: str
    remote: RemoteRecord


class OverrideRecord(_Record):
    """A policy finding that somebody overrode, and why."""

    rule: str
    reason: str
    who: str
    when: datetime


class ActiveRegion(_Record):
    """Where a pool with backups does its work, and what is still to be done elsewhere."""

    key: str = Field(description="the label of the backup; empty for the region of the pool itself")
    since: datetime
    why: str = ""
    owed: tuple[str, ...] = Field(
        default=(),
        description="ids of accounts that did not answer: there schedules and sizes are not yet as they should be",
    )
    keep_primary: bool = Field(default=False, description="whether the pool keeps its size while a backup is active")


class DrillRecord(_Record):
    """A failover that was practised, and how it went. Times are in seconds."""

    at: datetime
    key: str
    live: bool = Field(description="whether it was done in Azure, or on an emulator with a copy of what is there")
    recovery_seconds: float
    tasks_lost: int = 0
    tasks_twice: int = 0
    occurrences_missed: int = 0
    passed: bool = True


class PrewarmRecord(_Record):
    """More nodes that a pool has been given before a run, until when plans leave them alone, and what it had before."""

    who: str
    since: datetime
    until: datetime = Field(description="the first apply after it gives the pool its declared size back")
    run: datetime = Field(description="the run that the nodes are for")
    dedicated: int
    low_priority: int = 0
    scale: Json = Field(default_factory=dict, description="the size or the formula that it had")


class StateDocument(_Record):
    """Everything of one workspace."""

    format_version: Literal[1] = FORMAT_VERSION
    batchplan_version: str
    lineage: str = Field(description="a name given once; two states of one lineage are versions of one thing")
    serial: int = Field(ge=0, description="counts the versions of a lineage")
    secret_key: str = Field(description="base64 key of the hashes that stand for secrets")
    resources: tuple[ResourceRecord, ...] = ()
    outputs: dict[str, OutputRecord] = Field(default_factory=dict)
    rollouts: dict[str, tuple[RolloutRecord, ...]] = Field(
        default_factory=dict, description="by address of the pool, newest last"
    )
    disabled_jobs: tuple[DisabledJob, ...] = ()
    folded_runs: tuple[str, ...] = Field(
        default=(), description="runs that are in it, and whose journals may still be open: they are not folded again"
    )
    active_regions: dict[str, ActiveRegion] = Field(default_factory=dict)
    drills: dict[str, DrillRecord] = Field(default_factory=dict, description="the last practised failover of a pool")
    prewarms: dict[str, PrewarmRecord] = Field(
        default_factory=dict, description="by address of the pool, of a backup too, that has more nodes for a while"
    )
    overrides: tuple[OverrideRecord, ...] = ()
