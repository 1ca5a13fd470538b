"""How a practised failover went, as text and as data."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from batchplan.plan.standing import DrillOutcome

Segment = tuple[str, str]


def segments(found: "DrillOutcome") -> Iterator[Segment]:
    """Yield the result of a drill with its styles."""
    how = "in Azure, and back" if found.live else "on a copy, with the region cut"
    yield "bold", f"Drill of {found.pool}: {found.left} to {found.to}, {how}\n"
    simulated = "" if found.live else " (simulated)"
    yield "", f"  recovery time   {_minutes(found.recovery)}{simulated}\n"
    yield "", f"  way back        {_minutes(found.return_took)}{simulated}\n"
    given, twice, beyond = (
        ("were not over", "started again", "")
        if found.live
        else ("given", "ran to success twice", " beyond the outage")
    )
    yield "", f"  tasks           {found.tasks} {given}, {found.lost} lost, {found.twice} {twice}\n"
    yield "", f"  schedules       {found.runs} runs, {found.runs_twice} twice, {found.missed} missed{beyond}\n"
    cores = f", {found.cores} cores" if found.cores is not None else ""
    yield "", f"  quota used      {found.nodes} nodes{cores} in {found.to}{_quota(found)}\n"
    yield ("create", "passed\n") if found.passed else ("delete", "failed\n")


def _quota(found: "DrillOutcome") -> str:
    if found.used is None or found.quota is None:
        return ""
    return f"; {found.used} of {found.quota} cores with all pools there"


def _minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}m{int(seconds) % 60:02d}s"


def as_json(found: "DrillOutcome") -> dict[str, Any]:
    """Return the result of a drill as JSON data. Times are in seconds."""
    return {**asdict(found), "pool": str(found.pool), "passed": found.passed}
