"""A pool that lives by a formula: nodes boot, tasks run, samples arrive late or never, and the clock is virtual."""

import heapq
import math
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from batchplan.autoscale import names
from batchplan.autoscale.api import Targets
from batchplan.autoscale.laboratory.outcome import Outcome, Point, quantile
from batchplan.autoscale.laboratory.workload import Task, Workload
from batchplan.autoscale.program import Program
from batchplan.autoscale.program import compile as compile_formula
from batchplan.autoscale.samples import PERIOD
from batchplan.autoscale.syntax import Assign, Formula, Text, walk
from batchplan.autoscale.values import parse_time


@dataclass(frozen=True, slots=True)
class Settings:
    """The pool and its surroundings; times are seconds, prices are per node hour.

    `delay` is how late a sample becomes visible and `loss` the share that never does. `preemption` is the chance
    that a low-priority node is taken within an hour, `spot_return` how long until another is found. Without a `start`
    the clock begins on a Monday at midnight (UTC) after every moment that the formula mentions, because such a moment
    is usually the pool's creation.
    """

    slots: int = 1
    boot: float = 180.0
    start_task: float = 60.0
    interval: float = 900.0
    delay: float = 30.0
    loss: float = 0.0
    preemption: float = 0.0
    spot_return: float = 600.0
    quota_dedicated: int = 1000
    quota_low_priority: int = 1000
    price_dedicated: float | None = None
    price_low_priority: float | None = None
    pack: bool = False
    seed: int = 0
    start: datetime | None = None

    def __post_init__(self) -> None:
        if self.slots < 1 or self.interval <= 0 or not 0 <= self.loss <= 1 or not 0 <= self.preemption < 1:
            raise ValueError("slots are at least 1, the interval is positive, loss and preemption are shares")


@dataclass(slots=True)
class _Node:
    number: int
    low_priority: bool
    ready: bool = False
    leaving: bool = False
    preempted: bool = False
    paid_from: float = 0.0
    life: int = 0  # grows when the node starts over, so that older events no longer concern it
    running: dict[int, float] = field(default_factory=dict)


_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def _beginning(formula: Formula) -> datetime:
    values = [statement.value for statement in formula.statements if isinstance(statement, Assign)]
    texts = [part.value for value in values for part in walk(value) if isinstance(part, Text)]
    moments = [moment.datetime() for moment in map(parse_time, texts) if moment is not None]
    latest = max([_MONDAY, *moments])
    weeks = -((_MONDAY - latest) // timedelta(weeks=1))
    try:
        return _MONDAY + timedelta(weeks=weeks)
    except OverflowError:
        return latest  # a moment in the last week of the year 9999


class _History:
    """The samples of the pool: kept back until they are visible, some for ever."""

    def __init__(self, settings: Settings, start: datetime, chance: random.Random) -> None:
        self._settings = settings
        self._start = start
        self._chance = chance
        self._late: deque[tuple[float, datetime, dict[str, float]]] = deque()
        self._visible: dict[str, list[tuple[datetime, float]]] = {}

    def record(self, at: float, values: dict[str, float]) -> None:
        moment = self._start + timedelta(seconds=at)
        self._late.append((at + self._settings.delay, moment, values))

    def show(self, at: float) -> None:
        """Makes visible what is due."""
        while self._late and self._late[0][0] <= at:
            _, moment, values = self._late.popleft()
            for name, value in values.items():
                if not self._settings.loss or self._chance.random() >= self._settings.loss:
                    self._visible.setdefault(name, []).append((moment, value))

    def samples(self, name: str) -> Sequence[tuple[datetime, float]]:
        return self._visible.get(name, ())


def simulate(formula: str, workload: Workload, settings: Settings | None = None, *, name: str = "formula") -> Outcome:
    """Runs a pool under a formula for the span of the workload; the same arguments give the same outcome."""
    return _Pool(compile_formula(formula), workload, settings or Settings(), name).run()


class _Pool:
    def __init__(self, program: Program, workload: Workload, settings: Settings, name: str) -> None:
        self._program = program
        self._tasks = workload.tasks
        self._span = workload.span
        self._settings = settings
        self._name = name
        self._chance = random.Random(settings.seed)  # noqa: S311 - repeatable, no secret
        self._start = settings.start or _beginning(program.formula)
        self._history = _History(settings, self._start, random.Random(settings.seed + 1))  # noqa: S311
        self._events: list[tuple[float, int, Callable[..., None], tuple[object, ...]]] = []
        self._order = 0
        self._now = 0.0
        self._nodes: dict[int, _Node] = {}
        self._free: dict[int, _Node] = {}
        self._made = 0
        self._queue: deque[int] = deque()
        self._first_start: dict[int, float] = {}
        self._targets = Targets(0, 0)
        self._option = names.DEFAULT_OPTION
        self._points: list[Point] = []
        self._hours = {False: 0.0, True: 0.0}
        self._busy = 0.0
        self._running = self._finished = self._lost = self._interrupted = 0
        self._evaluations = self._failures = self._peak = 0
        self._last_failure = ""

    def run(self) -> Outcome:
        for number, task in enumerate(self._tasks):
            self._at(task.arrival, self._arrive, number)
        self._at(0.0, self._evaluate)
        self._at(0.0, self._sample)
        while self._events and self._events[0][0] <= self._span:
            self._now, _, act, arguments = heapq.heappop(self._events)
            act(*arguments)
        self._now = self._span
        for node in list(self._nodes.values()):
            self._busy += sum(self._now - since for since in node.running.values())
            self._pay(node)
        return self._outcome()

    def _at(self, moment: float, act: Callable[..., None], *arguments: object) -> None:
        self._order += 1
        heapq.heappush(self._events, (moment, self._order, act, arguments))

    # What happens

    def _arrive(self, task: int) -> None:
        self._queue.append(task)
        self._assign()

    def _sample(self) -> None:
        dedicated, low = self._count(low_priority=False), self._count(low_priority=True)
        usable = sum(node.ready for node in self._nodes.values())
        waiting = len(self._queue)
        self._peak = max(self._peak, dedicated + low)
        self._points.append(
            Point(
                self._now, dedicated, low, self._targets.dedicated, self._targets.low_priority, waiting, self._running
            )
        )
        self._history.record(
            self._now,
            {
                "$ActiveTasks": float(waiting),
                "$RunningTasks": float(self._running),
                "$PendingTasks": float(waiting + self._running),
                "$SucceededTasks": float(self._finished),
                "$FailedTasks": float(self._lost),
                names.TASK_SLOTS: float(self._settings.slots),
                "$CurrentDedicatedNodes": float(dedicated),
                "$CurrentLowPriorityNodes": float(low),
                "$PreemptedNodeCount": float(sum(node.preempted for node in self._nodes.values())),
                "$UsableNodeCount": float(usable),
                "$CPUPercent": self._running / (usable * self._settings.slots) if usable else 0.0,
            },
        )
        self._at(self._now + PERIOD, self._sample)

    def _evaluate(self) -> None:
        self._history.show(self._now)
        moment = self._start + timedelta(seconds=self._now)
        slots, seed = self._settings.slots, self._settings.seed
        result = self._program.run(
            self._history, moment, self._targets, task_slots_per_node=slots, option=self._option, seed=seed
        )
        self._evaluations += 1
        if result.error:
            self._failures += 1
            self._last_failure = result.error.values[0][1]
        else:
            self._targets, self._option = result.targets, result.option
            self._resize(low_priority=False, wanted=min(result.targets.dedicated, self._settings.quota_dedicated))
            self._resize(low_priority=True, wanted=min(result.targets.low_priority, self._settings.quota_low_priority))
            self._assign()
        self._at(self._now + self._settings.interval, self._evaluate)

    def _boot(self, node: _Node, wait: float = 0.0) -> None:
        jitter = 0.9 + 0.2 * self._chance.random()
        ready = self._now + wait + (self._settings.boot + self._settings.start_task) * jitter
        self._at(ready, self._ready, node, node.life, wait)

    def _ready(self, node: _Node, life: int, wait: float) -> None:
        if node.life != life:
            return
        if wait:
            node.preempted = False
            node.paid_from = self._now - (self._settings.boot + self._settings.start_task)
        node.ready = True
        self._free[node.number] = node
        if node.low_priority and self._settings.preemption:
            hours = self._chance.expovariate(1.0) / -math.log1p(-self._settings.preemption)
            self._at(self._now + hours * 3600, self._preempt, node, node.life)
        self._assign()

    def _preempt(self, node: _Node, life: int) -> None:
        if node.life != life:
            return
        self._pay(node)
        self._interrupt(node, requeue=True)
        if node.leaving:
            self._drop(node)
            return
        node.life += 1
        node.ready, node.preempted = False, True
        self._free.pop(node.number, None)
        self._boot(node, wait=self._settings.spot_return)
        self._assign()

    def _finish(self, node: _Node, life: int, task: int, since: float) -> None:
        if node.life != life or node.running.get(task) != since:
            return
        del node.running[task]
        self._running -= 1
        self._finished += 1
        self._busy += self._now - since
        if node.leaving:
            if not node.running:
                self._pay(node)
                self._drop(node)
            return
        self._free[node.number] = node
        self._assign()

    # Nodes

    def _count(self, *, low_priority: bool) -> int:
        return sum(node.low_priority is low_priority for node in self._nodes.values())

    def _resize(self, *, low_priority: bool, wanted: int) -> None:
        kind = [node for node in self._nodes.values() if node.low_priority is low_priority]
        staying = [node for node in kind if not node.leaving]
        missing = wanted - len(staying)
        for node in [node for node in kind if node.leaving][: max(0, missing)]:
            node.leaving = False
            missing -= 1
            if len(node.running) < self._settings.slots:
                self._free[node.number] = node
        for _ in range(missing):
            self._made += 1
            node = _Node(self._made, low_priority, paid_from=self._now)
            self._nodes[node.number] = node
            self._boot(node)
        if missing < 0:
            staying.sort(key=lambda node: (node.ready, len(node.running), -node.number))
            for node in staying[:-missing]:
                self._release(node)

    def _release(self, node: _Node) -> None:
        if node.running and self._option in {"taskcompletion", "retaineddata"}:
            node.leaving = True
            self._free.pop(node.number, None)
            return
        self._interrupt(node, requeue=self._option != "terminate")
        self._pay(node)
        self._drop(node)

    def _interrupt(self, node: _Node, *, requeue: bool) -> None:
        """Ends what runs on a node; requeued tasks start again from nothing, before the others."""
        for task, since in node.running.items():
            self._busy += self._now - since
            self._interrupted += 1
            self._running -= 1
            if requeue:
                self._queue.appendleft(task)
            else:
                self._lost += 1
        node.running.clear()

    def _pay(self, node: _Node) -> None:
        if not node.preempted:
            self._hours[node.low_priority] += (self._now - node.paid_from) / 3600

    def _drop(self, node: _Node) -> None:
        node.life += 1
        self._nodes.pop(node.number, None)
        self._free.pop(node.number, None)

    def _assign(self) -> None:
        slots = self._settings.slots
        while self._queue and self._free:
            node = self._next_node()
            task = self._queue.popleft()
            node.running[task] = self._now
            self._running += 1
            self._first_start.setdefault(task, self._now)
            if len(node.running) >= slots:
                del self._free[node.number]
            self._at(self._now + self._tasks[task].seconds, self._finish, node, node.life, task, self._now)

    def _next_node(self) -> _Node:
        if self._settings.slots == 1:
            return next(iter(self._free.values()))
        choose = max if self._settings.pack else min
        return choose(self._free.values(), key=lambda node: len(node.running))

    # Report

    def _outcome(self) -> Outcome:
        delays = sorted(_delay(n, task, self._first_start, self._span) for n, task in enumerate(self._tasks))
        paid = (self._hours[False] + self._hours[True]) * self._settings.slots
        return Outcome(
            name=self._name,
            points=tuple(self._points),
            delay_median=quantile(delays, 0.5),
            delay_p95=quantile(delays, 0.95),
            delay_most=delays[-1] if delays else 0.0,
            finished=self._finished,
            unfinished=len(self._tasks) - self._finished - self._lost,
            lost=self._lost,
            interrupted=self._interrupted,
            dedicated_hours=self._hours[False],
            low_priority_hours=self._hours[True],
            idle_share=max(0.0, 1 - self._busy / 3600 / paid) if paid else 0.0,
            cost=self._cost(),
            peak_nodes=self._peak,
            evaluations=self._evaluations,
            failures=self._failures,
            last_failure=self._last_failure,
        )

    def _cost(self) -> float | None:
        dedicated, low = self._settings.price_dedicated, self._settings.price_low_priority
        if dedicated is None and low is None:
            return None
        return self._hours[False] * (dedicated or 0.0) + self._hours[True] * (low or 0.0)


def _delay(number: int, task: Task, started: dict[int, float], span: float) -> float:
    return max(0.0, started.get(number, span) - task.arrival)
