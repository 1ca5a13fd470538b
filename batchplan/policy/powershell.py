"""Statements of a PowerShell script."""

import re
from collections.abc import Iterator

from batchplan.policy.statement import Statement

_TOKEN = re.compile(
    r"""(?P<string>'(?:''|[^'])*'|"(?:`.|[^"`])*")|(?P<comment>\#[^\n]*)|(?P<operator>[;\n|{}])|(?P<text>.)""",
    re.DOTALL | re.VERBOSE,
)
_WORD = re.compile(r"""'((?:''|[^'])*)'|"((?:`.|[^"`])*)"|([^\s'"()]+)|[()]""")
_CONDITION = re.compile(r"(?:else)?if\b|while\b|switch\b", re.IGNORECASE)
_FILTER = re.compile(r"(?:where(?:-object)?|\?)(?:\s|$|\()", re.IGNORECASE)


def statements(script: str) -> Iterator[Statement]:
    """Yield the statements of a script in order; each command of a pipeline is one, and its filters are conditions."""
    blocks: list[tuple[str, list[str]]] = []
    piped: list[str] = []
    segment = ""
    for found in (*_TOKEN.finditer(script), None):
        operator = found["operator"] if found is not None else ";"
        if found is not None and operator is None:
            segment += "" if found.lastgroup == "comment" else found[0]
            continue
        text, segment = segment.strip(), ""
        if operator == "{":
            own = text if _CONDITION.match(text) or _FILTER.match(text) else " ".join(piped)
            blocks.append((own, piped))
            piped = []
            continue
        if _FILTER.match(text):
            piped.append(text)
        elif text:
            conditions = (*(one for one, _ in blocks), *piped)
            yield Statement(text, tuple(_words(text)), conditions=tuple(one for one in conditions if one))
        if operator == "}" and blocks:
            closed, piped = blocks.pop()
            piped = [*piped, f"{closed} {text}"] if _FILTER.match(closed) else piped
        elif operator != "|":
            piped = []


def _words(text: str) -> Iterator[str]:
    for found in _WORD.finditer(text):
        if found[0] not in "()":
            yield next(one for one in (found[1], found[2], found[3]) if one is not None)
