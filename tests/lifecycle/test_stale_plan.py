"""A saved plan does exactly what it says, once, and only while everything is as it was when it was made."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from lifecycle_checks import is_steady
from lifecycle_driver import Place, account_id
from lifecycle_projects import put
from planned_calls import planned as planned_requests
from planned_calls import recorded
from test_drift import outside

from batchplan.backends.memory import MemoryStore
from batchplan.core.diagnostics import UserError
from batchplan.plan.options import Options

PLAN = "plan.bpplan"


@pytest.fixture
def planned(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A project that was applied and then changed, with the plan of the change in a file."""
    monkeypatch.chdir(place.folder)
    put(place, "quickstart")
    place.apply()
    place.edit('"PT24H"', '"PT12H"')
    place.edit("target_dedicated_nodes = 2", "target_dedicated_nodes = 3")
    place.edit('name              = "spare"', 'name              = "spare2"')
    place.edit('"The renderer"', '"A renderer"')
    place.save(place.folder / PLAN)
    return place


def test_does_exactly_what_it_says(planned: Place) -> None:
    """Applying a file makes the calls of the plan that was shown, though it is later by now."""
    shown = planned.plan()
    planned.advance(3600)
    before = planned.count
    loaded, applied = planned.apply_file(planned.folder / PLAN)
    assert applied.result.complete
    assert recorded(planned.writes(before)) == planned_requests(loaded.steps)
    assert [one.id for one in loaded.steps] == [one.id for one in shown.steps]
    is_steady(planned)


def test_is_applied_once(planned: Place) -> None:
    """A plan that has been applied is stale."""
    planned.apply_file(planned.folder / PLAN)
    refused(planned, "serial")


def test_files_that_were_edited_since(planned: Place) -> None:
    """Edits made after the plan are not in it, and the files are named; the steps are the plan's."""
    shown = planned.plan()
    planned.edit('"PT12H"', '"PT6H"')
    planned.write("locals {}\n", "more.batch.hcl")
    loaded, applied = planned.apply_file(planned.folder / PLAN)
    assert applied.result.complete
    assert [one.id for one in loaded.steps] == [one.id for one in shown.steps]
    (warning,) = loaded.diagnostics
    assert (warning.code.id, warning.severity.name) == ("E0813", "WARNING")
    assert "main.batch.hcl has been edited, more.batch.hcl is new" in warning.detail
    assert not planned.plan().is_empty


def test_files_of_modules_and_variables_that_were_edited(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of modules and of variables count as well; what is as it was is not named."""
    monkeypatch.chdir(place.folder)
    put(place, "modules")
    place.write("# nothing yet\n", "some.auto.batchvars.hcl")
    place.write("spares = 2\n", "batchplan.batchvars.hcl")
    place.save(place.folder / PLAN)
    inner = next((place.folder / "pool").glob("*.batch.hcl"))
    inner.write_text(inner.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    place.write("spares = 3\n", "batchplan.batchvars.hcl")
    (place.folder / "some.auto.batchvars.hcl").unlink()
    loaded, _ = place.apply_file(place.folder / PLAN)
    (warning,) = loaded.diagnostics
    assert f"batchplan.batchvars.hcl has been edited, pool/{inner.name} has been edited." in warning.detail


def test_files_that_are_as_they_were(planned: Place) -> None:
    """Nothing is said when nothing was edited."""
    loaded, _ = planned.apply_file(planned.folder / PLAN)
    assert list(loaded.diagnostics) == []


def test_creates_everything_from_a_file(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first plan, made before there was a state, is applied once."""
    monkeypatch.chdir(place.folder)
    put(place, "everything")
    place.save(place.folder / PLAN)
    _, applied = place.apply_file(place.folder / PLAN)
    assert applied.result.complete
    is_steady(place)
    refused(place, "")


def test_destroys_from_a_file(planned: Place) -> None:
    """A plan to destroy is saved and applied like any other."""
    planned.save(planned.folder / PLAN, Options(destroy=True))
    _, applied = planned.apply_file(planned.folder / PLAN)
    assert applied.result.complete
    assert not any(planned.census().values())


def schedule_changed(place: Place) -> None:
    outside(place, "job_schedule.nightly", "PATCH", {"schedule": {"recurrenceInterval": "PT1H"}})


def pool_resized(place: Place) -> None:
    outside(
        place, "pool.render", "PATCH", {"properties": {"scaleSettings": {"fixedScale": {"targetDedicatedNodes": 5}}}}
    )


def application_deleted(place: Place) -> None:
    outside(place, "application.renderer", "DELETE")


def pool_created(place: Place) -> None:
    """Make the pool that the plan is to make."""
    name = next(
        one.remote.name
        for one in place.plan().steps
        if str(one.address).startswith("pool.spare.candidate") and one.id.endswith(":create")
    )
    account = account_id("quickstartneu", "rg-quickstart")
    found = place.arm("GET", f"{account}/pools/{next(iter(place.census()['pools'])).rpartition('/')[2]}")
    kept = {key: found["properties"][key] for key in ("vmSize", "deploymentConfiguration", "scaleSettings")}
    place.arm("PUT", f"{account}/pools/{name}", {"properties": kept})
    place.advance(600)


def other_apply(place: Place) -> None:
    place.write('output "more" {\n  value = 1\n}\n', "more.batch.hcl")
    place.apply()


def other_state(place: Place) -> None:
    state = place.state()
    place.store = MemoryStore(versions=[replace_lineage(state)])


def replace_lineage(state: object) -> object:
    return state.model_copy(update={"lineage": "another"})  # type: ignore[attr-defined]


MOVES = {
    "field": (schedule_changed, ("job_schedule.nightly", 'schedule.recurrence_interval   "P1D" -> "PT1H"')),
    "size": (pool_resized, ("pool.render", "fixed_scale.target_dedicated_nodes   2 -> 5")),
    "deleted": (application_deleted, ("application.renderer", "exists -> is gone")),
    "created": (pool_created, ("pool.spare", "exists")),
    "serial": (other_apply, ("serial",)),
    "lineage": (other_state, ("lineage",)),
}


@pytest.mark.parametrize(("move", "named"), MOVES.values(), ids=MOVES.keys())
def test_what_has_moved_is_named(planned: Place, move: Callable[[Place], None], named: tuple[str, ...]) -> None:
    """Whatever has moved since, the plan is refused, which says what, and nothing is changed."""
    move(planned)
    refused(planned, *named)


def refused(place: Place, *named: str) -> None:
    """Assert that the file is refused with exit code 4, naming some things, and that nothing is changed by that."""
    before, versions = place.count, len(place.store.versions)
    with pytest.raises(UserError) as caught:
        place.apply_file(place.folder / PLAN)
    told = "\n".join(one.detail for one in caught.value.diagnostics)
    assert caught.value.exit_code == 4, told
    for one in named:
        assert one in told
    assert place.writes(before) == []
    assert len(place.store.versions) == versions


def rewritten(place: Place, **members: object) -> None:
    """Change members of the plan file."""
    path = place.folder / PLAN
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **members}), encoding="utf-8")


def test_another_workspace(planned: Place) -> None:
    """A plan is for the workspace that it was made in, also before that has a state."""
    rewritten(planned, workspace="prod", serial=0)
    refused(planned, 'made in the workspace "prod", and "default" is in use', "workspace select prod")


def test_another_version(planned: Place) -> None:
    """A plan is applied by the version that made it, because only that one is known to do what it has shown."""
    rewritten(planned, batchplan_version="0.0.9")
    before = planned.count
    with pytest.raises(UserError) as caught:
        planned.apply_file(planned.folder / PLAN)
    (told,) = caught.value.diagnostics
    assert (told.code.id, caught.value.exit_code) == ("E0511", 1)
    assert "made by batchplan 0.0.9" in told.detail
    assert planned.writes(before) == []


def test_another_secret(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret that is not the one the plan was made with is refused; the same one is taken again."""
    monkeypatch.chdir(place.folder)
    put(place, "fixed_pool")
    place.save(place.folder / PLAN)
    place.variables["password"] = "another-P4ss!"
    before = place.count
    with pytest.raises(UserError) as caught:
        place.apply_file(place.folder / PLAN)
    assert caught.value.exit_code == 4
    told = "\n".join(one.detail for one in caught.value.diagnostics)
    assert "pool.big: container_configuration.container_registries[0].password" in told
    assert "user_accounts" in told
    assert "another-P4ss!" not in told
    assert place.writes(before) == []
    del place.variables["password"]
    _, applied = place.apply_file(place.folder / PLAN)
    assert applied.result.complete
    is_steady(place)


def test_a_file_that_is_no_plan(planned: Place) -> None:
    """A damaged file is refused with a sentence."""
    path = Path(planned.folder / PLAN)
    content = path.read_bytes()
    for damaged in (b"", b"{}", content[: len(content) // 2], content[:-200] + b"x" * 200):
        path.write_bytes(damaged)
        before = planned.count
        with pytest.raises(UserError):
            planned.apply_file(path)
        assert planned.writes(before) == []
