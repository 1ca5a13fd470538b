"""Pools that are made too often, and old generations that stay."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta

from batchplan.core.address import RETIRED, Address, parse_address
from batchplan.core.remote import Remote
from batchplan.plan.change import Action
from batchplan.policy.context import Context, Generation
from batchplan.policy.live import moment
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

LEAST_HOURS = Param("least_hours", 24, "A pool is to live at least so long.")
MOST_A_WEEK = Param("most_a_week", 3, "How often a pool may be made within a week.")
HOURS = Param("hours", 24, "How long after its successor was made an old pool may have nodes.")
WEEK = timedelta(days=7)


def _now(see: Scope) -> datetime:
    return see.context.made_at or datetime.combine(see.as_of, time(), UTC)


def _generations(pool: Subject, see: Scope) -> list[tuple[datetime, Generation]]:
    """Return the pools that an address has had, oldest first, with when they were made, as far as that is known."""
    of_pool = see.once(_by_address).get(pool.address, ())
    dated = [(made, one) for one in of_pool if (made := moment(one.created_at)) is not None]
    return sorted(dated, key=lambda pair: pair[0])


def _by_address(context: Context) -> Mapping[Address, tuple[Generation, ...]]:
    grouped: dict[Address, list[Generation]] = {}
    for one in context.state.generations:
        grouped.setdefault(_address_of(one), []).append(one)
    return {address: tuple(listed) for address, listed in grouped.items()}


def _present(known: list[tuple[datetime, Generation]]) -> datetime:
    """Return when the present pool was made: the last one that is neither gone nor retired."""
    made = [at for at, one in known if one.gone_at is None and not _is_retired(one)]
    return (made or [at for at, _ in known])[-1]


def _address_of(generation: Generation) -> Address:
    """Return the address that a pool has, or had before it was retired; a candidate has its own."""
    address = parse_address(generation.address)
    return address.successor or address if _is_retired(generation) else address


def _is_retired(generation: Generation) -> bool:
    parts = parse_address(generation.address).parts
    return bool(parts) and parts[-1].word == RETIRED


@rule(
    "BP6005",
    "Pool is made anew too often",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    params=[LEAST_HOURS, MOST_A_WEEK],
)
def pool_made_too_often(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool is replaced though it is hardly a day old, or for the fourth time in a week.

    Why: Making nodes takes minutes that are paid for, puts tasks off, and each time may find no capacity.

    Instead: Let a formula shrink the pool to zero instead of making it anew each day; gather changes into one
    replacement.

    Source: "Azure Batch best practices", Pool lifetime: do not delete and recreate pools daily.

    Exceptions: pools that are being developed.
    """
    if pool.action is not Action.REPLACE:
        raise Inapplicable("it is not replaced")
    known = _generations(pool, see)
    if not known:
        raise Inapplicable("when it was made is not known")
    age = _now(see) - _present(known)
    times = 1 + sum(1 for made, _ in known if _now(see) - made < WEEK)
    if age < timedelta(hours=see.param(LEAST_HOURS)) or times > see.param(MOST_A_WEEK):
        yield Finding(
            f"{pool.address} would be made for the {_ordinal(times)} time within a week; its present pool is "
            f"{age // timedelta(hours=1)} hours old.",
            expected=f"at most {see.param(MOST_A_WEEK)} a week, {see.param(LEAST_HOURS)} hours apart",
            actual=times,
            remediation="Gather changes into one replacement; scale to zero instead of making it anew.",
        )


def _ordinal(number: int) -> str:
    suffix = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


@rule(
    "BP6008",
    "Old pool still has nodes",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    inputs=["nodes"],
    params=[HOURS],
)
def old_pool_left(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool that was replaced long ago is still there and has nodes.

    Why: Both generations are paid for, and the old one takes room in the quota that the next rollout needs.

    Instead: Let the next apply drain and remove it.

    Source: "Azure Batch best practices", Pool lifetime: once all tasks have been moved, delete the old pool.

    Exceptions: the time in which one may still want to go back.
    """
    if pool.remote is None:
        raise Inapplicable("it is not there yet")
    known = _generations(pool, see)
    old = [one for _, one in known if one.gone_at is None and _is_retired(one)]
    if not old:
        raise Inapplicable("there is no old generation of it")
    since = _now(see) - _present(known)
    for one in old:
        count = see.live.nodes(Remote("pool", pool.remote.account_id, one.name).id).total
        if count and since > timedelta(hours=see.param(HOURS)):
            yield Finding(
                f"{one.name}, which {pool.address} had before, still has {count} {'node' if count == 1 else 'nodes'} "
                f"{since // timedelta(hours=1)} hours after its successor was made.",
                expected=0,
                actual=count,
                remediation="Run batchplan apply, which drains and removes it, or remove it by hand.",
            )
