"""Recorded conversations about pools on ARM, had again with the emulator."""

import json
import re
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from batchplan.emulator.server import Emulator

SHARED = Path(__file__).resolve().parents[2] / "../shared"
RECORDINGS = SHARED / "azure-batch-api/recordings"
OLDEST = "2022-01-01"  # older conversations are had at this api-version; their pools are alike
TIMES = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")


def conversations() -> list[Any]:
    """Return the recorded exchanges about pools, by the test they were recorded from."""
    if not RECORDINGS.exists():
        return []
    lines = [json.loads(line) for name in ("sdk", "cli") for line in (RECORDINGS / f"{name}-open.jsonl").open()]
    found = [line for line in lines if re.search(r"/batchAccounts/[^/]+/pool(s|Operation)", line["path"])]
    # A 504 of the gateway is a fault of the day, not of the service's nature.
    found = [line for line in found if line["status"] != 504]
    return [
        pytest.param(list(group), id=f"{source.rpartition('/')[2]}".replace(":", "-")[:60] + f"-{number}")
        for number, (source, group) in enumerate(groupby(found, key=lambda line: line["source"]))
    ]


def paths_of(value: Any, at: str = "") -> dict[str, Any]:
    """Return the leaves of JSON by path."""
    if isinstance(value, dict):
        return {path: leaf for name, item in value.items() for path, leaf in paths_of(item, f"{at}/{name}").items()}
    if isinstance(value, list):
        return {path: leaf for n, item in enumerate(value) for path, leaf in paths_of(item, f"{at}[{n}]").items()}
    return {at: value}


def comparable(value: Any) -> dict[str, Any]:
    """Return leaves without what differs between two runs: ids, tags and times; of 2020, by the later names."""
    leaves = paths_of(value)
    return {
        path.replace("maxTasksPerNode", "taskSlotsPerNode"): "(time)"
        if isinstance(leaf, str) and TIMES.fullmatch(leaf)
        else leaf
        for path, leaf in leaves.items()
        if not path.endswith(("/id", "/etag"))
    }


def place(headers: dict[str, str]) -> str | None:
    """Return the part of a Location below the account, or None when there is none."""
    if "location" not in headers:
        return None
    return re.split(r"/batchAccounts/[^/]+", headers["location"])[1].partition("?")[0]


def gap(now: dict[str, Any]) -> float:
    """Return the virtual seconds to let pass before an exchange, so that resizes have ended where they had."""
    return 30.0 if now["method"] in {"POST", "PATCH"} or settled(now) else 0.0


def settled(exchange: dict[str, Any]) -> bool:
    """Tell whether an answer shows a pool that has come to rest."""
    return '"allocationState": "Steady"' in json.dumps(exchange["response_body"]) and exchange["method"] == "GET"


@pytest.mark.parametrize("exchanges", conversations())
def test_conversation(emulator: Emulator, arm: Any, account: str, exchanges: list[dict[str, Any]]) -> None:
    """Statuses, the headers that matter, and bodies are those recorded, but for ids and times."""
    location = ""
    for number, exchange in enumerate(exchanges):
        name = re.split(r"/batchAccounts/[^/]+", exchange["path"])[1]
        if name.endswith("/stopResize") and number == 0:
            pytest.skip("begins in the middle of a conversation")
        emulator.advance(gap(exchange))
        target = location if "OperationResults" in name else account + name
        version = max(exchange["api_version"], OLDEST)
        answer = arm(exchange["method"], target, exchange["request_body"], version=version)
        recorded = {header.lower(): value for header, value in exchange["response_headers"].items()}
        if "OperationResults" in name and exchange["status"] == 200:
            for _ in range(10):
                if answer.status == 200:
                    break
                answer = arm("GET", answer.headers["location"], version=version)
        assert answer.status == exchange["status"]
        assert ("etag" in answer.headers) == ("etag" in recorded)
        assert place(answer.headers) == place(recorded)
        assert "retry-after" in answer.headers or "retry-after" not in recorded
        location = answer.headers.get("location", location)
        if isinstance(exchange["response_body"], dict):
            compare(exchange, answer.json)
        if "etag" in recorded:
            assert re.fullmatch(r'W/"0x[0-9A-F]{15}"', answer.headers["etag"])


def compare(exchange: dict[str, Any], answer: dict[str, Any]) -> None:
    """Compare the bodies of one exchange."""
    wanted, got = comparable(exchange["response_body"]), comparable(answer)
    if "error" in answer:
        wanted, got = ({k: str(v).partition("\n")[0] for k, v in each.items()} for each in (wanted, got))
    if exchange["method"] == "GET" and "value" in answer:
        # How far a resize had come at the moment of a list is chance.
        wanted, got = ({k: v for k, v in each.items() if "allocationState" not in k} for each in (wanted, got))
    assert got == wanted
