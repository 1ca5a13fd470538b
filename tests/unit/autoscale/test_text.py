"""Layout, words and differences."""

from typing import Any

import pytest

from batchplan.autoscale.diff import canonical, diff, same
from batchplan.autoscale.explain import explain
from batchplan.autoscale.findings import ok
from batchplan.autoscale.format import Unformattable, fmt
from batchplan.autoscale.parse import parse
from batchplan.autoscale.scan import scan

MESSY = """
// top
x=1 // beside
;;

 y  = (3+ // inside
   // inside two
   -4)*2;z=!x; // after z
$TargetDedicatedNodes=x>0?max( 1,y ):$PendingTasks . GetSample( 1 );
// tail

// tail two
"""

TIDY = """\
// top
x = 1; // beside

y = (3 + // inside
    // inside two
    -4) * 2;
z = !x; // after z
$TargetDedicatedNodes = x > 0 ? max(1, y) : $PendingTasks.GetSample(1);
// tail

// tail two
"""


def test_layout() -> None:
    """Statements get a line each, operators get blanks, and comments stay where they belong."""
    assert fmt(MESSY) == TIDY


def test_layout_is_stable() -> None:
    """Formatting what is formatted changes nothing."""
    assert fmt(TIDY) == TIDY


def test_long_choices_are_broken() -> None:
    """A choice beyond the width gets a line for each result."""
    name = "x" * 60
    text = f"{name} = $PendingTasks.GetSample(1) > 0 ? {name} : {name};"
    assert fmt(text) == f"{name} = $PendingTasks.GetSample(1) > 0\n    ? {name}\n    : {name};\n"


def test_layout_of_published_formulas(published: list[Any]) -> None:
    """The layout of a published formula is stable, means the same and keeps every comment."""
    for row in published:
        if ok(parse(row.formula).faults):
            once = fmt(row.formula)
            assert fmt(once) == once
            assert canonical(once) == canonical(row.formula)
            assert [c.text for c in scan(once).comments] == [c.text for c in scan(row.formula).comments]


def test_faulty_text_is_left_alone() -> None:
    """A formula with faults of form is not formatted."""
    with pytest.raises(Unformattable) as refusal:
        fmt("x = ;")
    assert [finding.code for finding in refusal.value.findings] == ["AS001"]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("x=1;y=2", "// why\nx = 1;\n\ny = 2;\n", True),
        ("x = (1 + 2) * 3;", "x = ((1 + 2) * (3));", True),
        ("x = 1.0;", "x = 1;", True),
        ("x = 1 - (2 - 3);", "x = 1 - 2 - 3;", False),
        ("x = a ? b : (c ? d : e);", "x = a ? b : c ? d : e;", True),
        ("x = (a ? b : c) ? d : e;", "x = a ? b : c ? d : e;", False),
        ("x = -(-3);", "x = --3;", True),
        ("x = 1; y = 2;", "y = 2; x = 1;", False),
        ("x = ${a};", "x = ${b};", False),
        ("x = ${a};", " x = ${a};\n", True),
    ],
)
def test_same(left: str, right: str, expected: bool) -> None:
    """Layout, comments and needless parentheses make no difference; everything else does."""
    assert same(left, right) is expected


def test_difference() -> None:
    """A difference names what is new, gone and changed, and how the bounds move."""
    found = diff(
        "most = 5; old = 1; $TargetDedicatedNodes = min(most, $PendingTasks);",
        "most = 9; $TargetDedicatedNodes = min(most, $PendingTasks); $NodeDeallocationOption = requeue;",
    )
    assert not found.cosmetic
    assert [(c.symbol, c.before, c.after) for c in found.changes] == [
        ("~", "most = 5", "most = 9"),
        ("-", "old = 1", ""),
        ("+", "", "$NodeDeallocationOption = requeue"),
    ]
    assert (found.before.dedicated.high, found.after.dedicated.high) == (5, 9)
    assert found.bounds_change


def test_cosmetic_difference() -> None:
    """A difference in layout only is cosmetic and lists nothing."""
    found = diff("x=1;", "// now with reason\nx = 1;\n")
    assert found.cosmetic
    assert found.changes == ()


def test_explanation() -> None:
    """Each statement is told in words, then what it comes to."""
    text = (
        "share = $PendingTasks.GetSamplePercent(5 * TimeInterval_Minute);\n"
        "tasks = share < 70 ? 1 : avg($PendingTasks.GetSample(TimeInterval_Second * 300));\n"
        "busy = time().hour >= 8 && !(tasks == 0);\n"
        "$TargetDedicatedNodes = min(20, tasks);\n"
        "$NodeDeallocationOption = taskcompletion;"
    )
    assert [(item.line, item.prose) for item in explain(text)] == [
        (
            1,
            (
                "share is the percentage of samples of $PendingTasks (tasks that wait or run) that are there"
                " in the last 5 minutes."
            ),
        ),
        (
            2,
            (
                "tasks is 1 if share is less than 70, otherwise the average of the samples of $PendingTasks"
                " in the last 5 minutes."
            ),
        ),
        (3, "busy tells whether the hour of the time now (UTC) is at least 8 and not (tasks equals 0)."),
        (4, "Ask for this many dedicated nodes: the smallest of 20 and tasks."),
        (5, "When nodes are taken away, a node leaves when its running tasks have finished."),
        (0, "In the end: between 0 and 20 dedicated nodes."),
        (0, "The number of low-priority nodes stays as it is."),
    ]
