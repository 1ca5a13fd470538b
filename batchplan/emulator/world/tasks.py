"""Operations on tasks. All raise ServiceError; running, retrying and completing never move a task's ETag."""

from batchplan.emulator.errors import ServiceError, invalid_property, refuse
from batchplan.emulator.model import Account, Job, Json, Task
from batchplan.emulator.world import checks, dependencies, packages, running
from batchplan.emulator.world.core import Key, World
from batchplan.emulator.world.defaults import normalise_task, task_constraints

MAX_PER_CALL = 100
_CLOSED = {"completed": "JobCompleted", "terminating": "JobBeingTerminated", "deleting": "JobBeingDeleted"}


def key_of(task: Task) -> Key:
    """Return a task's key."""
    return (task.account.lower(), task.job, task.id.lower())


def find_task(world: World, account: Account, job: Job, name: str) -> Task:
    """Return a task by its id in any case; raise 404 TaskNotFound."""
    task = world.tasks.get((account.name.lower(), job.id.lower(), name.lower()))
    if task is None:
        raise refuse("TaskNotFound")
    return task


def create_task(world: World, account: Account, job: Job, spec: Json) -> Task:
    """Add a task to a job; it waits for its dependencies, then for a node."""
    if job.state in _CLOSED:
        raise refuse(_CLOSED[job.state])
    body = normalise_task(spec, int(job.spec["constraints"]["maxTaskRetryCount"]))
    checks.task(body)
    name = str(body["id"])
    _check_against_job(job, body, name)
    packages.require(world, account, body.get("applicationPackageReferences"))
    if (account.name.lower(), job.id.lower(), name.lower()) in world.tasks:
        raise refuse("TaskExists")
    return add_task(world, job, body)


def add_task(world: World, job: Job, body: Json, *, manager: bool = False) -> Task:
    """Put a task with a checked, normalised body into the world."""
    now = world.stamp()
    job.next_task += 1
    running.note(world, (job.account.lower(), job.id.lower()))
    key = (job.account.lower(), job.id.lower(), str(body["id"]).lower())
    spec = {name: value for name, value in body.items() if name != "id"}
    task = Task(now, now, account=key[0], job=key[1], id=str(body["id"]), spec=spec, sequence=job.next_task)
    task.state_changed, task.manager = now, manager
    world.put("tasks", key, task)
    world.touch("jobs", key[:-1])
    running.count(world, key, task, 1)
    dependencies.register(world, key, task)
    running.enqueue(world, key, task)
    return task


def create_task_collection(world: World, account: Account, job: Job, specs: list[Json]) -> list[Task | ServiceError]:
    """Add up to 100 tasks; each answers for itself with the task or its refusal, in the order given."""
    if len(specs) > MAX_PER_CALL:
        reason = f"At most {MAX_PER_CALL} tasks can be added in one request"
        raise invalid_property("value", None, reason)
    if job.state in _CLOSED:
        raise refuse(_CLOSED[job.state])
    results: list[Task | ServiceError] = []
    for spec in specs:
        try:
            results.append(create_task(world, account, job, spec))
        except ServiceError as error:
            results.append(error)
    return results


def replace_task(world: World, account: Account, task: Task, body: Json) -> None:
    """Replace a task's constraints, the only part that can change; what is not given takes its default."""
    if task.state == "completed":
        raise refuse("TaskCompleted")
    job = world.jobs[account.name.lower(), task.job]
    constraints = task_constraints(body.get("constraints"), int(job.spec["constraints"]["maxTaskRetryCount"]))
    checks.task({**task.spec, "id": task.id, "constraints": constraints})
    task.spec["constraints"] = constraints
    task.modified = world.stamp()
    world.touch("tasks", key_of(task))


def terminate_task(world: World, account: Account, task: Task) -> None:  # noqa: ARG001
    """End a task for good; one that never ran is completed too (recorded)."""
    if task.state == "completed":
        raise refuse("TaskCompleted")
    task.modified = world.stamp()
    running.complete(world, key_of(task), task, None, running.ended("Task Was Ended by User Request"))
    dependencies.forget(world, key_of(task))


def reactivate_task(world: World, account: Account, task: Task) -> None:  # noqa: ARG001
    """Let a completed, failed task run again, with its retries counted anew."""
    if task.state != "completed":
        raise refuse("TaskNotCompleted")
    if task.execution.get("result") == "success":
        raise refuse("TaskSucceeded")
    key = key_of(task)
    job = world.jobs[key[:-1]]
    if job.state in _CLOSED:
        raise refuse(_CLOSED[job.state])
    task.modified = world.stamp()
    running.release(world, key, task, counted=False)
    execution = {"retryCount": 0, "requeueCount": int(task.execution.get("requeueCount") or 0)}
    dependencies.register(world, key, task)
    running.move_task(world, key, task, "active", execution)
    dependencies.reopen(world, key)


def delete_task(world: World, account: Account, task: Task) -> None:  # noqa: ARG001
    """Remove a task, ending it first if it runs."""
    key = key_of(task)
    dependencies.delete(world, key)
    running.forget(world, key, task)
    world.after(0, "job.check", *key[:-1])


def subtasks(world: World, account: Account, task: Task) -> list[Json]:  # noqa: ARG001
    """Return instances 1..n-1 of a multi-instance task; the task itself is instance 0. Empty for other tasks."""
    return task.subtasks


def tasks_of(world: World, account: Account, job: Job) -> list[Task]:
    """Return a job's tasks by id."""
    parent = (account.name.lower(), job.id.lower())
    return [world.tasks[key] for key in world.index.below("tasks", parent)]


def _check_against_job(job: Job, body: Json, name: str) -> None:
    if body.get("dependsOn") and not job.spec.get("usesTaskDependencies"):
        raise refuse("TaskDependenciesNotSpecifiedOnJob")
    if name.lower() in {wanted.lower() for wanted in (body.get("dependsOn") or {}).get("taskIds") or []}:
        raise invalid_property("dependsOn", name, "A task cannot depend on itself")
    for member, code in (
        ("jobPreparationTask", "TaskIdSameAsJobPreparationTask"),
        ("jobReleaseTask", "TaskIdSameAsJobReleaseTask"),
    ):
        if str((job.spec.get(member) or {}).get("id") or "").lower() == name.lower():
            raise refuse(code)
