"""What policy says in SARIF 2.1.0, which code scanning services read."""

from collections.abc import Sequence
from typing import Any

import batchplan
from batchplan.policy.judge import Judged, Judgement, Status
from batchplan.policy.model import Rule, Severity
from batchplan.policy.subject import Place

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
FINGERPRINT = "batchplanFinding/v1"


def sarif(judgement: Judgement) -> dict[str, Any]:
    """Return a log with one run: the rules that found something, and a result for each finding.

    What is suppressed, overridden or in the baseline is a result, too, and says so.
    """
    rules = list({one.rule.id: one.rule for one in judgement.findings}.values())
    index = {rule.id: at for at, rule in enumerate(rules)}
    driver = {
        "name": "batchplan",
        "version": batchplan.__version__,
        "semanticVersion": batchplan.__version__,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, index[one.rule.id]) for one in judgement.findings],
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(judgement)}],
        "properties": {"policySet": judgement.chosen.name, "asOf": judgement.as_of.isoformat()},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.fault.split("_")),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.summary or rule.title},
        "help": {"text": _help(rule)},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": [rule.family.lower(), str(rule.phase)]},
    }


def _help(rule: Rule) -> str:
    parts = [("Why", rule.why), ("Instead", rule.instead), ("Source", rule.source)]
    return "\n\n".join(f"{title}: {text}" for title, text in parts if text) or rule.title


def _result(one: Judged, index: int) -> dict[str, Any]:
    finding = one.finding
    text = finding.message + (f" Next: {finding.remediation}" if finding.remediation else "")
    made: dict[str, Any] = {
        "ruleId": one.rule.id,
        "ruleIndex": index,
        "level": LEVELS[one.severity],
        "message": {"text": text},
        "partialFingerprints": {FINGERPRINT: one.known_by},
        "locations": [_location(one)],
        "properties": {"level": one.verdict.level.word, "blocks": one.blocks},
    }
    if one.status is Status.SUPPRESSED:
        kind = "inSource" if one.place is not None else "external"
        made["suppressions"] = [{"kind": kind, "status": "accepted", "justification": one.because}]
    elif one.status is Status.OVERRIDDEN:
        made["suppressions"] = [{"kind": "external", "status": "accepted", "justification": one.because}]
    made["baselineState"] = "unchanged" if one.status is Status.BASELINE else "new"
    return made


def _location(one: Judged) -> dict[str, Any]:
    name = ".".join(filter(None, (one.address, one.finding.path))) or "plan"
    made: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": name, "kind": "resource"}]}
    if one.place is not None:
        made["physicalLocation"] = {
            "artifactLocation": {"uri": one.place.file.replace("\\", "/").replace(" ", "%20")},
            "region": _region(one.place),
        }
    return made


def _region(place: Place) -> dict[str, int]:
    made = {"startLine": place.line, "startColumn": place.column}
    if place.end_line >= place.line and place.end_column:
        made |= {"endLine": place.end_line, "endColumn": place.end_column}
    return made


def _notifications(judgement: Judgement) -> Sequence[dict[str, Any]]:
    """Rules that raised: what they would have found is not known."""
    found = {one.rule.id: one.reason for one in judgement.verdicts if one.internal}
    return [
        {"level": "warning", "message": {"text": reason}, "associatedRule": {"id": rule}}
        for rule, reason in found.items()
    ]
