"""A private emulator for each test: in this process, over HTTP, its clock frozen at a fixed date."""

import http.client
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from batchplan.emulator import ticks
from batchplan.emulator.options import Options
from batchplan.emulator.server import Emulator

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
START = ticks.parse_iso("2025-06-01T08:00:00Z")
ARM_VERSION = "2025-06-01"
BATCH_VERSION = "2025-06-01"
SHARED = Path(__file__).resolve().parents[2] / "../shared"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are lower case."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(slots=True)
class Client:
    """Raw requests to one endpoint over one connection, with a bearer token unless told otherwise."""

    url: str
    token: str
    version: str
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)

    def __call__(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        version: str | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> Answer:
        """Return the answer; `path` may be a whole URL; a header of None is left out; bytes are sent as they are."""
        target = path.removeprefix(self.url)
        if "api-version=" not in target and version != "":
            target += f"{'&' if '?' in target else '?'}api-version={version or self.version}"
        sent: dict[str, str | None] = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        sent |= headers or {}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        self._connection.request(method, target, data, {k: v for k, v in sent.items() if v is not None})
        reply = self._connection.getresponse()
        return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())

    def close(self) -> None:
        self._connection.close()


@pytest.fixture
def make_emulator() -> Iterator[Callable[..., Emulator]]:
    """Start emulators with given options; all end with the test."""
    running: list[Emulator] = []

    def make(**options: Any) -> Emulator:
        emulator = Emulator(Options(**{"start": START, **options}))
        running.append(emulator.__enter__())
        return emulator

    yield make
    for emulator in running:
        emulator.__exit__()


@pytest.fixture
def emulator(make_emulator: Callable[..., Emulator]) -> Emulator:
    """An emulator in memory: HTTP, frozen at 2025-06-01 08:00."""
    return make_emulator()


@pytest.fixture
def connect() -> Iterator[Callable[..., Client]]:
    """Open raw clients: to ARM, or with an account's name to its data plane."""
    opened: list[Client] = []

    def open_client(emulator: Emulator, account: str | None = None) -> Client:
        url, audience = emulator.arm_endpoint, "https://management.azure.com/"
        if account is not None:
            url, audience = emulator.endpoint(account), "https://batch.core.windows.net/"
        opened.append(Client(url, emulator.token(audience), BATCH_VERSION if account else ARM_VERSION))
        return opened[-1]

    yield open_client
    for each in opened:
        each.close()


@pytest.fixture
def arm(emulator: Emulator, connect: Callable[..., Client]) -> Client:
    """Raw requests to ARM."""
    return connect(emulator)


@pytest.fixture
def account(emulator: Emulator, arm: Client) -> str:
    """The ARM path of an account `acct` in group `rg` in westeurope, ready, with auto-storage."""
    path = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/acct"
    storage = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/acctstore"
    body = {"location": "westeurope", "properties": {"autoStorage": {"storageAccountId": storage}}}
    assert arm("PUT", path, body).status == 202
    emulator.advance(20)
    return path


@pytest.fixture
def batch(emulator: Emulator, account: str, connect: Callable[..., Client]) -> Client:
    """Raw requests to the data plane of `account`."""
    return connect(emulator, account.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential for the synchronous SDKs: tokens of the emulator."""

    emulator: Emulator

    def get_token(self, *scopes: str, **_: Any) -> Any:
        from azure.core.credentials import AccessToken

        return AccessToken(self.emulator.token(scopes[0].removesuffix("/.default")), int(time.time()) + 3600)


def policy(credential: Any, scope: str) -> Any:
    """Return a bearer policy of azure-core that allows plain HTTP, which loopback is."""
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy

    class Loopback(BearerTokenCredentialPolicy):
        def on_request(self, request: Any) -> None:
            request.context.options.setdefault("enforce_https", False)
            super().on_request(request)

    return Loopback(credential, scope)


@pytest.fixture
def management(emulator: Emulator) -> Iterator[Any]:
    """A BatchManagementClient (azure-mgmt-batch) at the emulator."""
    from azure.mgmt.batch import BatchManagementClient

    credential = Credential(emulator)
    with BatchManagementClient(
        credential,
        SUBSCRIPTION,
        base_url=emulator.arm_endpoint,
        authentication_policy=policy(credential, "https://management.azure.com/.default"),
        polling_interval=0,
        retry_total=0,
    ) as client:
        yield client


@pytest.fixture
def batch_client(emulator: Emulator, account: str) -> Iterator[Any]:
    """A BatchClient (azure-batch) at the data plane of `account`."""
    from azure.batch import BatchClient

    credential = Credential(emulator)
    with BatchClient(
        emulator.endpoint(account.rpartition("/")[2]),
        credential,
        authentication_policy=policy(credential, "https://batch.core.windows.net//.default"),
    ) as client:
        yield client
