"""Durations and instants as the API writes them: ISO 8601, with up to seven digits of a second."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache

_DURATION = re.compile(
    r"P(?:(?P<W>\d+)W|(?:(?P<D>\d+)D)?(?:T(?=\d)(?:(?P<H>\d+)H)?(?:(?P<M>\d+)M)?(?:(?P<S>\d+(?:\.\d{1,7})?)S)?)?)"
)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d)(:\d\d)?(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)")
_UNITS = {"W": 604800, "D": 86400, "H": 3600, "M": 60, "S": 1}

UNLIMITED = "P10675199DT2H48M5.4775807S"
"""The longest duration there is; the service writes it for "no limit"."""


@lru_cache(maxsize=1024)
def seconds(text: str) -> Decimal | None:
    """Return how long a duration is, or None when the text is none (years and months have no fixed length)."""
    found = _DURATION.fullmatch(text.strip().upper())
    if found is None or not any(found.groupdict().values()):
        return None
    return sum((Decimal(found[unit]) * size for unit, size in _UNITS.items() if found[unit]), Decimal(0))


def duration_text(length: Decimal) -> str:
    """Return the one way to write a duration: days, hours, minutes, seconds, without those that are zero."""
    days, rest = divmod(length, 86400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    clock = "".join(f"{_plain(n)}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (rest, "S")) if n)
    text = (f"{_plain(days)}D" if days else "") + (f"T{clock}" if clock else "")
    return f"P{text}" if text else "PT0S"


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=1024)
def instant(text: str) -> datetime | None:
    """Return the moment a text names, in UTC, or None when it names none or has no offset."""
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        return None
    day, minute, second, fraction, offset = found.groups()
    micro = (fraction or "0").ljust(6, "0")[:6]
    try:
        zone = "+00:00" if offset in "Zz" else offset
        return datetime.fromisoformat(f"{day}T{minute}{second or ':00'}.{micro}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def instant_text(moment: datetime) -> str:
    """Return the one way to write a moment: UTC, `Z`, a fraction only when there is one."""
    plain = moment.astimezone(UTC).replace(tzinfo=None)
    whole = plain - timedelta(microseconds=plain.microsecond)
    fraction = f".{plain.microsecond:06d}".rstrip("0") if plain.microsecond else ""
    return f"{whole.isoformat()}{fraction}Z"
