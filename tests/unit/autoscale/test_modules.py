"""The modules that write formulas: each comes with the proof of its bounds."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from batchplan.autoscale import Severity, Targets, bounds, check, run
from batchplan.autoscale.format import fmt
from batchplan.autoscale.laboratory import Settings, generate, simulate
from batchplan.config.project import Inputs, load_project
from batchplan.config.sources import LocalResolver
from batchplan.config.variables import VariableFlag
from batchplan.lang.values import unmark

MODULES = Path(__file__).resolve().parents[3] / "modules"
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)

CASES: list[tuple[str, dict[str, Any], tuple[int, int], tuple[int, int]]] = [
    ("pending-tasks", {"max_nodes": 20}, (0, 20), (0, 0)),
    ("pending-tasks", {"max_nodes": 20, "min_nodes": 3, "low_priority": True}, (0, 0), (3, 20)),
    ("pending-tasks", {"max_nodes": 4, "min_nodes": 4, "window_minutes": 15}, (4, 4), (0, 0)),
    ("business-hours", {"open_nodes": 12}, (0, 12), (0, 0)),
    ("business-hours", {"open_nodes": 12, "closed_nodes": 2, "utc_offset_hours": -6}, (2, 12), (0, 0)),
    ("business-hours", {"open_nodes": 5, "closed_nodes": 9, "low_priority": True}, (0, 0), (5, 9)),
    ("spot-with-floor", {"max_dedicated": 8, "max_spot": 40}, (1, 8), (0, 40)),
    ("spot-with-floor", {"max_dedicated": 0, "max_spot": 5, "dedicated_floor": 0}, (0, 0), (0, 5)),
    ("rate-limited", {"max_nodes": 50, "grow_by": 5, "shrink_by": 2}, (0, 50), (0, 0)),
    (
        "rate-limited",
        {"max_nodes": 50, "min_nodes": 1, "grow_by": 5, "shrink_by": 2, "low_priority": True},
        (0, 0),
        (1, 50),
    ),
    ("deadline", {"max_nodes": 30, "deadline": "2026-12-31T18:00:00Z"}, (0, 30), (0, 0)),
]


def formula(name: str, given: dict[str, Any]) -> str:
    """The output of a module with some variables."""
    flags = [
        VariableFlag("var", f"{key}={value if isinstance(value, str) else json.dumps(value)}")
        for key, value in given.items()
    ]
    project = load_project(MODULES / f"formula-{name}", LocalResolver(), Inputs(flags))
    assert not project.diagnostics.has_errors, project.diagnostics.items
    assert project.evaluated is not None
    text = unmark(project.evaluated.outputs["formula"].value)[0]
    assert isinstance(text, str)
    return text


class Tasks:
    """A pool in which so many tasks have been pending for long."""

    def __init__(self, now: datetime, **values: float) -> None:
        self._now = now
        self._values = values

    def samples(self, name: str) -> list[tuple[datetime, float]]:
        value = self._values.get(name.removeprefix("$"))
        times = [self._now - timedelta(seconds=30 * back) for back in range(60, 0, -1)]
        return [] if value is None else [(moment, value) for moment in times]


@pytest.mark.parametrize(("name", "given", "dedicated", "low_priority"), CASES)
def test_bounds_of_a_module(
    name: str, given: dict[str, Any], dedicated: tuple[int, int], low_priority: tuple[int, int]
) -> None:
    """A module's formula never asks for more or fewer nodes than its variables allow; there is nothing to warn of."""
    text = formula(name, given)
    found = bounds(text)
    assert (found.dedicated.low, found.dedicated.high) == dedicated
    assert (found.low_priority.low, found.low_priority.high) == low_priority
    assert [finding for finding in check(text).findings if finding.severity is not Severity.INFO] == []


@pytest.mark.parametrize(("name", "given"), [(name, given) for name, given, _, _ in CASES])
def test_layout_of_a_module(name: str, given: dict[str, Any]) -> None:
    """A module writes formulas in the one layout."""
    text = formula(name, given)
    assert fmt(text) == text


@pytest.mark.parametrize(
    ("name", "given", "hours", "values", "present", "expected"),
    [
        ("pending-tasks", {"max_nodes": 20}, 0, {"PendingTasks": 9}, (0, 0), (3, 0)),
        ("pending-tasks", {"max_nodes": 20}, 0, {}, (5, 0), (0, 0)),
        ("business-hours", {"open_nodes": 12, "closed_nodes": 1}, 9, {}, (1, 0), (12, 0)),
        ("business-hours", {"open_nodes": 12, "closed_nodes": 1}, 18, {}, (12, 0), (1, 0)),
        ("business-hours", {"open_nodes": 12, "closed_nodes": 1}, 5 * 24 + 9, {}, (1, 0), (1, 0)),
        ("business-hours", {"open_nodes": 12, "closed_nodes": 1, "utc_offset_hours": 9}, 0, {}, (1, 0), (12, 0)),
        (
            "spot-with-floor",
            {"max_dedicated": 8, "max_spot": 40},
            0,
            {"PendingTasks": 80, "CurrentLowPriorityNodes": 19},
            (1, 19),
            (1, 19),
        ),
        (
            "spot-with-floor",
            {"max_dedicated": 8, "max_spot": 40},
            0,
            {"PendingTasks": 80, "CurrentLowPriorityNodes": 15},
            (1, 19),
            (5, 19),
        ),
        ("rate-limited", {"max_nodes": 50, "grow_by": 5, "shrink_by": 2}, 0, {"PendingTasks": 400}, (3, 0), (8, 0)),
        ("rate-limited", {"max_nodes": 50, "grow_by": 5, "shrink_by": 2}, 0, {"PendingTasks": 0}, (9, 0), (7, 0)),
        ("deadline", {"max_nodes": 30, "deadline": "2026-11-23T08:00:00Z"}, 7, {"PendingTasks": 9}, (0, 0), (3, 0)),
        ("deadline", {"max_nodes": 30, "deadline": "2026-11-23T08:00:00Z"}, 8, {"PendingTasks": 9}, (3, 0), (0, 0)),
    ],
)
def test_behaviour_of_a_module(
    name: str,
    given: dict[str, Any],
    hours: int,
    values: dict[str, float],
    present: tuple[int, int],
    expected: tuple[int, int],
) -> None:
    """A module's formula does what the module promises, with four slots to a node."""
    now = MONDAY + timedelta(hours=hours)
    result = run(formula(name, given), Tasks(now, **values), now, Targets(*present), task_slots_per_node=4)
    assert result.error is None
    assert result.targets == Targets(*expected)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("pending-tasks", {"max_nodes": 2, "min_nodes": 3}),
        ("pending-tasks", {"max_nodes": 2, "window_minutes": 1}),
        ("business-hours", {"open_nodes": 2, "first_hour": 18}),
        ("spot-with-floor", {"max_dedicated": 0, "max_spot": 5}),
        ("rate-limited", {"max_nodes": 2, "grow_by": 0, "shrink_by": 1}),
        ("deadline", {"max_nodes": 2, "deadline": "tomorrow"}),
        ("deadline", {"max_nodes": 2, "deadline": "2026-12-31T18:00:00Z", "deallocation_option": "later"}),
    ],
)
def test_nonsense_for_a_module(name: str, given: dict[str, Any]) -> None:
    """A module refuses variables that make no sense."""
    flags = [VariableFlag("var", f"{key}={value}") for key, value in given.items()]
    assert load_project(MODULES / f"formula-{name}", LocalResolver(), Inputs(flags)).diagnostics.has_errors


def test_a_pool_that_follows_its_tasks() -> None:
    """Under the pending-tasks formula a simulated pool finishes its work without a failed evaluation."""
    load = generate("bursts", tasks=200, span=86_400, seconds=600)
    found = simulate(formula("pending-tasks", {"max_nodes": 20}), load, Settings(slots=4, interval=300))
    assert (found.failures, found.interrupted, found.finished) == (0, 0, 200)
    assert found.peak_nodes <= 20
