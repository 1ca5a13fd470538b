"""From verdicts to what they mean here: accepted, known, overridden, or in the way."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from batchplan.policy.context import Baselined, Context, Record, Suppressed
from batchplan.policy.engine import verdicts
from batchplan.policy.live import MAX_AGE
from batchplan.policy.model import Finding, Level, Outcome, Phase, Rule, Severity, Verdict
from batchplan.policy.sets import Chosen
from batchplan.policy.subject import Place

_UNTOLD = frozenset({Outcome.UNKNOWN, Outcome.NOT_CHECKED})

ENGINE = "ENGINE"
"""The family of rules about policy itself, which are asked last."""


class Status(StrEnum):
    """What becomes of a finding."""

    OPEN = "open"
    SUPPRESSED = "suppressed"
    BASELINE = "baseline"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding and what becomes of it. `because` is the reason of a suppression or override.

    `blocks` says that it stops an apply; `known_by` is its fingerprint.
    """

    verdict: Verdict
    finding: Finding
    severity: Severity
    status: Status
    blocks: bool
    known_by: str
    place: Place | None = None
    because: str = ""

    @property
    def rule(self) -> Rule:
        """The rule that found it."""
        return self.verdict.rule

    @property
    def address(self) -> str:
        """What it is about; empty for the whole plan."""
        return self.finding.address or self.verdict.address


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of a check."""

    chosen: Chosen
    verdicts: tuple[Verdict, ...]
    findings: tuple[Judged, ...]
    as_of: date
    undecided_hard: tuple[Verdict, ...] = ()

    @property
    def refusing(self) -> tuple[Judged, ...]:
        """The findings that stop an apply, worst first."""
        return tuple(one for one in self.findings if one.blocks)

    @property
    def open(self) -> tuple[Judged, ...]:
        """The findings that nobody has accepted, worst first."""
        return tuple(one for one in self.findings if one.status is Status.OPEN)

    def counts(self) -> Counter[Outcome]:
        """Return how many verdicts came out in which way; that policy itself is in order is none of them."""
        return Counter(one.outcome for one in self.verdicts if one.rule.family != ENGINE or one.outcome is Outcome.FAIL)


def never(_: Verdict) -> bool:
    """Say of every verdict that it is not asked again."""
    return False


def judged(
    context: Context,
    rules: Sequence[Rule],
    chosen: Chosen,
    phases: Collection[Phase],
    *,
    gate: bool = False,
    later: Callable[[Verdict], bool] = never,
) -> Judgement:
    """Ask the rules about a context and judge what they find.

    At the gate of an apply, a hard rule that could not be told because a value is not known stops it as well; not so
    what is asked again `later`, when the value is known.
    """
    ordinary = [one for one in rules if one.family != ENGINE]
    made = verdicts(context, ordinary, chosen.settings, phases)
    found = [_judge(context, chosen, one, finding) for one in made for finding in one.findings]
    due = [one for one in made if not (gate and later(one))]
    record = replace(_record(context, rules, chosen, due, found), gate=gate)
    last = replace(context, record=record)
    engine = [one for one in rules if one.family == ENGINE]
    own = verdicts(last, engine, chosen.settings, [*Phase])
    found += [_judge(context, chosen, one, finding) for one in own for finding in one.findings]
    everything = (*made, *own)
    return Judgement(
        chosen,
        everything,
        tuple(sorted(found, key=_order)),
        context.as_of,
        tuple(one for one in (*due, *own) if gate and _stops_unknown(chosen, one)),
    )


def _stops_unknown(chosen: Chosen, verdict: Verdict) -> bool:
    return (
        verdict.outcome is Outcome.UNKNOWN
        and verdict.level is Level.HARD
        and chosen.blocks(verdict.level, _severity(chosen, verdict, None))
    )


def _severity(chosen: Chosen, verdict: Verdict, finding: Finding | None) -> Severity:
    """What a policy set says counts, then what the finding says, then the rule."""
    setting = chosen.settings.get(verdict.rule.id)
    if setting is not None and setting.severity is not None:
        return setting.severity
    return verdict.rule.severity if finding is None or finding.severity is None else finding.severity


def _judge(context: Context, chosen: Chosen, verdict: Verdict, finding: Finding) -> Judged:
    severity = _severity(chosen, verdict, finding)
    address = finding.address or verdict.address
    known_by = fingerprint(verdict.rule.id, address, finding)
    status, because = _status(context, verdict, finding, address, known_by)
    place = finding.place
    if place is None and address:
        subject = context.by_address(address)
        place = subject.place(finding.path) if subject is not None else None
    blocks = status is Status.OPEN and chosen.blocks(verdict.level, severity)
    return Judged(verdict, finding, severity, status, blocks, known_by, place, because)


def _status(context: Context, verdict: Verdict, finding: Finding, address: str, known_by: str) -> tuple[Status, str]:
    rule = verdict.rule.id
    if verdict.level is not Level.HARD:
        for one in suppressions_of(context, rule):
            if one.covers(rule, address, finding.path) and not expired(one, context.as_of):
                return Status.SUPPRESSED, one.reason
        for override in context.overrides:
            if override.rule == rule:
                return Status.OVERRIDDEN, override.reason
    if known_by in _baseline(context):
        return Status.BASELINE, ""
    return Status.OPEN, ""


def suppressions_of(context: Context, rule: str) -> Sequence[Suppressed]:
    """Return the suppressions of a rule."""
    index = context._index  # noqa: SLF001 - the context keeps what is worked out of it
    if "suppressed" not in index:
        grouped: dict[str, list[Suppressed]] = {}
        for one in context.suppressed:
            grouped.setdefault(one.rule, []).append(one)
        index["suppressed"] = grouped
    found: Sequence[Suppressed] = index["suppressed"].get(rule, ())
    return found


def _baseline(context: Context) -> frozenset[str]:
    index = context._index  # noqa: SLF001
    if "baseline" not in index:
        index["baseline"] = frozenset(one.fingerprint for one in context.baseline)
    found: frozenset[str] = index["baseline"]
    return found


def expired(one: Suppressed, as_of: date) -> bool:
    """Return whether a suppression is over: its last day is the day it names."""
    if one.expires is None:
        return False
    try:
        return date.fromisoformat(one.expires) < as_of
    except ValueError:
        return True


def fingerprint(rule: str, address: str, finding: Finding) -> str:
    """Return sixteen digits that tell a finding from others: rule, object, field, and what was found there.

    Messages are left out, so that a better wording, or a day that goes by, does not make a finding a new one.
    """
    evidence = json.dumps([rule, address, finding.path, _plain(finding.actual)], sort_keys=True, default=str)
    return hashlib.sha256(evidence.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _order(one: Judged) -> tuple[Any, ...]:
    return (not one.blocks, one.status is not Status.OPEN, -one.severity, one.address, one.rule.id, one.finding.path)


def _record(
    context: Context, rules: Iterable[Rule], chosen: Chosen, made: Sequence[Verdict], found: Sequence[Judged]
) -> Record:
    listed = list(rules)
    suppressed = {one.rule for one in context.suppressed}
    decided = {
        (one.rule.id, one.address)
        for one in (made if suppressed else ())
        if one.outcome is not Outcome.NOT_CHECKED and one.rule.id in suppressed
    }
    produced = {one.known_by for one in found}
    asked = {rule.id for rule in {one.rule for one in made}}
    untold = [one for one in made if one.outcome in _UNTOLD]
    return Record(
        levels={one.id: chosen.settings[one.id].level for one in listed},
        renamed={old: one.id for one in listed for old in one.aliases},
        unused=tuple(_unused(context, found, decided, asked)),
        gone=tuple(one for one in context.baseline if one.fingerprint not in produced and one.rule in asked),
        undecided=tuple(
            (one.rule.fault, one.address, one.reason)
            for one in untold
            if one.outcome is Outcome.UNKNOWN and one.rule.family == "CUSTOM"
        ),
        unread=_unread(untold),
        stale=_stale(context),
    )


def _unused(
    context: Context, found: Sequence[Judged], decided: Collection[tuple[str, str]], asked: Collection[str]
) -> Iterator[Suppressed]:
    """Yield suppressions that no finding needed. Where a rule was not checked, nobody can tell."""
    by_rule: dict[str, list[Judged]] = {}
    for one in found:
        by_rule.setdefault(one.rule.id, []).append(one)
    for suppressed in context.suppressed:
        matched = any(
            suppressed.covers(suppressed.rule, one.address, one.finding.path)
            for one in by_rule.get(suppressed.rule, ())
        )
        told = (suppressed.rule, suppressed.address) in decided or (suppressed.central and suppressed.rule in asked)
        if not matched and told:
            yield suppressed


def _unread(made: Iterable[Verdict]) -> Mapping[str, int]:
    """Return the datasets that were missing, with how many rules could not be checked for them.

    What batchplan does not read by itself is not missed: who saves a context may add it.
    """
    missing: dict[str, set[str]] = {}
    for one in made:
        if one.outcome is Outcome.NOT_CHECKED and not one.internal:
            for name in MAX_AGE.keys() & set(one.rule.inputs) & {one.reason.partition(" ")[0]}:
                missing.setdefault(name, set()).add(one.rule.id)
    return {name: len(found) for name, found in sorted(missing.items())}


def _stale(context: Context) -> Mapping[str, int]:
    """Return the datasets that are older than they may be, with their age in seconds when the context was made."""
    made: dict[str, int] = {}
    for name, dataset in context.live.datasets.items():
        if context.made_at is not None and name in MAX_AGE and context.made_at - dataset.at > MAX_AGE[name]:
            made[name] = int((context.made_at - dataset.at).total_seconds())
    return made


def baseline_of(judgement: Judgement) -> tuple[Baselined, ...]:
    """Return a baseline of what is open now, by rule and object."""
    kept = [one for one in judgement.findings if one.status in (Status.OPEN, Status.BASELINE)]
    kept = [one for one in kept if one.rule.family != ENGINE]
    unique = {one.known_by: one for one in kept}
    made = [Baselined(name, one.rule.id, one.address, one.finding.path) for name, one in unique.items()]
    return tuple(sorted(made, key=lambda one: (one.rule, one.address, one.path, one.fingerprint)))
