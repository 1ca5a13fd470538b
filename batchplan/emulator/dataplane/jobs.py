"""Operations on jobs."""

from collections.abc import Iterable, Iterator
from typing import Any

from batchplan.emulator.dataplane import checks, taskviews, views
from batchplan.emulator.dataplane.call import Call, created, entity, listing, present, shown, written
from batchplan.emulator.model import Job, Json
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.wire.paging import SortKey
from batchplan.emulator.world import jobs, schedules

_DONE = frozenset({"completed", "deleting"})


def find(call: Call, *, conditional: bool = True) -> Job:
    """Return the job of the path, if the request's conditions hold for it."""
    job = jobs.find_job(call.world, call.account, call.args["job"])
    if conditional:
        call.require(job.modified)
    return job


def create(call: Call) -> Reply:
    """POST /jobs; the service names every new job `job-1` in Location and DataServiceId (recorded)"""
    spec = call.body("BatchJobCreateOptions")
    checks.auto_pool(call, spec)
    job = jobs.create_job(call.world, call.account, spec)
    return created(call, job.modified, location=call.url("jobs", "job-1"))


def ordered(found: Iterable[Job]) -> Iterator[tuple[SortKey, Job]]:
    """Yield jobs as the service lists them: the completed after the others, by id within each group (recorded)."""
    keyed = [((int(job.state in _DONE), job.id.lower()), job) for job in found]
    yield from sorted(keyed, key=lambda pair: pair[0])


def list_all(call: Call) -> Reply:
    """GET /jobs"""
    found = [call.world.jobs[key] for key in call.world.index.below("jobs", (call.key,))]
    return listing(call, "jobs", "BatchJob", ordered(found), lambda job: views.job(call, job))


def list_of_schedule(call: Call) -> Reply:
    """GET /jobschedules/{schedule}/jobs"""
    schedule = schedules.find_schedule(call.world, call.account, call.args["schedule"])
    found = schedules.jobs_of(call.world, call.account, schedule)
    return listing(call, "jobs", "BatchJob", ordered(found), lambda job: views.job(call, job))


def get(call: Call) -> Reply:
    """GET /jobs/{job}"""
    job = find(call)
    return entity(call, "jobs/@Element", "BatchJob", views.job(call, job), job.modified)


def patch(call: Call) -> Reply:
    """PATCH /jobs/{job}"""
    changes = call.body("BatchJobUpdateOptions")
    job = find(call)
    checks.auto_pool(call, changes)
    jobs.patch_job(call.world, call.account, job, changes)
    return written(call, 200, job.modified)


def replace(call: Call) -> Reply:
    """PUT /jobs/{job}"""
    body = call.body("BatchJob")
    job = find(call)
    checks.auto_pool(call, body)
    jobs.replace_job(call.world, call.account, job, body)
    return written(call, 200, job.modified)


def disable(call: Call) -> Reply:
    """POST /jobs/{job}/disable"""
    option = call.body("BatchJobDisableOptions")["disableTasks"]
    job = find(call)
    jobs.disable_job(call.world, call.account, job, option)
    return written(call, 202, job.modified)


def enable(call: Call) -> Reply:
    """POST /jobs/{job}/enable"""
    job = find(call)
    jobs.enable_job(call.world, call.account, job)
    return written(call, 202, job.modified)


def terminate(call: Call) -> Reply:
    """POST /jobs/{job}/terminate"""
    body = call.body("BatchJobTerminateOptions", optional=True)
    force = call.flag("force")
    job = find(call)
    jobs.terminate_job(call.world, call.account, job, body.get("terminateReason"), force=force)
    return written(call, 202, job.modified)


def delete(call: Call) -> Reply:
    """DELETE /jobs/{job}"""
    force = call.flag("force")
    jobs.delete_job(call.world, call.account, find(call), force=force)
    return written(call, 202, traced=False)


def task_counts(call: Call) -> Reply:
    """GET /jobs/{job}/taskcounts"""
    job = find(call, conditional=False)
    counts = jobs.task_counts(call.world, call.account, job)
    return shown(call, "taskcountsresult/@Element", present(call, "BatchTaskCountsResult", counts))


def preparation_status(call: Call) -> Reply:
    """GET /jobs/{job}/jobpreparationandreleasetaskstatus"""
    job = find(call, conditional=False)
    found = jobs.preparation_status(call.world, call.account, job)
    entries = (((number,), each) for number, each in enumerate(found))

    def view(each: Json) -> Json:
        return _status(call, each)

    return listing(
        call, "jobpreparationandreleasetaskstatuslist", "BatchJobPreparationAndReleaseTaskStatus", entries, view
    )


def _status(call: Call, entry: Json) -> Json:
    node = call.url("pools", str(entry["poolId"]), "nodes", str(entry["nodeId"]))
    view: dict[str, Any] = {"poolId": entry["poolId"], "nodeId": entry["nodeId"], "nodeUrl": node}
    for name in ("jobPreparationTaskExecutionInfo", "jobReleaseTaskExecutionInfo"):
        info = entry.get(name)
        if info is not None:
            view[name] = _rooted(node, info)
    return view


def _rooted(node: str, info: Json) -> Json:
    root = info.get("taskRootDirectory")
    return info if not root else {**info, "taskRootDirectoryUrl": taskviews.file_url(node, str(root))}
