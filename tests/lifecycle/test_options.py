"""Targets, exclusions, replacement on demand, no refresh, one at a time, moves and removals: as Terraform's users expect."""

import asyncio

import pytest
from lifecycle_checks import apply_as_planned, is_steady
from lifecycle_driver import Place, actions, targets
from lifecycle_projects import put
from test_drift import outside

from batchplan.core.address import parse_address
from batchplan.plan.options import Options


@pytest.fixture
def fresh(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """The quickstart, not yet applied."""
    monkeypatch.chdir(place.folder)
    put(place, "quickstart")
    return place


@pytest.fixture
def applied(fresh: Place) -> Place:
    """The quickstart, applied."""
    fresh.apply()
    return fresh


def test_target_takes_what_it_needs(fresh: Place) -> None:
    """-target makes the object and what it needs, and nothing else; the next plan makes the rest."""
    planned = apply_as_planned(fresh, targets("job.ingest"))
    assert set(actions(planned)) == {"account.west", "pool.render", "job.ingest"}
    rest = apply_as_planned(fresh)
    assert set(actions(rest)) == {"account.north", "pool.spare", "application.renderer", "job_schedule.nightly"}
    is_steady(fresh)


def test_exclude_leaves_out_what_needs_it(fresh: Place) -> None:
    """-exclude leaves an object out, and what cannot be without it."""
    planned = apply_as_planned(fresh, Options(excludes=(parse_address("pool.render"),)))
    assert set(actions(planned)) == {"account.west", "account.north", "pool.spare", "application.renderer"}


def test_destroy_target_takes_what_needs_it(applied: Place) -> None:
    """-destroy -target destroys the object and what needs it."""
    planned = apply_as_planned(applied, Options(targets=(parse_address("pool.render"),), destroy=True))
    assert set(actions(planned)) == {"pool.render", "job.ingest", "job_schedule.nightly"}
    assert applied.addresses() == ["account.north", "account.west", "application.renderer", "pool.spare"]


def test_replace(applied: Place) -> None:
    """-replace replaces an object that has not changed, and re-points what uses it."""
    planned = apply_as_planned(applied, Options(replace=(parse_address("pool.render"),)))
    assert actions(planned)["pool.render"] == "replace"
    is_steady(applied)


def test_no_refresh(applied: Place) -> None:
    """-refresh=false looks at nothing, so it does not see what was changed outside."""
    outside(applied, "application.renderer", "PATCH", {"properties": {"displayName": "Another"}})
    before = applied.count
    assert applied.plan(refresh=False).is_empty
    assert applied.requests(before) == []
    assert not applied.plan().is_empty


def test_one_at_a_time(fresh: Place) -> None:
    """-parallelism=1 comes to the same end."""
    fresh.apply(parallelism=1)
    is_steady(fresh)
    fresh.apply(Options(destroy=True), parallelism=1)
    assert not any(fresh.census().values())


def test_moved(applied: Place) -> None:
    """A moved block gives an object another address, and nothing is called."""
    applied.edit('application "renderer" {', 'application "drawer" {')
    applied.write("moved {\n  from = application.renderer\n  to   = application.drawer\n}\n", "moved.batch.hcl")
    before = applied.count
    applied.apply()
    assert applied.writes(before) == []
    assert "application.drawer" in applied.addresses()
    is_steady(applied)


def test_moved_away_from_what_is_declared_anew(fresh: Place) -> None:
    """A pool gets another address, and one like it is made at the old one in the same minute; then both stay."""
    fresh.apply()
    before = {one.address: one.remote.name for one in fresh.state().resources}
    text = (fresh.folder / "main.batch.hcl").read_text(encoding="utf-8")
    begin = text.index('pool "spare" {')
    block = text[begin : text.index("\n}\n", begin) + 3]
    moved = "moved {\n  from = pool.spare\n  to   = pool.idle\n}\n"
    fresh.write(block.replace('pool "spare"', 'pool "idle"') + moved, "idle.batch.hcl")
    planned = apply_as_planned(fresh)
    assert actions(planned) == {"pool.spare": "create", "pool.idle": "noop"}
    after = {one.address: one.remote.name for one in fresh.state().resources}
    assert after["pool.idle"] == before["pool.spare"] != after["pool.spare"]
    is_steady(fresh)


def test_count_added(applied: Place) -> None:
    """An object becomes instance 0 of its block when that gets a count, and nothing is called."""
    applied.edit('application "renderer" {', 'application "renderer" {\n  count = 1')
    before = applied.count
    applied.apply()
    assert applied.writes(before) == []
    assert "application.renderer[0]" in applied.addresses()
    is_steady(applied)


@pytest.mark.parametrize("destroy", [True, False], ids=["destroyed", "forgotten"])
def test_removed(applied: Place, *, destroy: bool) -> None:
    """A removed block destroys an object, or only forgets it."""
    text = (applied.folder / "main.batch.hcl").read_text(encoding="utf-8")
    begin = text.index('application "renderer" {')
    applied.write(text[:begin] + text[text.index("}\n", begin) + 2 :])
    lifecycle = f"lifecycle {{\n    destroy = {str(destroy).lower()}\n  }}"
    applied.write(f"removed {{\n  from = application.renderer\n  {lifecycle}\n}}\n", "removed.batch.hcl")
    apply_as_planned(applied)
    assert "application.renderer" not in applied.addresses()
    assert len(applied.census()["applications"]) == (0 if destroy else 1)
    is_steady(applied)


def test_import(applied: Place) -> None:
    """What was forgotten is taken over again by an import block, and nothing is called."""
    remote = next(one.remote for one in applied.state().resources if one.address == "application.renderer")
    state = applied.state()
    kept = tuple(one for one in state.resources if one.address != "application.renderer")
    forgotten = state.model_copy(update={"resources": kept, "serial": state.serial + 1})
    asyncio.run(applied.store.write(forgotten))
    name = f"{remote.account_id}/applications/{remote.name}"
    applied.write(f'import {{\n  to = application.renderer\n  id = "{name}"\n}}\n', "import.batch.hcl")
    before = applied.count
    applied.apply()
    assert applied.writes(before) == []
    assert "application.renderer" in applied.addresses()
    is_steady(applied)
