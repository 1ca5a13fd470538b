"""Calls survive a service that is busy, fails, or breaks connections; what was done is not done twice."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from emulated_azure import SUBSCRIPTION, Azure, account_id, connected, pool_body

from batchplan.azure.clients import Clients
from batchplan.azure.reader import AzureReader
from batchplan.azure.settings import AzureSettings, for_emulator
from batchplan.core.remote import Remote
from batchplan.emulator.server import Emulator
from batchplan.plan import step as steps
from batchplan.ports import Forbidden, Throttled, Unreachable

POOL = Remote("pool", account_id(), "p")
JOB = Remote("job", account_id(), "j")
JOB_BODY = {"id": "j", "poolInfo": {"poolId": "p"}, "priority": 5}

FAULTS = [
    pytest.param({"kind": "answer", "status": 429, "retry_after": 7}, id="429-retry-after"),
    pytest.param({"kind": "answer", "status": 503, "close": True}, id="503-close"),
    pytest.param({"kind": "answer", "status": 500}, id="500"),
    pytest.param({"kind": "answer", "status": 502, "close": True}, id="502-close"),
    pytest.param({"kind": "answer", "status": 504}, id="504"),
    pytest.param({"kind": "cut", "when": "before"}, id="cut-before"),
    pytest.param({"kind": "cut", "when": "after"}, id="cut-after"),
]


@pytest.mark.parametrize("effect", FAULTS)
def test_every_method_survives(run: Callable[..., None], effect: dict[str, Any]) -> None:
    """PUT, POST, PATCH, GET and DELETE are repeated on either plane until they are answered."""

    async def body(azure: Azure) -> None:
        for method in ("GET", "PUT", "POST", "PATCH", "DELETE"):
            azure.fault({"method": method, "count": 3, "effect": effect})
        await azure.account()
        applied = {"vm_size": "standard_d2s_v3"}
        await azure.create(POOL, pool_body(), applied)
        await azure.advance(60)
        await azure.create(JOB, JOB_BODY, {"priority": 5})
        etag = (await azure.reader.observe([POOL]))[POOL]
        assert etag is not None
        for method in ("PATCH", "POST", "DELETE"):
            azure.fault({"method": method, "count": 3, "effect": effect})
        patch = {"properties": {"metadata": [{"name": "a", "value": "b"}]}}
        applied_patch = {"metadata": [{"name": "a", "value": "b"}]}
        await azure.do(steps.Patch, POOL, body=patch, applied=applied_patch, etag=etag.etag)
        await azure.do(steps.Patch, JOB, body={"priority": 7}, applied={"priority": 7})
        await azure.do(steps.DisableJob, JOB, option="requeue")
        await azure.do(steps.Resize, POOL, dedicated=1, low_priority=0)
        found = await azure.reader.observe([POOL, JOB])
        pool, job = found[POOL], found[JOB]
        assert pool is not None
        assert job is not None
        assert (pool.facts["target_dedicated_nodes"], job.document["priority"]) == (1, 7)
        await azure.do(steps.Delete, JOB)
        await azure.do(steps.Delete, POOL)
        assert sum(1 for entry in azure.requests() if entry.get("faults")) >= 15

    run(body)


def test_retry_after_is_honoured(run: Callable[..., None]) -> None:
    """A PATCH that is throttled waits as long as the answer asks."""

    async def body(azure: Azure) -> None:
        await azure.account()
        await azure.pool("p")
        effect = {"kind": "answer", "status": 429, "retry_after": 45}
        azure.fault({"method": "PATCH", "count": 2, "effect": effect})
        azure.clock.slept.clear()
        await azure.do(steps.Resize, POOL, dedicated=1, low_priority=0)
        assert azure.clock.slept == [45, 45]

    run(body)


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        pytest.param({"kind": "answer", "status": 429}, Throttled, id="throttled"),
        pytest.param({"kind": "cut", "when": "before"}, Unreachable, id="cut"),
    ],
)
def test_patience_ends(run: Callable[..., None], effect: dict[str, Any], expected: type[Exception]) -> None:
    """After five minutes the call fails with what was said last."""

    async def body(azure: Azure) -> None:
        await azure.account()
        azure.fault({"method": "PUT", "effect": effect})
        azure.clock.slept.clear()
        with pytest.raises(expected):
            await azure.create(POOL, pool_body())
        assert 300 <= sum(azure.clock.slept) < 360

    run(body)


def test_a_region_comes_back(run: Callable[..., None]) -> None:
    """An outage of four minutes is waited out."""

    async def body(azure: Azure) -> None:
        await azure.account()
        azure.fault({"region": "westeurope", "expires_in": 240, "effect": {"kind": "region_down", "mode": "cut"}})
        outcome = await azure.create(POOL, pool_body())
        assert outcome.etag

    run(body)


def test_calls_in_flight_are_bounded(make_emulator: Callable[..., Emulator]) -> None:
    """No more calls are under way at once than the settings allow."""

    async def body() -> None:
        async with connected(make_emulator()) as azure:
            await azure.account()
            narrow = replace(azure.clients.settings, in_flight=2)
            azure.fault({"method": "GET", "effect": {"kind": "latency", "seconds": 0.02}})
            async with Clients(narrow, azure.clock) as clients:
                reader = AzureReader(clients)
                loop = asyncio.get_running_loop()
                started = loop.time()
                await asyncio.gather(*(reader.read(POOL) for _ in range(10)))
                assert loop.time() - started >= 5 * 0.02

    asyncio.run(body())


def test_nobody_signs_in(
    make_emulator: Callable[..., Emulator], tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a way to sign in the refusal says what was tried and why each failed."""
    monkeypatch.setenv("PATH", str(tmp_path))

    async def body() -> None:
        async with connected(make_emulator()) as azure:
            settings = AzureSettings(
                subscription_id=SUBSCRIPTION,
                cloud=azure.clients.settings.cloud,
                credentials=("client_secret", "oidc", "cli"),
            )
            async with Clients(settings, azure.clock) as clients:
                with pytest.raises(Forbidden) as raised:
                    await AzureReader(clients).read(POOL)
            text = raised.value.message
            assert "client secret: tenant_id, client_id and client_secret are all needed" in text
            assert "federated token (OIDC): tenant_id and client_id are needed" in text
            assert "Azure CLI: " in text

    asyncio.run(body())


def test_tokens_are_shared(run: Callable[..., None]) -> None:
    """One token for ARM and one for the data plane serve all clients, however many accounts there are."""

    async def body(azure: Azure) -> None:
        for name in ("one", "two", "three"):
            await azure.account(name)
        await azure.reader.observe([Remote("job", account_id(name), "j") for name in ("one", "two", "three")])
        entries = azure.emulator.dispatcher.log.entries
        assert sum("oauth2" in entry["path"] for entry in entries) == 2
        assert all(entry["headers"]["user-agent"].startswith("batchplan/") for entry in azure.requests())

    run(body)


def test_a_certificate_that_nobody_vouches_for(make_emulator: Callable[..., Emulator]) -> None:
    """A server with an unknown certificate is unreachable at once: it will be the same in five minutes."""

    async def body() -> None:
        async with connected(make_emulator(tls=True)) as azure:
            cloud = replace(azure.clients.settings.cloud, ca_file=None)
            async with Clients(for_emulator(cloud, SUBSCRIPTION), azure.clock) as clients:
                with pytest.raises(Unreachable, match="certificate"):
                    await AzureReader(clients).read(POOL)
            assert not azure.clock.slept

    asyncio.run(body())
