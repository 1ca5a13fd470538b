"""Schedules, and pools that are made for one job."""

from collections.abc import Iterator
from decimal import Decimal

from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Param, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject
from batchplan.policy.tasks import JOBS, limited, specification
from batchplan.schema.times import duration_text, seconds

ALLOCATION = Param("allocation_minutes", 10, "How long it takes until the nodes of a new pool take tasks.")
TIMES = Param("times", 3, "How many times as long a job should run as its nodes take to start.")


@rule(
    "BP5005",
    "Schedule without a job manager task",
    kinds=["job_schedule"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def schedule_without_manager(schedule: Subject, _: Scope) -> Iterator[Finding]:
    """The jobs of a schedule have no job manager task.

    Why: A schedule makes empty jobs. Only a job manager task can fill them as part of the schedule; otherwise they
    stay active, and no further job is made.

    Instead: Add a `job_manager_task` that does the work or adds the tasks.

    Source: Learn, "Jobs and tasks in Azure Batch", scheduled jobs; REST API, jobSpecification.jobManagerTask, which
    lets clients add the tasks instead: such a schedule is legal and works, so that the rule advises.

    Exceptions: a service of your own that watches the schedule and adds the tasks.
    """
    one = specification(schedule)
    if one.block("job_manager_task") is None:
        yield Finding(
            f"{schedule.address} makes empty jobs: no job manager task adds their tasks.",
            one.path("job_manager_task"),
            remediation='job_manager_task { id = "manager", command_line = "…" }',
        )


@rule("BP5007", "Job outlasts its schedule's interval", kinds=["job_schedule"], level=Level.ADVISORY)
def recurrence_shorter_than_job(schedule: Subject, _: Scope) -> Iterator[Finding]:
    """A job may run for longer than until the next one is due.

    Why: A schedule has one active job at a time. While one runs, or hangs, the next is not made, and nobody is told.

    Instead: Set `constraints { max_wall_clock_time }` below the interval, or make the interval longer.

    Source: Learn, "Schedule Batch jobs"; REST API, schedule.recurrenceInterval.

    Exceptions: schedules that look often whether there is something to do, and may well leave some out.
    """
    text = schedule.text("schedule.recurrence_interval")
    every = seconds(text)
    if every is None:
        raise Inapplicable("it does not recur")
    one = specification(schedule)
    longest = limited(one, "constraints.max_wall_clock_time")
    if longest is not None and longest <= every:
        return
    runs = "without a limit" if longest is None else f"for {duration_text(longest)}"
    yield Finding(
        f"{schedule.address} makes a job every {duration_text(every)}, which may run {runs}: until it ends, no other "
        "is made.",
        one.path("constraints.max_wall_clock_time"),
        expected=duration_text(every),
        actual=None if longest is None else duration_text(longest),
        remediation=f'Set constraints {{ max_wall_clock_time = "{duration_text(every)}" }} in job_specification.',
        severity=Severity.INFO if longest is None else Severity.WARNING,
    )


@rule(
    "BP5009",
    "New pool for each short job",
    kinds=JOBS,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    params=[ALLOCATION, TIMES],
)
def pool_for_each_short_job(job: Subject, see: Scope) -> Iterator[Finding]:
    """Each of several or short jobs gets a pool of its own.

    Why: Nodes take minutes to start, and are billed while they do. For a short job that is most of the time.

    Instead: Run the jobs on one pool with autoscale, or let the auto pool live as long as its schedule:
    `pool_lifetime_option = "jobschedule"`.

    Source: "Azure Batch best practices", Pools: job and task run time considerations.

    Exceptions: jobs that must not share nodes.
    """
    one = specification(job)
    auto = one.need("pool_info.auto_pool_specification")
    if auto.text("pool_lifetime_option").lower() != "job":
        raise Inapplicable("the pool outlives the job")
    path = auto.path("pool_lifetime_option")
    start, longest = see.param(ALLOCATION), _longest(job)
    if longest is not None and longest < start * see.param(TIMES) * 60:
        scheduled = job.kind == "job_schedule"
        yield Finding(
            f"{job.address} has a pool made for {'each' if scheduled else 'a'} job of at most "
            f"{duration_text(longest)}, whose nodes take about {start} minutes to start.",
            path,
            actual=duration_text(longest),
            remediation=f'Set {path} = "jobschedule".' if scheduled else "Set pool_info.pool_id to a shared pool.",
            edit=Edit(path, "jobschedule") if scheduled else None,
        )
        return
    siblings = _siblings(job, see)
    if len(siblings) > 1 and siblings[0] is job:
        yield Finding(
            f"{job.address.block} has a pool made for each of its {len(siblings)} jobs.",
            path,
            actual=len(siblings),
            remediation="Set pool_info.pool_id to one pool for all of them.",
        )


def _longest(job: Subject) -> Decimal | None:
    """Return how long a job can run at most: its own limit, or the time until the next one is due."""
    limits = [limited(specification(job), "constraints.max_wall_clock_time")]
    if job.kind == "job_schedule":
        limits.append(seconds(job.text("schedule.recurrence_interval")))
    return min((one for one in limits if one is not None), default=None)


def _siblings(job: Subject, see: Scope) -> list[Subject]:
    """Return the jobs that the same block makes; only the jobs with pools of their own come to ask."""
    if job.address.key is None:
        return []
    block = job.address.block
    return [one for one in see.of_kind(job.kind) if one.address.block == block]
