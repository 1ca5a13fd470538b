"""Recorded interactions of the real service, replayed: same status, same headers that matter, same body but ids and times."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from batchplan.emulator import ticks
from batchplan.emulator.model import Application, ApplicationPackage

PATIENCE = 120.0  # virtual seconds in which what a recording shows must have come about
SETS = ("sdk-open", "cli-open")

# Interactions that cannot be replayed, each with its reason; by group and number.
NOT_REPLAYED = {
    ("cli-extensions", 1): "the list of images of 2022; today's is another (its shape is tested elsewhere)",
}

# Recordings of one client's run that build on each other, by a word in their name.
GROUPS = (
    ("js/should_update_a_job", lambda name: "js-jobs-2"),
    ("azure-cli:", lambda name: name.removeprefix("azure-cli:test_batch_")),
    ("py/", lambda name: name.removeprefix("py/")),
    ("cli-extensions", lambda name: "cli-extensions"),
    ("js/should_fail_to_evaluate", lambda name: "js-autoscale"),
    ("js/should_evaluate", lambda name: "js-autoscale"),
    ("pool_resizing", lambda name: "js-resize"),
    ("exit_conditions", lambda name: "js-exit-conditions"),
    ("a_task", lambda name: "js-tasks"),
    ("a_job", lambda name: "js-jobs"),
    ("jobs", lambda name: "js-jobs"),
    ("job_prep", lambda name: "js-jobs"),
    ("paas_pool", lambda name: "js-nodes-windows"),
    ("scheduling", lambda name: "js-nodes-scheduling"),
    ("compute_node", lambda name: "js-nodes"),
    ("js/should_fail_to_list_pools", lambda name: "js-pools-2"),
    ("pool", lambda name: "js-pools"),
)


@dataclass
class Recording:
    """One recorded interaction, in a common form."""

    group: str
    number: int
    method: str
    path: str
    version: str
    headers: dict[str, str]
    body: Any
    status: int
    reply_headers: dict[str, str]
    reply: Any
    base: str


def _group(name: str) -> str:
    return next(group(name) for word, group in GROUPS if word in name)


def _common(raw: dict[str, Any]) -> Recording | None:
    path = raw["path"]
    if raw.get("plane") == "arm" or path.startswith(("/subscriptions", "/providers")):
        return None
    if raw.get("query"):
        path += "?" + urlencode([tuple(pair) for pair in raw["query"]])
    name = raw.get("test") or re.sub(r"(\.yaml|\.json)?@\w+$", "", raw["source"])
    headers = {key.lower(): value for key, value in (raw.get("response_headers") or {}).items()}
    found = re.search(
        r"https://[^/\"]+(?=/\$metadata|/jobs|/pools|/jobschedules)", json.dumps([raw["response_body"], headers])
    )
    return Recording(
        _group(name),
        raw["n"],
        raw["method"],
        path,
        raw["api_version"],
        raw.get("request_headers") or {},
        raw.get("request_body"),
        raw["status"],
        headers,
        raw.get("response_body"),
        found[0] if found else "https://endpoint",
    )


def _recordings(facts) -> dict[str, list[Recording]]:
    groups: dict[str, list[Recording]] = {}
    for name in SETS:
        for line in (facts / "recordings" / f"{name}.jsonl").read_text("utf-8").splitlines():
            found = _common(json.loads(line))
            if found is not None:
                groups.setdefault(found.group, []).append(found)
    return groups


LINUX = {
    "vmSize": "standard_d2_v2",
    "virtualMachineConfiguration": {
        "imageReference": {"publisher": "Canonical", "offer": "UbuntuServer", "sku": "18.04-LTS"},
        "nodeAgentSKUId": "batch.node.ubuntu 18.04",
    },
}
WINDOWS = {"vmSize": "standard_d1_v2", "cloudServiceConfiguration": {"osFamily": "4"}}


def _applications(plane) -> None:
    plane.world.put("applications", ("acct", "application_id"), Application(account="acct", name="application_id"))
    package = ApplicationPackage(account="acct", application="application_id", version="v1.0", state="Active")
    plane.world.put("packages", ("acct", "application_id", "v1.0"), package)
    plane.ok("POST", "/jobs", {"id": "batch18c82235", "poolInfo": {"poolId": "elsewhere"}})


def _nodes(name: str, number: int, **more: Any) -> Callable[[Any], None]:
    return lambda plane: plane.ok("POST", "/pools", {**LINUX, "id": name, "targetDedicatedNodes": number, **more})


def _scaled(plane) -> None:
    plane.ok("POST", "/pools", {**WINDOWS, "id": "JSSDKTest-Pool-Basic-bd6c", "targetDedicatedNodes": 2})
    plane.advance(600)
    plane.ok(
        "POST", "/pools/JSSDKTest-Pool-Basic-bd6c/enableautoscale", {"autoScaleFormula": "$TargetDedicatedNodes=2"}
    )
    plane.advance(60)


def _tasks(plane) -> None:
    plane.ok("POST", "/jobs", {"id": "JSSDKTest-Job-Basic-4a55", "poolInfo": {"poolId": "elsewhere"}})
    plane.ok(
        "POST", "/jobs/JSSDKTest-Job-Basic-4a55/tasks", {"id": "JSSDKTest-Job-Basic-4a55-task1", "commandLine": "x"}
    )


SETUP: dict[str, Callable[[Any], None]] = {
    "applications": _applications,
    "compute_nodes": _nodes("3d0a22a3", 2),
    "js-autoscale": _scaled,
    "js-resize": lambda plane: plane.ok(
        "POST",
        "/pools",
        {"id": "JSSDKTest-Pool-3-8190", "vmSize": "small", "cloudServiceConfiguration": {"osFamily": "4"}},
    ),
    "js-tasks": _tasks,
    "js-jobs-2": lambda plane: plane.ok(
        "POST",
        "/jobs",
        {"id": "JSSDKTest-Job-Basic-a956", "poolInfo": {"poolId": "JSSDKTest-Pool-Basic-0fc0"}},
    ),
    "js-nodes": lambda plane: plane.ok(
        "POST",
        "/pools",
        {
            **WINDOWS,
            "id": "JSSDKTest-Pool-Basic-82a4",
            "targetDedicatedNodes": 4,
            "startTask": {"commandLine": "cmd /c echo hello > hello.txt"},
        },
    ),
    "js-nodes-scheduling": _nodes("JSSDKTest-Pool-Basic-82a4", 1),
    "js-nodes-windows": _nodes("JSSDKTest-Pool-Basic-82a4", 1),
    "js-pools-2": lambda plane: None,
}


_NODE = re.compile(r"tvmps_[0-9a-f]{64}_[dp]")
_SHAPES = (
    (re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"), "<time>"),
    (_NODE, "<node>"),
    (re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "<guid>"),
    (re.compile(r"0x8[0-9A-F]{14}"), "<etag>"),
    (re.compile(r"\b(20|51|52|13|40|104)\.\d+\.\d+\.\d+\b"), "<address>"),
    (re.compile(r"dns<guid>-azurebatch-cloudservice\.\w+\."), "dns<guid>."),
    (re.compile(r"SSHRule\.\d+"), "SSHRule.<n>"),
    (re.compile(r"\b10\.\d+\.\d+\.\d+\b"), "<private>"),
)
# What differs from run to run besides ids and times.
_LOOSE = frozenset(
    {"exactVersion", "frontendPort", "version", "virtualDirectoryName", "numberOfFilesUploaded", "ipAddress"}
)


def _bare(value: Any, base: str) -> Any:
    """Return a value with everything that differs from run to run replaced by its kind."""
    match value:
        case dict():
            return {
                name: "<loose>" if name in _LOOSE and (name, item) != ("version", "latest") else _bare(item, base)
                for name, item in value.items()
            }
        case list():
            return [_bare(item, base) for item in value]
        case str():
            value = value.replace(base, "<base>")
            for pattern, name in _SHAPES:
                value = pattern.sub(name, value)
            return value
    return value


@dataclass
class Replayer:
    """Sends recorded requests, and waits until what must happen first has happened."""

    plane: Any
    began: int
    first: datetime | None = None
    nodes: dict[str, str] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def replay(self, recording: Recording) -> None:
        """Send one recorded request and compare the answers."""
        self.plane.version, self.plane.base = recording.version, recording.base
        self._wait(recording)
        answer = closest = self._send(recording)
        waited = 0.0
        while recording.method == "GET" and self._distance(recording, answer) and waited < PATIENCE:
            self.plane.advance(0.1)
            waited += 0.1
            answer = self._send(recording)
            closest = min(closest, answer, key=lambda one: self._distance(recording, one))
        answer = answer if not self._distance(recording, answer) else closest
        where = f"{recording.group} {recording.number}: {recording.method} {recording.path}"
        assert answer.status == recording.status, (where, answer.json)
        self._learn(recording, answer)
        self._compare_headers(recording, answer, where)
        assert self._lines(answer.json) == self._lines(recording.reply, recording.base), where

    def _wait(self, recording: Recording) -> None:
        """Let as much time pass before a write as passed in the recording."""
        text = recording.reply_headers.get("date")
        if text is None:
            return
        moment = parsedate_to_datetime(text)
        self.first = self.first or moment
        lag = (moment - self.first).total_seconds() - (self.plane.world.clock.now() - self.began) / ticks.PER_SECOND
        if recording.method != "GET" and lag > 0:
            self.plane.advance(lag)

    def _send(self, recording: Recording) -> Any:
        path = _NODE.sub(lambda found: self.nodes.get(found[0], self._any_node(found[0])), recording.path)
        body = recording.body
        if body is not None:
            text = _NODE.sub(lambda found: self.nodes.get(found[0], found[0]), json.dumps(body))
            body = json.loads(text)
        kept = {
            name: self.dates.get(value, value)
            for name, value in recording.headers.items()
            if name.lower().startswith("if-")
        }
        return self.plane.send(recording.method, path, body, headers=kept)

    def _any_node(self, recorded: str) -> str:
        """Return a node to stand for one that no list has shown; it must be there first."""
        for _ in range(600):
            idle = [node.id for node in self.plane.world.nodes.values() if node.state == "idle"]
            if idle:
                return self.nodes.setdefault(recorded, idle[0])
            self.plane.advance(1)
        return recorded

    def _distance(self, recording: Recording, answer: Any) -> int:
        """Return in how many lines an answer differs from the recorded one."""
        theirs, ours = self._lines(recording.reply, recording.base), self._lines(answer.json)
        return len(set(theirs) ^ set(ours)) + (theirs != ours)

    def _lines(self, reply: Any, base: str | None = None) -> list[str]:
        return json.dumps(self._content(reply, base), indent=1, sort_keys=True).splitlines()

    def _content(self, reply: Any, base: str | None = None) -> Any:
        content = _bare(reply, base or self.plane.base)
        if isinstance(content, dict) and "taskaddresult" in str(content.get("odata.metadata")):
            content["value"].sort(key=lambda item: item["taskId"])  # recorded: in arbitrary order
        return content

    def _learn(self, recording: Recording, answer: Any) -> None:
        """Pair node ids, and demand that ETags move exactly when the recorded ones did."""
        theirs, ours = _NODE.findall(json.dumps(recording.reply)), _NODE.findall(json.dumps(answer.json))
        self.nodes |= dict(zip(theirs, ours, strict=True))
        if "etag" in recording.reply_headers:
            self.dates[recording.reply_headers["last-modified"]] = answer.headers["Last-Modified"]
            known = self.tags.setdefault(recording.reply_headers["etag"], answer.headers["ETag"])
            assert known == answer.headers["ETag"], f"{recording.group} {recording.number}: the ETag moved"
            assert sum(tag == known for tag in self.tags.values()) == 1, (
                f"{recording.group} {recording.number}: the ETag stayed"
            )

    def _compare_headers(self, recording: Recording, answer: Any, where: str) -> None:
        ours = {name.lower(): value for name, value in answer.headers.items()}
        for name in ("etag", "last-modified", "location", "dataserviceid", "dataserviceversion", "content-type"):
            assert (name in ours) == (name in recording.reply_headers), (where, name, ours)
        for name in ("location", "dataserviceid"):
            if name in ours:
                assert _bare(ours[name], self.plane.base) == _bare(recording.reply_headers[name], recording.base), where


@pytest.mark.parametrize(
    "group",
    [
        "cli-extensions",
        "jobs",
        "update_pools",
        "create_pool_with_blobfuse_mount",
        "applications",
        "compute_nodes",
        "js-autoscale",
        "js-pools-2",
        "js-jobs-2",
        "js-resize",
        "js-exit-conditions",
        "js-tasks",
        "js-jobs",
        "js-nodes",
        "js-nodes-scheduling",
        "js-nodes-windows",
        "js-pools",
        "jobs_and_tasks",
        "pool_upgradePolicy_cmd",
        "pool_cmd",
        "pool_osDisk_cmd",
    ],
)
def test_recordings_replay(group, fresh, facts) -> None:
    """The emulator answers a recorded run as the service did."""
    plane = fresh("2024-04-18T00:32:00.1234567Z")
    recordings = _recordings(facts)[group]
    plane.version, plane.base = recordings[0].version, recordings[0].base
    if group in SETUP:
        SETUP[group](plane)
    replayer = Replayer(plane, plane.world.clock.now())
    for recording in recordings:
        if (group, recording.number) not in NOT_REPLAYED:
            replayer.replay(recording)


def test_every_recording_is_replayed(facts) -> None:
    """Each group of recordings has its test."""
    marks = test_recordings_replay.pytestmark
    assert set(_recordings(facts)) == set(marks[0].args[1])
