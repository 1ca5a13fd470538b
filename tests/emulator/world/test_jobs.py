"""Jobs: states, what may change when, how they end, auto pools, preparation and release."""

from typing import Any

import pytest
from worlds import Lab, lab

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Job
from batchplan.emulator.world import jobs, nodes, pools, tasks
from batchplan.emulator.world.hooks import NoFaults, Outcome, Work


def ready(dedicated: int = 1, **more: Any) -> Lab:
    """Return a lab with a pool `p` whose nodes are idle."""
    here = lab()
    here.pool(dedicated=dedicated, **more)
    here.pass_time(200)
    return here


def refused(here: Lab, verb: Any, *args: Any) -> str:
    """Return the code with which the service refuses a call."""
    with pytest.raises(ServiceError) as caught:
        verb(here.world, here.account, *args)
    return caught.value.code


def counts(here: Lab, job: Job) -> dict[str, int]:
    """Return a job's tasks by state, without zeros."""
    found = jobs.task_counts(here.world, here.account, job)["taskCounts"]
    return {name: number for name, number in found.items() if number}


def test_a_job_needs_no_pool() -> None:
    """A job on a pool that does not exist is active, and runs when the pool comes."""
    here = lab()
    job = here.job(pool="later")
    task = here.task(job)
    here.pass_time(100)
    assert (job.state, task.state) == ("active", "active")
    here.pool("LATER", dedicated=1)
    here.pass_time(200)
    assert task.state == "completed"


CREATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "taken": ({"id": "J"}, "JobExists"),
    "bad id": ({"id": "a:b"}, "InvalidPropertyValue"),
    "no pool": ({"poolInfo": {}}, "InvalidPropertyValue"),
    "two pools": (
        {"poolInfo": {"poolId": "p", "autoPoolSpecification": {"poolLifetimeOption": "job"}}},
        "InvalidPropertyValue",
    ),
    "priority": ({"priority": 1001}, "InvalidPropertyValue"),
    "no parallel task": ({"maxParallelTasks": 0}, "InvalidPropertyValue"),
    "retries": ({"constraints": {"maxTaskRetryCount": -2}}, "InvalidPropertyValue"),
    "release without preparation": ({"jobReleaseTask": {"commandLine": "x"}}, "InvalidPropertyValue"),
    "long name": ({"displayName": "x" * 1025}, "InvalidPropertyValue"),
}


@pytest.mark.parametrize("case", CREATIONS)
def test_creations_that_are_refused(case: str) -> None:
    """A job with a taken id or a wrong value is refused, and nothing is left behind."""
    change, code = CREATIONS[case]
    here = lab()
    here.job("j")
    assert refused(here, jobs.create_job, {"id": "k", "poolInfo": {"poolId": "p"}, **change}) == code
    assert list(here.world.jobs) == [("acct", "j")]


def test_quota_counts_what_is_not_completed() -> None:
    """Active jobs and schedules count against the quota; completed jobs do not."""
    here = lab(activeJobAndJobScheduleQuota=3)
    job = here.job("a")
    here.job("b")
    here.schedule(times={"doNotRunUntil": "2027-01-01T00:00:00Z"})
    body = {"id": "c", "poolInfo": {"poolId": "p"}}
    assert refused(here, jobs.create_job, body) == "ActiveJobAndScheduleQuotaReached"
    jobs.terminate_job(here.world, here.account, job)
    here.pass_time(1)
    jobs.create_job(here.world, here.account, body)


@pytest.mark.parametrize(
    ("option", "state", "task_state", "after"),
    [
        ("requeue", "disabled", "active", 1),
        ("terminate", "disabled", "completed", 1),
        ("wait", "disabling", "running", 1),
    ],
)
def test_disable(option: str, state: str, task_state: str, after: float) -> None:
    """Disabling requeues, ends or waits for running tasks; nothing starts while a job is disabled."""
    here = ready()
    job = here.job()
    first, second = here.task(job, "a"), here.task(job, "b")
    here.pass_time(5)
    etag = job.modified
    jobs.disable_job(here.world, here.account, job, option)
    assert (job.state, job.modified > etag) == ("disabling", True)
    here.pass_time(after)
    assert (job.state, job.previous_state, first.state, second.state) == (state, "active", task_state, "active")
    here.pass_time(100)
    assert (job.state, second.state) == ("disabled", "active")
    jobs.enable_job(here.world, here.account, job)
    here.pass_time(60)
    assert (job.state, job.previous_state) == ("active", "disabled")
    assert (first.state, second.state) == ("completed", "completed")


def test_terminate() -> None:
    """Terminating ends running tasks as failed, leaves active ones active, and is over half a second later."""
    here = ready()
    job = here.job()
    first, second = here.task(job, "a"), here.task(job, "b")
    here.pass_time(5)
    jobs.terminate_job(here.world, here.account, job, None)
    assert (job.state, job.terminate_reason, job.end_time) == ("terminating", "UserTerminate", None)
    etag = job.modified
    assert refused(here, tasks.create_task, job, {"id": "c", "commandLine": "x"}) == "JobBeingTerminated"
    here.pass_time(0.6)
    assert (job.state, job.previous_state, job.modified) == ("completed", "active", etag)
    assert job.end_time == job.state_changed
    assert first.execution["failureInfo"]["code"] == "TaskEnded"
    here.pass_time(100)
    assert (first.state, second.state) == ("completed", "active")
    assert refused(here, jobs.terminate_job, job) == "JobCompleted"
    assert refused(here, tasks.create_task, job, {"id": "c", "commandLine": "x"}) == "JobCompleted"


def test_delete() -> None:
    """A deleted job is gone with its tasks some seconds later; until then its id conflicts."""
    here = ready()
    job = here.job()
    here.task(job, "a")
    here.task(job, "b")
    here.pass_time(5)
    jobs.delete_job(here.world, here.account, job)
    assert job.state == "deleting"
    for verb, *args in (
        (jobs.delete_job, job),
        (jobs.terminate_job, job),
        (jobs.enable_job, job),
        (jobs.disable_job, job, "wait"),
        (jobs.patch_job, job, {"priority": 1}),
        (jobs.create_job, {"id": "j", "poolInfo": {"poolId": "p"}}),
    ):
        assert refused(here, verb, *args) == "JobBeingDeleted"
    here.pass_time(15)
    assert (here.world.jobs, here.world.tasks) == ({}, {})
    task = here.task(here.job(), "a")
    here.pass_time(30)
    assert task.state == "completed"


def test_patch_replaces_constraints_whole() -> None:
    """Patched constraints lose what is not given; other members stay."""
    here = lab()
    job = here.job(priority=5, constraints={"maxTaskRetryCount": 5, "maxWallClockTime": "PT1H"})
    jobs.patch_job(here.world, here.account, job, {"constraints": {"maxWallClockTime": "PT2H"}})
    assert job.spec["constraints"] == {"maxWallClockTime": "PT2H", "maxTaskRetryCount": 0}
    assert job.spec["priority"] == 5


def test_replace_keeps_what_only_a_creation_sets() -> None:
    """A replaced job loses its metadata and resets its constraints; its preparation task stays."""
    here = lab()
    job = here.job(
        metadata=[{"name": "a", "value": "b"}],
        constraints={"maxTaskRetryCount": 5},
        jobPreparationTask={"commandLine": "x"},
        priority=7,
    )
    jobs.replace_job(here.world, here.account, job, {"poolInfo": {"poolId": "p"}})
    assert "metadata" not in job.spec
    assert job.spec["constraints"]["maxTaskRetryCount"] == 0
    assert job.spec["priority"] == 0
    assert job.spec["jobPreparationTask"]["commandLine"] == "x"


@pytest.mark.parametrize("verb", [jobs.patch_job, jobs.replace_job])
def test_another_pool_needs_a_disabled_job(verb: Any) -> None:
    """The pool of a job changes only while it is disabled; the same pool is accepted at any time."""
    here = ready()
    here.pool("q", dedicated=1)
    here.pass_time(200)
    job = here.job()
    first = here.task(job, command="sleep 1000")
    here.pass_time(5)
    verb(here.world, here.account, job, {"poolInfo": {"poolId": "p"}})
    assert refused(here, verb, job, {"poolInfo": {"poolId": "q"}}) == "OperationInvalidForCurrentState"
    jobs.disable_job(here.world, here.account, job, "requeue")
    assert refused(here, verb, job, {"poolInfo": {"poolId": "q"}}) == "OperationInvalidForCurrentState"
    here.pass_time(1)
    verb(here.world, here.account, job, {"poolInfo": {"poolId": "q"}})
    jobs.enable_job(here.world, here.account, job)
    here.pass_time(5)
    assert first.node_info is not None
    assert (first.state, first.node_info["poolId"]) == ("running", "q")


def test_all_tasks_complete() -> None:
    """A job that ends when all its tasks are complete ends then, and at once when it is asked to while it has none open."""
    here = ready()
    job = here.job()
    here.task(job, "a")
    jobs.patch_job(here.world, here.account, job, {"onAllTasksComplete": "terminatejob"})
    here.pass_time(5)
    assert job.state == "active"
    assert refused(here, jobs.patch_job, job, {"onAllTasksComplete": "noaction"}) == "InvalidPropertyValue"
    here.pass_time(20)
    assert (job.state, job.terminate_reason) == ("completed", "AllTasksComplete")
    empty = here.job("empty")
    here.pass_time(100)
    assert empty.state == "active"
    jobs.patch_job(here.world, here.account, empty, {"onAllTasksComplete": "terminatejob"})
    here.pass_time(1)
    assert empty.state == "completed"


@pytest.mark.parametrize(
    ("conditions", "state", "reason"),
    [
        (None, "completed", "TaskFailed"),
        ({"exitCodes": [{"code": 3, "exitOptions": {"jobAction": "disable"}}]}, "disabled", None),
        ({"exitCodes": [{"code": 3, "exitOptions": {"jobAction": "none"}}]}, "active", None),
        ({"exitCodeRanges": [{"start": 1, "end": 5, "exitOptions": {"jobAction": "none"}}]}, "active", None),
        ({"default": {"jobAction": "disable"}}, "disabled", None),
        ({"exitCodes": [{"code": 4, "exitOptions": {"jobAction": "none"}}]}, "completed", "TaskFailed"),
    ],
    ids=["no conditions", "disable", "none", "range", "default", "other code"],
)
def test_a_failed_task_acts_on_its_job(conditions: Any, state: str, reason: str | None) -> None:
    """With performexitoptionsjobaction, a failed task's exit condition decides what becomes of its job."""
    here = ready()
    job = here.job(onTaskFailure="performexitoptionsjobaction")
    more = {"exitConditions": conditions} if conditions else {}
    here.task(job, command="exit 3", **more)
    here.pass_time(20)
    assert (job.state, job.terminate_reason) == (state, reason)


def test_a_failed_task_leaves_a_plain_job_alone() -> None:
    """Without performexitoptionsjobaction a failed task does nothing to its job."""
    here = ready()
    job = here.job()
    here.task(job, command="exit 3")
    here.pass_time(20)
    assert (job.state, counts(here, job)) == ("active", {"completed": 1, "failed": 1})


def test_wall_clock_time() -> None:
    """A job ends when its maximum wall clock time is over, counted from its start, also if that was changed."""
    here = ready()
    job = here.job(constraints={"maxWallClockTime": "PT5M"})
    here.task(job, command="sleep 5000")
    here.pass_time(200)
    jobs.patch_job(here.world, here.account, job, {"constraints": {"maxWallClockTime": "PT10M"}})
    here.pass_time(300)
    assert job.state == "active"
    here.pass_time(101)
    assert (job.state, job.terminate_reason) == ("completed", "MaxWallClockTimeExpiry")


@pytest.mark.parametrize(("kill", "state"), [(True, "completed"), (False, "active")])
def test_job_manager(kill: bool, state: str) -> None:
    """A job's manager task is there from the start and runs alone; with killJobOnCompletion the job ends with it."""
    here = ready(taskSlotsPerNode=2)
    job = here.job(jobManagerTask={"id": "boss", "commandLine": "sleep 10", "killJobOnCompletion": kill})
    other = here.task(job)
    here.pass_time(5)
    assert tasks.find_task(here.world, here.account, job, "BOSS").state == "running"
    assert other.state == "active"
    here.pass_time(30)
    assert job.state == state
    assert job.terminate_reason == ("JMComplete" if kill else None)


def test_managers_may_insist_on_dedicated_nodes() -> None:
    """A manager task that may not run on spot nodes waits for a dedicated one."""
    here = lab()
    pool = here.pool(spot=1)
    here.pass_time(200)
    manager = {"id": "boss", "commandLine": "sleep 10", "allowLowPriorityNode": False, "killJobOnCompletion": False}
    job = here.job(jobManagerTask=manager)
    here.pass_time(100)
    assert counts(here, job) == {"active": 1}
    pools.resize_pool(here.world, here.account, pool, 1, None)
    here.pass_time(200)
    assert counts(here, job) == {"completed": 1, "succeeded": 1}


def auto_pool(here: Lab, **more: Any) -> Job:
    """Create a job with an auto pool of one node."""
    pool = {"vmSize": "standard_d2s_v3", "targetDedicatedNodes": 1}
    auto = {"poolLifetimeOption": "job", "autoPoolIdPrefix": "auto-", "pool": pool, **more}
    return jobs.create_job(here.world, here.account, {"id": "j", "poolInfo": {"autoPoolSpecification": auto}})


@pytest.mark.parametrize("keep", [False, True])
def test_auto_pools(keep: bool) -> None:
    """An auto pool comes with its job, named by prefix and GUID, and goes with it unless it is kept alive."""
    here = lab()
    job = auto_pool(here, keepAlive=keep)
    assert job.pool_id is not None
    assert job.pool_id.startswith("auto-")
    assert job.pool_id[5:] == job.pool_id[5:].upper()
    task = here.task(job)
    here.pass_time(200)
    assert task.state == "completed"
    jobs.terminate_job(here.world, here.account, job)
    here.pass_time(100)
    assert bool(here.world.pools) == keep


def test_auto_pool_over_quota() -> None:
    """A job whose auto pool exceeds the quota exists, and says why nothing runs."""
    here = lab(poolQuota=0)
    job = auto_pool(here)
    assert (job.state, job.pool_id) == ("active", None)
    assert job.scheduling_error is not None
    assert job.scheduling_error["code"] == "AutoPoolCreationFailedWithQuotaReached"
    assert job.scheduling_error["category"] == "UserError"


PREPARED = {"jobPreparationTask": {"commandLine": "sleep 20"}, "jobReleaseTask": {"commandLine": "sleep 8"}}


def test_preparation_and_release() -> None:
    """The first task of a job on a node waits for the preparation; the job's end waits for the release."""
    here = ready(2, taskSlotsPerNode=2)
    job = here.job(**PREPARED)
    made = [here.task(job, f"t{n}") for n in range(3)]
    here.pass_time(5)
    assert [task.state for task in made] == ["preparing"] * 3
    assert counts(here, job) == {"running": 3}
    here.pass_time(20)
    assert [task.state for task in made] == ["running"] * 3
    late = here.task(job, "late")
    here.pass_time(5)
    assert late.state == "running"
    here.pass_time(20)
    status = jobs.preparation_status(here.world, here.account, job)
    assert len(status) == 2
    assert {entry["jobPreparationTaskExecutionInfo"]["result"] for entry in status} == {"success"}
    jobs.terminate_job(here.world, here.account, job)
    here.pass_time(5)
    assert job.state == "terminating"
    here.pass_time(10)
    assert job.state == "completed"
    status = jobs.preparation_status(here.world, here.account, job)
    assert {entry["jobReleaseTaskExecutionInfo"]["state"] for entry in status} == {"completed"}


def test_a_release_task_has_a_time_limit() -> None:
    """A release task is cut short at its maximum wall clock time, and the job ends."""
    here = ready()
    tasks_of = {"jobPreparationTask": {"commandLine": "sleep 1"}}
    job = here.job(**tasks_of, jobReleaseTask={"commandLine": "sleep 5000", "maxWallClockTime": "PT2M"})
    here.task(job)
    here.pass_time(60)
    jobs.terminate_job(here.world, here.account, job)
    here.pass_time(100)
    assert job.state == "terminating"
    here.pass_time(30)
    assert job.state == "completed"
    (status,) = jobs.preparation_status(here.world, here.account, job)
    assert status["jobReleaseTaskExecutionInfo"]["result"] == "failure"


@pytest.mark.parametrize("verb", [jobs.terminate_job, jobs.delete_job])
def test_force_does_not_wait_for_release_tasks(verb: Any) -> None:
    """With force a job ends before its release tasks are done."""
    here = ready()
    release = {"commandLine": "sleep 500", "maxWallClockTime": "PT1H"}
    made = [here.job(name, jobPreparationTask={"commandLine": "sleep 1"}, jobReleaseTask=release) for name in "ab"]
    for job in made:
        here.task(job, command="sleep 1")
        here.pass_time(20)
    for job, force in zip(made, (True, False), strict=True):
        verb(here.world, here.account, job, force=force)
    here.pass_time(30)
    left = {job.id: job.state for job in here.world.jobs.values() if job.state != "completed"}
    assert left == {"b": "terminating" if verb is jobs.terminate_job else "deleting"}


class OneBadNode(NoFaults):
    """Preparation tasks fail on the node that is asked first."""

    bad: str | None = None

    def outcome(self, work: Work, scripted: Outcome) -> Outcome:
        if work.kind != "jobpreparation":
            return scripted
        self.bad = self.bad or work.node
        return Outcome(exit_code=1, seconds=1) if work.node == self.bad else scripted


def test_a_node_that_cannot_be_prepared_is_left_alone() -> None:
    """Tasks of a node whose preparation failed go to another node, and this is no requeue."""
    here = ready(2)
    here.world.hooks = hooks = OneBadNode()
    job = here.job(**PREPARED)
    made = [here.task(job, f"t{n}") for n in range(3)]
    here.pass_time(200)
    assert {task.state for task in made} == {"completed"}
    assert hooks.bad not in {task.node for task in made}
    assert {task.execution["requeueCount"] for task in made} == {0}


@pytest.mark.parametrize(("rerun", "state"), [(True, "preparing"), (False, "running")])
def test_preparation_after_a_reboot(rerun: bool, state: str) -> None:
    """A preparation task runs again after a reboot unless it is told not to."""
    here = ready()
    job = here.job(jobPreparationTask={"commandLine": "sleep 20", "rerunOnNodeRebootAfterSuccess": rerun})
    here.task(job, "a")
    here.pass_time(60)
    (node,) = here.world.nodes.values()
    nodes.reboot_node(here.world, here.account, node)
    here.pass_time(300)
    second = here.task(job, "b")
    here.pass_time(3)
    assert second.state == state


def test_status_without_preparation() -> None:
    """The status of a job without preparation or release task is refused."""
    here = lab()
    assert refused(here, jobs.preparation_status, here.job()) == "JobPreparationTaskOrReleaseTaskNotSpecified"


def test_priorities_and_limits() -> None:
    """Jobs of higher priority go first, and a job runs no more tasks at once than it may."""
    here = ready(3)
    low, high = here.job("low"), here.job("high", priority=5, maxParallelTasks=2)
    for n in range(3):
        here.task(low, f"t{n}")
        here.task(high, f"t{n}")
    here.pass_time(3)
    assert counts(here, high) == {"active": 1, "running": 2}
    assert counts(here, low) == {"active": 2, "running": 1}


def test_slots_of_tasks_are_counted_while_they_hold_them() -> None:
    """Task slot counts add up the slots of active and running tasks; finished ones hold none."""
    here = ready(1, taskSlotsPerNode=4)
    job = here.job()
    here.task(job, "a", "sleep 100", requiredSlots=3)
    here.task(job, "b", "sleep 100", requiredSlots=2)
    here.task(job, "c", "sleep 1")
    here.pass_time(10)
    found = jobs.task_counts(here.world, here.account, job)
    assert found["taskSlotCounts"] == {"active": 2, "running": 3, "completed": 0, "succeeded": 0, "failed": 0}
    assert found["taskCounts"] == {"active": 1, "running": 1, "completed": 1, "succeeded": 1, "failed": 0}


def test_old_tasks_do_not_run() -> None:
    """A task that has waited 180 days does not run any more."""
    here = lab()
    job = here.job()
    task = here.task(job)
    here.pass_time(180 * 86_400 + 1)
    here.pool(dedicated=1)
    here.pass_time(300)
    assert (task.state, here.world.now - task.created > ticks.seconds(180 * 86_400)) == ("active", True)


def test_list_order() -> None:
    """Completed jobs come after the others, by id within each group."""
    here = lab()
    for name in ("c", "a", "b"):
        here.job(name)
    jobs.terminate_job(here.world, here.account, jobs.find_job(here.world, here.account, "a"))
    here.pass_time(1)
    assert [job.id for job in jobs.jobs_of(here.world, here.account)] == ["b", "c", "a"]
