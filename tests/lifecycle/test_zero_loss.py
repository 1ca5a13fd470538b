"""No task is lost: hundreds of tasks run and arrive while a pool is replaced, and every one is counted."""

import os
from dataclasses import dataclass

import pytest
from lifecycle_driver import Place
from rollout_driver import OFTEN, active, add_job, add_schedule, all_on, begin, is_clean, pointing, project
from traffic import Traffic

THOROUGH = os.environ.get("BATCHPLAN_THOROUGH") == "1"
SIZE = """fixed_scale {
    target_dedicated_nodes    = 4
    target_low_priority_nodes = 3
  }"""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to replace a pool: its options; whether a task may run twice, and whether there are always nodes."""

    options: str
    once: bool = True
    nodes: bool = True
    managed: bool = False
    scale: str = SIZE


ENOUGH = 'health {\n      min_ready_nodes = "50%"\n    }'
"""Spot nodes come and go."""

DRAINED = 'strategy = "drain_and_patch"'
SCALED = """auto_scale {
    formula = "$TargetDedicatedNodes = 4; $TargetLowPriorityNodes = 3; $NodeDeallocationOption = taskcompletion;"
  }"""
WAYS = {
    "wait": Way(""),
    "requeue": Way('running_tasks = "requeue"', once=False),
    "surge": Way('surge = "50%"'),
    "managed": Way('retarget = "managed"', managed=True),
    "autoscaled": Way("", scale=SCALED),
    "kept no time": Way('retain = "PT0S"'),
    "smoke test": Way('smoke_test {\n      command_line = "/bin/sh -c true"\n    }'),
    "requeue when late": Way('drain {\n      timeout    = "PT5M"\n      on_timeout = "requeue"\n    }', once=False),
    "drain and patch": Way(DRAINED, nodes=False),
    "recreate": Way('strategy = "recreate"', nodes=False),
}


@pytest.mark.parametrize("seed", range(10 if THOROUGH else 1))
@pytest.mark.parametrize("name", WAYS)
def test_no_task_is_lost(name: str, seed: int, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks run and arrive, schedules fire and spot nodes are taken away all the time; each task completes."""
    monkeypatch.chdir(place.folder)
    way = WAYS[name]
    options = f"{way.options}\n    {ENOUGH}"
    place.fault(effect={"kind": "preemption", "mean_minutes": 15})
    begin(place, options, scale=way.scale, schedule=OFTEN)
    place.advance(1800)  # a formula takes its time
    old = active(place)
    add_job(place, "adhoc")
    if not way.managed:
        add_schedule(place, "hourly")
    traffic = Traffic(place, seed=seed, needs_nodes=way.nodes)
    traffic.pass_time(place.emulator, 600)
    before = len(traffic.made)
    if way.managed:
        traffic.into = lambda job: job not in ("adhoc", *traffic.jobs_made)  # those are left to finish
    place.write(project(options, scale=way.scale, schedule=OFTEN, slots=2))
    place.apply()
    during = len(traffic.made) - before
    traffic.limit = len(traffic.made) + 50
    if "strategy" not in way.options:
        assert active(place) != old
        late = {one for one in pointing(place) if one == "adhoc" or one.startswith("late")}
        if not way.managed:
            all_on(place, active(place))
        else:
            assert late
    traffic.finish()
    counted = traffic.check(once=way.once)
    place.apply()  # where it has taken long, the retired pool is due by now
    is_clean(place)
    assert before > 100
    assert during > 15
    assert counted["total"] > len(traffic.made), "the managers of the schedule's jobs are tasks too"
    assert traffic.evicted
