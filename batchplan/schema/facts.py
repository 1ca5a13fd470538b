"""What is known of a field beyond its type, attached to it as `Annotated[…, Fact(…)]`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Plane(StrEnum):
    """The two APIs. They name some members differently, and spell the values of enumerations differently."""

    ARM = "arm"
    DATA = "data"


class Change(IntEnum):
    """What a change costs, mildest first, so that `max` picks a resource's class.

    An action stands near the mild end: it is a call of its own, and no node is lost by it.
    """

    LIVE = 0
    ACTION = 1
    REBOOT = 2
    EMPTY = 3
    CREATE = 4

    @property
    def word(self) -> str:
        """Its name as people read it."""
        return self.name.lower()


CONSEQUENCE = {
    Change.LIVE: "patched in place, at any time",
    Change.ACTION: "done by a call of its own; nodes are kept",
    Change.REBOOT: "patched in place; nodes that exist keep the old value until they are rebooted or reimaged",
    Change.EMPTY: "patched only while the pool has no nodes, so the replacement strategy decides",
    Change.CREATE: "never in place: the object is replaced",
}


def most_severe(changes: Iterable[Change]) -> Change:
    """Return the class of a whole from those of its parts; live when there are none."""
    return max(changes, default=Change.LIVE)


ARM_SDK = "azure-mgmt-batch 19.0.0, models of api-version 2025-06-01"
DATA_SDK = "azure-batch 15.1.0, models of api-version 2025-06-01"
NAMES = "the addresses of the REST API, api-version 2025-06-01"
UPDATE_GUIDE = 'Learn, "Update Batch pool properties", 2025-04-02'
IDENTITY_GUIDE = 'Learn, "Configure managed identities in Batch pools"'
CERTIFICATE_GUIDE = 'Learn, "Migrate Batch account certificates to Azure Key Vault", 2023-12'
OWN = "batchplan"


@dataclass(frozen=True, slots=True)
class Ground:
    """What a change costs, the service's reason in one sentence, and where that is said."""

    change: Change
    why: str
    source: str


_SIGNATURE = "sig="


@dataclass(frozen=True, slots=True)
class Fact:
    """Facts of one field. Nested fields inherit `ground` from the block that holds them.

    api: dotted path of the JSON member, from the object of the enclosing block; a leading `/` starts at the body.
        None means the name in camelCase; `data` is the data plane's path where that differs.
    local: not in the body: a part of the URL, or batchplan's own.
    separate: each block is an object of its own in the API, not a member of this one's body.
    key: in a list of blocks, the fields that tell its items apart; empty means the order counts.
    forward: the only change of value that the service takes; any other needs a new object.
    void: a member and its value that make the whole block as good as not set.
    stated: the service wants it said, so the default is sent where a block leaves it out.
    sas: an address that is a secret when it carries a signature.
    since: the first api-version that has it, where that is not an old one.
    """

    text: str = ""
    ground: Ground | None = None
    api: str | None = None
    data: str | None = None
    local: bool = False
    separate: bool = False
    sensitive: bool = False
    sas: bool = False
    readable: bool = True
    key: tuple[str, ...] = ()
    unordered: bool = False
    as_keys: bool = False
    default: str | int | bool | None = None
    label_only: bool = False
    forward: tuple[str, str] | None = None
    since: str = ""
    void: tuple[str, str] | None = None
    stated: bool = False

    def hides(self, value: object) -> bool:
        """Return whether a value of the field is a secret: as the field is one, or as the address carries a signature."""
        return self.sensitive or (self.sas and isinstance(value, str) and _SIGNATURE in value)

    @property
    def change(self) -> Change | None:
        """What a change costs; None where the block around says it."""
        return self.ground.change if self.ground else None

    @property
    def why(self) -> str:
        """The service's reason."""
        return self.ground.why if self.ground else ""

    @property
    def source(self) -> str:
        """Where the reason is said."""
        return self.ground.source if self.ground else ""


PLAIN = Fact()
