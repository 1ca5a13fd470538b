"""Whatever the service does wrong, an apply comes to its end, or the next one does; nothing is made twice."""

from collections.abc import Callable
from typing import Any

import pytest
from lifecycle_checks import is_steady
from lifecycle_driver import Place
from lifecycle_projects import put

CALM: dict[str, dict[str, Any]] = {
    "throttled": {"probability": 0.3, "effect": {"kind": "answer", "status": 429, "retry_after": 2}},
    "unavailable": {"probability": 0.3, "effect": {"kind": "answer", "status": 503, "retry_after": 3}},
    "closed": {"probability": 0.3, "effect": {"kind": "answer", "status": 500, "close": True}},
    "cut before": {"probability": 0.3, "effect": {"kind": "cut", "when": "before"}},
    "cut after": {"probability": 0.3, "effect": {"kind": "cut", "when": "after"}},
    "stale": {"probability": 0.5, "effect": {"kind": "stale", "reads": 2}},
}


@pytest.fixture
def project(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A project with something of every kind, not yet applied."""
    monkeypatch.chdir(place.folder)
    put(place, "everything")
    return place


@pytest.mark.parametrize("fault", CALM.values(), ids=CALM.keys())
def test_a_storm_is_weathered(fault: dict[str, Any], project: Place) -> None:
    """While calls fail now and then, creating, changing and destroying end well, in two runs at most."""
    project.fault(**fault)
    until_done(project)
    made = {name: len(found) for name, found in project.census().items()}
    assert made == {"accounts": 2, "applications": 1, "packages": 1, "pools": 3, "jobs": 2, "schedules": 2}
    project.variables["note"] = "two"
    until_done(project)
    assert {name: len(found) for name, found in project.census().items()} == made
    calm(project)
    project.apply()
    is_steady(project)


LOST: dict[str, str] = {
    "pool": "pools/*",
    "application": "applications/*",
    "package": "versions/*",
    "account": "batchAccounts/*",
    "job": "/jobs",
    "schedule": "/jobschedules",
}


@pytest.mark.parametrize("path", LOST.values(), ids=LOST.keys())
@pytest.mark.parametrize("when", ["before", "after"])
def test_no_answer_at_all(path: str, when: str, project: Place) -> None:
    """A creation that nobody ever answers fails; the next run takes over what it made, or makes it."""
    method = "POST" if path.startswith("/") else "PUT"
    project.fault(method=method, path=path, effect={"kind": "cut", "when": when})
    _, applied = project.apply(whole=False)
    assert applied.result.failed
    calm(project)
    project.apply()
    is_steady(project)
    made = {name: len(found) for name, found in project.census().items()}
    assert made == {"accounts": 2, "applications": 1, "packages": 1, "pools": 3, "jobs": 2, "schedules": 2}


def until_done(place: Place, attempts: int = 2) -> None:
    """Apply until everything is done."""
    for _ in range(attempts):
        _, applied = place.apply(whole=False)
        if applied.result.complete:
            return
    raise AssertionError({name: one.message for name, one in applied.result.failed.items()})


def calm(place: Place) -> None:
    """End all faults."""
    end: Callable[[Any], None] = lambda _: place.emulator.faults.clear()  # noqa: E731
    place.emulator.call(end)
