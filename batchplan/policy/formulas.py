"""The autoscale formulas of an object, each read and examined once for all rules that look at it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from batchplan.core.address import BACKUP
from batchplan.policy.model import Finding, Inapplicable, Severity
from batchplan.policy.subject import Subject, View

if TYPE_CHECKING:
    from batchplan.autoscale import Finding as Fault
    from batchplan.autoscale import Report

KINDS = ("pool", "job", "job_schedule")
"""Kinds that may have formulas: jobs and schedules have those of their auto pools."""

AUTO_POOL = {
    "job": "pool_info.auto_pool_specification.pool",
    "job_schedule": "job_specification.pool_info.auto_pool_specification.pool",
}
"""Where each kind describes its auto pool."""

LONGEST_SNIPPET = 80


@dataclass(frozen=True, slots=True)
class Placed:
    """A formula: whose it is in a sentence, the path of its text, and the pool that it scales.

    The pool of a backup has its overrides merged in.
    """

    owner: str
    path: str
    text: str
    pool: View

    @property
    def report(self) -> "Report":
        """All there is to say about it."""
        return report(self.text)


@lru_cache(maxsize=1024)
def report(text: str) -> "Report":
    """Return the report on a formula; many pools share one, and many rules ask."""
    from batchplan.autoscale import check

    return check(text)


def formulas(subject: Subject) -> Iterator[Placed]:
    """Yield the formulas of an object, its own before those of its backups; without any a rule does not apply.

    Raises as `View.get` does.
    """
    found = False
    for one in _of_pool(subject) if subject.kind == "pool" else _of_auto_pool(subject):
        found = True
        yield one
    if not found:
        raise Inapplicable("no formula sets its size")


def _of_pool(subject: Subject) -> Iterator[Placed]:
    own = subject.block("auto_scale")
    if own is not None:
        yield Placed(str(subject.address), own.path("formula"), own.text("formula"), subject)
    for label, pool in subject.backups():
        scale = pool.block("auto_scale")
        if scale is not None and "auto_scale" in subject.node["backup"][label]:  # else it has the pool's
            yield Placed(str(subject.address.part(BACKUP, label)), scale.path("formula"), scale.text("formula"), pool)


def _of_auto_pool(subject: Subject) -> Iterator[Placed]:
    pool = subject.block(AUTO_POOL[subject.kind])
    if pool is not None and pool.has("auto_scale_formula"):
        yield Placed(str(subject.address), pool.path("auto_scale_formula"), pool.text("auto_scale_formula"), pool)


def faults(subject: Subject, codes: Collection[str], severity: Severity | None = None) -> Iterator[Finding]:
    """Yield what the examination of an object's formulas says under some codes: one finding a formula and code.

    Without a severity it is the rule's.
    """
    for formula in formulas(subject):
        found = sorted((one for one in formula.report.findings if one.code in codes), key=lambda one: one.code)
        for _, alike in groupby(found, key=lambda one: one.code):
            yield finding(formula, list(alike), severity)


def finding(formula: Placed, alike: "list[Fault]", severity: Severity | None = None) -> Finding:
    """Return what is to be said of places of a formula that have the same fault."""
    first, *others = alike
    lines = sorted({one.line for one in others} - {first.line})
    more = f" The same at line{'s' if len(lines) > 1 else ''} {', '.join(map(str, lines))}." if lines else ""
    return Finding(
        f"The formula of {formula.owner}, line {first.line}: {first.message}{more}",
        formula.path,
        actual=formula.text[first.start : first.end][:LONGEST_SNIPPET],
        remediation=first.fix,
        severity=severity,
    )
