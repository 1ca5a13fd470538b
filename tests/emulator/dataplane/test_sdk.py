"""The official SDK, azure-batch, goes through the whole life of every kind, synchronously and not, over HTTP."""

import asyncio
import datetime as dt
import json
import ssl
import urllib.request

import pytest
from azure.batch import BatchClient, models
from azure.batch.aio import BatchClient as AsyncBatchClient
from azure.core import MatchConditions
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import HttpResponseError

IMAGE = models.BatchVmImageReference(publisher="canonical", offer="0001-com-ubuntu-server-jammy", sku="22_04-lts")
MACHINE = models.VirtualMachineConfiguration(image_reference=IMAGE, node_agent_sku_id="batch.node.ubuntu 22.04")
HOUR = dt.timedelta(hours=1)


def _pool(name: str, nodes: int) -> models.BatchPoolCreateOptions:
    return models.BatchPoolCreateOptions(
        id=name,
        vm_size="STANDARD_D2S_V3",
        virtual_machine_configuration=MACHINE,
        target_dedicated_nodes=nodes,
        resize_timeout=dt.timedelta(minutes=15),
        start_task=models.BatchStartTask(command_line="echo up", wait_for_success=True),
        metadata=[models.BatchMetadataItem(name="a", value="b")],
    )


def _schedule() -> models.BatchJobScheduleCreateOptions:
    return models.BatchJobScheduleCreateOptions(
        id="nightly",
        schedule=models.BatchJobScheduleConfiguration(recurrence_interval=HOUR),
        job_specification=models.BatchJobSpecification(pool_info=models.BatchPoolInfo(pool_id="p")),
    )


@pytest.fixture
def key(arm, account) -> AzureNamedKeyCredential:
    """A key of the account."""
    return AzureNamedKeyCredential("acct", arm("POST", f"{account}/listKeys").json["primary"])


@pytest.fixture(params=["bearer", "shared key"])
def client(request, emulator, key, batch_client):
    """A synchronous client, with a token and with a key."""
    if request.param == "bearer":
        yield batch_client
    else:
        with BatchClient(emulator.endpoint("acct"), key) as signed:
            yield signed


def test_pools_and_nodes(client, emulator) -> None:
    """A pool is made, filled, changed, resized and deleted; its nodes are used meanwhile."""
    client.create_pool(_pool("p", 2))
    emulator.advance(200)
    pool = client.get_pool("p")
    assert (pool.allocation_state, pool.current_dedicated_nodes, pool.vm_size) == ("steady", 2, "standard_d2s_v3")
    assert pool.resize_timeout == dt.timedelta(minutes=15)
    assert [one.id for one in client.list_pools(filter="startswith(id,'p')", select=["id"])] == ["p"]
    client.update_pool(
        "p",
        models.BatchPoolUpdateOptions(metadata=[]),
        etag=pool.etag,
        match_condition=MatchConditions.IfNotModified,
    )
    assert client.get_pool("p").metadata is None
    with pytest.raises(HttpResponseError) as caught:
        client.update_pool("p", models.BatchPoolUpdateOptions(vm_size="standard_d4s_v3"))
    assert caught.value.error.code == "PropertyCannotBeUpdated"
    nodes = list(client.list_nodes("p"))
    assert {node.state for node in nodes} == {models.BatchNodeState.IDLE}
    assert client.get_node_remote_login_settings("p", nodes[0].id).remote_login_port >= 50000
    client.create_node_user("p", nodes[0].id, models.BatchNodeUserCreateOptions(name="u", password="x"))
    client.delete_node_user("p", nodes[0].id, "u")
    logs = models.UploadBatchServiceLogsOptions(container_url="https://c", start_time=pool.creation_time)
    assert client.upload_node_logs("p", nodes[0].id, logs).number_of_files_uploaded == 4
    removing = client.begin_remove_nodes(
        "p", models.BatchNodeRemoveOptions(node_ids=[nodes[0].id]), polling_interval=0.05
    )
    emulator.advance(60)
    removing.result()
    assert [node.id for node in client.list_nodes("p")] == [nodes[1].id]
    growing = client.begin_resize_pool(
        "p", models.BatchPoolResizeOptions(target_dedicated_nodes=3), polling_interval=0.05
    )
    emulator.advance(200)
    growing.result()
    assert client.get_pool("p").current_dedicated_nodes == 3
    counts = next(iter(client.list_pool_node_counts()))
    assert counts.dedicated.idle == 3
    deleting = client.begin_delete_pool("p", polling_interval=0.05)
    assert client.get_pool("p").state == models.BatchPoolState.DELETING
    emulator.advance(200)
    deleting.result()
    assert list(client.list_pools()) == []


def test_autoscale(client, emulator) -> None:
    """Autoscale is switched on, tried out and switched off."""
    client.create_pool(_pool("p", 0))
    emulator.advance(10)
    options = models.BatchPoolEnableAutoScaleOptions(
        auto_scale_formula="$TargetDedicatedNodes=1", auto_scale_evaluation_interval=dt.timedelta(minutes=6)
    )
    client.enable_pool_auto_scale("p", options)
    emulator.advance(200)
    pool = client.get_pool("p")
    assert pool.auto_scale_run.results.startswith("$TargetDedicatedNodes=1;")
    assert pool.auto_scale_evaluation_interval == dt.timedelta(minutes=6)
    run = client.evaluate_pool_auto_scale(
        "p",
        models.BatchPoolEvaluateAutoScaleOptions(auto_scale_formula="$TargetDedicatedNodes=$CurrentDedicatedNodes+1"),
    )
    assert run.results.startswith("$TargetDedicatedNodes=2;")
    client.disable_pool_auto_scale("p")
    assert client.get_pool("p").auto_scale_formula is None


def test_jobs_and_tasks(client, emulator) -> None:
    """A job runs its tasks, whose output can be read; it is disabled, changed, ended and deleted."""
    client.create_pool(_pool("p", 1))
    emulator.advance(200)
    client.create_job(models.BatchJobCreateOptions(id="j", pool_info=models.BatchPoolInfo(pool_id="p"), priority=5))
    client.create_task("j", models.BatchTaskCreateOptions(id="t", command_line="echo hello"))
    many = [models.BatchTaskCreateOptions(id=f"m{n}", command_line="echo") for n in range(150)]
    result = client.create_tasks("j", many)
    assert {one.status.lower() for one in result.result_values} == {"success"}
    emulator.advance(2000)
    task = client.get_task("j", "t")
    assert (task.state, task.execution_info.exit_code, task.execution_info.result) == ("completed", 0, "success")
    assert b"".join(client.download_task_file("j", "t", "stdout.txt")).strip() == b"hello"
    assert {file.name for file in client.list_task_files("j", "t", recursive=True)} >= {"stdout.txt", "stderr.txt"}
    assert client.get_task_file_properties("j", "t", "stdout.txt").content_length == 6
    counts = client.get_job_task_counts("j")
    assert (counts.task_counts.succeeded, counts.task_slot_counts.completed) == (151, 0)
    assert len(list(client.list_tasks("j", select=["id"]))) == 151
    disabling = client.begin_disable_job(
        "j", models.BatchJobDisableOptions(disable_tasks="requeue"), polling_interval=0.05
    )
    emulator.advance(5)
    disabling.result()
    client.update_job("j", models.BatchJobUpdateOptions(pool_info=models.BatchPoolInfo(pool_id="other")))
    enabling = client.begin_enable_job("j", polling_interval=0.05)
    emulator.advance(5)
    enabling.result()
    assert client.get_job("j").pool_info.pool_id == "other"
    client.delete_task("j", "m0")
    with pytest.raises(HttpResponseError) as caught:
        client.get_task("j", "m0")
    assert (caught.value.status_code, caught.value.error.code) == (404, "TaskNotFound")
    ending = client.begin_terminate_job("j", {"terminateReason": "enough"}, polling_interval=0.05)
    emulator.advance(5)
    ending.result()
    assert client.get_job("j").execution_info.termination_reason == "enough"
    deleting = client.begin_delete_job("j", polling_interval=0.05)
    emulator.advance(60)
    deleting.result()
    assert list(client.list_jobs()) == []


def test_job_schedules(client, emulator) -> None:
    """A schedule makes jobs as time passes, is switched off and on, changed, ended and deleted."""
    client.create_job_schedule(_schedule())
    assert [job.id for job in client.list_jobs_from_schedule("nightly")] == ["nightly:job-1"]
    assert client.get_job("nightly:job-1").url.endswith("/jobs/nightly:job-1")
    client.disable_job_schedule("nightly")
    assert client.get_job_schedule("nightly").state == "disabled"
    client.enable_job_schedule("nightly")
    client.update_job_schedule(
        "nightly",
        models.BatchJobScheduleUpdateOptions(
            schedule=models.BatchJobScheduleConfiguration(recurrence_interval=dt.timedelta(hours=2))
        ),
    )
    schedule = client.get_job_schedule("nightly")
    assert schedule.schedule.recurrence_interval == dt.timedelta(hours=2)
    assert schedule.execution_info.recent_job.id == "nightly:job-1"
    ending = client.begin_terminate_job_schedule("nightly", polling_interval=0.05)
    emulator.advance(10)
    ending.result()
    assert client.get_job_schedule("nightly").state == "completed"
    deleting = client.begin_delete_job_schedule("nightly", polling_interval=0.05)
    emulator.advance(60)
    deleting.result()
    assert list(client.list_job_schedules()) == []


def test_facts(client) -> None:
    """Images, applications, usage and extensions can be listed."""
    images = list(client.list_supported_images(filter="verificationType eq 'verified'"))
    assert {image.verification_type for image in images} == {models.ImageVerificationType.VERIFIED}
    assert list(client.list_applications()) == []
    assert list(client.list_pool_usage_metrics()) == []


async def _life(endpoint: str, key: AzureNamedKeyCredential, emulator) -> list[str]:
    seen = []
    async with AsyncBatchClient(endpoint, key) as client:
        await client.create_pool(_pool("p", 1))
        emulator.advance(200)
        seen += [pool.allocation_state async for pool in client.list_pools()]
        seen += [node.state async for node in client.list_nodes("p")]
        await client.create_job(models.BatchJobCreateOptions(id="j", pool_info=models.BatchPoolInfo(pool_id="p")))
        await client.create_tasks("j", [models.BatchTaskCreateOptions(id="t", command_line="echo hello")])
        emulator.advance(60)
        seen.append((await client.get_task("j", "t")).state)
        content = await client.download_task_file("j", "t", "stdout.txt")
        seen.append(b"".join([part async for part in content]).decode().strip())
        await client.create_job_schedule(_schedule())
        seen += [job.id async for job in client.list_jobs_from_schedule("nightly")]
        for poller in (
            await client.begin_delete_job_schedule("nightly", polling_interval=0.05),
            await client.begin_delete_job("j", polling_interval=0.05),
            await client.begin_delete_pool("p", polling_interval=0.05),
        ):
            emulator.advance(100)
            await poller.result()
        seen += [pool.id async for pool in client.list_pools()]
    return seen


def test_everything_without_blocking(emulator, account, key) -> None:
    """The asynchronous client goes the same way."""
    assert asyncio.run(_life(emulator.endpoint("acct"), key, emulator)) == [
        "steady",
        "idle",
        "completed",
        "hello",
        "nightly:job-1",
    ]


def test_wrong_keys_are_refused(emulator, account) -> None:
    """A key that is not the account's does not open it."""
    with (
        BatchClient(emulator.endpoint("acct"), AzureNamedKeyCredential("acct", "AAAA")) as client,
        pytest.raises(HttpResponseError) as caught,
    ):
        list(client.list_pools())
    assert (caught.value.status_code, caught.value.error.code) == (403, "AuthenticationFailed")


def _https(emulator, method: str, path: str, body=None):
    context = ssl.create_default_context(cafile=str(emulator.ca_file))
    request = urllib.request.Request(
        f"{emulator.arm_endpoint}{path}?api-version=2025-06-01",
        method=method,
        data=json.dumps(body or {}).encode(),
        headers={"Authorization": f"Bearer {emulator.token()}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, context=context, timeout=10) as reply:
        return json.loads(reply.read() or b"null")


def test_over_https(make_emulator) -> None:
    """Both clients trust the emulator's certificate and are served as over HTTP."""
    emulator = make_emulator(tls=True)
    scope = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Batch"
    _https(emulator, "PUT", f"{scope}/batchAccounts/acct", {"location": "westeurope"})
    emulator.advance(20)
    key = AzureNamedKeyCredential("acct", _https(emulator, "POST", f"{scope}/batchAccounts/acct/listKeys")["primary"])
    endpoint = emulator.endpoint("acct")
    assert endpoint.startswith("https://")
    with BatchClient(endpoint, key, connection_verify=str(emulator.ca_file)) as client:
        client.create_pool(_pool("p", 0))
        assert client.get_pool("p").url.startswith(endpoint)

    async def listed() -> list[str]:
        async with AsyncBatchClient(endpoint, key, connection_verify=str(emulator.ca_file)) as client:
            return [pool.id async for pool in client.list_pools()]

    assert asyncio.run(listed()) == ["p"]
