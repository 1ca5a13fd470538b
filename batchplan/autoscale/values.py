"""What a formula computes with: doubles, vectors of doubles, strings, timestamps, intervals and metrics.

Doubles are floats and vectors are tuples of floats; times count ticks of 100 nanoseconds, as the service does.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from batchplan.autoscale.names import TICKS

_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
_LAST = 3_155_378_975_999_999_999  # the last tick of the year 9999
MAX_TICKS = 2**63 - 1


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A length of time, in ticks; may be negative."""

    ticks: int

    def timedelta(self) -> timedelta:
        """The same length, cut to microseconds and to what a timedelta can hold."""
        limit = 86_400_000_000 * 999_999_999
        return timedelta(microseconds=max(-limit, min(limit, self.ticks // 10)))

    def __str__(self) -> str:
        sign, ticks = ("-", -self.ticks) if self.ticks < 0 else ("", self.ticks)
        seconds, fraction = divmod(ticks, TICKS)
        days, rest = divmod(seconds, 86_400)
        clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
        return sign + (f"{days}." if days else "") + clock + (f".{fraction:07}" if fraction else "")


@dataclass(frozen=True, slots=True, order=True)
class Timestamp:
    """A moment in UTC, in ticks since the first of January of the year 1."""

    ticks: int

    def __post_init__(self) -> None:
        if not 0 <= self.ticks <= _LAST:
            raise OverflowError("a timestamp lies between the years 1 and 9999")

    @classmethod
    def of(cls, moment: datetime) -> "Timestamp":
        """The moment of a datetime; one without a zone is taken as UTC."""
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return cls((aware - _EPOCH) // timedelta(microseconds=1) * 10)

    def datetime(self) -> datetime:
        """The same moment, cut to microseconds."""
        return _EPOCH + timedelta(microseconds=self.ticks // 10)

    def member(self, name: str) -> float:
        """One of the documented members. Monday is 1 and Sunday is taken as 0, as in .NET."""
        moment = self.datetime()
        if name == "weekday":
            return float(moment.isoweekday() % 7)
        return float(getattr(moment, name))

    def __str__(self) -> str:
        return self.datetime().strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.ticks // 10_000 % 1000:03}Z"


@dataclass(frozen=True, slots=True)
class Series:
    """A metric of the service by its full name; its samples are looked up when they are read."""

    name: str


@dataclass(frozen=True, slots=True)
class Option:
    """One of the deallocation options."""

    name: str


Vector: TypeAlias = tuple[float, ...]
Value: TypeAlias = float | Vector | str | Timestamp | Interval | Series | Option


def number_text(value: float) -> str:
    """A double as results show it: no fraction where there is none, at most 15 digits."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    text = f"{value:.15G}"
    return "0" if text == "-0" else text


def text_of(value: Value) -> str:
    """A value as the results of an evaluation show it."""
    match value:
        case float():
            return number_text(value)
        case tuple():
            return "[" + ",".join(number_text(item) for item in value) + "]"
        case Series(name=name) | Option(name=name):
            return name
        case _:
            return str(value)


_W3C = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{1,7}))?)?"
    r"(?P<zone>Z|[+-]\d\d:\d\d)?)?)?)?"
)
_RFC1123 = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)? (?:GMT|UTC|UT|[+-]\d{4})")


def parse_time(text: str) -> Timestamp | None:
    """The moment a literal names, in W3C date and time format or RFC 1123; None when it is neither.

    Seven digits of a second are read; nine are known to be refused by the service.
    """
    text = text.strip()
    try:
        found = _W3C.fullmatch(text)
        if found:
            return _w3c(found)
        if _RFC1123.fullmatch(text):
            return Timestamp.of(parsedate_to_datetime(text))
    except (ValueError, OverflowError):
        return None  # the form is right and the date does not exist, such as 2026-02-30
    return None


def _w3c(found: re.Match[str]) -> Timestamp:
    parts = {key: int(found[key] or default) for key, default in _W3C_DEFAULTS.items()}
    moment = Timestamp.of(datetime(**parts, tzinfo=UTC))
    ticks = moment.ticks + int((found["fraction"] or "0").ljust(7, "0"))
    zone = found["zone"]
    if zone and zone != "Z":
        minutes = int(zone[1:3]) * 60 + int(zone[4:6])
        ticks -= (minutes if zone[0] == "+" else -minutes) * 60 * TICKS
    return Timestamp(ticks)


_W3C_DEFAULTS = {"year": 1, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}
