"""Points in time and lengths of time as texts: RFC 3339 timestamps, and durations as Go writes them.

Python's datetime knows neither the year 0 nor years past 9999, both of which a timestamp can lead to.
"""

import re
from dataclasses import dataclass

_TIMESTAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII)
_SHAPE = re.compile(r"\d{4}-\d\d-\d\d[T ]?", re.ASCII)
_PART = re.compile(r"(\d*)(?:\.(\d*))?([^\d.]+)", re.ASCII)
_UNITS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_LONGEST = 1 << 63
_MONTH_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True)
class Instant:
    """A point in time, `offset` seconds east of UTC. `day` counts from 1970-01-01 there."""

    day: int
    second: int
    nanosecond: int
    offset: int

    @property
    def order(self) -> tuple[int, int]:
        """What instants are compared by."""
        return self.day * 86_400 + self.second - self.offset, self.nanosecond

    def plus(self, nanoseconds: int) -> "Instant":
        """Return the instant that much later."""
        seconds, nanosecond = divmod(self.nanosecond + nanoseconds, 1_000_000_000)
        days, second = divmod(self.second + seconds, 86_400)
        return Instant(self.day + days, second, nanosecond, self.offset)

    @property
    def date(self) -> tuple[int, int, int]:
        """Year, month and day of the month."""
        return _civil(self.day)

    @property
    def weekday(self) -> int:
        """Day of the week, 0 for Monday."""
        return (self.day + 3) % 7

    def zone(self, separator: str = ":") -> str:
        """Return the offset as `+hh:mm`."""
        hours, minutes = divmod(abs(self.offset) // 60, 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02d}{separator}{minutes:02d}"

    def __str__(self) -> str:
        year, month, day = self.date
        hour, rest = divmod(self.second, 3600)
        minute, second = divmod(rest, 60)
        written = f"{year:04d}" if year >= 0 else f"-{-year:04d}"
        zone = self.zone() if self.offset else "Z"
        return f"{written}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}{zone}"


def _days(year: int, month: int, day: int) -> int:
    """Count days from 1970-01-01; years start in March, so that the leap day comes last."""
    year -= month <= 2
    era, of_era = divmod(year, 400)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


def _civil(days: int) -> tuple[int, int, int]:
    era, of_era = divmod(days + 719_468, 146_097)
    years = (of_era - of_era // 1_460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * years + years // 4 - years // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return era * 400 + years + (month <= 2), month, of_year - (153 * shifted + 2) // 5 + 1


def parse_timestamp(text: str) -> Instant:
    """Return the instant; raise ValueError, with what is wrong, for anything but RFC 3339 with T and zone."""
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        raise ValueError(_mistake(text))
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month:02d}")
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not 1 <= day <= _MONTH_LENGTHS[month - 1] + (leap and month == 2):
        raise ValueError(f"{year:04d}-{month:02d} has no day {day:02d}")
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(f"{hour:02d}:{minute:02d}:{second:02d} is no time of day")
    offset_hours, offset_minutes = int(found[9] or 0), int(found[10] or 0)
    if offset_hours > 23 or offset_minutes > 59:
        raise ValueError(f"{found[8]}{found[9]}:{found[10]} is no offset from UTC")
    offset = (offset_hours * 60 + offset_minutes) * 60
    nanosecond = int((found[7] or "")[:9].ljust(9, "0"))
    of_day = hour * 3600 + minute * 60 + second
    return Instant(_days(year, month, day), of_day, nanosecond, -offset if found[8] == "-" else offset)


def _mistake(text: str) -> str:
    shown = f'"{text[:40]}"'
    if _TIMESTAMP.fullmatch(f"{text}Z"):
        return f'{shown} has no time zone; end it with "Z" or an offset such as "+02:00"'
    shape = _SHAPE.match(text)
    if shape and len(text) > 10 and text[10] != "T":
        return f'{shown} needs a "T" between date and time, as in "2026-01-31T12:00:00Z"'
    return f'{shown} is not an RFC 3339 timestamp such as "2026-01-31T12:00:00Z"'


def parse_duration(text: str) -> int:
    """Return a duration such as `1h30m` or `-1.5s` in nanoseconds; raise ValueError with what is wrong."""
    body = text[1:] if text[:1] in ("-", "+") else text
    negative = text.startswith("-")
    if body == "0":
        return 0
    total, at = 0, 0
    while at < len(body):
        part = _PART.match(body, at)
        if part is None or not (part[1] or part[2]):
            raise ValueError(f'"{text[:40]}" is not a duration such as "1h30m"; each number needs a unit')
        total += _nanoseconds(part[1], part[2] or "", part[3])
        at = part.end()
    if not body or total > _LONGEST - (not negative):
        raise ValueError(f'"{text[:40]}" is {"too long a" if body else "not a"} duration; write it like "1h30m"')
    return -total if negative else total


def _nanoseconds(whole: str, broken: str, unit: str) -> int:
    size = _UNITS.get(unit)
    if size is None:
        hint = "; write days as hours" if unit in ("d", "D", "day", "days") else ""
        raise ValueError(f'"{unit[:20]}" is not a unit of time; those are ns, us, ms, s, m and h{hint}')
    if len(whole) > 30 or len(broken) > 1000:
        raise ValueError("a number in the duration has too many digits")
    scale: int = 10 ** len(broken)
    return int(whole or "0") * size + int(broken or "0") * size // scale
