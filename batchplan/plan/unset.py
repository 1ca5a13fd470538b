"""What takes a field back that is no longer in the configuration.

Sources: azure-mgmt-batch 19.0.0 (an empty object removes a pool's start task, empty lists clear), the update
models of azure-batch 15.1.0 (constraints, schedule and metadata are replaced whole), and what azurerm sends
(`storageAccountId: ""`). A member that is not here, has no default and is not sent as a part of something
larger has no call that takes it back.
"""

from collections.abc import Mapping
from typing import Any

from batchplan.schema.facts import Plane
from batchplan.schema.registry import KINDS
from batchplan.schema.shape import Argument, Nested, wire_path

RESET: Mapping[tuple[str, str], Any] = {
    ("account", "tags"): {},
    ("account", "identity"): {"type": "None"},
    ("account", "auto_storage"): {"storageAccountId": ""},
    ("account", "allowed_authentication_modes"): [],
    ("account", "encryption"): {"keySource": "Microsoft.Batch"},
    ("account", "network_profile"): {
        "accountAccess": {"defaultAction": "Allow", "ipRules": []},
        "nodeManagementAccess": {"defaultAction": "Allow", "ipRules": []},
    },
    ("application", "display_name"): "",
    ("application", "default_version"): "",
    ("application", "tags"): {},
    ("pool", "tags"): {},
    ("pool", "identity"): {"type": "None"},
    ("pool", "fixed_scale"): {},
    ("pool", "auto_scale"): {},
    ("pool", "start_task"): {},
    ("pool", "metadata"): [],
    ("pool", "application_packages"): [],
    ("job", "constraints"): {},
    ("job", "metadata"): [],
    ("job_schedule", "metadata"): [],
    ("job_schedule", "schedule"): {},
}
"""The JSON value that takes a member of a kind back. A pool without a scale is one of no nodes: set by a resize."""

_WHOLE = ("properties", "deploymentConfiguration")
"""The VM configuration is sent whole, so a part of it is taken back by leaving it out."""


def part_of_machine(kind: str, member: Argument | Nested) -> bool:
    """Return whether a member belongs to the VM configuration of a pool."""
    return kind == "pool" and wire(kind, member)[:2] == _WHOLE


def wire(kind: str, member: Argument | Nested) -> tuple[str, ...]:
    """Return where a top-level member is in the body of a request."""
    found = KINDS[kind]
    plane = Plane.DATA if kind in ("job", "job_schedule") else Plane.ARM
    return wire_path(member.fact, member.name, found.model.body, plane)


def can_unset(kind: str, member: Argument | Nested) -> bool:
    """Return whether a top-level member that is gone from the configuration can be taken back by a PATCH."""
    return (kind, member.name) in RESET or member.fact.default is not None or part_of_machine(kind, member)
