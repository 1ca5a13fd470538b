"""Scaling: to the size that is wanted, to none, and waiting until it is so. Times are in seconds."""

from math import ceil
from typing import Any

from batchplan.plan.change import Document
from batchplan.plan.observation import Observation
from batchplan.plan.settings import READY_SECONDS, block, drain_timeout, length, ready_seconds
from batchplan.plan.step import DisableAutoScale, EnableAutoScale, Ready, Resize, Steady, StopResize
from batchplan.schema.document import reveal
from batchplan.strategies.chain import Chain

SHORTEST_RESIZE = 300


def to_zero(chain: Chain, found: Observation | None, document: Document, option: str = "taskcompletion") -> None:
    """Let running tasks end and the nodes go. A pool that has none already needs no step."""
    if found is None or found.is_empty:
        return
    timeout = drain_timeout(document)
    limit = length(timeout) + READY_SECONDS
    if _is_draining(found):
        chain.add("empty", Steady, timeout=limit)
        return
    if found.document.get("auto_scale"):
        disabled = chain.add("disable-autoscale", DisableAutoScale)
        chain.add("stopped-scaling", Steady, timeout=READY_SECONDS, since_step=disabled)
    else:
        stop(chain, found)
    resize = chain.add("drain", Resize, dedicated=0, low_priority=0, timeout=_resize_timeout(timeout), option=option)
    chain.add("empty", Steady, timeout=limit, since_step=resize)


def _is_draining(found: Observation) -> bool:
    """Return whether an interrupted run left the pool on its way to zero."""
    facts = found.facts
    targets = int(facts.get("target_dedicated_nodes") or 0) + int(facts.get("target_low_priority_nodes") or 0)
    resizing = str(facts.get("allocation_state", "")).lower() == "resizing"
    return resizing and targets == 0 and not found.document.get("auto_scale")


def is_growing(found: Observation, document: Document) -> bool:
    """Return whether a pool is on its way to the size that a document asks for."""
    if str(found.facts.get("allocation_state", "steady")).lower() != "resizing":
        return False
    if document.get("auto_scale"):
        return bool(found.document.get("auto_scale"))
    fixed: Any = document.get("fixed_scale") or {}
    names = ("target_dedicated_nodes", "target_low_priority_nodes")
    return all(int(found.facts.get(name) or 0) == int(fixed.get(name) or 0) for name in names)


def stop(chain: Chain, found: Observation | None) -> None:
    """End a resize that is going on: another one is refused until then."""
    state = str(found.facts.get("allocation_state", "steady")).lower() if found is not None else "steady"
    if state == "resizing":
        stopped = chain.add("stop-resize", StopResize)
        chain.add("stopped", Steady, timeout=READY_SECONDS, since_step=stopped, stopped=True)


def to_wanted(chain: Chain, document: Document, recorded: Document | None = None) -> None:
    """Set the size that a document asks for, and wait for the nodes. `recorded` is what the state keeps instead."""
    applied = recorded or document
    auto = document.get("auto_scale")
    if auto:
        formula, interval = reveal(auto["formula"]), auto.get("evaluation_interval")
        since = chain.add("enable-autoscale", EnableAutoScale, formula=formula, interval=interval, applied=applied)
    else:
        fixed: Any = document.get("fixed_scale") or {}
        since = chain.add(
            "resize",
            Resize,
            dedicated=int(fixed.get("target_dedicated_nodes") or 0),
            low_priority=int(fixed.get("target_low_priority_nodes") or 0),
            timeout=fixed.get("resize_timeout"),
            option=fixed.get("node_deallocation_option"),
            applied=applied,
        )
    until_ready(chain, document, since)


def set_nodes(chain: Chain, found: Observation | None, dedicated: int, spot: int, timeout: float) -> None:
    """Give a pool a number of nodes for a while, and wait for them; what the state says of it stays as it is."""
    if found is not None and found.document.get("auto_scale"):
        disabled = chain.add("disable-autoscale", DisableAutoScale)
        chain.add("stopped-scaling", Steady, timeout=READY_SECONDS, since_step=disabled)
    else:
        stop(chain, found)
    since = chain.add("warm", Resize, dedicated=dedicated, low_priority=spot)
    chain.add("steady", Steady, timeout=timeout, since_step=since)
    chain.add("ready", Ready, timeout=timeout, minimum=dedicated + spot, since_step=since)


def loses_nodes(found: Observation | None, document: Document) -> bool:
    """Return whether a pool is to have fewer nodes than it is to have now."""
    if found is None or document.get("auto_scale"):
        return False
    fixed: Any = document.get("fixed_scale") or {}
    names = ("target_dedicated_nodes", "target_low_priority_nodes")
    return any(int(fixed.get(name) or 0) < int(found.facts.get(name) or 0) for name in names)


def leave(chain: Chain, document: Document) -> None:
    """Let the nodes of a pool go whose work is done in another region now. Tasks that run may end; nobody waits."""
    fixed: Any = document.get("fixed_scale") or {}
    chain.add(
        "resize",
        Resize,
        dedicated=int(fixed.get("target_dedicated_nodes") or 0),
        low_priority=int(fixed.get("target_low_priority_nodes") or 0),
        timeout=_resize_timeout(drain_timeout(document)),
        option=fixed.get("node_deallocation_option") or "taskcompletion",
        applied=document,
    )


def until_ready(chain: Chain, document: Document, since: str | None = None) -> None:
    """Wait until a pool has its nodes and they can be used."""
    health = block(document, "health")
    limit = ready_seconds(document)
    chain.add("steady", Steady, timeout=limit, since_step=since)
    chain.add(
        "ready",
        Ready,
        timeout=limit,
        minimum=_minimum(document, health.get("min_ready_nodes")),
        share=_share(document, health.get("min_ready_nodes")),
        since_step=since,
        max_unusable=int(health.get("max_unusable_nodes") or 0),
        max_start_task_failures=int(health.get("max_start_task_failures") or 0),
        settle=length(health.get("settle")),
    )


def _minimum(document: Document, asked: str | None) -> int | None:
    """Return how many nodes must be usable: None for as many as the targets say, or a share of them.

    A candidate that starts smaller than the pool it follows cannot have more nodes than it starts with.
    """
    if not asked:
        return None
    if document.get("auto_scale"):
        return None if asked.endswith("%") else int(asked)
    fixed: Any = document.get("fixed_scale") or {}
    target = int(fixed.get("target_dedicated_nodes") or 0) + int(fixed.get("target_low_priority_nodes") or 0)
    if not asked.endswith("%"):
        return min(int(asked), target)
    return ceil(target * int(asked[:-1]) / 100)


def _share(document: Document, asked: str | None) -> int:
    """Return of how many nodes that a formula asks for, in per cent, it takes: how many these are is seen later."""
    return int(asked[:-1]) if asked and asked.endswith("%") and document.get("auto_scale") else 100


def _resize_timeout(duration: str) -> str:
    """Return a duration that the service takes for a resize: five minutes at least."""
    return duration if length(duration) >= SHORTEST_RESIZE else "PT5M"
