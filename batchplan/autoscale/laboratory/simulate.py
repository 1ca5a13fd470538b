"""A pool that lives by a formula: nodes boot, tasks run, samples arrive late or never, and the clock is virtual.

As in the service, a pool has one resize at a time: what a formula asks for meanwhile is not done, and the nodes
that a resize adds are there when it ends, all together.
"""

import heapq
import math
import random
from collections.abc import Callable
from datetime import timedelta

from batchplan.autoscale import names
from batchplan.autoscale.api import RunResult, Targets
from batchplan.autoscale.laboratory.history import History, beginning, first_sample
from batchplan.autoscale.laboratory.nodes import FreeNodes, Node, ordinals, to_leave
from batchplan.autoscale.laboratory.outcome import Outcome, Point, Step, quantile
from batchplan.autoscale.laboratory.settings import Even, Settings, Timing
from batchplan.autoscale.laboratory.workload import Task, Workload
from batchplan.autoscale.program import Program
from batchplan.autoscale.program import compile as compile_formula
from batchplan.autoscale.samples import PERIOD

_PATIENT = frozenset({"taskcompletion", "retaineddata"})


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
        self._timing: Timing = settings.timing or Even(settings.boot + settings.start_task, self._chance)
        self._start = settings.start or beginning(program.formula)
        lost = random.Random(settings.seed + 1)  # noqa: S311
        self._history = History(settings.delay, settings.loss, self._start, lost)
        self._events: list[tuple[float, int, int, Callable[..., None], tuple[object, ...]]] = []
        self._order = 0
        self._now = 0.0
        self._nodes: dict[int, Node] = {}
        self._free = FreeNodes(settings.slots, pack=settings.pack)
        self._made = 0
        self._queue: list[int] = []  # a heap: a task that is interrupted keeps its place
        self._placings: list[float] = []
        self._first_start: dict[int, float] = {}
        self._targets = Targets(0, 0)
        self._option = names.DEFAULT_OPTION
        self._resizing = False
        self._resizes = 0
        self._due = 0.0
        self._points: list[Point] = []
        self._steps: list[Step] = []
        self._hours = {False: 0.0, True: 0.0}
        self._busy = 0.0
        self._running = self._finished = self._lost = self._interrupted = 0
        self._failures = self._peak = 0
        self._last_failure = ""

    def run(self) -> Outcome:
        for number, task in enumerate(self._tasks):
            self._at(task.arrival, self._arrive, number)
        self._at(0.0, self._evaluate)
        self._note()
        self._at(first_sample(self._start), self._sample, rank=0)
        while self._events and self._events[0][0] <= self._span:
            self._now, _, _, act, arguments = heapq.heappop(self._events)
            act(*arguments)
        self._now = self._span
        for node in list(self._nodes.values()):
            self._busy += sum(self._now - since for since in node.running.values())
            self._pay(node)
        return self._outcome()

    def _at(self, moment: float, act: Callable[..., None], *arguments: object, rank: int = 1) -> None:
        """Let something happen; of what happens at one moment a lower rank comes first, then what was asked first."""
        self._order += 1
        heapq.heappush(self._events, (moment, rank, self._order, act, arguments))

    # What happens

    def _arrive(self, task: int) -> None:
        heapq.heappush(self._queue, task)
        self._place_soon(self._timing.pickup)

    def _note(self) -> None:
        dedicated, low = self._count(low_priority=False), self._count(low_priority=True)
        self._peak = max(self._peak, dedicated + low)
        targets = (self._targets.dedicated, self._targets.low_priority)
        self._points.append(Point(self._now, dedicated, low, *targets, len(self._queue), self._running))

    def _sample(self) -> None:
        """Take a sample, of the moment before anything else happens in it."""
        self._note()
        usable = sum(node.ready for node in self._nodes.values())
        waiting = len(self._queue)
        self._history.record(
            self._now,
            {
                "$ActiveTasks": float(waiting),
                "$RunningTasks": float(self._running),
                "$PendingTasks": float(waiting + self._running),
                "$SucceededTasks": float(self._finished),
                "$FailedTasks": float(self._lost),
                names.TASK_SLOTS: float(self._settings.slots),
                "$CurrentDedicatedNodes": float(self._count(low_priority=False)),
                "$CurrentLowPriorityNodes": float(self._count(low_priority=True)),
                "$PreemptedNodeCount": float(sum(node.preempted for node in self._nodes.values())),
                "$UsableNodeCount": float(usable),
                "$CPUPercent": min(1.0, self._running / (usable * self._settings.slots)) if usable else 0.0,
            },
        )
        self._at(self._now + PERIOD, self._sample, rank=0)

    def _evaluate(self) -> None:
        self._history.show(self._now)
        moment = self._start + timedelta(seconds=self._now)
        slots, seed = self._settings.slots, self._settings.seed
        result = self._program.run(
            self._history, moment, self._targets, task_slots_per_node=slots, option=self._option, seed=seed
        )
        if result.error:
            self._failures += 1
            self._last_failure = result.error.values[0][1]
        elif not self._resizing:
            self._follow(result)
        targets, counts = self._targets, (self._count(low_priority=False), self._count(low_priority=True))
        failure = result.error.values[0][1] if result.error else ""
        self._steps.append(
            Step(self._now, result.results_text, targets.dedicated, targets.low_priority, *counts, failure)
        )
        self._at(self._now + self._settings.interval, self._evaluate)

    def _follow(self, result: RunResult) -> None:
        wanted = (result.targets.dedicated, result.targets.low_priority)
        current = (self._count(low_priority=False), self._count(low_priority=True))
        if result.targets != self._targets or wanted != current:
            self._resize(result)

    def _boot(self, node: Node, wait: float = 0.0) -> None:
        start = self._timing.start(node.number)
        self._at(self._now + wait + start, self._ready, node, node.life, start if wait else 0.0)

    def _ready(self, node: Node, life: int, start: float) -> None:
        if node.life != life:
            return
        if start:
            node.preempted = False
            node.paid_from = self._now - start
        node.ready = True
        self._free.refresh(node)
        if node.low_priority and self._settings.preemption:
            hours = self._chance.expovariate(1.0) / -math.log1p(-self._settings.preemption)
            self._at(self._now + hours * 3600, self._preempt, node, node.life)
        self._place_soon()

    def _preempt(self, node: Node, life: int) -> None:
        if node.life != life:
            return
        self._pay(node)
        node.life += 1
        node.ready, node.preempted = False, True
        self._interrupt(node, requeue=True)
        if node.doomed:
            self._leave(node)
        else:
            self._free.refresh(node)
            self._boot(node, wait=self._settings.spot_return)

    def _finish(self, node: Node, life: int, task: int, since: float) -> None:
        if node.life != life or node.running.get(task) != since:
            return
        del node.running[task]
        node.last_end = self._now
        self._running -= 1
        self._finished += 1
        self._busy += self._now - since
        self._free.refresh(node)
        if node.doomed:
            self._leave(node)
        self._place_soon()

    # Resizes

    def _count(self, *, low_priority: bool) -> int:
        return sum(node.low_priority is low_priority for node in self._nodes.values())

    def _target(self, *, low_priority: bool) -> int:
        return self._targets.low_priority if low_priority else self._targets.dedicated

    def _missing(self, *, low_priority: bool) -> int:
        staying = sum(node.low_priority is low_priority and not node.doomed for node in self._nodes.values())
        return max(0, self._target(low_priority=low_priority) - staying)

    def _resize(self, result: RunResult) -> None:
        """Begin a resize; nodes that go leave as the option says."""
        self._targets, self._option = result.targets, result.option
        self._resizing = True
        self._resizes += 1
        leaving = 0
        for kind in (False, True):
            nodes = [node for node in self._nodes.values() if node.low_priority is kind]
            for node in to_leave(nodes, len(nodes) - self._target(low_priority=kind)):
                leaving += 1
                self._doom(node)
        wanted = self._missing(low_priority=False) + self._missing(low_priority=True)
        self._due = self._now + self._timing.resize(self._resizes, wanted, leaving)
        self._at(self._due, self._settle, self._resizes)
        if leaving and self._option in _PATIENT:
            self._at(self._now + self._settings.resize_timeout, self._time_out, self._resizes)

    def _doom(self, node: Node) -> None:
        node.doomed = True
        self._free.refresh(node)
        if self._option not in _PATIENT:
            self._interrupt(node, requeue=self._option != "terminate")
        self._leave(node)

    def _leave(self, node: Node) -> None:
        """Let a doomed node go unless its tasks, or their data, keep it."""
        if not node.doomed or node.running or node.leaving:
            return
        if self._option == "retaineddata" and node.last_end is not None:
            until = node.last_end + self._settings.retention
            if until > self._now:
                self._at(until, self._leave, node)
                return
        node.leaving, node.ready = True, False
        node.life += 1
        gone = self._now + self._timing.removal(node.number)
        self._at(max(gone, self._due), self._settle, self._resizes)

    def _time_out(self, resize: int) -> None:
        self._settle(resize, timed_out=True)

    def _settle(self, resize: int, *, timed_out: bool = False) -> None:
        """End a resize, unless nodes still have tasks; after the timeout those stay."""
        if not self._resizing or resize != self._resizes:
            return
        if not timed_out and any(node.doomed and not node.leaving for node in self._nodes.values()):
            return
        for node in list(self._nodes.values()):
            if node.leaving:
                self._pay(node)
                del self._nodes[node.number]
            elif node.doomed:
                node.doomed = False
                self._free.refresh(node)
        self._grow(low_priority=False, most=self._settings.quota_dedicated)
        self._grow(low_priority=True, most=self._settings.quota_low_priority)
        self._resizing = False
        self._place_soon()

    def _grow(self, *, low_priority: bool, most: int) -> None:
        room = most - self._count(low_priority=low_priority)
        count = min(self._missing(low_priority=low_priority), room)
        for ordinal in ordinals(self._nodes.values(), count):
            self._made += 1
            node = Node(self._made, ordinal, low_priority, paid_from=self._now)
            self._nodes[node.number] = node
            self._boot(node)

    def _interrupt(self, node: Node, *, requeue: bool) -> None:
        """Ends what runs on a node; requeued tasks start again from nothing, before those that came later."""
        for task, since in node.running.items():
            self._busy += self._now - since
            self._interrupted += 1
            self._running -= 1
            if requeue:
                heapq.heappush(self._queue, task)
            else:
                self._lost += 1
        node.running.clear()
        self._place_soon()

    def _pay(self, node: Node) -> None:
        if not node.preempted:
            self._hours[node.low_priority] += (self._now - node.paid_from) / 3600

    # Tasks

    def _place_soon(self, delay: float = 0.0) -> None:
        """Let tasks be placed; one placing serves all that is asked for before it."""
        due = self._now + delay
        if not self._placings or min(self._placings) > due:
            self._placings.append(due)
            self._at(due, self._place)

    def _place(self) -> None:
        self._placings = [due for due in self._placings if due > self._now]
        while self._queue:
            node = self._free.best()
            if node is None:
                return
            task = heapq.heappop(self._queue)
            node.running[task] = self._now
            self._running += 1
            self._first_start.setdefault(task, self._now)
            self._free.refresh(node)
            self._at(self._now + self._tasks[task].seconds, self._finish, node, node.life, task, self._now)

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
            evaluations=len(self._steps),
            failures=self._failures,
            last_failure=self._last_failure,
            steps=tuple(self._steps),
            starts=tuple(self._first_start.get(number) for number in range(len(self._tasks))),
        )

    def _cost(self) -> float | None:
        dedicated, low = self._settings.price_dedicated, self._settings.price_low_priority
        if dedicated is None and low is None:
            return None
        return self._hours[False] * (dedicated or 0.0) + self._hours[True] * (low or 0.0)


def _delay(number: int, task: Task, started: dict[int, float], span: float) -> float:
    return max(0.0, started.get(number, span) - task.arrival)
