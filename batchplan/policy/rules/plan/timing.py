"""When changes are made: within the hours for them, and not while a schedule fires."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from batchplan.plan.change import Action
from batchplan.policy.fate import counted, destroyed
from batchplan.policy.live import moment
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

NO_WINDOWS: tuple[str, ...] = ()
WINDOWS = Param(
    "windows", NO_WINDOWS, 'When pools may be replaced or emptied, in UTC: "sat,sun 01:00-05:00", "daily 22:00-04:00".'
)
MINUTES = Param("minutes", 60, "How long a change of a pool is expected to take.")

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW = re.compile(
    r"(daily|(?:mon|tue|wed|thu|fri|sat|sun)(?:,(?:mon|tue|wed|thu|fri|sat|sun))*) (\d\d):(\d\d)-(\d\d):(\d\d)"
)


@rule(
    "BP8014",
    "Change outside of the maintenance window",
    kinds=["pool"],
    phase=Phase.APPLY,
    severity=Severity.ERROR,
    level=Level.SOFT,
    params=[WINDOWS],
)
def outside_of_window(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool is replaced, emptied or upgraded at a time that is not meant for it.

    Why: Tasks are moved or wait while nodes are exchanged. Upgrades belong into hours when few tasks run.

    Instead: Apply within the window, or override the rule with the reason when it cannot wait.

    Source: "Azure Batch best practices", Nodes: manage OS upgrades (schedule them for times without tasks). The windows
    are a parameter; without any the rule does not apply.

    Exceptions: emergencies.
    """
    windows, now = see.param(WINDOWS), see.context.made_at
    if not windows or now is None:
        raise Inapplicable("there are no windows")
    if not _disturbs(pool):
        raise Inapplicable("its nodes are not touched")
    starts = []
    for text in windows:
        found = _WINDOW.fullmatch(text.lower().strip())
        if found is None:
            yield Finding(f'"{text}" is no window.', actual=text, remediation='Write it as "sat,sun 01:00-05:00".')
            continue
        begun, next_start = _around(found, now)
        if begun:
            return
        starts.append(next_start)
    if starts:
        yield Finding(
            f"{pool.address} changes its nodes outside of the maintenance window; the next one starts "
            f"{min(starts):%a %Y-%m-%d %H:%M} UTC.",
            actual=f"{now:%a %H:%M}",
            expected=windows,
            remediation="Apply then, or override BP8014 with the reason.",
        )


def _disturbs(pool: Subject) -> bool:
    if pool.action is Action.REPLACE or destroyed(pool):
        return True
    fields = counted(pool)
    upgrades = any(one.path[0] == "upgrade_policy" for one in fields)
    return pool.action is Action.UPDATE and (pool.strategy == "drain_and_patch" or upgrades)


def _around(window: re.Match[str], now: datetime) -> tuple[bool, datetime]:
    """Return whether a moment is in a window, and when the next one starts."""
    days = range(7) if window[1] == "daily" else [_DAYS.index(one) for one in window[1].split(",")]
    start = timedelta(hours=int(window[2]), minutes=int(window[3]))
    length = (timedelta(hours=int(window[4]), minutes=int(window[5])) - start) % timedelta(days=1)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    starts = [
        midnight + timedelta(days=offset) + start
        for offset in range(-1, 8)
        if (midnight + timedelta(days=offset)).weekday() in days
    ]
    return any(one <= now < one + length for one in starts), min(one for one in starts if one > now)


@rule(
    "BP8015",
    "Schedule fires while its pool is away",
    kinds=["job_schedule"],
    phase=Phase.PLAN,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    params=[MINUTES],
)
def schedule_fires_during_change(schedule: Subject, see: Scope) -> Iterator[Finding]:
    """A schedule makes its next job while the pool it runs on has no nodes because of this plan.

    Why: The job starts late, after the pool has its nodes again; within a start window of a few minutes it is left out.

    Instead: Apply after the run, or replace the pool blue-green: then the schedule always has a pool with nodes.

    Source: "Azure Batch best practices", Azure region dependency (have nodes well before the start), Manage OS upgrades.
    How long the change takes is a guess, the parameter `minutes`.
    """
    pool, now = see.pool_of(schedule), see.context.made_at
    if pool is None or pool.strategy not in ("recreate", "drain_and_patch") or now is None:
        raise Inapplicable("its pool keeps its nodes")
    next_run = moment(schedule.fact("next_run_time"))
    if next_run is None:
        raise Inapplicable("it has no next run")
    away = int((next_run - now).total_seconds() // 60)
    if 0 <= away < see.param(MINUTES):
        yield Finding(
            f"{schedule.address} makes its next job at {next_run:%H:%M} UTC, in {away} minutes, while {pool.address} "
            "has no nodes.",
            actual=f"{next_run:%Y-%m-%dT%H:%MZ}",
            remediation=f'Apply after {next_run:%H:%M} UTC, or set replacement {{ strategy = "blue_green" }} in {pool.address}.',
        )
