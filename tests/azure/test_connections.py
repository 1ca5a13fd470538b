"""A connection that the service wants closed is not used again."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from emulated_azure import SUBSCRIPTION, account_id

from batchplan.azure import clouds
from batchplan.azure.clients import Clients
from batchplan.azure.rawjson import get
from batchplan.azure.settings import for_emulator
from batchplan.clocks import SystemClock

TOKEN = {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"}
ACCOUNT = {"id": account_id(), "name": "acct", "properties": {}}


@dataclass
class Service:
    """A service that answers 503 first, and leaves its ends of connections open whatever it says."""

    headers: str
    seen: list[int] = field(default_factory=list)
    """The number of the connection of each request for the account."""
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        self.connections += 1
        number = self.connections
        while head := (await reader.readuntil(b"\r\n\r\n")).decode():
            lines = [line.lower() for line in head.split("\r\n")]
            length = next((int(line[15:]) for line in lines if line.startswith("content-length:")), 0)
            await reader.readexactly(length)
            writer.write(self._answer(head, number))
            await writer.drain()

    def _answer(self, head: str, number: int) -> bytes:
        if head.startswith("POST"):
            return reply("200 OK", TOKEN)
        self.seen.append(number)
        return reply("503 Service Unavailable", {}, self.headers) if len(self.seen) == 1 else reply("200 OK", ACCOUNT)


def reply(status: str, body: object, headers: str = "") -> bytes:
    """Return an answer."""
    text = json.dumps(body)
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n{headers}\r\n"
    return f"{head}{text}".encode()


@asynccontextmanager
async def running(service: Service) -> AsyncIterator[str]:
    """Run a service; yield its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await service.serve(reader, writer)
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def asked(service: Service) -> dict[str, object]:
    """Ask a service for the account, as batchplan does."""
    async with running(service) as address:
        settings = for_emulator(clouds.emulator(address), SUBSCRIPTION)
        async with Clients(settings, SystemClock()) as clients:
            found: dict[str, object] = await get(clients.arm(account_id()), account_id())
            return found


@pytest.mark.parametrize(("headers", "new"), [("Connection: close\r\n", True), ("", False)])
def test_the_next_request_goes_by_a_new_connection(headers: str, new: bool) -> None:
    """After 5xx with `Connection: close` the call is repeated on another connection; without it, on the same."""
    service = Service(headers)
    assert asyncio.run(asked(service))["name"] == "acct"
    first, second = service.seen
    assert (first != second) is new
