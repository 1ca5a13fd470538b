"""Tasks: running, retries, dependencies, several instances, verbs, files."""

from typing import Any

import pytest
from worlds import Lab, lab

from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Job, Task
from batchplan.emulator.world import files, nodes, pools, tasks


def ready(dedicated: int = 1, **more: Any) -> tuple[Lab, Job]:
    """Return a lab with a pool whose nodes are idle, and a job on it."""
    here = lab()
    here.pool(dedicated=dedicated, **more)
    here.pass_time(200)
    return here, here.job(usesTaskDependencies=True)


def refused(here: Lab, verb: Any, *args: Any, **more: Any) -> str:
    """Return the code with which the service refuses a call."""
    with pytest.raises(ServiceError) as caught:
        verb(here.world, here.account, *args, **more)
    return caught.value.code


def test_a_task_runs_and_its_etag_stays() -> None:
    """A task starts within a second on an idle node, ends as its script says, and its ETag never moves."""
    here, job = ready()
    task = here.task(job, command="sleep 10; echo done")
    etag = task.modified
    assert task.execution == {"retryCount": 0, "requeueCount": 0}
    here.pass_time(1)
    assert (task.state, task.previous_state) == ("running", "active")
    assert task.node_info is not None
    assert task.node_info["taskRootDirectory"] == "workitems/j/job-1/t"
    here.pass_time(10)
    assert (task.state, task.previous_state, task.modified) == ("completed", "running", etag)
    assert task.execution["exitCode"] == 0
    assert task.execution["result"] == "success"
    assert task.execution["startTime"] < task.execution["endTime"]
    (node,) = here.world.nodes.values()
    assert (node.total_tasks_run, node.total_tasks_succeeded) == (1, 1)
    assert node.recent_tasks[0]["taskId"] == "t"


@pytest.mark.parametrize(
    ("retries", "codes", "state", "count", "code"),
    [
        (0, "1", "completed", 0, 1),
        (2, "1", "completed", 2, 1),
        (2, "1,0", "completed", 1, 0),
        (-1, "1,1,1,1,0", "completed", 4, 0),
    ],
)
def test_retries(retries: int, codes: str, state: str, count: int, code: int) -> None:
    """A task that exits with a failure is tried again as often as allowed, without limit for -1."""
    here, job = ready()
    command = f"x EMULATOR_DURATION=1 EMULATOR_EXIT_CODE={codes}"
    task = here.task(job, command=command, constraints={"maxTaskRetryCount": retries})
    here.pass_time(60)
    assert (task.state, task.execution["retryCount"], task.execution["exitCode"]) == (state, count, code)
    assert ("failureInfo" in task.execution) == (code != 0)
    assert ("lastRetryTime" in task.execution) == (count > 0)


def test_wall_clock_time_ends_a_run() -> None:
    """A run that outlasts its wall clock time is ended without an exit code."""
    here, job = ready()
    task = here.task(job, command="sleep 500", constraints={"maxWallClockTime": "PT1M"})
    here.pass_time(65)
    assert (task.state, task.execution["failureInfo"]["code"]) == ("completed", "TaskEnded")
    assert "exitCode" not in task.execution


def test_a_launch_error_has_no_exit_code() -> None:
    """A process that never starts fails its task with a cause and no exit code."""
    here, job = ready()
    task = here.task(job, command="x EMULATOR_LAUNCH_ERROR=ResourceContainerAccessDenied")
    here.pass_time(20)
    assert task.execution["failureInfo"]["code"] == "ResourceContainerAccessDenied"
    assert (task.execution["result"], "exitCode" in task.execution) == ("failure", False)


ADDITIONS: dict[str, tuple[dict[str, Any], str]] = {
    "taken": ({"id": "T"}, "TaskExists"),
    "bad id": ({"id": "a/b"}, "InvalidPropertyValue"),
    "no command": ({"commandLine": " "}, "MissingRequiredProperty"),
    "slots": ({"requiredSlots": 257}, "InvalidPropertyValue"),
    "retries": ({"constraints": {"maxTaskRetryCount": -2}}, "InvalidPropertyValue"),
    "itself": ({"dependsOn": {"taskIds": ["u"]}}, "InvalidPropertyValue"),
    "package": ({"applicationPackageReferences": [{"applicationId": "x"}]}, "InvalidApplicationPackageReferences"),
}


@pytest.mark.parametrize("case", ADDITIONS)
def test_additions_that_are_refused(case: str) -> None:
    """A task with a taken id or a wrong value is refused."""
    change, code = ADDITIONS[case]
    here, job = ready()
    here.task(job)
    assert refused(here, tasks.create_task, job, {"id": "u", "commandLine": "x", **change}) == code


def test_dependencies_need_a_job_that_uses_them() -> None:
    """A dependency in a job without usesTaskDependencies is refused."""
    here = lab()
    job = here.job()
    body = {"id": "t", "commandLine": "x", "dependsOn": {"taskIds": ["a"]}}
    assert refused(here, tasks.create_task, job, body) == "TaskDependenciesNotSpecifiedOnJob"


def test_collections_answer_one_by_one() -> None:
    """A collection adds up to a hundred tasks, and each answers for itself."""
    here, job = ready()
    specs = [{"id": "a", "commandLine": "x"}, {"id": "A", "commandLine": "x"}, {"id": "b", "commandLine": "x"}]
    found = tasks.create_task_collection(here.world, here.account, job, specs)
    assert [each.id if isinstance(each, Task) else each.code for each in found] == ["a", "TaskExists", "b"]
    many = [{"id": f"n{n}", "commandLine": "x"} for n in range(101)]
    assert refused(here, tasks.create_task_collection, job, many) == "InvalidPropertyValue"


DEPENDENCIES: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "success": ("sleep 5", {}, {"taskIds": ["1"]}, "completed"),
    "range": ("sleep 5", {}, {"taskIdRanges": [{"start": 1, "end": 1}]}, "completed"),
    "failure blocks": ("sleep 5; exit 1", {}, {"taskIds": ["1"]}, "active"),
    "failure satisfies": (
        "sleep 5; exit 1",
        {"exitConditions": {"default": {"dependencyAction": "satisfy"}}},
        {"taskIds": ["1"]},
        "completed",
    ),
    "success blocks": (
        "sleep 5",
        {"exitConditions": {"exitCodes": [{"code": 0, "exitOptions": {"dependencyAction": "block"}}]}},
        {"taskIds": ["1"]},
        "active",
    ),
    "missing": ("sleep 5", {}, {"taskIds": ["1", "2"]}, "active"),
    "range with a gap": ("sleep 5", {}, {"taskIdRanges": [{"start": 1, "end": 2}]}, "active"),
}


@pytest.mark.parametrize("case", DEPENDENCIES)
def test_dependencies(case: str) -> None:
    """A task starts when all it depends on have ended in a way that satisfies it, also if they come later."""
    command, more, wanted, state = DEPENDENCIES[case]
    here, job = ready(3)
    task = here.task(job, "last", dependsOn=wanted)
    here.pass_time(30)
    assert task.state == "active"
    here.task(job, "1", command, **more)
    here.pass_time(4)
    assert task.state == "active"
    here.pass_time(60)
    assert task.state == state


def test_deleting_what_satisfied_does_no_harm() -> None:
    """A task stays satisfied when what it depended on is deleted afterwards."""
    here, job = ready(3)
    first = here.task(job, "1")
    last = here.task(job, "last", dependsOn={"taskIds": ["1", "2"]})
    here.pass_time(20)
    tasks.delete_task(here.world, here.account, first)
    here.task(job, "2")
    here.pass_time(60)
    assert last.state == "completed"


@pytest.mark.parametrize(("fill", "expected"), [("spread", [2, 2, 1]), ("pack", [4, 1, 0])], ids=["spread", "pack"])
def test_fill_types(fill: str, expected: list[int]) -> None:
    """Tasks spread over the nodes or pack them, as the pool says."""
    here, job = ready(3, taskSlotsPerNode=4, taskSchedulingPolicy={"nodeFillType": fill})
    for n in range(5):
        here.task(job, f"t{n}", "sleep 100")
    here.pass_time(5)
    assert sorted((len(node.running_tasks) for node in here.world.nodes.values()), reverse=True) == expected


def test_affinity_is_followed_while_there_is_room() -> None:
    """A task goes to the node of its affinity while that has room, else elsewhere."""
    here, job = ready(3)
    wanted = sorted(here.world.nodes)[2][-1]
    affinity = {"affinityInfo": {"affinityId": f"TVM:{wanted}"}}
    first, second = (here.task(job, name, "sleep 100", **affinity) for name in "ab")
    here.pass_time(5)
    assert first.node == wanted
    assert (second.state, second.node == wanted) == ("running", False)


def test_big_tasks_do_not_hold_up_small_ones() -> None:
    """A task that needs more slots than are free is passed by those that fit."""
    here, job = ready(1, taskSlotsPerNode=2)
    here.task(job, "a", "sleep 100")
    big = here.task(job, "b", requiredSlots=2)
    small = here.task(job, "c", "sleep 5")
    here.pass_time(20)
    assert (big.state, small.state) == ("active", "completed")
    here.pass_time(150)
    assert big.state == "completed"


MULTI = {"multiInstanceSettings": {"numberOfInstances": 3, "coordinationCommandLine": "start-mpi"}}


def test_several_instances() -> None:
    """A multi-instance task waits for its nodes, takes them together, and reports its subtasks."""
    here, job = ready(2, enableInterNodeCommunication=True)
    task = here.task(job, **MULTI)
    here.pass_time(30)
    assert task.state == "active"
    pool = pools.find_pool(here.world, here.account, "p")
    pools.resize_pool(here.world, here.account, pool, 3, None)
    here.pass_time(120)
    assert task.state == "completed"
    found = tasks.subtasks(here.world, here.account, task)
    assert [(each["id"], each["state"], each["exitCode"]) for each in found] == [
        (1, "completed", 0),
        (2, "completed", 0),
    ]
    assert task.node_info is not None
    assert len({task.node_info["nodeId"], *(each["nodeInfo"]["nodeId"] for each in found)}) == 3


@pytest.mark.parametrize(
    "pool", [{}, {"enableInterNodeCommunication": True, "taskSlotsPerNode": 2}], ids=["apart", "slots"]
)
def test_several_instances_need_a_pool_for_them(pool: dict[str, Any]) -> None:
    """A multi-instance task never starts where nodes cannot talk or have several slots; others pass it by."""
    here, job = ready(3, **pool)
    task = here.task(job, multiInstanceSettings={"numberOfInstances": 1, "coordinationCommandLine": "x"})
    other = here.task(job, "other", "sleep 5")
    here.pass_time(600)
    assert (task.state, other.state) == ("active", "completed")


def test_a_lost_node_requeues_all_instances() -> None:
    """When one node of a multi-instance task goes, the task gives up all and waits anew."""
    here, job = ready(3, enableInterNodeCommunication=True)
    task = here.task(job, command="sleep 500", **MULTI)
    here.pass_time(5)
    lost = next(node for node in here.world.nodes.values() if node.id != task.node)
    nodes.make_unusable(here.world, nodes.key_of(lost))
    assert (task.state, task.execution["requeueCount"]) == ("active", 1)
    assert [node.running_tasks for node in here.world.nodes.values()] == [[], [], []]


def test_terminate_a_task_that_never_ran() -> None:
    """A task that never ran is completed by terminating it, without start time, node or exit code."""
    here = lab()
    task = here.task(here.job())
    etag = task.modified
    tasks.terminate_task(here.world, here.account, task)
    assert (task.state, task.previous_state, task.modified > etag) == ("completed", "active", True)
    assert task.execution["failureInfo"] == {
        "category": "UserError",
        "code": "TaskEnded",
        "message": "Task Was Ended by User Request",
    }
    assert set(task.execution) == {"endTime", "failureInfo", "result", "retryCount", "requeueCount"}
    assert task.node_info is None
    assert refused(here, tasks.terminate_task, task) == "TaskCompleted"


def test_reactivate() -> None:
    """A failed task can run again with its retries counted anew; a task that succeeded or has not ended cannot."""
    here, job = ready()
    task = here.task(job, command="x EMULATOR_DURATION=1 EMULATOR_EXIT_CODE=1", constraints={"maxTaskRetryCount": 1})
    assert refused(here, tasks.reactivate_task, task) == "TaskNotCompleted"
    here.pass_time(20)
    etag = task.modified
    tasks.reactivate_task(here.world, here.account, task)
    assert (task.state, task.previous_state, task.modified > etag) == ("active", "completed", True)
    assert (task.execution, task.node_info) == ({"retryCount": 0, "requeueCount": 0}, None)
    here.pass_time(20)
    assert (task.state, task.execution["retryCount"]) == ("completed", 1)
    good = here.task(job, "good")
    here.pass_time(20)
    assert refused(here, tasks.reactivate_task, good) == "TaskSucceeded"


def test_replace_changes_constraints_only() -> None:
    """Replacing a task sets its constraints; those not given take their defaults."""
    here = lab()
    task = here.task(here.job(), constraints={"retentionTime": "PT1H"})
    etag = task.modified
    tasks.replace_task(
        here.world, here.account, task, {"constraints": {"maxTaskRetryCount": 4}, "commandLine": "other"}
    )
    assert task.spec["constraints"]["maxTaskRetryCount"] == 4
    assert task.spec["constraints"]["retentionTime"] == "P7D"
    assert (task.spec["commandLine"], task.modified > etag) == ("sleep 10", True)


def test_delete() -> None:
    """A deleted task is gone at once and its slot is free."""
    here, job = ready()
    task, other = here.task(job, "a", "sleep 500"), here.task(job, "b", "sleep 5")
    here.pass_time(5)
    tasks.delete_task(here.world, here.account, task)
    assert refused(here, tasks.find_task, job, "a") == "TaskNotFound"
    here.pass_time(10)
    assert other.state == "completed"


def listed(here: Lab, task: Task) -> list[str]:
    """Return the paths of a task's files."""
    return [file.path for file in files.task_files(here.world, here.account, task, recursive=True)]


def test_files_of_a_task() -> None:
    """A task has its output beside its working directory while it runs and until its retention ends."""
    here, job = ready(startTask={"commandLine": "sleep 1; echo booted"})
    task = here.task(job, command="sleep 10; echo hello", constraints={"retentionTime": "PT1H"})
    assert refused(here, files.task_files, task, recursive=True) == "TaskFilesUnavailable"
    here.pass_time(5)
    assert listed(here, task) == ["stderr.txt", "stdout.txt", "wd"]
    here.pass_time(20)
    assert files.find_task_file(here.world, here.account, task, "stdout.txt").content == b"hello\n"
    (node,) = here.world.nodes.values()
    paths = [file.path for file in files.node_files(here.world, here.account, node, recursive=True)]
    assert "workitems/j/job-1/t/stdout.txt" in paths
    assert paths == sorted(paths, key=lambda path: (path.count("/"), path))
    found = files.find_node_file(here.world, here.account, node, "startup\\stdout.txt")
    assert (found.content, found.directory) == (b"booted\n", False)
    here.pass_time(3600)
    assert refused(here, files.task_files, task, recursive=True) == "TaskFilesCleanedup"
    paths = [file.path for file in files.node_files(here.world, here.account, node, recursive=True)]
    assert not any(path.startswith("workitems/") for path in paths)


def test_deleted_files_stay_deleted() -> None:
    """A deleted file is gone from the list and cannot be found; a full folder needs recursive."""
    here, job = ready()
    task = here.task(job)
    here.pass_time(20)
    files.delete_task_file(here.world, here.account, task, "stdout.txt", recursive=False)
    assert listed(here, task) == ["stderr.txt", "wd"]
    assert refused(here, files.find_task_file, task, "stdout.txt") == "FileNotFound"
    (node,) = here.world.nodes.values()
    folder = "workitems/j/job-1"
    assert refused(here, files.delete_node_file, node, folder, recursive=False) == "OperationInvalidForCurrentState"
    files.delete_node_file(here.world, here.account, node, folder, recursive=True)
    assert refused(here, files.find_node_file, node, f"{folder}/t/stderr.txt") == "FileNotFound"


@pytest.mark.parametrize("how", ["reimage", "removal"])
def test_files_go_with_their_node(how: str) -> None:
    """The files of a task are gone when its node is reimaged or leaves."""
    here, job = ready()
    task = here.task(job)
    here.pass_time(20)
    (node,) = here.world.nodes.values()
    if how == "reimage":
        nodes.reimage_node(here.world, here.account, node)
    else:
        pool = pools.find_pool(here.world, here.account, "p")
        pools.resize_pool(here.world, here.account, pool, 0, None)
    here.pass_time(400)
    assert refused(here, files.task_files, task, recursive=True) == "TaskFilesUnavailable"


def test_windows_paths() -> None:
    """A task on Windows names its folder with backslashes."""
    machine = {"nodeAgentSKUId": "batch.node.windows amd64"}
    here, job = ready(virtualMachineConfiguration=machine)
    task = here.task(job)
    here.pass_time(30)
    assert task.node_info is not None
    assert task.node_info["taskRootDirectory"] == "workitems\\j\\job-1\\t"
    assert listed(here, task) == ["stderr.txt", "stdout.txt", "wd"]
