"""The steps of one object: each needs the one before it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from batchplan.core.address import Address
from batchplan.core.remote import Remote, RemoteKey
from batchplan.plan.change import Change, Changes
from batchplan.plan.observation import Observation, Work
from batchplan.plan.step import Step

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Site:
    """What strategies look at besides the change itself.

    `digests` are SHA-256 sums of the files of application packages, by the path that the configuration gives.
    """

    changes: Changes
    live: Mapping[RemoteKey, Observation]
    digests: Mapping[str, str] = field(default_factory=dict)
    by_address: Mapping[Address, Change] = field(default_factory=dict)
    now: datetime = EPOCH

    def work(self, pool: Remote) -> Work:
        """Return what names a pool; nothing where it was not looked at."""
        return self.changes.work.get(pool.key) or Work()

    def of(self, remote: Remote) -> Observation | None:
        """Return an object as it was read."""
        return self.live.get(remote.key)


@dataclass(slots=True)
class Chain:
    """Steps under way. Ids are made of the address and a word, so they are the same in every plan."""

    address: Address
    remote: Remote
    prefix: str = ""
    steps: list[Step] = field(default_factory=list)

    def add(self, word: str, of: type[Any], **parts: Any) -> str:
        """Add a step after the last one, and return its id."""
        name = f"{self.address}:{self.prefix}{word}"
        taken = {step.id for step in self.steps}
        unique = next(one for one in (name, *(f"{name}-{n}" for n in range(2, 99))) if one not in taken)
        needs = (self.steps[-1].id,) if self.steps else ()
        whose = {"address": self.address, "remote": self.remote, "needs": needs}
        self.steps.append(of(id=unique, **{**whose, **parts}))
        return unique


@dataclass(frozen=True, slots=True)
class Parts:
    """The steps of one change: those that make the object what it should be, and those that remove one."""

    make: tuple[Step, ...] = ()
    remove: tuple[Step, ...] = ()
    removed_after_use: bool = False
    """Whether what is removed is removed only when nothing points to it any more, and after the making."""
    usable: str | None = None
    """The step after which others may point to what is made; the last of `make`, where it is not given."""
    gate: str | None = None
    """The step of `remove` that waits for those who pointed to it; the first, where it is not given."""


def home(change: Change) -> Address:
    """Return the address whose users matter to a change: that of its successor for a retired pool."""
    return change.address.successor or change.address
