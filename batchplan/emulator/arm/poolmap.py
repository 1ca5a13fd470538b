"""Where ARM and the data plane name the same member of a pool differently.

The pool's canonical spec has the data plane's names and lower-case enums; ARM's properties are a
view of it. `MOVED` is the whole of the structural difference: a member that no row names, and that
no row's prefix covers, has one path on both sides. Paths are dotted; `[]` stands for the items of
a list. Source: the two planes' schemas at 2025-06-01, and those of ARM back to 2022-01-01.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from batchplan.emulator.model import Json

Path = tuple[str, ...]

VM_CONFIGURATION = "deploymentConfiguration.virtualMachineConfiguration"

# ARM path -> canonical path. The longest prefix counts.
MOVED = {
    "deploymentConfiguration": "",
    f"{VM_CONFIGURATION}.imageReference.id": "virtualMachineConfiguration.imageReference.virtualMachineImageId",
    f"{VM_CONFIGURATION}.nodeAgentSkuId": "virtualMachineConfiguration.nodeAgentSKUId",
    f"{VM_CONFIGURATION}.dataDisks[].storageAccountType": (
        "virtualMachineConfiguration.dataDisks[].managedDisk.storageAccountType"  # until 2024-07-01
    ),
    "scaleSettings": "",
    "scaleSettings.fixedScale": "",
    "scaleSettings.autoScale": "",
    "scaleSettings.autoScale.formula": "autoScaleFormula",
    "scaleSettings.autoScale.evaluationInterval": "autoScaleEvaluationInterval",
    "interNodeCommunication": "enableInterNodeCommunication",
    "applicationPackages": "applicationPackageReferences",
    "applicationPackages[].id": "applicationPackageReferences[].applicationId",
    "certificates": "certificateReferences",  # until 2024-07-01
    "certificates[].id": "certificateReferences[].thumbprint",
    "networkConfiguration.dynamicVnetAssignmentScope": "networkConfiguration.dynamicVNetAssignmentScope",
    "networkConfiguration.endpointConfiguration.inboundNatPools": (
        "networkConfiguration.endpointConfiguration.inboundNATPools"
    ),
    "startTask.userIdentity.userName": "startTask.userIdentity.username",
    "mountConfiguration[].cifsMountConfiguration.userName": "mountConfiguration[].cifsMountConfiguration.username",
}
# Where older api-versions keep a member: a view holds it in both places, and the version's schema picks.
EARLIER = {
    "networkConfiguration.dynamicVNetAssignmentScope": "networkConfiguration.dynamicVNetAssignmentScope",
    "mountConfiguration[].cifsMountConfiguration.username": "mountConfiguration[].cifsMountConfiguration.username",
    "virtualMachineConfiguration.dataDisks[].managedDisk.storageAccountType": (
        f"{VM_CONFIGURATION}.dataDisks[].storageAccountType"
    ),
}
# Canonical paths that several ARM paths lead to: where the view puts them.
HOME = {
    "virtualMachineConfiguration": VM_CONFIGURATION,
    "cloudServiceConfiguration": "deploymentConfiguration.cloudServiceConfiguration",
    "virtualMachineConfiguration.dataDisks[].managedDisk.storageAccountType": (
        f"{VM_CONFIGURATION}.dataDisks[].managedDisk.storageAccountType"
    ),
    "targetDedicatedNodes": "scaleSettings.fixedScale.targetDedicatedNodes",
    "targetLowPriorityNodes": "scaleSettings.fixedScale.targetLowPriorityNodes",
    "resizeTimeout": "scaleSettings.fixedScale.resizeTimeout",
    "nodeDeallocationOption": "scaleSettings.fixedScale.nodeDeallocationOption",
}
# Members whose value is JSON of the caller's own.
OPAQUE = frozenset({"settings", "protectedSettings", "resourceTags"})
# Accepted and kept, never returned.
SECRET = frozenset({"password", "accountKey", "sasKey", "sshPrivateKey", "protectedSettings"})


def segments(path: str) -> Path:
    """Return a dotted path as segments, `[]` being one of its own."""
    return tuple(path.replace("[]", ".[]").split(".")) if path else ()


_TO_CANONICAL = {segments(arm): segments(dp) for arm, dp in MOVED.items()}
_EARLIER = {segments(dp): segments(arm) for dp, arm in EARLIER.items()}
_TO_ARM = {segments(dp): segments(arm) for arm, dp in MOVED.items() if dp} | {
    segments(dp): segments(arm) for dp, arm in HOME.items()
}


@cache
def canonical_path(arm: Path) -> Path:
    """Return the canonical path of an ARM path below `properties`; empty for a container that has none."""
    return _moved(arm, _TO_CANONICAL)


@cache
def arm_paths(canonical: Path) -> tuple[Path, ...]:
    """Return the ARM paths of a canonical path: the latest version's, then an older one's if it differs."""
    latest = _moved(canonical, _TO_ARM)
    return (latest, _EARLIER[canonical]) if canonical in _EARLIER else (latest,)


def _moved(path: Path, rows: dict[Path, Path]) -> Path:
    for length in range(len(path), 0, -1):
        if (target := rows.get(path[:length])) is not None:
            return target + path[length:]
    return path


def leaves(value: Json) -> Iterator[tuple[Path, tuple[int, ...], Any]]:
    """Yield pattern, list positions and value of everything that has no members: scalars, empty and opaque values.

    Members that are null are left out: on both planes they mean "not given".
    """
    stack: list[tuple[Path, tuple[int, ...], Any]] = [((), (), value)]
    while stack:
        path, places, node = stack.pop()
        if isinstance(node, dict) and not (path and path[-1] in OPAQUE):
            members = [(name, child) for name, child in node.items() if child is not None]
            stack.extend(((*path, name), places, child) for name, child in reversed(members))
            if not members and path:
                yield path, places, {}
        elif isinstance(node, list) and node:
            count = len(node)
            stack.extend(((*path, "[]"), (*places, count - 1 - i), child) for i, child in enumerate(reversed(node)))
        elif path:
            yield path, places, node


def plant(tree: Json, path: Path, places: tuple[int, ...], value: object) -> None:
    """Set a leaf in a tree, making the objects and lists on its way; list positions come in order."""
    node: Any = tree
    position = iter(places)
    for here, following in zip(path, (*path[1:], None), strict=True):
        fresh: Any = value if following is None else [] if following == "[]" else {}
        if here == "[]":
            index = next(position)
            while len(node) <= index:
                node.append(fresh if len(node) == index else {})
            node = node[index]
        else:
            if following is None:
                node[here] = value
            node = node.setdefault(here, fresh)
