"""Whether a pool without nodes gets one when a task waits: tried out with the evaluator."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from batchplan.policy.formulas import KINDS, faults, formulas, report
from batchplan.policy.model import Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

HISTORY = timedelta(hours=1)
SAMPLE = timedelta(seconds=30)
WEEK = tuple(timedelta(hours=hour) for hour in range(0, 7 * 24, 3))
AWAY = (timedelta(0), timedelta(days=-7000), timedelta(days=7000))
"""Now, and far from now on either side: a deadline in the formula may be over, which is meant to empty the pool."""


@rule("BP1221", "Pool can never leave zero nodes", kinds=KINDS, severity=Severity.ERROR, level=Level.SOFT)
def pool_stays_at_zero(subject: Subject, see: Scope) -> Iterator[Finding]:
    """From zero nodes the formula asks for none, though a task waits.

    Why: A target that is made of the present nodes alone stays at zero. So does the share of a node that one task asks
    for: the service drops fractions, and the task waits until others come.

    Instead: Round up: `ceil(…)`; or keep one node while tasks wait: `x > 0 ? max(1, x) : 0`.

    Source: Learn "Create a formula to automatically scale compute nodes"; published formulas that add (slots - 1) to
    what they divide by slots. That fractions are dropped is not documented; that is why one task that waits is a
    warning only. The formula is evaluated every third hour of weeks now, long ago and far ahead, each time with full
    samples of one waiting task.
    """
    stuck = list(faults(subject, {"AS129"}))
    yield from stuck
    known = {one.path for one in stuck}
    for formula in formulas(subject):
        if formula.path not in known and _ignores_one_task(formula.text, see.as_of):
            yield Finding(
                f"By its formula {formula.owner} has no node for one waiting task when it starts from zero.",
                formula.path,
                expected="a node",
                actual=0,
                remediation="Round up: ceil(...), or x > 0 ? max(1, x) : 0.",
                severity=Severity.WARNING,
            )


@dataclass(frozen=True, slots=True)
class OneTask:
    """The history of an empty pool for which one task has been waiting all the time."""

    now: datetime

    def samples(self, name: str) -> Sequence[tuple[datetime, float]]:
        """Return the samples of a metric: nodes that are not there use no processor."""
        if name == "$CPUPercent":
            return ()
        value = 1.0 if name in ("$ActiveTasks", "$PendingTasks") else 0.0
        count = HISTORY // SAMPLE
        return tuple((self.now - SAMPLE * (count - at), value) for at in range(count + 1))


@lru_cache(maxsize=1024)
def _ignores_one_task(text: str, day: date) -> bool:
    """Return whether a formula that can ask for nodes asks for none at any time of a week."""
    from batchplan.autoscale import Targets, run

    examined = report(text)
    if not examined.ok or all(bound.keeps or bound.high == 0 for _, bound in examined.bounds.items()):
        return False  # other rules say so, or it is meant to be empty
    start = datetime.combine(day, time(), UTC)
    for moment in (start + away + hour for away in AWAY for hour in WEEK) if "time" in text else (start,):
        found = run(text, OneTask(moment), moment, Targets(0, 0))
        if found.targets != Targets(0, 0) or found.error is not None:
            return False
    return True
