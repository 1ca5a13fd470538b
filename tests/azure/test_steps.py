"""Each step is one call, reaches its goal, and done twice has the same result."""

from collections.abc import Callable
from typing import Any

import pytest
from emulated_azure import Azure, account_id, pool_body

from batchplan.core.remote import Remote
from batchplan.plan import step as steps
from batchplan.plan.observation import Observation
from batchplan.ports import Conflict, NotFound, Rejected
from batchplan.schema.document import Secret

POOL = Remote("pool", account_id(), "p")
JOB = Remote("job", account_id(), "j")
SCHEDULE = Remote("job_schedule", account_id(), "s")
APPLICATION = Remote("application", account_id(), "tool")
PACKAGE = Remote("application_package", account_id(), "tool", "1.0")


async def seen(azure: Azure, remote: Remote) -> Observation:
    """Return an object that must be there."""
    found = await azure.reader.read(remote)
    assert found is not None
    return found


def changes(azure: Azure) -> list[tuple[str, str]]:
    """Return the calls since the last look that are no reads, and forget all."""
    found = [(entry["method"], entry["path"].rpartition("/")[2]) for entry in azure.requests()]
    azure.emulator.dispatcher.log.clear()
    return [call for call in found if call[0] not in {"GET", "HEAD"}]


def test_scaling(run: Callable[..., None]) -> None:
    """Targets are set, a resize is stopped, a formula takes over and lets go, each by one call."""

    async def body(azure: Azure) -> None:
        await azure.account()
        await azure.pool("p")
        changes(azure)
        outcome = await azure.do(
            steps.Resize, POOL, dedicated=2, low_priority=1, timeout="PT20M", option="taskcompletion"
        )
        resized = await seen(azure, POOL)
        assert outcome.etag == resized.etag
        assert (resized.facts["target_dedicated_nodes"], resized.facts["target_low_priority_nodes"]) == (2, 1)
        sent = azure.requests()[-2]["body"]["properties"]["scaleSettings"]["fixedScale"]
        assert (sent["nodeDeallocationOption"], sent["resizeTimeout"]) == ("TaskCompletion", "PT20M")
        await azure.do(steps.StopResize, POOL)
        await azure.advance(600)
        assert (await seen(azure, POOL)).facts["resize_errors"][0]["code"] == "ResizeStopped"
        await azure.do(steps.EnableAutoScale, POOL, formula="$TargetDedicatedNodes=0", interval="PT5M", applied={})
        assert (await seen(azure, POOL)).document["auto_scale"]["formula"] == "$TargetDedicatedNodes=0"
        await azure.advance(600)
        await azure.do(steps.DisableAutoScale, POOL)
        assert "auto_scale" not in (await seen(azure, POOL)).document
        methods = [method for method, _ in changes(azure)]
        assert methods == ["PATCH", "POST", "PATCH", "POST"]

    run(body)


def test_a_resize_during_a_resize_is_a_conflict(run: Callable[..., None]) -> None:
    """A pool that is being resized to something else is not taken for resized."""

    async def body(azure: Azure) -> None:
        await azure.account()
        await azure.pool("p")
        await azure.do(steps.Resize, POOL, dedicated=2, low_priority=0)
        with pytest.raises(Conflict) as raised:
            await azure.do(steps.Resize, POOL, dedicated=3, low_priority=0)
        assert raised.value.code == "PoolBeingResized"
        again = await azure.do(steps.Resize, POOL, dedicated=2, low_priority=0)
        assert again.adopted

    run(body)


def test_jobs_are_switched(run: Callable[..., None]) -> None:
    """A job is disabled, retargeted, enabled and ended; each is as good as done when it is so already."""

    async def body(azure: Azure) -> None:
        await azure.account()
        await azure.pool("p")
        await azure.create(JOB, {"id": "j", "poolInfo": {"poolId": "p"}})
        for _ in range(2):
            await azure.do(steps.DisableJob, JOB, option="requeue")
        await azure.advance(60)
        assert (await seen(azure, JOB)).facts["state"] == "disabled"
        await azure.do(steps.Patch, JOB, body={"poolInfo": {"poolId": "q"}}, applied={})
        for _ in range(2):
            await azure.do(steps.EnableJob, JOB)
        assert (await seen(azure, JOB)).facts["state"] in {"enabling", "active"}
        await azure.advance(60)
        await azure.do(steps.TerminateJob, JOB)
        await azure.advance(60)
        assert (await seen(azure, JOB)).facts["state"] == "completed"
        assert (await azure.do(steps.TerminateJob, JOB)).adopted

    run(body)


def test_schedules_are_switched(run: Callable[..., None]) -> None:
    """A schedule is disabled and enabled, twice."""

    async def body(azure: Azure) -> None:
        await azure.account()
        await azure.pool("p")
        specification = {"poolInfo": {"poolId": "p"}}
        await azure.create(SCHEDULE, {"id": "s", "schedule": {}, "jobSpecification": specification})
        for kind, state in ((steps.DisableSchedule, "disabled"), (steps.EnableSchedule, "active")):
            for _ in range(2):
                await azure.do(kind, SCHEDULE)
                assert (await seen(azure, SCHEDULE)).facts["state"] == state

    run(body)


CREATIONS = [
    pytest.param(
        Remote("account", account_id("other"), "other"),
        {"location": "westeurope", "tags": {"a": "b"}},
        {"location": "westeurope", "tags": {"a": "b"}},
        {"tags": {"a": "c"}},
        id="account",
    ),
    pytest.param(
        APPLICATION,
        {"properties": {"displayName": "Tool"}},
        {"display_name": "Tool"},
        {"display_name": "Hammer"},
        id="application",
    ),
    pytest.param(
        Remote("pool", account_id(), "q"),
        pool_body(displayName="Pool"),
        {"display_name": "Pool", "vm_size": "standard_d2s_v3", "account_id": account_id()},
        {"vm_size": "standard_d4s_v3"},
        id="pool",
    ),
    pytest.param(
        JOB,
        {"id": "j", "poolInfo": {"poolId": "p"}, "priority": 3},
        {"priority": 3},
        {"priority": 4},
        id="job",
    ),
    pytest.param(
        SCHEDULE,
        {"id": "s", "schedule": {}, "jobSpecification": {"poolInfo": {"poolId": "p"}}, "displayName": "S"},
        {"display_name": "S"},
        {"display_name": "T"},
        id="job-schedule",
    ),
]


@pytest.mark.parametrize(("remote", "body", "applied", "other"), CREATIONS)
def test_what_is_there_is_adopted_if_it_is_the_same(
    run: Callable[..., None], remote: Remote, body: dict[str, Any], applied: dict[str, Any], other: dict[str, Any]
) -> None:
    """Creating what an interrupted run has created adopts it; what is there and differs is left alone."""

    async def again(azure: Azure) -> None:
        await azure.account()
        await azure.pool("p")
        first = await azure.create(remote, body, applied)
        second = await azure.create(remote, body, applied)
        assert (first.adopted, second.adopted) == (False, True)
        if remote.kind != "account":
            assert second.etag == (await seen(azure, remote)).etag
        before = (await seen(azure, remote)).document
        with pytest.raises(Conflict) as raised:
            await azure.create(remote, body, other)
        assert raised.value.code == "AlreadyExists"
        assert dict(raised.value.values)["differs in"].startswith(next(iter(other)))
        assert (await seen(azure, remote)).document == before

    run(again)


def test_a_stale_etag_is_a_conflict(run: Callable[..., None]) -> None:
    """A pool that has changed since the plan is not changed; one that is as it is to be counts as done."""

    async def body(azure: Azure) -> None:
        await azure.account()
        await azure.pool("p")
        patch = {"properties": {"metadata": [{"name": "a", "value": "b"}]}}
        applied = {"metadata": [{"name": "a", "value": "b"}]}
        with pytest.raises(Conflict) as raised:
            await azure.do(steps.Patch, POOL, body=patch, applied=applied, etag='W/"0x1"')
        assert raised.value.status == 412
        await azure.do(steps.Patch, POOL, body=patch, applied=applied)
        again = await azure.do(steps.Patch, POOL, body=patch, applied=applied, etag='W/"0x1"')
        assert again.adopted

    run(body)


def test_deleting_what_is_not_there(run: Callable[..., None]) -> None:
    """Deleting something that does not exist, or is being deleted, is done."""

    async def body(azure: Azure) -> None:
        await azure.account()
        for remote in (POOL, JOB, SCHEDULE, APPLICATION, PACKAGE, Remote("account", account_id("no"), "no")):
            await azure.do(steps.Delete, remote)
        await azure.pool("p", nodes=1)
        for _ in range(2):
            await azure.do(steps.Delete, POOL)
        nowhere = Remote("job", account_id("no"), "j")
        assert (await azure.do(steps.Delete, nowhere)).adopted

    run(body)


def test_other_steps_need_the_object(run: Callable[..., None]) -> None:
    """Changing what does not exist is not found, with the service's code."""

    async def body(azure: Azure) -> None:
        await azure.account()
        with pytest.raises(NotFound) as raised:
            await azure.do(steps.TerminateJob, JOB)
        assert raised.value.code == "JobNotFound"
        with pytest.raises(NotFound):
            await azure.do(steps.Resize, POOL, dedicated=1, low_priority=0)

    run(body)


def test_secrets_are_sent(run: Callable[..., None]) -> None:
    """A secret in a body reaches Azure as what it holds."""

    async def body(azure: Azure) -> None:
        await azure.account()
        setting = {"name": "TOKEN", "value": Secret("pa55")}
        start = {"commandLine": "true", "environmentSettings": [setting]}
        await azure.create(POOL, pool_body(startTask=start))
        assert "'pa55'" in azure.emulator.call(lambda world: repr(world.pools["acct", "p"]))
        assert setting["value"] == Secret("pa55"), "the step still holds it wrapped"

    run(body)


def test_what_the_service_refuses_is_told(run: Callable[..., None]) -> None:
    """A body that Azure does not take is rejected, with code and the values that say why."""

    async def body(azure: Azure) -> None:
        await azure.account()
        with pytest.raises(Rejected) as raised:
            await azure.create(POOL, pool_body(taskSlotsPerNode=0))
        assert raised.value.code
        assert any("taskSlotsPerNode" in value for _, value in raised.value.values)

    run(body)
