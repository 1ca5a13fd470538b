"""Other languages are read and written as Terraform does it; the answers were asked of Terraform 1.15."""

import base64
import gzip
import hashlib

import pytest

from batchplan.lang.functions import encoding
from batchplan.lang.functions.function import ArgumentError
from batchplan.lang.functions.jsontext import encode
from batchplan.lang.numbers import INFINITY, NEGATIVE_ZERO, parse
from batchplan.lang.types import NUMBER, STRING, ListType, ObjectType
from batchplan.lang.values import NULL, ObjectValue, TupleValue, Unknown, Value, make_set, type_of

TABLE = {function.name: function for function in encoding.FUNCTIONS}

CASES: list[tuple[str, list[Value], str]] = [
    ("base64decode", ["Y\nQ==\r\n"], "a"),
    ("base64decode", ["YR=="], "a"),
    ("base64decode", ["ZcyB"], "é"),
    ("base64encode", ["é日本"], "w6nml6XmnKw="),
    ("base64gzip", [""], "H4sIAAAAAAAA/wAAAP//AQAA//8AAAAAAAAAAA=="),
    ("base64gzip", ["test"], "H4sIAAAAAAAA/ypJLS4BAAAA//8BAAD//wx+f9gEAAAA"),
    ("base64gzip", ["a" * 38], "H4sIAAAAAAAA/0okCgAAAAD//wEAAP//elX1pyYAAAA="),
    ("base64gzip", ["hello hello hello world"], "H4sIAAAAAAAA/8pIzcnJV0Amy/OLclIAAAAA//8BAAD//ybmWoEXAAAA"),
    ("jsonencode", ["\b\f\x1f\x7f\u2028<>&'\"\\/"], '"\\b\\f\\u001f\x7f\\u2028\\u003c\\u003e\\u0026\'\\"\\\\/"'),
    ("jsonencode", [NEGATIVE_ZERO], "-0"),
    ("jsonencode", [parse("1e-7")], "0.0000001"),
    ("jsonencode", [10**21], "1" + "0" * 21),
    ("jsonencode", [make_set(NUMBER, [3, 1, 2])], "[1,2,3]"),
    ("jsonencode", [ObjectValue({"b": NULL, "a<": TupleValue([])})], '{"a\\u003c":[],"b":null}'),
    ("textdecodebase64", ["YWI=", "CP936"], "ab"),
    ("textdecodebase64", ["gIA=", "MS936"], "€€"),
    ("textdecodebase64", ["//5hAA==", "UTF-16"], "a"),
    ("textdecodebase64", ["AGE=", "utf-16"], "a"),
    ("textdecodebase64", ["//5hAA==", "UTF-16LE"], "\ufeffa"),
    ("textdecodebase64", ["yg==", "windows-1255"], "\u05ba"),
    ("textencodebase64", ["é", "UTF-16"], "/v8A6Q=="),
    ("textencodebase64", ["日", "Shift_JIS"], "k/o="),
    ("textencodebase64", ["日", "HZ-GB-2312"], "fntIVQ=="),
    ("textencodebase64", ["€語", "GBK"], "gNVa"),
    ("textencodebase64", ["[ў]", "KOI8-U"], "W65d"),
    ("textencodebase64", ["[", "IBM1047"], "rQ=="),
    ("urlencode", ["~*()!'.-_ \0é"], "~%2A%28%29%21%27.-_+%00%C3%A9"),
]
FAULTS: list[tuple[str, list[Value], int]] = [
    ("base64decode", ["YQ"], 0),
    ("base64decode", ["YQ== "], 0),
    ("base64decode", ["YQ-_"], 0),
    ("base64decode", ["/w=="], 0),
    ("csvdecode", [""], 0),
    ("csvdecode", ["a,a\n1,2"], 0),
    ("csvdecode", ["a,b\n1"], 0),
    ("csvdecode", ['a\nx"y'], 0),
    ("csvdecode", ['a\n"x"y'], 0),
    ("csvdecode", ['a\n"x'], 0),
    ("jsonencode", [INFINITY], 0),
    ("textdecodebase64", ["gQ==", "windows-1250"], 0),
    ("textdecodebase64", ["gA==", "ISO-8859-2"], 0),
    ("textdecodebase64", ["ANg=", "UTF-16LE"], 0),
    ("textdecodebase64", ["<", "cp437"], 0),
    ("textdecodebase64", ["YQ==", "utf8"], 1),
    ("textencodebase64", ["日", "ISO-8859-1"], 0),
    ("textencodebase64", ["日", "IBM1047"], 0),
    ("textencodebase64", ["\ue000", "Shift_JIS"], 0),
]
DOCUMENTS: list[tuple[str, str]] = [
    (' {"b": [1, 2.50], "a": "\\u00e9"} ', '{"a":"é","b":[1,2.5]}'),
    ("-0", "-0"),
    ("1E+2", "100"),
    ('{"a":1,"a":2}', '{"a":2}'),
    ('"\\ud800 \\ud83d\\ude00"', '"\ufffd 😀"'),
    ("[null, [], {}]", "[null,[],{}]"),
    ("[1]]", "[1]"),
]
NO_DOCUMENTS = [
    "",
    " ",
    "1 2",
    "[1,]",
    "NaN",
    "Infinity",
    "01",
    "1.",
    '"a\tb"',
    '{"a":1,"a":"x"}',
    "\ufeff1",
    "[" * 5000,
    "1e999999",
]
TABLES: list[tuple[str, str]] = [
    ("a,b\r\n1,2\r\n", '[{"a":"1","b":"2"}]'),
    ('\n\na\n"x""y"\n\n', '[{"a":"x\\"y"}]'),
    ('a,b\n"x\r\ny",\n', '[{"a":"x\\ny","b":""}]'),
    (',"1a,\r\nb"\n', "[]"),
    ("a\nx\r", '[{"a":"x"}]'),
    (" a, b\n 1, 2", '[{" a":" 1"," b":" 2"}]'),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), CASES, ids=lambda part: str(part)[:30])
def test_returns_what_terraform_returns(name: str, arguments: list[Value], expected: str) -> None:
    """A call has Terraform's result."""
    assert TABLE[name].call(arguments) == expected


@pytest.mark.parametrize(("name", "arguments", "index"), FAULTS, ids=lambda part: str(part)[:30])
def test_names_the_argument_that_is_wrong(name: str, arguments: list[Value], index: int) -> None:
    """An argument that cannot be used is named by its index."""
    with pytest.raises(ArgumentError) as caught:
        TABLE[name].call(arguments)
    assert caught.value.index == index


@pytest.mark.parametrize(("source", "expected"), DOCUMENTS)
def test_reads_json(source: str, expected: str) -> None:
    """A document read and written again is the same, but for spaces, order and escapes."""
    assert encode(TABLE["jsondecode"].call([source])) == expected


@pytest.mark.parametrize("source", NO_DOCUMENTS, ids=lambda part: part[:20])
def test_refuses_what_is_no_json(source: str) -> None:
    """What Terraform does not read, and what nests without end, is refused."""
    with pytest.raises(ArgumentError):
        TABLE["jsondecode"].call([source])


@pytest.mark.parametrize(("source", "expected"), TABLES)
def test_reads_csv(source: str, expected: str) -> None:
    """Each row becomes an object; fields are taken as they are."""
    assert encode(TABLE["csvdecode"].call([source])) == expected


def test_an_empty_table_knows_its_columns() -> None:
    """The header alone decides the type."""
    assert type_of(TABLE["csvdecode"].call(["a,b"])) == ListType(ObjectType({"a": STRING, "b": STRING}))


def test_json_of_a_partly_unknown_value_is_unknown() -> None:
    """Nothing of a document can be written before all of it is known."""
    assert TABLE["jsonencode"].call([TupleValue([1, Unknown(STRING)])]) == Unknown(STRING, not_null=True)


def test_gzip_is_the_same_byte_for_byte() -> None:
    """A text of several blocks, each with its own code, gives the very bytes Terraform makes."""
    packed = TABLE["base64gzip"].call([" ".join(str(n * n) for n in range(20_000))])
    assert isinstance(packed, str)
    assert hashlib.sha256(packed.encode()).hexdigest().startswith("a10ce352a780563ea62f8259")


@pytest.mark.parametrize("text", ["", "hello hello hello", "é" * 70_000, "".join(map(chr, range(1000, 3000))) * 3])
def test_gzip_can_be_read_back(text: str) -> None:
    """What base64gzip() makes is gzip."""
    packed = TABLE["base64gzip"].call([text])
    assert isinstance(packed, str)
    assert gzip.decompress(base64.b64decode(packed)).decode() == text
