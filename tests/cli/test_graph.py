"""`batchplan graph`: DOT and Mermaid."""

import pytest

ACCOUNT = """account "west" {
  name                = "acmerenderweu"
  resource_group_name = "rg-render"
  location            = "westeurope"
}
"""

POOL = """pool "render" {
  count             = 2
  account_id        = local.id
  name              = "render${count.index}"
  vm_size           = "standard_d4s_v5"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }
  fixed_scale { target_dedicated_nodes = 1 }
}
"""

TEXT = f"{ACCOUNT}locals {{ id = account.west.id }}\n{POOL}"

DOT = """digraph {
  rankdir = "RL"
  node [shape = box, fontname = "sans-serif"]
  "account.west"
  "pool.render"
  "pool.render" -> "account.west"
}
"""

MERMAID = """flowchart RL
  n0["account.west"]
  n1["pool.render"]
  n1 --> n0
"""


@pytest.mark.parametrize(
    ("arguments", "drawing"), [([], DOT), (["-format=dot"], DOT), (["-format", "mermaid"], MERMAID)]
)
def test_drawings(run, arguments: list[str], drawing: str) -> None:
    """A drawing has each resource and what it needs."""
    ran = run("graph", *arguments, files={"main.batch.hcl": TEXT})
    assert (ran.code, ran.out, ran.err) == (0, drawing, "")


def test_empty(run) -> None:
    """A project without resources is an empty drawing."""
    assert run("graph", "-format=mermaid", files={"main.batch.hcl": ""}).out == "flowchart RL\n"


def test_faults(run) -> None:
    """A project with faults is not drawn."""
    ran = run("graph", files={"main.batch.hcl": 'pool "p" { name = nothing }\n'})
    assert (ran.code, ran.out) == (1, "")
    assert "E0214" in ran.err


def test_modules(run) -> None:
    """Resources in modules have their whole addresses."""
    files = {"main.batch.hcl": 'module "m" { source = "./m" }\n', "m/a.batch.hcl": TEXT}
    assert '"module.m.pool.render" -> "module.m.account.west"' in run("graph", files=files).out
