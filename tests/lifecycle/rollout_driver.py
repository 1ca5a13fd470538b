"""A pool with work on it, some of it declared and some not, and what must hold whenever a rollout has ended."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from lifecycle_checks import is_steady
from lifecycle_driver import Place, account_id

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.plan.options import Options
from batchplan.plan.rolling import Verb
from batchplan.state.model import StateDocument

ACCOUNT = "rollacct"
POOL = "pool.render"
IMAGE = """
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }
"""
FIXED = "fixed_scale {\n    target_dedicated_nodes = 2\n  }"
NEVER = """
  schedule {
    do_not_run_until    = "2030-01-01T00:00:00Z"
    recurrence_interval = "PT24H"
  }
  job_specification {
    pool_info {
      pool_id = pool.render.pool_id
    }
  }
"""
OFTEN = """
  schedule {
    recurrence_interval = "PT4M"
  }
  job_specification {
    all_tasks_complete_mode = "terminatejob"
    job_manager_task {
      id                     = "manager"
      command_line           = "/bin/sh -c 'sleep 45'"
      kill_job_on_completion = false
      run_exclusive          = false
    }
    pool_info {
      pool_id = pool.render.pool_id
    }
  }
"""
"""A schedule that fires all the time, and whose jobs end by themselves."""


def project(
    replacement: str = "", *, slots: int = 1, scale: str = FIXED, pool: str = "", more: str = "", schedule: str = NEVER
) -> str:
    """Return a configuration: an account, a pool, and a job and a schedule that run on it."""
    return f"""
account "west" {{
  name                = "{ACCOUNT}"
  resource_group_name = "rg"
  location            = "westeurope"
}}

pool "render" {{
  account_id          = account.west.id
  name                = "render"
  vm_size             = "standard_d2s_v3"
  node_agent_sku_id   = "batch.node.ubuntu 22.04"
  task_slots_per_node = {slots}
{IMAGE}
  {scale}
  {pool}
  replacement {{
    {replacement}
  }}
}}

job "declared" {{
  account_id = account.west.id
  name       = "declared"
  pool_info {{
    pool_id = pool.render.pool_id
  }}
}}

job_schedule "nightly" {{
  account_id = account.west.id
  name       = "nightly"
  {schedule}
}}

{more}
"""


def begin(place: Place, replacement: str = "", **parts: Any) -> None:
    """Apply the first generation."""
    place.write(project(replacement, **parts))
    place.apply()


def ask(verb: Verb, *, pools: Sequence[str] = (POOL,), **options: Any) -> Options:
    """Return what a command about rollouts asks of the plan."""
    return Options(verb=verb, pools=tuple(map(parse_address, pools)), **options)


# Work that nobody declared.


def add_job(place: Place, name: str, pool: str | None = None, **more: Any) -> None:
    """Make a job behind batchplan's back, on the active pool where no other is given."""
    body = {"id": name, "poolInfo": {"poolId": pool or active(place)}, **more}
    place.batch(ACCOUNT, "POST", "/jobs", body)


def add_schedule(place: Place, name: str, every: str = "PT1H", manager: dict[str, Any] | None = None) -> None:
    """Make a schedule behind batchplan's back; it fires at once."""
    specification: dict[str, Any] = {"poolInfo": {"poolId": active(place)}}
    if manager is not None:
        specification["jobManagerTask"] = manager
    body = {"id": name, "schedule": {"recurrenceInterval": every}, "jobSpecification": specification}
    place.batch(ACCOUNT, "POST", "/jobschedules", body)


def pool_of(place: Place, schedule: str) -> str:
    """Return the pool that the jobs of a schedule run on."""
    found = place.batch(ACCOUNT, "GET", f"/jobschedules/{schedule}")
    return str(found["jobSpecification"]["poolInfo"]["poolId"])


def add_tasks(place: Place, job: str, durations: Iterable[float], prefix: str = "t") -> list[str]:
    """Add tasks that run so many seconds each; return their ids."""
    names = []
    for number, seconds in enumerate(durations):
        names.append(f"{prefix}{number}")
        body = {"id": names[-1], "commandLine": f"/bin/sh -c 'work EMULATOR_DURATION={seconds}'"}
        place.batch(ACCOUNT, "POST", f"/jobs/{job}/tasks", body)
    return names


def populate(place: Place) -> None:
    """Let all sorts of work run on the active pool."""
    add_job(place, "adhoc")
    add_tasks(place, "declared", [400, 30])
    add_tasks(place, "adhoc", [200, 20, 20])
    add_schedule(place, "hourly")
    add_job(place, "stopped")
    add_tasks(place, "stopped", [10])
    place.batch(ACCOUNT, "POST", "/jobs/stopped/disable", {"disableTasks": "wait"})
    auto = {
        "autoPoolIdPrefix": "own",
        "poolLifetimeOption": "job",
        "keepAlive": False,
        "pool": {
            "vmSize": "standard_d2s_v3",
            "targetDedicatedNodes": 1,
            "virtualMachineConfiguration": {
                "imageReference": {
                    "publisher": "canonical",
                    "offer": "0001-com-ubuntu-server-jammy",
                    "sku": "22_04-lts",
                },
                "nodeAgentSKUId": "batch.node.ubuntu 22.04",
            },
        },
    }
    place.batch(ACCOUNT, "POST", "/jobs", {"id": "own", "poolInfo": {"autoPoolSpecification": auto}})
    place.advance(60)


# What is.


def generations(state: StateDocument) -> dict[str, str]:
    """Return the pools of the state: the id in Azure by address."""
    return {one.address: one.remote.name for one in state.resources if one.remote.kind == "pool"}


def active(place: Place, address: str = POOL) -> str:
    """Return the id of the active generation."""
    return generations(place.state())[address]


def remote(name: str) -> Remote:
    """Return a pool of the account."""
    return Remote("pool", account_id(ACCOUNT), name)


def phases(place: Place, address: str = POOL) -> list[str]:
    """Return the phases of the rollouts that the state remembers, oldest first."""
    return [one.phase for one in place.state().rollouts.get(address, ())]


def pointing(place: Place) -> dict[str, str]:
    """Return to which pool each open job and each schedule points, auto pools left out."""

    def look(world: Any) -> dict[str, str]:
        found = {}
        for one in world.jobs.values():
            if one.state not in ("completed", "terminating", "deleting") and one.spec["poolInfo"].get("poolId"):
                found[one.id] = one.spec["poolInfo"]["poolId"]
        for one in world.schedules.values():
            found[one.id] = one.spec["jobSpecification"]["poolInfo"]["poolId"]
        return found

    return place.emulator.call(look)


def job_states(place: Place) -> dict[str, str]:
    """Return the state of each job."""
    return place.emulator.call(lambda world: {one.id: one.state for one in world.jobs.values()})


def pool_sizes(place: Place) -> dict[str, tuple[int, int]]:
    """Return nodes and target of each pool."""

    def look(world: Any) -> dict[str, tuple[int, int]]:
        return {
            one.id: (
                one.current_dedicated + one.current_low_priority,
                one.target_dedicated + one.target_low_priority,
            )
            for one in world.pools.values()
        }

    return place.emulator.call(look)


def task_ends(place: Place) -> Counter[str]:
    """Return how many tasks there are in each state and with each result."""

    def look(world: Any) -> Counter[str]:
        return Counter(f"{one.state} {one.execution.get('result', '')}".strip() for one in world.tasks.values())

    return place.emulator.call(look)


# What must hold.


def is_clean(place: Place, *, disabled: Iterable[str] = (), others: int = 0) -> None:
    """Assert that no rollout has left anything behind.

    The next plan is empty; every pool of the account is in the state, but for `others`; no job is disabled but
    those that were; no job of a smoke test is left, no journal open, nothing recorded twice or in doubt.
    """
    place.advance(30)  # a job that is being enabled is active soon
    is_steady(place)
    state = place.state()
    known = Counter(generations(state).values())
    assert max(known.values()) == 1, known
    pools = place.census()["pools"]
    mine = [name for name in pools if name.rpartition("/")[2] in known]
    assert len(mine) == len(known), (pools, known)
    assert len(pools) - len(mine) == others, (pools, known)
    assert not any("candidate" in address for address in generations(state)), generations(state)
    assert state.disabled_jobs == ()
    assert all(one.verified for one in state.resources)
    assert asyncio.run(place.store.open_runs()) == []
    stuck = {name for name, found in job_states(place).items() if found in ("disabled", "disabling")}
    assert stuck == set(disabled), stuck
    assert not [name for name in job_states(place) if name.startswith("smoke-")]


def all_on(place: Place, pool: str) -> None:
    """Assert that all work that is open points to one pool."""
    found = pointing(place)
    assert set(found.values()) == {pool}, found
