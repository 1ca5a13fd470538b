"""Functions on strings answer as Terraform does; the answers were asked of Terraform 1.15."""

import pytest

from batchplan.lang.functions import strings
from batchplan.lang.functions.function import ArgumentError, FunctionError
from batchplan.lang.numbers import parse
from batchplan.lang.types import STRING
from batchplan.lang.values import NULL, ListValue, TupleValue, Unknown, Value

TABLE = {function.name: function for function in strings.FUNCTIONS}
FAMILY = "👨\u200d👩"

CASES: list[tuple[str, list[Value], Value]] = [
    ("chomp", ["a\r\n\n"], "a"),
    ("chomp", ["a\nb\n \n"], "a\nb\n "),
    ("endswith", ["é", ""], True),
    ("indent", [2, "a\nb\n"], "a\n  b\n  "),
    ("lower", ["İΣ"], "iσ"),
    ("upper", ["straße ǆ ŉ ᾳ"], "STRAßE Ǆ ŉ ᾼ"),
    ("title", ["it's hello-world a_b é ǆ"], "It'S Hello-World A_b É ǅ"),
    ("title", ["日b \u00a0b"], "日b \u00a0B"),
    ("replace", ["a//b", "//", "-"], "-a-/-/-b-"),
    ("replace", ["abc", "", "-"], "-a-b-c-"),
    ("replace", ["a.b", ".", ""], "ab"),
    ("replace", ["abc", "/(?P<x>b)/", "[$x]${x}$1$$"], "a[b]bb$c"),
    ("replace", ["abc", "/(b)/", "$1x|$01|$"], "a||$c"),
    ("replace", ["e", "/$/", "\u0301"], "é"),
    ("startswith", ["🤷\u200d♂", "🤷"], True),
    ("strcontains", ["hello1", 1], True),
    ("strrev", [f"{FAMILY}x\r\n"], f"\r\nx{FAMILY}"),
    ("substr", ["hello", -3, -1], "llo"),
    ("substr", ["hello", -9, 2], "he"),
    ("substr", ["hello", -3, 0], "llo"),
    ("substr", ["hello", 1, 0], ""),
    ("substr", [f"a{FAMILY}b", 1, 1], FAMILY),
    ("substr", ["ab", 5, 1], ""),
    ("trim", ["?!hello?!", "!?"], "hello"),
    ("trim", ["a", ""], "a"),
    ("trimprefix", ["ababc", "ab"], "abc"),
    ("trimsuffix", ["abcc", "c"], "abc"),
    ("trimspace", ["\u00a0 a\u2028\x1c"], "a\u2028\x1c"),
    ("join", ["-", TupleValue(["a"]), TupleValue([1, True])], "a-1-true"),
]

FAULTS: list[tuple[str, list[Value], int]] = [
    ("indent", [-1, "a"], 0),
    ("indent", [parse("1.5"), "a"], 0),
    ("join", [",", TupleValue(["a", NULL])], 1),
    ("lower", [NULL], 0),
    ("lower", [TupleValue(["a"])], 0),
    ("replace", ["a", "/[/", ""], 1),
    ("substr", ["hello", parse("1.5"), 2], 1),
    ("substr", ["hello", 1, 2**63], 2),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), CASES, ids=lambda part: str(part)[:30])
def test_returns_what_terraform_returns(name: str, arguments: list[Value], expected: Value) -> None:
    """A call has Terraform's result."""
    assert TABLE[name].call(arguments) == expected


@pytest.mark.parametrize(("name", "arguments", "index"), FAULTS, ids=lambda part: str(part)[:30])
def test_names_the_argument_that_is_wrong(name: str, arguments: list[Value], index: int) -> None:
    """An argument that cannot be used is named by its index."""
    with pytest.raises(ArgumentError) as caught:
        TABLE[name].call(arguments)
    assert caught.value.index == index


@pytest.mark.parametrize(
    ("separator", "value", "parts"),
    [("", "é日", ["é", "日"]), (",", ",a,", ["", "a", ""]), (",", "", [""]), ("", "", [])],
)
def test_split_returns_a_list(separator: str, value: str, parts: list[str]) -> None:
    """Splitting gives a list of strings, empty only for an empty separator in an empty string."""
    result = TABLE["split"].call([separator, value])
    assert isinstance(result, ListValue)
    assert (result.element, list(result.items)) == (STRING, parts)


def test_join_needs_a_list() -> None:
    """Joining nothing is an error of the call."""
    with pytest.raises(FunctionError):
        TABLE["join"].call([","])


def test_join_of_an_unknown_element_is_unknown() -> None:
    """An element not known yet makes the whole string unknown."""
    result = TABLE["join"].call([",", ListValue(STRING, ["a", Unknown(STRING)])])
    assert result == Unknown(STRING, not_null=True)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("indent", [10**9, "a\nb"]),
        ("replace", ["a" * 100_000, "a", "b" * 10_000]),
        ("replace", ["a" * 9999, "/a/", "b" * 9999]),
    ],
    ids=["indent", "replace", "regex"],
)
def test_refuses_absurd_lengths(name: str, arguments: list[Value]) -> None:
    """A result that would fill the memory is refused before it is made."""
    with pytest.raises(FunctionError):
        TABLE[name].call(arguments)
