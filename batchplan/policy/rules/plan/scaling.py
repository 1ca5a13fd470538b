"""Resizing by hand, and autoscale."""

from collections.abc import Iterator
from datetime import datetime

from batchplan.policy import facts
from batchplan.policy.live import moment
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule(
    "BP8010",
    "Pool that scales itself is resized",
    kinds=["pool"],
    phase=Phase.PLAN,
    severity=Severity.ERROR,
    level=Level.HARD,
)
def autoscaled_pool_resized(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool is resized while a formula sets its size.

    Why: The service refuses to resize a pool that scales itself (409), and the run ends in the middle.

    Instead: Switch autoscale off first, and on again afterwards; batchplan's own plans do.

    Source: Learn, "Create a formula to automatically scale compute nodes"; REST API, Pool - Resize. It is asked when
    planning, since the steps are known by then.
    """
    steps = see.steps_on(pool.remote) if pool.remote is not None else ()
    if pool.observed is None or not any(one.type == "Resize" for one in steps):
        raise Inapplicable("no step resizes a pool that is there")
    scales = bool(pool.observed.get("auto_scale"))
    for step in steps:
        match step.type:
            case "DisableAutoScale":
                scales = False
            case "EnableAutoScale":
                scales = True
            case "Resize" if scales:
                yield Finding(
                    f"Step {step.id} resizes {pool.address} while a formula sets its size; the service refuses that.",
                    "auto_scale",
                    actual=step.id,
                    remediation="Make the plan again; when it stays so, report it.",
                )
            case _:
                pass


@rule(
    "BP8011",
    "Autoscale is enabled twice in 30 seconds",
    kinds=["pool"],
    phase=Phase.APPLY,
    severity=Severity.ERROR,
    level=Level.HARD,
)
def autoscale_enabled_too_often(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A formula is set on a pool that was changed less than 30 seconds ago.

    Why: The service takes one call that enables autoscale on a pool in 30 seconds, and answers others with 409.

    Instead: Wait for half a minute and apply again.

    Source: Learn, "Create a formula to automatically scale compute nodes". When autoscale was enabled last is not to be
    read; the pool's last change, which is no earlier, stands for it.
    """
    steps = see.steps_on(pool.remote) if pool.remote is not None else ()
    if not any(one.type == "EnableAutoScale" for one in steps):
        raise Inapplicable("no step enables autoscale")
    if not (pool.observed or {}).get("auto_scale"):
        raise Inapplicable("it does not scale itself yet")
    changed, now = moment(pool.fact("last_modified")), see.context.made_at
    if changed is None or now is None:
        raise Inapplicable("its last change is not known")
    passed, least = _seconds(changed, now), facts.limit("enable_autoscale_seconds_least")
    if 0 <= passed < least:
        yield Finding(
            f"{pool.address} was changed {passed} seconds ago, and autoscale can be enabled once in {least} seconds.",
            "auto_scale",
            actual=passed,
            expected=least,
            remediation=f"Apply again in {least - passed} seconds.",
        )


def _seconds(before: datetime, now: datetime) -> int:
    return int((now - before).total_seconds())
