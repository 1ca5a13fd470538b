"""What policy says, as text: a summary by outcome, then what is in the way, then what is worth knowing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from batchplan.policy.judge import Judged, Judgement, Status
from batchplan.policy.model import Level, Outcome, Rule, Severity, Verdict
from batchplan.policy.subject import Place

Segment = tuple[str, str]

SHOWN = 6
"""How many findings a plan tells of, where those that refuse it are not more; `policy check` tells of all."""

STYLES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "dim"}


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one rule that say the same of several objects: shown once."""

    first: Judged
    others: tuple[Judged, ...]


def groups(found: Iterable[Judged]) -> list[Group]:
    """Return findings by rule, severity and status, in the order of their first."""
    made: dict[tuple[object, ...], list[Judged]] = {}
    for one in found:
        made.setdefault((one.rule.id, one.severity, one.status, one.blocks), []).append(one)
    return [Group(listed[0], tuple(listed[1:])) for listed in made.values()]


def summary(judgement: Judgement) -> str:
    """Return the counts: what passed, what is open by severity, what was accepted, what could not be told."""
    open_ = judgement.open
    refused = len(judgement.refusing) + len(judgement.undecided_hard)
    parts = [f"{judgement.counts()[Outcome.PASS]} passed"]
    errors = sum(one.severity is Severity.ERROR and not one.blocks for one in open_)
    warnings = sum(one.severity is Severity.WARNING and not one.blocks for one in open_)
    notes = sum(one.severity is Severity.INFO and not one.blocks for one in open_)
    parts += [_count(errors, "error")] if errors else []
    parts += [_count(warnings, "warning")] if warnings else []
    parts += [_count(notes, "note")] if notes else []
    parts.append(f"{refused} refused")
    for status in (Status.SUPPRESSED, Status.OVERRIDDEN, Status.BASELINE):
        count = sum(one.status is status for one in judgement.findings)
        parts += [f"{count} {'in the baseline' if status is Status.BASELINE else status}"] if count else []
    counts = judgement.counts()
    parts += [f"{counts[Outcome.UNKNOWN]} not known yet"] if counts[Outcome.UNKNOWN] else []
    parts += [f"{counts[Outcome.NOT_CHECKED]} not checked"] if counts[Outcome.NOT_CHECKED] else []
    return ", ".join(parts)


def _count(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def by_object(judgement: Judgement | None) -> Mapping[str, list[Judged]]:
    """Return what is open and more than a note, by the address of the object that it is about."""
    found: dict[str, list[Judged]] = defaultdict(list)
    for one in judgement.open if judgement is not None else ():
        if one.severity is not Severity.INFO:
            found[one.address].append(one)
    return found


def beside(told: Sequence[Judged]) -> Iterator[Segment]:
    """Yield one line with the rules that have something to say about an object that changes."""
    if told:
        names = dict.fromkeys(f"{one.rule.id} ({'refused' if one.blocks else one.severity.word})" for one in told)
        yield "dim", f"  # policy: {', '.join(names)}\n"


def section(judgement: Judgement | None, *, acting: bool = True) -> Iterator[Segment]:
    """Yield the policy section of a plan: nothing where nothing was asked.

    A plan that changes nothing only counts what is found; the findings are not about it.
    """
    if judgement is None or not judgement.verdicts:
        return
    if not acting:
        if judgement.open:
            yield "dim", f"\nPolicy: {summary(judgement)}: batchplan policy check\n"
        return
    yield "", "\n"
    yield "bold", "Policy: "
    yield "", f"{summary(judgement)}\n"
    told = [one for one in judgement.open if one.severity is not Severity.INFO]
    listed = groups(told)
    shown = max(SHOWN, sum(one.first.blocks for one in listed))
    for group in listed[:shown]:
        yield from _group(group)
    for verdict in judgement.undecided_hard[:SHOWN]:
        yield "error", "  refused "
        yield "", f"{verdict.rule.id}  {verdict.address}: {verdict.rule.title}: {verdict.reason} is not known yet\n"
    left = sum(1 + len(group.others) for group in listed[shown:])
    notes = sum(one.severity is Severity.INFO for one in judgement.open)
    rest = [f"{left} more" if left else "", _count(notes, "note") if notes else ""]
    if any(rest):
        yield "dim", f"  {' and '.join(filter(None, rest))}: batchplan policy check\n"
    yield from _internal(judgement.verdicts)


def _group(group: Group) -> Iterator[Segment]:
    one = group.first
    word = "refused" if one.blocks else one.severity.word
    yield STYLES[one.severity], f"  {word} "
    yield "", f"{one.rule.id}  {one.finding.message}"
    yield "dim", f"   {one.place}\n" if one.place is not None else "\n"
    if group.others:
        named = ", ".join(dict.fromkeys(other.address or "the plan" for other in group.others[:3]))
        more = f" and {len(group.others) - 3} more" if len(group.others) > 3 else ""
        yield "dim", f"          the same: {named}{more}\n"
    if one.finding.remediation:
        yield "", f"          next: {one.finding.remediation}\n"


def _internal(verdicts: Sequence[Verdict]) -> Iterator[Segment]:
    """A rule that raised is a fault of the rule, told once, however many objects it was asked about."""
    seen: set[str] = set()
    for one in verdicts:
        if one.internal and one.rule.id not in seen:
            seen.add(one.rule.id)
            yield "warning", "  warning "
            yield "", f"{one.reason}; it counts as not checked\n"


def full(judgement: Judgement, *, all_verdicts: bool = False) -> Iterator[Segment]:
    """Yield every finding by object, and the summary; with `all_verdicts` what passed or could not be told, too."""
    by_address: dict[str, list[Judged]] = {}
    for one in judgement.findings:
        by_address.setdefault(one.address, []).append(one)
    for address, listed in by_address.items():
        yield "bold", f"{address or 'the plan as a whole'}\n"
        for one in listed:
            yield from _finding(one)
        yield "", "\n"
    if all_verdicts:
        yield from _verdicts(judgement)
    yield from _unlooked(judgement)
    yield from _internal(judgement.verdicts)
    yield "bold", "Policy: "
    yield "", f"{summary(judgement)} (set {judgement.chosen.name}, as of {judgement.as_of})\n"


def _finding(one: Judged) -> Iterator[Segment]:
    word = one.severity.word if one.status is Status.OPEN else str(one.status)
    style = STYLES[one.severity] if one.status is Status.OPEN else "dim"
    yield style, f"  {'refused' if one.blocks else word} "
    yield "", f"{one.rule.id}  {one.finding.message}"
    yield "dim", f"   {one.place}\n" if one.place is not None else "\n"
    if one.because:
        yield "dim", f"          because: {one.because}\n"
    elif one.finding.remediation and one.status is Status.OPEN:
        yield "", f"          next: {one.finding.remediation}\n"


def _verdicts(judgement: Judgement) -> Iterator[Segment]:
    for one in judgement.verdicts:
        if one.outcome is not Outcome.FAIL:
            reason = f": {one.reason}" if one.reason else ""
            yield "dim", f"  {one.outcome.replace('_', ' '):<14} {one.rule.id}  {one.address or 'the plan'}{reason}\n"
    yield "", "\n"


def _unlooked(judgement: Judgement) -> Iterator[Segment]:
    """Rules that were not checked, or of which it is not known yet, by reason."""
    reasons: dict[tuple[str, str], set[str]] = {}
    for one in judgement.verdicts:
        if one.outcome in (Outcome.UNKNOWN, Outcome.NOT_CHECKED) and not one.internal:
            reasons.setdefault((one.outcome, one.reason), set()).add(one.rule.id)
    for (outcome, reason), rules in reasons.items():
        word = "not known yet" if outcome == Outcome.UNKNOWN else "not checked"
        yield "dim", f"{word}: {reason}: {', '.join(sorted(rules))}\n"
    if reasons:
        yield "", "\n"


def list_text(rules: Sequence[tuple[Rule, Level, Severity]]) -> str:
    """Return rules as a table: id, level, severity, phase, title."""
    lines = [
        f"{rule.id:<9} {level.word:<9} {severity.word:<8} {rule.phase:<7} {rule.title}"
        for rule, level, severity in rules
    ]
    return "\n".join(lines) + "\n"


def place_text(place: Place | None) -> str:
    """Return a place as `file:line`, empty without one."""
    return str(place) if place is not None else ""
