"""Short tasks."""

from collections.abc import Iterator

from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import JOBS, job_tasks, measured, statistics

SHORT = Param("short_seconds", 10, "Below how many seconds a task is too short.")
GOOD = Param("good_seconds", 60, "From how many seconds on the overhead of scheduling is small.")


@rule(
    "BP5107",
    "Tasks are too short",
    kinds=["job"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["task_statistics"],
    params=[SHORT, GOOD],
)
def tasks_too_short(job: Subject, see: Scope) -> Iterator[Finding]:
    """The tasks of a job run for seconds.

    Why: Scheduling a task takes a second or two. When it runs no longer than that, nodes spend their time waiting.

    Instead: Put several pieces of work into one task, so that it runs for a minute and more.

    Source: "Azure Batch best practices", Tasks: avoid short execution time (ten seconds at least, better a minute).

    Exceptions: tasks that only mark an end.
    """
    (median,) = measured(statistics(job, see), "median_seconds")
    good = see.param(GOOD)
    if median < good:
        yield Finding(
            f"Half of the tasks of {job.address} run for {median:g} seconds or less; scheduling weighs little from "
            f"{good} seconds on.",
            expected=good,
            actual=median,
            remediation="Put several pieces of work into one task.",
            severity=Severity.WARNING if median < see.param(SHORT) else Severity.INFO,
        )


@rule("BP5108", "Account made for each short task", kinds=JOBS, severity=Severity.WARNING, level=Level.ADVISORY)
def task_scope_for_short_tasks(job: Subject, see: Scope) -> Iterator[Finding]:
    """A short task on Windows nodes runs as a user that is made for it alone.

    Why: With the scope `task` Windows makes an account before the task and deletes it afterwards, which takes longer
    than a short task. Preparation and release tasks run on each node, and the manager of a schedule at each recurrence.

    Instead: Set `scope = "pool"`, or leave it out.

    Source: "Azure Batch best practices", Tasks: use pool scope for short tasks on Windows nodes; REST API,
    autoUser.scope, whose default is pool.

    Exceptions: tasks that must not see each other's files.
    """
    found = False
    for task in job_tasks(job, see):
        once = job.kind == "job" and task.view.at[-1] == "job_manager_task"
        if once or not task.windows:
            continue
        found = True
        path = "user_identity.auto_user.scope"
        if task.view.text(path).lower() == "task":
            yield Finding(
                f"{task.title} has Windows make an account for each run: its user has the scope of the task.",
                task.view.path(path),
                expected="pool",
                actual="task",
                remediation=f'Set {path} = "pool".',
                edit=Edit(task.view.path(path), "pool"),
            )
    if not found:
        raise Inapplicable("it has no short task on Windows nodes")
