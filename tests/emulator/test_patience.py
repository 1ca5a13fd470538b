"""A resize waits for the one in hand while time runs, and is refused at once when it stands still."""

import http.client
import json
from collections.abc import Callable
from typing import Any

import pytest

from batchplan.emulator import patience, ticks
from batchplan.emulator.clock import Clock
from batchplan.emulator.model import Account, Pool
from batchplan.emulator.server import Emulator
from batchplan.emulator.wire.http import Request
from batchplan.emulator.world.core import World

START = ticks.parse_iso("2025-06-01T00:00:00Z")
ARM_POOL = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/acct/pools/p1"
OWNER = Account(name="acct", location="westeurope")
FIXED = b'{"properties": {"scaleSettings": {"fixedScale": {"targetDedicatedNodes": 2}}}}'
CASES = [
    ("resize", "dataplane", "POST", "/pools/p1/resize", b"{}", 60, True),
    ("removenodes", "dataplane", "POST", "/pools/P1/removenodes", b"{}", 60, True),
    ("stop", "dataplane", "POST", "/pools/p1/stopresize", b"", 60, False),
    ("read", "dataplane", "GET", "/pools/p1", b"", 60, False),
    ("patch of the scale", "arm", "PATCH", ARM_POOL, FIXED, 60, True),
    ("patch of something else", "arm", "PATCH", ARM_POOL, b'{"tags": {}}', 60, False),
    ("another pool", "dataplane", "POST", "/pools/p2/resize", b"{}", 60, False),
    ("frozen", "dataplane", "POST", "/pools/p1/resize", b"{}", 0, False),
    ("slow", "dataplane", "POST", "/pools/p1/resize", b"{}", 1, False),
]


@pytest.mark.parametrize(
    ("plane", "method", "path", "body", "speed", "waits"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_what_waits(plane: str, method: str, path: str, body: bytes, speed: float, waits: bool) -> None:
    """Only what needs a steady pool waits, and only as long as a person would not notice."""
    world = World(Clock(START, speed, real=lambda: 0.0), 7, {})
    due = START + ticks.seconds(60)
    world.put("pools", ("acct", "p1"), Pool(account="acct", id="p1", resize_due=due))
    request = Request(method, path, path, {}, (), {}, body, "http://localhost")
    wait = patience.needed(world, plane, OWNER if plane == "dataplane" else None, request)
    assert wait == (pytest.approx(1.0 + patience.MARGIN) if waits else 0.0)


def test_resize_right_after_a_creation(make_emulator: Callable[..., Emulator]) -> None:
    """With time running, a script that resizes what it has just made is served."""
    emulator = make_emulator(speed=3000)
    connection = http.client.HTTPConnection(emulator.arm_endpoint.removeprefix("http://"), timeout=20)

    def send(method: str, path: str, body: Any = None) -> int:
        headers = {"Authorization": f"Bearer {emulator.token()}", "Content-Type": "application/json"}
        base = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/g/providers/Microsoft.Batch"
        target = f"{base}/batchAccounts/acct{path}?api-version=2025-06-01"
        connection.request(method, target, json.dumps(body), headers)
        reply = connection.getresponse()
        reply.read()
        return reply.status

    assert send("PUT", "", {"location": "westeurope"}) == 202
    emulator.advance(60)
    machine = {
        "imageReference": {"publisher": "canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts"},
        "nodeAgentSkuId": "batch.node.ubuntu 22.04",
    }
    pool = {
        "vmSize": "STANDARD_D2S_V3",
        "deploymentConfiguration": {"virtualMachineConfiguration": machine},
        "scaleSettings": {"fixedScale": {"targetDedicatedNodes": 1}},
    }
    assert send("PUT", "/pools/p1", {"properties": pool}) == 200
    assert send("PATCH", "/pools/p1", json.loads(FIXED)) == 200
    connection.close()
