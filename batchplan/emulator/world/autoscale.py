"""Automatic scaling of pools: formulas evaluated when enabled and then on each interval.

A run that fails, or that asks for what the pool has, changes no size; a run while the pool is
resizing waits for the next interval.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from batchplan import autoscale
from batchplan.autoscale import RunResult, Targets
from batchplan.emulator import ticks
from batchplan.emulator.errors import invalid_property, refuse
from batchplan.emulator.model import Json, Pool
from batchplan.emulator.world import allocation, durations, metrics
from batchplan.emulator.world.core import Key, World

MAX_FORMULA = 8 * 1024
# Recorded: a statement that assigns nothing fails when it is evaluated, with an answer of 200.
_FAILS_WHEN_RUN = frozenset({"AS006"})
PAUSE = 30 * ticks.PER_SECOND


@dataclass(frozen=True, slots=True)
class PoolMetrics:
    """A pool's samples as an evaluation sees them."""

    world: World
    key: Key

    def samples(self, name: str) -> Sequence[tuple[datetime, float]]:
        """Return the visible samples of a metric, oldest first."""
        return metrics.samples(self.world, self.key, name)


def check(formula: str) -> None:
    """Raise 400 for a formula that is too long or cannot be read."""
    if len(formula.encode()) > MAX_FORMULA:
        raise refuse("AutoScalingFormulaTooLong")
    for fault in autoscale.parse(formula).faults:
        if fault.severity == "error" and fault.code not in _FAILS_WHEN_RUN:
            raise refuse(
                "AutoScalingFormulaSyntaxError", ("Reason", f"Line {fault.line}, Col {fault.column}: {fault.message}")
            )


def evaluate(world: World, key: Key, pool: Pool, formula: str) -> RunResult:
    """Return what a formula gives now; the pool does not change."""
    now = ticks.to_datetime(world.now)
    targets = Targets(pool.target_dedicated, pool.target_low_priority)
    return autoscale.compile(formula).run(
        PoolMetrics(world, key),
        now,
        targets,
        task_slots_per_node=int(pool.spec.get("taskSlotsPerNode") or 1),
        option=pool.deallocation_option,
        seed=world.random("rand", *key, world.now).getrandbits(32),
    )


def run_record(world: World, result: RunResult, moment: int | None = None) -> Json:
    """Return a run as the service shows it."""
    record: Json = {"timestamp": ticks.isoformat(world.now if moment is None else moment)}
    record["results"] = result.results_text
    if result.error is not None:
        values = [{"name": name, "value": value} for name, value in result.error.values]
        record["error"] = {"code": result.error.code, "message": result.error.message, "values": values}
    return record


def enable(world: World, key: Key, pool: Pool, formula: str | None, interval: str | None) -> None:
    """Scale a pool by formula from now on, and evaluate at once."""
    _set(world, pool, formula, interval)
    scale(world, key, pool, moment=pool.modified, quietly=False)
    _arm(world, key, pool)


def enable_once_made(world: World, key: Key, pool: Pool, formula: str | None, interval: str | None) -> None:
    """Scale a pool by formula that is still settling after its creation, and evaluate as soon as it is steady."""
    _set(world, pool, formula, interval)
    world.touch("pools", key)
    world.at(pool.resize_due, "pool.evaluate", *key, pool.scale_run)


def _set(world: World, pool: Pool, formula: str | None, interval: str | None) -> None:
    chosen = formula or pool.spec.get("autoScaleFormula")
    if not chosen:
        raise invalid_property("autoScaleFormula", None, "A formula is needed to enable automatic scaling")
    pool.spec["enableAutoScale"] = True
    pool.spec["autoScaleFormula"] = chosen
    pool.spec["autoScaleEvaluationInterval"] = interval or pool.spec.get("autoScaleEvaluationInterval") or "PT15M"
    pool.auto_scale_enabled_at = world.now
    pool.scale_run = world.serial()


def disable(world: World, key: Key, pool: Pool) -> None:
    """Scale a pool by hand from now on; its targets stay."""
    for name in ("autoScaleFormula", "autoScaleEvaluationInterval"):
        pool.spec.pop(name, None)
    pool.spec["enableAutoScale"] = False
    pool.auto_scale_run = None
    pool.scale_run = world.serial()
    world.touch("pools", key)


def on_interval(world: World, args: tuple[object, ...]) -> None:
    """Handle the end of an evaluation interval."""
    key = (str(args[0]), str(args[1]))
    pool = world.pools.get(key)
    if pool is None or pool.scale_run != args[2] or pool.state == "deleting":
        return
    scale(world, key, pool, moment=world.now, quietly=True)
    _arm(world, key, pool)


def scale(world: World, key: Key, pool: Pool, *, moment: int, quietly: bool) -> None:
    """Evaluate a pool's formula and resize it; `quietly` leaves a pool alone that has what it should."""
    result = evaluate(world, key, pool, pool.spec["autoScaleFormula"])
    pool.auto_scale_run = run_record(world, result, moment)
    world.touch("pools", key)
    if pool.allocation_state != "steady":
        return
    wanted = (result.targets.dedicated, result.targets.low_priority)
    unmet = wanted != (pool.current_dedicated, pool.current_low_priority)
    if result.error is None and (unmet or wanted != (pool.target_dedicated, pool.target_low_priority)):
        dedicated, low = wanted
        allocation.begin(world, key, pool, dedicated=dedicated, low_priority=low, option=result.option, moment=moment)
    elif not quietly:
        allocation.start(world, key, pool, [], result.option, moment, asked=False)


def _arm(world: World, key: Key, pool: Pool) -> None:
    wait = durations.parse(pool.spec["autoScaleEvaluationInterval"])
    world.at(world.now + wait, "pool.evaluate", *key, pool.scale_run)
