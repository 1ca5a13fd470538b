"""Unfinished tasks of one job, added to another in another region: under their ids, a hundred at a time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from batchplan.azure.clients import Clients
from batchplan.azure.errors import translated
from batchplan.azure.rawjson import Json, get, listed
from batchplan.core.remote import Remote
from batchplan.plan.step import CopyTasks, DropTasks
from batchplan.ports import Conflict, NotFound, Rejected

AT_ONCE = 100
"""How many tasks a call may add: REST reference, Tasks - Create Task Collection."""

THERE = "TaskExists"
NOT_COPIED = "CopyNotAtWork"
KEPT = (
    "id",
    "displayName",
    "commandLine",
    "containerSettings",
    "exitConditions",
    "resourceFiles",
    "outputFiles",
    "environmentSettings",
    "constraints",
    "requiredSlots",
    "userIdentity",
    "multiInstanceSettings",
    "dependsOn",
    "applicationPackageReferences",
    "authenticationTokenSettings",
)
"""What a task is added with. An affinity names a node, which is not in the other region."""


async def copy_tasks(clients: Clients, step: CopyTasks) -> None:
    """Add the tasks of the source that have not ended. Raise Rejected with what the service says of those it refuses."""
    tasks = await _tasks(clients, step.source)
    wanted = [one for one in tasks if _is_unfinished(one) and one["id"] != step.manager]
    satisfied = frozenset(str(one["id"]) for one in tasks if _is_satisfied(one))
    batch: Any = await clients.batch(step.remote.account_id)
    refused: list[tuple[str, str]] = []
    for start in range(0, len(wanted), AT_ONCE):
        body = {"value": [_added(one, satisfied) for one in wanted[start : start + AT_ONCE]]}
        answer = await batch.create_task_collection(step.remote.name, body, cls=lambda found, _model, _headers: found)
        refused.extend(_refused((answer.http_response.json() or {}).get("value") or ()))
    if refused:
        raise Rejected(f"{len(refused)} of {len(wanted)} tasks were not added", values=refused, status=200)


async def drop_tasks(clients: Clients, step: DropTasks) -> None:
    """Delete the unfinished tasks of a job that are in its copy. Raise Conflict when they would not run there."""
    copied = await _at_work(clients, step.copy)
    batch: Any = await clients.batch(step.remote.account_id)
    for task in await _tasks(clients, step.remote):
        if _is_unfinished(task) and task["id"] in copied:
            try:
                with translated():
                    await batch.delete_task(step.remote.name, task["id"])
            except NotFound:
                continue


async def see_copied(clients: Clients, job: Remote, copy: Remote) -> None:
    """Raise Conflict when a job is to end, and its copy will not do what it has left."""
    copied = await _at_work(clients, copy)
    left = [one for one in await _tasks(clients, job) if _is_unfinished(one) and one["id"] not in copied]
    if left and not copied:
        raise Conflict(f"{copy} is over, and {len(left)} tasks of {job} have not ended", code=NOT_COPIED, status=409)


async def _at_work(clients: Clients, copy: Remote) -> frozenset[str]:
    """Return the tasks of a copy that have run there, or will; raise Conflict while it is disabled.

    Then somebody is about to move them back, and would find them where they come from: each would take away what the
    other one relies on. It is looked at before its tasks, because while they are listed it can only become disabled.
    """
    job = await get(await clients.batch(copy.account_id), f"/jobs/{copy.name}")
    state = str(job.get("state", "")).lower()
    if state in ("disabling", "disabled"):
        raise Conflict(
            f"{copy} in {copy.account_id.rpartition('/')[2]} is disabled: somebody else is moving its tasks, or a move of "
            "them was interrupted. No task has been taken away. When nobody else is at it, enable that job, and run the "
            "same command again",
            code=NOT_COPIED,
            status=409,
        )
    is_over = state in ("terminating", "completed", "deleting")
    return frozenset(str(one["id"]) for one in await _tasks(clients, copy) if not (is_over and _is_unfinished(one)))


async def _tasks(clients: Clients, job: Remote) -> list[Json]:
    return await listed(await clients.batch(job.account_id), f"/jobs/{job.name}/tasks")


def _is_unfinished(task: Json) -> bool:
    return str(task.get("state", "")).lower() != "completed"


def _is_satisfied(task: Json) -> bool:
    """Return whether tasks that depend on one may run: it succeeded, or how it failed is said to be good enough."""
    ran = task.get("executionInfo") or {}
    if _is_unfinished(task):
        return False
    if str(ran.get("result", "")).lower() == "success":
        return True
    conditions = task.get("exitConditions") or {}
    code = ran.get("exitCode")
    options = [one.get("exitOptions") for one in conditions.get("exitCodes") or () if one.get("code") == code]
    options += [
        one.get("exitOptions")
        for one in conditions.get("exitCodeRanges") or ()
        if code is not None and one.get("start", 0) <= code <= one.get("end", -1)
    ]
    chosen = next((one for one in options if one), conditions.get("default") or {})
    return str(chosen.get("dependencyAction", "")).lower() == "satisfy"


def _added(task: Json, satisfied: frozenset[str]) -> Json:
    made = {name: task[name] for name in KEPT if task.get(name) is not None}
    needs = made.get("dependsOn")
    if needs:
        made["dependsOn"] = _left(needs, satisfied)
    return made


def _left(needs: Mapping[str, Any], satisfied: frozenset[str]) -> Json:
    """Return dependencies without those that are met: their tasks stay behind, and would be waited for in vain."""
    ids = [str(one) for one in needs.get("taskIds") or () if str(one) not in satisfied]
    ranges = list(_ranges(needs.get("taskIdRanges") or (), satisfied))
    return {**({"taskIds": ids} if ids else {}), **({"taskIdRanges": ranges} if ranges else {})}


def _ranges(ranges: Sequence[Mapping[str, int]], satisfied: frozenset[str]) -> Iterator[dict[str, int]]:
    """Yield ranges of numbers without the ids that are met, which split them."""
    met = sorted(int(one) for one in satisfied if one.isdecimal())
    for one in ranges:
        start, end = int(one["start"]), int(one["end"])
        for number in met:
            if start <= number <= end:
                if start < number:
                    yield {"start": start, "end": number - 1}
                start = number + 1
        if start <= end:
            yield {"start": start, "end": end}


def _refused(results: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for one in results:
        code = (one.get("error") or {}).get("code")
        if str(one.get("status", "")).lower() != "success" and code != THERE:
            yield str(one.get("taskId")), str(code)
