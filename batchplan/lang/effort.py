"""How much one evaluation may make: loops within loops end in a diagnostic, not in the memory or at night.

Nothing here depends on time, so an expression that is fine on one machine is fine on all.
"""

import threading

from batchplan.core.codes import TOO_LARGE
from batchplan.core.diagnostics import Fault, fault
from batchplan.core.source import Range
from batchplan.lang.values import RECORDS, SEQUENCES, Value

MAX_ELEMENTS = 4_000_000
"""Turns of loops and elements of what functions return, all together."""

MAX_CHARACTERS = 512 << 20
"""Characters of all the strings that functions and templates make."""

_SMALL = 256


class _Spent(threading.local):
    """What the evaluation that runs in this thread has made so far."""

    depth = 0
    elements = 0
    characters = 0
    exceeded: Fault | None = None


_spent = _Spent()


def begin() -> None:
    """Begin an evaluation. One within another, as of a template file, counts for the outer one."""
    if _spent.depth == 0:
        _spent.elements = _spent.characters = 0
        _spent.exceeded = None
    _spent.depth += 1


def end() -> None:
    """End what `begin` began; raise Fault at the end of the outermost where a try() has hidden it."""
    _spent.depth -= 1
    if _spent.depth == 0 and _spent.exceeded is not None:
        raise _spent.exceeded


def spend_elements(count: int, at: Range) -> None:
    """Count turns or elements; raise Fault when they are too many."""
    if not _spent.depth:
        return
    _spent.elements += count
    if _spent.elements > MAX_ELEMENTS:
        raise _exceeded(f"{MAX_ELEMENTS:,} elements", at)


def spend_on(value: Value, at: Range) -> None:
    """Count what a function or a template made; raise Fault when it is too much."""
    kind = type(value)
    if kind is str:
        if len(value) > _SMALL and _spent.depth:  # type: ignore[arg-type]
            _spent.characters += len(value)  # type: ignore[arg-type]
            if _spent.characters > MAX_CHARACTERS:
                raise _exceeded(f"{MAX_CHARACTERS >> 20} million characters", at)
    elif kind in SEQUENCES:
        spend_elements(len(value.items), at)  # type: ignore[union-attr]
    elif kind in RECORDS:
        spend_elements(len(value.entries), at)  # type: ignore[union-attr]


def _exceeded(limit: str, at: Range) -> Fault:
    detail = f"To work this out, one expression makes more than {limit}. Look for loops within loops."
    _spent.exceeded = fault(TOO_LARGE, detail, at)
    return _spent.exceeded
