"""Work that arrives while a run waits: tasks of mixed durations, and jobs; every task is counted."""

import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from lifecycle_driver import Place
from rollout_driver import ACCOUNT

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.server import Emulator
from batchplan.emulator.world import jobs, tasks

SLICE = 10.0
"""Seconds between two looks at the world."""

OPEN = frozenset({"active", "enabling", "disabling", "disabled"})
USABLE = frozenset({"idle", "running"})


@dataclass(slots=True)
class Traffic:
    """Lets time pass in slices. In each of them tasks and jobs arrive, and what must always hold is looked at.

    `limit` is how many tasks arrive at all, `pause` the mean of the seconds between them, `into` says which jobs get
    them; with `needs_nodes` there must always be nodes, and pools for the jobs that name them. `evicted` are tasks
    whose node was taken away by a preemption.
    """

    place: Place
    seed: int = 0
    limit: int = 400
    pause: float = 4.0
    new_jobs: int = 5
    needs_nodes: bool = True
    into: Callable[[str], bool] = lambda _: True
    made: list[tuple[str, str]] = field(default_factory=list)
    jobs_made: list[str] = field(default_factory=list)
    evicted: set[tuple[str, ...]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    dice: random.Random = field(init=False)
    _next: float = 0.0

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.place.pass_time = self.pass_time
        self.place.emulator.call(self._watch)

    def _watch(self, world: Any) -> None:
        fail = world.handlers["node.fail"]

        def noted(world: Any, args: tuple[Any, ...]) -> None:
            node = world.nodes.get(tuple(map(str, args[:3])))
            for job, task in node.running_tasks if node is not None else ():
                self.evicted.add((node.account, job, task))
            fail(world, args)

        world.handlers["node.fail"] = noted

    # Time.

    def pass_time(self, emulator: Emulator, seconds: float) -> None:
        """Let time pass, and things happen meanwhile."""
        left = seconds
        while left > 0:
            step = min(SLICE, left)
            emulator.advance(step)
            left -= step
            emulator.call(self._happen)

    def finish(self, hours: float = 24.0) -> None:
        """Let time pass until no task is left, with what arrives meanwhile."""
        for _ in range(int(hours * 360)):
            self.pass_time(self.place.emulator, SLICE)
            if not self.open_tasks() and len(self.made) >= self.limit:
                return
        raise AssertionError(f"after {hours} hours there is still to do: {self.open_tasks()}")

    def _happen(self, world: Any) -> None:
        self._look(world)
        now = world.now / ticks.PER_SECOND
        while len(self.made) < self.limit and now >= self._next:
            self._next = max(self._next, now - SLICE) + self.dice.expovariate(1 / self.pause)
            self._arrive(world)

    def _arrive(self, world: Any) -> None:
        account = world.accounts[ACCOUNT,]
        if len(self.jobs_made) < self.new_jobs and self.dice.random() < 0.05:
            name = f"late-{len(self.jobs_made)}"
            pool = self._known_pool(world)
            if pool is not None:
                jobs.create_job(world, account, {"id": name, "poolInfo": {"poolId": pool}})
                self.jobs_made.append(name)
        open_jobs = [one for one in world.jobs.values() if one.state in OPEN and self.into(one.id)]
        if not open_jobs:
            return
        job = self.dice.choice(sorted(open_jobs, key=lambda one: one.id))
        name = f"task-{len(self.made)}"
        long = self.dice.random() < 0.1
        seconds = self.dice.uniform(200, 900) if long else self.dice.expovariate(1 / 25)
        try:
            command = f"/bin/sh -c 'work EMULATOR_DURATION={seconds:.1f}'"
            tasks.create_task(world, account, job, {"id": name, "commandLine": command})
        except ServiceError:
            return
        self.made.append((job.id, name))

    def _known_pool(self, world: Any) -> str | None:
        """Return the pool that people know: the oldest one that is not shrinking."""
        pools = sorted((one for one in world.pools.values() if _grown(one)), key=lambda one: one.created)
        return pools[0].id if pools else None

    # What must hold.

    def _look(self, world: Any) -> None:
        if not self.needs_nodes:
            return
        if not any(one.state in USABLE for one in world.nodes.values()):
            self.wrong.append(f"{ticks.isoformat(world.now)}: no pool has a usable node")
        named = {one.spec["poolInfo"].get("poolId") for one in world.jobs.values() if one.state in OPEN}
        there = {one.id for one in world.pools.values() if one.state == "active"}
        for pool in filter(None, named - there):
            self.wrong.append(f"{ticks.isoformat(world.now)}: a job points to {pool}, which is gone or going")

    def open_tasks(self) -> Counter[str]:
        """Return the tasks that have not completed, by their state."""

        def look(world: Any) -> Counter[str]:
            return Counter(one.state for one in world.tasks.values() if one.state != "completed")

        return self.place.emulator.call(look)

    def check(self, *, once: bool) -> Counter[str]:
        """Assert that no task is lost and all ended well; with `once`, none ran twice but for preemptions."""

        def look(world: Any) -> list[tuple[tuple[str, str], str, int]]:
            return [
                (
                    (world.jobs[key[:-1]].id, one.id),
                    f"{one.state} {one.execution.get('result')}",
                    one.execution["requeueCount"] if key not in self.evicted else 0,
                )
                for key, one in world.tasks.items()
            ]

        assert self.wrong == []
        found = self.place.emulator.call(look)
        arrived = {name for name, _, _ in found}
        assert set(self.made) <= arrived, set(self.made) - arrived
        assert {how for _, how, _ in found} == {"completed success"}, Counter(how for _, how, _ in found)
        twice = [name for name, _, again in found if again]
        if once:
            assert twice == []
        count = Counter(name.rpartition("-")[0] or name for (_, name), _, _ in found)
        return count + Counter(total=len(found), requeued=len(twice), evicted=len(self.evicted))


def _grown(pool: Any) -> bool:
    return pool.state == "active" and (pool.target_dedicated or pool.target_low_priority)


def names(found: Iterable[str]) -> set[str]:
    """Return names without what counts them."""
    return {one.rpartition("-")[0] or one for one in found}
