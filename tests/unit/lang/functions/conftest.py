"""Evaluating expressions with all functions, and seeing results as plain data."""

from collections.abc import Callable
from pathlib import Path

import pytest

from batchplan.core.source import Source
from batchplan.lang import numbers
from batchplan.lang.compile import compile_expression
from batchplan.lang.library import library
from batchplan.lang.numbers import BigFloat
from batchplan.lang.parse import parse_expression
from batchplan.lang.values import RECORDS, SEQUENCES, Null, Value, type_of, unmark

Evaluate = Callable[..., Value]


@pytest.fixture(scope="session")
def evaluate(tmp_path_factory: pytest.TempPathFactory) -> Evaluate:
    """Evaluate an expression over variables, given by name; `base` is the folder of the module."""
    functions = {None: library(tmp_path_factory.mktemp("module"))}

    def run(text: str, base: Path | None = None, /, **variables: Value) -> Value:
        if base not in functions:
            functions[base] = library(base)
        source = Source("test", text)
        return compile_expression(parse_expression(source), source, functions[base]).evaluate(variables)

    return run


@pytest.fixture(scope="session")
def plain() -> Callable[[Value], object]:
    """Return a value as Python data: marks dropped, fractions as their text, null as None."""

    def show(value: Value) -> object:
        value, _ = unmark(value)
        if isinstance(value, Null):
            return None
        if isinstance(value, BigFloat):
            return numbers.to_text(value)
        if isinstance(value, SEQUENCES):
            return [show(item) for item in value.items]
        if isinstance(value, RECORDS):
            return {name: show(item) for name, item in value.entries.items()}
        return value

    return show


@pytest.fixture(scope="session")
def answer(evaluate: Evaluate, plain: Callable[[Value], object]) -> Callable[[str], tuple[object, str]]:
    """Evaluate an expression; return its value as plain data, and its type as text."""

    def run(text: str) -> tuple[object, str]:
        value = evaluate(text)
        return plain(value), str(type_of(value))

    return run
