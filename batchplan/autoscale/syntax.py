"""The parsed form of a formula. Every node knows the range of text it came from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    value: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal; its only use is as the argument of time()."""

    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Call:
    """`open` is the offset of the parenthesis: the service reports faults of a call there."""

    name: str
    args: tuple["Expr", ...]
    open: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Member:
    target: "Expr"
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Method:
    target: "Expr"
    name: str
    args: tuple["Expr", ...]
    open: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Unary:
    op: str
    operand: "Expr"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    left: "Expr"
    right: "Expr"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Conditional:
    test: "Expr"
    then: "Expr"
    otherwise: "Expr"
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Bad:
    """Stands where the text could not be understood; the fault is already reported."""

    start: int
    end: int


Expr: TypeAlias = Number | Text | Name | Call | Member | Method | Unary | Binary | Conditional | Bad


@dataclass(frozen=True, slots=True)
class Assign:
    """`start` to `name_end` is the name."""

    name: str
    value: Expr
    name_end: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Stop:
    """The statement stop()."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Bare:
    """An expression that is assigned to nothing; always reported, kept so that the rest can be checked."""

    value: Expr
    start: int
    end: int


Statement: TypeAlias = Assign | Stop | Bare


@dataclass(frozen=True, slots=True)
class Formula:
    """A whole formula: what could be understood of `text`."""

    text: str = field(repr=False)
    statements: tuple[Statement, ...]


def children(node: Expr) -> tuple[Expr, ...]:
    """The direct parts of an expression, in the order of the text."""
    match node:
        case Call(args=args):
            return args
        case Member(target=target):
            return (target,)
        case Method(target=target, args=args):
            return (target, *args)
        case Unary(operand=operand):
            return (operand,)
        case Binary(left=left, right=right):
            return (left, right)
        case Conditional(test=test, then=then, otherwise=otherwise):
            return (test, then, otherwise)
        case _:
            return ()


def walk(node: Expr) -> Iterator[Expr]:
    """Every expression in `node`, itself first, in the order of the text."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def depth(node: Expr) -> int:
    """How many nodes lie on the longest way from `node` to a leaf; works on trees too deep to recurse into."""
    deepest, level = 0, [node]
    while level:
        deepest += 1
        level = [child for parent in level for child in children(parent)]
    return deepest


def names(node: Expr) -> Iterator[Name]:
    """Every name read in an expression."""
    return (part for part in walk(node) if isinstance(part, Name))
