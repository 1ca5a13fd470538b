"""Pools on ARM: the seven operations, and the poll of a deletion."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from batchplan.emulator.arm import polling, poolbody, poolmap, poolviews
from batchplan.emulator.arm.call import Call, document, empty, listing, tagged
from batchplan.emulator.arm.route import ACCOUNT, Route
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.model import Account, Json, Pool
from batchplan.emulator.wire import conditions, odata, schema
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import autoscale, pools
from batchplan.emulator.world.accounts import resource_id
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.defaults import normalise_pool

T = TypeVar("T")

# What `$filter` may name, by the operation's reference.
FILTERABLE = {
    "name",
    "properties/allocationState",
    "properties/allocationStateTransitionTime",
    "properties/creationTime",
    "properties/provisioningState",
    "properties/provisioningStateTransitionTime",
    "properties/lastModified",
    "properties/vmSize",
    "properties/interNodeCommunication",
    "properties/scaleSettings/autoScale",
    "properties/scaleSettings/fixedScale",
}
ALL_CHANGEABLE_SINCE = "2024-07-01"  # Learn, "Update Batch pool properties"
DELETION = "delete-"  # begins the name of a deletion's result; the pool's id follows (recorded)
_ALWAYS = (("id",), ("name",), ("type",))
_SCALING = {*poolbody.SCALE, *poolbody.AUTO_SCALE, "enableAutoScale"}


def get(call: Call) -> Reply:
    """Answer one pool."""
    account = call.account()
    return _shown(call, account, pools.find_pool(call.world, account, call.names["pool"]))


def put(call: Call) -> Reply:
    """Create a pool, or make an existing one what the body says; what the body lacks goes back to its default."""
    account = call.account("pools")
    name = call.names["pool"]
    existing = call.world.pools.get((account.name.lower(), name.lower()))
    _check_conditions(call, existing)
    body = poolbody.read(call.json(), call.version, account, creating=name)
    if existing is not None:
        pools.require_alive(existing)
        with_arm_names(lambda: _replace(call.world, account, existing, body, call.version))
        return _shown(call, account, existing)
    spec = {"id": name, **{key: value for key, value in body.spec.items() if key != "nodeDeallocationOption"}}
    made = with_arm_names(
        lambda: pools.create_pool(
            call.world, account, spec, tags=body.tags, identity=_identity(call.world, body.identity)
        )
    )
    return _shown(call, account, made)


def patch(call: Call) -> Reply:
    """Change what the body names."""
    account = call.account("pools")
    pool = pools.find_pool(call.world, account, call.names["pool"])
    _check_conditions(call, pool)
    body = poolbody.read(call.json(), call.version, account, creating=None)
    pools.require_alive(pool)
    with_arm_names(lambda: _change(call.world, account, pool, body, call.version))
    shown = poolviews.view(account, pool, call.version)
    if "nodeDeallocationOption" in body.spec:  # only the answer to the PATCH that sets it tells it (official example)
        option = shown["properties"]["resizeOperationStatus"]["nodeDeallocationOption"]
        shown["properties"]["scaleSettings"]["fixedScale"]["nodeDeallocationOption"] = option
    return document(200, shown, tagged(pool.modified))


def delete(call: Call) -> Reply:
    """Begin to delete a pool; 204 when there is none, and a second call joins the deletion under way."""
    account = call.account()
    pool = call.world.pools.get((account.name.lower(), call.names["pool"].lower()))
    if pool is None:
        return empty(204)
    if pool.state != "deleting":
        pools.delete_pool(call.world, account, pool)
    return polling.accepted(call, f"{resource_id(account)}/poolOperationResults/{DELETION}{pool.id}")


def poll(call: Call) -> Reply:
    """Answer how a deletion is going: 202 until the pool is gone, then 200."""
    account = call.account()
    key = (account.name.lower(), call.names["operation"].lower().removeprefix(DELETION))
    if _going(call.world, key):
        polling.pass_time(call.world)
    return polling.again(call) if _going(call.world, key) else empty(200)


def list_pools(call: Call) -> Reply:
    """Answer the pools of an account by name, filtered and with selected members."""
    account = call.account()
    plane = schema.load("arm")
    query = call.request.query
    selected: tuple[odata.Path, ...] = ()
    if query.get("$select"):
        selected = odata.parse_select(query["$select"], lambda path: plane.has_path("Pool", path, call.version))
    keep = (
        odata.parse_filter(query["$filter"], lambda path, _: "/".join(path) in FILTERABLE)
        if query.get("$filter")
        else None
    )

    def view(pool: Pool) -> Json | None:
        shown = poolviews.view(account, pool, call.version)
        if keep is not None and not keep(shown):
            return None
        return odata.project(shown, (*_ALWAYS, *selected)) if selected else shown

    return listing(call, _sorted(call.world, account), view)


def disable_auto_scale(call: Call) -> Reply:
    """Scale a pool by hand again."""
    account = call.account()
    pool = pools.find_pool(call.world, account, call.names["pool"])
    pools.disable_auto_scale(call.world, account, pool)
    return _shown(call, account, pool)


def stop_resize(call: Call) -> Reply:
    """Stop the resize of a pool; its tag stays."""
    account = call.account()
    pool = pools.find_pool(call.world, account, call.names["pool"])
    pools.stop_resize(call.world, account, pool)
    return _shown(call, account, pool)


ROUTES = (
    Route("GET", f"{ACCOUNT}/pools", list_pools),
    Route("GET", f"{ACCOUNT}/pools/{{pool}}", get),
    Route("PUT", f"{ACCOUNT}/pools/{{pool}}", put),
    Route("PATCH", f"{ACCOUNT}/pools/{{pool}}", patch),
    Route("DELETE", f"{ACCOUNT}/pools/{{pool}}", delete),
    Route("POST", f"{ACCOUNT}/pools/{{pool}}/disableAutoScale", disable_auto_scale),
    Route("POST", f"{ACCOUNT}/pools/{{pool}}/stopResize", stop_resize),
    Route("GET", f"{ACCOUNT}/poolOperationResults/{{operation}}", poll),
)


def _sorted(world: World, account: Account) -> Iterable[tuple[tuple[str], Pool]]:
    keys = sorted(world.index.below("pools", (account.name.lower(),)))
    return (((key[1],), world.pools[key]) for key in keys)


def _shown(call: Call, account: Account, pool: Pool) -> Reply:
    return document(200, poolviews.view(account, pool, call.version), tagged(pool.modified))


def _going(world: World, key: Key) -> bool:
    pool = world.pools.get(key)
    return pool is not None and pool.state == "deleting"


def _check_conditions(call: Call, pool: Pool | None) -> None:
    """Raise 412 unless If-Match and If-None-Match hold; a pool that is not there matches nothing."""
    if pool is not None:
        conditions.check(call.request.headers, call.request.method, pool.modified)
    elif call.request.headers.get("if-match"):
        raise refuse("ConditionNotMet")


def _require_changeable(pool: Pool, wanted: Json, names: Iterable[str], version: str) -> None:
    """Raise PropertyCannotBeUpdated for what this pool may not change now, or no pool may in this api-version.

    Until 2024-07-01 only the live members, the scale and the communication mode could be changed at all.
    """
    for name in sorted(pools.WHEN_EMPTY.intersection(names)):
        if pools.same(name, wanted, pool.spec):
            continue
        changeable = version >= ALL_CHANGEABLE_SINCE or name == "targetNodeCommunicationMode"
        if not changeable or not pools.is_empty(pool):
            raise pools.not_updatable(name)


def _replace(world: World, account: Account, pool: Pool, body: poolbody.PoolBody, version: str) -> None:
    wanted = normalise_pool(body.spec)
    names = pools.LIVE | pools.WHEN_EMPTY
    changed = {name for name in names if not pools.same(name, wanted, pool.spec)}
    _require_changeable(pool, wanted, changed, version)
    scale = {name: wanted[name] for name in _SCALING if name in wanted}
    scale |= body.part(("nodeDeallocationOption",))
    moved = scale["enableAutoScale"] or _resized(pool, scale)
    if moved:
        _require_scalable(pool, scale)
    pools.patch_pool(world, account, pool, {name: wanted[name] for name in changed if name in wanted})
    for name in changed - wanted.keys():
        pool.spec.pop(name, None)
    pool.tags, pool.identity = body.tags, _identity(world, body.identity)
    if moved:
        _scale(world, account, pool, scale)


def _change(world: World, account: Account, pool: Pool, body: poolbody.PoolBody, version: str) -> None:
    _require_changeable(pool, normalise_pool({**pool.spec, **body.spec}), body.spec, version)
    scale = {name: value for name, value in body.spec.items() if name in _SCALING}
    _require_scalable(pool, scale)
    changes = {name: value for name, value in body.spec.items() if name not in _SCALING}
    if changes or not scale:
        pools.patch_pool(world, account, pool, changes)
    if body.tags is not None:
        pool.tags = body.tags
    if body.identity is not None:
        pool.identity = _identity(world, body.identity)
    if scale:
        _scale(world, account, pool, scale)


def _resized(pool: Pool, scale: Json) -> bool:
    given = (scale.get("targetDedicatedNodes"), scale.get("targetLowPriorityNodes"))
    return bool(pool.spec.get("enableAutoScale")) or given != (pool.target_dedicated, pool.target_low_priority)


def _require_scalable(pool: Pool, scale: Json) -> None:
    """Raise before anything is changed when the pool is resizing and the body asks for another resize."""
    if scale and not scale.get("enableAutoScale"):
        pools.require_steady(pool)


def _scale(world: World, account: Account, pool: Pool, scale: Json) -> None:
    if scale.get("enableAutoScale"):
        formula, interval = scale.get("autoScaleFormula"), scale.get("autoScaleEvaluationInterval")
        pools.enable_auto_scale(world, account, pool, formula, interval)
        return
    if pool.spec.get("enableAutoScale"):
        autoscale.disable(world, pools.key_of(pool), pool)
    targets = (scale.get("targetDedicatedNodes"), scale.get("targetLowPriorityNodes"))
    timeout, option = scale.get("resizeTimeout"), scale.get("nodeDeallocationOption")
    pools.resize_pool(world, account, pool, *targets, timeout, option)


def with_arm_names(act: Callable[[], T]) -> T:
    """Do something with a pool, and let a refusal name properties as ARM does."""
    try:
        return act()
    except ServiceError as error:
        named = dict(error.details).get("PropertyName")
        if named is None:
            raise
        path = poolmap.arm_paths((named,))[0]
        whole = error.code == "PropertyCannotBeUpdated"
        name = path[0 if whole else -1]
        details = [(key, name if key == "PropertyName" else value) for key, value in error.details]
        if whole:
            details.append(("PropertyPath", f"properties.{name}"))
        raise ServiceError(error.status, error.code, error.message, tuple(details), error.headers) from None


def _identity(world: World, given: Json | None) -> Json | None:
    """Return a pool's identity with the ids Entra would give it; None for the type `None`."""
    if not given or given.get("type") == "None":
        return None
    assigned = given.get("userAssignedIdentities") or {}
    ids = {
        each: {"principalId": world.guid("principal", each), "clientId": world.guid("client", each)}
        for each in assigned
    }
    return {"type": given["type"], "userAssignedIdentities": ids}
