"""Automatic scaling: when formulas run, what they see, what they change."""

from typing import Any

import pytest
from worlds import Lab, lab

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Pool
from batchplan.emulator.world import metrics, pools

PENDING = "$TargetDedicatedNodes=min(3,$PendingTasks.GetSample(1));"


def refused(here: Lab, verb: Any, *args: Any) -> str:
    """Return the code with which the service refuses a call."""
    with pytest.raises(ServiceError) as caught:
        verb(here.world, here.account, *args)
    return caught.value.code


def test_enabling_evaluates_at_once() -> None:
    """Enabling moves the ETag, evaluates, and resizes; the run's time is the ETag's."""
    here = lab()
    pool = here.pool()
    here.pass_time(5)
    pools.enable_auto_scale(here.world, here.account, pool, "$TargetDedicatedNodes=2", "PT06M00S")
    assert pool.auto_scale_run is not None
    assert pool.auto_scale_run["timestamp"] == ticks.isoformat(pool.modified)
    assert pool.auto_scale_run["results"].startswith(
        "$TargetDedicatedNodes=2;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue"
    )
    assert (pool.allocation_state, pool.target_dedicated) == ("resizing", 2)
    assert pool.spec["autoScaleEvaluationInterval"] == "PT6M"
    here.pass_time(100)
    assert pool.current_dedicated == 2


def test_a_new_pool_scales_from_the_start() -> None:
    """A pool created with a formula evaluates it at once; an empty one can be given a formula while it is resizing."""
    here = lab()
    pool = here.pool(enableAutoScale=True, autoScaleFormula="$TargetDedicatedNodes=1")
    here.pass_time(100)
    assert pool.current_dedicated == 1
    other = here.pool("q")
    pools.enable_auto_scale(here.world, here.account, other, "$TargetDedicatedNodes=1", None)
    here.pass_time(100)
    assert other.current_dedicated == 1


def scaled(formula: str) -> tuple[Lab, Pool]:
    """Return a lab with a pool of no nodes, scaled by a formula each five minutes."""
    here = lab()
    pool = here.pool()
    here.pass_time(600)
    pools.enable_auto_scale(here.world, here.account, pool, formula, "PT5M")
    return here, pool


def test_pools_follow_their_tasks() -> None:
    """A pool grows when tasks come and shrinks when they are done, each at an evaluation."""
    here, pool = scaled(PENDING)
    job = here.job()
    for n in range(5):
        here.task(job, f"t{n}", "sleep 600")
    here.pass_time(200)
    assert pool.target_dedicated == 0
    here.pass_time(110)
    assert pool.target_dedicated == 3
    here.pass_time(3600)
    assert (pool.target_dedicated, pool.current_dedicated) == (0, 0)


def test_a_failing_formula_changes_nothing() -> None:
    """A formula that fails keeps the targets, and its run says why, as recorded."""
    _here, pool = scaled("$something_useless")
    run = pool.auto_scale_run
    assert run is not None
    assert run["results"].startswith(
        "$TargetDedicatedNodes=0;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue"
    )
    assert run["error"] == {
        "code": "AutoScalingFormulaEvaluationError",
        "message": "The specified auto-scaling formula has evaluation error",
        "values": [{"name": "Message", "value": "Line 1, Col 1: Undefined symbol: $something_useless"}],
    }
    assert pool.target_dedicated == 0


def test_evaluation_does_not_touch_the_pool() -> None:
    """Evaluating a formula shows its result and changes neither targets nor ETag."""
    here, pool = scaled("$TargetDedicatedNodes=0")
    here.pass_time(5)
    etag, run = pool.modified, pool.auto_scale_run
    answer = pools.evaluate_auto_scale(here.world, here.account, pool, "$TargetDedicatedNodes=7")
    assert answer["results"].startswith("$TargetDedicatedNodes=7;")
    assert (pool.modified, pool.target_dedicated, pool.auto_scale_run) == (etag, 0, run)


def test_disabling_keeps_the_targets() -> None:
    """Disabling resizes once more, keeps the targets and forgets formula, interval and run."""
    here, pool = scaled("$TargetDedicatedNodes=1")
    here.pass_time(200)
    pools.disable_auto_scale(here.world, here.account, pool)
    assert (pool.allocation_state, pool.target_dedicated, pool.auto_scale_run) == ("resizing", 1, None)
    assert "autoScaleFormula" not in pool.spec
    here.pass_time(1000)
    assert (pool.allocation_state, pool.current_dedicated) == ("steady", 1)
    pools.resize_pool(here.world, here.account, pool, 0, None)


def test_what_a_scaled_pool_refuses() -> None:
    """A pool scaled by formula is not resized or stopped by hand, nor enabled twice in half a minute."""
    here, pool = scaled("$TargetDedicatedNodes=0")
    here.pass_time(5)
    assert refused(here, pools.resize_pool, pool, 1, None) == "OperationInvalidForCurrentState"
    assert refused(here, pools.stop_resize, pool) == "OperationInvalidForCurrentState"
    assert refused(here, pools.enable_auto_scale, pool, None, "PT10M") == "TooManyEnableAutoScaleRequests"
    here.pass_time(30)
    assert refused(here, pools.enable_auto_scale, pool, None, "PT4M") == "InvalidPropertyValue"
    assert refused(here, pools.enable_auto_scale, pool, "a = ;", None) == "AutoScalingFormulaSyntaxError"
    pools.enable_auto_scale(here.world, here.account, pool, None, "PT10M")
    assert pool.spec["autoScaleFormula"] == "$TargetDedicatedNodes=0"
    assert pool.spec["autoScaleEvaluationInterval"] == "PT10M"


def test_a_pool_without_a_formula_needs_one() -> None:
    """Enabling needs a formula on a pool that never had one."""
    here = lab()
    pool = here.pool()
    here.pass_time(5)
    assert refused(here, pools.enable_auto_scale, pool, None, "PT10M") == "MissingRequiredProperty"


def test_samples_come_each_half_minute_late() -> None:
    """Each 30 s gives one sample of what was, visible 30 s later; none is older than the pool."""
    here = lab()
    pool = here.pool()
    job = here.job()
    here.pass_time(95)
    for n in range(4):
        here.task(job, f"t{n}")
    here.pass_time(35)
    seen = metrics.samples(here.world, pools.key_of(pool), "$ActiveTasks")
    assert [((when.minute * 60 + when.second), value) for when, value in seen] == [(30, 0.0), (60, 0.0), (90, 0.0)]
    here.pass_time(30)
    assert [value for _, value in metrics.samples(here.world, pools.key_of(pool), "$PendingTasks")] == [
        0.0,
        0.0,
        0.0,
        4.0,
    ]
    assert metrics.samples(here.world, pools.key_of(pool), "$NetworkInBytes") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("$RunningTasks", 2.0),
        ("$ActiveTasks", 3.0),
        ("$PendingTasks", 5.0),
        ("$SucceededTasks", 1.0),
        ("$CurrentDedicatedNodes", 2.0),
        ("$CurrentDedicated", 2.0),
        ("$UsableNodeCount", 2.0),
        ("$TaskSlotsPerNode", 1.0),
        ("$CPUPercent", 1.0),
    ],
)
def test_metrics(name: str, value: float) -> None:
    """Metrics count the tasks and nodes of a pool."""
    here = lab()
    pool = here.pool(dedicated=2)
    here.pass_time(200)
    job = here.job()
    here.task(job, "quick", "sleep 1")
    here.pass_time(10)
    for n in range(5):
        here.task(job, f"t{n}", "sleep 5000")
    here.pass_time(200)
    assert metrics.samples(here.world, pools.key_of(pool), name)[-1][1] == value
