"""Assembles a world: which handler lives through which event."""

from batchplan.emulator.clock import Clock
from batchplan.emulator.world import (
    accounts,
    allocation,
    autoscale,
    boot,
    certificates,
    ending,
    groups,
    jobs,
    network,
    nodes,
    pools,
    preparation,
    running,
    schedules,
    scheduling,
)
from batchplan.emulator.world.core import Handler, World

HANDLERS: dict[str, Handler] = {
    **accounts.HANDLERS,
    **certificates.HANDLERS,
    **groups.HANDLERS,
    **network.HANDLERS,
    "pool.settle": allocation.on_settle,
    "pool.place": scheduling.on_place,
    "pool.evaluate": autoscale.on_interval,
    "pool.gone": pools.on_gone,
    "node.starting": boot.on_starting,
    "node.booted": boot.on_booted,
    "node.starttask": boot.on_start_task_end,
    "node.recover": boot.on_recover,
    "node.fail": nodes.on_fail,
    "node.return": nodes.on_return,
    "node.found": nodes.on_found,
    "node.emptied": nodes.on_emptied,
    "node.deallocated": nodes.on_deallocated,
    "preparation.start": preparation.on_start,
    "preparation.end": preparation.on_end,
    "release.end": preparation.on_release_end,
    "task.end": running.on_end,
    "task.completed": ending.on_task_completed,
    "job.check": ending.on_check,
    "job.enabled": jobs.on_enabled,
    "job.wall": ending.on_wall,
    "job.close": ending.on_close,
    "schedule.due": schedules.on_due,
    "schedule.jobended": schedules.on_job_ended,
    "schedule.close": schedules.on_close,
}


def new_world(clock: Clock, seed: int) -> World:
    """Return an empty world with all its rules."""
    return World(clock, seed, dict(HANDLERS))
