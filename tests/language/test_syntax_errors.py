"""Typical mistakes, each with the place and the words of its diagnostics: `syntax_errors.txt` has them.

A case is `== name`, the text, `--`, and for each diagnostic its code, summary and range, then its detail.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from batchplan.core.codes import TOO_DEEP
from batchplan.core.diagnostics import Fault
from batchplan.core.source import Source
from batchplan.lang.height import MAX_DEPTH, MAX_HEIGHT, children
from batchplan.lang.nodes import Traversal
from batchplan.lang.parse import parse_expression, parse_file, parse_template

INVISIBLE = {"<NUL>": "\0", "<CR>": "\r", "<BOM>": "\ufeff", "<NBSP>": "\u00a0", "<END>\n": ""}


def cases() -> Iterator[object]:
    text = (Path(__file__).parent / "syntax_errors.txt").read_text(encoding="utf-8")
    for case in ("\n" + text).split("\n== ")[1:]:
        name, _, rest = case.partition("\n")
        source, _, expected = rest.partition("--\n")
        for written, meant in INVISIBLE.items():
            source = source.replace(written, meant)
        yield pytest.param(source, expected.strip(), id=name)


@pytest.mark.parametrize(("text", "expected"), list(cases()))
def test_mistake(text: str, expected: str) -> None:
    """A mistake is named with its cause, at its place, once."""
    shown = []
    for fault in parse_file(Source("t", text))[1]:
        assert fault.at is not None
        first, last = fault.at.first, fault.at.last
        place = f"{first.line}:{first.column}-{last.line}:{last.column}"
        shown.append(f"{fault.code.id} {fault.summary} ({place})\n  {fault.detail}")
    assert "\n".join(shown) == expected


DEEP = {
    "parentheses": ("(", "1", ")"),
    "lists": ("[", "1", "]"),
    "objects": ("{a=", "1", "}"),
    "keys": ("{(", "1", ")=1}"),
    "calls": ("f(", "1", ")"),
    "indexes": ("a[", "1", "]"),
    "splats": ("a[*][", "1", "]"),
    "attribute splats": ("a.*[", "1", "]"),
    "strings": ('"${', "1", '}"'),
    "directives": ('"%{if ', "1", '}%{endif}"'),
    "branches": ("%{if a}", "1", "%{endif}"),
    "loops": ("[for a in ", "b", " : c]"),
    "object loops": ("{for a in b : c => ", "b", "}"),
    "conditionals": ("a ? b : ", "1", ""),
    "then": ("a ? ", "1", " : b"),
    "signs": ("-", "1", ""),
    "operators": ("1 + ", "1", ""),
    "chained indexes": ("", "a", "[b]"),
    "chained splats": ("", "a", "[*]"),
    "chained calls": ("", "f()", "[b].c"),
    "mixed": ("(1||1&&1==1<1+1*[f(", "1", ")])"),
}


@pytest.mark.parametrize("count", [MAX_DEPTH - 10, MAX_DEPTH + 1, MAX_HEIGHT + 1, 5_000])
@pytest.mark.parametrize(("before", "middle", "after"), DEEP.values(), ids=DEEP.keys())
def test_depth_is_limited(before: str, middle: str, after: str, count: int) -> None:
    """Deep or long expressions parse into trees of limited height, or end in a diagnostic."""
    source = Source("t", before * count + middle + after * count)
    level = parsed(source, parse_template if before.startswith("%") else parse_expression)
    heights = 0
    while level:
        heights += 1
        level = [child for node in level for child in children(node)]
    assert heights <= MAX_HEIGHT


def parsed(source: Source, parse: Callable[[Source], object]) -> list[object]:
    """Return the tree; nothing if it was refused as too deep, as it must be from the limit on."""
    try:
        return [parse(source)]
    except Fault as fault:
        if fault.diagnostic.code is not TOO_DEEP:
            raise
    return []


def test_blocks_are_limited() -> None:
    """Blocks nest to a limit as well."""
    _, faults = parse_file(Source("t", "a {\n" * 5000 + "}\n" * 5000))
    assert "E0119" in [fault.code.id for fault in faults]


def test_long_traversals_are_flat() -> None:
    """Steps one after another make no tree."""
    found = parse_expression(Source("t", "a" + ".b" * 20_000))
    assert isinstance(found, Traversal)
    assert len(found.steps) == 20_000


def test_many_operands() -> None:
    """A sum of 20,000 terms ends in a diagnostic."""
    (fault,) = parse_file(Source("t", "a = 1" + " + 1" * 20_000 + "\n"))[1]
    assert fault.code is TOO_DEEP
