"""The world in numbers, for people and for tests."""

from collections import Counter

from batchplan.emulator import ticks
from batchplan.emulator.model import Json, Pool
from batchplan.emulator.world.core import TABLES, Key, World


def summary(world: World) -> Json:
    """Return the clock, how many of everything there are, and each account with its pools and jobs."""
    return {
        "clock": clock(world),
        "counts": {name: len(world.table(name)) for name in TABLES},
        "accounts": [_account(world, key) for key in sorted(world.accounts)],
    }


def clock(world: World) -> Json:
    """Return virtual time, its speed, and when the next event is due."""
    due = world.next_due()
    return {
        "now": ticks.isoformat(world.clock.now()),
        "speed": world.clock.speed,
        "frozen": world.clock.speed == 0,
        "next_event": None if due is None else ticks.isoformat(due),
        "events": len(world.events),
    }


def _account(world: World, key: Key) -> Json:
    account = world.accounts[key]
    jobs = Counter(job.state for (owner, _), job in world.jobs.items() if owner == key[0])
    tasks = Counter(task.state for (owner, _, _), task in world.tasks.items() if owner == key[0])
    return {
        "name": account.name,
        "location": account.location,
        "endpoint": account.endpoint,
        "pools": [_pool(world, each) for each in sorted(world.pools) if each[0] == key[0]],
        "jobs": dict(jobs),
        "tasks": dict(tasks),
    }


def _pool(world: World, key: Key) -> Json:
    pool: Pool = world.pools[key]
    nodes = Counter(world.nodes[node].state for node in world.index.below("nodes", key))
    return {
        "id": pool.id,
        "state": pool.state,
        "allocation_state": pool.allocation_state,
        "targets": [pool.target_dedicated, pool.target_low_priority],
        "nodes": dict(nodes),
        "errors": [error.code for error in pool.resize_errors],
    }
