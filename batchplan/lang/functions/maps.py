"""Functions of maps and objects: taking apart, looking up, merging, building."""

from collections.abc import Sequence

from batchplan.lang.convert import ConversionError, convert, convertible
from batchplan.lang.functions.arguments import a
from batchplan.lang.functions.function import ArgumentError, Function, FunctionError, Parameter, function
from batchplan.lang.types import (
    DYNAMIC,
    STRING,
    ListType,
    MapType,
    ObjectType,
    TupleType,
    Type,
)
from batchplan.lang.values import (
    RECORDS,
    ListValue,
    MapValue,
    Marks,
    ObjectValue,
    TupleValue,
    Unknown,
    Value,
    is_null,
    mark,
    type_of,
    unmark,
    wholly_known,
)


def _record(value: Value) -> Type:
    """Return the type of a map or object, also of an unknown one; raise ArgumentError for anything else."""
    of = type_of(value)
    if of is not DYNAMIC and not isinstance(of, MapType | ObjectType):
        raise ArgumentError(0, f"it must be a map or object, not {a(of)}")
    return of


@function("keys", Parameter("inputMap", DYNAMIC, unknown=True, marked=True), returns=DYNAMIC)
def keys(record: Value) -> Value:
    """The names in a map or object, in order."""
    plain, marks = unmark(record)
    match _record(plain):
        case ObjectType(attributes=attributes):
            return mark(TupleValue(tuple(attributes)), marks)
        case MapType() if isinstance(plain, MapValue):
            return mark(ListValue(STRING, tuple(plain.entries)), marks)
        case MapType():
            return mark(Unknown(ListType(STRING), not_null=True), marks)
        case _:
            return mark(Unknown(DYNAMIC), marks)


def _values_type(arguments: Sequence[Value]) -> Type:
    match _record(arguments[0]):
        case ObjectType(attributes=attributes):
            return TupleType(tuple(attributes.values()))
        case MapType(element=element):
            return ListType(element)
        case _:
            return DYNAMIC


@function("values", Parameter("mapping", DYNAMIC, marked=True), returns=_values_type)
def values(record: Value) -> Value:
    """The values in a map or object, in the order of their names."""
    plain, marks = unmark(record)
    _record(plain)
    if isinstance(plain, MapValue):
        return mark(ListValue(plain.element, tuple(plain.entries.values())), marks)
    assert isinstance(plain, ObjectValue), "the type was checked"
    return mark(TupleValue(tuple(plain.entries.values())), marks)


def _lookup_type(arguments: Sequence[Value]) -> Type:
    """Return the result's type; raise ArgumentError for what can be said without the values."""
    record, key, *default = arguments
    if len(default) > 1:
        raise FunctionError("give a map, a key and at most one default")
    of = _record(record)
    if isinstance(of, MapType):
        if default and not _fits(default[0], of.element):
            raise ArgumentError(2, f"the default must be {a(of.element)} as the map's elements are")
        return of.element
    plain_key, _ = unmark(key)
    if of is DYNAMIC or type(plain_key) is not str:
        return DYNAMIC
    assert isinstance(of, ObjectType)
    if plain_key in of.attributes:
        return of.attributes[plain_key]
    if default:
        return type_of(default[0])
    raise ArgumentError(0, f'the object has no attribute "{plain_key}"; give a default as the third argument')


def _fits(value: Value, of: Type) -> bool:
    if not convertible(type_of(value), of):
        return False
    try:
        convert(value, of)
    except ConversionError:
        return False
    return True


@function(
    "lookup",
    Parameter("inputMap", DYNAMIC, marked=True),
    Parameter("key", STRING, marked=True),
    returns=_lookup_type,
    variadic=Parameter("default", DYNAMIC, nullable=True, unknown=True, marked=True),
    may_be_null=True,
)
def lookup(record: Value, key: Value, *default: Value) -> Value:
    """The value of a name in a map or object, or the default when it is not there."""
    plain, marks = unmark(record)
    plain_key, key_marks = unmark(key)
    marks |= key_marks
    assert type(plain_key) is str, "the framework has converted it"
    of = _lookup_type([plain, plain_key, *default])
    assert isinstance(plain, RECORDS), "the type was checked"
    if plain_key in plain.entries:
        return mark(plain.entries[plain_key], marks)
    if not default:
        raise FunctionError(f'the map has no element "{plain_key}"; give a default as the third argument')
    return mark(convert(default[0], of), marks)


def _merge_type(arguments: Sequence[Value]) -> Type:
    """Return the one type that all the arguments have, or the object type of all attributes together."""
    attributes: dict[str, Type] = {}
    every = True
    for at, argument in enumerate(arguments):
        plain, _ = unmark(argument)
        of = type_of(plain)
        match of:
            case ObjectType() if not is_null(plain):
                attributes.update(of.attributes)
            case MapType(element=element) if isinstance(plain, MapValue):
                attributes.update(dict.fromkeys(plain.entries, element))
            case MapType() | ObjectType() if is_null(plain):
                pass
            case MapType():
                every = False
            case _ if of is DYNAMIC:
                every = every and is_null(plain)
            case _:
                raise ArgumentError(at, f"it must be a map or object, not {a(of)}")
    types = {type_of(argument) for argument in arguments}
    if len(types) == 1 and DYNAMIC not in types:
        return types.pop()
    return ObjectType(attributes) if every else DYNAMIC


@function("merge", returns=_merge_type, variadic=Parameter("maps", DYNAMIC, nullable=True, marked=True))
def merge(*records: Value) -> Value:
    """One map or object with the entries of all; later ones win, nulls are skipped."""
    merged: dict[str, Value] = {}
    marks: Marks = frozenset()
    maps: set[Type | None] = set()
    for at, record in enumerate(records):
        plain, more = unmark(record)
        of = type_of(plain)
        maps.add(of.element if isinstance(of, MapType) else None)
        if isinstance(plain, RECORDS):
            marks |= more
            merged.update(plain.entries)
        elif not (is_null(plain) and (of is DYNAMIC or isinstance(of, MapType | ObjectType))):
            raise ArgumentError(at, f"it must be a map or object, not {a(of)}")
    element = maps.pop() if len(maps) == 1 else None
    return mark(ObjectValue(merged) if element is None else MapValue(element, merged), marks)


def _zipmap_type(arguments: Sequence[Value]) -> Type:
    names, (items, _) = arguments[0], unmark(arguments[1])
    match type_of(items):
        case ListType(element=element):
            return MapType(element)
        case TupleType(elements=elements) if isinstance(names, ListValue) and wholly_known(names):
            return ObjectType(dict(zip(_names(names, len(elements)), elements, strict=True)))
        case of if of is DYNAMIC or isinstance(of, TupleType):
            return DYNAMIC
        case of:
            raise ArgumentError(1, f"it must be a list or tuple, not {a(of)}")


def _names(names: ListValue, wanted: int) -> list[str]:
    if len(names.items) != wanted:
        raise FunctionError(f"there are {len(names.items)} keys but {wanted} values; give as many keys as values")
    found = []
    for at, name in enumerate(names.items):
        if type(name) is not str:
            raise ArgumentError(0, f"key {at} is null; every key must be a string")
        found.append(name)
    return found


@function(
    "zipmap",
    Parameter("keys", ListType(STRING), whole=True),
    Parameter("values", DYNAMIC, marked=True),
    returns=_zipmap_type,
)
def zipmap(names: ListValue, items: Value) -> Value:
    """A map of a list of keys and a list of values, or an object of a tuple of values."""
    plain, marks = unmark(items)
    if not isinstance(plain, ListValue | TupleValue):
        raise ArgumentError(1, f"it must be a list or tuple, not {a(type_of(plain))}")
    made = dict(zip(_names(names, len(plain.items)), plain.items, strict=True))
    return mark(MapValue(plain.element, made) if isinstance(plain, ListValue) else ObjectValue(made), marks)


@function("transpose", Parameter("values", MapType(ListType(STRING)), whole=True), returns=MapType(ListType(STRING)))
def transpose(lists: MapValue) -> Value:
    """The map turned inside out: from each string in the lists to the keys whose list has it."""
    turned: dict[str, list[str]] = {}
    for name, strings in lists.entries.items():
        if not isinstance(strings, ListValue):
            raise ArgumentError(0, f'"{name}" is null; every element must be a list of strings')
        for item in strings.items:
            if type(item) is not str:
                raise ArgumentError(0, f'the list "{name}" has a null element; every element must be a string')
            turned.setdefault(item, []).append(name)
    return MapValue(ListType(STRING), {name: ListValue(STRING, found) for name, found in turned.items()})


FUNCTIONS: tuple[Function, ...] = (
    keys,
    lookup,
    merge,
    transpose,
    values,
    zipmap,
)
