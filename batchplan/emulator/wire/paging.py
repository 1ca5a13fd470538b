"""Pages of a list: `maxresults`, `$skiptoken`, `odata.nextLink`."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.model import Json
from batchplan.emulator.wire.http import Request

MOST = 1000
_PREFIX, _SUFFIX = "WATV2:", ":1$1"
_LOOSE = "$,'()/:;=^~*!@"  # the service writes these as they are

SortKey = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page: what it shows, and where the next begins, if there is one."""

    value: list[Json]
    next_link: str | None


def max_results(request: Request, most: int = MOST) -> int:
    """Return the page size a request asks for, `most` when it does not say; raise InvalidQueryParameterValue."""
    text = request.query.get("maxresults")
    if not text:
        return most
    try:
        wanted = int(text) if len(text) < 12 else most + 1
    except ValueError:
        raise _invalid("maxresults", text, "MaxResults must be an integer") from None
    if wanted < 1:
        raise _invalid("maxresults", text, "MaxResults cannot be less than 1")
    if wanted > most:
        raise _invalid("maxresults", text, f"MaxResults cannot be greater than {most}")
    return wanted


def cut(
    request: Request, entries: Iterable[tuple[SortKey, Any]], show: Callable[[Any], Json | None], size: int
) -> Page:
    """Return a page of entries that are sorted by their key.

    `show` gives the JSON of an entity, or None when the filter leaves it out. The page begins after the
    key of the request's `$skiptoken`; there is a next one only when something is left to show.
    """
    after = _after(request)
    shown: list[Json] = []
    last: SortKey = ()
    for key, entity in entries:
        if after is not None and not _follows(request, key, after):
            continue
        item = show(entity)
        if item is None:
            continue
        if len(shown) == size:
            return Page(shown, _next_link(request, last))
        shown.append(item)
        last = key
    return Page(shown, None)


def _follows(request: Request, key: SortKey, after: SortKey) -> bool:
    if [type(part) for part in key] != [type(part) for part in after]:
        _refuse_token(request.query["$skiptoken"])  # the token of another list
    return key > after


def _after(request: Request) -> SortKey | None:
    token = request.query.get("$skiptoken")
    if not token:
        return None
    inner = token.removeprefix(_PREFIX).removesuffix(_SUFFIX).replace("^", "+").replace(" ", "+")
    try:
        key = json.loads(base64.b64decode(inner, validate=True))
        return tuple(key) if _is_key(key) else _refuse_token(token)
    except (binascii.Error, ValueError, RecursionError):
        return _refuse_token(token)


def _is_key(key: object) -> bool:
    return isinstance(key, list) and all(isinstance(part, str | int) for part in key)


def _refuse_token(token: str) -> SortKey:
    raise _invalid("$skiptoken", token, "The continuation token is not valid")


def _next_link(request: Request, key: SortKey) -> str:
    inner = base64.b64encode(json.dumps(key).encode()).decode().replace("+", "^")
    kept = [(name, value) for name, value in request.raw_query if name.lower() != "$skiptoken"]
    pairs = [*kept, ("$skiptoken", f"{_PREFIX}{inner}{_SUFFIX}")]
    query = "&".join(f"{quote(name, safe='$')}={quote(value, safe=_LOOSE)}" for name, value in pairs)
    return f"{request.base_url}{request.raw_path.partition('?')[0]}?{query}"


def _invalid(name: str, value: str, reason: str) -> ServiceError:
    return refuse(
        "InvalidQueryParameterValue",
        ("QueryParameterName", name),
        ("QueryParameterValue", value),
        ("Reason", reason),
    )
