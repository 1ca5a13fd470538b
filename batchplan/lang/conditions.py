"""Conditions, and the results they choose between."""

from collections.abc import Callable

from batchplan.core.codes import INCONSISTENT_RESULTS, INVALID_CONDITION
from batchplan.core.diagnostics import Fault, fault
from batchplan.core.source import Range
from batchplan.lang.convert import ConversionError, convert, unify
from batchplan.lang.nodes import (
    Binary,
    Expression,
    Parentheses,
    Template,
    TemplateFor,
    TemplateIf,
    Unary,
)
from batchplan.lang.types import BOOL, DYNAMIC, NUMBER, STRING, Type
from batchplan.lang.values import NULL, UNKNOWN, Marks, Null, Unknown, Value, mark, type_of, unmark

Result = Callable[[], Value]
"""Evaluates one result of a conditional; raises `Fault` when it has no value."""


def decide(value: Value, at: Range) -> tuple[bool | None, Marks]:
    """Return a condition as a bool (None when unknown) and its marks; raise Fault when it is none."""
    plain, marks = unmark(value)
    if type(plain) is bool:
        return plain, marks
    if type(plain) is Null:
        raise fault(INVALID_CONDITION, "The condition is null; it must be true or false.", at)
    try:
        truth = convert(plain, BOOL)
    except ConversionError as error:
        raise fault(INVALID_CONDITION, f"The condition must be true or false: {error}.", at) from None
    return (truth if type(truth) is bool else None), marks


def static_type(node: Expression) -> Type:
    """Return the type of an expression whatever its operands are, dynamic where that depends on them.

    It is the type of a result that could not be worked out.
    """
    match node:
        case Binary(operator=operator):
            return NUMBER if operator in ("+", "-", "*", "/", "%") else BOOL
        case Unary(operator=operator):
            return NUMBER if operator == "-" else BOOL
        case Template() | TemplateIf() | TemplateFor():
            return STRING
        case Parentheses(inner=inner):
            return static_type(inner)
    return DYNAMIC


def choose(chosen: bool | None, then: Result, otherwise: Result, at: Range, types: tuple[Type, Type]) -> Value:
    """Return the chosen result (unknown when it is not known which), as the one type of both.

    Both are evaluated, because together they decide the type; only the chosen one may fail the whole.
    Whatever is sensitive about one of them makes the result sensitive.
    `types` are theirs where they fail.
    """
    left, left_fault = _attempt(then, types[0])
    right, right_fault = _attempt(otherwise, types[1])
    result_type = _common(left, right, at)
    failed = (left_fault or right_fault) if chosen is None else left_fault if chosen else right_fault
    if failed is not None:
        raise failed
    marks = unmark(left)[1] | unmark(right)[1]
    if chosen is None:
        return mark(Unknown(result_type), marks)
    try:
        return mark(convert(left if chosen else right, result_type), marks)
    except ConversionError as error:
        word = "true" if chosen else "false"
        raise fault(INCONSISTENT_RESULTS, f"The {word} result does not fit the type of both: {error}.", at) from None


def _common(left: Value, right: Value, at: Range) -> Type:
    if left is UNKNOWN and right is UNKNOWN:
        return DYNAMIC
    if left is NULL:
        return type_of(right)
    if right is NULL:
        return type_of(left)
    unified = unify([type_of(left), type_of(right)])
    if unified is None:
        detail = (
            "Both results must be of one type. The true one is "
            f"{type_of(left)}, the false one {type_of(right)}. Convert one of them."
        )
        raise fault(INCONSISTENT_RESULTS, detail, at)
    return unified


def _attempt(run: Result, of: Type) -> tuple[Value, Fault | None]:
    try:
        return run(), None
    except Fault as error:
        return UNKNOWN if of is DYNAMIC else Unknown(of), error
