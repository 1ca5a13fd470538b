"""Functions of sets."""

from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from itertools import product
from math import prod

from batchplan.lang.convert import convert, unify
from batchplan.lang.functions.arguments import a
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.types import DYNAMIC, ListType, SetType, TupleType, Type
from batchplan.lang.values import (
    NO_MARKS,
    SEQUENCES,
    ListValue,
    Marks,
    SetValue,
    TupleValue,
    Value,
    make_set,
    mark,
    set_text,
    type_of,
    unmark,
)

_LARGEST_PRODUCT = 1_000_000
_FIRST = Parameter("first_set", SetType(DYNAMIC))
_OTHERS = Parameter("other_sets", SetType(DYNAMIC))
_Items = dict[str, Value]


def _common_type(arguments: Sequence[Value]) -> Type:
    """Return the set type that all the sets can become; empty sets of no type yet do not count."""
    elements: list[Type] = []
    for argument in arguments:
        of = type_of(argument)
        if of is DYNAMIC:
            return SetType(DYNAMIC)
        assert isinstance(of, SetType), "the framework has converted it"
        if not (of.element is DYNAMIC and isinstance(argument, SetValue) and not argument.items):
            elements.append(of.element)
    if not elements:
        return SetType(DYNAMIC)
    common = unify(elements)
    if common is None:
        raise FunctionError("the elements of all the sets must have one type in common")
    return SetType(common)


def _combine(sets: Sequence[Value], step: Callable[[_Items, _Items], _Items]) -> Value:
    of = _common_type(sets)
    assert isinstance(of, SetType)
    combined = reduce(step, (_items(convert(one, of)) for one in sets))
    if of.element is DYNAMIC and len(set(map(type_of, combined.values()))) > 1:
        raise FunctionError("the elements of all the sets must have one type in common; a null has none of its own")
    return make_set(of.element, combined.values())


def _items(value: Value) -> _Items:
    """Return elements by a text that is equal for equal elements."""
    assert isinstance(value, SetValue), "the framework has converted it"
    return {set_text(item): item for item in value.items}


@function("setunion", _FIRST, returns=_common_type, variadic=_OTHERS)
def setunion(*sets: Value) -> Value:
    """The elements that are in at least one of the sets."""
    return _combine(sets, lambda left, right: left | right)


@function("setintersection", _FIRST, returns=_common_type, variadic=_OTHERS)
def setintersection(*sets: Value) -> Value:
    """The elements that are in all the sets."""
    return _combine(sets, lambda left, right: {key: item for key, item in left.items() if key in right})


@function("setsubtract", Parameter("a", SetType(DYNAMIC)), Parameter("b", SetType(DYNAMIC)), returns=_common_type)
def setsubtract(*sets: Value) -> Value:
    """The elements of the first set that are not in the second."""
    return _combine(sets, lambda left, right: {key: item for key, item in left.items() if key not in right})


def _product_type(arguments: Sequence[Value]) -> Type:
    """Return a list of tuples for lists alone, a set of tuples as soon as one argument is a set."""
    if len(arguments) < 2:
        raise FunctionError("give at least two sets or lists")
    types = [type_of(unmark(argument)[0]) for argument in arguments]
    if DYNAMIC in types:
        return DYNAMIC
    parts = TupleType(tuple(_part(at, of) for at, of in enumerate(types)))
    return SetType(parts) if any(isinstance(of, SetType) for of in types) else ListType(parts)


def _part(at: int, of: Type) -> Type:
    match of:
        case ListType(element=element) | SetType(element=element):
            return element
        case TupleType(elements=elements):
            common = unify(elements) if elements else DYNAMIC
            if common is None:
                raise ArgumentError(at, "all its elements must have one type in common")
            return common
        case _:
            raise ArgumentError(at, f"it must be a set, list or tuple, not {a(of)}")


@function("setproduct", returns=_product_type, variadic=Parameter("sets", DYNAMIC, marked=True))
def setproduct(*sets: Value) -> Value:
    """Every combination of one element from each, the last argument's elements changing fastest."""
    of = _product_type(sets)
    marks: Marks = NO_MARKS
    given: list[Sequence[Value]] = []
    for one in sets:
        plain, more = unmark(one)
        assert isinstance(plain, SEQUENCES), "the type was checked"
        marks |= more
        given.append(plain.items)
    if prod(map(len, given)) > _LARGEST_PRODUCT:
        raise FunctionError(f"there would be more than {_LARGEST_PRODUCT} combinations; give fewer or shorter sets")
    assert isinstance(of, ListType | SetType)
    assert isinstance(of.element, TupleType)
    columns = [
        _column(at, items, part) for at, (items, part) in enumerate(zip(given, of.element.elements, strict=True))
    ]
    made = [TupleValue(row) for row in product(*columns)]
    return mark(ListValue(of.element, made) if isinstance(of, ListType) else make_set(of.element, made), marks)


def _column(at: int, items: Iterable[Value], of: Type) -> list[Value]:
    column = [convert(item, of) for item in items]
    if of is DYNAMIC and len(set(map(type_of, column))) > 1:
        raise ArgumentError(at, "all its elements must have one type in common; a null has none of its own")
    return column


FUNCTIONS: tuple[Function, ...] = (setintersection, setproduct, setsubtract, setunion)
