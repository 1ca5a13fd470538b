"""Adding the unfinished tasks of jobs to jobs in another region: at least once, never lost.

A job is disabled first, its running tasks going back into the queue, so that none ends unseen; then its unfinished
tasks are added to a job like it, and only then are they taken away where they were.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.plan.settings import READY_SECONDS
from batchplan.plan.step import (
    CopyJob,
    CopyTasks,
    DisableJob,
    DropTasks,
    EnableJob,
    EndWithTasks,
    JobIs,
    Step,
    TerminateJob,
)

LATER = "noaction"
"""How a copy ends at first: a job that ends with its tasks would end before they have been added."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """A job with unfinished tasks: where they go, and the JSON of the job that is made for them.

    `declared`: it is an object of the configuration, and stays; a job that a schedule made ends.
    """

    job: Remote
    copy: Remote
    body: Mapping[str, Any]
    tasks: int
    declared: bool = False


def resubmit(address: Address, leftovers: Sequence[Leftover], after: Iterable[str]) -> list[Step]:
    """Return the steps, each job's in turn, all after other steps of the plan."""
    steps: list[Step] = []
    for one in leftovers:
        steps.extend(_one(address, one, tuple(after)))
    return steps


def _one(address: Address, left: Leftover, after: tuple[str, ...]) -> list[Step]:
    prefix = f"{address}:{left.job.name}"
    mode = str(left.body.get("onAllTasksComplete") or LATER)
    manager = (left.body.get("jobManagerTask") or {}).get("id")
    steps: list[Step] = []

    def add(word: str, of: type[Any], remote: Remote, **parts: Any) -> None:
        needs = (steps[-1].id,) if steps else after
        steps.append(of(id=f"{prefix}-{word}", address=address, remote=remote, needs=needs, **parts))

    add("disable", DisableJob, left.job, option="requeue")
    add("disabled", JobIs, left.job, state="disabled", timeout=READY_SECONDS)
    body = {**left.body, "onAllTasksComplete": LATER}
    add("copy", CopyJob, left.copy, body=body, origin_id=left.job.name)
    add("tasks", CopyTasks, left.copy, source=left.job, expected=left.tasks, manager=manager)
    if mode.lower() != LATER:
        add("ends", EndWithTasks, left.copy, mode=mode)
    if left.declared:
        add("drop", DropTasks, left.job, copy=left.copy)
        add("enable", EnableJob, left.job)
    else:
        add("end", TerminateJob, left.job, copy=left.copy)
    return steps
