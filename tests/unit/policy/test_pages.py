"""The reference pages are as the rules are; every practice of Microsoft's page is honoured somewhere."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from policy_deployments import contexts
from rulecases import read_cases

from batchplan.policy.engine import verdicts
from batchplan.policy.model import FAMILIES, Outcome, Phase, Rule
from batchplan.policy.pages import Example, Firing, coverage_page, family_page, index_page, practices
from batchplan.policy.registry import built_in

HERE = Path(__file__).parent
PAGES = HERE.parents[2] / "batchplan" / "docs" / "policy"
RULES = built_in()
PRESENT = sorted({one.family for one in RULES})
ROOT = HERE.parents[2]


def examples(rule: Rule) -> Example:
    """The first case that fails and the first that passes, where they say something."""
    found: dict[Outcome, str] = {}
    for case in read_cases(HERE / "rules" / rule.family.lower() / f"{rule.id}.hcl"):
        if case.text.strip() and not case.header.changes:
            found.setdefault(case.outcome, case.text)
    return Example(found.get(Outcome.FAIL, ""), found.get(Outcome.PASS, ""))


def firing(family: str) -> dict[str, Firing]:
    """What was counted over the public deployments."""
    text = (HERE / "firing" / f"{family.lower()}.json").read_text(encoding="utf-8")
    return {name: Firing(*row) for name, row in json.loads(text or "{}").items()}


@pytest.mark.parametrize("family", PRESENT)
def test_firing_rates_are_those_of_public_deployments(
    family: str, shared: Path, golden: Callable[[Path, str], None]
) -> None:
    """How often each static rule complains is counted over deployments that nobody here wrote."""
    listed = [one for one in RULES if one.family == family and one.kinds and one.phase is Phase.STATIC]
    found = list(contexts(shared))
    counts = {one.id: [0, 0, 0, len(found)] for one in listed}
    for _, context in found:
        made = verdicts(context, listed, {}, [Phase.STATIC])
        assert not [one.reason for one in made if one.internal]
        for one in made:
            counts[one.rule.id][0] += one.outcome is Outcome.FAIL
            counts[one.rule.id][1] += one.outcome in (Outcome.FAIL, Outcome.PASS)
        for name in {one.rule.id for one in made if one.outcome is Outcome.FAIL}:
            counts[name][2] += 1
    rows = ",\n".join(f' "{name}": {json.dumps(row)}' for name, row in counts.items())
    golden(HERE / "firing" / f"{family.lower()}.json", f"{{\n{rows}\n}}\n" if rows else "{}\n")


@pytest.mark.parametrize("family", PRESENT)
def test_family_pages_are_current(family: str, golden: Callable[[Path, str], None]) -> None:
    """The page of a family is what its rules say now."""
    made = {one.id: examples(one) for one in RULES if one.family == family}
    golden(PAGES / f"{family.lower()}.md", family_page(family, RULES, made, firing(family)))


def test_index_and_coverage_are_current(golden: Callable[[Path, str], None]) -> None:
    """So are the list of families and the page of practices."""
    golden(PAGES / "README.md", index_page(RULES))
    golden(PAGES / "coverage.md", coverage_page(RULES))


def test_every_practice_is_honoured_somewhere() -> None:
    """Each statement is honoured by rules, a behaviour that a test proves, a module or a page; or nothing is to do."""
    rows = practices()
    assert len(rows) == 166
    assert len({row["id"] for row in rows}) == 166
    for row in rows:
        if "nothing" not in row:
            assert any(row.get(key) for key in ("rules", "families", "tests", "modules", "docs")), row["id"]
            assert row["honoured"].endswith("."), row["id"]


@pytest.mark.parametrize("row", [one for one in practices() if "nothing" not in one], ids=lambda row: row["id"])
def test_no_practice_points_nowhere(row: Mapping[str, Any]) -> None:
    """The rules are there; so are the tests, modules and pages."""
    known = {one.id for one in RULES}
    assert set(row.get("rules", ())) <= known
    assert set(row.get("families", ())) <= set(FAMILIES)
    for name in row.get("docs", ()):
        assert (PAGES.parent / name).is_file(), name
    for name in row.get("modules", ()):
        assert (ROOT / "modules" / name / "main.batch.hcl").is_file(), name
    for name in row.get("tests", ()):
        path, _, test = name.partition("::")
        assert f"\ndef {test}(" in (ROOT / path).read_text(encoding="utf-8"), name


def test_sources_lead_to_statements() -> None:
    """A rule that honours a practice is one that exists, so links lead somewhere."""
    for path in PAGES.glob("*.md"):
        for target in re.findall(r"\]\(([a-z]+\.md)", path.read_text(encoding="utf-8")):
            family = target.removesuffix(".md")
            assert (PAGES / target).exists() or family.upper() in FAMILIES.values(), f"{path.name}: {target}"
