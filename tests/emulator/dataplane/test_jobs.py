"""Jobs, tasks, schedules and files on the data plane, as recorded."""

import pytest

LONGEST = "P10675199DT2H48M5.4775807S"
NOBODY = {"autoUser": {"scope": "pool", "elevationLevel": "nonadmin"}}


@pytest.fixture
def job(plane):
    """A data plane with a job on a pool that is not there."""
    plane.ok("POST", "/jobs", {"id": "j", "poolInfo": {"poolId": "nowhere"}})
    return plane


def test_create_names_job_1(plane) -> None:
    """Location and DataServiceId of a new job say `job-1` whatever its id."""
    answer = plane.ok("POST", "/jobs", {"id": "mine", "poolInfo": {"poolId": "nowhere"}})
    assert answer.status == 201
    assert answer.headers["Location"] == answer.headers["DataServiceId"] == f"{plane.base}/jobs/job-1"


def test_job_defaults(job) -> None:
    """A job shows the service's defaults in its order."""
    shown = job.get("/jobs/j")
    assert list(shown)[1:] == [
        "id",
        "url",
        "eTag",
        "lastModified",
        "creationTime",
        "state",
        "stateTransitionTime",
        "priority",
        "maxParallelTasks",
        "usesTaskDependencies",
        "allowTaskPreemption",
        "constraints",
        "poolInfo",
        "executionInfo",
        "onAllTasksComplete",
        "onTaskFailure",
    ]
    assert shown["constraints"] == {"maxWallClockTime": LONGEST, "maxTaskRetryCount": 0}
    assert shown["executionInfo"] == {"startTime": shown["stateTransitionTime"], "poolId": "nowhere"}


def test_parts_of_a_job_are_replaced(plane) -> None:
    """PATCH replaces constraints whole; PUT drops metadata and keeps what only a creation can set."""
    plane.version = "2024-02-01.19.0"
    body = {
        "id": "j",
        "poolInfo": {"poolId": "p"},
        "constraints": {"maxTaskRetryCount": 5},
        "metadata": [{"name": "a", "value": "b"}],
        "jobPreparationTask": {"commandLine": "x"},
    }
    plane.ok("POST", "/jobs", body)
    plane.ok("PATCH", "/jobs/j", {"constraints": {"maxWallClockTime": "P3Y6M4DT12H30M5S"}})
    assert plane.get("/jobs/j")["constraints"] == {"maxWallClockTime": "P1279DT12H30M5S", "maxTaskRetryCount": 0}
    plane.ok("PUT", "/jobs/j", {"id": "j", "poolInfo": {"poolId": "p"}, "priority": "7"})
    shown = plane.get("/jobs/j")
    assert "metadata" not in shown
    assert shown["priority"] == 7
    assert shown["jobPreparationTask"]["id"] == "jobpreparation"


REFUSED = {
    "taken id": ("POST", "/jobs", {"id": "J", "poolInfo": {"poolId": "p"}}, 409, "JobExists"),
    "no pool": ("POST", "/jobs", {"id": "k"}, 400, "MissingRequiredProperty"),
    "other pool while active": ("PATCH", "/jobs/j", {"poolInfo": {"poolId": "other"}}, 409, None),
    "unknown job": ("GET", "/jobs/none", None, 404, "JobNotFound"),
    "enable an active job": ("POST", "/jobs/j/enable", None, 409, None),
    "no preparation": (
        "GET",
        "/jobs/j/jobpreparationandreleasetaskstatus",
        None,
        409,
        "JobPreparationTaskOrReleaseTaskNotSpecified",
    ),
    "unknown task": ("GET", "/jobs/j/tasks/none", None, 404, "TaskNotFound"),
    "files of a task that never ran": ("GET", "/jobs/j/tasks/t/files", None, 409, "TaskFilesUnavailable"),
    "dependency": (
        "POST",
        "/jobs/j/tasks",
        {"id": "d", "commandLine": "x", "dependsOn": {"taskIds": ["t"]}},
        400,
        "TaskDependenciesNotSpecifiedOnJob",
    ),
    "taken task": ("POST", "/jobs/j/tasks", {"id": "T", "commandLine": "x"}, 409, "TaskExists"),
    "bad force": ("DELETE", "/jobs/j?force=maybe", None, 400, "InvalidQueryParameterValue"),
    "unknown schedule": ("GET", "/jobschedules/none", None, 404, "JobScheduleNotFound"),
    "short recurrence": (
        "POST",
        "/jobschedules",
        {"id": "s", "schedule": {"recurrenceInterval": "PT30S"}, "jobSpecification": {"poolInfo": {"poolId": "p"}}},
        400,
        "InvalidPropertyValue",
    ),
}


@pytest.mark.parametrize(("method", "path", "body", "status", "code"), REFUSED.values(), ids=REFUSED)
def test_refusals(method, path, body, status, code, job) -> None:
    """What cannot be done is refused with the service's code."""
    job.ok("POST", "/jobs/j/tasks", {"id": "t", "commandLine": "x"})
    answer = job.send(method, path, body)
    assert answer.status == status, answer.json
    assert code is None or answer.code == code


def test_etags_of_jobs(job) -> None:
    """Disabling, enabling and terminating move the ETag; reaching the state does not."""
    tags = [job.get("/jobs/j")["eTag"]]
    for verb, body in (("disable", {"disableTasks": "wait"}), ("enable", None), ("terminate", None)):
        tags.append(job.ok("POST", f"/jobs/j/{verb}", body).headers["ETag"])
        job.advance(5)
        assert job.get("/jobs/j")["eTag"] == tags[-1]
    assert len(set(tags)) == 4
    ended = job.get("/jobs/j")
    assert (ended["state"], ended["previousState"]) == ("completed", "active")
    assert ended["executionInfo"]["terminateReason"] == "UserTerminate"


def test_completed_jobs_are_listed_last(plane) -> None:
    """Jobs are listed by id, completed ones after the others."""
    for name in ("a", "b", "c"):
        plane.ok("POST", "/jobs", {"id": name, "poolInfo": {"poolId": "p"}})
    plane.ok("POST", "/jobs/a/terminate")
    plane.advance(5)
    assert [job["id"] for job in plane.get("/jobs")["value"]] == ["b", "c", "a"]
    assert [job["id"] for job in plane.get("/jobs", _filter="state eq 'completed'")["value"]] == ["a"]


def test_task_defaults(job) -> None:
    """A new task shows its defaults in the service's order, with creationTime before lastModified."""
    job.ok("POST", "/jobs/j/tasks", {"id": "t", "commandLine": "x"})
    shown = job.get("/jobs/j/tasks/t")
    assert list(shown)[1:] == [
        "id",
        "url",
        "eTag",
        "creationTime",
        "lastModified",
        "state",
        "stateTransitionTime",
        "commandLine",
        "userIdentity",
        "constraints",
        "requiredSlots",
        "executionInfo",
    ]
    assert shown["userIdentity"] == NOBODY
    assert shown["constraints"] == {"maxWallClockTime": LONGEST, "retentionTime": "P7D", "maxTaskRetryCount": 0}
    assert shown["executionInfo"] == {"retryCount": 0, "requeueCount": 0}


def test_a_task_that_never_ran_can_be_ended(job) -> None:
    """Terminating an active task completes it with no start time and an empty node; reactivating clears that."""
    job.ok("POST", "/jobs/j/tasks", {"id": "t", "commandLine": "x"})
    answer = job.ok("POST", "/jobs/j/tasks/t/terminate")
    assert (answer.status, "DataServiceId" in answer.headers) == (204, True)
    ended = job.get("/jobs/j/tasks/t")
    assert ended["nodeInfo"] == {}
    assert "startTime" not in ended["executionInfo"]
    assert ended["executionInfo"]["failureInfo"] == {
        "category": "UserError",
        "code": "TaskEnded",
        "message": "Task Was Ended by User Request",
    }
    answer = job.ok("POST", "/jobs/j/tasks/t/reactivate")
    assert (answer.status, "DataServiceId" in answer.headers) == (204, False)
    again = job.get("/jobs/j/tasks/t")
    assert (again["state"], again["previousState"], "nodeInfo" in again) == ("active", "completed", False)


def test_collections_answer_per_task(job) -> None:
    """Each task of a collection succeeds or fails on its own; the status is spelled with a capital."""
    job.ok("POST", "/jobs/j/tasks", {"id": "t", "commandLine": "x"})
    tasks = [{"id": "t", "commandLine": "x"}, {"id": "u", "commandLine": "x"}, {"id": "v", "commandLine": " "}]
    answer = job.ok("POST", "/jobs/j/addtaskcollection", {"value": tasks})
    assert "DataServiceId" not in answer.headers
    first, second, third = answer.json["value"]
    assert (first["status"], first["error"]["code"]) == ("ClientError", "TaskExists")
    assert second["status"] == "Success"
    assert second["location"] == f"{job.base}/jobs/j/tasks/u"
    assert third["error"]["code"] == "MissingRequiredProperty"


def test_running_never_moves_a_tasks_etag(plane) -> None:
    """A task runs, ends and tells where, under the ETag of its creation."""
    plane.pool("p", 1)
    plane.ok("POST", "/jobs", {"id": "j", "poolInfo": {"poolId": "p"}})
    tag = plane.ok("POST", "/jobs/j/tasks", {"id": "t", "commandLine": "echo hello"}).headers["ETag"]
    plane.advance(30)
    task = plane.get("/jobs/j/tasks/t")
    assert (task["state"], task["eTag"]) == ("completed", tag)
    assert task["nodeInfo"]["taskRootDirectory"] == "workitems/j/job-1/t"
    assert task["nodeInfo"]["taskRootDirectoryUrl"] == f"{task['nodeInfo']['nodeUrl']}/files/workitems/j/job-1/t"
    node = plane.get(f"/pools/p/nodes/{task['nodeInfo']['nodeId']}")
    assert node["recentTasks"][0]["taskUrl"] == task["url"]
    counts = plane.get("/jobs/j/taskcounts")
    assert (counts["taskCounts"]["completed"], counts["taskSlotCounts"]["completed"]) == (1, 0)


@pytest.fixture
def files(plane):
    """The path of the files of a task that has run, and the data plane."""
    plane.pool("p", 1)
    plane.ok("POST", "/jobs", {"id": "j", "poolInfo": {"poolId": "p"}})
    plane.ok("POST", "/jobs/j/tasks", {"id": "t", "commandLine": "echo hello"})
    plane.advance(30)
    return plane, "/jobs/j/tasks/t/files"


def test_files_are_listed(files) -> None:
    """Folders have no properties, and lengths are strings."""
    plane, path = files
    shown = {file["name"]: file for file in plane.get(path)["value"]}
    assert set(shown) == {"stderr.txt", "stdout.txt", "wd"}
    assert shown["wd"]["isDirectory"]
    assert "properties" not in shown["wd"]
    assert shown["stdout.txt"]["properties"]["contentLength"] == "6"
    assert shown["stdout.txt"]["url"] == f"{plane.base}{path}/stdout.txt"


def test_files_are_read(files) -> None:
    """A file's content comes with its times and without an ETag, whole or in part."""
    plane, path = files
    whole = plane.send("GET", f"{path}/stdout.txt")
    assert (whole.status, whole.reply.body.strip()) == (200, b"hello")
    assert whole.headers["ocp-batch-file-isdirectory"] == "False"
    assert "ETag" not in whole.headers
    part = plane.send("GET", f"{path}/stdout.txt", headers={"ocp-range": "bytes=1-3"})
    assert (part.status, part.reply.body) == (206, b"ell")
    assert plane.send("GET", f"{path}/stdout.txt", headers={"ocp-range": "bytes=99-"}).status == 416
    head = plane.send("HEAD", f"{path}/stdout.txt")
    assert (head.status, head.reply.body, head.headers["Content-Length"]) == (200, b"", "6")
    unchanged = {"If-Modified-Since": whole.headers["Last-Modified"]}
    assert plane.send("GET", f"{path}/stdout.txt", headers=unchanged).status == 304
    assert plane.send("GET", f"{path}/none.txt").code == "FileNotFound"


def test_files_of_nodes(files) -> None:
    """A node shows the same files, by a path that may have backslashes, until they are deleted."""
    plane, _ = files
    info = plane.get("/jobs/j/tasks/t")["nodeInfo"]
    path = f"/pools/p/nodes/{info['nodeId']}/files"
    assert plane.send("GET", f"{path}/workitems%5Cj%5Cjob-1%5Ct%5Cstdout.txt").reply.body.strip() == b"hello"
    assert plane.ok("DELETE", f"{path}/workitems/j/job-1/t/stdout.txt").status == 200
    assert plane.send("GET", "/jobs/j/tasks/t/files/stdout.txt").code == "FileNotFound"
    assert {file["name"] for file in plane.get(path)["value"]} >= {"shared", "startup", "workitems"}


def test_a_schedule_makes_jobs(plane) -> None:
    """The first job exists before the answer; disabling is 204, and shows at once."""
    body = {
        "id": "s",
        "schedule": {"recurrenceInterval": "PT01H00M00S"},
        "jobSpecification": {"displayName": "nightly", "poolInfo": {"poolId": "p"}},
    }
    answer = plane.ok("POST", "/jobschedules", body)
    assert answer.headers["Location"] == f"{plane.base}/jobschedules/s"
    shown = plane.get("/jobschedules/s")
    assert shown["schedule"] == {"recurrenceInterval": "PT1H"}
    assert shown["executionInfo"]["recentJob"] == {"id": "s:job-1", "url": f"{plane.base}/jobs/s:job-1"}
    assert plane.get("/jobschedules/s/jobs")["value"][0]["displayName"] == "nightly"
    assert plane.ok("POST", "/jobschedules/s/disable").status == 204
    assert plane.get("/jobschedules/s")["state"] == "disabled"
    assert plane.ok("HEAD", "/jobschedules/s").headers["ETag"] == plane.get("/jobschedules/s")["eTag"]


def test_auto_pools(plane) -> None:
    """A job with an auto pool shows its specification with the pool's defaults, in the version's own members."""
    plane.version = "2023-05-01.17.0"
    pool = {"vmSize": "standard_d2_v2", "cloudServiceConfiguration": {"osFamily": "5"}}
    auto = {"poolLifetimeOption": "job", "pool": pool}
    plane.ok("POST", "/jobs", {"id": "j", "poolInfo": {"autoPoolSpecification": auto}})
    shown = plane.get("/jobs/j")["poolInfo"]["autoPoolSpecification"]
    assert shown["keepAlive"] is False
    assert shown["pool"]["cloudServiceConfiguration"] == {"osFamily": "5", "osVersion": "*"}
    plane.version = "2025-06-01"
    assert "cloudServiceConfiguration" not in plane.get("/jobs/j")["poolInfo"]["autoPoolSpecification"]["pool"]
