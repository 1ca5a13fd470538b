"""The whole tree of modules, prepared: all that is known of a configuration before its first value.

It depends on the files only, so one preparation serves every evaluation of a command.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from batchplan.config.graph import Node, topological
from batchplan.config.load import ModuleNode
from batchplan.config.prepare import Needs, Prepared, Preparer
from batchplan.core.codes import CYCLE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range
from batchplan.lang.compiled import Compiled


@dataclass(frozen=True, slots=True)
class PreparedTree:
    """Every module prepared, by its path, and the order in which nodes are evaluated.

    A tree with `circular` needs has an order all the same, and cannot be evaluated.
    """

    root: ModuleNode
    modules: dict[tuple[str, ...], Prepared] = field(default_factory=dict)
    needs: Needs = field(default_factory=dict)
    order: Sequence[Node] = ()
    circular: bool = False

    def needed_by(self, expressions: Iterable[Compiled]) -> set[Node]:
        """Return the nodes that have to be evaluated before expressions of the root module can be."""
        waiting = Preparer(self.root, {}, Diagnostics()).reached(expressions)
        found: set[Node] = set()
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting.extend(self.needs.get(node, ()))
        return found


def prepared_tree(root: ModuleNode, diagnostics: Diagnostics) -> PreparedTree:
    """Return the tree below a root module; report names that lead nowhere, and circles."""
    modules: dict[tuple[str, ...], Prepared] = {}
    needs: Needs = {}
    for loaded in root.walk():
        modules[loaded.path] = Preparer(loaded, needs, diagnostics).run()
    order, cycles = topological(needs)
    for cycle in cycles:
        _report_cycle(cycle, modules, diagnostics)
    return PreparedTree(root, modules, needs, order, bool(cycles))


def _report_cycle(cycle: Sequence[Node], modules: dict[tuple[str, ...], Prepared], diagnostics: Diagnostics) -> None:
    shown = [node for node in cycle if node.type != "input"]
    start = min(range(len(shown)), key=lambda at: shown[at])
    path = [*shown[start:], *shown[:start], shown[start]]
    detail = (
        f"{' → '.join(map(str, path))}. Each needs the next before it can be evaluated. "
        "Break the circle: let one of them refer to what the other is made of."
    )
    diagnostics.error(CYCLE, detail, _place(path[0], modules[path[0].path]))


def _place(node: Node, prepared: Prepared) -> Range | None:
    module = prepared.node.module
    match node.type:
        case "local":
            return module.locals[node.name].at
        case "output":
            return module.outputs[node.name].at
        case "resource":
            return module.resources[node.name].at
        case "call":
            return module.calls[node.name].at
        case "var" | "validation":
            return module.variables[node.name].at
    return None
