"""Accept and reject beside other parsers: development only, each skipped where the peer is missing."""

import importlib.util
from collections.abc import Callable, Iterator

import pytest
from randomhcl import Writer

from batchplan.core.source import Source
from batchplan.lang.nodes import Attribute, Binary, Body, Conditional, Expression, Number, Parentheses, Traversal, Unary
from batchplan.lang.parse import parse_file


def accepted(text: str) -> bool:
    return not parse_file(Source("t", text))[1]


def texts(count: int) -> Iterator[str]:
    """Yield sound files and damaged copies."""
    for seed in range(count):
        writer = Writer(seed)
        sound = writer.file(1)
        yield sound
        yield writer.damaged(sound)


def test_same_verdict_as_terraform(terraform_fmt: Callable[[list[str]], list[str | None]]) -> None:
    """What Terraform's parser refuses is refused, and nothing else."""
    tried = list(texts(400))
    verdicts = [result is not None for result in terraform_fmt(tried)]
    assert 100 < sum(verdicts) < 700
    assert [text for text, verdict in zip(tried, verdicts, strict=True) if accepted(text) != verdict] == []


def test_same_verdict_as_pygohcl() -> None:
    """The Go library behind pygohcl agrees on everything it can represent."""
    if not importlib.util.find_spec("pygohcl"):
        pytest.skip("pygohcl is not installed")
    import pygohcl

    differing = []
    for text in texts(300):
        if "\0" in text:  # ends a string in C
            continue
        try:
            pygohcl.loads(text)
            verdict = True
        except pygohcl.HCLParseError:
            verdict = False
        except (pygohcl.HCLInternalError, pygohcl.UnknownFunctionError):
            continue
        if verdict != accepted(text):
            differing.append(text)
    assert differing == []


ARITHMETIC = [
    "1 + 2 * 3",
    "1 * 2 + 3",
    "a || b && c == d < e + f * g",
    "a * b + c < d == e && f || g",
    "1 - 2 - 3",
    "1 / 2 % 3 * 4",
    "(1 + 2) * 3",
    "a ? b : c ? d : e",
    "a && b ? c + 1 : d",
    "!a && b",
    "a == b != c",
]


@pytest.mark.parametrize("text", ARITHMETIC)
def test_same_precedence_as_python_hcl2(text: str) -> None:
    """python-hcl2 groups operators the same way."""
    import hcl2
    from lark import Token, Tree

    def theirs(tree: Tree[Token] | Token) -> str:
        if isinstance(tree, Token):
            return "" if tree.type in ("NL_OR_COMMENT", "LPAR", "RPAR", "WS") else str(tree).strip()
        parts = [part for part in map(theirs, tree.children) if part]
        return "(" + " ".join(parts) + ")" if len(parts) > 1 else "".join(parts)

    tree = hcl2.parses_to_tree(f"x = {text}\n")
    value = next(tree.find_data("attribute")).children[2]
    body, faults = parse_file(Source("t", f"x = {text}\n"))
    assert not faults
    assert flat(theirs(value)) == flat(ours(body.attributes["x"].expression))


def flat(grouped: str) -> str:
    return grouped.replace(" ", "")


def ours(node: Expression | Attribute | Body) -> str:
    match node:
        case Binary():
            return f"({ours(node.left)} ({node.operator} {ours(node.right)}))"
        case Unary():
            return f"({node.operator} {ours(node.operand)})"
        case Conditional():
            return f"({ours(node.condition)} ? {ours(node.then)} : {ours(node.otherwise)})"
        case Parentheses():
            return ours(node.inner)
        case Number():
            return node.text
        case Traversal():
            return node.root
        case _:
            raise AssertionError(node)
