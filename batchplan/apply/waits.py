"""Waiting until something is so: each wait looks, says what it sees, and gives up in its time."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from math import ceil
from typing import Any, assert_never

from batchplan.apply.events import StepFailure
from batchplan.plan.observation import NodeHealth, Observation
from batchplan.plan.step import (
    Available,
    Gone,
    JobIs,
    Quiet,
    Ready,
    Rebooted,
    Steady,
    StillSilent,
    TaskSucceeded,
    Unfired,
    Wait,
)
from batchplan.ports import Clock, Reader, Throttled, Unreachable
from batchplan.schema.times import instant

STOPPED = "ResizeStopped"
"""The error of a resize that was stopped."""

SHORTEST_PAUSE = 5.0
LONGEST_PAUSE = 30.0
"""Seconds between looks. They grow with the time waited: hundreds of pools that boot for an hour are no reason to ask
hundreds of times a second, and what has taken ten minutes may as well be seen half a minute late."""

PART_OF_WAITED = 0.1
_TARGETS = re.compile(r"\$Target(?:Dedicated|LowPriority)(?:Nodes)?=([0-9.]+)")
"""The targets in the results of a formula: `$TargetDedicatedNodes=2;$TargetLowPriorityNodes=0;...`."""

STILL_COMING = frozenset(
    {"creating", "starting", "waitingforstarttask", "rebooting", "reimaging", "upgradingos", "preempted", "leavingpool"}
)
ENDED = frozenset({"completed", "gone"})
"""A job that has ended while it was to be disabled needs no moving any more."""

USABLE = frozenset({"idle", "running", "offline"})
"""Offline nodes are healthy; scheduling on them has been switched off by somebody."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one look saw: whether the wait is over, a phrase, and counts where there are any."""

    over: bool
    seen: str
    ready: int | None = None
    wanted: int | None = None


Look = Callable[[], Awaitable[Sight]]
Tell = Callable[[Sight], None]


@dataclass(frozen=True, slots=True)
class Waiter:
    """Waits, for one run. `done_at` knows when steps were done, by their id."""

    reader: Reader
    clock: Clock
    done_at: Callable[[str], datetime | None]

    async def wait(self, step: Wait, tell: Tell, stopped: Callable[[], bool]) -> None:
        """Return when the wait is over; raise StepFailure when it cannot end well, or not in time."""
        look = self._look(step)
        started = self.clock.now()
        settle = step.settle if isinstance(step, Ready) else 0.0
        true_since: datetime | None = None
        while True:
            try:
                sight = await look()
            except (Throttled, Unreachable) as error:
                # A region that does not answer for a while is no reason to call the operation failed.
                sight = Sight(over=False, seen=f"no answer: {error.message}")
            true_since = (true_since or self.clock.now()) if sight.over else None
            if true_since is not None and (self.clock.now() - true_since).total_seconds() < settle:
                sight = replace(sight, over=False, seen=f"{sight.seen}, settling")
            tell(sight)
            if sight.over:
                return
            waited = (self.clock.now() - started).total_seconds()
            if waited >= step.timeout:
                raise StepFailure(f"{sight.seen} after {duration(waited)}", gate=True)
            if stopped():
                raise StepFailure("interrupted while waiting; it goes on in Azure, and the next apply looks again")
            await self.clock.sleep(min(pause(waited), max(0.5, step.timeout - waited)))

    def _look(self, step: Wait) -> Look:
        match step:
            case Steady():
                return lambda: self._steady(step)
            case Ready():
                return lambda: self._ready(step)
            case Rebooted():
                return lambda: self._rebooted(step)
            case TaskSucceeded():
                return lambda: self._succeeded(step)
            case JobIs():
                return lambda: self._job_is(step)
            case Gone():
                return lambda: self._gone(step)
            case Available():
                return lambda: self._available(step)
            case Unfired():
                return lambda: self._unfired(step)
            case Quiet():
                return lambda: self._quiet(step)
            case StillSilent():
                return lambda: self._still_silent(step)
            case _:
                assert_never(step)

    async def _steady(self, step: Steady) -> Sight:
        pool = await self._there(step)
        state = str(pool.facts.get("allocation_state", ""))
        if state.lower() != "steady":
            current, target = _counts(pool)
            return Sight(
                over=False, seen=f"{state or 'unknown'}: {current} of {target} nodes", ready=current, wanted=target
            )
        since = self.done_at(step.since_step) if step.since_step else None
        errors = [error for error in pool.facts.get("resize_errors", ()) if _is_newer(pool, since)]
        if step.stopped:
            errors = [error for error in errors if error.get("code") != STOPPED]
        if errors:
            told = "; ".join(_error_text(error) for error in errors)
            raise StepFailure(f"the pool did not get its nodes: {told}", gate=True)
        current, target = _counts(pool)
        return Sight(over=True, seen=f"steady with {current} nodes", ready=current, wanted=target)

    async def _ready(self, step: Ready) -> Sight:
        pool = await self._there(step)
        health = await self.reader.node_health(step.remote)
        usable = sum(health.by_state.get(state, 0) for state in USABLE)
        coming = sum(health.by_state.get(state, 0) for state in STILL_COMING)
        scales = bool(pool.document.get("auto_scale"))
        target = _asked_for(pool) if scales else _counts(pool)[1]
        if target is None:
            return Sight(over=False, seen=_no_targets(pool))
        wanted = ceil(target * step.share / 100) if step.minimum is None else step.minimum
        if scales:
            wanted = min(wanted, target)
        started = [one for one in health.failures if one.state == "starttaskfailed"]
        unusable = len(health.failures) - len(started)
        borne = len(started) <= step.max_start_task_failures and unusable <= step.max_unusable
        if usable >= wanted and borne:
            return Sight(over=True, seen=f"{usable} of {wanted} nodes ready", ready=usable, wanted=wanted)
        if health.failures and coming == 0:
            raise StepFailure(unhealthy(health, usable, wanted), gate=True)
        bad = f" · {len(health.failures)} failed" if health.failures else ""
        return Sight(over=False, seen=f"{usable}/{wanted} ready · {coming} starting{bad}", ready=usable, wanted=wanted)

    async def _rebooted(self, step: Rebooted) -> Sight:
        since = datetime.fromisoformat(step.after)
        nodes = {node.id: node for node in await self.reader.nodes(step.remote) if node.id in step.nodes}
        bad = [one for one in (await self.reader.node_health(step.remote)).failures if one.node in step.nodes]
        if bad:
            raise StepFailure(unhealthy(NodeHealth({}, tuple(bad)), 0, len(step.nodes)), gate=True)
        done = [one for one in nodes.values() if one.state in USABLE and one.booted is not None and one.booted > since]
        gone = len(step.nodes) - len(nodes)
        ready, wanted = len(done) + gone, len(step.nodes)
        return Sight(over=ready == wanted, seen=f"{ready} of {wanted} nodes rebooted", ready=ready, wanted=wanted)

    async def _succeeded(self, step: TaskSucceeded) -> Sight:
        task = await self.reader.task(step.remote, step.task)
        if task is None or task.state != "completed":
            return Sight(over=False, seen=f"{step.task}: {task.state if task is not None else 'not there yet'}")
        if task.exit_code == 0 and not task.message:
            return Sight(over=True, seen=f"{step.task} exited 0")
        lines = [f"{step.task} exited {task.exit_code}  {task.message}".rstrip()]
        lines += [f"      {line}" for line in task.output.splitlines()[-5:]]
        raise StepFailure("\n".join(lines), gate=True)

    async def _job_is(self, step: JobIs) -> Sight:
        job = await self.reader.read(step.remote)
        state = str(job.facts.get("state", "")).lower() if job is not None else "gone"
        if state == step.state or state in ENDED:
            return Sight(over=True, seen=state)
        running = (await self.reader.task_counts(step.remote)).running
        return Sight(over=False, seen=f"{state}: {running} tasks still running")

    async def _gone(self, step: Gone) -> Sight:
        found = await self.reader.read(step.remote)
        if found is None:
            return Sight(over=True, seen="gone")
        return Sight(
            over=False, seen=f"{found.facts.get('state') or found.facts.get('provisioning_state') or 'still there'}"
        )

    async def _available(self, step: Available) -> Sight:
        found = await self.reader.read(step.remote)
        state = str(found.facts.get("provisioning_state", "")) if found is not None else "not there yet"
        if state.lower() in ("failed", "cancelled"):
            raise StepFailure(f"Azure says that making it has {state.lower()}")
        return Sight(over=state.lower() == "succeeded", seen=state.lower())

    async def _unfired(self, step: Unfired) -> Sight:
        found = await self._there(step)
        job = found.facts.get("recent_job")
        if job is not None:
            raise StepFailure(f"{step.remote} was to make no job, and has made {job}", gate=True)
        return Sight(over=True, seen="disabled, and it has made no job")

    async def _quiet(self, step: Quiet) -> Sight:
        found = await self._there(step)
        due = instant(str(found.facts.get("next_run_time") or ""))
        left = (due - self.clock.now()).total_seconds() if due is not None else None
        if left is None or str(found.facts.get("state", "")).lower() != "active" or left > step.margin:
            return Sight(over=True, seen="no run is due")
        return Sight(over=False, seen=f"a run is due in {max(0, round(left))}s")

    async def _still_silent(self, step: StillSilent) -> Sight:
        if (await self.reader.reach(step.remote.account_id)).data:
            text = "it answers again, so its schedules have to be disabled before others are enabled: plan the failover anew"
            raise StepFailure(text, gate=True)
        return Sight(over=True, seen="no answer")

    async def _there(self, step: Wait) -> Observation:
        found = await self.reader.read(step.remote)
        if found is None:
            raise StepFailure(f"{step.remote} does not exist any more; somebody else has deleted it")
        return found


def pause(waited: float) -> float:
    """Return how long to wait for the next look after so many seconds of waiting."""
    return min(LONGEST_PAUSE, max(SHORTEST_PAUSE, waited * PART_OF_WAITED))


def _counts(pool: Observation) -> tuple[int, int]:
    facts = pool.facts
    current = int(facts.get("current_dedicated_nodes") or 0) + int(facts.get("current_low_priority_nodes") or 0)
    target = int(facts.get("target_dedicated_nodes") or 0) + int(facts.get("target_low_priority_nodes") or 0)
    return current, target


def _asked_for(pool: Observation) -> int | None:
    """Return how many nodes a formula has asked for; None when it has not been evaluated yet, or has failed."""
    run = pool.facts.get("auto_scale_run") or {}
    if run.get("error") or run.get("results") is None:
        return None
    return sum(int(float(number)) for number in _TARGETS.findall(str(run["results"])))


def _no_targets(pool: Observation) -> str:
    error = (pool.facts.get("auto_scale_run") or {}).get("error")
    return f"its formula fails: {_error_text(error)}" if error else "its formula has not been evaluated yet"


def _is_newer(pool: Observation, since: datetime | None) -> bool:
    """A resize error stays until the next resize: only one of an operation begun since is ours.

    The clocks of Azure and of this machine may differ a little.
    """
    started = pool.facts.get("resize_started")
    if since is None or not isinstance(started, datetime):
        return True
    return (started - since).total_seconds() > -30


def _error_text(error: Any) -> str:
    values = "".join(f" ({name}: {value})" for name, value in error.get("values", ()))
    return f"{error.get('code')}: {error.get('message')}{values}"


def unhealthy(health: NodeHealth, usable: int, wanted: int) -> str:
    """Return what is wrong with nodes, for people: the first five, with the end of what their start task wrote."""
    lines = [f"{usable} of {wanted} nodes ready; {len(health.failures)} cannot be used"]
    for failure in health.failures[:5]:
        code = f" exit code {failure.exit_code}" if failure.exit_code is not None else ""
        lines.append(f"  {failure.node}  {failure.state}{code}  {failure.code}: {failure.message}".rstrip(": "))
        lines.extend(f"      {line}" for line in failure.output.splitlines()[-5:])
    if len(health.failures) > 5:
        lines.append(f"  and {len(health.failures) - 5} more")
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Return a time in minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}m{rest:02d}s" if minutes else f"{rest}s"
