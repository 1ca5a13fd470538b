"""Whether and when a start task keeps tasks from its node."""

from collections.abc import Iterator

from batchplan.policy.model import Edit, Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import STARTING, start_tasks


@rule("BP1302", "Tasks may run before set-up", kinds=STARTING, severity=Severity.WARNING, level=Level.ADVISORY)
def tasks_before_set_up(subject: Subject, _: Scope) -> Iterator[Finding]:
    """The start task does not keep tasks from a node that it has not prepared.

    Why: With `wait_for_success = false` Batch schedules tasks on a node while its start task still runs, and after it
    has failed. They meet missing programs, half-written files and disks that are not there.

    Instead: Leave `wait_for_success` out: the service waits by default.

    Source: "Azure Batch best practices", Nodes: start tasks. The default is that of the REST API; azurerm's own is
    false.

    Exceptions: a start task that only reports, and on which nothing depends.
    """
    for task in start_tasks(subject):
        if task.view.get("wait_for_success") is False:
            path = task.view.path("wait_for_success")
            yield Finding(
                f"{task.title} does not keep tasks waiting: they run on a node before it has succeeded.",
                path,
                expected=True,
                actual=False,
                remediation="Remove wait_for_success, or set it to true.",
                edit=Edit(path, None),
            )
