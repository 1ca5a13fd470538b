"""What policy says, in the formats that people and services read."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from batchplan.core.address import parse_address
from batchplan.policy.context import Context, Override, Suppressed
from batchplan.policy.judge import Judgement, baseline_of, judged
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, NotLooked, Phase, Rule, Severity
from batchplan.policy.registry import built_in
from batchplan.policy.rule import rule
from batchplan.policy.sets import built_in_sets, chosen
from batchplan.policy.subject import Place, Subject
from batchplan.report import annotations
from batchplan.report.policy import full, list_text, section
from batchplan.report.policyjson import events, judgement_json
from batchplan.report.policyjunit import policy_junit
from batchplan.report.policymarkdown import ROOM, markdown
from batchplan.report.sarif import sarif

HERE = Path(__file__).parent / "outputs"


def _rule(id_: str, severity: Severity, level: Level) -> Rule:
    def check(pool, see):
        """Something is wrong."""
        said = pool.raw("say")
        if said == "nothing":
            raise Inapplicable("there is nothing")
        if said == "unread":
            raise NotLooked("quotas was not read")
        if said == "raise":
            raise ValueError("two\nlines")
        if said != "fine":
            yield Finding(
                f"{pool.address}: 100% <{said}> | a, b: c;",
                "vm_size",
                remediation="Do this.",
                edit=Edit("vm_size", said),
            )

    return rule(id_, f"Fault {id_}", kinds=["pool"], severity=severity, level=level)(check)


RULES = [
    *(one for one in built_in() if one.family == "ENGINE"),
    _rule("BP1091", Severity.ERROR, Level.HARD),
    _rule("BP1092", Severity.ERROR, Level.SOFT),
    _rule("BP1093", Severity.WARNING, Level.ADVISORY),
    _rule("BP1094", Severity.INFO, Level.ADVISORY),
]


def pool(name: str, says: str, line: int = 3) -> Subject:
    return Subject(
        "pool",
        {"say": says, "vm_size": "x"},
        address=parse_address(f"pool.{name}"),
        locate=lambda path: Place("pools.batch.hcl", line, 5 if path else 1, line, 9),
    )


def judge(context: Context, rules: list[Rule] = RULES) -> Judgement:
    return judged(context, rules, chosen("recommended", built_in_sets(), rules), [Phase.STATIC])


@pytest.fixture
def judgement() -> Judgement:
    """Findings of every kind and status."""
    context = Context(
        (
            pool("bad", "bad"),
            pool("fine", "fine"),
            pool("none", "nothing"),
            pool("raise", "raise"),
            pool("un", "unread"),
        ),
        date(2026, 11, 22),
    )
    other = Context((pool("old", "old", 9),), date(2026, 11, 22))
    return judge(
        replace(
            context,
            subjects=(*context.subjects, *other.subjects),
            suppressed=(Suppressed("BP1093", "pool.bad", "it is a test machine", "2026-12-31"),),
            overrides=(Override("BP1092", "the customer waits"),),
            baseline=baseline_of(judge(other)),
        )
    )


def shown(segments: object) -> str:
    return "".join(text for _, text in segments)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("plan.txt", lambda one: shown(section(one))),
        ("check.txt", lambda one: shown(full(one))),
        ("all.txt", lambda one: shown(full(one, all_verdicts=True))),
        ("check.json", lambda one: json.dumps(judgement_json(one, verdicts=True), indent=1) + "\n"),
        ("check.sarif", lambda one: json.dumps(sarif(one), indent=1) + "\n"),
        ("check.xml", policy_junit),
        ("check.md", markdown),
        ("github.txt", annotations.github),
        ("azure.txt", annotations.azure),
    ],
)
def test_formats(
    judgement: Judgement, name: str, write: Callable[[Judgement], str], golden: Callable[[Path, str], None]
) -> None:
    """Each format tells what is open, what was accepted and why, and what could not be told."""
    golden(HERE / name, write(judgement))


def test_junit_is_xml(judgement: Judgement) -> None:
    """A case for each rule and object to which it applies."""
    root = ET.fromstring(policy_junit(judgement))
    assert {suite.get("name") for suite in root} == {"POOL", "ENGINE"}
    (pools,) = [one for one in root if one.get("name") == "POOL"]
    assert (pools.get("failures"), pools.get("errors"), pools.get("skipped")) == ("1", "4", "4")


def test_sarif_names_each_rule_once(judgement: Judgement) -> None:
    """Results point at the rules of the driver by index, and each has a fingerprint."""
    (run,) = sarif(judgement)["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({one["id"] for one in rules}) == len(rules)
    for one in run["results"]:
        assert rules[one["ruleIndex"]]["id"] == one["ruleId"]
        assert one["partialFingerprints"]
        assert one["locations"][0]["physicalLocation"]["region"]["startLine"] > 0
    assert {one["suppressions"][0]["justification"] for one in run["results"] if "suppressions" in one} == {
        "it is a test machine",
        "the customer waits",
    }
    assert {one["baselineState"] for one in run["results"]} == {"new", "unchanged"}


MANY = Context(tuple(pool(f"p{at:04}", "bad") for at in range(3000)), date(2026, 11, 22))


def test_annotations_are_few() -> None:
    """Ten of a kind at most, and the rest is counted."""
    told = judge(MANY)
    lines = annotations.github(told).splitlines()
    assert [sum(line.startswith(f"::{word} ") for line in lines) for word in ("error", "warning", "notice")] == [
        10,
        10,
        13,
    ]
    assert "5990 more findings of severity error" in lines[10]
    assert len(annotations.azure(told).splitlines()) == 22


def test_markdown_fits_a_comment() -> None:
    """However much was found, a comment takes it."""
    text = markdown(judge(MANY))
    assert len(text) < ROOM + 1000
    assert "more: `batchplan policy check`" in text


def test_a_plan_tells_of_a_rule_once() -> None:
    """Many objects with the same finding are one line, and a few names."""
    text = shown(section(judge(MANY)))
    assert text.count("BP1091") == 1
    assert "the same: pool.p0001, pool.p0002, pool.p0003 and 2996 more" in text
    assert "3000 notes: batchplan policy check" in text


def test_events_end_with_a_summary(judgement: Judgement) -> None:
    """Programs get an event for each finding, and the counts."""
    found = list(events(judgement))
    assert [one["type"] for one in found[:-1]] == ["policy_finding"] * len(judgement.findings)
    assert found[-1]["policy"]["refused"] is True
    assert json.loads(json.dumps(found))


def test_lists_are_tables() -> None:
    """A line for each rule."""
    assert list_text([(RULES[-1], Level.SOFT, Severity.ERROR)]) == "BP1094    soft      error    static  Fault BP1094\n"
