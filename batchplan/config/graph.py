"""What must be evaluated before what; a cycle is reported with its path.

Nodes are parts of the static module tree, not of its instances: a block with a count is one node.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


@dataclass(frozen=True, slots=True, order=True)
class Node:
    """A part of the configuration: `type` is var, local, call, output, resource, check or validation."""

    path: tuple[str, ...]
    type: str
    name: str

    def __str__(self) -> str:
        prefix = "".join(f"module.{step}." for step in self.path)
        match self.type:
            case "resource":
                return f"{prefix}{self.name}"
            case "call":
                return f"{prefix}module.{self.name}"
            case _:
                return f"{prefix}{self.type}.{self.name}"


class CycleError(Exception):
    """A cycle: the nodes on it, each needing the next, the last needing the first."""

    def __init__(self, cycle: Sequence[Hashable]) -> None:
        super().__init__(" → ".join(map(str, (*cycle, cycle[0]))))
        self.cycle = tuple(cycle)


def topological(needs: Mapping[N, Iterable[N]]) -> tuple[list[N], list[list[N]]]:
    """Return the nodes so that each comes after what it needs, and the cycles found.

    Every cycle is cut where it closes, so that all nodes are in the order even then. The order depends
    only on the order of the mapping.
    """
    order: list[N] = []
    cycles: list[list[N]] = []
    done: set[N] = set()
    active: dict[N, int] = {}
    for root in needs:
        if root in done:
            continue
        trail: list[N] = [root]
        stack = [iter(needs.get(root, ()))]
        active[root] = 0
        while stack:
            for node in stack[-1]:
                if node in active:
                    cycles.append(trail[active[node] :])
                elif node not in done:
                    active[node] = len(trail)
                    trail.append(node)
                    stack.append(iter(needs.get(node, ())))
                    break
            else:
                stack.pop()
                node = trail.pop()
                del active[node]
                done.add(node)
                order.append(node)
    return order, cycles
