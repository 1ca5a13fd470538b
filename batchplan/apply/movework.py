"""Moving work that came to a pool since the plan was made, until nothing runs there and nothing points there.

Jobs that schedules and people make while a rollout goes on cannot be in its plan; they are moved by the same
steps as those that are, each recorded as they are.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from batchplan.apply.events import StepFailure
from batchplan.apply.waits import Sight, duration, pause
from batchplan.core.remote import RemoteKey
from batchplan.plan.observation import Work
from batchplan.plan.step import MoveWork, Step
from batchplan.ports import AzureError, Clock, Reader, Throttled, Unreachable
from batchplan.strategies.repoint import Move, job_steps, schedule_steps

AGAIN_SECONDS = 30.0
"""Nothing must run on the pool at two looks so far apart: the service's counts lag a little."""

REQUEUED_SECONDS = 1800.0
"""How long tasks may take to go back to their queues."""


Perform = Callable[[Step], Awaitable[object]]


@dataclass(slots=True)
class Mover:
    """Does one step. `perform` does one call or wait as a part of it."""

    step: MoveWork
    reader: Reader
    clock: Clock
    perform: Perform
    busy: dict[RemoteKey, "asyncio.Task[None]"] = field(default_factory=dict)
    requeues: bool = False

    async def run(self, tell: Callable[[Sight], None], stopped: Callable[[], bool]) -> None:
        """Return when the pool has no work any more; raise StepFailure when it does not come to that in time."""
        try:
            await self._until_empty(tell, stopped)
        finally:
            await self._let_go()

    async def _until_empty(self, tell: Callable[[Sight], None], stopped: Callable[[], bool]) -> None:
        begun = self.clock.now()
        ends = begun.timestamp() + self.step.timeout
        calm: datetime | None = None
        while True:
            sight = await self._look()
            tell(sight)
            now = self.clock.now()
            calm = (calm or now) if sight.over else None
            if calm is not None and (now - calm).total_seconds() >= AGAIN_SECONDS:
                return
            if now.timestamp() >= ends and not sight.over:
                if self.step.at_timeout != "requeue" or self.requeues:
                    raise StepFailure(f"{sight.seen} after {duration(self.step.timeout)}", gate=True)
                if not self.step.moves:
                    return  # the resize that comes next puts its tasks back
                self.requeues = True
                await self._let_go()
                ends += REQUEUED_SECONDS
            if stopped():
                raise StepFailure("interrupted while waiting; what runs goes on, and the next apply looks again")
            await self.clock.sleep(AGAIN_SECONDS if sight.over else pause((now - begun).total_seconds()))

    async def _look(self) -> Sight:
        pool = self.step.remote
        try:
            work = (await self.reader.work_on([pool]))[pool]
            self._move(work)
            health = await self.reader.node_health(pool)
        except (Throttled, Unreachable) as error:
            return Sight(over=False, seen=f"no answer: {error.message}")
        for task in [task for task in self.busy.values() if task.done()]:
            task.result()
        busy_nodes = health.by_state.get("running", 0)
        pointing = [job for job in work.jobs if self.step.moves or job.counts.running or job.counts.active]
        schedules = len(work.schedules) if self.step.moves else 0
        if not busy_nodes and not pointing and not schedules and all(task.done() for task in self.busy.values()):
            return Sight(over=True, seen=f"drained: 0 running, 0 jobs point to {pool.name}")
        running = sum(job.counts.running for job in work.jobs)
        names = ", ".join(job.remote.name for job in pointing[:3])
        more = f" and {len(pointing) - 3} more" if len(pointing) > 3 else ""
        whose = f" · {len(pointing)} jobs point to it: {names}{more}" if pointing else ""
        return Sight(over=False, seen=f"{running} tasks running on {busy_nodes} nodes{whose}")

    def _move(self, work: Work) -> None:
        """Begin to move what has not been met yet."""
        if not self.step.moves:
            return
        option = "requeue" if self.requeues else self.step.option
        word = self.step.id.rpartition(":")[2]
        move = Move(self.step.address, self.step.target, option, self.step.timeout, f"{word}/")
        for schedule in work.schedules:
            self._begin(schedule.key, schedule_steps(move, schedule))
        for job in work.jobs:
            again = self.requeues and job.state == "disabling"
            state = "active" if again else job.state
            self._begin(job.remote.key, job_steps(move, job.remote, state, ours=self.requeues))

    def _begin(self, key: RemoteKey, steps: list[Step]) -> None:
        """What was moved a moment ago may still be listed, as the list lags: it is not moved again."""
        if key not in self.busy:
            self.busy[key] = asyncio.create_task(self._all(steps))

    async def _all(self, steps: list[Step]) -> None:
        for step in steps:
            try:
                await self.perform(replace(step, needs=()))
            except AzureError as error:
                raise StepFailure(f"{step.remote}: {error.message}", error=error) from error

    async def _let_go(self) -> None:
        for task in self.busy.values():
            task.cancel()
        await asyncio.gather(*self.busy.values(), return_exceptions=True)
        self.busy.clear()
