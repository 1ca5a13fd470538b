"""How everything stands, also while a region does not answer: looked up anew, nothing is changed."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import batchplan
from batchplan.config.project import Project
from batchplan.core.address import RETIRED, Address
from batchplan.core.remote import RemoteKey
from batchplan.ops.declared import declared_as_recorded
from batchplan.ops.reach import silent_of
from batchplan.ops.regionfacts import region_facts
from batchplan.ops.session import Session
from batchplan.ops.state import current
from batchplan.plan.backups import Expanded
from batchplan.plan.desired import DesiredObject, remotes
from batchplan.plan.observation import Observation, Work, live_of
from batchplan.plan.parity import Parity, parity
from batchplan.plan.regions import PRIMARY, RegionalPool
from batchplan.plan.shift import Silent, elsewhere, is_silent
from batchplan.plan.standing import ScheduleStanding, Standing
from batchplan.schema.facts import Plane
from batchplan.schema.times import instant
from batchplan.state.document import by_address, empty
from batchplan.state.model import ResourceRecord, StateDocument
from batchplan.state.rollouts import open_rollout


async def status(session: Session, project: Project) -> tuple[Standing, ...]:
    """Return how each declared pool stands, in order. Raise UserError, AzureError when nobody answers at all.

    What there is is read by list, a few calls an account; besides, each job that uses a pool costs a call.
    """
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
    sight = _Sight.of(state, whole, live_of(observed), found, silent)
    at_work = [sight.active(one) for one in pools]
    work = await session.reader.work_on([one.remote for one in at_work if sight.is_there(one)])
    return tuple(
        sight.standing(pool, active, work.get(active.remote)) for pool, active in zip(pools, at_work, strict=True)
    )


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
class _Sight:
    """All that was looked at, by what it is about. `hours` are schedules, by account and pool, both in lower case."""

    state: StateDocument
    known: Mapping[Address, ResourceRecord]
    live: Mapping[RemoteKey, Observation]
    silent: Silent
    places: Mapping[Address, DesiredObject]
    groups: Mapping[Address, RegionalPool]
    parity: Mapping[Address, list[Parity]]
    hours: Mapping[tuple[str, str], list[DesiredObject]]
    retired: Mapping[Address, list[str]]
    locations: Mapping[str, str]

    @classmethod
    def of(
        cls,
        state: StateDocument,
        whole: Expanded,
        live: Mapping[RemoteKey, Observation],
        found: Sequence[Parity],
        silent: Silent,
    ) -> "_Sight":
        """Return what was looked at."""
        known = by_address(state)
        parities: dict[Address, list[Parity]] = defaultdict(list)
        hours: dict[tuple[str, str], list[DesiredObject]] = defaultdict(list)
        retired: dict[Address, list[str]] = defaultdict(list)
        for one in found:
            parities[one.pool].append(one)
        for schedule in whole.objects:
            if schedule.kind == "job_schedule":
                info = (schedule.document.get("job_specification") or {}).get("pool_info") or {}
                hours[schedule.remote.account_id.lower(), str(info.get("pool_id")).lower()].append(schedule)
        for address in known:
            if address.parts and address.parts[-1].word == RETIRED:
                retired[address.instance].append(address.parts[-1].key)
        return cls(
            state=state,
            known=known,
            live=live,
            silent=silent,
            places={one.address: one for one in whole.objects},
            groups={one.pool: one for one in whole.regional},
            parity=parities,
            hours=hours,
            retired=retired,
            locations=_locations(whole.objects, live),
        )

    def active(self, pool: DesiredObject) -> DesiredObject:
        """Return the pool that does the work: itself, or a backup."""
        group = self.groups.get(pool.address)
        return self.places[group.pools[group.active]] if group is not None else pool

    def answers(self, one: DesiredObject) -> bool:
        """Return whether the account of a pool answers on both planes."""
        return not any((one.remote.account_id.lower(), plane) in self.silent for plane in Plane)

    def is_there(self, one: DesiredObject) -> bool:
        """Return whether a pool exists, and what it does can be told."""
        return one.remote.key in self.live and self.answers(one)

    def standing(self, pool: DesiredObject, active: DesiredObject, work: Work | None) -> Standing:
        """Return how one pool stands, of which another one may do the work."""
        group = self.groups.get(pool.address)
        found = self.live.get(active.remote.key)
        facts = found.facts if found is not None else {}
        nodes, target = (sum(int(facts.get(name) or 0) for name in pair) for pair in _NODES)
        record = self.state.active_regions.get(str(pool.address))
        drill = self.state.drills.get(str(pool.address))
        warm = self.state.prewarms.get(str(active.address))
        account = active.remote.account_id
        return Standing(
            pool=pool.address,
            active_in=self.locations.get(account.lower(), account.rpartition("/")[2].lower()),
            key=group.active if group is not None else PRIMARY,
            answers=self.answers(active),
            nodes=nodes if found is not None else None,
            target=target if found is not None else None,
            running=sum(one.counts.running for one in work.jobs) if work is not None else None,
            waiting=sum(one.counts.active for one in work.jobs) if work is not None else None,
            schedules=tuple(map(self._schedule, self.hours.get(_place(active), ()))),
            backups=tuple(self.parity.get(pool.address, ())),
            since=record.since if record is not None else None,
            why=record.why if record is not None else "",
            owed=record.owed if record is not None else (),
            retired=tuple(self.retired.get(pool.address, ())),
            elsewhere=self._elsewhere(group),
            rollout=open_rollout(self.state, pool.address) is not None,
            drilled=drill.at if drill is not None else None,
            warm_until=warm.until if warm is not None else None,
        )

    def _schedule(self, one: DesiredObject) -> ScheduleStanding:
        found = self.live.get(one.remote.key)
        state = str(found.facts.get("state", "")).lower() if found is not None else "not there"
        due = instant(str(found.facts.get("next_run_time") or "")) if found is not None else None
        return ScheduleStanding(one.address, state, due if state == "active" else None)

    def _elsewhere(self, group: RegionalPool | None) -> tuple[Address, ...]:
        found = elsewhere(group, self.known, self.live) if group is not None else {}
        return tuple(one for listed in found.values() for one in listed)


_NODES = (
    ("current_dedicated_nodes", "current_low_priority_nodes"),
    ("target_dedicated_nodes", "target_low_priority_nodes"),
)


def _place(pool: DesiredObject) -> tuple[str, str]:
    return pool.remote.account_id.lower(), pool.remote.name.lower()


def _locations(desired: Iterable[DesiredObject], live: Mapping[RemoteKey, Observation]) -> dict[str, str]:
    """Return the locations of accounts by their ids in lower case: where they are, or else are declared to be."""
    declared = [(one.remote, one.document) for one in desired if one.kind == "account"]
    there = [(one.remote, one.document) for one in live.values() if one.remote.kind == "account"]
    return {
        remote.account_id.lower(): str(document["location"]).replace(" ", "").lower()
        for remote, document in (*declared, *there)
        if document.get("location")
    }
