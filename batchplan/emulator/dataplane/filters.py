"""What each list can be filtered by: property path -> operators. Source: Microsoft Learn, "OData filters in Batch"."""

from collections.abc import Callable

from batchplan.emulator.wire.odata import Path

_SAME = "eq ne"
_ORDER = "eq ne ge gt le lt"
_NAME = "startswith eq ne ge gt le lt"
_CREATED = {"stateTransitionTime": _ORDER, "creationTime": _ORDER, "lastModified": _ORDER}


def _process(prefix: str) -> dict[str, str]:
    times = {f"{prefix}/{name}": _ORDER for name in ("startTime", "endTime", "exitCode")}
    return {f"{prefix}/state": _SAME, f"{prefix}/result": _SAME, **times}


FILTERS: dict[str, dict[str, str]] = {
    "BatchSupportedImage": {"osType": _SAME, "verificationType": _SAME, "nodeAgentSKUId": _SAME},
    "BatchNode": {
        "state": _SAME,
        "stateTransitionTime": _ORDER,
        "lastBootTime": _ORDER,
        "allocationTime": _ORDER,
        **_process("startTaskInfo"),
    },
    "BatchPoolNodeCounts": {"poolId": "eq"},
    "BatchNodeFile": {"name": "startswith"},
    "BatchJob": {
        "id": _NAME,
        "state": _SAME,
        **_CREATED,
        "executionInfo/startTime": _ORDER,
        "executionInfo/endTime": _ORDER,
        "executionInfo/poolId": _NAME,
    },
    "BatchJobSchedule": {
        "id": _NAME,
        "state": _SAME,
        **_CREATED,
        "executionInfo/endTime": _ORDER,
        "schedule/doNotRunUntil": _ORDER,
        "schedule/doNotRunAfter": _ORDER,
    },
    "BatchPool": {
        "id": _NAME,
        "state": _SAME,
        **_CREATED,
        "allocationState": _SAME,
        "allocationStateTransitionTime": _ORDER,
        "enableAutoScale": _SAME,
        "enableInterNodeCommunication": _SAME,
        "vmSize": _SAME,
    },
    "BatchJobPreparationAndReleaseTaskStatus": {
        "poolId": _SAME,
        "nodeId": _SAME,
        **_process("jobPreparationTaskExecutionInfo"),
        **_process("jobReleaseTaskExecutionInfo"),
    },
    "BatchTask": {
        "id": _NAME,
        "state": _SAME,
        **_CREATED,
        "executionInfo/startTime": _ORDER,
        "executionInfo/endTime": _ORDER,
        "executionInfo/exitCode": _ORDER,
        "executionInfo/result": _SAME,
    },
    "BatchPoolUsageMetrics": {"poolId": "startswith eq ge gt le lt"},
}


def allowed(kind: str) -> Callable[[Path, str], bool]:
    """Return a test of whether a list of a kind can be filtered by a path with an operator."""
    table = {path: frozenset(operators.split()) for path, operators in FILTERS.get(kind, {}).items()}
    return lambda path, operator: operator in table.get("/".join(path), ())
