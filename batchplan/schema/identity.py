"""Managed identities, as all kinds refer to them."""

from collections.abc import Iterator
from typing import Annotated

from batchplan.schema.block import Block
from batchplan.schema.constraint import ResourceId
from batchplan.schema.facts import Fact
from batchplan.schema.rule import Members, Problem, known, maybe

IDENTITY_ID = ResourceId("Microsoft.ManagedIdentity/userAssignedIdentities")
IDENTITY = Fact("ARM ids of user-assigned identities.", as_keys=True, unordered=True)


class IdentityReference(Block):
    """A user-assigned identity."""

    resource_id: Annotated[str | None, IDENTITY_ID] = None


def identity_rules(identity: Members) -> Iterator[Problem]:
    """Ids and the type that takes them go together."""
    kind = known(identity, "type")
    if kind is None:
        return
    assigned = "userassigned" in kind.casefold()
    if assigned and not maybe(identity, "user_assigned_identities"):
        yield Problem(("type",), 'With "UserAssigned" the argument "user_assigned_identities" is required.')
    if not assigned and known(identity, "user_assigned_identities"):
        text = f'Identities are listed only with the type "UserAssigned", not "{kind}".'
        yield Problem(("user_assigned_identities",), text)


def may_have_identity(resource: Members) -> bool:
    """Return whether a resource has an identity, or may have one; the type "None" is none."""
    identity = known(resource, "identity")
    kind = known(identity, "type") if identity is not None else None
    return maybe(resource, "identity") and (kind or "").casefold() != "none"
