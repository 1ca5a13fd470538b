"""The recommended set stops what would fail, and nothing else: measured over deployments that nobody here wrote."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from policy_deployments import contexts

from batchplan.policy.hints import hint
from batchplan.policy.judge import Judgement, judged
from batchplan.policy.model import Level, Phase, Rule, Severity
from batchplan.policy.registry import built_in, by_id
from batchplan.policy.sets import built_in_sets, chosen
from batchplan.policy.subject import Subject

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


def unset_wait(pool: Subject) -> bool:
    """The service waits for a start task unless it is told not to; azurerm's own default is another."""
    return pool.raw("start_task.wait_for_success") is not False


def plain_program(subject: Subject) -> bool:
    """`./x.sh` and `python x.py` need no shell."""
    return re.fullmatch(r"(\./\S+|python3? \S+)( [\w./-]+)*", str(subject.raw("start_task.command_line"))) is not None


def several_nodes(pool: Subject) -> bool:
    """A formula that can ask for many, or a target above one."""
    return pool.number("fixed_scale.target_dedicated_nodes") > 1


def anything(_: Subject) -> bool:
    """Nothing but a policy set that asks for it makes this a fault."""
    return True


@pytest.mark.parametrize(
    ("rule", "false"),
    [
        ("BP1302", unset_wait),
        ("BP1316", plain_program),
        ("BP1002", several_nodes),
        ("BP1016", anything),
        ("BP2003", anything),
        ("BP2008", anything),
        ("BP2009", anything),
    ],
)
def test_known_false_alarms_are_gone(shared: Path, rule: str, false: Callable[[Subject], bool]) -> None:
    """What was told for nothing over public deployments is not told any more."""
    asked = 0
    found = chosen("recommended", built_in_sets(), RULES)
    for id_, context in contexts(shared):
        heard = {one.address for one in judged(context, RULES, found, [Phase.STATIC]).open if one.rule.id == rule}
        for subject in (one for one in context.subjects if one.kind in by_id()[rule].kinds and false(one)):
            asked += 1
            assert str(subject.address) not in heard, f"{id_}: {subject.address}"
    assert asked


def test_the_communication_mode_is_not_asked_for() -> None:
    """The API of today has no field for it, so that a rule would have no remedy."""
    assert "BP2102" not in by_id()


def test_zones_are_asked_for_in_production_only(shared: Path) -> None:
    """No public deployment has zones; those that do not say that they are for production hear nothing of it."""
    found, tags = chosen("recommended", built_in_sets(), RULES), ("environment", "env", "stage")
    quiet = 0
    for id_, context in contexts(shared):
        said = any(hint(one, *tags) for one in context.subjects)
        heard = [one for one in judged(context, RULES, found, [Phase.STATIC]).open if one.rule.id == "BP3009"]
        assert said or not heard, id_
        quiet += not said
    assert quiet


def test_a_single_node_stops_nothing(shared: Path) -> None:
    """Many are head, licence or demo pools: it is a warning."""
    found = [one for made in judgements(shared, "recommended").values() for one in made.open if one.rule.id == "BP1002"]
    assert found
    assert not any(one.blocks or one.severity is Severity.ERROR for one in found)


@pytest.mark.parametrize("rule", [one for one in RULES if one.level >= Level.SOFT], ids=lambda one: one.id)
def test_what_can_stop_is_an_error_somewhere(rule: Rule) -> None:
    """In the recommended set a warning stops nothing, so that a rule of warnings alone only advises."""
    cases = HERE / "rules" / rule.family.lower() / f"{rule.id}.txt"
    assert rule.severity is Severity.ERROR or "    error " in cases.read_text(encoding="utf-8")
