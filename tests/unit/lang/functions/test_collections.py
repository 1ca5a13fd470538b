"""Functions that look into collections answer as Terraform does; the answers were asked of Terraform 1.15."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.values import Value

ANSWERS: list[tuple[str, object, str]] = [
    ("alltrue([])", True, "bool"),
    ("alltrue([true, null])", False, "bool"),
    ('alltrue(["true"])', True, "bool"),
    ("anytrue([null, false])", False, "bool"),
    ("anytrue([null, true])", True, "bool"),
    ("length([])", 0, "number"),
    ('length("é👨‍👩")', 2, "number"),
    ("length({a = 1})", 1, "number"),
    ("length(toset([1, 1]))", 1, "number"),
    ("contains([1, null], 1)", True, "bool"),
    ('contains(toset([1]), "1")', False, "bool"),
    ("contains([[1]], [1])", True, "bool"),
    ('contains(tolist([["a"]]), ["a"])', True, "bool"),
    ('index([1, null, "1"], "1")', 2, "number"),
    ('element([1, "a"], 3)', "a", "string"),
    ("element([1, 2, 3], -1)", 3, "number"),
    ("element([1, 2, 3], -4)", 3, "number"),
    ("one([])", None, "dynamic"),
    ("one([null])", None, "dynamic"),
    ('one(toset(["a"]))', "a", "string"),
    ("one(tolist([]))", None, "dynamic"),
    ('coalesce("", 1)', "1", "string"),
    ('coalesce(null, {a = 1}, {b = "x"})', {"a": 1}, "object({a = number})"),
    ('coalesce([1], ["a"])', ["1"], "tuple([string])"),
    ("coalesce([], [1])", [], "list(number)"),
    ('coalesce(tolist([1]), ["a"], null)', [1], "list(number)"),
    ('coalescelist([], [1], ["a"])', [1], "tuple([number])"),
    ('coalescelist(tolist(["a"]), [1])', ["a"], "list(string)"),
]

REFUSALS: list[tuple[str, str]] = [
    ("alltrue(null)", "it must not be null"),
    ("alltrue([1])", "[0]: a bool is required, not number"),
    ("length(1)", "it must be a string or a collection, not a number"),
    ("length(null)", "it must not be null"),
    ('contains("abc", "a")', "it must be a list, set or tuple, not a string"),
    ("contains([null], null)", "it must not be null"),
    ("index(toset([1]), 1)", "it must be a list or tuple, not a set of number"),
    ("index([1], 2)", "no element is equal to the value; contains() tells beforehand whether there is one"),
    ("index([], 1)", "no element is equal to the value; contains() tells beforehand whether there is one"),
    ("element([], 0)", "it is empty; element() needs at least one element"),
    ("element(toset([1]), 0)", "it must be a list or tuple, not a set of number; tolist() makes a list of it"),
    ("element([1], 1.5)", "it must be a whole number, not 1.5"),
    ("one([1, 2])", "it must have one element or none, not 2"),
    ("one({a = 1})", "it must be a list, set or tuple, not an object"),
    ("coalesce()", "give at least one argument"),
    ('coalesce(null, "")', "every argument is null or an empty string; add one that is always set"),
    ('coalesce([1], "a")', "the arguments must have one type in common"),
    ("coalescelist()", "give at least one list"),
    ("coalescelist(null, [1])", "it must be a list or tuple, not a dynamic"),
    ("coalescelist([], tolist([]))", "every argument is null or empty; add a list that has an element"),
    ("coalescelist(toset([1]))", "it must be a list or tuple, not a set of number"),
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
