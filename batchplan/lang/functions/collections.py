"""Functions that look into a collection: how many, which one, whether all."""

from collections.abc import Sequence

from batchplan.lang.convert import ConversionError, convert, unify
from batchplan.lang.functions.arguments import a, whole
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.numbers import Number, short
from batchplan.lang.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    SetType,
    TupleType,
    Type,
)
from batchplan.lang.values import (
    RECORDS,
    SEQUENCES,
    ListValue,
    Null,
    TupleValue,
    Unknown,
    Value,
    equals,
    is_known,
    is_null,
    length,
    mark,
    type_of,
    unmark,
)

_UNKNOWN_BOOL = Unknown(BOOL, not_null=True)
_UNKNOWN_NUMBER = Unknown(NUMBER, not_null=True)
_BOOLS = Parameter("list", ListType(BOOL))
_CHOICES = Parameter("vals", DYNAMIC, nullable=True, unknown=True)


@function("alltrue", _BOOLS, returns=BOOL)
def alltrue(flags: ListValue) -> Value:
    """Whether every element is true; also for an empty list."""
    for flag in flags.items:
        if not is_known(flag):
            return _UNKNOWN_BOOL
        if flag is not True:
            return False
    return True


@function("anytrue", _BOOLS, returns=BOOL)
def anytrue(flags: ListValue) -> Value:
    """Whether some element is true."""
    if any(flag is True for flag in flags.items):
        return True
    return False if all(map(is_known, flags.items)) else _UNKNOWN_BOOL


@function("length", Parameter("value", DYNAMIC, unknown=True, marked=True), returns=NUMBER)
def count(value: Value) -> Value:
    """How many elements a collection has, or characters a string."""
    plain, marks = unmark(value)
    return mark(_count(plain), marks)


def _count(value: Value) -> Value:
    if type(value) is str:
        from batchplan.core.source import graphemes

        return short(graphemes(value))
    if isinstance(value, SEQUENCES + RECORDS):
        return short(length(value))
    match type_of(value):
        case TupleType(elements=elements):
            return short(len(elements))
        case ObjectType(attributes=attributes):
            return short(len(attributes))
        case ListType() | SetType() | MapType():
            return _UNKNOWN_NUMBER
        case of if of in (STRING, DYNAMIC):
            return _UNKNOWN_NUMBER
        case of:
            raise ArgumentError(0, f"it must be a string or a collection, not {a(of)}")


@function("contains", Parameter("list", DYNAMIC), Parameter("value", DYNAMIC), returns=BOOL)
def contains(where: Value, wanted: Value) -> Value:
    """Whether a list, set or tuple has an element equal to the value; nothing is converted."""
    if not isinstance(where, SEQUENCES):
        raise ArgumentError(0, f"it must be a list, set or tuple, not {a(type_of(where))}")
    doubt = False
    for item in where.items:
        same = equals(item, wanted)
        if same is True:
            return True
        doubt = doubt or same is not False
    return _UNKNOWN_BOOL if doubt else False


@function("index", Parameter("list", DYNAMIC), Parameter("value", DYNAMIC), returns=NUMBER)
def index(where: Value, wanted: Value) -> Value:
    """The place, from 0, of the first element equal to the value."""
    if not isinstance(where, ListValue | TupleValue):
        raise ArgumentError(0, f"it must be a list or tuple, not {a(type_of(where))}")
    for at, item in enumerate(where.items):
        same = equals(item, wanted)
        if same is True:
            return short(at)
        if same is not False:
            return _UNKNOWN_NUMBER
    raise FunctionError("no element is equal to the value; contains() tells beforehand whether there is one")


def _element_type(arguments: Sequence[Value]) -> Type:
    match type_of(arguments[0]):
        case ListType(element=element):
            return element
        case TupleType(elements=elements) if elements and is_known(arguments[1]):
            return elements[_place(arguments[1]) % len(elements)]
        case TupleType() as of if of.elements:
            return DYNAMIC
        case of if of is DYNAMIC:
            return DYNAMIC
        case TupleType():
            raise ArgumentError(0, "it is empty; element() needs at least one element")
        case of:
            raise ArgumentError(0, f"it must be a list or tuple, not {a(of)}{_hint(of)}")


def _hint(of: Type) -> str:
    return "; tolist() makes a list of it" if isinstance(of, SetType) else ""


def _place(number: Value) -> int:
    return whole(number, 1)  # type: ignore[arg-type]


@function(
    "element",
    Parameter("list", DYNAMIC, marked=True),
    Parameter("index", NUMBER),
    returns=_element_type,
    may_be_null=True,
)
def element(where: Value, number: Number) -> Value:
    """The element at an index from 0; past the end it starts over, and below 0 it counts from the end."""
    plain, marks = unmark(where)
    if not isinstance(plain, ListValue | TupleValue):
        raise ArgumentError(0, f"it must be a list or tuple, not {a(type_of(plain))}{_hint(type_of(plain))}")
    if not plain.items:
        raise ArgumentError(0, "it is empty; element() needs at least one element")
    return mark(plain.items[_place(number) % len(plain.items)], marks)


_ONE = "it must have one element or none"


def _one_type(arguments: Sequence[Value]) -> Type:
    match type_of(arguments[0]):
        case ListType(element=element) | SetType(element=element):
            return element
        case TupleType(elements=elements) if len(elements) < 2:
            return elements[0] if elements else DYNAMIC
        case of if of is DYNAMIC:
            return DYNAMIC
        case TupleType(elements=elements):
            raise ArgumentError(0, f"{_ONE}, not {len(elements)}")
        case of:
            raise ArgumentError(0, f"it must be a list, set or tuple, not {a(of)}")


@function("one", Parameter("list", DYNAMIC), returns=_one_type, may_be_null=True)
def one(where: Value) -> Value:
    """The only element of a list, set or tuple; null when it is empty."""
    of = _one_type([where])
    assert isinstance(where, SEQUENCES), "the type was checked"
    if len(where.items) > 1:
        raise ArgumentError(0, f"{_ONE}, not {len(where.items)}")
    return where.items[0] if where.items else Null(of)


@function("coalesce", returns=DYNAMIC, variadic=_CHOICES)
def coalesce(*choices: Value) -> Value:
    """The first argument that is neither null nor an empty string, as the type common to all."""
    of = unify([type_of(choice) for choice in choices])
    if of is None:
        raise FunctionError("the arguments must have one type in common" if choices else "give at least one argument")
    for choice in choices:
        try:
            value = convert(choice, of)
        except ConversionError:
            continue  # Terraform passes over a value that the common type cannot hold
        if not is_known(value):
            return Unknown(of, not_null=of is not DYNAMIC)
        if not (is_null(value) or (type(value) is str and not value)):
            return value
    raise FunctionError("every argument is null or an empty string; add one that is always set")


@function("coalescelist", returns=DYNAMIC, variadic=_CHOICES)
def coalescelist(*choices: Value) -> Value:
    """The first argument that is a list with at least one element."""
    if not choices:
        raise FunctionError("give at least one list")
    for at, choice in enumerate(choices):
        if not is_known(choice):
            break
        if not isinstance(type_of(choice), ListType | TupleType):
            raise ArgumentError(at, f"it must be a list or tuple, not {a(type_of(choice))}")
    for choice in choices:
        if not is_known(choice):
            return Unknown(DYNAMIC)
        if isinstance(choice, ListValue | TupleValue) and choice.items:
            return choice
    raise FunctionError("every argument is null or empty; add a list that has an element")


FUNCTIONS: tuple[Function, ...] = (
    alltrue,
    anytrue,
    coalesce,
    coalescelist,
    contains,
    count,
    element,
    index,
    one,
)
