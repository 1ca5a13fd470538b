"""Regular expressions match as in Go; the answers were asked of Terraform 1.15."""

from typing import Any

import pytest

from batchplan.lang.functions import regexes
from batchplan.lang.functions.function import ArgumentError, FunctionError
from batchplan.lang.types import DYNAMIC, STRING, ListType, ObjectType, TupleType, Type
from batchplan.lang.values import ListValue, Null, ObjectValue, TupleValue, Unknown, Value, type_of

TABLE = {function.name: function for function in regexes.FUNCTIONS}


def plain(value: Value) -> Any:
    """Return a value as Python data, null as None."""
    match value:
        case TupleValue(items=items) | ListValue(items=items):
            return [plain(item) for item in items]
        case ObjectValue(entries=entries):
            return {name: plain(item) for name, item in entries.items()}
        case Null():
            return None
    return value


MATCHES = [
    ("a{2,3}?", "aaaa", "aa"),
    (r"\w+", "éabc", "abc"),
    (r"[\d-z]+", "1-z", "1-z"),
    (r"\p{Greek}+", "abcαβγ", "αβγ"),
    (r"(?m)^b$", "a\nb\nc", "b"),
    (r"(?U)a+", "aaa", "a"),
    (r"(?i)k", "\u212a", "K"),
    (r"\Qa(b\E", "a(b", "a(b"),
    (r"[]a]+", "x]a", "]a"),
    (r"(\d+)([a-z]+)", "aaa111bbb222", ["111", "bbb"]),
    (r"(a)|(b)", "b", [None, "b"]),
    (r"(?P<x>a)(?<y>b)?", "a", {"x": "a", "y": None}),
    (r"(?P<a>x)(?P<a>y)", "xy", {"a": "y"}),
    (r"[(](\()", "((", ["("]),
]
REFUSED = [
    r"a(?=b)",
    r"\C",
    r"\h",
    r"\Z",
    r"\1",
    r"a{1001}",
    r"(a{100}){11}",
    r"[",
    r"(",
    r"(?P<é>a)",
    r"(?P<x>?)",
    r"(?P<n",
    r"(?P<x>a)(b)",
    "(" * 1000 + ")" * 1000,
]


@pytest.mark.parametrize(("pattern", "value", "expected"), MATCHES, ids=lambda part: str(part)[:30])
def test_returns_the_first_match(pattern: str, value: str, expected: Any) -> None:
    """A match is a string, a tuple of groups, or an object of named groups."""
    assert plain(TABLE["regex"].call([pattern, value])) == expected


@pytest.mark.parametrize("pattern", REFUSED, ids=lambda part: part[:30])
def test_refuses_what_go_refuses(pattern: str) -> None:
    """A pattern Go does not have is an error of the first argument."""
    with pytest.raises(ArgumentError) as caught:
        TABLE["regexall"].call([pattern, "ab"])
    assert caught.value.index == 0


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("b*", "abc", ["", "b", ""]),
        ("a*", "baac", ["", "aa", ""]),
        ("$", "ab", [""]),
        (r"(\w)(\d)", "a1 b2", [["a", "1"], ["b", "2"]]),
        (r"\b", "é a", ["", ""]),
        ("x", "y", []),
    ],
)
def test_returns_all_matches(pattern: str, value: str, expected: Any) -> None:
    """An empty match directly after another match is none."""
    assert plain(TABLE["regexall"].call([pattern, value])) == expected


@pytest.mark.parametrize(
    ("pattern", "of"),
    [
        ("a", STRING),
        ("(a)(b)", TupleType((STRING, STRING))),
        ("(?P<x>a)", ObjectType({"x": STRING})),
        (Unknown(STRING), DYNAMIC),
    ],
    ids=["string", "tuple", "object", "unknown pattern"],
)
def test_the_pattern_decides_the_type(pattern: Value, of: Type) -> None:
    """With a string not known yet, the type is known from the pattern."""
    assert type_of(TABLE["regex"].call([pattern, Unknown(STRING)])) == of
    assert type_of(TABLE["regexall"].call([pattern, Unknown(STRING)])) == ListType(of)


def test_no_match_is_an_error() -> None:
    """regex() needs a match."""
    with pytest.raises(FunctionError):
        TABLE["regex"].call(["a", "b"])
