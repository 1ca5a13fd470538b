"""Ids of objects are told apart, and the block that is written for an object declares that object."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from batchplan.config.installed import InstalledModules
from batchplan.config.project import Inputs, load_project
from batchplan.config.typed import SchemaKinds
from batchplan.config.variables import VariableFlag
from batchplan.core.address import parse_address
from batchplan.core.diagnostics import UserError
from batchplan.core.remote import Remote
from batchplan.ops.importing import adoption, generate_config, known_references, remote_of
from batchplan.schema.api import from_api
from batchplan.schema.document import Document, Secret
from batchplan.schema.normal import is_void
from batchplan.schema.pool_storage import BlobMount
from batchplan.schema.registry import KINDS
from batchplan.schema.shape import Argument, Shape
from batchplan.state.document import Applied, empty, with_resource


def neighbour(name: str) -> ModuleType:
    """Return a module of the schema's tests; the tests' folders are no packages."""
    path = Path(__file__).parents[1] / "schema" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"importing_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


Maker = neighbour("random_documents").Maker
BODIES = list(neighbour("deployments").bodies())

ACCOUNT = "/subscriptions/S-1/resourceGroups/Rg/providers/Microsoft.Batch/batchAccounts/West"
IDENTITY = {
    "account": {"name": "acmewest", "resource_group_name": "rg"},
    "application": {"account_id": ACCOUNT, "name": "app"},
    "application_package": {"application_id": f"{ACCOUNT}/applications/a", "version": "1", "source": "a.zip"},
    "pool": {"account_id": ACCOUNT, "name": "pool"},
    "job": {"account_id": ACCOUNT, "name": "job"},
    "job_schedule": {"account_id": ACCOUNT, "name": "nightly"},
}

IDS = {
    "account": (ACCOUNT, Remote("account", ACCOUNT, "West")),
    "application": (f"{ACCOUNT}/applications/App", Remote("application", ACCOUNT, "App")),
    "application_package": (
        f"{ACCOUNT}/applications/App/versions/1.0",
        Remote("application_package", ACCOUNT, "App", "1.0"),
    ),
    "pool": (f"{ACCOUNT}/pools/P_1", Remote("pool", ACCOUNT, "P_1")),
    "job": (f"{ACCOUNT}/jobs/J-1", Remote("job", ACCOUNT, "J-1")),
    "job_schedule": (f"{ACCOUNT}/jobSchedules/N", Remote("job_schedule", ACCOUNT, "N")),
}


@pytest.mark.parametrize("kind", IDS, ids=str)
def test_ids(kind: str) -> None:
    """The id of each kind leads to the object; case does not matter in its fixed words, and is kept in names."""
    text, wanted = IDS[kind]
    assert remote_of(kind, text) == wanted
    assert remote_of(kind, f" {text}/ ") == wanted
    assert remote_of(kind, text.replace("resourceGroups", "resourcegroups")).key[3:] == wanted.key[3:]
    for other, (another, _) in IDS.items():
        if other != kind:
            with pytest.raises(UserError, match=f"E0504.*is the id of a {other}"):
                remote_of(kind, another)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pool1",
        "/subscriptions/s",
        f"{ACCOUNT}/pools",
        f"{ACCOUNT}/tasks/x",
        "https://west.westeurope.batch.azure.com/pools/x",
        "/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/virtualMachines/v",
    ],
)
def test_what_is_no_id(text: str) -> None:
    """Anything else is refused, with the form of an id of that kind."""
    with pytest.raises(UserError, match=r"E0504.*looks like .*/pools/ID"):
        remote_of("pool", text)


@pytest.mark.parametrize(
    ("address", "said"),
    [("pool", "E0321"), ("data.pool.x", "E0321"), ("pol.x", 'Did you mean "pool"'), ("job.x", "E0504")],
)
def test_what_cannot_be_imported(address: str, said: str) -> None:
    """An address that is none, of another kind, or only read, is refused."""
    with pytest.raises(UserError, match=said):
        adoption(address, f"{ACCOUNT}/pools/p")


def test_an_import() -> None:
    """An address and an id say what goes where."""
    found = adoption('module.m.pool.p["a"]', f"{ACCOUNT}/pools/p")
    assert (str(found.address), found.remote) == ('module.m.pool.p["a"]', Remote("pool", ACCOUNT, "p"))


def read(text: str, folder: Path, known: str = "") -> tuple[Document, list[str]]:
    """Return the document that a text declares, each of its variables with a value, and what is wrong with it."""
    (folder / "main.batch.hcl").write_text(text + known, encoding="utf-8")
    names = [line.split('"')[1] for line in text.splitlines() if line.startswith("variable ")]
    flags = [VariableFlag("var", f"{name}=https://{name}?sig=x") for name in names]
    kinds = SchemaKinds()
    project = load_project(folder, InstalledModules(folder), Inputs(flags), kinds=kinds)
    assert project.evaluated is not None
    instance = next(one for one in project.evaluated.instances if one.address.name == "it")
    return kinds.document_of(instance.resource, instance.body)[0], [str(item) for item in project.diagnostics]


def expected(shape: Shape, document: Document) -> Document:
    """Return what of a document is to be written: no defaults, nulls and void blocks; of secrets, that they are there.

    A mount without credentials has one that Azure does not tell.
    """
    made: Document = {}
    for name, value in document.items():
        member = shape.member(name)
        assert member is not None
        if isinstance(member, Argument):
            if isinstance(value, Secret):
                made[name] = "a secret"
            elif value is not None and (member.required or value != member.fact.default):
                made[name] = value
        elif member.nesting == "single":
            arguments = member.shape.arguments
            needless = value == {"node_fill_type": "Spread"} and arguments["node_fill_type"].fact.default == "Spread"
            if not (needless or is_void(member, value)):
                made[name] = expected(member.shape, value)
        elif member.nesting == "list":
            made.update({name: [expected(member.shape, one) for one in value]} if value else {})
        else:
            made.update({name: {label: expected(member.shape, one) for label, one in value.items()}} if value else {})
    if shape.model is BlobMount and not {"account_key", "sas_key", "identity_reference"} & made.keys():
        made["account_key"] = "a secret"
    return made


def without_values(document: Any) -> Any:
    """Return a document in which secrets are only there."""
    if isinstance(document, dict):
        return {name: without_values(part) for name, part in document.items()}
    if isinstance(document, list):
        return [without_values(part) for part in document]
    return "a secret" if isinstance(document, Secret) else document


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(25))
def test_what_is_written_declares_the_object(kind: str, seed: int, tmp_path: Path) -> None:
    """Any document of any kind comes back from the configuration written for it; no secret is in that."""
    shape = KINDS[kind].shape
    document = {**Maker(seed).document(shape), **IDENTITY[kind]}
    text = generate_config(kind, "it", document)
    found, _ = read(text, tmp_path)
    assert without_values(found) == expected(shape, document)
    for secret in secrets(document):
        assert len(secret) < 4 or secret not in text


def secrets(document: Any) -> list[str]:
    """Return the texts of all secrets of a document."""
    if isinstance(document, dict):
        return [one for part in document.values() for one in secrets(part)]
    if isinstance(document, list):
        return [one for part in document for one in secrets(part)]
    return [str(document.reveal())] if isinstance(document, Secret) else []


@pytest.mark.skipif(not BODIES, reason="the reference material is not here")
@pytest.mark.parametrize(("label", "kind", "body"), BODIES, ids=[label for label, _, _ in BODIES])
def test_real_objects_are_written_without_faults(label: str, kind: str, body: dict[str, Any], tmp_path: Path) -> None:
    """What a public deployment has made is declared by the configuration written for it, word for word."""
    shape = KINDS[kind].shape
    document = {**from_api(kind, body), **IDENTITY[kind]}
    if kind == "account":
        document.setdefault("location", "westeurope")
    text = generate_config(kind, "it", document)
    if "{spot_core_limit}" in text:
        pytest.skip("its formula is a template of another program, and no formula")
    found, _ = read(text, tmp_path)
    wanted = expected(shape, document)
    asked = {name: value for name, value in without_values(found).items() if "a secret" in str(value)}
    assert without_values(found) == {**wanted, **asked}


def test_known_objects_are_referred_to(tmp_path: Path) -> None:
    """A value that another block has is written as a reference to it, whatever the case of the id."""
    document = {"account_id": ACCOUNT.upper(), "name": "app", "display_name": "x"}
    text = generate_config("application", "it", document, {ACCOUNT: "account.west.id"})
    assert "account_id   = account.west.id" in text
    assert ACCOUNT.upper() not in text


def test_which_objects_are_known(tmp_path: Path) -> None:
    """Accounts and applications of the root module, declared and in the state, can be referred to."""
    text = """
account "west" {
  for_each            = toset(["a"])
  name                = "acmewest"
  resource_group_name = "rg"
  location            = "westeurope"
}
"""
    (tmp_path / "main.batch.hcl").write_text(text)
    project = load_project(tmp_path, InstalledModules(tmp_path), Inputs())
    assert project.evaluated is not None
    state = empty("1.0")
    for address, name in (('account.west["a"]', "West"), ("account.gone", "gone"), ("module.m.account.x", "x")):
        remote = Remote("account", ACCOUNT.replace("West", name), name)
        state = with_resource(state, Applied(parse_address(address), remote, {}))
    assert known_references(project.evaluated, state) == {ACCOUNT: 'account.west["a"].id'}


def test_secrets_become_variables(tmp_path: Path) -> None:
    """A secret that the object needs is a sensitive variable; what the service does not tell is among them."""
    accounts = [{"name": "ann"}, {"name": "bob", "password": Secret("hunter2")}]
    text = generate_config("pool", "it", {**IDENTITY["pool"], "user_accounts": accounts})
    assert 'variable "it_user_accounts_ann_password"' in text
    assert "password = var.it_user_accounts_bob_password" in text
    assert "hunter2" not in text
    found, faults = read(text, tmp_path)
    assert [one["password"].reveal() for one in found["user_accounts"]] == [
        "https://it_user_accounts_ann_password?sig=x",
        "https://it_user_accounts_bob_password?sig=x",
    ]
    assert all("password" not in fault for fault in faults)


def test_a_job_names_a_managed_pool_by_reference() -> None:
    """The id of a pool changes when it is replaced, so a job refers to it; a pool of another account is another one."""
    job = {"account_id": ACCOUNT, "name": "ingest", "pool_info": {"pool_id": "render-1"}}
    found = generate_config("job", "ingest", job, {f"{ACCOUNT}/pools/render-1": "pool.render.pool_id"})
    assert "pool_id = pool.render.pool_id\n" in found
    other = generate_config("job", "ingest", job, {f"{ACCOUNT}2/pools/render-1": "pool.render.pool_id"})
    assert 'pool_id = "render-1"\n' in other
