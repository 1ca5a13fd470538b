"""Every kind lives through its life, by the SDKs, on the emulator."""

from collections.abc import Callable
from typing import Any

import pytest
from emulated_azure import Azure, account_id, pool_body

from batchplan.core.remote import Remote
from batchplan.plan import step as steps

PLANES = [
    pytest.param({"tls": False}, id="http"),
    pytest.param({"tls": True}, id="https"),
    pytest.param({"tls": False, "auth": "shared_key"}, id="shared-key"),
    pytest.param({"tls": True, "auth": "shared_key"}, id="https-shared-key"),
]


@pytest.mark.parametrize("options", PLANES)
def test_all_kinds(run: Callable[..., None], options: dict[str, Any]) -> None:
    """Accounts, pools, jobs and schedules are created, read, changed and deleted over either protocol and signature."""

    async def life(azure: Azure) -> None:
        account = await azure.account()
        found = await azure.reader.read(account)
        assert found is not None
        assert found.facts["provisioning_state"] == "Succeeded"
        pool = Remote("pool", account_id(), "p")
        made = await azure.create(pool, pool_body(1))
        seen = await azure.reader.read(pool)
        assert seen is not None
        assert (made.etag, seen.facts["allocation_state"]) == (seen.etag, "Resizing")
        await azure.advance(600)
        patch = {"properties": {"metadata": [{"name": "a", "value": "b"}]}}
        changed = await azure.do(steps.Patch, pool, body=patch, applied={}, etag=made.etag)
        assert changed.etag not in {None, made.etag}
        job = Remote("job", account_id(), "j")
        await azure.create(job, {"id": "j", "poolInfo": {"poolId": "p"}})
        await azure.do(steps.Patch, job, body={"priority": 7}, applied={})
        schedule = Remote("job_schedule", account_id(), "s")
        specification = {"poolInfo": {"poolId": "p"}}
        await azure.create(schedule, {"id": "s", "schedule": {}, "jobSpecification": specification})
        await azure.do(steps.Patch, schedule, body={"metadata": [{"name": "a", "value": "b"}]}, applied={})
        for each in (schedule, job, pool, account):
            assert await azure.reader.read(each) is not None
            await azure.do(steps.Delete, each)
            await azure.advance(900)
            assert await azure.reader.read(each) is None

    run(life, **options)
