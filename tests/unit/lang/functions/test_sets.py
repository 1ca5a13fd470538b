"""Functions of sets answer as Terraform does; the answers were asked of Terraform 1.15."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.values import Value

ANSWERS: list[tuple[str, object, str]] = [
    ("setunion([], [1])", [1], "set(number)"),
    ("setunion([], [])", [], "set(dynamic)"),
    ('setunion([1], ["a"])', ["1", "a"], "set(string)"),
    ("setunion([null, 1], [2])", [1, 2, None], "set(number)"),
    ('setintersection(["a", "b"], ["b", 1])', ["b"], "set(string)"),
    ('setintersection(["a"])', ["a"], "set(string)"),
    ('setsubtract([1, 2], ["2"])', ["1"], "set(string)"),
    ('setsubtract([], ["2"])', [], "set(string)"),
    ('setproduct([1, 2], ["a", "b"])', [[1, "a"], [1, "b"], [2, "a"], [2, "b"]], "list(tuple([number, string]))"),
    ('setproduct(toset([1]), ["a"])', [[1, "a"]], "set(tuple([number, string]))"),
    ('setproduct([], ["a"])', [], "list(tuple([dynamic, string]))"),
    ('setproduct(toset([]), ["a"])', [], "set(tuple([dynamic, string]))"),
    ('setproduct([1, "a"], ["b"])', [["1", "b"], ["a", "b"]], "list(tuple([string, string]))"),
    ('setproduct([null, 1], ["b"])', [[None, "b"], [1, "b"]], "list(tuple([number, string]))"),
]

REFUSALS: list[tuple[str, str]] = [
    ('setunion([[1]], ["a"])', "the elements of all the sets must have one type in common"),
    ("setunion(null, [1])", "it must not be null"),
    ("setproduct([1])", "give at least two sets or lists"),
    ('setproduct([1, []], ["b"])', "all its elements must have one type in common"),
    ('setproduct({a = 1}, ["b"])', "it must be a set, list or tuple, not an object"),
    (
        'setunion(["a"], [tolist([])], [null])',
        "the elements of all the sets must have one type in common; a null has none of its own",
    ),
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
