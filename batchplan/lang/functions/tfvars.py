"""Values as HCL text and back: Terraform's three functions in the namespace `provider::terraform::`."""

from collections.abc import Iterator

from batchplan.core.diagnostics import Fault
from batchplan.core.source import Source
from batchplan.lang import numbers
from batchplan.lang.format import format_text
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.numbers import BigFloat
from batchplan.lang.parse import parse_file
from batchplan.lang.types import DYNAMIC, STRING
from batchplan.lang.values import (
    ListValue,
    MapValue,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    Value,
)

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def expression_text(value: Value) -> str:
    """Return a wholly known value as an HCL expression in the usual layout."""
    name = "x = "
    return format_text(name + "".join(_pieces(value)) + "\n").removeprefix(name).removesuffix("\n")


def _pieces(value: Value) -> Iterator[str]:
    match value:
        case Null():
            yield "null"
        case bool():
            yield "true" if value else "false"
        case int() | BigFloat():
            yield numbers.to_text(value)
        case str():
            yield _quoted(value)
        case ListValue(items=items) | SetValue(items=items) | TupleValue(items=items):
            yield "["
            for at, item in enumerate(items):
                yield ", " if at else ""
                yield from _pieces(item)
            yield "]"
        case ObjectValue(entries=entries) | MapValue(entries=entries):
            yield "{\n" if entries else "{"
            for name, item in entries.items():
                yield f"{name if _is_identifier(name) else _quoted(name)} = "
                yield from _pieces(item)
                yield "\n"
            yield "}"
        case _:
            raise FunctionError("a value that is not known yet cannot be written down")


def _is_identifier(name: str) -> bool:
    return bool(name) and name[0] != "-" and name.replace("-", "_").isidentifier()


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)).replace("${", "$${").replace("%{", "%%{") + '"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@function("provider::terraform::encode_expr", Parameter("value", whole=True), returns=STRING)
def encode_expr(value: Value) -> Value:
    """Write a value as an HCL expression."""
    return expression_text(value)


@function("provider::terraform::encode_tfvars", Parameter("value", whole=True), returns=STRING)
def encode_tfvars(value: Value) -> Value:
    """Write an object as the text of a variables file."""
    if not isinstance(value, (ObjectValue, MapValue)):
        raise ArgumentError(0, "it must be an object or a map, whose names become those of the variables")
    for name in value.entries:
        if not _is_identifier(name):
            raise ArgumentError(0, f'"{name}" is no name of a variable')
    lines = (f"{name} = {''.join(_pieces(item))}\n" for name, item in value.entries.items())
    return format_text("".join(lines))


@function("provider::terraform::decode_tfvars", Parameter("src", STRING), returns=DYNAMIC)
def decode_tfvars(src: str) -> Value:
    """Read the text of a variables file as an object."""
    from batchplan.lang.compile import compile_expression

    source = Source("<decode_tfvars>", src)
    body, faults = parse_file(source)
    if faults:
        raise ArgumentError(0, f"it is no variables file: {faults[0].detail}")
    if body.blocks:
        raise ArgumentError(0, f'a variables file has no blocks, but this one has "{body.blocks[0].type}"')
    made: dict[str, Value] = {}
    for name, attribute in body.attributes.items():
        compiled = compile_expression(attribute.expression, source, {})
        if compiled.references or compiled.calls:
            raise ArgumentError(0, f'the value of "{name}" must be written out, without references and calls')
        try:
            made[name] = compiled.evaluate({})
        except Fault as error:
            raise ArgumentError(0, f'the value of "{name}" is not usable: {error.diagnostic.detail}') from None
    return ObjectValue(made)


FUNCTIONS: tuple[Function, ...] = (encode_expr, encode_tfvars, decode_tfvars)
