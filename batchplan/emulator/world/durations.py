"""ISO 8601 durations as the service reads and writes them.

A year counts 365 days and a month 30 (recorded: `P3Y6M4DT12H30M5S` comes back as `P1279DT12H30M5S`).
"No limit" is the largest .NET time span.
"""

import re
from functools import lru_cache

from batchplan.emulator import ticks

UNLIMITED = "P10675199DT2H48M5.4775807S"
UNLIMITED_TICKS = 2**63 - 1

_NUMBER = r"(\d+(?:\.\d+)?)"
_FORM = re.compile(
    rf"P(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)
_DAY = 86_400
_SECONDS = (365 * _DAY, 30 * _DAY, 7 * _DAY, _DAY, 3_600, 60, 1)


@lru_cache(maxsize=1024)
def parse(text: str) -> int:
    """Return the ticks of a duration; raise ValueError when the text is none."""
    found = _FORM.fullmatch(text.strip())
    if found is None or text.strip().endswith(("P", "T")):
        raise ValueError(f"not a duration: {text!r}")
    total = 0
    for part, unit in zip(found.groups(), _SECONDS, strict=True):
        if part:
            whole, _, fraction = part.partition(".")
            total += (int(whole) * ticks.PER_SECOND + int(fraction.ljust(7, "0")[:7] or 0)) * unit
    return min(total, UNLIMITED_TICKS)


def render(amount: int) -> str:
    """Return the service's spelling of ticks: `PT15M`, `P1DT2H`, `PT0S`."""
    days, rest = divmod(amount, _DAY * ticks.PER_SECOND)
    hours, rest = divmod(rest, 3_600 * ticks.PER_SECOND)
    minutes, rest = divmod(rest, 60 * ticks.PER_SECOND)
    whole, fraction = divmod(rest, ticks.PER_SECOND)
    seconds = f"{whole}.{fraction:07d}".rstrip("0").rstrip(".") if fraction else str(whole)
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
    clock += f"{seconds}S" if whole or fraction else ""
    date = f"{days}D" if days else ""
    return f"P{date}" + (f"T{clock}" if clock else "") if date or clock else "PT0S"


@lru_cache(maxsize=1024)
def canonical(text: str) -> str:
    """Return a duration as the service reads it back; raise ValueError when the text is none."""
    return render(parse(text))


def seconds(text: str) -> float:
    """Return the seconds of a duration."""
    return parse(text) / ticks.PER_SECOND
