"""The native syntax: what text becomes which tree."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.core.source import Source
from batchplan.lang.height import children
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


RANGES = {
    "number": ("1.50", "Number=1.50"),
    "binary": ("a +\n b", "Binary=a +\n b Traversal=a Traversal=b"),
    "conditional": ("a ? b : c", "Conditional=a ? b : c Traversal=a Traversal=b Traversal=c"),
    "unary": ("- a", "Unary=- a Traversal=a"),
    "parentheses": ("( a )", "Parentheses=( a ) Traversal=a"),
    "steps": ('a.b[0]["k"]', 'Traversal=a.b[0]["k"] StepAttribute=.b StepIndex=[0] Number=0 StepIndex=["k"]'),
    "index": ("a [ b ]", "Index=a [ b ] Traversal=a Traversal=b"),
    "after a call": ("f(a).b", "RelativeTraversal=f(a).b Call=f(a) Traversal=a StepAttribute=.b"),
    "full splat": (
        "a[*].b",
        "Splat=a[*].b Traversal=a RelativeTraversal=[*].b SplatElement=[*] StepAttribute=.b SplatElement=[*]",
    ),
    "tuple": ("[ a, b, ]", "TupleConstructor=[ a, b, ] Traversal=a Traversal=b"),
    "object": ("{ a = b }", "ObjectConstructor={ a = b } ObjectKey=a Traversal=a Traversal=b"),
    "for": ("[for v in a : v if b]", "For=[for v in a : v if b] Traversal=a Traversal=v Traversal=b"),
    "template": ('"x${ a }"', 'Template="x${ a }" Literal=x Traversal=a'),
    "directive": (
        '"%{ if a }b%{ else }c%{ endif }d"',
        (
            'Template="%{ if a }b%{ else }c%{ endif }d" TemplateIf=%{ if a }b%{ else }c%{ endif } Traversal=a Literal=b '
            "Literal=c Literal=d"
        ),
    ),
    "heredoc": ("<<A\nx ${a}\nA\n", "Template=<<A\nx ${a}\nA Literal=x  Traversal=a Literal=\n"),
    "unicode": ('"é" == ñ-1', 'Binary="é" == ñ-1 Literal="é" Traversal=ñ-1'),
}


@pytest.mark.parametrize(("text", "expected"), RANGES.values(), ids=RANGES.keys())
def test_ranges(text: str, expected: str) -> None:
    """Every node knows exactly where it stands."""
    found = []

    def visit(node: object) -> None:
        found.append(f"{type(node).__name__}={text[node.start : node.end]}")  # type: ignore[attr-defined]
        for child in children(node):
            visit(child)

    visit(parse_expression(Source("t", text)))
    assert " ".join(found) == expected


def test_ranges_of_a_block() -> None:
    """Blocks, labels and arguments know where they and their parts stand."""
    text = '# c\npool  "a" b { # d\n  x = 1 # e\n}\n'
    body, faults = parse_file(Source("t", text))
    assert not faults
    (block,) = body.blocks
    (argument,) = block.body.attributes.values()
    assert text[block.start : block.type_end] == "pool"
    assert text[block.start : block.header_end] == 'pool  "a" b'
    assert text[block.start : block.end] == text[4:-1]
    assert [text[label.start : label.end] for label in block.labels] == ['"a"', "b"]
    assert text[argument.start : argument.name_end] == "x"
    assert text[argument.start : argument.end] == "x = 1"
    assert text[block.body.end] == "}"


TRAPS = {
    "a keyword is a name as a key": (
        "{true = 1}",
        "ObjectConstructor([[ObjectKey(Traversal('true' [])) Number('1')]])",
    ),
    "a keyword is a name after a dot": ("a.true", "Traversal('a' [StepAttribute('true')])"),
    "a dash belongs to a name": ("a-b", "Traversal('a-b' [])"),
    "an operator binds left": ("1 - 2 - 3", "Binary('-' Binary('-' Number('1') Number('2')) Number('3'))"),
    "a sign binds closer than an operator": ("-a * b", "Binary('*' Unary('-' Traversal('a' [])) Traversal('b' []))"),
    "signs stack": ("!!a", "Unary('!' Unary('!' Traversal('a' [])))"),
    "a number keeps its text": ("1.50e+3", "Number('1.50e+3')"),
    "a legacy index": ("a.0", "Traversal('a' [StepIndex(Number('0'))])"),
    "an attribute splat ends before an index": (
        "a.*.b[0]",
        (
            "RelativeTraversal(Splat(Traversal('a' []) RelativeTraversal(SplatElement() [StepAttribute('b')]) False)"
            " [StepIndex(Number('0'))])"
        ),
    ),
    "namespaces": ("a::b::c()", "Call('a::b::c' [] False)"),
    "escapes": (r'"\u00e9\U0001f600\n\"\\"', "Literal('é😀\\n\"\\\\')"),
    "doubled markers": ('"$${a} %%{b} $a"', "Literal('${a} %{b} $a')"),
    "an empty string": ('""', "Literal('')"),
    "strip markers": ('" ${~ a ~} b"', "Template([Traversal('a' []) Literal('b')])"),
    "flush heredoc": ("<<-A\n    a\n\n      b\n  A\n", "Literal('a\\n\\n  b\\n')"),
    "a heredoc knows no escapes": ("<<A\n\\n\nA\n", "Literal('\\\\n\\n')"),
    "for with a condition": (
        "{for k, v in a : k => v... if v}",
        "For('k' 'v' Traversal('a' []) Traversal('k' []) Traversal('v' []) Traversal('v' []) True)",
    ),
    "a name that begins like for": (
        "{ formal = 1 }",
        "ObjectConstructor([[ObjectKey(Traversal('formal' [])) Number('1')]])",
    ),
}


@pytest.mark.parametrize(("text", "tree"), TRAPS.values(), ids=TRAPS.keys())
def test_traps(text: str, tree: str, outline: Outline) -> None:
    """Where the language surprises, the tree is Terraform's."""
    assert outline(parse_expression(Source("t", text))) == tree


def test_byte_order_mark() -> None:
    """A byte order mark at the very start is no text."""
    body, faults = parse_file(Source("t", "\ufeffa = 1\r\n"))
    assert not faults
    assert list(body.attributes) == ["a"]
