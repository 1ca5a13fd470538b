"""What is known of a field beyond its type, attached to it as `Annotated[…, Fact(…)]`.

Sources: the documentation strings of azure-mgmt-batch 19.0.0 and azure-batch 15.1.0 (api-version 2025-06-01),
Learn "Update Batch pool properties" (2025-04-02), and answers of the service in public recordings.
"""

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


@dataclass(frozen=True, slots=True)
class Fact:
    """Facts of one field. Nested fields inherit `change` and `why` from the block that holds them.

    api: dotted path of the JSON member, from the object of the enclosing block; a leading `/` starts at the body.
        None means the name in camelCase; `data` is the data plane's path where that differs.
    local: not in the body: a part of the URL, or batchplan's own.
    separate: each block is an object of its own in the API, not a member of this one's body.
    key: in a list of blocks, the fields that tell its items apart; empty means the order counts.
    forward: the only change of value that the service takes; any other needs a new object.
    link: `sas` when the value is a secret only if it carries a signature.
    """

    text: str = ""
    change: Change | None = None
    why: str = ""
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
    source: str = ""


PLAIN = Fact()
