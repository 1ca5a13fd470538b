"""Type constraints: `list(object({ name = string, size = optional(number, 1) }))`.

A constraint is a type and, apart from it, the defaults of its optional attributes. Defaults go in first,
then the value is converted: an attribute that is missing or null gets its default, at any depth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from batchplan.core.codes import INVALID_TYPE_CONSTRAINT
from batchplan.core.diagnostics import Fault, fault
from batchplan.core.source import Range, Source
from batchplan.core.suggest import did_you_mean
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.nodes import Call, Expression, Literal, ObjectConstructor, Traversal, TupleConstructor
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
    ListValue,
    MapValue,
    Marked,
    Null,
    ObjectValue,
    SetValue,
    TupleValue,
    Value,
    make_set,
    mark,
    type_of,
)


@dataclass(frozen=True, slots=True)
class Defaults:
    """What is put in where attributes are missing. `inner` is by attribute, or `*` for every element."""

    attributes: Mapping[str, Value] = field(default_factory=dict)
    inner: "Mapping[str | int, Defaults]" = field(default_factory=dict)

    def apply(self, value: Value) -> Value:
        """Return the value with defaults put in; what is unknown or of another shape is left as it is."""
        match value:
            case Marked(value=plain, marks=marks):
                return mark(self.apply(plain), marks)
            case ObjectValue(entries=entries):
                return ObjectValue(self._filled(entries))
            case MapValue(entries=entries):
                return self._map(entries)
            case TupleValue(items=items):
                return TupleValue([self._element(at, item) for at, item in enumerate(items)])
            case ListValue(items=items):
                made = [self._element(at, item) for at, item in enumerate(items)]
                return ListValue(type_of(made[0]), made) if _alike(made) else TupleValue(made) if made else value
            case SetValue(items=items):
                made = [self._element(0, item) for item in items]
                return make_set(type_of(made[0]), made) if _alike(made) else TupleValue(made) if made else value
        return value

    def _map(self, entries: Mapping[str, Value]) -> Value:
        if "*" in self.inner:
            return ObjectValue({name: self.inner["*"].apply(item) for name, item in entries.items()})
        return ObjectValue(self._filled(entries))

    def _element(self, at: int, item: Value) -> Value:
        inner = self.inner.get(at) or self.inner.get("*")
        return inner.apply(item) if inner else item

    def _filled(self, entries: Mapping[str, Value]) -> dict[str, Value]:
        made = dict(entries)
        for name, default in self.attributes.items():
            if name not in made or type(made[name]) is Null:
                made[name] = default
        for name in list(made):
            inner = self.inner.get(name) or self.inner.get("*")
            if inner:
                made[name] = inner.apply(made[name])
        return made


def _alike(items: list[Value]) -> bool:
    return bool(items) and all(type_of(item) == type_of(items[0]) for item in items)


@dataclass(frozen=True, slots=True)
class Constraint:
    """What a value must be, and what fills it up."""

    type: Type
    defaults: Defaults | None = None

    def accept(self, value: Value) -> Value:
        """Return the value with defaults and of the type; raise ConversionError when it does not fit."""
        return convert(self.defaults.apply(value) if self.defaults else value, self.type)


ANY = Constraint(DYNAMIC)

PRIMITIVES: dict[str, Type] = {"string": STRING, "number": NUMBER, "bool": BOOL, "any": DYNAMIC}
COLLECTIONS: dict[str, type[ListType | SetType | MapType]] = {"list": ListType, "set": SetType, "map": MapType}
WORDS = (*PRIMITIVES, *COLLECTIONS, "object", "tuple", "optional")


def parse_type(node: Expression, source: Source) -> Constraint:
    """Return the constraint an expression spells; raise Fault when it spells none."""
    return _Reader(source).read(node)


@dataclass(slots=True)
class _Reader:
    source: Source

    def bad(self, node: Expression, detail: str) -> Fault:
        return fault(INVALID_TYPE_CONSTRAINT, detail, Range(self.source, node.start, node.end))

    def read(self, node: Expression) -> Constraint:
        if isinstance(node, Traversal) and not node.steps:
            return self._word(node)
        if isinstance(node, Literal) and isinstance(node.value, str):
            if node.value in PRIMITIVES and self.source.text[node.start] == '"':
                raise self.bad(node, f"A type is written without quotes: {node.value}.")
            raise self.bad(node, "A type is a word such as string, or a call such as list(string); not a text.")
        if isinstance(node, Call):
            return self._call(node)
        raise self.bad(
            node, "A type is string, number, bool, any, or list(…), set(…), map(…), tuple([…]), object({…})."
        )

    def _word(self, node: Traversal) -> Constraint:
        if node.root in PRIMITIVES:
            return Constraint(PRIMITIVES[node.root])
        if node.root in COLLECTIONS:
            raise self.bad(node, f"Say what the {node.root} holds: {node.root}(string), or {node.root}(any).")
        if node.root in ("object", "tuple"):
            example = "object({ name = string })" if node.root == "object" else "tuple([string, number])"
            raise self.bad(node, f"Say what the {node.root} holds, as in {example}.")
        raise self.bad(node, f'"{node.root}" is no type.{did_you_mean(node.root, WORDS)}')

    def _call(self, node: Call) -> Constraint:
        if node.expand or len(node.arguments) != 1:
            if node.name == "optional":
                raise self.bad(node, "optional() stands for an attribute of object({…}) only.")
            raise self.bad(node, f"{node.name}(…) takes one argument, the type inside.")
        inside = node.arguments[0]
        if node.name in COLLECTIONS:
            inner = self.read(inside)
            made = COLLECTIONS[node.name](inner.type)
            return Constraint(made, Defaults(inner={"*": inner.defaults}) if inner.defaults else None)
        if node.name == "object":
            return self._object(inside)
        if node.name == "tuple":
            return self._tuple(inside)
        if node.name == "optional":
            raise self.bad(node, "optional() stands for an attribute of object({…}) only.")
        raise self.bad(node, f'"{node.name}" is no type.{did_you_mean(node.name, WORDS)}')

    def _tuple(self, node: Expression) -> Constraint:
        if not isinstance(node, TupleConstructor):
            raise self.bad(node, "tuple(…) takes a list of types: tuple([string, number]).")
        parts = [self.read(item) for item in node.items]
        inner: dict[str | int, Defaults] = {at: part.defaults for at, part in enumerate(parts) if part.defaults}
        return Constraint(TupleType(tuple(part.type for part in parts)), Defaults(inner=inner) if inner else None)

    def _object(self, node: Expression) -> Constraint:
        if not isinstance(node, ObjectConstructor):
            raise self.bad(node, "object(…) takes attributes and their types: object({ name = string }).")
        attributes: dict[str, Type] = {}
        optional: set[str] = set()
        values: dict[str, Value] = {}
        inner: dict[str | int, Defaults] = {}
        for key, item in node.items:
            name = self._name(key.expression)
            if name in attributes:
                raise self.bad(key.expression, f'The attribute "{name}" is there twice.')
            part, is_optional, default = self._attribute(item)
            attributes[name] = part.type
            if is_optional:
                optional.add(name)
            if default is not None:
                values[name] = default
            if part.defaults:
                inner[name] = part.defaults
        defaults = Defaults(values, inner) if values or inner else None
        return Constraint(ObjectType(attributes, frozenset(optional)), defaults)

    def _name(self, node: Expression) -> str:
        if isinstance(node, Traversal) and not node.steps:
            return node.root
        if isinstance(node, Literal) and isinstance(node.value, str):
            return node.value
        raise self.bad(node, "The name of an attribute must be a plain word.")

    def _attribute(self, node: Expression) -> tuple[Constraint, bool, Value | None]:
        if not (isinstance(node, Call) and node.name == "optional"):
            return self.read(node), False, None
        if node.expand or len(node.arguments) not in (1, 2):
            raise self.bad(node, "optional(…) takes a type and, if wanted, a default value.")
        part = self.read(node.arguments[0])
        if len(node.arguments) == 1:
            return part, True, None
        return part, True, self._default(node.arguments[1], part)

    def _default(self, node: Expression, part: Constraint) -> Value:
        from batchplan.lang.compile import compile_expression

        value = compile_expression(node, self.source, {}).evaluate({})
        try:
            return part.accept(value)
        except ConversionError as error:
            raise self.bad(node, f"The default does not fit its type: {error}.") from None
