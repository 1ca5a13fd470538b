"""The tasks that a configuration holds: start tasks of pools, and what jobs and schedules bring along."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from batchplan.policy.capacity import Span, formula_nodes, is_windows, nodes
from batchplan.policy.commands import Command, read
from batchplan.policy.live import OfferedSize
from batchplan.policy.model import Inapplicable, NotLooked
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.schema.times import UNLIMITED, seconds

STARTING = ("pool", "job", "job_schedule")
"""Kinds that can hold a start task: jobs and schedules do in their auto pools."""

JOBS = ("job", "job_schedule")
_OF_JOB = {
    "job_manager_task": "job manager task",
    "job_preparation_task": "job preparation task",
    "job_release_task": "job release task",
}


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A task: how a sentence names it, its block, and the pool that it runs on, None where that is not declared."""

    title: str
    view: View
    pool: View | None

    @property
    def command(self) -> Command:
        """What its command line does. Raises as `View.get` does."""
        return read(self.view.text("command_line"))

    @property
    def path(self) -> str:
        """Where its command line stands."""
        return self.view.path("command_line")

    @property
    def windows(self) -> bool | None:
        """Whether it runs on Windows; None where that cannot be told."""
        return is_windows(vm(self.pool)) if self.pool is not None else None


def vm(pool: View) -> View:
    """Return the block with image, agent and disks: of an auto pool its VM configuration, of a pool the pool."""
    return pool.block("virtual_machine_configuration") or pool


def specification(job: View) -> View:
    """Return what a job is like; of a schedule, its jobs."""
    return job.need("job_specification") if job.kind == "job_schedule" else job


def auto_pool(job: View) -> View | None:
    """Return the pool that the service makes for a job or a schedule."""
    return specification(job).block("pool_info.auto_pool_specification.pool")


def used_pool(job: Subject, see: Scope) -> View | None:
    """Return the pool that a job or the jobs of a schedule run on, None where it is not declared."""
    return auto_pool(job) or see.pool_of(job)


def start_tasks(subject: Subject) -> Iterator[Task]:
    """Yield the start tasks of a pool and of its backups, or of an auto pool; without any it does not apply."""
    found = False
    for title, pool, holder in _pools(subject):
        start = holder.block("start_task")
        if start is not None:
            found = True
            yield Task(f"The start task of {title}", start, pool)
    if not found:
        raise Inapplicable("there is no start task")


def pools(subject: Subject) -> Iterator[tuple[str, View]]:
    """Yield a pool and its backups as they will be, or the auto pool of a job, each with its name in a sentence."""
    for title, pool, _ in _pools(subject):
        yield title, pool


def _pools(subject: Subject) -> Iterator[tuple[str, View, View]]:
    if subject.kind != "pool":
        own = auto_pool(subject)
        if own is not None:
            yield f"{subject.address}'s auto pool", own, own
        return
    yield str(subject.address), subject, subject
    overrides = {str(one.at[-1]): one for one in subject.items("backup")}
    for label, whole in subject.backups():
        yield f"{subject.address} (backup {label})", whole, overrides[label]


def job_tasks(job: Subject, see: Scope) -> Iterator[Task]:
    """Yield the manager, preparation and release tasks of a job or of a schedule's jobs."""
    spec, pool = specification(job), used_pool(job, see)
    for name, words in _OF_JOB.items():
        view = spec.block(name)
        if view is not None:
            yield Task(f"The {words} of {job.address}", view, pool)


def all_tasks(subject: Subject, see: Scope) -> Iterator[Task]:
    """Yield all tasks that an object holds; without any it does not apply."""
    found = False
    if subject.kind in JOBS:
        for task in job_tasks(subject, see):
            found = True
            yield task
    try:
        yield from start_tasks(subject)
    except Inapplicable:
        if not found:
            raise Inapplicable("it has no task") from None


def offered_size(pool: Subject, see: Scope) -> OfferedSize:
    """Return the VM size of a pool as the service tells of it in the account's region."""
    account = see.account_of(pool)
    if account is None:
        raise NotLooked("the region is not known: the account is not in this configuration")
    name = pool.text("vm_size")
    size = see.live.vm_sizes(account.text("location").replace(" ", "").lower()).get(name.lower())
    if size is None:
        raise Inapplicable(f"{name} is not offered, which another rule says")
    return size


def spot_nodes(pool: View) -> Span:
    """Return how many Spot or low-priority nodes a pool, or an auto pool, can have."""
    if "auto_pool_specification" not in pool.at:
        return nodes(pool).spot
    if pool.get("enable_auto_scale"):
        return formula_nodes(pool.text("auto_scale_formula")).spot
    count = pool.number("target_low_priority_nodes")
    return Span(count, count)


def limited(view: View, path: str) -> Decimal | None:
    """Return a time limit in seconds, None when there is none."""
    found = seconds(view.text(path))
    return None if found is None or found >= _UNLIMITED else found


_UNLIMITED = seconds(UNLIMITED) or Decimal(0)


def labelled(job: View, name: str) -> bool:
    """Return whether a job's metadata say `name = "true"`."""
    pairs = [(one.text("name"), one.text("value")) for one in job.items("metadata")]
    return (name, "true") in [(key.lower(), value.lower()) for key, value in pairs]


def statistics(job: Subject, see: Scope) -> Mapping[str, Any]:
    """Return what is known of the tasks of a job that is there: numbers by name; without any it does not apply.

    `median_seconds`, `longest_seconds`, `tasks_per_node_hour`, `gigabytes_per_task`, `retention_seconds`,
    `multi_instance_tasks`; those that nobody measured are left out.
    """
    if not job.live or job.remote is None:
        raise Inapplicable("it is not there yet")
    row: Mapping[str, Any] = see.live.row("task_statistics", job.remote.id)
    return row


def measured(row: Mapping[str, Any], *names: str) -> tuple[float, ...]:
    """Return numbers of a job's statistics; without one of them the rule is not checked."""
    for name in names:
        if name not in row:
            raise NotLooked(f"{name} of the job's tasks is not known")
    return tuple(float(row[name]) for name in names)
