"""Pools as ARM shows them, per api-version."""

from collections.abc import Callable
from functools import cache
from typing import Any

from batchplan.emulator import ticks
from batchplan.emulator.arm.poolmap import SECRET, Path, arm_paths, leaves, plant
from batchplan.emulator.model import Account, Json, Pool, ResizeError
from batchplan.emulator.wire import schema
from batchplan.emulator.world.accounts import resource_id

# What the view says from the pool's own fields, or not at all.
OWN = frozenset(
    {
        "id",
        "displayName",
        "vmSize",
        "enableAutoScale",
        "autoScaleFormula",
        "autoScaleEvaluationInterval",
        "targetDedicatedNodes",
        "targetLowPriorityNodes",
        "resizeTimeout",
        "nodeDeallocationOption",
    }
)
# Sizes of cloud services are words and keep a capital only (recorded 2020 - 2022).
CLOUD_SERVICE_SIZES = {size.lower(): size for size in ("ExtraSmall", "Small", "Medium", "Large", "ExtraLarge")}


def view(account: Account, pool: Pool, version: str) -> Json:
    """Return a pool's resource as an api-version shows it. The caller may add members, but not change what is inside."""
    members = schema.load("arm").shape("Pool", version).members
    resource: Json = {
        "id": f"{resource_id(account)}/pools/{pool.id}",
        "name": pool.id,
        "type": "Microsoft.Batch/batchAccounts/pools",
        "etag": f'W/"{ticks.etag(pool.modified)}"',
        "properties": properties(account, pool, version),
    }
    if pool.identity and pool.identity.get("type") != "None":
        resource["identity"] = pool.identity
    if pool.tags is not None and "tags" in members:
        resource["tags"] = pool.tags
    return resource


def properties(account: Account, pool: Pool, version: str) -> Json:
    """Return the properties of a pool that an api-version has, in the recorded order."""
    plane = schema.load("arm")
    first: Json = {
        "displayName": pool.spec.get("displayName"),
        "lastModified": ticks.isoformat(pool.modified),
        "creationTime": ticks.isoformat(pool.created),
        "provisioningState": "Deleting" if pool.state == "deleting" else "Succeeded",
        "provisioningStateTransitionTime": ticks.isoformat(pool.state_changed),
        "allocationState": pool.allocation_state.capitalize(),
        "allocationStateTransitionTime": ticks.isoformat(pool.allocation_changed),
        "vmSize": vm_size(pool.spec.get("vmSize", "")),
    }
    last: Json = {
        "scaleSettings": _scale_settings(pool),
        "resizeOperationStatus": _resize_status(pool),
        "currentDedicatedNodes": pool.current_dedicated,
        "currentLowPriorityNodes": pool.current_low_priority,
        "autoScaleRun": _auto_scale_run(pool.auto_scale_run),
    }
    if pool.current_dedicated + pool.current_low_priority:
        last["currentNodeCommunicationMode"] = "Simplified"
    return {
        **plane.encode("PoolProperties", first, version),
        **_settled(account, pool, version),
        **plane.encode("PoolProperties", last, version),
    }


# What a spec looks like, by its identity: spec, time of its last change, and the view of each api-version.
_Seen = tuple[Json, int, dict[str, Json]]
_SEEN: dict[int, _Seen] = {}
_MOST_SEEN = 4096


def _settled(account: Account, pool: Pool, version: str) -> Json:
    """Return the part of a view that changes only when the pool is written, made once after each write."""
    seen = _SEEN.get(id(pool.spec))
    if seen is None or seen[0] is not pool.spec or seen[1] != pool.modified:
        if len(_SEEN) >= _MOST_SEEN:
            _SEEN.clear()
        seen = _SEEN[id(pool.spec)] = (pool.spec, pool.modified, {})
    shown = seen[2].get(version)
    if shown is None:
        whole = writable(pool.spec, account)
        shown = seen[2][version] = schema.load("arm").encode("PoolProperties", whole, version)
    return shown


def writable(spec: Json, account: Account) -> Json:
    """Return the members of a canonical spec under ARM's names and in its case, but for size, scale and secrets."""
    shown: Json = {}
    for path, places, value in leaves({name: item for name, item in spec.items() if name not in OWN}):
        if path[-1] in SECRET or path[-1] == "thumbprintAlgorithm":
            continue
        for target in arm_paths(path):
            plant(shown, target, places, _told(path, target, value, account))
    return shown


def vm_size(size: str) -> str:
    """Return a VM size in ARM's case (recorded: `Standard_A1` comes back `STANDARD_A1`)."""
    return CLOUD_SERVICE_SIZES.get(size.lower(), size.upper())


def _told(path: Path, target: Path, value: Any, account: Account) -> Any:
    tell = _TELL.get(path)
    if tell is not None:
        return tell(value, account)
    spelling = _enum_at(target)
    return spelling.get(value.lower(), value) if spelling and isinstance(value, str) else value


_TELL: dict[Path, Callable[[Any, Account], Any]] = {
    ("enableInterNodeCommunication",): lambda value, _: "Enabled" if value else "Disabled",
    ("applicationPackageReferences", "[]", "applicationId"): lambda value, account: (
        f"{resource_id(account)}/applications/{value}"
    ),
    ("certificateReferences", "[]", "thumbprint"): lambda value, account: (
        f"{resource_id(account)}/certificates/sha1-{value}"
    ),
}


@cache
def _enum_at(path: Path) -> dict[str, str] | None:
    """Return the spelling of the enum at an ARM path below `properties`, whichever api-version has it."""
    plane = schema.load("arm")
    kind = "PoolProperties"
    for name in (part for part in path if part != "[]"):
        shapes = (plane.shape(kind, version) for version in reversed(plane.versions))
        member = next((shape.members[name] for shape in shapes if name in shape.members), None)
        if member is None:
            return None
        kind = member.kind
        if kind in plane.enums:
            return plane.enums[kind]
        if member.mapping or kind == "object":
            return None
    return None


def _scale_settings(pool: Pool) -> Json:
    if pool.spec.get("enableAutoScale"):
        auto = {
            "formula": pool.spec.get("autoScaleFormula"),
            "evaluationInterval": pool.spec.get("autoScaleEvaluationInterval", "PT15M"),
        }
        return {"autoScale": auto}
    fixed = {
        "targetDedicatedNodes": pool.target_dedicated,
        "targetLowPriorityNodes": pool.target_low_priority,
        "resizeTimeout": pool.resize_timeout,
    }
    return {"fixedScale": fixed}


def _resize_status(pool: Pool) -> Json | None:
    """Return the last resize: kept once steady, hidden while autoscale moves the pool; no spot target when it is 0."""
    asked = pool.resize_operation
    if asked is None:
        return None
    if pool.allocation_state == "resizing" and (
        pool.spec.get("enableAutoScale") or asked["startTime"] != pool.resize_started
    ):
        return None
    status: Json = {
        "targetDedicatedNodes": asked["targetDedicatedNodes"],
        "targetLowPriorityNodes": asked["targetLowPriorityNodes"] or None,
        "nodeDeallocationOption": _DEALLOCATION[asked["nodeDeallocationOption"].lower()],
        "resizeTimeout": asked["resizeTimeout"],
        "startTime": ticks.isoformat(asked["startTime"]),
    }
    if pool.resize_errors and pool.allocation_state == "steady":
        status["errors"] = [_resize_error(error) for error in pool.resize_errors]
    return status


_DEALLOCATION = schema.load("arm").enums["ComputeNodeDeallocationOption"]


def _resize_error(error: ResizeError) -> Json:
    shown: Json = {"code": error.code, "message": error.message}
    if error.values:
        shown["details"] = [{"code": name, "message": value} for name, value in error.values]
    return shown


def _auto_scale_run(run: Json | None) -> Json | None:
    if not run:
        return None
    shown = {"evaluationTime": run["timestamp"], "results": run.get("results")}
    if error := run.get("error"):
        details = [{"code": item.get("name"), "message": item.get("value")} for item in error.get("values", ())]
        shown["error"] = {"code": error["code"], "message": error["message"], "details": details}
    return shown
