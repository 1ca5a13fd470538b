"""Whether there is a second region, and whether it is the same there."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from batchplan.policy import capacity, facts
from batchplan.policy.fate import listed
from batchplan.policy.marks import own_mark
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Severity
from batchplan.policy.region import (
    PRODUCTION,
    TIME_SENSITIVE,
    awaited,
    first_namesake,
    is_production,
    is_time_sensitive,
    region_of,
    regions_of,
)
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View

NO_DIFFERENCES: tuple[str, ...] = ()
DIFFERENCES = Param("allowed", NO_DIFFERENCES, "Fields in which twins may differ, such as vm_size.")


@rule(
    "BP3001",
    "Pool has one region only",
    kinds=["pool"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    params=[PRODUCTION],
)
def one_region_only(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool for production, or one that a schedule runs on, exists in one region only.

    Why: A region can be without capacity, or down. Work that has to be done in time then waits for it.

    Instead: Declare a backup in an account of another region. It may have no nodes until it is needed.

    Source: "Azure Batch best practices", Azure region dependency; Learn, "Reliability in Azure Batch". Production is said
    by a tag of the pool or its account. Public deployments hardly ever have a second region, hence advice only; where no
    tag says production and no schedule has a fixed start, it is a note.

    Exceptions: data that must not leave its region.
    """
    schedules = [str(one.address) for one in see.jobs_of(pool) if one.kind == "job_schedule" and not one.going]
    production = is_production(see, pool, see.param(PRODUCTION))
    if not schedules and not production:
        raise Inapplicable("it is not marked as production, and no schedule runs on it")
    if pool.remote is None:
        raise Inapplicable("its account is not known")
    home, others = regions_of(see, pool, pool.remote.account_id)
    if not others:
        reason = "is for production" if production else f"has to be there for {listed(schedules)}"
        yield Finding(
            f"{pool.address} {reason}, and it exists in {home.rpartition('/')[2]} only.",
            "backup",
            expected="2 regions",
            actual=home.rpartition("/")[2],
            remediation='backup "<name>" { account_id = … }, in an account of another region',
            severity=None if awaited(see, pool, see.param(PRODUCTION)) else Severity.INFO,
        )


@rule(
    "BP3013",
    "Time-sensitive schedule has one region only",
    kinds=["job_schedule"],
    severity=Severity.ERROR,
    level=Level.SOFT,
)
def time_sensitive_without_backup(schedule: Subject, see: Scope) -> Iterator[Finding]:
    """A schedule is marked as time-sensitive, and its pool has no backup in another region.

    Why: When the region is down, or has no capacity, its runs are missed; they are not made up for when it is back.

    Instead: Give the pool a backup in an account of another region. The schedule then stands ready there, and
    `batchplan failover` starts it.

    Source: "Azure Batch best practices", Azure region dependency: "You shouldn't rely on a single Azure region if you have
    a time-sensitive or production Batch workload." The mark is an entry `time_sensitive` of the schedule's metadata, else
    of its pool's metadata or tags, else a tag of the account: `true`, `yes` or `1`; `false` on the schedule speaks for it
    alone. Without a mark BP3001 advises.

    Exceptions: runs that may be missed while a region is down; then take the mark away.
    """
    if not is_time_sensitive(see, schedule):
        raise Inapplicable("it is not marked as time-sensitive")
    if schedule.remote is None:
        raise Inapplicable("its account is not known")
    pool = see.pool_of(schedule)
    if pool is None:
        yield Finding(
            f"{schedule.address} is time-sensitive, and its pool is none of this configuration, so nothing stands in for it.",
            "job_specification.pool_info",
            expected="a pool with a backup in another region",
            remediation='Have it run on a pool that is declared here and has a backup "<name>" in another region.',
        )
        return
    home, others = regions_of(see, pool, schedule.remote.account_id)
    if not others:
        yield Finding(
            f"{schedule.address} is time-sensitive, and {pool.address} exists in {home.rpartition('/')[2]} only.",
            "metadata" if own_mark(schedule, TIME_SENSITIVE) else "",
            expected="2 regions",
            actual=home.rpartition("/")[2],
            remediation=f'In {pool.address}: backup "<name>" {{ account_id = … }}, in an account of another region',
        )


@rule(
    "BP3002",
    "Regional twins differ",
    kinds=["pool"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    params=[DIFFERENCES],
)
def twins_differ(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool and its stand-in in another region differ in what its tasks depend on.

    Why: A backup with another image, start task or package fails on the day it is needed, and not before.

    Instead: Leave these fields out of the backup, so that it has those of the pool; or make both from one module.

    Source: Learn, "Reliability in Azure Batch" (keep all regions up to date). Compared are image, agent, family of the
    size, task slots, command of the start task and the files it gets, packages, container images and communication
    between nodes; not addresses, identities, networks and how many nodes there are, which belong to a region, nor a size
    that a backup names for itself, as BP3012 asks of it. It is asked of the configuration alone.

    Exceptions: differences that are meant; name their fields in the parameter `allowed`.
    """
    twins = [(f'{pool.address}.backup["{label}"]', view) for label, view in pool.backups()]
    first = first_namesake(pool, see)
    twins += [(str(first.address), first)] if first is not None else []
    if not twins:
        raise Inapplicable("it has no twin")
    for name, twin in twins:
        fields = [
            field
            for field, read in _COMPARED.items()
            if field not in see.param(DIFFERENCES) and not (twin.at and field == "vm_size") and read(pool) != read(twin)
        ]
        if fields:
            yield Finding(
                f"{pool.address} and {name} differ in {listed(fields)}.",
                f"{twin.path()}.{fields[0]}" if twin.at else fields[0],
                actual=fields,
                remediation="Leave them out of the backup." if twin.at else "Make both from one module.",
            )


def _image(pool: View) -> Any:
    names = ("publisher", "offer", "sku", "version", "id", "shared_gallery_image_id", "community_gallery_image_id")
    return [pool.text(f"image_reference.{name}").lower() for name in names]


def _start_task(pool: View) -> Any:
    start = pool.block("start_task")
    if start is None:
        return None
    files = sorted(one.text("file_path") for one in start.items("resource_files"))
    return start.text("command_line"), start.text("user_identity.auto_user.elevation_level"), files


def _packages(pool: View) -> Any:
    return sorted(
        (one.text("id").rpartition("/")[2].lower(), one.text("version")) for one in pool.items("application_packages")
    )


def _containers(pool: View) -> Any:
    names = pool.get("container_configuration.container_image_names") or ()
    return sorted(str(name).rpartition("/")[2] for name in names)


_COMPARED: Mapping[str, Callable[[View], Any]] = {
    "image_reference": _image,
    "node_agent_sku_id": lambda pool: pool.text("node_agent_sku_id").lower(),
    "vm_size": lambda pool: capacity.family(pool.text("vm_size")),
    "task_slots_per_node": lambda pool: pool.number("task_slots_per_node") or 1,
    "start_task": _start_task,
    "application_packages": _packages,
    "container_configuration": _containers,
    "inter_node_communication": lambda pool: pool.text("inter_node_communication").lower() or "disabled",
}


@rule(
    "BP3009",
    "Pool may sit in one zone",
    kinds=["pool"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    params=[PRODUCTION],
)
def one_zone_only(pool: Subject, see: Scope) -> Iterator[Finding]:
    """The nodes of a pool for production are not spread over the zones of its region.

    Why: With regional placement all nodes may be in one zone, and go with it. Batch does not replace them elsewhere.

    Instead: `node_placement_configuration { policy = "Zonal" }`; the pool has to be replaced for it.

    Source: Azure Proactive Resiliency Library, 71cfab8f-d588-4742-b175-b6e07ae48dbd; Learn, "Reliability in Azure Batch".
    Asked of pools that are marked as production only, for no public deployment has it.

    Exceptions: pools whose nodes talk by InfiniBand, which does not cross zones, and sizes in one zone only.
    """
    if not is_production(see, pool, see.param(PRODUCTION)):
        raise Inapplicable("it is not marked as production")
    account = see.account_of(pool)
    if account is None or not facts.zonal(
        region := region_of(see, account.remote.account_id if account.remote else "")
    ):
        raise Inapplicable("its region is not known to have zones")
    if pool.text("inter_node_communication").lower() == "enabled":
        raise Inapplicable("its nodes talk to each other")
    policy = pool.get("node_placement_configuration.policy") or "Regional"
    if str(policy).lower() != "zonal":
        yield Finding(
            f"{pool.address} is for production, and its nodes may all be in one zone of {region}.",
            "node_placement_configuration.policy",
            expected="Zonal",
            actual=policy,
            remediation='node_placement_configuration { policy = "Zonal" }',
        )
