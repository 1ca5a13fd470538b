"""`batchplan plan`: what is told of a configuration with faults, and when."""

import json
import shutil
from pathlib import Path

import pytest

ACCOUNT = 'account "a" {\n  name = "acctone"\n  resource_group_name = "rg"\n  location = "westeurope"\n}\n'
EMULATOR = 'provider "azure" {\n  environment = "emulator"\n}\n'


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment says nothing of Azure."""
    for name in ("ARM_ENVIRONMENT", "ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID"):
        monkeypatch.delenv(name, raising=False)


def test_faults_come_before_missing_settings(run) -> None:
    """A value that does not fit is told even where there is no subscription to plan for."""
    ran = run("plan", files={"main.batch.hcl": ACCOUNT.replace('"westeurope"', "[1]")})
    assert ran.code == 1
    assert 'The argument "location" does not fit' in ran.err
    assert "subscription" not in ran.err


def test_missing_settings(run) -> None:
    """Without faults, what is missing to reach Azure is told."""
    ran = run("plan", files={"main.batch.hcl": ACCOUNT})
    assert ran.code == 1
    assert "The subscription is not known" in ran.err


def test_all_faults_at_once(run) -> None:
    """A name that leads nowhere does not hide a value that does not fit."""
    text = EMULATOR + ACCOUNT.replace('"westeurope"', "[1]") + "output o { value = local.nothing }\n"
    ran = run("plan", files={"main.batch.hcl": text})
    assert ran.code == 1
    assert 'The argument "location" does not fit' in ran.err
    assert 'There is no local "nothing"' in ran.err


def test_a_fault_is_told_once(run) -> None:
    """What a session finds wrong with a value is told as validate tells it."""
    text = EMULATOR + ACCOUNT.replace('"westeurope"', "[1]")
    planned = run("plan", files={"main.batch.hcl": text})
    assert planned.code == 1
    assert planned.err == run("validate", files={"main.batch.hcl": text}).err


def test_a_provider_made_of_values(run, tmp_path: Path) -> None:
    """Provider blocks may use variables, locals and outputs of modules, which are evaluated for them first."""
    text = (
        'provider "azure" {\n  environment = local.where\n  subscription_id = module.id.it\n}\n'
        'variable "cloud" { default = "EMULATOR" }\nlocals { where = lower(var.cloud) }\n'
        'module "id" {\n  source = "./id"\n  digits = 12\n}\n' + ACCOUNT
    )
    part = 'variable "digits" { type = number }\noutput "it" {\n  value = "22222222-2222-2222-2222-2222222222${var.digits}"\n}\n'
    ran = run("plan", files={"main.batch.hcl": text, "id/main.batch.hcl": part})
    assert ran.code == 0, ran.err
    assert "account.a" in ran.out
    assert (tmp_path / ".batchplan" / "emulator").is_dir()


def test_warnings_of_loading_are_shown(run) -> None:
    """A value for a variable that is not declared is told when planning, too."""
    files = {"main.batch.hcl": EMULATOR + ACCOUNT, "batchplan.batchvars.hcl": "m = 1\n"}
    ran = run("plan", files=files)
    assert (ran.code, ran.err.splitlines()[0].startswith("Warning: E0312")) == (0, True)


@pytest.mark.parametrize("command", [["plan"], ["apply", "-auto-approve"], ["destroy", "-auto-approve"], ["refresh"]])
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("account {", "E0118"),
        (EMULATOR + ACCOUNT.replace('"westeurope"', "[1]"), "E0307"),
        (ACCOUNT, "E0304"),
        (EMULATOR + 'batchplan {\n  backend "azurerm" {}\n}\n', "E0803"),
    ],
    ids=["syntax", "value", "settings", "backend"],
)
def test_faults_as_events(run, command: list[str], text: str, code: str) -> None:
    """With -json, what is wrong before there is a plan is told in the stream, and nowhere else."""
    ran = run(*command, "-json", files={"main.batch.hcl": text})
    assert (ran.code, ran.err) == (1, "")
    events = [json.loads(line) for line in ran.out.splitlines()]
    assert [one["type"] for one in events[:1]] == ["version"]
    assert {one["type"] for one in events[1:]} == {"diagnostic"}
    assert all("@timestamp" in one for one in events)
    assert code in [one["diagnostic"]["code"] for one in events[1:]]
    assert run(*command, files={"main.batch.hcl": text}).err.startswith("Error: ")


def test_a_plan_file_that_is_none_as_an_event(run) -> None:
    """With -json, a file that is no plan is told as an event."""
    ran = run("apply", "-json", "nothing.bpplan", files={"main.batch.hcl": EMULATOR, "nothing.bpplan": "x"})
    assert (ran.code, ran.err) == (1, "")
    version, told = map(json.loads, ran.out.splitlines())
    assert (version["type"], told["diagnostic"]["code"]) == ("version", "E0511")


def test_blocks_are_written_for_imports(run, tmp_path: Path) -> None:
    """What import blocks take over and nothing declares is written, with references among it, and planned as declared."""
    pool = (
        'pool "p" {\n  account_id = account.a.id\n  name = "render"\n  vm_size = "standard_d2s_v3"\n'
        '  node_agent_sku_id = "batch.node.ubuntu 22.04"\n  image_reference {\n    publisher = "microsoft-dsvm"\n'
        '    offer = "ubuntu-hpc"\n    sku = "2204"\n  }\n  fixed_scale {\n    target_dedicated_nodes = 1\n  }\n}\n'
        'job "j" {\n  account_id = account.a.id\n  name = "ingest"\n  pool_info {\n    pool_id = pool.p.pool_id\n  }\n}\n'
    )
    assert run("apply", "-auto-approve", files={"main.batch.hcl": EMULATOR + ACCOUNT + pool}).code == 0
    state = json.loads((tmp_path / "state" / "default" / "state.json").read_text())
    account = next(one["remote"]["account_id"] for one in state["resources"])
    name = next(one["remote"]["name"] for one in state["resources"] if one["remote"]["kind"] == "pool")
    shutil.rmtree(tmp_path / "state")
    ids = {"account.a": account, "pool.p": f"{account}/pools/{name}", "job.j": f"{account}/jobs/ingest"}
    blocks = "".join(f'import {{\n  to = {to}\n  id = "{one}"\n}}\n' for to, one in ids.items())
    generate = ("plan", "-generate-config-out=imported.batch.hcl")
    ran = run(*generate, files={"main.batch.hcl": EMULATOR + blocks})
    assert ran.code == 0, ran.err
    assert "imported.batch.hcl has been written" in ran.out
    assert "Plan: 3 to import, 0 to create, 0 to change, 0 to destroy." in ran.out
    text = (tmp_path / "imported.batch.hcl").read_text()
    assert text.count("account.a.id") == 2
    assert "pool.p.pool_id" in text
    assert run("fmt", "-check").code == 0
    assert run("apply", "-auto-approve").code == 0
    assert run("plan", "-detailed-exitcode").code == 0
    assert "exists already" in run(*generate).err
    assert "name a file here" in run("plan", "-generate-config-out=elsewhere/imported.batch.hcl").err
