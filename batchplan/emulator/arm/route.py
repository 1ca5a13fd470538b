"""Which function answers a path: any case, as ARM has it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote

from batchplan.emulator.arm.versions import BATCH
from batchplan.emulator.wire.http import Reply

if TYPE_CHECKING:
    from batchplan.emulator.arm.call import Call

Handler = Callable[["Call"], Reply]

ACCOUNT = "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Batch/batchAccounts/{account}"
LOCATION = "/subscriptions/{subscription}/providers/Microsoft.Batch/locations/{location}"


@dataclass(frozen=True, slots=True)
class Route:
    """An operation: its method, its path with `{names}`, the function, and the api-versions that have it.

    `versions` None accepts any date: what is not Microsoft.Batch is answered the same in every version.
    """

    method: str
    template: str
    handler: Handler
    versions: tuple[str, ...] | None = BATCH


@dataclass(slots=True)
class _Node:
    literals: dict[str, "_Node"] = field(default_factory=dict)
    wild: "tuple[str, _Node] | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class Router:
    """All routes, as a tree of path segments."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for segment in segments(route.template):
                node = _grown(node, segment)
            if route.method in node.routes:
                raise ValueError(f"two routes for {route.method} {route.template}")
            node.routes[route.method] = route

    def find(self, raw_path: str) -> tuple[dict[str, Route], dict[str, str]]:
        """Return the routes of a path by method, and its names as sent; no routes for a path nobody knows."""
        wanted = [unquote(each) for each in segments(raw_path)]
        for node, names in _walk(self._root, wanted, 0, {}):
            if node.routes:
                return node.routes, names
        return {}, {}


def segments(path: str) -> list[str]:
    """Return the parts of a path that are not empty: clients double slashes and end with one."""
    return [each for each in path.partition("?")[0].split("/") if each]


def _grown(node: _Node, segment: str) -> _Node:
    if not segment.startswith("{"):
        return node.literals.setdefault(segment.lower(), _Node())
    if node.wild is None:
        node.wild = (segment[1:-1], _Node())
    if node.wild[0] != segment[1:-1]:
        raise ValueError(f"{segment} is called {node.wild[0]} elsewhere")
    return node.wild[1]


def _walk(node: _Node, wanted: list[str], index: int, names: dict[str, str]) -> Iterator[tuple[_Node, dict[str, str]]]:
    if index == len(wanted):
        yield node, names
        return
    literal = node.literals.get(wanted[index].lower())
    if literal is not None:
        yield from _walk(literal, wanted, index + 1, names)
    if node.wild is not None:
        yield from _walk(node.wild[1], wanted, index + 1, {**names, node.wild[0]: wanted[index]})
