"""What must hold after every apply: nothing is left to do, and only what was planned was done."""

from typing import Any

from lifecycle_driver import Place, told
from planned_calls import planned as planned_requests
from planned_calls import recorded

from batchplan.plan.options import Options


def is_steady(place: Place) -> None:
    """Assert that there is nothing to do, and nothing to take over; and that looking only looks."""
    before = place.count
    again = place.plan()
    assert again.is_empty, told(again)
    assert not again.changes.drift, told(again)
    refreshed = place.plan(Options(refresh_only=True))
    assert refreshed.is_empty, told(refreshed)
    assert place.writes(before) == []


def collect(place: Place) -> None:
    """Let the time pass for which retired pools are kept; the next apply deletes them, and nothing else."""
    place.advance(7200)
    planned, _ = place.apply()
    assert {one.strategy for one in planned.changes.objects} <= {"collect"}, told(planned)
    is_steady(place)


def apply_as_planned(place: Place, options: Options | None = None) -> Any:
    """Apply, and assert that the requests that were made are those of the plan; return the plan."""
    before = place.count
    planned, _ = place.apply(options)
    was, should = recorded(place.writes(before)), planned_requests(planned.steps)
    assert was == should, f"{told(planned)}\n{was}"
    return planned
