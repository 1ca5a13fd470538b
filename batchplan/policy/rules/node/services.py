"""Agents that run beside Batch's own."""

import re
from collections.abc import Iterator

from batchplan.policy.commands import Command
from batchplan.policy.model import Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.statement import Statement
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING, start_tasks

_START_FOLDER = re.compile(
    r"AZ_BATCH_TASK_(?:WORKING_)?DIR|AZ_BATCH_NODE_STARTUP_DIR|[\\/]startup[\\/]wd|%CD%|\$PWD|\$\(pwd\)|\$PSScriptRoot"
    r"|(?:^|[\s=\"'])\.[\\/]",
    re.IGNORECASE,
)
_UNIT = re.compile(r"ExecStart=([^\n'\"]+)")
_DAEMONS = frozenset({"nohup", "setsid", "disown"})


@rule("BP1312", "Service runs from the start task's folder", kinds=STARTING, level=Level.ADVISORY)
def service_in_start_task_folder(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A start task installs a service whose program lies in the start task's own folder.

    Why: Before a start task runs again, Batch deletes its folder. A program that runs from there locks it: the
    clean-up fails, and so does the start task at the next boot.

    Instead: Copy the program first, to `C:\\ProgramData\\agent` or `/opt/agent`, unless it is there, and install the
    service from that folder.

    Source: "Azure Batch best practices", Nodes: manage long-running services; file cleanup.

    Exceptions: paths that a script puts together are not seen.
    """
    for task in start_tasks(subject):
        for program in _services(task.command):
            if _START_FOLDER.search(program):
                yield Finding(
                    f"{task.title} installs a service that runs {program.strip()}, in a folder that Batch has to "
                    "delete before the next run.",
                    task.path,
                    actual=program.strip(),
                    remediation="Copy it to C:\\ProgramData\\agent or /opt/agent first, and install it from there.",
                )


def _services(command: Command) -> Iterator[str]:
    """Yield the commands of the services that are installed."""
    for one in command.statements:
        text = " ".join(one.words[1:])
        match one.program:
            case "sc" if one.names("create"):
                yield re.split(r"\s\w+=", re.split(r"binpath=\s*", text, flags=re.IGNORECASE)[-1])[0]
            case "new-service":
                yield re.split(r"-b\w*\s+", text, maxsplit=1, flags=re.IGNORECASE)[-1]
            case "nssm" if one.words[1:2] == ("install",):
                yield " ".join(one.words[3:])
            case "systemd-run":
                yield " ".join(one.arguments)
    for found in _UNIT.finditer(command.text):
        yield found[1]


@rule("BP1314", "Agent runs in the background", kinds=STARTING, severity=Severity.WARNING, level=Level.ADVISORY)
def agent_not_a_service(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A start task leaves a program running in the background.

    Why: Nothing starts it again when it ends, nothing shows its state, and Batch may end it together with the start
    task whose child it is.

    Instead: Install it as a service of the operating system: a systemd unit, or a Windows service.

    Source: "Azure Batch best practices", Nodes: manage long-running services via the operating system's interface.

    Exceptions: helpers that end with the start task; a `wait` in the script counts as that.
    """
    for task in start_tasks(subject):
        statements = task.command.statements
        for at, one in enumerate(statements):
            if _lingers(one) and not any(later.program == "wait" for later in statements[at:]):
                yield Finding(
                    f"{task.title} leaves {_started(one)} in the background.",
                    task.path,
                    actual=one.text,
                    remediation="Write a systemd unit and systemctl enable --now it, or New-Service on Windows.",
                )


def _lingers(one: Statement) -> bool:
    if one.program == "start-process":
        return not one.names("-wait")
    return one.background or one.program in _DAEMONS or (one.program == "start" and one.names("/b"))


def _started(one: Statement) -> str:
    if one.repeated:
        return "a loop"
    words = one.words[1:] if one.program in (*_DAEMONS, "start-process", "start") else one.words
    return next((word for word in words if not word.startswith(("-", "/b", "/B"))), one.program)
