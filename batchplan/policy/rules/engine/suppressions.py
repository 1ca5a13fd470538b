"""Suppressions, overrides and baselines: each has a reason, an end, and something to be about."""

from collections.abc import Iterator

from batchplan.policy.context import Suppressed
from batchplan.policy.judge import expired
from batchplan.policy.model import Finding, Level, Param, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

LENGTH = Param("length", 10, "How many characters a reason has at least.")


@rule("BP0001", "Suppression without a reason", severity=Severity.ERROR, level=Level.HARD, params=[LENGTH], since="0.1")
def suppression_without_reason(_: Subject, see: Scope) -> Iterator[Finding]:
    """A suppression or an override does not say why the finding is accepted.

    Why: Whoever meets it a year later has to know whether the reason still holds. A word such as "ok" tells nothing.

    Instead: Say in a sentence why the finding may be accepted here.

    Source: batchplan's own; after PSRule's synopsis of suppression groups and Checkov's skip comments.
    """
    for one in see.context.suppressed:
        if len(one.reason.strip()) < see.param(LENGTH):
            yield _about(
                one,
                f"The suppression of {one.rule} on {one.address} gives no reason of {see.param(LENGTH)} characters or more.",
                "reason",
            )
    for override in see.context.overrides:
        if len(override.reason.strip()) < see.param(LENGTH):
            yield Finding(
                f"The override of {override.rule} gives no reason of {see.param(LENGTH)} characters or more.",
                remediation='Add -reason "why this is acceptable now".',
            )


@rule("BP0002", "Suppression has expired", severity=Severity.ERROR, level=Level.HARD)
def suppression_expired(_: Subject, see: Scope) -> Iterator[Finding]:
    """A suppression is past its last day; the finding counts again.

    Why: The day was the promise to look again.

    Instead: Fix the finding, or renew the suppression with a new day and a reason that still holds.

    Source: batchplan's own; after expiry of Azure Policy exemptions and Trivy's `exp:`.
    """
    for one in see.context.suppressed:
        if expired(one, see.as_of):
            message = f"The suppression of {one.rule} on {one.address} expired on {one.expires}."
            yield _about(one, message, "expires", "Fix the finding, or renew it with a new day and a reason.")


@rule("BP0003", "Suppression is not used", severity=Severity.WARNING, level=Level.ADVISORY)
def suppression_unused(_: Subject, see: Scope) -> Iterator[Finding]:
    """A suppression stands where its rule finds nothing.

    Why: It would hide the next finding, which nobody has looked at.

    Instead: Remove it.

    Source: batchplan's own; after unused-directive reports of ESLint, ruff and mypy.
    """
    for one in see.context.record.unused:
        yield _about(one, f"The suppression of {one.rule} on {one.address} matches nothing.", "", "Remove it.")


@rule("BP0004", "Hard rule suppressed or overridden", severity=Severity.ERROR, level=Level.HARD)
def hard_rule_waived(_: Subject, see: Scope) -> Iterator[Finding]:
    """A suppression or an override names a rule that is hard, and so has no effect.

    Why: A hard rule is one that nobody may set aside on the way: the service would refuse, or work would be lost.

    Instead: Change the configuration. Where the rule is too strong for you, lower its level in a policy set, which is
    reviewed like other code.

    Source: batchplan's own; after Sentinel's hard-mandatory level.
    """
    levels = see.context.record.levels
    for one in see.context.suppressed:
        if levels.get(one.rule) is Level.HARD:
            message = f"{one.rule} is hard: its suppression on {one.address} has no effect."
            yield _about(one, message, "", "Change the configuration, or lower the level in a policy set.")
    for override in see.context.overrides:
        if levels.get(override.rule) is Level.HARD:
            yield Finding(
                f"{override.rule} is hard and cannot be overridden.",
                remediation="Change the configuration, or lower the level in a policy set.",
            )


@rule("BP0005", "Unknown rule", severity=Severity.WARNING, level=Level.ADVISORY)
def rule_unknown(_: Subject, see: Scope) -> Iterator[Finding]:
    """A suppression, an override or a policy set names a rule that does not exist, or does not any more.

    Why: What it was meant to say has no effect.

    Instead: Use the present id; `batchplan policy list` shows all.

    Source: batchplan's own.

    Exceptions: the rule belongs to a plug-in that is not installed here.
    """
    record = see.context.record
    named = [(one.rule, f"the suppression on {one.address}", one.place) for one in see.context.suppressed]
    named += [(one.rule, "-override", None) for one in see.context.overrides]
    named += [(one.rule, one.by, one.place) for one in see.context.mentions]
    for id_, by, place in dict.fromkeys(named):
        if id_ in record.levels:
            continue
        now = record.renamed.get(id_)
        hint = f"Write {now}." if now else "Find it: batchplan policy list"
        what = f"{id_} is called {now} now" if now else f"There is no rule {id_}"
        yield Finding(f"{what}; {by} names it.", actual=id_, expected=now, remediation=hint, place=place)


@rule("BP0008", "Baseline can be tightened", severity=Severity.INFO, level=Level.ADVISORY)
def baseline_entries_fixed(_: Subject, see: Scope) -> Iterator[Finding]:
    """The baseline lists findings that are not there any more.

    Why: If they came back, the baseline would hide them.

    Instead: Run `batchplan policy baseline -prune`.

    Source: batchplan's own; after ratchets of linters.

    Exceptions: runs that look at a part only (-target).
    """
    gone = see.context.record.gone
    if gone:
        some = ", ".join(dict.fromkeys(f"{one.rule} on {one.address or 'the plan'}" for one in gone[:3]))
        more = f" and {len(gone) - 3} more" if len(gone) > 3 else ""
        yield Finding(
            f"{len(gone)} of the baseline's findings are fixed: {some}{more}.",
            actual=len(gone),
            remediation="batchplan policy baseline -prune",
        )


def _about(one: Suppressed, message: str, member: str, remediation: str = "") -> Finding:
    path = "" if one.central else ".".join(filter(None, ("suppress", one.rule, member)))
    text = remediation or 'Add reason = "why this is acceptable here".'
    return Finding(
        message, path, remediation=text, address="" if one.central else one.address, place=one.place, actual=one.rule
    )
