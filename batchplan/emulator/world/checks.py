"""What the service refuses in the values it is given, beyond their types. All raise ServiceError 400."""

import re

from batchplan.emulator.errors import invalid_property, refuse
from batchplan.emulator.model import Json
from batchplan.emulator.world import durations, exclusions, quotas

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PREFIX = re.compile(r"[A-Za-z0-9_-]{0,20}")
_MINUTE = 60.0
_OPTIONS = frozenset({"requeue", "terminate", "taskcompletion", "retaineddata"})
MAX_SLOTS = 256
MAX_NODES_PER_REMOVAL = 100


def identifier(text: str, name: str = "id") -> None:
    """Refuse an id that is not 1-64 letters, digits, hyphens and underscores."""
    if not _ID.fullmatch(text):
        reason = "The value must be 1 to 64 characters long and contain only letters, digits, hyphens and underscores"
        raise invalid_property(name, text, reason)


def display_name(body: Json) -> None:
    """Refuse a display name of more than 1024 characters."""
    if len(str(body.get("displayName") or "")) > 1024:
        raise invalid_property("displayName", None, "The value cannot be longer than 1024 characters")


def duration_range(name: str, text: str, low: float, high: float | None = None) -> None:
    """Refuse a duration outside a range of seconds."""
    seconds = durations.seconds(text)
    if seconds < low or (high is not None and seconds > high):
        upper = f" and {durations.render(int(high * 10_000_000))}" if high is not None else " and no limit"
        reason = f"The value must be between {durations.render(int(low * 10_000_000))}{upper}"
        raise invalid_property(name, text, reason)


def resize_timeout(text: str) -> None:
    """Refuse a resize timeout under 5 minutes."""
    duration_range("resizeTimeout", text, 5 * _MINUTE)


def interval(text: str) -> None:
    """Refuse an autoscale evaluation interval outside 5 minutes to 168 hours."""
    duration_range("autoScaleEvaluationInterval", text, 5 * _MINUTE, 168 * 60 * _MINUTE)


def targets(*numbers: int | None) -> None:
    """Refuse negative node targets."""
    for name, number in zip(("targetDedicatedNodes", "targetLowPriorityNodes"), numbers, strict=True):
        if number is not None and number < 0:
            raise invalid_property(name, number, "The value must not be negative")


def deallocation(option: str | None, name: str = "nodeDeallocationOption") -> str:
    """Return a deallocation option in lower case, requeue by default."""
    chosen = (option or "requeue").lower()
    if chosen not in _OPTIONS:
        raise invalid_property(name, option, "The value is not one of requeue, terminate, taskcompletion, retaineddata")
    return chosen


def pool(spec: Json, given: Json) -> None:
    """Refuse a pool's normalised body for what is wrong in itself; `given` is the body as it was sent."""
    display_name(spec)
    exclusions.check_pool(given)
    resize_timeout(spec["resizeTimeout"])
    if not spec["vmSize"]:
        raise refuse("MissingRequiredProperty", ("PropertyName", "vmSize"))
    if not quotas.plausible(spec["vmSize"]):
        raise invalid_property("vmSize", spec["vmSize"], "The value is not a virtual machine size Batch supports")
    most = min(4 * quotas.cores(spec["vmSize"]), MAX_SLOTS)
    if not 1 <= int(spec["taskSlotsPerNode"]) <= most:
        raise invalid_property("taskSlotsPerNode", spec["taskSlotsPerNode"], f"The value must be between 1 and {most}")
    scaling(spec, given)
    start_task(spec.get("startTask"))
    references = spec.get("applicationPackageReferences") or []
    if len(references) > 10:
        raise invalid_property("applicationPackageReferences", None, "A pool can have at most 10 application packages")


def scaling(spec: Json, given: Json) -> None:
    """Refuse a pool that is scaled both by hand and by formula, or by neither rule."""
    if spec["enableAutoScale"]:
        for name in ("targetDedicatedNodes", "targetLowPriorityNodes"):
            if given.get(name):
                raise invalid_property(name, given[name], "The value cannot be set when enableAutoScale is true")
        if not spec.get("autoScaleFormula"):
            raise refuse("MissingRequiredProperty", ("PropertyName", "autoScaleFormula"))
        interval(spec["autoScaleEvaluationInterval"])
    else:
        if spec.get("autoScaleFormula"):
            raise invalid_property("autoScaleFormula", None, "The value can be set only when enableAutoScale is true")
        targets(spec.get("targetDedicatedNodes"), spec.get("targetLowPriorityNodes"))


def start_task(task: Json | None) -> None:
    """Refuse a start task without a command, or with a retry count under -1."""
    if task is None:
        return
    if not task.get("commandLine"):
        raise refuse("MissingRequiredProperty", ("PropertyName", "commandLine"))
    if int(task.get("maxTaskRetryCount") or 0) < -1:
        raise invalid_property("maxTaskRetryCount", task["maxTaskRetryCount"], "The value cannot be less than -1")


def job(spec: Json) -> None:
    """Refuse a job's (or job specification's) normalised body for what is wrong in itself."""
    display_name(spec)
    if not -1000 <= int(spec["priority"]) <= 1000:
        raise invalid_property("priority", spec["priority"], "The value must be between -1000 and 1000")
    if int(spec["maxParallelTasks"]) < -1 or int(spec["maxParallelTasks"]) == 0:
        raise invalid_property("maxParallelTasks", spec["maxParallelTasks"], "The value must be -1 or greater than 0")
    if int(spec["constraints"]["maxTaskRetryCount"]) < -1:
        raise invalid_property(
            "maxTaskRetryCount", spec["constraints"]["maxTaskRetryCount"], "The value cannot be less than -1"
        )
    if spec.get("jobReleaseTask") and not spec.get("jobPreparationTask"):
        raise invalid_property("jobReleaseTask", None, "A job release task needs a job preparation task")
    if spec.get("jobManagerTask"):
        identifier(str(spec["jobManagerTask"].get("id") or ""), "id")
    pool_info(spec["poolInfo"])


def pool_info(info: Json) -> None:
    """Refuse a job that names no pool, or both a pool and an auto pool."""
    auto = info.get("autoPoolSpecification")
    if bool(info.get("poolId")) == bool(auto):
        raise invalid_property("poolInfo", None, "Exactly one of poolId and autoPoolSpecification must be set")
    if auto and not auto.get("pool"):
        raise refuse("MissingRequiredProperty", ("PropertyName", "pool"))
    if auto and not _PREFIX.fullmatch(str(auto.get("autoPoolIdPrefix") or "")):
        raise invalid_property(
            "autoPoolIdPrefix", auto["autoPoolIdPrefix"], "The value must have at most 20 characters"
        )


def recurrence(times: Json | None) -> None:
    """Refuse a start window or recurrence interval under a minute."""
    for name in ("startWindow", "recurrenceInterval"):
        if times and times.get(name):
            duration_range(name, times[name], _MINUTE)


def task(spec: Json) -> None:
    """Refuse a task's normalised body for what is wrong in itself."""
    identifier(str(spec.get("id") or ""))
    display_name(spec)
    if not str(spec.get("commandLine") or "").strip() and not spec.get("containerSettings"):
        raise refuse("MissingRequiredProperty", ("PropertyName", "commandLine"))
    if int(spec["constraints"]["maxTaskRetryCount"]) < -1:
        raise invalid_property(
            "maxTaskRetryCount", spec["constraints"]["maxTaskRetryCount"], "The value cannot be less than -1"
        )
    if not 1 <= int(spec["requiredSlots"]) <= MAX_SLOTS:
        raise invalid_property("requiredSlots", spec["requiredSlots"], f"The value must be between 1 and {MAX_SLOTS}")
    exclusions.check_files(spec.get("resourceFiles"))
    multi = spec.get("multiInstanceSettings")
    if multi is not None and int(multi["numberOfInstances"]) < 1:
        raise invalid_property("numberOfInstances", multi["numberOfInstances"], "The value must be at least 1")
