"""What policy says as JSON: the document of `policy check -json`, and events of a plan's stream.

The document has the form of `policyschema`, whose JSON Schema is published.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import batchplan
from batchplan.policy.judge import Judged, Judgement, Status
from batchplan.policy.model import Level, Outcome, Rule, Severity, Verdict
from batchplan.policy.subject import Place
from batchplan.report.events import event_of
from batchplan.report.policyschema import FORMAT_VERSION


def judgement_json(judgement: Judgement, *, verdicts: bool = False) -> dict[str, Any]:
    """Return a judgement as data; with `verdicts`, each rule's answer about each object, too."""
    counts = judgement.counts()
    made: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "batchplan_version": batchplan.__version__,
        "policy_set": judgement.chosen.name,
        "as_of": judgement.as_of.isoformat(),
        "refused": bool(judgement.refusing or judgement.undecided_hard),
        "outcomes": {str(outcome): counts[outcome] for outcome in Outcome},
        "findings": [finding_json(one) for one in judgement.findings],
        "undecided": [
            verdict_json(one)
            for one in judgement.verdicts
            if one.outcome in (Outcome.UNKNOWN, Outcome.NOT_CHECKED) and one.level >= Level.SOFT
        ],
    }
    if verdicts:
        made["verdicts"] = [verdict_json(one) for one in judgement.verdicts]
    return made


def finding_json(one: Judged) -> dict[str, Any]:
    """Return one finding."""
    finding = one.finding
    made: dict[str, Any] = {
        "rule": one.rule.id,
        "name": one.rule.fault,
        "title": one.rule.title,
        "family": one.rule.family,
        "severity": one.severity.word,
        "level": one.verdict.level.word,
        "status": str(one.status),
        "blocks": one.blocks,
        "address": one.address,
        "path": finding.path,
        "message": finding.message,
        "fingerprint": one.known_by,
    }
    optional = {
        "expected": finding.expected,
        "actual": finding.actual,
        "remediation": finding.remediation or None,
        "reason": one.because or None,
        "place": place_json(one.place),
        "edit": {"path": finding.edit.path, "value": finding.edit.value} if finding.edit is not None else None,
    }
    return {**made, **{name: value for name, value in optional.items() if value is not None}}


def verdict_json(one: Verdict) -> dict[str, Any]:
    """Return what one rule says about one object."""
    made = {"rule": one.rule.id, "address": one.address, "outcome": str(one.outcome), "level": one.level.word}
    return {**made, **({"reason": one.reason} if one.reason else {}), **({"internal": True} if one.internal else {})}


def place_json(place: Place | None) -> dict[str, Any] | None:
    """Return a place as file, line and column; ends where they are known."""
    if place is None:
        return None
    made: dict[str, Any] = {"file": place.file, "line": place.line, "column": place.column}
    return {**made, **({"end_line": place.end_line, "end_column": place.end_column} if place.end_line else {})}


def rule_json(rule: Rule, level: Level, severity: Severity) -> dict[str, Any]:
    """Return what a rule is, as a policy set has it."""
    return {
        "id": rule.id,
        "name": rule.fault,
        "title": rule.title,
        "family": rule.family,
        "phase": str(rule.phase),
        "severity": severity.word,
        "level": level.word,
        "kinds": list(rule.kinds),
        "inputs": list(rule.inputs),
        "parameters": {one.name: {"default": one.default, "description": one.text} for one in rule.params},
        "since": rule.since,
        "aliases": list(rule.aliases),
        "summary": rule.summary,
        "why": rule.why,
        "instead": rule.instead,
        "source": rule.source,
    }


def events(judgement: Judgement) -> Iterator[dict[str, Any]]:
    """Yield a judgement as events: one for each finding, and a summary."""
    levels = {Severity.ERROR: "error", Severity.WARNING: "warn", Severity.INFO: "info"}
    for one in judgement.findings:
        message = f"{one.rule.id}: {one.finding.message}"
        level = levels[one.severity] if one.status is Status.OPEN else "info"
        yield event_of("policy_finding", message, level, finding=finding_json(one))
    yield event_of("policy_summary", _summary(judgement), policy=_counts(judgement))


def _summary(judgement: Judgement) -> str:
    from batchplan.report.policy import summary

    return f"Policy: {summary(judgement)}"


def _counts(judgement: Judgement) -> dict[str, Any]:
    whole = judgement_json(judgement)
    return {name: whole[name] for name in ("policy_set", "as_of", "refused", "outcomes")}


def worst_first(found: Iterable[Judged]) -> list[Judged]:
    """Return findings that nobody has accepted, worst first."""
    open_ = [one for one in found if one.status is Status.OPEN]
    return sorted(open_, key=lambda one: (not one.blocks, -one.severity))
