"""What nodes cost, by the prices that were read: rows by region, with `currency` and, by size, prices of an hour."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from batchplan.core.remote import Remote
from batchplan.policy.capacity import Span, is_windows, nodes
from batchplan.policy.model import NotKnownYet, NotLooked
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View

HOURS_A_MONTH = 730


@dataclass(frozen=True, slots=True)
class Cost:
    """What nodes cost in an hour: those that are there for sure, and all that there can be (None: without limit)."""

    low: float = 0.0
    high: float | None = 0.0
    currency: str = ""

    def plus(self, other: "Cost") -> "Cost":
        """Return both together."""
        high = None if self.high is None or other.high is None else self.high + other.high
        return Cost(self.low + other.low, high, self.currency or other.currency)


def cost(see: Scope, account_id: str, pool: View) -> Cost:
    """Return what a pool costs in an hour. Raises as `View.get` does, and NotLooked without a price."""
    count = nodes(pool)
    prices = see.live.row("prices", location_of(see, account_id))
    total = Cost(currency=str(prices["currency"]))
    system = "windows" if is_windows(pool) else "linux"
    for span, kind in ((count.dedicated, system), (count.spot, f"{system}_spot")):
        if span != Span(0, 0):
            each = _price(prices, pool.text("vm_size"), kind)
            total = total.plus(Cost(span.low * each, None if span.high is None else span.high * each))
    return total


def _price(prices: Mapping[str, Any], size: str, kind: str) -> float:
    found = prices["sizes"].get(size.lower(), {}).get(kind)
    if found is None:
        raise NotLooked(f"the {kind.replace('_', ' ')} price of {size} was not read")
    return float(found)


def location_of(see: Scope, account_id: str) -> str:
    """Return the region of an account that is declared."""
    account = see.context.by_remote(Remote("account", account_id, account_id.rpartition("/")[2]))
    if account is None:
        raise NotLooked("the region of an account that is not declared is not known")
    return account.text("location")


def parts(pool: Subject) -> Iterator[tuple[str, View]]:
    """Yield a pool and its backups, each with the account it is in."""
    if pool.remote is None:
        raise NotKnownYet("account_id")
    yield pool.remote.account_id, pool
    for _, view in pool.backups():
        yield view.text("account_id"), view
