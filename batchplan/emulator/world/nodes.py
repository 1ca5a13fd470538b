"""Operations on nodes, and what befalls them from outside. All operations raise ServiceError; nodes have no ETag."""

from batchplan.emulator import ticks
from batchplan.emulator.errors import invalid_property, refuse
from batchplan.emulator.model import Account, Json, Node, Pool
from batchplan.emulator.world import allocation, boot, checks, running, slots, timing
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.states import move_node

_USABLE = frozenset({"idle", "running", "offline", "waitingforstarttask", "starttaskfailed", "unusable", "unknown"})
_BUSY = {
    "creating": "NodeBeingCreated",
    "starting": "NodeBeingStarted",
    "rebooting": "NodeBeingRebooted",
    "reimaging": "NodeBeingReimaged",
}
_AFTER = {"rebooting": "reboot", "reimaging": "reimage"}
_AGENT_LOGS = 4  # recorded: files uploaded by uploadbatchservicelogs


def key_of(node: Node) -> Key:
    """Return a node's key."""
    return (node.account, node.pool, node.id)


def find_node(world: World, account: Account, pool: Pool, name: str) -> Node:
    """Return a node of a pool by its id; raise 404 NodeNotFound."""
    node = world.nodes.get((account.name.lower(), pool.id.lower(), name.lower()))
    if node is None:
        raise refuse("NodeNotFound")
    return node


def nodes_of(world: World, account: Account, pool: Pool) -> list[Node]:
    """Return a pool's nodes by id."""
    return [world.nodes[key] for key in world.index.below("nodes", (account.name.lower(), pool.id.lower()))]


def reboot_node(world: World, account: Account, node: Node, option: str | None = None) -> None:  # noqa: ARG001
    """Restart a node; its start task runs again."""
    _begin(world, node, "rebooting", checks.deallocation(option, "nodeRebootOption"))


def reimage_node(world: World, account: Account, node: Node, option: str | None = None) -> None:  # noqa: ARG001
    """Reinstall a node's operating system; its files are gone and its start task runs again."""
    _begin(world, node, "reimaging", checks.deallocation(option, "nodeReimageOption"))


def deallocate_node(world: World, account: Account, node: Node, option: str | None = None) -> None:  # noqa: ARG001
    """Release a node's machine; it stays in its pool and costs nothing until it is started."""
    _begin(world, node, "deallocating", checks.deallocation(option, "nodeDeallocateOption"))


def start_node(world: World, account: Account, node: Node) -> None:  # noqa: ARG001
    """Start a deallocated node."""
    if node.state != "deallocated":
        raise refuse("OperationNotValidOnNode", ("Reason", f"The node is {node.state}, not deallocated"))
    boot.restart(world, key_of(node), node)


def disable_scheduling(world: World, account: Account, node: Node, option: str | None = None) -> None:  # noqa: ARG001
    """Let a node take no new tasks; those on it are requeued, terminated or left to complete."""
    chosen = checks.deallocation(option, "nodeDisableSchedulingOption")
    if chosen == "retaineddata":
        raise invalid_property("nodeDisableSchedulingOption", option, "The value is not one of the options")
    if node.scheduling == "disabled":
        raise refuse("NodeAlreadyInTargetSchedulingState")
    _require_reachable(node)
    node.scheduling = "disabled"
    key = key_of(node)
    if chosen != "taskcompletion":
        running.evict(world, key, chosen)
    slots.refresh(world, key)
    world.touch("nodes", key)


def enable_scheduling(world: World, account: Account, node: Node) -> None:  # noqa: ARG001
    """Let a node take tasks again."""
    if node.scheduling == "enabled":
        raise refuse("NodeAlreadyInTargetSchedulingState")
    _require_reachable(node)
    node.scheduling = "enabled"
    key = key_of(node)
    slots.refresh(world, key)
    slots.kick(world, key[:-1])
    world.touch("nodes", key)


def upload_logs(world: World, account: Account, pool: Pool, node: Node, request_id: str) -> Json:
    """Upload a node's agent logs; return the virtual directory and the number of files (recorded form)."""
    _require_reachable(node)
    tag = world.guid("logs", account.name.lower()).replace("-", "").upper()[:16]
    directory = f"{account.name}-{tag}/{pool.id.lower()}/{node.id}/{request_id}"
    return {"virtualDirectoryName": directory, "numberOfFilesUploaded": _AGENT_LOGS}


def create_user(world: World, account: Account, node: Node, spec: Json) -> None:  # noqa: ARG001
    """Add a user account to a node; its password is not kept."""
    _require_reachable(node)
    name = str(spec.get("name") or "")
    if not 1 <= len(name) <= 20:
        raise invalid_property("name", name, "The value must have 1 to 20 characters")
    if name.lower() in node.users:
        raise refuse("NodeUserExists", message="The specified node user already exists.", status=409)
    day = world.now + 86_400 * ticks.PER_SECOND
    expiry = spec.get("expiryTime") or ticks.isoformat(day)
    node.users[name.lower()] = {"name": name, "isAdmin": bool(spec.get("isAdmin")), "expiryTime": expiry}
    world.touch("nodes", key_of(node))


def replace_user(world: World, account: Account, node: Node, name: str, body: Json) -> None:  # noqa: ARG001
    """Replace a user's password, key and expiry."""
    _require_reachable(node)
    user = node.users.get(name.lower())
    if user is None:
        raise refuse("NodeUserNotFound")
    user["expiryTime"] = body.get("expiryTime") or ticks.isoformat(world.now + 86_400 * ticks.PER_SECOND)
    world.touch("nodes", key_of(node))


def delete_user(world: World, account: Account, node: Node, name: str) -> None:  # noqa: ARG001
    """Remove a user account."""
    _require_reachable(node)
    if node.users.pop(name.lower(), None) is None:
        raise refuse("NodeUserNotFound")
    world.touch("nodes", key_of(node))


def extensions(world: World, account: Account, pool: Pool, node: Node) -> list[Json]:  # noqa: ARG001
    """Return a node's extensions: the pool's, then the service's own (seen in Microsoft's tests). None without any."""
    configuration = pool.spec.get("virtualMachineConfiguration") or {}
    given = configuration.get("extensions") or []
    if not given:
        return []
    own = {"name": "batchNodeExtension", "publisher": "Microsoft.Azure.Extensions", "type": "CustomScript"}
    up = node.last_boot is not None
    return [_extension({**extension}, up=up) for extension in (*given, {**own, "typeHandlerVersion": "2.1"})]


def find_extension(world: World, account: Account, pool: Pool, node: Node, name: str) -> Json:
    """Return one extension of a node; raise 404 ResourceNotFound."""
    for extension in extensions(world, account, pool, node):
        if extension["vmExtension"]["name"].lower() == name.lower():
            return extension
    raise refuse("ResourceNotFound")


def preempt(world: World, key: Key) -> None:
    """Take a spot node away: its tasks go back into their queues; a machine is looked for again some minutes later."""
    node = world.nodes.get(key)
    if node is None or node.dedicated or node.state in {"preempted", "leavingpool", "deallocated"}:
        return
    running.evict(world, key, "requeue")
    boot.stop(world, key, node, "preempted")
    _wipe(world, key, node)
    _after_outage(world, key, node)
    world.after(timing.draw(world, timing.SPOT_RETURN, *key, node.boot), "node.return", *key, node.boot)


def make_unusable(world: World, key: Key, reason: str = "The node is not healthy") -> None:
    """Make a node unusable, as a failure of its machine would."""
    node = world.nodes.get(key)
    if node is not None and node.state not in {"preempted", "leavingpool", "deallocated", "deallocating", "unusable"}:
        boot.fail(world, key, node, reason)
        _after_outage(world, key, node)


def lose_contact(world: World, key: Key) -> None:
    """Let the service lose a node for a while; its tasks are requeued."""
    node = world.nodes.get(key)
    away = {"preempted", "leavingpool", "deallocated", "deallocating", "unknown", "unusable"}
    if node is not None and node.state not in away:
        running.evict(world, key, "requeue")
        boot.stop(world, key, node, "unknown")
        _after_outage(world, key, node)
        world.after(timing.draw(world, timing.CONTACT_LOST, *key, node.boot), "node.found", *key, node.boot)


def recover(world: World, key: Key) -> None:
    """Bring an unusable or lost node back now."""
    node = world.nodes.get(key)
    if node is not None and node.state in {"unusable", "unknown"}:
        boot.restart(world, key, node)


def on_fail(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a node's lifetime: spot nodes are preempted, dedicated ones go bad."""
    key = (str(args[0]), str(args[1]), str(args[2]))
    node = world.nodes.get(key)
    if node is not None and node.dedicated:
        make_unusable(world, key)
    else:
        preempt(world, key)


def on_return(world: World, args: tuple[object, ...]) -> None:
    """Handle another try to get a machine for a preempted node."""
    found = boot.current(world, args)
    if not found or found[1].state != "preempted":
        return
    key, node = found
    if not allocation.available(world, key[:-1], dedicated=False):
        world.after(timing.draw(world, timing.SPOT_RETURN, *key, node.boot, world.now), "node.return", *key, node.boot)
        return
    move_node(world, key, node, "creating")
    node.allocated = world.now
    boot.begin(world, key, node, "create")


def on_found(world: World, args: tuple[object, ...]) -> None:
    """Handle the return of a node the service had lost."""
    found = boot.current(world, args)
    if found and found[1].state == "unknown":
        boot.restart(world, *found)


def on_emptied(world: World, args: tuple[object, ...]) -> None:
    """Handle a node whose last task is done, if it was to leave, reboot, reimage or be deallocated then."""
    found = boot.current(world, args)
    if not found or found[1].running_tasks:
        return
    key, node = found
    if node.doomed:
        allocation.emptied(world, key, node)
    elif node.pending:
        state, _, option = node.pending.partition(":")
        until = allocation.retained_until(world, key) if option == "retaineddata" else 0
        if until > world.now:
            world.at(until, "node.emptied", *key, node.boot)
        else:
            _go(world, key, node, state)


def on_deallocated(world: World, args: tuple[object, ...]) -> None:
    """Handle a node whose machine is released."""
    found = boot.current(world, args)
    if found and found[1].state == "deallocating":
        move_node(world, *found, "deallocated")


def _begin(world: World, node: Node, state: str, option: str) -> None:
    if node.state in _BUSY:
        raise refuse(_BUSY[node.state])
    if node.state not in _USABLE or node.doomed:
        raise refuse("OperationNotValidOnNode", ("Reason", f"The node is {node.state}"))
    key = key_of(node)
    node.pending = f"{state}:{option}"
    if option in {"requeue", "terminate"}:
        running.evict(world, key, option)
        _go(world, key, node, state)
        return
    slots.refresh(world, key)
    world.touch("nodes", key)
    if not node.running_tasks:
        world.after(0, "node.emptied", *key, node.boot)


def _go(world: World, key: Key, node: Node, state: str) -> None:
    node.pending = None
    boot.stop(world, key, node, state)
    if state != "rebooting":
        _wipe(world, key, node)
    if state == "deallocating":
        world.after(timing.draw(world, timing.DEALLOCATING, *key, node.boot), "node.deallocated", *key, node.boot)
        return
    boot.forget_preparation(world, key, node, rebooted=state == "rebooting")
    boot.begin(world, key, node, _AFTER[state])


def _wipe(world: World, key: Key, node: Node) -> None:
    """Forget what was on a node's disks."""
    node.users, node.files, node.deleted_files = {}, {}, []
    node.prepared_jobs, node.released_jobs = {}, {}
    node.start_task_info, node.start_task_output = None, None
    node.wiped = world.serial()
    world.index.ran_on.pop(key, None)
    world.touch("nodes", key)


def _after_outage(world: World, key: Key, node: Node) -> None:
    """Let a node that was to go once its tasks are done go now: it has none."""
    node.pending = None
    if node.doomed:
        world.after(0, "node.emptied", *key, node.boot)


def _require_reachable(node: Node) -> None:
    if node.state in {"unusable", "unknown"}:
        raise refuse("NodeStateUnusable")
    if node.state in _BUSY:
        raise refuse(_BUSY[node.state])
    if node.state in {"preempted", "deallocated", "deallocating", "leavingpool"}:
        raise refuse("OperationNotValidOnNode", ("Reason", f"The node is {node.state}"))


def _extension(extension: Json, *, up: bool) -> Json:
    level, text = ("Info", "Provisioning succeeded") if up else ("Info", "Provisioning in progress")
    status = {"code": f"ProvisioningState/{'succeeded' if up else 'updating'}", "level": level, "displayStatus": text}
    return {
        "provisioningState": "Succeeded" if up else "Updating",
        "vmExtension": extension,
        "instanceView": {"name": extension["name"], "statuses": [status]},
    }
