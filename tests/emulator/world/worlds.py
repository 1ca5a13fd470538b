"""Worlds for tests: frozen clocks, one account, small bodies."""

from dataclasses import dataclass
from typing import Any

from batchplan.emulator import ticks
from batchplan.emulator.clock import Clock
from batchplan.emulator.model import Account, Job, JobSchedule, Json, Node, Pool, Task
from batchplan.emulator.world import jobs, nodes, pools, schedules, tasks
from batchplan.emulator.world.build import new_world
from batchplan.emulator.world.core import World

START = ticks.parse_iso("2026-03-01T12:00:00Z")
LINUX: Json = {
    "imageReference": {"publisher": "canonical", "offer": "ubuntu-24_04-lts", "sku": "server"},
    "nodeAgentSKUId": "batch.node.ubuntu 24.04",
}


@dataclass
class Lab:
    """A world with one account, and short ways to act on it."""

    world: World
    account: Account

    def pass_time(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.world.clock.advance(seconds)
        self.world.sync()

    def pool(self, name: str = "p", dedicated: int = 0, spot: int = 0, **more: Any) -> Pool:
        """Create a pool."""
        sizes = (
            {} if more.get("enableAutoScale") else {"targetDedicatedNodes": dedicated, "targetLowPriorityNodes": spot}
        )
        spec = {"id": name, "vmSize": "standard_d2s_v3", "virtualMachineConfiguration": LINUX, **sizes, **more}
        self.world.sync()
        return pools.create_pool(self.world, self.account, spec)

    def job(self, name: str = "j", pool: str = "p", **more: Any) -> Job:
        """Create a job."""
        self.world.sync()
        return jobs.create_job(self.world, self.account, {"id": name, "poolInfo": {"poolId": pool}, **more})

    def task(self, job: Job, name: str = "t", command: str = "sleep 10", **more: Any) -> Task:
        """Create a task."""
        self.world.sync()
        return tasks.create_task(self.world, self.account, job, {"id": name, "commandLine": command, **more})

    def schedule(self, name: str = "s", times: Json | None = None, **more: Any) -> JobSchedule:
        """Create a job schedule whose jobs run on pool p."""
        self.world.sync()
        spec = {"id": name, "schedule": times or {}, "jobSpecification": {"poolInfo": {"poolId": "p"}, **more}}
        return schedules.create_schedule(self.world, self.account, spec)

    def nodes(self, pool: Pool) -> list[Node]:
        """Return a pool's nodes."""
        return nodes.nodes_of(self.world, self.account, pool)

    def states(self, pool: Pool) -> list[str]:
        """Return the states of a pool's nodes, sorted."""
        return sorted(node.state for node in self.nodes(pool))


def lab(seed: int = 7, **quotas: Any) -> Lab:
    """Return a frozen world with the account `acct` in eastus."""
    world = new_world(Clock(START), seed)
    limits = {
        "dedicatedCoreQuota": 500,
        "lowPriorityCoreQuota": 500,
        "poolQuota": 100,
        "activeJobAndJobScheduleQuota": 300,
    }
    account = Account(START, START, name="acct", location="eastus", quotas={**limits, **quotas})
    world.put("accounts", ("acct",), account)
    return Lab(world, account)
