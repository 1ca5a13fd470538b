"""Workloads, simulated pools, charts and the search for parameters."""

import time
from dataclasses import dataclass, replace
from xml.etree import ElementTree as ET

import pytest

from batchplan.autoscale.laboratory import (
    GENERATORS,
    Settings,
    Task,
    Workload,
    generate,
    goal,
    knob,
    optimise,
    read_csv,
    simulate,
)
from batchplan.autoscale.laboratory.chart import page, svg, terminal
from batchplan.autoscale.laboratory.optimise import Unsearchable, with_values
from batchplan.autoscale.laboratory.workload import UnreadableWorkload

HOUR = 3600.0
FOLLOW = (
    "most = 20; w = 5 * TimeInterval_Minute; p = $PendingTasks.GetSamplePercent(w);"
    "t = p < 70 ? max(0, $PendingTasks.GetSample(1)) : max($PendingTasks.GetSample(w));"
    "$TargetDedicatedNodes = min(most, t); $NodeDeallocationOption = taskcompletion;"
)
QUICK = Settings(boot=0, start_task=0, interval=300, delay=0)


def _once(count: int, seconds: float, *, at: float = 0.0, span: float = 4 * HOUR) -> Workload:
    return Workload("once", tuple(Task(at, seconds) for _ in range(count)), span)


@pytest.mark.parametrize("pattern", sorted(GENERATORS))
def test_generated_workload(pattern: str) -> None:
    """A pattern gives so many tasks in order, inside the span, the same for the same seed."""
    load = generate(pattern, tasks=500, span=2 * 86_400, seconds=600, seed=3)
    arrivals = [task.arrival for task in load.tasks]
    assert len(arrivals) == 500
    assert arrivals == sorted(arrivals)
    assert 0 <= arrivals[0] <= arrivals[-1] <= load.span
    assert 450 < sum(task.seconds for task in load.tasks) / 500 < 750
    assert load == generate(pattern, tasks=500, span=2 * 86_400, seconds=600, seed=3)
    assert load != generate(pattern, tasks=500, span=2 * 86_400, seconds=600, seed=4)


def test_csv_of_seconds() -> None:
    """Arrivals in seconds count from the start."""
    load = read_csv(["arrival,seconds", "60,30", "0,90"])
    assert load.tasks == (Task(0, 90), Task(60, 30))
    assert load.span == HOUR


def test_csv_as_recorded() -> None:
    """Recorded timestamps count from the midnight before, and run times are what was recorded."""
    load = read_csv(
        [
            "creationTime,startTime,endTime",
            "2026-11-23T01:00:00Z,2026-11-23T01:10:00Z,2026-11-23T01:30:00Z",
            "2026-11-23T00:30:00.5Z,2026-11-23T01:00:00Z,2026-11-23T01:01:00Z",
        ]
    )
    assert load.tasks == (Task(1800.5, 60), Task(3600, 1200))


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["arrival,seconds"],
        ["arrival,seconds", "noon,3"],
        ["arrival", "3"],
        ["seconds", "3"],
        ["arrival,seconds", "3,-1"],
        ["arrival,seconds", "nan,1"],
    ],
)
def test_unreadable_csv(lines: list[str]) -> None:
    """What is no list of tasks is refused."""
    with pytest.raises(UnreadableWorkload):
        read_csv(lines)


def test_fixed_pool() -> None:
    """Two nodes that are there at once run four tasks of half an hour in an hour, and are paid to the end."""
    found = simulate("$TargetDedicatedNodes = 2;", _once(4, 1800, at=1), QUICK)
    assert found.finished == 4
    assert (found.delay_median, found.delay_most) == (0, 1800)
    assert found.node_hours == pytest.approx(8)
    assert found.idle_share == pytest.approx(0.75)
    assert found.peak_nodes == 2


def test_boot_and_start_task_delay() -> None:
    """Tasks wait until a node has booted and its start task is over, give or take a tenth."""
    found = simulate("$TargetDedicatedNodes = 1;", _once(1, 60), replace(QUICK, boot=500, start_task=100))
    assert 540 <= found.delay_median <= 660


def test_slots() -> None:
    """A node with four slots runs four tasks at a time."""
    found = simulate("$TargetDedicatedNodes = 1;", _once(8, 600, at=1), replace(QUICK, slots=4))
    assert (found.delay_median, found.delay_most) == (0, 600)


def test_quota() -> None:
    """A pool never has more nodes than the quota, whatever the target."""
    found = simulate("$TargetDedicatedNodes = 50;", _once(1, 60), replace(QUICK, quota_dedicated=3))
    assert found.peak_nodes == 3
    assert found.points[5].target == 50


@pytest.mark.parametrize(
    ("option", "interrupted", "lost", "finished"),
    [("requeue", 4, 0, 0), ("terminate", 4, 4, 0), ("taskcompletion", 0, 0, 4), ("retaineddata", 0, 0, 4)],
)
def test_scale_in(option: str, interrupted: int, lost: int, finished: int) -> None:
    """What happens to running tasks when nodes are taken away is what the option says."""
    formula = f"$TargetDedicatedNodes = time().hour < 1 ? 4 : 0; $NodeDeallocationOption = {option};"
    found = simulate(formula, _once(4, 2 * HOUR, at=10), QUICK)
    assert (found.interrupted, found.lost, found.finished) == (interrupted, lost, finished)


def test_preemption() -> None:
    """Low-priority nodes are taken and come back; their tasks start again; dedicated ones stay."""
    settings = replace(QUICK, preemption=0.9, spot_return=60)
    low = simulate("$TargetLowPriorityNodes = 4;", _once(20, 1200, at=1), settings)
    assert low.interrupted > 0
    assert low.finished == 20
    assert low.low_priority_hours < 16
    assert simulate("$TargetDedicatedNodes = 4;", _once(20, 1200, at=1), settings).interrupted == 0


def test_delay_hides_samples() -> None:
    """With samples an hour late the pool answers an hour late."""
    prompt, late = (simulate(FOLLOW, _once(5, 60), replace(QUICK, delay=delay)) for delay in (0, HOUR))
    assert late.delay_median >= prompt.delay_median + HOUR - 300


def test_loss_fails_strict_windows() -> None:
    """A formula that insists on nearly all samples fails when a third is lost, and the pool keeps its size."""
    strict = "$TargetDedicatedNodes = min(3, max($PendingTasks.GetSample(10 * TimeInterval_Minute, 90)));"
    found = simulate(strict, _once(5, 60), replace(QUICK, loss=0.33))
    assert found.failures > found.evaluations / 2
    assert "Insufficient data from data set: $PendingTasks wanted 90%" in found.last_failure


def test_cost() -> None:
    """The cost is the node hours of each kind at its price; without a price there is none."""
    formula = "$TargetDedicatedNodes = 1; $TargetLowPriorityNodes = 2;"
    priced = simulate(formula, _once(1, 60), replace(QUICK, price_dedicated=1.0, price_low_priority=0.25))
    assert priced.cost == pytest.approx(4 * 1.0 + 8 * 0.25)
    assert simulate(formula, _once(1, 60), QUICK).cost is None


def test_deterministic() -> None:
    """The same arguments give the same outcome to the last point; another seed gives another."""
    load = generate("bursts", tasks=300, span=86_400, seconds=600)
    settings = Settings(loss=0.1, preemption=0.1, interval=300, seed=5)
    formula = FOLLOW.replace("$TargetDedicatedNodes", "$TargetLowPriorityNodes")
    assert simulate(formula, load, settings) == simulate(formula, load, settings)
    assert simulate(formula, load, settings) != simulate(formula, load, replace(settings, seed=6))


def test_a_week_is_quick() -> None:
    """A week of 10,000 tasks is simulated in less than five seconds."""
    load = generate("diurnal", tasks=10_000, span=7 * 86_400, seconds=900)
    began = time.process_time()
    found = simulate(FOLLOW, load, Settings(slots=4, interval=300, loss=0.02))
    assert time.process_time() - began < 5
    assert found.finished > 9000
    assert found.evaluations == 7 * 288 + 1


def test_conservation() -> None:
    """Every task is finished, lost or unfinished, and the paid time covers the work."""
    load = generate("nightly", tasks=400, span=2 * 86_400, seconds=1200)
    found = simulate(FOLLOW, load, Settings(interval=300))
    assert found.finished + found.lost + found.unfinished == 400
    assert 0 <= found.idle_share < 1
    assert found.node_hours >= sum(task.seconds for task in load.tasks[: found.finished]) / 3600 * 0.9


@dataclass
class Slow:
    """Nodes come after ten minutes, and a minute later they are ready."""

    pickup: float = 0.0

    def resize(self, number: int, wanted: int, leaving: int) -> float:
        """Take ten minutes for nodes that come."""
        return 600.0 if wanted else 5.0

    def removal(self, node: int) -> float:
        """Take five seconds."""
        return 5.0

    def start(self, node: int) -> float:
        """Take a minute."""
        return 60.0


def test_one_resize_at_a_time() -> None:
    """What a formula asks for while the pool is resizing is not done, and nodes come all together."""
    formula = "$TargetDedicatedNodes = time().minute < 3 ? 2 : 5;"
    found = simulate(formula, _once(1, 60), replace(QUICK, interval=300, timing=Slow()))
    assert [(one.target_dedicated, one.dedicated) for one in found.steps[:6]] == [
        (2, 0),
        (2, 0),
        (5, 2),
        (5, 2),
        (5, 5),
        (5, 5),
    ]
    assert found.starts == (pytest.approx(660),)


@pytest.mark.parametrize(("option", "left"), [("taskcompletion", 0), ("retaineddata", 4)])
def test_retained_data_keep_nodes(option: str, left: int) -> None:
    """Nodes that have run tasks stay for their data's sake until the resize times out, and are kept then."""
    formula = f"$TargetDedicatedNodes = time().hour < 1 ? 4 : 0; $NodeDeallocationOption = {option};"
    found = simulate(formula, _once(4, 600, at=10), QUICK)
    assert found.points[-1].dedicated == left


def test_tasks_outlast_a_resize() -> None:
    """A resize waits a quarter of an hour for tasks; then their nodes stay until the next evaluation."""
    formula = "$TargetDedicatedNodes = time().hour < 1 ? 1 : 0; $NodeDeallocationOption = taskcompletion;"
    found = simulate(formula, _once(1, 2 * HOUR, at=10), QUICK)
    assert found.finished == 1
    assert found.interrupted == 0
    assert found.points[-1].dedicated == 0


def test_terminal_chart() -> None:
    """The terminal chart has a line for each curve, no wider than asked for, with its largest value."""
    drawn = terminal(simulate(FOLLOW, _once(30, 600), QUICK), width=40, plain=True).splitlines()
    assert [line.split()[0] for line in drawn[:4]] == ["target", "nodes", "waiting", "running"]
    assert drawn[0].endswith(" 20")
    assert all(len(line) <= 60 and line.isascii() for line in drawn)


def test_svg_and_page() -> None:
    """The drawing is well-formed and the page loads nothing from elsewhere."""
    found = simulate(FOLLOW, _once(30, 600), QUICK, name="<follow> & co")
    root = ET.fromstring(svg(found))
    assert sum(element.tag.endswith("path") for element in root.iter()) == 4
    text = page([found, found], "two")
    assert "<follow>" not in text
    assert "&lt;follow&gt; &amp; co" in text
    assert "src=" not in text
    assert text.count("<td>") == 24


def test_other_values() -> None:
    """A variable set to a number gets another number, and nothing else changes."""
    assert with_values("a = 1; // a\n b=2.5; c = a;", {"a": 30, "b": 0.5}) == "a = 30; // a\n b=0.5; c = a;"
    with pytest.raises(Unsearchable, match="never sets c"):
        with_values("a = 1; c = a;", {"c": 2})


def test_optimise_meets_the_goal() -> None:
    """The search finds the smallest limit under which no task waits longer than wanted."""
    load = _once(20, 1800, at=1, span=6 * HOUR)
    fixed = "nodes = 1; $TargetDedicatedNodes = nodes;"
    best = optimise(fixed, [knob("nodes=1:20")], load, goal("longest delay <= 31 min, least node hours"), QUICK)
    assert (best.met, best.values["nodes"], best.tried) == (True, 10, 20)
    assert best.formula == "nodes = 10; $TargetDedicatedNodes = nodes;"


def test_optimise_within_a_budget() -> None:
    """A search larger than the budget stays within it, and tells when the goal is out of reach."""
    load = _once(20, 1800, at=1)
    fixed = "a = 1; b = 1; $TargetDedicatedNodes = min(3, a + b);"
    best = optimise(fixed, [knob("a=1:30"), knob("b=0:30")], load, goal("p95 delay <= 1 s"), QUICK, budget=15)
    assert best.tried == 15
    assert not best.met
    assert best.values["a"] + best.values["b"] >= 3


@pytest.mark.parametrize("text", ["fast", "p95 delay <= 3 parsecs", "least effort", "age <= 3"])
def test_unreadable_goal(text: str) -> None:
    """A goal that names no measure or unit is refused."""
    with pytest.raises(Unsearchable):
        goal(text)


@pytest.mark.parametrize("text", ["a", "a=", "a=x", "a=1:2:0", "a=5:1"])
def test_unreadable_knob(text: str) -> None:
    """A parameter without values is refused."""
    with pytest.raises(Unsearchable):
        knob(text)
