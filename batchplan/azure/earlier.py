"""What an earlier version of the API tells of an object, and the one that we speak has no member for."""

from collections.abc import Iterator, Mapping
from typing import Any

from batchplan.azure.rawjson import Client, get
from batchplan.ports import NotFound, Rejected
from batchplan.schema.retired import DROPPED

EARLIER_ARM = "2024-07-01"
EARLIER_DATA = "2024-07-01.20.0"
"""The last stable versions before 2025-06-01: they have all that it dropped."""


async def dropped(client: Client, path: str, version: str) -> Mapping[str, Any]:
    """Return the members of an object that only an earlier version shows, by their path in its JSON, with their values.

    Nothing where the object is gone, or the service has left that version behind. Raise AzureError.
    """
    try:
        answer = await get(client, path, {"api-version": version})
    except (NotFound, Rejected):
        return {}
    return dict(_found(answer, ""))


def _found(part: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(part, list):
        for at, item in enumerate(part):
            yield from _found(item, f"{path}[{at}]")
    elif isinstance(part, dict):
        for name, value in part.items():
            below = f"{path}.{name}" if path else name
            if name not in DROPPED:
                yield from _found(value, below)
            elif value and str(value).lower() != "default":  # the service says so of what nobody set
                yield below, value
