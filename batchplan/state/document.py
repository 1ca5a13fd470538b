"""Changes of a state: each returns a new document. The serial is the store's business, not theirs."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from batchplan.core.address import Address, parse_address
from batchplan.core.remote import Remote
from batchplan.state.model import OutputRecord, RemoteRecord, ResourceRecord, StateDocument
from batchplan.state.secrets import new_key


def empty(version: str) -> StateDocument:
    """Return a new state: a lineage of its own, serial 0. `version` is that of batchplan."""
    return StateDocument(batchplan_version=version, lineage=str(uuid.uuid4()), serial=0, secret_key=new_key())


def remote_of(record: ResourceRecord) -> Remote:
    """Return which object in Azure a record is about."""
    part = record.remote
    return Remote(part.kind, part.account_id, part.name, part.version)


_LATEST: list[tuple[tuple[ResourceRecord, ...], Mapping[Address, ResourceRecord]]] = [((), {})]


def by_address(document: StateDocument) -> Mapping[Address, ResourceRecord]:
    """Return the records by address, in order.

    The answer about the latest records is kept, which never change: it is asked for by every pool of a plan.
    """
    records, known = _LATEST[0]
    if records is not document.resources:
        found = {parse_address(record.address): record for record in document.resources}
        known = MappingProxyType(dict(sorted(found.items(), key=lambda item: item[0].sort_key)))
        _LATEST[0] = (document.resources, known)
    return known


@dataclass(frozen=True, slots=True)
class Applied:
    """What is recorded about an object after a successful step."""

    address: Address
    remote: Remote
    document: Mapping[str, Any]
    depends_on: tuple[str, ...] = ()
    created_at: datetime | None = None
    verified: bool = True


def recorded(old: ResourceRecord | None, applied: Applied) -> ResourceRecord:
    """Return the record of an applied object, in place of what its address had so far."""
    remote = applied.remote
    replaced = old is not None and remote_of(old).key != remote.key
    return ResourceRecord(
        address=str(applied.address),
        remote=RemoteRecord(kind=remote.kind, account_id=remote.account_id, name=remote.name, version=remote.version),
        applied=dict(applied.document),
        depends_on=applied.depends_on or (old.depends_on if old else ()),
        created_at=applied.created_at or (old.created_at if old and not replaced else None),
        generation=(old.generation + 1 if replaced else old.generation) if old else 1,
        verified=applied.verified,
    )


def with_resource(document: StateDocument, applied: Applied) -> StateDocument:
    """Return the state with an object recorded, in place of what had its address."""
    old = next((one for one in document.resources if one.address == str(applied.address)), None)
    record = recorded(old, applied)
    return with_resources(document, [*(one for one in document.resources if one is not old), record])


def without(document: StateDocument, address: Address, remote: Remote | None = None) -> StateDocument:
    """Return the state without an object; with `remote`, only if the address still stands for that one."""
    kept = [
        one
        for one in document.resources
        if one.address != str(address) or (remote is not None and remote_of(one).key != remote.key)
    ]
    return with_resources(document, kept)


def renamed(document: StateDocument, origin: Address, target: Address) -> StateDocument:
    """Return the state with an object at another address; KeyError when there is none at the first."""
    if not any(one.address == str(origin) for one in document.resources):
        raise KeyError(str(origin))
    moved = [
        one.model_copy(update={"address": str(target)}) if one.address == str(origin) else one
        for one in document.resources
        if one.address != str(target)
    ]
    return with_resources(document, moved)


def with_resources(document: StateDocument, resources: Iterable[ResourceRecord]) -> StateDocument:
    """Return the state with these records, in the order of their addresses."""
    ordered = sorted(resources, key=lambda one: parse_address(one.address).sort_key)
    return document.model_copy(update={"resources": tuple(ordered)})


def with_outputs(document: StateDocument, outputs: Mapping[str, OutputRecord]) -> StateDocument:
    """Return the state with these outputs."""
    return document.model_copy(update={"outputs": dict(sorted(outputs.items()))})
