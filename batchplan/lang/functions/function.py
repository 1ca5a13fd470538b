"""What a function is: parameters, and an implementation over plain values.

The framework converts arguments, refuses nulls, takes marks off and puts them on the result, and answers
unknown for unknown. An implementation therefore sees known, unmarked, converted values, unless a
parameter asks otherwise.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from batchplan.lang import numbers
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.types import DYNAMIC, Type
from batchplan.lang.values import (
    NO_MARKS,
    Mark,
    Marks,
    Null,
    Unknown,
    Value,
    elements,
    has_marks,
    is_known,
    is_null,
    mark,
    unmark,
    unmark_deep,
    wholly_known,
)


class ArgumentError(Exception):
    """An argument that cannot be used: its index among the arguments, and why."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index
        self.reason = reason


class FunctionError(Exception):
    """A call that has no result although each argument alone is fine."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter. Unless said otherwise: no null, no unknown, no marks; unknown inside a container is fine.

    `whole`: unknown at any depth makes the result unknown. `unknown`, `marked`: the implementation is
    handed such values as they are.
    """

    name: str
    type: Type = DYNAMIC
    nullable: bool = False
    unknown: bool = False
    marked: bool = False
    whole: bool = False


Implementation = Callable[..., Value]
Returns = Type | Callable[[Sequence[Value]], Type]


@dataclass(frozen=True, slots=True)
class Function:
    """A built-in function. `returns` is its type, or computes it from the arguments when some are unknown.

    `may_be_null` says that the result can be null, so that an unknown result might turn out to be.
    """

    name: str
    parameters: tuple[Parameter, ...]
    returns: Returns
    implementation: Implementation = field(repr=False)
    variadic: Parameter | None = None
    description: str = ""
    may_be_null: bool = False

    def parameter(self, index: int) -> Parameter:
        """Return the parameter of an argument's index."""
        if index < len(self.parameters):
            return self.parameters[index]
        assert self.variadic is not None, "the caller has counted the arguments"
        return self.variadic

    def accepts(self, count: int) -> bool:
        """Return whether that many arguments may be given."""
        return count >= len(self.parameters) and (self.variadic is not None or count == len(self.parameters))

    def call(self, arguments: Sequence[Value]) -> Value:
        """Return the result; raise ArgumentError or FunctionError. The number of arguments has been checked.

        No reason gives away what is sensitive in the arguments.
        """
        try:
            return self._call(arguments)
        except ArgumentError as error:
            raise ArgumentError(error.index, _discreet(error.reason, arguments)) from None
        except FunctionError as error:
            raise FunctionError(_discreet(str(error), arguments)) from None

    def _call(self, arguments: Sequence[Value]) -> Value:
        prepared: list[Value] = []
        marks: Marks = NO_MARKS
        defer = False
        for index, argument in enumerate(arguments):
            parameter = self.parameter(index)
            value, more, wait = _prepare(index, parameter, argument)
            prepared.append(value)
            marks |= more
            defer |= wait
        result: Value
        if defer:
            marks = marks.union(*(unmark_deep(value)[1] for value in prepared))
            returns = self.returns(prepared) if callable(self.returns) else self.returns
            result = Unknown(returns, not_null=returns is not DYNAMIC and not self.may_be_null)
        else:
            result = self.implementation(*prepared)
        return mark(result, marks) if marks else result


def _discreet(reason: str, arguments: Sequence[Value]) -> str:
    for secret in (text for argument in arguments for text in _secrets(argument, hidden=False)):
        if (secret[:20] if len(secret) > 3 else f'"{secret}"') in reason:
            return "an argument is sensitive, so the reason is not shown; with nonsensitive() around it, it would be"
    return reason


def _secrets(value: Value, *, hidden: bool) -> Iterator[str]:
    """Yield the texts of all strings and numbers that are marked as sensitive."""
    plain, marks = unmark(value)
    hidden = hidden or Mark.SENSITIVE in marks
    if hidden and isinstance(plain, str):
        yield plain
    elif hidden and numbers.is_number(plain):
        yield numbers.to_text(plain)  # type: ignore[arg-type]
    for item in elements(plain):
        yield from _secrets(item, hidden=hidden)


def _prepare(index: int, parameter: Parameter, value: Value) -> tuple[Value, Marks, bool]:
    """Return the argument as the implementation wants it, its marks, and whether the result is unknown."""
    if parameter.type is not DYNAMIC:
        try:
            value = convert(value, parameter.type)
        except ConversionError as error:
            raise ArgumentError(index, str(error)) from None
    if not parameter.nullable and (type(value) is Null or is_null(value)):
        raise ArgumentError(index, "it must not be null")
    wait = not parameter.unknown and (not is_known(value) or (parameter.whole and not wholly_known(value)))
    marks: Marks = NO_MARKS
    if not parameter.marked and has_marks(value):
        value, marks = unmark_deep(value)
    return value, marks, wait


def function(
    name: str,
    *parameters: Parameter,
    returns: Returns,
    variadic: Parameter | None = None,
    may_be_null: bool = False,
) -> Callable[[Implementation], Function]:
    """Make a `Function` of an implementation; the first line of its docstring is the description."""

    def make(implementation: Implementation) -> Function:
        description = (implementation.__doc__ or "").strip().split("\n")[0]
        return Function(name, parameters, returns, implementation, variadic, description, may_be_null)

    return make
