"""The plans of rollout commands are plans: policy is asked about them, as it is about those of apply."""

import json

import pytest

MAIN = """
provider "azure" { environment = "emulator" }
account "west" {
  name                = "acmerenderweu"
  resource_group_name = "rg-render"
  location            = "westeurope"
}
pool "render" {
  account_id          = account.west.id
  name                = "render"
  vm_size             = "standard_d2s_v3"
  node_agent_sku_id   = "batch.node.ubuntu 22.04"
  task_slots_per_node = SLOTS
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }
  fixed_scale {
    target_dedicated_nodes = 1
  }
  replacement {
    auto_promote = false
  }
}
job "nightly" {
  account_id = account.west.id
  name       = "nightly"
  pool_info {
    pool_id = pool.render.pool_id
  }
}
"""
REFUSES = """
policy "two_nodes" {
  id       = "ACME0001"
  severity = "error"
  level    = "soft"
  for_each = resources.pool
  assert   = bounds(each).min_nodes >= 2
  message  = "${each.address} may run on one node."
}
"""
ALL = "-as-of=2026-11-22"
YES = "-auto-approve"
OVERRIDE = ("-override", "ACME0001", "-reason", "one node has to do today")


@pytest.fixture
def waiting(run):
    """A rollout whose candidate waits for somebody to promote it; policy refuses whatever comes next."""
    assert run("apply", YES, ALL, files={"main.batch.hcl": MAIN.replace("SLOTS", "1")}).code == 0
    ran = run("apply", YES, ALL, files={"main.batch.hcl": MAIN.replace("SLOTS", "2")})
    assert ran.code == 6, ran.err
    run("version", files={"policy.batch.hcl": REFUSES})
    return run


def overrides(run) -> list[str]:
    return [one["rule"] for one in json.loads(run("state", "pull").out)["overrides"]]


def refused_and_then_overridden(run, *command: str) -> None:
    """A command is refused, changes nothing, and goes through with a reason, which is kept."""
    before = overrides(run)
    ran = run("rollout", *command, YES, ALL)
    assert (ran.code, "ACME0001 pool.render may run on one node" in ran.err) == (3, True), ran.err
    ran = run("rollout", *command, YES, ALL, *OVERRIDE)
    assert ran.code == 0, ran.err
    assert overrides(run) == [*before, "ACME0001"]


def test_a_promotion_its_undoing_and_the_collection_are_checked(waiting) -> None:
    """Each of the plans on the way is refused until somebody says why it is fine."""
    refused_and_then_overridden(waiting, "promote", "pool.render")
    refused_and_then_overridden(waiting, "undo", "pool.render")
    refused_and_then_overridden(waiting, "gc", "pool.render")


def test_an_abort_is_checked(waiting) -> None:
    """Giving up deletes a pool, which policy may have something to say about."""
    refused_and_then_overridden(waiting, "abort", "pool.render")


def test_a_destruction_is_checked(run) -> None:
    """A pool that an undeclared job runs on is not destroyed before somebody has looked; nothing is done."""
    assert run("apply", YES, ALL, files={"main.batch.hcl": MAIN.replace("SLOTS", "1")}).code == 0
    deletion = 'policy "keep" {\n  id = "ACME0002"\n  severity = "error"\n  level = "soft"\n'
    deletion += (
        '  for_each = plan.changes.pool\n  assert = each.action != "delete"\n  message = "${each.address} goes."\n}\n'
    )
    ran = run("destroy", YES, ALL, files={"policy.batch.hcl": deletion})
    assert (ran.code, "ACME0002 pool.render goes" in ran.err) == (3, True), ran.err
    ran = run("destroy", YES, ALL, "-override", "ACME0002", "-reason", "the team moves on")
    assert ran.code == 0, ran.err
    assert json.loads(run("state", "pull").out)["resources"] == []
