"""Unknown arguments: results stay unknown, with the most exact type that can be said, and keep marks."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.lang.functions.registry import NAMES
from batchplan.lang.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, SetType, Type
from batchplan.lang.values import SENSITIVE, UNKNOWN, Marked, Null, Unknown, Value, is_known, mark, type_of, unmark

VARIABLES: dict[str, Value] = {
    "any": UNKNOWN,
    "text": Unknown(STRING),
    "number": Unknown(NUMBER),
    "flag": Unknown(BOOL),
    "strings": Unknown(ListType(STRING)),
    "numbers": Unknown(MapType(NUMBER)),
    "names": Unknown(SetType(STRING)),
    "secret": mark(Unknown(ListType(STRING)), SENSITIVE),
}

UNKNOWNS: list[tuple[str, Type]] = [
    ("abs(number)", NUMBER),
    ("sum([1, number])", NUMBER),
    ("alltrue([flag, false])", BOOL),
    ("anytrue([false, flag])", BOOL),
    ("length(strings)", NUMBER),
    ("length(any)", NUMBER),
    ('contains(["a", text], "b")', BOOL),
    ('index([text, "b"], "b")', NUMBER),
    ("element(strings, 0)", STRING),
    ('element([1, "a"], number)', DYNAMIC),
    ("element(any, 0)", DYNAMIC),
    ("one(names)", STRING),
    ('coalesce(text, "a")', STRING),
    ("coalescelist(strings, [1])", DYNAMIC),
    ("keys(numbers)", ListType(STRING)),
    ("keys(any)", DYNAMIC),
    ("values(numbers)", ListType(NUMBER)),
    ('lookup(numbers, "a", 1)', NUMBER),
    ("lookup({a = 1}, text, 2)", DYNAMIC),
    ("merge(numbers, {a = 1})", DYNAMIC),
    ("merge(numbers, tomap({a = 1}))", MapType(NUMBER)),
    ("merge({a = 1}, any)", DYNAMIC),
    ("zipmap(strings, tolist([1]))", MapType(NUMBER)),
    ("zipmap([text], [1])", DYNAMIC),
    ("concat(strings, tolist([1]))", ListType(STRING)),
    ("concat(strings, [1])", DYNAMIC),
    ("flatten([strings])", DYNAMIC),
    ("distinct([text])", ListType(STRING)),
    ("chunklist(strings, 2)", ListType(ListType(STRING))),
    ("reverse(names)", ListType(STRING)),
    ("slice(strings, 0, number)", ListType(STRING)),
    ("slice([1], 0, number)", DYNAMIC),
    ("setunion(names, [1])", SetType(STRING)),
    ("setproduct(names, any)", DYNAMIC),
    ("sort([text])", ListType(STRING)),
    ("toset([text])", SetType(STRING)),
    ("tonumber(text)", NUMBER),
    ("tolist(any)", ListType(DYNAMIC)),
    ("issensitive(text)", BOOL),
    ("ephemeralasnull(text)", STRING),
    ('timeadd(text, "1h")', STRING),
    ("cidrsubnets(text, 1)", ListType(STRING)),
    ("file(text)", STRING),
    ("templatefile(text, {})", DYNAMIC),
    ("timestamp()", STRING),
    ("plantimestamp()", STRING),
]

KNOWN: list[tuple[str, Value]] = [
    ("alltrue([false, flag])", False),
    ("anytrue([flag, true])", True),
    ("length([text])", 1),
    ('contains([text, "b"], "b")', True),
    ('coalesce("a", text)', "a"),
    ('lookup({a = 1, b = text}, "a")', 1),
    ("element([1, text], 0)", 1),
    ("issensitive(secret)", True),
]


@pytest.mark.parametrize(("expression", "of"), UNKNOWNS, ids=[row[0] for row in UNKNOWNS])
def test_unknown(evaluate: Callable[..., Value], expression: str, of: Type) -> None:
    """The result is unknown, of the type that is certain already."""
    value = evaluate(expression, **VARIABLES)
    assert not is_known(value)
    assert type_of(value) == of


@pytest.mark.parametrize(("expression", "value"), KNOWN, ids=[row[0] for row in KNOWN])
def test_known(evaluate: Callable[..., Value], expression: str, value: Value) -> None:
    """What does not depend on the unknown part is known."""
    assert evaluate(expression, **VARIABLES) == value


@pytest.mark.parametrize(
    "call", ["element(secret, 0)", "concat(secret, strings)", "zipmap(strings, secret)", "reverse(secret)"]
)
def test_unknown_secret(evaluate: Callable[..., Value], call: str) -> None:
    """An unknown result of a secret is a secret, also where marks inside a container stay apart."""
    value = evaluate(call, **VARIABLES)
    assert isinstance(value, Marked)
    assert unmark(value)[1] == SENSITIVE


@pytest.mark.parametrize(
    "call", ['lookup(numbers, "a", null) == null', "one(names) == null", "element(strings, 0) == null"]
)
def test_may_be_null(evaluate: Callable[..., Value], call: str) -> None:
    """A result that can turn out to be null does not say that it is not."""
    assert not is_known(evaluate(call, **VARIABLES))


def test_null_of_type(evaluate: Callable[..., Value]) -> None:
    """The only element of an empty list is a null of the element's type."""
    assert evaluate("one(toset(convert([], list(string))))") == Null(STRING)


@pytest.mark.parametrize(
    "call",
    [
        "range(1000000000)",
        "setproduct(xs, xs, xs, xs)",
        "setproduct([for x in range(1000) : [for y in xs : y]]...)",
        'cidrhost("::/0", 1e9000)',
        'cidrsubnet("10.0.0.0/8", 8, -1e9000)',
        "signum(1e9000)",
        'parseint(join("", [for a in xs : join("", [for b in xs : "99999"])]), 10)',
        'timeadd("2026-01-01T00:00:00Z", join("", [for x in xs : "999999999999999999999h"]))',
    ],
)
def test_limits(evaluate: Callable[..., Value], call: str) -> None:
    """A call that would use up memory or time is refused at once."""
    with pytest.raises(Fault):
        evaluate(f"[for xs in [range(100)] : {call}]")


def test_names(evaluate: Callable[..., Value]) -> None:
    """Each of the 119 names can be called; those that are missing an argument say so."""
    assert len(NAMES) == 119
    for name in sorted(NAMES - {"timestamp", "plantimestamp", "uuid", "merge"}):
        with pytest.raises(Fault) as caught:
            evaluate(f"{name}()")
        assert caught.value.diagnostic.code.summary != "Unknown function"
        assert "There is no function" not in caught.value.diagnostic.detail


@pytest.mark.parametrize(
    "call",
    [
        'parseint(sensitive("hunter2"), 10)',
        'lookup({}, sensitive("hunter2"))',
        'timeadd(sensitive("hunter2"), "1h")',
        'cidrhost(sensitive("hunter2"), 1)',
        'file(sensitive("hunter2"))',
    ],
)
def test_secrets_stay_secret(evaluate: Callable[..., Value], call: str) -> None:
    """The reason of a refusal does not give away a sensitive argument, but would show a plain one."""
    with pytest.raises(Fault) as caught:
        evaluate(call)
    assert "hunter2" not in caught.value.diagnostic.detail
    with pytest.raises(Fault):
        evaluate("lookup({a = sensitive(true)}, sensitive(4711))")
    with pytest.raises(Fault, match="hunter2"):
        evaluate(call.replace("sensitive", "nonsensitive"))
