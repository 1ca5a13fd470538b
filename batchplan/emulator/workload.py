"""Made-up work: tasks with durations, exit codes and arrival times drawn by the seed."""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from batchplan.emulator import ticks
from batchplan.emulator.adminspec import Durations, Workload
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.model import Json
from batchplan.emulator.world import jobs, tasks
from batchplan.emulator.world.core import World

ARRIVAL = "workload.task"


@dataclass(slots=True)
class Generator:
    """Submits workloads to a world. `refused` counts, by code, the arrivals the service did not take."""

    world: World
    refused: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.world.handlers[ARRIVAL] = self._arrive

    def submit(self, workload: Workload) -> Json:
        """Plan all arrivals and let those happen that are due; return how many tasks there will be.

        Raise ServiceError when there is no such account or job.
        """
        world = self.world
        account = world.accounts.get((workload.account.lower(),))
        if account is None:
            raise refuse("ResourceNotFound", ("account", workload.account))
        job = jobs.find_job(world, account, workload.job)
        dice = world.random("workload", workload.account, workload.job, workload.prefix, world.serial())
        arrivals = sorted(dice.uniform(0, workload.spread) for _ in range(workload.count))
        codes, weights = list(workload.exit_codes), list(workload.exit_codes.values())
        for number, delay in enumerate(arrivals, start=1):
            task = (f"{workload.prefix}-{number}", duration(workload.durations, dice), dice.choices(codes, weights)[0])
            due = world.now + ticks.seconds(delay)
            world.at(due, ARRIVAL, account.name.lower(), job.id.lower(), *task, workload.slots, workload.max_retries)
        world.sync()
        return {"tasks": workload.count, "last_arrival": ticks.isoformat(world.now + ticks.seconds(arrivals[-1]))}

    def _arrive(self, world: World, args: tuple[Any, ...]) -> None:
        account, job_key, name, seconds, code, slots, retries = args
        owner, job = world.accounts.get((account,)), world.jobs.get((account, job_key))
        if owner is None or job is None:
            self.refused["JobNotFound"] += 1
            return
        command = f"/bin/sh -c 'work EMULATOR_DURATION={seconds} EMULATOR_EXIT_CODE={code}'"
        spec: Json = {"id": name, "commandLine": command, "requiredSlots": slots}
        if retries:
            spec["constraints"] = {"maxTaskRetryCount": retries}
        try:
            tasks.create_task(world, owner, job, spec)
        except ServiceError as error:
            self.refused[error.code] += 1


def duration(durations: Durations, dice: random.Random) -> float:
    """Return a duration in seconds, to the millisecond."""
    match durations.kind:
        case "fixed":
            return durations.seconds
        case "uniform":
            return round(dice.uniform(durations.low, durations.high), 3)
        case "exponential":
            return round(dice.expovariate(1 / durations.seconds), 3) if durations.seconds else 0.0
