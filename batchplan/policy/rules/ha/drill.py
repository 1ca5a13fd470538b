"""Whether a fail-over has been tried."""

from collections.abc import Iterator
from datetime import datetime

from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

DAYS = Param("days", 31, "How long ago the last drill may be, in days.")


@rule(
    "BP3008",
    "Fail-over not exercised",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.INFO,
    level=Level.ADVISORY,
    params=[DAYS],
)
def not_exercised(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool has a backup, and nobody has tried of late whether it takes over.

    Why: A backup that was never tried is a hope. Quotas, sizes and start tasks are found wanting on the day it is needed.

    Instead: `batchplan drill pool.render` tries it on a copy of what is live and keeps the result; `-live` does it for
    real, and returns.

    Source: Learn, "Reliability in Azure Batch" (try it once a month); "Azure Batch best practices", Azure region
    dependency. The state has the date and the result of the last drill of each pool.

    Exceptions: work that can wait for a region to come back needs no backup, and so no drill.
    """
    if not list(pool.backups()):
        raise Inapplicable("it has no backup")
    if not pool.live:
        raise Inapplicable("it is not there yet")
    last = see.state.drills.get(str(pool.address))
    if last is None:
        yield Finding(
            f"{pool.address} has a backup, and its fail-over was never tried.",
            "backup",
            remediation=f"batchplan drill {pool.address}",
        )
        return
    at = datetime.fromisoformat(str(last["at"]))
    days = (see.as_of - at.date()).days
    if not last.get("passed", True):
        yield Finding(
            f"The last drill of {pool.address}, on {at:%Y-%m-%d}, lost tasks or runs.",
            "backup",
            actual=last.get("tasks_lost"),
            remediation=f"batchplan drill {pool.address}",
        )
    elif days > see.param(DAYS):
        yield Finding(
            f"The fail-over of {pool.address} was tried {days} days ago.",
            "backup",
            expected=see.param(DAYS),
            actual=days,
            remediation=f"batchplan drill {pool.address}",
        )
