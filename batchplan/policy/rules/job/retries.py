"""How often tasks are tried again."""

from collections.abc import Iterator

from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.tasks import JOBS, STARTING, job_tasks, specification, start_tasks


@rule("BP5014", "Tasks are tried again for ever", kinds=STARTING, severity=Severity.WARNING, level=Level.ADVISORY)
def unlimited_retries(subject: Subject, see: Scope) -> Iterator[Finding]:
    """A task that fails is tried again without end.

    Why: Some errors stay: a missing file, a wrong argument. The task then keeps its slot for ever, and the node is
    billed for nothing.

    Instead: Set `max_task_retry_count` to a small number, and a `max_wall_clock_time`.

    Source: "Azure Batch best practices", Tasks: design for retries; REST API, maxTaskRetryCount: -1 is without limit.
    """
    for title, view, path in _limits(subject, see):
        if view.get(path) == -1:
            yield Finding(
                f"{title} tried again for ever when it fails.",
                view.path(path),
                expected=3,
                actual=-1,
                remediation="Set max_task_retry_count = 3.",
                edit=Edit(view.path(path), 3),
            )


def _limits(subject: Subject, see: Scope) -> Iterator[tuple[str, View, str]]:
    """Yield the tasks that an object limits: words up to the verb, the block, and the path in it."""
    inside = "constraints.max_task_retry_count"
    if subject.kind in JOBS:
        yield f"A task of {subject.address} is", specification(subject), inside
        for task in job_tasks(subject, see):
            yield f"{task.title} is", task.view, inside
    try:
        for task in start_tasks(subject):
            yield f"{task.title} is", task.view, "max_task_retry_count"
    except Inapplicable:
        if subject.kind == "pool":
            raise
