"""What could not be told when planning is asked again on the way, when the account is there that tells it."""

import json
from pathlib import Path

MAIN = """
provider "azure" { environment = "emulator" }
account "west" {
  name                = "acmerenderweu"
  resource_group_name = "rg-render"
  location            = "westeurope"
}
pool "render" {
  account_id        = account.west.id
  name              = "render"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }
  fixed_scale {
    target_dedicated_nodes = 400
  }
}
"""
FITS = MAIN.replace("= 400", "= 2")
ENDPOINT = """
policy "own_region" {
  id         = "ACME0001"
  severity   = "error"
  level      = "LEVEL"
  for_each   = resources.pool
  assert     = strcontains(account.west.account_endpoint, ".northeurope.")
  message    = "${each.address} would run in another region."
}
"""
ALL = "-as-of=2026-11-22"
APPLY = ("apply", "-auto-approve", ALL)


def done(tmp_path: Path, step: str) -> list[dict]:
    """Return the entries of closed journals about a step that are no intents."""
    lines = [line for path in tmp_path.glob("state/**/*.done") for line in path.read_text().splitlines()]
    return [one for one in map(json.loads, lines) if one["step"] == step and one["phase"] != "intent"]


def objects(run) -> list[str]:
    """Return the addresses that the state has."""
    return [one["address"] for one in json.loads(run("state", "pull").out)["resources"]]


def test_a_quota_stops_what_does_not_fit(run, tmp_path: Path) -> None:
    """The quota of a new account is known when the account is; the pool is not made, and the journal says why."""
    ran = run("plan", ALL, files={"main.batch.hcl": MAIN})
    assert ran.code == 0
    assert "3  ask policy again, now that acmerenderweu is there: " in ran.out
    ran = run(*APPLY)
    assert ran.code == 3
    assert "E0603" in ran.err
    assert "BP4002 account.west needs 800 dedicated cores for 1 pool; its quota is 500 (main.batch.hcl:3)." in ran.err
    assert '-override BP4002 -reason "why this is acceptable"' in ran.err
    assert objects(run) == ["account.west"]
    (entry,) = done(tmp_path, "account.west:policy")
    assert entry["phase"] == "failed"
    assert "its quota is 500" in entry["message"]
    ran = run(*APPLY)
    assert (ran.code, "Nothing was changed." in ran.err) == (3, True)


def test_a_gate_opens_when_there_is_nothing_to_say(run, tmp_path: Path) -> None:
    """A saved plan has its gate, and asks at it."""
    run("plan", ALL, "-out", "p.plan", files={"main.batch.hcl": FITS})
    steps = json.loads(run("show", "-json", "p.plan").out)["batchplan"]["steps"]
    (gate,) = [one for one in steps if one["type"] == "PolicyGate"]
    assert gate["needs"] == ["account.west:available"]
    assert gate["request"] is None
    (create,) = [one for one in steps if one["id"] == "pool.render:create"]
    assert gate["id"] in create["needs"]
    ran = run("apply", ALL, "p.plan")
    assert ran.code == 0, ran.err
    assert [one["phase"] for one in done(tmp_path, gate["id"])] == ["done"]
    assert objects(run) == ["account.west", "pool.render"]
    assert run("plan", "-detailed-exitcode", ALL).code == 0


def test_an_override_that_a_gate_needs_is_on_record(run, tmp_path: Path) -> None:
    """What was accepted beforehand, and is found on the way, is in the journal and in the state."""
    files = {"main.batch.hcl": FITS, "policy.batch.hcl": ENDPOINT.replace("LEVEL", "soft")}
    ran = run(*APPLY, "-override", "ACME0001", "-reason", "tests run anywhere", files=files)
    assert ran.code == 0, ran.err
    (override,) = json.loads(run("state", "pull").out)["overrides"]
    assert (override["rule"], override["reason"]) == ("ACME0001", "tests run anywhere")
    (entry,) = done(tmp_path, "account.west:policy")
    assert entry["message"] == "ACME0001 overridden: tests run anywhere"


def test_a_policy_about_what_azure_tells_is_decided_on_the_way(run) -> None:
    """A block reads the endpoint of an account that is to be made: undecided when planning, and decided at the gate."""
    files = {"main.batch.hcl": FITS, "policy.batch.hcl": ENDPOINT.replace("LEVEL", "hard")}
    ran = run("plan", ALL, files=files)
    assert "Policy own_region could not be decided for pool.render" in ran.out
    ran = run(*APPLY)
    assert ran.code == 3
    assert "ACME0001 pool.render would run in another region (main.batch.hcl:" in ran.err
    assert objects(run) == ["account.west"]
    holds = ENDPOINT.replace("LEVEL", "hard").replace("strcontains(", "!strcontains(")
    assert run(*APPLY, files={"policy.batch.hcl": holds}).code == 0
    assert objects(run) == ["account.west", "pool.render"]


def test_what_nobody_can_tell_stops_there_too(run) -> None:
    """A block that has no answer even then keeps the gate closed, as it refuses an apply."""
    broken = ENDPOINT.replace("LEVEL", "soft").replace(
        'strcontains(account.west.account_endpoint, ".northeurope.")', "BOOL"
    )
    text = broken.replace("BOOL", "tobool(account.west.account_endpoint)")
    ran = run(*APPLY, files={"main.batch.hcl": FITS, "policy.batch.hcl": text})
    assert ran.code == 3
    assert "BP0006 Policy own_region could not be decided for pool.render" in ran.err
    assert objects(run) == ["account.west"]
