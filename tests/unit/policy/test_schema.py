"""The published schema of `policy check -json` is that of the model, and what is printed fits it; so does SARIF its own."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from batchplan.report.policyschema import PLACE, schema, text

ROOT = Path(__file__).resolve().parents[3]
OUTPUTS = Path(__file__).parent / "outputs"


def output(name: str) -> Any:
    """Return one of the outputs that the tests of formats compare with."""
    return json.loads((OUTPUTS / name).read_text(encoding="utf-8"))


def test_the_file_is_up_to_date() -> None:
    """Making the file anew changes nothing."""
    assert (ROOT / PLACE).read_text(encoding="utf-8") == text()


def test_reports_fit_the_schema() -> None:
    """A report with findings of every status, with and without the verdicts, is valid by the published schema."""
    report = output("check.json")
    assert {one["status"] for one in report["findings"]} == {"open", "suppressed", "overridden", "baseline"}
    assert {one["outcome"] for one in report["verdicts"]} >= {"pass", "fail", "not_checked", "not_applicable"}
    jsonschema.validate(report, schema())
    jsonschema.validate({name: value for name, value in report.items() if name != "verdicts"}, schema())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda report: report.update(format_version="2.0"),
        lambda report: report.update(extra=True),
        lambda report: report.pop("as_of"),
        lambda report: report["outcomes"].pop("pass"),
        lambda report: report["findings"][0].update(severity="fatal"),
        lambda report: report["findings"][0].update(fingerprint="1"),
        lambda report: report["findings"][0].pop("message"),
        lambda report: report["verdicts"][0].update(outcome="maybe"),
    ],
)
def test_what_is_no_report_does_not_fit(spoil: Callable[[Any], Any]) -> None:
    """The schema says no to other versions, unknown members and missing ones."""
    report = output("check.json")
    spoil(report)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(report, schema())


# SARIF 2.1.0, by the sections of the standard that a producer of results has to keep.


def problems(log: Any) -> list[str]:
    """Return what is against the standard in a log."""
    found = [] if log.get("version") == "2.1.0" else ["3.13.2 version"]
    for run in log.get("runs") or ():
        driver = run["tool"]["driver"]
        if not driver.get("name"):
            found.append("3.19.8 a driver has a name")
        if not re.fullmatch(r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?", driver["semanticVersion"]):
            found.append("3.19.12 semanticVersion")
        found += [f"3.49.3 {one}" for one in _rules(driver["rules"])]
        found += [one for result in run["results"] for one in _result(result, driver["rules"])]
        found += [one for call in run["invocations"] for one in _invocation(call, driver["rules"])]
        if run["columnKind"] not in ("utf16CodeUnits", "unicodeCodePoints"):
            found.append("3.14.17 columnKind")
    return found or ([] if log.get("runs") else ["3.13.4 runs"])


def _rules(rules: list[Any]) -> list[str]:
    ids = [one["id"] for one in rules]
    found = [] if len(set(ids)) == len(ids) else ["ids are distinct"]
    for one in rules:
        found += [
            f"{name} is a message" for name in ("shortDescription", "fullDescription", "help") if not one[name]["text"]
        ]
        if one["defaultConfiguration"]["level"] not in ("none", "note", "warning", "error"):
            found.append("3.50.3 level")
    return found


def _result(one: Any, rules: list[Any]) -> list[str]:
    found = [] if one["message"]["text"] else ["3.27.11 message"]
    if rules[one["ruleIndex"]]["id"] != one["ruleId"]:
        found.append("3.27.6 ruleIndex names ruleId")
    if one["level"] not in ("none", "note", "warning", "error"):
        found.append("3.27.10 level")
    if one["baselineState"] not in ("new", "unchanged", "updated", "absent"):
        found.append("3.27.24 baselineState")
    if not all(re.fullmatch(r"[^/]+(/v\d+)?", name) and value for name, value in one["partialFingerprints"].items()):
        found.append("3.27.17 partialFingerprints are versioned hierarchical strings")
    for waiver in one.get("suppressions", ()):
        if waiver["kind"] not in ("inSource", "external"):
            found.append("3.35.2 kind")
        if waiver.get("status", "accepted") not in ("accepted", "underReview", "rejected"):
            found.append("3.35.3 status")
    return [*found, *(problem for place in one["locations"] for problem in _place(place))]


def _place(place: Any) -> list[str]:
    physical = place.get("physicalLocation")
    if physical is None:
        return [] if place.get("logicalLocations") else ["3.28 a location is somewhere"]
    found = []
    uri = physical["artifactLocation"]["uri"]
    if " " in uri or "\\" in uri or urlsplit(uri).scheme:
        found.append("3.4.3 uri is a relative reference")
    region = physical["region"]
    if region["startLine"] < 1 or region.get("startColumn", 1) < 1:
        found.append("3.30.5 lines and columns are counted from 1")
    last = region.get("endLine", region["startLine"])
    if last < region["startLine"] or (
        last == region["startLine"] and region.get("endColumn", 10**9) < region.get("startColumn", 1)
    ):
        found.append("3.30.7 a region ends after it begins")
    return found


def _invocation(call: Any, rules: list[Any]) -> list[str]:
    told = call.get("toolExecutionNotifications", ())
    wrong = [
        one for one in told if not one["message"]["text"] or one["level"] not in ("none", "note", "warning", "error")
    ]
    found = [] if isinstance(call["executionSuccessful"], bool) else ["3.20.14 executionSuccessful"]
    return [*found, *("3.58 notification" for _ in wrong)]


def test_sarif_keeps_to_the_standard() -> None:
    """Every result has what readers of results need, and points to a rule that is there."""
    log = output("check.sarif")
    (run,) = log["runs"]
    assert {waiver["kind"] for one in run["results"] for waiver in one.get("suppressions", ())} == {
        "inSource",
        "external",
    }
    assert problems(log) == []


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda log: log.update(version="2.0.0"), "3.13.2"),
        (lambda log: log["runs"][0]["results"][0].update(level="fatal"), "3.27.10"),
        (lambda log: log["runs"][0]["results"][0].update(ruleIndex=1), "3.27.6"),
        (
            lambda log: log["runs"][0]["tool"]["driver"]["rules"].append(log["runs"][0]["tool"]["driver"]["rules"][0]),
            "3.49",
        ),
        (lambda log: log["runs"][0]["results"][0].update(suppressions=[{"kind": "other"}]), "3.35.2"),
    ],
)
def test_what_is_against_the_standard_is_seen(spoil: Callable[[Any], Any], problem: str) -> None:
    """The check of the standard sees faults."""
    log = output("check.sarif")
    spoil(log)
    assert any(one.startswith(problem) for one in problems(log))
