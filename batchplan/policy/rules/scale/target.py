"""What a formula asks for in the end, and what becomes of tasks on nodes that go."""

from collections.abc import Iterator
from decimal import Decimal

from batchplan.policy.formulas import KINDS, Placed, faults, finding, formulas
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.warm import WARM, is_warm
from batchplan.schema.times import duration_text, seconds

MINUTES = Param("minutes", 10, "Tasks that may run longer are worth keeping.")

INTERRUPTING = {
    "requeue": "puts running tasks back into the queue",
    "terminate": "ends running tasks for good",
}
"""What becomes of the tasks on a node that goes, for the options that do not wait for them."""


@rule("BP1205", "Formula sets no target", kinds=KINDS, severity=Severity.ERROR, level=Level.SOFT)
def formula_without_target(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula sets neither of the targets.

    Why: The service accepts such a formula as a query. The pool keeps the size it has, which is none in a new pool.

    Instead: Set `$TargetDedicatedNodes` or `$TargetLowPriorityNodes`.

    Source: Learn "Create a formula to automatically scale compute nodes": required variables.
    """
    for formula in formulas(subject):
        if any(one.code == "AS121" for one in formula.report.findings):
            yield Finding(
                f"The formula of {formula.owner} sets no target, so the pool keeps its size.",
                formula.path,
                remediation="Set $TargetDedicatedNodes or $TargetLowPriorityNodes.",
            )


@rule(
    "BP1206", "Scale-in requeues running tasks by default", kinds=KINDS, severity=Severity.WARNING, level=Level.ADVISORY
)
def deallocation_option_unset(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula that can shrink its pool does not say what becomes of the tasks on nodes that go.

    Why: Without `$NodeDeallocationOption` the service takes nodes at once. What runs there starts again from nothing,
    and is paid for twice.

    Instead: Add `$NodeDeallocationOption = taskcompletion;`.

    Source: Learn "Create a formula to automatically scale compute nodes": `$NodeDeallocationOption`; "Azure Batch best
    practices", Tasks: design for retries.

    Exceptions: tasks of a few seconds.
    """
    yield from faults(subject, {"AS102"})


@rule("BP1207", "Scale-in discards long work", kinds=["pool"], severity=Severity.WARNING, params=[MINUTES])
def scale_in_interrupts_tasks(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool that shrinks interrupts its tasks, as it is told to, and they may run for long.

    Why: With `requeue` everything since a task's start is lost; with `terminate` the task has failed. Tasks that save
    no intermediate result lose hours to a scale-in that saves minutes.

    Instead: Use `taskcompletion`, which lets a node go when its tasks have ended.

    Source: Learn "Create a formula to automatically scale compute nodes": `$NodeDeallocationOption`; "Azure Batch best
    practices", Tasks: build durable tasks. How long tasks run is not declared: the limit of their jobs is taken, and
    a job without a limit may run for ever.

    Exceptions: a formula that is to stop all work at a deadline.
    """
    longest = see.param(MINUTES) * 60
    jobs = see.jobs_of(pool)
    options = [(one, option) for one in formulas(pool) if (option := _option(one)) in INTERRUPTING]
    if options and not jobs:
        raise Inapplicable("no job that is declared runs on it")
    for formula, option in options:
        for job in jobs:
            limit = _wall_clock(job)
            if limit is None or limit > longest:
                until = "without limit" if limit is None else f"for up to {duration_text(limit)}"
                yield Finding(
                    f"The formula of {formula.owner} {INTERRUPTING[option]} when it takes a node ({option}), and tasks "
                    f"of {job.address} may run {until}.",
                    formula.path,
                    expected="taskcompletion",
                    actual=option,
                    remediation="Write $NodeDeallocationOption = taskcompletion; in the formula.",
                )
                break


def _option(formula: Placed) -> str:
    """Return the deallocation option that a formula sets last, empty when it sets none or chooses among some."""
    from batchplan.autoscale.syntax import Assign, Name

    found = ""
    for statement in formula.report.parsed.formula.statements:
        if isinstance(statement, Assign) and statement.name == "$NodeDeallocationOption":
            found = statement.value.name if isinstance(statement.value, Name) else ""
    return found


def _wall_clock(job: Subject) -> Decimal | None:
    """Return after how many seconds a job ends with all its tasks, None when nothing ends it."""
    at = "constraints" if job.kind == "job" else "job_specification.constraints"
    text = job.text(f"{at}.max_wall_clock_time")
    length = seconds(text) if text else None
    return length if length is not None and length < 10**9 else None  # the service writes "no limit" as more


@rule("BP1214", "Nothing limits the nodes", kinds=KINDS, severity=Severity.WARNING, level=Level.ADVISORY)
def unbounded_target(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A formula can ask for any number of nodes.

    Why: A flood of tasks, or a job that was submitted twice by mistake, buys nodes up to the whole quota, and leaves
    nothing to the account's other pools.

    Instead: Wrap the target in `min(<most nodes>, …)`.

    Source: "Azure Batch best practices", Pool lifetime and billing: every node is billed; a published example,
    `max(0, $PendingTasks)`. The bound is proved from the formula. Such a pool works, and the quota of its account
    limits it in the end, so that the rule advises; `strict` makes it stop.

    Exceptions: a formula that cannot grow beyond a limit for reasons that the proof does not see.
    """
    for formula in formulas(subject):
        found = [one for one in formula.report.findings if one.code == "AS116"]
        if found:
            yield finding(formula, found)


@rule("BP1222", "Pool never scales to zero", kinds=["pool"], severity=Severity.INFO, params=[WARM])
def nodes_never_released(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A formula keeps nodes even when there is nothing to do.

    Why: Every node is billed in whatever state it is, all night and all weekend.

    Instead: Let the lower bound be 0; or tag the pool `warm = "true"` where it must answer at once, so that everybody
    knows it is meant.

    Source: "Azure Batch best practices", Pool lifetime and billing.

    Exceptions: pools that must answer at once.
    """
    if is_warm(pool, see.param(WARM)):
        raise Inapplicable(f"it is tagged {see.param(WARM)}")
    for formula in formulas(pool):
        low = formula.report.bounds.dedicated.low + formula.report.bounds.low_priority.low
        if low:
            yield Finding(
                f"The formula of {formula.owner} keeps {low} {'node' if low == 1 else 'nodes'} "
                f"({formula.pool.text('vm_size')}) when there is nothing to do.",
                formula.path,
                expected=0,
                actual=low,
                remediation=f'Let the lower bound be 0, or say that it is meant: tags = {{ {see.param(WARM)} = "true" }}.',
            )
