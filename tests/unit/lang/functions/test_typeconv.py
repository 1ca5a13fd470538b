"""Conversions and marks follow Terraform; the answers were asked of Terraform 1.15."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.values import Value

ANSWERS: list[tuple[str, object, str]] = [
    ('tobool("true")', True, "bool"),
    ("tobool(null)", None, "bool"),
    ('tolist([1, "a"])', ["1", "a"], "list(string)"),
    ('tolist(toset(["b", "a"]))', ["a", "b"], "list(string)"),
    ("tolist([])", [], "list(dynamic)"),
    ("tolist([1, null])", [1, None], "list(number)"),
    ('tomap({a = 1, b = "x"})', {"a": "1", "b": "x"}, "map(string)"),
    ("tomap({a = null, d = [1]})", {"a": None, "d": [1]}, "map(tuple([number]))"),
    ('tonumber("1e3")', 1000, "number"),
    ('tonumber("0.1")', "0.1", "number"),
    ("toset([2, 1, 2])", [1, 2], "set(number)"),
    ('toset(["b", null, "a"])', ["a", "b", None], "set(string)"),
    ("tostring(1.50)", "1.5", "string"),
    ("tostring(true)", "true", "string"),
    ("tostring(null)", None, "string"),
    ("issensitive(sensitive(1))", True, "bool"),
    ("issensitive(nonsensitive(sensitive(1)))", False, "bool"),
    ("issensitive([sensitive(1)])", False, "bool"),
    ("issensitive(tostring(sensitive(1)))", True, "bool"),
    ("[for part in keys({a = sensitive(1)}) : issensitive(part)]", [False], "tuple([bool])"),
    ("issensitive(length([sensitive(1)]))", False, "bool"),
    ("[for part in values({a = sensitive(1), b = 2}) : issensitive(part)]", [True, False], "tuple([bool, bool])"),
    ("[for part in concat([sensitive(1)], [2]) : issensitive(part)]", [True, False], "tuple([bool, bool])"),
    ("issensitive(concat([sensitive(1)], [2]))", False, "bool"),
    ("issensitive(coalesce(null, 1, sensitive(2)))", True, "bool"),
    ("issensitive(element([sensitive(1), 2], 1))", False, "bool"),
    ('issensitive(lookup({a = sensitive(1), b = 2}, "b"))', False, "bool"),
    ('issensitive(lookup({b = 2}, sensitive("b")))', True, "bool"),
    ("issensitive(merge({a = sensitive(1)}, {b = 2}))", False, "bool"),
    ("issensitive(merge(sensitive({a = 1}), {b = 2}))", True, "bool"),
    ('issensitive(zipmap([sensitive("a")], [1]))', True, "bool"),
    ('issensitive(zipmap([sensitive("a")], [1]).a)', True, "bool"),
    ("issensitive(flatten([[sensitive(1)], [2]]))", False, "bool"),
    ("issensitive(flatten([sensitive([1]), [2]]))", True, "bool"),
    ("issensitive(reverse([sensitive(1), 2]))", False, "bool"),
    ("issensitive(slice([sensitive(1), 2], 1, 2))", False, "bool"),
    ("issensitive(setproduct([sensitive(1)], [2]))", False, "bool"),
    ("issensitive(toset([sensitive(1)]))", True, "bool"),
    ("issensitive(chunklist([sensitive(1)], 1))", False, "bool"),
    ("issensitive(distinct([sensitive(1)]))", True, "bool"),
    ("issensitive(contains([sensitive(1)], 2))", True, "bool"),
    ("issensitive(one([sensitive(1)]))", True, "bool"),
    ("issensitive(sum([sensitive(1)]))", True, "bool"),
    ("issensitive(alltrue([sensitive(true)]))", True, "bool"),
    ("ephemeralasnull({a = 1})", {"a": 1}, "object({a = number})"),
]

REFUSALS: list[tuple[str, str]] = [
    ('tobool("True")', 'a bool is required; to convert from a string, write "true" in lower case'),
    ("tobool(1)", "a bool is required, not number"),
    ("tolist(1)", "a list of dynamic is required, not number"),
    ("tolist([[1], null])", "all list elements must have the same type"),
    ("tolist({a = 1})", "a list of dynamic is required, not object"),
    ("tomap([1])", "a map of dynamic is required, not tuple"),
    ('tomap({a = [1], b = ["x"], c = null})', "all map elements must have the same type"),
    ('tonumber("a")', "a number is required"),
    ("tonumber(true)", "a number is required, not bool"),
    ('toset(["a", []])', "all set elements must have the same type"),
    ("tostring([])", "a string is required, not tuple"),
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
