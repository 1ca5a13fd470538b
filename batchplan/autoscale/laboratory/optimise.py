"""Searches the constants of a formula for the cheapest outcome that meets a goal."""

import itertools
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from batchplan.autoscale.laboratory.outcome import MEASURES, Outcome, measure
from batchplan.autoscale.laboratory.settings import Settings
from batchplan.autoscale.laboratory.simulate import simulate
from batchplan.autoscale.laboratory.workload import Workload
from batchplan.autoscale.parse import parse
from batchplan.autoscale.render import number_literal
from batchplan.autoscale.syntax import Assign, Number


class Unsearchable(Exception):
    """The goal or a parameter cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Knob:
    """A variable of the formula that is set to a number, and the values to try for it."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Goal:
    """Least of one measure, while others stay within limits."""

    limits: tuple[tuple[str, str, float], ...]
    least: str

    def score(self, outcome: Outcome) -> tuple[float, float]:
        """Smaller is better: how far the limits are missed, relative to each, then the measure itself."""
        missed = 0.0
        for name, op, limit in self.limits:
            value = measure(outcome, name)
            over = value - limit if op == "<=" else limit - value
            missed += max(0.0, over) / max(abs(limit), 1e-9)
        return missed, measure(outcome, self.least)


@dataclass(frozen=True, slots=True)
class Best:
    """The best values found, the formula with them, and what it does; `met` tells whether every limit holds."""

    values: Mapping[str, float]
    formula: str
    outcome: Outcome
    met: bool
    tried: int


_LIMIT = re.compile(r"(?P<measure>[a-z0-9 _]+?)\s*(?P<op><=|>=|≤|≥|<|>)\s*(?P<value>[0-9.]+)\s*(?P<unit>[a-z%]*)")
_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "min": 60.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "%": 0.01}


def goal(text: str) -> Goal:
    """A goal in words, such as "p95 delay <= 10 min, least node hours". Raises Unsearchable."""
    limits: list[tuple[str, str, float]] = []
    least = "node_hours"
    for part in text.lower().split(","):
        part = part.strip()
        found = _LIMIT.fullmatch(part)
        if found:
            unit = _UNITS.get(found["unit"])
            if unit is None:
                raise Unsearchable(f"{found['unit']!r} is no unit; use s, min, h, d or %")
            op = "<=" if found["op"] in {"<=", "≤", "<"} else ">="
            limits.append((_measure(found["measure"]), op, float(found["value"]) * unit))
        elif part.startswith("least "):
            least = _measure(part.removeprefix("least "))
        elif part:
            raise Unsearchable(f"{part!r} is neither a limit such as 'p95 delay <= 10 min' nor 'least node hours'")
    return Goal(tuple(limits), least)


def _measure(text: str) -> str:
    name = text.strip()
    for key, words in MEASURES.items():
        if name in {key, words, key.replace("_", " ")}:
            return key
    raise Unsearchable(f"{name!r} is no measure; there are {', '.join(MEASURES.values())}")


def knob(text: str) -> Knob:
    """A parameter to try: "maxNodes=5:50:5" for a range, "maxNodes=5,10,25" for single values. Raises Unsearchable."""
    name, equals, given = text.partition("=")
    try:
        if ":" in given:
            low, high, step = (*map(float, given.split(":")), 1.0)[:3]
            values = tuple(_steps(low, high, step))
        else:
            values = tuple(float(value) for value in given.split(","))
    except ValueError:
        values = ()
    if not equals or not values:
        raise Unsearchable(f"{text!r} is no parameter; write name=low:high:step or name=value,value")
    return Knob(name.strip(), values)


def _steps(low: float, high: float, step: float) -> Iterator[float]:
    if step <= 0:
        raise ValueError(step)
    for count in itertools.count():
        value = low + count * step
        if value > high + 1e-9:
            return
        yield value


def with_values(formula: str, values: Mapping[str, float]) -> str:
    """The formula with other numbers for some of its variables. Raises Unsearchable when one is not set to a number."""
    spots: dict[str, Number] = {}
    for statement in parse(formula).formula.statements:
        if isinstance(statement, Assign) and isinstance(statement.value, Number):
            spots.setdefault(statement.name, statement.value)
    missing = [name for name in values if name not in spots]
    if missing:
        raise Unsearchable(f"the formula never sets {missing[0]} to a number")
    text = formula
    for name in sorted(values, key=lambda name: spots[name].start, reverse=True):
        text = text[: spots[name].start] + number_literal(values[name]) + text[spots[name].end :]
    return text


def optimise(
    formula: str,
    knobs: Sequence[Knob],
    load: Workload,
    wanted: Goal,
    settings: Settings | None = None,
    budget: int = 200,
) -> Best:
    """The best values of the knobs: all of them tried where they fit the budget, else a search from several starts."""
    seen: dict[tuple[float, ...], Outcome] = {}

    def score(point: tuple[float, ...]) -> tuple[float, float]:
        if point not in seen:
            text = with_values(formula, dict(zip((knob.name for knob in knobs), point, strict=True)))
            seen[point] = simulate(text, load, settings)
        return wanted.score(seen[point])

    points = 1
    for each in knobs:
        points *= len(each.values)
    if points <= budget:
        for point in itertools.product(*(each.values for each in knobs)):
            score(point)
    else:
        _descend(knobs, score, lambda: len(seen) < budget, random.Random(settings.seed if settings else 0))  # noqa: S311
    best = min(seen, key=lambda point: (*score(point), point))
    values = dict(zip((each.name for each in knobs), best, strict=True))
    return Best(values, with_values(formula, values), seen[best], score(best)[0] == 0.0, len(seen))


def _descend(
    knobs: Sequence[Knob],
    score: Callable[[tuple[float, ...]], tuple[float, float]],
    more: Callable[[], bool],
    chance: random.Random,
) -> None:
    """Improves one knob at a time, neighbour by neighbour, from random starts until the budget is spent."""
    while more():
        at = [chance.randrange(len(each.values)) for each in knobs]
        improved = True
        while improved and more():
            improved = False
            for index, each in enumerate(knobs):
                here = score(_point(knobs, at))
                for step in (-1, 1):
                    moved = [*at]
                    moved[index] = min(len(each.values) - 1, max(0, at[index] + step))
                    if more() and score(_point(knobs, moved)) < here:
                        at, improved = moved, True
                        break


def _point(knobs: Sequence[Knob], at: Sequence[int]) -> tuple[float, ...]:
    return tuple(each.values[index] for each, index in zip(knobs, at, strict=True))
