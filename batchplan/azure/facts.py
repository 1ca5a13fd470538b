"""What an answer tells besides configuration: states, counts, errors, times."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Json = Mapping[str, Any]
Facts = dict[str, Any]


def facts_of(kind: str, answer: Json) -> Facts:
    """Return the facts of an object as Azure shows it; those it does not tell are left out."""
    return {name: value for name, value in _READERS[kind](answer).items() if value is not None}


def etag_of(kind: str, answer: Json, header: str | None = None) -> str | None:
    """Return what a conditional change names; accounts have none."""
    if kind == "account":
        return None
    return header or answer.get("etag") or answer.get("eTag")


def moment(text: str | None) -> datetime | None:
    """Return a time of the API, whose seconds have up to seven digits."""
    if not text:
        return None
    whole, _, rest = text.rstrip("Z").partition(".")
    fraction = rest[:6].ljust(6, "0") if rest else "000000"
    try:
        return datetime.fromisoformat(f"{whole}.{fraction}").replace(tzinfo=UTC)
    except ValueError:
        return None


def _account(answer: Json) -> Facts:
    properties = answer.get("properties") or {}
    return {
        "id": answer.get("id"),
        "provisioning_state": properties.get("provisioningState"),
        "account_endpoint": properties.get("accountEndpoint"),
        "node_management_endpoint": properties.get("nodeManagementEndpoint"),
        "principal_id": (answer.get("identity") or {}).get("principalId"),
        "tenant_id": (answer.get("identity") or {}).get("tenantId"),
        "dedicated_core_quota": properties.get("dedicatedCoreQuota"),
        "low_priority_core_quota": properties.get("lowPriorityCoreQuota"),
        "dedicated_core_quota_per_vm_family": [
            {"name": one.get("name"), "core_quota": one.get("coreQuota")}
            for one in properties.get("dedicatedCoreQuotaPerVMFamily") or ()
        ],
        "dedicated_core_quota_per_vm_family_enforced": properties.get("dedicatedCoreQuotaPerVMFamilyEnforced"),
        "pool_quota": properties.get("poolQuota"),
        "active_job_and_job_schedule_quota": properties.get("activeJobAndJobScheduleQuota"),
    }


def _application(answer: Json) -> Facts:
    return {"id": answer.get("id")}


def _package(answer: Json) -> Facts:
    properties = answer.get("properties") or {}
    return {
        "id": answer.get("id"),
        "state": properties.get("state"),
        "format": properties.get("format"),
        "last_activation_time": properties.get("lastActivationTime"),
    }


def _pool(answer: Json) -> Facts:
    properties = answer.get("properties") or {}
    resize = properties.get("resizeOperationStatus") or {}
    scale = properties.get("scaleSettings") or {}
    targets = scale.get("fixedScale") or resize
    run = properties.get("autoScaleRun")
    return {
        "id": answer.get("id"),
        "provisioning_state": properties.get("provisioningState"),
        "allocation_state": properties.get("allocationState"),
        "current_dedicated_nodes": properties.get("currentDedicatedNodes", 0),
        "current_low_priority_nodes": properties.get("currentLowPriorityNodes", 0),
        "target_dedicated_nodes": targets.get("targetDedicatedNodes", 0),
        "target_low_priority_nodes": targets.get("targetLowPriorityNodes", 0),
        "resize_errors": [problem(error) for error in resize.get("errors") or ()],
        "resize_started": moment(resize.get("startTime")),
        "auto_scale_run": run and {"results": run.get("results"), "error": run.get("error") and problem(run["error"])},
        "creation_time": properties.get("creationTime"),
        "last_modified": properties.get("lastModified"),
        "current_node_communication_mode": properties.get("currentNodeCommunicationMode"),
        "target_node_communication_mode": properties.get("targetNodeCommunicationMode"),
    }


def problem(error: Json) -> Facts:
    """Return an error of a pool: `code`, `message` and `values`, pairs of name and text."""
    details = [(item.get("code", ""), item.get("message", "")) for item in error.get("details") or ()]
    details += [(item.get("name", ""), item.get("value", "")) for item in error.get("values") or ()]
    return {"code": error.get("code", ""), "message": error.get("message", ""), "values": details}


def _job(answer: Json) -> Facts:
    execution = answer.get("executionInfo") or {}
    return {
        "state": answer.get("state"),
        "previous_state": answer.get("previousState"),
        "pool_id": execution.get("poolId"),
        "end_time": execution.get("endTime"),
        "terminate_reason": execution.get("terminateReason"),
        "scheduling_error": execution.get("schedulingError") and problem(execution["schedulingError"]),
        "creation_time": answer.get("creationTime"),
        "url": answer.get("url"),
    }


def _schedule(answer: Json) -> Facts:
    execution = answer.get("executionInfo") or {}
    return {
        "state": answer.get("state"),
        "previous_state": answer.get("previousState"),
        "next_run_time": execution.get("nextRunTime"),
        "recent_job": (execution.get("recentJob") or {}).get("id"),
        "end_time": execution.get("endTime"),
        "creation_time": answer.get("creationTime"),
        "url": answer.get("url"),
    }


_READERS: Mapping[str, Callable[[Json], Facts]] = {
    "account": _account,
    "application": _application,
    "application_package": _package,
    "pool": _pool,
    "job": _job,
    "job_schedule": _schedule,
}
