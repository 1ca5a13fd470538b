"""What the schema finds right, the service (the emulator) takes; and tells again as it was said."""

import http.client
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from batchplan.emulator import ticks
from batchplan.emulator.options import Options
from batchplan.emulator.server import Emulator
from batchplan.schema.api import from_api, to_api
from batchplan.schema.document import Document, at, leaves, path_text
from batchplan.schema.lookup import field
from batchplan.schema.normal import normalise
from batchplan.schema.registry import KINDS
from batchplan.schema.verify import problems

SPEC = importlib.util.spec_from_file_location("schema_documents", Path(__file__).parent / "random_documents.py")
MODULE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(MODULE)
GROUP = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers"
ACCOUNT = f"{GROUP}/Microsoft.Batch/batchAccounts/acct"
STORAGE = f"{GROUP}/Microsoft.Storage/storageAccounts/acctstore"
IMAGE = {"publisher": "canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts"}
MACHINE = {"vm_size": "Standard_D4s_v3", "node_agent_sku_id": "batch.node.ubuntu 22.04", "image_reference": IMAGE}
ELSEWHERE = ("backup", "application_packages", "disk_encryption_configuration")
"""Members that ask for other objects, or that the documentation and public deployments disagree about."""


class Service:
    """The two endpoints of an emulator in this process."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Return status and JSON; ARM's paths start with the subscription."""
        arm = path.startswith("/subscriptions/")
        url = self.emulator.arm_endpoint if arm else self.emulator.endpoint("acct")
        audience = "https://management.azure.com/" if arm else "https://batch.core.windows.net/"
        headers = {"Authorization": f"Bearer {self.emulator.token(audience)}"}
        headers["Content-Type"] = "application/json" if arm else "application/json; odata=minimalmetadata"
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        connection.request(method, f"{path}?api-version=2025-06-01", json.dumps(body) if body else None, headers)
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        return reply.status, json.loads(content) if content else None


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """An emulator with an account."""
    with Emulator(Options(start=ticks.parse_iso("2025-06-01T08:00:00Z"))) as emulator:
        made = Service(emulator)
        account = {"location": "westeurope", "properties": {"autoStorage": {"storageAccountId": STORAGE}}}
        assert made("PUT", ACCOUNT, account)[0] == 202
        emulator.advance(20)
        yield made


def pool(seed: int) -> Document:
    """Return a random pool on a machine that exists."""
    made = MODULE.Maker(seed, density=0.1).document(KINDS["pool"].shape) | MACHINE
    return {name: value for name, value in made.items() if name not in ELSEWHERE}


def job(seed: int) -> Document:
    """Return a random job of a name of its own."""
    return MODULE.Maker(seed, density=0.2).document(KINDS["job"].shape) | {"name": f"j{seed}"}


def schedule(seed: int) -> Document:
    """Return a random schedule of a name of its own."""
    made = MODULE.Maker(seed, density=0.2).document(KINDS["job_schedule"].shape) | {"name": f"s{seed}"}
    return {name: value for name, value in made.items() if name not in ELSEWHERE}


def account(seed: int) -> Document:
    """Return a random account in a region that exists."""
    made = MODULE.Maker(seed, density=0.25).document(KINDS["account"].shape)
    return made | {"name": f"acct{seed}", "resource_group_name": "rg", "location": "West Europe"}


def application(seed: int) -> Document:
    """Return a random application; a default version would need its package."""
    made = MODULE.Maker(seed, density=0.5).document(KINDS["application"].shape)
    return {name: value for name, value in made.items() if name != "default_version"}


CASES = {
    "account": (account, "PUT", ACCOUNT + "{seed}", ACCOUNT + "{seed}"),
    "application": (application, "PUT", ACCOUNT + "/applications/a{seed}", ACCOUNT + "/applications/a{seed}"),
    "pool": (pool, "PUT", ACCOUNT + "/pools/p{seed}", ACCOUNT + "/pools/p{seed}"),
    "job": (job, "POST", "/jobs", "/jobs/j{seed}"),
    "job_schedule": (schedule, "POST", "/jobschedules", "/jobschedules/s{seed}"),
}


@pytest.mark.parametrize("kind", CASES)
def test_what_is_right_is_taken_and_told_again(service: Service, kind: str) -> None:
    """Every random document without a problem is created, and each field that can be read comes back as it was."""
    make, method, collection, place = CASES[kind]
    right = 0
    for seed in range(100):
        document = make(seed)
        if list(problems(kind, document)):
            continue
        right += 1
        body = to_api(kind, document, reveal_secrets=True)
        status, answer = service(method, collection.format(seed=seed), body)
        assert status in (200, 201, 202), (seed, answer)
        service.emulator.advance(20)
        told = service("GET", place.format(seed=seed))[1]
        assert different(kind, normalise(kind, document), normalise(kind, from_api(kind, told))) == [], seed
        service("DELETE", place.format(seed=seed))
        service.emulator.advance(900)
    assert right >= 10


def different(kind: str, wanted: Document, observed: Document) -> list[str]:
    """Return the paths of leaves that are set and readable, and not observed as they are wanted."""
    found = []
    for path, value in leaves(wanted):
        place = field(kind, path)
        if place.api and place.fact.readable and value not in ({}, []) and at(observed, path) != value:
            found.append(path_text(path))
    return found
