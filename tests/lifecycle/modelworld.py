"""A small model of the service, in memory: pools, nodes, jobs and tasks, on a clock that jumps. No HTTP, no emulator.

It is fast enough for thousands of histories, and it is not kind: calls are slow, fail before or after they have taken
effect, lists lag behind, and candidates come up broken when the dice say so.
"""

import asyncio
import heapq
import random
import selectors
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from lifecycle_driver import SUBSCRIPTION, account_id

from batchplan.azure.goals import reached
from batchplan.core.remote import Remote
from batchplan.plan.naming import smoke_prefix
from batchplan.plan.observation import (
    JobAtWork,
    Listed,
    NodeFailure,
    NodeHealth,
    NodeSeen,
    Observation,
    PoolUse,
    Quotas,
    TaskCounts,
    TaskSeen,
    Work,
)
from batchplan.plan.step import (
    Call,
    Create,
    Delete,
    DisableJob,
    EnableJob,
    Patch,
    RepointSchedule,
    Resize,
    StopResize,
)
from batchplan.ports import Conflict, NotFound, Outcome, Unreachable
from batchplan.schema.api import from_api

T = TypeVar("T")

BEGIN = datetime(2025, 6, 1, 8, tzinfo=UTC)
OVER = frozenset({"completed", "terminating", "deleting"})


class JumpingLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next moment at which something is to be done."""

    def __init__(self, now: float) -> None:
        self.jumps = _Jumps(now)
        super().__init__(self.jumps)

    def time(self) -> float:
        """Return the virtual time."""
        return self.jumps.now

    def run_in_executor(self, _: Any, func: Callable[..., T], *args: Any) -> asyncio.Future[T]:
        """Do at once what is meant for a thread: no virtual time passes meanwhile, and the order stays the same."""
        done: asyncio.Future[T] = self.create_future()
        done.set_result(func(*args))
        return done

    def add_signal_handler(self, *_: object) -> None:
        """Ctrl-C is an ordinary one here."""
        raise NotImplementedError

    def complete(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what comes of some work; what it leaves behind is cancelled."""
        try:
            return self.run_until_complete(work)
        finally:
            left = asyncio.all_tasks(self)
            for task in left:
                task.cancel()
            if left:
                self.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self.close()


class _Jumps(selectors.SelectSelector):
    def __init__(self, now: float) -> None:
        super().__init__()
        self.now = now

    def select(self, timeout: float | None = None) -> list[Any]:
        if timeout is None:
            raise RuntimeError("everybody waits for ever")
        self.now += max(0.0, timeout)
        return []


@dataclass(slots=True)
class Node:
    """A node; it runs one task at a time."""

    name: str
    state: str = "starting"
    task: "Task | None" = None
    doomed: bool = False


@dataclass(slots=True)
class Task:
    """A task: `runs` counts its starts, `excused` those that a lost node has cost."""

    name: str
    job: str
    seconds: float
    state: str = "active"
    runs: int = 0
    excused: int = 0
    code: int = 0
    node: Node | None = None
    pool: str = ""


@dataclass(slots=True)
class Pool:
    """A pool of fixed size."""

    name: str
    document: dict[str, Any]
    born: float
    target: int = 0
    state: str = "active"
    steady: bool = False
    resize: int = 0
    resized_at: float = 0.0
    errors: list[Any] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    broken: str = ""
    made: int = 0


@dataclass(slots=True)
class Job:
    """A job; one that a schedule has made ends with its tasks."""

    name: str
    pool: str
    document: dict[str, Any]
    state: str = "active"
    tasks: list[Task] = field(default_factory=list)
    ends: bool = False
    by_user: bool = False


@dataclass(slots=True)
class World:
    """Everything there is. `wrong` says what must never be, and was."""

    dice: random.Random
    now: float = 0.0
    events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    count: int = 0
    account: dict[str, Any] | None = None
    pools: dict[str, Pool] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    schedules: dict[str, dict[str, Any]] = field(default_factory=dict)
    tasks: list[Task] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    breaks: str = ""
    begun: bool = False
    fires: bool = True

    # Time.

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        """Let something happen later."""
        self.count += 1
        heapq.heappush(self.events, (self.now + seconds, self.count, what))

    def live(self, until: float) -> None:
        """Live through what happens until a moment."""
        while self.events and self.events[0][0] <= until:
            self.now, _, what = heapq.heappop(self.events)
            what()
            self.look()
        self.now = max(self.now, until)

    def moment(self, seconds: float | None = None) -> datetime:
        """Return a time, the present one where none is given."""
        return BEGIN + timedelta(seconds=self.now if seconds is None else seconds)

    def look(self) -> None:
        """Note what must not be: no pool with a node that works."""
        usable = any(node.state in ("idle", "running") for pool in self.pools.values() for node in pool.nodes)
        if self.begun and not usable:
            self.wrong.append(f"{self.now:.0f}: no pool has a usable node")

    # Pools.

    def create_pool(self, name: str, document: dict[str, Any]) -> None:
        """Make a pool; it is broken as the world says by now."""
        pool = self.pools[name.lower()] = Pool(name, document, self.now, broken=self.breaks)
        self.resize(pool, _size(document), "requeue")

    def resize(self, pool: Pool, target: int, option: str) -> None:
        """Begin a resize."""
        pool.target, pool.steady, pool.errors = target, False, []
        pool.resize += 1
        pool.resized_at = self.now
        run = pool.resize
        for node in pool.nodes[target:]:
            node.doomed = True
            if node.task is not None and option != "taskcompletion":
                self.requeue(node.task)
        wait = 60.0 if target > len(pool.nodes) else 10.0
        self.after(wait, lambda: self._resized(pool, run))

    def _resized(self, pool: Pool, run: int) -> None:
        if pool.resize != run or pool.steady or pool.state != "active":
            return
        pool.nodes = [node for node in pool.nodes if not node.doomed or node.task is not None]
        if any(node.doomed for node in pool.nodes):
            self.after(10.0, lambda: self._resized(pool, run))
            return
        pool.steady = True
        missing = pool.target - len(pool.nodes)
        if missing > 0 and self.breaks == "allocation":
            pool.errors = [{"code": "AllocationFailed", "message": "no machines", "values": ()}]
            return
        for _ in range(max(0, missing)):
            pool.made += 1
            node = Node(f"tvm-{pool.made}")
            pool.nodes.append(node)
            self.after(self.dice.uniform(20, 60), lambda node=node: self._booted(pool, node))

    def _booted(self, pool: Pool, node: Node) -> None:
        if node in pool.nodes and node.state == "starting":
            node.state = "starttaskfailed" if pool.broken == "start task" else "idle"
            self.place()

    def fail_node(self) -> None:
        """Let a node of a pool with others lose its task, and come back."""
        for pool in self.pools.values():
            working = [node for node in pool.nodes if node.state in ("idle", "running") and not node.doomed]
            if pool.state == "active" and len(working) > 1:
                node = self.dice.choice(working)
                if node.task is not None:
                    node.task.excused += 1
                    self.requeue(node.task)
                node.state = "starting"
                self.after(120, lambda pool=pool, node=node: self._booted(pool, node))

    def delete_pool(self, pool: Pool) -> None:
        """Delete a pool, which takes a while; its tasks go back into their queues."""
        if pool.state == "deleting":
            return
        for node in pool.nodes:
            if node.task is not None and not node.task.job.startswith("smoke-"):
                self.wrong.append(f"{self.now:.0f}: {pool.name} is deleted while {node.task.name} runs on it")
            if node.task is not None:
                self.requeue(node.task)
        pool.state, pool.nodes = "deleting", []
        self.after(30, lambda: self._gone(pool))

    def _gone(self, pool: Pool) -> None:
        if self.pools.get(pool.name.lower()) is pool:
            del self.pools[pool.name.lower()]

    # Jobs and tasks.

    def create_job(self, name: str, document: dict[str, Any], *, ends: bool = False) -> Job:
        """Make a job."""
        job = self.jobs[name.lower()] = Job(name, document["pool_info"]["pool_id"], document, ends=ends)
        return job

    def add_task(self, job: Job, seconds: float, name: str = "", code: int = 0) -> None:
        """Add a task."""
        if job.state in OVER:
            return
        self.count += 1
        task = Task(name or f"task-{self.count}", job.name, seconds, code=code)
        job.tasks.append(task)
        self.tasks.append(task)
        self.after(0.5, self.place)

    def place(self) -> None:
        """Give tasks that wait to nodes that have none."""
        for job in self.jobs.values():
            pool = self.pools.get(job.pool.lower())
            if job.state != "active" or pool is None or pool.state != "active":
                continue
            free = [node for node in pool.nodes if node.state == "idle" and node.task is None and not node.doomed]
            for task in job.tasks:
                if free and task.state == "active":
                    self._start(task, free.pop(), pool)

    def _start(self, task: Task, node: Node, pool: Pool) -> None:
        task.state, task.node, node.task, node.state, task.pool = "running", node, task, "running", pool.name
        task.runs += 1
        run = task.runs
        self.after(task.seconds, lambda: self._ended(task, node, run))

    def _ended(self, task: Task, node: Node, run: int) -> None:
        if task.state != "running" or task.node is not node or task.runs != run:
            return
        task.state, task.node, node.task, node.state = "completed", None, None, "idle"
        self._check(self.jobs[task.job.lower()])
        self.place()

    def requeue(self, task: Task) -> None:
        """Put a running task back."""
        if task.node is not None:
            task.node.task, task.node.state = None, "idle"
        task.state, task.node = "active", None
        self._check(self.jobs[task.job.lower()])
        self.after(0.5, self.place)

    def _check(self, job: Job) -> None:
        running = any(task.state == "running" for task in job.tasks)
        if job.state == "disabling" and not running:
            job.state = "disabled"
        if job.ends and job.state == "active" and all(task.state == "completed" for task in job.tasks):
            job.state = "completed"

    def disable(self, job: Job, option: str) -> None:
        """Disable a job."""
        if job.state in OVER or (job.state == "disabled" and option == "wait"):
            raise Conflict(f"the job is {job.state}", code="JobCompleted", status=409)
        job.state = "disabling"
        if option == "requeue":
            for task in job.tasks:
                if task.state == "running":
                    self.requeue(task)
        self.after(0.1, lambda: self._check(job))

    def enable(self, job: Job) -> None:
        """Enable a job."""
        if job.state not in ("disabled", "disabling"):
            raise Conflict(f"the job is {job.state}", code="JobNotDisabled", status=409)
        job.state = "enabling"
        self.after(0.1, lambda: self._enabled(job))

    def _enabled(self, job: Job) -> None:
        if job.state == "enabling":
            job.state = "active"
            self._check(job)
            self.place()

    def fire(self, schedule: str, every: float) -> None:
        """Let a schedule make a job, unless its last one has not ended."""
        self.after(every, lambda: self.fire(schedule, every))
        mine = [job for job in self.jobs.values() if job.name.startswith(f"{schedule}:")]
        if not self.fires or any(job.state not in OVER for job in mine):
            return
        pool = self.schedules[schedule.lower()]["job_specification"]["pool_info"]["pool_id"]
        job = self.create_job(f"{schedule}:job-{len(mine) + 1}", {"pool_info": {"pool_id": pool}}, ends=True)
        for _ in range(self.dice.randint(1, 3)):
            self.add_task(job, self.dice.expovariate(1 / 60))


def _size(document: Mapping[str, Any]) -> int:
    return int((document.get("fixed_scale") or {}).get("target_dedicated_nodes") or 0)


@dataclass(slots=True)
class Weather:
    """How badly calls fare."""

    dice: random.Random
    slow: float = 0.0
    fails: float = 0.0
    lags: float = 0.0


@dataclass(slots=True)
class ModelReader:
    """Looks at the model. What it does not offer, rollouts do not ask for."""

    world: World
    weather: Weather
    before: dict[str, Work] = field(default_factory=dict)

    async def _pass(self) -> None:
        await pass_time(self.world, self.weather)
        if self.weather.dice.random() < self.weather.fails / 3:
            raise Unreachable("no answer")

    async def observe(
        self, wanted: Collection[Remote], _listed: Listed | None = None
    ) -> Mapping[Remote, Observation | None]:
        """Return each object."""
        await self._pass()
        return {remote: self.seen(remote) for remote in wanted}

    async def read(self, remote: Remote) -> Observation | None:
        """Return one object."""
        await self._pass()
        return self.seen(remote)

    def seen(self, remote: Remote) -> Observation | None:
        """Return an object as it is."""
        world, name = self.world, remote.name.lower()
        match remote.kind:
            case "account":
                facts = {"provisioning_state": "Succeeded"}
                return None if world.account is None else Observation(remote, world.account, None, facts)
            case "pool":
                pool = world.pools.get(name)
                return None if pool is None else self._pool(remote, pool)
            case "job":
                job = world.jobs.get(name)
                return None if job is None else Observation(remote, job.document, "0x1", {"state": job.state})
            case _:
                found = world.schedules.get(name)
                return None if found is None else Observation(remote, found, "0x1", {"state": "active"})

    def _pool(self, remote: Remote, pool: Pool) -> Observation:
        deleting = pool.state == "deleting"
        document = {**pool.document, "fixed_scale": {"target_dedicated_nodes": pool.target}}
        facts = {
            "provisioning_state": "Deleting" if deleting else "Succeeded",
            "allocation_state": "Steady" if pool.steady else "Resizing",
            "current_dedicated_nodes": len(pool.nodes),
            "current_low_priority_nodes": 0,
            "target_dedicated_nodes": pool.target,
            "target_low_priority_nodes": 0,
            "resize_errors": pool.errors,
            "resize_started": self.world.moment(pool.resized_at),
            "creation_time": self.world.moment(pool.born).isoformat(),
        }
        return Observation(remote, document, f"0x{pool.resize}", facts)

    async def node_health(self, pool: Remote) -> NodeHealth:
        """Return the nodes by state."""
        await self._pass()
        found = self._found(pool)
        states = [node.state for node in found.nodes]
        bad = [node for node in found.nodes if node.state == "starttaskfailed"]
        failures = tuple(NodeFailure(node.name, node.state, "FailureExitCode", "it failed", 1) for node in bad)
        return NodeHealth({state: states.count(state) for state in set(states)}, failures)

    def _found(self, pool: Remote) -> Pool:
        found = self.world.pools.get(pool.name.lower())
        if found is None:
            raise NotFound("The specified pool does not exist", code="PoolNotFound", status=404)
        return found

    async def nodes(self, pool: Remote) -> Sequence[NodeSeen]:
        """Return the nodes."""
        await self._pass()
        return [NodeSeen(node.name, node.state, BEGIN) for node in self._found(pool).nodes]

    async def task_counts(self, job: Remote) -> TaskCounts:
        """Return a job's tasks by what they do."""
        await self._pass()
        found = self.world.jobs.get(job.name.lower())
        return _counts(found) if found is not None else TaskCounts(0, 0, 0)

    async def work_on(self, pools: Collection[Remote]) -> Mapping[Remote, Work]:
        """Return what names pools; now and then as it was a moment ago."""
        await self._pass()
        made = {}
        for pool in pools:
            now = self._work(pool)
            old = self.before.get(pool.name, now)
            made[pool] = old if self.weather.dice.random() < self.weather.lags else now
            self.before[pool.name] = now
        return made

    def _work(self, pool: Remote) -> Work:
        here = [job for job in self.world.jobs.values() if job.pool.lower() == pool.name.lower()]
        tests = [job for job in here if job.name.startswith(smoke_prefix(pool.name))]
        working = [job for job in here if job not in tests and job.state not in OVER]
        return Work(
            tuple(JobAtWork(Remote("job", pool.account_id, job.name), job.state, _counts(job)) for job in working),
            tuple(
                Remote("job_schedule", pool.account_id, name)
                for name, one in self.world.schedules.items()
                if one["job_specification"]["pool_info"]["pool_id"].lower() == pool.name.lower()
            ),
            tuple(Remote("job", pool.account_id, job.name) for job in tests),
        )

    async def pools_of(self, account_id: str) -> Sequence[PoolUse]:
        """Return all pools."""
        await self._pass()
        return [PoolUse(one.name, "standard_d2s_v3", one.target, 0) for one in self.world.pools.values()]

    async def quotas(self, account_id: str) -> Quotas:
        """Return quotas that are no limit."""
        await self._pass()
        return Quotas(10000, 10000, {}, by_family_enforced=False, pools=100, active_jobs_and_schedules=1000)

    async def task(self, job: Remote, task: str) -> TaskSeen | None:
        """Return a task."""
        await self._pass()
        found = self.world.jobs.get(job.name.lower())
        one = next((one for one in found.tasks if one.name == task), None) if found is not None else None
        return None if one is None else TaskSeen(one.state, one.code if one.state == "completed" else None)

    async def contents(self, account_id: str) -> Sequence[Remote]:
        """Return nothing: no account goes."""
        return []


def _counts(job: Job) -> TaskCounts:
    states = [task.state for task in job.tasks]
    return TaskCounts(states.count("active"), states.count("running"), states.count("completed"))


async def pass_time(world: World, weather: Weather) -> None:
    """Let a call take its time."""
    if weather.dice.random() < weather.slow:
        await asyncio.sleep(weather.dice.expovariate(1 / 40))
    world.live(asyncio.get_running_loop().time())


@dataclass(slots=True)
class ModelWriter:
    """Changes the model, one call a step, and fails now and then, before or after."""

    world: World
    weather: Weather
    reader: ModelReader

    async def perform(self, step: Call) -> Outcome:
        """Make a call."""
        await pass_time(self.world, self.weather)
        if self.weather.dice.random() < self.weather.fails:
            raise Unreachable("cut before")
        try:
            self._make(step)
        except NotFound:
            if not reached(step, None):
                raise
            return Outcome(adopted=True)
        except Conflict:
            if not reached(step, self.reader.seen(step.remote)):
                raise
            return Outcome(adopted=True)
        finally:
            self.world.look()
        if self.weather.dice.random() < self.weather.fails:
            raise Unreachable("cut after")
        return Outcome()

    def _make(self, step: Call) -> None:
        world, name = self.world, step.remote.name.lower()
        match step:
            case Create():
                self._create(step)
            case Delete() if step.remote.kind == "pool":
                world.delete_pool(self._pool(step))
            case Delete() if step.remote.kind == "job":
                if name not in world.jobs:
                    raise NotFound("no such job", code="JobNotFound", status=404)
                job = world.jobs.pop(name)
                for task in job.tasks:
                    if task.node is not None:
                        task.node.task, task.node.state, task.state = None, "idle", "completed"
                    if task in world.tasks:
                        world.tasks.remove(task)
            case Resize():
                pool = self._pool(step)
                if not pool.steady:
                    raise Conflict("it is being resized", code="PoolBeingResized", status=409)
                world.resize(pool, step.dedicated, (step.option or "requeue").lower())
            case StopResize():
                pool = self._pool(step)
                pool.steady, pool.target = True, len(pool.nodes)
            case Patch() if step.remote.kind == "job":
                job = self._job(step)
                if job.state in OVER or ("poolInfo" in step.body and job.state != "disabled"):
                    raise Conflict(f"the job is {job.state}", code="JobNotDisabled", status=409)
                job.document = {**job.document, **from_api("job", step.body)}
                job.pool = job.document["pool_info"]["pool_id"]
            case Patch() if step.remote.kind == "job_schedule":
                world.schedules[name] = {**world.schedules[name], **from_api("job_schedule", step.body)}
            case RepointSchedule():
                specification = {**world.schedules[name]["job_specification"]}
                specification["pool_info"] = {"pool_id": step.target.name}
                world.schedules[name] = {**world.schedules[name], "job_specification": specification}
            case DisableJob():
                world.disable(self._job(step), step.option)
            case EnableJob():
                world.enable(self._job(step))
            case _:
                raise AssertionError(f"the model knows no {step}")

    def _create(self, step: Create) -> None:
        world, name = self.world, step.remote.name.lower()
        found = self.reader.seen(step.remote)
        if found is not None:
            going = str(found.facts.get("provisioning_state")).lower() == "deleting"
            if going or not (step.applied is None or reached(step, found)):
                raise Conflict("it is there", code="Exists", status=409)
            return
        document = dict(from_api(step.remote.kind, step.body))
        match step.remote.kind:
            case "account":
                world.account = document
            case "pool":
                world.create_pool(step.remote.name, document)
            case "job_schedule":
                world.schedules[name] = document
            case _:
                job = world.create_job(step.remote.name, document)
                if "job_manager_task" in document:
                    world.add_task(job, 20, "smoke", code=1 if world.breaks == "smoke test" else 0)

    def _pool(self, step: Call) -> Pool:
        pool = self.world.pools.get(step.remote.name.lower())
        if pool is None:
            raise NotFound("no such pool", code="PoolNotFound", status=404)
        return pool

    def _job(self, step: Call) -> Job:
        job = self.world.jobs.get(step.remote.name.lower())
        if job is None:
            raise NotFound("no such job", code="JobNotFound", status=404)
        return job


@dataclass(frozen=True, slots=True)
class ModelClock:
    """The clock of the loop; whoever sleeps lets the world live."""

    world: World

    def now(self) -> datetime:
        """Return the present time."""
        return self.world.moment(asyncio.get_running_loop().time())

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)
        self.world.live(asyncio.get_running_loop().time())


__all__ = ["SUBSCRIPTION", "JumpingLoop", "ModelClock", "ModelReader", "ModelWriter", "Weather", "World", "account_id"]
