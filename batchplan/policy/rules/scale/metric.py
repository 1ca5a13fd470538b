"""Metrics that a formula had better not rely on."""

from collections.abc import Iterator

from batchplan.policy import facts
from batchplan.policy.formulas import KINDS, faults
from batchplan.policy.model import Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule("BP1212", "Formula reads a retired metric", kinds=KINDS, severity=Severity.WARNING, level=Level.ADVISORY)
def retired_metric(subject: Subject, see: Scope) -> Iterator[Finding]:
    """A formula reads a metric that the service no longer fills.

    Why: There are no samples, so that the evaluation fails or the formula always takes its fallback.

    Instead: Scale on task metrics, or on `$CPUPercent`.

    Source: Learn "Create a formula to automatically scale compute nodes", whose list no longer has the metrics of
    disks, memory and network. The day of their end (2024-03-31) is not confirmed by a page of Microsoft's: hence a
    warning where the catalogue of these rules once had an error.
    """
    gone = facts.retirement("feature", "formula_metrics")
    found = list(faults(subject, {"AS108"}))
    if gone is not None and see.days_until(gone.on) < 0:
        yield from found


@rule("BP1213", "Formula relies on a metric that may not move", kinds=KINDS, severity=Severity.WARNING)
def unreliable_metric(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula reads `$PreemptedNodeCount`, which is reported to be 0 always.

    Why: A fallback from Spot to dedicated nodes that waits for this number never acts.

    Instead: Compare `$CurrentLowPriorityNodes` with the target.

    Source: reports of users; no page of Microsoft's says so, which is why it only is advice.
    """
    yield from faults(subject, {"AS208"})
