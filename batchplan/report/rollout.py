"""What a plan says of exchanging pools: what moves, what both pools take of the quota, what else could be done."""

from collections.abc import Iterator, Sequence

from batchplan.core.address import RETIRED
from batchplan.plan.capacity import Overlap, capacity
from batchplan.plan.change import Action, Change, Changes
from batchplan.plan.observation import Work
from batchplan.plan.settings import block, running_tasks
from batchplan.plan.step import Delete, MoveWork, Promote, Step
from batchplan.report.steps import sentence

Segment = tuple[str, str]

_AROUND_ZERO = ("live", "action", "reboot", "empty")
"""Classes of fields that an existing pool takes, if need be without nodes."""


def is_rollout(change: Change) -> bool:
    """Return whether a change exchanges a pool for another one while both live."""
    return change.rollout is not None and change.action is Action.REPLACE


def is_repointed(change: Change) -> bool:
    """Return whether nothing changes of a job or schedule but its pool."""
    paths = {".".join(map(str, one.path)) for one in change.fields if not one.deferred}
    return (
        change.action is Action.UPDATE
        and bool(paths)
        and paths
        <= {
            "pool_info.pool_id",
            "job_specification.pool_info.pool_id",
        }
    )


def moving(changes: Changes) -> tuple[int, int, int, int]:
    """Return how many jobs and schedules that are not declared move, and how many tasks run and wait on pools that go."""
    planned = {one.remote.key for one in changes.objects if one.action is not Action.NOOP}
    jobs = schedules = running = queued = 0
    for change in changes.objects:
        if not is_rollout(change):
            continue
        work = work_of(change, changes)
        jobs += sum(one.remote.key not in planned for one in work.jobs)
        schedules += sum(one.key not in planned for one in work.schedules)
        running += sum(one.counts.running for one in work.jobs)
        queued += sum(one.counts.active for one in work.jobs)
    return jobs, schedules, running, queued


def work_of(change: Change, changes: Changes) -> Work:
    """Return what names the pool that loses its work."""
    rollout = change.rollout
    return changes.work.get(rollout.previous.key, Work()) if rollout is not None else Work()


def tasks_text(changes: Changes) -> str:
    """Return what becomes of the tasks that run, empty where no pool is exchanged."""
    if not any(map(is_rollout, changes.objects)):
        return ""
    _, _, running, _ = moving(changes)
    again = any(running_tasks(one.after or {}) == "requeue" for one in changes.objects if is_rollout(one))
    if not running:
        return "0 tasks lost"
    word = ("starts anew" if again else "keeps running") if running == 1 else "start anew" if again else "keep running"
    return f"{running:,} {'task' if running == 1 else 'tasks'} {word} · 0 lost"


def needs_lines(changes: Changes) -> Iterator[str]:
    """Yield what the plan needs of each account while old and new pools live."""
    found = capacity(changes)
    for one in found.overlaps:
        yield _need(one)
    if found.uncounted:
        names = ", ".join(map(str, found.uncounted))
        yield f"Not counted against the quota, as their size is not known when planning: {names}."
    waves = max(found.waves.values(), default=0) + 1
    if waves > 1:
        yield f"In {waves} waves, as the quota does not hold all new pools at once."


def _need(one: Overlap) -> str:
    account = one.account_id.rpartition("/")[2]
    quota = f" of {one.quota:,}" if one.quota is not None else ""
    sort = one.sort if "cores" in one.sort else f"cores of {one.sort}"
    return f"Needs +{one.peak - one.now:,} {sort} in {account} while both live (now {one.now:,}{quota}, peak {one.peak:,}{quota})."


def about(change: Change, changes: Changes) -> Iterator[str]:
    """Yield what a person should know of a rollout besides its fields and steps."""
    classes = {one.mutability for one in change.fields if not one.deferred}
    if classes and classes <= set(_AROUND_ZERO) and "empty" in classes:
        yield 'or in place, without the overlap, its queue waiting: replacement { strategy = "drain_and_patch" }'
    work = work_of(change, changes)
    for job in work.jobs:
        schedule = f", of schedule {job.schedule}" if job.schedule else ""
        state = "" if job.state == "active" else f" ({job.state}, and stays so)" if job.state == "disabled" else ""
        yield f"{job.remote.name}: {job.counts.running:,} running, {job.counts.active:,} queued{schedule}{state}"
    if block(change.after or {}).get("retarget") == "managed" and (work.jobs or work.schedules):
        yield 'retarget = "managed": jobs that are not declared finish on the old pool'
    if work.auto_pool_jobs:
        yield f"{work.auto_pool_jobs} jobs of the account make pools of their own; they are left alone"


def steps(change: Change, listed: Sequence[Step]) -> Iterator[Segment]:
    """Yield the steps of a change, numbered, with the points after which less can be taken back."""
    remedies = [step for step in listed if step.instead_of]
    numbered = [step for step in listed if not step.instead_of]
    yield "", f"\n        {'rollout' if change.rollout is not None else 'steps'}\n"
    for at, step in enumerate(numbered, 1):
        last = isinstance(step, Delete) and bool(step.address.parts) and step.address.parts[-1].word == RETIRED
        yield "", f"        {at:>3}  {sentence(step)}{'   no way back after this' if last else ''}\n"
        if isinstance(step, Promote):
            yield "dim", "        ── from here on undo is a re-point and a resize ──\n"
    if remedies:
        cause = (
            "the work does not move in time"
            if any(isinstance(one, MoveWork) for one in remedies)
            else "it does not prove itself"
        )
        yield "", f"        if {cause}\n"
        for step in remedies:
            yield "", f"          -  {sentence(step)}\n"
