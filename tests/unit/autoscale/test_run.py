"""The evaluator against what the service was recorded or documented to answer."""

from datetime import UTC, datetime, timedelta

import pytest

from batchplan.autoscale import Targets, run

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)  # a Monday


class Steady:
    """Metrics that had one value for as long as they are remembered."""

    def __init__(self, count: int = 40, delay: int = 60, **values: float) -> None:
        self._values = values
        self._times = [NOW - timedelta(seconds=delay + 30 * back) for back in range(count - 1, -1, -1)]

    def samples(self, name: str) -> list[tuple[datetime, float]]:
        value = self._values.get(name.removeprefix("$"))
        return [] if value is None else [(moment, value) for moment in self._times]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        pytest.param("$something_useless", "Line 1, Col 1: Undefined symbol: $something_useless", id="undefined"),
        pytest.param("x = 1;\n  $TargetDedicatedNodes = y;", "Line 2, Col 27: Undefined symbol: y", id="place"),
    ],
)
def test_undefined_symbol(formula: str, message: str) -> None:
    """An unknown name fails in the recorded words and keeps the present targets."""
    result = run(formula, Steady(), NOW, Targets(3, 0))
    assert result.error is not None
    assert result.error.code == "AutoScalingFormulaEvaluationError"
    assert result.error.message == "The specified auto-scaling formula has evaluation error"
    assert result.error.values == (("Message", message),)
    assert result.results_text == "$TargetDedicatedNodes=3;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue"


def test_insufficient_samples() -> None:
    """Too few samples fail in the recorded words, placed at the parenthesis of the call."""
    result = run("totalNodes=min($CPUPercent.GetSample(TimeInterval_Minute*10, 10));", Steady(), NOW, Targets(5, 0))
    assert result.error is not None
    assert result.error.code == "InsufficientSampleData"
    assert result.error.values == (
        ("Message", "Line 1, Col 37: Insufficient data from data set: $CPUPercent wanted 10%, received 0%"),
    )


@pytest.mark.parametrize(("wanted", "fails"), [(95, True), (80, False)])
def test_last_minute_is_missing(wanted: int, fails: bool) -> None:
    """Ten minutes whose last minute is not visible yet hold 18 of 20 samples."""
    formula = f"x = avg($PendingTasks.GetSample(10 * TimeInterval_Minute, {wanted}));"
    result = run(formula, Steady(PendingTasks=7), NOW, Targets(0, 0))
    assert (result.error is not None) == fails


def test_recorded_result() -> None:
    """A published formula gives the result that its users saw."""
    formula = (
        "$samples = $ActiveTasks.GetSamplePercent(TimeInterval_Minute * 15);"
        "$tasks = $samples < 70 ? max(0,$ActiveTasks.GetSample(1)) : max( $ActiveTasks.GetSample(1),"
        " avg($ActiveTasks.GetSample(TimeInterval_Minute * 15)));$maxTasksPerNode = 4;$round = $maxTasksPerNode - 1;"
        "$targetVMs = $tasks > 0? (($tasks + $round)/ $maxTasksPerNode) : max(0, $TargetDedicated/2) + 0.5;"
        "$TargetDedicatedNodes = max(2, min($targetVMs, 6));$TargetLowPriorityNodes = max(5, min($targetVMs, 10));"
        "$NodeDeallocationOption = taskcompletion;"
    )
    result = run(formula, Steady(delay=0, ActiveTasks=0), NOW, Targets(1, 0))
    assert result.error is None
    assert result.results_text == (
        "$TargetDedicatedNodes=2;$TargetLowPriorityNodes=5;$NodeDeallocationOption=taskcompletion;"
        "$maxTasksPerNode=4;$round=3;$samples=100;$targetVMs=1;$tasks=0"
    )
