"""What is wrong with a document: each value by its constraints, each block by its rules."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from batchplan.schema.constraint import Constraint
from batchplan.schema.document import UNKNOWN, Secret, leaves, reveal
from batchplan.schema.registry import KINDS
from batchplan.schema.rule import Problem
from batchplan.schema.shape import Argument, Nested, Shape


def problems(kind: str, document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with a document of a kind; what is not known is not wrong."""
    yield from _block(KINDS[kind].shape, document)


def _block(shape: Shape, document: Mapping[str, Any]) -> Iterator[Problem]:
    for needed in shape.required:
        if document.get(needed.name) is None:
            yield Problem((needed.name,), f'"{needed.name}" is required.', missing=True)
    for name, value in document.items():
        member = shape.member(name)
        assert member is not None, f"documents hold only what the shape has, not {name}"
        if value is not None and value is not UNKNOWN:
            yield from _member(member, value)
    yield from rule_problems(shape, document)


def _member(member: Argument | Nested, value: Any) -> Iterator[Problem]:
    if isinstance(member, Argument):
        detail = argument_problem(member, value)
        if detail is not None:
            yield Problem((member.name,), detail)
        return
    detail = count_problem(member, value)
    if detail is not None:
        yield Problem((member.name,), detail)
    inner: Iterable[tuple[tuple[str | int, ...], Any]] = [((), value)]
    if member.nesting == "list":
        inner = [((at,), item) for at, item in enumerate(value)]
    elif member.nesting == "map":
        inner = [((label,), item) for label, item in value.items()]
    for step, item in inner:
        for problem in _block(member.shape, item):
            yield replace(problem, path=(member.name, *step, *problem.path))


def rule_problems(shape: Shape, document: Mapping[str, Any]) -> list[Problem]:
    """Return what the rules between the members of one block find, in words that show no secret."""
    found = [problem for rule in shape.rules for problem in rule(document)]
    if not found:
        return found
    hidden = {str(part) for _, value in leaves(document) if isinstance(value, Secret) for part in _texts(value)}
    return [replace(problem, detail=_without(problem.detail, hidden)) for problem in found]


def _texts(secret: Secret) -> Iterator[Any]:
    for _, part in leaves(secret.reveal()):
        yield reveal(part)


def _without(text: str, hidden: Iterable[str]) -> str:
    for secret in sorted(hidden, key=len, reverse=True):
        if secret:
            text = re.sub(rf"(?<!\w){re.escape(secret)}(?!\w)", "(sensitive)", text)
    return text


def count_problem(nested: Nested, value: Any) -> str | None:
    """Return what is wrong with how many blocks there are."""
    if value is UNKNOWN:
        return None
    for constraint in nested.constraints:
        problem = constraint.problem(value)
        if problem is not None:
            return f'The blocks "{nested.name}": {_lower(problem)}'
    return None


def argument_problem(argument: Argument, value: Any) -> str | None:
    """Return what is wrong with a value of an argument, in words that show no secret."""
    revealed = reveal(value)
    if argument.whole and type(revealed) is not int:
        return f'The argument "{argument.name}" takes a whole number.'
    for constraint in argument.constraints:
        problem = constraint.problem(revealed)
        if problem is not None:
            return _told(argument, constraint, problem, "", hidden=value is not revealed)
    if not argument.inner or not isinstance(revealed, list):
        return None
    for at, part in enumerate(revealed):
        for constraint in argument.inner:
            inside = reveal(part)
            problem = None if inside is UNKNOWN or inside is None else constraint.problem(inside)
            if problem is not None:
                hidden = value is not revealed or part is not inside
                return _told(argument, constraint, problem, f"[{at}]", hidden=hidden)
    return None


def _told(argument: Argument, constraint: Constraint, problem: str, where: str, *, hidden: bool) -> str:
    if hidden:
        return f'The argument "{argument.name}" is sensitive and not shown; allowed is {constraint.describe()}.'
    return f'The argument "{argument.name}{where}": {_lower(problem)}'


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
