"""Graphs as text for drawing programs."""

from collections.abc import Callable, Mapping, Sequence

Edges = Mapping[str, Sequence[str]]


def dot(edges: Edges) -> str:
    """Return a graph in the language of Graphviz."""
    lines = ["digraph {", '  rankdir = "RL"', '  node [shape = box, fontname = "sans-serif"]']
    lines += [f"  {_quoted(name)}" for name in edges]
    lines += [f"  {_quoted(name)} -> {_quoted(needed)}" for name, all_needed in edges.items() for needed in all_needed]
    return "\n".join([*lines, "}"]) + "\n"


def mermaid(edges: Edges) -> str:
    """Return a graph in the language of Mermaid."""
    ids = {name: f"n{at}" for at, name in enumerate(edges)}
    lines = ["flowchart RL"]
    lines += [f'  {ids[name]}["{name.replace(chr(34), "&quot;")}"]' for name in edges]
    lines += [f"  {ids[name]} --> {ids[needed]}" for name, all_needed in edges.items() for needed in all_needed]
    return "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


DRAWINGS: dict[str, Callable[[Edges], str]] = {"dot": dot, "mermaid": mermaid}
"""Every drawing by the name of its language."""
