"""A state, or one object of it, as text."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from batchplan.core.address import parse_address
from batchplan.state.document import by_address, remote_of
from batchplan.state.model import OutputRecord, ResourceRecord, StateDocument
from batchplan.state.secrets import is_placeholder

HIDDEN = "(sensitive value)"


def record_text(record: ResourceRecord) -> str:
    """Return an object of the state as its block would be written, with what only the state knows as comments."""
    address = parse_address(record.address)
    data = "data " if address.data else ""
    notes = [f"id: {remote_of(record).id}"]
    if record.generation > 1:
        notes.append(f"generation: {record.generation}")
    if record.created_at is not None:
        notes.append(f"created: {record.created_at:%Y-%m-%d %H:%M:%S} UTC")
    if not record.verified:
        notes.append("not yet seen to be usable; the next apply waits for it")
    head = [f"# {record.address}:", *(f"# {note}" for note in notes), f'{data}{address.kind} "{address.name}" {{']
    return "\n".join([*head, *_members(record.applied, 1), "}"]) + "\n"


def _members(document: Mapping[str, Any], depth: int) -> Iterator[str]:
    indent = "    " * depth
    plain = {name: value for name, value in document.items() if not _is_block(value)}
    width = max(map(len, plain), default=0)
    for name, value in plain.items():
        yield f"{indent}{name:<{width}} = {shown(value)}"
    for name, value in document.items():
        if not _is_block(value):
            continue
        for label, inner in _blocks(value):
            yield ""
            yield f"{indent}{name}{label} {{"
            yield from _members(inner, depth + 1)
            yield f"{indent}}}"


def _is_block(value: Any) -> bool:
    if is_placeholder(value):
        return False
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _blocks(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(value, Mapping):
        for item in value:
            yield "", item
    elif all(isinstance(item, Mapping) and not is_placeholder(item) for item in value.values()):
        for label, item in value.items():
            yield f" {json.dumps(label)}", item
    else:
        yield "", value


def shown(value: Any) -> str:
    """Return a value of a document in one line, secrets hidden."""
    if is_placeholder(value):
        return HIDDEN
    if isinstance(value, Mapping):
        inner = ", ".join(f"{name} = {shown(item)}" for name, item in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(shown, value))}]"
    return json.dumps(value, ensure_ascii=False)


def output_text(record: OutputRecord) -> str:
    """Return the value of an output in HCL's words, a sensitive one hidden."""
    if record.sensitive:
        return "<sensitive>"
    from batchplan.lang.display import show
    from batchplan.lang.functions.jsontext import decode

    return show(decode(json.dumps(record.value, ensure_ascii=False)))


def outputs_text(outputs: Mapping[str, OutputRecord]) -> str:
    """Return all outputs, one a line where it fits."""
    return "".join(f"{name} = {output_text(record)}\n" for name, record in outputs.items())


def output_json(record: OutputRecord) -> dict[str, Any]:
    """Return an output as Terraform does; the value of a sensitive one is not kept, so it is null."""
    value = None if record.sensitive else record.value
    return {"sensitive": record.sensitive, "type": record.type, "value": value}


def state_text(document: StateDocument) -> str:
    """Return all objects and outputs of a state."""
    text = "\n".join(record_text(record) for record in by_address(document).values())
    if document.outputs:
        text += ("\n" if text else "") + "\nOutputs:\n\n" + outputs_text(document.outputs)
    return text or "The state is empty.\n"
