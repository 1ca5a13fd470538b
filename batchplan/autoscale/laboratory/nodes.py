"""The nodes of a simulated pool, and which of them the next task goes to."""

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """A node. `ordinal` is its place in the pool, which another takes when it is gone.

    `doomed` nodes take no tasks, and leave when nothing keeps them; `leaving` ones are as good as gone.
    """

    number: int
    ordinal: int
    low_priority: bool
    ready: bool = False
    doomed: bool = False
    leaving: bool = False
    preempted: bool = False
    paid_from: float = 0.0
    life: int = 0  # grows when the node starts over, so that older events no longer concern it
    last_end: float | None = None
    running: dict[int, float] = field(default_factory=dict)


class FreeNodes:
    """The nodes that take tasks: the emptiest goes first, or to pack the fullest; among equals the lowest ordinal."""

    def __init__(self, slots: int, *, pack: bool) -> None:
        self._slots = slots
        self._order = range(slots - 1, -1, -1) if pack else range(slots)
        self._free: dict[int, Node] = {}
        self._levels: list[list[tuple[int, int]]] = [[] for _ in range(slots)]

    def refresh(self, node: Node) -> None:
        """Look at a node again after something has happened to it."""
        if not node.ready or node.doomed or node.leaving or len(node.running) >= self._slots:
            self._free.pop(node.number, None)
            return
        self._free[node.number] = node
        heapq.heappush(self._levels[len(node.running)], (node.ordinal, node.number))

    def best(self) -> Node | None:
        """Return the node for the next task; None when all are full."""
        for level in self._order if self._free else ():
            heap = self._levels[level]
            while heap:
                found = self._free.get(heap[0][1])
                if found is not None and len(found.running) == level:
                    return found
                heapq.heappop(heap)
        return None


def ordinals(nodes: Iterable[Node], count: int) -> list[int]:
    """Return the lowest places that are free."""
    taken = {node.ordinal for node in nodes}
    made: list[int] = []
    ordinal = 0
    while len(made) < count:
        if ordinal not in taken:
            made.append(ordinal)
        ordinal += 1
    return made


def to_leave(nodes: Iterable[Node], count: int) -> list[Node]:
    """Return the nodes to give up: preempted ones first, then those with the fewest tasks, then the last made."""
    ranked = sorted(nodes, key=lambda node: (not node.preempted, len(node.running), -node.ordinal))
    return ranked[: max(0, count)]
