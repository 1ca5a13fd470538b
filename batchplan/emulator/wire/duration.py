"""ISO 8601 durations as the service reads and writes them: .NET time spans, in ticks."""

import re

from batchplan.emulator import ticks

UNLIMITED = (1 << 63) - 1  # the longest time span there is; the service writes it for "no limit"
_MINUTE = 60 * ticks.PER_SECOND
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR
_ISO = re.compile(
    r"(-)?P(?:(\d{1,7})Y)?(?:(\d{1,8})M)?(?:(\d{1,8})W)?(?:(\d{1,8})D)?"
    r"(T(?:(\d{1,10})H)?(?:(\d{1,12})M)?(?:(\d{1,14})(?:\.(\d{1,30}))?S)?)?"
)
_UNITS = (365 * _DAY, 30 * _DAY, 7 * _DAY, _DAY)


def parse(text: str) -> int:
    """Return the ticks of a duration; a year is 365 days and a month 30. Raise ValueError when it is none."""
    found = _ISO.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a duration: {text!r}")
    sign, *dates, clock, hours, minutes, seconds, fraction = found.groups()
    if clock == "T" or not any((*dates, clock)):
        raise ValueError(f"not a duration: {text!r}")
    total = sum(int(count or 0) * unit for count, unit in zip(dates, _UNITS, strict=True))
    total += int(hours or 0) * _HOUR + int(minutes or 0) * _MINUTE + int(seconds or 0) * ticks.PER_SECOND
    total += int((fraction or "").ljust(7, "0")[:7])
    if total > UNLIMITED:
        raise ValueError(f"too long: {text!r}")
    return -total if sign else total


def write(amount: int) -> str:
    """Return `P1DT2H3M4.5S`, with nothing that is zero but in `PT0S`."""
    if amount == 0:
        return "PT0S"
    sign, rest = ("-", -amount) if amount < 0 else ("", amount)
    days, rest = divmod(rest, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    seconds, fraction = divmod(rest, ticks.PER_SECOND)
    point = f".{fraction:07d}".rstrip("0") if fraction else ""
    parts = ((hours, f"{hours}H"), (minutes, f"{minutes}M"), (seconds or fraction, f"{seconds}{point}S"))
    clock = "".join(text for count, text in parts if count)
    return f"{sign}P{f'{days}D' if days else ''}{f'T{clock}' if clock else ''}"


def normalise(text: str) -> str:
    """Return a duration as the service gives it back: `PT15M` for `PT15M00S`. Raise ValueError when it is none."""
    return write(parse(text))
