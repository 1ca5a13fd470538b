"""A node from its allocation to work: creating, starting, its start task, idle; and again after each reboot.

A pending event carries the serial of the boot it belongs to, so that it is void once the node was
restarted, failed or left.
"""

import copy
import hashlib

from batchplan.emulator import ticks
from batchplan.emulator.model import Json, Node, Pool
from batchplan.emulator.world import behaviour, metrics, running, slots, timing
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.defaults import is_windows
from batchplan.emulator.world.hooks import Outcome, Work
from batchplan.emulator.world.states import move_node

# The agent a node gets when it is made; it keeps it for life. Source: Azure/Batch node agent changelog.
AGENT_VERSIONS = (
    ("2024-01-01", "1.11.7"),
    ("2024-10-01", "1.12.9"),
    ("2025-03-26", "1.12.15"),
    ("2025-12-01", "1.12.20"),
    ("2026-08-01", "1.13.2"),
)


def create_nodes(world: World, key: Key, pool: Pool, number: int, *, dedicated: bool) -> None:
    """Give a pool new nodes, in state creating."""
    metrics.note(world, key)
    taken = {world.nodes[node].ordinal for node in world.index.below("nodes", key)}
    ordinal = 0
    for _ in range(number):
        while ordinal in taken:
            ordinal += 1
        taken.add(ordinal)
        _create_node(world, key, pool, ordinal, dedicated=dedicated)
    if dedicated:
        pool.current_dedicated += number
    else:
        pool.current_low_priority += number
    world.touch("pools", key)


def _create_node(world: World, key: Key, pool: Pool, ordinal: int, *, dedicated: bool) -> None:
    pool.next_node += 1
    text = f"{world.seed}:{key}:{pool.serial}:{pool.next_node}"
    name = f"tvmps_{hashlib.sha256(text.encode()).hexdigest()}_{'d' if dedicated else 'p'}"
    node = Node(
        account=key[0],
        pool=key[1],
        id=name,
        ordinal=ordinal,
        dedicated=dedicated,
        state_changed=world.now,
        allocated=world.now,
        vm_size=pool.spec["vmSize"],
        ip=_address(ordinal),
    )
    node_key = (*key, name)
    world.put("nodes", node_key, node)
    begin(world, node_key, node, "create")


def begin(world: World, key: Key, node: Node, kind: str) -> None:
    """Let a node go on from creating, rebooting, reimaging or starting; `kind` is create, reboot, reimage or start."""
    node.boot = world.serial()
    node.pending = None
    hook = world.hooks.boot(key[:-1], node.id, kind)
    first = {"create": timing.CREATING, "reboot": timing.REBOOTING, "reimage": timing.REIMAGING}.get(kind)
    wait = timing.draw(world, first, *key, node.boot) if first else 0.0
    windows = is_windows(world.pools[key[:-1]].spec)
    starting = timing.STARTING_WINDOWS if windows else timing.STARTING_LINUX
    if first:
        world.after(wait * hook.slower, "node.starting", *key, node.boot)
    total = (wait + timing.draw(world, starting, *key, node.boot, "starting")) * hook.slower
    world.after(total, "node.booted", *key, node.boot, hook.outcome)
    life = world.hooks.lifetime(key[:-1], node.id, dedicated=node.dedicated) if kind == "create" else None
    if life is not None:
        world.after(life, "node.fail", *key)
    world.touch("nodes", key)


def current(world: World, args: tuple[object, ...]) -> tuple[Key, Node] | None:
    """Return the node an event is for, or None when its boot is over."""
    key = (str(args[0]), str(args[1]), str(args[2]))
    node = world.nodes.get(key)
    return (key, node) if node is not None and node.boot == args[3] else None


def on_starting(world: World, args: tuple[object, ...]) -> None:
    """Handle a machine that is there and starts."""
    found = current(world, args)
    if found:
        move_node(world, *found, "starting")


def on_booted(world: World, args: tuple[object, ...]) -> None:
    """Handle a node whose agent is up, or is not coming up."""
    found = current(world, args)
    if not found:
        return
    key, node = found
    if args[4] == "unusable":
        fail(world, key, node, "The node did not come up")
        return
    pool = world.pools[key[:-1]]
    node.last_boot = world.now
    node.errors = []
    if node.agent_version is None:
        node.agent_version, node.agent_updated = _agent(world.now), world.now
    node.packages = copy.deepcopy(pool.spec.get("applicationPackageReferences") or [])
    node.start_task = copy.deepcopy(pool.spec.get("startTask"))
    node.start_task_info, node.start_task_output = None, None
    world.touch("nodes", key)
    if node.start_task is None:
        ready(world, key, node)
        return
    if node.start_task["waitForSuccess"]:
        move_node(world, key, node, "waitingforstarttask")
    else:
        ready(world, key, node)
    _run_start_task(world, key, node, 0)


def ready(world: World, key: Key, node: Node) -> None:
    """Let a node take tasks."""
    move_node(world, key, node, "idle" if node.scheduling == "enabled" else "offline")
    slots.refresh(world, key)
    slots.kick(world, key[:-1])


def on_start_task_end(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a start task: success, another try, or a node that cannot be used."""
    found = current(world, args)
    if not found:
        return
    key, node = found
    task, info = node.start_task, node.start_task_info
    if task is None or info is None:
        return
    code, cause = args[4], str(args[5])
    failed = bool(code) or bool(cause)
    retries = int(task["maxTaskRetryCount"])
    if failed and (retries < 0 or info["retryCount"] < retries):
        _run_start_task(world, key, node, info["retryCount"] + 1)
        return
    info = {name: value for name, value in info.items() if name != "state"}
    node.start_task_info = {"state": "completed", **info, "endTime": ticks.isoformat(world.now)}
    if not cause:
        node.start_task_info["exitCode"] = code
    if failed:
        node.start_task_info["failureInfo"] = running.launch_failure(cause) if cause else running.exit_failure()
    node.start_task_info["result"] = "failure" if failed else "success"
    world.touch("nodes", key)
    if node.state == "waitingforstarttask":
        if failed:
            move_node(world, key, node, "starttaskfailed")
            slots.refresh(world, key)
        else:
            ready(world, key, node)


def fail(world: World, key: Key, node: Node, reason: str, code: str = "NodeUnusable") -> None:
    """Make a node unusable: its tasks go back into their queues, and the service tries it again later."""
    running.evict(world, key, "requeue")
    stop(world, key, node, "unusable")
    node.errors = [{"code": code, "message": reason}]
    world.after(timing.draw(world, timing.RECOVERY, *key, node.boot), "node.recover", *key, node.boot)


def stop(world: World, key: Key, node: Node, state: str) -> None:
    """Put a node into a state in which it does not work; pending events of its boot are void."""
    move_node(world, key, node, state)
    node.boot = world.serial()
    if node.start_task_info and node.start_task_info.get("state") == "running":
        node.start_task_info = None
    _cut_short(world, node)
    slots.refresh(world, key)
    world.touch("nodes", key)


def on_recover(world: World, args: tuple[object, ...]) -> None:
    """Handle the service's attempt to bring an unusable node back."""
    found = current(world, args)
    if found and found[1].state == "unusable":
        restart(world, *found)


def restart(world: World, key: Key, node: Node) -> None:
    """Start a node's machine again, as after a repair."""
    move_node(world, key, node, "starting")
    forget_preparation(world, key, node, rebooted=True)
    begin(world, key, node, "start")


def forget_preparation(world: World, key: Key, node: Node, *, rebooted: bool) -> None:
    """Let job preparation tasks run again: all after a reimage, after a reboot those that ask for it."""
    kept = {}
    for job, info in node.prepared_jobs.items():
        spec = world.jobs[key[0], job].spec if (key[0], job) in world.jobs else {}
        again = (spec.get("jobPreparationTask") or {}).get("rerunOnNodeRebootAfterSuccess", True)
        if rebooted and not again and info.get("result") == "success":
            kept[job] = info
    node.prepared_jobs = kept


def _cut_short(world: World, node: Node) -> None:
    """End the job preparation and release tasks that ran on a node: the former run anew, the latter have failed."""
    node.prepared_jobs = {job: info for job, info in node.prepared_jobs.items() if info["state"] == "completed"}
    for info in node.released_jobs.values():
        if info["state"] == "running":
            now = ticks.isoformat(world.now)
            info.update(state="completed", endTime=now, result="failure", failureInfo=running.ended("Task Was Ended"))


def _run_start_task(world: World, key: Key, node: Node, attempt: int) -> None:
    outcome = _outcome(world, key, node, attempt)
    previous: Json = node.start_task_info or {}
    info: Json = {"state": "running", "startTime": ticks.isoformat(world.now), "retryCount": attempt}
    if attempt:
        info |= {"startTime": previous["startTime"], "lastRetryTime": ticks.isoformat(world.now)}
    node.start_task_info = info
    node.start_task_output = {"stdout": outcome.stdout, "stderr": outcome.stderr}
    node.deleted_files = [path for path in node.deleted_files if not path.startswith("startup")]
    seconds = outcome.seconds + (timing.RETRY_PAUSE if attempt else 0.0)
    cause = outcome.launch_error or ""
    world.after(seconds, "node.starttask", *key, node.boot, outcome.exit_code, cause)
    world.touch("nodes", key)


def _outcome(world: World, key: Key, node: Node, attempt: int) -> Outcome:
    task = node.start_task or {}
    command = str(task.get("commandLine") or "")
    work = Work("starttask", key[0], key[1], node.id, attempt=attempt, command=command)
    return behaviour.outcome(world, work, task.get("environmentSettings") or [], *key, node.boot, attempt)


def _agent(now: int) -> str:
    day = ticks.isoformat(now)[:10]
    return [version for since, version in AGENT_VERSIONS if since <= day or since == AGENT_VERSIONS[0][0]][-1]


def _address(ordinal: int) -> str:
    """Return a private address: Azure keeps the first four of a subnet."""
    host = ordinal + 4
    return f"10.{host >> 16 & 255}.{host >> 8 & 255}.{host & 255}"
