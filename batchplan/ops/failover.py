"""Moving the work of pools to a region that can do it: failover, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import batchplan
from batchplan.config.project import Project
from batchplan.core.address import Address, ModulePath, path_text
from batchplan.core.codes import NO_SUCH_BACKUP, SOURCE_SILENT, TARGET_SILENT, UNKNOWN_TARGET
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.remote import Remote, account_parts
from batchplan.core.suggest import did_you_mean
from batchplan.ops.declared import declared_as_recorded
from batchplan.ops.plan import Planned, make_plan, recovered_state
from batchplan.ops.reach import silent_of
from batchplan.ops.resubmit import with_resubmitted
from batchplan.ops.session import Session
from batchplan.ops.state import current
from batchplan.plan.options import Options
from batchplan.plan.regions import PRIMARY, Moving, RegionalPool, region_word
from batchplan.plan.selection import matches
from batchplan.plan.shift import Shift, Silent, moved_to
from batchplan.schema.facts import Plane
from batchplan.state.document import by_address, empty, remote_of
from batchplan.state.model import StateDocument

Asked = Address | ModulePath


@dataclass(frozen=True, slots=True)
class Failover:
    """What a command asks for.

    what: pools, blocks of pools, or modules; none for every pool that is active in `region`.
    to: the key of a backup; empty for the region of the pool itself; None for the only other one there is.
    from_unreachable: go on though the region that is left does not answer.
    keep_primary: leave the pool its nodes.
    resubmit: add the unfinished tasks of the region that is left to jobs in the other.
    settle: move nothing, and do what is owed in regions that answer again; `what` may narrow it to some pools.
    """

    what: tuple[Asked, ...] = ()
    region: str | None = None
    to: str | None = None
    from_unreachable: bool = False
    keep_primary: bool = False
    resubmit: bool = False
    settle: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a group is in the world: the location of each of its accounts, by key, in lower case."""

    group: RegionalPool
    locations: Mapping[str, str] = field(default_factory=dict)

    def word(self, key: str) -> str:
        """Return how a region is called: its location, where that is known."""
        return self.locations.get(key) or region_word(key)


@dataclass(frozen=True, slots=True)
class FailoverPlan:
    """A plan that moves pools, and what people want to know about it."""

    planned: Planned
    places: tuple[Place, ...]
    shift: Shift
    silent: Silent


async def make_failover(session: Session, project: Project, asked: Failover) -> FailoverPlan:
    """Return the plan of a failover; raise UserError when it names no backup, or a region that does not answer.

    The caller holds the lock. Planning only reads.
    """
    state = await recovered_state(session)
    places = await placed(session, project, state)
    if asked.settle:
        return await _settling(session, project, state, places, asked)
    chosen = _chosen(places, asked)
    targets = {str(one.group.pool): _target(one, asked) for one in chosen}
    silent = await silent_of(session, {account for one in chosen for account in one.group.accounts.values()})
    for one in chosen:
        _check(one, targets[str(one.group.pool)], asked, silent)
    now = session.clock.now()
    moves = {
        name: moved_to(key, now, _why(one, asked, silent), keep_primary=asked.keep_primary)
        for one in chosen
        for name, key in [(str(one.group.pool), targets[str(one.group.pool)])]
    }
    shift = Shift(moves, silent)
    planned = await make_plan(session, project, Options(), shift=shift)
    if asked.resubmit:
        await with_resubmitted(session, planned, silent)
    return FailoverPlan(planned, chosen, shift, silent)


async def owes(session: Session) -> bool:
    """Return whether anything is owed; it looks at the state only, and needs no lock. Raise StateError."""
    state = await current(session.store)
    return state is not None and any(one.owed for one in state.active_regions.values())


async def _settling(
    session: Session, project: Project, state: StateDocument, places: Sequence[Place], asked: Failover
) -> FailoverPlan:
    """Return the plan that does what is owed: the move that was made, once more, where the region answers by now."""
    records = state.active_regions
    named = _chosen(places, asked) if asked.what or asked.region is not None else tuple(places)
    owing = [one for one in named if (found := records.get(str(one.group.pool))) is not None and found.owed]
    silent = await silent_of(session, {account for one in owing for account in one.group.accounts.values()})
    back = [
        one for one in owing if any(not _is_silent(account, silent) for account in records[str(one.group.pool)].owed)
    ]
    for one in back:
        _check(one, one.group.active, replace(asked, from_unreachable=True), silent)
    shift = Shift({str(one.group.pool): records[str(one.group.pool)] for one in back}, silent)
    planned = await make_plan(session, project, Options(), shift=shift)
    return FailoverPlan(planned, tuple(back), shift, silent)


async def moving(session: Session, made: FailoverPlan) -> tuple[Moving, ...]:
    """Return what people are told of each pool that moves: regions by name, and how many tasks are left behind."""
    before = made.planned.state.active_regions
    found = []
    for one, group in zip(made.places, _groups(made), strict=True):
        record = before.get(str(group.pool))
        left = record.key if record is not None and record.key in group.pools else PRIMARY
        if left == group.active:
            left = next((key for key in group.pools if key != group.active), PRIMARY)
        counts = await _tasks(session, made, group, left)
        silent = tuple(one.word(key) for key, account in group.accounts.items() if _is_silent(account, made.silent))
        found.append(Moving(group, one.word(left), one.word(group.active), silent, *counts))
    return tuple(found)


def _groups(made: FailoverPlan) -> list[RegionalPool]:
    by_pool = {one.pool: one for one in made.planned.changes.regional}
    return [by_pool[one.group.pool] for one in made.places]


async def _tasks(session: Session, made: FailoverPlan, group: RegionalPool, left: str) -> tuple[int | None, int | None]:
    """Return the running and the waiting tasks of the jobs on the pool that is left; None when nobody tells."""
    record = by_address(made.planned.state).get(group.pools[left])
    if record is None or (group.accounts[left].lower(), Plane.DATA) in made.silent:
        return None, None
    pool = remote_of(record)
    counts = [one.counts for one in (await session.reader.work_on([pool]))[pool].jobs]
    return sum(one.running for one in counts), sum(one.active for one in counts)


async def placed(session: Session, project: Project, state: StateDocument | None = None) -> tuple[Place, ...]:
    """Return every pool with backups, active where the state says, with the locations of its accounts."""
    known = state or await session.store.read() or empty(batchplan.__version__)
    groups = declared_as_recorded(session, project, known).regional
    accounts = {account for group in groups for account in group.accounts.values()}
    remotes = {one: Remote("account", one, account_parts(one).name) for one in accounts}
    found = await session.reader.observe(set(remotes.values())) if remotes else {}
    locations = {
        one: str(seen.document.get("location", "")).replace(" ", "").lower()
        for one, remote in remotes.items()
        if (seen := found.get(remote)) is not None
    }
    return tuple(
        Place(group, {key: locations[one] for key, one in group.accounts.items() if one in locations})
        for group in groups
    )


def _chosen(places: Sequence[Place], asked: Failover) -> tuple[Place, ...]:
    if asked.region is not None:
        wanted = asked.region.replace(" ", "").lower()
        found = tuple(one for one in places if one.locations.get(one.group.active) == wanted)
        if found:
            return found
        active = ", ".join(sorted({one.locations.get(one.group.active, "") for one in places} - {""}))
        detail = f"No pool with a backup is active in {wanted}; such pools are active in {active or 'no region'}."
        raise UserError([Diagnostic(UNKNOWN_TARGET, detail)])
    made: list[Place] = []
    for what in asked.what:
        found = tuple(one for one in places if matches(what, one.group.pool))
        if not found:
            text = str(what) if isinstance(what, Address) else path_text(what)
            hint = did_you_mean(text, [str(one.group.pool) for one in places])
            raise UserError([Diagnostic(NO_SUCH_BACKUP, f"{text} is no pool that has backups.{hint}")])
        made.extend(one for one in found if one not in made)
    return tuple(made)


def _target(place: Place, asked: Failover) -> str:
    group = place.group
    others = [key for key in group.pools if key != group.active]
    if asked.to is None and len(others) == 1:
        return others[0]
    if asked.to is not None and asked.to in group.pools:
        return asked.to
    backups = [key for key in group.pools if key != PRIMARY]
    if asked.to is None:
        listed = ", ".join(f"--to {key}" for key in backups)
        detail = f"{group.pool} has several backups; say which one takes over: {listed}"
    else:
        detail = f'{group.pool} has no backup "{asked.to}".{did_you_mean(asked.to, backups)}'
    raise UserError([Diagnostic(NO_SUCH_BACKUP, detail)])


def _check(place: Place, target: str, asked: Failover, silent: Silent) -> None:
    group = place.group
    if _is_silent(group.accounts[target], silent):
        detail = (
            f"{place.word(target)} does not answer (3 of 3 probes), so {group.pool} cannot do its work there. "
            "Nothing was changed."
        )
        raise UserError([Diagnostic(TARGET_SILENT, detail)])
    left = [key for key in group.pools if key != target]
    quiet = [key for key in left if _is_silent(group.accounts[key], silent)]
    if quiet and not asked.from_unreachable:
        words = ", ".join(place.word(key) for key in quiet)
        detail = (
            f"{words} does not answer (3 of 3 probes), so the schedules of {group.pool} cannot be disabled there. "
            "If they still make jobs, their jobs run twice. When the region is down, go on with --from-unreachable: "
            "its clean-up is owed, and done by the first batchplan apply after it is back."
        )
        raise UserError([Diagnostic(SOURCE_SILENT, detail)])


def _is_silent(account: str, silent: Silent) -> bool:
    """Return whether what an account has to do cannot be done: both planes are needed."""
    return any((account.lower(), plane) in silent for plane in Plane)


def _why(place: Place, asked: Failover, silent: Silent) -> str:
    if asked.why:
        return asked.why
    group = place.group
    if _is_silent(group.accounts[group.active], silent):
        return f"{place.word(group.active)} did not answer"
    return "asked for"
