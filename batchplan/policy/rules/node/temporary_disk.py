"""Room for what tasks write."""

from collections.abc import Iterator

from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import offered_size

GIGABYTES = Param("gigabytes_per_slot", 0, "How many GB a task needs on its node; 0 when that is not known.")
PERCENT = Param("percent", 80, "How much of the temporary disk tasks may fill.")


@rule(
    "BP1320",
    "Temporary disk is missing or too small",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["vm_sizes"],
    params=[GIGABYTES, PERCENT],
)
def temporary_disk_too_small(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Nodes have no temporary disk, or a smaller one than their tasks need.

    Why: Batch keeps packages, container images and the files of tasks on the temporary disk; without one, on the disk
    of the operating system. A node whose disk is full is unusable.

    Instead: Take a size with a (larger) temporary disk, such as the `d` sizes; or make `os_disk` larger, or keep
    files for a shorter time.

    Source: "Azure Batch best practices", Nodes: temporary disks; Learn, "Check for pool and node errors": full disks;
    REST API, virtualMachineSkus, capability MaxResourceVolumeMB. Batch offers many sizes without one, so that it is a
    note where nobody says what tasks need.

    Exceptions: a pool with data disks or with an OS disk of a given size has somebody who thought of it.
    """
    size = offered_size(pool, see)
    megabytes = size.capabilities.get("MaxResourceVolumeMB", "")
    if not megabytes.isdecimal():
        raise Inapplicable(f"the service does not say how large the temporary disk of {size.name} is")
    have, slots = int(megabytes) // 1024, pool.number("task_slots_per_node")
    need = see.param(GIGABYTES) * slots
    if have == 0 and not (pool.has("data_disks") or pool.has("os_disk.disk_size_gb")):
        yield Finding(
            f"{pool.address} has nodes of {size.name}, which have no temporary disk: tasks fill the OS disk.",
            "vm_size",
            actual=size.name,
            remediation="Choose a size with a temporary disk (a d in its name), or set os_disk { disk_size_gb = … }.",
            severity=None if need else Severity.INFO,
        )
    elif have > 0 and need * 100 > have * see.param(PERCENT):
        yield Finding(
            f"{pool.address} needs {need} GB on the temporary disk for {slots} task slots, and {size.name} has "
            f"{have} GB, of which {see.param(PERCENT)} % may be filled.",
            "vm_size",
            expected=need,
            actual=have,
            remediation="Choose a larger vm_size, fewer task_slots_per_node, or add data_disks.",
        )
