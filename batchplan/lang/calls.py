"""Function calls, and the four that see expressions: try, can, convert and, in the console, type."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from batchplan.core.codes import (
    FUNCTION_FAILED,
    INVALID_CONVERSION,
    INVALID_FUNCTION_ARGUMENT,
    UNKNOWN_FUNCTION,
    WRONG_ARGUMENT_COUNT,
)
from batchplan.core.diagnostics import Fault, fault
from batchplan.core.source import Range
from batchplan.core.suggest import did_you_mean
from batchplan.lang import effort
from batchplan.lang.convert import ConversionError
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError
from batchplan.lang.nodes import Call, Expression, Index, RelativeTraversal, Traversal
from batchplan.lang.typeexpr import parse_type
from batchplan.lang.types import BOOL
from batchplan.lang.values import (
    UNKNOWN,
    ListValue,
    Marks,
    Null,
    SetValue,
    TupleValue,
    TypeValue,
    Unknown,
    Value,
    mark,
    type_of,
    unmark,
    unmark_deep,
    wholly_known,
)

if TYPE_CHECKING:
    from batchplan.lang.compile import Compiler
    from batchplan.lang.compiled import Closure, Environment

CORE = "core::"
SPECIAL = frozenset({"try", "can", "convert"})


def compile_call(compiler: "Compiler", node: Call, bound: frozenset[str]) -> "Closure":
    """Return the closure of a call. A function that does not exist fails when it is called, not before."""
    name = node.name.removeprefix(CORE)
    match name:
        case "try":
            return _try(compiler, node, bound)
        case "can":
            return _can(compiler, node, bound)
        case "convert":
            return _convert(compiler, node, bound)
        case "type" if compiler.console:
            return compile_type(compiler, node, bound)
        case "templatestring" if node.arguments and not _is_reference(node.arguments[0]):
            for argument in node.arguments:
                compiler.compile(argument, bound)  # so that what they refer to is checked, even within try()
            return _refusing(_no_reference(compiler, node))
    function = compiler.functions.get(name)
    closures = [compiler.compile(argument, bound) for argument in node.arguments]
    if function is None:
        error = unknown_function(compiler, node)

        def fail(_: "Environment") -> Value:
            raise error

        return fail
    if node.expand:
        return _expanding(compiler, node, function, closures)
    if not function.accepts(len(closures)):
        wrong = _wrong_count(compiler, node, function, len(closures))

        def refuse(_: "Environment") -> Value:
            raise wrong

        return refuse
    return _plain(compiler, node, function, closures)


def _refusing(error: Fault) -> "Closure":
    def refuse(_: "Environment") -> Value:
        raise error

    return refuse


def _is_reference(node: Expression) -> bool:
    while isinstance(node, Index | RelativeTraversal):
        node = node.collection if isinstance(node, Index) else node.source
    return isinstance(node, Traversal)


def _no_reference(compiler: "Compiler", node: Call) -> Fault:
    """Return the fault of templatestring() with anything but a reference: its text would be a template already."""
    detail = (
        "The first argument of templatestring() must be a plain reference to a string, such as local.greeting. "
        'A template that is written right here needs no function: use it as "..." itself.'
    )
    return fault(INVALID_FUNCTION_ARGUMENT, detail, compiler.at(node.arguments[0]), compiler.at(node))


def unknown_function(compiler: "Compiler", node: Call) -> Fault:
    """Return the fault of a name that is no function."""
    at = Range(compiler.source, node.start, node.name_end)
    return fault(UNKNOWN_FUNCTION, unknown_function_detail(node.name, compiler.functions), at, compiler.at(node))


ELSEWHERE = {
    "bool": "tobool",
    "capitalize": "title",
    "dict": "tomap",
    "env": "a variable with BATCHPLAN_VAR_… in the environment",
    "filter": "[for x in list : x if …]",
    "float": "tonumber",
    "int": "tonumber",
    "len": "length",
    "list": "tolist",
    "map": "[for x in list : …]",
    "set": "toset",
    "size": "length",
    "str": "tostring",
    "strlen": "length",
}
"""Names that people bring along, and what serves instead."""


def unknown_function_detail(name: str, functions: Mapping[str, Function]) -> str:
    """Return what to say of a name that is no function."""
    bare = name.removeprefix(CORE)
    if "::" in bare:
        return f'There is no function namespace like that of "{name}". Built-in functions are in core::.'
    hint = did_you_mean(bare, [*functions, *SPECIAL])
    if bare in ELSEWHERE:
        hint = f" What other languages call {bare} is {ELSEWHERE[bare]} here."
    return f'There is no function "{name}".{hint}'


def _wrong_count(compiler: "Compiler", node: Call, function: Function, given: int) -> Fault:
    names = [parameter.name for parameter in function.parameters]
    if function.variadic is not None:
        names.append(f"{function.variadic.name}...")
    signature = f"{function.name}({', '.join(names)})"
    word = "few" if given < len(function.parameters) else "many"
    detail = f"Too {word} arguments: {given} given. The function is {signature}."
    at = Range(compiler.source, node.start, node.name_end)
    if given > len(function.parameters) and len(node.arguments) > len(function.parameters):
        at = compiler.at(node.arguments[len(function.parameters)])
    return fault(WRONG_ARGUMENT_COUNT, detail, at, compiler.at(node))


def _plain(compiler: "Compiler", node: Call, function: Function, closures: "Sequence[Closure]") -> "Closure":
    call, at = function.call, compiler.at(node)

    def run(environment: "Environment") -> Value:
        arguments = [closure(environment) for closure in closures]
        try:
            result = call(arguments)
        except (ArgumentError, FunctionError) as error:
            raise _failure(compiler, node, function, error) from None
        effort.spend_on(result, at)
        return result

    return run


def _failure(compiler: "Compiler", node: Call, function: Function, error: ArgumentError | FunctionError) -> Fault:
    if isinstance(error, FunctionError):
        name_range = Range(compiler.source, node.start, node.name_end)
        return fault(FUNCTION_FAILED, f"{function.name}() has no result: {error}.", name_range, compiler.at(node))
    guilty: Expression = node.arguments[min(error.index, len(node.arguments) - 1)]
    name = function.parameter(error.index).name
    detail = f'The argument "{name}" of {function.name}() does not fit: {error.reason.rstrip(".")}.'
    return fault(INVALID_FUNCTION_ARGUMENT, detail, compiler.at(guilty), compiler.at(node))


def _expanding(compiler: "Compiler", node: Call, function: Function, closures: "Sequence[Closure]") -> "Closure":
    last, at = compiler.at(node.arguments[-1]), compiler.at(node)

    def run(environment: "Environment") -> Value:
        arguments = [closure(environment) for closure in closures]
        spread, marks = _spread(arguments.pop(), last)
        if spread is None:
            return mark(UNKNOWN, marks)
        arguments.extend(spread)
        if not function.accepts(len(arguments)):
            raise _wrong_count(compiler, node, function, len(arguments))
        try:
            result = function.call(arguments)
        except (ArgumentError, FunctionError) as error:
            raise _failure(compiler, node, function, error) from None
        effort.spend_on(result, at)
        return mark(result, marks)

    return run


def _spread(value: Value, at: Range) -> tuple[Sequence[Value] | None, Marks]:
    plain, marks = unmark(value)
    if type(plain) is Null:
        raise fault(INVALID_FUNCTION_ARGUMENT, "The argument before ... is null; it must be a list.", at)
    if isinstance(plain, (TupleValue, ListValue, SetValue)):
        return plain.items, marks
    if type(plain) is Unknown:
        return None, marks
    detail = f"The argument before ... must be a list, a tuple or a set, not {type_of(plain)}."
    raise fault(INVALID_FUNCTION_ARGUMENT, detail, at)


Attempt = Callable[["Environment"], Value]


def _attempts(compiler: "Compiler", node: Call, bound: frozenset[str]) -> "Callable[[Environment], Sequence[Attempt]]":
    """Return what gives the expressions to try. A spread list is evaluated before anything is tried."""
    closures = [compiler.compile(argument, bound) for argument in node.arguments]
    if not node.expand:
        return lambda _: closures
    last = compiler.at(node.arguments[-1])

    def spread(environment: "Environment") -> "Sequence[Attempt]":
        items, _ = _spread(closures[-1](environment), last)
        known: Sequence[Value] = (UNKNOWN,) if items is None else items
        return [*closures[:-1], *(_constant(item) for item in known)]

    return spread


def _constant(value: Value) -> Attempt:
    return lambda _: value


def _try(compiler: "Compiler", node: Call, bound: frozenset[str]) -> "Closure":
    attempts = _attempts(compiler, node, bound)
    whole = compiler.at(node)

    def run(environment: "Environment") -> Value:
        reasons: list[str] = []
        closures = attempts(environment)
        for closure in closures:
            try:
                value = closure(environment)
            except Fault as error:
                reasons.append(error.diagnostic.detail)
                continue
            return value if wholly_known(value) else UNKNOWN
        if not closures:
            raise fault(WRONG_ARGUMENT_COUNT, "try() needs at least one argument.", whole)
        listed = "".join(f"\n  - {reason}" for reason in reasons)
        raise fault(FUNCTION_FAILED, f"No argument of try() has a value:{listed}", whole)

    return run


def _can(compiler: "Compiler", node: Call, bound: frozenset[str]) -> "Closure":
    attempts = _attempts(compiler, node, bound)
    whole = compiler.at(node)

    def run(environment: "Environment") -> Value:
        closures = attempts(environment)
        if len(closures) != 1:
            raise fault(WRONG_ARGUMENT_COUNT, "can() takes one argument, the expression to try.", whole)
        try:
            value = closures[0](environment)
        except Fault:
            return False
        return True if wholly_known(value) else Unknown(BOOL, not_null=True)

    return run


def _convert(compiler: "Compiler", node: Call, bound: frozenset[str]) -> "Closure":
    whole = compiler.at(node)
    if len(node.arguments) != 2:
        raise fault(WRONG_ARGUMENT_COUNT, "convert() takes a value and a type, as in convert(x, list(string)).", whole)
    constraint = parse_type(node.arguments[1], compiler.source)
    closure, at = compiler.compile(node.arguments[0], bound), compiler.at(node.arguments[0])

    def run(environment: "Environment") -> Value:
        try:
            value, marks = unmark_deep(closure(environment))
            return mark(constraint.accept(value), marks)
        except ConversionError as error:
            raise fault(INVALID_CONVERSION, f"The value cannot become {constraint.type}: {error}.", at, whole) from None

    return run


def compile_type(compiler: "Compiler", node: Call, bound: frozenset[str]) -> "Closure":
    """Return the closure of the console's type(x)."""
    if len(node.arguments) != 1:
        raise fault(WRONG_ARGUMENT_COUNT, "type() takes one argument.", compiler.at(node))
    closure = compiler.compile(node.arguments[0], bound)
    return lambda environment: TypeValue(type_of(closure(environment)))
