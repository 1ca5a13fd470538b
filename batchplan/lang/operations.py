"""Operators as closures: long chains are folded in a loop, so that no chain is too long for the stack."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from batchplan.core.diagnostics import Diagnostic, Fault, fault
from batchplan.lang.compiled import Closure, Environment
from batchplan.lang.nodes import Binary, Expression, Unary
from batchplan.lang.operators import BINARY, UNARY, OperandError, logical_and, logical_or
from batchplan.lang.values import NULL, Value

if TYPE_CHECKING:
    from batchplan.lang.compile import Compiler


def compile_binary(compiler: "Compiler", node: Binary, bound: frozenset[str]) -> Closure:
    """Return the closure of an operation with two sides, and of all that are chained to its left."""
    chain, first = _left_chain(node)
    run = compiler.compile(first, bound)
    if len(chain) == 1:
        return _operation(compiler, chain[0], run, compiler.compile(chain[0].right, bound))
    steps = [(link, compiler.compile(link.right, bound)) for link in chain]
    if any(link.operator in ("&&", "||") for link in chain):
        return _logical_chain(compiler, steps, run)
    plain = [(BINARY[link.operator], right, link) for link, right in steps]

    def fold(environment: Environment) -> Value:
        value = run(environment)
        for apply, right, link in plain:
            try:
                value = apply(value, right(environment))
            except OperandError as error:
                raise _operand_fault(compiler, error, link) from None
        return value

    return fold


def _logical_chain(compiler: "Compiler", steps: Sequence[tuple[Binary, Closure]], first: Closure) -> Closure:
    """Fold `a && b && c` from the left without nesting a Python call for each operator."""

    def fold(environment: Environment) -> Value:
        value: Value = NULL
        failed: Fault | None = None
        try:
            value = first(environment)
        except Fault as error:
            failed = error
        for link, right in steps:
            before, error_before = value, failed
            failed = None

            def left(value: Value = before, error: Fault | None = error_before) -> Value:
                if error is not None:
                    raise error
                return value

            try:
                value = _apply(compiler, link, left, right, environment)
            except Fault as error:
                failed = error
        if failed is not None:
            raise failed
        return value

    return fold


def _apply(
    compiler: "Compiler", link: Binary, left: Callable[[], Value], right: Closure, environment: Environment
) -> Value:
    try:
        if link.operator == "&&":
            return logical_and(left, lambda: right(environment))
        if link.operator == "||":
            return logical_or(left, lambda: right(environment))
        return BINARY[link.operator](left(), right(environment))
    except OperandError as error:
        raise _operand_fault(compiler, error, link) from None


def _operation(compiler: "Compiler", node: Binary, left: Closure, right: Closure) -> Closure:
    if node.operator in ("&&", "||"):
        return lambda environment: _apply(compiler, node, lambda: left(environment), right, environment)
    apply = BINARY[node.operator]

    def run(environment: Environment) -> Value:
        try:
            return apply(left(environment), right(environment))
        except OperandError as error:
            raise _operand_fault(compiler, error, node) from None

    return run


def _operand_fault(compiler: "Compiler", error: OperandError, node: Binary) -> Fault:
    guilty: Expression = node if error.which is None else (node.left, node.right)[error.which]
    return Fault(Diagnostic(error.code, error.detail, compiler.at(guilty), compiler.at(node)))


def compile_unary(compiler: "Compiler", node: Unary, bound: frozenset[str]) -> Closure:
    """Return the closure of an operation with one side."""
    apply, operand, at = UNARY[node.operator], compiler.compile(node.operand, bound), compiler.at(node.operand)

    def run(environment: Environment) -> Value:
        try:
            return apply(operand(environment))
        except OperandError as error:
            raise fault(error.code, error.detail, at) from None

    return run


def _left_chain(node: Binary) -> tuple[list[Binary], Expression]:
    """Return the operations of `((a + b) - c) * d` from the innermost out, and `a`."""
    chain = [node]
    while isinstance(chain[-1].left, Binary):
        chain.append(chain[-1].left)
    chain.reverse()
    return chain, chain[0].left
