"""Which resource blocks need which."""

from batchplan.config.evaluate import Evaluated


def edges(evaluated: Evaluated) -> dict[str, list[str]]:
    """Return, for each resource block by address, the addresses of those it needs; names in order."""
    nodes = sorted(node for node in evaluated.tree.needs if node.type == "resource")
    return {str(node): sorted({str(needed) for needed in evaluated.needed_blocks(node)}) for node in nodes}
