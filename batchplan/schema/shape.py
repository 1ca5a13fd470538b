"""The shape of blocks, read off the models: arguments, nested blocks, and where each is in the API's JSON."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from batchplan.lang.jsonsyntax import BlockSpec, BodySchema
from batchplan.lang.types import BOOL, DYNAMIC, NUMBER, STRING, ListType, MapType, Type
from batchplan.schema.block import Block
from batchplan.schema.constraint import Constraint
from batchplan.schema.facts import PLAIN, Fact, Plane
from batchplan.schema.rule import Rule

Nesting = Literal["single", "list", "map"]
_PRIMITIVES: Mapping[Any, Type] = {str: STRING, int: NUMBER, bool: BOOL, Any: DYNAMIC}


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a block. `inner` are the constraints of a list's elements."""

    name: str
    type: Type
    required: bool
    fact: Fact
    constraints: tuple[Constraint, ...] = ()
    inner: tuple[Constraint, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Nested:
    """A nested block: once, in a list, or by label."""

    name: str
    nesting: Nesting
    required: bool
    fact: Fact
    model: type[Block]
    constraints: tuple[Constraint, ...] = ()

    @property
    def shape(self) -> "Shape":
        """What is inside of each."""
        return shape_of(self.model)

    @property
    def low(self) -> int:
        """How many there must be."""
        return 1 if self.required else 0

    @property
    def high(self) -> int | None:
        """How many there can be; None for any number."""
        return 1 if self.nesting == "single" else None


@dataclass(frozen=True, slots=True)
class Shape:
    """What a block can hold. `computed` are attributes that only references use."""

    model: type[Block]
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    blocks: Mapping[str, Nested] = field(default_factory=dict)
    computed: Mapping[str, Type] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    required: "tuple[Argument | Nested, ...]" = ()
    stated: tuple[Argument, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All that can be written in it."""
        return (*self.arguments, *self.blocks)

    def member(self, name: str) -> "Argument | Nested | None":
        """Return an argument or nested block by name."""
        return self.arguments.get(name) or self.blocks.get(name)

    def members(self) -> "Iterator[Argument | Nested]":
        """Yield arguments and nested blocks."""
        yield from self.arguments.values()
        yield from self.blocks.values()


@cache
def shape_of(model: type[Block]) -> Shape:
    """Return the shape of a model."""
    arguments: dict[str, Argument] = {}
    blocks: dict[str, Nested] = {}
    for name, info in model.model_fields.items():
        member = _member(name, info)
        if isinstance(member, Nested):
            blocks[name] = member
        else:
            arguments[name] = member
    needed = [one for one in arguments.values() if one.required]
    blocks_needed = [one for one in blocks.values() if one.required]
    stated = tuple(one for one in arguments.values() if one.fact.stated)
    return Shape(model, arguments, blocks, model.computed, model.rules, (*needed, *blocks_needed), stated)


def _member(name: str, info: FieldInfo) -> Argument | Nested:
    fact = next((one for one in info.metadata if isinstance(one, Fact)), PLAIN)
    constraints = tuple(one for one in info.metadata if isinstance(one, Constraint))
    required = info.is_required()
    bare = _not_null(info.annotation)
    origin, parts = get_origin(bare), get_args(bare)
    if _is_block(bare):
        return Nested(name, "single", required, fact, bare, constraints)
    if origin is tuple and _is_block(parts[0]):
        return Nested(name, "list", required, fact, parts[0], constraints)
    if origin is dict and _is_block(parts[1]):
        return Nested(name, "map", required, fact, parts[1], constraints)
    if origin is tuple:
        element, inner = _element(parts[0])
        return Argument(name, ListType(element), required, fact, constraints, inner)
    if origin is dict:
        element, _ = _element(parts[1])
        return Argument(name, MapType(element), required, fact, constraints)
    return Argument(name, _PRIMITIVES[bare], required, fact, constraints, whole=bare is int)


def _not_null(annotation: Any) -> Any:
    """Return what an optional annotation is when it is not None."""
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [part for part in get_args(annotation) if part is not type(None)]
        assert len(rest) == 1, f"a field has one type: {annotation}"
        return rest[0]
    return annotation


def _is_block(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Block)


def _element(annotation: Any) -> tuple[Type, tuple[Constraint, ...]]:
    if get_origin(annotation) is Annotated:
        bare, *metadata = get_args(annotation)
        return _PRIMITIVES[bare], tuple(one for one in metadata if isinstance(one, Constraint))
    return _PRIMITIVES[annotation], ()


@cache
def may_hold_nothing(nested: Nested) -> bool:
    """Return whether a single block is right with nothing in it, so that its being there says something."""
    return not nested.shape.required and not any(problem for rule in nested.shape.rules for problem in rule({}))


@cache
def body_schema(model: type[Block]) -> BodySchema:
    """Return which members are blocks, for files in JSON; `dynamic` makes blocks of any type that may stand there."""
    blocks = {
        name: BlockSpec(1 if nested.nesting == "map" else 0, body_schema(nested.model))
        for name, nested in shape_of(model).blocks.items()
    }
    if not blocks:
        return BodySchema()
    content: dict[str, BlockSpec] = {}
    for inner in blocks.values():
        content |= inner.body.blocks
    pattern = BlockSpec(1, BodySchema({"content": BlockSpec(0, BodySchema(content))}))
    return BodySchema({**blocks, "dynamic": pattern})


def camel(name: str) -> str:
    """Return a name as JSON members are written: `vm_size` is `vmSize`."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@cache
def wire_path(fact: Fact, name: str, prefix: str, plane: Plane) -> tuple[str, ...]:
    """Return the JSON path of a member, from the object of its block; `prefix` is where the block's body is."""
    text = (fact.data if plane is Plane.DATA else None) or fact.api or camel(name)
    if text.startswith("/"):
        return tuple(text[1:].split("."))
    path = tuple(text.split("."))
    return (prefix, *path) if prefix else path
