"""Operations on tasks."""

from batchplan.emulator import ticks
from batchplan.emulator.dataplane import jobs as job_operations
from batchplan.emulator.dataplane import taskviews
from batchplan.emulator.dataplane.call import Call, created, entity, listing, shown, written
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Job, Json, Task
from batchplan.emulator.wire.http import Reply
from batchplan.emulator.world import tasks


def _task(call: Call, *, conditional: bool = True) -> tuple[Job, Task]:
    """Return the job and the task of the path, if the request's conditions hold for the task."""
    job = job_operations.find(call, conditional=False)
    task = tasks.find_task(call.world, call.account, job, call.args["task"])
    if conditional:
        call.require(task.modified)
    return job, task


def create(call: Call) -> Reply:
    """POST /jobs/{job}/tasks"""
    spec = call.body("BatchTaskCreateOptions")
    job = job_operations.find(call, conditional=False)
    task = tasks.create_task(call.world, call.account, job, spec)
    return created(call, task.modified, "jobs", job.id, "tasks", task.id)


def create_collection(call: Call) -> Reply:
    """POST /jobs/{job}/addtaskcollection: each task succeeds or fails on its own"""
    specs = call.body("BatchTaskGroup")["value"]
    job = job_operations.find(call, conditional=False)
    results = tasks.create_task_collection(call.world, call.account, job, specs)
    value = [_result(call, job, spec, result) for spec, result in zip(specs, results, strict=True)]
    return shown(call, "taskaddresult", {"value": value})


def _result(call: Call, job: Job, spec: Json, result: Task | ServiceError) -> Json:
    """Return one task's outcome; the service spells the status with a capital (recorded)."""
    if isinstance(result, ServiceError):
        status = "ClientError" if result.status < 500 else "ServerError"
        text = f"{result.message}\nRequestId:{call.request_id}\nTime:{ticks.isoformat(call.world.now)}"
        error: Json = {"code": result.code, "message": {"lang": "en-US", "value": text}}
        if result.details:
            error["values"] = [{"key": key, "value": value} for key, value in result.details]
        return {"status": status, "taskId": spec["id"], "error": error}
    return {
        "status": "Success",
        "taskId": result.id,
        "eTag": ticks.etag(result.modified),
        "lastModified": ticks.isoformat(result.modified),
        "location": call.url("jobs", job.id, "tasks", result.id),
    }


def list_all(call: Call) -> Reply:
    """GET /jobs/{job}/tasks, by id"""
    job = job_operations.find(call, conditional=False)
    entries = (((task.id.lower(),), task) for task in tasks.tasks_of(call.world, call.account, job))
    return listing(call, "tasks", "BatchTask", entries, lambda task: taskviews.task(call, job, task))


def get(call: Call) -> Reply:
    """GET /jobs/{job}/tasks/{task}"""
    job, task = _task(call)
    return entity(call, "tasks/@Element", "BatchTask", taskviews.task(call, job, task), task.modified)


def replace(call: Call) -> Reply:
    """PUT /jobs/{job}/tasks/{task}"""
    body = call.body("BatchTask")
    _, task = _task(call)
    tasks.replace_task(call.world, call.account, task, body)
    return written(call, 200, task.modified)


def delete(call: Call) -> Reply:
    """DELETE /jobs/{job}/tasks/{task}"""
    _, task = _task(call)
    tasks.delete_task(call.world, call.account, task)
    return written(call, 200, traced=False)


def terminate(call: Call) -> Reply:
    """POST /jobs/{job}/tasks/{task}/terminate"""
    _, task = _task(call)
    tasks.terminate_task(call.world, call.account, task)
    return written(call, 204, task.modified)


def reactivate(call: Call) -> Reply:
    """POST /jobs/{job}/tasks/{task}/reactivate: the one verb without DataServiceId (recorded)"""
    _, task = _task(call)
    tasks.reactivate_task(call.world, call.account, task)
    return written(call, 204, task.modified, traced=False)


def list_subtasks(call: Call) -> Reply:
    """GET /jobs/{job}/tasks/{task}/subtasksinfo"""
    _, task = _task(call, conditional=False)
    found = tasks.subtasks(call.world, call.account, task)
    entries = (((int(each["id"]),), each) for each in found)
    return listing(call, "subtaskinfo", "BatchSubtask", entries, lambda each: taskviews.subtask(call, each))
