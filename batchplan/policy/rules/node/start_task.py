"""Whether and when a start task keeps tasks from its node."""

from collections.abc import Iterator

from batchplan.policy.model import Edit, Finding, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject


@rule("BP1302", "Tasks may run before set-up", kinds=["pool"], severity=Severity.WARNING, level=Level.ADVISORY)
def tasks_before_set_up(pool: Subject, _: Scope) -> Iterator[Finding]:
    """The start task does not keep tasks from a node that it has not prepared.

    Why: With `wait_for_success = false` Batch schedules tasks on a node while its start task still runs, and after it
    has failed. They meet missing programs, half-written files and disks that are not there.

    Instead: Leave `wait_for_success` out: the service waits by default.

    Source: "Azure Batch best practices", Nodes: start tasks. The default is that of the REST API; azurerm's own is
    false.

    Exceptions: a start task that only reports, and on which nothing depends.
    """
    start = pool.need("start_task")
    if start.get("wait_for_success") is False:
        yield Finding(
            f"Tasks run on nodes of {pool.address} before its start task has succeeded.",
            start.path("wait_for_success"),
            expected=True,
            actual=False,
            remediation="Remove wait_for_success, or set it to true.",
            edit=Edit(start.path("wait_for_success"), None),
        )
