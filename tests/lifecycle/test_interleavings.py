"""Thousands of histories, drawn by dice: whatever happens while pools are replaced, what must hold, holds."""

import os
import random
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pytest
from crashing import Crash, CrashingStore, CrashingWriter, Fuse
from modelworld import SUBSCRIPTION, JumpingLoop, ModelClock, ModelReader, ModelWriter, Weather, World
from rollout_driver import POOL, ask, generations, project

from batchplan.backends.memory import MemoryStore
from batchplan.config.project import Inputs, load_project
from batchplan.core.address import parse_address
from batchplan.core.diagnostics import UserError
from batchplan.ops.apply import apply_plan
from batchplan.ops.plan import Planned, make_plan
from batchplan.ops.rollouts import checked
from batchplan.ops.session import Session
from batchplan.ops.state import recovered
from batchplan.ops.workspace import resolver
from batchplan.plan.options import Options
from batchplan.ports import AzureError
from batchplan.state.rollouts import open_rollout

T = TypeVar("T")

THOROUGH = os.environ.get("BATCHPLAN_THOROUGH") == "1"
HISTORIES = 10_000 if THOROUGH else 120
PARTS = 8
PLAIN = Options()
CALM = Weather(random.Random(0))


@dataclass(slots=True)
class History:
    """One history: what is declared, what is there, and what has happened."""

    seed: int
    folder: Path
    dice: random.Random = field(init=False)
    world: World = field(init=False)
    store: MemoryStore = field(default_factory=MemoryStore)
    weather: Weather = field(default_factory=lambda: replace(CALM))
    text: str = ""
    loaded: tuple[str, Any] | None = None
    slots: int = 1
    once: bool = True
    log: list[str] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.world = World(random.Random(self.seed + 1))
        self.weather.dice = random.Random(self.seed + 2)

    # Commands.

    def run(self, work: Callable[[Session], Awaitable[T]], fuse: Fuse | None = None) -> T:
        """Open a session, as each command does, on a clock that goes on from where it stood."""
        fuse = fuse or Fuse()
        reader = ModelReader(self.world, self.weather)

        async def closed() -> None:
            pass

        async def go() -> T:
            session = Session(
                reader=reader,  # type: ignore[arg-type]
                writer=CrashingWriter(ModelWriter(self.world, self.weather, reader), fuse),
                store=CrashingStore(self.store, fuse),
                clock=ModelClock(self.world),
                subscription=SUBSCRIPTION,
                close=closed,
                emulated=True,
            )
            return await work(session)

        return JumpingLoop(self.world.now).complete(go())

    def plan(self, options: Options = PLAIN) -> Planned:
        """Make a plan."""
        return self.run(lambda session: make_plan(session, self.project(), options))

    def command(self, options: Options, fuse: Fuse | None = None) -> bool:
        """Plan and do; return whether everything was done."""
        self.counted["commands"] += 1

        async def work(session: Session) -> bool:
            if options.verb:
                state = await recovered(session.store)
                assert state is not None
                checked(state, options.verb, options.pools)
            planned = await make_plan(session, self.project(), options)
            applied = await apply_plan(session, planned, lambda _: None)
            return applied.result.complete

        try:
            return self.run(work, fuse)
        except UserError as error:
            self.log.append(f"  refused: {error}"[:200])
        except AzureError as error:
            self.log.append(f"  {error.message}")
        except Crash:
            self.counted["crashes"] += 1
            self.log.append("  killed")
            self.check_journals()
        return False

    def check_journals(self) -> None:
        """Every journal folds, and what it says is taken over once, also when that is cut short."""
        entries = {run: list(found) for run, found in self.store.journals.items()}
        copies = [
            replace(self.store, versions=list(self.store.versions), journals=entries, closed=set(self.store.closed))
            for _ in range(2)
        ]
        first, second = copies
        once = JumpingLoop(0.0).complete(recovered(first))
        second.versions, second.closed = first.versions, set(self.store.closed)
        assert JumpingLoop(0.0).complete(recovered(second)) == once
        assert JumpingLoop(0.0).complete(second.open_runs()) == []

    def project(self) -> Any:
        """Return the configuration."""
        if self.loaded is None or self.loaded[0] != self.text:
            (self.folder / "main.batch.hcl").write_text(self.text, encoding="utf-8")
            inputs = Inputs([], {}, "default", "2025-06-01T08:00:00Z")
            self.loaded = self.text, load_project(self.folder, resolver(self.folder), inputs, evaluate=False)
        return self.loaded[1]

    # What people and the world do.

    def declare(self, *, change: bool) -> None:
        """Write a configuration with some options, and another pool if it is a change."""
        dice = self.dice
        self.slots += change
        running = dice.choice(["wait", "wait", "requeue"])
        late = dice.choice(["", "", "pause", "requeue", "abort"])
        drain = f'drain {{\n      timeout    = "PT10M"\n      on_timeout = "{late}"\n    }}' if late else ""
        self.once = self.once and running == "wait" and late != "requeue"
        lines = [
            f'running_tasks = "{running}"',
            f'retain = "{dice.choice(["PT0S", "PT1H"])}"',
            f'on_failure = "{dice.choice(["keep", "delete"])}"',
            f"auto_promote = {dice.choice(['true', 'true', 'false'])}",
            f'surge = "{dice.choice(["100%", "50%"])}"',
            drain,
            dice.choice(["", SMOKE]),
        ]
        self.text = project("\n    ".join(lines), slots=self.slots, scale=SIZE)
        self.log.append(f"{self.world.now:.0f} declared {self.slots} {lines}")

    def begin(self) -> None:
        """Make the first generation, and let work come in for some hours."""
        self.declare(change=False)
        assert self.command(PLAIN)
        world, dice = self.world, self.dice
        world.live(world.now + 200)
        world.begun = True
        active = self.active()
        world.create_job("adhoc", {"pool_info": {"pool_id": active}})
        stopped = world.create_job("stopped", {"pool_info": {"pool_id": active}})
        stopped.state, stopped.by_user = "disabled", True
        world.schedules["often"] = {"job_specification": {"pool_info": {"pool_id": active}}}
        world.fire("often", 900)
        for _ in range(dice.randint(10, 25)):
            world.after(dice.uniform(0, 12000), self._task)
        for number in range(dice.randint(0, 3)):
            world.after(dice.uniform(0, 12000), lambda number=number: self._job(number))
        for _ in range(dice.randint(0, 3)):
            world.after(dice.uniform(0, 12000), world.fail_node)

    def _task(self) -> None:
        jobs = [job for job in self.world.jobs.values() if job.name in ("declared", "adhoc") or "late" in job.name]
        long = self.dice.random() < 0.1
        self.world.add_task(self.dice.choice(jobs), self.dice.uniform(300, 1500) if long else self.dice.uniform(5, 90))

    def _job(self, number: int) -> None:
        grown = [pool for pool in self.world.pools.values() if pool.state == "active" and pool.target]
        if grown:
            pool = min(grown, key=lambda pool: pool.born)
            job = self.world.create_job(f"late-{number}", {"pool_info": {"pool_id": pool.name}})
            self.world.add_task(job, 60)

    def happen(self) -> None:
        """Let one thing happen."""
        dice = self.dice
        self.weather.slow, self.weather.fails, self.weather.lags = dice.choice(
            [(0, 0, 0), (0, 0, 0), (0.2, 0, 0), (0, 0.02, 0), (0, 0, 0.2), (0.1, 0.02, 0.1)]
        )
        self.world.breaks = dice.choice(["", "", "", "", "start task", "allocation", "smoke test"])
        self.world.live(self.world.now + dice.expovariate(1 / 600))
        state = self.store.versions[-1]
        likely = VERBS if open_rollout(state, parse_address(POOL)) is not None else ("undo", "collect")
        what = dice.choice(["change", "change", "options", "apply", "apply", *likely])
        self.log.append(f"{self.world.now:.0f} {what} breaks={self.world.breaks!r} {self.weather.fails}")
        if what in ("change", "options"):
            self.declare(change=what == "change")
        options = PLAIN if what in ("change", "options", "apply") else ask(what)  # type: ignore[arg-type]
        fuse = Fuse(dice.randint(1, 80) if dice.random() < 0.6 else 0)
        self.command(options, fuse)

    def end(self) -> None:
        """Let it be quiet, and do what a person does to come to an end; then assert that all is as it should be."""
        self.weather.slow = self.weather.fails = self.weather.lags = 0.0
        self.world.breaks, self.world.fires = "", False
        self.log.append(f"{self.world.now:.0f} quiet")
        for _ in range(8):
            self.world.live(self.world.now + 14000)
            planned = self.plan()
            open_now = open_rollout(planned.state, parse_address(POOL))
            if open_now is not None and (open_now.paused or open_now.phase == "waiting"):
                self.command(ask("promote"))
            elif planned.is_empty:
                break
            elif not self.command(PLAIN):
                # A candidate whose nodes have failed stays as it is; it is given up, and the next one is made.
                state = self.run(lambda session: recovered(session.store))
                stands = open_rollout(state, parse_address(POOL)) if state is not None else None
                if stands is not None and stands.phase == "candidate":
                    self.command(ask("abort"))
        self.world.live(self.world.now + 14000)
        self.check()

    def active(self) -> str:
        """Return the id of the active pool."""
        return generations(self.store.versions[-1])[POOL]

    def check(self) -> None:
        """Assert what must hold in the end."""
        planned = self.plan()
        assert planned.is_empty, [(str(one.address), one.action.name, one.strategy) for one in planned.changes.objects]
        state, world = planned.state, self.world
        assert world.wrong == []
        known = generations(state)
        assert {pool.name for pool in world.pools.values()} == set(known.values())
        assert len(set(known.values())) == len(known)
        active = known[POOL]
        sizes = {pool.name: len(pool.nodes) for pool in world.pools.values()}
        assert sizes == {name: 4 if name == active else 0 for name in sizes}, (active, sizes)
        pointing = {job.name: job.pool for job in world.jobs.values() if job.state not in ("completed", "terminating")}
        assert set(pointing.values()) == {active}, (active, pointing)
        for schedule in world.schedules.values():
            assert schedule["job_specification"]["pool_info"]["pool_id"] == active
        assert {job.name for job in world.jobs.values() if job.state in ("disabled", "disabling")} == {"stopped"}
        assert state.disabled_jobs == ()
        assert not [job for job in world.jobs if job.startswith("smoke")]
        open_tasks = [task for task in world.tasks if task.state != "completed" and task.job != "stopped"]
        assert open_tasks == []
        if self.once:
            assert [task for task in world.tasks if task.runs - task.excused > 1] == []
        self.counted["tasks"] += len(world.tasks)
        self.counted["generations"] += len(state.rollouts.get(POOL, ())) + 1


SIZE = "fixed_scale {\n    target_dedicated_nodes = 4\n  }"
SMOKE = 'smoke_test {\n      command_line = "true"\n    }'
VERBS = ("promote", "abort", "undo", "pause", "collect", "due")


def play(seed: int) -> Counter[str]:
    """Live through one history; an assertion that fails tells it."""
    with tempfile.TemporaryDirectory() as folder:
        history = History(seed, Path(folder))
        try:
            history.begin()
            for _ in range(history.dice.randint(2, 7)):
                history.happen()
            history.end()
        except BaseException as error:
            error.add_note("\n".join([f"history {seed}", *history.log, *history.world.wrong[:5]]))
            raise
        return history.counted


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_happens(part: int) -> None:
    """No job is lost, no pool goes under a running task, there are always nodes, and it ends with nothing to do."""
    counted: Counter[str] = Counter()
    for seed in range(part, HISTORIES, PARTS):
        counted += play(seed)
    assert counted["crashes"] > HISTORIES / PARTS / 4
    print(counted)
