"""What functions need of their surroundings: a module's folder, the time of the plan, templates."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from batchplan.core.source import Source
from batchplan.lang.values import Value


@dataclass(frozen=True, slots=True)
class FunctionContext:
    """`base` is the folder that relative paths start from, and `root` where they are looked for next.

    `plan_timestamp` is the RFC 3339 time of the plan, None while there is none. `render` evaluates a
    template text over variables and raises `core.diagnostics.Fault`; its last argument names functions
    the template may not call.
    """

    base: Path
    plan_timestamp: str | None
    render: Callable[[Source, Mapping[str, Value], frozenset[str]], Value]
    root: Path
