"""Older format versions of the state made new, one step at a time."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from batchplan.core.address import AddressError
from batchplan.core.remote import KINDS
from batchplan.state.document import by_address
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
        return _checked(StateDocument.model_validate(data))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UnreadableState(f"{place}: {first['msg']}") from None


def _checked(document: StateDocument) -> StateDocument:
    """Return a state whose objects can be told apart and are of kinds that there are; raise UnreadableState."""
    try:
        known = by_address(document)
    except AddressError as error:
        raise UnreadableState(f"resources: {error}") from None
    if len(known) != len(document.resources):
        twice, _ = Counter(one.address for one in document.resources).most_common(1)[0]
        raise UnreadableState(f"resources: {twice} is there twice")
    for address, record in known.items():
        if record.remote.kind not in KINDS or address.kind != record.remote.kind:
            raise UnreadableState(f'resources: {address} stands for something of the kind "{record.remote.kind}"')
    return document
