"""Naming disks and mount points so that they hold at the next boot."""

import re
from collections.abc import Iterator

from batchplan.policy.commands import Command
from batchplan.policy.model import Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING, start_tasks, vm

_DEVICE = re.compile(r"/dev/sd[a-z]\d*\b")
_NVME = re.compile(r"/dev/nvme\d+n\d+(?:p\d+)?\b")
_SHOWING = frozenset(["echo", "ls", "lsblk", "df", "hdparm", "smartctl", "blockdev", "printf", "cat"])
_FSTAB = re.compile(r"(?<=\s)(/mnt(?:/[^\s'\"\\]*)?)\s+(?:ext[234]|xfs|btrfs|auto|fuse\S*|nfs4?|cifs)\b([^\n'\"]*)")
_UNIT = re.compile(r"^[ \t]*Where=(/mnt(?:/\S*)?)", re.MULTILINE)
_ORDERED = re.compile(r"x-systemd\.(?:requires|after)|RequiresMountsFor|noauto")


@rule(
    "BP1307", "Disk is named by its place in the boot order", kinds=STARTING, severity=Severity.ERROR, level=Level.SOFT
)
def device_name_not_stable(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A start task names a disk `/dev/sdX`.

    Why: Linux gives these letters at boot in the order in which disks answer. On another node, or after a reboot,
    the same letter is another disk: the temporary one, or that of the operating system.

    Instead: Name a data disk by its LUN, `/dev/disk/azure/scsi1/lun0`, and a file system by its UUID.

    Source: "Azure Batch best practices", Nodes: preparing data disks in Linux pools.

    Exceptions: `/dev/nvme…` counts only in pools with data disks; elsewhere it is a local disk of the size.
    """
    for task in start_tasks(subject):
        assert task.pool is not None, "a start task has its pool"
        disks = vm(task.pool).has("data_disks")
        for name in _device_names(task.command, local=not disks):
            yield Finding(
                f"{task.title} uses {name}, which may be another disk after the next boot.",
                task.path,
                actual=name,
                remediation="/dev/disk/azure/scsi1/lun0 (the disk's lun), or UUID=… in /etc/fstab.",
            )


def _device_names(command: Command, *, local: bool) -> list[str]:
    """Return the names of disks that a command works on, each once."""
    found: dict[str, None] = {}
    for one in command.statements:
        shown = one.program in _SHOWING and "fstab" not in command.text
        if shown:
            continue
        text = " ".join(one.words)
        names = _DEVICE.findall(text) + ([] if local else _NVME.findall(text))
        found |= dict.fromkeys(names)
    return list(found)


@rule("BP1308", "Mount races with the temporary disk", kinds=STARTING, severity=Severity.WARNING, level=Level.ADVISORY)
def mount_below_temporary_disk(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A start task lets the system mount something below `/mnt`, where the temporary disk is mounted, too.

    Why: At the next boot the system mounts both in no set order. When the temporary disk comes second, it hides the
    data disk, and tasks write to the wrong one.

    Instead: Choose a mount point elsewhere, such as `/data`; or mount it in the start task and not by `/etc/fstab`; or
    name the order: `x-systemd.requires-mounts-for=/mnt`.

    Source: "Azure Batch best practices", Nodes: attaching and preparing data disks, tip.

    Exceptions: VM sizes without a temporary disk.
    """
    for task in start_tasks(subject):
        text = task.command.text
        entries = [(found[1], found[2]) for found in _FSTAB.finditer(text)] if "/etc/fstab" in text else []
        units = [(found[1], text) for found in _UNIT.finditer(text)]
        for folder, options in (*entries, *units):
            if not _ORDERED.search(options):
                yield Finding(
                    f"{task.title} has {folder} mounted at boot, which races with the temporary disk at /mnt.",
                    task.path,
                    actual=folder,
                    remediation="Mount it at /data, or in the start task itself.",
                )
