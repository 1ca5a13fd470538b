"""Conversion and unification: the one place that knows which type can become which.

Everything that converts goes through here: conditionals, function arguments, variables, lists made of
tuples. A conversion is *safe* when every value of the source type has a counterpart (number to string);
an *unsafe* one can fail for some values (string to number) or lose something (list to set). `convert`
allows both; `unify` tries types in the order in which Terraform prefers them.
"""

from collections.abc import Callable, Sequence
from functools import cmp_to_key

from batchplan.lang import numbers
from batchplan.lang.numbers import BigFloat
from batchplan.lang.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    ListType,
    MapType,
    ObjectType,
    Primitive,
    SetType,
    TupleType,
    Type,
    friendly,
    without_optional,
)
from batchplan.lang.values import (
    ListValue,
    MapValue,
    Marked,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    make_set,
    mark,
    type_of,
)

Path = tuple[str | int, ...]


class ConversionError(Exception):
    """A value that does not fit a type: what is required, and where inside the value."""

    def __init__(self, reason: str, path: Path = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path

    def __str__(self) -> str:
        if not self.path:
            return self.reason
        steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"{steps.removeprefix('.')}: {self.reason}"


def convert(value: Value, to: Type) -> Value:
    """Return the value as a value of another type; raise ConversionError when it does not fit.

    `any` (dynamic) keeps the value as it is; inside a collection it stands for one type for all elements.
    """
    kind = type(value)
    if to is DYNAMIC:
        return value
    if kind is Marked:
        return mark(convert(value.value, to), value.marks)  # type: ignore[union-attr]
    of = type_of(value)
    if of == to:
        return value
    if kind is Null:
        if _no_conversion(of, to):
            raise ConversionError(mismatch(of, to))
        return Null(_filled(of, without_optional(to)))
    if kind is Unknown:
        return _convert_unknown(value, of, to)  # type: ignore[arg-type]
    match to:
        case Primitive():
            return _to_primitive(value, of, to)
        case ListType(element=element):
            return _to_list(value, of, element)
        case SetType(element=element):
            return _to_set(value, of, element)
        case MapType(element=element):
            return _to_map(value, of, element)
        case TupleType():
            return _to_tuple(value, of, to)
        case ObjectType():
            return _to_object(value, of, to)


def convertible(of: Type, to: Type, *, unsafe: bool = True) -> bool:
    """Return whether a conversion between two types exists; an unsafe one may still fail for a value."""
    if of == to or to is DYNAMIC:
        return True
    if of is DYNAMIC:
        return unsafe
    match of, to:
        case Primitive(), Primitive():
            return (to is STRING and of in (NUMBER, BOOL)) or (unsafe and of is STRING and to in (NUMBER, BOOL))
        case ListType(element=a), ListType(element=b):
            return convertible(a, b, unsafe=unsafe)
        case SetType(element=a), (ListType(element=b) | SetType(element=b)):
            return convertible(a, b, unsafe=unsafe)
        case ListType(element=a), SetType(element=b):
            return unsafe and convertible(a, b, unsafe=unsafe)
        case MapType(element=a), MapType(element=b):
            return convertible(a, b, unsafe=unsafe)
        case TupleType(elements=parts), (ListType(element=b) | SetType(element=b)):
            if isinstance(to, SetType) and not unsafe:
                return False
            return _all_convertible(parts, b, unsafe=unsafe)
        case ObjectType(attributes=attributes), MapType(element=b):
            return _all_convertible(tuple(attributes.values()), b, unsafe=unsafe)
        case MapType(element=a), ObjectType(attributes=attributes):
            return unsafe and all(convertible(a, part, unsafe=True) for part in attributes.values())
        case TupleType(elements=left), TupleType(elements=right):
            return len(left) == len(right) and all(
                convertible(a, b, unsafe=unsafe) for a, b in zip(left, right, strict=True)
            )
        case ObjectType(), ObjectType():
            return _object_convertible(of, to, unsafe=unsafe)
    return False


def _object_convertible(of: ObjectType, to: ObjectType, *, unsafe: bool) -> bool:
    for name, part in to.attributes.items():
        if name in of.attributes:
            if not convertible(of.attributes[name], part, unsafe=unsafe):
                return False
        elif name not in to.optional:
            return False
    return True


def _all_convertible(parts: Sequence[Type], element: Type, *, unsafe: bool) -> bool:
    if element is DYNAMIC:
        return not parts or unify(parts, unsafe=unsafe) is not None
    return all(convertible(part, element, unsafe=unsafe) for part in parts)


def _no_conversion(of: Type, to: Type) -> bool:
    return not convertible(of, to)


def _convert_unknown(value: Unknown, of: Type, to: Type) -> Value:
    if _no_conversion(of, to):
        raise ConversionError(mismatch(of, to))
    return Unknown(_filled(of, without_optional(to)), not_null=value.not_null)


def _filled(of: Type, to: Type) -> Type:
    """Return the wanted type with each `any` in it replaced by what the given type has in its place."""
    match of, to:
        case _, Primitive():
            return of if to is DYNAMIC else to
        case ((ListType(element=a) | SetType(element=a)), (ListType(element=b) | SetType(element=b))):
            return type(to)(_filled(a, b))
        case MapType(element=a), MapType(element=b):
            return MapType(_filled(a, b))
        case TupleType(elements=parts), (ListType(element=b) | SetType(element=b)):
            return type(to)(_filled_from(parts, b))
        case ObjectType(attributes=attributes), MapType(element=b):
            return MapType(_filled_from(tuple(attributes.values()), b))
        case TupleType(elements=left), TupleType(elements=right):
            return TupleType(tuple(_filled(a, b) for a, b in zip(left, right, strict=True)))
        case ObjectType(attributes=left), ObjectType(attributes=right):
            return ObjectType({name: _filled(left.get(name, part), part) for name, part in right.items()})
        case MapType(element=a), ObjectType(attributes=right):
            return ObjectType({name: _filled(a, part) for name, part in right.items()})
    return to


def _filled_from(parts: Sequence[Type], element: Type) -> Type:
    common = unify(parts) if parts else None
    return element if common is None else _filled(common, element)


def _to_primitive(value: Value, of: Type, to: Primitive) -> Value:
    if to is STRING:
        if of is NUMBER:
            return numbers.to_text(value)  # type: ignore[arg-type]
        if of is BOOL:
            return "true" if value else "false"
    elif of is STRING:
        assert isinstance(value, str)
        if to is BOOL:
            return _to_bool(value)
        if to is NUMBER:
            return _to_number(value)
    raise ConversionError(mismatch(of, to))


def _to_bool(text: str) -> bool:
    if text in ("true", "1"):
        return True
    if text in ("false", "0"):
        return False
    near = {"true": "true", "false": "false"}.get(text.lower())
    hint = f'; to convert from a string, write "{near}" in lower case' if near else ""
    raise ConversionError(f"a bool is required{hint}")


def _to_number(text: str) -> int | BigFloat:
    if text in _INFINITE:
        return _INFINITE[text]
    try:
        return numbers.parse(text)
    except ValueError:
        raise ConversionError("a number is required") from None


_INFINITE = {
    spelling: value
    for value, spellings in {
        numbers.INFINITY: ("inf", "Inf", "+inf", "+Inf"),
        numbers.NEGATIVE_INFINITY: ("-inf", "-Inf"),
    }.items()
    for spelling in spellings
}


def _items(value: Value) -> tuple[Value, ...] | None:
    if isinstance(value, (TupleValue, ListValue, SetValue)):
        return value.items
    return None


def _element_type(value: Value, items: Sequence[Value], element: Type, what: str) -> Type:
    """The one type for all elements that a collection of `any` gets."""
    if element is not DYNAMIC:
        return element
    if isinstance(value, (ListValue, SetValue, MapValue)):
        return value.element
    if not items:
        return DYNAMIC
    found = unify([type_of(item) for item in items], unsafe=True)
    if found is None:
        raise ConversionError(f"all {what} must have the same type")
    return found


def _convert_each(items: Sequence[Value], element: Type, names: Sequence[str | int] | None = None) -> list[Value]:
    result = []
    for at, item in enumerate(items):
        try:
            result.append(convert(item, element))
        except ConversionError as error:
            raise ConversionError(error.reason, (names[at] if names else at, *error.path)) from None
    return result


def _to_list(value: Value, of: Type, element: Type) -> Value:
    items = _items(value)
    if items is None:
        raise ConversionError(mismatch(of, ListType(element)))
    one = _element_type(value, items, element, "list elements")
    settled, made = _settled(one, _convert_each(items, one), "list elements")
    return ListValue(settled, made)


def _to_set(value: Value, of: Type, element: Type) -> Value:
    items = _items(value)
    if items is None:
        raise ConversionError(mismatch(of, SetType(element)))
    one = _element_type(value, items, element, "set elements")
    settled, made = _settled(one, _convert_each(items, one), "set elements")
    return make_set(settled, made)


def _to_map(value: Value, of: Type, element: Type) -> Value:
    if not isinstance(value, (ObjectValue, MapValue)):
        raise ConversionError(mismatch(of, MapType(element)))
    names, items = list(value.entries), list(value.entries.values())
    one = _element_type(value, items, element, "map elements")
    made = _convert_each(items, one, names)
    if one is DYNAMIC and len(others := {of for of in map(type_of, made) if of is not DYNAMIC}) == 1:
        made = _convert_each(made, others.pop(), names)  # bare nulls in a map take the type of the others
    settled, made = _settled(one, made, "map elements")
    return MapValue(settled, dict(zip(names, made, strict=True)))


def _settled(element: Type, items: list[Value], what: str) -> tuple[Type, list[Value]]:
    """Return the element type after conversion, where what was `any` has become something, and such elements."""
    if isinstance(element, Primitive) and element is not DYNAMIC:
        return element, items
    plain = without_optional(element)
    types = list(dict.fromkeys(map(type_of, items)))
    if len(types) > 1 and (common := unify(types)) is not None:
        items = _convert_each(items, common)
        types = list(dict.fromkeys(map(type_of, items)))
    if len(types) > 1:
        raise ConversionError(f"all {what} must have the same type")
    return types[0] if types else plain, items


def _to_tuple(value: Value, of: Type, to: TupleType) -> Value:
    if not isinstance(value, TupleValue):
        raise ConversionError(mismatch(of, to))
    if len(value.items) != len(to.elements):
        raise ConversionError(f"{len(to.elements)} elements are required, not {len(value.items)}")
    made = []
    for at, (item, part) in enumerate(zip(value.items, to.elements, strict=True)):
        try:
            made.append(convert(item, part))
        except ConversionError as error:
            raise ConversionError(error.reason, (at, *error.path)) from None
    return TupleValue(made)


def _to_object(value: Value, of: Type, to: ObjectType) -> Value:
    if not isinstance(value, (ObjectValue, MapValue)):
        raise ConversionError(mismatch(of, to))
    missing = [name for name in to.attributes if name not in value.entries and name not in to.optional]
    if missing:
        word = "attributes" if len(missing) > 1 else "attribute"
        listed = ", ".join(f'"{name}"' for name in missing)
        raise ConversionError(f"{word} {listed} {'are' if len(missing) > 1 else 'is'} required")
    made: dict[str, Value] = {}
    for name, part in to.attributes.items():
        if name not in value.entries:
            made[name] = Null(without_optional(part))
            continue
        try:
            made[name] = convert(value.entries[name], part)
        except ConversionError as error:
            raise ConversionError(error.reason, (name, *error.path)) from None
    return ObjectValue(made)


def mismatch(of: Type, to: Type) -> str:
    """Return what is required, and what is there instead."""
    article = "an" if friendly(to)[0] in "aeiou" else "a"
    return f"{article} {friendly(to)} is required, not {friendly(of)}"


def unify(parts: Sequence[Type], *, unsafe: bool = True) -> Type | None:
    """Return the type that values of all these types can become, or None when there is none."""
    if not parts:
        return None
    first = parts[0]
    if all(part == first for part in parts):
        return first
    applies, found = _unify_structures(parts, unsafe=unsafe)
    if applies:
        return found
    for wanted in sorted(parts, key=cmp_to_key(_preference)):
        if all(part == wanted or convertible(part, wanted, unsafe=unsafe) for part in parts):
            return wanted
    return None


def _unify_structures(parts: Sequence[Type], *, unsafe: bool) -> tuple[bool, Type | None]:
    """Unify types of one structural kind; the first member says whether this way applies."""
    kinds = {type(part) for part in parts if part is not DYNAMIC}
    dynamic = any(part is DYNAMIC for part in parts)
    if kinds in ({MapType}, {ListType}, {SetType}):
        return True, _unify_collections(parts, kinds.pop(), dynamic=dynamic, unsafe=unsafe)
    if kinds == {MapType, ObjectType} and not dynamic:
        found = _unify_mixed(parts, MapType, unsafe=unsafe)
        return found is not None, found
    if kinds == {ListType, TupleType} and not dynamic:
        found = _unify_mixed(parts, ListType, unsafe=unsafe)
        return found is not None, found
    if kinds == {ObjectType}:
        return True, DYNAMIC if dynamic else _unify_objects(parts, unsafe=unsafe)  # type: ignore[arg-type]
    if kinds == {TupleType}:
        return True, DYNAMIC if dynamic else _unify_tuples(parts, unsafe=unsafe)  # type: ignore[arg-type]
    return ObjectType in kinds and TupleType in kinds, None


_Collection = Callable[[Type], Type]


def _unify_collections(parts: Sequence[Type], make: _Collection, *, dynamic: bool, unsafe: bool) -> Type | None:
    if dynamic:
        return DYNAMIC
    element = unify([part.element for part in parts], unsafe=unsafe)  # type: ignore[union-attr]
    return None if element is None else make(element)


def _unify_mixed(parts: Sequence[Type], make: _Collection, *, unsafe: bool) -> Type | None:
    """Objects among maps, or tuples among lists: all become the collection."""
    return _unify_inside([inner for part in parts for inner in _inner(part)], make, unsafe=unsafe)


def _inner(part: Type) -> Sequence[Type]:
    match part:
        case ObjectType(attributes=attributes):
            return tuple(attributes.values())
        case TupleType(elements=elements):
            return elements
        case ListType(element=element) | MapType(element=element) | SetType(element=element):
            return (element,)
        case Primitive():
            return ()


def _unify_inside(inner: Sequence[Type], make: _Collection, *, unsafe: bool) -> Type | None:
    element = unify(inner, unsafe=unsafe)
    return None if element is None else make(element)


def _unify_objects(parts: Sequence[ObjectType], *, unsafe: bool) -> Type | None:
    names = parts[0].attributes.keys()
    if all(part.attributes.keys() == names for part in parts):
        made = {name: unify([part.attributes[name] for part in parts], unsafe=unsafe) for name in names}
        if all(part is not None for part in made.values()):
            return ObjectType({name: part for name, part in made.items() if part is not None})
    return _unify_inside([inner for part in parts for inner in part.attributes.values()], MapType, unsafe=unsafe)


def _unify_tuples(parts: Sequence[TupleType], *, unsafe: bool) -> Type | None:
    if all(len(part.elements) == len(parts[0].elements) for part in parts):
        made = [unify(column, unsafe=unsafe) for column in zip(*(part.elements for part in parts), strict=True)]
        if all(part is not None for part in made):
            return TupleType(tuple(part for part in made if part is not None))
    return _unify_inside([inner for part in parts for inner in part.elements], ListType, unsafe=unsafe)


def _preference(left: Type, right: Type) -> int:
    """Order types by preference as a result: the more general first."""
    if DYNAMIC in (left, right):
        return (left is DYNAMIC) - (right is DYNAMIC)
    match left, right:
        case Primitive(), Primitive():
            return (right is STRING) - (left is STRING)
        case (ListType(), ListType()) | (SetType(), SetType()) | (MapType(), MapType()):
            return _preference(left.element, right.element)  # type: ignore[union-attr]
        case (ListType(), TupleType()) | (MapType(), ObjectType()) | ((TupleType() | ListType()), SetType()):
            return -1
        case (TupleType(), ListType()) | (ObjectType(), MapType()) | (SetType(), (TupleType() | ListType())):
            return 1
    return 0
