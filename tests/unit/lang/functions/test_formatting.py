"""Format verbs write as Terraform's do; the answers were asked of Terraform 1.15."""

import pytest

from batchplan.lang.functions import formatting
from batchplan.lang.functions.function import ArgumentError, FunctionError
from batchplan.lang.numbers import INFINITY, NEGATIVE_ZERO, parse
from batchplan.lang.types import NUMBER, STRING, ListType
from batchplan.lang.values import (
    NULL,
    ListValue,
    ObjectValue,
    TupleValue,
    Unknown,
    Value,
    make_set,
)

TABLE = {function.name: function for function in formatting.FUNCTIONS}

CASES: list[tuple[list[Value], str]] = [
    (["%v", 1234567], "1.234567e+06"),
    (["%v", 123456], "123456"),
    (["%#v", 10**21], "1" + "0" * 21),
    (["%s", 10**21], "1" + "0" * 21),
    (["%v", NULL], "null"),
    (["%v", ObjectValue({"a": "<"})], '{"a":"\\u003c"}'),
    (["%10v|", TupleValue(["a"])], '     ["a"]|'),
    (["%5[1]d|", 7], "    7|"),
    (["%-05d|", 7], "7    |"),
    (["%-08.3f|", 7], "0007.000|"),
    (["%+ d", 7], "+7"),
    (["%#x %#X %#o %#b", 255, -255, 0, -5], "0xff -0XFF 00 -0b101"),
    (["%8.5d|%08.5d|", 42, 42], "   00042|   00042|"),
    (["%5.0d|", 0], "|"),
    (["%05s|%-05s|", "ab", "ab"], "000ab|ab000|"),
    (["%5t|", True], "true|"),
    (["%.2s|%.0s|%.s|", "é日x", "abc", "abc"], "é日|abc|abc|"),
    (["%q %.2q", "<\n", "abc"], '"\\u003c\\n" "ab"'),
    (["%[2]s %s", "a", "b", "c"], "b c"),
    (["%f %v %d", NEGATIVE_ZERO, NEGATIVE_ZERO, NEGATIVE_ZERO], "-0.000000 -0 0"),
    (["%f % v", INFINITY, INFINITY], "+Inf +Inf"),
    (["%.0f %.0f %.0f %.2f", parse("0.5"), parse("1.5"), parse("2.5"), parse("2.675")], "0 2 2 2.67"),
    (["%.3e %E", 123456789, parse("12345.678")], "1.235e+08 1.234568E+04"),
    (["%g %.3g %.10g %G", parse("0.00001"), parse("1234.5678"), 10**6, parse("1e-10")], "1e-05 1.23e+03 1000000 1E-10"),
    (["%.3g %.0e %.1f", parse("999999.5"), parse("9.5"), parse("0.95")], "1e+06 1e+01 0.9"),
    (["%d%%%s", "7", True], "7%true"),
    (["e%s", "\u0301"], "é"),
]

FAULTS: list[tuple[list[Value], int | None]] = [
    (["%"], None),
    (["%5"], None),
    (["%z", 1], None),
    (["%[1]5d", 1], None),
    (["%[0]s", "a"], None),
    (["%*d", 5, 6], None),
    (["%s"], None),
    (["%[3]s", "a"], None),
    (["%s", "a", "b"], 2),
    (["x", "a"], 1),
    (["%s", NULL], 1),
    (["%s", TupleValue([1])], 1),
    (["%d", parse("4.5")], 1),
    (["%d", INFINITY], 1),
    (["%x", "ff"], 1),
    (["%t", 1], 1),
    (["%99999999999s", "x"], None),
    (["%10000000000000000000000s", "x"], None),
    (["%.999999999f", 1], None),
    (["%[1]50000000s%[1]50000000s", "x"], None),
]


@pytest.mark.parametrize(("arguments", "expected"), CASES, ids=lambda part: str(part)[:40])
def test_writes_what_terraform_writes(arguments: list[Value], expected: str) -> None:
    """Verbs, flags, width and precision mean what they mean in Terraform."""
    assert TABLE["format"].call(arguments) == expected


@pytest.mark.parametrize(("arguments", "index"), FAULTS, ids=lambda part: str(part)[:40])
def test_refuses_what_terraform_refuses(arguments: list[Value], index: int | None) -> None:
    """A fault of the format string is one of the call, a value that does not fit one of its argument."""
    with pytest.raises((FunctionError, ArgumentError)) as caught:
        TABLE["format"].call(arguments)
    assert (caught.value.index if isinstance(caught.value, ArgumentError) else None) == index


def test_an_unknown_inside_an_argument_makes_the_text_unknown() -> None:
    """format() waits for all of its arguments, at any depth."""
    result = TABLE["format"].call(["%v", TupleValue([Unknown(NUMBER)])])
    assert result == Unknown(STRING, not_null=True)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["x"], ["x"]),
        (["%s", TupleValue([])], []),
        (["%s %s", TupleValue(["a", 1]), "b"], ["a b", "1 b"]),
        (["%d", make_set(NUMBER, [2, 1])], ["1", "2"]),
        (["%s", "a"], ["a"]),
    ],
    ids=["no argument", "empty list", "list and string", "set", "string"],
)
def test_formatlist_writes_each_element(arguments: list[Value], expected: list[str]) -> None:
    """Lists, tuples and sets give one element at a time, any other value is the same for all."""
    result = TABLE["formatlist"].call(arguments)
    assert isinstance(result, ListValue)
    assert list(result.items) == expected


def test_formatlist_knows_what_it_can() -> None:
    """An unknown element makes its own text unknown; an unknown list the whole result."""
    result = TABLE["formatlist"].call(["%s", TupleValue(["a", Unknown(STRING)])])
    assert isinstance(result, ListValue)
    assert result.items == ("a", Unknown(STRING, not_null=True))
    whole = TABLE["formatlist"].call(["%s", Unknown(ListType(STRING))])
    assert whole == Unknown(ListType(STRING), not_null=True)


def test_formatlist_wants_lists_of_one_length() -> None:
    """Lists of different lengths cannot be walked together."""
    with pytest.raises(ArgumentError) as caught:
        TABLE["formatlist"].call(["%s%s", TupleValue(["a"]), TupleValue(["a", "b"])])
    assert caught.value.index == 2
