"""Which value each name stands for: every assignment makes a new version of its name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from batchplan.autoscale import names
from batchplan.autoscale.evaluate import storage
from batchplan.autoscale.syntax import (
    Assign,
    Bare,
    Binary,
    Call,
    Conditional,
    Expr,
    Formula,
    Member,
    Method,
    Name,
    Stop,
    Unary,
    walk,
)

_VERSION = re.compile(r"@\d+")


@dataclass(frozen=True, slots=True)
class Step:
    """One statement: `version` is what it sets, such as "x@2"; None for an expression alone."""

    version: str | None
    value: Expr


@dataclass(frozen=True, slots=True)
class Flow:
    """The statements that are reached, with versions for names; version 0 is the value before the formula."""

    steps: tuple[Step, ...]
    definitions: Mapping[str, Expr]
    final: Mapping[str, str]

    def meaning(self, node: Expr) -> Expr:
        """What a name stands for, through other names; the node itself when it is no variable of the formula."""
        while isinstance(node, Name) and node.name in self.definitions:
            node = self.definitions[node.name]
        return node

    def reached(self, node: Expr) -> tuple[Expr, ...]:
        """Every expression that takes part in a value, through the definitions of the names in it."""
        out: list[Expr] = []
        seen: set[str] = set()
        stack = [node]
        while stack:
            for part in walk(stack.pop()):
                out.append(part)
                if isinstance(part, Name) and part.name in self.definitions and part.name not in seen:
                    seen.add(part.name)
                    stack.append(self.definitions[part.name])
        return tuple(out)


def plain(text: str) -> str:
    """A text without versions, for people."""
    return _VERSION.sub("", text)


def flow(formula: Formula) -> Flow:
    """The versions of a formula, up to a stop() statement."""
    aliases = storage(formula)
    latest: dict[str, int] = {}
    steps: list[Step] = []
    definitions: dict[str, Expr] = {}
    for statement in formula.statements:
        match statement:
            case Stop():
                break
            case Bare(value=value):
                steps.append(Step(None, _versioned(value, latest, aliases)))
            case Assign(name=name, value=value):
                name = aliases.get(name, name)
                versioned = _versioned(value, latest, aliases)
                latest[name] = latest.get(name, 0) + 1
                version = f"{name}@{latest[name]}"
                definitions[version] = versioned
                steps.append(Step(version, versioned))
    return Flow(tuple(steps), definitions, {name: f"{name}@{count}" for name, count in latest.items()})


def _versioned(node: Expr, latest: Mapping[str, int], aliases: Mapping[str, str]) -> Expr:
    def again(part: Expr) -> Expr:
        return _versioned(part, latest, aliases)

    match node:
        case Name(name=name):
            full = names.canonical(name)
            if full in names.METRICS or name in names.INTERVALS:
                return replace(node, name=full)
            name = aliases.get(name, name)
            return replace(node, name=f"{name}@{latest.get(name, 0)}")
        case Call(args=args):
            return replace(node, args=tuple(map(again, args)))
        case Method(target=target, args=args):
            return replace(node, target=again(target), args=tuple(map(again, args)))
        case Member(target=target):
            return replace(node, target=again(target))
        case Unary(operand=operand):
            return replace(node, operand=again(operand))
        case Binary(left=left, right=right):
            return replace(node, left=again(left), right=again(right))
        case Conditional(test=test, then=then, otherwise=otherwise):
            return replace(node, test=again(test), then=again(then), otherwise=again(otherwise))
        case _:
            return node
