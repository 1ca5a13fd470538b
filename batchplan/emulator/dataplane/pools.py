"""Operations on pools."""

from batchplan.emulator.dataplane import checks, views
from batchplan.emulator.dataplane.call import Call, created, entity, listing, shown, written
from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Pool
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import pools


def _pool(call: Call, *, conditional: bool = True) -> Pool:
    """Return the pool of the path, if the request's conditions hold for it."""
    pool = pools.find_pool(call.world, call.account, call.args["pool"])
    if conditional:
        call.require(pool.modified)
    return pool


def create(call: Call) -> Reply:
    """POST /pools"""
    spec = call.body("BatchPoolCreateOptions")
    checks.pool(call, spec)
    pool = pools.create_pool(call.world, call.account, spec)
    return created(call, pool.modified, "pools", pool.id)


def list_all(call: Call) -> Reply:
    """GET /pools, by id"""
    keys = sorted(call.world.index.below("pools", (call.key,)))
    entries = ((key[1:], call.world.pools[key]) for key in keys)
    return listing(call, "pools", "BatchPool", entries, lambda pool: views.pool(call, pool))


def get(call: Call) -> Reply:
    """GET and HEAD /pools/{pool}"""
    pool = _pool(call)
    return entity(call, "pools/@Element", "BatchPool", views.pool(call, pool), pool.modified)


def exists(call: Call) -> Reply:
    """HEAD /pools/{pool}"""
    reply = get(call)
    reply.headers.pop("Content-Type")
    return reply


def patch(call: Call) -> Reply:
    """PATCH /pools/{pool}"""
    changes = call.body("BatchPoolUpdateOptions")
    pool = _pool(call)
    checks.pool(call, changes)
    pools.patch_pool(call.world, call.account, pool, changes)
    return written(call, 200, pool.modified)


def replace(call: Call) -> Reply:
    """POST /pools/{pool}/updateproperties"""
    body = call.body("BatchPoolReplaceOptions")
    pool = _pool(call)
    pools.replace_pool_properties(call.world, call.account, pool, body)
    return written(call, 204, pool.modified)


def delete(call: Call) -> Reply:
    """DELETE /pools/{pool}"""
    pools.delete_pool(call.world, call.account, _pool(call))
    return written(call, 202, traced=False)


def enable_auto_scale(call: Call) -> Reply:
    """POST /pools/{pool}/enableautoscale"""
    body = call.body("BatchPoolEnableAutoScaleOptions", optional=True)
    pool = _pool(call)
    formula, interval = body.get("autoScaleFormula"), body.get("autoScaleEvaluationInterval")
    pools.enable_auto_scale(call.world, call.account, pool, formula, interval, at_once=False)
    return written(call, 200, pool.modified)


def disable_auto_scale(call: Call) -> Reply:
    """POST /pools/{pool}/disableautoscale"""
    pool = _pool(call, conditional=False)
    pools.disable_auto_scale(call.world, call.account, pool)
    return written(call, 200, pool.modified)


def evaluate_auto_scale(call: Call) -> Reply:
    """POST /pools/{pool}/evaluateautoscale"""
    formula = call.body("BatchPoolEvaluateAutoScaleOptions")["autoScaleFormula"]
    pool = _pool(call, conditional=False)
    run = pools.evaluate_auto_scale(call.world, call.account, pool, formula)
    reply = shown(call, "Microsoft.Azure.Batch.Protocol.Entities.AutoScaleRun", run)
    reply.headers["DataServiceId"] = call.url("pools", pool.id, "evaluateautoscale")
    return reply


def resize(call: Call) -> Reply:
    """POST /pools/{pool}/resize"""
    body = call.body("BatchPoolResizeOptions")
    pool = _pool(call)
    if "targetDedicatedNodes" not in body and "targetLowPriorityNodes" not in body:
        raise refuse("MissingRequiredProperty", ("PropertyName", "targetDedicatedNodes"))
    pools.resize_pool(
        call.world,
        call.account,
        pool,
        body.get("targetDedicatedNodes"),
        body.get("targetLowPriorityNodes"),
        body.get("resizeTimeout"),
        body.get("nodeDeallocationOption"),
    )
    return written(call, 202, pool.modified)


def stop_resize(call: Call) -> Reply:
    """POST /pools/{pool}/stopresize"""
    pool = _pool(call)
    pools.stop_resize(call.world, call.account, pool)
    return written(call, 202, pool.modified)


def remove_nodes(call: Call) -> Reply:
    """POST /pools/{pool}/removenodes"""
    body = call.body("BatchNodeRemoveOptions")
    pool = _pool(call)
    pools.remove_nodes(
        call.world,
        call.account,
        pool,
        body["nodeList"],
        body.get("resizeTimeout"),
        body.get("nodeDeallocationOption"),
    )
    return written(call, 202, pool.modified)
