"""The nodes of a pool: their states, why those that cannot be used cannot, and what tasks said."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from azure.batch.aio import BatchClient
from azure.core.rest import HttpRequest

from batchplan.azure.errors import translated
from batchplan.azure.facts import moment
from batchplan.azure.rawjson import API_VERSION, Json, get, listed
from batchplan.plan.observation import NodeFailure, NodeHealth, NodeSeen, TaskSeen
from batchplan.ports import AzureError, NotFound, Throttled, Unreachable

SELECT = "id,state,startTaskInfo,errors"
FAILED = frozenset({"unusable", "starttaskfailed", "unknown"})
OUTPUT_OF = 5  # nodes
TAIL = 2048  # bytes
START_TASK_OUTPUT = "startup/stderr.txt"


async def health(client: BatchClient, pool: str) -> NodeHealth:
    """Return the state of a pool's nodes. Raise AzureError."""
    nodes = await listed(client, f"/pools/{pool}/nodes", {"$select": SELECT})
    states = Counter(str(node.get("state", "")).lower() for node in nodes)
    bad = [node for node in nodes if str(node.get("state", "")).lower() in FAILED]
    outputs = await asyncio.gather(*(_output(client, pool, node) for node in bad[:OUTPUT_OF]))
    rest = [""] * (len(bad) - len(outputs))
    return NodeHealth(
        by_state=dict(states),
        failures=tuple(_failure(node, output) for node, output in zip(bad, [*outputs, *rest], strict=True)),
    )


def _failure(node: Json, output: str) -> NodeFailure:
    task = node.get("startTaskInfo") or {}
    reason: Json = task.get("failureInfo") or next(iter(node.get("errors") or ()), {})
    details = _details(reason.get("details") or reason.get("errorDetails") or ())
    return NodeFailure(
        node=str(node.get("id", "")),
        state=str(node.get("state", "")).lower(),
        code=str(reason.get("code", "")),
        message=" ".join(filter(None, [str(reason.get("message", "")), details])),
        exit_code=task.get("exitCode"),
        output=output,
    )


def _details(pairs: Sequence[Mapping[str, Any]]) -> str:
    told = ", ".join(f"{pair.get('name', '')}: {pair.get('value', '')}" for pair in pairs)
    return f"({told})" if told else ""


async def _output(client: BatchClient, pool: str, node: Json) -> str:
    """Return the end of what a failed start task wrote; empty when there is nothing to be had.

    A node that cannot be used often cannot be asked either, and the output only adds to what is known.
    """
    if str(node.get("state", "")).lower() != "starttaskfailed":
        return ""
    try:
        name = quote(START_TASK_OUTPUT, safe="")
        return await _tail(client, f"/pools/{pool}/nodes/{node['id']}/files/{name}")
    except (Throttled, Unreachable):
        raise
    except AzureError:
        return ""


async def _tail(client: BatchClient, path: str) -> str:
    """Return the end of a file. The SDK's own download takes 206 for an error."""
    params = {"api-version": API_VERSION}
    with translated():
        about = await client.send_request(HttpRequest("HEAD", path, params=params), stream=True)
        size = int(about.headers["Content-Length"])
        if size == 0:
            return ""
        wanted = {"ocp-range": f"bytes={max(0, size - TAIL)}-{size - 1}"}
        # Read as a stream, or the client tries to make something of it.
        response = await client.send_request(HttpRequest("GET", path, params=params, headers=wanted), stream=True)
        return (await response.read())[-TAIL:].decode("utf-8", "replace")


async def seen(client: BatchClient, pool: str) -> list[NodeSeen]:
    """Return the nodes of a pool, in the order of their ids. Raise AzureError."""
    select = {"$select": "id,state,lastBootTime,allocationTime,nodeAgentInfo"}
    nodes = await listed(client, f"/pools/{pool}/nodes", select)
    made = [
        NodeSeen(
            id=str(node["id"]),
            state=str(node.get("state", "")).lower(),
            booted=moment(node.get("lastBootTime")),
            agent_updated=moment((node.get("nodeAgentInfo") or {}).get("lastUpdateTime")),
            agent=str((node.get("nodeAgentInfo") or {}).get("version") or ""),
            allocated=moment(node.get("allocationTime")),
        )
        for node in nodes
    ]
    return sorted(made, key=lambda one: one.id)


async def counts(client: BatchClient) -> dict[str, dict[str, int]]:
    """Return the nodes of each pool of an account by state, in lower case. Raise AzureError."""
    found = {}
    for row in await listed(client, "/nodecounts"):
        states: Counter[str] = Counter()
        for kind in ("dedicated", "lowPriority"):
            states.update({name.lower(): int(count) for name, count in (row.get(kind) or {}).items()})
        found[str(row["poolId"])] = {name: count for name, count in states.items() if count and name != "total"}
    return found


async def task_seen(client: BatchClient, job: str, task: str) -> TaskSeen | None:
    """Return a task, with the end of its error output when it has failed; None where there is none."""
    try:
        answer = await get(client, f"/jobs/{job}/tasks/{task}")
    except NotFound:
        return None
    ran = answer.get("executionInfo") or {}
    failure: Json = ran.get("failureInfo") or {}
    told = " ".join(filter(None, [str(failure.get("code", "")), str(failure.get("message", ""))]))
    failed = bool(ran.get("exitCode")) or bool(failure)
    return TaskSeen(
        state=str(answer.get("state", "")).lower(),
        exit_code=ran.get("exitCode"),
        message=" ".join(filter(None, [told, _details(failure.get("details") or ())])),
        output=await _task_output(client, job, task) if failed else "",
    )


async def _task_output(client: BatchClient, job: str, task: str) -> str:
    """Return the end of what a task wrote; empty when its node is gone or keeps nothing."""
    try:
        return await _tail(client, f"/jobs/{job}/tasks/{task}/files/stderr.txt")
    except (Throttled, Unreachable):
        raise
    except AzureError:
        return ""
