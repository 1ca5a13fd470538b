"""Operations on pools. All raise ServiceError; `modified` moves exactly when the service's ETag does."""

from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Account, Json, Pool
from batchplan.emulator.world import allocation, autoscale, checks, metrics, packages, quotas, slots, timing
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.defaults import duration, normalise_pool
from batchplan.emulator.world.states import move_allocation

LIVE = frozenset({"startTask", "applicationPackageReferences", "metadata"})
# Learn, "Update Batch pool properties": these need a pool without nodes.
WHEN_EMPTY = frozenset(
    {
        "displayName",
        "vmSize",
        "virtualMachineConfiguration",
        "enableInterNodeCommunication",
        "networkConfiguration",
        "taskSlotsPerNode",
        "taskSchedulingPolicy",
        "userAccounts",
        "mountConfiguration",
        "upgradePolicy",
        "targetNodeCommunicationMode",
        "resourceTags",
    }
)
# Values that say no more than their absence, and the members inside others whose defaults do not.
UNSAID = {"targetNodeCommunicationMode": "default", "enableInterNodeCommunication": False}
_DEFAULTS = (
    ("dynamicVNetAssignmentScope", "none"),
    ("enableAcceleratedNetworking", False),
    ("policy", "Regional"),
)
_SIZES = ("targetDedicatedNodes", "targetLowPriorityNodes", "resizeTimeout")


def key_of(pool: Pool) -> Key:
    """Return a pool's key."""
    return (pool.account.lower(), pool.id.lower())


def find_pool(world: World, account: Account, name: str) -> Pool:
    """Return a pool by its id in any case; raise 404 PoolNotFound."""
    pool = world.pools.get((account.name.lower(), name.lower()))
    if pool is None:
        raise refuse("PoolNotFound")
    return pool


def create_pool(
    world: World, account: Account, spec: Json, *, tags: Json | None = None, identity: Json | None = None
) -> Pool:
    """Create a pool; it is `resizing` even when it wants no nodes, and steady some time later."""
    name = str(spec.get("id") or "")
    checks.identifier(name)
    key = (account.name.lower(), name.lower())
    if key in world.pools:
        raise refuse("PoolBeingDeleted" if world.pools[key].state == "deleting" else "PoolExists")
    body = normalise_pool(spec)
    checks.pool(body, spec)
    packages.require(world, account, body.get("applicationPackageReferences"))
    if body["enableAutoScale"]:
        autoscale.check(body["autoScaleFormula"])
    quotas.check_pools(world, account)
    return add_pool(world, key, body, name, tags=tags, identity=identity)


def add_pool(
    world: World,
    key: Key,
    body: Json,
    name: str,
    *,
    tags: Json | None = None,
    identity: Json | None = None,
    owner: str | None = None,
) -> Pool:
    """Put a pool with a checked, normalised body into the world; `owner` is the job or schedule of an auto pool."""
    created = world.stamp()
    pool = Pool(created=created, modified=created, account=key[0], id=name, tags=tags, identity=identity)
    dedicated, low_priority = (int(body.get(size) or 0) for size in _SIZES[:2])
    pool.resize_timeout = body["resizeTimeout"]
    pool.spec = {member: value for member, value in body.items() if member not in _SIZES and member != "id"}
    pool.state_changed = pool.allocation_changed = created
    pool.serial, pool.auto_pool_of = world.serial(), owner
    pool.allocation_state = "steady"
    world.put("pools", key, pool)
    metrics.note(world, key)
    if body["enableAutoScale"]:
        formula, interval = pool.spec["autoScaleFormula"], pool.spec["autoScaleEvaluationInterval"]
        autoscale.enable(world, key, pool, formula, interval)
        pool.auto_scale_enabled_at = None  # the pause between two enable calls starts with the first call
    else:
        allocation.begin(
            world, key, pool, dedicated=dedicated, low_priority=low_priority, option="requeue", moment=created
        )
    return pool


def patch_pool(world: World, account: Account, pool: Pool, changes: Json) -> None:
    """Change a pool: start task, packages and metadata at any time, the rest only while it has no nodes.

    Members come with the data plane's names. A member that is given as it is already is no change.
    """
    require_alive(pool)
    given = {name: value for name, value in changes.items() if value is not None and name in LIVE | WHEN_EMPTY}
    body = normalise_pool({"vmSize": pool.spec["vmSize"], **pool.spec, **given})
    given = {name: value for name, value in given.items() if name in LIVE or not same(name, body, pool.spec)}
    fixed = sorted(given.keys() & WHEN_EMPTY)
    if fixed and not is_empty(pool):
        raise not_updatable(fixed[0])
    machine = {"virtualMachineConfiguration": body.get("virtualMachineConfiguration")}
    checks.pool({**body, "resizeTimeout": pool.resize_timeout}, {**machine, **given})
    packages.require(world, account, given.get("applicationPackageReferences"))
    for name in given:
        _assign(pool.spec, name, body.get(name))
    _written(world, pool)


def replace_pool_properties(world: World, account: Account, pool: Pool, body: Json) -> None:
    """Replace start task, packages and metadata; what is not given is removed."""
    require_alive(pool)
    given = {name: body[name] for name in (*LIVE, "certificateReferences") if body.get(name) is not None}
    fresh = normalise_pool({"vmSize": pool.spec["vmSize"], **given})
    checks.start_task(fresh.get("startTask"))
    packages.require(world, account, given.get("applicationPackageReferences"))
    for name in LIVE:
        _assign(pool.spec, name, fresh.get(name))
    for name in ("certificateReferences", "targetNodeCommunicationMode"):
        if body.get(name) is not None:
            pool.spec[name] = fresh.get(name, body[name])
    _written(world, pool)


def resize_pool(
    world: World,
    account: Account,  # noqa: ARG001
    pool: Pool,
    dedicated: int | None,
    low_priority: int | None,
    timeout: str | None = None,
    option: str | None = None,
) -> None:
    """Start a resize; a target left out stays."""
    require_alive(pool)
    checks.targets(dedicated, low_priority)
    chosen = checks.deallocation(option)
    limit = duration("resizeTimeout", timeout or "PT15M")
    checks.resize_timeout(limit)
    if pool.spec.get("enableAutoScale"):
        reason = "The specified pool has AutoScale enabled. It cannot be resized by hand"
        raise refuse("OperationInvalidForCurrentState", ("Reason", reason))
    require_steady(pool)
    pool.resize_timeout = limit
    pool.modified = world.stamp()
    allocation.begin(
        world,
        key_of(pool),
        pool,
        dedicated=pool.target_dedicated if dedicated is None else dedicated,
        low_priority=pool.target_low_priority if low_priority is None else low_priority,
        option=chosen,
        moment=pool.modified,
    )


def stop_resize(world: World, account: Account, pool: Pool) -> None:  # noqa: ARG001
    """Stop a resize; on a steady pool nothing happens. The ETag stays (recorded)."""
    require_alive(pool)
    if pool.spec.get("enableAutoScale"):
        reason = "The specified pool has AutoScale enabled. AutoScale resize cannot be stopped"
        raise refuse("OperationInvalidForCurrentState", ("Reason", reason))
    if pool.allocation_state != "resizing":
        return
    key = key_of(pool)
    move_allocation(world, key, pool, "stopping")
    world.after(timing.draw(world, timing.STOPPING, *key), "pool.settle", *key, pool.resize_run, "ResizeStopped")


def remove_nodes(
    world: World,
    account: Account,  # noqa: ARG001
    pool: Pool,
    names: list[str],
    timeout: str | None = None,
    option: str | None = None,
) -> None:
    """Remove nodes by id; the pool's targets shrink with them."""
    require_alive(pool)
    chosen = checks.deallocation(option)
    limit = duration("resizeTimeout", timeout or "PT15M")
    checks.resize_timeout(limit)
    key = key_of(pool)
    nodes = list(dict.fromkeys((*key, name.lower()) for name in names))
    if not 1 <= len(nodes) <= checks.MAX_NODES_PER_REMOVAL:
        raise refuse("InvalidPropertyValue", ("PropertyName", "nodeList"), ("Reason", "1 to 100 nodes can be removed"))
    if any(node not in world.nodes for node in nodes):
        raise refuse("NodeNotFound")
    require_steady(pool)
    pool.resize_timeout = limit
    dedicated = sum(world.nodes[node].dedicated for node in nodes)
    pool.target_dedicated = max(0, pool.target_dedicated - dedicated)
    pool.target_low_priority = max(0, pool.target_low_priority - (len(nodes) - dedicated))
    pool.modified = world.stamp()
    allocation.start(world, key, pool, nodes, chosen, pool.modified)


def enable_auto_scale(
    world: World,
    account: Account,  # noqa: ARG001
    pool: Pool,
    formula: str | None,
    interval: str | None,
    *,
    at_once: bool = True,
) -> None:
    """Scale a pool by formula; an omitted part of an enabled pool stays.

    Evaluated at once, unless `at_once` is False and the pool has only just been made: then its ETag stays,
    and the first evaluation comes when it is steady (recorded on the data plane).
    """
    require_alive(pool)
    now = world.now
    if pool.auto_scale_enabled_at is not None and now - pool.auto_scale_enabled_at < autoscale.PAUSE:
        raise refuse("TooManyEnableAutoScaleRequests")
    if interval is not None:
        interval = duration("autoScaleEvaluationInterval", interval)
        checks.interval(interval)
    if formula is not None:
        autoscale.check(formula)
    if not formula and not pool.spec.get("autoScaleFormula"):
        raise refuse("MissingRequiredProperty", ("PropertyName", "autoScaleFormula"))
    if pool.allocation_state == "resizing" and not allocation.changes_nodes(world, key_of(pool), pool):
        if not at_once and pool.resize_started == pool.created:
            autoscale.enable_once_made(world, key_of(pool), pool, formula, interval)
            return
        allocation.settle(world, key_of(pool), pool)  # recorded: accepted a second after the creation of an empty pool
    require_steady(pool)
    pool.modified = world.stamp()
    autoscale.enable(world, key_of(pool), pool, formula, interval)


def disable_auto_scale(world: World, account: Account, pool: Pool) -> None:  # noqa: ARG001
    """Scale a pool by hand again; its targets stay, and it is resizing once more (recorded)."""
    require_alive(pool)
    was_enabled = bool(pool.spec.get("enableAutoScale"))
    pool.modified = world.stamp()
    autoscale.disable(world, key_of(pool), pool)
    if was_enabled and pool.allocation_state == "steady":
        allocation.start(world, key_of(pool), pool, [], "requeue", pool.modified, asked=False)


def evaluate_auto_scale(world: World, account: Account, pool: Pool, formula: str) -> Json:  # noqa: ARG001
    """Return what a formula would give now; the pool must be scaled by formula and does not change."""
    require_alive(pool)
    if not pool.spec.get("enableAutoScale"):
        reason = "The specified pool does not have AutoScale enabled"
        raise refuse("OperationInvalidForCurrentState", ("Reason", reason))
    autoscale.check(formula)
    return autoscale.run_record(world, autoscale.evaluate(world, key_of(pool), pool, formula))


def delete_pool(world: World, account: Account, pool: Pool) -> None:  # noqa: ARG001
    """Delete a pool: its resize ends, its nodes leave, their tasks go back into their queues; then it is gone."""
    require_alive(pool)
    key = key_of(pool)
    pool.modified = world.stamp()
    pool.state, pool.state_changed = "deleting", pool.modified
    pool.target_dedicated = pool.target_low_priority = 0
    pool.resize_run = pool.scale_run = world.serial()
    move_allocation(world, key, pool, "resizing", pool.modified)
    had_nodes = world.index.number_below("nodes", key) > 0
    allocation.leave_at_once(world, key)
    wait = timing.draw(world, timing.POOL_DELETE if had_nodes else timing.POOL_DELETE_EMPTY, *key, pool.serial)
    world.after(wait, "pool.gone", *key, pool.serial)


def on_gone(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of a pool's deletion, unless it is stuck."""
    key = (str(args[0]), str(args[1]))
    pool = world.pools.get(key)
    if pool is None or pool.serial != args[2]:
        return
    if world.hooks.delete_stuck(key):
        world.after(timing.STUCK_RECHECK, "pool.gone", *key, pool.serial)
        return
    for node in world.index.below("nodes", key):
        allocation.remove(world, node)
    world.index.free.pop(key, None)
    world.drop("pools", key)


def node_counts(world: World, account: Account) -> list[tuple[Pool, Json, Json]]:
    """Return each pool by id with its dedicated and its low-priority nodes by state, and their total."""
    found = []
    for key in world.index.below("pools", (account.name.lower(),)):
        counts: tuple[Json, Json] = ({"total": 0}, {"total": 0})
        for name in world.index.below("nodes", key):
            node = world.nodes[name]
            kind = counts[0 if node.dedicated else 1]
            kind[node.state] = kind.get(node.state, 0) + 1
            kind["total"] += 1
        found.append((world.pools[key], *counts))
    return found


def same(name: str, one: Json, other: Json) -> bool:
    """Tell whether two specs agree on a member: what is empty says as little as what is not there."""
    return _meant(name, one) == _meant(name, other)


def _meant(name: str, spec: Json) -> object:
    found = _pruned(spec.get(name))
    return UNSAID.get(name) if found is None else found


def _pruned(value: object) -> object:
    """Return a value without its empty members, None when nothing is left."""
    if isinstance(value, dict):
        kept = {name: item for name, each in value.items() if (item := _pruned(each)) is not None}
        return {name: item for name, item in kept.items() if (name, item) not in _DEFAULTS} or None
    if isinstance(value, list):
        return [_pruned(each) for each in value] or None
    return None if value == "" else value


def is_empty(pool: Pool) -> bool:
    """Return whether a pool has no nodes and is getting none."""
    return pool.current_dedicated == pool.current_low_priority == 0 and not (
        pool.allocation_state != "steady" and (pool.target_dedicated or pool.target_low_priority)
    )


def not_updatable(name: str) -> Exception:
    """Return the refusal of a change that needs an empty pool (seen in the wild: 400)."""
    reason = "A property that cannot be updated was specified as part of the request."
    return refuse("PropertyCannotBeUpdated", ("Reason", reason), ("PropertyName", name))


def require_alive(pool: Pool) -> None:
    """Raise 409 PoolBeingDeleted for a pool on its way out."""
    if pool.state == "deleting":
        raise refuse("PoolBeingDeleted")


def require_steady(pool: Pool) -> None:
    """Raise 409 PoolBeingResized for a pool that is changing its size."""
    if pool.allocation_state != "steady":
        raise refuse("PoolBeingResized")


def _assign(spec: Json, name: str, value: object) -> None:
    if value is None or value == {}:
        spec.pop(name, None)
    else:
        spec[name] = value


def _written(world: World, pool: Pool) -> None:
    key = key_of(pool)
    pool.modified = world.stamp()
    for node in world.index.below("nodes", key):
        slots.refresh(world, node)
    world.touch("pools", key)
