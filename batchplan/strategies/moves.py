"""Steps that record where pools with backups do their work, and those that make sure that it is safe to say so."""

from collections.abc import Iterable, Iterator

from batchplan.core.remote import Remote
from batchplan.plan.regions import RegionalPool
from batchplan.plan.shift import Shift, Silent, settled
from batchplan.plan.step import SetActive, Step, StillSilent
from batchplan.state.model import ActiveRegion, StateDocument

LOOK = 60.0


def move_steps(regional: Iterable[RegionalPool], state: StateDocument, shift: Shift) -> tuple[Step, ...]:
    """Return the steps that a plan's moves of active regions take, and those that say that nothing is owed any more."""
    made: list[Step] = []
    for group in regional:
        name = str(group.pool)
        before = state.active_regions.get(name)
        if name in shift.moves:
            made.extend(_moved(group, before, shift.moves[name], shift.silent))
        elif before is not None and before.owed:
            now = settled(before, shift.silent)
            made.extend(_still_silent(group, now.owed))
            if now.owed != before.owed:
                made.append(_settling(group, now))
    return tuple(made)


def _moved(group: RegionalPool, before: ActiveRegion | None, after: ActiveRegion, silent: Silent) -> Iterator[Step]:
    owed = tuple(
        account
        for key, account in group.accounts.items()
        if key != after.key and any(one == account.lower() for one, _ in silent)
    )
    yield from _still_silent(group, owed)
    already = before.key if before is not None else ""
    if already == after.key:
        # It has been recorded; what is left of the move is done by the other steps.
        if before is not None and before.owed and before.owed != owed:
            yield _settling(group, before.model_copy(update={"owed": owed}))
        return
    yield SetActive(
        id=f"{group.pool}:active",
        address=group.pool,
        remote=_account(group, after.key),
        key=after.key,
        why=after.why,
        owed=owed,
        keep_primary=after.keep_primary,
    )


def _still_silent(group: RegionalPool, owed: Iterable[str]) -> Iterator[StillSilent]:
    """Yield a look at each account whose schedules cannot be disabled; if it is back, they have to be, first."""
    for account in owed:
        label = account.rpartition("/")[2]
        remote = Remote("account", account, label)
        yield StillSilent(id=f"{group.pool}:{label}-silent", address=group.pool, remote=remote, timeout=LOOK)


def _settling(group: RegionalPool, now: ActiveRegion) -> SetActive:
    return SetActive(
        id=f"{group.pool}:settled",
        address=group.pool,
        remote=_account(group, now.key),
        key=now.key,
        why=now.why,
        owed=now.owed,
        keep_primary=now.keep_primary,
        since=now.since.isoformat(),
    )


def _account(group: RegionalPool, key: str) -> Remote:
    account = group.accounts[key]
    return Remote("account", account, account.rpartition("/")[2])
