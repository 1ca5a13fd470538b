"""Names that batchplan gives: the Batch id of a generation of a pool.

It is known when planning, so that jobs can refer to a pool that does not exist yet.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from batchplan.core.address import Address
from batchplan.schema.document import UNKNOWN, Secret

LONGEST = 64
"""Characters of a pool id."""

_GENERATION = re.compile(r".+-(\d{8}t\d{4}-[0-9a-f]{4})")


def generation_name(name: str, address: Address, document: Mapping[str, Any], lineage: str, now: datetime) -> str:
    """Return `name-YYYYMMDDtHHMM-xxxx`: the time of the plan, and four digits of what the generation is made of.

    A name that leaves no room is cut, and six digits of the whole name keep it apart from others.
    """
    told = json.dumps([str(address), plain(document), lineage, name], sort_keys=True, default=str)
    suffix = f"-{now:%Y%m%dt%H%M}-{hashlib.sha256(told.encode()).hexdigest()[:4]}"
    room = LONGEST - len(suffix)
    if len(name) > room:
        name = f"{name[: room - 7]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"
    return name + suffix


def smoke_prefix(pool_id: str) -> str:
    """Return how the jobs of smoke tests on a pool are called, before what tells them apart."""
    return f"smoke-{pool_id[: LONGEST - 14]}-"


def smoke_job(pool_id: str, now: datetime) -> str:
    """Return the id of a job for a smoke test; each run has one of its own."""
    return f"{smoke_prefix(pool_id)}{now:%H%M%S}"


def generation_of(pool_id: str) -> str:
    """Return the suffix of a pool id, empty when it has none."""
    found = _GENERATION.fullmatch(pool_id)
    return found[1] if found else ""


def plain(node: Any) -> Any:
    """Return a document as JSON data that shows no secret."""
    if isinstance(node, Secret):
        return "(secret)"
    if node is UNKNOWN:
        return "(unknown)"
    if isinstance(node, Mapping):
        return {str(name): plain(part) for name, part in node.items()}
    if isinstance(node, (list, tuple)):
        return [plain(part) for part in node]
    return node


def digest(document: Mapping[str, Any]) -> str:
    """Return twelve digits that tell documents apart; secrets have no part in it."""
    return hashlib.sha256(json.dumps(plain(document), sort_keys=True).encode()).hexdigest()[:12]
