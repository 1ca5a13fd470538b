"""What a subscription may have in a region."""

from collections.abc import Iterator, Mapping
from typing import Any

from batchplan.core.remote import account_parts
from batchplan.plan.change import Action
from batchplan.policy.accounts import WITH_POOLS, account_asked, inside, title
from batchplan.policy.capacity import cores, cores_per_node
from batchplan.policy.model import Finding, Inapplicable, Level, NotLooked, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


def region_key(account: Subject) -> str:
    """Return the key of rows about the subscription and the region of an account."""
    assert account.remote is not None, "an account has its name from the start"
    return f"{account_parts(account.remote.account_id).subscription}/{account.text('location')}".lower()


@rule(
    "BP4007",
    "Accounts exceed the quota of the region",
    kinds=["account"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["location_quotas"],
)
def account_quota_exceeded(account: Subject, see: Scope) -> Iterator[Finding]:
    """A subscription is to have more accounts in a region than it may have.

    Why: The service refuses the account, and with it everything that is to be in it. New subscriptions may have one to
    three.

    Instead: Use an account that is there, or ask for a higher quota.

    Source: Learn "Batch service quotas and limits"; Location - Get Quotas. Of the accounts that the plan makes, those
    that still fit are not named.
    """
    if account.action is not Action.CREATE:
        raise Inapplicable("it is not made by the plan")
    location, key = account.text("location"), region_key(account)
    row = see.live.row("location_quotas", key)
    made = [one for one in see.of_kind("account") if one.action is Action.CREATE and region_key(one) == key]
    place = int(row["accounts"]) + made.index(account) + 1
    if place > row["account_quota"]:
        yield Finding(
            f"{account.address} would be account {place} in {location}; the subscription may have "
            f"{row['account_quota']}.",
            "location",
            expected=row["account_quota"],
            actual=place,
            remediation='Use an account that is there (data "account"), or ask for a higher quota.',
        )


@rule(
    "BP4008",
    "Cores exceed the quota of the subscription",
    kinds=WITH_POOLS,
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["quotas", "compute_usages"],
)
def subscription_cores_exceeded(subject: Subject, see: Scope) -> Iterator[Finding]:
    """The pools of an account in user subscription mode ask for more cores than the subscription has left.

    Why: Batch's own core quotas do not apply there. The nodes are virtual machines of the subscription, beside all
    others in the region, and the allocation fails when its quota is used up.

    Instead: Ask for a higher quota of the subscription in the region, or lower the targets.

    Source: Learn "Batch service quotas and limits": core quotas in user subscription mode. Nodes that a pool has now
    are in the subscription's usage already.
    """
    account_id = account_asked(subject, see)
    quotas = see.live.quotas(account_id)
    if quotas.dedicated_cores is not None:
        raise Inapplicable("Batch's own quotas hold here")
    if subject.kind != "account":
        raise NotLooked("the region of an account that is not declared is not known")
    location = subject.text("location")
    rows: Mapping[str, Any] = see.live.row("compute_usages", region_key(subject))
    usages = {name.lower(): (name, usage) for name, usage in rows.items()}
    for name, more in _more(see, account_id).items():
        if name.lower() not in usages:
            raise NotLooked(f"the usage of {name} in {location} was not read")
        what, usage = usages[name.lower()]
        left = max(0, usage["limit"] - usage["current"])
        if more > left:
            yield Finding(
                f"{title(subject, account_id)} needs {more} more {_called(what)} in {location}; the subscription has {left} of "
                f"{usage['limit']} left.",
                expected=left,
                actual=more,
                remediation="Ask for a higher vCPU quota of the subscription, not of the Batch account.",
            )


def _called(usage: str) -> str:
    """Return what a sentence calls a usage of the subscription."""
    return {"cores": "cores", "lowPriorityCores": "Spot cores"}.get(usage, f"cores of {usage}")


def _more(see: Scope, account_id: str) -> dict[str, int]:
    """Return the cores that pools are to have and have not yet: of all families, of each, and Spot."""
    found: dict[str, int] = {}
    for pool in inside(see, account_id, "pool"):
        each = 0 if pool.going else cores_per_node(pool) or 0
        if each:
            need = cores(pool)
            there = each * int(pool.facts.get("current_dedicated_nodes") or 0)
            spot_there = each * int(pool.facts.get("current_low_priority_nodes") or 0)
            for what, more in (
                ("cores", need.dedicated.low - there),
                (need.family, need.dedicated.low - there),
                ("lowPriorityCores", need.spot.low - spot_there),
            ):
                found[what] = found.get(what, 0) + max(0, more)
    return {what: more for what, more in found.items() if more}
