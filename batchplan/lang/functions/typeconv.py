"""Functions that change a value's type or its marks."""

from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.functions.function import ArgumentError, Function, Parameter, function
from batchplan.lang.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, SetType, Type
from batchplan.lang.values import (
    EPHEMERAL,
    SENSITIVE,
    ListValue,
    MapValue,
    Mark,
    Marked,
    Null,
    ObjectValue,
    TupleValue,
    Unknown,
    Value,
    is_known,
    mark,
    type_of,
    unmark,
)

_ANYTHING = Parameter("value", DYNAMIC, nullable=True, unknown=True, marked=True)


def _conversion(name: str, to: Type, description: str) -> Function:
    def to_type(value: Value) -> Value:
        try:
            return convert(value, to)
        except ConversionError as error:
            raise ArgumentError(0, str(error)) from None

    to_type.__doc__ = description
    parameter = Parameter("v", DYNAMIC, nullable=True, unknown=True, marked=True)
    return function(name, parameter, returns=to, may_be_null=True)(to_type)


@function("sensitive", _ANYTHING, returns=DYNAMIC)
def sensitive(value: Value) -> Value:
    """The value, from now on shown nowhere."""
    return mark(value, SENSITIVE)


@function("nonsensitive", _ANYTHING, returns=DYNAMIC)
def nonsensitive(value: Value) -> Value:
    """The value without its sensitive mark; marks deeper inside stay."""
    plain, marks = unmark(value)
    return mark(plain, marks - SENSITIVE)


@function("issensitive", _ANYTHING, returns=BOOL)
def issensitive(value: Value) -> Value:
    """Whether the value itself is sensitive."""
    if Mark.SENSITIVE in unmark(value)[1]:
        return True
    return False if is_known(value) else Unknown(BOOL, not_null=True)


@function("ephemeralasnull", _ANYTHING, returns=DYNAMIC)
def ephemeralasnull(value: Value) -> Value:
    """The value with a null in place of every ephemeral part."""
    match value:
        case Marked(value=inner, marks=marks) if Mark.EPHEMERAL in marks:
            kept = marks - EPHEMERAL
            of = type_of(inner)
            return mark(Unknown(of) if isinstance(inner, Unknown) else Null(of), kept)
        case Marked(value=inner, marks=marks):
            return mark(_within(inner), marks)
        case _:
            return _within(value)


def _within(value: Value) -> Value:
    inside = ephemeralasnull.implementation
    match value:
        case TupleValue(items=items):
            return TupleValue([inside(item) for item in items])
        case ListValue(element=element, items=items):
            return ListValue(element, [inside(item) for item in items])
        case ObjectValue(entries=entries):
            return ObjectValue({name: inside(item) for name, item in entries.items()})
        case MapValue(element=element, entries=entries):
            return MapValue(element, {name: inside(item) for name, item in entries.items()})
        case _:
            return value


FUNCTIONS: tuple[Function, ...] = (
    ephemeralasnull,
    issensitive,
    nonsensitive,
    sensitive,
    _conversion("tobool", BOOL, "The value as a bool."),
    _conversion("tolist", ListType(DYNAMIC), "The value as a list, all elements of one type."),
    _conversion("tomap", MapType(DYNAMIC), "The value as a map, all elements of one type."),
    _conversion("tonumber", NUMBER, "The value as a number."),
    _conversion("toset", SetType(DYNAMIC), "The value as a set, all elements of one type, each once."),
    _conversion("tostring", STRING, "The value as a string."),
)
