"""What holds whatever happens: random operations, passing time and faults."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import Lab, lab

from batchplan.emulator import ticks
from batchplan.emulator.clock import Clock
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Pool
from batchplan.emulator.store import Store
from batchplan.emulator.world import jobs, nodes, pools, quotas, running, schedules, slots, tasks
from batchplan.emulator.world.build import new_world
from batchplan.emulator.world.core import TABLES, World
from batchplan.emulator.world.hooks import Allocation, Boot, NoFaults, Outcome, Work
from batchplan.emulator.world.rebuild import rebuild_indexes

QUOTA_CORES, QUOTA_POOLS, QUOTA_JOBS = 12, 3, 6
OPTIONS = ("requeue", "terminate", "taskcompletion", "retaineddata")
COMMANDS = ("sleep 20", "sleep 400", "exit 1", "false", "echo hi", "sleep 60; exit 3")


class Trouble(NoFaults):
    """Faults decided by the names of what they hit, so that equal calls meet equal faults."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.on = True

    def _hits(self, share: float, *parts: object) -> bool:
        return self.on and self.world.random("trouble", *parts).random() < share

    def allocation(self, pool: Any, location: str, family: str, *, dedicated: bool, wanted: int) -> Allocation:
        if self._hits(0.2, "allocation", pool, dedicated, self.world.now):
            return Allocation(wanted // 2, "AllocationFailed", "no capacity", hang=self._hits(0.3, pool, wanted))
        return Allocation(wanted)

    def boot(self, pool: Any, node: str, kind: str) -> Boot:
        return Boot("unusable" if self._hits(0.15, "boot", node, kind, self.world.now) else "ok")

    def outcome(self, work: Work, scripted: Outcome) -> Outcome:
        if work.kind in {"starttask", "jobpreparation"} and self._hits(0.25, work.kind, work.node, work.attempt):
            return Outcome(exit_code=1, seconds=5)
        return scripted

    def lifetime(self, pool: Any, node: str, *, dedicated: bool) -> float | None:
        return 600.0 if self._hits(0.3, "life", node) else None

    def delete_stuck(self, pool: Any) -> bool:
        return self._hits(0.3, "stuck", pool, self.world.now)


@dataclass
class Run:
    """A world under random operations, and what it must not forget."""

    lab: Lab
    made: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    present: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def world(self) -> World:
        return self.lab.world

    def do(self, operation: str, a: int, b: int, c: int) -> None:
        """Do one operation; a refusal of the service is an answer like any other."""
        self.world.sync()
        try:
            getattr(self, operation)(a, b, c)
        except ServiceError as error:
            self.refused[error.code] += 1

    def _pick(self, table: str, index: int) -> Any:
        keys = sorted(self.world.table(table))
        if not keys:
            raise ServiceError(404, "Nothing", "there is none")
        return self.world.table(table)[keys[index % len(keys)]]

    def time(self, a: int, b: int, c: int) -> None:
        self.lab.pass_time((1, 5, 30, 61, 300, 1000)[a % 6])

    def create_pool(self, a: int, b: int, c: int) -> None:
        more: dict[str, Any] = {"taskSlotsPerNode": 1 + a % 3}
        if b % 3 == 0:
            more["startTask"] = {"commandLine": "sleep 3", "maxTaskRetryCount": a % 2, "waitForSuccess": b % 2 == 0}
        if c % 4 == 0:
            more["taskSchedulingPolicy"] = {"nodeFillType": "pack"}
        if c % 5 == 0:
            more |= {"enableAutoScale": True, "autoScaleEvaluationInterval": "PT5M"}
            more["autoScaleFormula"] = (
                "$TargetDedicatedNodes=min(3,$PendingTasks.GetSample(1));$NodeDeallocationOption=taskcompletion"
            )
        self.lab.pool(f"p{a % 4}", b % 5, c % 3, **more)

    def resize(self, a: int, b: int, c: int) -> None:
        pools.resize_pool(
            self.world, self.lab.account, self._pick("pools", a), b % 6, c % 3, "PT5M", OPTIONS[(b + c) % 4]
        )

    def stop_resize(self, a: int, b: int, c: int) -> None:
        pools.stop_resize(self.world, self.lab.account, self._pick("pools", a))

    def delete_pool(self, a: int, b: int, c: int) -> None:
        pools.delete_pool(self.world, self.lab.account, self._pick("pools", a))

    def remove_node(self, a: int, b: int, c: int) -> None:
        node = self._pick("nodes", a)
        pool = self.world.pools[node.account, node.pool]
        pools.remove_nodes(self.world, self.lab.account, pool, [node.id], "PT5M", OPTIONS[b % 4])

    def auto_scale(self, a: int, b: int, c: int) -> None:
        pool = self._pick("pools", a)
        if b % 2:
            formula = f"$TargetDedicatedNodes={c % 4};$TargetLowPriorityNodes={b % 3}"
            pools.enable_auto_scale(self.world, self.lab.account, pool, formula, "PT5M")
        else:
            pools.disable_auto_scale(self.world, self.lab.account, pool)

    def node(self, a: int, b: int, c: int) -> None:
        node = self._pick("nodes", a)
        verb = (nodes.reboot_node, nodes.reimage_node, nodes.deallocate_node, nodes.disable_scheduling)[b % 4]
        verb(self.world, self.lab.account, node, OPTIONS[c % 4])

    def node_back(self, a: int, b: int, c: int) -> None:
        node = self._pick("nodes", a)
        (nodes.start_node, nodes.enable_scheduling)[b % 2](self.world, self.lab.account, node)

    def outage(self, a: int, b: int, c: int) -> None:
        node = self._pick("nodes", a)
        verb = (nodes.preempt, nodes.make_unusable, nodes.lose_contact, nodes.recover)[b % 4]
        verb(self.world, nodes.key_of(node))

    def create_job(self, a: int, b: int, c: int) -> None:
        more: dict[str, Any] = {"priority": c % 3, "usesTaskDependencies": True}
        if b % 3 == 0:
            more["jobPreparationTask"] = {"commandLine": "sleep 4", "constraints": {"maxTaskRetryCount": a % 2}}
            more["jobReleaseTask"] = {"commandLine": "sleep 2"}
        if c % 4 == 0:
            more["onTaskFailure"] = "performexitoptionsjobaction"
        if b % 5 == 0:
            more["jobManagerTask"] = {"id": "manager", "commandLine": "sleep 100", "killJobOnCompletion": c % 2 == 0}
        if a % 5 == 0:
            more["maxParallelTasks"] = 1 + b % 2
        if c % 6 == 0:
            more["constraints"] = {"maxWallClockTime": "PT10M"}
        self.lab.job(f"j{a % 5}", f"p{b % 4}", **more)
        if b % 5 == 0:
            self.present.add(("acct", f"j{a % 5}", "manager"))

    def add_task(self, a: int, b: int, c: int) -> None:
        job = self._pick("jobs", a)
        more: dict[str, Any] = {"constraints": {"maxTaskRetryCount": (0, 0, 1, 2)[c % 4], "retentionTime": "PT1M"}}
        more["requiredSlots"] = 1 + b % 2
        if b % 4 == 0:
            more["dependsOn"] = {"taskIds": [f"t{c % 6}"]}
        if b % 7 == 0:
            more["multiInstanceSettings"] = {"numberOfInstances": 1 + c % 3, "coordinationCommandLine": "true"}
        if c % 5 == 0:
            more["exitConditions"] = {
                "default": {"jobAction": ("disable", "terminate")[a % 2], "dependencyAction": "satisfy"}
            }
        task = self.lab.task(job, f"t{b % 9}", COMMANDS[(a + c) % 6], **more)
        self.present.add(tasks.key_of(task))

    def task_verb(self, a: int, b: int, c: int) -> None:
        task = self._pick("tasks", a)
        verb = (tasks.terminate_task, tasks.reactivate_task, tasks.delete_task)[b % 3]
        verb(self.world, self.lab.account, task)
        if b % 3 == 2:
            self.present.discard(tasks.key_of(task))

    def job_verb(self, a: int, b: int, c: int) -> None:
        job = self._pick("jobs", a)
        if b % 6 < 2:
            jobs.disable_job(self.world, self.lab.account, job, ("requeue", "terminate", "wait")[c % 3])
        elif b % 6 < 4:
            jobs.enable_job(self.world, self.lab.account, job)
        elif b % 6 == 4:
            jobs.terminate_job(self.world, self.lab.account, job)
        else:
            jobs.delete_job(self.world, self.lab.account, job)

    def patch_job(self, a: int, b: int, c: int) -> None:
        job = self._pick("jobs", a)
        change = ({"poolInfo": {"poolId": f"p{c % 4}"}}, {"priority": c}, {"onAllTasksComplete": "terminatejob"})[b % 3]
        jobs.patch_job(self.world, self.lab.account, job, change)

    def create_schedule(self, a: int, b: int, c: int) -> None:
        times = ({}, {"recurrenceInterval": "PT2M"}, {"recurrenceInterval": "PT5M", "startWindow": "PT1M"})[b % 3]
        more = {"jobManagerTask": {"id": "m", "commandLine": "sleep 30"}} if c % 2 else {}
        self.lab.schedule(f"s{a % 3}", times, **more)

    def schedule_verb(self, a: int, b: int, c: int) -> None:
        schedule = self._pick("schedules", a)
        verbs = (
            schedules.disable_schedule,
            schedules.enable_schedule,
            schedules.terminate_schedule,
            schedules.delete_schedule,
        )
        verbs[b % 4](self.world, self.lab.account, schedule)


OPERATIONS = [
    "time",
    "time",
    "time",
    "time",
    "create_pool",
    "create_pool",
    "resize",
    "stop_resize",
    "delete_pool",
    "remove_node",
    "auto_scale",
    "node",
    "node",
    "node_back",
    "outage",
    "outage",
    "create_job",
    "create_job",
    "add_task",
    "add_task",
    "add_task",
    "task_verb",
    "job_verb",
    "patch_job",
    "create_schedule",
    "schedule_verb",
]
STEP = st.tuples(st.sampled_from(OPERATIONS), *[st.integers(0, 59)] * 3)


def start(seed: int) -> Run:
    here = lab(
        seed,
        dedicatedCoreQuota=QUOTA_CORES,
        lowPriorityCoreQuota=4,
        poolQuota=QUOTA_POOLS,
        activeJobAndJobScheduleQuota=QUOTA_JOBS,
    )
    run = Run(here)
    here.pool("p0", 3, 1, taskSlotsPerNode=1 + seed % 2, enableInterNodeCommunication=seed % 2 == 0)
    here.pass_time(200)
    here.job("j0", "p0", usesTaskDependencies=True)
    for number in range(8):
        run.do("add_task", 0, number, number)
    here.world.hooks = Trouble(here.world)
    return run


def check(run: Run) -> None:
    """Assert all that must hold between any two events."""
    world = run.world
    world.sync()
    _check_pools(run)
    _check_placement(world)
    _check_no_task_is_lost(run)
    _check_index(world)


def _check_pools(run: Run) -> None:
    world = run.world
    for key, pool in world.pools.items():
        there = [world.nodes[node] for node in world.index.below("nodes", key)]
        assert pool.current_dedicated == sum(node.dedicated for node in there)
        assert pool.current_low_priority == sum(not node.dedicated for node in there)
        assert len({node.ordinal for node in there}) == len(there)
    assert {node[:-1] for node in world.nodes} <= set(world.pools)
    assert quotas.used_cores(world, run.lab.account, dedicated=True) <= QUOTA_CORES
    assert quotas.used_cores(world, run.lab.account, dedicated=False) <= 4
    assert len(world.pools) <= QUOTA_POOLS
    counted = [entity for table in (world.jobs, world.schedules) for entity in table.values()]
    assert sum(entity.state not in {"completed", "deleting"} for entity in counted) <= QUOTA_JOBS


def _check_placement(world: World) -> None:
    """A task is on exactly the nodes it says, each node holds no more than its slots, and only working nodes hold any."""
    held: Counter[tuple[Any, ...]] = Counter()
    for key, node in world.nodes.items():
        capacity = slots.per_node(world, key[:-1])
        assert slots.used(world, node, capacity) <= capacity
        assert not node.running_tasks or node.state == "running"
        for job, task in node.running_tasks:
            held[(key, (key[0], job, task))] += 1
    wanted = Counter((node, key) for key, task in world.tasks.items() for node in running.nodes_of(task))
    assert held == wanted


def _check_no_task_is_lost(run: Run) -> None:
    """Every task added and not deleted is there, and one that is not completed is queued, waiting, or about to end."""
    world = run.world
    run.present = {key for key in run.present if key[:-1] in world.jobs}
    assert run.present <= set(world.tasks)
    ending = {event.args[:4] for event in world.events if event.kind == "task.end"}
    for key, task in world.tasks.items():
        queue = world.index.ready.get(key[:-1])
        queued = queue is not None and key in queue.queued
        assert queued == (task.state == "active" and key not in world.index.waiting)
        if task.state == "running":
            assert (*key, task.run) in ending


def _check_index(world: World) -> None:
    """What the index holds is what the entities say."""
    kept, changed = world.index, set(world.changed)
    rebuild_indexes(world)
    fresh, world.index, world.changed = world.index, kept, changed
    assert {name: set(keys) for name, keys in kept.children.items()} == {n: set(k) for n, k in fresh.children.items()}
    empty = jobs.Counts()
    assert {k: c for k, c in kept.counts.items() if c != empty} == {k: c for k, c in fresh.counts.items() if c != empty}
    assert {k: c for k, c in kept.totals.items() if c != empty} == {k: c for k, c in fresh.totals.items() if c != empty}
    queued = {key: queue.queued for key, queue in kept.ready.items() if queue.queued}
    assert queued == {key: queue.queued for key, queue in fresh.ready.items() if queue.queued}
    assert kept.waiting == fresh.waiting
    assert {k: set(j) for k, j in kept.open_jobs.items() if j} == {k: set(j) for k, j in fresh.open_jobs.items()}
    assert {k: f.free for k, f in kept.free.items() if f.free} == {k: f.free for k, f in fresh.free.items() if f.free}
    assert {k: set(j) for k, j in kept.jobs_by_pool.items() if j} == {k: set(j) for k, j in fresh.jobs_by_pool.items()}
    assert {k: set(t) for k, t in kept.ran_on.items() if t} == {k: set(t) for k, t in fresh.ran_on.items() if t}


def dump(world: World) -> str:
    """Return all of a world as text."""
    tables = {name: {"/".join(key): asdict(entity) for key, entity in world.table(name).items()} for name in TABLES}
    events = sorted((event.due, event.sequence, event.kind, event.args) for event in world.events)
    return json.dumps([tables, events, world.counter, world.clock.now()], sort_keys=True, default=str)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.integers(0, 3), st.lists(STEP, min_size=10, max_size=60))
def test_invariants_hold_whatever_happens(seed: int, steps: list[tuple[str, int, int, int]]) -> None:
    """No task is lost or on two nodes, quotas hold, counts add up, and the index follows, after every operation."""
    run = start(seed)
    for step in steps:
        run.do(*step)
        check(run)
    assert isinstance(run.world.hooks, Trouble)
    run.world.hooks.on = False
    for _ in range(40):
        run.lab.pass_time(300)
        check(run)
    for pool in run.world.pools.values():
        assert settled(pool), pool
    assert {job.state for job in run.world.jobs.values()} <= {"active", "disabled", "completed"}
    assert {schedule.state for schedule in run.world.schedules.values()} <= {"active", "disabled", "completed"}
    assert {node.state for node in run.world.nodes.values()} <= {
        "idle",
        "running",
        "offline",
        "deallocated",
        "starttaskfailed",
    }
    _check_capacity_is_used(run.world)


def settled(pool: Pool) -> bool:
    """Return whether a pool has come to rest; one scaled by formula may have just begun a resize."""
    return pool.state == "active" and (pool.allocation_state == "steady" or bool(pool.spec.get("enableAutoScale")))


def _check_capacity_is_used(world: World) -> None:
    """No single-instance task waits while a node of its pool is idle and open to it."""
    for key, task in world.tasks.items():
        job = world.jobs[key[:-1]]
        pool = running.pool_of(job)
        limit = int(job.spec["maxParallelTasks"])
        busy = 0 <= limit <= world.index.counts[key[:-1]].running
        if task.state != "active" or job.state != "active" or pool not in world.pools or busy:
            continue
        if key in world.index.waiting or task.spec.get("multiInstanceSettings"):
            continue
        if job.spec.get("jobPreparationTask") or world.now - task.state_changed < ticks.seconds(5):
            continue
        need = slots.needed(task, slots.per_node(world, pool))
        nodes_open = world.index.free.get(pool)
        free = nodes_open.free.values() if nodes_open else ()
        assert not any(left >= need for _, left, _ in free), (task.id, job.id)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.integers(0, 3), st.lists(STEP, min_size=10, max_size=40))
def test_same_seed_and_calls_give_the_same_world(seed: int, steps: list[tuple[str, int, int, int]]) -> None:
    """Two worlds of one seed that saw the same calls are equal, even if one was read back from its entities midway."""
    first, second = start(seed), start(seed)
    for number, step in enumerate(steps):
        first.do(*step)
        second.do(*step)
        if number == len(steps) // 2:
            rebuild_indexes(second.world)
    for run in (first, second):
        run.lab.pass_time(2000)
    assert dump(first.world) == dump(second.world)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(st.integers(0, 3), st.lists(STEP, min_size=5, max_size=30), st.lists(STEP, min_size=5, max_size=30))
def test_a_stored_world_goes_on_as_if_nothing_had_happened(
    seed: int, before: list[tuple[str, int, int, int]], after: list[tuple[str, int, int, int]]
) -> None:
    """A world read back from the store lives on exactly as the one that was stored."""
    first = start(seed)
    for step in before:
        first.do(*step)
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "world.db")
        store.flush(first.world)
        store.close()
        second = read_back(Path(folder) / "world.db", first)
    for run in (first, second):
        run.lab.pass_time(1)
        for step in after:
            run.do(*step)
        run.lab.pass_time(2000)
    assert dump(first.world) == dump(second.world)


def read_back(path: Path, run: Run) -> Run:
    """Return a run on a world that was read from a store at the same moment."""
    world = new_world(Clock(run.world.clock.now()), run.world.seed)
    store = Store(path)
    store.load(world)
    store.close()
    rebuild_indexes(world)
    world.hooks = Trouble(world)
    return Run(Lab(world, world.accounts["acct",]), present=set(run.present))
