"""Bounds hold in every evaluation, and are finite where they can be."""

import os
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from batchplan.autoscale import Targets, bounds, check, compile, run  # noqa: A004

THOROUGH = bool(os.environ.get("BATCHPLAN_THOROUGH"))
DAY = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("$TargetDedicatedNodes = 7;", 7, 7),
        ("$TargetDedicatedNodes = 2.9;", 2, 2),
        ("$TargetDedicatedNodes = -4;", 0, 0),
        ("$TargetDedicatedNodes = min(25, $PendingTasks);", 0, 25),
        ("$TargetDedicatedNodes = max(3, min(25, $PendingTasks));", 3, 25),
        ("$TargetDedicatedNodes = min(25, $PendingTasks.GetSample(1));", 0, 25),
        ("$TargetDedicatedNodes = time().hour;", 0, 23),
        ("$TargetDedicatedNodes = time().hour >= 8 && time().hour < 18 ? 20 : 1;", 1, 20),
        ("h = time().hour; $TargetDedicatedNodes = h < 10 ? h : 10;", 0, 10),
        ("h = time().hour; $TargetDedicatedNodes = h > 10 ? h : 3;", 3, 23),
        ("x = $PendingTasks.GetSample(1); $TargetDedicatedNodes = x < 12 ? x : 12;", 0, 12),
        ("x = val($PendingTasks.GetSample(1), 0); $TargetDedicatedNodes = x == 4 ? x : 1;", 1, 4),
        ("$TargetDedicatedNodes = $PendingTasks.GetSamplePercent(TimeInterval_Hour) / 10;", 0, 10),
        ("a = 1 == 0; b = time().hour > 3; $TargetDedicatedNodes = a && b ? 9 : 1;", 1, 1),
        ("b = time().hour > 3; $TargetDedicatedNodes = !b && b ? 9 : 1;", 1, 1),
        ("b = time().hour; $TargetDedicatedNodes = b > 3 || b < 8 ? 9 : 1;", 9, 9),
        ("x = $PendingTasks; x = min(5, 3); $TargetDedicatedNodes = x;", 3, 3),
        ("$TargetDedicatedNodes = min(1000, $TargetDedicatedNodes + 20);", 20, 1000),
        ("$TargetDedicatedNodes = max($TargetDedicatedNodes - 1, 2);", 2, 2),
        ("$TargetDedicatedNodes = 3; $TargetDedicatedNodes = rand() > 0.5 ? $TargetDedicatedNodes : 1;", 1, 3),
        ("$TargetDedicatedNodes = 5; stop(); $TargetDedicatedNodes = 9;", 5, 5),
        ("$TargetDedicatedNodes = 5; x = rand() > 0.5 ? stop() : 1; $TargetDedicatedNodes = 9;", 5, 9),
        ("$TargetDedicated = 3; $TargetDedicatedNodes = 5;", 5, 5),
        ("$TargetDedicated = 3;", 3, 3),
        ("t = $CurrentDedicatedNodes; $TargetDedicatedNodes = t > 0 ? min(9, 9 / t) : 0;", 0, 9),
        ("$TargetDedicatedNodes = 270 / $TaskSlotsPerNode;", 1, 270),
        ("$TargetDedicatedNodes = ceil(rand());", 0, 1),
        ("x = 0 / 0; $TargetDedicatedNodes = x < 1 ? 5 : (x >= 1 ? 6 : 7);", 5, 7),
    ],
)
def test_bounds(formula: str, low: int, high: int) -> None:
    """The range of a target is proved exactly where ranges can tell."""
    found = bounds(formula).dedicated
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("$TargetDedicatedNodes = $PendingTasks;", "$PendingTasks"),
        ("$TargetDedicatedNodes = max($RunningTasks.GetSample(TimeInterval_Hour)) * 2 + 1;", "$RunningTasks"),
        ("$TargetDedicatedNodes = $TargetDedicatedNodes + 1;", "the present $TargetDedicatedNodes"),
        ("$TargetDedicatedNodes = 10 / $PendingTasks;", "a division by what may be zero"),
        ("$TargetDedicatedNodes = len($CPUPercent.GetSample(TimeInterval_Hour));", "the number of samples"),
    ],
)
def test_no_limit(formula: str, why: str) -> None:
    """A target without a limit comes with the reason."""
    found = bounds(formula).dedicated
    assert found.high is None
    assert found.why == why


def test_quota_limits_the_present_target() -> None:
    """A known quota bounds what is computed from the present target."""
    assert bounds("$TargetDedicatedNodes = $TargetDedicatedNodes + 1;", most_present=40).dedicated.high == 41


def test_a_target_that_stays_inside() -> None:
    """A target that can only stay or shrink is bounded as long as the pool was scaled by the formula alone."""
    found = bounds("$TargetDedicatedNodes = rand() > 0.5 ? $TargetDedicatedNodes : 4;").dedicated
    assert (found.low, found.high, found.while_inside) == (0, 4, True)


def test_staying_inside_counts_on_nothing_else() -> None:
    """What a present target may be follows from its own bounds, not from where the other one starts."""
    text = (
        "$TargetDedicatedNodes = min(9, $PendingTasks);"
        "$TargetLowPriorityNodes = rand() > 0.5 ? $TargetLowPriorityNodes : $TargetDedicatedNodes * 2;"
    )
    assert (bounds(text).low_priority.high, bounds(text).low_priority.while_inside) == (18, True)
    other = "$TargetDedicatedNodes = rand() > 0.5 ? $TargetDedicatedNodes : $TargetLowPriorityNodes;"
    assert bounds(other).dedicated.high is None


def test_targets_that_are_not_set() -> None:
    """A target that is never set is kept, and anything lies within."""
    found = bounds("$TargetDedicatedNodes = 1;").low_priority
    assert found.keeps
    assert 17 in found


def test_published_formulas_are_bounded(published: list[Any]) -> None:
    """Nearly every published formula that sets a target has a proved limit; the others follow the task count."""
    reports = [(row.source, check(row.formula)) for row in published]
    open_ended = [
        (source, bound.why)
        for source, report in reports
        for bound in (report.bounds.dedicated, report.bounds.low_priority)
        if report.ok and not bound.keeps and bound.high is None
    ]
    assert all("ga4gh-tes" in source or "authored" in source for source, _ in open_ended)
    assert len(open_ended) <= 4


class Weekend:
    """The published generator's weekend formula."""

    FORMULA = (
        "weekdayStart = 1; weekdayEnd = 5; now = time();"
        "isPeakTime = now.weekday < weekdayStart && now.weekday > weekdayEnd;"
        "$TargetDedicatedNodes = isPeakTime ? 16 : 1; $NodeDeallocationOption = taskcompletion;"
    )


def test_shipyards_weekend_never_comes() -> None:
    """A weekend that begins before Monday and after Friday is never true, so the pool never grows."""
    report = check(Weekend.FORMULA)
    assert "AS107" in [finding.code for finding in report.findings]
    assert (report.bounds.dedicated.low, report.bounds.dedicated.high) == (1, 1)
    days = [
        run(Weekend.FORMULA, Chance(random.Random(1), DAY), DAY + timedelta(days=n), Targets(1, 0)) for n in range(7)
    ]
    assert {result.targets.dedicated for result in days} == {1}


class Chance:
    """Histories of random length, gaps and height."""

    def __init__(self, chance: random.Random, now: datetime) -> None:
        self._chance = chance
        self._now = now
        self._made: dict[str, list[tuple[datetime, float]]] = {}

    def samples(self, name: str) -> list[tuple[datetime, float]]:
        if name not in self._made:
            self._made[name] = self._history(name)
        return self._made[name]

    def _history(self, name: str) -> list[tuple[datetime, float]]:
        chance, most = self._chance, self._chance.choice([0, 1, 2, 10, 1000, 10**6])
        backs = sorted((chance.randint(0, 1200) for _ in range(chance.choice([0, 1, 2, 5, 12, 40]))), reverse=True)
        values = [
            chance.random() * chance.choice([1, 100]) if "CPU" in name else chance.randint(0, most) for _ in backs
        ]
        return [(self._now - timedelta(seconds=b), float(v)) for b, v in zip(backs, values, strict=True)]


class Author:
    """Writes random formulas that check."""

    NAMES = ("a", "b", "c", "$d")
    METRICS = ("$PendingTasks", "$RunningTasks", "$CPUPercent", "$CurrentDedicatedNodes", "$PreemptedNodeCount")
    ATOMS = (
        *("0", "1", "2", "7", "0.5", "10", "100", "1e3", "rand()", "time().hour", "time().weekday"),
        *("$TargetDedicatedNodes", "$TargetLowPriorityNodes", "$TaskSlotsPerNode", *NAMES, *NAMES),
    )

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def number(self, depth: int) -> str:
        pick, kind = self.chance.choice, self.chance.random()
        if depth <= 0 or kind < 0.2:
            return pick(self.ATOMS)
        if kind < 0.45:
            return f"({self.number(depth - 1)} {pick('+-*/')} {self.number(depth - 1)})"
        if kind < 0.6:
            return f"({self.condition(depth - 1)} ? {self.number(depth - 1)} : {self.number(depth - 1)})"
        if kind < 0.7:
            args = [pick((self.number, self.vector))(depth - 1) for _ in range(self.chance.randint(1, 3))]
            return f"{pick(('min', 'max', 'avg', 'sum', 'range', 'std', 'norm', 'len'))}({', '.join(args)})"
        if kind < 0.75:
            return f"{pick(('ceil', 'floor', 'round', 'ln', 'lg', 'log'))}({self.number(depth - 1)})"
        if kind < 0.82:
            return f"{pick('-!')}{self.number(depth - 1)}"
        if kind < 0.87:
            return f"{pick(('val', 'percentile'))}({self.vector(depth - 1)}, {self.number(0)})"
        if kind < 0.93:
            return f"{pick(self.METRICS)}.{pick(('GetSamplePercent(TimeInterval_Minute * 5)', 'Count()'))}"
        return pick(self.METRICS) if kind < 0.97 else self.condition(depth - 1)

    def vector(self, depth: int) -> str:
        pick = self.chance.choice
        window = pick(("1", "3", "0", "TimeInterval_Minute * 5", "TimeInterval_Minute, 70"))
        samples = f"{pick(self.METRICS)}.GetSample({window})"
        return samples if self.chance.random() < 0.6 else f"({samples} {pick('+-*/')} {self.number(depth - 1)})"

    def condition(self, depth: int) -> str:
        pick, kind = self.chance.choice, self.chance.random()
        if kind < 0.6:
            return f"({self.number(depth - 1)} {pick(('<', '<=', '==', '>=', '>', '!='))} {self.number(depth - 1)})"
        if kind < 0.8:
            return f"({self.condition(depth - 1)} {pick(('&&', '||'))} {self.condition(depth - 1)})"
        if kind < 0.95:
            return f"!({self.condition(depth - 1)})"
        return f'(time() - time("2026-11-23T11:00:00Z") {pick("<>")} {pick("123")} * TimeInterval_Hour)'

    def formula(self) -> str:
        pick = self.chance.choice
        lines = ["a = 0; b = 1; c = 2; $d = 3;"]
        lines += [f"{pick(self.NAMES)} = {self.number(3)};" for _ in range(self.chance.randint(0, 6))]
        dedicated, low = pick(("{}", "min({}, 25)", "max(0, min({}, 9))")), pick(("{}", "min({}, 25)", "max(1, {})"))
        lines.append(f"$TargetDedicatedNodes = {dedicated.format(self.number(3))};")
        lines.append(f"$TargetLowPriorityNodes = {low.format(self.number(3))};")
        return "\n".join(lines)


def _evaluations(texts: list[str], chance: random.Random, each: int) -> int:
    """Evaluates every text so often, asserts the bounds, and tells how many evaluations came to a result."""
    done = 0
    moments = [DAY + timedelta(seconds=chance.randint(0, 10**8)) for _ in range(200)]
    worlds = [(moment, Chance(chance, moment)) for moment in moments]
    for text in texts:
        found, program = bounds(text), compile(text)
        inside = found.dedicated.while_inside or found.low_priority.while_inside
        for number in range(each):
            now, metrics = chance.choice(worlds)
            present = Targets(chance.choice([0, 1, 5, 100]), chance.choice([0, 1, 5, 100]))
            if inside and (present.dedicated not in found.dedicated or present.low_priority not in found.low_priority):
                continue
            slots = chance.choice([1, 4, 256])
            result = program.run(metrics, now, present, task_slots_per_node=slots, seed=number)
            if result.error is None:
                done += 1
                assert result.targets.dedicated in found.dedicated, text
                assert result.targets.low_priority in found.low_priority, text
    return done


def test_bounds_are_sound() -> None:
    """No evaluation of a random formula leaves its bounds."""
    chance = random.Random(11)
    author = Author(chance)
    assert _evaluations([author.formula() for _ in range(250)], chance, each=25) > 2000


@pytest.mark.slow
def test_bounds_are_sound_in_many_evaluations(published: list[Any]) -> None:
    """None of 100,000 evaluations (otherwise 4,000) of random and published formulas leaves its bounds."""
    chance = random.Random(12)
    author = Author(chance)
    accepted = [row.formula for row in published if row.verdict != "invalid"]
    done, enough = _evaluations(accepted, chance, each=500 if THOROUGH else 5), 100_000 if THOROUGH else 4_000
    while done < enough:
        done += _evaluations([author.formula() for _ in range(100)], chance, each=60)


@pytest.mark.parametrize("depth", [10, 30, 60])
def test_nested_conditions_stay_cheap(depth: int) -> None:
    """Deeply nested conditions are analysed without doubling the work at every level."""
    joined = "time().hour > 3"
    for level in range(depth):
        joined = f"({joined}) {'&&' if level % 2 else '||'} time().minute < {level}"
    chain = "9"
    for level in range(depth):
        chain = f"time().second == {level} ? {level} : ({chain})" if level % 7 == 0 else f"(time().hour > 5) + {chain}"
    assert bounds(f"$TargetDedicatedNodes = {joined} ? 4 : 2;").dedicated.high == 4
    assert bounds(f"$TargetDedicatedNodes = {chain};").dedicated.high is not None
