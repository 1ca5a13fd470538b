"""How tall a tree is: everything that walks one recursively stands on this limit."""

from collections.abc import Iterator
from typing import Any

from batchplan.core import codes
from batchplan.core.diagnostics import fault
from batchplan.core.source import Range, Source
from batchplan.lang.nodes import Expression

MAX_DEPTH = 150
"""Brackets, templates, operators and blocks inside one another. The parser takes up to five Python frames a level,
and the default recursion limit is 1,000."""

MAX_HEIGHT = 250
"""Nodes from the root of an expression to its lowest leaf: three frames a level for whoever walks it. A tree that is
not nested can be tall as well, such as that of `1 + 1 + 1 …`."""


def check(source: Source, root: Expression) -> None:
    """Raise TOO_DEEP where a tree exceeds the limit, without recursion."""
    level: list[Any] = [root]
    for _ in range(MAX_HEIGHT):
        level = [child for node in level for child in children(node)]
        if not level:
            return
    detail = (
        f"This expression joins more than {MAX_HEIGHT} parts one by one. "
        "Split it into `locals`, or use a function that takes a list, such as `sum`, `join`, `alltrue` or `anytrue`."
    )
    raise fault(codes.TOO_DEEP, detail, Range(source, root.start, root.end))


def children(node: Any) -> Iterator[Any]:
    """Yield the nodes directly below a node."""
    for slot in node.__slots__:
        yield from _nodes(getattr(node, slot))


def _nodes(value: Any) -> Iterator[Any]:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _nodes(item)
    elif hasattr(value, "__slots__") and hasattr(value, "start"):
        yield value
