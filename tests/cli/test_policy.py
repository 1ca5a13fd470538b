"""Policy at the command line: validate, plan, apply, policy and fix."""

import json
import re
import shutil
from pathlib import Path

import jsonschema
import pytest

from batchplan.report.policyschema import schema

PROVIDER = 'provider "azure" { environment = "emulator" }\n'
MAIN = """
account "west" {
  name                = "acmerenderweu"
  resource_group_name = "rg-render"
  location            = "westeurope"
}
pool "render" {
  account_id        = account.west.id
  name              = "render"
  vm_size           = "standard_d4s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }
  fixed_scale {
    target_dedicated_nodes = 1
  }
  start_task {
    command_line     = "/bin/bash -c ./prepare.sh"
    wait_for_success = false
  }
}
"""
POLICY = """
policy "two_nodes" {
  id          = "ACME0001"
  severity    = "error"
  level       = "soft"
  for_each    = resources.pool
  assert      = bounds(each).min_nodes >= 2
  message     = "${each.address} may run on ${bounds(each).min_nodes} node(s)."
  remediation = "Raise the minimum to 2."
  test "one node fails" {
    input  = { address = "pool.x", vm_size = "standard_d2s_v5", fixed_scale = { target_dedicated_nodes = 1 } }
    expect = "fail"
  }
}
"""
SUPPRESSED = MAIN.replace(
    "  start_task {",
    '  suppress "BP1302" {\n    reason  = "the start task only reports"\n    expires = "2027-01-31"\n  }\n  start_task {',
)
ALL = "-as-of=2026-11-22"


def of_policy(text: str) -> str:
    """Return the policy section of a plan, or of what validate says."""
    start = text.index("Policy: ")
    end = text.find("\n\n", start)
    return text[start : end if end > 0 else len(text)].rstrip("\n")


def rules(text: str) -> dict[str, str]:
    """Return the findings of `policy check -json` by rule: status."""
    return {one["rule"]: one["status"] for one in json.loads(text)["findings"]}


def test_validate_asks_the_static_rules(run) -> None:
    """A configuration that policy has something to say about is valid; what would refuse is exit code 3."""
    ran = run("validate", ALL, files={"main.batch.hcl": MAIN})
    assert ran.code == 0
    assert "warning BP1302  The start task of pool.render does not keep tasks waiting" in of_policy(ran.out)
    ran = run("validate", ALL, "-json", files={"policy.batch.hcl": POLICY})
    assert ran.code == 3
    told = json.loads(ran.out)
    assert told["valid"] is True
    assert told["policy"]["refused"] is True


def test_validate_tells_mistakes_of_policy_blocks(run) -> None:
    """A policy set that starts from nothing is an error like any other."""
    ran = run("validate", files={"main.batch.hcl": MAIN + 'policy_set "a" { base = "stric" }\n'})
    assert ran.code == 1
    assert 'Did you mean "strict"?' in ran.err


def test_a_suppression_is_over_on_its_day(run) -> None:
    """The same configuration passes today and is refused on the day after its suppression ends."""
    files = {"main.batch.hcl": SUPPRESSED}
    ran = run("policy", "check", "-static", ALL, "-json", files=files)
    assert ran.code == 0
    assert rules(ran.out)["BP1302"] == "suppressed"
    ran = run("policy", "check", "-static", "-as-of", "2027-02-01", "-json")
    assert ran.code == 3
    assert (rules(ran.out)["BP1302"], rules(ran.out)["BP0002"]) == ("open", "open")


def test_a_plan_shows_what_policy_says(run, tmp_path: Path) -> None:
    """Findings stand beside the change and below it; the context that was saved gives the same verdict offline."""
    files = {"main.batch.hcl": PROVIDER + MAIN, "policy.batch.hcl": POLICY}
    ran = run("plan", ALL, "-save-context", "context.json", files=files)
    assert (ran.code, ran.err) == (0, "")
    beside = re.search(r"  # policy: (.*)\n  # pool\.render will be created\n", ran.out)
    assert beside is not None
    assert {"ACME0001 (refused)", "BP1302 (warning)"} <= set(beside[1].split(", "))
    assert "  refused ACME0001  pool.render may run on 1 node(s)." in of_policy(ran.out)
    ran = run("policy", "check", "-context", "context.json", "-json")
    assert ran.code == 3
    first = json.loads(ran.out)
    (tmp_path / "main.batch.hcl").unlink()
    (tmp_path / "policy.batch.hcl").unlink()
    again = json.loads(run("policy", "check", "-context", "context.json", "-json").out)
    assert again["findings"] == [one for one in first["findings"] if one["rule"] != "ACME0001"]
    ran = run("policy", "check", "-context", "context.json", "-policy-set", "strict")
    assert ran.code == 3
    assert "refused BP1302" in ran.out


def test_a_context_is_of_no_day(run) -> None:
    """Contexts of two days say the same when the same day is asked for, and what was said then when none is."""
    files = {"main.batch.hcl": PROVIDER + SUPPRESSED}
    for day in ("2026-11-22", "2027-02-01"):
        run("plan", "-as-of", day, "-save-context", f"{day}.json", files=files)
    told = {
        (context, asked): json.loads(run("policy", "check", "-context", f"{context}.json", "-json", *asked).out)
        for context in ("2026-11-22", "2027-02-01")
        for asked in ((), ("-as-of", "2026-11-22"), ("-as-of", "2027-02-01"))
    }
    for day in ("2026-11-22", "2027-02-01"):
        findings = [found["findings"] for (context, asked), found in told.items() if day in (asked or (context,))]
        assert len(findings) == 3
        assert findings[0] == findings[1] == findings[2]
    statuses = {one["rule"]: one["status"] for one in told["2026-11-22", ("-as-of", "2027-02-01")]["findings"]}
    assert (statuses["BP1302"], statuses["BP0002"]) == ("open", "open")


def test_an_apply_is_refused_and_an_override_is_on_record(run, tmp_path: Path) -> None:
    """Nothing is done against a soft rule without a reason; with one, the state says who gave it, and when."""
    files = {"main.batch.hcl": PROVIDER + MAIN, "policy.batch.hcl": POLICY}
    ran = run("apply", "-auto-approve", ALL, files=files)
    assert ran.code == 3
    assert "E0603" in ran.err
    assert '-override ACME0001 -reason "why this is acceptable"' in ran.err
    assert not list(tmp_path.glob("state/**/*.json"))
    ran = run("apply", "-auto-approve", ALL, "-override", "ACME0001", "-reason", "one node is enough here")
    assert ran.code == 0, ran.err
    (override,) = json.loads(run("state", "pull").out)["overrides"]
    assert (override["rule"], override["reason"]) == ("ACME0001", "one node is enough here")
    assert any("one node is enough here" in path.read_text() for path in tmp_path.glob("state/**/*.done"))
    assert run("plan", "-detailed-exitcode", ALL).code == 0


def test_overrides_need_reasons(run) -> None:
    """An override without a reason, or of a rule that is not there, is a slip and does nothing."""
    ran = run("apply", "-override", "BP1302", files={"main.batch.hcl": MAIN})
    assert ran.code == 1
    assert "-override needs a -reason" in ran.err
    ran = run("policy", "check", "-static", "-override", "BP1303x", "-reason", "it only reports")
    assert ran.code == 1
    assert "E0605" in ran.err


def test_a_baseline_lets_new_findings_count(run, tmp_path: Path) -> None:
    """What is there is written down; what comes later counts; what is fixed is pruned."""
    files = {"main.batch.hcl": MAIN, "policy.batch.hcl": POLICY}
    assert run("policy", "baseline", "-static", ALL, files=files).out.startswith("batchplan.baseline.json: ")
    assert run("validate", ALL).code == 0
    worse = MAIN + MAIN[MAIN.index("pool ") :].replace("render", "other")
    assert run("validate", ALL, files={"main.batch.hcl": worse}).code == 3
    fixed = MAIN.replace("nodes = 1", "nodes = 2")
    assert run("validate", ALL, files={"main.batch.hcl": fixed}).code == 0
    run("policy", "baseline", "-static", "-prune", ALL)
    left = json.loads((tmp_path / "batchplan.baseline.json").read_text())["findings"]
    assert "ACME0001" not in {one["rule"] for one in left}
    ran = run("policy", "check", "-static", "-baseline", "main.batch.hcl")
    assert ran.code == 1
    assert "E0604" in ran.err


def test_policies_are_tested(run) -> None:
    """The tests in policy blocks pass, or say what they expected."""
    ran = run("policy", "test", files={"main.batch.hcl": MAIN, "policy.batch.hcl": POLICY})
    assert (ran.code, ran.out) == (0, "pass  two_nodes: one node fails\n1 passed, 0 failed.\n")
    ran = run("policy", "test", files={"policy.batch.hcl": POLICY.replace('"fail"', '"pass"')})
    assert ran.code == 1
    assert "expected pass, but it is fail: pool.x may run on 1 node(s)." in ran.out


def test_rules_are_listed_and_explained(run) -> None:
    """Every rule is in the list; each can be explained by id and by name, and by `explain` as well."""
    listed = run("policy", "list", files={"policy.batch.hcl": POLICY}).out
    assert "BP1302    advisory  warning  static" in listed
    assert "ACME0001  soft      error" in listed
    assert {one["id"] for one in json.loads(run("policy", "list", "-json", "-family", "node").out)} >= {"BP1302"}
    by_id, by_name = run("policy", "explain", "bp1302").out, run("policy", "explain", "tasks_before_set_up").out
    assert by_id == by_name == run("explain", "BP1302").out
    assert "Why: " in by_id
    ran = run("policy", "explain", "BP13021")
    assert (ran.code, "E0605" in ran.err) == (1, True)


def test_json_fits_its_published_schema(run) -> None:
    """What the command prints is valid, with all verdicts too, of a configuration and of a plan."""
    files = {"main.batch.hcl": PROVIDER + SUPPRESSED, "policy.batch.hcl": POLICY}
    for flags in (("-static",), ("-static", "-all"), ("-all",)):
        ran = run("policy", "check", "-json", ALL, *flags, files=files)
        report = json.loads(ran.out)
        assert report["findings"]
        assert ("verdicts" in report) is ("-all" in flags)
        jsonschema.validate(report, schema())


@pytest.mark.parametrize(
    ("form", "start"),
    [
        ("sarif", "{"),
        ("junit", "<?xml"),
        ("markdown", "### Policy"),
        ("github", "::warning file=main.batch.hcl,line="),
        ("azure", "##vso[task.logissue type=warning;sourcepath=main.batch.hcl"),
    ],
)
def test_formats_go_to_files(run, tmp_path: Path, form: str, start: str) -> None:
    """Each format can be written to a file."""
    run("policy", "check", "-static", ALL, "-format", form, "-out", "out.txt", files={"main.batch.hcl": MAIN})
    assert (tmp_path / "out.txt").read_text(encoding="utf-8").startswith(start)


def test_fix_shows_and_then_writes(run, tmp_path: Path) -> None:
    """A machine edit is shown as a diff, and made when asked; then there is nothing left to fix."""
    ran = run("fix", "-rule", "BP1302", ALL, files={"main.batch.hcl": MAIN})
    assert "-    wait_for_success = false\n" in ran.out
    assert "Nothing was written." in ran.out
    assert "1 findings fixed in 1 files." in run("fix", "-rule", "BP1302", "-write", ALL).out
    fixed = MAIN.replace("    wait_for_success = false\n", "").replace("command_line     =", "command_line =")
    assert (tmp_path / "main.batch.hcl").read_text() == fixed
    assert run("fix", "-rule", "BP1302", ALL).out == "Nothing to fix.\n"


def test_fix_leaves_expressions_alone(run) -> None:
    """What is not written out has a reason that a machine does not know."""
    text = MAIN.replace("= false", "= local.wait") + "locals {\n  wait = false\n}\n"
    ran = run("fix", "-rule", "BP1302", ALL, files={"main.batch.hcl": text})
    assert "left to you: BP1302" in ran.out
    assert "(wait_for_success is an expression (main.batch.hcl:" in ran.out


@pytest.mark.parametrize(
    "example", ["formula-template", "ignore-node-counts", "pool-module", "pools-from-yaml", "quickstart"]
)
def test_examples_plan_without_refusal(run, tmp_path: Path, example: str) -> None:
    """What people begin with is not refused, and tells of nothing but notes."""
    shutil.copytree(Path(__file__).parents[2] / "examples" / example, tmp_path, dirs_exist_ok=True)
    shown = run("plan", "-emulator", "-no-color")
    assert shown.code == 0, shown.out + shown.err
    counts = of_policy(shown.out).splitlines()[0]
    assert ", 0 refused" in counts
    assert "warning" not in counts
    assert "error" not in counts
