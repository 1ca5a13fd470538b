"""What a reference to a resource is worth: its arguments and blocks as given, and what is known of the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from batchplan.config.bodies import BodyValue
from batchplan.lang.convert import ConversionError, convert
from batchplan.lang.types import DYNAMIC
from batchplan.lang.values import (
    SENSITIVE,
    Null,
    ObjectValue,
    TupleValue,
    Unknown,
    Value,
    from_python,
    is_known,
    is_null,
    mark,
    unmark,
)
from batchplan.schema.registry import Kind
from batchplan.schema.shape import Argument, Nested, Shape

_NEVER_NULL = ("id", "pool_id", "account_endpoint", "node_management_endpoint")


@dataclass(frozen=True, slots=True)
class Computed:
    """What is known beyond the body."""

    subscription_id: str | None = None
    pool_id: str | None = None
    endpoint_suffix: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)


def object_of(kind: Kind, body: BodyValue, computed: Computed) -> ObjectValue:
    """Return a body as an object with all members of its kind; what is not known before apply is unknown."""
    given = _members(kind.shape, body)
    known = {} if kind.data else _identity(kind.name, given, computed)
    return ObjectValue({**given, **known, **_told(kind.shape, computed.attributes)})


def _told(shape: Shape, attributes: Mapping[str, Any]) -> dict[str, Value]:
    """Return the computed attributes that Azure has told, each of its type."""
    return {
        name: convert(from_python(attributes[name]), of) for name, of in shape.computed.items() if name in attributes
    }


def _members(shape: Shape, body: BodyValue) -> dict[str, Value]:
    members: dict[str, Value] = {name: Unknown(of, not_null=name in _NEVER_NULL) for name, of in shape.computed.items()}
    for name, argument in shape.arguments.items():
        members[name] = _argument(argument, body)
    for name, nested in shape.blocks.items():
        members[name] = _nested(nested, body)
    return members


def _argument(argument: Argument, body: BodyValue) -> Value:
    value = body.values.get(argument.name, Null(argument.type))
    try:
        made = convert(value, argument.type)
    except ConversionError:
        return Unknown(argument.type)
    inner, _ = unmark(made)
    return mark(made, SENSITIVE) if argument.fact.hides(inner) else made


def _nested(nested: Nested, body: BodyValue) -> Value:
    blocks = body.of_type(nested.name)
    made = [ObjectValue(_members(nested.shape, block.body)) for block in blocks]
    if nested.nesting == "single":
        return made[0] if made else Null(DYNAMIC)
    if nested.nesting == "list":
        return TupleValue(made)
    return ObjectValue({block.labels[0]: one for block, one in zip(blocks, made, strict=True) if block.labels})


def _identity(kind: str, given: Mapping[str, Value], computed: Computed) -> dict[str, Value]:
    """Return the names of a resource that follow from what is given, as far as that is known."""
    match kind:
        case "account":
            return _account(given, computed)
        case "application":
            return _joined("id", given, ("account_id", "/applications/", "name"))
        case "application_package":
            return _joined("id", given, ("application_id", "/versions/", "version"))
        case "pool":
            if computed.pool_id is None:
                return {}
            named = {**given, "pool_id": computed.pool_id}
            return {"pool_id": computed.pool_id, **_joined("id", named, ("account_id", "/pools/", "pool_id"))}
        case "job" | "job_schedule":
            return _joined("id", given, ("name",))
    return {}


def _account(given: Mapping[str, Value], computed: Computed) -> dict[str, Value]:
    found: dict[str, Value] = {}
    if computed.subscription_id is not None:
        start = f"/subscriptions/{computed.subscription_id}/resourceGroups/"
        middle = "/providers/Microsoft.Batch/batchAccounts/"
        found |= _joined("id", {**given, start: start}, (start, "resource_group_name", middle, "name"))
    if computed.endpoint_suffix is not None:
        tail = f".{computed.endpoint_suffix}"
        found |= _joined("account_endpoint", given, ("name", ".", "location", tail))
    return found


def _joined(name: str, given: Mapping[str, Value], parts: tuple[str, ...]) -> dict[str, Value]:
    """Return an attribute made of members and fixed texts; nothing when a member is not a known text."""
    text = ""
    marks = frozenset[object]()
    for part in parts:
        value, own = unmark(given.get(part, part))
        if not is_known(value) or is_null(value) or not isinstance(value, str):
            return {}
        text += value
        marks |= own
    return {name: mark(text, marks)}  # type: ignore[arg-type]
