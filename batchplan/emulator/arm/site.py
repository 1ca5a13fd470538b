"""What ARM must know of the server it runs in."""

from dataclasses import dataclass, field
from typing import Protocol

from batchplan.emulator import ticks
from batchplan.emulator.catalogue import Quotas

CAPACITY = {"reads": 12000, "writes": 1200, "deletes": 15000}
REFILL = {"reads": 250, "writes": 10, "deletes": 250}  # a virtual second


@dataclass(slots=True)
class Budget:
    """How many requests a subscription has left, as ARM counts them. It is told, not enforced: faults throttle."""

    _levels: dict[tuple[str, str], tuple[float, int]] = field(default_factory=dict)

    def spend(self, subscription: str, kind: str, now: int) -> int:
        """Take one request of a kind and return what is left; a token bucket, as ARM's is since 2024."""
        level, moment = self._levels.get((subscription, kind), (float(CAPACITY[kind]), now))
        refilled = level + (now - moment) / ticks.PER_SECOND * REFILL[kind]
        level = max(min(refilled, CAPACITY[kind]) - 1, 0)
        self._levels[subscription, kind] = (level, now)
        return int(level)


class Site(Protocol):
    """The server, as ARM sees it."""

    @property
    def strict_groups(self) -> bool:
        """Whether an account needs an existing resource group; else its group is made with it."""

    @property
    def tenant(self) -> str:
        """The directory's id."""

    @property
    def subscription(self) -> str:
        """The subscription that exists from the start; others come to exist by being named."""

    @property
    def quotas(self) -> Quotas:
        """What new accounts may use."""

    @property
    def account_quota_enforced(self) -> bool:
        """Whether `quotas.accounts_per_region` is a limit or only an answer."""

    @property
    def budget(self) -> Budget:
        """The requests left."""

    def open_account(self, key: str) -> str:
        """Start the data-plane port of an account (its name in lower case), if it is not there; return host:port."""
