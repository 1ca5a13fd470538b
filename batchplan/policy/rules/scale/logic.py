"""Formulas that compute something else than they seem to."""

from collections.abc import Iterator
from functools import lru_cache

from batchplan.policy.formulas import KINDS, faults, finding, formulas
from batchplan.policy.model import Finding, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule("BP1216", "Condition is always true or never", kinds=KINDS, severity=Severity.WARNING)
def constant_condition(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A condition of a formula can come out one way only.

    Why: `weekday < 1 && weekday > 5` never holds, and the weekend that it was to recognise never comes.

    Instead: Mostly `||` was meant for `&&`, or the other way round.

    Source: a formula that a widely used tool generated.
    """
    yield from faults(subject, {"AS107"})


@rule("BP1217", "Variable is unused or misspelled", kinds=KINDS, severity=Severity.INFO)
def stray_variable(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula sets a variable that nothing reads, or one that is almost called like one of the service's.

    Why: `$TargetDedicatednodes` is a variable of one's own, and the pool stays as it is. A variable that nobody reads
    is a leftover, or was meant to be used.

    Instead: Write the service's name; remove what is not used.

    Source: Learn "Create a formula to automatically scale compute nodes": variables; published formulas.
    """
    yield from faults(subject, {"AS101", "AS114"}, Severity.WARNING)
    for formula in formulas(subject):
        misspelled = {one.start for one in formula.report.findings if one.code == "AS101"}
        unused = [one for one in formula.report.findings if one.code == "AS201" and one.start not in misspelled]
        if unused:
            yield finding(formula, unused)


@rule("BP1226", "Calendar pitfall", kinds=KINDS, severity=Severity.WARNING)
def calendar_pitfall(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula depends on the number of Sunday, on fine fractions of a second, or on a fixed distance from UTC.

    Why: Whether Sunday is 0 or 7 is documented nowhere. Times with more than six digits of a second have been
    refused. And where clocks change, a zone is an hour off for half of the year.

    Instead: Ask for 1 to 5, which are Monday to Friday; write times in microseconds; look at the hours again when
    clocks change, or leave a margin.

    Source: Learn "Create a formula to automatically scale compute nodes": time; nextflow-io/nextflow issue 3866.
    """
    yield from faults(subject, {"AS113", "AS123"})
    for formula in formulas(subject):
        line, written = _shifted_clock(formula.text)
        if line:
            yield Finding(
                f"The formula of {formula.owner}, line {line}, takes the hour or the day of {written}: "
                "where clocks change, it is an hour off for half of the year.",
                formula.path,
                actual=written,
                remediation="Review the hours when clocks change, or leave an hour's margin.",
                severity=Severity.INFO,
            )


@lru_cache(maxsize=1024)
def _shifted_clock(text: str) -> tuple[int, str]:
    """Return line and text of a clock at a fixed distance from UTC whose hour or day is read; line 0 without any."""
    from batchplan.autoscale.findings import position
    from batchplan.autoscale.flow import flow, plain
    from batchplan.autoscale.render import expression
    from batchplan.autoscale.syntax import Binary, Member, walk
    from batchplan.policy.formulas import report

    versions = flow(report(text).parsed.formula)
    for step in versions.steps:
        for node in walk(step.value):
            if isinstance(node, Member) and node.name in ("hour", "weekday", "day"):
                clock = versions.meaning(node.target)
                if isinstance(clock, Binary) and _now_and_hours(clock):
                    return position(text, clock.start)[0], plain(expression(clock))
    return 0, ""


def _now_and_hours(clock: object) -> bool:
    """Return whether an expression is the present time, moved by some hours."""
    from batchplan.autoscale.syntax import Binary, Call, Name, walk

    assert isinstance(clock, Binary), "asked of these alone"
    sides = (clock.left, clock.right)
    now = any(isinstance(one, Call) and one.name == "time" and not one.args for one in sides)
    hours = any(isinstance(part, Name) and part.name == "TimeInterval_Hour" for one in sides for part in walk(one))
    return now and hours and clock.op in ("+", "-")


@rule("BP1235", "Formula computes from the wrong number", kinds=KINDS, severity=Severity.WARNING)
def doubtful_arithmetic(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula divides by what may be zero, or computes one target from the other kind of node.

    Why: A division by zero gives no number, and the evaluation fails. Spot nodes that shrink by a share of the
    dedicated ones, of which there are none, never shrink.

    Instead: Divide by `max(1, …)`; read the target that is set.

    Source: published formulas, one of a workflow engine.
    """
    yield from faults(subject, {"AS112", "AS119"})
