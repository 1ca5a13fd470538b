"""What the service adds to what it is given, and how it spells it back (recorded traffic, 2019-2025).

Each `normalise_*` takes a canonical body (data-plane members, lower-case enums) and returns a new
one as a later GET would show it. They raise ServiceError 400 for a value that cannot be read.
"""

import copy
from collections.abc import Callable
from typing import Any

from batchplan.emulator.errors import invalid_property
from batchplan.emulator.model import Json
from batchplan.emulator.world import durations

# The service does not fold all enums the same way.
_CASED = {
    text.lower(): text
    for text in (
        "Spread",
        "Pack",
        "Zonal",
        "Regional",
        "TaskSuccess",
        "TaskFailure",
        "TaskCompletion",
        "LocalMachine",
        "CurrentUser",
    )
}
_CACHING = {"readwrite": "ReadWrite", "readonly": "ReadOnly", "none": "None"}
_SECRETS = ("accountKey", "sasKey", "password")


def is_windows(spec: Json) -> bool:
    """Return whether a pool's nodes run Windows."""
    configuration = spec.get("virtualMachineConfiguration") or {}
    return "windows" in str(configuration.get("nodeAgentSKUId", "")).lower()


def duration(name: str, text: str) -> str:
    """Return a duration as the service spells it; raise 400 InvalidPropertyValue."""
    try:
        return durations.canonical(text)
    except ValueError:
        raise invalid_property(name, text, "The value is not a valid ISO 8601 duration") from None


def normalise_pool(spec: Json) -> Json:
    """Return a pool's body with defaults; also for the pool of an auto pool specification."""
    pool = {name: value for name, value in copy.deepcopy(spec).items() if value is not None}
    windows = is_windows(pool)
    pool["vmSize"] = str(pool.get("vmSize", "")).lower()
    scaled = bool(pool.setdefault("enableAutoScale", False))
    pool["resizeTimeout"] = duration("resizeTimeout", pool.get("resizeTimeout") or "PT15M")
    if scaled:
        interval = pool.get("autoScaleEvaluationInterval") or "PT15M"
        pool["autoScaleEvaluationInterval"] = duration("autoScaleEvaluationInterval", interval)
    else:
        pool.setdefault("targetDedicatedNodes", 0)
        pool.setdefault("targetLowPriorityNodes", 0)
    pool.setdefault("enableInterNodeCommunication", False)
    pool.setdefault("taskSlotsPerNode", 1)
    policy = pool.setdefault("taskSchedulingPolicy", {})
    policy["nodeFillType"] = _cased(policy.get("nodeFillType") or "Spread")
    for name in ("metadata", "applicationPackageReferences"):
        if pool.get(name) == []:
            del pool[name]
    _each(pool, "virtualMachineConfiguration", _machine)
    _each(pool, "cloudServiceConfiguration", lambda service: service.setdefault("osVersion", "*"))
    _each(pool, "networkConfiguration", _network)
    _each(pool, "startTask", start_task)
    if pool.get("startTask") == {}:
        del pool["startTask"]
    for reference in pool.get("certificateReferences") or []:
        _certificate(reference)
    for account in pool.get("userAccounts") or []:
        _user_account(account, windows=windows, service="cloudServiceConfiguration" in pool)
    for mount in pool.get("mountConfiguration") or []:
        for kind in mount.values():
            _forget(kind)
    return pool


def normalise_job(spec: Json) -> Json:
    """Return a job's body with defaults."""
    job = {name: value for name, value in copy.deepcopy(spec).items() if value is not None}
    job.setdefault("priority", 0)
    job.setdefault("maxParallelTasks", -1)
    job.setdefault("usesTaskDependencies", False)
    job.setdefault("allowTaskPreemption", False)
    job["constraints"] = job_constraints(job.get("constraints"))
    job.setdefault("onAllTasksComplete", "noaction")
    job.setdefault("onTaskFailure", "noaction")
    if job.get("metadata") == []:
        del job["metadata"]
    retries = job["constraints"]["maxTaskRetryCount"]
    if job.get("jobManagerTask"):
        job["jobManagerTask"] = _manager(job["jobManagerTask"], retries)
    if job.get("jobPreparationTask"):
        job["jobPreparationTask"] = _preparation(job["jobPreparationTask"])
    if job.get("jobReleaseTask"):
        job["jobReleaseTask"] = _release(job["jobReleaseTask"])
    job["poolInfo"] = pool_info(job.get("poolInfo") or {})
    return job


def normalise_schedule(spec: Json) -> Json:
    """Return a job schedule's body with defaults in its job specification."""
    body = {name: value for name, value in copy.deepcopy(spec).items() if value is not None}
    if "schedule" in body:
        body["schedule"] = recurrence(body["schedule"])
    body["jobSpecification"] = normalise_job(body.get("jobSpecification") or {})
    if body.get("metadata") == []:
        del body["metadata"]
    return body


def normalise_task(spec: Json, job_retries: int = 0) -> Json:
    """Return a task's body with defaults; the job's retry limit is the default of its tasks."""
    task = {name: value for name, value in copy.deepcopy(spec).items() if value is not None}
    task["userIdentity"] = identity(task.get("userIdentity"))
    task["constraints"] = task_constraints(task.get("constraints"), job_retries)
    task.setdefault("requiredSlots", 1)
    _outputs(task)
    settings = task.get("multiInstanceSettings")
    if settings is not None:
        settings.setdefault("numberOfInstances", 1)
    return task


def pool_info(info: Json) -> Json:
    """Return where a job runs, with the defaults of an auto pool's specification."""
    info = copy.deepcopy(info)
    auto = info.get("autoPoolSpecification")
    if auto:
        auto.setdefault("keepAlive", False)
        if auto.get("pool"):
            auto["pool"] = normalise_pool(auto["pool"])
    return info


def recurrence(schedule: Json) -> Json:
    """Return a schedule's times with its durations as the service spells them."""
    times = {name: value for name, value in schedule.items() if value is not None}
    for name in ("startWindow", "recurrenceInterval"):
        if name in times:
            times[name] = duration(name, times[name])
    return times


def job_constraints(given: Json | None) -> Json:
    """Return a job's constraints."""
    given = given or {}
    wall = duration("maxWallClockTime", given.get("maxWallClockTime") or durations.UNLIMITED)
    return {"maxWallClockTime": wall, "maxTaskRetryCount": given.get("maxTaskRetryCount") or 0}


def task_constraints(given: Json | None, retries: int = 0) -> Json:
    """Return a task's constraints."""
    given = given or {}
    count = given.get("maxTaskRetryCount")
    return {
        "maxWallClockTime": duration("maxWallClockTime", given.get("maxWallClockTime") or durations.UNLIMITED),
        "retentionTime": duration("retentionTime", given.get("retentionTime") or "P7D"),
        "maxTaskRetryCount": retries if count is None else count,
    }


def identity(given: Json | None) -> Json:
    """Return a user identity: the pool's non-administrator unless said otherwise."""
    if given and given.get("username"):
        return {"username": given["username"]}
    auto = (given or {}).get("autoUser") or {}
    return {
        "autoUser": {"scope": auto.get("scope") or "pool", "elevationLevel": auto.get("elevationLevel") or "nonadmin"}
    }


def start_task(task: Json) -> None:
    """Fill in a start task's defaults, in place; an empty one stays empty."""
    if task:
        task["userIdentity"] = identity(task.get("userIdentity"))
        task["maxTaskRetryCount"] = task.get("maxTaskRetryCount") or 0
        task["waitForSuccess"] = task.get("waitForSuccess", True)


def _cased(text: str) -> str:
    return _CASED.get(text.lower(), text)


def _each(holder: Json, name: str, fill: Callable[[Any], None]) -> None:
    if holder.get(name) is not None:
        fill(holder[name])


def _forget(settings: Any) -> None:
    if isinstance(settings, dict):
        for secret in _SECRETS:
            settings.pop(secret, None)


def _machine(configuration: Json) -> None:
    image = configuration.get("imageReference") or {}
    if image.get("publisher") or image.get("offer"):
        image["version"] = image.get("version") or "latest"
    for disk in configuration.get("dataDisks") or []:
        disk["caching"] = disk.get("caching") or "none"
        disk.setdefault("managedDisk", {}).setdefault("storageAccountType", "standard_lrs")
    disk = configuration.get("osDisk")
    if disk is not None:
        disk.setdefault("ephemeralOSDiskSettings", {})
        if disk.get("caching"):
            disk["caching"] = _CACHING.get(disk["caching"].lower(), disk["caching"])
    if configuration.get("windowsConfiguration") is not None:
        configuration["windowsConfiguration"].setdefault("enableAutomaticUpdates", True)
    placement = configuration.get("nodePlacementConfiguration")
    if placement is not None:
        placement["policy"] = _cased(placement.get("policy") or "Regional")
    security = configuration.get("securityProfile")
    if security and security.get("securityType"):
        security["securityType"] = security["securityType"].lower()
    for extension in configuration.get("extensions") or []:
        extension.pop("protectedSettings", None)


def _network(configuration: Json) -> None:
    configuration.setdefault("dynamicVNetAssignmentScope", "none")
    configuration.setdefault("enableAcceleratedNetworking", False)
    if configuration.get("publicIPAddressConfiguration") is not None:
        configuration["publicIPAddressConfiguration"].setdefault("provision", "batchmanaged")
    endpoints = configuration.get("endpointConfiguration") or {}
    for nat in endpoints.get("inboundNATPools") or []:
        for rule in nat.get("networkSecurityGroupRules") or []:
            rule["sourcePortRanges"] = rule.get("sourcePortRanges") or ["*"]


def _certificate(reference: Json) -> None:
    for name in ("thumbprint", "thumbprintAlgorithm"):
        reference[name] = str(reference[name]).lower()
    if reference.get("storeLocation"):
        reference["storeLocation"] = _cased(reference["storeLocation"])


def _user_account(account: Json, *, windows: bool, service: bool) -> None:
    account.pop("password", None)
    account["elevationLevel"] = account.get("elevationLevel") or "nonadmin"
    if account.get("linuxUserConfiguration"):
        account["linuxUserConfiguration"].pop("sshPrivateKey", None)
    if windows or service:
        mode = "interactive" if service else "batch"
        account.setdefault("windowsUserConfiguration", {}).setdefault("loginMode", mode)


def _outputs(task: Json) -> None:
    for output in task.get("outputFiles") or []:
        options = output.setdefault("uploadOptions", {})
        options["uploadCondition"] = _cased(options.get("uploadCondition") or "TaskCompletion")


def _manager(task: Json, retries: int) -> Json:
    task = normalise_task(task, retries)
    task.setdefault("killJobOnCompletion", True)
    task.setdefault("runExclusive", True)
    task.setdefault("allowLowPriorityNode", True)
    return task


def _preparation(task: Json) -> Json:
    return {
        **task,
        "id": task.get("id") or "jobpreparation",
        "constraints": task_constraints(task.get("constraints")),
        "userIdentity": identity(task.get("userIdentity")),
        "waitForSuccess": task.get("waitForSuccess", True),
        "rerunOnNodeRebootAfterSuccess": task.get("rerunOnNodeRebootAfterSuccess", True),
    }


def _release(task: Json) -> Json:
    return {
        **task,
        "id": task.get("id") or "jobrelease",
        "maxWallClockTime": duration("maxWallClockTime", task.get("maxWallClockTime") or "PT15M"),
        "retentionTime": duration("retentionTime", task.get("retentionTime") or "P7D"),
        "userIdentity": identity(task.get("userIdentity")),
    }
