"""Findings: the verdict on published formulas, and one example for each code."""

import os
import random
from typing import Any

import pytest

from batchplan.autoscale import Severity, check
from batchplan.autoscale.findings import RULES

THOROUGH = bool(os.environ.get("BATCHPLAN_THOROUGH"))
MINUTES = "5 * TimeInterval_Minute"
GUARDED = f"x = $PendingTasks.GetSamplePercent({MINUTES}) < 70 ? 1 : avg($PendingTasks.GetSample({MINUTES}));"
OPTION = "$NodeDeallocationOption = taskcompletion;"


def test_published_verdicts(published: list[Any]) -> None:
    """Invalid formulas have an error, the others none, and suspicious ones a warning at least."""
    wrong = []
    for row in published:
        report = check(row.formula)
        worst = {finding.severity for finding in report.findings}
        if report.ok != (row.verdict != "invalid") or (row.verdict == "suspicious" and Severity.WARNING not in worst):
            wrong.append((row.source, row.verdict, [finding.code for finding in report.findings]))
    assert wrong == []


EXAMPLES: dict[str, list[str]] = {
    "AS001": ["$TargetDedicatedNodes = min(1,2;", "x = ;", "x = 1 +;", "x = a ? 1;", "= 3;", "x = $PendingTasks.;"],
    "AS002": ['x = time("2026-01-01;\n$TargetDedicatedNodes = 1;'],
    "AS003": ["x = 7 % 2;", "x = [1, 2];", "x = 1 & 2;", "x = “a”;", "x = 1; /* no */ y = 2;", "# no\nx = 1;"],
    "AS004": [
        "x = ${maximum};",
        "x = {{ maximum }};",
        'x = time(\\"2026-01-01\\");',
        "x = %(maximum)s;",
        "x = %d;",
        "x = {0};",
        "x = 1 &lt; 2;",
    ],
    "AS005": ["a = 1\n$TargetDedicatedNodes = a;", "a = 1 b = 2;"],
    "AS006": ["$PendingTasks.GetSample(1);", "3;"],
    "AS007": ["x = " + "(" * 80 + "1" + ")" * 80 + ";", "x = 1" + "+1" * 300 + ";", "x = " + "-" * 300 + "1;"],
    "AS008": ["// " + "x" * 8200 + "\n$TargetDedicatedNodes = 1;", "x" * 100_000],
    "AS009": ["a = 1;" * 101],
    "AS010": ["$TargetDedicatedNodes = tasks;", "$TargetDedicatedNodes = b; b = 1;", "x = max;", "x = $pendingtasks;"],
    "AS011": ["x = average(1, 2);", "x = GetSample(1);"],
    "AS012": [
        "x = $PendingTasks.GetAverage();",
        "x = 3; y = x.GetSample(1);",
        "y = $PendingTasks.GetSample(1).Count();",
    ],
    "AS013": [
        "x = max();",
        "x = rand(3);",
        "x = val($PendingTasks.GetSample(1));",
        'x = max("3");',
        "x = time(3);",
        "x = $PendingTasks.GetSamplePercent(15);",
        "x = $PendingTasks.GetSample();",
        'x = $PendingTasks.GetSample("a");',
        "x = $PendingTasks.Count(1);",
        "x = ceil(1, 2);",
        "x = avg(time());",
    ],
    "AS014": [
        "x = TimeInterval_Minute * TimeInterval_Minute;",
        "x = time() + time();",
        "x = 2 / TimeInterval_Hour;",
        "x = !TimeInterval_Hour;",
        "x = -time();",
        "x = 1 < TimeInterval_Hour;",
        "x = TimeInterval_Hour && 1;",
        "x = TimeInterval_Hour ? 1 : 2;",
        "x = 1 ? time() : 2;",
        "x = TimeInterval_Hour + 1;",
    ],
    "AS015": ['x = time("not a date");', 'x = time("2026-02-30");', 'x = time("2026-11-22T09:00:00.123456789Z");'],
    "AS016": ["x = time().hours;", "x = $PendingTasks.Count;", "x = TimeInterval_Hour.hour;"],
    "AS017": ["$PendingTasks = 3;", "TimeInterval_Hour = 3;", "$CurrentDedicated = 1;"],
    "AS018": ["$NodeDeallocationOption = taskCompletion;", '$NodeDeallocationOption = "requeue";', "x = requeue;"],
    "AS019": ["$TargetDedicatedNodes = time();", "$TargetDedicatedNodes = TimeInterval_Hour;"],
    "AS101": ["$targetDedicatedNodes = 1;", "TargetDedicatedNodes = 1;", "$TargetDedicatedNode = 1;"],
    "AS102": [f"{GUARDED} $TargetDedicatedNodes = min(3, x);"],
    "AS103": [
        f"$TargetDedicatedNodes = min(3, avg($PendingTasks.GetSample({MINUTES}))); {OPTION}",
        (
            f"a = avg($PendingTasks.GetSample({MINUTES})); p = $PendingTasks.GetSamplePercent({MINUTES});"
            "$TargetDedicatedNodes = p > 70 ? min(3, a) : 1;"
        ),
    ],
    "AS104": [f"$TargetDedicatedNodes = min(3, $PendingTasks.GetSample(1)); {OPTION}"],
    "AS105": [
        (
            "x = $PendingTasks.GetSamplePercent(90 * TimeInterval_Second) < 70 ? 1 :"
            f" avg($PendingTasks.GetSample({MINUTES})); $TargetDedicatedNodes = min(3, x);"
        )
    ],
    "AS106": [
        f"$TargetDedicatedNodes = $PendingTasks.GetSamplePercent({MINUTES}) < 0.7 ? 1 : 2;",
        f"$TargetDedicatedNodes = min($CPUPercent.GetSample({MINUTES}, 70)) > 70 ? 1 : 2;",
        f"p = $PendingTasks.GetSamplePercent({MINUTES}); $TargetDedicatedNodes = 0.5 >= p ? 1 : 2;",
        f"$TargetDedicatedNodes = min(3, max($PendingTasks.GetSample({MINUTES}, 0.7)));",
    ],
    "AS107": [
        "n = time(); $TargetDedicatedNodes = n.weekday < 1 && n.weekday > 5 ? 1 : 2;",
        "n = time(); $TargetDedicatedNodes = n.hour >= 8 || n.hour < 18 ? 1 : 2;",
        "$TargetDedicatedNodes = time().hour == 24 ? 1 : 2;",
        f"$TargetDedicatedNodes = $PendingTasks.GetSamplePercent({MINUTES}) > 100 ? 1 : 2;",
        "h = time().hour; a = h < 3; b = h > 5; $TargetDedicatedNodes = a && b ? 1 : 2;",
    ],
    "AS108": [f"$TargetDedicatedNodes = min(3, max($MemoryBytes.GetSample({MINUTES}, 70)));"],
    "AS110": ["t = $PendingTasks.GetSample(1); $TargetDedicatedNodes = t > 0 ? 1 : 0;"],
    "AS111": ["$TargetDedicatedNodes = min(10, $PendingTasks);"],
    "AS112": [
        "$TargetDedicatedNodes = 1/0;",
        f"{GUARDED} $TargetDedicatedNodes = min(3, 7 / x);".replace("? 1", "? 0"),
    ],
    "AS113": [
        "$TargetDedicatedNodes = time().weekday == 0 ? 1 : 2;",
        "$TargetDedicatedNodes = time().weekday >= 6 ? 1 : 2;",
    ],
    "AS114": ["$TargetDedicated = 3; $TargetDedicatedNodes = 5;"],
    "AS115": [f"{GUARDED.replace('? 1', '? 0')} $TargetDedicatedNodes = min(1, x);"],
    "AS116": [f"{GUARDED} $TargetDedicatedNodes = x;", "$TargetDedicatedNodes = $TargetDedicatedNodes + 1;"],
    "AS117": ["$TargetDedicatedNodes = min(3, max($PendingTasks.GetSample(TimeInterval_Minute)));"],
    "AS118": [f"{GUARDED.replace('? 1', '? 0')} $TargetDedicatedNodes = min(3, x);"],
    "AS119": ["$TargetLowPriorityNodes = min(3, $TargetDedicatedNodes / 2);"],
    "AS120": [
        "p = $PendingTasks.GetSample(1); r = $RunningTasks.GetSample(1); $TargetDedicatedNodes = min(3, max(p + r));"
    ],
    "AS121": ["x = avg($PendingTasks.GetSample(1));"],
    "AS122": ["x = time('2026-01-01');"],
    "AS123": ['x = time("2026-11-22T09:00:00.1234567Z");'],
    "AS124": ["x = $PendingTasks.GetSample(1, 70);", "x = time() - TimeInterval_Hour;"],
    "AS125": ["x = avg($PendingTasks.GetSample(180 * TimeInterval_Second, 70 * TimeInterval_Second));"],
    "AS128": [
        (
            f"s = $ActiveTasks.GetSamplePercent({MINUTES}) + $RunningTasks.GetSamplePercent({MINUTES});"
            "$TargetDedicatedNodes = s < 70 ? 1 : 2;"
        )
    ],
    "AS129": [
        "$TargetDedicatedNodes = min(400, $CurrentDedicatedNodes * 1.1);",
        "$TargetDedicatedNodes = $PendingTasks.GetSample(1) > 0 ? min(9, $TargetDedicatedNodes * 2) : 0;",
    ],
    "AS201": ["unused = 3; $TargetDedicatedNodes = 1;"],
    "AS202": ["$TargetDedicatedNodes = rand() * 3;"],
    "AS203": ["$TargetDedicatedNodes = 2;"],
    "AS204": [f"x = time().hour > 3 ? 1 : $PendingTasks.GetSample({MINUTES}, 70);"],
    "AS205": [f"{GUARDED} $TargetDedicatedNodes = min(3, x);"],
    "AS206": ["// " + "x" * 8100 + "\n$TargetDedicatedNodes = 1;"],
    "AS207": ["$TargetDedicatedNodes = 10 - time().hour;"],
    "AS208": ["$TargetDedicatedNodes = min(3, $PreemptedNodeCount);"],
    "AS209": ["$TargetDedicated = 3;", "x = $CurrentDedicated;"],
}


@pytest.mark.parametrize(
    ("code", "formula"), [pytest.param(c, f, id=f"{c}-{i}") for c, fs in EXAMPLES.items() for i, f in enumerate(fs)]
)
def test_example_is_reported(code: str, formula: str) -> None:
    """Each code is reported for its examples, with a fix and a place inside the text."""
    found = [finding for finding in check(formula).findings if finding.code == code]
    assert found
    assert all(finding.fix and 0 <= finding.start <= finding.end <= len(formula) for finding in found)


def test_every_code_has_an_example() -> None:
    """No code is without an example, and no example without a code."""
    assert set(EXAMPLES) == set(RULES)


@pytest.mark.parametrize(
    "formula",
    [
        "$TargetDedicatedNodes = 1;",
        f"{GUARDED} $TargetDedicatedNodes = min(20, ceil(x)); {OPTION}",
        "n = time(); $TargetDedicatedNodes = n.hour >= 8 && n.hour < 18 && n.weekday >= 1 && n.weekday <= 5 ? 20 : 0;"
        + OPTION,
        "most = 5; $TargetDedicatedNodes = most == 0 || most > 3 ? 1 : 0;",
        (
            "t = $CurrentDedicatedNodes + $CurrentLowPriorityNodes; share = t > 0 ? $CurrentDedicatedNodes / t : 0;"
            f"$TargetDedicatedNodes = share > 0.5 ? 1 : 2; {OPTION}"
        ),
        "pendingTasks = 3; $TargetDedicatedNodes = pendingTasks;",
    ],
)
def test_nothing_to_warn_of(formula: str) -> None:
    """Careful formulas have no error and no warning."""
    assert [finding for finding in check(formula).findings if finding.severity is not Severity.INFO] == []


def test_many_faults_at_once() -> None:
    """One check reports the faults of several statements, and nothing that follows from them."""
    text = "a = 1 +;\nb = avrg(a);\n$TargetDedicatedNodes = min(b, a, c;\n$TargetLowPriorityNodes = $PendingTask;"
    codes = [(finding.code, finding.line) for finding in check(text).findings]
    assert codes == [("AS001", 1), ("AS011", 2), ("AS001", 3), ("AS010", 4)]


@pytest.mark.parametrize(
    ("formula", "codes"),
    [
        ("$$TargetDedicatedNodes = 1;", ["AS003"]),
        ("\\$TargetDedicatedNodes = 1; x = 2;", ["AS004"]),
        ("$TargetDedicatedNodes = {most};", ["AS004"]),
        ("a = 1\nb = a\n$TargetDedicatedNodes = b;", ["AS005", "AS005"]),
        ("a = 1 +\n$TargetDedicatedNodes = 2;", ["AS001"]),
        ("a = (1;\nb = a;", ["AS001"]),
        ("a = 1 2;\n$TargetDedicatedNodes = a;", ["AS001"]),
    ],
)
def test_one_fault_is_said_once(formula: str, codes: list[str]) -> None:
    """A fault is not followed by others that only restate it."""
    errors = [finding.code for finding in check(formula).findings if finding.severity is Severity.ERROR]
    assert errors == codes


@pytest.mark.parametrize(
    ("formula", "fix"),
    [
        ("x = $PendingTask.GetSample(1);", "Did you mean $PendingTasks?"),
        ("x = $pendingTasks.GetSample(1);", "Did you mean $PendingTasks?"),
        ("x = $PendingTasks.GetSamples(1);", "Did you mean GetSample?"),
        ("x = avgg(1);", "Did you mean avg()?"),
        ("x = TimeInterval_Minutes * 3;", "Did you mean TimeInterval_Minute?"),
        ("$NodeDeallocationOption = taskCompletion;", "Write taskcompletion, a bare word."),
        ("x = time().Hour;", "Did you mean .hour?"),
    ],
)
def test_suggestion(formula: str, fix: str) -> None:
    """A misspelled name is answered with the name that was meant."""
    assert fix in [finding.fix for finding in check(formula).findings]


def _mutations(texts: list[str], count: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    pieces = [
        "(",
        ")",
        ";",
        "?",
        ":",
        ".",
        ",",
        "$",
        '"',
        "//",
        "\n",
        "=",
        "==",
        "-",
        "!",
        "1e9",
        "0",
        "é",
        "\\",
        "{{",
        "\x00",
    ]
    out = []
    for _ in range(count):
        text = chance.choice(texts)
        for _ in range(chance.randint(1, 6)):
            at, length = chance.randrange(len(text) + 1), chance.randint(0, 12)
            kind = chance.randrange(4)
            if kind == 0:
                text = text[:at] + text[at + length :]
            elif kind == 1:
                text = text[:at] + chance.choice(pieces) + text[at:]
            elif kind == 2:
                other = chance.choice(texts)
                start = chance.randrange(len(other) + 1)
                text = text[:at] + other[start : start + 30] + text[at:]
            else:
                text = text[:at] + text[at : at + length] * 3 + text[at + length :]
        out.append(text)
    return out


SEEDS = [formula for formulas in EXAMPLES.values() for formula in formulas if len(formula) < 2000]


def _survives(texts: list[str]) -> None:
    for text in texts:
        report = check(text)
        size = len(text)
        assert all(0 <= finding.start <= finding.end <= size for finding in report.findings), text


def test_mutated_formulas() -> None:
    """No mutation of a formula makes the check fail."""
    _survives(_mutations(SEEDS, 2500, seed=1))


@pytest.mark.slow
def test_many_mutated_formulas(published: list[Any]) -> None:
    """None of 20,000 mutations (otherwise 1,000) of published formulas makes the check fail."""
    _survives(_mutations([row.formula for row in published], 20_000 if THOROUGH else 1_000, seed=2))
