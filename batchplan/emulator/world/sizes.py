"""VM sizes: their family and cores, from the dated data file."""

import json
from functools import cache
from importlib import resources
from typing import Any


@cache
def _by_name() -> dict[str, dict[str, Any]]:
    text = resources.files("batchplan.emulator").joinpath("data/vm_sizes.json").read_text(encoding="utf-8")
    return {size["name"].lower(): size for size in json.loads(text)["sizes"]}


def known(vm_size: str) -> bool:
    """Return whether the data file has a size, in any case."""
    return vm_size.lower() in _by_name()


def cores(vm_size: str) -> int:
    """Return the cores of a size; raise KeyError for an unknown one."""
    return int(_by_name()[vm_size.lower()]["cores"])


def family(vm_size: str) -> str:
    """Return the family of a size as quotas name it; raise KeyError for an unknown one."""
    return str(_by_name()[vm_size.lower()]["family"])
