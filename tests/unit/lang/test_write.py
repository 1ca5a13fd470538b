"""Data written as HCL and read back is the same data."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batchplan.core.source import Source
from batchplan.lang.compile import compile_expression
from batchplan.lang.format import format_text
from batchplan.lang.library import library
from batchplan.lang.nodes import Block
from batchplan.lang.parse import parse_file
from batchplan.lang.write import BlockText, Expression, write
from batchplan.report.values import value_text

FUNCTIONS: dict[str, Any] = {}


def functions() -> dict[str, Any]:
    """Return the functions of the language, made once."""
    from pathlib import Path

    if not FUNCTIONS:
        FUNCTIONS.update(library(Path(), Path()))
    return FUNCTIONS


def read(text: str) -> list[Any]:
    """Return the blocks of a text as data: type, labels, arguments, blocks."""
    source = Source("written", text)
    body, faults = parse_file(source)
    assert faults == [], text
    return [as_data(block, source) for block in body.blocks]


def as_data(block: Block, source: Source) -> Any:
    """Return a block as data."""
    arguments = {}
    for name, attribute in block.body.attributes.items():
        value = compile_expression(attribute.expression, source, functions()).evaluate({})
        arguments[name] = json.loads(value_text(value))
    blocks = [as_data(inner, source) for inner in block.body.blocks]
    return [block.type, [label.value for label in block.labels], arguments, blocks]


def plain(block: BlockText) -> Any:
    """Return a block to be written as data; blocks of one type come together."""
    blocks = [plain(inner) for inner in block.blocks]
    order = list(dict.fromkeys(inner[0] for inner in blocks))
    blocks.sort(key=lambda inner: order.index(inner[0]))
    return [block.type, list(block.labels), dict(block.arguments), blocks]


NAMES = st.from_regex(r"[a-z_][a-z0-9_-]{0,8}", fullmatch=True)
LETTERS = st.one_of(st.sampled_from(list("${}%\"\\\n\t\r'<EOT~ ab0")), st.characters(exclude_categories=["Cs"]))
TEXTS = st.one_of(
    st.text(LETTERS, max_size=20),
    st.lists(st.sampled_from(["EOT", "a ${b}", "$${", "%%{", '"', " x", "", "\\", "%{if", "$", "é"]), max_size=6).map(
        "\n".join
    ),
    st.lists(st.sampled_from(['"', "${", "$${", "$", "%{", "%", "}", "\\"]), max_size=8).map("".join),
)
LEAVES = st.one_of(TEXTS, st.booleans(), st.integers(-(10**20), 10**20), st.floats(-1e9, 1e9))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)


def blocks(inner: Any) -> Any:
    """Return blocks with blocks inside."""
    return st.builds(
        BlockText,
        NAMES,
        st.lists(TEXTS.filter(lambda text: "\n" not in text), max_size=2).map(tuple),
        st.dictionaries(NAMES, VALUES, max_size=4),
        inner,
    )


BLOCKS = st.recursive(blocks(st.just(())), lambda inner: blocks(st.lists(inner, max_size=3)), max_leaves=4)


def distinct(block: BlockText) -> bool:
    """A name is an argument or a block, not both."""
    return not {inner.type for inner in block.blocks} & set(block.arguments) and all(map(distinct, block.blocks))


@settings(max_examples=300, deadline=None)
@given(BLOCKS.filter(distinct))
def test_what_is_written_is_read_back(block: BlockText) -> None:
    """Any texts, keys, labels and numbers come back, whatever template signs, quotes and lines are in them."""
    text = write([block])
    assert read(text) == [normal(plain(block))]
    assert format_text(text) == text


def normal(data: Any) -> Any:
    """Return data with keys in order and whole floats as numbers, as reading gives them."""
    if isinstance(data, dict):
        return {name: normal(data[name]) for name in sorted(data)} if data else data
    if isinstance(data, list):
        return [normal(item) for item in data]
    return data


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a", 'x = "a"'),
        ('say "${x}"', 'x = "say \\"$${x}\\""'),
        ("a\nb", 'x = "a\\nb"'),
        ("a\nb\nc\n", "x = <<EOT\na\nb\nc\nEOT"),
        ("a\nb\nc", "x = chomp(<<EOT\na\nb\nc\nEOT\n  )"),
        ("EOT\nb\nc\n", "x = <<EOT_\nEOT\nb\nc\nEOT_"),
        (Expression("account.west.id"), "x = account.west.id"),
        ({"a b": 1, "for": 2}, 'x = {\n    "a b" = 1,\n    "for" = 2,\n  }'),
        ([], "x = []"),
        ({}, "x = {}"),
    ],
    ids=[
        "text",
        "template",
        "two-lines",
        "heredoc",
        "no-last-line-break",
        "marker",
        "expression",
        "keys",
        "list",
        "map",
    ],
)
def test_how_values_look(value: Any, text: str) -> None:
    """Values are written as a person would write them."""
    assert write([BlockText("pool", ("p",), {"x": value})]) == f'pool "p" {{\n  {text}\n}}\n'


def test_blocks_have_room() -> None:
    """Nested blocks and blocks in a row stand apart by one empty line."""
    inner = BlockText("disk", (), {"lun": 0})
    text = write([BlockText("pool", ("p",), {"a": 1, "long": 2}, [inner, inner]), BlockText("job", ("j",))])
    assert text == (
        'pool "p" {\n  a    = 1\n  long = 2\n\n  disk {\n    lun = 0\n  }\n\n  disk {\n    lun = 0\n  }\n}\n\njob "j" {\n}\n'
    )
