"""Proves how few and how many nodes a formula can ask for."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from batchplan.autoscale import names
from batchplan.autoscale.analysis import Analysis
from batchplan.autoscale.flow import Flow, flow
from batchplan.autoscale.parse import parse
from batchplan.autoscale.ranges import HUGE, Abstract, Range, hull, number
from batchplan.autoscale.syntax import Formula

_ROUNDS = 8
_MOST_NODES = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Bound:
    """The nodes one target can ask for, whatever the metrics: from `low` to `high`, or without a limit (None).

    `why` names what leaves it without a limit. `keeps` means that the formula never sets this target.
    `while_inside` means that the proof holds as long as the present targets are inside too, as they are in a pool that
    has only ever been scaled by this formula. An evaluation that fails leaves the present target.
    """

    low: int
    high: int | None
    why: str = ""
    keeps: bool = False
    while_inside: bool = False

    def __contains__(self, nodes: int) -> bool:
        return self.keeps or (self.low <= nodes and (self.high is None or nodes <= self.high))

    def __str__(self) -> str:
        return "kept" if self.keeps else f"[{self.low}, {'∞' if self.high is None else self.high}]"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of both targets."""

    dedicated: Bound
    low_priority: Bound

    def items(self) -> tuple[tuple[str, Bound], tuple[str, Bound]]:
        """Each target by its full name."""
        return (names.TARGET_DEDICATED, self.dedicated), (names.TARGET_LOW_PRIORITY, self.low_priority)


_Present = Mapping[str, Range]


def bounds(formula: str | Formula, *, most_present: int | None = None) -> Bounds:
    """The proved bounds of a formula; `most_present` is the largest present target, such as a quota, if one is known.

    Faults in the formula only widen the bounds.
    """
    parsed = formula if isinstance(formula, Formula) else parse(formula).formula
    versions = flow(parsed)
    present = {name: _present(name, most_present) for name in names.TARGETS}
    found = _targets(versions, present)
    unlimited = any(_open(found, name) for name in names.TARGETS)
    settled = _settled(versions, found, present) if unlimited else None
    bound = {name: _bound(name, found, settled) for name in names.TARGETS}
    return Bounds(bound[names.TARGET_DEDICATED], bound[names.TARGET_LOW_PRIORITY])


def analyse(versions: Flow, most_present: int | None = None) -> Analysis:
    """The analysis of a formula in which the present targets may be anything."""
    return Analysis(versions, _inputs({name: _present(name, most_present) for name in names.TARGETS}))


def _present(name: str, most: int | None) -> Range:
    if most is not None:
        return Range(0.0, float(most), whole=True)
    return Range(0.0, HUGE, whole=True, why_hi=f"the present {name}")


def _inputs(present: _Present) -> _Present:
    aliases = {alias: present[full] for alias, full in names.ALIASES.items() if full in present}
    return {**present, **aliases}


_EMPTY_POOL = {
    name: Range(0.0, 0.0, whole=True)
    for name, known in names.METRICS.items()
    if known.kind in {"nodes", "percent"} or name == "$RunningTasks"
}


def stays_empty(versions: Flow) -> bool:
    """Whether a pool without nodes never gets one, however many tasks wait; false of a formula that sets no target."""
    none = {name: Range(0.0, 0.0, whole=True) for name in names.TARGETS}
    found = _targets(versions, none, _EMPTY_POOL)
    return bool(found) and all(value.hi < 1 for value in found.values())


def _targets(versions: Flow, present: _Present, metrics: Mapping[str, Range] | None = None) -> dict[str, Range]:
    """What the targets that are set can come out as; a target that is never set is left out."""
    inputs = _inputs(present)
    analysis = Analysis(versions, inputs, metrics)
    out: dict[str, Range] = {}
    for name in names.TARGETS:
        if name not in versions.final:
            continue
        ends = [analysis.values[versions.final[name]]]
        ends.extend(_latest(values, name, inputs[name]) for values in analysis.stops)
        out[name] = hull(map(number, ends))
    return out


def _latest(values: Mapping[str, Abstract], name: str, present: Range) -> Abstract:
    last: Abstract = present
    count = 1
    while f"{name}@{count}" in values:
        last = values[f"{name}@{count}"]
        count += 1
    return last


def _settled(versions: Flow, found: Mapping[str, Range], present: _Present) -> Mapping[str, Range] | None:
    """The targets a pool can reach from zero nodes by this formula alone; None when they keep growing.

    Only targets without a limit start from zero: one with a proved limit may be anywhere inside, and one that is never
    set may be anything.
    """
    zero = Range(0.0, 0.0, whole=True)
    reached = {
        name: zero if _open(found, name) else hull((zero, _nodes(found[name]))) if name in found else present[name]
        for name in names.TARGETS
    }
    for _ in range(_ROUNDS):
        outcome = _targets(versions, reached)
        after = {
            name: hull((reached[name], _nodes(outcome[name]))) if _open(found, name) else reached[name]
            for name in names.TARGETS
        }
        if after == reached:
            return outcome
        reached = after
    return None


def _open(found: Mapping[str, Range], name: str) -> bool:
    return name in found and bool(found[name].why_hi)


def _nodes(value: Range) -> Range:
    low, high = _cut(value.lo), _cut(value.hi)
    return Range(float(low), float(high), whole=True, why_hi=value.why_hi)


def _cut(value: float) -> int:
    return 0 if math.isnan(value) else int(max(0.0, min(float(_MOST_NODES), value)))


def _bound(name: str, found: Mapping[str, Range], settled: Mapping[str, Range] | None) -> Bound:
    if name not in found:
        return Bound(0, None, f"the formula leaves {name} as it is", keeps=True)
    value = found[name]
    inside = bool(value.why_hi and settled and not settled[name].why_hi)
    if inside:
        assert settled is not None, "bool() above"
        value = settled[name]
    high = None if value.why_hi else _cut(value.hi)
    return Bound(_cut(value.lo), high, value.why_hi, while_inside=inside)
