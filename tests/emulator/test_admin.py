"""The admin API moves the clock, faults, work and nodes, tells what happened, and keeps strangers out."""

import http.client
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from batchplan.emulator import openapi
from batchplan.emulator.admin import OPERATIONS
from batchplan.emulator.requestlog import readable, redacted
from batchplan.emulator.server import Emulator

MACHINE = {
    "imageReference": {"publisher": "canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts"},
    "nodeAgentSKUId": "batch.node.ubuntu 22.04",
}
JSON = {"Content-Type": "application/json; odata=minimalmetadata"}


@pytest.fixture
def admin(emulator: Emulator) -> Iterator[Callable[..., Any]]:
    """Raw requests to the admin API: status and JSON."""
    connection = http.client.HTTPConnection(urlsplit(emulator.admin_endpoint).netloc, timeout=20)

    def ask(method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection.request(method, f"/admin{path}", data, headers or {})
        reply = connection.getresponse()
        text = reply.read()
        return reply.status, json.loads(text) if "json" in reply.getheader("content-type", "") else text.decode()

    yield ask
    connection.close()


def pool(
    batch: Any, emulator: Emulator, name: str = "p1", dedicated: int = 0, spot: int = 0, wait: float = 600
) -> None:
    """Make a pool and wait for its nodes."""
    sent = {
        "id": name,
        "vmSize": "standard_d2s_v3",
        "virtualMachineConfiguration": MACHINE,
        "targetDedicatedNodes": dedicated,
        "targetLowPriorityNodes": spot,
        "taskSlotsPerNode": 2,
    }
    assert batch("POST", "/pools", sent, headers=JSON).status == 201
    emulator.advance(wait)


def test_clock(admin: Callable[..., Any]) -> None:
    """Time is shown, moved, set to a speed and stopped."""
    assert admin("GET", "/clock")[1]["now"] == "2025-06-01T08:00:00Z"
    assert admin("POST", "/clock/advance", {"by": "30m"})[1]["now"] == "2025-06-01T08:30:00Z"
    assert admin("POST", "/clock/advance", {"by": 90})[1]["now"] == "2025-06-01T08:31:30Z"
    assert admin("POST", "/clock/advance", {"by": "PT1H"})[1]["now"] == "2025-06-01T09:31:30Z"
    running = admin("POST", "/clock/speed", {"speed": 5})[1]
    assert (running["speed"], running["frozen"]) == (5.0, False)
    assert admin("POST", "/clock/freeze")[1]["frozen"] is True


def test_next_event(admin: Callable[..., Any], emulator: Emulator, batch: Any) -> None:
    """The clock jumps to what happens next, and it has happened."""
    sent = {"id": "p1", "vmSize": "standard_d2s_v3", "virtualMachineConfiguration": MACHINE}
    assert batch("POST", "/pools", sent, headers=JSON).status == 201
    due = admin("GET", "/clock")[1]["next_event"]
    assert due is not None
    assert admin("POST", "/clock/next")[1]["now"] == due
    assert batch("GET", "/pools/p1").json["allocationState"] == "steady"


REFUSED = [
    ("POST", "/clock/advance", {"by": -1}, 400),
    ("POST", "/clock/advance", {"by": "soon"}, 400),
    ("POST", "/clock/advance", {}, 400),
    ("POST", "/clock/advance", b"{", 400),
    ("POST", "/clock/speed", {"speed": -1}, 400),
    ("POST", "/faults", {"effect": {"kind": "magic"}}, 400),
    ("DELETE", "/faults/none", None, 404),
    ("POST", "/tasks", {"account": "acct", "job": "none", "count": 1}, 404),
    ("POST", "/tasks", {"account": "none", "job": "none", "count": 1}, 404),
    ("POST", "/nodes", {"account": "acct", "pool": "none", "action": "preempt"}, 404),
    ("GET", "/log?limit=many", None, 400),
    ("PUT", "/snapshot", {"format": 2}, 400),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), REFUSED, ids=[f"{c[1]} {c[2]}" for c in REFUSED])
def test_refusals(admin: Callable[..., Any], account: str, method: str, path: str, body: Any, status: int) -> None:
    """What makes no sense is refused with a code and a reason."""
    found, answer = admin(method, path, body)
    assert found == status
    assert set(answer["error"]) == {"code", "message"}


def test_faults_over_the_wire(admin: Callable[..., Any], arm: Any, account: str) -> None:
    """A fault is added, strikes, is listed with its count, and is removed."""
    spec = {"id": "busy", "path": "batchAccounts/*", "effect": {"kind": "answer", "status": 503, "retry_after": 3}}
    assert admin("POST", "/faults", spec)[0] == 200
    struck = arm("GET", account)
    assert (struck.status, struck.headers["retry-after"], struck.json["error"]["code"]) == (503, "3", "ServerBusy")
    assert admin("GET", "/faults")[1]["faults"][0]["fired"] == 1
    assert admin("DELETE", "/faults/busy") == (200, {"removed": 1})
    assert arm("GET", account).status == 200


def test_data_plane_faults_speak_its_language(admin: Callable[..., Any], batch: Any) -> None:
    """An injected refusal has the envelope of the plane it strikes."""
    admin("POST", "/faults", {"plane": "dataplane", "effect": {"kind": "answer", "status": 429, "close": True}})
    answer = batch("GET", "/pools")
    assert (answer.status, answer.json["code"]) == (429, "TooManyRequests")
    assert answer.headers["connection"] == "close"


def test_faults_survive_a_restart(make_emulator: Callable[..., Emulator], tmp_path: Path) -> None:
    """Faults are kept with the world."""
    first = make_emulator(data=tmp_path)
    connection = http.client.HTTPConnection(urlsplit(first.admin_endpoint).netloc, timeout=20)
    spec = {"id": "kept", "count": 3, "effect": {"kind": "answer", "status": 500}}
    connection.request("POST", "/admin/faults", json.dumps(spec))
    assert connection.getresponse().read()
    connection.request("POST", "/admin/shutdown")
    connection.getresponse().read()
    connection.close()
    assert first._thread is not None
    first._thread.join(timeout=10)
    again = make_emulator(data=tmp_path)
    assert again.call(lambda _: [fault.id for fault in again.faults.living()]) == ["kept"]


@pytest.mark.parametrize(("when", "there"), [("before", 404), ("after", 200)])
def test_cut_connection(
    admin: Callable[..., Any], arm: Any, emulator: Emulator, account: str, when: str, there: int
) -> None:
    """A connection that is cut leaves no answer; whether the call took effect shows in the next one."""
    admin("POST", "/faults", {"method": "PUT", "count": 1, "effect": {"kind": "cut", "when": when}})
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        arm("PUT", f"{account}/applications/app", {})
    arm.close()
    assert arm("GET", f"{account}/applications/app").status == there


def test_stale_read_over_the_wire(admin: Callable[..., Any], arm: Any, account: str) -> None:
    """A read after a write shows the past once, then the present."""
    admin("POST", "/faults", {"method": "PATCH", "effect": {"kind": "stale", "reads": 1}})
    assert arm("PATCH", account, {"tags": {"a": "b"}}).status == 200
    seen = [arm("GET", account).json.get("tags") for _ in range(2)]
    assert seen == [None, {"a": "b"}]


def test_world_faults_over_the_wire(admin: Callable[..., Any], batch: Any, emulator: Emulator) -> None:
    """Allocation fails in a region, start tasks fail, nodes come up unusable, deletions hang."""
    admin("POST", "/faults", {"region": "westeurope", "pool": "none", "effect": {"kind": "allocation_failure"}})
    admin("POST", "/faults", {"pool": "bad", "effect": {"kind": "nodes_unusable"}})
    admin("POST", "/faults", {"pool": "bad", "effect": {"kind": "stuck_deleting"}})
    for name in ("none", "bad", "good"):
        pool(batch, emulator, name, dedicated=1, wait=60)
    emulator.advance(60)
    empty = batch("GET", "/pools/none").json
    assert (empty["currentDedicatedNodes"], empty["resizeErrors"][0]["code"]) == (0, "AllocationFailed")
    states = {name: batch("GET", f"/pools/{name}/nodes").json["value"][0]["state"] for name in ("bad", "good")}
    assert states == {"bad": "unusable", "good": "idle"}
    for name in ("bad", "good"):
        assert batch("DELETE", f"/pools/{name}").status == 202
    emulator.advance(600)
    assert [batch("GET", f"/pools/{name}").status for name in ("bad", "good")] == [200, 404]
    admin("DELETE", "/faults")
    emulator.advance(120)
    assert batch("GET", "/pools/bad").status == 404


def test_start_task_failure_over_the_wire(admin: Callable[..., Any], batch: Any, emulator: Emulator) -> None:
    """A failing start task is told with its exit code."""
    admin("POST", "/faults", {"effect": {"kind": "start_task_failure", "exit_code": 7}})
    sent = {
        "id": "p1",
        "vmSize": "standard_d2s_v3",
        "virtualMachineConfiguration": MACHINE,
        "targetDedicatedNodes": 1,
        "startTask": {"commandLine": "/bin/true", "waitForSuccess": True},
    }
    assert batch("POST", "/pools", sent, headers=JSON).status == 201
    emulator.advance(900)
    node = batch("GET", "/pools/p1/nodes").json["value"][0]
    assert (node["state"], node["startTaskInfo"]["exitCode"]) == ("starttaskfailed", 7)


@pytest.mark.parametrize(
    ("action", "state"), [("preempt", "preempted"), ("make_unusable", "unusable"), ("lose_contact", "unknown")]
)
def test_node_actions(admin: Callable[..., Any], batch: Any, emulator: Emulator, action: str, state: str) -> None:
    """Something befalls as many nodes as told; lost ones can be brought back."""
    pool(batch, emulator, dedicated=2 if action != "preempt" else 0, spot=2 if action == "preempt" else 0)
    status, answer = admin("POST", "/nodes", {"account": "acct", "pool": "P1", "action": action, "count": 1})
    assert (status, len(answer["nodes"])) == (200, 1)
    states = {node["id"]: node["state"] for node in batch("GET", "/pools/p1/nodes").json["value"]}
    assert states[answer["nodes"][0]] == state
    assert sorted(states.values()).count(state) == 1
    if action != "preempt":
        admin("POST", "/nodes", {"account": "acct", "pool": "p1", "action": "recover", "count": 5})
        emulator.advance(200)
        assert {node["state"] for node in batch("GET", "/pools/p1/nodes").json["value"]} == {"idle"}


def test_workload(admin: Callable[..., Any], batch: Any, emulator: Emulator) -> None:
    """Made-up tasks arrive over their time, run as long as told, and exit as told."""
    pool(batch, emulator, dedicated=2)
    assert batch("POST", "/jobs", {"id": "j", "poolInfo": {"poolId": "p1"}}, headers=JSON).status == 201
    wanted = {
        "account": "acct",
        "job": "j",
        "count": 30,
        "spread": "10m",
        "durations": {"kind": "uniform", "low": 10, "high": "1m"},
        "exit_codes": {"0": 2, "1": 1},
    }
    assert admin("POST", "/tasks", wanted)[1]["tasks"] == 30
    emulator.advance(300)
    halfway = batch("GET", "/jobs/j/taskcounts").json["taskCounts"]
    assert 5 < sum(halfway[state] for state in ("active", "running", "completed")) < 25
    emulator.advance(3600)
    done = batch("GET", "/jobs/j/taskcounts").json["taskCounts"]
    assert done["completed"] == 30
    assert 3 <= done["failed"] <= 17


def test_log(admin: Callable[..., Any], arm: Any, account: str) -> None:
    """Requests are told in order, with their faults, without their secrets."""
    admin("POST", "/faults", {"id": "f", "path": "listKeys", "effect": {"kind": "answer", "status": 500}})
    arm("POST", f"{account}/listKeys")
    arm("POST", f"{account}/regenerateKeys", {"keyName": "Primary"})
    entries = admin("GET", "/log?limit=2")[1]["requests"]
    assert [entry["path"].rpartition("/")[2] for entry in entries] == ["listKeys", "regenerateKeys"]
    assert (entries[0]["faults"], entries[0]["status"], entries[1]["body"]) == (["f"], 500, {"keyName": "Primary"})
    assert "Bearer" not in json.dumps(entries)
    after = admin("GET", f"/log?after={entries[0]['n']}")[1]["requests"]
    assert [entry["n"] for entry in after] == [entries[1]["n"]]
    admin("DELETE", "/log")
    assert admin("GET", "/log")[1]["requests"] == []


SECRETS = [
    ({"password": "p", "name": "n"}, {"password": "(hidden)", "name": "n"}),
    ({"a": [{"accountKey": "k"}]}, {"a": [{"accountKey": "(hidden)"}]}),
    ({"url": "https://x/y?se=1&sig=abc&b=2"}, {"url": "https://x/y?se=1&sig=(hidden)&b=2"}),
    ({"keyName": "Primary"}, {"keyName": "Primary"}),
]


@pytest.mark.parametrize(("value", "shown"), SECRETS, ids=[json.dumps(case[0]) for case in SECRETS])
def test_redaction(value: Any, shown: Any) -> None:
    """Values of secret members and signatures of URLs are hidden."""
    assert redacted(value) == shown


def test_forms_are_redacted() -> None:
    """The secret of a token request is hidden, its kind is not."""
    form = b"grant_type=client_credentials&client_secret=s"
    shown = readable(form, "application/x-www-form-urlencoded")
    assert shown == {"grant_type": "client_credentials", "client_secret": "(hidden)"}


def test_log_file(make_emulator: Callable[..., Emulator], tmp_path: Path) -> None:
    """Every request is a line of the log file."""
    emulator = make_emulator(log=tmp_path / "requests.jsonl")
    connection = http.client.HTTPConnection(urlsplit(emulator.arm_endpoint).netloc, timeout=20)
    for _ in range(3):
        connection.request("GET", "/subscriptions?api-version=2022-12-01")
        connection.getresponse().read()
    connection.close()
    lines = [json.loads(line) for line in (tmp_path / "requests.jsonl").read_text().splitlines()]
    assert [(line["n"], line["path"]) for line in lines] == [(n, "/subscriptions") for n in (1, 2, 3)]


def test_snapshot(admin: Callable[..., Any], batch: Any, arm: Any, emulator: Emulator, account: str) -> None:
    """A world is taken out, changed, and put back as it was, its clock included; then it goes on."""
    pool(batch, emulator, dedicated=1)
    assert batch("POST", "/pools/p1/resize", {"targetDedicatedNodes": 3}, headers=JSON).status == 202
    before = batch("GET", "/pools/p1").json
    status, kept = admin("GET", "/snapshot")
    assert status == 200
    emulator.advance(1000)
    batch("DELETE", "/pools/p1")
    emulator.advance(1000)
    assert batch("GET", "/pools/p1").status == 404
    assert admin("PUT", "/snapshot", kept)[0] == 200
    assert batch("GET", "/pools/p1").json == before
    assert admin("GET", "/clock")[1]["now"][:16] == before["lastModified"][:16]
    emulator.advance(300)
    assert batch("GET", "/pools/p1").json["currentDedicatedNodes"] == 3


def test_status(admin: Callable[..., Any], batch: Any, emulator: Emulator) -> None:
    """The summary counts what there is."""
    pool(batch, emulator, dedicated=2)
    shown = admin("GET", "/status")[1]
    assert shown["arm_endpoint"] == emulator.arm_endpoint
    assert shown["counts"]["nodes"] == 2
    assert shown["accounts"][0]["pools"][0]["nodes"] == {"idle": 2}


def test_openapi(admin: Callable[..., Any]) -> None:
    """Every operation is in the OpenAPI document and on the page; all references lead somewhere."""
    document = admin("GET", "/openapi.json")[1]
    page = admin("GET", "/")[1]
    for operation in OPERATIONS:
        assert operation.method.lower() in document["paths"][f"/admin{operation.path}"]
        assert f"/admin{operation.path}" in page
    names = {part.partition('"')[0] for part in json.dumps(document).split("#/components/schemas/")[1:]}
    assert names <= document["components"]["schemas"].keys()
    assert document == openapi.document("/admin", OPERATIONS)


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "10.0.0.1"])
def test_foreign_hosts(admin: Callable[..., Any], host: str) -> None:
    """A page of another origin cannot use the API through a browser."""
    assert admin("GET", "/clock", headers={"Host": host})[0] == 403


def test_shutdown(make_emulator: Callable[..., Emulator]) -> None:
    """The emulator ends when told to, after its answer."""
    emulator = make_emulator()
    connection = http.client.HTTPConnection(urlsplit(emulator.admin_endpoint).netloc, timeout=20)
    connection.request("POST", "/admin/shutdown")
    assert json.loads(connection.getresponse().read()) == {"stopping": True}
    connection.close()
    assert emulator._thread is not None
    emulator._thread.join(timeout=10)
    assert not emulator._thread.is_alive()


def test_the_networks_side(admin: Callable[..., Any], arm: Any, account: str) -> None:
    """A private endpoint and a perimeter come from the network; ARM then shows them, and approves the one."""
    endpoint = f"{account.partition('/providers')[0]}/providers/Microsoft.Network/privateEndpoints/pe"
    name = admin("POST", "/connections", {"account": "acct", "name": "pe", "endpoint": endpoint})[1]["name"]
    path = f"{account}/privateEndpointConnections/{name}"
    state = {"status": "Approved", "description": "fine"}
    assert arm("PATCH", path, {"properties": {"privateLinkServiceConnectionState": state}}).status == 202
    shown = arm("GET", path).json["properties"]
    assert (shown["privateLinkServiceConnectionState"]["status"], shown["groupIds"]) == ("Approved", ["batchAccount"])
    perimeter = endpoint.replace("privateEndpoints", "networkSecurityPerimeters")
    name = admin("POST", "/perimeters", {"account": "acct", "perimeter": perimeter})[1]["name"]
    listed = arm("GET", f"{account}/networkSecurityPerimeterConfigurations").json["value"]
    assert [each["name"] for each in listed] == [name]
    assert admin("POST", "/perimeters", {"account": "none", "perimeter": perimeter})[0] == 404
