"""What becomes of findings: suppressed, overridden, in the baseline, or in the way."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest

from batchplan.core.address import parse_address
from batchplan.policy.context import Context, Override, Suppressed
from batchplan.policy.engine import verdicts
from batchplan.policy.judge import Judgement, Status, baseline_of, judged
from batchplan.policy.model import Finding, Level, Outcome, Param, Phase, Rule, Severity
from batchplan.policy.registry import built_in
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.sets import PolicySet, RuleChange, built_in_sets, chosen, circle, param_problem
from batchplan.policy.subject import Subject
from batchplan.schema.document import UNKNOWN, Secret

DAY = date(2026, 11, 22)
LIMIT = Param("limit", 2, "How many nodes.")


@rule("BP1999", "Few nodes", kinds=["pool"], severity=Severity.ERROR, level=Level.SOFT, params=[LIMIT])
def few_nodes(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool has few nodes."""
    count = pool.number("fixed_scale.target_dedicated_nodes")
    if count < see.param(LIMIT):
        yield Finding(f"{pool.address} has {count} nodes.", "fixed_scale.target_dedicated_nodes", actual=count)


@rule("BP1998", "Broken", kinds=["pool"])
def broken(pool: Subject, _: Scope) -> Iterator[Finding]:
    """It always fails."""
    yield Finding("never told")
    raise ZeroDivisionError(pool.name)


HARD = replace(few_nodes, id="BP1997", level=Level.HARD)
ENGINE = [one for one in built_in() if one.family == "ENGINE"]
RULES = [*ENGINE, few_nodes]


def pool(address: str, nodes: object) -> Subject:
    return Subject("pool", {"fixed_scale": {"target_dedicated_nodes": nodes}}, address=parse_address(address))


def judge(context: Context, rules: Sequence[Rule] = RULES, name: str = "recommended", **gate: bool) -> Judgement:
    found = chosen(name, built_in_sets(), rules)
    return judged(context, rules, found, [Phase.STATIC], **gate)


def told(judgement: Judgement) -> list[tuple[str, str, str, bool]]:
    return [(one.rule.id, one.address, str(one.status), one.blocks) for one in judgement.findings]


ONE = Context((pool("pool.a", 1), pool("pool.b", 5)), DAY)


def test_an_error_of_a_soft_rule_blocks() -> None:
    """A finding that nobody accepts stops an apply."""
    assert told(judge(ONE)) == [("BP1999", "pool.a", "open", True)]


def test_a_warning_blocks_in_strict_sets_only() -> None:
    """The recommended set tells of warnings; the strict one is stopped by them."""
    mild = replace(few_nodes, severity=Severity.WARNING)
    assert told(judge(ONE, [mild])) == [("BP1999", "pool.a", "open", False)]
    assert told(judge(ONE, [mild], "strict")) == [("BP1999", "pool.a", "open", True)]


def test_a_suppression_accepts_until_its_last_day() -> None:
    """A suppressed finding does not block; when the suppression is over, both count."""
    context = replace(ONE, suppressed=(Suppressed("BP1999", "pool.a", "one is enough here", "2026-11-30"),))
    assert told(judge(context)) == [("BP1999", "pool.a", "suppressed", False)]
    later = judge(replace(context, as_of=date(2026, 12, 1)))
    assert told(later) == [("BP0002", "pool.a", "open", True), ("BP1999", "pool.a", "open", True)]


def test_an_unused_suppression_is_told() -> None:
    """A suppression of what is not found is a finding, but not where nobody could look."""
    unused = Suppressed("BP1999", "pool.b", "one is enough here")
    assert told(judge(replace(ONE, suppressed=(unused,))))[-1] == ("BP0003", "pool.b", "open", False)
    secret = Context((pool("pool.b", Secret(1)),), DAY, suppressed=(unused,))
    assert told(judge(secret)) == []


def test_a_central_suppression_matches_by_pattern() -> None:
    """A `*` stands for any part of an address, and brackets for themselves."""
    one = Suppressed("BP1999", 'module.*.pool.x["*"]', central=True)
    assert one.covers("BP1999", 'module.m["a"].pool.x["b"]', "")
    assert not one.covers("BP1999", "pool.a", "")
    narrow = Suppressed("BP1999", "pool.a", path="fixed_scale")
    assert narrow.covers("BP1999", "pool.a", "fixed_scale.target_dedicated_nodes")
    assert not narrow.covers("BP1999", "pool.a", "fixed_scale_other")


def test_an_override_accepts_a_soft_rule_and_no_hard_one() -> None:
    """An override is for soft rules; of a hard one it is a finding itself."""
    soft = replace(ONE, overrides=(Override("BP1999", "the customer waits"),))
    assert told(judge(soft)) == [("BP1999", "pool.a", "overridden", False)]
    hard = replace(ONE, overrides=(Override("BP1997", "the customer waits"),))
    assert told(judge(hard, [*ENGINE, HARD])) == [
        ("BP0004", "", "open", True),
        ("BP1997", "pool.a", "open", True),
    ]


def test_a_baseline_accepts_what_was_there() -> None:
    """What the baseline holds does not block, something new does, and what is fixed is told."""
    baseline = baseline_of(judge(ONE))
    assert told(judge(replace(ONE, baseline=baseline))) == [("BP1999", "pool.a", "baseline", False)]
    worse = Context((pool("pool.a", 0),), DAY, baseline=baseline)
    assert told(judge(worse)) == [("BP1999", "pool.a", "open", True), ("BP0008", "", "open", False)]


def test_a_rule_that_raises_does_not_silence_others() -> None:
    """An exception is an internal error of that rule, and counts as not checked."""
    found = verdicts(ONE, [broken, few_nodes], {}, [Phase.STATIC])
    assert [one.outcome for one in found] == [
        Outcome.NOT_CHECKED,
        Outcome.NOT_CHECKED,
        Outcome.FAIL,
        Outcome.PASS,
    ]
    assert found[0].reason == "internal error of rule BP1998: ZeroDivisionError: pool.a"
    assert found[0].internal


def test_an_unknown_of_a_hard_rule_stops_at_the_gate() -> None:
    """What could not be told does not pass: a hard rule stops the apply, a soft one does not."""
    context = Context((pool("pool.a", UNKNOWN),), DAY)
    assert judge(context, [HARD]).undecided_hard == ()
    assert [one.rule.id for one in judge(context, [HARD], gate=True).undecided_hard] == ["BP1997"]
    assert judge(context, [few_nodes], gate=True).undecided_hard == ()


def test_sets_inherit() -> None:
    """A set starts from its base and changes levels, severities and parameters."""
    mine = PolicySet("mine", "strict", None, {"BP1999": RuleChange(Level.HARD, Severity.INFO, {"limit": 9})})
    sets = {**built_in_sets(), "mine": mine}
    found = chosen("mine", sets, RULES)
    assert found.blocks_from is Severity.WARNING
    assert found.settings["BP1999"].level is Level.HARD
    judgement = judged(ONE, RULES, found, [Phase.STATIC])
    assert [(one.address, one.severity) for one in judgement.findings] == [
        ("pool.a", Severity.INFO),
        ("pool.b", Severity.INFO),
    ]
    assert circle("a", {"a": PolicySet("a", "b"), "b": PolicySet("b", "a")})
    assert not circle("mine", sets)


@pytest.mark.parametrize(
    ("default", "value", "fine"),
    [(90, 10, True), (90, "x", False), (90, 1.5, False), (0.5, 1, True), (True, 1, False), ((), ("a",), True)],
)
def test_parameters_have_types(default: object, value: object, fine: bool) -> None:
    """A parameter takes values of the type of its default."""
    assert (param_problem(Param("p", default, ""), value) is None) is fine


def test_sets_name_real_families() -> None:
    """Ids in the sets look like ids."""
    for one in built_in_sets().values():
        assert all(rule_id.startswith("BP") and len(rule_id) == 6 for rule_id in one.rules)
        assert one.text
    assert Status.OPEN in Status
