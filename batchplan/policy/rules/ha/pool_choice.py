"""Whether jobs depend on one pool that must always be there, and be there in time."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from batchplan.policy import capacity
from batchplan.policy.context import POOL_OF, Context
from batchplan.policy.fate import listed
from batchplan.policy.live import moment
from batchplan.policy.model import Finding, Inapplicable, Level, Severity
from batchplan.policy.region import PRODUCTION, awaited
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule(
    "BP3007",
    "Nothing is ready at a fixed start",
    kinds=["job_schedule"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def start_without_nodes(schedule: Subject, see: Scope) -> Iterator[Finding]:
    """A schedule starts at a fixed time on a pool that may have no nodes then.

    Why: Nodes take minutes to come, and in a full region they do not come at all. Who finds that out at the start has no
    time left to go elsewhere.

    Instead: Scale up well before the start, and fail over when allocation fails; or let the formula look at the clock.

    Source: "Azure Batch best practices", Azure region dependency: scale the primary well before the start, the backup when
    that fails.

    Exceptions: work that may start late.
    """
    start = moment(schedule.get("schedule.do_not_run_until"))
    if start is None or start.date() < see.as_of:
        raise Inapplicable("it has no fixed start ahead")
    pool = see.pool_of(schedule)
    if pool is None:
        raise Inapplicable("its pool is not in this configuration")
    formula = pool.text("auto_scale.formula")
    if capacity.nodes(pool).total.low == 0 and not _looks_at_clock(formula):
        yield Finding(
            f"{schedule.address} starts at {start:%Y-%m-%d %H:%M} UTC, and {pool.address} may have no nodes then.",
            "schedule.do_not_run_until",
            actual=0,
            expected="nodes before the start",
            remediation=f"Run batchplan prewarm {schedule.address} 45 minutes before, or have the formula add nodes by then.",
        )


@lru_cache(maxsize=1024)
def _looks_at_clock(formula: str) -> bool:
    return re.search(r"\btime\s*\(", formula) is not None


@rule(
    "BP3011", "Job depends on a pool id", kinds=["job", "job_schedule"], severity=Severity.WARNING, level=Level.ADVISORY
)
def fixed_pool_id(job: Subject, see: Scope) -> Iterator[Finding]:
    """A job or schedule names a pool by an id that is not one of this configuration's pools.

    Why: The id stays when the pool is replaced or gone; the job then waits for a pool that nobody makes.

    Instead: Refer to the pool, `pool_id = pool.render.pool_id`: then jobs follow it, to new generations and other regions.

    Source: "Azure Batch best practices", Pools: continuity, no reliance on a static pool ID. From the configuration's
    values a literal and a looked-up id cannot be told apart, hence advice only.

    Exceptions: pools of others, looked up with a data block.
    """
    path = POOL_OF[job.kind]
    name = job.text(path)
    if not name:
        raise Inapplicable("Batch makes its pool")
    if see.context.settings.get("partial"):
        raise Inapplicable("only a part of the configuration is planned")
    if see.pool_of(job) is None:
        yield Finding(
            f'{job.address} depends on the pool id "{name}", which no pool here has.',
            path,
            actual=name,
            remediation="Refer to a pool of this configuration: pool_id = pool.<name>.pool_id",
        )


@rule(
    "BP3012",
    "Schedule has no other pool to go to",
    kinds=["job_schedule"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    params=[PRODUCTION],
)
def other_pool_missing(schedule: Subject, see: Scope) -> Iterator[Finding]:
    """All pools that could run the jobs of a schedule have sizes of one family, or there is only one.

    Why: When a pool does not grow, for want of that kind of machine, its jobs must be able to go to another one.

    Instead: Give the pool a backup, or declare a second pool beside it, with a size of another family.

    Source: "Azure Batch best practices", Pools: continuity during pool maintenance and failure (retarget jobs at another
    pool, possibly with a different VM size). Where no tag says production and no schedule has a fixed start, it is a
    note.

    Exceptions: work that may wait.
    """
    pool = see.pool_of(schedule)
    if pool is None or pool.remote is None:
        raise Inapplicable("its pool is not in this configuration")
    family = capacity.family(pool.text("vm_size"))
    backups = {label: capacity.family(view.text("vm_size")) for label, view in pool.backups()}
    beside = see.once(_by_family).get((pool.remote.account_id.lower(), capacity.is_windows(pool)), {})
    if any(one != family for one in (*backups.values(), *beside)):
        return
    candidates = [f'{pool.address}.backup["{label}"]' for label in backups]
    candidates += [one for one in beside.get(family, ()) if one != str(pool.address)]
    others = f"{listed(candidates, 3)}, of the same family" if candidates else "no other pool"
    yield Finding(
        f"{schedule.address} depends on {pool.address} ({pool.text('vm_size')}); there is {others}.",
        POOL_OF["job_schedule"],
        actual=family,
        remediation=f"Add a backup or a pool with a size of another family than {pool.text('vm_size')}.",
        severity=None if awaited(see, pool, see.param(PRODUCTION)) else Severity.INFO,
    )


def _by_family(context: Context) -> Mapping[tuple[str, bool], Mapping[str, list[str]]]:
    """Return the pools of each account and system by the family of their size; those that are not known are left out."""
    made: dict[tuple[str, bool], dict[str, list[str]]] = {}
    for pool in context.of_kind("pool"):
        size, agent = pool.raw("vm_size"), pool.raw("node_agent_sku_id")
        if pool.remote is None or pool.going or not isinstance(size, str) or not isinstance(agent, str):
            continue
        group = made.setdefault((pool.remote.account_id.lower(), capacity.is_windows(pool)), {})
        group.setdefault(capacity.family(size), []).append(str(pool.address))
    return made
