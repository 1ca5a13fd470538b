"""The folders that Batch manages on a node."""

import re
from collections.abc import Iterator

from batchplan.policy.model import Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.statement import Statement
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING, all_tasks

_MANAGED = re.compile(
    r"""(?:/mnt(?:/resource)?(?:/batch(?:/tasks)?)?"""
    r"""|d:(?:\\(?:batch(?:\\tasks)?)?)?"""
    r"""|\$\{?AZ_BATCH_NODE_ROOT_DIR\}?|%AZ_BATCH_NODE_ROOT_DIR%|\$env:AZ_BATCH_NODE_ROOT_DIR)[/\\]?""",
    re.IGNORECASE,
)
_FSTAB = re.compile(r"(?<=\s)(/mnt(?:/resource)?(?:/batch(?:/tasks)?)?)\s+(?:ext[234]|xfs|btrfs|auto|none)\b")
_SWITCH = re.compile(r"[-/]\w+")
_JUNCTION = re.compile(r"-(?:ItemType|Type)\s+Junction\b", re.IGNORECASE)
_LINK = re.compile(r"-(?:ItemType|Type)\s+(?:Junction|SymbolicLink)\b", re.IGNORECASE)
_DRIVE = re.compile(r"-DriveLetter\s+['\"]?D\b", re.IGNORECASE)


@rule("BP1310", "Folder of Batch is redirected", kinds=STARTING, severity=Severity.ERROR, level=Level.SOFT)
def batch_folder_redirected(subject: Subject, see: Scope) -> Iterator[Finding]:
    """A task mounts something over a folder that Batch manages, links it elsewhere, moves or deletes it.

    Why: Batch keeps what it knows of tasks, and their files, on the temporary disk: `/mnt/batch`,
    `/mnt/resource/batch`, `D:\\batch`. Redirecting these or a folder above them is not supported; nodes become
    unstable.

    Instead: For more space take a VM size with a larger temporary disk, or data disks that are mounted elsewhere.

    Source: "Azure Batch best practices", Nodes: temporary disks and AZ_BATCH_NODE_ROOT_DIR.

    Exceptions: a link that points to such a folder is no concern. The level is soft, because a reading of scripts
    may err.
    """
    for task in all_tasks(subject, see):
        statements = task.command.statements
        found = [(_redirected(one), one.program) for one in statements]
        if "/etc/fstab" in task.command.text:
            found += [(entry[1], "/etc/fstab") for entry in _FSTAB.finditer(task.command.text)]
        if "ResourceDisk.MountPoint" in task.command.text:
            found.append(("the temporary disk", "waagent.conf"))
        for path, means in dict.fromkeys(found):
            if path:
                yield Finding(
                    f"{task.title} redirects {path} by {means}, which Batch does not support.",
                    task.path,
                    actual=path,
                    remediation="Take a vm_size with a larger temporary disk, or mount data_disks at /data or F:.",
                )


def _redirected(one: Statement) -> str:
    """Return the folder of Batch's that a statement redirects, empty when it redirects none."""
    switched = [word for word in one.words[1:] if not _SWITCH.fullmatch(word)]
    match one.program:
        case "mount" | "umount" | "ln":
            targets = list(one.arguments[-1:])
        case "mv":
            targets = list(one.arguments[:1])
        case "blobfuse" | "blobfuse2" | "rm":
            targets = list(one.arguments)
        case "mklink" | "move" | "rmdir" | "rd" | "rename-item" | "move-item":
            targets = switched[:1]
        case "subst":
            targets = [word for word in switched[:1] if word.lower() == "d:"]
        case "new-item" if _LINK.search(one.text):
            targets = [word for at, word in enumerate(one.words) if one.words[at - 1].lower() in ("-path", "new-item")]
        case "set-partition" if "newdriveletter" in one.text.lower() and _DRIVE.search(one.text):
            targets = ["D:"]
        case _:
            return ""
    return next((word for word in targets if _MANAGED.fullmatch(word)), "")


@rule("BP1311", "Directory junction on Windows", kinds=STARTING, severity=Severity.WARNING, level=Level.ADVISORY)
def directory_junction(subject: Subject, see: Scope) -> Iterator[Finding]:
    """A task makes a directory junction.

    Why: When Batch cleans up after tasks and jobs, it has trouble with junctions: what they lead to may be deleted, or
    the clean-up fails and the disk fills.

    Instead: Make a symbolic link: `mklink /D`, or `New-Item -ItemType SymbolicLink`.

    Source: "Azure Batch best practices", Nodes: avoid creating directory junctions in Windows.
    """
    for task in all_tasks(subject, see):
        for one in task.command.statements:
            cmd = one.program == "mklink" and one.names("/j")
            if cmd or _JUNCTION.search(one.text):
                yield Finding(
                    f"{task.title} makes a directory junction, which gets in the way of Batch's clean-up.",
                    task.path,
                    actual=one.text,
                    remediation=re.sub("/j", "/D", one.text, flags=re.IGNORECASE)
                    if cmd
                    else "New-Item -ItemType SymbolicLink …",
                )
