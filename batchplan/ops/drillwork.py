"""What a drill counts: the tasks that wait before it and what becomes of them, and the runs of schedules that fall due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from batchplan.core.remote import Remote, RemoteKey
from batchplan.ops.session import Session
from batchplan.plan.desired import DesiredObject
from batchplan.plan.observation import Observation, TaskStanding
from batchplan.plan.regions import RegionalPool
from batchplan.schema import sizes
from batchplan.schema.times import instant, seconds
from batchplan.state.document import by_address, remote_of
from batchplan.state.model import StateDocument

Run = tuple[datetime, str, str]
"""When which schedule made a job in which account."""

SETTLING = 120.0
"""Seconds before the end of a drill in which a run that falls due need not have come yet."""

TOLERANCE = 60.0
"""Seconds by which a run may come beside its moment, which is how often the service looks whether one is due."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of tasks and runs."""

    tasks: int
    lost: int
    twice: int
    runs: int
    runs_twice: int
    missed: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Tasks that have not ended: their ids, by job, of jobs that a copy can have, and how many there are in others."""

    jobs: Mapping[Remote, tuple[str, ...]]
    others: int = 0


async def waiting(session: Session, state: StateDocument, group: RegionalPool) -> Waiting:
    """Return what waits on the pool. A job that a schedule has made cannot be copied: the copy of the schedule makes its own."""
    found, others = {}, 0
    for job in await _jobs(session, state, group):
        ids = tuple(await session.reader.unfinished(job))
        if ":" in job.name:
            others += len(ids)
        elif ids:
            found[job] = ids
    return Waiting(found, others)


async def _jobs(session: Session, state: StateDocument, group: RegionalPool) -> list[Remote]:
    record = by_address(state).get(group.pools[group.active])
    if record is None:
        return []
    pool = remote_of(record)
    return [one.remote for one in (await session.reader.work_on([pool]))[pool].jobs]


@dataclass(frozen=True, slots=True)
class Before:
    """How things stand when a live drill begins: tasks that have not ended, jobs that are there, and runs that are due next."""

    at: datetime
    tasks: Mapping[Remote, Mapping[str, TaskStanding]]
    jobs: frozenset[RemoteKey]
    due: Mapping[str, datetime]


async def before(session: Session, state: StateDocument, group: RegionalPool) -> Before:
    """Return how things stand. Raise AzureError."""
    tasks = {}
    for job in await _jobs(session, state, group):
        open_now = {name: one for name, one in (await session.reader.tasks_of(job)).items() if one.state != "completed"}
        if open_now:
            tasks[job] = open_now
    known = by_address(state)
    here = (by_key.get(group.active) for by_key in group.schedules.values())
    schedules = [remote_of(known[one]) for one in here if one is not None and one in known]
    live = await session.reader.observe(schedules)
    due = {one.name.lower(): moment for one, seen in live.items() if (moment := _next(seen)) is not None}
    return Before(session.clock.now(), tasks, frozenset(await _made(session, group)), due)


def _next(schedule: Observation | None) -> datetime | None:
    if schedule is None or str(schedule.facts.get("state", "")).lower() != "active":
        return None
    return instant(str(schedule.facts.get("next_run_time") or ""))


async def after(session: Session, group: RegionalPool, begun: Before, every: Mapping[str, float]) -> Counted:
    """Return what became of the tasks and the runs since a drill has begun. Raise AzureError."""
    lost = twice = 0
    for job, tasks in begun.tasks.items():
        now = await session.reader.tasks_of(job)
        lost += sum(name not in now or now[name].gave_up for name in tasks)
        twice += sum(name in now and now[name].starts > one.starts > 0 for name, one in tasks.items())
    runs = await _runs(session, group, begun)
    end = session.clock.now() - timedelta(seconds=SETTLING)
    counted = [
        missed_and_twice([at for at, one, _ in runs if one == name], dues(first, every.get(name), end), every.get(name))
        for name, first in begun.due.items()
    ]
    return Counted(
        tasks=sum(map(len, begun.tasks.values())),
        lost=lost,
        twice=twice,
        runs=len(runs),
        runs_twice=sum(one for _, one in counted),
        missed=sum(one for one, _ in counted),
    )


async def _made(session: Session, group: RegionalPool) -> dict[tuple[str, str, str, str], tuple[Remote, str]]:
    """Return the jobs that schedules have made in any region of a pool, each with the schedule's name."""
    found = {}
    for account in group.accounts.values():
        for one in await session.reader.jobs_of(account):
            if one.schedule is not None:
                found[one.remote.key] = (one.remote, one.schedule.lower())
    return found


async def _runs(session: Session, group: RegionalPool, begun: Before) -> list[Run]:
    runs = []
    for key, (job, schedule) in (await _made(session, group)).items():
        if key in begun.jobs or schedule not in begun.due:
            continue
        seen = await session.reader.read(job)
        made = instant(str(seen.facts.get("creation_time") or "")) if seen is not None else None
        if made is not None and made >= begun.at:
            runs.append((made, schedule, job.account_id.rpartition("/")[2].lower()))
    return sorted(runs)


def dues(first: datetime, every: float | None, end: datetime) -> list[datetime]:
    """Return the moments until an end at which a schedule makes a job."""
    if every is None:
        return [first] if first < end else []
    count = max(0, int((end - first) / timedelta(seconds=every)) + 1) if first < end else 0
    return [first + timedelta(seconds=every * at) for at in range(count)]


def missed_and_twice(moments: Iterable[datetime], due: Sequence[datetime], every: float | None) -> tuple[int, int]:
    """Return how many of the moments that were due have no run, and how many runs came besides another one."""
    near = min(TOLERANCE, every / 2) if every is not None else TOLERANCE
    made = list(moments)
    counts = [sum(abs((at - one).total_seconds()) <= near for at in made) for one in due]
    return sum(one == 0 for one in counts), sum(max(0, one - 1) for one in counts)


def intervals(group: RegionalPool, desired: Iterable[DesiredObject]) -> dict[str, float]:
    """Return the interval of each schedule in seconds, by its name in lower case."""
    made = {}
    for one in desired:
        hours = one.document.get("schedule") or {} if one.address in group.schedules else {}
        length = seconds(str(hours["recurrence_interval"])) if hours.get("recurrence_interval") else None
        if length:
            made[one.remote.name.lower()] = float(length)
    return made


async def cores_in_use(session: Session, account_id: str) -> int | None:
    """Return the dedicated cores that the pools of an account ask for; None where a size is not known. Raise AzureError."""
    found = 0
    for pool in await session.reader.pools_of(account_id):
        size = sizes.size(pool.vm_size)
        if size is None and pool.dedicated:
            return None
        found += pool.dedicated * size.cores if size is not None else 0
    return found
