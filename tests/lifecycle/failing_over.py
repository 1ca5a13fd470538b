"""A project with a backup in another region: fail over, cut regions, and count what its schedules do."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from lifecycle_driver import Place, Wrapped
from lifecycle_projects import put

from batchplan.core.address import parse_address
from batchplan.emulator import ticks
from batchplan.ops.apply import Applied, apply_plan
from batchplan.ops.failover import Failover, FailoverPlan, make_failover
from batchplan.ops.session import Session

POOL = parse_address("pool.render")
NORTH = 'pool.render.backup["north"]'
EVERY = {"nightly": timedelta(hours=1), "hourly": timedelta(minutes=30)}


@dataclass(slots=True)
class Regions:
    """The place of the project, and when it was set up."""

    place: Place
    began: datetime = field(default_factory=datetime.now)

    def set_up(self) -> "Regions":
        """Apply the project."""
        put(self.place, "regions")
        self.place.apply()
        self.began = self.now()
        return self

    def now(self) -> datetime:
        """Return the virtual time."""
        return ticks.to_datetime(self.place.emulator.clock.now())

    def failover(
        self, to: str | None = "north", wrapped: Wrapped | None = None, *, whole: bool = True, **asked: Any
    ) -> tuple[FailoverPlan, Applied]:
        """Fail over, or with `to=""` back; unless `whole` is False, everything must get done."""

        async def work(session: Session) -> tuple[FailoverPlan, Applied]:
            made = await make_failover(session, self.place.project(), Failover(what=(POOL,), to=to, **asked))
            return made, await apply_plan(session, made.planned, self.place.events.append)

        made, applied = self.place._do(work, wrapped)
        if whole:
            assert applied.result.complete, {name: one.message for name, one in applied.result.failed.items()}
        return made, applied

    def cut(self, region: str = "westeurope", *, halts: bool = True) -> None:
        """Let a region answer nothing; unless `halts` is False, its schedules make no jobs either."""
        self.place.fault(effect={"kind": "region_down", "halts": halts}, region=region)

    def restore(self) -> None:
        """Let every region answer again."""
        self.place.emulator.call(lambda _: self.place.emulator.faults.clear())

    def running(self) -> dict[str, set[str]]:
        """Return for each schedule the accounts in which it is active."""
        found: dict[str, set[str]] = {}
        for account, name, state in self.place.emulator.call(
            lambda world: [(one.account, one.id, one.state) for one in world.schedules.values()]
        ):
            found.setdefault(name, set())
            if state == "active":
                found[name].add(account)
        return found

    def runs(self, after: datetime | None = None) -> list[tuple[datetime, str, str]]:
        """Return when which schedule made a job in which account, in order."""
        jobs = self.place.emulator.call(
            lambda world: [(one.created, one.id, one.account) for one in world.jobs.values() if ":" in one.id]
        )
        made = sorted((ticks.to_datetime(at), name.partition(":")[0], account) for at, name, account in jobs)
        return [one for one in made if after is None or one[0] >= after]

    def each_once(self, name: str, runs: Sequence[tuple[datetime, str, str]], outage: Sequence[datetime] = ()) -> None:
        """Assert that every run of a schedule came once, a whole number of intervals after another, but for an outage."""
        moments = [at.replace(microsecond=0) for at, one, _ in runs if one == name]
        assert max(Counter(moments).values(), default=1) == 1, moments
        for first, second in pairwise(moments):
            missed = round((second - first) / EVERY[name]) - 1
            assert abs((second - first) - (missed + 1) * EVERY[name]) < timedelta(seconds=2), (first, second)
            lost = [first + EVERY[name] * (at + 1) for at in range(missed)]
            assert all(outage and outage[0] <= one <= outage[1] for one in lost), (first, second, outage)

    def sizes(self) -> dict[str, int]:
        """Return the targets of the pools by account."""
        return dict(
            self.place.emulator.call(
                lambda world: [(one.account, one.target_dedicated) for one in world.pools.values()]
            )
        )
