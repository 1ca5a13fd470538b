"""Preparing data disks."""

import re
from collections.abc import Iterator

from batchplan.policy.commands import read
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.statement import Statement
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING, offered_size, pools, start_tasks, vm

_PREPARING = re.compile(
    r"\b(?:mkfs|parted|s?fdisk|sgdisk|mount|blkid|lsblk|pvcreate|mdadm|zpool|diskpart)\b|/dev/(?:disk|sd|nvme)|"
    r"Initialize-Disk|Format-Volume|Get-Disk|New-Partition|\braw\b",
    re.IGNORECASE,
)
_RAW = re.compile(r"PartitionStyle\W.{0,20}\bRAW\b|\bRAW\b.{0,20}\bPartitionStyle", re.IGNORECASE | re.DOTALL)
_FORMATTING = frozenset({"parted", "fdisk", "sfdisk", "sgdisk", "wipefs", "pvcreate", "mke2fs", "format"})
_ONLY_DEVICE = re.compile(r"(?:\[+|test)\s+-b\s[^-]*")


@rule("BP1305", "Data disks are never prepared", kinds=STARTING, severity=Severity.WARNING, level=Level.ADVISORY)
def data_disks_not_prepared(subject: Subject, _: Scope) -> Iterator[Finding]:
    """Nodes get data disks, and nothing partitions, formats and mounts them.

    Why: Batch attaches empty disks and leaves the rest to the start task. A task that writes to the folder that is
    meant for them fills the disk of the operating system, while the data disks are paid for.

    Instead: Prepare them in the start task, so that it can run again: format `/dev/disk/azure/scsi1/lun0` only when
    `blkid` finds nothing on it, then mount it; on Windows, take the disks whose partition style is RAW.

    Source: "Azure Batch best practices", Nodes: attaching and preparing data disks. The nodes run all the same, and a
    task may prepare the disk, so that the rule advises; `strict` makes it stop.

    Exceptions: what a called script or an extension does is not looked at, and counts as preparation. A service in
    an image of your own may prepare them, too.
    """
    having = [(title, pool, disks) for title, pool in pools(subject) if (disks := list(vm(pool).items("data_disks")))]
    if not having:
        raise Inapplicable("there are no data disks")
    for title, pool, disks in having:
        machine, start = vm(pool), pool.block("start_task")
        if machine.has("extensions"):
            continue
        line = start.text("command_line") if start is not None else ""
        if _PREPARING.search(line) or read(line).opaque:
            continue
        own_image = machine.has("image_reference.id") or machine.has("image_reference.virtual_machine_image_id")
        does = "its start task does not touch them" if start is not None else "it has no start task"
        yield Finding(
            f"{title} has data disks ({len(disks)} on each node), which arrive unformatted, and {does}.",
            machine.path("data_disks"),
            actual=len(disks),
            remediation="Format and mount them in the start task, only when they are empty; or remove data_disks.",
            severity=Severity.INFO if own_image else None,
        )


@rule("BP1306", "Disk is formatted at every start", kinds=STARTING, severity=Severity.ERROR, level=Level.SOFT)
def disk_formatted_each_time(subject: Subject, _: Scope) -> Iterator[Finding]:
    """The start task partitions or formats a disk without looking at what is on it.

    Why: A start task runs again when a node reboots, and the data disk is then the old one with its data. Formatting
    it erases what tasks have left there.

    Instead: Ask first: `blkid /dev/disk/azure/scsi1/lun0 || mkfs.ext4 /dev/disk/azure/scsi1/lun0`; on Windows take
    only disks whose `PartitionStyle` is RAW.

    Source: "Azure Batch best practices", Nodes: attaching and preparing data disks.

    Exceptions: disks with nothing but scratch files.
    """
    for task in start_tasks(subject):
        if _RAW.search(task.command.text):
            continue
        initialised = any(one.program in _INITIALISING for one in task.command.statements)
        one = next((one for one in task.command.statements if _formats(one, initialised) and not _guarded(one)), None)
        if one is not None:
            windows = "-" in one.program or one.program in ("format", "diskpart")
            yield Finding(
                f"{task.title} runs {one.words[0]} at every boot, which erases what is on the disk.",
                task.path,
                actual=one.text,
                remediation="Get-Disk | Where-Object PartitionStyle -eq 'RAW' | …"
                if windows
                else f"blkid {_device(one)} || {one.text}",
            )


def _formats(one: Statement, initialised: bool) -> bool:
    if one.program in ("parted", "fdisk", "sfdisk", "sgdisk") and (one.has("l") or one.names("print", "--list", "-d")):
        return False
    if one.program == "format-volume":
        return not initialised  # the rule about RAW disks says it
    return one.program in _FORMATTING or one.program.startswith("mkfs") or one.program == "diskpart"


def _guarded(one: Statement) -> bool:
    return any(not _ONLY_DEVICE.fullmatch(text.rstrip("] ")) for text in one.conditions)


def _device(one: Statement) -> str:
    return next((word for word in one.arguments if word.startswith(("/dev", "$"))), "DEVICE")


_INITIALISING = frozenset({"initialize-disk", "clear-disk"})


@rule("BP1309", "Disks are set up that may hold data", kinds=STARTING, severity=Severity.ERROR, level=Level.SOFT)
def disks_not_filtered_by_raw(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A start task initialises or clears Windows disks and does not choose those that are RAW.

    Why: Disk numbers say nothing of what is on a disk, and the start task runs again at every boot. `Clear-Disk`
    erases whatever it is given; `Initialize-Disk` fails on a disk that is set up.

    Instead: `Get-Disk | Where-Object PartitionStyle -eq 'RAW' | Initialize-Disk -PassThru | …`.

    Source: "Azure Batch best practices", Nodes: preparing data disks in Windows pools.
    """
    for task in start_tasks(subject):
        one = next((one for one in task.command.statements if one.program in _INITIALISING), None)
        if one is not None and not _RAW.search(task.command.text):
            yield Finding(
                f"{task.title} runs {one.words[0]} on disks that may hold data: it does not choose RAW disks only.",
                task.path,
                actual=one.text,
                remediation=f"Get-Disk | Where-Object PartitionStyle -eq 'RAW' | {one.words[0]} …",
            )


@rule(
    "BP1317",
    "More data disks than the VM size takes",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["vm_sizes"],
)
def more_data_disks_than_size_takes(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool asks for more data disks than its VM size can attach.

    Why: No node can be allocated: every resize ends with an error.

    Instead: Take fewer and larger disks, or a larger VM size.

    Source: REST API, virtualMachineSkus, capability MaxDataDiskCount; "Azure Batch best practices", Nodes: attaching
    and preparing data disks. That each disk has a LUN of its own, the schema says.
    """
    count = sum(1 for _ in pool.items("data_disks"))
    if not count:
        raise Inapplicable("there are no data disks")
    size = offered_size(pool, see)
    most = size.capabilities.get("MaxDataDiskCount", "")
    if not most.isdecimal():
        raise Inapplicable(f"the service does not say how many disks {size.name} takes")
    if count > int(most):
        yield Finding(
            f"{pool.address} has {count} data disks, and {size.name} takes at most {most}.",
            "data_disks",
            expected=int(most),
            actual=count,
            remediation=f"Keep at most {most} data_disks, or choose a larger vm_size.",
        )
