"""What the `replacement` block of a pool says, with its defaults; times in seconds."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from batchplan.plan.change import Document
from batchplan.schema.times import seconds

READY_SECONDS = 1800.0
DRAIN = "P1D"
RETAIN = "PT1H"
SMOKE_TEST = "PT15M"


def length(duration: str | None) -> float:
    """Return how long a duration is; nothing for none."""
    return float(seconds(duration) or 0) if duration else 0.0


def block(document: Document, *names: str) -> Mapping[str, Any]:
    """Return the block `replacement`, or one in it; empty where it is not given."""
    node: Any = document.get("replacement")
    for name in names:
        node = (node or {}).get(name)
    return node or {}


def ready_seconds(document: Document) -> float:
    """Return how long nodes may take to be usable."""
    return length(block(document, "health").get("timeout")) or READY_SECONDS


def drain_timeout(document: Document) -> str:
    """Return how long running tasks may take, as a duration."""
    return str(block(document, "drain").get("timeout") or DRAIN)


def drain_seconds(document: Document) -> float:
    """Return how long running tasks may take."""
    return length(drain_timeout(document))


def at_timeout(document: Document) -> str:
    """Return what becomes of tasks that do not end in time: pause, requeue or abort."""
    return str(block(document, "drain").get("on_timeout") or "pause").lower()


def moves_all(document: Document) -> bool:
    """Return whether jobs and schedules that are not declared move to the new pool, too."""
    return str(block(document).get("retarget") or "all").lower() == "all"


def running_tasks(document: Document) -> str:
    """Return what becomes of tasks that run when their job moves: wait or requeue."""
    return str(block(document).get("running_tasks") or "wait").lower()


def retain_seconds(document: Document) -> float:
    """Return how long the empty retired pool is kept."""
    return length(str(block(document).get("retain") or RETAIN))


def surge(document: Document) -> int:
    """Return with how much of its size the candidate starts, in per cent."""
    return int(str(block(document).get("surge") or "100%").rstrip("%"))


def at_size(document: Document, share: int) -> Document:
    """Return a document with a share (per cent) of its fixed size, of each sort at least one node where it has any."""
    fixed: Any = document.get("fixed_scale")
    if not fixed or share >= 100:
        return document
    names = ("target_dedicated_nodes", "target_low_priority_nodes")
    part = {name: ceil(int(fixed[name]) * share / 100) for name in names if fixed.get(name)}
    return {**document, "fixed_scale": {**fixed, **part}}
