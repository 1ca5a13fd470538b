"""Ids that are used once."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from batchplan.core.address import Address, parse_address
from batchplan.plan.change import Action
from batchplan.policy.context import Context, Generation
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

# A day or a moment, digits of a clock or a counter, or letters and digits of a hash or a GUID.
_UNIQUE = re.compile(r"\d{4}-\d\d-\d\d|\d{6,}|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,}", re.IGNORECASE)


@rule(
    "BP7001",
    "Id was used before",
    kinds=["pool", "job", "job_schedule"],
    phase=Phase.PLAN,
    severity=Severity.WARNING,
    level=Level.SOFT,
)
def id_used_before(one: Subject, see: Scope) -> Iterator[Finding]:
    """A new object gets an id that another one had.

    Why: Logs, metrics and bills then speak of two things by one name, and nobody can tell which of them a support case
    is about. The service also refuses the id while the old object is still being deleted.

    Instead: Give a job a new name when it changes, with a day or a number in it. Pools get a new id for each generation
    by themselves.

    Source: "Azure Batch best practices", Pools: unique resource names. An id that another pool still has is an error,
    since the service refuses it; one whose pool is gone is a warning.
    """
    if one.action not in (Action.CREATE, Action.REPLACE) or one.remote is None:
        raise Inapplicable("nothing new is made")
    account = see.account_of(one)
    if account is not None and account.action is Action.REPLACE:
        raise Inapplicable("its account is new as well")
    made = one.replaced_by or one.remote
    if one.action is Action.REPLACE and one.replaced_by is None and one.kind != "pool":
        yield Finding(
            f'{one.address} is deleted and made again under the id "{made.name}".',
            "name",
            actual=made.name,
            remediation="Give it a new name, such as one with today's day in it.",
        )
    if one.kind == "pool":
        yield from _of_a_generation(one, made.name, see)


def _home(address: str) -> Address:
    """Return the address of the pool that a generation belongs to: a candidate and a retired one have their own."""
    found = parse_address(address)
    return found.successor or found


def _by_name(context: Context) -> Mapping[str, tuple[Generation, ...]]:
    grouped: dict[str, list[Generation]] = {}
    for one in context.state.generations:
        grouped.setdefault(one.name.casefold(), []).append(one)
    return {name: tuple(listed) for name, listed in grouped.items()}


def _of_a_generation(pool: Subject, name: str, see: Scope) -> Iterator[Finding]:
    for old in see.once(_by_name).get(name.casefold(), ()):
        if old.gone_at is not None or _home(old.address) != pool.address:
            whose = f"{old.address} {'has' if old.gone_at is None else f'had until {old.gone_at:%Y-%m-%d}'}"
            yield Finding(
                f'{pool.address} is to have the id "{name}", which {whose}.',
                "name",
                actual=name,
                remediation="Change its name, so that the new generation gets another id.",
                severity=Severity.ERROR if old.gone_at is None else Severity.WARNING,
            )


@rule(
    "BP7002",
    "Id has nothing unique in it",
    kinds=["job", "job_schedule"],
    severity=Severity.INFO,
    level=Level.ADVISORY,
)
def plain_id(one: Subject, see: Scope) -> Iterator[Finding]:
    """The id of a job or a schedule is a plain word, which the next one will have as well.

    Why: A job that is replaced, or run again next month, then has the id of the one before it.

    Instead: Put a day, a number or a part of a hash into the name, and change it when the job is a new one.

    Source: "Azure Batch best practices", Pools: unique resource names. Pools are not looked at: batchplan adds a suffix
    for each generation.

    Exceptions: jobs and schedules that stay for good.
    """
    name = one.text("name")
    if not _UNIQUE.search(name):
        kind = "job" if one.kind == "job" else "schedule"
        yield Finding(
            f'{one.address} has the id "{name}"; the next {kind} of that name cannot be told from it.',
            "name",
            actual=name,
            remediation=f'Put a day or a number into it: name = "{name[:55]}-{see.as_of:%Y%m%d}".',
        )


@rule(
    "BP7005",
    "Pools are hardly told apart by name",
    kinds=["pool"],
    level=Level.ADVISORY,
)
def pools_with_one_name(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Two pools of an account have names that differ in case at most.

    Why: Ids are compared without case. The pools' ids differ only in the suffix of their generation, so that logs and
    bills do not show which is which.

    Instead: Give each pool a name of its own.

    Source: REST API, Pool: ids are case-preserving and case-insensitive. That other objects have one id is refused
    before any rule is asked.
    """
    name = pool.text("name")
    if pool.remote is None:
        raise Inapplicable("it has no id yet")
    first = _firsts(see.pools()).get(_name_of(pool), pool)
    if first is not pool:
        yield Finding(
            f'{pool.address} has the name "{name}" and {first.address} "{first.text("name")}", in one account.',
            "name",
            actual=name,
            remediation="Rename one of them, before anything runs on it: a pool is replaced when its name changes.",
        )


def _name_of(pool: Subject) -> tuple[str, str]:
    return str(pool.raw("account_id")).lower(), str(pool.raw("name")).casefold()


@lru_cache(maxsize=1)  # all pools ask about the same ones
def _firsts(pools: tuple[Subject, ...]) -> Mapping[tuple[str, str], Subject]:
    made: dict[tuple[str, str], Subject] = {}
    for pool in pools:
        if not pool.going:
            made.setdefault(_name_of(pool), pool)
    return made
