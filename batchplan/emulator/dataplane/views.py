"""Pools, jobs and job schedules as JSON, in the member order the service writes. Secrets are never shown."""

from collections.abc import Iterable
from typing import Any

from batchplan.emulator import ticks
from batchplan.emulator.dataplane.call import Call
from batchplan.emulator.model import Job, JobSchedule, Json, Pool, Task

SECRETS = frozenset({"password", "accountKey", "sasKey", "sshPrivateKey", "sshPublicKey", "protectedSettings"})


def time(moment: int | None) -> str | None:
    """Return a moment as the service writes it."""
    return None if moment is None else ticks.isoformat(moment)


def public(value: Any) -> Any:
    """Return a value without the secrets in it."""
    match value:
        case dict():
            return {name: public(item) for name, item in value.items() if name not in SECRETS}
        case list():
            return [public(item) for item in value]
        case _:
            return value


def taken(spec: Json, names: Iterable[str]) -> Json:
    """Return the members of a spec that are set, in the order of the names."""
    return {name: public(spec[name]) for name in names if spec.get(name) is not None}


def head(call: Call, entity: Pool | Job | JobSchedule | Task, *parts: str) -> Json:
    """Return what every stored entity begins with."""
    view: Json = {"id": entity.id}
    if entity.spec.get("displayName") is not None:
        view["displayName"] = entity.spec["displayName"]
    view["url"] = call.url(*parts)
    view["eTag"] = ticks.etag(entity.modified)
    times = {"lastModified": time(entity.modified), "creationTime": time(entity.created)}
    view |= dict(reversed(times.items())) if isinstance(entity, Task) else times
    view["state"] = entity.state
    view["stateTransitionTime"] = time(entity.state_changed)
    if not isinstance(entity, Pool) and entity.previous_state is not None:
        view["previousState"] = entity.previous_state
        view["previousStateTransitionTime"] = time(entity.previous_changed)
    return view


_POOL_BEFORE_TASKS = (
    "enableInterNodeCommunication",
    "startTask",
    "userAccounts",
    "certificateReferences",
    "applicationPackageReferences",
    "applicationLicenses",
    "metadata",
    "taskSlotsPerNode",
    "taskSchedulingPolicy",
    "virtualMachineConfiguration",
    "cloudServiceConfiguration",
    "networkConfiguration",
    "mountConfiguration",
    "upgradePolicy",
    "resourceTags",
    "targetNodeCommunicationMode",
)


def pool(call: Call, entity: Pool) -> Json:
    """Return a pool."""
    spec = entity.spec
    view = head(call, entity, "pools", entity.id)
    view["allocationState"] = entity.allocation_state
    view["allocationStateTransitionTime"] = time(entity.allocation_changed)
    view["vmSize"] = spec["vmSize"]
    view["resizeTimeout"] = entity.resize_timeout
    view["currentDedicatedNodes"] = entity.current_dedicated
    view["targetDedicatedNodes"] = entity.target_dedicated
    view["currentLowPriorityNodes"] = entity.current_low_priority
    view["targetLowPriorityNodes"] = entity.target_low_priority
    if entity.resize_errors and entity.allocation_state == "steady":
        view["resizeErrors"] = [_resize_error(error) for error in entity.resize_errors]
    view |= taken(spec, ("enableAutoScale", "autoScaleFormula", "autoScaleEvaluationInterval"))
    if entity.auto_scale_run is not None and spec.get("enableAutoScale"):
        view["autoScaleRun"] = entity.auto_scale_run
    view |= taken(spec, _POOL_BEFORE_TASKS)
    if entity.current_dedicated or entity.current_low_priority:
        view["currentNodeCommunicationMode"] = _communication(spec)
    identity = _identity(entity.identity)
    if identity is not None:
        view["identity"] = identity
    return view


def _resize_error(error: Any) -> Json:
    view: Json = {"code": error.code, "message": error.message}
    if error.values:
        view["values"] = [{"name": name, "value": value} for name, value in error.values]
    return view


def _communication(spec: Json) -> str:
    """A node speaks as its pool wants; `default` was recorded as classic in every version that shows it."""
    wanted = str(spec.get("targetNodeCommunicationMode") or "default").lower()
    return "classic" if wanted == "default" else wanted


def _identity(identity: Json | None) -> Json | None:
    if not identity or str(identity.get("type", "None")).lower() == "none":
        return None
    given = identity.get("userAssignedIdentities") or {}
    return {
        "type": "UserAssigned",
        "userAssignedIdentities": [{"resourceId": name, **(facts or {})} for name, facts in given.items()],
    }


_SPECIFICATION = (
    "priority",
    "maxParallelTasks",
    "usesTaskDependencies",
    "allowTaskPreemption",
    "constraints",
    "jobManagerTask",
    "jobPreparationTask",
    "jobReleaseTask",
    "commonEnvironmentSettings",
    "poolInfo",
    "networkConfiguration",
    "metadata",
)
_ENDINGS = ("onAllTasksComplete", "onTaskFailure")


def job(call: Call, entity: Job) -> Json:
    """Return a job."""
    execution = {
        "startTime": time(entity.start_time),
        "endTime": time(entity.end_time),
        "poolId": entity.pool_id,
        "schedulingError": entity.scheduling_error,
        "terminateReason": entity.terminate_reason,
    }
    return {
        **head(call, entity, "jobs", entity.id),
        **taken(entity.spec, _SPECIFICATION),
        "executionInfo": {name: value for name, value in execution.items() if value is not None},
        **taken(entity.spec, _ENDINGS),
    }


def schedule(call: Call, entity: JobSchedule) -> Json:
    """Return a job schedule."""
    specification = entity.spec["jobSpecification"]
    execution: Json = {}
    if entity.next_run is not None:
        execution["nextRunTime"] = time(entity.next_run)
    if entity.recent_job is not None:
        execution["recentJob"] = {"id": entity.recent_job, "url": call.url("jobs", entity.recent_job)}
    if entity.end_time is not None:
        execution["endTime"] = time(entity.end_time)
    view = {**head(call, entity, "jobschedules", entity.id), **taken(entity.spec, ("schedule",))}
    view["jobSpecification"] = taken(specification, ("displayName", *_SPECIFICATION, *_ENDINGS))
    view["executionInfo"] = execution
    return view | taken(entity.spec, ("metadata",))
