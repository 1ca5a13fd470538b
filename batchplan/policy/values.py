"""Documents, changes and live facts as values of the language, for policy blocks."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from batchplan.core.codes import INVALID_REFERENCE, UNKNOWN_NAME
from batchplan.core.diagnostics import fault
from batchplan.core.source import Range, Source
from batchplan.core.suggest import did_you_mean
from batchplan.lang.compiled import Namespace
from batchplan.lang.nodes import StepAttribute, Traversal
from batchplan.lang.types import DYNAMIC
from batchplan.lang.values import NULL, SENSITIVE, ObjectValue, TupleValue, Unknown, Value, from_python, mark
from batchplan.plan.change import Action
from batchplan.policy.context import Context
from batchplan.policy.subject import Subject
from batchplan.schema.document import UNKNOWN, Secret, path_text
from batchplan.schema.registry import KINDS
from batchplan.schema.shape import Nested, Shape


def value_of(node: Any) -> Value:
    """Return a part of a document as a value; what is not known stays so, a secret is sensitive and unknown."""
    if node is UNKNOWN:
        return Unknown(DYNAMIC)
    if isinstance(node, Secret):
        return mark(Unknown(DYNAMIC, not_null=True), SENSITIVE)
    if isinstance(node, Mapping):
        return ObjectValue({str(name): value_of(part) for name, part in node.items()})
    if isinstance(node, (list, tuple)):
        return TupleValue([value_of(part) for part in node])
    if isinstance(node, (datetime, date)):
        return node.isoformat()
    return from_python(node)


def document_value(kind: str, document: Mapping[str, Any] | None) -> Value:
    """Return a document as an object with all members of its kind: null for what is not set, empty for lists."""
    if document is None:
        return NULL
    found = KINDS.get(kind)
    return value_of(document) if found is None else _shaped(found.shape, document)


def _shaped(shape: Shape, document: Mapping[str, Any]) -> ObjectValue:
    made: dict[str, Value] = {name: value_of(document.get(name)) for name in shape.arguments}
    for name, nested in shape.blocks.items():
        made[name] = _nested(nested, document.get(name))
    made |= {name: value_of(part) for name, part in document.items() if name not in made}
    return ObjectValue(made)


def _nested(nested: Nested, found: Any) -> Value:
    if found is None:
        return NULL if nested.nesting == "single" else TupleValue([]) if nested.nesting == "list" else ObjectValue({})
    if isinstance(found, (list, tuple)):
        return TupleValue([_shaped(nested.shape, one) if isinstance(one, Mapping) else value_of(one) for one in found])
    if isinstance(found, Mapping) and nested.nesting == "map":
        return ObjectValue(
            {
                name: _shaped(nested.shape, one) if isinstance(one, Mapping) else value_of(one)
                for name, one in found.items()
            }
        )
    return _shaped(nested.shape, found) if isinstance(found, Mapping) else value_of(found)


def change_value(subject: Subject) -> ObjectValue:
    """Return what happens to an object: address, kind, name, action, strategy, before, after and fields."""
    after = None if subject.going else subject.node
    fields = [
        {"path": path_text(one.path), "before": one.before, "after": one.after, "class": one.mutability}
        for one in subject.fields
    ]
    return ObjectValue(
        {
            "address": str(subject.address),
            "kind": subject.kind,
            "name": subject.name,
            "action": (subject.action or Action.NOOP).name.lower(),
            "strategy": value_of(subject.strategy),
            "before": document_value(subject.kind, subject.before),
            "after": document_value(subject.kind, after),
            "fields": value_of(fields),
        }
    )


def resource_value(subject: Subject) -> ObjectValue:
    """Return a declared object: its members, and address, kind and facts of what is live."""
    members = document_value(subject.kind, subject.node)
    assert isinstance(members, ObjectValue), "a document is an object"
    told = {"address": str(subject.address), "kind": subject.kind, "live": value_of(subject.facts)}
    return ObjectValue({**members.entries, **told})


class Tables(Namespace):
    """`plan`, `resources` or `live`: a name, and for some of its members another one, made when asked for."""

    def __init__(self, root: str, members: Mapping[str, Callable[[], Value]]) -> None:
        self.root = root
        self.members = members
        self._made: dict[str, Value] = {}

    def resolve(self, node: Traversal, source: Source) -> tuple[Value, int]:
        """Return the value of the longest of its members that a traversal begins with."""
        names = [step.name for step in node.steps[:2] if isinstance(step, StepAttribute)]
        for count in (2, 1):
            name = ".".join(names[:count])
            if len(names) >= count and name in self.members:
                if name not in self._made:
                    self._made[name] = self.members[name]()
                return self._made[name], count
        at = Range(source, node.start, node.end)
        if not names:
            raise fault(INVALID_REFERENCE, f"Say which part of {self.root}, as in {self.root}.{min(self.members)}.", at)
        asked = ".".join(names[:2])
        hint = did_you_mean(asked, self.members) or did_you_mean(names[0], self.members)
        raise fault(UNKNOWN_NAME, f"There is no {self.root}.{names[0]} here.{hint}", at)


def tables(context: Context) -> dict[str, Namespace]:
    """Return the names that policy blocks have beside those of the configuration."""
    changes: dict[str, Callable[[], Value]] = {
        "changes": lambda: _listed(change_value, context.subjects),
        "summary": lambda: value_of(_summary(context)),
    }
    resources: dict[str, Callable[[], Value]] = {}
    for kind in KINDS:
        changes[f"changes.{kind}"] = lambda kind=kind: _listed(change_value, context.of_kind(kind))  # type: ignore[misc]
        resources[kind] = lambda kind=kind: _listed(resource_value, _staying(context.of_kind(kind)))  # type: ignore[misc]
    live: dict[str, Callable[[], Value]] = {
        name: lambda name=name: value_of(context.live.datasets[name].rows)  # type: ignore[misc]
        for name in context.live.datasets
    }
    return {
        "plan": Tables("plan", changes),
        "resources": Tables("resources", resources),
        "live": Tables("live", live or {"nothing": lambda: NULL}),
    }


def _staying(subjects: Iterable[Subject]) -> list[Subject]:
    return [one for one in subjects if not one.going]


def _listed(make: Callable[[Subject], Value], subjects: Iterable[Subject]) -> Value:
    return TupleValue([make(one) for one in subjects])


def _summary(context: Context) -> dict[str, Any]:
    counts = {action.name.lower(): 0 for action in Action}
    for one in context.subjects:
        counts[(one.action or Action.NOOP).name.lower()] += 1
    return {**counts, "objects": len(context.subjects), "steps": len(context.steps)}
