"""Functions of numbers compute as Terraform does; the answers were asked of Terraform 1.15."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.values import Value

ANSWERS: list[tuple[str, object, str]] = [
    ("abs(-1.5)", "1.5", "number"),
    ('abs("-3")', 3, "number"),
    ("ceil(-0.5)", 0, "number"),
    ("ceil(1e20)", 100000000000000000000, "number"),
    ("ceil(5.1)", 6, "number"),
    ("floor(-1.8)", -2, "number"),
    ('floor("4.9")', 4, "number"),
    ("floor(pow(3,80))", 147808829414345929288438870926895874048, "number"),
    ("log(50, 10)", "1.6989700043360185", "number"),
    ("log(8, 2)", 3, "number"),
    ("log(10, 0)", "-0", "number"),
    ("pow(2, 100)", 1267650600228229401496703205376, "number"),
    ("pow(2, 0.5)", "1.4142135623730951", "number"),
    ("pow(3, 1.7)", "6.473007839923779", "number"),
    ("pow(10, -3)", "0.001", "number"),
    ("pow(2, -44)", "0.00000000000005684341886080801", "number"),
    ("pow(2, 100) - 1", 1267650600228229401496703205375, "number"),
    ("pow(2, 100) == 1267650600228229401496703205376", True, "bool"),
    ("tostring(pow(2, 70))", "1180591620717411300000", "string"),
    ("pow(3, 80) + 0", 147808829414345929288438870926895874048, "number"),
    ("max(1.5, 1.25)", "1.5", "number"),
    ("max([1, 2]...)", 2, "number"),
    ("max(pow(2, 100), 1)", 1267650600228229401496703205376, "number"),
    ('min("1", 2)', 1, "number"),
    ("signum(-13)", -1, "number"),
    ("signum(0)", 0, "number"),
    ('parseint("FF", 16)', 255, "number"),
    ('parseint("-00ff", 16)', -255, "number"),
    ('parseint("+5", 10)', 5, "number"),
    ('parseint("aA", 62)', 656, "number"),
    ('parseint("Aa", 62)', 2242, "number"),
    ('sum([1, "2"])', 3, "number"),
    ("sum([0.1, 0.2])", "0.3", "number"),
    ("sum(toset([1, 2, 2]))", 3, "number"),
]

REFUSALS: list[tuple[str, str]] = [
    ('parseint("12", 2)', '"12" is not a whole number in base 2'),
    ('parseint("1_000", 10)', '"1_000" is not a whole number in base 10'),
    ('parseint("", 10)', '"" is not a whole number in base 10'),
    ('parseint("1", 63)', "the base must be from 2 to 62, not 63"),
    ('parseint("1", 2.5)', "it must be a whole number, not 2.5"),
    ("parseint(10, 10)", "it must be a string, not a number"),
    ("signum(0.5)", "it must be a whole number, not 0.5"),
    ("signum(1e30)", "it must be between -9223372036854775808 and 9223372036854775807"),
    ("max()", "give at least one number; to pass a list, write three dots after it: list"),
    ("max(1, null)", "it must not be null"),
    ('max(1, "x")', "a number is required"),
    ("sum([])", "an empty list has no sum; write sum(concat([0], list)) if it may be empty"),
    ("sum([1, null])", "element 1 is null; every element must be a number"),
    ('sum([1, "a"])', "element 1: a number is required"),
    ("sum({a = 1})", "it must be a list, set or tuple of numbers, not an object"),
    ('sum("x")', "it must be a list, set or tuple of numbers, not a string"),
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
