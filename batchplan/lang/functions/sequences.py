"""Functions that make one sequence of others: joining, cutting, ordering, thinning out."""

from collections.abc import Sequence

from batchplan.lang import numbers
from batchplan.lang.convert import convert, unify
from batchplan.lang.functions.arguments import a, whole
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.numbers import Number, NumberError
from batchplan.lang.types import DYNAMIC, NUMBER, STRING, ListType, SetType, TupleType, Type
from batchplan.lang.values import (
    NO_MARKS,
    SEQUENCES,
    ListValue,
    Marks,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    is_known,
    mark,
    set_text,
    type_of,
    unmark,
)

_LONGEST_RANGE = 1024
_SEQUENCE_TYPES = (ListType, SetType, TupleType)
_WHOLE_LIST = Parameter("list", ListType(DYNAMIC), whole=True)
_STRINGS = Parameter("list", ListType(STRING), whole=True)
_ANY_MARKED = Parameter("list", DYNAMIC, marked=True)


def _same_type(arguments: Sequence[Value]) -> Type:
    return type_of(arguments[0])


@function(
    "chunklist",
    Parameter("list", ListType(DYNAMIC), marked=True),
    Parameter("size", NUMBER),
    returns=lambda arguments: ListType(type_of(arguments[0])),
)
def chunklist(items: Value, size: Number) -> Value:
    """The list in pieces of a length; the last piece may be shorter, and size 0 makes one piece."""
    plain, marks = unmark(items)
    assert isinstance(plain, ListValue), "the framework has converted it"
    step = whole(size, 1)
    if step < 0:
        raise ArgumentError(1, f"it must not be negative, but it is {step}")
    step = step or max(1, len(plain.items))
    chunks = [ListValue(plain.element, plain.items[at : at + step]) for at in range(0, len(plain.items), step)]
    return mark(ListValue(plain.type, chunks), marks)


@function("compact", _STRINGS, returns=ListType(STRING))
def compact(strings: ListValue) -> Value:
    """The list without nulls and empty strings."""
    return ListValue(STRING, [item for item in strings.items if type(item) is str and item])


def _concat_type(arguments: Sequence[Value]) -> Type:
    """Return the list type that lists alone have in common; else the tuple type of all elements together."""
    types = [type_of(argument) for argument in arguments]
    if all(isinstance(of, ListType) for of in types):
        common = unify(types)
        if common is not None:
            return common
    parts: list[Type] = []
    for at, argument in enumerate(arguments):
        plain, _ = unmark(argument)
        match types[at]:
            case TupleType(elements=elements):
                parts.extend(elements)
            case ListType(element=element) if isinstance(plain, ListValue):
                parts.extend([element] * len(plain.items))
            case of if of is DYNAMIC or isinstance(of, ListType):
                return DYNAMIC
            case of:
                raise ArgumentError(at, f"it must be a list or tuple, not {a(of)}{_hint(of)}")
    return TupleType(tuple(parts))


def _hint(of: Type) -> str:
    return "; tolist() makes a list of it" if isinstance(of, SetType) else ""


@function("concat", returns=_concat_type, variadic=Parameter("seqs", DYNAMIC, marked=True))
def concat(*sequences: Value) -> Value:
    """One list or tuple of the elements of all, in order."""
    if not sequences:
        raise FunctionError("give at least one list")
    items: list[Value] = []
    marks: Marks = NO_MARKS
    of = _concat_type(sequences)
    for sequence in sequences:
        plain, more = unmark(convert(sequence, of) if isinstance(of, ListType) else sequence)
        assert isinstance(plain, ListValue | TupleValue), "the type was checked"
        items += plain.items
        marks |= more
    return mark(ListValue(of.element, items) if isinstance(of, ListType) else TupleValue(items), marks)


@function("distinct", _WHOLE_LIST, returns=_same_type)
def distinct(items: ListValue) -> Value:
    """The list with each element once, at its first place."""
    seen: dict[str, Value] = {}
    for item in items.items:
        seen.setdefault(set_text(item), item)
    return ListValue(items.element, tuple(seen.values()))


@function("flatten", Parameter("list", DYNAMIC, marked=True), returns=DYNAMIC)
def flatten(nested: Value) -> Value:
    """One tuple of all elements, those of lists inside lists included."""
    plain, marks = unmark(nested)
    if not isinstance(plain, SEQUENCES):
        raise ArgumentError(0, f"it must be a list, set or tuple, not {a(type_of(plain))}")
    found: list[Value] = []
    more, known = _flatten(plain.items, found)
    return mark(TupleValue(found) if known else Unknown(DYNAMIC), marks | more)


def _flatten(items: Sequence[Value], found: list[Value]) -> tuple[Marks, bool]:
    """Collect the elements; return the marks of the sequences taken apart, and whether all were known."""
    marks, known = NO_MARKS, True
    for item in items:
        plain, own = unmark(item)
        if isinstance(plain, SEQUENCES):
            inside, whole_inside = _flatten(plain.items, found)
            marks |= own | inside
            known = known and whole_inside
        elif isinstance(plain, Unknown) and (plain.type is DYNAMIC or isinstance(plain.type, _SEQUENCE_TYPES)):
            marks |= own
            known = False
        else:
            found.append(item)
    return marks, known


@function(
    "matchkeys",
    Parameter("values", ListType(DYNAMIC), whole=True),
    Parameter("keys", ListType(DYNAMIC), whole=True),
    Parameter("searchset", ListType(DYNAMIC), whole=True),
    returns=_same_type,
)
def matchkeys(values: ListValue, keys: ListValue, wanted: ListValue) -> Value:
    """Those values whose key, at the same place in the second list, is in the third list."""
    common = unify([keys.type, wanted.type])
    if common is None:
        raise FunctionError("the elements of the keys and of the search set must have one type in common")
    if len(values.items) != len(keys.items):
        raise FunctionError(
            f"there are {len(values.items)} values but {len(keys.items)} keys; give as many keys as values"
        )
    named, searched = convert(keys, common), convert(wanted, common)
    assert isinstance(named, ListValue)
    assert isinstance(searched, ListValue)
    texts = {set_text(item) for item in searched.items}
    matching = zip(values.items, named.items, strict=True)
    return ListValue(values.element, [value for value, key in matching if set_text(key) in texts])


@function("range", returns=ListType(NUMBER), variadic=Parameter("params", NUMBER))
def range_(*limits: Number) -> Value:
    """The numbers from a start up to, but without, a limit: range(limit), range(start, limit[, step])."""
    if not 1 <= len(limits) <= 3:
        raise FunctionError("give one, two or three numbers: range(limit), range(start, limit) or with a step")
    start, limit = (numbers.short(0), limits[0]) if len(limits) == 1 else limits[:2]
    ahead = numbers.compare(limit, start)
    step: Number = limits[2] if len(limits) == 3 else numbers.short(-1 if ahead < 0 else 1)
    direction = 1 if numbers.sign(step) >= 0 else -1
    if ahead == -direction:
        word = "negative" if direction > 0 else "positive"
        raise ArgumentError(2, f"it leads away from the limit; a {word} step leads there")
    if numbers.sign(step) == 0 and ahead:
        raise ArgumentError(2, "it must not be zero")
    items: list[Value] = []
    number = start
    while numbers.compare(limit, number) == direction:
        if len(items) == _LONGEST_RANGE:
            raise FunctionError(
                f"there would be more than {_LONGEST_RANGE} numbers; choose a nearer limit or a larger step"
            )
        items.append(number)
        try:
            number = numbers.add(number, step)
        except NumberError as error:
            raise FunctionError(str(error)) from None
    return ListValue(NUMBER, items)


def _reverse_type(arguments: Sequence[Value]) -> Type:
    match type_of(arguments[0]):
        case ListType(element=element) | SetType(element=element):
            return ListType(element)
        case TupleType(elements=elements):
            return TupleType(elements[::-1])
        case of if of is DYNAMIC:
            return DYNAMIC
        case of:
            hint = "; strrev() turns a string round" if of is STRING else ""
            raise ArgumentError(0, f"it must be a list, set or tuple, not {a(of)}{hint}")


@function("reverse", _ANY_MARKED, returns=_reverse_type)
def reverse(sequence: Value) -> Value:
    """The elements from last to first."""
    plain, marks = unmark(sequence)
    _reverse_type([plain])
    if isinstance(plain, TupleValue):
        return mark(TupleValue(plain.items[::-1]), marks)
    assert isinstance(plain, ListValue | SetValue), "the type was checked"
    return mark(ListValue(plain.element, plain.items[::-1]), marks)


def _slice_type(arguments: Sequence[Value]) -> Type:
    match type_of(arguments[0]):
        case ListType() as of:
            return of
        case TupleType(elements=elements) if all(map(is_known, arguments[1:])):
            start, end = _bounds(len(elements), *arguments[1:])
            return TupleType(elements[start:end])
        case of if of is DYNAMIC or isinstance(of, TupleType):
            return DYNAMIC
        case of:
            hint = "; a set has no order, tolist() gives it one" if isinstance(of, SetType) else ""
            hint = "; substr() takes a part of a string" if of is STRING else hint
            raise ArgumentError(0, f"it must be a list or tuple, not {a(of)}{hint}")


def _bounds(length: int, start: Value, end: Value) -> tuple[int, int]:
    first, last = whole(start, 1), whole(end, 2)  # type: ignore[arg-type]
    if first < 0:
        raise ArgumentError(1, f"it must not be negative, but it is {first}")
    if last > length:
        raise ArgumentError(2, f"it is {last}, but the list ends at {length}")
    if first > last:
        raise ArgumentError(1, f"the start, {first}, must not be after the end, {last}")
    return first, last


@function("slice", _ANY_MARKED, Parameter("start_index", NUMBER), Parameter("end_index", NUMBER), returns=_slice_type)
def slice_(sequence: Value, start: Number, end: Number) -> Value:
    """The elements from a start index up to, but without, an end index."""
    plain, marks = unmark(sequence)
    _slice_type([plain, start, end])
    assert isinstance(plain, ListValue | TupleValue), "the type was checked"
    first, last = _bounds(len(plain.items), start, end)
    part = plain.items[first:last]
    return mark(ListValue(plain.element, part) if isinstance(plain, ListValue) else TupleValue(part), marks)


@function("sort", _STRINGS, returns=ListType(STRING))
def sort(strings: ListValue) -> Value:
    """The strings in the order of their code points."""
    for at, item in enumerate(strings.items):
        if type(item) is not str:
            raise ArgumentError(0, f"element {at} is null; compact() removes nulls")
    return ListValue(STRING, sorted(strings.items))  # type: ignore[type-var]


FUNCTIONS: tuple[Function, ...] = (
    chunklist,
    compact,
    concat,
    distinct,
    flatten,
    matchkeys,
    range_,
    reverse,
    slice_,
    sort,
)
