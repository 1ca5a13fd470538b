"""A plan and a state as JSON documents of the form that `terraform show -json` prints, for programs that read those.

Sensitive values are null, and marked under `before_sensitive`, `after_sensitive` and `sensitive_values`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from batchplan.core.address import Address, ModulePath, path_text
from batchplan.plan.change import Action, Cause, Change, Changes, Drift, FieldChange, OutputChange
from batchplan.plan.plan import Plan
from batchplan.report.requests import request_json
from batchplan.report.state import output_json
from batchplan.report.steps import sentence
from batchplan.schema.document import UNKNOWN, Secret
from batchplan.state.document import by_address, remote_of
from batchplan.state.model import ResourceRecord, StateDocument
from batchplan.state.secrets import is_placeholder

PLAN_FORMAT = "1.2"
STATE_FORMAT = "1.0"
PROVIDER = "azure"

REASONS: Mapping[Cause, str] = {
    Cause.CONFIG: "replace_because_cannot_update",
    Cause.UNSET: "replace_because_cannot_update",
    Cause.DRIFT: "replace_because_cannot_update",
    Cause.ASKED: "replace_by_request",
    Cause.TRIGGERED: "replace_by_triggers",
    Cause.UNVERIFIED: "replace_because_tainted",
}
"""Terraform's word for why an object is replaced."""


def plan_json(plan: Plan) -> dict[str, Any]:
    """Return a plan as a document; what is batchplan's own is under `batchplan`."""
    changes = plan.changes
    acting = any(change.action is not Action.NOOP for change in changes.objects)
    outputs = any(one.before != one.after or not one.known for one in changes.outputs)
    return {
        "format_version": PLAN_FORMAT,
        "batchplan_version": plan.version,
        "timestamp": plan.created_at.isoformat(),
        "applyable": acting or outputs or bool(plan.steps),
        "complete": True,
        "errored": False,
        "resource_changes": [_change(change) for change in changes.objects],
        "resource_drift": [_drift(one) for one in changes.drift],
        "output_changes": {one.name: _output(one) for one in changes.outputs},
        "batchplan": _own(plan, changes),
    }


def _own(plan: Plan, changes: Changes) -> dict[str, Any]:
    return {
        "workspace": plan.workspace,
        "lineage": plan.lineage,
        "serial": plan.serial,
        "unchanged": changes.unchanged,
        "fields": {str(change.address): [_field(one) for one in change.fields] for change in changes.objects},
        "steps": [
            {
                "id": step.id,
                "type": type(step).__name__,
                "address": str(step.address),
                "object": step.remote.id,
                "needs": list(step.needs),
                "sentence": sentence(step),
                "request": request_json(step),
            }
            for step in plan.steps
        ],
    }


def _resource(address: Address) -> dict[str, Any]:
    made: dict[str, Any] = {"address": str(address)}
    if address.module:
        made["module_address"] = path_text(address.module)
    made |= {"mode": "data" if address.data else "managed", "type": address.kind, "name": address.name}
    if address.key is not None:
        made["index"] = address.key
    return {**made, "provider_name": PROVIDER}


def _change(change: Change) -> dict[str, Any]:
    made = _resource(change.address)
    if change.moved_from is not None:
        made["previous_address"] = str(change.moved_from)
    body = _sides(actions(change), _live(change), change.after)
    if change.action is Action.REPLACE:
        made["action_reason"] = REASONS.get(change.cause or Cause.CONFIG, "replace_because_cannot_update")
        body["replace_paths"] = [list(one.path) for one in change.fields if one.mutability in ("create", "empty")]
    elif change.action is Action.DELETE and not change.forgets:
        made["action_reason"] = "delete_because_no_resource_config"
    if change.imported:
        body["importing"] = {"id": change.remote.id}
    return {**made, "change": body}


def _live(change: Change) -> Any:
    """Return what an object is before: as it was applied, but for what was changed outside since, as it is."""
    made: Any = change.before
    for one in change.fields:
        if one.cause is Cause.DRIFT and made is not None:
            made = _with(made, one.path, one.observed)
    return made


def _with(node: Any, path: Sequence[str | int], value: Any) -> Any:
    """Return a document with another value at a path; what the path does not lead to stays as it is."""
    if not path:
        return value
    name, rest = path[0], path[1:]
    if isinstance(node, list) and isinstance(name, int) and name < len(node):
        return [_with(item, rest, value) if at == name else item for at, item in enumerate(node)]
    if not isinstance(node, Mapping) and node is not None:
        return node
    made = {**(node or {}), name: _with((node or {}).get(name), rest, value)}
    return {key: item for key, item in made.items() if key != name or item is not None}


def actions(change: Change) -> list[str]:
    """Return Terraform's words for what happens to an object; a replacement names what comes first first."""
    match change.action:
        case Action.NOOP:
            return ["no-op"]
        case Action.CREATE:
            return ["create"]
        case Action.UPDATE:
            return ["no-op"] if change.refreshes else ["update"]
        case Action.DELETE:
            return ["forget"] if change.forgets else ["delete"]
        case Action.REPLACE:
            return ["delete", "create"] if change.strategy == "recreate" else ["create", "delete"]


def _sides(words: list[str], before: Any, after: Any) -> dict[str, Any]:
    return {
        "actions": words,
        "before": plain(before),
        "after": plain(after),
        "after_unknown": _marks(after, _is_unknown) or {},
        "before_sensitive": _marks(before, _is_secret) or {},
        "after_sensitive": _marks(after, _is_secret) or {},
    }


def _drift(one: Drift) -> dict[str, Any]:
    """The objects of a drift are shown by the fields that moved; the rest is as it was."""
    made = _resource(one.address)
    if one.gone:
        return {**made, "change": {**_sides(["delete"], _nested(one.fields, "before"), None)}}
    before, after = _nested(one.fields, "before"), _nested(one.fields, "observed")
    return {**made, "change": _sides(["update"], before, after)}


def _nested(fields: Iterable[FieldChange], side: str) -> dict[str, Any]:
    """Return a document with one side of some fields; gaps in lists are null."""
    made: dict[str, Any] = {}
    for one in fields:
        value = getattr(one, side)
        if one.sensitive and value is not None and not isinstance(value, Secret) and not is_placeholder(value):
            value = Secret(value)
        _plant(made, one.path, value)
    return made


def _plant(node: Any, path: Sequence[str | int], value: Any) -> None:
    """Put a value at a path. Where another field lies above it or below it, the wider one is kept."""
    step, rest = path[0], path[1:]
    if isinstance(node, list) != isinstance(step, int):
        return
    if isinstance(node, list) and isinstance(step, int):
        node.extend([None] * (step + 1 - len(node)))
    key: Any = step
    inner = node[key] if isinstance(node, list) else node.get(key)
    if not rest:
        node[key] = value
    elif inner is None:
        node[key] = [] if isinstance(rest[0], int) else {}
        _plant(node[key], rest, value)
    elif isinstance(inner, (dict, list)):
        _plant(inner, rest, value)


def _field(one: FieldChange) -> dict[str, Any]:
    hidden = one.sensitive
    return {
        "path": list(one.path),
        "before": None if hidden else plain(one.before),
        "after": None if hidden else plain(one.after),
        "observed": None if hidden else plain(one.observed),
        "sensitive": hidden,
        "class": one.mutability,
        "why": one.why,
        "cause": one.cause.value,
        "deferred": one.deferred,
        **({"at": str(one.at)} if one.at is not None else {}),
    }


def _output(one: OutputChange) -> dict[str, Any]:
    if one.before is None and (one.after is not None or not one.known):
        words = ["create"]
    elif one.after is None and one.known:
        words = ["delete"]
    else:
        words = ["no-op"] if one.known and one.before == one.after else ["update"]
    return {
        "actions": words,
        "before": None if one.sensitive else plain(one.before),
        "after": None if one.sensitive or not one.known else plain(one.after),
        "after_unknown": not one.known,
        "before_sensitive": one.sensitive,
        "after_sensitive": one.sensitive,
    }


# Values.


def plain(node: Any) -> Any:
    """Return a document as JSON data: what is secret or not known yet is null."""
    if _is_secret(node) or _is_unknown(node):
        return None
    if isinstance(node, Mapping):
        return {str(name): plain(part) for name, part in node.items()}
    if isinstance(node, (list, tuple)):
        return [plain(part) for part in node]
    return node


def _is_secret(node: Any) -> bool:
    return isinstance(node, Secret) or is_placeholder(node)


def _is_unknown(node: Any) -> bool:
    return node is UNKNOWN


def _marks(node: Any, marked: Any) -> Any:
    """Return the shape of a document with true where something is marked; nothing where nothing is."""
    if marked(node):
        return True
    if isinstance(node, Mapping) and not _is_secret(node):
        found = {str(name): _marks(part, marked) for name, part in node.items()}
        kept = {name: part for name, part in found.items() if part}
        return kept or None
    if isinstance(node, (list, tuple)):
        parts = [_marks(part, marked) or ({} if isinstance(part, Mapping) else False) for part in node]
        return parts if any(parts) else None
    return None


# States.


def state_json(document: StateDocument | None) -> dict[str, Any]:
    """Return a state as a document; before the first apply it has no values."""
    made: dict[str, Any] = {"format_version": STATE_FORMAT}
    if document is None:
        return made
    outputs = {name: output_json(record) for name, record in document.outputs.items()}
    records = by_address(document)
    return {
        **made,
        "batchplan_version": document.batchplan_version,
        "values": {"outputs": outputs, "root_module": _module((), records)},
        "batchplan": {"lineage": document.lineage, "serial": document.serial},
    }


def _module(path: ModulePath, records: Mapping[Address, ResourceRecord]) -> dict[str, Any]:
    made: dict[str, Any] = {"address": path_text(path)} if path else {}
    own = [_record(address, record) for address, record in records.items() if address.module == path]
    if own:
        made["resources"] = own
    depth = len(path) + 1
    below = {one.module[:depth] for one in records if len(one.module) >= depth and one.module[: len(path)] == path}
    children = [_module(child, records) for child in sorted(below, key=path_text)]
    if children:
        made["child_modules"] = children
    return made


def _record(address: Address, record: ResourceRecord) -> dict[str, Any]:
    remote = remote_of(record)
    values = {**plain(record.applied), "id": remote.id}
    if remote.kind == "pool":
        values["pool_id"] = remote.name
    return {
        **_resource(address),
        "schema_version": 0,
        "values": values,
        "sensitive_values": _marks(record.applied, _is_secret) or {},
        "depends_on": list(record.depends_on),
        "batchplan": {
            "generation": record.generation,
            "verified": record.verified,
            "created_at": record.created_at.isoformat() if record.created_at is not None else None,
        },
    }
