"""The simulator of the formula laboratory and the emulator are two programs; here they live through the same."""

from dataclasses import dataclass, field

import pytest
from worlds import START, Lab, lab

from batchplan.autoscale.laboratory import Settings, Step, Workload, generate, simulate
from batchplan.emulator import ticks
from batchplan.emulator.model import Pool
from batchplan.emulator.world import timing
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.hooks import Boot, NoFaults, Outcome, Work

POOL = ("acct", "p")
INTERVAL = 300
TOLERANCE = 0.001  # seconds: the emulator counts in ticks, the simulator in floating point

FORMULA = """\
recent = 180 * TimeInterval_Second;
enough = $PendingTasks.GetSamplePercent(recent) >= 70;
waiting = $ActiveTasks.GetSample(4);
running = $RunningTasks.GetSample(4);
done = $SucceededTasks.GetSample(4);
failed = $FailedTasks.GetSample(4);
usable = $UsableNodeCount.GetSample(4);
nodes = $CurrentDedicatedNodes.GetSample(4);
spot = $CurrentLowPriorityNodes.GetSample(4);
busy = $CPUPercent.GetSample(4);
tasks = enough ? max($PendingTasks.GetSample(recent)) / $TaskSlotsPerNode : 0;
$TargetDedicatedNodes = min(DEDICATED, tasks);
$TargetLowPriorityNodes = max(0, min(3, tasks - DEDICATED));
$NodeDeallocationOption = OPTION;
"""


@dataclass
class Seen(NoFaults):
    """Sees what happens in a world without changing it: nodes in the order they came, and first starts of tasks."""

    world: World
    nodes: list[tuple[Key, int]] = field(default_factory=list)
    starts: dict[str, float] = field(default_factory=dict)

    def boot(self, pool: Key, node: str, kind: str) -> Boot:
        """Note the node, and the number of its boot."""
        key = (*pool, node)
        self.nodes.append((key, self.world.nodes[key].boot))
        return super().boot(pool, node, kind)

    def outcome(self, work: Work, scripted: Outcome) -> Outcome:
        """Note when a task starts for the first time."""
        self.starts.setdefault(work.task, (self.world.now - START) / ticks.PER_SECOND)
        return scripted


@dataclass
class EmulatorTiming:
    """The emulator's own timing functions, asked about the resizes and nodes of one of its worlds."""

    seen: Seen
    resizes: list[int]
    pickup: float = timing.TASK_PICKUP

    def resize(self, number: int, wanted: int, leaving: int) -> float:
        """Return how long the emulator takes for a resize."""
        parts = (*POOL, self.resizes[number - 1])
        if wanted:
            return timing.allocation(self.seen.world, wanted, windows=False, parts=parts)
        return timing.draw(self.seen.world, timing.REMOVAL if leaving else timing.EMPTY_RESIZE, *parts)

    def removal(self, node: int) -> float:
        """Return how long the emulator takes to let a node go."""
        return timing.draw(self.seen.world, timing.REMOVAL, *self.seen.nodes[node - 1][0])

    def start(self, node: int) -> float:
        """Return how long the emulator takes to boot a node."""
        key, boot = self.seen.nodes[node - 1]
        creating = timing.draw(self.seen.world, timing.CREATING, *key, boot)
        return creating + timing.draw(self.seen.world, timing.STARTING_LINUX, *key, boot, "starting")


def emulated(formula: str, load: Workload, slots: int, seed: int) -> tuple[list[Step], Seen, list[int]]:
    """Let a pool of the emulator live by a formula; return its evaluations, what was seen, and its resizes."""
    here = lab(seed)
    seen = here.world.hooks = Seen(here.world)
    pool = here.pool(
        enableAutoScale=True, autoScaleFormula=formula, autoScaleEvaluationInterval="PT5M", taskSlotsPerNode=slots
    )
    job = here.job()
    steps, resizes = [step(here, pool)], []
    coming = list(enumerate(load.tasks))
    for moment in range(INTERVAL, int(load.span) + 1, INTERVAL):
        while coming and coming[0][1].arrival < moment:
            number, task = coming.pop(0)
            until(here, task.arrival)
            here.task(job, f"t{number}", f"sleep {task.seconds:.4f}")
        until(here, moment)
        steps.append(step(here, pool))
        if pool.resize_started is not None and abs(pool.resize_started - here.world.now) < ticks.PER_SECOND:
            resizes.append(pool.resize_run)
    return steps, seen, resizes


def until(here: Lab, moment: float) -> None:
    """Let time pass up to so many seconds after the start, and what falls due then."""
    here.pass_time(moment - (here.world.clock.now() - START) / ticks.PER_SECOND + 1e-5)


def step(here: Lab, pool: Pool) -> Step:
    """Return the last evaluation of a pool, and how it stands."""
    run = pool.auto_scale_run
    assert run is not None
    moment = round((ticks.parse_iso(run["timestamp"]) - START) / ticks.PER_SECOND)
    targets = (pool.target_dedicated, pool.target_low_priority)
    failure = run["error"]["values"][0]["value"] if "error" in run else ""
    return Step(moment, run["results"], *targets, pool.current_dedicated, pool.current_low_priority, failure)


SCENES = {
    "requeue": ("requeue", 40, 1, 1, "steady"),
    "requeue-slots": ("requeue", 5, 4, 2, "bursts"),
    "terminate": ("terminate", 6, 1, 3, "steady"),
    "taskcompletion": ("taskcompletion", 40, 1, 4, "steady"),
    "taskcompletion-slots": ("taskcompletion", 3, 3, 5, "diurnal"),
    "retaineddata": ("retaineddata", 8, 1, 6, "steady"),
}


@pytest.mark.parametrize(("option", "dedicated", "slots", "seed", "pattern"), SCENES.values(), ids=SCENES)
def test_simulator_and_emulator_agree_step_by_step(
    option: str, dedicated: int, slots: int, seed: int, pattern: str
) -> None:
    """Every evaluation sees the same samples and sets the same targets, with the same nodes; tasks start alike."""
    formula = FORMULA.replace("DEDICATED", str(dedicated)).replace("OPTION", option)
    load = generate(pattern, tasks=250, span=10 * 3600, seconds=700, seed=seed)
    steps, seen, resizes = emulated(formula, load, slots, seed)
    settings = Settings(
        slots=slots, interval=INTERVAL, seed=seed, start=ticks.to_datetime(START), timing=EmulatorTiming(seen, resizes)
    )
    found = simulate(formula, load, settings)
    assert list(found.steps) == steps
    assert len(resizes) > 10
    started = {f"t{number}": at for number, at in enumerate(found.starts) if at is not None}
    assert started.keys() == seen.starts.keys()
    late = {name: at - seen.starts[name] for name, at in started.items()}
    assert max(map(abs, late.values())) < TOLERANCE, late


def test_both_fail_alike_without_samples() -> None:
    """A window without samples fails in the service's words, and the pool keeps its size."""
    formula = "$TargetDedicatedNodes = min(5, max($PendingTasks.GetSample(180 * TimeInterval_Second, 70)));"
    load = generate("steady", tasks=30, span=2 * 3600, seconds=300, seed=1)
    steps, seen, resizes = emulated(formula, load, 1, 1)
    timed = EmulatorTiming(seen, resizes)
    found = simulate(formula, load, Settings(interval=INTERVAL, start=ticks.to_datetime(START), timing=timed))
    words = "Line 1, Col 59: Insufficient data from data set: $PendingTasks wanted 70%, received 0%"
    assert steps[0].failure == words
    assert not any(one.failure for one in steps[1:])
    assert list(found.steps) == steps


def test_the_agreement_is_no_accident() -> None:
    """With samples that are seen a minute late the simulator no longer does what the emulator does."""
    formula = FORMULA.replace("DEDICATED", "5").replace("OPTION", "requeue")
    load = generate("steady", tasks=100, span=4 * 3600, seconds=700, seed=1)
    steps, seen, resizes = emulated(formula, load, 1, 1)
    settings = Settings(interval=INTERVAL, seed=1, start=ticks.to_datetime(START), timing=EmulatorTiming(seen, resizes))
    assert list(simulate(formula, load, settings).steps) == steps
    late = Settings(
        interval=INTERVAL, seed=1, delay=60, start=settings.start, timing=EmulatorTiming(seen, [*resizes, *resizes])
    )
    assert list(simulate(formula, load, late).steps)[2:4] != steps[2:4]
