"""Time as the service counts it: .NET ticks, 100 ns since 0001-01-01 UTC.

An ETag is the ticks of `lastModified` in hexadecimal, so one integer is both.
"""

import re
from datetime import UTC, datetime, timedelta

PER_SECOND = 10_000_000
_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def from_datetime(moment: datetime) -> int:
    """Return the ticks of an aware datetime."""
    return (moment - _EPOCH) // _MICROSECOND * 10


def to_datetime(ticks: int) -> datetime:
    """Return an aware UTC datetime, cut to microseconds."""
    return _EPOCH + timedelta(microseconds=ticks // 10)


def seconds(amount: float) -> int:
    """Return an amount of seconds as ticks."""
    return round(amount * PER_SECOND)


def isoformat(ticks: int) -> str:
    """Return `2024-04-18T00:32:06.5795656Z`; trailing zeros of the fraction are cut, as the service cuts them."""
    fraction = f"{ticks % PER_SECOND:07d}".rstrip("0")
    whole = to_datetime(ticks).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9})\d*)?)?(Z|z|[+-]\d\d:\d\d)?")


def parse_iso(text: str) -> int:
    """Return the ticks of an ISO 8601 timestamp; no offset means UTC. Raise ValueError when it is none."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a timestamp: {text!r}")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    base = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)
    ticks = from_datetime(base) + int((fraction or "").ljust(7, "0")[:7])
    if zone and zone not in "Zz":
        sign = -1 if zone[0] == "-" else 1
        ticks -= sign * (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60) * PER_SECOND
    return ticks


def etag(ticks: int) -> str:
    """Return the bare ETag of a last-modified time: `0x8DC5F3F4459B415`."""
    return f"0x{ticks:X}"


def http_date(ticks: int) -> str:
    """Return an RFC 1123 date: `Thu, 18 Apr 2024 00:32:06 GMT`."""
    moment = to_datetime(ticks)
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    stamp = moment.strftime("%H:%M:%S")
    return f"{days[moment.weekday()]}, {moment.day:02d} {months[moment.month - 1]} {moment.year:04d} {stamp} GMT"
