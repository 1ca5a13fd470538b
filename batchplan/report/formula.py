"""What a plan tells of autoscale formulas: their statements that differ, their bounds, the most cores."""

from collections.abc import Iterator
from typing import Any

from batchplan.plan.change import Cause, Change, Path
from batchplan.plan.formula import FormulaChange, WorstCase, cosmetic, formula_changes
from batchplan.plan.observation import Quotas
from batchplan.schema.document import path_text

Segment = tuple[str, str]


def segments(change: Change, quotas: Quotas | None) -> Iterator[Segment]:
    """Yield the pieces on the formulas of an object that are new or say something else."""
    for one in formula_changes(change, quotas):
        yield from _formula(one)


def told(change: Change) -> frozenset[Path]:
    """Return the fields that `segments` tells of, so that the list of fields need not."""
    return frozenset(one.path for one in formula_changes(change) if one.field is not None and one.statements)


def cosmetic_segments(change: Change) -> Iterator[Segment]:
    """Yield a line for each formula of which only the layout differs."""
    for path in cosmetic(change):
        yield "dim", f"  # {change.address}: {path_text(path)} differs in layout only (cosmetic), so nothing is sent\n"


def as_json(change: Change, quotas: Quotas | None) -> list[dict[str, Any]]:
    """Return what `segments` tells, as data; a bound of null is no limit."""
    return [
        {
            "path": path_text(one.path),
            "statements": [{"before": each.before or None, "after": each.after or None} for each in one.statements],
            "before": [_worst_json(each) for each in one.worst_before],
            "after": [_worst_json(each) for each in one.worst],
        }
        for one in formula_changes(change, quotas)
    ]


def _worst_json(one: WorstCase) -> dict[str, Any]:
    return {
        "target": one.target,
        "min": one.bound.low,
        "max": one.bound.high,
        "cores": one.cores,
        "family": one.family or None,
        "quota": one.quota,
    }


def _formula(one: FormulaChange) -> Iterator[Segment]:
    if one.statements:
        yield "update", "      ~ "
        yield "", path_text(one.path)
        yield "dim", "   # changed outside of batchplan\n" if one.field and one.field.cause is Cause.DRIFT else "\n"
        for each in one.statements:
            style = {"+": "create", "-": "delete"}.get(each.symbol, "update")
            yield style, f"          {each.symbol} "
            yield "", f"{each.before or each.after};\n"
            if each.symbol == "~":
                yield "", f"            -> {each.after};\n"
    else:
        yield "", f"        {path_text(one.path)}\n"
    before = {each.target: each for each in one.worst_before}
    gone = [each for each in one.worst_before if each.target not in {now.target for now in one.worst}]
    for now in one.worst:
        yield from _bounds(before.get(now.target), now)
    for lost in gone:
        yield "", f"          bounds  {lost.target} {lost.bound} -> left as it is\n"


def _bounds(before: WorstCase | None, now: WorstCase) -> Iterator[Segment]:
    unchanged = before is not None and before.bound == now.bound
    bounds = f"{now.target} {now.bound}, as before" if unchanged else f"{now.target} in {now.bound}"
    if before is not None and not unchanged:
        bounds = f"{now.target} {before.bound} -> {now.bound}"
    yield "", f"          bounds  {bounds}"
    most = worst_text(now, before)
    yield "error" if now.too_many else "", f"   {most}\n" if most else "\n"


def worst_text(now: WorstCase, before: WorstCase | None = None) -> str:
    """Return the most cores of a target in words, with the quota where that is known; empty when nothing is known."""
    quota = "" if now.quota is None else f" (quota {now.quota:,})"
    if now.bound.high is None:
        return f"no limit: {now.bound.why}{quota}"
    if now.cores is None:
        return ""
    sort = "cores" if now.target == "$TargetDedicatedNodes" else "low-priority cores"
    moved = before is not None and before.cores is not None and before.cores != now.cores
    cores = f"{before.cores:,} -> {now.cores:,}" if before is not None and moved else f"{now.cores:,}"
    family = f" of {now.family}" if now.family else ""
    return f"worst case {cores} {sort}{family}{quota}" + (": more than the account may have" if now.too_many else "")
