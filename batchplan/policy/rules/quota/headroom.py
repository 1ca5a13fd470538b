"""How much room the quotas of an account leave: for growth, for a failover, and for two generations of a pool."""

from collections.abc import Iterator
from decimal import ROUND_CEILING, Decimal

from batchplan.plan.observation import Quotas
from batchplan.policy.accounts import WITH_POOLS, account_asked, doubled, inside, pools, title
from batchplan.policy.capacity import Cores, cores
from batchplan.policy.model import Finding, Inapplicable, Level, NotLooked, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.rules.quota.need import needed
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View

PERCENT = Param("percent", 75, "From which share of a quota on to say so.")


def _family_quota(quotas: Quotas, family: str) -> tuple[str, int] | None:
    """Return name and quota of a family, None where the account has none for it."""
    if not quotas.by_family_enforced:
        return None
    return next(((name, most) for name, most in quotas.cores_by_family.items() if name.lower() == family.lower()), None)


def _uses(found: tuple[Cores, ...], quotas: Quotas) -> Iterator[tuple[str, int, int]]:
    """Yield each quota of cores: its name, how many are needed for sure, and how many there may be."""
    if quotas.dedicated_cores is not None:
        yield "dedicated cores", sum(one.dedicated.low for one in found), quotas.dedicated_cores
    for family in sorted({one.family for one in found}):
        named = _family_quota(quotas, family)
        if named is not None:
            yield f"cores of {named[0]}", sum(one.dedicated.low for one in found if one.family == family), named[1]
    if quotas.low_priority_cores is not None:
        yield "Spot cores", sum(one.spot.low for one in found), quotas.low_priority_cores


@rule(
    "BP4005",
    "Quota is nearly used up",
    kinds=WITH_POOLS,
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    inputs=["quotas"],
    params=[PERCENT],
)
def quota_nearly_used(subject: Subject, see: Scope) -> Iterator[Finding]:
    """The pools of an account use most of one of its quotas.

    Why: Large increases take days or weeks, and a failover from another region needs its room at once.

    Instead: Ask for an increase now.

    Source: Learn "Azure Batch capacity planning": alert at 70 to 80 percent; APRL 3464854d, on monitoring quotas.
    """
    account_id = account_asked(subject, see)
    found, quotas = needed(see, account_id), see.live.quotas(account_id)
    uses = [*_uses(found, quotas), ("pools", len(found), quotas.pools)]
    near = [one for one in uses if one[2] and see.param(PERCENT) * one[2] < 100 * one[1] <= 100 * one[2]]
    if near:
        told = ", ".join(f"{used} of {most} {what} ({100 * used // most} %)" for what, used, most in near)
        yield Finding(
            f"{title(subject, account_id)} uses {told}.",
            expected=f"at most {see.param(PERCENT)} %",
            actual=told,
            remediation="Ask for a higher quota now: large increases take days or weeks.",
        )


@rule(
    "BP4009",
    "Quota is zero",
    kinds=WITH_POOLS,
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    inputs=["quotas"],
)
def quota_of_zero(subject: Subject, see: Scope) -> Iterator[Finding]:
    """An account has pools that have no nodes at present, and no quota to ever give them some.

    Why: New accounts start with quotas of zero in many families. A backup pool that waits at zero nodes looks fine
    until the failover needs it.

    Instead: Ask for the quota before it is needed.

    Source: Learn "Batch service quotas and limits": defaults of new accounts. Pools that ask for nodes now are those
    of BP4002 to BP4004.
    """
    account_id = account_asked(subject, see)
    found, quotas = needed(see, account_id), see.live.quotas(account_id)
    waiting = {name: one for (name, _), one in zip(pools(see, account_id), found, strict=True) if _waits(one)}
    if not waiting:
        raise Inapplicable("no pool waits at zero nodes")
    for name, one in waiting.items():
        without = _without(one.family, quotas)
        if without and not quotas.low_priority_cores:
            yield Finding(
                f"{title(subject, account_id)} has a quota of 0 {without} and of 0 Spot cores: {name} "
                f"({one.size}), which has no nodes now, can never get some.",
                expected="a quota above 0",
                actual=0,
                remediation="Ask for the quota in this region before it is needed.",
            )


def _without(family: str, quotas: Quotas) -> str:
    """Return which quota of dedicated cores is zero for a family, empty when none is."""
    if quotas.dedicated_cores == 0:
        return "dedicated cores"
    named = _family_quota(quotas, family)
    return f"cores of {named[0]}" if named is not None and named[1] == 0 else ""


def _waits(one: Cores) -> bool:
    return not one.dedicated.low and not one.spot.low


@rule(
    "BP4014",
    "No room for two generations",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["quotas"],
)
def rollout_beyond_quota(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool is replaced, and the quota does not hold the old and the new one side by side.

    Why: The new pool gets no nodes, the gate waits for them in vain, and the rollout fails after half an hour.

    Instead: Start the new pool smaller (`surge`), replace one pool at a time, or use `strategy = "drain_and_patch"`,
    which needs no second set of nodes. Or ask for a higher quota.

    Source: "Azure Batch best practices", Pool lifetime: create the new pool, move the jobs, then delete the old one;
    Pool allocation failures. All pools that the plan replaces count with both generations: they are replaced at once.
    """
    if not doubled(pool):
        raise Inapplicable("it does not have two generations at once")
    assert pool.remote is not None, "what is replaced has a name"
    account_id = pool.remote.account_id
    quotas = see.live.quotas(account_id)
    new, old = cores(pool), _before(pool)
    beside = [cores(view) for _, view in pools(see, account_id)] + [
        _before(one) for one in inside(see, account_id, "pool") if doubled(one)
    ]
    new_uses = {what: used for what, used, _ in _uses((_started(pool, new),), quotas)}
    steady = {what: used for what, used, _ in _uses(needed(see, account_id), quotas)}
    for what, used, most in _uses(tuple(beside), quotas):
        more = new_uses.get(what, 0)
        peak = used - _of(what, new, quotas) + more
        if more and peak > most >= steady.get(what, 0):
            yield Finding(
                f"Replacing {pool.address} takes {more} {what} beside the {_of(what, old, quotas)} of the old pool; "
                f"the account needs {peak} then, and its quota is {most}.",
                "replacement",
                expected=most,
                actual=peak,
                remediation='Set surge, such as "25%", in its replacement block, or strategy = "drain_and_patch".',
            )


def _before(pool: Subject) -> Cores:
    """Return the cores of the generation that goes, as it was applied."""
    if pool.before is None:
        raise NotLooked(f"the old generation of {pool.address} was not read")
    return cores(View(pool.kind, pool.before))


def _of(what: str, one: Cores, quotas: Quotas) -> int:
    return next((used for name, used, _ in _uses((one,), quotas) if name == what), 0)


def _started(pool: Subject, new: Cores) -> Cores:
    """Return the cores that the candidate starts with: the share of its size that `surge` says."""
    share = pool.text("replacement.surge") or "100%"
    part = Decimal(share.removesuffix("%")) / 100

    def some(count: int) -> int:
        return int((count * part).to_integral_value(ROUND_CEILING))

    dedicated, spot = (type(one)(some(one.low), one.high) for one in (new.dedicated, new.spot))
    return Cores(dedicated, spot, new.size, new.family)
