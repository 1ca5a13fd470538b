"""Functions of time."""

import re

from batchplan.lang import numbers
from batchplan.lang.functions.context import FunctionContext
from batchplan.lang.functions.function import ArgumentError, Function, Parameter, function
from batchplan.lang.functions.instants import Instant, parse_duration, parse_timestamp
from batchplan.lang.types import NUMBER, STRING
from batchplan.lang.values import Unknown, Value

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TOKEN = re.compile(r"''|'(?:[^']|'')*'?|([A-Za-z])\1*|[^'A-Za-z]+")
_VERBS = {
    "Y": "YY or YYYY",
    "M": "M, MM, MMM or MMMM",
    "D": "D or DD",
    "E": "EEE or EEEE",
    "h": "h or hh",
    "H": "H or HH",
    "A": "AA",
    "a": "aa",
    "m": "m or mm",
    "s": "s or ss",
    "Z": "Z, ZZZ, ZZZZ or ZZZZZ",
}


def _fields(instant: Instant) -> dict[str, str]:
    """Return what each verb of formatdate() stands for."""
    year, month, day = instant.date
    hour, rest = divmod(instant.second, 3600)
    minute, second = divmod(rest, 60)
    twelve = hour % 12 or 12
    return {
        "YYYY": f"{year:04d}",
        "YY": f"{year % 100:02d}",
        "MMMM": _MONTHS[month - 1],
        "MMM": _MONTHS[month - 1][:3],
        "MM": f"{month:02d}",
        "M": str(month),
        "DD": f"{day:02d}",
        "D": str(day),
        "EEEE": _DAYS[instant.weekday],
        "EEE": _DAYS[instant.weekday][:3],
        "hh": f"{hour:02d}",
        "h": str(hour),
        "HH": f"{twelve:02d}",
        "H": str(twelve),
        "AA": "AM" if hour < 12 else "PM",
        "aa": "am" if hour < 12 else "pm",
        "mm": f"{minute:02d}",
        "m": str(minute),
        "ss": f"{second:02d}",
        "s": str(second),
        "ZZZZZ": instant.zone(),
        "ZZZZ": instant.zone(""),
        "ZZZ": instant.zone("") if instant.offset else "UTC",
        "Z": instant.zone() if instant.offset else "Z",
    }


def _instant(text: str, index: int) -> Instant:
    try:
        return parse_timestamp(text)
    except ValueError as error:
        raise ArgumentError(index, str(error)) from None


@function("formatdate", Parameter("format", STRING), Parameter("time", STRING), returns=STRING)
def formatdate(layout: str, time: str) -> Value:
    """A timestamp written another way, such as "DD MMM YYYY hh:mm"; text in single quotes stays."""
    fields = _fields(_instant(time, 1))
    return "".join(_written(piece[0], fields) for piece in _TOKEN.finditer(layout))


def _written(piece: str, fields: dict[str, str]) -> str:
    if piece.startswith("'"):
        if len(piece) == 1 or not piece.endswith("'"):
            raise ArgumentError(0, f"the quote before {piece[1:20]!r} is not closed; write '' for a single quote")
        return "'" if piece == "''" else piece[1:-1].replace("''", "'")
    if not (piece[0].isascii() and piece[0].isalpha()):
        return piece
    if piece in fields:
        return fields[piece]
    known = _VERBS.get(piece[0])
    hint = f"write {known}" if known else "put text that is to stay in single quotes"
    raise ArgumentError(0, f'"{piece[:20]}" stands for nothing; {hint}')


@function("timeadd", Parameter("timestamp", STRING), Parameter("duration", STRING), returns=STRING)
def timeadd(timestamp: str, duration: str) -> Value:
    """The timestamp later by a duration such as "1h30m", earlier by "-10m"."""
    instant = _instant(timestamp, 0)
    try:
        return str(instant.plus(parse_duration(duration)))
    except ValueError as error:
        raise ArgumentError(1, str(error)) from None


@function("timecmp", Parameter("timestamp_a", STRING), Parameter("timestamp_b", STRING), returns=NUMBER)
def timecmp(first: str, second: str) -> Value:
    """-1, 0 or 1, as the first timestamp is before, at or after the second."""
    left, right = _instant(first, 0).order, _instant(second, 1).order
    return numbers.short((left > right) - (left < right))


FUNCTIONS: tuple[Function, ...] = (formatdate, timeadd, timecmp)


def functions(context: FunctionContext) -> tuple[Function, ...]:
    """Return the functions that tell the time. It is known from the plan on; timestamp() never before apply."""

    @function("plantimestamp", returns=STRING)
    def plantimestamp() -> Value:
        """The time of the plan."""
        return Unknown(STRING, not_null=True) if context.plan_timestamp is None else context.plan_timestamp

    @function("timestamp", returns=STRING)
    def timestamp() -> Value:
        """The time at which the value is used, which is not known before apply."""
        return Unknown(STRING, not_null=True)

    return (plantimestamp, timestamp)
