"""Where rollouts stand, as a tree for people and as data for programs."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from batchplan.core.address import Address
from batchplan.plan.rolling import Generation, Standing
from batchplan.state.model import RolloutRecord

Segment = tuple[str, str]

WORDS = {
    "candidate": "proving the candidate",
    "waiting": "waiting for promotion",
    "promoted": "draining",
    "": "no rollout under way",
}


def tree(standings: Iterable[Standing], now: datetime) -> Iterator[Segment]:
    """Yield the standings as text with styles; `now` is what times are told from."""
    for one in standings:
        sign = "◌" if one.phase else "✔"
        yield "bold", f"{one.address}"
        yield "", f"   {sign} {'paused, ' if one.paused else ''}{WORDS[one.phase]}{_since(one.since, now)}"
        yield "", f"   {_waits_for(one)}\n" if _waits_for(one) else "\n"
        for at, pool in enumerate(one.generations):
            branch = "└─" if at == len(one.generations) - 1 else "├─"
            yield "dim", f"{branch} "
            yield "", f"{pool.role:<9}  {pool.pool_id}   {_nodes(pool)}   {_work(pool)}{_kept(pool, now)}".rstrip()
            yield "", "\n"
        yield "dim", "".join(f"   next: {line}\n" for line in _next(one))


def _since(since: datetime | None, now: datetime) -> str:
    return f", since {lasting((now - since).total_seconds())}" if since is not None else ""


def _waits_for(one: Standing) -> str:
    if one.phase != "promoted":
        return f"changed: {one.why}" if one.phase and one.why else ""
    jobs = [job for pool in one.generations if pool.role == "retired" for job in pool.jobs]
    running = sum(pool.running for pool in one.generations if pool.role == "retired")
    return f"waiting for {running} tasks of {', '.join(jobs)}" if jobs else ""


def _nodes(pool: Generation) -> str:
    if pool.nodes is None:
        return "✖ does not exist"
    sign = "✔" if pool.ready >= pool.target else "◌"
    return f"{sign} {pool.ready}/{pool.target} ready" if pool.target else f"{sign} {pool.nodes} nodes"


def _work(pool: Generation) -> str:
    return f"{pool.queued} queued · {pool.running} running" if pool.nodes is not None else ""


def _kept(pool: Generation, now: datetime) -> str:
    if pool.keep_until is None:
        return ""
    left = (pool.keep_until - now).total_seconds()
    return f" · kept for {lasting(left)} more" if left > 0 else " · due: batchplan rollout gc"


def _next(one: Standing) -> list[str]:
    if one.phase == "waiting" or one.paused:
        return [f"batchplan rollout promote {one.address}", f"batchplan rollout abort {one.address}"]
    if one.phase:
        return ["batchplan apply", f"batchplan rollout abort {one.address}"]
    if any(pool.role == "retired" for pool in one.generations):
        return [f"batchplan rollout undo {one.address}"]
    return []


def lasting(seconds: float) -> str:
    """Return a time as a person says it: 40s, 12m, 3h10m, 2d4h."""
    minutes = int(max(0.0, seconds) // 60)
    if minutes < 1:
        return f"{int(max(0.0, seconds))}s"
    if minutes < 60:
        return f"{minutes}m"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours}h{minutes:02d}m"
    return f"{hours // 24}d{hours % 24}h"


def standings_json(standings: Iterable[Standing]) -> dict[str, Any]:
    """Return the standings as JSON data."""
    return {
        "format_version": "1.0",
        "pools": [
            {
                "address": str(one.address),
                "phase": one.phase or None,
                "since": one.since.isoformat() if one.since is not None else None,
                "paused": one.paused,
                "why": one.why,
                "generations": [
                    {
                        "role": pool.role,
                        "pool_id": pool.pool_id,
                        "exists": pool.nodes is not None,
                        "nodes": pool.nodes or 0,
                        "nodes_ready": pool.ready,
                        "nodes_wanted": pool.target,
                        "tasks_running": pool.running,
                        "tasks_queued": pool.queued,
                        "jobs": list(pool.jobs),
                        "keep_until": pool.keep_until.isoformat() if pool.keep_until is not None else None,
                    }
                    for pool in one.generations
                ],
            }
            for one in standings
        ],
    }


def history_lines(found: Iterable[tuple[Address, RolloutRecord]]) -> Iterator[str]:
    """Yield a line for each rollout that the state remembers."""
    for address, one in found:
        took = lasting((one.since - one.started_at).total_seconds())
        why = f"   changed: {one.why}" if one.why else ""
        yield f"{one.started_at:%Y-%m-%d %H:%M}  {address}  {one.previous} -> {one.candidate}  {one.phase} ({took}){why}"


def history_json(found: Iterable[tuple[Address, RolloutRecord]]) -> dict[str, Any]:
    """Return the rollouts that the state remembers as JSON data."""
    return {
        "format_version": "1.0",
        "rollouts": [{"address": str(address), **one.model_dump(mode="json")} for address, one in found],
    }
