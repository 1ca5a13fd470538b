"""Whether a start task can run again."""

import re
from collections.abc import Iterator

from batchplan.policy.model import Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.statement import Statement
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING, start_tasks

_HARMLESS_APPEND = re.compile(r"/dev/\w+|.*\.log|/var/log/.*", re.IGNORECASE)


@rule(
    "BP1301",
    "Start task cannot run twice",
    kinds=STARTING,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def start_task_not_repeatable(subject: Subject, _: Scope) -> Iterator[Finding]:
    """The start task does something that fails, or adds up, when it runs again.

    Why: A start task runs at every boot of a node, after a reimage, and again when it is retried. A user, folder or
    mount that is there already makes the second run fail, and the node is billed and takes no tasks; a line that is
    appended each time breaks the file it is in.

    Instead: Make each step say what is to be, not what is to be done: `mkdir -p`, `ln -sfn`, a test in front
    (`id user || useradd user`). The module `start-task-script` marks the steps that are done.

    Source: "Azure Batch best practices", Nodes: idempotent start tasks, and long-running services (the start task's
    own folder is made anew for each run, so that relative paths there are no concern).

    Exceptions: the command line is all that is looked at, not the scripts that it calls.
    """
    for task in start_tasks(subject):
        removed: set[str] = set()
        for one in task.command.statements:
            removed |= _removed(one)
            found = _not_repeatable(one) if not one.conditions and not removed & _targets(one) else None
            if found is not None:
                fault, remedy = found
                yield Finding(
                    f"{task.title} runs at every boot, and {fault}.", task.path, actual=one.text, remediation=remedy
                )


def _removed(one: Statement) -> set[str]:
    """Return the folders and files that a statement takes away whether they are there or not."""
    return {path.rstrip("/") for path in one.arguments} if one.program == "rm" and one.has("f") else set()


def _targets(one: Statement) -> set[str]:
    """Return what a statement would meet if it were there."""
    cloned = _cloned(one) if one.program == "git" else ""
    return {path.rstrip("/") for path in (cloned, *one.arguments[-1:], *one.appended) if path}


def _not_repeatable(one: Statement) -> tuple[str, str] | None:
    """Return what goes wrong when a statement runs again, and what to write instead."""
    for file in _appended(one):
        return f"appends to {file} each time", f"Append only when the line is missing: grep -qxF 'line' {file} || …"
    return None if one.excused else _failing(one)


def _appended(one: Statement) -> Iterator[str]:
    tee = one.arguments if one.program == "tee" and one.has("a") else ()
    for file in (*one.appended, *tee):
        if one.lasting(file) and not _HARMLESS_APPEND.fullmatch(file):
            yield file


def _failing(one: Statement) -> tuple[str, str] | None:
    last = one.arguments[-1] if one.arguments else ""
    match one.program:
        case "groupadd" if not one.has("f"):
            return f"groupadd fails when {last} is there", f"groupadd -f {last}"
        case "useradd" | "adduser" | "addgroup":
            return f"{one.program} fails when {last} is there", f"id {last} >/dev/null 2>&1 || {one.program} {last}"
        case "mkdir" | "md" if one.lasting(last) and not (one.has("p") or one.names("--parents", "-force")):
            return f"mkdir fails when {last} is there", _folder(last)
        case "new-item" if one.names("directory") and not one.names("-force"):
            return "New-Item fails when the folder is there", "New-Item -ItemType Directory -Force"
        case "git" if one.words[1:2] == ("clone",) and _cloned(one):
            return "git clone fails when its folder is there", f"[ -d {_cloned(one)} ] || git clone …"
        case "ln" if not one.has("f") and one.lasting(last):
            return f"ln fails when {last} is there", f"ln -sfn {' '.join(one.arguments)}"
        case "docker" | "podman" if one.words[1:2] == ("run",) and one.names("--name") and not one.names("--rm"):
            name = re.split(r"--name[ =]", one.text, flags=re.IGNORECASE)[-1].partition(" ")[0]
            return f"{one.program} run fails when a container {name} is there", "Add --rm, or docker rm -f first."
        case "mount" if one.arguments and not one.has("a"):
            return f"mount fails, or mounts twice, when {last} is mounted", f"mountpoint -q {last} || {one.text}"
    return None


def _folder(path: str) -> str:
    return f'if not exist "{path}" mkdir "{path}"' if "\\" in path else f"mkdir -p {path}"


def _cloned(one: Statement) -> str:
    """Return the folder that a clone fills when it is there at the next run; empty when it is made anew."""
    sources = one.arguments[1:]
    if len(sources) > 1:
        return sources[-1] if one.lasting(sources[-1]) else ""
    name = sources[0].rstrip("/").rpartition("/")[2].removesuffix(".git") if sources else ""
    return f"{one.folder.rstrip('/')}/{name}" if one.lasting(name) else ""
