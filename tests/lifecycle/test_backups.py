"""Backups in other regions: made with what they need, kept equal, and never at work by themselves."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from lifecycle_checks import apply_as_planned, is_steady
from lifecycle_driver import Place, actions
from lifecycle_projects import put

from batchplan.core.diagnostics import UserError
from batchplan.plan.options import Options

NORTH = 'pool.render.backup["north"]'
NIGHTLY = 'job_schedule.nightly.backup["north"]'


@pytest.fixture
def regions(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A pool with a backup and two schedules, applied."""
    monkeypatch.chdir(place.folder)
    put(place, "regions")
    apply_as_planned(place)
    return place


def schedule(place: Place, account: str, name: str) -> Any:
    """Return a schedule as the data plane shows it."""
    return place.batch(account, "GET", f"/jobschedules/{name}")


def pools(place: Place, account: str) -> list[Any]:
    """Return the pools of an account."""
    path = f"/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/{account}/pools"
    return [one["properties"] for one in place.arm("GET", path)["value"]]


def test_what_a_backup_has(regions: Place) -> None:
    """The backup has its own size, image of the pool, and the package version that the pool asks for, no other."""
    (north,) = pools(regions, "acmenorth")
    (west,) = pools(regions, "acmewest")
    assert (north["vmSize"].lower(), north["currentDedicatedNodes"]) == ("standard_d4s_v3", 0)
    assert (west["vmSize"].lower(), west["currentDedicatedNodes"]) == ("standard_d2s_v3", 3)
    assert north["deploymentConfiguration"] == west["deploymentConfiguration"]
    (package,) = north["applicationPackages"]
    assert "/batchaccounts/acmenorth/" in package["id"].lower()
    assert regions.census()["packages"] == ["acmenorth/tool/1.0", "acmewest/tool/0.9", "acmewest/tool/1.0"]


def test_schedules_never_fire_there(regions: Place) -> None:
    """A mirrored schedule is disabled, has its own environment and made no job, also after a day; the original's do."""
    for name in ("nightly", "hourly"):
        found = schedule(regions, "acmenorth", name)
        assert found["state"] == "disabled"
        assert (
            found["schedule"]["recurrenceInterval"]
            == schedule(regions, "acmewest", name)["schedule"]["recurrenceInterval"]
        )
    settings = schedule(regions, "acmenorth", "nightly")["jobSpecification"]["commonEnvironmentSettings"]
    assert {one["name"]: one["value"] for one in settings} == {
        "STORE": "https://northstore.blob.core.windows.net/in",
        "NOTE": "one",
    }
    regions.advance(86400)
    jobs = regions.census()["jobs"]
    assert len([one for one in jobs if one.startswith("acmewest/nightly")]) == 25
    assert not [one for one in jobs if one.startswith("acmenorth/")]
    is_steady(regions)


@pytest.mark.parametrize("name", ["nightly", "hourly"])
def test_mirrored_hours_are_those_of_the_original(regions: Place, name: str) -> None:
    """A schedule that is enabled by hand in the backup fires when the original does, on the same seconds."""
    regions.batch("acmenorth", "POST", f"/jobschedules/{name}/enable")
    there = schedule(regions, "acmenorth", name)["executionInfo"]["nextRunTime"]
    assert there[:19] == schedule(regions, "acmewest", name)["executionInfo"]["nextRunTime"][:19]


def test_changes_reach_both(regions: Place) -> None:
    """A change of the pool and of its schedules is made in both regions, and is steady; live ones in place."""
    regions.variables = {"note": "two"}
    made = apply_as_planned(regions)
    assert actions(made) == dict.fromkeys(("pool.render", NORTH, "job_schedule.nightly", NIGHTLY), "update")
    assert schedule(regions, "acmenorth", "nightly")["state"] == "disabled"
    assert pools(regions, "acmenorth")[0]["startTask"]["commandLine"].endswith("'echo two'")
    is_steady(regions)


def test_new_hours_reach_both(regions: Place) -> None:
    """When the hours of a schedule change, its mirror follows to the next run of the original."""
    regions.edit('recurrence_interval = "PT1H"', 'recurrence_interval = "PT2H"')
    apply_as_planned(regions)
    regions.batch("acmenorth", "POST", "/jobschedules/nightly/enable")
    there = schedule(regions, "acmenorth", "nightly")["executionInfo"]["nextRunTime"]
    assert there[:19] == schedule(regions, "acmewest", "nightly")["executionInfo"]["nextRunTime"][:19]


def test_replacement_replaces_both(regions: Place) -> None:
    """A change that needs new nodes replaces pool and backup by the same rules, and re-points the mirrors."""
    regions.variables = {"backups": "{ north = 1 }"}
    regions.apply()
    before = {one.address: one.remote.name for one in regions.state().resources}
    regions.variables = {"backups": "{ north = 1 }", "slots": "2"}
    made = actions(apply_as_planned(regions))
    assert made["pool.render"] == made[NORTH] == "replace"
    after = {one.address: one.remote.name for one in regions.state().resources}
    assert before["pool.render"] != after["pool.render"]
    assert before[NORTH] != after[NORTH]
    pointed = schedule(regions, "acmenorth", "nightly")["jobSpecification"]["poolInfo"]["poolId"]
    assert pointed == after[NORTH]
    is_steady(regions)


@pytest.mark.parametrize("size", ["0", "1", "3"])
def test_cold_warm_and_hot_standby(regions: Place, size: str) -> None:
    """The size of a backup is its own."""
    regions.variables = {"backups": f"{{ north = {size} }}"}
    regions.apply()
    assert pools(regions, "acmenorth")[0]["currentDedicatedNodes"] == int(size)
    is_steady(regions)


def test_removing_a_backup_removes_what_was_made_for_it(regions: Place) -> None:
    """Without the block, everything in the other account goes; the pool and its schedules are not touched."""
    regions.variables = {"backups": "{}"}
    made = actions(apply_as_planned(regions))
    assert set(made.values()) == {"delete"}
    assert all(".backup[" in address for address in made)
    assert not [one for one in regions.census()["pools"] if one.startswith("acmenorth")]
    is_steady(regions)


def test_drift_of_a_backup_is_put_back(regions: Place) -> None:
    """What was changed by hand in the backup's account is drift of the backup's address."""
    regions.batch("acmenorth", "PATCH", "/jobschedules/nightly", {"metadata": [{"name": "a", "value": "b"}]})
    path = regions.state().resources[-1].remote.account_id
    (pool,) = [one for one in regions.state().resources if one.address == NORTH]
    assert "acmenorth" in path
    regions.arm(
        "PATCH",
        f"{pool.remote.account_id}/pools/{pool.remote.name}",
        {"properties": {"startTask": {"commandLine": "other"}}},
    )
    found = regions.plan()
    assert actions(found) == {NORTH: "update"}
    regions.apply()
    is_steady(regions)


def test_targets_and_moves_take_backups_along(regions: Place) -> None:
    """`-target` of a pool means its backups too, and so does a `moved` block."""
    planned = regions.plan(Options(destroy=True, targets=(next(iter(regions.plan().desired)).address,)))
    assert planned.steps
    for old, new in (('pool "render"', 'pool "frames"'),):
        regions.edit(old, new)
    text = (regions.folder / "main.batch.hcl").read_text()
    moved = "\nmoved {\n  from = pool.render\n  to   = pool.frames\n}\n"
    regions.write(text.replace("pool.render.", "pool.frames.") + moved)
    found = regions.plan()
    assert {str(one.address): str(one.moved_from) for one in found.changes.objects if one.moved_from} == {
        "pool.frames": "pool.render",
        'pool.frames.backup["north"]': 'pool.render.backup["north"]',
    }
    regions.apply()
    is_steady(regions)


def test_in_a_module(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Backups in a module with several instances have addresses of their own there."""
    monkeypatch.chdir(place.folder)
    put(place, "regions")
    (place.folder / "farm").mkdir()
    shutil.move(place.folder / "main.batch.hcl", place.folder / "farm" / "main.batch.hcl")
    place.write('module "farm" {\n  source = "./farm"\n  for_each = toset(["a"])\n  note = each.key\n}\n')
    place.apply()
    assert 'module.farm["a"].pool.render.backup["north"]' in place.addresses()
    assert 'module.farm["a"].job_schedule.nightly.backup["north"]' in place.addresses()
    is_steady(place)


MISTAKES = {
    "in the pool's own account": (
        "account_id = account.north.id\n      vm_size",
        "account_id = account.west.id\n      vm_size",
        "E0901",
    ),
    "schedule declared there too": (
        'job_schedule "hourly" {',
        (
            'job_schedule "twice" {\n  account_id = account.north.id\n  name = "nightly"\n  schedule { recurrence_interval = "PT1H" }\n'
            '  job_specification {\n    pool_info { pool_id = "other" }\n  }\n}\njob_schedule "hourly" {'
        ),
        "E0901",
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes(place: Place, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """What is no backup is refused when planning."""
    monkeypatch.chdir(place.folder)
    put(place, "regions")
    old, new, code = MISTAKES[name]
    place.edit(old, new)
    with pytest.raises(UserError) as refused:
        place.plan()
    assert [one.code.id for one in refused.value.diagnostics] == [code]


def test_packages_declared_there_are_used(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """An application that is declared in the backup's account is not made a second time."""
    monkeypatch.chdir(place.folder)
    put(place, "regions")
    text = Path(place.folder / "main.batch.hcl").read_text()
    place.write(
        text + '\napplication "there" {\n  account_id = account.north.id\n  name = "tool"\n}\n'
        'application_package "there" {\n  application_id = application.there.id\n  version = "1.0"\n  source = "tool.zip"\n}\n'
    )
    place.apply()
    assert not [one for one in place.addresses() if one.startswith("application") and ".backup[" in one]
    is_steady(place)
