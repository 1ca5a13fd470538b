"""What expressions evaluate to."""

from datetime import UTC, datetime, timedelta

import pytest

from batchplan.autoscale import Targets, compile, run  # noqa: A004
from batchplan.autoscale.values import Interval, Timestamp, number_text, parse_time

NOW = datetime(2026, 11, 22, 13, 45, 30, 123456, tzinfo=UTC)  # a Sunday


class History:
    """$ActiveTasks had 1, 2, 3, ... 20 over the last ten minutes; the last sample is 30 seconds old."""

    def samples(self, name: str) -> list[tuple[datetime, float]]:
        if name == "$ActiveTasks":
            return [(NOW - timedelta(seconds=30 * back), float(21 - back)) for back in range(20, 0, -1)]
        if name == "$CurrentDedicatedNodes":
            return [(NOW - timedelta(seconds=30), 4.0)]
        return []


def value(expression: str) -> str:
    """The value of an expression as results show it, or the sentence of the failure."""
    result = run(f"x = {expression};", History(), NOW, Targets(3, 1), task_slots_per_node=8)
    return result.variables["x"] if result.error is None else result.error.values[0][1].split(": ", 1)[1]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("1 + 2 * 3 - 4 / 8", "6.5"),
        ("2 - 3 - 4", "-5"),
        ("-2 * -3", "6"),
        ("!0 + !5", "1"),
        (".5 + 1.5e1", "15.5"),
        ("1 / 3", "0.333333333333333"),
        ("1 / 0", "Infinity"),
        ("-1 / 0", "-Infinity"),
        ("0 / 0", "NaN"),
        ("1 < 2 == 1", "1"),
        ("1 && 0 || 2", "1"),
        ("1 || 0 && 0", "1"),
        ("0 ? 1 : 0 ? 2 : 3", "3"),
        ("1 ? 0 ? 1 : 2 : 3", "2"),
        ("1 > 0 ? 7 : 1 / 0", "7"),
        ("3 != 3", "0"),
        ("avg(1, 2, 6)", "3"),
        ("max(1, 7, 3)", "7"),
        ("min(4)", "4"),
        ("sum(1, 2, 3)", "6"),
        ("range(3, 9, 4)", "6"),
        ("std(2, 4, 4, 4, 5, 5, 7, 9)", "2.1380899352994"),
        ("std(5)", "0"),
        ("norm(3, 4)", "5"),
        ("len(1, 2, 3)", "3"),
        ("lg(8)", "3"),
        ("ln(1)", "0"),
        ("log(1000)", "3"),
        ("log(0)", "-Infinity"),
        ("ln(-1)", "NaN"),
        ("ceil(1.2) + floor(-1.2) + round(2.5)", "2"),
        ("percentile($ActiveTasks.GetSample(20), 50)", "10"),
        ("percentile($ActiveTasks.GetSample(20), 100)", "20"),
        ("val($ActiveTasks.GetSample(3), 0)", "18"),
        ("val($ActiveTasks.GetSample(3), 3)", "There is no value to take"),
        ("max($PendingTasks.GetSample(1))", "There is no value to take"),
        ("max(0, $PendingTasks.GetSample(1))", "0"),
        ("$ActiveTasks.GetSample(3)", "[18,19,20]"),
        ("$ActiveTasks.GetSample(3) + 1", "[19,20,21]"),
        ("2 * $ActiveTasks.GetSample(2)", "[38,40]"),
        ("$ActiveTasks.GetSample(2) + $ActiveTasks.GetSample(2)", "[38,40]"),
        (
            "$ActiveTasks.GetSample(2) + $ActiveTasks.GetSample(3)",
            "the vectors have different lengths, 2 and 3",
        ),
        ("$ActiveTasks.GetSample(1) > 3", "1"),
        ("$ActiveTasks.GetSample(2) > 3", "a doubleVec of 2 elements stands where a double belongs"),
        ("$ActiveTasks.GetSample(1) ? 5 : 6", "5"),
        ("ceil($ActiveTasks.GetSample(2) / 8)", "[3,3]"),
        ("len($ActiveTasks.GetSample(5 * TimeInterval_Minute))", "9"),
        ("len($ActiveTasks.GetSample(TimeInterval_Minute, 3 * TimeInterval_Minute))", "4"),
        ("len($ActiveTasks.GetSample(3 * TimeInterval_Minute, TimeInterval_Minute))", "4"),
        ("len($ActiveTasks.GetSample(time() - 2 * TimeInterval_Minute))", "3"),
        ("len($ActiveTasks.GetSample(5 * TimeInterval_Minute, 90))", "9"),
        (
            "$ActiveTasks.GetSample(20 * TimeInterval_Minute, 60)",
            "Insufficient data from data set: $ActiveTasks wanted 60%, received 50%",
        ),
        ("$ActiveTasks.GetSamplePercent(10 * TimeInterval_Minute)", "95"),
        ("$ActiveTasks.GetSamplePercent(20 * TimeInterval_Minute)", "50"),
        ("$PendingTasks.GetSamplePercent(5 * TimeInterval_Minute)", "0"),
        ("$ActiveTasks.GetSamplePeriod()", "00:00:30"),
        ("$ActiveTasks.Count()", "20"),
        ("$ActiveTasks.HistoryBeginTime()", "2026-11-22T13:35:30.123Z"),
        ("$CurrentDedicatedNodes * 1.5", "6"),
        ("max($CurrentDedicated, 9)", "9"),
        ("$TaskSlotsPerNode", "8"),
        ("$TargetDedicatedNodes + $TargetLowPriority", "4"),
        ("time()", "2026-11-22T13:45:30.123Z"),
        ("time().year + time().month + time().day", "2059"),
        ("time().hour * 10000 + time().minute * 100 + time().second", "134530"),
        ("time().weekday", "0"),
        ("(time() + TimeInterval_Day).weekday", "1"),
        ("(time() + (-6 * TimeInterval_Hour)).hour", "7"),
        ('time() - time("2026-11-22T13:00:00Z")', "00:45:30.1234560"),
        ('time() > time("2026-11-22")', "1"),
        ("TimeInterval_Hour / 2 + TimeInterval_Day", "1.00:30:00"),
        ("-TimeInterval_Minute", "-00:01:00"),
        ("TimeInterval_Hour > 59 * TimeInterval_Minute", "1"),
        ("TimeInterval_Week == 7 * TimeInterval_Day", "1"),
        ("TimeInterval_Hour / 0", "the timeinterval is too long"),
        ("TimeInterval_Hour * TimeInterval_Hour", "* is not defined for timeinterval and timeinterval"),
        ("time() + 1e9 * TimeInterval_Year", "the timeinterval is too long"),
        ("time() + 9000 * TimeInterval_Year", "a timestamp lies between the years 1 and 9999"),
    ],
)
def test_expression(expression: str, expected: str) -> None:
    """Each expression gives the value, or the failure, that the language defines."""
    assert value(expression) == expected


@pytest.mark.parametrize(
    ("formula", "dedicated", "low_priority", "option"),
    [
        ("$TargetDedicatedNodes = 2.99;", 2, 1, "requeue"),
        ("$TargetDedicatedNodes = -3;", 0, 1, "requeue"),
        ("$TargetDedicated = 5;", 5, 1, "requeue"),
        ("$TargetDedicated = 3; $TargetDedicatedNodes = 5;", 5, 1, "requeue"),
        ("$TargetDedicatedNodes = 5; $TargetDedicated = 3;", 5, 1, "requeue"),
        ("$TargetLowPriorityNodes = $TargetDedicatedNodes * 2;", 3, 6, "requeue"),
        ("$TargetDedicatedNodes = 8; $TargetLowPriorityNodes = 10 - $TargetDedicatedNodes;", 8, 2, "requeue"),
        ("$NodeDeallocationOption = taskcompletion; $TargetDedicatedNodes = 1;", 1, 1, "taskcompletion"),
        ("$TargetDedicatedNodes = $ActiveTasks.GetSample(1);", 20, 1, "requeue"),
        ("$TargetDedicatedNodes = 7; stop(); $TargetDedicatedNodes = 9;", 7, 1, "requeue"),
        ("x = 0 ? stop() : 1; $TargetDedicatedNodes = 9;", 9, 1, "requeue"),
        ("x = 4;", 3, 1, "requeue"),
    ],
)
def test_targets(formula: str, dedicated: int, low_priority: int, option: str) -> None:
    """Targets are whole and never negative; what is not set stays."""
    result = run(formula, History(), NOW, Targets(3, 1))
    assert result.error is None
    assert (result.targets, result.option) == (Targets(dedicated, low_priority), option)


@pytest.mark.parametrize(
    "formula",
    [
        "$TargetDedicatedNodes = 1 / 0;",
        "$TargetDedicatedNodes = 5; x = $ActiveTasks.GetSample(2) > 1;",
        "x = ;",
        "x = y;",
    ],
)
def test_failure_keeps_the_pool(formula: str) -> None:
    """After a failure targets and option are the present ones."""
    result = compile(formula).run(History(), NOW, Targets(3, 1), option="terminate")
    assert result.error is not None
    assert (result.targets, result.option) == (Targets(3, 1), "terminate")


def test_results_list_variables_in_order() -> None:
    """Results hold the service's three names, then the variables in order, as they are written."""
    result = run("b = 2; $a = 1 > 0; $TargetDedicatedNodes = b;", History(), NOW, Targets(0, 0))
    assert result.results_text == (
        "$TargetDedicatedNodes=2;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue;$a=1;b=2"
    )


def test_random_numbers_are_repeatable() -> None:
    """The same seed and clock give the same random number, another seed gives another."""
    program = compile("x = rand();")
    numbers = [program.run(History(), NOW, Targets(0, 0), seed=seed).variables["x"] for seed in (1, 1, 2)]
    assert numbers[0] == numbers[1] != numbers[2]
    assert 0 <= float(numbers[0]) < 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22", "2026-11-22T00:00:00.000Z"),
        ("2026-11", "2026-11-01T00:00:00.000Z"),
        ("2026", "2026-01-01T00:00:00.000Z"),
        ("2026-11-22T09:30Z", "2026-11-22T09:30:00.000Z"),
        ("2026-11-22T09:30:15.5Z", "2026-11-22T09:30:15.500Z"),
        ("2026-11-22T09:30:15.1234567Z", "2026-11-22T09:30:15.123Z"),
        ("2026-11-22T09:30:00+02:00", "2026-11-22T07:30:00.000Z"),
        ("2026-11-22T09:30:00-05:30", "2026-11-22T15:00:00.000Z"),
        ("Sun, 22 Nov 2026 09:00:00 GMT", "2026-11-22T09:00:00.000Z"),
        ("22 Nov 2026 09:00:00 GMT", "2026-11-22T09:00:00.000Z"),
        ("2026-11-22T09:00:00.123456789Z", "None"),
        ("2026-02-30", "None"),
        ("22.11.2026", "None"),
        ("", "None"),
    ],
)
def test_time_literal(text: str, expected: str) -> None:
    """W3C and RFC 1123 times are read, to seven digits of a second."""
    assert str(parse_time(text)) == expected


@pytest.mark.parametrize(
    ("number", "text"), [(1.0, "1"), (0.1 + 0.2, "0.3"), (-0.0, "0"), (1e20, "1E+20"), (1234567.5, "1234567.5")]
)
def test_number_text(number: float, text: str) -> None:
    """Numbers show 15 digits at most and no needless fraction."""
    assert number_text(number) == text


def test_ticks_survive() -> None:
    """A timestamp is exact to the microsecond of a datetime."""
    assert Timestamp.of(NOW).datetime() == NOW
    assert str(Interval(1)) == "00:00:00.0000001"


def test_nextflows_low_priority_shrink() -> None:
    """The published low-priority variant drops to nothing, because it halves the other target."""
    lines = (
        "$tasks = max(0, $PendingTasks.GetSample(1));"
        "$targetVMs = $tasks > 0 ? $tasks : max(0, $TargetDedicatedNodes/2);"
    )
    shipped = f"{lines} $TargetLowPriorityNodes = max(0, min($targetVMs, 50));"
    meant = shipped.replace("$TargetDedicatedNodes/2", "$TargetLowPriorityNodes/2")
    found = [run(text, History(), NOW, Targets(0, 40)).targets.low_priority for text in (shipped, meant)]
    assert found == [0, 20]


def test_unset_clock() -> None:
    """The published weekend formula that never sets $curTime always fails."""
    formula = "$isWeekend = $curTime.weekday >= 6 && $curTime.weekday <= 7;$TargetDedicatedNodes = $isWeekend ? 3:10;"
    result = run(formula, History(), NOW, Targets(3, 0))
    assert result.error is not None
    assert result.error.values[0][1] == "Line 1, Col 14: Undefined symbol: $curTime"
