"""Pools that have more nodes for a while, as lines of a plan, and as data for programs."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from batchplan.report.steps import warm_words
from batchplan.state.model import PrewarmRecord


def warm_segments(found: Mapping[str, PrewarmRecord], cooled: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield a line for each pool, with its style: how many nodes, until when, and what becomes of them."""
    for name, one in sorted(found.items()):
        yield "update", f"{_line(name, one, over=name in cooled)}\n"


def _line(name: str, one: PrewarmRecord, *, over: bool) -> str:
    nodes = warm_words(one.dedicated, one.low_priority)
    has = f"{name} has {nodes} for the run at {one.run:%Y-%m-%d %H:%M} UTC (prewarm, {one.who})"
    if over:
        return f"{has}; this plan gives it its declared size back."
    return f"{has}; plans leave them alone until {one.until:%Y-%m-%d %H:%M} UTC."


def as_json(found: Mapping[str, PrewarmRecord], cooled: Collection[str]) -> list[dict[str, Any]]:
    """Return the warm pools as JSON data."""
    return [
        {"pool": name, **one.model_dump(mode="json", exclude={"scale"}), "over": name in cooled}
        for name, one in sorted(found.items())
    ]
