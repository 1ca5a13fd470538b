"""What Azure offers: regions, VM sizes, default quotas. Facts live in dated files under `data/`, each with its source."""

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Region:
    """A region. `pair` is None where Azure has none; the pair need not point back."""

    name: str
    display_name: str
    pair: str | None
    geography: str
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VmSize:
    """A VM size; memory in GB, local disk in MB. `available` is less than `cores` on constrained sizes."""

    name: str
    family: str
    cores: int
    memory_gb: float
    temp_mb: int
    disks: int
    nics: int
    generations: str
    spot: bool
    premium: bool
    ephemeral: bool
    encryption_at_host: bool
    accelerated: bool
    rdma: bool
    gpus: int
    available: int | None = None
    end_of_life: str | None = None
    cloud_services: bool = False


@dataclass(frozen=True, slots=True)
class Quotas:
    """What a new account may use. `families` is core quota by family, in the order the service lists them."""

    accounts_per_region: int
    dedicated: int
    low_priority: int
    pools: int
    jobs_and_schedules: int
    applications: int
    packages_per_application: int
    families: tuple[tuple[str, int], ...]


def document(name: str) -> dict[str, Any]:
    """Return a file of `data/` as JSON."""
    text = resources.files("batchplan.emulator").joinpath("data", name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def regions() -> dict[str, Region]:
    """Return the regions by name (lower case, no blanks)."""
    rows = document("regions.json")["regions"]
    return {row["name"]: Region(**{**row, "zones": tuple(row["zones"])}) for row in rows}


def normalise_location(text: str) -> str:
    """Return a location the way ARM stores it: `West Europe` and `westeurope` are one."""
    return text.replace(" ", "").lower()


@cache
def vm_sizes() -> dict[str, VmSize]:
    """Return the VM sizes by lower-case name, ordered by family, then name."""
    return {row["name"].lower(): VmSize(**row) for row in document("vm_sizes.json")["sizes"]}


@cache
def default_quotas() -> Quotas:
    """Return the quotas of a new account."""
    doc = document("quotas.json")
    facts = {key: doc[key] for key in Quotas.__slots__ if key != "families"}
    return Quotas(**facts, families=tuple((row["name"], row["cores"]) for row in doc["families"]))
