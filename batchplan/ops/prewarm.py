"""Getting a pool ready before the next run of a schedule, in another region if its own has no nodes."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from batchplan.apply.events import Event
from batchplan.config.project import Project
from batchplan.core.address import Address
from batchplan.core.codes import NO_NODES, NO_RUN_AHEAD, UNKNOWN_TARGET
from batchplan.core.diagnostics import Diagnostic, Diagnostics, UserError
from batchplan.core.remote import Remote
from batchplan.core.suggest import did_you_mean
from batchplan.ops.apply import Applied, apply_plan
from batchplan.ops.declared import declared_as_recorded
from batchplan.ops.failover import Failover, make_failover
from batchplan.ops.plan import Planned, recovered_state
from batchplan.ops.reach import silent_of
from batchplan.ops.session import Session
from batchplan.ops.who import user_name
from batchplan.plan.change import Changes
from batchplan.plan.desired import DesiredObject
from batchplan.plan.hours import next_run
from batchplan.plan.observation import Observation
from batchplan.plan.regions import RegionalPool
from batchplan.plan.shift import Silent
from batchplan.plan.step import SetWarm, Step
from batchplan.plan.warm import with_scale
from batchplan.schema.document import reveal
from batchplan.schema.facts import Plane
from batchplan.schema.times import instant
from batchplan.state.document import by_address
from batchplan.state.model import StateDocument
from batchplan.strategies.chain import Chain
from batchplan.strategies.sizes import set_nodes, stop
from batchplan.strategies.warm import give_back

LEAST_SECONDS = 60.0
LOOK_SECONDS = 30.0
KEEP_SECONDS = 14400.0
"""How long after a run its nodes stay, where nobody waits for its end: the next apply after that gives them back."""


@dataclass(frozen=True, slots=True)
class Prewarm:
    """What a command asks for. Times are in seconds.

    what: a schedule, or a pool, of whose schedules the first that runs counts.
    before: how long before the run the nodes are to be asked for. deadline: when they must be ready; the run itself
    where None. nodes and spot: how many; the pool's declared size where None. keep: how long after the run plans leave
    the nodes alone.
    """

    what: Address
    before: float = 2700.0
    deadline: datetime | None = None
    nodes: int | None = None
    spot: int = 0
    keep: float = KEEP_SECONDS


@dataclass(frozen=True, slots=True)
class Warmed:
    """What came of it: the run it was about, whether it was too early, and in which region the nodes are."""

    run: datetime | None
    early: bool = False
    ready: bool = False
    moved_to: str | None = None
    applied: tuple[Applied, ...] = ()
    nodes: int = 0


@dataclass(slots=True)
class _Target:
    """What is warmed: the pool where the work is done, and the schedule that needs it.

    `silent` are accounts of its regions that do not answer. Then the hours are told by the schedules that stand ready.
    """

    state: StateDocument
    pool: DesiredObject
    declared: DesiredObject
    group: RegionalPool | None
    schedules: Sequence[DesiredObject]
    live: dict[Remote, Observation | None] = field(default_factory=dict)
    silent: Silent = frozenset()

    @property
    def is_silent(self) -> bool:
        """Whether the region that does the work does not answer."""
        return _is_silent(self.pool.remote.account_id, self.silent)


async def prewarm(session: Session, project: Project, asked: Prewarm, report: Callable[[Event], None]) -> Warmed:
    """Have a pool's nodes ready before its next run; fail over when they are not to be had by the deadline.

    A region that does not answer is asked again until half of the time is over, which leaves the other half for the
    backup's nodes. Raise UserError when there is no run ahead, or no nodes are to be had anywhere. The caller holds the lock.
    """
    target = await _target(session, project, asked.what)
    run = _first_run(target, session.clock.now())
    if run is None:
        detail = f"{asked.what} has no run ahead: its schedule is disabled, over, or not there."
        raise UserError([Diagnostic(NO_RUN_AHEAD, detail)])
    now = session.clock.now()
    if now < run - timedelta(seconds=asked.before):
        return Warmed(run, early=True)
    dedicated = asked.nodes if asked.nodes is not None else _declared(target.declared)[0]
    spot = asked.spot or (_declared(target.declared)[1] if asked.nodes is None else 0)
    left = ((asked.deadline or run) - now).total_seconds()
    target = await _heard(session, project, asked.what, target, now + timedelta(seconds=left / 2))
    wanted = _Wanted(dedicated, spot, run, run + timedelta(seconds=asked.keep))
    tried: list[Applied] = []
    if not target.is_silent:
        left = ((asked.deadline or run) - session.clock.now()).total_seconds()
        tried.append(await _sized(session, target, wanted, max(LEAST_SECONDS, left), report))
        if tried[0].result.complete:
            return Warmed(run, ready=True, applied=tuple(tried), nodes=dedicated + spot)
        target.silent = await _silent(session, target.pool, target.group)
    key = _key(target)
    moved = await _elsewhere(session, project, target, key, report) if key is not None else None
    if moved is None:
        failed = [one.message for each in tried for one in each.result.failed.values()]
        why = "; ".join(failed) or "its region does not answer"
        detail = (
            f"{target.pool.address} has no nodes for the run of {run:%Y-%m-%d %H:%M} UTC ({why}), and it has no backup "
            "that could take over."
        )
        raise UserError([Diagnostic(NO_NODES, detail)])
    return Warmed(run, ready=moved.result.complete, moved_to=key, applied=(*tried, moved), nodes=dedicated + spot)


async def _heard(session: Session, project: Project, what: Address, target: _Target, until: datetime) -> _Target:
    """Return the target once its region answers, or as it is when the time is over."""
    while target.is_silent and session.clock.now() < until:
        await session.clock.sleep(LOOK_SECONDS)
        target = await _target(session, project, what)
    return target


async def _silent(session: Session, pool: DesiredObject, group: RegionalPool | None) -> Silent:
    return await silent_of(session, group.accounts.values() if group is not None else [pool.remote.account_id])


def _is_silent(account: str, silent: Silent) -> bool:
    return any((account.lower(), plane) in silent for plane in Plane)


async def cool_down(
    session: Session, project: Project, what: Address, run: datetime | None, report: Callable[[Event], None]
) -> Applied:
    """Return a pool to its declared size, with `run` once the job of that run has ended. Running tasks end first."""
    if run is not None:
        await _ended(session, await _target(session, project, what), run)
    target = await _target(session, project, what)
    chain = Chain(target.pool.address, target.pool.remote)
    stop(chain, target.live.get(target.pool.remote))
    record = by_address(target.state).get(target.pool.address)
    applied = record.applied if record is not None else target.pool.document
    give_back(chain, target.pool.document, with_scale(applied, target.pool.document))
    if str(target.pool.address) in target.state.prewarms:
        chain.add("cooled", SetWarm)
    return await _run(session, target, chain.steps, report)


async def _ended(session: Session, target: _Target, run: datetime) -> None:
    """Return when the job that a run made has ended, or there is none half an hour after the run."""
    while True:
        now = session.clock.now()
        jobs = [await _recent_job(session, one) for one in target.schedules]
        at_work = [one for one in jobs if one is not None and not _is_over(one)]
        if now > run + timedelta(seconds=LOOK_SECONDS) and not at_work:
            return
        await session.clock.sleep(LOOK_SECONDS)


async def _recent_job(session: Session, schedule: DesiredObject) -> Observation | None:
    found = await session.reader.read(schedule.remote)
    name = found.facts.get("recent_job") if found is not None else None
    if not name:
        return None
    return await session.reader.read(Remote("job", schedule.remote.account_id, str(name)))


def _is_over(job: Observation) -> bool:
    return str(job.facts.get("state", "")).lower() in ("completed", "terminating", "deleting")


async def _target(session: Session, project: Project, what: Address) -> _Target:
    state = await recovered_state(session)
    whole = declared_as_recorded(session, project, state)
    desired, groups = whole.objects, whole.regional
    by_address = {one.address: one for one in desired}
    found = by_address.get(what.instance)
    if found is None or found.kind not in ("pool", "job_schedule"):
        names = [str(one.address) for one in desired if one.kind in ("pool", "job_schedule")]
        detail = f"{what} is no pool and no schedule of this configuration.{did_you_mean(str(what), names)}"
        raise UserError([Diagnostic(UNKNOWN_TARGET, detail)])
    pool = found if found.kind == "pool" else _pool_of(found, desired)
    if pool is None:
        raise UserError([Diagnostic(UNKNOWN_TARGET, f"{what} makes jobs on no pool of this configuration.")])
    group = next((one for one in groups if one.pool == pool.address), None)
    active = by_address[group.pools[group.active]] if group is not None else pool
    schedules = [one for one in desired if one.kind == "job_schedule" and _pool_id(one) == active.remote.name]
    if found.kind == "job_schedule":
        schedules = [one for one in schedules if one.address.instance == found.address]
    silent = await _silent(session, active, group)
    if _is_silent(active.remote.account_id, silent):
        schedules = [by_address[one] for one in _standing_ready(group, {one.address for one in schedules})]
    asked = {active.remote, *(one.remote for one in schedules)}
    live = await session.reader.observe({one for one in asked if not _is_silent(one.account_id, silent)})
    return _Target(state, active, pool, group, schedules, dict(live), silent)


def _standing_ready(group: RegionalPool | None, at_work: AbstractSet[Address]) -> Iterator[Address]:
    """Yield the schedules of other regions that stand in for some that are at work."""
    for by_key in group.schedules.values() if group is not None else ():
        if group is not None and by_key.get(group.active) in at_work:
            yield from (one for key, one in by_key.items() if key != group.active)


def _pool_id(schedule: DesiredObject) -> str:
    info: Any = (schedule.document.get("job_specification") or {}).get("pool_info") or {}
    return str(reveal(info.get("pool_id")))


def _pool_of(schedule: DesiredObject, desired: Sequence[DesiredObject]) -> DesiredObject | None:
    wanted = (schedule.remote.account_id.lower(), _pool_id(schedule))
    pools = (one for one in desired if one.kind == "pool" and not one.address.parts)
    return next((one for one in pools if (one.remote.account_id.lower(), one.remote.name) == wanted), None)


def _first_run(target: _Target, now: datetime) -> datetime | None:
    """Return the first run ahead: as the service tells it, or worked out where it does not."""
    found = []
    for one in target.schedules:
        seen = target.live.get(one.remote)
        wanted = "disabled" if target.is_silent else "active"
        if seen is None or str(seen.facts.get("state", "")).lower() != wanted:
            continue
        # A disabled one tells the next run of the hours that it was made with.
        told = instant(str(seen.facts.get("next_run_time") or "")) if not target.is_silent else None
        created = instant(str(seen.facts.get("creation_time") or ""))
        if told is None and created is not None:
            times = seen.document.get("schedule") or {}
            # One that stands ready has the hours of the next run: it makes none of its own before that.
            has_run = target.is_silent or seen.facts.get("recent_job") is not None
            told = next_run(times, created, now, has_run=has_run)
        found.extend([told] if told is not None and told > now else [])
    return min(found, default=None)


def _declared(pool: DesiredObject) -> tuple[int, int]:
    fixed: Any = pool.document.get("fixed_scale") or {}
    return int(fixed.get("target_dedicated_nodes") or 0), int(fixed.get("target_low_priority_nodes") or 0)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How many nodes a pool is to have, for which run, and until when."""

    dedicated: int
    spot: int
    run: datetime
    until: datetime


async def _sized(
    session: Session, target: _Target, wanted: _Wanted, timeout: float, report: Callable[[Event], None]
) -> Applied:
    """Take note of what the pool has, and give it nodes: whoever is killed in between leaves a note of it."""
    chain = Chain(target.pool.address, target.pool.remote)
    live = target.live.get(target.pool.remote)
    before = target.state.prewarms.get(str(target.pool.address))
    chain.add(
        "prewarmed",
        SetWarm,
        until=wanted.until.isoformat(),
        run=wanted.run.isoformat(),
        who=user_name(),
        dedicated=wanted.dedicated,
        low_priority=wanted.spot,
        # Warm already: what it had before that is what counts.
        scale=before.scale if before is not None else with_scale({}, live.document if live is not None else {}),
    )
    set_nodes(chain, live, wanted.dedicated, wanted.spot, timeout)
    return await _run(session, target, chain.steps, report)


async def _run(session: Session, target: _Target, steps: Sequence[Step], report: Callable[[Event], None]) -> Applied:
    planned = Planned(
        changes=Changes(),
        steps=tuple(steps),
        state=target.state,
        made_at=session.clock.now(),
        diagnostics=Diagnostics(),
        outputs=target.state.outputs,
    )
    return await apply_plan(session, planned, report)


async def _elsewhere(
    session: Session, project: Project, target: _Target, key: str, report: Callable[[Event], None]
) -> Applied:
    why = "it did not answer before the next run" if target.is_silent else "no nodes for the next run"
    asked = Failover((target.declared.address,), to=key, from_unreachable=target.is_silent, why=why)
    made = await make_failover(session, project, asked)
    return await apply_plan(session, made.planned, report)


def _key(target: _Target) -> str | None:
    """Return the region that takes over: the first that answers and is not at work."""
    group = target.group
    if group is None:
        return None
    others = (key for key in group.pools if key != group.active)
    return next((key for key in others if not _is_silent(group.accounts[key], target.silent)), None)
