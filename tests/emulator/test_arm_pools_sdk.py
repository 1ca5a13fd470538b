"""The SDKs themselves live through a pool's life, synchronous and asynchronous, over HTTP and HTTPS."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from azure.core import MatchConditions
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy, BearerTokenCredentialPolicy
from azure.mgmt.batch import BatchManagementClient, models
from azure.mgmt.batch.aio import BatchManagementClient as AsyncBatchManagementClient

from batchplan.emulator.server import Emulator

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
SCOPE = "https://management.azure.com/.default"


class Credential:
    """Tokens of an emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken(self.emulator.token(), int(time.time()) + 3600)


class AsyncCredential(Credential):
    """The same for asynchronous clients."""

    async def get_token(self, *_: str, **__: Any) -> AccessToken:  # type: ignore[override]
        return super().get_token()

    async def close(self) -> None:
        pass

    async def __aexit__(self, *_: object) -> None:
        pass


class Loopback(BearerTokenCredentialPolicy):
    """Sends a token over plain HTTP as well."""

    def on_request(self, request: Any) -> None:
        request.context.options.setdefault("enforce_https", False)
        super().on_request(request)


class AsyncLoopback(AsyncBearerTokenCredentialPolicy):
    """The same for asynchronous clients."""

    async def on_request(self, request: Any) -> None:
        request.context.options.setdefault("enforce_https", False)
        await super().on_request(request)


def wanted(nodes: int = 1) -> models.Pool:
    """Return a pool with something in every corner that the planes spell differently."""
    return models.Pool(
        properties=models.PoolProperties(
            vm_size="STANDARD_D2S_V3",
            display_name="a pool",
            deployment_configuration=models.DeploymentConfiguration(
                virtual_machine_configuration=models.VirtualMachineConfiguration(
                    image_reference=models.ImageReference(
                        publisher="canonical", offer="0001-com-ubuntu-server-jammy", sku="22_04-lts"
                    ),
                    node_agent_sku_id="batch.node.ubuntu 22.04",
                    node_placement_configuration=models.NodePlacementConfiguration(policy="Zonal"),
                    data_disks=[models.DataDisk(lun=0, disk_size_gb=10)],
                )
            ),
            scale_settings=models.ScaleSettings(fixed_scale=models.FixedScaleSettings(target_dedicated_nodes=nodes)),
            inter_node_communication="Enabled",
            metadata=[models.MetadataItem(name="a", value="b")],
            user_accounts=[models.UserAccount(name="u", password="p", elevation_level="Admin")],
            start_task=models.StartTask(command_line="/bin/true", wait_for_success=True),
        )
    )


def check(pool: Any) -> None:
    """Check what the service gives back of `wanted`."""
    shown = pool.properties
    machine = shown.deployment_configuration.virtual_machine_configuration
    assert (pool.name, shown.vm_size, shown.inter_node_communication) == ("p1", "STANDARD_D2S_V3", "Enabled")
    assert (machine.image_reference.version, machine.node_placement_configuration.policy) == ("latest", "Zonal")
    assert machine.data_disks[0].managed_disk.storage_account_type == "Standard_LRS"
    assert (shown.user_accounts[0].elevation_level, shown.user_accounts[0].password) == ("Admin", None)
    assert shown.start_task.user_identity.auto_user.elevation_level == "NonAdmin"
    assert shown.scale_settings.fixed_scale.resize_timeout.total_seconds() == 900


BIGGER = models.Pool(
    properties=models.PoolProperties(
        scale_settings=models.ScaleSettings(fixed_scale=models.FixedScaleSettings(target_dedicated_nodes=2))
    )
)
AUTO = models.Pool(
    properties=models.PoolProperties(
        scale_settings=models.ScaleSettings(auto_scale=models.AutoScaleSettings(formula="$TargetDedicatedNodes=0"))
    )
)


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_life_with_the_sdk(make_emulator: Callable[..., Emulator], tls: bool) -> None:
    """A pool is created, read, listed, patched, scaled and deleted."""
    emulator = make_emulator(tls=tls)
    credential = Credential(emulator)
    with BatchManagementClient(
        credential,
        SUBSCRIPTION,
        base_url=emulator.arm_endpoint,
        authentication_policy=Loopback(credential, SCOPE),
        connection_verify=str(emulator.ca_file) if tls else True,
        polling_interval=0,
    ) as client:
        client.batch_account.begin_create("rg", "acct", {"location": "westeurope"}).result()
        made = client.pool.create("rg", "acct", "p1", wanted())
        check(made)
        with pytest.raises(HttpResponseError) as busy:
            client.pool.update("rg", "acct", "p1", BIGGER)
        assert busy.value.error.code == "PoolBeingResized"
        emulator.advance(300)
        with pytest.raises(HttpResponseError) as stale:
            client.pool.update(
                "rg", "acct", "p1", BIGGER, etag='W/"0x1"', match_condition=MatchConditions.IfNotModified
            )
        assert stale.value.status_code == 412
        grown = client.pool.update(
            "rg", "acct", "p1", BIGGER, etag=made.etag, match_condition=MatchConditions.IfNotModified
        )
        assert grown.etag != made.etag
        client.pool.stop_resize("rg", "acct", "p1")
        emulator.advance(300)
        client.pool.update("rg", "acct", "p1", AUTO)
        emulator.advance(300)
        assert client.pool.disable_auto_scale("rg", "acct", "p1").properties.scale_settings.fixed_scale is not None
        listed = list(client.pool.list_by_batch_account("rg", "acct", filter="startswith(name,'p')", maxresults=1))
        assert [pool.name for pool in listed] == ["p1"]
        client.pool.begin_delete("rg", "acct", "p1").result()
        with pytest.raises(ResourceNotFoundError):
            client.pool.get("rg", "acct", "p1")


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_life_with_the_asynchronous_sdk(make_emulator: Callable[..., Emulator], tls: bool) -> None:
    """The asynchronous client does the same."""
    emulator = make_emulator(tls=tls)
    asyncio.run(live(emulator, str(emulator.ca_file) if tls else True))


async def live(emulator: Emulator, trust: str | bool) -> None:
    """Live through a pool's life."""
    from azure.core.pipeline.transport import AioHttpTransport

    credential = AsyncCredential(emulator)
    client = AsyncBatchManagementClient(
        credential,
        SUBSCRIPTION,
        base_url=emulator.arm_endpoint,
        authentication_policy=AsyncLoopback(credential, SCOPE),
        transport=AioHttpTransport(connection_verify=trust),
        polling_interval=0,
    )
    async with client:
        await (await client.batch_account.begin_create("rg", "acct", {"location": "westeurope"})).result()
        check(await client.pool.create("rg", "acct", "p1", wanted()))
        await asyncio.to_thread(emulator.advance, 300)
        await client.pool.update("rg", "acct", "p1", BIGGER)
        await client.pool.stop_resize("rg", "acct", "p1")
        await asyncio.to_thread(emulator.advance, 300)
        names = [pool.name async for pool in client.pool.list_by_batch_account("rg", "acct")]
        assert names == ["p1"]
        await (await client.pool.begin_delete("rg", "acct", "p1")).result()
        with pytest.raises(ResourceNotFoundError):
            await client.pool.get("rg", "acct", "p1")
