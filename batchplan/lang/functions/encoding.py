"""Functions that write values as texts of other languages, and read them: base64, CSV, JSON, URLs, charsets."""

from urllib.parse import quote_plus

from batchplan.lang.functions import base64text, charset, csvtext, deflate, jsontext
from batchplan.lang.functions.function import ArgumentError, Function, Parameter, function
from batchplan.lang.functions.text import nfc
from batchplan.lang.types import DYNAMIC, STRING, ObjectType
from batchplan.lang.values import ListValue, ObjectValue, Value

_STR = Parameter("str", STRING)
_ENCODING = Parameter("encoding", STRING)


@function("base64decode", _STR, returns=STRING)
def base64decode(value: str) -> Value:
    """Decode base64 into a string."""
    data = base64text.decode(value)
    if data is None:
        raise ArgumentError(0, "it is not base64 with the standard alphabet and padding")
    try:
        return nfc(data.decode())
    except UnicodeDecodeError:
        raise ArgumentError(
            0, "what it encodes is not text in UTF-8; keep it as it is, or use textdecodebase64()"
        ) from None


@function("base64encode", _STR, returns=STRING)
def base64encode(value: str) -> Value:
    """Encode a string as base64."""
    return base64text.encode(value.encode())


_MAX_GZIP = 2 << 20
"""The compression is Go's byte for byte, in Python: this much takes seconds."""


@function("base64gzip", _STR, returns=STRING)
def base64gzip(value: str) -> Value:
    """Compress a string with gzip and encode that as base64."""
    data = value.encode()
    if len(data) > _MAX_GZIP:
        raise ArgumentError(0, f"it has {len(data):,} bytes; at most {_MAX_GZIP:,} are compressed")
    return base64text.encode(deflate.gzip(data))


def _parsed(index: int, source: str) -> list[list[str]]:
    try:
        rows = list(csvtext.rows(source))
    except csvtext.CsvError as error:
        raise ArgumentError(index, f"it is no CSV: {error}") from None
    if not rows:
        raise ArgumentError(index, "it is no CSV: the line with the column names is missing")
    header = [nfc(name) for name in rows[0]]
    for at, name in enumerate(header):
        if name in header[:at]:
            raise ArgumentError(index, f'it is no CSV: the column "{name}" occurs twice')
    return [header, *rows[1:]]


@function("csvdecode", _STR, returns=DYNAMIC)
def csvdecode(value: str) -> Value:
    """Read CSV with a header into a list of objects."""
    header, *rows = _parsed(0, value)
    return ListValue(
        ObjectType(dict.fromkeys(header, STRING)),
        [ObjectValue({name: nfc(field) for name, field in zip(header, row, strict=True)}) for row in rows],
    )


@function("jsondecode", _STR, returns=DYNAMIC)
def jsondecode(value: str) -> Value:
    """Return the value of a JSON document."""
    try:
        return jsontext.decode(value)
    except jsontext.JsonError as error:
        raise ArgumentError(0, f"it is no JSON that can be decoded: {error}") from None


@function("jsonencode", Parameter("val", DYNAMIC, nullable=True, whole=True), returns=STRING)
def jsonencode(value: Value) -> Value:
    """Write a value as JSON."""
    try:
        return nfc(jsontext.encode(value))
    except jsontext.JsonError as error:
        raise ArgumentError(0, str(error)) from None


def _encoding(index: int, name: str) -> charset.Charset:
    found = charset.find(name)
    if found is None:
        raise ArgumentError(index, f'"{name}" is no known name of a character encoding; use an IANA name like UTF-16LE')
    return found


@function("textdecodebase64", Parameter("source", STRING), _ENCODING, returns=STRING)
def textdecodebase64(source: str, name: str) -> Value:
    """Decode base64 and a character encoding into a string."""
    encoding = _encoding(1, name)
    data = base64text.decode(source)
    if data is None:
        raise ArgumentError(0, "it is not base64 with the standard alphabet and padding")
    decoded = encoding.decode(data)
    if decoded is None:
        raise ArgumentError(0, f"it has bytes that mean nothing in {name}")
    return nfc(decoded)


@function("textencodebase64", Parameter("string", STRING), _ENCODING, returns=STRING)
def textencodebase64(value: str, name: str) -> Value:
    """Encode a string in a character encoding and that as base64."""
    data = _encoding(1, name).encode(value)
    if data is None:
        raise ArgumentError(0, f"it has characters that {name} does not have")
    return base64text.encode(data)


@function("urlencode", _STR, returns=STRING)
def urlencode(value: str) -> Value:
    """Escape a string for use in a URL's query."""
    return quote_plus(value)


FUNCTIONS: tuple[Function, ...] = (
    base64decode,
    base64encode,
    base64gzip,
    csvdecode,
    jsondecode,
    jsonencode,
    textdecodebase64,
    textencodebase64,
    urlencode,
)
