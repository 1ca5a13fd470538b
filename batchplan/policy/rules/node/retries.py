"""Start tasks that depend on something which is not always there."""

import re
from collections.abc import Iterator

from batchplan.policy.model import Edit, Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.statement import Statement
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING, Task, start_tasks, vm

_FETCHING = frozenset(
    ["curl", "wget", "azcopy", "invoke-webrequest", "iwr", "invoke-restmethod", "irm", "start-bitstransfer", "aria2c"]
)
_INSTALLING = {
    "install": frozenset(
        [
            "apt",
            "apt-get",
            "yum",
            "dnf",
            "tdnf",
            "zypper",
            "pip",
            "pip3",
            "conda",
            "mamba",
            "npm",
            "choco",
            "winget",
            "snap",
            "install-package",
        ]
    ),
    "update": frozenset(["apt", "apt-get", "yum", "dnf", "zypper"]),
    "pull": frozenset(["docker", "podman", "git"]),
    "clone": frozenset({"git"}),
}
_OWN_RETRIES = re.compile(r"--(?:tries|retry|retries)\b|-t\s*\d|Acquire::Retries|-MaximumRetryCount", re.IGNORECASE)
_DOWNLOADS = re.compile(r"\.Download(?:String|File)\(|Invoke-WebRequest|Install-Module", re.IGNORECASE)
_LOCK = re.compile(r"DPkg::Lock::Timeout|ZYPP_LOCK_TIMEOUT|flock|fuser|unattended-upgrade|apt-daily|cloud-init status")


def _fetches(one: Statement) -> bool:
    if one.repeated or _OWN_RETRIES.search(one.text):
        return False
    program = "pip" if "-m pip " in one.text else one.program
    installs = any(program in programs and one.names(verb) for verb, programs in _INSTALLING.items())
    return installs or one.program in _FETCHING or _DOWNLOADS.search(one.text) is not None


@rule("BP1303", "Start task is not tried again", kinds=STARTING, severity=Severity.WARNING, level=Level.ADVISORY)
def start_task_without_retries(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A start task that downloads or installs is tried only once.

    Why: One lost connection or one busy mirror makes the start task fail. The node then takes no tasks, stays in the
    pool and is billed, until somebody reboots or removes it.

    Instead: Set `max_task_retry_count` to 2 or 3; the steps before have to bear a second run.

    Source: Learn, "Check for pool and node errors": start task failures; REST API, startTask.maxTaskRetryCount, whose
    default is 0 and which counts only exits that are not zero (the agent's downloads of resource files do not count).

    Exceptions: scripts that try again themselves.
    """
    for task in start_tasks(subject):
        if task.view.number("max_task_retry_count") != 0:
            continue
        one = next((one for one in task.command.statements if _fetches(one)), None)
        if one is not None:
            path = task.view.path("max_task_retry_count")
            yield Finding(
                f"{task.title} downloads with {one.program} and is tried once: one lost connection leaves a "
                "node that is billed and takes no tasks.",
                path,
                expected=3,
                actual=0,
                remediation="Set max_task_retry_count = 3.",
                edit=Edit(path, 3),
            )


@rule("BP1304", "Installation collides with updates", kinds=STARTING, severity=Severity.WARNING, level=Level.ADVISORY)
def install_races_with_updates(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A start task installs packages and does not wait for the package manager's lock.

    Why: Many images update themselves at boot. While they do, apt, zypper and Windows Installer refuse a second
    installation, and the start task fails on some nodes and not on others. Retries of the start task follow too soon
    after one another to help; yum and dnf wait by themselves.

    Instead: Let apt wait (`-o DPkg::Lock::Timeout=600`), repeat the step until it succeeds, or put the packages into
    an image of your own.

    Source: "Azure Batch best practices", Pools: operating system updates; apt.conf(5), yum.conf(5) exit_on_lock.
    """
    for task in start_tasks(subject):
        if _LOCK.search(task.command.text):
            continue
        one = next((one for one in task.command.statements if not one.repeated and _locks(one, task)), None)
        if one is not None:
            remedy = {"msiexec": "Repeat msiexec while it exits with 1618 (another installation runs)."}.get(
                one.program, f"{one.program} -o DPkg::Lock::Timeout=600 …, or repeat it in a loop."
            )
            if one.program == "zypper":
                remedy = "Set ZYPP_LOCK_TIMEOUT=600 in environment_settings."
            yield Finding(
                f"{task.title} runs {one.program} without waiting for the updates that an image may do at boot.",
                task.path,
                actual=one.text,
                remediation=remedy,
            )


def _locks(one: Statement, task: Task) -> bool:
    if one.program == "msiexec":
        assert task.pool is not None, "a start task has its pool"
        windows = vm(task.pool).block("windows_configuration")
        return windows is None or windows.get("enable_automatic_updates") is not False
    if one.program == "zypper" and any(
        each.text("name") == "ZYPP_LOCK_TIMEOUT" for each in task.view.items("environment_settings")
    ):
        return False
    return one.program in ("apt", "apt-get", "zypper") and one.names("install", "upgrade", "dist-upgrade", "in")
