"""What will have been applied: the declared document, but for what is left as it is; and what a refresh takes over."""

from collections.abc import Iterable, Mapping
from typing import Any

from batchplan.plan.change import Document, FieldChange
from batchplan.plan.desired import DesiredObject
from batchplan.schema.document import at


def kept_labels(document: Document, before: Document | None, fields: Iterable[FieldChange]) -> Document:
    """Return what will have been applied: a label whose change is deferred stays as it was."""
    deferred = [str(one.path[0]) for one in fields if one.deferred]
    if not deferred:
        return document
    made = {name: value for name, value in document.items() if name not in deferred}
    return {**made, **{name: before[name] for name in deferred if before and name in before}}


def without_ignored(wanted: DesiredObject, before: Document | None, observed: Document) -> Document:
    """Return the declared document, with what ignore_changes names as it is."""
    if wanted.ignore_changes == "all":
        return before if before is not None else wanted.document
    made = dict(wanted.document)
    for path in wanted.ignore_changes:
        live = at(observed, path)
        _put(made, path, live if live is not None else at(before or {}, path), observed)
    return made


def taken_over(before: Document, fields: Iterable[FieldChange], observed: Document) -> Document:
    """Return a document with what was changed outside of batchplan; a list is taken over as a whole."""
    made = dict(before)
    for one in fields:
        _put(made, one.path, one.observed, observed)
    return made


def _put(node: dict[str, Any], path: tuple[str | int, ...], value: Any, observed: Any) -> None:
    name, *rest = path
    live = observed.get(name) if isinstance(observed, Mapping) else None
    inner = node.get(str(name))
    if rest and isinstance(inner, Mapping):
        copy = dict(inner)
        _put(copy, tuple(rest), value, live)
        node[str(name)] = copy
        return
    taken = live if rest else value
    if taken is None:
        node.pop(str(name), None)
    else:
        node[str(name)] = taken
