"""YAML is read and written as Terraform does it; the answers were asked of Terraform 1.15."""

import pytest

from batchplan.lang.functions import yaml
from batchplan.lang.functions.function import ArgumentError
from batchplan.lang.functions.jsontext import encode
from batchplan.lang.numbers import NEGATIVE_INFINITY, NEGATIVE_ZERO, parse
from batchplan.lang.types import DYNAMIC, STRING
from batchplan.lang.values import NULL, ListValue, Null, ObjectValue, TupleValue, Value, type_of

TABLE = {function.name: function for function in yaml.FUNCTIONS}

SCALARS = [
    ("010", "10"),
    ("0x10", "16"),
    ("0o10", "8"),
    ("0b11", '"0b11"'),
    ("1_000", '"1_000"'),
    ("+1", "1"),
    ("-0x10", '"-0x10"'),
    (".5", "0.5"),
    ("5.", "5"),
    ("1.e5", "100000"),
    ("1:30", '"1:30"'),
    ("inf", '"inf"'),
    ("yes", "true"),
    ("yEs", '"yEs"'),
    ("N", "false"),
    ("~", "null"),
    ("---", "null"),
    ("2020-1-1", '"2020-01-01T00:00:00Z"'),
    ("2020-01-01 10:20:30,5", '"2020-01-01T10:20:30Z"'),
    ("2020-01-01T10:20:30.5+02:00", '"2020-01-01T10:20:30+02:00"'),
    ("2020-01-01T10:20:30", '"2020-01-01T10:20:30"'),
    ("2020-02-30", '"2020-02-30"'),
    ("0000-02-29", '"0000-02-29T00:00:00Z"'),
    ("'2020-01-01'", '"2020-01-01"'),
    ("!!timestamp '2020-01-01'", '"2020-01-01"'),
    ("!!int '5'", '"5"'),
    ("!!int yes", "true"),
    ("!!str yes", '"yes"'),
    ("!!str", '""'),
    ("!!null x", "null"),
    ("!!int |", "null"),
    ("!!binary YWJj", '"YWJj"'),
    ("|+\n\n", '"\\n"'),
    ("<<", '"\\u003c\\u003c"'),
]
DOCUMENTS = [
    ("{1.50: a, yes: b, '': c}", '{"":"c","1.5":"a","true":"b"}'),
    ("a: 1\na: b", '{"a":"b"}'),
    ("? a", '{"a":null}'),
    ("- a\n-\n- - b", '["a",null,["b"]]'),
    ("a: &x {b: 1, d: 5}\nc:\n  d: 2\n  <<: *x", '{"a":{"b":1,"d":5},"c":{"b":1,"d":5}}'),
    ("a: &x {b: 1, d: 5}\nc:\n  <<: *x\n  d: 2", '{"a":{"b":1,"d":5},"c":{"b":1,"d":2}}'),
    ("{'<<': {a: 1}}", '{"a":1}'),
    ("!!str <<: {a: 1}", '{"\\u003c\\u003c":{"a":1}}'),
    ("[&x a, &x b, *x]", '["a","b","b"]'),
    ("a: >\n  x\n  y\n\n  z\n", '{"a":"x y\\nz\\n"}'),
]
REFUSED = [
    "",
    "# c",
    "a\n---\nb",
    "a: b: c",
    "\ta: b",
    "a: 'b",
    "*x",
    "&a [*a]",
    "{null: a}",
    "{[a]: b}",
    "{*x : a}",
    "<<: 1",
    "<<: [{a: 1}]",
    "!foo 1",
    "! yes",
    "!!int a",
    "!!bool 'x'",
    "!!binary '!!!'",
    "!!set {a}",
    "!!map [1]",
    "!!seq 5",
    ".nan",
    "0x10000000000000000",
    "%YAML 1.2\n---\na",
    '"\\q"',
    "\u0001",
    "[" * 5000,
    "1e9999999",
]
WRITTEN: list[tuple[Value, str]] = [
    (NULL, "null\n...\n"),
    (parse("1.5"), "1.5\n...\n"),
    (NEGATIVE_ZERO, "-0\n...\n"),
    (NEGATIVE_INFINITY, "-Inf\n...\n"),
    ("yes", '"yes"\n'),
    (TupleValue([]), "[]\n"),
    (TupleValue([TupleValue([1, 2]), ObjectValue({}), TupleValue([TupleValue([3])])]), "- - 1\n  - 2\n- {}\n- - - 3\n"),
    (ObjectValue({"a": TupleValue([1]), "b": ObjectValue({"c": NULL})}), '"a":\n- 1\n"b":\n  "c": null\n'),
    ("a\n", "|\n  a\n"),
    ("\n\na\n\n", "|2+\n\n\n  a\n\n"),
    (" a\nb", "|2-\n   a\n  b\n"),
    ("a \nb", '"a \\nb"\n'),
    ("a\tb\nc", '"a\\tb\\nc"\n'),
    ("😀é\u00a0\u0085", '"\\U0001F600é\u00a0\\N"\n'),
    ("\ufeff\nb", '"\\uFEFF\\n\\x62"\n'),
    (TupleValue([ObjectValue({"a": "x\ny\n\n", "b": 1})]), '- "a": |+\n    x\n    y\n\n  "b": 1\n'),
    (ObjectValue({"a\nb": TupleValue(["c"])}), '? |-\n  a\n  b\n: - "c"\n'),
    (ObjectValue({"k" * 128: 1}), f'"{"k" * 128}": 1\n'),
    (ObjectValue({"k" * 129: ObjectValue({"b": 1})}), f'? "{"k" * 129}"\n: "b": 1\n'),
    (ObjectValue({"a": "word " * 17 + "x"}), f'"a": "{"word " * 15}word\n  word x"\n'),
]


@pytest.mark.parametrize(("source", "expected"), SCALARS + DOCUMENTS)
def test_reads_what_terraform_reads(source: str, expected: str) -> None:
    """A document has Terraform's value, shown here as JSON."""
    assert encode(TABLE["yamldecode"].call([source])) == expected


@pytest.mark.parametrize("source", REFUSED, ids=lambda part: part[:20])
def test_refuses_what_terraform_refuses(source: str) -> None:
    """What Terraform does not read, and what nests without end, is refused."""
    with pytest.raises(ArgumentError):
        TABLE["yamldecode"].call([source])


def test_a_block_without_text_is_a_null_string() -> None:
    """An empty literal block is null, but of type string; any other null has no type."""
    assert type(TABLE["yamldecode"].call(["|"])) is Null
    assert type_of(TABLE["yamldecode"].call(["|"])) == STRING
    assert type_of(TABLE["yamldecode"].call(["~"])) is DYNAMIC


def test_aliases_of_aliases_do_not_fill_the_memory() -> None:
    """A document that unfolds to billions of values is refused at once."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 20)]
    with pytest.raises(ArgumentError, match="aliases"):
        TABLE["yamldecode"].call(["\n".join(lines)])


@pytest.mark.parametrize(("value", "expected"), WRITTEN, ids=lambda part: repr(part)[:30])
def test_writes_what_terraform_writes(value: Value, expected: str) -> None:
    """Every quote, break and indentation is Terraform's."""
    assert TABLE["yamlencode"].call([value]) == expected


def test_reads_back_what_it_wrote() -> None:
    """A value written and read again is the same."""
    value = ObjectValue({"a b": TupleValue(["x\ny", " ", "", "é\t", 1, True, NULL]), "c": ListValue(STRING, ["~"])})
    text = TABLE["yamlencode"].call([value])
    assert encode(TABLE["yamldecode"].call([text])) == encode(value)
