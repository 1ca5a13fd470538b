"""Practising a failover: on an emulator into which what is live is copied, with the region cut, or for real and back."""

import hashlib
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import batchplan
from batchplan.apply.events import Event
from batchplan.backends.memory import MemoryStore
from batchplan.config.project import Project
from batchplan.core.address import Address
from batchplan.core.codes import DRILL_FAILED, NO_SUCH_BACKUP
from batchplan.core.diagnostics import Diagnostic, Diagnostics, UserError
from batchplan.core.remote import Remote
from batchplan.ops.apply import apply_plan
from batchplan.ops.declared import declared_as_recorded
from batchplan.ops.drillwork import Run, Waiting, after, before, cores_in_use, intervals, waiting
from batchplan.ops.failover import Failover, Place, make_failover, placed
from batchplan.ops.plan import Planned, recovered_state
from batchplan.ops.session import Session
from batchplan.plan.change import Action, Cause, Change, Changes
from batchplan.plan.desired import DesiredObject
from batchplan.plan.observation import Observation, live_of
from batchplan.plan.regions import PRIMARY, RegionalPool
from batchplan.plan.standing import DrillOutcome
from batchplan.plan.step import CopyJob
from batchplan.ports import StateStore
from batchplan.schema import sizes
from batchplan.schema.document import reveal
from batchplan.state.document import by_address, empty, remote_of
from batchplan.state.model import DrillRecord, StateDocument
from batchplan.state.secrets import is_placeholder
from batchplan.strategies.expand import expand

JOB = "batchplan-drill"
TASK_SECONDS = 300.0
FEWEST_TASKS, MOST_TASKS = 20, 1000
SETTLE = 600.0
OUTAGE = 7200.0
"""Seconds, on the emulator: how long the region works before it is cut, and is cut at least."""

LONGEST_OUTAGE = 93600.0
EMPTY_ZIP = b"PK\x05\x06" + bytes(18)
PASSWORD = "Drill-0-nobody-signs-in-with-this"  # noqa: S105 - what is secret cannot be read, and a copy needs something


class World(Protocol):
    """An emulated world that is there for a drill."""

    async def advance(self, seconds: float) -> None:
        """Let virtual time pass."""

    async def cut(self, location: str) -> None:
        """Let a region answer nothing and begin nothing."""

    async def restore(self) -> None:
        """Let every region answer again."""

    async def work(self, account: str, job: str, tasks: Sequence[str], length: float) -> None:
        """Give a job tasks of some ids, each of a length in seconds."""

    async def runs(self) -> Sequence[Run]:
        """Return the jobs that schedules have made, in order."""

    async def finished(self, job: str) -> Mapping[str, int]:
        """Return how often each task of a job, in all accounts, has succeeded."""


Twin = Callable[[StateStore], Awaitable[tuple[Session, World]]]
"""Opens a session on a world of its own."""


@dataclass(frozen=True, slots=True)
class Drill:
    """What a command asks for: the pool, and the backup; the only one, or the first, where None.

    stay: how long, in seconds, the backup does the work of a live drill before it returns.
    """

    what: Address
    to: str | None = None
    stay: float = 0.0


def _record(found: DrillOutcome, at: datetime) -> DrillRecord:
    """Return what the state keeps of a drill."""
    return DrillRecord(
        at=at,
        key=found.key,
        live=found.live,
        recovery_seconds=found.recovery,
        tasks_lost=found.lost,
        tasks_twice=found.twice,
        occurrences_missed=found.missed,
        passed=found.passed,
    )


async def drill(
    session: Session, project: Project, asked: Drill, twin: Twin, report: Callable[[Event], None]
) -> DrillOutcome:
    """Practise a failover on a copy of what is live, keep the result in the state, and return it.

    In Azure nothing is changed. The caller holds the lock. Raise UserError when the copy, or the failover, fails.
    """
    state = await recovered_state(session)
    place, key = await _place(session, project, state, asked)
    group = place.group
    work = await waiting(session, state, group)
    with _empty_package() as file:
        copy = await _copied(session, project, state, group, file, work)
        other, world = await twin(MemoryStore(versions=[copy.state]))
        try:
            await _apply(other, copy.planned, report)
            found = await _practise(other, world, project, place, key, work, report)
            quota = (await session.reader.quotas(group.accounts[key])).dedicated_cores
            found = replace(found, quota=quota)
        finally:
            await other.close()
    await _keep(session, state, found)
    return found


async def live_drill(session: Session, project: Project, asked: Drill, report: Callable[[Event], None]) -> DrillOutcome:
    """Fail over for real, and return, in order: the region that is left answers, so nothing runs twice or is lost."""
    state = await recovered_state(session)
    place, key = await _place(session, project, state, asked)
    group = place.group
    every = intervals(group, await _declared(session, project))
    begun = await before(session, state, group)
    await _moved(session, project, asked.what, key, report, why="a drill")
    there = session.clock.now()
    used, quota = await _use(session, session, group.accounts[key])
    await session.clock.sleep(asked.stay)
    leaving = session.clock.now()
    await _moved(session, project, asked.what, group.active, report, why="the drill is over")
    back = session.clock.now()
    nodes, cores = await _size(session, project, group)
    counted = await after(session, group, begun, every)
    found = DrillOutcome(
        pool=group.pool,
        key=key,
        left=place.word(group.active),
        to=place.word(key),
        live=True,
        recovery=(there - begun.at).total_seconds(),
        return_took=(back - leaving).total_seconds(),
        **asdict(counted),
        nodes=nodes,
        cores=cores,
        used=used,
        quota=quota,
    )
    await _keep(session, await recovered_state(session), found)
    return found


async def _use(session: Session, live: Session, account_id: str) -> tuple[int | None, int | None]:
    """Return the dedicated cores that an account's pools ask for, and how many it may have, as is so in Azure."""
    return await cores_in_use(session, account_id), (await live.reader.quotas(account_id)).dedicated_cores


async def _place(session: Session, project: Project, state: StateDocument, asked: Drill) -> tuple[Place, str]:
    places = await placed(session, project, state)
    found = next((one for one in places if one.group.pool == asked.what), None)
    if found is None:
        raise UserError([Diagnostic(NO_SUCH_BACKUP, f"{asked.what} is no pool that has backups.")])
    others = [key for key in found.group.pools if key != found.group.active]
    key = asked.to if asked.to is not None else others[0]
    if key not in others:
        detail = f'{asked.what} has no region "{key}" that stands ready; there are: {", ".join(map(repr, others))}.'
        raise UserError([Diagnostic(NO_SUCH_BACKUP, detail)])
    return found, key


# The copy.


@dataclass(frozen=True, slots=True)
class _Copy:
    """What makes a world like the live one: a state to begin with, and a plan that creates everything."""

    state: StateDocument
    planned: Planned


async def _copied(
    session: Session, project: Project, state: StateDocument, group: RegionalPool, file: str, work: Waiting
) -> _Copy:
    """Return the copy of all that the state has in the accounts of a pool and its backups, as it is live.

    Of jobs, only those with tasks that have not ended; in others there is nothing to lose.
    """
    accounts = {one.lower() for one in group.accounts.values()}
    known = {address: one for address, one in by_address(state).items() if one.remote.account_id.lower() in accounts}
    observed = await session.reader.observe({remote_of(one) for one in known.values()})
    live = live_of(observed)
    whole = declared_as_recorded(session, project, state)
    desired, groups = whole.objects, whole.regional
    wanted = {one.address: one for one in desired}
    busy = {one.key for one in work.jobs}
    changes = [
        _created(address, live[remote_of(one).key], one.applied, wanted.get(address), wanted, file)
        for address, one in known.items()
        if remote_of(one).key in live and (address.kind != "job" or remote_of(one).key in busy)
    ]
    addresses = {one.address for one in changes}
    needs = {
        one.address: tuple(each for each in wanted[one.address].needs if each in addresses)
        for one in changes
        if one.address in wanted
    }
    regional = tuple(one for one in groups if one.pool == group.pool)
    found = Changes(tuple(changes), needs={**{one.address: () for one in changes}, **needs}, regional=regional)
    begun = empty(batchplan.__version__)
    kept = {name: one for name, one in state.active_regions.items() if name == str(group.pool)}
    begun = begun.model_copy(update={"active_regions": kept})
    diagnostics = Diagnostics()
    steps = expand(found, {}, {file: hashlib.sha256(EMPTY_ZIP).hexdigest()}, diagnostics)
    if diagnostics.has_errors:
        raise UserError(diagnostics.items)
    now = session.clock.now()
    return _Copy(begun, Planned(found, steps, begun, now, diagnostics, outputs={}))


def _created(
    address: Address,
    seen: Observation,
    applied: Mapping[str, Any],
    wanted: DesiredObject | None,
    others: Mapping[Address, DesiredObject],
    file: str,
) -> Change:
    document = {**_local(applied), **seen.document}
    if address.kind == "application_package":
        document |= {"source": file}
        document.pop("source_hash", None)
    if address.kind == "account":
        # Storage, keys and networks are not in the emulator, and are no part of what is practised.
        kept = ("name", "resource_group_name", "location", "auto_storage")
        document = {name: document[name] for name in kept if name in document}
    if address.kind == "job":
        # It would end before it has its tasks, and what a manager does is nothing that an emulator knows.
        left_out = ("all_tasks_complete_mode", "job_manager_task")
        document = {name: value for name, value in document.items() if name not in left_out}
    running = str(seen.facts.get("state", "")).lower() == "active" if address.kind == "job_schedule" else None
    enabled = running if wanted is not None and wanted.enabled is not None else None
    original = others.get(wanted.hours_of) if wanted is not None and wanted.hours_of is not None else None
    return Change(
        address,
        Action.CREATE,
        seen.remote,
        None,
        _with_secrets(document),
        cause=Cause.NEW,
        enabled=enabled,
        hours_of=original.remote if original is not None else None,
    )


def _local(applied: Mapping[str, Any]) -> dict[str, Any]:
    """Return what only batchplan knows of an object: its names, and how it is replaced."""
    names = ("name", "account_id", "application_id", "version", "resource_group_name", "replacement", "user_accounts")
    return {name: applied[name] for name in names if name in applied}


def _with_secrets(node: Any) -> Any:
    """Return a document with something in the place of what cannot be read."""
    if is_placeholder(node):
        return PASSWORD
    if isinstance(node, Mapping):
        return {name: _with_secrets(part) for name, part in node.items()}
    return [_with_secrets(part) for part in node] if isinstance(node, (list, tuple)) else node


@contextmanager
def _empty_package() -> Iterator[str]:
    """Yield the path of a file that stands for the packages: what is in them is not run."""
    with tempfile.NamedTemporaryFile("wb", suffix=".zip") as file:
        file.write(EMPTY_ZIP)
        file.flush()
        yield file.name


# The practice.


async def _practise(
    session: Session,
    world: World,
    project: Project,
    place: Place,
    key: str,
    work: Waiting,
    report: Callable[[Event], None],
) -> DrillOutcome:
    group = place.group
    nodes, cores = await _size(session, project, group)
    given = await _give_work(session, world, group, work)
    tasks = sum(map(len, given.values()))
    await world.advance(SETTLE)
    down = session.clock.now()
    await world.cut(place.locations[group.active])
    await _moved(session, project, group.pool, key, report, why="a drill: the region is cut", unreachable=True)
    up = session.clock.now()
    used = await cores_in_use(session, group.accounts[key])
    await world.advance(_long_enough(group, await _declared(session, project)))
    await world.restore()
    await _moved(session, project, group.pool, key, report, why="what was owed")
    begun = session.clock.now()
    await _moved(session, project, group.pool, group.active, report, why="the drill is over")
    took = (session.clock.now() - begun).total_seconds()
    await world.advance(max(OUTAGE, tasks * TASK_SECONDS / max(1, nodes) + OUTAGE))
    runs = [one for one in await world.runs() if one[2] in _names(group)]
    ended = [(await world.finished(job)).get(one, 0) for job, ids in given.items() for one in ids]
    twice, missed = _counted(runs, group, await _declared(session, project), (down, up), session.clock.now())
    return DrillOutcome(
        pool=group.pool,
        key=key,
        left=place.word(group.active),
        to=place.word(key),
        live=False,
        recovery=(up - down).total_seconds(),
        return_took=took,
        tasks=tasks,
        lost=sum(count == 0 for count in ended),
        twice=sum(count > 1 for count in ended),
        runs=len(runs),
        runs_twice=twice,
        missed=missed,
        nodes=nodes,
        cores=cores,
        used=used,
    )


async def _give_work(
    session: Session, world: World, group: RegionalPool, work: Waiting
) -> Mapping[str, tuple[str, ...]]:
    """Give the copy jobs with the tasks that wait, and return their ids by the name of the job.

    What waits in jobs that cannot be copied waits there in one of its own, and so do some tasks where nothing waits.
    """
    state = await session.store.read()
    assert state is not None, "the copy has been applied"
    pool = remote_of(by_address(state)[group.pools[group.active]])
    others = work.others if work.jobs or work.others >= FEWEST_TASKS else FEWEST_TASKS
    given, left = {}, MOST_TASKS
    jobs = [
        *((job.name, ids) for job, ids in work.jobs.items()),
        (JOB, tuple(f"task-{at + 1}" for at in range(others))),
    ]
    for name, ids in jobs:
        if not (kept := ids[:left]):
            continue
        job = Remote("job", pool.account_id, name)
        body = {"poolInfo": {"poolId": pool.name}}
        await session.writer.perform(
            CopyJob(id=f"drill-{name}", address=group.pool, remote=job, body=body, origin_id="what is waiting there")
        )
        await world.work(pool.account_id.rpartition("/")[2], name, kept, TASK_SECONDS)
        given[name], left = kept, left - len(kept)
    return given


async def _apply(session: Session, planned: Planned, report: Callable[[Event], None]) -> None:
    done = await apply_plan(session, planned, report)
    if not done.result.complete:
        why = "; ".join(f"{name}: {one.message}" for name, one in done.result.failed.items())
        raise UserError([Diagnostic(DRILL_FAILED, f"{why}.")])


async def _moved(
    session: Session,
    project: Project,
    what: Address,
    key: str,
    report: Callable[[Event], None],
    *,
    why: str,
    unreachable: bool = False,
) -> None:
    made = await make_failover(session, project, Failover((what,), to=key, from_unreachable=unreachable, why=why))
    await _apply(session, made.planned, report)


async def _declared(session: Session, project: Project) -> tuple[DesiredObject, ...]:
    state = await session.store.read() or empty(batchplan.__version__)
    return declared_as_recorded(session, project, state).objects


async def _size(session: Session, project: Project, group: RegionalPool) -> tuple[int, int | None]:
    """Return the nodes and the cores that the other region has to have for the work."""
    wanted = {one.address: one for one in await _declared(session, project)}
    fixed: Any = wanted[group.pool].document.get("fixed_scale") or {}
    nodes = int(fixed.get("target_dedicated_nodes") or 0) + int(fixed.get("target_low_priority_nodes") or 0)
    backup = next((one for key, one in group.pools.items() if key != PRIMARY), group.pool)
    size = sizes.size(str(reveal(wanted[backup].document.get("vm_size"))))
    return nodes, nodes * size.cores if size is not None else None


def _names(group: RegionalPool) -> set[str]:
    return {one.rpartition("/")[2].lower() for one in group.accounts.values()}


def _long_enough(group: RegionalPool, desired: Sequence[DesiredObject]) -> float:
    """Return how long the region stays cut: two runs of every schedule, as far as that is not more than a day."""
    longest = max(intervals(group, desired).values(), default=0.0)
    return min(LONGEST_OUTAGE, max(OUTAGE, 2 * longest))


def _counted(
    runs: Sequence[Run],
    group: RegionalPool,
    desired: Sequence[DesiredObject],
    outage: tuple[datetime, datetime],
    end: datetime,
) -> tuple[int, int]:
    """Return how many runs came twice, and how many came nowhere though no region was on its way to take over."""
    twice = missed = 0
    for name, every in intervals(group, desired).items():
        moments = sorted(at.replace(microsecond=0) for at, one, _ in runs if one.lower() == name)
        twice += sum(count - 1 for count in Counter(moments).values())
        if not moments:
            continue
        due, step = moments[0], timedelta(seconds=every)
        while due < end - timedelta(seconds=120):
            here = any(abs((at - due).total_seconds()) < min(60.0, every / 2) for at in moments)
            during = outage[0] - timedelta(seconds=1) <= due <= outage[1] + timedelta(seconds=1)
            missed += not here and not during
            due += step
    return twice, missed


async def _keep(session: Session, state: StateDocument, found: DrillOutcome) -> None:
    """Write the result into the state, with its date."""
    drills = {**state.drills, str(found.pool): _record(found, session.clock.now())}
    await session.store.write(state.model_copy(update={"drills": drills, "serial": state.serial + 1}))
