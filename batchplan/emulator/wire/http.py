"""One request and its reply, as both planes see them: no sockets, no framework."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent. Header and query keys are lower case; `query` holds the last value of a repeated key."""

    method: str  # upper case
    path: str  # percent-decoded path, as sent otherwise
    raw_path: str  # as sent, for signatures
    query: Mapping[str, str]  # keys lower-cased, values decoded
    raw_query: tuple[tuple[str, str], ...]  # as sent, decoded values
    headers: Mapping[str, str]  # keys lower-cased
    body: bytes
    base_url: str  # scheme://host:port the client used


@dataclass(slots=True)
class Reply:
    """What goes back. The server adds `Date` and `Content-Length`."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
