"""`for` expressions, `%{for}` directives and splats."""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from batchplan.core.codes import (
    DUPLICATE_KEY,
    INVALID_COLLECTION,
    INVALID_CONDITION,
    INVALID_SPLAT,
)
from batchplan.core.diagnostics import fault
from batchplan.core.source import Range
from batchplan.lang import effort
from batchplan.lang.conditions import decide
from batchplan.lang.nodes import For, Splat, SplatElement, TemplateFor
from batchplan.lang.templates import join_text
from batchplan.lang.types import DYNAMIC, STRING, ListType, Primitive, SetType, TupleType, Type, friendly
from batchplan.lang.values import (
    UNKNOWN,
    ListValue,
    MapValue,
    Marks,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    Unknown,
    Value,
    mark,
    pairs,
    type_of,
    unmark,
)

if TYPE_CHECKING:
    from batchplan.lang.compile import Compiler
    from batchplan.lang.compiled import Closure, Environment, Namespace


def _entries(value: Value, at: Range) -> tuple[Iterable[tuple[Value, Value]] | None, Marks]:
    """Return keys and elements to loop over (None when unknown) and the marks; raise Fault."""
    plain, marks = unmark(value)
    if type(plain) is Null:
        raise fault(INVALID_COLLECTION, "This value is null, so there is nothing to loop over.", at)
    if type(plain) is Unknown and (plain.type is DYNAMIC or not isinstance(plain.type, Primitive)):
        return None, marks
    if isinstance(plain, (TupleValue, ListValue, SetValue, ObjectValue, MapValue)):
        effort.spend_on(plain, at)
        return pairs(plain), marks
    detail = f"A loop needs a list, a set, a tuple, a map or an object, not {friendly(type_of(plain))}."
    raise fault(INVALID_COLLECTION, detail, at)


def compile_for(compiler: "Compiler", node: For, bound: frozenset[str]) -> "Closure":
    """Return the closure of `[for …]` or `{for …}`."""
    collection = compiler.compile(node.collection, bound)
    inner = bound | {node.value} | ({node.key} if node.key else set())
    result = compiler.compile(node.result, inner)
    condition = compiler.compile(node.condition, inner) if node.condition is not None else None
    wanted = _filter(compiler, node, condition)
    if node.key_result is None:
        return _tuple_for(compiler, node, collection, wanted, result)
    return _object_for(compiler, node, collection, wanted, compiler.compile(node.key_result, inner), result)


Filter = Callable[["Environment"], tuple[bool | None, Marks]]


def _filter(compiler: "Compiler", node: For, condition: "Closure | None") -> Filter | None:
    """Return what decides on an element. Where there is none, it is asked about an unknown one: a condition that can
    never be true or false is a mistake also while the collection happens to be empty."""
    if condition is None or node.condition is None:
        return None
    at = compiler.at(node.condition)

    def wanted(environment: "Environment") -> tuple[bool | None, Marks]:
        value = condition(environment)
        if type(value) is Null:
            raise fault(INVALID_CONDITION, "The condition after if is null; it must be true or false.", at)
        return decide(value, at)

    return wanted


def _bind(
    environment: "Environment", node: For | TemplateFor, key: Value, value: Value
) -> "dict[str, Value | Namespace]":
    scope: dict[str, Value | Namespace] = dict(environment)
    if node.key is not None:
        scope[node.key] = key
    scope[node.value] = value
    return scope


def _tuple_for(
    compiler: "Compiler", node: For, collection: "Closure", wanted: Filter | None, result: "Closure"
) -> "Closure":
    at = compiler.at(node.collection)

    def run(environment: "Environment") -> Value:
        entries, marks = _entries(collection(environment), at)
        if entries is None:
            return mark(UNKNOWN, marks)
        items: list[Value] = []
        scope: dict[str, Value | Namespace] = dict(environment)
        undecided = False
        met = False
        for key, value in entries:
            met = True
            if node.key is not None:
                scope[node.key] = key
            scope[node.value] = value
            if wanted is not None:
                keep, more = wanted(scope)
                marks |= more
                undecided |= keep is None
                if not keep:
                    continue
            items.append(result(scope))
        if wanted is not None and not met:
            wanted(_bind(environment, node, UNKNOWN, UNKNOWN))
        return mark(UNKNOWN if undecided else TupleValue(items), marks)

    return run


def _object_for(
    compiler: "Compiler",
    node: For,
    collection: "Closure",
    wanted: Filter | None,
    key_result: "Closure",
    result: "Closure",
) -> "Closure":
    assert node.key_result is not None
    at, key_at = compiler.at(node.collection), compiler.at(node.key_result)

    def run(environment: "Environment") -> Value:
        entries, marks = _entries(collection(environment), at)
        if entries is None:
            return mark(UNKNOWN, marks)
        made: dict[str, list[Value]] = {}
        known, met = True, False
        for key, value in entries:
            met = True
            scope = _bind(environment, node, key, value)
            if wanted is not None:
                keep, more = wanted(scope)
                marks |= more
                known &= keep is not None
                if not keep:
                    continue
            name, more = compiler.object_key(key_result(scope), key_at)
            marks |= more
            if name is None:
                known = False
                continue
            if name in made and not node.group:
                raise fault(DUPLICATE_KEY, _duplicate(name), key_at)
            made.setdefault(name, []).append(result(scope))
        if wanted is not None and not met:
            wanted(_bind(environment, node, UNKNOWN, UNKNOWN))
        if not known:
            return mark(UNKNOWN, marks)
        return mark(_grouped(made, group=node.group), marks)

    return run


def _duplicate(name: str) -> str:
    return (
        f'Two elements give the key "{name}". If that is meant, put ... after the value, '
        "and each key gets a list of all its values."
    )


def _grouped(made: dict[str, list[Value]], *, group: bool) -> Value:
    return ObjectValue({name: TupleValue(items) if group else items[0] for name, items in made.items()})


def compile_template_for(compiler: "Compiler", node: TemplateFor, bound: frozenset[str]) -> "Closure":
    """Return the closure of `%{for}…%{endfor}`, which gives a string."""
    collection = compiler.compile(node.collection, bound)
    inner = bound | {node.value} | ({node.key} if node.key else set())
    pieces = [compiler.piece(part, inner) for part in node.body]
    at, place = compiler.at(node.collection), compiler.at(node)

    def run(environment: "Environment") -> Value:
        entries, marks = _entries(collection(environment), at)
        if entries is None:
            return mark(Unknown(STRING, not_null=True), marks)
        parts: list[Value] = []
        for key, value in entries:
            scope = _bind(environment, node, key, value)
            parts.extend(piece(scope) for piece in pieces)
        return mark(join_text(parts, place), marks)

    return run


def splat_name(node: SplatElement) -> str:
    """Return the hidden name under which the present element of a splat is found."""
    return f"*{id(node)}"


def compile_splat(compiler: "Compiler", node: Splat, bound: frozenset[str]) -> "Closure":
    """Return the closure of `x[*]…` or `x.*…`."""
    source, each = compiler.compile(node.source, bound), compiler.compile(node.each, bound)
    name, at = splat_name(node.element), compiler.at(node.source)

    def run(environment: "Environment") -> Value:
        value, marks = unmark(source(environment))
        scope: dict[str, Value | Namespace] = dict(environment)

        def one(item: Value) -> Value:
            scope[name] = item
            return each(scope)

        return mark(_splat(value, one, at), marks)

    return run


def _splat(value: Value, each: Callable[[Value], Value], at: Range) -> Value:
    of = type_of(value)
    several = isinstance(of, (ListType, SetType, TupleType))
    if type(value) is Null:
        if several:
            detail = "This value is null; a splat needs a list, or one value to stand for a list."
            raise fault(INVALID_SPLAT, detail, at)
        return TupleValue([])
    if type(value) is Unknown:
        if isinstance(of, (ListType, SetType)):
            return Unknown(ListType(type_of(each(Unknown(of.element)))), not_null=True)
        return UNKNOWN
    items: Sequence[Value] = value.items if isinstance(value, (ListValue, SetValue, TupleValue)) else (value,)
    effort.spend_elements(len(items), at)
    return _collect(of, [each(item) for item in items], each, at)


def _collect(of: Type, made: list[Value], each: Callable[[Value], Value], at: Range) -> Value:
    """A list stays a list of whatever its elements gave, which must be of one type; anything else becomes a tuple."""
    if not isinstance(of, (ListType, SetType)):
        return TupleValue(made)
    if not made:
        return ListValue(type_of(each(Unknown(of.element))), [])
    element = type_of(made[0])
    if any(type_of(item) != element for item in made):
        detail = (
            "The elements give values of different types here, which no list can hold. Use a for expression instead."
        )
        raise fault(INVALID_SPLAT, detail, at)
    return ListValue(element, made)
