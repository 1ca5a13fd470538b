"""What people and tools read about kinds and fields."""

from collections.abc import Iterator
from typing import Any

from batchplan.lang.types import DYNAMIC, Type, friendly, to_json
from batchplan.schema.facts import CONSEQUENCE, Plane
from batchplan.schema.lookup import Field, find
from batchplan.schema.registry import DATA_KINDS, KINDS, Kind
from batchplan.schema.shape import Argument, Nested, Shape

API_VERSION = "2025-06-01"
FORMAT_VERSION = "1.0"
_PLANES = {Plane.ARM: "ARM", Plane.DATA: "data plane"}


def explain(name: str) -> str | None:
    """Return the page of a kind or a field: `pool`, `data.pool`, `pool.start_task.command_line`.

    None when the first word is no kind. Raises NoSuchField when the kind has no such field.
    """
    words = name.split(".")
    table = DATA_KINDS if words[0] == "data" else KINDS
    rest = words[1:] if words[0] == "data" else words
    kind = table.get(rest[0]) if rest else None
    if kind is None:
        return None
    if len(rest) == 1:
        return "\n".join(_kind_page(kind)) + "\n"
    if rest[1] in kind.shape.computed and len(rest) == 2:
        return f"{name} ({_type_text(kind.shape.computed[rest[1]])})\n\n  Can be read, not set.\n"
    found = find(kind, _with_labels(kind, rest[1:]))
    return "\n".join(_field_page(name, found)) + "\n"


def _with_labels(kind: Kind, words: list[str]) -> tuple[str, ...]:
    """Put a label after each block that has one; in a name people leave it out."""
    path: list[str] = []
    shape: Shape | None = kind.shape
    for word in words:
        path.append(word)
        nested = shape.blocks.get(word) if shape else None
        shape = nested.shape if nested else None
        if nested and nested.nesting == "map":
            path.append("*")
    return tuple(path)


def _type_text(of: Type) -> str:
    return "any value" if of is DYNAMIC else friendly(of)


def sort_of(member: Argument | Nested) -> str:
    """Return what a member is: a type, or a kind of block."""
    if isinstance(member, Argument):
        return f"{_type_text(member.type)}, {'required' if member.required else 'optional'}"
    forms = {"single": "block", "list": "blocks, any number", "map": "blocks, each with a label"}
    return f"{forms[member.nesting]}, {'required' if member.required else 'optional'}"


def _field_page(name: str, found: Field) -> Iterator[str]:
    member, fact = found.member, found.fact
    yield f"{name} ({sort_of(member)})"
    text = " ".join(part for part in (fact.text, _summary(member)) if part)
    if text:
        yield f"\n  {text}"
    yield ""
    rows = list(_rows(found))
    width = max(len(label) for label, _ in rows) + 2
    yield from (f"  {label:<{width}}{value}" for label, value in rows)
    if isinstance(member, Nested):
        yield ""
        yield from _members(member.shape)


def _summary(member: Argument | Nested) -> str:
    return _first_line(member.shape) if isinstance(member, Nested) else ""


def _rows(found: Field) -> Iterator[tuple[str, str]]:
    member, fact = found.member, found.fact
    allowed = [one.describe() for one in member.constraints]
    allowed += [f"each {one.describe()}" for one in getattr(member, "inner", ())]
    if allowed:
        yield "allowed", "; ".join(allowed)
    if fact.default is not None:
        yield "default", str(fact.default).lower() if isinstance(fact.default, bool) else str(fact.default)
    if not found.kind.data:
        yield "change", f"{found.change.word}: {CONSEQUENCE[found.change]}"
        if fact.label_only:
            yield "", "It is a label: a change waits for the next replacement and causes none."
        if fact.forward:
            yield "", f"Any change but {fact.forward[0]} to {fact.forward[1]} needs a new object."
        if fact.why:
            yield "why", fact.why
            yield "source", fact.source
    yield "in the API", _place(found)
    if fact.since:
        yield "since", f"api-version {fact.since}"
    if fact.key:
        yield "items", f"told apart by {', '.join(fact.key)}; their order does not count"
    elif fact.unordered:
        yield "items", "their order does not count"
    elif isinstance(member, Nested) and member.nesting == "list":
        yield "items", "their order counts"
    if fact.sensitive:
        yield "sensitive", "shown nowhere and stored as a keyed hash only"
    elif fact.sas:
        yield "sensitive", "when it carries a signature"
    if not fact.readable:
        yield "reading", "the service never returns it; changes are seen in the configuration only"


def _place(found: Field) -> str:
    if not found.api:
        return "a part of the address, or batchplan's own: not in the body"
    return f"{_PLANES[found.kind.plane]} {API_VERSION}: {'.'.join(found.api)}"


def overview() -> str:
    """Return a line for each kind."""
    rows = [(name, kind) for name, kind in KINDS.items()]
    rows += [(f"data.{name}", kind) for name, kind in DATA_KINDS.items()]
    width = max(len(name) for name, _ in rows) + 2
    lines = [f"{name:<{width}}{_first_line(kind.shape)}" for name, kind in rows]
    return "\n".join([*lines, "", "batchplan explain NAME tells what each can hold."]) + "\n"


def _first_line(shape: Shape) -> str:
    return (shape.model.__doc__ or "").strip().splitlines()[0]


def _kind_page(kind: Kind) -> Iterator[str]:
    yield f"{'data ' if kind.data else ''}{kind.name}"
    yield f"\n  {_first_line(kind.shape)}\n"
    yield from _members(kind.shape)
    if kind.shape.computed:
        yield "\n  can be read\n"
        width = max(map(len, kind.shape.computed)) + 2
        yield from (f"    {name:<{width}}{_type_text(of)}" for name, of in kind.shape.computed.items())


def _members(shape: Shape) -> Iterator[str]:
    width = max(map(len, shape.names), default=0) + 2
    parts: dict[str, list[Argument | Nested]] = {
        "arguments": list(shape.arguments.values()),
        "blocks": list(shape.blocks.values()),
    }
    for title, members in parts.items():
        if not members:
            continue
        yield f"  {title}\n"
        for member in sorted(members, key=lambda one: (not one.required, one.name)):
            change = f"  [{member.fact.change.word}]" if member.fact.change is not None else ""
            yield f"    {member.name:<{width}}{sort_of(member)}{change}"
        if title == "arguments" and shape.blocks:
            yield ""


def as_json() -> dict[str, Any]:
    """Return all kinds as data, in the way of Terraform's `providers schema -json`."""
    return {
        "format_version": FORMAT_VERSION,
        "api_version": API_VERSION,
        "resource_schemas": {name: _schema(kind) for name, kind in KINDS.items()},
        "data_source_schemas": {name: _schema(kind) for name, kind in DATA_KINDS.items()},
    }


def _schema(kind: Kind) -> dict[str, Any]:
    return {"version": 1, "plane": kind.plane.value, "block": _block_json(kind, kind.shape, ())}


def _block_json(kind: Kind, shape: Shape, path: tuple[str, ...]) -> dict[str, Any]:
    attributes = {name: _attribute_json(kind, one, (*path, name)) for name, one in shape.arguments.items()}
    attributes |= {name: {"type": to_json(of), "computed": True} for name, of in shape.computed.items()}
    blocks = {name: _nested_json(kind, one, (*path, name)) for name, one in shape.blocks.items()}
    made: dict[str, Any] = {"description": _first_line(shape)}
    made["attributes"] = dict(sorted(attributes.items()))
    if blocks:
        made["block_types"] = dict(sorted(blocks.items()))
    return made


def _attribute_json(kind: Kind, argument: Argument, path: tuple[str, ...]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": to_json(argument.type)}
    made["required" if argument.required else "optional"] = True
    allowed = [one.describe() for one in (*argument.constraints, *argument.inner)]
    if allowed:
        made["allowed"] = allowed
    return made | _facts_json(kind, path)


def _nested_json(kind: Kind, nested: Nested, path: tuple[str, ...]) -> dict[str, Any]:
    inside = (*path, "*") if nested.nesting == "map" else path
    made: dict[str, Any] = {"nesting_mode": nested.nesting, "block": _block_json(kind, nested.shape, inside)}
    if nested.low:
        made["min_items"] = nested.low
    if nested.high is not None:
        made["max_items"] = nested.high
    return made | _facts_json(kind, path)


def _facts_json(kind: Kind, path: tuple[str, ...]) -> dict[str, Any]:
    found = find(kind, path)
    fact = found.fact
    made: dict[str, Any] = {}
    if fact.text:
        made["description"] = fact.text
    if fact.default is not None:
        made["default"] = fact.default
    if fact.sensitive:
        made["sensitive"] = True
    if not fact.readable:
        made["write_only"] = True
    if fact.key:
        made["keyed_by"] = list(fact.key)
    if not kind.data:
        made["change"] = found.change.word
        made |= {"why": fact.why, "source": fact.source} if fact.why else {}
    if fact.since:
        made["since"] = fact.since
    if found.api and not kind.data:
        made["api"] = ".".join(found.api)
    return made
