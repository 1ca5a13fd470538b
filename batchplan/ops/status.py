"""How everything stands, also while a region does not answer: looked up anew, nothing is changed."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import batchplan
from batchplan.config.project import Project
from batchplan.core.address import RETIRED, Address, parse_address
from batchplan.core.remote import Remote
from batchplan.ops.declared import declared_as_recorded
from batchplan.ops.reach import silent_of
from batchplan.ops.regionfacts import region_facts
from batchplan.ops.session import Session
from batchplan.ops.state import current
from batchplan.plan.desired import DesiredObject, remotes
from batchplan.plan.observation import Observation
from batchplan.plan.parity import Parity, parity
from batchplan.plan.regions import PRIMARY, RegionalPool
from batchplan.plan.shift import Silent, elsewhere, is_silent
from batchplan.plan.standing import ScheduleStanding, Standing
from batchplan.schema.facts import Plane
from batchplan.schema.times import instant
from batchplan.state.document import empty
from batchplan.state.model import StateDocument
from batchplan.state.rollouts import open_rollout

Live = Mapping[tuple[str, str, str, str], Observation]


async def status(session: Session, project: Project) -> tuple[Standing, ...]:
    """Return how each declared pool stands, in order. Raise UserError, AzureError when nobody answers at all."""
    state = await current(session.store) or empty(batchplan.__version__)
    whole = declared_as_recorded(session, project, state)
    desired, groups = whole.objects, whole.regional
    pools = [one for one in desired if one.kind == "pool" and not one.address.parts]
    accounts = {one.remote.account_id for one in pools} | {a for group in groups for a in group.accounts.values()}
    silent = await silent_of(session, accounts)
    heard = {one for one in remotes(desired, state) if not is_silent(one, silent)}
    observed = await session.reader.observe(heard)
    facts = await region_facts(session, groups, desired, observed, silent)
    found = parity(groups, desired, observed, facts, state.secret_key)
    work = _Work(session, state, desired, groups, observed, found, silent)
    return tuple(await asyncio.gather(*(work.standing(one) for one in pools)))


async def watch(
    look: Callable[[], Awaitable[Sequence[Standing]]],
    show: Callable[[Sequence[Standing]], None],
    pause: Callable[[], Awaitable[bool]],
) -> None:
    """Look and show again and again, until the pause says that it is enough."""
    while True:
        show(await look())
        if not await pause():
            return


@dataclass(frozen=True, slots=True)
class _Work:
    session: Session
    state: StateDocument
    desired: Sequence[DesiredObject]
    groups: Sequence[RegionalPool]
    observed: Mapping[Remote, Observation | None]
    parity: Sequence[Parity]
    silent: Silent

    async def standing(self, pool: DesiredObject) -> Standing:
        """Return how one pool stands."""
        live: Live = {remote.key: found for remote, found in self.observed.items() if found is not None}
        by_address = {one.address: one for one in self.desired}
        group = next((one for one in self.groups if one.pool == pool.address), None)
        key = group.active if group is not None else PRIMARY
        active = by_address[group.pools[key]] if group is not None else pool
        found = live.get(active.remote.key)
        answers = not any((active.remote.account_id.lower(), plane) in self.silent for plane in Plane)
        running, waiting = await self._tasks(active.remote) if found is not None and answers else (None, None)
        record = self.state.active_regions.get(str(pool.address))
        facts = found.facts if found is not None else {}
        names = (
            ("current_dedicated_nodes", "current_low_priority_nodes"),
            ("target_dedicated_nodes", "target_low_priority_nodes"),
        )
        nodes, target = (sum(int(facts.get(name) or 0) for name in pair) for pair in names)
        drill = self.state.drills.get(str(pool.address))
        return Standing(
            pool=pool.address,
            active_in=self._location(active.remote.account_id, live, by_address),
            key=key,
            answers=answers,
            nodes=nodes if found is not None else None,
            target=target if found is not None else None,
            running=running,
            waiting=waiting,
            schedules=self._schedules(active, live),
            backups=tuple(one for one in self.parity if one.pool == pool.address),
            since=record.since if record is not None else None,
            why=record.why if record is not None else "",
            owed=record.owed if record is not None else (),
            retired=self._retired(pool.address),
            elsewhere=self._elsewhere(group),
            rollout=open_rollout(self.state, pool.address) is not None,
            drilled=drill.at if drill is not None else None,
        )

    async def _tasks(self, pool: Remote) -> tuple[int, int]:
        counts = [one.counts for one in (await self.session.reader.work_on([pool]))[pool].jobs]
        return sum(one.running for one in counts), sum(one.active for one in counts)

    def _schedules(self, pool: DesiredObject, live: Live) -> tuple[ScheduleStanding, ...]:
        made = []
        for one in self.desired:
            info = (one.document.get("job_specification") or {}).get("pool_info") or {}
            same = one.remote.account_id.lower() == pool.remote.account_id.lower()
            if one.kind != "job_schedule" or not same or info.get("pool_id") != pool.remote.name:
                continue
            found = live.get(one.remote.key)
            state = str(found.facts.get("state", "")).lower() if found is not None else "not there"
            due = instant(str(found.facts.get("next_run_time") or "")) if found is not None else None
            made.append(ScheduleStanding(one.address, state, due if state == "active" else None))
        return tuple(made)

    def _elsewhere(self, group: RegionalPool | None) -> tuple[Address, ...]:
        found = elsewhere(group, self.state, self.observed) if group is not None else {}
        return tuple(one for listed in found.values() for one in listed)

    def _retired(self, pool: Address) -> tuple[str, ...]:
        known = [parse_address(one.address) for one in self.state.resources]
        return tuple(
            one.parts[-1].key for one in known if one.instance == pool and one.parts and one.parts[-1].word == RETIRED
        )

    def _location(self, account: str, live: Live, by_address: Mapping[Address, DesiredObject]) -> str:
        found = live.get(Remote("account", account, account.rpartition("/")[2]).key)
        documents = [found.document] if found is not None else []
        documents += [
            one.document
            for one in by_address.values()
            if one.kind == "account" and one.remote.account_id.lower() == account.lower()
        ]
        told = next((str(one["location"]) for one in documents if one.get("location")), account.rpartition("/")[2])
        return told.replace(" ", "").lower()
