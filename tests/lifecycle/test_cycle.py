"""A whole life of projects: created, unchanged, drifted, repaired, changed, destroyed, and all of it as planned."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from lifecycle_driver import Place, actions, told
from planned_calls import planned as planned_requests
from planned_calls import recorded

from batchplan.plan.planner import Options

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = Path(__file__).parent / "projects"
NAMES = ("quickstart", "accounts", "packages", "fixed_pool", "scaled_pools", "jobs", "modules")


def put(place: Place, name: str) -> None:
    """Put a project into its place, with files for its packages."""
    source = ROOT / "examples" / name if name == "quickstart" else PROJECTS / name
    shutil.copytree(source, place.folder, dirs_exist_ok=True)
    if name == "packages":
        (place.folder / "one.zip").write_bytes(b"PK-one")
        (place.folder / "two.zip").write_bytes(b"PK-two")


def is_steady(place: Place) -> None:
    """Assert that there is nothing to do, and nothing to take over."""
    before = place.count
    again = place.plan()
    assert again.is_empty, told(again)
    assert not again.changes.drift, told(again)
    refreshed = place.plan(Options(refresh_only=True))
    assert refreshed.is_empty, told(refreshed)
    assert place.writes(before) == []


def apply_as_planned(place: Place, options: Options | None = None) -> Any:
    """Apply, and assert that the requests that were made are those of the plan; return the plan."""
    before = place.count
    planned, _ = place.apply(options)
    assert recorded(place.writes(before)) == planned_requests(planned.steps)
    return planned


@pytest.fixture(params=NAMES)
def applied(request: pytest.FixtureRequest, place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A project that has been applied."""
    monkeypatch.chdir(place.folder)
    put(place, request.param)
    before = place.count
    place.plan()
    assert place.writes(before) == []
    apply_as_planned(place)
    return place


def test_next_plan_is_empty(applied: Place) -> None:
    """After an apply there is nothing to do, also an hour and a day later."""
    is_steady(applied)
    applied.advance(3600)
    is_steady(applied)


def test_destroy_leaves_nothing(applied: Place) -> None:
    """Destroying makes the planned calls, leaves nothing in Azure and in the state; then everything is made anew."""
    made = {name: len(found) for name, found in applied.census().items()}
    apply_as_planned(applied, Options(destroy=True))
    assert not any(applied.census().values())
    assert applied.addresses() == []
    assert applied.plan(Options(destroy=True)).is_empty
    again = apply_as_planned(applied)
    assert set(actions(again).values()) == {"create"}
    assert {name: len(found) for name, found in applied.census().items()} == made
    is_steady(applied)
