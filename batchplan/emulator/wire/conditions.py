"""Conditional headers: If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError, refuse

HEADERS = ("if-match", "if-none-match", "if-modified-since", "if-unmodified-since")
_PAIRS = ({"if-match", "if-unmodified-since"}, {"if-none-match", "if-modified-since"})


def check(headers: Mapping[str, str], method: str, modified: int) -> None:
    """Raise when the conditions of a request do not hold for an entity of this last-modified time (ticks).

    412 ConditionNotMet; 304 for GET and HEAD of what has not changed since. Of several headers only an
    ETag with the date that belongs to it may come together, and then both must hold; others are refused.
    """
    given = {name: headers[name] for name in HEADERS if headers.get(name)}
    if len(given) > 1 and set(given) not in _PAIRS:
        raise refuse("MultipleConditionHeadersNotSupported")
    for name, value in given.items():
        if not _holds(name, value, modified):
            raise _unmet(name, method)


def same_tag(tag: str, modified: int) -> bool:
    """Tell whether a tag names this state: quotes and a weak mark do not count, `*` matches anything."""
    tags = [one.strip() for one in tag.split(",")]
    return any(one == "*" or one.removeprefix("W/").strip('"').lower() == ticks.etag(modified).lower() for one in tags)


def _holds(name: str, value: str, modified: int) -> bool:
    if name == "if-match":
        return same_tag(value, modified)
    if name == "if-none-match":
        return not same_tag(value, modified)
    newer = modified // ticks.PER_SECOND > _date(name, value) // ticks.PER_SECOND
    return newer if name == "if-modified-since" else not newer


def _unmet(name: str, method: str) -> ServiceError:
    unchanged = name in {"if-none-match", "if-modified-since"} and method in {"GET", "HEAD"}
    return refuse("ConditionNotMet", status=304 if unchanged else 412)


def _date(name: str, value: str) -> int:
    try:
        moment = parsedate_to_datetime(value)
    except (TypeError, ValueError, IndexError):
        return _iso(name, value)
    return ticks.from_datetime(moment if moment.tzinfo else datetime.replace(moment, tzinfo=UTC))


def _iso(name: str, value: str) -> int:
    try:
        return ticks.parse_iso(value)
    except (ValueError, OverflowError):
        raise refuse("InvalidHeaderValue", ("HeaderName", name), ("HeaderValue", value)) from None
