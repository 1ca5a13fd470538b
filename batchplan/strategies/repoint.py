"""Letting a live job, or a schedule, run on another pool.

A job is disabled, so that no task starts while it moves; its running tasks end, or go back to its queue; it is
pointed to the other pool and enabled. One that was disabled before stays so.
"""

from dataclasses import dataclass

from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.plan.step import DisableJob, EnableJob, JobIs, Patch, RepointSchedule, Step
from batchplan.strategies.chain import Chain


@dataclass(frozen=True, slots=True)
class Move:
    """Where work goes, and how: `option` is what becomes of running tasks, `limit` how long that may take (seconds).

    With `requeues`, those that have not ended by then go back to their queues.
    """

    address: Address
    target: Remote
    option: str
    limit: float
    prefix: str = ""
    requeues: bool = False


def job_steps(move: Move, job: Remote, state: str, *, ours: bool) -> list[Step]:
    """Return the steps for a job in a state. `ours` says that a run of ours has disabled it."""
    chain = Chain(move.address, job, f"{move.prefix}{job.name}-")
    if state not in ("disabled", "disabling"):
        chain.add("disable", DisableJob, option=move.option)
    if state != "disabled":
        chain.add("disabled", JobIs, state="disabled", timeout=move.limit, requeues=move.requeues)
    chain.add("repoint", Patch, body={"poolInfo": {"poolId": move.target.name}}, applied=None)
    if ours or state not in ("disabled", "disabling"):
        chain.add("enable", EnableJob)
    return chain.steps


def schedule_steps(move: Move, schedule: Remote) -> list[Step]:
    """Return the steps for a schedule: jobs that it makes from now on run on the other pool."""
    chain = Chain(move.address, schedule, f"{move.prefix}{schedule.name}-")
    chain.add("repoint", RepointSchedule, target=move.target)
    return chain.steps


def enabled_again(move: Move, job: Remote) -> list[Step]:
    """Return the step for a job that an interrupted run has moved, and not enabled."""
    chain = Chain(move.address, job, f"{move.prefix}{job.name}-")
    chain.add("enable", EnableJob)
    return chain.steps
