"""What a configuration says about policy: its sets, its own policies, what it accepts."""

from pathlib import Path
from typing import Any

import pytest
from rulecases import Case, Header, completed, context_of

from batchplan.config.project import Inputs, Project, load_project
from batchplan.config.sources import LocalResolver
from batchplan.core.codes import UNKNOWN_RULE
from batchplan.core.diagnostics import Diagnostics, UserError
from batchplan.policy.context import Context
from batchplan.policy.judge import Judgement, judged
from batchplan.policy.load import Policy, load_policy
from batchplan.policy.model import Level, Outcome, Phase, Severity

POOLS = """
account "north" {
  location = "North Europe"
}
pool "few" {
  tags = { env = "prod" }
  fixed_scale { target_dedicated_nodes = 1 }
  backup "north" { account_id = account.north.id }
}
pool "many" {
  tags = { env = "prod" }
  fixed_scale { target_dedicated_nodes = 8 }
}
pool "later" {
  tags = { env = "prod" }
  fixed_scale { target_dedicated_nodes = length(local.unknown) }
}
pool "dev" {
  tags = { env = "dev" }
}
job "j" {
  pool_info { pool_id = pool.many.pool_id }
}
"""


class World:
    """A configuration that was loaded, its policy, and what the policy says."""

    def __init__(self, folder: Path, text: str, **header: Any) -> None:
        case = Case(Outcome.PASS, "", Header(**header), POOLS)
        self.context: Context = context_of(case, folder)
        (folder / "policy.batch.hcl").write_text(completed(text), encoding="utf-8")
        self.project: Project = load_project(folder, LocalResolver(), Inputs(), partial=True)
        assert not self.project.diagnostics.has_errors, list(map(str, self.project.diagnostics))
        self.diagnostics = Diagnostics()

    def policy(self, name: str | None = None) -> Policy:
        return load_policy(self.project.evaluated, self.diagnostics, set_name=name, plugins=False)

    def judge(self, *, gate: bool = False) -> Judgement:
        policy = self.policy()
        assert not self.diagnostics.has_errors, list(map(str, self.diagnostics))
        rules = [one for one in policy.rules if one.family in ("CUSTOM", "ENGINE")]
        return judged(self.context, rules, policy.chosen, [*Phase], gate=gate)

    def told(self) -> list[str]:
        found = self.judge()
        lines = [
            f"{one.outcome} {one.address} {one.reason}".strip() for one in found.verdicts if one.rule.family == "CUSTOM"
        ]
        return lines + [f"{one.severity.word} {one.finding.message}" for one in found.findings]


TWO_NODES = """
policy "two_nodes_in_prod" {
  id          = "ACME0001"
  severity    = "error"
  level       = "soft"
  for_each    = plan.changes.pool
  when        = each.after.tags.env == "prod"
  assert      = bounds(each.after).min_nodes >= 2
  message     = "${each.address} may run on ${bounds(each.after).min_nodes} node(s)."
  remediation = "Raise the minimum to 2."
  test "one node fails" {
    input  = { address = "pool.x", action = "create", after = { vm_size = "standard_d2s_v5", tags = { env = "prod" }, fixed_scale = { target_dedicated_nodes = 1 } } }
    expect = "fail"
  }
  test "json" {
    input  = jsonencode({ action = "create", after = { vm_size = "standard_d2s_v5", tags = { env = "dev" } } })
    expect = "not_applicable"
  }
}
"""


def test_a_policy_has_three_answers(tmp_path: Path) -> None:
    """A policy block passes, fails, does not apply, or is not known; what is not known is a finding of BP0006."""
    assert World(tmp_path, TWO_NODES).told() == [
        'not_applicable pool.dev "when" does not hold',
        "fail pool.few",
        "unknown pool.later assert is known only after apply",
        "pass pool.many",
        "error pool.few may run on 1 node(s).",
        "warning Policy two_nodes_in_prod could not be decided for pool.later: assert is known only after apply.",
    ]


def test_a_policy_is_tested_where_it_is_written(tmp_path: Path) -> None:
    """The tests of a block hand over what `each` is, as an object or as JSON."""
    world = World(tmp_path, TWO_NODES)
    (policy,) = world.policy().blocks.policies
    assert [(one.expect, policy.test(one, world.context)[0]) for one in policy.tests] == [
        (Outcome.FAIL, Outcome.FAIL),
        (Outcome.NOT_APPLICABLE, Outcome.NOT_APPLICABLE),
    ]
    assert policy.phase is Phase.PLAN


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            'policy "p" {\n assert = plan.summary.objects < 3\n message = "${plan.summary.objects} objects"\n}',
            ["fail", "warning 8 objects"],
        ),
        (
            'policy "p" {\n for_each = resources.pool\n assert = length(references(each)) > 0 || each.name == "dev"\n message = each.address\n}',
            [
                "pass pool.dev",
                "fail pool.few",
                "fail pool.later",
                "pass pool.many",
                "warning pool.few",
                "warning pool.later",
            ],
        ),
        (
            'policy "p" {\n for_each = [for one in resources.pool : one if one.name == "few"]\n assert = region_twins(each) == ["northeurope"] && cores(each) == 4\n message = "x"\n}',
            ["pass pool.few"],
        ),
        (
            'policy "p" {\n for_each = live.quotas\n assert = each.value.pools > 10\n message = "${quota(each.key).pools} pools"\n}',
            ["fail each.https", "warning 5 pools"],
        ),
        (
            'policy "p" {\n for_each = [for one in resources.pool : one if one.name == "few"]\n assert = days_until(image_eol(each)) > 300\n message = "${days_until(image_eol(each))} days"\n}',
            ["fail pool.few", "warning 220 days"],
        ),
        (
            'policy "p" {\n assert = 1\n message = "x"\n}',
            [
                "unknown  assert must be true or false: a bool is required, not number",
                "warning Policy p could not be decided for the plan: assert must be true or false: a bool is required, not number.",
            ],
        ),
        (
            'policy "p" {\n for_each = resources.pool\n on_unknown = "fail"\n assert = bounds(each).max_nodes < 9\n message = each.address\n}',
            [
                "pass pool.dev",
                "pass pool.few",
                "fail pool.later",
                "pass pool.many",
                "warning Policy p could not be decided.",
            ],
        ),
        (
            'policy "p" {\n for_each = resources.pool\n on_unknown = "pass"\n assert = bounds(each).max_nodes < 9\n message = each.address\n}',
            ["pass pool.dev", "pass pool.few", "pass pool.later", "pass pool.many"],
        ),
    ],
    ids=["summary", "references", "twins", "live", "image_eol", "no truth", "fail", "pass"],
)
def test_what_policies_can_ask(tmp_path: Path, text: str, shown: list[str]) -> None:
    """Policies look at changes, resources and live facts, with functions of their own."""
    quotas = {
        "dedicated_cores": 10,
        "low_priority_cores": 0,
        "cores_by_family": {},
        "by_family_enforced": False,
        "pools": 5,
        "active_jobs_and_schedules": 100,
    }
    assert World(tmp_path, text, live={"quotas": {"https": quotas}}).told() == shown


SETS = """
policy_set "prod" {
  base        = "strict"
  active      = local.stage == "prod"
  blocks_from = "warning"
  rule "BP1102" {
    level    = "hard"
    severity = "error"
    params   = { days = 120 }
  }
}
policy_set "test" {
  base   = "prod"
  active = local.stage == "test"
  rule "BP1302" { level = "off" }
}
locals {
  stage = "test"
}
"""


def test_the_active_set_is_chosen(tmp_path: Path) -> None:
    """The set that says it is active counts, with its bases; another one can be asked for."""
    world = World(tmp_path, SETS)
    chosen = world.policy().chosen
    assert (chosen.name, chosen.blocks_from) == ("test", Severity.WARNING)
    assert chosen.settings["BP1302"].level is Level.OFF
    assert chosen.settings["BP1102"].params == {"days": 120, "error_days": 60}
    assert world.policy("dev").chosen.settings["BP8002"].level is Level.ADVISORY
    with pytest.raises(UserError) as error:
        world.policy("prot")
    assert error.value.diagnostics[0].code is UNKNOWN_RULE
    assert 'Did you mean "prod"' in error.value.diagnostics[0].detail


def test_a_central_suppression_is_read(tmp_path: Path) -> None:
    """A suppression at the top names the objects it is about, with a pattern."""
    text = """
suppress "ACME0001" {
  address = "pool.f*"
  reason  = "head node of a licence server"
  expires = "2027-01-31"
  owner   = "render team"
}
suppress "ACME0002" {
  address = "*"
  when    = false
}
"""
    (one,) = World(tmp_path, text).policy().blocks.suppressed
    assert (one.rule, one.address, one.owner, one.central) == ("ACME0001", "pool.f*", "render team", True)
    assert one.covers("ACME0001", "pool.few", "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('policy_set "strict" {}', 'E0601 Invalid policy set: "strict" is a set of batchplan\'s own.'),
        ('policy_set "a" { base = "stric" }', 'There is no policy set "stric". Did you mean "strict"?'),
        ('policy_set "a" { base = "a" }', "a base of itself"),
        ('policy_set "a" {\n rule "BP1102" { level = "high" }\n}', '"level" is one of off, advisory, soft, hard'),
        ('policy_set "a" {\n rule "BP1102" { params = { day = 1 } }\n}', 'no parameter "day". Did you mean "days"?'),
        ('policy_set "a" {\n rule "BP1102" { params = { days = "x" } }\n}', '"days" must be a whole number'),
        ('policy_set "a" {\n levels = 1\n}', 'There is no argument "levels"'),
        ('policy_set "a" { active = true }\npolicy_set "b" { active = true }', "a and b are active at once"),
        ('policy "p" { message = "x" }', 'needs the argument "assert"'),
        ('policy "p" {\n assert = pln.x\n message = "x"\n}', 'There is no "pln" here. Did you mean "plan"?'),
        ('policy "p" {\n id = "BP1302"\n assert = true\n message = "x"\n}', "is the id of another rule"),
        ('policy "p" {\n assert = true\n message = "x"\n on_unknown = "no"\n}', '"on_unknown" is one of'),
        ('suppress "BP1302" { reason = "x" }', 'needs the argument "address"'),
    ],
)
def test_mistakes_are_told(tmp_path: Path, text: str, shown: str) -> None:
    """What is wrong with a block is told with its place."""
    world = World(tmp_path, text)
    world.policy()
    assert any(shown in str(one) for one in world.diagnostics), list(map(str, world.diagnostics))
