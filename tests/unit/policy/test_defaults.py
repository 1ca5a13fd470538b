"""The recommended set stops what would fail, and nothing else: measured over deployments that nobody here wrote."""

from collections.abc import Callable
from pathlib import Path

import pytest
from deployments import contexts

from batchplan.policy.judge import Judgement, judged
from batchplan.policy.model import Level, Phase, Rule, Severity
from batchplan.policy.registry import built_in
from batchplan.policy.sets import built_in_sets, chosen

HERE = Path(__file__).parent
RULES = built_in()


def judgements(shared: Path, name: str) -> dict[str, Judgement]:
    """Return what a policy set says about each public deployment, as if it were made today."""
    found = chosen(name, built_in_sets(), RULES)
    return {id_: judged(context, RULES, found, [Phase.STATIC]) for id_, context in contexts(shared)}


def test_public_deployments_are_stopped_only_where_they_would_fail(
    shared: Path, golden: Callable[[Path, str], None]
) -> None:
    """Each line is a deployment that the service of today would refuse, or whose tasks could not run."""
    lines = [
        f"{id_}: {one.rule.id} {one.finding.message}\n"
        for id_, made in judgements(shared, "recommended").items()
        for one in made.refusing
    ]
    golden(HERE / "refused.txt", "".join(lines))


def test_most_public_deployments_hear_of_few_things(shared: Path) -> None:
    """A plan is readable: half of them have at most three warnings, and nine of ten at most ten."""
    counts = sorted(
        sum(one.severity is not Severity.INFO for one in made.open)
        for made in judgements(shared, "recommended").values()
    )
    assert counts[len(counts) // 2] <= 3
    assert counts[len(counts) * 9 // 10] <= 10


def test_no_warning_is_told_nearly_everywhere(shared: Path) -> None:
    """What nearly all have is a note; a set that asks for more makes a warning of it."""
    made = judgements(shared, "recommended")
    heard: dict[str, set[str]] = {}
    for id_, one in made.items():
        for finding in one.open:
            if finding.severity is not Severity.INFO:
                heard.setdefault(finding.rule.id, set()).add(id_)
    assert [name for name, ids in heard.items() if len(ids) * 100 > len(made) * 55] == []


@pytest.mark.parametrize("rule", [one for one in RULES if one.level >= Level.SOFT], ids=lambda one: one.id)
def test_what_can_stop_is_an_error_somewhere(rule: Rule) -> None:
    """In the recommended set a warning stops nothing, so that a rule of warnings alone only advises."""
    cases = HERE / "rules" / rule.family.lower() / f"{rule.id}.txt"
    assert rule.severity is Severity.ERROR or "    error " in cases.read_text(encoding="utf-8")
