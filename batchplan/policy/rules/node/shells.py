"""Command lines that rely on a shell which is not there."""

import re
from collections.abc import Iterator

from batchplan.policy.commands import read
from batchplan.policy.model import Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING, Task, all_tasks

_SINGLE = re.compile(r"'[^']*'")
_DOUBLE = re.compile(r'"[^"]*"')
_VARIABLE = re.compile(r"\$\{?[A-Za-z_]\w*\}?|%[A-Za-z_]\w*%|\$\(|`")
_OPERATOR = re.compile(r"(?:(?<=\s)|(?<=^))(?:&&|\|\||;|\||&|\d?>>?(?:&\d)?|<)(?=\s|\S)|(?:;|&&|\|\|)(?=\s)")
_REDIRECTION = re.compile(r"\d?>>?(?:&\d)?|<")
_POWERSHELL_FILE = re.compile(r"(?:\S*[\\/])?(?:powershell|pwsh)(?:\.exe)?\s(?:.*\s)?-f(?:ile)?\s", re.IGNORECASE)
"""What comes after -File are plain arguments, in which PowerShell expands nothing."""
_BUILTIN = {
    True: frozenset(
        [
            "echo",
            "dir",
            "copy",
            "del",
            "mkdir",
            "md",
            "set",
            "type",
            "move",
            "rmdir",
            "rd",
            "mklink",
            "call",
            "if",
            "for",
            "start",
            "ren",
            "exit",
        ]
    ),
    False: frozenset(["cd", "source", "export", "set", "ulimit", ".", "eval", "exit", "if", "for", "while"]),
}
_SHELL = {True: 'cmd /c "…"', False: "/bin/bash -c '…'", None: "/bin/bash -c '…' (Linux), cmd /c \"…\" (Windows)"}


@rule("BP1316", "Command line needs a shell", kinds=STARTING, severity=Severity.ERROR, level=Level.SOFT)
def command_without_shell(subject: Subject, see: Scope) -> Iterator[Finding]:
    """A command line is written for a shell and calls none.

    Why: Batch starts the program itself. Variables stay as they are written, `&&`, `|` and `>` are arguments like any
    other, and commands that only a shell knows are not found.

    Instead: Call the shell: `/bin/bash -c 'set -e; …'`, or `cmd /c "…"`.

    Source: Learn, "Jobs and tasks in Azure Batch"; REST API, commandLine: it does not run under a shell. Where nothing
    but a redirection needs one, the finding is a warning: many programs pass over arguments that they do not know.

    Exceptions: programs that take such text as it is; containers whose entry point is a shell.
    """
    for task in all_tasks(subject, see):
        if "--entrypoint" in task.view.text("container_settings.container_run_options"):
            continue
        token = _needing(task)
        if token:
            only_redirects = all(_REDIRECTION.fullmatch(one) for one in _tokens(task.command.text))
            yield Finding(
                f"{task.title} calls no shell, and only a shell understands {token}.",
                task.path,
                actual=task.command.text,
                remediation=_SHELL[task.windows],
                severity=Severity.WARNING if only_redirects else None,
            )


def _tokens(text: str) -> list[str]:
    """Return all parts of a command line that a shell would understand, but for words such as `cd`."""
    bare = _SINGLE.sub("''", text)
    operators = [one[0] for one in _OPERATOR.finditer(_DOUBLE.sub('""', bare))]
    return operators + [one[0] for one in _VARIABLE.finditer(bare)] or [""]


def _needing(task: Task) -> str:
    """Return the first part of a command line that only a shell understands, empty when there is none."""
    text = task.command.text.strip()
    if read(text).shell and not _POWERSHELL_FILE.match(text):
        return ""
    bare = _SINGLE.sub("''", text)
    found = _OPERATOR.search(_DOUBLE.sub('""', bare)) or _VARIABLE.search(bare)
    if found is not None:
        return found[0].strip()
    windows = task.windows
    first = text.split(maxsplit=1)[0].lower() if text else ""
    return first if windows is not None and first in _BUILTIN[windows] else ""
