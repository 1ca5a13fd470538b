"""What is to be kept apart, by pools and by hardware."""

from collections.abc import Iterator

from batchplan.policy import facts
from batchplan.policy.fate import listed
from batchplan.policy.marks import mark, own_mark
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

GROUP = Param("isolation", "isolation", "The entry of metadata in which jobs name their isolation group.")
COMPLIANCE = Param("compliance", "compliance", "The tag or entry of metadata that says that rules of compliance apply.")


@rule(
    "BP2021", "Isolation groups share a pool", kinds=["pool"], severity=Severity.ERROR, level=Level.SOFT, params=[GROUP]
)
def isolation_groups_mixed(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Jobs that are to be isolated from each other run on one pool.

    Why: A pool is the boundary of isolation in Batch. Tasks on its nodes share disks, networks and often users; tasks on
    different pools do not see each other.

    Instead: Give each group a pool of its own. Accounts of their own are not needed for that.

    Source: "Azure Batch best practices", Pool security: isolation boundary. Jobs name their group in metadata, by default
    `isolation`; those that name none are not looked at.
    """
    groups: dict[str, list[str]] = {}
    for job in see.jobs_of(pool):
        group = _group(job, see.param(GROUP))
        if group and not job.going:
            groups.setdefault(group, []).append(str(job.address))
    if not groups:
        raise Inapplicable("none of its jobs names an isolation group")
    if len(groups) > 1:
        shown = [f"{jobs[0]} ({group})" for group, jobs in sorted(groups.items())]
        yield Finding(
            f"{pool.address} is shared by {len(groups)} isolation groups: {listed(shown)}.",
            actual=sorted(groups),
            expected="one group",
            remediation="Declare a pool for each group, and point its jobs there.",
        )


def _group(job: Subject, name: str) -> str:
    specification = job.block("job_specification") if job.kind == "job_schedule" else None
    return own_mark(job, name) or (own_mark(specification, name) if specification is not None else "")


@rule(
    "BP2025",
    "Size shares its host",
    kinds=["pool"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    params=[COMPLIANCE],
)
def host_shared(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool under rules of compliance has a size that shares its host with other customers.

    Why: An isolated size has the whole physical machine, which some rules ask for.

    Instead: Take an isolated size.

    Source: "Azure Batch best practices", Nodes: isolated nodes; Learn, "Virtual machine isolation in Azure", whose list is
    newer. Pools or accounts are marked by a tag, by default `compliance`.

    Exceptions: confidential VMs, where they are enough.
    """
    marked = mark(see, pool, see.param(COMPLIANCE))
    if not marked or marked.lower() in ("none", "false"):
        raise Inapplicable("it is not marked")
    size = pool.text("vm_size")
    if facts.isolated(size) is None:
        some = [row["size"] for row in facts.rows("isolated_sizes") if row["retiring"] is None][:3]
        yield Finding(
            f"{pool.address} is marked {see.param(COMPLIANCE)} = {marked}, and {size} shares its host with others.",
            "vm_size",
            actual=size,
            expected="an isolated size",
            remediation=f"Take a size that has a host for itself, such as {', '.join(some)}.",
        )
