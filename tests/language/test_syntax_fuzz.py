"""Random and damaged text: nothing but trees and diagnostics comes out, in bounded time.

`BATCHPLAN_FUZZ=20000` sets how many texts of each kind are tried; a plain run tries fewer.
"""

import os
import time
from collections.abc import Callable
from typing import Any

import pytest
from randomhcl import Writer

from batchplan.core.diagnostics import Fault
from batchplan.core.source import Source
from batchplan.lang.format import format_source
from batchplan.lang.height import children
from batchplan.lang.jsonsyntax import BlockSpec, BodySchema, body_of, parse_json
from batchplan.lang.nodes import Body
from batchplan.lang.parse import parse_attribute_value, parse_expression, parse_file, parse_template

COUNT = int(os.environ.get("BATCHPLAN_FUZZ", "300"))


def check_ranges(root: Any, size: int) -> None:
    """Insist that every node lies inside the text and inside its parent."""
    waiting = [(root, 0, size)]
    while waiting:
        node, start, end = waiting.pop()
        assert start <= node.start <= node.end <= end, node
        inner = (0, size) if type(node).__name__ == "Splat" else (node.start, node.end)
        waiting += [(child, *inner) for child in children(node)]


def parsed(parse: Callable[[Source], object], text: str) -> object | None:
    """Return the tree, or None for a fault, which has a place."""
    try:
        return parse(Source("t", text))
    except Fault as fault:
        at = fault.diagnostic.at
    assert at is not None
    return None


def bodies(body: Body) -> list[Body]:
    return [body, *(inner for block in body.blocks for inner in bodies(block.body))]


def test_expressions() -> None:
    """Random and damaged expressions parse or fault, and every node has its range."""
    parsers: list[Callable[[Source], object]] = [parse_expression, parse_attribute_value, parse_template]
    for seed in range(COUNT):
        writer = Writer(seed)
        text = writer.expression(5, free=True)
        for tried in (text, writer.damaged(text)):
            for parse in parsers:
                root = parsed(parse, tried)
                if root is not None:
                    check_ranges(root, len(tried))


def test_files() -> None:
    """Damaged files give faults in their text; what is sound has ranges, and its layout is stable."""
    for seed in range(COUNT):
        writer = Writer(seed)
        text = writer.file()
        for tried in (text, writer.damaged(text)):
            source = Source("t", tried)
            body, faults = parse_file(source)
            for fault in faults:
                assert fault.at is not None
                assert 0 <= fault.at.start <= fault.at.end <= len(tried)
                assert fault.detail
            for inner in bodies(body):
                for attribute in inner.attributes.values():
                    check_ranges(attribute.expression, len(tried))
            formatted, refused = format_source(source)
            assert refused == faults or [str(fault) for fault in refused] == [str(fault) for fault in faults]
            if formatted is not None:
                assert format_source(Source("t", formatted))[0] == formatted, (seed, tried)


def test_json() -> None:
    """Damaged JSON gives faults as well."""
    text = '{"variable": {"a": [{"default": "x${y}\\n\\u00e9", "t": [1, -2.5e3, null, {"k": true}]}]}, "//": 1, "o": {"${a}": {}}}'
    schema = BodySchema({"variable": BlockSpec(1)})
    for seed in range(COUNT):
        source = Source("t", Writer(seed).damaged(text))
        value, faults = parse_json(source)
        assert (value is None) == bool(faults)
        if value is not None:
            body, faults = body_of(source, value, schema)
            for attribute in body.attributes.values():
                check_ranges(attribute.expression, len(source.text))


HOSTILE = {
    "quotes": '"' * 50_000,
    "braces": "{" * 50_000,
    "interpolations": '"${' * 50_000,
    "directives": "%{if a}" * 50_000,
    "heredocs": "a = <<A\n${" * 20_000,
    "comment openers": "{/*" * 20_000,
    "comments before for": "a = {/* */" + "/* x */" * 20_000 + "\n",
    "backslashes": 'a = "' + "\\" * 99_999,
    "dollars": 'a = "' + "$" * 100_000 + '"\n',
    "names": "a" * 200_000,
    "labels": "a " * 50_000,
    "faults in blocks": "a {\n b = \n" * 20_000,
    "faults at the margin": "a {\n b = (\n}\n" * 5_000,
    "unclosed strings": 'a = "\n' * 20_000,
    "operators": "a = " + "1 + " * 50_000,
    "one long heredoc": "a = <<EOT\n" + "x ${y}\n" * 20_000 + "EOT\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_takes_bounded_time(text: str) -> None:
    """Text made to hang a parser does not."""
    started = time.process_time()
    parse_file(Source("t", text))
    assert time.process_time() - started < 5
