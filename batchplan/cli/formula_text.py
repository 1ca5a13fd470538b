"""How reports about formulas are written for people and for programs."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from batchplan.autoscale.bounds import Bound, Bounds
from batchplan.autoscale.diff import Difference
from batchplan.autoscale.findings import RULES, Finding, Lines
from batchplan.autoscale.laboratory.chart import FACTS
from batchplan.autoscale.laboratory.outcome import MEASURES, Outcome, measure
from batchplan.autoscale.report import Report

if TYPE_CHECKING:
    from batchplan.plan.formula import WorstCase

Place = Callable[[int], tuple[str, int] | None]
"""Where a line of a formula is written, when that is not in a file of its own."""


def nowhere(line: int) -> None:
    """The place of a formula that is a file, or comes from standard input."""


def finding_text(finding: Finding, text: str, place: Place = nowhere) -> str:
    """A finding with the line it is about and what to do next."""
    source = text.split("\n")[finding.line - 1].rstrip() if text else ""
    found = place(finding.line)
    where, number = (f"{found[0]}:{found[1]}", found[1]) if found else (f"line {finding.line}", finding.line)
    lines = [f"{finding.severity} {finding.code}  {where}: {finding.message}"]
    if source.strip():
        lines.append(f"{number:4} | {source}")
        end = min(finding.end, finding.start + len(source) - finding.column + 1)
        lines.append(f"     | {' ' * (finding.column - 1)}{'^' * max(1, end - finding.start)}")
    lines.append(f"     next: {finding.fix}")
    return "\n".join(lines)


def finding_json(finding: Finding, lines: Lines, place: Place = nowhere) -> dict[str, Any]:
    """A finding as a document; offsets count characters, lines and columns count from 1, in the formula.

    `place` is where the line is written in the configuration, where it is.
    """
    end_line, end_column = lines.position(finding.end)
    found = place(finding.line)
    return {
        **({"place": {"file": found[0], "line": found[1]}} if found else {}),
        "code": finding.code,
        "name": RULES[finding.code].name,
        "severity": str(finding.severity),
        "message": finding.message,
        "fix": finding.fix,
        "range": {
            "start": {"line": finding.line, "column": finding.column, "offset": finding.start},
            "end": {"line": end_line, "column": end_column, "offset": finding.end},
        },
    }


def bound_json(bound: Bound) -> dict[str, Any]:
    """A bound as a document: `max` is null where nothing limits it, and `why` says what does not."""
    return {
        "min": None if bound.keeps else bound.low,
        "max": bound.high,
        "why": bound.why,
        "keeps_present": bound.keeps,
        "while_inside": bound.while_inside,
    }


def bounds_json(bounds: Bounds) -> dict[str, Any]:
    """Both bounds by the full names of the targets."""
    return {name: bound_json(bound) for name, bound in bounds.items()}


def bounds_text(bounds: Bounds, worst: "Sequence[WorstCase]" = ()) -> str:
    """A line for each target, with the most cores where they are known."""
    from batchplan.report.formula import worst_text

    told = {one.target: worst_text(one) for one in worst}
    lines = []
    for name, bound in bounds.items():
        cores = told.get(name, "")
        lines.append(f"bounds  {bound_text(name, bound)}" if not cores else f"bounds  {name} in {bound}   {cores}")
    return "\n".join(lines)


def worst_json(worst: "Sequence[WorstCase]") -> dict[str, Any]:
    """The most cores by target: null where nothing limits them, or nobody knows them."""
    return {
        one.target: {"cores": one.cores, "family": one.family or None, "quota": one.quota, "too_many": one.too_many}
        for one in worst
    }


def bound_text(name: str, bound: Bound) -> str:
    """One target and its bounds, with the reason when there is no limit."""
    if bound.keeps:
        return f"{name} is left as it is"
    text = f"{name} in {bound}"
    if bound.high is None:
        return f"{text}   no limit: {bound.why}"
    return text + ("   as long as the present target is inside" if bound.while_inside else "")


def report_json(report: Report, text: str, place: Place = nowhere) -> dict[str, Any]:
    """The report of a check."""
    lines = Lines(text)
    return {
        "ok": report.ok,
        "diagnostics": [finding_json(finding, lines, place) for finding in report.findings],
        "bounds": bounds_json(report.bounds),
    }


def difference_text(difference: Difference) -> str:
    """What changes, and how the bounds move."""
    if difference.cosmetic:
        return "cosmetic: only the layout differs, the service need not be told"
    lines = []
    for change in difference.changes:
        match change.symbol:
            case "+":
                lines.append(f"  + {change.after};")
            case "-":
                lines.append(f"  - {change.before};")
            case _:
                lines.append(f"  ~ {change.before};\n    -> {change.after};")
    for (name, before), (_, after) in zip(difference.before.items(), difference.after.items(), strict=True):
        if before != after:
            lines.append(f"bounds  {name} {before} -> {after}" + (f"   no limit: {after.why}" if _open(after) else ""))
        elif not after.keeps:
            lines.append(f"bounds  {name} {after}, as before")
    return "\n".join(lines)


def _open(bound: Bound) -> bool:
    return bound.high is None and not bound.keeps


def difference_json(difference: Difference) -> dict[str, Any]:
    """The difference as a document."""
    return {
        "cosmetic": difference.cosmetic,
        "changes": [
            {"symbol": change.symbol, "before": change.before, "after": change.after} for change in difference.changes
        ],
        "bounds": {"before": bounds_json(difference.before), "after": bounds_json(difference.after)},
    }


def outcomes_text(outcomes: Sequence[Outcome]) -> str:
    """The numbers of simulations, one column each."""
    rows = [["", *(outcome.name for outcome in outcomes)]]
    rows.extend([name, *(tell(outcome) for outcome in outcomes)] for name, tell in FACTS)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    ]
    lines.extend(f"{o.name}: the last failure was {o.last_failure}" for o in outcomes if o.last_failure)
    return "\n".join(line.rstrip() for line in lines)


def outcome_json(outcome: Outcome) -> dict[str, Any]:
    """The numbers of a simulation; delays are seconds."""
    numbers: dict[str, Any] = {name: measure(outcome, name) for name in MEASURES if name != "cost"}
    return {
        "name": outcome.name,
        **numbers,
        "cost": outcome.cost,
        "dedicated_hours": outcome.dedicated_hours,
        "low_priority_hours": outcome.low_priority_hours,
        "finished": outcome.finished,
        "evaluations": outcome.evaluations,
        "last_failure": outcome.last_failure,
    }
