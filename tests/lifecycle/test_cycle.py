"""A whole life of projects: created, unchanged, destroyed and made anew, and all of it as planned."""

import pytest
from lifecycle_checks import apply_as_planned, is_steady
from lifecycle_driver import Place, actions
from lifecycle_projects import NAMES, put

from batchplan.plan.options import Options


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
