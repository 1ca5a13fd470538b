"""Precision and recall: rules find what is wrong with bad projects, and leave good ones alone."""

from collections import Counter
from pathlib import Path

import pytest
from rulesets import Labelled, Pair, found_in, labelled

from batchplan.policy.judge import Judged
from batchplan.policy.model import FAMILIES, Level, Severity

BAD = list(labelled("bad"))
GOOD = list(labelled("good"))
WANTED = 0.95


def pair(one: Judged) -> Pair:
    """Return rule and object of a finding."""
    return one.rule.id, one.address


def false_alarms(project: Labelled, found: list[Judged]) -> list[Judged]:
    """Return what nobody would call wrong: findings that are more than notes, or can stop an apply."""
    loud = [one for one in found if one.severity is not Severity.INFO or one.verdict.level > Level.ADVISORY]
    return [one for one in loud if pair(one) not in project.expect]


def test_the_sets_are_large_enough() -> None:
    """At least three bad projects with several faults a family, and thirty good ones."""
    families = Counter(one.name.split("/")[1] for one in BAD)
    assert {name.lower() for name in FAMILIES.values()} == set(families)
    assert min(families.values()) >= 3
    assert len(GOOD) >= 30
    assert not any(one.expect for one in GOOD)


def test_precision_and_recall(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both are at least 0.95; what was missed, and what was told for nothing, is printed."""
    hits, missed, alarms = 0, [], []
    for at, project in enumerate((*BAD, *GOOD)):
        folder = tmp_path / str(at)
        folder.mkdir()
        found = found_in(project, folder)
        pairs = {pair(one) for one in found}
        hits += len(project.expect & pairs)
        missed += [f"{project.name}: missed {rule} {address}" for rule, address in sorted(project.expect - pairs)]
        alarms += [
            f"{project.name}: false alarm {one.rule.id} {one.address}: {one.finding.message}"
            for one in false_alarms(project, found)
        ]
    recall, precision = hits / (hits + len(missed)), hits / (hits + len(alarms))
    with capsys.disabled():
        print(f"\n{hits} found, {len(missed)} missed, {len(alarms)} false: {precision=:.3f} {recall=:.3f}")
        print("".join(f"  {line}\n" for line in (*missed, *alarms)), end="")
    assert precision >= WANTED
    assert recall >= WANTED
