"""The JSON form: what text becomes which tree, and what is said of mistakes."""

from collections.abc import Callable

import pytest

from batchplan.core.diagnostics import Fault
from batchplan.core.source import Source
from batchplan.lang.jsonsyntax import BlockSpec, BodySchema, body_of, expression_in, expression_of, parse_json
from batchplan.lang.nodes import Body, Literal

SCHEMA = BodySchema(
    {
        "variable": BlockSpec(1, BodySchema({"validation": BlockSpec()})),
        "resource": BlockSpec(2),
        "locals": BlockSpec(),
    }
)


def lowered(text: str) -> tuple[Body, list[str]]:
    source = Source("t.json", text)
    value, faults = parse_json(source)
    assert value is not None, faults
    body, found = body_of(source, value, SCHEMA)
    return body, [f"{fault.code.id} {fault.at.text if fault.at else ''}" for fault in found]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ('{"variable": {"a": {}, "b": {}}}', ["variable a", "variable b"]),
        ('{"variable": {"a": [{}, {}]}}', ["variable a", "variable a"]),
        ('{"variable": [{"a": {}}, {"b": {}}]}', ["variable a", "variable b"]),
        ('{"resource": {"t": {"n": {}, "m": {}}}}', ["resource t n", "resource t m"]),
        ('{"locals": [{}, {}]}', ["locals", "locals"]),
        ('{"locals": null, "variable": {"a": null}}', []),
        ('[{"locals": {}}, {"locals": {}}]', ["locals", "locals"]),
        ('{"locals": {}, "locals": {}}', ["locals", "locals"]),
        ('{"//": "remark"}', []),
    ],
)
def test_blocks(text: str, blocks: list[str]) -> None:
    """Objects nest by label, arrays repeat."""
    body, faults = lowered(text)
    assert faults == []
    assert [" ".join([block.type, *(label.value for label in block.labels)]) for block in body.blocks] == blocks


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ('{"variable": {}}', ["E0115 {}"]),
        ('{"variable": {"a": 5}}', ["E0115 5"]),
        ('{"variable": "a"}', ['E0115 "a"']),
        ('{"variable": null}', ["E0115 null"]),
        ('{"variable": true}', ["E0115 true"]),
        ('{"locals": [null]}', ["E0115 null"]),
        ('{"x": 1, "x": 2}', ['E0116 "x"']),
        ('{"x": {"a": 1, "a": 2}}', ['E0116 "a"']),
        ('{"x": "${", "y": "a${b"}', ["E0105 ${", "E0105 ${"]),
        ('{"x": "\\u00e9\\n${a.}"}', ["E0112 }"]),
    ],
)
def test_faults_of_a_body(text: str, faults: list[str]) -> None:
    """Every fault is found, at its place in the JSON text."""
    assert lowered(text)[1] == faults


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("-1.50e3", "Unary('-' Number('1.50e3'))"),
        ('"a"', "Literal('a')"),
        ('"${a}"', "Wrapped(Traversal('a' []))"),
        ('"a\\n${b}"', "Template([Literal('a\\n') Traversal('b' [])])"),
        ('"$${a}"', "Literal('${a}')"),
        ('"\\\\n"', "Literal('\\\\n')"),
        ('"\\ud83d\\ude00\\ud800"', "Literal('😀\ufffd')"),
        ("[null, true]", "TupleConstructor([Literal(None) Literal(True)])"),
        ('{"${a}": {}}', "ObjectConstructor([[ObjectKey(Wrapped(Traversal('a' []))) ObjectConstructor([])]])"),
    ],
)
def test_expressions(text: str, tree: str, outline: Callable[[object], str]) -> None:
    """Strings are templates, names of members too."""
    body, faults = lowered(f'{{"x": {text}}}')
    assert not faults
    assert outline(body.attributes["x"].expression) == tree


def test_places_in_escaped_strings() -> None:
    """A node inside a string with escapes knows where it stands in the file."""
    text = '{"x": "\\"\\u00e9\\n${abc.d}\\""}'
    source = Source("t", text)
    value, _ = parse_json(source)
    assert value is not None
    template = body_of(source, value, BodySchema())[0].attributes["x"].expression
    traversal = template.parts[1]  # type: ignore[union-attr]
    assert text[traversal.start : traversal.end] == "abc.d"
    assert text[template.start : template.end] == '"\\"\\u00e9\\n${abc.d}\\""'


def test_expression_in_a_string(outline: Callable[[object], str]) -> None:
    """A string can be read as native syntax, where it names a type or a reference."""
    source = Source("t", '{"type": "list(\\u0073tring)"}')
    value, _ = parse_json(source)
    assert value is not None
    literal = body_of(source, value, BodySchema())[0].attributes["type"].expression
    assert isinstance(literal, Literal)
    call = expression_in(source, literal)
    assert outline(call) == "Call('list' [Traversal('string' [])] False)"
    assert source.text[call.start : call.end] == "list(\\u0073tring)"


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("", "", "empty"),
        ("[1]", "1", "array of objects"),
        ("5", "5", "is an object"),
        ('{"a": 1,}', ",", "no comma after the last member"),
        ('{"a": [1,]}', ",", "no comma after the last item"),
        ('{"a": 1 "b": 2}', '"', "comma is missing"),
        ('{"a" 1}', '"a"', "colon"),
        ('{"a" = 1}', '"a"', "not `=`"),
        ("{a: 1}", "a", '`"a"`'),
        ("{'a': 1}", "'", "double quotes"),
        ("{\"a\": 'x'}", "'x'", "double quotes"),
        ('{"a": True}', "True", "`true`"),
        ('{"a": 01}', "01", "leading"),
        ('{"a": .5}', ".5", "leading"),
        ('{"a": NaN}', "NaN", "double quotes"),
        ('{"a": "x}', '"', "no closing"),
        ('{"a": "x\n"}', '"', "no closing"),
        ('{"a": "\t"}', "\t", "control character"),
        ('{"a": "\\d"}', "\\d", "backslash"),
        ('{"a": "\\u12"}', "\\u", "four"),
        ('{"a": 1', "{", "`}` is missing"),
        ('{"a": [1', "[", "`]` is missing"),
        ('{"a": [1}', "[", "`]` is missing"),
        ("{} {}", "{", "nothing may follow"),
        ("{ // x\n}", "/", "no comments"),
        ('{"a": }', "}", "value is missing"),
        ('{"a": ', "", "ends where a value"),
    ],
)
def test_faults_of_the_text(text: str, place: str, says: str) -> None:
    """JSON that is none is explained at its place."""
    value, faults = parse_json(Source("t", text))
    assert value is None
    (fault,) = faults
    assert fault.at is not None
    assert (fault.code.id, fault.at.text) == ("E0121", place)
    assert says in fault.detail


def test_nesting_is_limited() -> None:
    """Too many brackets end in a diagnostic."""
    assert [fault.code.id for fault in parse_json(Source("t", "[" * 100_000))[1]] == ["E0119"]


def test_a_fault_in_an_expression_is_raised() -> None:
    """An expression that is read on its own raises its fault."""
    source = Source("t", '{"a": "%{ if"}')
    value, _ = parse_json(source)
    assert value is not None
    with pytest.raises(Fault, match="E01"):
        expression_of(source, value)
