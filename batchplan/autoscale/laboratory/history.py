"""What a simulated pool's formula can see of its past, and when a simulation begins."""

import random
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from batchplan.autoscale.samples import PERIOD
from batchplan.autoscale.syntax import Assign, Formula, Text, walk
from batchplan.autoscale.values import parse_time

_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def beginning(formula: Formula) -> datetime:
    """Return a Monday at midnight after every moment that a formula mentions."""
    values = [statement.value for statement in formula.statements if isinstance(statement, Assign)]
    texts = [part.value for value in values for part in walk(value) if isinstance(part, Text)]
    moments = [moment.datetime() for moment in map(parse_time, texts) if moment is not None]
    latest = max([_MONDAY, *moments])
    weeks = -((_MONDAY - latest) // timedelta(weeks=1))
    try:
        return _MONDAY + timedelta(weeks=weeks)
    except OverflowError:
        return latest  # a moment in the last week of the year 9999


def first_sample(start: datetime) -> float:
    """Return the seconds until the first sample: they are taken on each full half minute."""
    return PERIOD - (start.second + start.microsecond / 1e6) % PERIOD


class History:
    """The samples of the pool: kept back until they are visible, some for ever."""

    def __init__(self, delay: float, loss: float, start: datetime, chance: random.Random) -> None:
        self._delay, self._loss, self._start, self._chance = delay, loss, start, chance
        self._late: deque[tuple[float, datetime, dict[str, float]]] = deque()
        self._visible: dict[str, list[tuple[datetime, float]]] = {}

    def record(self, at: float, values: dict[str, float]) -> None:
        """Keep the counters of a moment."""
        self._late.append((at + self._delay, self._start + timedelta(seconds=at), values))

    def show(self, at: float) -> None:
        """Make visible what is due."""
        while self._late and self._late[0][0] <= at:
            _, moment, values = self._late.popleft()
            for name, value in values.items():
                if not self._loss or self._chance.random() >= self._loss:
                    self._visible.setdefault(name, []).append((moment, value))

    def samples(self, name: str) -> Sequence[tuple[datetime, float]]:
        """Return the visible samples of a metric, oldest first."""
        return self._visible.get(name, ())
