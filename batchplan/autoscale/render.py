"""Writes a parsed form back as text, in one way for each meaning: no needless parentheses, no layout."""

from batchplan.autoscale.parse import PRECEDENCE
from batchplan.autoscale.syntax import (
    Assign,
    Bad,
    Bare,
    Binary,
    Call,
    Conditional,
    Expr,
    Formula,
    Member,
    Method,
    Name,
    Number,
    Statement,
    Stop,
    Text,
    Unary,
)

_CHOICE, _UNARY, _POSTFIX = 0, 6, 7


def number_literal(value: float) -> str:
    """A number as one would write it; reading it back gives the same double."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def expression(node: Expr) -> str:
    """The text of an expression."""
    return _text(node, _CHOICE)


def statement(node: Statement) -> str:
    """The text of a statement, without its semicolon."""
    match node:
        case Assign(name=name, value=value):
            return f"{name} = {expression(value)}"
        case Stop():
            return "stop()"
        case Bare(value=value):
            return expression(value)


def canonical(formula: Formula) -> str:
    """One text for all formulas that differ in layout, comments and needless parentheses only."""
    return "".join(f"{statement(item)};\n" for item in formula.statements)


def _text(node: Expr, context: int) -> str:
    text, level = _written(node)
    return f"({text})" if level < context else text


def _written(node: Expr) -> tuple[str, int]:
    match node:
        case Number(value=value):
            return ("1e999" if value == float("inf") else number_literal(value)), _POSTFIX
        case Text(value=value):
            return (f"'{value}'" if '"' in value else f'"{value}"'), _POSTFIX
        case Name(name=name):
            return name, _POSTFIX
        case Call(name=name, args=args):
            return f"{name}({_list(args)})", _POSTFIX
        case Method(target=target, name=name, args=args):
            return f"{_text(target, _POSTFIX)}.{name}({_list(args)})", _POSTFIX
        case Member(target=target, name=name):
            return f"{_text(target, _POSTFIX)}.{name}", _POSTFIX
        case Unary(op=op, operand=operand):
            return f"{op}{_text(operand, _UNARY)}", _UNARY
        case Binary(op=op, left=left, right=right):
            level = PRECEDENCE[op]
            return f"{_text(left, level)} {op} {_text(right, level + 1)}", level
        case Conditional(test=test, then=then, otherwise=otherwise):
            return f"{_text(test, 1)} ? {_text(then, _CHOICE)} : {_text(otherwise, _CHOICE)}", _CHOICE
        case Bad():
            return "<fault>", _POSTFIX


def _list(args: tuple[Expr, ...]) -> str:
    return ", ".join(_text(arg, _CHOICE) for arg in args)
