"""What the tests of the language share."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(scope="session")
def outline() -> Callable[[object], str]:
    """A function that shows a tree as nested names, without positions."""
    return _outline


def _outline(node: Any) -> str:
    """Return a tree as nested names, without positions."""
    if isinstance(node, (list, tuple)):
        return "[" + " ".join(_outline(item) for item in node) + "]"
    if hasattr(node, "__slots__") and hasattr(node, "start"):
        members = [
            getattr(node, slot) for slot in node.__slots__ if slot not in ("start", "end", "name_end", "element")
        ]
        return f"{type(node).__name__}({' '.join(_outline(member) for member in members)})"
    return repr(node)
