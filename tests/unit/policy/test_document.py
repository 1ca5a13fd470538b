"""A saved context is read back as it was, and a verdict is the same from it."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from rulecases import read_cases

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.plan.change import Action, Cause, FieldChange
from batchplan.policy.baseline import read_baseline, write_baseline
from batchplan.policy.context import (
    Baselined,
    Context,
    Generation,
    Mention,
    Override,
    PlannedStep,
    StateSummary,
    Suppressed,
)
from batchplan.policy.document import read_context, write_context
from batchplan.policy.judge import Judgement, judged
from batchplan.policy.live import Dataset, Live
from batchplan.policy.model import Level, Phase, Severity
from batchplan.policy.registry import built_in
from batchplan.policy.sets import PolicySet, RuleChange, built_in_sets, chosen
from batchplan.policy.subject import Place, Subject
from batchplan.schema.document import UNKNOWN, Secret

DAY = date(2026, 11, 22)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
POOL = Subject(
    "pool",
    {
        "vm_size": "standard_d4s_v5",
        "account_id": ACCOUNT,
        "image_reference": {"publisher": "a", "offer": "b", "sku": "c"},
        "start_task": {"command_line": Secret("sEcret"), "wait_for_success": False, "max_task_retry_count": UNKNOWN},
    },
    address=parse_address('module.m["a"].pool.p[0]'),
    remote=Remote("pool", ACCOUNT, "p-1"),
    action=Action.REPLACE,
    before={"vm_size": "standard_d2s_v5", "start_task": {"command_line": {"$secret": "hash"}}},
    fields=(FieldChange(("vm_size",), "standard_d2s_v5", "standard_d4s_v5", None, "empty", "why", Cause.CONFIG),),
    strategy="recreate",
    replaced_by=Remote("pool", ACCOUNT, "p-2"),
    observed={"vm_size": "standard_d2s_v5"},
    facts={"allocation_state": "steady", "last": NOON},
    locate=lambda path: Place("a.batch.hcl", 7 if path.startswith("start_task") else 3, 1, 3, 9),
    prevent_destroy=True,
)
WHOLE = Context(
    (POOL,),
    DAY,
    NOON,
    (PlannedStep("Delete", "s1", "pool.p", Remote("pool", ACCOUNT, "p-1"), ("s0",), {"timeout": 30.0}),),
    Live({"supported_images": Dataset(NOON, {ACCOUNT.lower(): [{"publisher": "a", "offer": "b", "sku": "c", "batch_support_end_of_life": "2026-12-01"}]})}),
    StateSummary(7, (Generation("pool.p", "p-1", NOON),), {"pool.p": {"step": 2}}, {}),
    (Suppressed("BP1302", "pool.q", "because it is so", "2026-12-31", "me", "x", True, Place("s.batch.hcl", 1, 2)),),
    (Override("BP8002", "the customer waits", "me"),),
    (Mention("BP9999", 'policy_set "a"', Place("s.batch.hcl", 4)),),
    (Baselined("f1", "BP1302", "pool.q"),),
    settings={"operation": "plan"},
    planned=True,
)  # fmt: skip
MINE = chosen(
    "mine",
    {
        **built_in_sets(),
        "mine": PolicySet("mine", "strict", None, {"BP1102": RuleChange(Level.HARD, Severity.ERROR, {"days": 9})}),
    },
    built_in(),
)


def told(context: Context) -> list[tuple[object, ...]]:
    found: Judgement = judged(context, built_in(), MINE, [Phase.STATIC, Phase.LIVE, Phase.PLAN])
    verdicts = [(one.rule.id, one.address, one.outcome, one.reason) for one in found.verdicts]
    return verdicts + [
        (one.rule.id, one.address, one.status, one.blocks, one.known_by, one.place) for one in found.findings
    ]


def test_a_context_comes_back_as_it_was() -> None:
    """What rules see of a saved context is what they saw of the first one; secrets have not been saved."""
    text = write_context(WHOLE, MINE, "1.0")
    assert "sEcret" not in text
    assert "hash" not in text
    again, policy = read_context(text)
    assert told(again) == told(WHOLE)
    assert policy == MINE
    assert write_context(again, policy, "1.0") == text
    (subject,) = again.subjects
    assert subject.raw("start_task.max_task_retry_count") is UNKNOWN
    assert isinstance(subject.raw("start_task.command_line"), Secret)
    assert subject.place("start_task.wait_for_success") == Place("a.batch.hcl", 7, 1, 3, 9)
    assert subject.place("vm_size") == Place("a.batch.hcl", 3, 1, 3, 9)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format_version": 2, "subjects": []}'])
def test_other_documents_are_refused(text: str) -> None:
    """What is no context, or one of another format, is not taken for one."""
    with pytest.raises(ValueError, match=r"."):
        read_context(text)
    with pytest.raises(ValueError, match=r"."):
        read_baseline(text)


def test_baselines_come_back_as_they_were() -> None:
    """A baseline is a list of findings, each known by its fingerprint."""
    text = write_baseline(WHOLE.baseline, DAY)
    assert json.loads(text)["made_on"] == "2026-11-22"
    assert read_baseline(text) == WHOLE.baseline


def test_cases_are_read_with_their_headers() -> None:
    """A case has an outcome, a title and, where it needs them, facts beside the configuration."""
    cases = list(read_cases(Path(__file__).parent / "rules" / "image" / "BP1102.hcl"))
    assert cases[0].title == "two months are left"
    assert "supported_images" in cases[0].header.live
