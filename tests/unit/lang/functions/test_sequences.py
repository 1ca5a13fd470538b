"""Functions that make sequences of sequences answer as Terraform does; the answers were asked of Terraform 1.15."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.values import Value

ANSWERS: list[tuple[str, object, str]] = [
    ("chunklist([], 2)", [], "list(list(dynamic))"),
    ("chunklist([1, 2, 3], 2)", [[1, 2], [3]], "list(list(number))"),
    ("chunklist([1, 2, 3], 0)", [[1, 2, 3]], "list(list(number))"),
    ('chunklist([1, "a"], 1)', [["1"], ["a"]], "list(list(string))"),
    ('compact(["a", "", null, "b"])', ["a", "b"], "list(string)"),
    ("compact([1, null])", ["1"], "list(string)"),
    ("concat([])", [], "tuple([])"),
    ('concat([1], ["a"])', [1, "a"], "tuple([number, string])"),
    ('concat(tolist([1]), tolist(["a"]))', ["1", "a"], "list(string)"),
    ("concat(tolist([1]), tolist([[1]]))", [1, [1]], "tuple([number, tuple([number])])"),
    ('concat(tolist([1]), ["a"])', [1, "a"], "tuple([number, string])"),
    ('concat(tolist([]), tolist(["a"]))', ["a"], "list(string)"),
    ('distinct([1, 1, "1"])', ["1"], "list(string)"),
    ("distinct([null, null, 1])", [None, 1], "list(number)"),
    ("distinct([[1], [1]])", [[1]], "list(tuple([number]))"),
    (
        "flatten([[1, [2]], [], toset([3]), {a = [1]}, null])",
        [1, 2, 3, {"a": [1]}, None],
        "tuple([number, number, number, object({a = tuple([number])}), dynamic])",
    ),
    ("flatten([])", [], "tuple([])"),
    ('flatten(tolist([["a"], ["b"]]))', ["a", "b"], "tuple([string, string])"),
    ('matchkeys(["a", "b"], [1, 2], ["1"])', ["a"], "list(string)"),
    ('matchkeys(["a", "b"], ["x", null], [null])', ["b"], "list(string)"),
    ("matchkeys([], [], [])", [], "list(dynamic)"),
    ("range(3)", [0, 1, 2], "list(number)"),
    ("range(-3)", [0, -1, -2], "list(number)"),
    ("range(5, 1)", [5, 4, 3, 2], "list(number)"),
    ("range(1, 5, 2)", [1, 3], "list(number)"),
    ("range(0.5, 3)", ["0.5", "1.5", "2.5"], "list(number)"),
    ("range(1, 1)", [], "list(number)"),
    ('reverse([1, "a"])', ["a", 1], "tuple([string, number])"),
    ("reverse(toset([1, 2]))", [2, 1], "list(number)"),
    ('slice([1, "a", true], 1, 3)', ["a", True], "tuple([string, bool])"),
    ("slice([1, 2], 1, 1)", [], "tuple([])"),
    ("slice(tolist([1, 2]), 1, 1)", [], "list(number)"),
    ('sort(["b", "a", "A", "é", "z"])', ["A", "a", "b", "z", "é"], "list(string)"),
    ("sort([2, 10])", ["10", "2"], "list(string)"),
]

REFUSALS: list[tuple[str, str]] = [
    ("chunklist([1], -1)", "it must not be negative, but it is -1"),
    ("chunklist([1], 1.5)", "it must be a whole number, not 1.5"),
    ("chunklist(null, 1)", "it must not be null"),
    ("concat()", "give at least one list"),
    ("concat(toset([1]))", "it must be a list or tuple, not a set of number; tolist() makes a list of it"),
    ("concat([1], null)", "it must not be null"),
    ("flatten({a = 1})", "it must be a list, set or tuple, not an object"),
    ('matchkeys(["a"], ["x", "y"], ["y"])', "there are 1 values but 2 keys; give as many keys as values"),
    ('matchkeys(["a"], [[1]], ["x"])', "the elements of the keys and of the search set must have one type in common"),
    ("range()", "give one, two or three numbers: range(limit), range(start, limit) or with a step"),
    ("range(1, 2, 3, 4)", "give one, two or three numbers: range(limit), range(start, limit) or with a step"),
    ("range(1025)", "there would be more than 1024 numbers; choose a nearer limit or a larger step"),
    ("range(1, 5, 0)", "it must not be zero"),
    ("range(1, 5, -2)", "it leads away from the limit; a positive step leads there"),
    ("range(5, 1, 2)", "it leads away from the limit; a negative step leads there"),
    ('reverse("abc")', "it must be a list, set or tuple, not a string; strrev() turns a string round"),
    ("slice([1, 2], 0, 3)", "it is 3, but the list ends at 2"),
    ("slice([1, 2], -1, 1)", "it must not be negative, but it is -1"),
    ("slice([1, 2], 2, 1)", "the start, 2, must not be after the end, 1"),
    (
        "slice(toset([1]), 0, 1)",
        "it must be a list or tuple, not a set of number; a set has no order, tolist() gives it one",
    ),
    ('slice("abc", 0, 1)', "it must be a list or tuple, not a string; substr() takes a part of a string"),
    ('sort(["b", null])', "element 1 is null; compact() removes nulls"),
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
