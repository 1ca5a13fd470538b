"""The function table of a module: every built-in, bound to its surroundings."""

from collections.abc import Mapping
from pathlib import Path

from batchplan.core.source import Source
from batchplan.lang.compile import compile_expression
from batchplan.lang.functions.context import FunctionContext
from batchplan.lang.functions.function import Function
from batchplan.lang.functions.registry import build
from batchplan.lang.parse import parse_template
from batchplan.lang.values import Value


def library(base: Path, root: Path | None = None, plan_timestamp: str | None = None) -> dict[str, Function]:
    """Return all functions for the module in the folder `base`.

    Relative paths are looked for in `base`, then in `root`, the folder the command runs in, which is what
    `path.module` is relative to. Without a plan there is no plantimestamp().
    """
    table: dict[str, Function] = {}

    def render(source: Source, variables: Mapping[str, Value], excluded: frozenset[str]) -> Value:
        functions = {name: function for name, function in table.items() if name not in excluded}
        return compile_expression(parse_template(source), source, functions).evaluate(variables)

    table.update(build(FunctionContext(base, plan_timestamp, render, root or base)))
    return table
