"""The Azure SDKs over HTTPS, unchanged but for their endpoints and the authority they trust."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from batchplan.emulator import tls
from batchplan.emulator.server import Emulator

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
TENANT, CLIENT = "11111111-1111-1111-1111-111111111111", "44444444-4444-4444-4444-444444444444"


def test_certificates_are_made_once(tmp_path: Path) -> None:
    """A second start finds the same authority; a new host name makes another certificate."""
    first = tls.ensure(tmp_path)
    before = first.ca.read_bytes()
    assert tls.ensure(tmp_path).ca.read_bytes() == before
    assert tls.ensure(tmp_path, ("batch.example",)).ca.read_bytes() != before
    assert first.key.stat().st_mode & 0o077 == 0


def test_the_certificate_names_loopback(tmp_path: Path) -> None:
    """localhost, its subdomains, and both loopback addresses; valid for years."""
    found = x509.load_pem_x509_certificate(tls.ensure(tmp_path).certificate.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(names.get_values_for_type(x509.DNSName)) == {"localhost", "*.localhost"}
    assert {str(each) for each in names.get_values_for_type(x509.IPAddress)} == {"127.0.0.1", "::1"}
    assert found.not_valid_after_utc > datetime.now(UTC) + timedelta(days=365)


def test_both_sdks_work_over_https(make_emulator: Callable[..., Emulator]) -> None:
    """The synchronous clients sign in, create an account and a pool, and delete both."""
    from azure.batch import BatchClient
    from azure.identity import ClientSecretCredential
    from azure.mgmt.batch import BatchManagementClient

    emulator = make_emulator(tls=True, speed=3600)
    ca, arm = str(emulator.ca_file), emulator.arm_endpoint
    credential = ClientSecretCredential(
        TENANT, CLIENT, "s", authority=arm, disable_instance_discovery=True, connection_verify=ca
    )
    with BatchManagementClient(
        credential, SUBSCRIPTION, base_url=arm, credential_scopes=[f"{arm}/.default"], connection_verify=ca
    ) as management:
        account = management.batch_account.begin_create("rg", "acct", {"location": "westeurope"}).result()
        with BatchClient(f"https://{account.properties.account_endpoint}", credential, connection_verify=ca) as batch:
            batch.create_pool(pool("p1"))
            assert [each.id for each in batch.list_pools()] == ["p1"]
            batch.begin_delete_pool("p1", polling_interval=0.05).result()
            assert list(batch.list_pools()) == []
        management.batch_account.begin_delete("rg", "acct").result()
        assert list(management.batch_account.list()) == []


def test_both_asynchronous_sdks_work_over_https(make_emulator: Callable[..., Emulator]) -> None:
    """The aio clients do the same."""
    from azure.batch.aio import BatchClient
    from azure.identity.aio import ClientSecretCredential
    from azure.mgmt.batch.aio import BatchManagementClient

    emulator = make_emulator(tls=True, speed=3600)
    ca, arm = str(emulator.ca_file), emulator.arm_endpoint

    async def live() -> list[str]:
        async with (
            ClientSecretCredential(
                TENANT, CLIENT, "s", authority=arm, disable_instance_discovery=True, connection_verify=ca
            ) as credential,
            BatchManagementClient(
                credential, SUBSCRIPTION, base_url=arm, credential_scopes=[f"{arm}/.default"], connection_verify=ca
            ) as management,
        ):
            begun = await management.batch_account.begin_create("rg", "acct", {"location": "westeurope"})
            endpoint = (await begun.result()).properties.account_endpoint
            async with BatchClient(f"https://{endpoint}", credential, connection_verify=ca) as batch:
                await batch.create_pool(pool("p1"))
                names = [each.id async for each in batch.list_pools()]
                await (await batch.begin_delete_pool("p1", polling_interval=0.05)).result()
            await (await management.batch_account.begin_delete("rg", "acct")).result()
            return names + [each.name async for each in management.batch_account.list()]

    assert asyncio.run(live()) == ["p1"]


@pytest.mark.parametrize("tls_on", [False, True], ids=["http", "https"])
def test_a_shared_key_opens_the_data_plane(make_emulator: Callable[..., Emulator], tls_on: bool) -> None:
    """azure-batch with the account's key works over both; a wrong key is 403."""
    from azure.batch import BatchClient
    from azure.core.credentials import AzureNamedKeyCredential
    from azure.core.exceptions import HttpResponseError

    from batchplan.emulator.world import accounts

    emulator = make_emulator(tls=tls_on)
    emulator.call(
        lambda world: accounts.create_account(
            world, name="acct", subscription=SUBSCRIPTION, group="rg", location="westeurope"
        )
    )
    emulator.advance(20)
    key = emulator.call(lambda world: world.accounts["acct",].keys["primary"])
    more: dict[str, Any] = {"connection_verify": str(emulator.ca_file)} if tls_on else {}
    with BatchClient(emulator.endpoint("acct"), AzureNamedKeyCredential("acct", key), **more) as batch:
        batch.create_pool(pool("p1"))
        assert [each.id for each in batch.list_pools()] == ["p1"]
    wrong = AzureNamedKeyCredential("acct", "QUJD")
    with BatchClient(emulator.endpoint("acct"), wrong, **more) as batch, pytest.raises(HttpResponseError) as refused:
        list(batch.list_pools())
    assert refused.value.status_code == 403


def pool(name: str) -> dict[str, Any]:
    image = {"publisher": "canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts", "version": "latest"}
    configuration = {"imageReference": image, "nodeAgentSKUId": "batch.node.ubuntu 22.04"}
    return {"id": name, "vmSize": "standard_d2s_v3", "virtualMachineConfiguration": configuration}
