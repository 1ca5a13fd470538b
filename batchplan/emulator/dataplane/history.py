"""Older api-versions: their bodies in canonical form, and the canonical form as they knew it.

Most differences are members that come or go; the schema knows those. Here is what was renamed or
filled in differently.
"""

import copy
from collections.abc import Iterator
from typing import Any

from batchplan.emulator.model import Json
from batchplan.emulator.wire.versions import at_least

MANAGED_DATA_DISKS = "2025-06-01"  # data disks name their storage in managedDisk from here on
NODE_COMMUNICATION = "2022-10-01"  # pools choose how their nodes talk to the service, until 2025-06-01
POOL_KINDS = frozenset({"BatchPool", "BatchPoolCreateOptions", "BatchPoolUpdateOptions"})
HOLDERS = POOL_KINDS | {
    "BatchJob",
    "BatchJobCreateOptions",
    "BatchJobUpdateOptions",
    "BatchJobSchedule",
    "BatchJobScheduleCreateOptions",
    "BatchJobScheduleUpdateOptions",
}


def raised(kind: str, body: Json, version: str) -> Json:
    """Return a body of an older version in the canonical form; the body may be changed."""
    if kind == "BatchPoolReplaceOptions" and at_least(version, NODE_COMMUNICATION):
        body.setdefault("targetNodeCommunicationMode", "default")  # recorded: it shows from then on
    if kind not in HOLDERS:
        return body
    for pool in _pools(kind, body):
        service = pool.get("cloudServiceConfiguration")
        if service is not None:
            service.setdefault("osVersion", "*")
            for user in pool.get("userAccounts") or []:  # recorded; such pools run Windows
                user.setdefault("windowsUserConfiguration", {}).setdefault("loginMode", "interactive")
        if not at_least(version, MANAGED_DATA_DISKS):
            for disk in _data_disks(pool):
                storage = disk.pop("storageAccountType", None)
                if storage is not None:
                    disk["managedDisk"] = {"storageAccountType": storage}
    return body


def lowered(kind: str, view: Json, version: str) -> Json:
    """Return a view as an older version has it; the view itself stays as it is."""
    if kind not in HOLDERS or at_least(version, MANAGED_DATA_DISKS):
        return view
    if not any(True for pool in _pools(kind, view) for _ in _data_disks(pool)):
        return view
    view = copy.deepcopy(view)
    for pool in _pools(kind, view):
        for disk in _data_disks(pool):
            storage = disk.get("managedDisk", {}).get("storageAccountType")
            if storage is not None:
                disk["storageAccountType"] = storage
    return view


def _pools(kind: str, holder: Json) -> Iterator[Json]:
    if kind in POOL_KINDS:
        yield holder
        return
    specification: Any = holder.get("jobSpecification", holder)
    pool = specification.get("poolInfo", {}).get("autoPoolSpecification", {}).get("pool")
    if pool is not None:
        yield pool


def _data_disks(pool: Json) -> list[Json]:
    disks: list[Json] = pool.get("virtualMachineConfiguration", {}).get("dataDisks") or []
    return disks
