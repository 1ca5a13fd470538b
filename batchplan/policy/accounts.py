"""What an account is to hold: questions about accounts are asked once each, declared or not."""

from collections.abc import Iterator, Mapping
from typing import Any

from batchplan.core.address import BACKUP
from batchplan.core.remote import account_parts
from batchplan.plan.change import Action
from batchplan.policy.context import Context
from batchplan.policy.model import Inapplicable, NotKnownYet
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View

WITH_POOLS = ("account", "pool")
"""Kinds of rules about accounts with pools: a pool is asked for an account that is not declared."""

IN_PLACE = frozenset({"recreate", "drain_and_patch"})
"""Strategies that never have two generations of a pool side by side."""


def account_asked(subject: Subject, see: Scope) -> str:
    """Return the ARM id of the account that a rule is asked about.

    That is the account itself; for one that is not declared, the first of its objects stands for it. The rule does
    not apply to others.
    """
    if subject.remote is None:
        raise NotKnownYet("account_id")
    account_id = subject.remote.account_id
    if subject.kind == "account":
        return account_id
    if see.account_of(subject) is not None:
        raise Inapplicable("its account is asked")
    if inside(see, account_id, subject.kind)[0] is not subject:
        raise Inapplicable(f"another {subject.kind} is asked for their account")
    return account_id


def title(subject: Subject, account_id: str) -> str:
    """Return what a sentence calls an account."""
    return str(subject.address) if subject.kind == "account" else f'The account "{account_parts(account_id).name}"'


def inside(see: Scope, account_id: str, kind: str) -> tuple[Subject, ...]:
    """Return the objects of a kind in an account, those that go included."""

    def index(_: Context) -> Mapping[str, tuple[Subject, ...]]:
        grouped: dict[str, list[Subject]] = {}
        for one in see.of_kind(kind):
            if one.remote is not None:
                grouped.setdefault(one.remote.account_id.lower(), []).append(one)
        return {name: tuple(found) for name, found in grouped.items()}

    return see.context.once(index, ("inside", kind)).get(account_id.lower(), ())


def pools(see: Scope, account_id: str) -> Iterator[tuple[str, View]]:
    """Yield the pools that an account is to have, by what a sentence calls them: declared ones, and backups."""
    for pool in inside(see, account_id, "pool"):
        if not pool.going:
            yield str(pool.address), pool
    yield from see.context.once(lambda _: _backups(see), "backups").get(account_id.lower(), ())


def _backups(see: Scope) -> Mapping[str, list[tuple[str, View]]]:
    found: dict[str, list[tuple[str, View]]] = {}
    for pool in see.pools():
        if not pool.going:
            for label, view in pool.backups():
                account_id = view.raw("account_id")
                if isinstance(account_id, str):
                    found.setdefault(account_id.lower(), []).append((str(pool.address.part(BACKUP, label)), view))
    return found


def doubled(pool: Subject) -> bool:
    """Return whether the plan has the old and the new generation of a pool side by side."""
    return pool.action is Action.REPLACE and pool.strategy not in IN_PLACE


def undeclared_pools(see: Scope, account_id: str) -> tuple[Mapping[str, Any], ...]:
    """Return an account's live pools that nobody declares, where they were read; else none."""
    found = see.live.datasets.get("pools")
    rows = found.rows.get(account_id.lower(), ()) if found is not None else ()
    ours = {name for pool in inside(see, account_id, "pool") for name in _names(pool)}
    return tuple(row for row in rows if str(row["name"]).lower() not in ours)


def _names(pool: Subject) -> Iterator[str]:
    for one in (pool.remote, pool.replaced_by):
        if one is not None:
            yield one.name.lower()
