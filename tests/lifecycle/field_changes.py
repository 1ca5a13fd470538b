"""Changes of single fields, made from the schema: for each member of each kind, objects with it, with another value, without.

A member may need others: the rules of the schema say so. The smallest document that they find nothing wrong with is taken.
"""

import copy
import random
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "unit" / "schema"))

from random_documents import Maker

from batchplan.lang.types import BOOL
from batchplan.plan.desired import _NAMING
from batchplan.schema.document import Path as Members
from batchplan.schema.document import reveal
from batchplan.schema.registry import KINDS
from batchplan.schema.shape import Argument, Nested, Shape
from batchplan.schema.verify import problems

Document = dict[str, Any]
TRIES = 80
OWN = frozenset({"replacement", "backup", "suppress", "source", "source_hash"})
"""Settings of batchplan's own, and files: they are no fields of an object in Azure."""

SUBSCRIPTION = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers"
STORAGE = f"{SUBSCRIPTION}/Microsoft.Storage/storageAccounts/fieldstore"
UBUNTU = {"publisher": "canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts"}
WINDOWS = {"publisher": "microsoftwindowsserver", "offer": "windowsserver", "sku": "2022-datacenter"}
BASES: Mapping[str, Document] = {
    "account": {"resource_group_name": "rg", "location": "westeurope"},
    "application": {"account_id": "${account.main.id}"},
    "application_package": {"application_id": "${application.main.id}", "source": "tool.zip"},
    "pool": {
        "account_id": "${account.main.id}",
        "vm_size": "standard_d2s_v3",
        "node_agent_sku_id": "batch.node.ubuntu 22.04",
        "image_reference": UBUNTU,
        "fixed_scale": {"target_dedicated_nodes": 0},
    },
    "job": {"account_id": "${account.main.id}", "pool_info": {"pool_id": "${pool.main.pool_id}"}},
    "job_schedule": {
        "account_id": "${account.main.id}",
        "schedule": {"do_not_run_until": "2030-01-01T00:00:00Z"},
        "job_specification": {"pool_info": {"pool_id": "${pool.main.pool_id}"}},
    },
}
"""What an object of each kind needs besides its name."""


AUTO_POOL: Document = {
    "pool_lifetime_option": "job",
    "pool": {
        "vm_size": "standard_d2s_v3",
        "virtual_machine_configuration": {"image_reference": UBUNTU, "node_agent_sku_id": "batch.node.ubuntu 22.04"},
        "target_dedicated_nodes": 0,
    },
}
IDENTITY = {
    "type": "UserAssigned",
    "user_assigned_identities": [f"{SUBSCRIPTION}/Microsoft.ManagedIdentity/userAssignedIdentities/one"],
}
OF_WINDOWS = frozenset(
    {"windows_configuration", "windows_user_configuration", "license_type", "enable_automatic_updates"}
)
OF_IMAGES = frozenset({"shared_gallery_image_id", "community_gallery_image_id", "virtual_machine_image_id"})


def base(kind: str, path: Members) -> Document:
    """Return what an object needs in which a member is to be set."""
    made = copy.deepcopy(dict(BASES[kind]))
    if path[0] == "key_vault_reference":
        made["pool_allocation_mode"] = "UserSubscription"
    if "job_release_task" in path:
        job = made if kind == "job" else made["job_specification"]
        job["job_preparation_task"] = {"command_line": "/bin/true"}
    pool, machine = _pool(kind, path, made)
    if pool is None:
        return made
    if OF_WINDOWS & {*path}:
        machine |= {"image_reference": dict(WINDOWS), "node_agent_sku_id": "batch.node.windows amd64"}
    if path[0] == "auto_scale":
        del pool["fixed_scale"]
    if path[-1] in ("auto_scale_formula", "auto_scale_evaluation_interval"):
        del pool["target_dedicated_nodes"]
        pool |= {"enable_auto_scale": True, "auto_scale_formula": "$TargetDedicatedNodes = 0;"}
    if OF_IMAGES & {*path} or path[-2:] == ("image_reference", "id"):
        machine["image_reference"] = {}
    if "customer_managed_key" in path:
        pool |= {"identity": copy.deepcopy(IDENTITY)} if kind == "pool" else {}
        machine["disk_encryption_configuration"] = {"targets": ["OsDisk", "TemporaryDisk"]}
    if path[-1] == "enable_cross_zone_upgrade":
        machine["node_placement_configuration"] = {"policy": "Zonal"}
    if path[-1] == "user_name" and "user_identity" in path:
        pool["user_accounts"] = [{"name": "worker", "password": "a-P4ss-word!"}]
    return made


def _pool(kind: str, path: Members, made: Document) -> tuple[Any, Any]:
    """Return the pool that a member is of, and what it says of its machines; of an automatic pool these are apart."""
    if kind == "pool":
        return made, made
    if "auto_pool_specification" not in path:
        return None, None
    job = made if kind == "job" else made["job_specification"]
    job["pool_info"] = {"auto_pool_specification": copy.deepcopy(AUTO_POOL)}
    pool = job["pool_info"]["auto_pool_specification"]["pool"]
    return pool, pool["virtual_machine_configuration"]


@dataclass(frozen=True, slots=True)
class Case:
    """One member of a kind: documents of an object that has it, has another value of it, and does not have it."""

    kind: str
    path: Members
    stages: Mapping[str, Document] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How it is called in messages."""
        return ".".join(map(str, (self.kind, *self.path)))


def cases(kind: str) -> Iterator[Case]:
    """Yield a case for each member of a kind that can be set."""
    for path, member in members(KINDS[kind].shape):
        if path[0] in OWN or (len(path) == 1 and path[0] in (*_NAMING[kind], "name", "version")):
            continue
        found = case(kind, path, member)
        yield found


def whole(kind: str, count: int) -> Iterator[Case]:
    """Yield objects with a quarter of all members set by chance, to be changed into others, and back."""
    found: list[Document] = []
    for seed in range(count * TRIES):
        filler = Filler(seed, 0.02 + 0.25 * (seed % 5) / 5)
        made = copy.deepcopy(dict(BASES[kind]))
        for member in KINDS[kind].shape.members():
            taken = member.name in (*made, *_NAMING[kind], *OWN, "version")
            if not taken and filler.random.random() < filler.density:
                made[member.name] = filler.member(member, (member.name,))
        if is_valid(kind, made) and made not in found:
            found.append(made)
        if len(found) == count:
            break
    for at, made in enumerate(found):
        yield Case(kind, (at,), {"set": made, "changed": found[at - 1], "unset": copy.deepcopy(dict(BASES[kind]))})


def members(shape: Shape, path: Members = ()) -> Iterator[tuple[Members, Argument | Nested]]:
    """Yield all members of a shape, those of blocks after them."""
    for member in shape.members():
        at = (*path, member.name)
        yield at, member
        if isinstance(member, Nested):
            yield from members(member.shape, at)


def case(kind: str, path: Members, member: Argument | Nested) -> Case:
    """Return the case of a member; one without stages when no valid document with it was found."""
    first = _valid(kind, path, member)
    if first is None:
        return Case(kind, path)
    stages = {"set": first}
    other = _changed(kind, path, member, first)
    if other is not None:
        stages["changed"] = other
    without = _without(kind, path, other or first)
    if without is not None:
        stages["unset"] = without
    return Case(kind, path, stages)


def _valid(kind: str, path: Members, member: Argument | Nested) -> Document | None:
    for seed in range(TRIES):
        filler = Filler(seed, 0.0 if seed < 4 else 0.25)
        made = base(kind, path)
        filler.put(made, KINDS[kind].shape, path)
        if is_valid(kind, made):
            return made
    return None


def _changed(kind: str, path: Members, member: Argument | Nested, first: Document) -> Document | None:
    for seed in range(1, TRIES):
        made = copy.deepcopy(first)
        block = _block(made, path)
        block[path[-1]] = Filler(seed, 0.0 if seed < 4 else 0.5).member(member, path)
        if str(made).casefold() != str(first).casefold() and is_valid(kind, made):
            return made
    return None


def _without(kind: str, path: Members, document: Document) -> Document | None:
    """Return a document without a member, or without the nearest block that can be left out with it."""
    for length in range(len(path), 0, -1):
        made = copy.deepcopy(document)
        del _block(made, path[:length])[path[length - 1]]
        if is_valid(kind, made):
            return made
    return None


def _block(document: Document, path: Members) -> Document:
    """Return the block that a member is in; of lists of blocks the first."""
    node: Any = document
    for step in path[:-1]:
        node = node[step]
        node = node[0] if isinstance(node, list) else node
    found: Document = node
    return found


def is_valid(kind: str, document: Document) -> bool:
    """Return whether the schema finds nothing wrong with a document, references taken for granted."""
    named = {**document, **{name: "named" for name in _NAMING[kind] if name not in document}}
    return not list(problems(kind, {name: _plain(value) for name, value in named.items()}))


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value.startswith("${account."):
        return f"{SUBSCRIPTION}/Microsoft.Batch/batchAccounts/main"
    if isinstance(value, str) and value.startswith("${pool."):
        return "main"
    if isinstance(value, str) and value.startswith("${application_package."):
        return "1.0"
    if isinstance(value, str) and value.startswith("${application."):
        return f"{SUBSCRIPTION}/Microsoft.Batch/batchAccounts/main/applications/main"
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


class Filler:
    """Fills blocks with what they need, and by chance with more; values are plain data."""

    def __init__(self, seed: int, density: float) -> None:
        self.seed = seed
        self.density = density
        self.random = random.Random(seed)
        self.maker = Maker(seed, density)

    def put(self, document: Document, shape: Shape, path: Members) -> None:
        """Put a member into a document, with the blocks on the way to it."""
        member = shape.member(str(path[0]))
        assert member is not None
        if len(path) == 1:
            if member.name not in document:
                document[member.name] = self.member(member, path)
            return
        assert isinstance(member, Nested)
        self._put(document, member, path, ())

    def _put(self, document: Document, member: Nested, path: Members, above: Members) -> None:
        at = (*above, member.name)
        if member.name not in document:
            document[member.name] = self.member(member, at)
        inner = document[member.name]
        inner = inner[0] if isinstance(inner, list) else inner
        following = member.shape.member(str(path[1]))
        assert following is not None
        if len(path) == 2:
            if following.name not in inner:
                inner[following.name] = self.member(following, (*at, following.name))
        else:
            assert isinstance(following, Nested)
            self._put(inner, following, path[1:], at)

    def member(self, member: Argument | Nested, path: Members) -> Any:
        """Return a value of a member."""
        if isinstance(member, Argument):
            return self.value(member, path)
        made = self.block(member.shape, path)
        return [made] if member.nesting == "list" else made

    def block(self, shape: Shape, path: Members) -> Document:
        """Return a block with what it needs."""
        return {
            member.name: self.member(member, (*path, member.name))
            for member in shape.members()
            if member.required or self.random.random() < self.density
        }

    def value(self, argument: Argument, path: Members) -> Any:
        """Return a value of an argument: a sample where its place asks for one."""
        for start in range(len(path)):
            samples = SAMPLES.get(".".join(map(str, path[start:])))
            if samples is not None:
                return copy.deepcopy(samples[self.seed % len(samples)])
        if argument.type is BOOL:
            return self.seed % 2 == 0
        return reveal(self.maker.argument(argument))


SAMPLES: Mapping[str, list[Any]] = {
    "user_identity.user_name": ["worker"],
    "vm_size": ["standard_d2s_v3", "standard_d4s_v3"],
    "image_reference": [dict(UBUNTU), {**UBUNTU, "version": "latest"}],
    "image_reference.publisher": ["canonical"],
    "image_reference.offer": ["0001-com-ubuntu-server-jammy"],
    "image_reference.sku": ["22_04-lts", "22_04-lts-gen2"],
    "application_packages.id": ["${application.main.id}"],
    "application_packages.version": ["${application_package.one.version}", "${application_package.two.version}"],
    "default_version": ["1.0"],
    "do_not_run_after": ["2031-01-01T00:00:00Z", "2032-01-01T00:00:00Z"],
}
"""Values of members whose constraints say less than the service does, by the end of their path."""
