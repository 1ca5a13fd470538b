"""What is known of VM sizes without asking Azure; a size that is not in the table may still exist."""

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Size:
    """A VM size and how many cores it has."""

    name: str
    family: str
    cores: int


@cache
def table() -> dict[str, Size]:
    """Return the known sizes by their name in lower case."""
    text = resources.files("batchplan.schema").joinpath("data", "vm_sizes.json").read_text(encoding="utf-8")
    rows = json.loads(text)["sizes"]
    return {row["name"].lower(): Size(row["name"], row["family"], row["cores"]) for row in rows}


# Learn "Azure virtual machine sizes naming conventions": family, number of vCPUs, constrained vCPUs, features,
# version. Sizes before version 3 count otherwise.
_NAME = re.compile(r"standard_([a-z]+)(\d+)(?:-(\d+))?[a-z]*(?:_[a-z0-9]+)*?_v(?:[3-9]|\d\d)", re.IGNORECASE)


def size(name: str) -> Size | None:
    """Return a size by its name in any case: from the table, or as its name says; None when neither tells."""
    known = table().get(name.lower())
    if known is not None:
        return known
    found = _NAME.fullmatch(name)
    return Size(name, "", int(found[3] or found[2])) if found else None
