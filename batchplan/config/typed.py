"""What evaluation asks about resource kinds, answered by the schema."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from batchplan.config.bodies import BodyValue
from batchplan.config.declarations import Resource
from batchplan.config.reading import Reader, locate
from batchplan.config.worth import Computed, object_of
from batchplan.core.address import Address
from batchplan.core.codes import INVALID_LIFECYCLE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Range
from batchplan.lang.jsonsyntax import BodySchema
from batchplan.lang.nodes import StepAttribute, Traversal
from batchplan.lang.values import Value
from batchplan.schema.document import Document, Path
from batchplan.schema.lookup import NoSuchField, find
from batchplan.schema.registry import DATA_KINDS, KINDS, Kind
from batchplan.schema.shape import body_schema


@dataclass(frozen=True, slots=True)
class SchemaKinds:
    """The kinds of the schema.

    partial: blocks that `dynamic` makes may not all be seen, as in validate.
    subscription_id: where known, the ids of accounts are.
    pool_ids: the Batch id of each pool's active generation, by address.
    endpoint_suffix: where known, such as `batch.azure.com`, the endpoints of accounts are.
    attributes: what Azure has told of computed attributes, as plain data, by address; of data blocks as well.
    """

    partial: bool = False
    subscription_id: str | None = None
    pool_ids: Mapping[str, str] = field(default_factory=dict)
    endpoint_suffix: str | None = None
    attributes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    _read: dict[int, tuple[BodyValue, Document]] = field(default_factory=dict, compare=False, repr=False)

    def body_schemas(self) -> Mapping[str, BodySchema]:
        """Return which members of each kind's body are blocks; data kinds have none."""
        return {name: body_schema(kind.model) for name, kind in KINDS.items()}

    def check(self, resource: Resource, body: BodyValue, diagnostics: Diagnostics) -> None:
        """Report what does not fit the kind."""
        kind = kind_of(resource)
        if kind is not None:
            check_ignored(kind, resource, diagnostics)
            self._read[id(body)] = (body, Reader(diagnostics, self.partial).read(kind.shape, body))

    def value(self, address: Address, resource: Resource, body: BodyValue) -> Value:
        """Return an instance as an object: every argument, nested blocks, and what is computed."""
        kind = kind_of(resource)
        if kind is None:
            return body.as_object()
        name = str(address)
        told = self.attributes.get(name, {})
        computed = Computed(self.subscription_id, self.pool_ids.get(name), self.endpoint_suffix, told)
        return object_of(kind, body, computed)

    def document_of(self, resource: Resource, body: BodyValue) -> tuple[Document, Callable[[Path], Range]]:
        """Return what a checked body sets, and what tells where each part is written."""
        if id(body) not in self._read:
            self.check(resource, body, Diagnostics())
        return self._read[id(body)][1], lambda path: locate(body, path)


def kind_of(resource: Resource) -> Kind | None:
    """Return the kind of a resource or data block, None where the schema has none."""
    return (DATA_KINDS if resource.data else KINDS).get(resource.kind)


def check_ignored(kind: Kind, resource: Resource, diagnostics: Diagnostics) -> None:
    """Report paths of ignore_changes that lead to no field."""
    ignored = resource.lifecycle.ignore_changes
    for node in () if ignored == "all" else ignored:
        try:
            find(kind, path_of(node))
        except NoSuchField as missing:
            at = Range(resource.source, node.start, node.end)
            diagnostics.error(INVALID_LIFECYCLE, f"ignore_changes names a field that is not there: {missing}", at)


def path_of(node: Traversal) -> Path:
    """Return the path of a field that a traversal such as `start_task.resource_files[0]` names."""
    path: list[str | int] = [node.root]
    for step in node.steps:
        if isinstance(step, StepAttribute):
            path.append(step.name)
        elif isinstance(step.key, str):
            path.append(step.key)
        else:
            path.append(int(step.key.text))
    return tuple(path)
