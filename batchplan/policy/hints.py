"""What people say of their work in tags and metadata, and fields cannot: its environment, its tasks, its image.

Names are compared in any case. Metadata of a pool counts as its tags do.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from batchplan.policy.home import home
from batchplan.policy.model import NotKnownYet, NotLooked
from batchplan.policy.scope import Scope
from batchplan.policy.subject import View
from batchplan.schema.document import UNKNOWN, Secret
from batchplan.schema.times import seconds


def hint(view: View, *names: str) -> str:
    """Return the value of the first tag or metadata entry with one of the names, empty when there is none."""
    wanted = {name.casefold() for name in names}
    for name, value in _labels(view):
        if isinstance(name, str) and name.casefold() in wanted:
            if value is UNKNOWN:
                raise NotKnownYet(f"the tag {name}")
            if isinstance(value, Secret):
                raise NotLooked(f"the tag {name} is a secret, and those are not looked at")
            return str(value)
    return ""


def environment(view: View, see: Scope, names: tuple[str, ...]) -> str:
    """Return the environment that a pool, or else its account, says it is for, in lower case; empty when none does."""
    found = hint(view, *names)
    if not found:
        account = home(view, see)
        found = hint(account, *names) if account is not None else ""
    return found.strip().casefold()


def hours(view: View, name: str) -> float | None:
    """Return how many hours a duration such as `PT3H` is; None when nothing, or nothing legible, is said."""
    length = seconds(hint(view, name))
    return float(length) / 3600 if length is not None else None


def amount(view: View, name: str) -> float | None:
    """Return a number that is said, None when nothing, or nothing legible, is."""
    try:
        return float(hint(view, name))
    except ValueError:
        return None


def _labels(view: View) -> Iterator[tuple[Any, Any]]:
    tags = view.raw("tags")
    if tags is UNKNOWN:
        raise NotKnownYet(view.path("tags"))
    if isinstance(tags, Mapping):
        yield from tags.items()
    if view.has("metadata"):
        for entry in view.items("metadata"):
            yield entry.raw("name"), entry.raw("value")
