"""What evaluation asks about resource kinds. The answers are in `schema`; `AnyKinds` knows no more than names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from batchplan.config.bodies import BodyValue
from batchplan.config.declarations import Resource
from batchplan.core.address import Address
from batchplan.core.diagnostics import Diagnostics
from batchplan.lang.jsonsyntax import BodySchema
from batchplan.lang.types import STRING
from batchplan.lang.values import ObjectValue, Unknown, Value


class Kinds(Protocol):
    """The shape of each resource kind."""

    def body_schemas(self) -> Mapping[str, BodySchema]:
        """Return which members of each kind's body are blocks, for files in JSON."""

    def check(self, resource: Resource, body: BodyValue, diagnostics: Diagnostics) -> None:
        """Report arguments and blocks that the kind does not have, lacks, or that do not fit."""

    def value(self, address: Address, resource: Resource, body: BodyValue) -> Value:
        """Return what a reference to an instance is worth: arguments, and what is computed."""


_COMPUTED: Mapping[str, tuple[str, ...]] = {
    "account": ("id", "account_endpoint", "node_management_endpoint"),
    "application": ("id",),
    "application_package": ("id",),
    "pool": ("id", "pool_id"),
    "job": ("id",),
    "job_schedule": ("id",),
}


@dataclass(frozen=True, slots=True)
class AnyKinds:
    """Takes every body as it is; what is computed is unknown."""

    schemas: Mapping[str, BodySchema] = field(default_factory=dict)

    def body_schemas(self) -> Mapping[str, BodySchema]:
        """Return the schemas it was made with."""
        return self.schemas

    def check(self, resource: Resource, body: BodyValue, diagnostics: Diagnostics) -> None:
        """Accept everything."""

    def value(self, address: Address, resource: Resource, body: BodyValue) -> Value:  # noqa: ARG002
        """Return the body as an object, with unknown computed attributes."""
        made = body.as_object()
        assert isinstance(made, ObjectValue)
        computed = {name: Unknown(STRING, not_null=True) for name in _COMPUTED.get(resource.kind, ("id",))}
        return ObjectValue({**computed, **made.entries})
