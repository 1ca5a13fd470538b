"""JSON as the data plane lays it out.

CRLF and two blanks per depth where an object or list opens and closes, members on one line with no blanks
between them: the recorded Content-Length of error bodies depends on it.
"""

from json.encoder import encode_basestring
from typing import Any


def write(value: Any) -> bytes:
    """Return JSON in the service's layout, in UTF-8."""
    return _write(value, 0).encode("utf-8", "replace")


def _write(value: Any, depth: int) -> str:
    match value:
        case str():
            return encode_basestring(value)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict():
            inner = ",".join(f"{encode_basestring(name)}:{_write(item, depth + 1)}" for name, item in value.items())
            return _block("{", inner, "}", depth)
        case list():
            return _block("[", ",".join(_write(item, depth + 1) for item in value), "]", depth)
        case _:
            return repr(value)


def _block(opening: str, inner: str, closing: str, depth: int) -> str:
    return f"{opening}\r\n{'  ' * (depth + 1)}{inner}\r\n{'  ' * depth}{closing}"
