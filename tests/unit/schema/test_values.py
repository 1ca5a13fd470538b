"""What references to resources are worth, and what documents hold."""

import pytest

from batchplan.config import declarations
from batchplan.config.typed import SchemaKinds
from batchplan.lang.types import STRING
from batchplan.lang.values import Marked, Unknown
from batchplan.schema.api import identity_of, to_api
from batchplan.schema.document import UNKNOWN, Secret
from batchplan.schema.registry import DATA_KINDS, KINDS

CONFIGURATION = """
variable "secret" {
  type      = string
  default   = "hunter2"
  sensitive = true
}
account "west" {
  name                = "acmerenderweu"
  resource_group_name = "rg-render"
  location            = "westeurope"
}
application "blender" {
  account_id = account.west.id
  name       = "blender"
}
pool "render" {
  account_id        = account.west.id
  name              = "render"
  vm_size           = "standard_d4s_v5"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }
  fixed_scale { target_dedicated_nodes = "8" }
  user_accounts {
    name     = "render"
    password = var.secret
  }
  application_packages { id = application.blender.id }
  backup "north" { account_id = account.west.id }
}
job "nightly" {
  account_id = account.west.id
  name       = "nightly"
  pool_info { pool_id = pool.render.pool_id }
}
output "account"     { value = account.west.id }
output "application" { value = application.blender.id }
output "pool_id"     { value = pool.render.pool_id }
output "pool"        { value = pool.render.id }
output "endpoint"    { value = account.west.account_endpoint }
output "job"         { value = job.nightly.id }
output "nodes"       { value = pool.render.fixed_scale.target_dedicated_nodes }
output "unset"       { value = pool.render.task_slots_per_node == null }
output "no_block"    { value = pool.render.start_task == null }
output "sku"         { value = pool.render.image_reference.sku }
output "backup"      { value = pool.render.backup["north"].vm_size == null }
output "users"       { value = pool.render.user_accounts[*].name }
output "password" {
  value     = pool.render.user_accounts[0].password
  sensitive = true
}
"""
ACCOUNT = "/subscriptions/s/resourceGroups/rg-render/providers/Microsoft.Batch/batchAccounts/acmerenderweu"
KNOWN = {
    "account": ACCOUNT,
    "application": f"{ACCOUNT}/applications/blender",
    "pool_id": "render-2026a",
    "pool": f"{ACCOUNT}/pools/render-2026a",
    "endpoint": "acmerenderweu.westeurope.batch.azure.com",
    "job": "nightly",
    "nodes": 8,
    "unset": True,
    "no_block": True,
    "sku": "2204",
    "backup": True,
}


def outputs(load, kinds: SchemaKinds):
    """Return the outputs of the configuration."""
    project = load(CONFIGURATION, kinds=kinds)
    assert list(project.diagnostics) == []
    return {name: output.value for name, output in project.evaluated.outputs.items()}


@pytest.mark.parametrize(("name", "value"), KNOWN.items(), ids=KNOWN.keys())
def test_names_are_known_where_what_they_are_made_of_is(load, name: str, value: object) -> None:
    """With subscription, generation and cloud known, so are ids and endpoints."""
    kinds = SchemaKinds(
        subscription_id="s", pool_ids={"pool.render": "render-2026a"}, endpoint_suffix="batch.azure.com"
    )
    assert outputs(load, kinds)[name] == value


@pytest.mark.parametrize("name", ["account", "application", "pool_id", "pool", "endpoint"])
def test_names_are_unknown_texts_otherwise(load, name: str) -> None:
    """Without them, a reference is worth a text that is not known yet."""
    assert outputs(load, SchemaKinds())[name] == Unknown(STRING, not_null=True)


def test_sensitive_fields_are_sensitive_in_references(load) -> None:
    """A password stays sensitive wherever it is used."""
    password = outputs(load, SchemaKinds())["password"]
    assert isinstance(password, Marked)
    assert "hunter2" not in repr(password)


def test_a_document_holds_what_is_set(load) -> None:
    """Converted values, wrapped secrets, unknown leaves, and nothing that is not given."""
    kinds = SchemaKinds()
    project = load(CONFIGURATION, kinds=kinds)
    (pool,) = (one for one in project.evaluated.instances if one.resource.kind == "pool")
    document, places = kinds.document_of(pool.resource, pool.body)
    assert document == {
        "account_id": UNKNOWN,
        "name": "render",
        "vm_size": "standard_d4s_v5",
        "node_agent_sku_id": "batch.node.ubuntu 22.04",
        "image_reference": {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2204"},
        "fixed_scale": {"target_dedicated_nodes": 8},
        "user_accounts": [{"name": "render", "password": Secret("hunter2")}],
        "application_packages": [{"id": UNKNOWN}],
        "backup": {"north": {"account_id": UNKNOWN}},
    }
    assert places(("fixed_scale", "target_dedicated_nodes")).text == '"8"'
    assert places(("user_accounts", 0, "password")).text == "var.secret"
    assert places(("backup", "north", "account_id")).text == "account.west.id"
    assert places(("start_task", "command_line")).text == 'pool "render"'


def test_the_body_of_a_create_follows_from_the_document(load) -> None:
    """The flattened parts are put back where the API has them; address and own blocks are not in the body."""
    kinds = SchemaKinds(subscription_id="s")
    project = load(CONFIGURATION, kinds=kinds)
    (pool,) = (one for one in project.evaluated.instances if one.resource.kind == "pool")
    document, _ = kinds.document_of(pool.resource, pool.body)
    assert to_api("pool", document, reveal_secrets=True) == {
        "properties": {
            "vmSize": "standard_d4s_v5",
            "deploymentConfiguration": {
                "virtualMachineConfiguration": {
                    "nodeAgentSkuId": "batch.node.ubuntu 22.04",
                    "imageReference": {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2204"},
                }
            },
            "scaleSettings": {"fixedScale": {"targetDedicatedNodes": 8}},
            "userAccounts": [{"name": "render", "password": "hunter2"}],
            "applicationPackages": [{"id": f"{ACCOUNT}/applications/blender"}],
        }
    }


def test_signatures_in_addresses_are_secrets(document) -> None:
    """An address with a signature is wrapped; one without is not."""
    made = document(
        f"""
pool "p" {{
  account_id        = "{ACCOUNT}"
  name              = "p"
  vm_size           = "a"
  node_agent_sku_id = "a"
  image_reference {{ id = "/subscriptions/s/resourceGroups/r/providers/Microsoft.Compute/images/i" }}
  fixed_scale {{ target_dedicated_nodes = 1 }}
  start_task {{
    command_line = "a"
    resource_files {{
      http_url  = "https://x/a?sv=1&sig=abc"
      file_path = "a"
    }}
    resource_files {{
      http_url  = "https://x/b"
      file_path = "b"
    }}
  }}
}}
"""
    )
    first, second = (one["http_url"] for one in made["start_task"]["resource_files"])
    assert first == Secret("https://x/a?sv=1&sig=abc")
    assert second == "https://x/b"


def test_json_files_have_blocks_where_the_schema_says(load) -> None:
    """In JSON, members that the schema knows as blocks are blocks."""
    text = """{"pool": {"p": {
      "account_id": "%s", "name": "p", "vm_size": "a", "node_agent_sku_id": "a",
      "image_reference": {"publisher": "a", "offer": "b", "sku": "c"},
      "fixed_scale": {"target_dedicated_nodes": 1},
      "metadata": [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}],
      "replacement": {"drain": {"timeout": "PT1H"}},
      "suppress": {"BP1307": {"reason": "lab"}}
    }}}"""
    kinds = SchemaKinds()
    project = load(text % ACCOUNT, kinds=kinds, name="main.batch.json")
    assert [str(one) for one in project.diagnostics] == []
    (pool,) = project.evaluated.instances
    document, _ = kinds.document_of(pool.resource, pool.body)
    assert document["metadata"] == [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]
    assert document["suppress"] == {"BP1307": {"reason": "lab"}}
    assert document["replacement"] == {"drain": {"timeout": "PT1H"}}


def test_dynamic_blocks_stand_inside_of_blocks_in_json(load) -> None:
    """In JSON, `dynamic` inside of a block makes blocks, and these have blocks of their own."""
    text = """{"pool": {"p": {
      "account_id": "%s", "name": "p", "vm_size": "a", "node_agent_sku_id": "a",
      "image_reference": {"publisher": "a", "offer": "b", "sku": "c"},
      "start_task": {
        "command_line": "a",
        "dynamic": {"resource_files": {
          "for_each": ["x", "y"],
          "content": {
            "http_url": "https://x/${resource_files.value}",
            "file_path": "${resource_files.value}",
            "identity_reference": {"resource_id": null}
          }
        }}
      }
    }}}"""
    kinds = SchemaKinds()
    project = load(text % ACCOUNT, kinds=kinds, name="main.batch.json")
    assert [str(one) for one in project.diagnostics] == []
    (pool,) = project.evaluated.instances
    document, _ = kinds.document_of(pool.resource, pool.body)
    assert document["start_task"]["resource_files"] == [
        {"http_url": "https://x/x", "file_path": "x", "identity_reference": {}},
        {"http_url": "https://x/y", "file_path": "y", "identity_reference": {}},
    ]


DATA = """
data "account" "west" {
  name                = "acmerenderweu"
  resource_group_name = "rg-render"
}
data "supported_images" "all" { account_id = data.account.west.id }
output "id"     { value = data.account.west.id }
output "quota"  { value = data.account.west.pool_quota }
output "images" { value = [for image in data.supported_images.all.images : image.sku] }
"""


def test_data_is_unknown_until_it_was_read(load) -> None:
    """Before reading, its attributes are unknown values of their types."""
    project = load(DATA, kinds=SchemaKinds())
    assert list(project.diagnostics) == []
    values = {name: output.value for name, output in project.evaluated.outputs.items()}
    assert values["id"] == Unknown(STRING, not_null=True)
    assert type(values["images"]) is Unknown


def test_data_is_what_azure_told(load) -> None:
    """Attributes that were read are known, and of their types."""
    image = dict.fromkeys(
        ("node_agent_sku_id", "publisher", "offer", "sku", "version", "os_type", "verification_type"), "a"
    )
    image |= {"capabilities": [], "batch_support_end_of_life": None}
    kinds = SchemaKinds(
        attributes={
            "data.account.west": {"id": ACCOUNT, "pool_quota": 100},
            "data.supported_images.all": {"images": [image]},
        }
    )
    project = load(DATA, kinds=kinds)
    assert list(project.diagnostics) == []
    values = {name: output.value for name, output in project.evaluated.outputs.items()}
    assert values["id"] == ACCOUNT
    assert values["quota"] == 100
    assert values["images"].items == ("a",)


def test_data_blocks_are_checked(faults) -> None:
    """A mistake in a data block is found like any other."""
    assert [code for code, _, _ in faults(DATA.replace("resource_group_name", "resource_group"))] == ["E0303", "E0304"]


IDENTITIES = {
    "account": ({"id": ACCOUNT}, {"name": "acmerenderweu", "resource_group_name": "rg-render"}),
    "application": ({"id": f"{ACCOUNT}/applications/b"}, {"account_id": ACCOUNT, "name": "b"}),
    "application_package": (
        {"id": f"{ACCOUNT}/applications/b/versions/1"},
        {"application_id": f"{ACCOUNT}/applications/b", "version": "1"},
    ),
    "pool": ({"id": f"{ACCOUNT}/pools/render-1"}, {"account_id": ACCOUNT, "pool_id": "render-1"}),
    "job": ({"id": "nightly"}, {"name": "nightly"}),
    "job_schedule": ({"id": "nightly"}, {"name": "nightly"}),
}


@pytest.mark.parametrize("kind", IDENTITIES)
def test_an_answer_tells_whose_it_is(kind: str) -> None:
    """The id in the service's JSON says the parts of the address that are not in the body."""
    body, identity = IDENTITIES[kind]
    assert identity_of(kind, body) == identity


def test_the_language_and_the_schema_have_the_same_kinds() -> None:
    """Each kind that can be written has a model, and the other way round."""
    assert tuple(KINDS) == declarations.KINDS
    assert tuple(DATA_KINDS) == declarations.DATA_KINDS
