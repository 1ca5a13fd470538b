"""Functions of maps and objects answer as Terraform does; the answers were asked of Terraform 1.15."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.values import Value

ANSWERS: list[tuple[str, object, str]] = [
    ("keys({b = 1, a = 2})", ["a", "b"], "tuple([string, string])"),
    ("keys(tomap({}))", [], "list(string)"),
    ("keys({})", [], "tuple([])"),
    ('values({b = 1, a = "x"})', ["x", 1], "tuple([string, number])"),
    ("values(tomap({b = 1, a = 2}))", [2, 1], "list(number)"),
    ('lookup({a = 1}, "b", null)', None, "dynamic"),
    ('lookup({a = null}, "a", 1)', None, "dynamic"),
    ('lookup({a = 1}, "a", [])', 1, "number"),
    ('lookup(tomap({a = 1}), "b", "2")', 2, "number"),
    ('lookup(tomap({a = 1}), "b", null)', None, "number"),
    ('lookup({"1" = 1}, 1)', 1, "number"),
    ("merge()", {}, "object({})"),
    ("merge(null)", {}, "object({})"),
    ("merge(null, {a = 1})", {"a": 1}, "object({a = number})"),
    ('merge({a = 1}, {b = "x"})', {"a": 1, "b": "x"}, "object({a = number, b = string})"),
    ('merge({a = 1}, {a = "x"})', {"a": "x"}, "object({a = string})"),
    ("merge(tomap({a = 1}), tomap({b = 2}))", {"a": 1, "b": 2}, "map(number)"),
    ('merge(tomap({a = 1}), tomap({b = "x"}))', {"a": 1, "b": "x"}, "object({a = number, b = string})"),
    ("merge(tomap({}), {a = 1})", {"a": 1}, "object({a = number})"),
    ("merge(convert(null, map(string)))", {}, "map(string)"),
    ('merge(convert(null, map(string)), tomap({a = "1"}))', {"a": "1"}, "map(string)"),
    ("merge(convert(null, object({a = string})), {b = 1})", {"b": 1}, "object({b = number})"),
    ('zipmap(["b", "a"], [1, "x"])', {"a": "x", "b": 1}, "object({a = string, b = number})"),
    ('zipmap(["a", "b"], tolist([1, 2]))', {"a": 1, "b": 2}, "map(number)"),
    ('zipmap(["a", "a"], tolist([1, 2]))', {"a": 2}, "map(number)"),
    ("zipmap([], tolist([]))", {}, "map(dynamic)"),
    ('zipmap(toset(["a"]), [1])', {"a": 1}, "object({a = number})"),
    ('transpose({a = ["x", "y"], b = ["y"]})', {"x": ["a"], "y": ["a", "b"]}, "map(list(string))"),
    ('transpose({b = ["z"], a = ["z", "z"]})', {"z": ["a", "a", "b"]}, "map(list(string))"),
    ("transpose({})", {}, "map(list(string))"),
]

REFUSALS: list[tuple[str, str]] = [
    ("keys(null)", "it must not be null"),
    ("keys([1])", "it must be a map or object, not a tuple"),
    ('values("x")', "it must be a map or object, not a string"),
    ('lookup({a = 1}, "b")', 'the object has no attribute "b"; give a default as the third argument'),
    ('lookup(tomap({a = 1}), "b")', 'the map has no element "b"; give a default as the third argument'),
    ('lookup(tomap({a = 1}), "b", "x")', "the default must be a number as the map's elements are"),
    ('lookup({a = 1}, "b", "x", "y")', "give a map, a key and at most one default"),
    ('lookup([1], "a")', "it must be a map or object, not a tuple"),
    ("lookup({a = 1}, null)", "it must not be null"),
    ("merge([1])", "it must be a map or object, not a tuple"),
    ('merge({}, "a")', "it must be a map or object, not a string"),
    ('zipmap(["a"], [])', "there are 1 keys but 0 values; give as many keys as values"),
    ('zipmap(["a", null], [1, 2])', "key 1 is null; every key must be a string"),
    ('zipmap(["a"], toset([1]))', "it must be a list or tuple, not a set of number"),
    ("transpose({a = null})", '"a" is null; every element must be a list of strings'),
    ("transpose({a = [null]})", 'the list "a" has a null element; every element must be a string'),
]


@pytest.mark.parametrize(("expression", "value", "of"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_answers(answer: Callable[[str], tuple[object, str]], expression: str, value: object, of: str) -> None:
    """Value and type are those of Terraform."""
    assert answer(expression) == (value, of)


@pytest.mark.parametrize(("expression", "reason"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_refusals(evaluate: Callable[..., Value], expression: str, reason: str) -> None:
    """What Terraform refuses is refused, and the reason says what to do."""
    with pytest.raises(Fault) as caught:
        evaluate(expression)
    assert reason in caught.value.diagnostic.detail
