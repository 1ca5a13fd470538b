"""Older format versions of the state made new, one step at a time."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from batchplan.state.model import FORMAT_VERSION, StateDocument

Migration = Callable[[dict[str, Any]], dict[str, Any]]

MIGRATIONS: Mapping[int, Migration] = {}
"""From a format version to the next. Version 1 is the first, so there is none yet."""


class UnreadableState(ValueError):
    """A document that is no state, or of a version that this batchplan does not know."""


def read_document(data: Any) -> StateDocument:
    """Return a state from its JSON data, migrated to the present format; raise UnreadableState."""
    if not isinstance(data, dict) or not isinstance(data.get("format_version"), int):
        raise UnreadableState("it has no format_version, so it is no state of batchplan")
    version = data["format_version"]
    if version > FORMAT_VERSION:
        raise UnreadableState(
            f"its format version is {version}, this batchplan knows {FORMAT_VERSION}; use a newer batchplan"
        )
    while version < FORMAT_VERSION:
        migrate = MIGRATIONS.get(version)
        if migrate is None:
            raise UnreadableState(f"format version {version} is not known")
        data = migrate(data)
        version += 1
    try:
        return StateDocument.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UnreadableState(f"{place}: {first['msg']}") from None
