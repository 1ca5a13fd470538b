"""Twenty pools replaced by one plan, with a quota that holds a few of them twice: in waves, and told so that it can be read."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lifecycle_driver import Place
from rollout_driver import ACCOUNT, IMAGE, add_tasks, is_clean, job_states, task_ends

from batchplan.apply.events import Done
from batchplan.emulator.catalogue import default_quotas
from batchplan.ops.rollouts import standings
from batchplan.plan.capacity import capacity
from batchplan.plan.rolling import Standing
from batchplan.plan.step import Create, Mark
from batchplan.report.progress import Lines

THOROUGH = os.environ.get("BATCHPLAN_THOROUGH") == "1"
POOLS, CORES, OVERLAPS = 20, 2, 3
TIGHT = replace(default_quotas(), families=(("standardDSv3Family", CORES * (POOLS + OVERLAPS)),))
PROJECT = f"""
variable "slots" {{
  type    = number
  default = 1
}}

account "west" {{
  name                = "{ACCOUNT}"
  resource_group_name = "rg"
  location            = "westeurope"
}}

pool "many" {{
  for_each            = toset([for number in range({POOLS}) : format("%02d", number)])
  account_id          = account.west.id
  name                = "many-${{each.key}}"
  vm_size             = "standard_d2s_v3"
  node_agent_sku_id   = "batch.node.ubuntu 22.04"
  task_slots_per_node = var.slots
  {IMAGE}
  fixed_scale {{
    target_dedicated_nodes = 1
  }}
}}

job "work" {{
  for_each   = pool.many
  account_id = account.west.id
  name       = "work-${{each.key}}"
  pool_info {{
    pool_id = each.value.pool_id
  }}
}}
"""


class Measured(list):
    """Events; with each of them the cores in use are counted, and what a person sees is kept."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.place = place
        self.peak = 0
        self.lines = Lines()
        self.told: list[str] = []

    def append(self, event: Any) -> None:
        super().append(event)
        self.told += self.lines.lines(event)
        self.peak = max(self.peak, self.place.emulator.call(lambda world: len(world.nodes)) * CORES)


@pytest.mark.parametrize("parallelism", [10, 40] if THOROUGH else [10])
def test_twenty_pools(parallelism: int, make_place: Callable[..., Place], monkeypatch: pytest.MonkeyPatch) -> None:
    """No more pools overlap than the quota holds, each wave begins when the one before has let go, nothing is lost."""
    place = make_place(quotas=TIGHT)
    monkeypatch.chdir(place.folder)
    place.write(PROJECT)
    place.apply()
    for number in range(POOLS):
        add_tasks(place, f"work-{number:02d}", [60, 20])
    place.advance(10)
    place.variables["slots"] = "2"
    watch = Measured(place)
    place.events = watch
    planned, _ = place.apply(parallelism=parallelism)
    waves = capacity(planned.changes).waves
    assert Counter(Counter(waves.values()).values()) == {OVERLAPS: POOLS // OVERLAPS, POOLS % OVERLAPS: 1}
    assert CORES * POOLS < watch.peak <= CORES * (POOLS + OVERLAPS)
    in_order(planned.changes, watch)
    place.advance(120)
    assert task_ends(place) == {"completed success": 2 * POOLS}
    assert set(job_states(place).values()) == {"active"}
    is_clean(place)
    readable(watch.told)
    read_by_list(place)


def read_by_list(place: Place) -> None:
    """Assert that all pools and their generations are looked at by lists: besides, each job costs a call."""

    async def looked() -> list[Standing]:
        async with place.session() as session:
            return await standings(session)

    before = place.count
    found = asyncio.run(looked())
    assert [[one.role for one in pool.generations] for pool in found] == [["active", "retired"]] * POOLS
    assert [(one.nodes, one.jobs) for one in found[0].generations] == [(1, ("work-00",)), (0, ())]
    paths = Counter(str(one["path"]).rpartition("/")[2] for one in place.requests(before))
    lists = ("batchAccounts", "pools", "jobs", "jobschedules")
    pages = 2 * POOLS // 10  # the service counts the nodes of ten pools a page
    assert paths == {**dict.fromkeys(lists, 1), "nodecounts": pages, "taskcounts": POOLS}


def in_order(changes: Any, events: list[Any]) -> None:
    """Assert that no pool of a wave is made before all old pools of the wave before are empty."""
    waves = capacity(changes).waves
    done = [one.step for one in events if isinstance(one, Done)]
    made = {str(step.address.successor): at for at, step in enumerate(done) if isinstance(step, Create)}
    empty = {
        str(step.address): at for at, step in enumerate(done) if isinstance(step, Mark) and step.phase == "retired"
    }
    for address, wave in waves.items():
        before = [empty[str(other)] for other, number in waves.items() if number == wave - 1]
        assert made[str(address)] > max(before, default=-1)


def readable(told: list[str]) -> None:
    """Assert that each line says which pool it is about, that none is long, and that waiting is not told all the time."""
    assert all(line.startswith(("pool.many[", "job.work[")) for line in told), told[:5]
    assert max(map(len, told)) < 240
    assert len(told) < POOLS * 60
