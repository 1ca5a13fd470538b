"""Faults strike the calls they are meant for, as often as they are meant to, and decide in the world."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from batchplan.emulator import ticks
from batchplan.emulator.clock import Clock
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.faults import Call, Faults, Outcome, glob
from batchplan.emulator.faultspec import FaultSpec
from batchplan.emulator.model import Account, Pool
from batchplan.emulator.wire.http import Reply, Request
from batchplan.emulator.world.core import World
from batchplan.emulator.world.hooks import Allocation, Boot, Work
from batchplan.emulator.world.hooks import Outcome as Process
from batchplan.emulator.worldfaults import WorldFaults

START = ticks.parse_iso("2025-06-01T00:00:00Z")
ARM_POOL = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/acct/pools/p1"


def world(seed: int = 7) -> World:
    """Return a frozen world with one account and one pool."""
    made = World(Clock(START), seed, {})
    made.put("accounts", ("acct",), Account(name="acct", location="westeurope"))
    made.put("pools", ("acct", "p1"), Pool(account="acct", id="p1", target_dedicated=1))
    return made


def request(method: str = "GET", path: str = "/pools/p1", body: object = None) -> Request:
    """Return a request."""
    text = b"" if body is None else json.dumps(body).encode()
    return Request(method, path, path, {}, (), {}, text, "https://localhost:1")


class Service:
    """A plane that counts what took effect and answers with a pool's target."""

    def __init__(self, seed: int = 7) -> None:
        self.world = world(seed)
        self.faults = Faults(self.world)
        self.calls = 0

    def send(
        self, method: str = "GET", path: str = "/pools/p1", plane: Any = "dataplane", body: object = None
    ) -> Outcome:
        """Send a request through the faults."""
        account = self.world.accounts[("acct",)]
        about = account if plane == "dataplane" or "/batchAccounts/" in path else None
        return self.faults.through(Call(request(method, path, body), plane, about), self._handle, self._refuse)

    def _handle(self) -> Reply:
        self.calls += 1
        pool = self.world.pools.get(("acct", "p1"))
        return Reply(200, {}, str(pool.target_dedicated).encode()) if pool else Reply(404, {})

    def _refuse(self, error: ServiceError) -> Reply:
        return Reply(error.status, dict(error.headers), error.code.encode())

    def add(self, effect: dict[str, Any], **pattern: Any) -> None:
        """Add a fault."""
        self.faults.add(FaultSpec.model_validate({"effect": effect, **pattern}))


GLOBS = [
    ("/pools/*", "/pools/p1", True),
    ("/pools/*", "/pools/p1/resize", False),
    ("pools/*", ARM_POOL, True),
    ("pools/*/stopResize", f"{ARM_POOL}/stopresize", True),
    ("**/batchAccounts/acct/**", ARM_POOL, True),
    ("/POOLS/P1", "/pools/p1/", True),
    ("/pools/p?", "/pools/p1", False),
    ("/pools", "/pools/p1", False),
]


@pytest.mark.parametrize(("pattern", "path", "matches"), GLOBS)
def test_glob(pattern: str, path: str, matches: bool) -> None:
    """A path pattern matches whole segments in any case."""
    assert (glob(pattern).fullmatch(path) is not None) is matches


MATCHES = [
    ({}, True),
    ({"method": "get"}, True),
    ({"method": "PUT"}, False),
    ({"path": "/pools/*"}, True),
    ({"path": "/jobs/*"}, False),
    ({"plane": "dataplane"}, True),
    ({"plane": "arm"}, False),
    ({"account": "ACCT"}, True),
    ({"account": "other"}, False),
    ({"region": "West Europe"}, True),
    ({"region": "northeurope"}, False),
]


@pytest.mark.parametrize(("pattern", "struck"), MATCHES, ids=str)
def test_pattern(pattern: dict[str, Any], struck: bool) -> None:
    """A fault strikes the calls its pattern fits."""
    service = Service()
    service.add({"kind": "answer", "status": 503}, **pattern)
    reply = service.send().reply
    assert reply is not None
    assert (reply.status == 503) is struck


def test_answer_has_no_effect() -> None:
    """An injected refusal keeps the call from taking effect, and carries its headers."""
    service = Service()
    service.add({"kind": "answer", "status": 429, "retry_after": 7, "close": True})
    outcome = service.send("PUT")
    assert outcome.reply is not None
    assert (outcome.reply.status, outcome.reply.body) == (429, b"TooManyRequests")
    assert outcome.reply.headers == {"Retry-After": "7", "Connection": "close"}
    assert (outcome.close, service.calls, outcome.faults) == (True, 0, ("fault-1",))


@pytest.mark.parametrize(("when", "effects"), [("before", 0), ("after", 1)])
def test_cut(when: str, effects: int) -> None:
    """A cut connection has no answer; the call takes effect only when it is cut after it."""
    service = Service()
    service.add({"kind": "cut", "when": when})
    assert service.send("PUT").reply is None
    assert service.calls == effects


def test_latency_adds_up() -> None:
    """Two faults of latency delay by their sum, and the call takes effect."""
    service = Service()
    service.add({"kind": "latency", "seconds": 0.5})
    service.add({"kind": "latency", "seconds": 1.5})
    outcome = service.send()
    assert (outcome.delay, service.calls) == (2.0, 1)


def test_nth_call_only() -> None:
    """A fault for the second call strikes the second call only, and is then over."""
    service = Service()
    service.add({"kind": "answer", "status": 500}, nth=2)
    assert [outcome.reply.status for outcome in (service.send() for _ in range(4)) if outcome.reply] == [
        200,
        500,
        200,
        200,
    ]
    assert service.faults.living() == []


def test_count_limits() -> None:
    """A fault with a count ends when it has struck that often."""
    service = Service()
    service.add({"kind": "answer", "status": 500}, count=2)
    assert [o.reply.status for o in (service.send() for _ in range(3)) if o.reply] == [500, 500, 200]


def test_expires_by_virtual_time() -> None:
    """A fault ends when its virtual time is over."""
    service = Service()
    service.add({"kind": "answer", "status": 500}, expires_in="2m")
    service.world.clock.advance(119)
    assert service.send().reply == Reply(500, {}, b"InternalError")
    service.world.clock.advance(1)
    assert service.send().reply == Reply(200, {}, b"1")


def luck(seed: int) -> list[int]:
    """Return the statuses of 200 calls under a fault with probability 0.3."""
    service = Service(seed)
    service.add({"kind": "answer", "status": 500}, probability=0.3)
    return [outcome.reply.status for outcome in (service.send() for _ in range(200)) if outcome.reply]


def test_probability_is_seeded() -> None:
    """The same seed gives the same luck, another seed another, and the share is about right."""
    assert luck(1) == luck(1) != luck(2)
    assert 35 <= luck(1).count(500) <= 85


def test_stale_read_after_write() -> None:
    """After a matching write, as many reads as told show the entity as it was before; the world itself has moved."""
    service = Service()
    service.add({"kind": "stale", "reads": 2}, path="pools/*/resize")
    service.send("POST", "/pools/p1/resize")
    service.world.pools[("acct", "p1")].target_dedicated = 9
    seen = [outcome.reply.body for outcome in (service.send() for _ in range(3)) if outcome.reply]
    assert seen == [b"1", b"1", b"9"]
    assert service.world.pools[("acct", "p1")].target_dedicated == 9


def test_stale_read_after_create() -> None:
    """A created entity is not there yet for stale reads, on the plane that did not make it either."""
    service = Service()
    service.world.drop("pools", ("acct", "p1"))
    service.add({"kind": "stale", "reads": 1}, method="POST", path="/pools")
    service.send("POST", "/pools", body={"id": "P1"})
    service.world.put("pools", ("acct", "p1"), Pool(account="acct", id="p1"))
    statuses = [o.reply.status for o in (service.send(path=ARM_POOL, plane="arm") for _ in range(2)) if o.reply]
    assert statuses == [404, 200]


@pytest.mark.parametrize(("mode", "status"), [("cut", None), ("unavailable", 503)])
def test_region_down(mode: str, status: int | None) -> None:
    """A region that is down answers on neither plane, and takes no new account; other regions go on."""
    service = Service()
    service.add({"kind": "region_down", "mode": mode}, region="westeurope")
    account = ARM_POOL.rpartition("/pools")[0].replace("acct", "fresh")
    for outcome in (
        service.send(),
        service.send(path=ARM_POOL, plane="arm"),
        service.faults.through(
            Call(request("PUT", account, {"location": "West Europe"}), "arm", None), service._handle, service._refuse
        ),
    ):
        assert (outcome.reply.status if outcome.reply else None) == status
    elsewhere = service.faults.through(
        Call(request("PUT", account, {"location": "northeurope"}), "arm", None), service._handle, service._refuse
    )
    assert elsewhere.reply is not None
    assert elsewhere.reply.status == 200


def test_dump_and_load() -> None:
    """Faults survive the store with their history."""
    service = Service()
    service.add({"kind": "answer", "status": 500}, nth=3, id="third")
    service.send()
    again = Service()
    again.faults.load(json.loads(json.dumps(service.faults.dump())))
    assert [outcome.reply.status for outcome in (again.send() for _ in range(3)) if outcome.reply] == [200, 500, 200]


BAD = [
    {"effect": {"kind": "answer", "status": 200}},
    {"effect": {"kind": "nonsense"}},
    {"effect": {"kind": "cut", "when": "later"}},
    {"effect": {"kind": "cut"}, "probability": 0},
    {"effect": {"kind": "cut"}, "colour": "red"},
]


@pytest.mark.parametrize("document", BAD, ids=json.dumps)
def test_bad_documents(document: dict[str, Any]) -> None:
    """A fault that makes no sense is refused."""
    with pytest.raises(ValidationError):
        FaultSpec.model_validate(document)


def hooks(effect: dict[str, Any], **pattern: Any) -> WorldFaults:
    """Return the hooks of a world with one fault."""
    faults = Faults(world())
    faults.add(FaultSpec.model_validate({"effect": effect, **pattern}))
    return WorldFaults(faults)


def test_allocation_failure() -> None:
    """Allocation fails in the region and for the family that it is meant for, and grants its share."""
    found = hooks({"kind": "allocation_failure", "family": "standardDSv3Family", "granted": 0.5}, region="westeurope")
    granted = found.allocation(("acct", "p1"), "westeurope", "StandardDSv3Family", dedicated=True, wanted=5)
    assert (granted.granted, granted.code) == (2, "AllocationFailed")
    assert found.allocation(
        ("acct", "p1"), "northeurope", "standardDSv3Family", dedicated=True, wanted=5
    ) == Allocation(5)
    assert found.allocation(("acct", "p1"), "westeurope", "standardFSv2Family", dedicated=True, wanted=5) == Allocation(
        5
    )


def test_nodes_unusable() -> None:
    """Nodes of the pools that match come up unusable."""
    found = hooks({"kind": "nodes_unusable"}, pool="p*")
    assert found.boot(("acct", "p1"), "n", "create") == Boot("unusable")
    assert found.boot(("acct", "q1"), "n", "create") == Boot()


def test_start_task_failure() -> None:
    """Start tasks fail with the exit code; other processes do what their script says."""
    found = hooks({"kind": "start_task_failure", "exit_code": 4})
    scripted = Process(seconds=2.0)
    assert found.outcome(Work("starttask", "acct", "p1", "n"), scripted).exit_code == 4
    assert found.outcome(Work("task", "acct", "p1", "n"), scripted) is scripted


def test_preemption() -> None:
    """Spot nodes get a lifetime, the same for the same node; dedicated ones none."""
    found, again = (hooks({"kind": "preemption", "mean_minutes": 5}) for _ in range(2))
    lifetime = found.lifetime(("acct", "p1"), "n1", dedicated=False)
    assert lifetime is not None
    assert lifetime == again.lifetime(("acct", "p1"), "n1", dedicated=False)
    assert found.lifetime(("acct", "p1"), "n1", dedicated=True) is None


def test_stuck_deleting() -> None:
    """A deletion is stuck as often as told."""
    found = hooks({"kind": "stuck_deleting"}, count=2)
    assert [found.delete_stuck(("acct", "p1")) for _ in range(3)] == [True, True, False]
