"""How a formula reads the samples of its metrics, and what it does when there are none."""

from collections.abc import Iterator

from batchplan.policy.formulas import KINDS, faults, finding, formulas
from batchplan.policy.model import Finding, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule("BP1208", "Formula follows single samples", kinds=KINDS, severity=Severity.WARNING)
def single_samples_only(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula looks at nothing but last samples.

    Why: `GetSample(1)` returns the last sample however old it is. When no samples arrive, the pool follows a state of
    hours ago; and one odd sample moves the whole pool.

    Instead: Read a window of some minutes, and ask `GetSamplePercent` whether it is filled.

    Source: Learn "Create a formula to automatically scale compute nodes": obtaining sample data, which recommends it
    strongly.

    Exceptions: pools of which nothing depends.
    """
    yield from faults(subject, {"AS104"})


@rule("BP1209", "Window is read without a guard", kinds=KINDS, severity=Severity.WARNING)
def unguarded_window(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula averages a window without knowing whether it holds samples.

    Why: A new pool has no samples, and later some get lost. Of an empty window there is no average: the evaluation
    fails, and the pool keeps the size it has.

    Instead: `$PendingTasks.GetSamplePercent(w) < 70 ? fallback : avg($PendingTasks.GetSample(w))`.

    Source: Learn "Create a formula to automatically scale compute nodes": obtaining sample data.
    """
    yield from faults(subject, {"AS103"})


@rule("BP1210", "Window is too short", kinds=KINDS, severity=Severity.WARNING)
def short_window(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula reads a window of a minute or less.

    Why: A sample is taken every 30 seconds and arrives up to a minute late, so that the window is often empty.

    Instead: Use 2 to 15 minutes.

    Source: Learn "Create a formula to automatically scale compute nodes": how samples are obtained.
    """
    yield from faults(subject, {"AS117"})


@rule("BP1211", "Guard looks at another window", kinds=KINDS, severity=Severity.WARNING)
def guard_of_another_window(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula asks whether one window has samples, and reads another.

    Why: The guard says nothing about the samples that are read: the window may be empty though the guard is content.

    Instead: Put the length of the window into a variable, and use it in both.

    Source: Learn "Create a formula to automatically scale compute nodes": GetSamplePercent; a published formula.
    """
    yield from faults(subject, {"AS105"})


@rule("BP1228", "Missing samples empty the pool", kinds=KINDS, severity=Severity.WARNING)
def gap_empties_pool(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula asks for no nodes when it has too few samples.

    Why: Samples get lost. Each gap sends a busy pool to zero, and the nodes are made anew minutes later.

    Instead: Fall back to the last sample, or to the present target: `p < 70 ? $TargetDedicatedNodes : …`.

    Source: Learn "Create a formula to automatically scale compute nodes": obtaining sample data; published formulas.

    Exceptions: cheap pools with short tasks.
    """
    for formula in formulas(subject):
        codes = {one.code for one in formula.report.findings}
        found = [one for one in formula.report.findings if one.code == "AS118"]
        if found and "AS121" not in codes:  # without a target nothing is emptied
            yield finding(formula, found)


@rule("BP1223", "Tasks are counted twice", kinds=KINDS, severity=Severity.WARNING)
def tasks_counted_twice(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula adds running or waiting tasks to those of `$PendingTasks`, which has both.

    Why: The pool gets up to twice the nodes that it needs.

    Instead: Use `$PendingTasks` alone.

    Source: Learn "Create a formula to automatically scale compute nodes": service-defined variables.
    """
    yield from faults(subject, {"AS120"})


@rule("BP1224", "Percentage on the wrong scale", kinds=KINDS, severity=Severity.WARNING)
def percentage_on_wrong_scale(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula takes a percentage for a fraction, a fraction for a percentage, or a percentage for a time.

    Why: The condition comes out the same way whatever the metric is, and the pool follows half of the formula only.

    Instead: `GetSamplePercent` goes from 0 to 100, `$CPUPercent` from 0 to 1. The second argument of `GetSample` is a
    plain number where a percentage is meant.

    Source: Learn "Create a formula to automatically scale compute nodes": examples. That $CPUPercent is a fraction is
    inferred from these.
    """
    yield from faults(subject, {"AS106", "AS128", "AS125"})
