"""Whatever is sent, the answer is the service's error, never a fault of the emulator."""

import json
import random
import re
from typing import Any

import pytest

from batchplan.emulator.dataplane.routes import ROUTES
from batchplan.emulator.wire import schema
from batchplan.emulator.wire.versions import DATA_PLANE

BODIES = {
    "/pools": "BatchPoolCreateOptions",
    "/pools/{pool}": "BatchPoolUpdateOptions",
    "/pools/{pool}/updateproperties": "BatchPoolReplaceOptions",
    "/pools/{pool}/resize": "BatchPoolResizeOptions",
    "/pools/{pool}/enableautoscale": "BatchPoolEnableAutoScaleOptions",
    "/pools/{pool}/evaluateautoscale": "BatchPoolEvaluateAutoScaleOptions",
    "/pools/{pool}/removenodes": "BatchNodeRemoveOptions",
    "/pools/{pool}/nodes/{node}/users": "BatchNodeUserCreateOptions",
    "/pools/{pool}/nodes/{node}/uploadbatchservicelogs": "UploadBatchServiceLogsOptions",
    "/jobs": "BatchJobCreateOptions",
    "/jobs/{job}": "BatchJobUpdateOptions",
    "/jobs/{job}/disable": "BatchJobDisableOptions",
    "/jobs/{job}/terminate": "BatchJobTerminateOptions",
    "/jobs/{job}/tasks": "BatchTaskCreateOptions",
    "/jobs/{job}/tasks/{task}": "BatchTask",
    "/jobs/{job}/addtaskcollection": "BatchTaskGroup",
    "/jobschedules": "BatchJobScheduleCreateOptions",
    "/jobschedules/{schedule}": "BatchJobScheduleUpdateOptions",
}
ODD = [
    None,
    True,
    0,
    -1,
    1.5,
    2**31,
    -(2**63),
    10**400,
    "",
    " ",
    "x" * 5000,
    "\ud800",
    "\u0000",
    "ünï€😀",
    "../..",
    "%00",
    "PT5M",
    "P99999999D",
    "-PT1M",
    "2025-02-30T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.9999999Z",
    [],
    [[]],
    {},
    {"a": {"b": []}},
]
IDS = [
    "p",
    "j",
    "t",
    "s",
    "none",
    "..",
    "%2e%2e",
    "%2F",
    "a%00b",
    "x" * 300,
    "%C3%BC",
    "%ff",
    "a b",
    "'",
    '"',
    "{",
    "j:job-1",
]
QUERIES = [
    "",
    "?$filter=%00",
    "?$filter=" + "not%20" * 40 + "id",
    "?$filter=id%20eq%20" + "1" * 400,
    "?$filter=creationTime%20gt%20datetime'9999-99-99'",
    "?$select=,,,",
    "?$select=id/id/id",
    "?maxresults=%F0%9F%98%80",
    "?maxresults=٣",
    "?maxresults=1&maxresults=0",
    "?$skiptoken=WATV2:W10=:1$1",
    "?$skiptoken=WATV2:W251bGxd:1$1",
    "?$skiptoken=WATV2:WzEsImEiXQ==:1$1",
    "?recursive=maybe",
    "?timeOut=x&force=1",
]
HEADERS = [
    {},
    {"If-Match": '"'},
    {"If-Modified-Since": "Thu, 99 Foo 2024"},
    {"If-Unmodified-Since": "Mon, 01 Jan 0001 00:00:00 +2359"},
    {"If-None-Match": "\xff"},
    {"ocp-range": "bytes=" + "9" * 400 + "-"},
    {"ocp-range": "bytes=-0"},
    {"client-request-id": "x" * 3000, "return-client-request-id": "TRUE"},
    {"Content-Type": ";"},
]


def _value(kind: str, version: str, chance: random.Random, depth: int = 0) -> Any:
    """Return a value of a type, with some of its members odd."""
    loaded = schema.load("dataplane")
    if chance.random() < 0.08 or depth > 5:
        return chance.choice(ODD)
    if kind in loaded.enums:
        return chance.choice([*loaded.enums[kind].values(), "other"])
    if kind not in loaded._types:
        usual = {"string": ["p", "j", "standard_d2s_v3", "$TargetDedicatedNodes=1", "x y"], "integer": [0, 1, 3, "2"]}
        usual |= {"boolean": [True, False, "true"], "duration": ["PT10M", "P1D"], "number": [1.5]}
        return chance.choice(usual.get(kind, ["2026-01-01T00:00:00Z", *ODD]))
    value = {}
    for name, member in loaded.shape(kind, version).members.items():
        if chance.random() < (0.95 if member.required else 0.25):
            one = _value(member.kind, version, chance, depth + 1)
            value[name] = [one] * chance.randrange(3) if member.many else {"k": one} if member.mapping else one
    if chance.random() < 0.05:
        value[chance.choice(["colour", "", "odata.type", "\ud800"])] = 1
    return value


@pytest.fixture
def busy(plane):
    """A data plane with a pool, nodes, a job, a task and a schedule."""
    plane.pool("p", 2)
    plane.ok("POST", "/jobs", {"id": "j", "poolInfo": {"poolId": "p"}, "usesTaskDependencies": True})
    plane.ok("POST", "/jobs/j/tasks", {"id": "t", "commandLine": "echo hello"})
    body = {"schedule": {"recurrenceInterval": "PT1H"}, "jobSpecification": {"poolInfo": {"poolId": "p"}}}
    plane.ok("POST", "/jobschedules", {"id": "s", **body})
    plane.advance(30)
    return plane


@pytest.mark.parametrize("seed", range(12))
def test_generated_requests_are_answered(seed, busy) -> None:
    """Requests made of valid and odd parts get an answer below 500, whose body is a whole error."""
    chance = random.Random(seed)
    for _ in range(300):
        route = chance.choice(ROUTES)
        busy.version = chance.choice(DATA_PLANE)
        kind = BODIES.get(route.path)
        node = chance.choice([*(node.id for node in busy.world.nodes.values()), "none"])
        known = {"pool": "p", "job": "j", "task": "t", "schedule": "s", "node": node}

        def fill(found: re.Match[str], known=known) -> str:
            return known.get(found[1], "stdout.txt") if chance.random() < 0.8 else chance.choice(IDS)

        path = re.sub(r"\{(\w+)\*?\}", fill, route.path)
        raw = None
        if kind and route.method != "GET":
            raw = json.dumps(_value(kind, busy.version, chance)).encode()
            if chance.random() < 0.1:
                raw = chance.choice([raw[:-1], b"\xff" + raw, raw.replace(b":", b"", 1), b"\xef\xbb\xbf" + raw])
        query = chance.choice(QUERIES) if chance.random() < 0.3 else ""
        headers = chance.choice(HEADERS) if chance.random() < 0.2 else {}
        answer = busy.send(route.method, path + query, raw=raw, headers=headers)
        assert answer.status < 500 or answer.code == "TooManyEnableAutoScaleRequests", (route.method, path, raw)
        if answer.status >= 400 and route.method != "HEAD":
            assert {"code", "message", "odata.metadata"} <= set(answer.json)
        if chance.random() < 0.1:
            busy.advance(chance.choice([0.5, 30, 600]))


PATHS = [
    "//pools",
    "/pools/",
    "/pools//nodes",
    "/./pools",
    "/pools/../jobs",
    "/pools/%2e%2e/jobs",
    "/pools%2Fp",
    "/pools/p%00",
    "/%",
    "/pools/p/nodes/x/files/",
    "/pools/p/nodes/x/files/../../..",
    "/jobs/j/tasks/t/files/..%5C..%5Cetc",
    "/certificates(thumbprintAlgorithm=sha1,thumbprint=x)",
    "/certificates()",
    "/" + "a/" * 2000,
    "/" + "x" * 60000,
    "/\xff",
    "",
]


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "HEAD"])
def test_path_tricks_find_nothing(method, path, busy) -> None:
    """A path that is not what it should be is a resource that is not there."""
    answer = busy.send(method, path)
    assert answer.status in {200, 400, 404, 405, 409}
    if answer.status == 200:
        assert path.strip("/") == "pools"
