"""Primitive values of a body: what is taken for what, as the service takes it.

Numbers and booleans may come as strings (the Azure CLI sends them so); enum values in any case.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError, invalid_property, refuse
from batchplan.emulator.world import durations

_INTEGER = re.compile(r"[+-]?\d{1,19}")
_MAX_DEPTH = 50
_BOOLEANS = {"true": True, "false": False}


def _mismatch(name: str, kind: str) -> ServiceError:
    return refuse("InvalidRequestBody", ("Reason", f"The value of the property '{name}' is not of type '{kind}'."))


def string(name: str, item: object) -> str:
    """Return a string as it is."""
    if not isinstance(item, str):
        raise _mismatch(name, "Edm.String")
    try:
        item.encode()
    except UnicodeEncodeError:
        raise _mismatch(name, "Edm.String") from None
    return item


def integer(name: str, item: object) -> int:
    """Return a 32-bit integer from a number or from its digits."""
    if isinstance(item, str) and _INTEGER.fullmatch(item.strip()):
        item = int(item)
    if isinstance(item, float) and item.is_integer():
        item = int(item)
    if not isinstance(item, int) or isinstance(item, bool) or not -(1 << 31) <= item < 1 << 31:
        raise _mismatch(name, "Edm.Int32")
    return item


def number(name: str, item: object) -> float:
    """Return a finite number, from a number or from its digits."""
    try:
        value = float(item) if isinstance(item, int | float | str) and not isinstance(item, bool) else math.nan
    except (ValueError, OverflowError):
        value = math.nan
    if not math.isfinite(value):
        raise _mismatch(name, "Edm.Double")
    return value


def boolean(name: str, item: object) -> bool:
    """Return a boolean, also from its name."""
    value = _BOOLEANS.get(item.lower()) if isinstance(item, str) else item
    if not isinstance(value, bool):
        raise _mismatch(name, "Edm.Boolean")
    return value


def datetime(name: str, item: object) -> str:
    """Return a timestamp as the service writes it."""
    text = string(name, item)
    try:
        return ticks.isoformat(ticks.parse_iso(text))
    except (ValueError, OverflowError):
        raise _mismatch(name, "Edm.DateTime") from None


def time_span(name: str, item: object) -> str:
    """Return a duration as the service writes it."""
    text = string(name, item)
    try:
        return durations.canonical(text)
    except ValueError:
        raise _mismatch(name, "Edm.Time") from None


def anything(name: str, item: object) -> object:
    """Return free-form JSON as it is, unless it is nested very deeply or holds a number JSON cannot write."""
    if not _writable(item, _MAX_DEPTH):
        raise _mismatch(name, "Edm.Untyped")
    return item


def _writable(item: object, depth: int) -> bool:
    match item:
        case dict():
            return depth > 0 and all(_writable(one, depth - 1) for one in item.values())
        case list():
            return depth > 0 and all(_writable(one, depth - 1) for one in item)
        case float():
            return math.isfinite(item)
    return True


def enum(name: str, item: object, values: Mapping[str, str]) -> str:
    """Return an enum value in the spelling of answers; `values` maps lower case to it."""
    text = string(name, item)
    found = values.get(text.lower())
    if found is None:
        known = ", ".join(values.values())
        raise invalid_property(name, text, f"The value must be one of: {known}")
    return found


READERS: dict[str, Callable[[str, object], Any]] = {
    "string": string,
    "integer": integer,
    "number": number,
    "boolean": boolean,
    "datetime": datetime,
    "duration": time_span,
    "object": anything,
}
