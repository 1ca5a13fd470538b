"""Operations that end out of sight: what one fails with is told."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from emulated_azure import Azure, account_id

from batchplan.core.remote import Remote
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.world import operations
from batchplan.plan import step as steps
from batchplan.ports import Conflict

ACCOUNT = Remote("account", account_id(), "acct")


def test_a_creation_that_fails(run: Callable[..., None]) -> None:
    """The read after a creation that has failed raises its code and sentence, once."""

    async def body(azure: Azure) -> None:
        await azure.create(ACCOUNT, {"location": "westeurope"})

        def fail(world: Any) -> None:
            (number,) = next(iter(world.operations))
            operations.end(world, number, ServiceError(409, "RegionFull", "The region is full."))

        await asyncio.to_thread(azure.emulator.call, fail)
        with pytest.raises(Conflict) as raised:
            await azure.reader.read(ACCOUNT)
        assert (raised.value.code, raised.value.message) == ("RegionFull", "The region is full.")
        assert await azure.reader.read(ACCOUNT) is not None

    run(body)


def test_operations_that_succeed(run: Callable[..., None]) -> None:
    """An operation is asked about until it has ended, and then no more."""

    async def body(azure: Azure) -> None:
        await azure.create(ACCOUNT, {"location": "westeurope"})
        assert len(azure.clients.operations.urls) == 1
        await azure.advance(60)
        assert await azure.reader.read(ACCOUNT) is not None
        assert not azure.clients.operations.urls
        pool = await azure.pool("p", nodes=1)
        await azure.do(steps.Delete, pool)
        assert len(azure.clients.operations.urls) == 1
        await azure.advance(900)
        assert await azure.reader.read(pool) is None
        assert not azure.clients.operations.urls

    run(body)
