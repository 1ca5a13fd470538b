"""Which task waits for which, and what a task's end means for others: exit conditions."""

from collections.abc import Iterator

from batchplan.emulator.model import Json, Task
from batchplan.emulator.world import running
from batchplan.emulator.world.core import Key, World


def wanted(task: Task) -> Iterator[str]:
    """Yield the ids (lower case) of the tasks a task depends on; a range stands for its numbers without leading zeros."""
    given = task.spec.get("dependsOn") or {}
    for name in given.get("taskIds") or []:
        yield str(name).lower()
    for span in given.get("taskIdRanges") or []:
        for number in range(int(span["start"]), int(span["end"]) + 1):
            yield str(number)


def register(world: World, key: Key, task: Task) -> None:
    """Note what a task that has not run yet still waits for."""
    missing = {name for name in wanted(task) if name not in task.met and not _satisfied(world, (*key[:-1], name))}
    for name in missing:
        world.index.dependents.setdefault((*key[:-1], name), {})[key] = None
    if missing:
        world.index.waiting[key] = missing


def resolve(world: World, key: Key) -> None:
    """Let those go on that waited for a completed task, if its end satisfies them."""
    if not _satisfied(world, key):
        return
    for waiting in list(world.index.dependents.pop(key, ())):
        missing = world.index.waiting.get(waiting)
        if missing is None:
            continue
        missing.discard(key[-1])
        task = world.tasks.get(waiting)
        if not missing:
            del world.index.waiting[waiting]
            if task is not None and task.state == "active":
                running.enqueue(world, waiting, task)


def reopen(world: World, key: Key) -> None:
    """Let the tasks that depend on a task, and have not started, wait for it again: it is to run once more."""
    for waiting, task in _depending(world, key):
        running.dequeue(world, waiting)
        register(world, waiting, task)


def delete(world: World, key: Key) -> None:
    """Forget a task that is deleted; whom it satisfied stays satisfied."""
    forget(world, key)
    if _satisfied(world, key):
        for waiting, task in _depending(world, key):
            task.met.append(key[-1])
            world.touch("tasks", waiting)


def forget(world: World, key: Key) -> None:
    """Forget that a task waits for others."""
    for name in world.index.waiting.pop(key, ()):
        dependents = world.index.dependents.get((*key[:-1], name))
        if dependents is not None:
            dependents.pop(key, None)


def job_action(task: Task) -> str:
    """Return what a completed task's end asks of its job: none, terminate or disable."""
    code = task.execution.get("exitCode")
    options = exit_options(task)
    default = "none" if code == 0 else "terminate"
    return str((options or {}).get("jobAction") or default).lower()


def exit_options(task: Task) -> Json | None:
    """Return the options of the exit condition that a completed task met.

    The default condition does not include exit code 0 (Learn, ExitConditions).
    """
    conditions: Json = task.spec.get("exitConditions") or {}
    code = task.execution.get("exitCode")
    if code is None:
        found = conditions.get("preProcessingError") or conditions.get("default")
        return found if isinstance(found, dict) else None
    for entry in conditions.get("exitCodes") or []:
        if entry["code"] == code:
            return dict(entry["exitOptions"])
    for entry in conditions.get("exitCodeRanges") or []:
        if entry["start"] <= code <= entry["end"]:
            return dict(entry["exitOptions"])
    default = conditions.get("default")
    return dict(default) if default and code else None


def _depending(world: World, key: Key) -> Iterator[tuple[Key, Task]]:
    """Yield the tasks of a job that have not started and depend on a task."""
    if not world.jobs[key[:-1]].spec.get("usesTaskDependencies"):
        return
    for other in world.index.below("tasks", key[:-1]):
        task = world.tasks[other]
        if task.state == "active" and other != key and task.spec.get("dependsOn") and key[-1] in wanted(task):
            yield other, task


def _satisfied(world: World, key: Key) -> bool:
    task = world.tasks.get(key)
    if task is None or task.state != "completed":
        return False
    default = "satisfy" if task.execution.get("result") == "success" else "block"
    return str((exit_options(task) or {}).get("dependencyAction") or default).lower() == "satisfy"
