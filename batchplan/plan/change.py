"""What differs between what is wanted and what is there, one change an object."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any

from batchplan.core.address import Address
from batchplan.core.remote import Remote, RemoteKey
from batchplan.core.source import Range
from batchplan.plan.observation import NodeSeen, PoolUse, Quotas, Work
from batchplan.state.model import ActiveRegion, PrewarmRecord

if TYPE_CHECKING:
    from batchplan.plan.parity import Parity
    from batchplan.plan.regions import RegionalPool

Document = Mapping[str, Any]
"""The snake_case form of `schema.document`: only what is set; `UNKNOWN` and `Secret` at leaves."""

Path = tuple[str | int, ...]


class Action(IntEnum):
    """What a change costs, mildest first, so that `max` over the fields picks an object's action."""

    NOOP = 0
    UPDATE = 1
    REPLACE = 2
    CREATE = 3
    DELETE = 4


class Cause(StrEnum):
    """Why a field differs. For people: nothing is decided by it."""

    CONFIG = "changed in the configuration"
    DRIFT = "changed outside of batchplan"
    UNSET = "no longer in the configuration"
    NEW = "new"
    ASKED = "asked for with -replace"
    TRIGGERED = "replace_triggered_by"
    UNVERIFIED = "the last run did not see it become usable"
    REGION = "another region is active"
    AGED = "older than replacement.max_age"
    AGENT = "its node agents are older than replacement.max_node_agent_age"
    UNDONE = "asked for with rollout undo"


IN_PLACE = "in_place"
BLUE_GREEN = "blue_green"
DRAIN_AND_PATCH = "drain_and_patch"
RECREATE = "recreate"
ABANDON = "abandon"
DRAIN = "drain"
COLLECT = "collect"
UNDO = "undo"
WAITING = "waiting"
PAUSED = "paused"
PAUSE = "pause"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs: the three values, what a change of it takes, and why it differs.

    `before` is what was last applied or, where that is not known, observed; `observed` what is live;
    `after` what will be. `mutability` is the word of `schema.facts`. A label's change is `deferred`.
    """

    path: Path
    before: Any
    after: Any
    observed: Any
    mutability: str
    why: str
    cause: Cause
    sensitive: bool = False
    deferred: bool = False
    at: Range | None = None


@dataclass(frozen=True, slots=True)
class Rollout:
    """Which pool takes over from which. `there` says that the candidate exists; without `promotes` it stays one.

    `phase` is how far an earlier run has come with it, empty for a new one. `target` is the pool that work goes to,
    where that is not the candidate any more.
    """

    candidate: Remote
    previous: Remote
    there: bool = False
    promotes: bool = True
    phase: str = ""
    target: Remote | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one object, and the fields that make it so."""

    address: Address
    action: Action
    remote: Remote
    before: Document | None
    after: Document | None
    fields: tuple[FieldChange, ...] = ()
    cause: Cause | None = None
    replaced_by: Remote | None = None
    strategy: str | None = None
    imported: bool = False
    moved_from: Address | None = None
    notes: tuple[str, ...] = ()
    enabled: bool | None = None
    """Whether a schedule is to make jobs, or a pool to do the work; None where nothing is said about it."""
    hours_of: Remote | None = None
    """The schedule whose next run a mirror of it begins with."""
    rollout: Rollout | None = None

    @property
    def forgets(self) -> bool:
        """Whether the state alone loses the object: in Azure it stays, or is gone already."""
        return self.action is Action.DELETE and self.strategy == "forget"

    @property
    def refreshes(self) -> bool:
        """Whether the state alone changes: it takes over what is live."""
        return self.action is Action.UPDATE and self.strategy == "adopt"

    @property
    def is_quiet(self) -> bool:
        """Whether nothing is done to the object in Azure, whatever becomes of it in the state."""
        return self.action is Action.NOOP or self.forgets or self.refreshes


@dataclass(frozen=True, slots=True)
class Drift:
    """What was changed outside of batchplan on one object, whether or not the plan acts on it."""

    address: Address
    remote: Remote
    fields: tuple[FieldChange, ...]
    gone: bool = False


@dataclass(frozen=True, slots=True)
class OutputChange:
    """A root output before and after, as JSON values; sensitive ones are shown as such."""

    name: str
    before: Any
    after: Any
    sensitive: bool
    known: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs.

    `quotas` and `pools` are those of accounts, by id in lower case, that the plan needed to know; `work` is what
    names pools that lose it, and `nodes` those of pools whose nodes are rebooted, by the key of the pool; `owed` are
    jobs that an earlier run has disabled, with the address of the pool that they were to leave.
    `regional` are the pools with backups, `active` what the state says of where they work, `parity` what is known of
    the regions that stand ready. `warm` are pools, by address, that have more nodes for a while, and `cooled` those
    of them that are given their declared size back.
    """

    objects: tuple[Change, ...] = ()
    drift: tuple[Drift, ...] = ()
    outputs: tuple[OutputChange, ...] = ()
    unchanged: int = 0
    needs: Mapping[Address, tuple[Address, ...]] = field(default_factory=dict)
    quotas: Mapping[str, Quotas] = field(default_factory=dict)
    pools: Mapping[str, tuple[PoolUse, ...]] = field(default_factory=dict)
    work: Mapping[RemoteKey, Work] = field(default_factory=dict)
    nodes: Mapping[RemoteKey, tuple[NodeSeen, ...]] = field(default_factory=dict)
    owed: tuple[tuple[Address, Remote], ...] = ()
    regional: "tuple[RegionalPool, ...]" = ()
    active: Mapping[str, ActiveRegion] = field(default_factory=dict)
    parity: "tuple[Parity, ...]" = ()
    warm: Mapping[str, PrewarmRecord] = field(default_factory=dict)
    cooled: frozenset[str] = frozenset()
