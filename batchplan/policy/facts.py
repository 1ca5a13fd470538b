"""Facts that age: retirements, limits, ends of support, isolated sizes, region pairs.

They are rows in `data/*.json`, each with the source it was read in and the day it was true (`as_of`); code asks by
name. What the service itself tells (`live`) counts before them.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from typing import Any

FILES = (
    "retirements",
    "limits",
    "images",
    "isolated_sizes",
    "regions",
    "node_agents",
    "zones",
    "image_generations",
)


@cache
def rows(name: str) -> tuple[Mapping[str, Any], ...]:
    """Return the rows of a file, by its name without `.json`."""
    text = resources.files("batchplan.policy").joinpath("data", f"{name}.json").read_text(encoding="utf-8")
    return tuple(json.loads(text)["rows"])


@dataclass(frozen=True, slots=True)
class Retirement:
    """Something that Azure ends. `on` is its last day; `confirmed` whether a page of Microsoft's says that day."""

    what: str
    on: date
    instead: str
    confirmed: bool
    source: str


@lru_cache(maxsize=2048)
def retirement(kind: str, name: str) -> Retirement | None:
    """Return what is known to end: a `feature` or an `agent` by name, a `size` by the name of a VM size; any case."""
    for row in rows("retirements"):
        if row["kind"] == kind and _fits(row["match"], name, exact=kind != "size"):
            return Retirement(
                row["what"], date.fromisoformat(row["on"]), row["instead"], row["confirmed"], row["source"]
            )
    return None


@cache
def _limits() -> Mapping[str, int]:
    return {row["name"]: row["value"] for row in rows("limits")}


def limit(name: str) -> int:
    """Return a limit of the service by the name it has in `limits.json`."""
    return _limits()[name]


@lru_cache(maxsize=1024)
def image_end(publisher: str, offer: str, sku: str) -> date | None:
    """Return when support of a marketplace image ends, None where that is not known here."""
    for row in rows("images"):
        parts = ((row["publisher"], publisher), (row["offer"], offer), (row["sku"], sku))
        if all(_fits(pattern, value) for pattern, value in parts):
            return date.fromisoformat(row["end_of_life"])
    return None


@dataclass(frozen=True, slots=True)
class Isolated:
    """A VM size that has a host for itself, and until when it is offered, where that ends."""

    size: str
    retiring: date | None


@lru_cache(maxsize=1024)
def isolated(size: str) -> Isolated | None:
    """Return what is known of an isolated size; None for a size that shares its host."""
    for row in rows("isolated_sizes"):
        if row["size"] == size.lower():
            return Isolated(row["size"], date.fromisoformat(row["retiring"]) if row["retiring"] else None)
    return None


@cache
def region_pairs() -> Mapping[str, str | None]:
    """Return for each known region the one it is paired with, None where it has none."""
    return {row["region"]: row["pair"] for row in rows("regions")}


@cache
def zonal(region: str) -> bool:
    """Return whether a region is known to have availability zones."""
    return any(row["region"] == region for row in rows("zones"))


@lru_cache(maxsize=1024)
def first_generation(publisher: str, offer: str, sku: str) -> bool:
    """Return whether a marketplace image is known to be of generation 1."""
    for row in rows("image_generations"):
        parts = ((row["publisher"], publisher), (row["offer"], offer), (row["sku"], sku))
        if all(_fits(pattern, value) for pattern, value in parts):
            return bool(row["generation"] == 1)
    return False


def _fits(pattern: str, value: str, *, exact: bool = False) -> bool:
    if exact:
        return pattern.lower() == value.lower()
    return re.fullmatch(pattern, value, re.IGNORECASE) is not None
