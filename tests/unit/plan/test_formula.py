"""What a plan tells of autoscale formulas."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from planworld import ACCOUNT, POOL, World

from batchplan.plan.change import Action, Changes
from batchplan.plan.formula import accounts, cosmetic, formulas
from batchplan.plan.observation import Quotas
from batchplan.plan.plan import Plan
from batchplan.plan.planfile import read_plan, write_plan
from batchplan.report.events import plan_stream
from batchplan.report.plan import text

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TEN = "tasks = $PendingTasks.GetSample(1);\n$TargetDedicatedNodes = min(10, tasks);"
FORTY = "tasks = $PendingTasks.GetSample(1);\n$TargetDedicatedNodes = min(40, tasks);"
TEN_AGAIN = "// at most ten\ntasks=($PendingTasks.GetSample(1)) ;\n\n$TargetDedicatedNodes =\n  min( 10, tasks );"
QUOTAS = Quotas(350, 100, {"standardDDSv5Family": 100}, True, 100, 100)


def pool(formula: str | None, **more: Any) -> dict[str, Any]:
    """A pool that is scaled by a formula, or by numbers without one."""
    document = {**POOL, "name": "render-1", "vm_size": "standard_d4ds_v5", **more}
    if formula is not None:
        del document["fixed_scale"]
        document["auto_scale"] = {"formula": formula}
    return document


def planned(before: dict[str, Any] | None, after: dict[str, Any], live: dict[str, Any] | None = None) -> Changes:
    """The changes that lead from one pool to another."""
    world = World()
    if before is not None:
        world.record("pool.render", before)
        world.see("pool.render", live or before)
    world.declare("pool.render", after)
    return world.changes()


def shown(found: Changes, quotas: Quotas | None = None) -> str:
    """The plan as text, with the quotas of the one account."""
    known = {ACCOUNT.lower(): quotas} if quotas is not None else {}
    return text(Changes(found.objects, found.drift, found.outputs, found.unchanged, found.needs, known), ())


GOLDEN = {
    "the statement that differs, and both bounds": (
        planned(pool(TEN), pool(FORTY)),
        None,
        """\
      ~ auto_scale.formula
          ~ $TargetDedicatedNodes = min(10, tasks);
            -> $TargetDedicatedNodes = min(40, tasks);
          bounds  $TargetDedicatedNodes [0, 10] -> [0, 40]   worst case 40 -> 160 cores of standardDDSv5Family
""",
    ),
    "more than the quota of the family": (
        planned(pool(TEN), pool(FORTY)),
        QUOTAS,
        "worst case 40 -> 160 cores of standardDDSv5Family (quota 100): more than the account may have\n",
    ),
    "the quota of all families together": (
        planned(pool(TEN), pool(FORTY)),
        Quotas(350, 100, {}, False, 100, 100),
        "worst case 40 -> 160 cores (quota 350)\n",
    ),
    "no limit": (
        planned(pool(TEN), pool("$TargetDedicatedNodes = $PendingTasks.GetSample(1);")),
        QUOTAS,
        """\
      ~ auto_scale.formula
          - tasks = $PendingTasks.GetSample(1);
          ~ $TargetDedicatedNodes = min(10, tasks);
            -> $TargetDedicatedNodes = $PendingTasks.GetSample(1);
          bounds  $TargetDedicatedNodes [0, 10] -> [0, ∞]   no limit: $PendingTasks (quota 100)
""",
    ),
    "one target goes, another comes": (
        planned(pool("$TargetDedicatedNodes = 3;"), pool("$TargetLowPriorityNodes = 7;")),
        QUOTAS,
        """\
          bounds  $TargetLowPriorityNodes in [7, 7]   worst case 28 low-priority cores (quota 100)
          bounds  $TargetDedicatedNodes [3, 3] -> left as it is
""",
    ),
    "other statements within the same bounds": (
        planned(pool(TEN), pool(TEN.replace("GetSample(1)", "GetSample(2)"))),
        None,
        "          bounds  $TargetDedicatedNodes [0, 10], as before   worst case 40 cores of standardDDSv5Family\n",
    ),
    "a formula in place of numbers": (
        planned(pool(None), pool(TEN)),
        QUOTAS,
        """\
        auto_scale.formula
          bounds  $TargetDedicatedNodes in [0, 10]   worst case 40 cores of standardDDSv5Family (quota 100)
""",
    ),
    "a new pool": (
        planned(None, pool(FORTY)),
        QUOTAS,
        "          bounds  $TargetDedicatedNodes in [0, 40]   worst case 160 cores of standardDDSv5Family (quota 100)",
    ),
    "changed outside": (
        planned(pool(TEN), pool(TEN), pool(FORTY)),
        None,
        """\
      ~ auto_scale.formula   # changed outside of batchplan
          ~ $TargetDedicatedNodes = min(40, tasks);
            -> $TargetDedicatedNodes = min(10, tasks);
          bounds  $TargetDedicatedNodes [0, 40] -> [0, 10]   worst case 160 -> 40 cores of standardDDSv5Family
""",
    ),
    "a family of which only the account tells": (
        planned(pool(TEN, vm_size="standard_d4s_v5"), pool(FORTY, vm_size="standard_d4s_v5")),
        Quotas(350, 100, {"standardDSv5Family": 500}, True, 100, 100),
        "worst case 40 -> 160 cores of standardDSv5Family (quota 500)\n",
    ),
    "a family that the account does not tell of": (
        planned(pool(TEN, vm_size="standard_e4s_v5"), pool(FORTY, vm_size="standard_e4s_v5")),
        QUOTAS,
        "worst case 40 -> 160 cores\n",
    ),
    "a size that nobody knows": (
        planned(pool(TEN, vm_size="standard_zz"), pool(FORTY, vm_size="standard_zz")),
        None,
        "          bounds  $TargetDedicatedNodes [0, 10] -> [0, 40]\n",
    ),
}


@pytest.mark.parametrize(("found", "quotas", "wanted"), GOLDEN.values(), ids=GOLDEN)
def test_formula_in_a_plan(found: Changes, quotas: Quotas | None, wanted: str) -> None:
    """A formula that changes is told by its statements, its bounds and its cores."""
    assert wanted in shown(found, quotas)


def test_layout_only_is_no_update() -> None:
    """A formula that is only laid out anew changes nothing, and the plan says so."""
    found = planned(pool(TEN), pool(TEN_AGAIN))
    assert [one.action for one in found.objects] == [Action.NOOP]
    assert shown(found) == (
        "No changes. What is live matches the configuration.\n"
        "  # pool.render: auto_scale.formula differs in layout only (cosmetic), so nothing is sent\n"
    )
    assert accounts(found) == ()


def test_the_same_text_is_not_told() -> None:
    """A formula that is as it was is no matter for a plan."""
    assert planned(pool(TEN), pool(TEN)).objects == ()


def test_layout_beside_another_change() -> None:
    """A pool that changes otherwise shows that its formula does not."""
    found = planned(pool(TEN), pool(TEN_AGAIN, metadata=[{"name": "team", "value": "a"}]))
    assert [cosmetic(one) for one in found.objects] == [(("auto_scale", "formula"),)]
    assert "bounds" not in shown(found)
    assert "cosmetic" in shown(found)


def test_quotas_are_asked_for_changed_formulas_only() -> None:
    """Only accounts in which a formula is new or changes are asked for their quotas."""
    assert accounts(planned(pool(TEN), pool(FORTY))) == (ACCOUNT,)
    assert accounts(planned(pool(None), pool(None, metadata=[{"name": "team", "value": "a"}]))) == ()


def test_formulas_of_a_document() -> None:
    """Formulas are found in pools, in backups, which inherit the size, and in the auto pools of jobs."""
    backup = {"auto_scale": {"formula": "$TargetDedicatedNodes = 2;"}, "account_id": ACCOUNT}
    found = formulas({"backup": {"north": backup}, **pool(TEN)})
    assert [(one.path, one.vm_size) for one in found] == [
        (("auto_scale", "formula"), "standard_d4ds_v5"),
        (("backup", "north", "auto_scale", "formula"), "standard_d4ds_v5"),
    ]
    inner = {"pool": {"vm_size": "standard_d2s_v5", "auto_scale_formula": TEN}}
    job = {"pool_info": {"auto_pool_specification": inner}}
    path = ("pool_info", "auto_pool_specification", "pool", "auto_scale_formula")
    assert [(one.path, one.vm_size) for one in formulas(job)] == [(path, "standard_d2s_v5")]


def test_a_saved_plan_tells_the_same() -> None:
    """The quotas are in the plan's file, so that it shows later what it showed at first."""
    world = World()
    found = replace(planned(pool(TEN), pool(FORTY)), quotas={ACCOUNT.lower(): QUOTAS})
    plan = Plan(found, (), world.state.lineage, 0, NOW)
    again = read_plan(write_plan(plan, world.state.secret_key))
    assert again.changes.quotas == found.quotas
    assert text(again.changes, ()) == text(found, ())


def test_formulas_among_the_events() -> None:
    """Programs are told the same as people; a change without a formula says nothing of them."""
    found = replace(planned(pool(TEN), pool(FORTY)), quotas={ACCOUNT.lower(): QUOTAS})
    (event,) = [one for one in plan_stream(found, (), NOW) if one["type"] == "planned_change"]
    bound = {"target": "$TargetDedicatedNodes", "min": 0, "family": "standardDDSv5Family", "quota": 100}
    statement = {
        "before": "$TargetDedicatedNodes = min(10, tasks)",
        "after": "$TargetDedicatedNodes = min(40, tasks)",
    }
    assert event["change"]["formulas"] == [
        {
            "path": "auto_scale.formula",
            "statements": [statement],
            "before": [{**bound, "max": 10, "cores": 40}],
            "after": [{**bound, "max": 40, "cores": 160}],
        }
    ]
    other = planned(pool(None), pool(None, metadata=[{"name": "team", "value": "a"}]))
    assert (
        "formulas" not in next(one for one in plan_stream(other, (), NOW) if one["type"] == "planned_change")["change"]
    )
