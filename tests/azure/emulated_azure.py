"""A reader and a writer on an emulator, whose waiting moves its clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from batchplan.azure import clouds
from batchplan.azure.clients import Clients
from batchplan.azure.reader import AzureReader
from batchplan.azure.settings import DataPlaneAuth, for_emulator
from batchplan.azure.writer import AzureWriter
from batchplan.core.address import Address
from batchplan.core.remote import ACCOUNT_PATTERN, Remote
from batchplan.emulator import ticks
from batchplan.emulator.faultspec import FaultSpec
from batchplan.emulator.server import Emulator
from batchplan.plan import step as steps
from batchplan.ports import Outcome

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"


def account_id(name: str = "acct", subscription: str = SUBSCRIPTION) -> str:
    """Return the ARM id of an account in group `rg`."""
    return ACCOUNT_PATTERN.format(subscription, "rg", name)


@dataclass(slots=True)
class EmulatorClock:
    """An emulator's time: to sleep is to move it."""

    emulator: Emulator
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return ticks.to_datetime(self.emulator.clock.now())

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.to_thread(self.emulator.advance, seconds)


@dataclass(slots=True)
class Azure:
    """What a test works with."""

    emulator: Emulator
    clock: EmulatorClock
    clients: Clients
    reader: AzureReader
    writer: AzureWriter

    async def do(self, kind: type[Any], remote: Remote, **more: Any) -> Outcome:
        """Perform a step."""
        return await self.writer.perform(kind(id="1", address=Address((), remote.kind, "a"), remote=remote, **more))

    async def create(self, remote: Remote, body: dict[str, Any], applied: dict[str, Any] | None = None) -> Outcome:
        """Create an object."""
        return await self.do(steps.Create, remote, body=body, applied=applied or {})

    async def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        await asyncio.to_thread(self.emulator.advance, seconds)

    async def account(self, name: str = "acct") -> Remote:
        """Create an account that is ready, with auto-storage."""
        remote = Remote("account", account_id(name), name)
        storage = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/store"
        body = {"location": "westeurope", "properties": {"autoStorage": {"storageAccountId": storage}}}
        await self.create(remote, body)
        await self.advance(30)
        return remote

    async def pool(self, name: str = "p", account: str = "acct", nodes: int = 0, **more: Any) -> Remote:
        """Create a pool that is steady."""
        remote = Remote("pool", account_id(account), name)
        await self.create(remote, pool_body(nodes, **more))
        await self.advance(600 if nodes else 5)
        return remote

    def fault(self, spec: dict[str, Any]) -> None:
        """Let something go wrong from now on."""
        fault = FaultSpec.model_validate(spec)
        self.emulator.call(lambda _: self.emulator.faults.add(fault))

    def requests(self) -> list[Any]:
        """Return the requests made so far, without those for tokens."""
        return [entry for entry in self.emulator.dispatcher.log.entries if "oauth2" not in entry["path"]]


def pool_body(nodes: int = 0, **more: Any) -> dict[str, Any]:
    """Return the body of a pool; `more` are further properties."""
    return {
        "properties": {
            "vmSize": "STANDARD_D2S_V3",
            "deploymentConfiguration": {
                "virtualMachineConfiguration": {
                    "imageReference": {
                        "publisher": "canonical",
                        "offer": "0001-com-ubuntu-server-jammy",
                        "sku": "22_04-lts",
                    },
                    "nodeAgentSkuId": "batch.node.ubuntu 22.04",
                }
            },
            "scaleSettings": {"fixedScale": {"targetDedicatedNodes": nodes}},
            **more,
        }
    }


@asynccontextmanager
async def connected(emulator: Emulator, auth: DataPlaneAuth = "entra") -> AsyncIterator[Azure]:
    """Connect to an emulator."""
    cloud = clouds.emulator(emulator.arm_endpoint, str(emulator.ca_file) if emulator.ca_file else None)
    clock = EmulatorClock(emulator)
    async with Clients(for_emulator(cloud, SUBSCRIPTION, auth), clock) as clients:
        reader = AzureReader(clients)
        yield Azure(emulator, clock, clients, reader, AzureWriter(clients, reader))
