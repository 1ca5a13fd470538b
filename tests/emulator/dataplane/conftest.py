"""A data plane without a server: requests go straight to `handle`."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import pytest

from batchplan.emulator import catalogue, ticks
from batchplan.emulator.clock import Clock
from batchplan.emulator.dataplane.app import handle
from batchplan.emulator.model import Account
from batchplan.emulator.wire.http import Reply, Request
from batchplan.emulator.world.build import new_world
from batchplan.emulator.world.core import World

NEWEST = "2025-06-01"
BASE = "https://acct.westeurope.batch.azure.com"


@dataclass
class Answer:
    """A reply, and its body as JSON."""

    reply: Reply
    status: int = field(init=False)
    json: Any = field(init=False)

    def __post_init__(self) -> None:
        self.status = self.reply.status
        kind = self.reply.headers.get("Content-Type", "")
        self.json = json.loads(self.reply.body) if self.reply.body and kind.startswith("application/json") else None

    @property
    def headers(self) -> dict[str, str]:
        """The reply's headers."""
        return self.reply.headers

    @property
    def code(self) -> str:
        """The code of an error."""
        return str(self.json["code"])

    @property
    def values(self) -> dict[str, str]:
        """The details of an error."""
        return {pair["key"]: pair["value"] for pair in self.json.get("values", [])}


@dataclass
class Plane:
    """An account of a world, and a clock that is moved by hand."""

    world: World
    account: Account
    version: str = NEWEST
    base: str = BASE

    def send(
        self, method: str, path: str, body: Any = None, *, query=None, headers=None, raw: bytes | None = None
    ) -> Answer:
        """Send one request; `path` is as it stands in a URL and may carry a query."""
        parts = urlsplit(path)
        pairs = [*parse_qsl(parts.query, keep_blank_values=True), *(query or {}).items()]
        if self.version and not any(name.lower() == "api-version" for name, _ in pairs):
            pairs.append(("api-version", self.version))
        content = raw if raw is not None else (b"" if body is None else json.dumps(body).encode())
        given = {name.lower(): value for name, value in (headers or {}).items()}
        if content:
            given.setdefault("content-type", "application/json; odata=minimalmetadata")
        request = Request(
            method=method,
            path=unquote(parts.path),
            raw_path=parts.path,
            query={name.lower(): value for name, value in pairs},
            raw_query=tuple(pairs),
            headers=given,
            body=content,
            base_url=self.base,
        )
        return Answer(handle(self.world, self.account, request))

    def get(self, path: str, **query: str) -> Any:
        """Return the body of a GET that must succeed; underscores of query names stand for `$`."""
        text = urlencode({name.replace("_", "$"): value for name, value in query.items()})
        answer = self.send("GET", f"{path}?{text}" if text else path)
        assert answer.status == 200, (path, answer.json)
        return answer.json

    def ok(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        """Send a request that must succeed."""
        answer = self.send(method, path, body, **more)
        assert answer.status < 300, (method, path, answer.json)
        return answer

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.world.clock.advance(seconds)
        self.world.sync()

    def pool(self, name: str = "p", nodes: int = 0, **more: Any) -> None:
        """Create a pool and, when it has nodes, wait until they are ready."""
        self.ok("POST", "/pools", {**POOL, "id": name, "targetDedicatedNodes": nodes, **more})
        self.advance(300 if nodes else 5)


POOL = {
    "vmSize": "standard_d2s_v3",
    "virtualMachineConfiguration": {
        "imageReference": {"publisher": "canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts"},
        "nodeAgentSKUId": "batch.node.ubuntu 22.04",
    },
}


def make_plane(start: str = "2026-01-01T00:00:00.1234567Z", seed: int = 1) -> Plane:
    """Return a fresh world with one account."""
    world = new_world(Clock(ticks.parse_iso(start)), seed)
    quotas = catalogue.default_quotas()
    account = Account(
        name="acct",
        subscription="00000000-0000-0000-0000-000000000000",
        resource_group="rg",
        location="westeurope",
        endpoint=BASE.removeprefix("https://"),
        properties={"autoStorage": {"storageAccountId": "/s"}, "poolAllocationMode": "BatchService"},
        quotas={
            "dedicatedCoreQuota": quotas.dedicated,
            "lowPriorityCoreQuota": quotas.low_priority,
            "dedicatedCoreQuotaPerVMFamily": [{"name": name, "coreQuota": cores} for name, cores in quotas.families],
            "dedicatedCoreQuotaPerVMFamilyEnforced": False,
            "poolQuota": quotas.pools,
            "activeJobAndJobScheduleQuota": quotas.jobs_and_schedules,
        },
    )
    world.put("accounts", ("acct",), account)
    return Plane(world, account)


@pytest.fixture
def plane() -> Plane:
    """A fresh data plane."""
    return make_plane()


@pytest.fixture
def fresh() -> type:
    """Makes more planes than one."""
    return make_plane


def shared() -> Path:
    """Return the folder of facts beside the repository, or skip."""
    found = Path(__file__).resolve().parents[3] / "../shared/azure-batch-api"
    if not found.is_dir():
        pytest.skip("no shared facts beside the repository")
    return found


@pytest.fixture
def facts() -> Path:
    """The folder of the API's facts."""
    return shared()
