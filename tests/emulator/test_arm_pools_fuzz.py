"""Bodies that are wrong in any way are refused; the emulator itself never fails."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchplan.emulator import ticks
from batchplan.emulator.options import Options
from batchplan.emulator.server import Emulator
from batchplan.emulator.wire.http import Request

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
BASE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/acct"
FULL: dict[str, Any] = {
    "properties": {
        "vmSize": "STANDARD_D2S_V3",
        "displayName": "x",
        "deploymentConfiguration": {
            "virtualMachineConfiguration": {
                "imageReference": {"publisher": "canonical", "offer": "ubuntuserver", "sku": "18.04-lts"},
                "nodeAgentSkuId": "batch.node.ubuntu 22.04",
                "dataDisks": [{"lun": 0, "diskSizeGB": 1}],
                "extensions": [{"name": "e", "publisher": "p", "type": "t", "settings": {"a": [1]}}],
                "osDisk": {"ephemeralOSDiskSettings": {"placement": "CacheDisk"}},
                "containerConfiguration": {"type": "DockerCompatible", "containerImageNames": ["a"]},
            }
        },
        "scaleSettings": {"fixedScale": {"targetDedicatedNodes": 0, "resizeTimeout": "PT15M"}},
        "networkConfiguration": {
            "endpointConfiguration": {
                "inboundNatPools": [
                    {
                        "name": "a",
                        "protocol": "TCP",
                        "backendPort": 1,
                        "frontendPortRangeStart": 1,
                        "frontendPortRangeEnd": 200,
                    }
                ]
            }
        },
        "startTask": {"commandLine": "x", "environmentSettings": [{"name": "a", "value": "b"}]},
        "userAccounts": [{"name": "u", "password": "p", "linuxUserConfiguration": {"uid": 1, "gid": 1}}],
        "metadata": [{"name": "a", "value": "b"}],
        "mountConfiguration": [{"nfsMountConfiguration": {"source": "s", "relativeMountPath": "m"}}],
        "applicationPackages": [{"id": f"{BASE}/applications/app", "version": "1"}],
        "upgradePolicy": {"mode": "manual"},
    },
    "identity": {"type": "UserAssigned", "userAssignedIdentities": {"/x/y": {}}},
    "tags": {"a": "b"},
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from(["PT5M", "P1D", "-PT1M", "Enabled", "\ud800", "9" * 400, "x" * 2000]),
    st.just([]),
    st.just({}),
    st.just([None]),
    st.just([[{}]]),
    st.just({"a": {"b": None}}),
)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to everything inside a body."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, item in pairs:
        yield (*at, name)
        yield from places(item, (*at, name))


PLACES = list(places(FULL))


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    """An emulator for all bodies."""
    with Emulator(Options(start=ticks.parse_iso("2025-06-01T08:00:00Z"))) as emulator:
        yield emulator


@settings(max_examples=120, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    changes=st.lists(st.tuples(st.sampled_from(PLACES), ODD), min_size=1, max_size=3),
    method=st.sampled_from(["PUT", "PATCH"]),
)
def test_no_body_breaks_it(running: Emulator, changes: list[tuple[tuple[Any, ...], Any]], method: str) -> None:
    """Whatever stands in a body, the answer is a success or an error of the client's."""
    content = copy.deepcopy(FULL)
    for way, odd in changes:
        node: Any = content
        for step in way[:-1]:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
        if isinstance(node, dict) or (isinstance(node, list) and isinstance(way[-1], int) and way[-1] < len(node)):
            node[way[-1]] = copy.deepcopy(odd)
    answers = [ask(running, "PUT", BASE, {"location": "westeurope"}), ask(running, method, f"{BASE}/pools/p1", content)]
    answers.append(ask(running, "GET", f"{BASE}/pools/p1"))
    assert all(status < 500 for status, _ in answers)
    for status, body in answers:
        if status >= 400:
            assert json.loads(body)["error"]["code"]


def ask(emulator: Emulator, method: str, path: str, content: Any = None) -> tuple[int, bytes]:
    """Send a request past the sockets."""
    data = b"" if content is None else json.dumps(content).encode()
    headers = {"authorization": f"Bearer {emulator.token()}", "content-type": "application/json"}
    query = (("api-version", "2025-06-01"),)
    request = Request(method, path, path, dict(query), query, headers, data, emulator.arm_endpoint)
    port = int(emulator.arm_endpoint.rpartition(":")[2])

    def answer(world: Any) -> tuple[int, bytes]:
        reply = emulator.dispatcher.answer(request, port).reply
        world.clock.advance(20)
        assert reply is not None
        return reply.status, reply.body

    return emulator.call(answer)


def test_the_body_itself_is_taken(running: Emulator) -> None:
    """The body that is varied is one the service takes, its packages apart."""
    content = copy.deepcopy(FULL)
    del content["properties"]["applicationPackages"]
    ask(running, "PUT", BASE, {"location": "westeurope"})
    ask(running, "GET", BASE)
    assert ask(running, "PUT", f"{BASE}/pools/whole", content)[0] == 200
