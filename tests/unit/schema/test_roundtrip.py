"""Documents become JSON of the API and come back; what the service spells otherwise is the same to us."""

import copy
import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from batchplan.schema.api import from_api, to_api
from batchplan.schema.document import UNKNOWN, Document, Secret, leaves, mask
from batchplan.schema.lookup import field
from batchplan.schema.normal import normalise
from batchplan.schema.registry import KINDS
from batchplan.schema.shape import Argument, Shape
from batchplan.schema.verify import problems


def neighbour(name: str) -> Any:
    """Return a module beside this one; the tests' folders are no packages."""
    spec = importlib.util.spec_from_file_location(f"schema_{name}", Path(__file__).parent / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


Maker = neighbour("random_documents").Maker
BODIES = list(neighbour("deployments").bodies())
SEEDS = range(60)


def readable(shape: Shape, document: Document) -> Document:
    """Return the part of a document that the API tells again."""
    made: Document = {}
    for name, value in document.items():
        member = shape.member(name)
        if member.fact.local or not member.fact.readable:
            continue
        if isinstance(member, Argument):
            made[name] = value
        elif isinstance(value, list):
            made[name] = [readable(member.shape, item) for item in value]
        else:
            made[name] = readable(member.shape, value)
    return made


def revealed(node: Any) -> Any:
    """Return a document without wrappers."""
    if isinstance(node, dict):
        return {name: revealed(part) for name, part in node.items()}
    if isinstance(node, list):
        return [revealed(part) for part in node]
    return node.reveal() if isinstance(node, Secret) else node


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_document_comes_back_from_the_api(kind: str, seed: int) -> None:
    """What is sent and can be read comes back as it was, but for spelling."""
    shape = KINDS[kind].shape
    document = Maker(seed).document(shape)
    back = from_api(kind, to_api(kind, document, reveal_secrets=True))
    assert normalise(kind, back) == normalise(kind, readable(shape, document))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_normal_form_is_one(kind: str, seed: int) -> None:
    """Normalising again changes nothing, and changes nothing of what it was given."""
    document = Maker(seed, density=0.6).document(KINDS[kind].shape)
    before = copy.deepcopy(revealed(document))
    once = normalise(kind, document)
    assert normalise(kind, once) == once
    assert revealed(document) == before


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_models_and_the_walk_agree(kind: str, seed: int) -> None:
    """pydantic refuses a document exactly when the walk finds a problem in it."""
    document = Maker(seed, density=0.15).document(KINDS[kind].shape)
    plain = revealed(document)
    found = list(problems(kind, document))
    try:
        KINDS[kind].model.model_validate(plain)
    except ValidationError:
        assert found, plain
    else:
        assert found == []


def test_random_documents_are_right_and_wrong() -> None:
    """The documents of the test above are of both sorts, so that it can fail both ways."""
    made = [Maker(seed, density=0.15).document(KINDS["pool"].shape) for seed in SEEDS]
    verdicts = {bool(list(problems("pool", one))) for one in made}
    assert verdicts == {True, False}


@pytest.mark.parametrize("kind", KINDS)
def test_secrets_leave_only_when_asked_for(kind: str) -> None:
    """Without being asked, the JSON holds wrappers; and no printed form of a document holds what they hold."""
    document = Maker(1, density=1).document(KINDS[kind].shape)
    inside = [value for _, value in leaves(document) if isinstance(value, Secret)]
    sent = [value for _, value in leaves(to_api(kind, document)) if isinstance(value, Secret)]
    local = [path for path, value in leaves(document) if isinstance(value, Secret) and not field(kind, path).api]
    in_backups = [path for path, value in leaves(document) if isinstance(value, Secret) and path[0] == "backup"]
    assert len(sent) == len(inside) - len(local) - len(in_backups)
    assert "sig=" not in repr(document)
    assert not any(isinstance(value, Secret) for _, value in leaves(mask(document)))


@pytest.mark.skipif(not BODIES, reason="the file of deployments is not beside the project")
def test_real_deployments_come_back() -> None:
    """Of 155 public bodies, all that api-version 2025-06-01 has and the service returns is kept."""
    gone = {
        "targetNodeCommunicationMode",
        "applicationLicenses",
        "certificates",
        "cloudServiceConfiguration",
        "storageAccountType",
    }
    write_only = {"password", "accountKey", "sasKey", "sshPrivateKey"}
    for label, kind, body in BODIES:
        document = from_api(kind, body)
        assert normalise(kind, from_api(kind, to_api(kind, document, reveal_secrets=True))) == normalise(kind, document)
        kept = {path for path, _ in plain_leaves(to_api(kind, document, reveal_secrets=True))}
        for path, value in plain_leaves(body):
            if (
                value in (None, [], {})
                or set(path) & (gone | write_only)
                or path in (("name",), ("resourceGroupName",))
            ):
                continue
            assert path in kept, (label, path)


def plain_leaves(node: Any, path: tuple[str, ...] = ()) -> Any:
    """Yield the leaves of JSON by path, without positions in lists."""
    if isinstance(node, dict) and node:
        for name, part in node.items():
            yield from plain_leaves(part, (*path, name))
    elif isinstance(node, list) and node:
        for part in node:
            yield from plain_leaves(part, path)
    else:
        yield path, node


SAME = {
    "duration": ("pool", {"fixed_scale": {"resize_timeout": "PT15M00S"}}, {"fixed_scale": {"resize_timeout": "PT15M"}}),
    "days": ("job", {"constraints": {"max_wall_clock_time": "PT24H"}}, {"constraints": {"max_wall_clock_time": "P1D"}}),
    "size": ("pool", {"vm_size": "Standard_D4s_v5"}, {"vm_size": "STANDARD_D4S_V5"}),
    "choice": ("pool", {"inter_node_communication": "enabled"}, {"inter_node_communication": "Enabled"}),
    "choice of the data plane": (
        "job",
        {"job_manager_task": {"user_identity": {"auto_user": {"scope": "Pool"}}}},
        {"job_manager_task": {"user_identity": {"auto_user": {"scope": "pool"}}}},
    ),
    "region": ("account", {"location": "West Europe"}, {"location": "westeurope"}),
    "moment": (
        "job_schedule",
        {"schedule": {"do_not_run_until": "2027-01-31T08:00:00+02:00"}},
        {"schedule": {"do_not_run_until": "2027-01-31T06:00:00.000Z"}},
    ),
    "order of metadata": (
        "pool",
        {"metadata": [{"name": "b", "value": "1"}, {"name": "a", "value": "2"}]},
        {"metadata": [{"name": "a", "value": "2"}, {"name": "b", "value": "1"}]},
    ),
    "order of modes": (
        "account",
        {"allowed_authentication_modes": ["AAD", "SharedKey"]},
        {"allowed_authentication_modes": ["sharedkey", "aad"]},
    ),
    "layout of a formula": (
        "pool",
        {"auto_scale": {"formula": "// one\n$TargetDedicatedNodes = (1);"}},
        {"auto_scale": {"formula": "$TargetDedicatedNodes=1;"}},
    ),
    "no identity": ("pool", {"vm_size": "a", "identity": {"type": "none"}}, {"vm_size": "a"}),
    "blocks of no time": ("pool", {"vm_size": "a", "metadata": []}, {"vm_size": "a"}),
}


@pytest.mark.parametrize(("kind", "left", "right"), SAME.values(), ids=SAME.keys())
def test_spellings_of_one_value_are_equal(kind: str, left: Document, right: Document) -> None:
    """Two ways to write the same have one normal form."""
    assert normalise(kind, left) == normalise(kind, right)


OTHER = {
    "order of resource files": (
        "pool",
        {"start_task": {"resource_files": [{"file_path": "a"}, {"file_path": "b"}]}},
        {"start_task": {"resource_files": [{"file_path": "b"}, {"file_path": "a"}]}},
    ),
    "empty list and none": ("account", {"allowed_authentication_modes": []}, {}),
    "formula": (
        "pool",
        {"auto_scale": {"formula": "$TargetDedicatedNodes=1;"}},
        {"auto_scale": {"formula": "$TargetDedicatedNodes=2;"}},
    ),
    "secret": ("pool", {"user_accounts": [{"password": Secret("a")}]}, {"user_accounts": [{"password": Secret("b")}]}),
    "unknown": ("pool", {"vm_size": UNKNOWN}, {"vm_size": "a"}),
}


@pytest.mark.parametrize(("kind", "left", "right"), OTHER.values(), ids=OTHER.keys())
def test_different_values_stay_different(kind: str, left: Document, right: Document) -> None:
    """The normal form loses nothing that counts."""
    assert normalise(kind, left) != normalise(kind, right)
