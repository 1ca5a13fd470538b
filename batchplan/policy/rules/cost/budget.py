"""What the pools of a plan cost, and what the plan makes of it."""

from collections.abc import Iterator
from functools import reduce

from batchplan.plan.change import Action
from batchplan.policy.accounts import doubled
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.rules.cost.price import HOURS_A_MONTH, Cost, cost, parts
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

MONTHLY = Param("monthly", 0, "How much the nodes may cost in a month, in the currency of the prices; 0: no budget.")


def _after(see: Scope, pool: Subject) -> Cost:
    """Return what a pool and its backups cost in an hour once the plan is applied."""
    if pool.going:
        return Cost()
    return reduce(Cost.plus, (cost(see, account_id, view) for account_id, view in parts(pool)), Cost())


def _before(see: Scope, pool: Subject) -> Cost:
    """Return what a pool and its backups cost in an hour before the plan."""
    if pool.before is None:
        return Cost()
    old = Subject(pool.kind, pool.before, address=pool.address, remote=pool.remote)
    return reduce(Cost.plus, (cost(see, account_id, view) for account_id, view in parts(old)), Cost())


@rule(
    "BP6006",
    "Budget is exceeded",
    phase=Phase.PLAN,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["prices"],
    params=[MONTHLY],
)
def budget_exceeded(_: Subject, see: Scope) -> Iterator[Finding]:
    """The nodes of all pools together cost more in a month than the budget that a policy set names.

    Why: Batch itself is free; the nodes are what is paid for, by the hour. A plan is the last moment at which a number
    too many costs nothing.

    Instead: Lower the targets, and the limits in the formulas; or raise the budget in the policy set.

    Source: "Azure Batch best practices", Pool lifetime and billing; Learn "Get cost analysis and set budgets for Azure
    Batch". Nodes that are there for sure count as an error, the most that formulas can ask for as a warning. Disks,
    storage and networks are not counted.
    """
    budget = see.param(MONTHLY)
    if not budget:
        raise Inapplicable("no policy set names a budget")
    total = reduce(Cost.plus, (_after(see, pool) for pool in see.pools()), Cost())
    low = total.low * HOURS_A_MONTH
    high = None if total.high is None else total.high * HOURS_A_MONTH
    advice = "Lower the targets or the limits in the formulas, or raise the budget in the policy set."
    if low > budget:
        yield Finding(
            f"The nodes of all pools cost at least {low:.0f} {total.currency} a month; the budget is {budget}.",
            expected=budget,
            actual=round(low),
            remediation=advice,
        )
    elif high is None or high > budget:
        some = "any amount" if high is None else f"up to {high:.0f} {total.currency} a month"
        yield Finding(
            f"The nodes of all pools may cost {some} when all formulas ask for their most; the budget is {budget}.",
            expected=budget,
            actual=None if high is None else round(high),
            remediation=advice,
            severity=Severity.WARNING,
        )


@rule(
    "BP6007",
    "Plan changes the cost",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.INFO,
    level=Level.OFF,
    inputs=["prices"],
)
def cost_changed(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A change of a pool makes its nodes cost more or less.

    Why: A size or a target is a number in a file; what it costs is seen a month later.

    Instead: Nothing, when it is meant.

    Source: "Azure Batch best practices", Pool lifetime and billing. Only nodes that are there for sure are counted.
    The rule is off unless a policy set asks for it, since without prices it can tell nothing.
    """
    if pool.action in (None, Action.NOOP):
        raise Inapplicable("it does not change")
    before, after = _before(see, pool), _after(see, pool)
    old, new = before.low * HOURS_A_MONTH, after.low * HOURS_A_MONTH
    beside = f", and {before.low:.2f} an hour more while both generations live" if doubled(pool) and old else ""
    than = "as before" if round(old) == round(new) else f"instead of {old:.0f}"
    if round(old) != round(new) or beside:
        currency = after.currency or before.currency
        yield Finding(
            f"The nodes of {pool.address} cost {new:.0f} {currency} a month {than}{beside}.",
            expected=round(old),
            actual=round(new),
        )
