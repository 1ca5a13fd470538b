"""Recorded answers of the real service on accounts, applications and locations, replayed."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from batchplan.emulator.wire.versions import ARM as VERSIONS

RECORDINGS = Path(__file__).resolve().parents[2] / "../shared/azure-batch-api/recordings"
pytestmark = pytest.mark.skipif(not RECORDINGS.exists(), reason="the recordings are not here")

SUBSCRIPTION = "00000000-0000-0000-0000-000000000000"
# What differs from run to run. `dedicatedCoreQuotaPerVMFamily` grew over the years and is cut in most files.
MASKED = {
    "accountEndpoint",
    "nodeManagementEndpoint",
    "etag",
    "primary",
    "secondary",
    "storageUrl",
    "storageUrlExpiry",
    "lastActivationTime",
    "lastKeySync",
    "dedicatedCoreQuotaPerVMFamily",
}
HEADERS = ("etag", "last-modified", "location", "retry-after", "content-type")


def interactions() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the recorded sequences: what belongs to one account, in order."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for file in ("sdk-open.jsonl", "cli-open.jsonl"):
        if not RECORDINGS.exists():
            return
        for line in (RECORDINGS / file).read_text().splitlines():
            each = json.loads(line.replace("azure_subscription_id", SUBSCRIPTION))
            path = each["path"]
            if "/providers/Microsoft.Batch/" not in path or each["api_version"] not in VERSIONS:
                continue
            if re.search(r"/(pools|certificates|poolOperationResults)(/|$)", path):
                continue
            name = f"{each['source'].split('@')[0].split('/')[-1]}-{each.get('test', '')}"
            groups.setdefault(name.replace("/", "-").replace(":", "-"), []).append(each)
    yield from groups.items()


SEQUENCES = list(interactions())


def masked(value: Any, name: str = "") -> Any:
    if name in MASKED:
        return "(varies)"
    if isinstance(value, dict):
        return {key: masked(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each, name) for each in value]
    if isinstance(value, str):
        value = re.sub(r"RequestId:[0-9a-f-]{36}\nTime:\S+", "RequestId:(id)\nTime:(time)", value)
        value = re.sub(r"[0-9a-f-]{36}\.\w+\.service\.batch", "(id).service.batch", value)
        return re.sub(r"^[a-z0-9]+\.(pilotprod2\.)?\w+\.batch\.azure\.com$|^127\.0\.0\.1$", "(endpoint)", value)
    return value


def form(name: str, value: str) -> str:
    """Return the form of a header: what must be alike though its value differs."""
    if name == "location":
        path = re.sub(r"^https?://[^/]+|\?.*$", "", value)
        return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "(id)", path)
    if name in {"etag", "last-modified"}:
        return re.sub(r"0x[0-9A-F]{15}", "(tag)", re.sub(r"^\w{3}, .* GMT$", "(date)", value))
    return value.replace("; ", ";")


def prepare(client: Any, emulator: Any, sequence: list[dict[str, Any]]) -> None:
    """Bring about what a sequence that begins in the middle of a test takes for granted."""
    first = sequence[0]
    if first["method"] == "PUT" and first["path"].count("/") == 8:
        return
    found = re.search(r"(.*/providers)/Microsoft\.Batch/batchAccounts/(\w+)", first["path"])
    if found is None:
        if "AlreadyExists" in json.dumps(first["response_body"]):
            scope = first["path"].partition("/providers/")[0]
            path = f"{scope}/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/{first['request_body']['name']}"
            client("PUT", path, {"location": "eastus"})
        return
    storage = f"{found[1]}/Microsoft.Storage/storageAccounts/clibatchteststor000002"
    properties = {"autoStorage": {"storageAccountId": storage}} if first["method"] != "PATCH" else {}
    client("PUT", found[0], {"location": "eastus", "properties": properties})
    emulator.advance(20)
    if first["method"] == "DELETE":
        client("PUT", first["path"])


@pytest.mark.parametrize(("name", "sequence"), SEQUENCES, ids=[name for name, _ in SEQUENCES])
def test_a_recording_is_answered_alike(
    make_emulator: Callable[..., Any], connect: Callable[..., Any], name: str, sequence: list[dict[str, Any]]
) -> None:
    """Status, headers that matter and body agree with the recording, but for ids and times."""
    emulator = make_emulator(start=None, speed=0.0)
    client = connect(emulator)
    prepare(client, emulator, sequence)
    polled = ""
    for each in sequence:
        path, version = each["path"], each["api_version"]
        poll = "perationResults/" in path
        if poll and each["status"] == 202:
            continue  # a frozen clock lets the wait of a poll pass, so that none is pending
        target = polled if poll else path
        answer = client(each["method"], target, each["request_body"], version=version)
        where = f"{each['method']} {path}"
        assert answer.status == each["status"], f"{where}: {answer.content!r}"
        polled = answer.headers.get("location", polled)
        recorded = {key.lower(): value for key, value in each["response_headers"].items()}
        for header in HEADERS:
            if header in recorded and header != "retry-after":
                assert form(header, answer.headers[header]) == form(header, recorded[header]), f"{where}: {header}"
        if answer.status == 202:
            assert "retry-after" in answer.headers
        expected = each["response_body"]
        if expected is None:
            assert answer.content == b"", where
        elif "virtualMachineSkus" in path:
            check_sizes(expected["value"], answer.json["value"])
        else:
            assert json.dumps(masked(answer.json), indent=1) == json.dumps(masked(expected), indent=1), where


def check_sizes(expected: list[Any], found: list[Any]) -> None:
    """Compare the sizes that the file kept: names, families, and the capabilities that planners read."""
    read = {"vCPUs", "MemoryGB", "GPUs", "HyperVGenerations", "LowPriorityCapable", "RdmaEnabled", "VMDeploymentTypes"}
    known = {each["name"]: each for each in found}
    for each in expected:
        size = known[each["name"]]
        assert size["familyName"] == each["familyName"]
        assert [one["name"] for one in size["capabilities"]][:3] == ["MaxResourceVolumeMB", "OSVhdSizeMB", "vCPUs"]
        wanted = {one["name"]: one["value"] for one in each["capabilities"] if one["name"] in read}
        assert {one["name"]: one["value"] for one in size["capabilities"] if one["name"] in read} == wanted
