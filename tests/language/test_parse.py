"""The native syntax: what text becomes which tree."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.core.source import Source
from batchplan.lang.parse import parse_attribute_value, parse_expression, parse_file, parse_template

Outline = Callable[[object], str]


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("1 +\n2", "Binary('+' Number('1') Number('2'))"),
        ("f(x...)", "Call('f' [Traversal('x' [])] True)"),
        ('"${x}"', "Wrapped(Traversal('x' []))"),
        (
            '"%{if a}b%{else}c%{endif}"',
            "Template([TemplateIf(Traversal('a' []) [Literal('b')] [Literal('c')])])",
        ),
        ("{null = 1}", "ObjectConstructor([[ObjectKey(Traversal('null' [])) Number('1')]])"),
        (
            "x[*].a[*].b",
            (
                "Splat(Traversal('x' []) Splat(RelativeTraversal(SplatElement() [StepAttribute('a')])"
                " RelativeTraversal(SplatElement() [StepAttribute('b')]) True) True)"
            ),
        ),
    ],
)
def test_expression(text: str, tree: str, outline: Outline) -> None:
    """An expression becomes its tree."""
    assert outline(parse_expression(Source("t", text))) == tree


def test_line_break_ends_an_argument() -> None:
    """A line break is free inside parentheses only."""
    with pytest.raises(Fault):
        parse_attribute_value(Source("t", "1 +\n2"))


def test_bare_template(outline: Outline) -> None:
    """A bare template knows no backslash escapes."""
    assert (
        outline(parse_template(Source("t", 'a\\n"${x}"')))
        == "Template([Literal('a\\\\n\"') Traversal('x' []) Literal('\"')])"
    )


def test_several_faults() -> None:
    """Every fault of a file is found in one run, and what is sound is kept."""
    text = 'b {\n x = "foo\n y = 2\n z = "a${b"\n w = }\nc {\n v = 1\n}\n'
    body, faults = parse_file(Source("t", text))
    assert [fault.code.id for fault in faults] == ["E0103", "E0105", "E0109"]
    assert [block.type for block in body.blocks] == ["b", "c"]
    assert list(body.blocks[0].body.attributes) == ["y"]
