"""Operations on nodes."""

from batchplan.emulator.dataplane import nodeviews
from batchplan.emulator.dataplane.call import Call, created, entity, listing, shown, written
from batchplan.emulator.errors import refuse
from batchplan.emulator.model import Node, Pool
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.wire.versions import at_least
from batchplan.emulator.world import nodes, pools

_ALWAYS = "virtualMachineInfo"  # recorded: `$select` of a node never leaves it out
_VM_REIMAGE = "2024-07-01"  # before it only pools of cloud services could be reimaged (recorded 2023)


def _pool(call: Call) -> Pool:
    return pools.find_pool(call.world, call.account, call.args["pool"])


def _node(call: Call) -> tuple[Pool, Node]:
    pool = _pool(call)
    return pool, nodes.find_node(call.world, call.account, pool, call.args["node"])


def list_all(call: Call) -> Reply:
    """GET /pools/{pool}/nodes, by id"""
    pool = _pool(call)
    found = nodes.nodes_of(call.world, call.account, pool)
    entries = (((node.id.lower(),), node) for node in found)
    return listing(call, "nodes", "BatchNode", entries, lambda node: nodeviews.node(call, pool, node), always=_ALWAYS)


def get(call: Call) -> Reply:
    """GET /pools/{pool}/nodes/{node}"""
    pool, node = _node(call)
    return entity(call, "nodes/@Element", "BatchNode", nodeviews.node(call, pool, node), always=_ALWAYS)


def reboot(call: Call) -> Reply:
    """POST .../reboot"""
    body = call.body("BatchNodeRebootOptions", optional=True)
    _, node = _node(call)
    nodes.reboot_node(call.world, call.account, node, body.get("nodeRebootOption"))
    return written(call, 202)


def reimage(call: Call) -> Reply:
    """POST .../reimage"""
    body = call.body("BatchNodeReimageOptions", optional=True)
    pool, node = _node(call)
    if not at_least(call.version, _VM_REIMAGE) and "cloudServiceConfiguration" not in pool.spec:
        reason = "Operation reimage can be invoked only on pools created with cloudServiceConfiguration"
        raise refuse("OperationNotValidOnNode", ("Reason", reason))
    nodes.reimage_node(call.world, call.account, node, body.get("nodeReimageOption"))
    return written(call, 202)


def start(call: Call) -> Reply:
    """POST .../start"""
    _, node = _node(call)
    nodes.start_node(call.world, call.account, node)
    return written(call, 202)


def deallocate(call: Call) -> Reply:
    """POST .../deallocate"""
    body = call.body("BatchNodeDeallocateOptions", optional=True)
    _, node = _node(call)
    nodes.deallocate_node(call.world, call.account, node, body.get("nodeDeallocateOption"))
    return written(call, 202)


def disable_scheduling(call: Call) -> Reply:
    """POST .../disablescheduling"""
    body = call.body("BatchNodeDisableSchedulingOptions", optional=True)
    _, node = _node(call)
    nodes.disable_scheduling(call.world, call.account, node, body.get("nodeDisableSchedulingOption"))
    return written(call, 200)


def enable_scheduling(call: Call) -> Reply:
    """POST .../enablescheduling"""
    _, node = _node(call)
    nodes.enable_scheduling(call.world, call.account, node)
    return written(call, 200)


def upload_logs(call: Call) -> Reply:
    """POST .../uploadbatchservicelogs"""
    call.body("UploadBatchServiceLogsOptions")
    pool, node = _node(call)
    result = nodes.upload_logs(call.world, call.account, pool, node, call.request_id)
    return shown(call, "Microsoft.Azure.Batch.Protocol.Entities.UploadBatchServiceLogsResult", result)


def remote_login(call: Call) -> Reply:
    """GET .../remoteloginsettings"""
    pool, node = _node(call)
    settings = nodeviews.remote_login(pool, node)
    if settings is None:
        raise refuse("OperationNotValidOnNode", ("Reason", "The nodes of this pool have no public IP addresses"))
    reply = entity(
        call, "Microsoft.Azure.Batch.Protocol.Entities.RemoteLoginSettings", "BatchNodeRemoteLoginSettings", settings
    )
    reply.headers["DataServiceId"] = call.url("pools", pool.id, "nodes", node.id, "remoteloginsettings")
    return reply


def create_user(call: Call) -> Reply:
    """POST .../users"""
    body = call.body("BatchNodeUserCreateOptions")
    pool, node = _node(call)
    nodes.create_user(call.world, call.account, node, body)
    return created(call, None, "pools", pool.id, "nodes", node.id, "users", body["name"])


def replace_user(call: Call) -> Reply:
    """PUT .../users/{user}"""
    body = call.body("BatchNodeUserReplaceOptions")
    _, node = _node(call)
    nodes.replace_user(call.world, call.account, node, call.args["user"], body)
    return written(call, 200)


def delete_user(call: Call) -> Reply:
    """DELETE .../users/{user}"""
    _, node = _node(call)
    nodes.delete_user(call.world, call.account, node, call.args["user"])
    return written(call, 200, traced=False)


def list_extensions(call: Call) -> Reply:
    """GET .../extensions"""
    pool, node = _node(call)
    found = nodes.extensions(call.world, call.account, pool, node)
    entries = (((number,), each) for number, each in enumerate(found))
    return listing(call, "extensions", "BatchNodeVMExtension", entries, lambda each: each)


def get_extension(call: Call) -> Reply:
    """GET .../extensions/{extension}"""
    pool, node = _node(call)
    found = nodes.find_extension(call.world, call.account, pool, node, call.args["extension"])
    return entity(call, "extensions/@Element", "BatchNodeVMExtension", found)
