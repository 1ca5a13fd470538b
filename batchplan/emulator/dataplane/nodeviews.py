"""Nodes, their endpoints, files and extensions as JSON."""

import hashlib
import uuid

from batchplan.emulator.dataplane.call import Call
from batchplan.emulator.dataplane.views import public, time
from batchplan.emulator.model import Json, Node, Pool
from batchplan.emulator.world.defaults import is_windows

_FIRST_PORT = 50_000
# Recorded of a pool of cloud services, which older api-versions still make.
_CLOUD_SERVICE_LOGIN: Json = {
    "name": "Microsoft.WindowsAzure.Plugins.RemoteForwarder.RdpInput",
    "protocol": "tcp",
    "frontendPort": 3389,
    "backendPort": 20000,
}


def node(call: Call, pool: Pool, entity: Node) -> Json:
    """Return a node of a pool."""
    reported = entity.last_boot is not None
    running = [call.world.tasks[call.key, *task] for task in entity.running_tasks]
    view: Json = {
        "id": entity.id,
        "url": call.url("pools", pool.id, "nodes", entity.id),
        "state": entity.state,
        "schedulingState": entity.scheduling,
        "stateTransitionTime": time(entity.state_changed),
        "lastBootTime": time(entity.last_boot),
        "allocationTime": time(entity.allocated),
        "ipAddress": entity.ip,
        "ipv6Address": _ipv6(entity) if dual_stack(pool) else None,
        "affinityId": f"TVM:{entity.id}",
        "vmSize": entity.vm_size.lower(),
        "totalTasksRun": entity.total_tasks_run,
        "totalTasksSucceeded": entity.total_tasks_succeeded,
        "runningTasksCount": len(running),
        "runningTaskSlotsCount": sum(int(task.spec.get("requiredSlots") or 1) for task in running),
        "recentTasks": [_recent(call, each) for each in entity.recent_tasks] or None,
        "startTask": public(entity.start_task),
        "startTaskInfo": entity.start_task_info,
        "certificateReferences": pool.spec.get("certificateReferences", []) if reported else None,
        "errors": entity.errors or None,
        "isDedicated": entity.dedicated,
        "endpointConfiguration": endpoints(call, pool, entity),
    }
    if reported and entity.agent_version is not None:
        view["nodeAgentInfo"] = {"lastUpdateTime": time(entity.agent_updated), "version": entity.agent_version}
    view["virtualMachineInfo"] = _machine(pool)
    return {name: value for name, value in view.items() if value is not None}


def dual_stack(pool: Pool) -> bool:
    """Return whether a pool's nodes have IPv6 addresses besides."""
    network = pool.spec.get("networkConfiguration") or {}
    families = (network.get("publicIPAddressConfiguration") or {}).get("ipFamilies") or []
    return "ipv6" in {str(family).lower() for family in families}


def public_address(pool: Pool) -> str | None:
    """Return the pool's public address, the same for the pool's life; None when it has none."""
    network = pool.spec.get("networkConfiguration") or {}
    provision = str((network.get("publicIPAddressConfiguration") or {}).get("provision") or "").lower()
    if provision == "nopublicipaddresses":
        return None
    digest = _digest(pool)
    return f"20.{digest[0]}.{digest[1]}.{1 + digest[2] % 254}"


def login_port(entity: Node) -> int:
    """Return the public port of a node's SSH or RDP endpoint."""
    return _FIRST_PORT + entity.ordinal


def endpoints(call: Call, pool: Pool, entity: Node) -> Json | None:
    """Return how a node is reached from outside: the pool's NAT pools, then SSH or RDP (recorded order)."""
    if "cloudServiceConfiguration" in pool.spec:
        return {"inboundEndpoints": [dict(_CLOUD_SERVICE_LOGIN)]}
    address = public_address(pool)
    if address is None:
        return None
    where = {"publicIPAddress": address, "publicFQDN": _public_name(call, pool)}
    login = 3389 if is_windows(pool.spec) else 22
    network = pool.spec.get("networkConfiguration") or {}
    pools = (network.get("endpointConfiguration") or {}).get("inboundNATPools") or []
    inbound = [
        _endpoint(nat["name"], entity, nat["protocol"], where, nat["frontendPortRangeStart"], nat["backendPort"])
        for nat in pools
    ]
    return {"inboundEndpoints": [*inbound, _endpoint("SSHRule", entity, "tcp", where, _FIRST_PORT, login)]}


def _endpoint(name: str, entity: Node, protocol: str, where: Json, first_port: int, backend: int) -> Json:
    return {
        "name": f"{name}.{entity.ordinal}",
        "protocol": protocol,
        **where,
        "frontendPort": first_port + entity.ordinal,
        "backendPort": backend,
    }


def _public_name(call: Call, pool: Pool) -> str:
    guid = uuid.UUID(bytes=_digest(pool)[:16])
    return f"dns{guid}-azurebatch-cloudservice.{call.account.location}.cloudapp.azure.com"


def remote_login(pool: Pool, entity: Node) -> Json | None:
    """Return the settings for a remote login, or None when the node has no public address."""
    address = public_address(pool)
    if address is None:
        return None
    view: Json = {}
    if dual_stack(pool):
        view = {"ipv6RemoteLoginIPAddress": _ipv6(entity), "ipv6RemoteLoginPort": login_port(entity)}
    return {**view, "remoteLoginIPAddress": address, "remoteLoginPort": login_port(entity)}


def _ipv6(entity: Node) -> str:
    return f"fd00::{entity.ordinal + 4:x}"


def _digest(pool: Pool) -> bytes:
    return hashlib.sha256(f"{pool.account}/{pool.id.lower()}/{pool.created}".encode()).digest()


def _recent(call: Call, entry: Json) -> Json:
    return {"taskUrl": call.url("jobs", str(entry["jobId"]), "tasks", str(entry["taskId"])), **entry}


def _machine(pool: Pool) -> Json:
    configuration = pool.spec.get("virtualMachineConfiguration")
    if configuration is None:
        return {}
    image = dict(configuration.get("imageReference") or {})
    if "publisher" in image:
        version = str(image.get("version") or "latest")
        image["exactVersion"] = version
    return {"imageReference": image}
