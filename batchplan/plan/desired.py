"""What is wanted: each declared object with the name it has in Azure, its document, and what it needs."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from batchplan.config.declarations import Resource
from batchplan.config.evaluate import Evaluated, Instance
from batchplan.config.graph import Node
from batchplan.config.typed import SchemaKinds
from batchplan.core.address import BACKUP, Address
from batchplan.core.codes import DUPLICATE_OBJECT, UNKNOWN_AT_PLAN
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import ACCOUNT_PATTERN, Remote
from batchplan.core.source import Range
from batchplan.lang import numbers
from batchplan.lang.nodes import StepAttribute, StepIndex, Traversal
from batchplan.plan.change import Document, Path
from batchplan.plan.intents import intents
from batchplan.plan.naming import generation_name
from batchplan.plan.relocation import relocated
from batchplan.plan.rolling import fitting
from batchplan.schema.document import UNKNOWN, leaf_values, reveal
from batchplan.state.document import by_address, remote_of
from batchplan.state.model import StateDocument


@dataclass(frozen=True, slots=True)
class DesiredObject:
    """One declared object. `locate` tells where a part of its document is written.

    `triggers` are the objects, or members of objects, whose change has this one replaced.
    """

    address: Address
    remote: Remote
    document: Document
    at: Range | None = None
    locate: Callable[[Path], Range] | None = None
    prevent_destroy: bool = False
    ignore_changes: Literal["all"] | tuple[Path, ...] = ()
    needs: tuple[Address, ...] = ()
    triggers: tuple[tuple[Address, Path], ...] = ()
    enabled: bool | None = None
    """Whether a schedule is to make jobs, or a pool to do the work; None where nothing is said about it."""
    hours_of: Address | None = None
    """The schedule whose next run this one begins with, when it is a mirror of that."""
    known: bool = True
    """Whether nothing in the document waits for Azure to tell it."""
    declared: Document | None = None
    """The document as it is written, with its backups, where that is another one than what is wanted of the object."""

    @property
    def kind(self) -> str:
        """The kind of object."""
        return self.address.kind


@dataclass(frozen=True, slots=True)
class Identity:
    """What names depend on besides the configuration: the subscription, and the ids of pools by address."""

    subscription: str
    pool_ids: Mapping[str, str] = field(default_factory=dict)


def desired_objects(
    evaluated: Evaluated, kinds: SchemaKinds, identity: Identity, diagnostics: Diagnostics
) -> tuple[DesiredObject, ...]:
    """Return what the configuration declares, by address; report what has no name yet, and names given twice."""
    found: list[tuple[Instance, Document, Callable[[Path], Range], Remote]] = []
    for instance in evaluated.instances:
        if instance.resource.data or not instance.known:
            continue
        document, locate = kinds.document_of(instance.resource, instance.body)
        remote = _remote(instance, document, identity, diagnostics)
        if remote is not None:
            found.append((instance, document, locate, remote))
    _report_doubles([(one.address, remote, one.resource.at) for one, _, _, remote in found], diagnostics)
    needs = _Needs(evaluated, {one.address: (document, remote) for one, document, _, remote in found})
    return tuple(_object(*one, needs) for one in found)


def _object(
    instance: Instance, document: Document, locate: Callable[[Path], Range], remote: Remote, needs: "_Needs"
) -> DesiredObject:
    values = leaf_values(document)
    return DesiredObject(
        instance.address,
        remote,
        document,
        instance.resource.at,
        locate,
        instance.prevent_destroy,
        _ignored(instance.resource),
        needs.of(instance, values),
        _triggers(instance),
        known=not any(value is UNKNOWN for value in values),
    )


def pool_ids(
    evaluated: Evaluated,
    kinds: SchemaKinds,
    prior: StateDocument,
    now: datetime,
    adopted: Mapping[Address, Remote] | None = None,
    given: Mapping[Address, str] | None = None,
) -> dict[str, str]:
    """Return the Batch id of every declared pool by address.

    A pool has the one that is `given`, or keeps the one that the state knows, or that it is imported under; one
    that is not there yet gets the id of a first generation.
    """
    known = _recorded_names(evaluated, prior)
    known |= {address: remote.name for address, remote in (adopted or {}).items()}
    known |= given or {}
    taken = set(known.values())
    made: dict[str, str] = {}
    for instance in _pools(evaluated):
        document, _ = kinds.document_of(instance.resource, instance.body)
        for address in _with_backups(instance.address, document):
            found = known.get(address) or _new_id(address, document, prior, now, taken)
            if found is not None:
                made[str(address)] = found
                taken.add(found)
    return made


def successor_ids(
    evaluated: Evaluated, prior: StateDocument, now: datetime, documents: Mapping[Address, Document]
) -> dict[Address, str]:
    """Return the ids of the next generations of pools: that of a candidate which is what is wanted, or a new one.

    `documents` are what is wanted of the pools, and of backups, that are replaced.
    """
    taken = _recorded_names(evaluated, prior).values()
    made: dict[Address, str] = {}
    for address, document in documents.items():
        candidate = fitting(prior, address, document)
        found = candidate.name if candidate is not None else _new_id(address, document, prior, now, taken)
        if found is not None:
            made[address] = found
    return made


def _pools(evaluated: Evaluated) -> Iterator[Instance]:
    for instance in evaluated.instances:
        if not instance.resource.data and instance.address.kind == "pool" and instance.known:
            yield instance


def _with_backups(pool: Address, document: Document) -> Iterator[Address]:
    """Yield the address of a pool, and of each of its backups."""
    yield pool
    backups = document.get("backup")
    for key in backups if isinstance(backups, Mapping) else ():
        yield pool.part(BACKUP, key)


def _recorded_names(evaluated: Evaluated, prior: StateDocument) -> dict[Address, str]:
    """Return what the objects of the state are called in Azure, by the addresses that they have now."""
    moves = intents(evaluated, Diagnostics()).moves  # what is wrong with them is reported where they are planned
    declared = (one.address for one in evaluated.instances if not one.resource.data)
    recorded = by_address(prior)
    now = relocated(recorded, moves, declared).now
    return {now[address]: record.remote.name for address, record in recorded.items()}


def _new_id(
    address: Address, document: Document, prior: StateDocument, now: datetime, taken: Collection[str]
) -> str | None:
    """Return an id that no pool of the state has: one may have been made within the same minute, of the same document."""
    name = reveal(document.get("name"))
    if not isinstance(name, str):
        return None
    seed = prior.lineage
    while (made := generation_name(name, address, document, seed, now)) in taken:
        seed = f"{seed} {made}"
    return made


def _remote(instance: Instance, document: Document, identity: Identity, diagnostics: Diagnostics) -> Remote | None:
    parts = {name: reveal(document.get(name)) for name in _NAMING[instance.address.kind]}
    unknown = [name for name, value in parts.items() if value is UNKNOWN]
    if unknown:
        detail = f'"{unknown[0]}" is a part of the name in Azure, so it must be known when planning.'
        diagnostics.error(UNKNOWN_AT_PLAN, detail, instance.body.range_of(unknown[0]), instance.resource.at)
    if not all(isinstance(value, str) for value in parts.values()):
        return None
    return remote_of_parts(instance.address, parts, identity)


_NAMING: Mapping[str, tuple[str, ...]] = {
    "account": ("resource_group_name", "name"),
    "application": ("account_id", "name"),
    "application_package": ("application_id", "version"),
    "pool": ("account_id", "name"),
    "job": ("account_id", "name"),
    "job_schedule": ("account_id", "name"),
}
"""Which members make the name in Azure."""


def remote_of_parts(address: Address, parts: Mapping[str, Any], identity: Identity) -> Remote:
    """Return the object in Azure that a document's naming members stand for."""
    match address.kind:
        case "account":
            account_id = ACCOUNT_PATTERN.format(identity.subscription, parts["resource_group_name"], parts["name"])
            return Remote("account", account_id, parts["name"])
        case "application_package":
            account_id, _, application = parts["application_id"].rpartition("/applications/")
            return Remote("application_package", account_id, application, parts["version"])
        case "pool":
            return Remote("pool", parts["account_id"], identity.pool_ids.get(str(address), parts["name"]))
        case kind:
            return Remote(kind, parts["account_id"], parts["name"])


def _report_doubles(found: Sequence[tuple[Address, Remote, Range]], diagnostics: Diagnostics) -> None:
    first: dict[tuple[str, ...], Address] = {}
    for address, remote, at in found:
        other = first.setdefault(remote.key, address)
        if other != address:
            detail = f"{other} and {address} both stand for {remote.id}. Give one of them another name, or remove it."
            diagnostics.error(DUPLICATE_OBJECT, detail, at)


def _ignored(resource: Resource) -> Literal["all"] | tuple[Path, ...]:
    listed = resource.lifecycle.ignore_changes
    return "all" if listed == "all" else tuple(path_of(node) for node in listed)


def path_of(node: Traversal) -> Path:
    """Return the path that a reference relative to an object means."""
    return (node.root, *(_step(step) for step in node.steps))


def _step(step: StepAttribute | StepIndex) -> str | int:
    if isinstance(step, StepAttribute):
        return step.name
    return step.key if isinstance(step.key, str) else numbers.truncate(numbers.parse(step.key.text))


def _triggers(instance: Instance) -> tuple[tuple[Address, Path], ...]:
    found = []
    for node in instance.resource.lifecycle.replace_triggered_by:
        if not isinstance(node, Traversal):
            continue
        name, *rest = path_of(node)[1:]
        key = rest.pop(0) if rest and isinstance(node.steps[1], StepIndex) else None
        found.append((Address(instance.address.module, node.root, str(name), key), tuple(rest)))
    return tuple(found)


class _Needs:
    """Which instances an instance needs.

    The configuration tells the blocks. Of a block with many instances only those are meant whose id or name is
    a value of the document; where none is, or the block stands in depends_on, all of them.
    """

    def __init__(self, evaluated: Evaluated, objects: Mapping[Address, tuple[Document, Remote]]) -> None:
        self._evaluated = evaluated
        self._of_block: dict[Node, list[Address]] = {}
        self._names: dict[Node, dict[str, list[Address]]] = {}
        self._nodes: dict[Node, list[Node]] = {}
        for address, (_, remote) in objects.items():
            node = _node(address)
            self._of_block.setdefault(node, []).append(address)
            names = self._names.setdefault(node, {})
            for name in {remote.id.lower(), remote.name.lower()}:
                names.setdefault(name, []).append(address)

    def of(self, instance: Instance, leaves: Sequence[Any]) -> tuple[Address, ...]:
        """Return the instances that an instance needs, by address; `leaves` are the values of its document."""
        node = _node(instance.address)
        if node not in self._nodes:
            self._nodes[node] = self._evaluated.needed_blocks(node)
        explicit = {
            f"{one.root}.{one.steps[0].name}"
            for one in instance.resource.depends_on
            if one.steps and isinstance(one.steps[0], StepAttribute)
        }
        values = {value.lower() for value in leaves if isinstance(value, str)}
        found: dict[Address, None] = {}
        for needed in self._nodes[node]:
            listed = self._near(self._of_block.get(needed, []), instance.address)
            if len(listed) > 1 and needed.name not in explicit:
                listed = self._meant(needed, values) or listed
            found.update(dict.fromkeys(listed))
        found.pop(instance.address, None)
        return tuple(found)

    def _meant(self, node: Node, values: set[str]) -> list[Address]:
        names = self._names[node]
        return list(dict.fromkeys(address for value in sorted(values) for address in names.get(value, ())))

    def _near(self, listed: list[Address], address: Address) -> list[Address]:
        """Return those in the same instances of the modules that both are in."""
        if not address.module:
            return listed
        return [one for one in listed if _agree(one, address)]


def _agree(one: Address, other: Address) -> bool:
    for left, right in zip(one.module, other.module, strict=False):
        if left.name != right.name:
            return True
        if left.key != right.key:
            return False
    return True


def _node(address: Address) -> Node:
    path = tuple(step.name for step in address.module)
    return Node(path, "resource", f"{address.kind}.{address.name}")


def remotes(desired: Sequence[DesiredObject], prior: StateDocument) -> tuple[Remote, ...]:
    """Return all objects that planning wants to see: those declared and those of the state."""
    found = {one.remote.key: one.remote for one in desired}
    for record in prior.resources:
        remote = remote_of(record)
        found.setdefault(remote.key, remote)
    return tuple(found.values())
