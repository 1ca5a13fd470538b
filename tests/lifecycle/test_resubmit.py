"""Unfinished tasks are added in the other region: each at least once, under its id, with what it waits for."""

from collections import Counter
from typing import Any

import pytest
from crashing import Crash, Fuse
from failing_over import Regions
from lifecycle_checks import is_steady
from lifecycle_driver import Place

from batchplan.core.diagnostics import UserError

JOB = """
job "ingest" {
  account_id             = account.west.id
  name                   = "ingest"
  uses_task_dependencies = true
  pool_info {
    pool_id = pool.render.pool_id
  }
}
"""
COUNT = 250


@pytest.fixture
def regions(place: Place, monkeypatch: pytest.MonkeyPatch) -> Regions:
    """A pool with a backup, and two jobs with tasks: one declared, one that a schedule made."""
    monkeypatch.chdir(place.folder)
    found = Regions(place).set_up()
    text = (place.folder / "main.batch.hcl").read_text()
    place.write(text + JOB)
    place.apply()
    add(place, "acmewest", "ingest", [{"id": f"t{at}", "commandLine": "sleep 60"} for at in range(COUNT)])
    add(place, "acmewest", "nightly:job-1", [{"id": f"n{at}", "commandLine": "sleep 900"} for at in range(20)])
    add(
        place,
        "acmewest",
        "ingest",
        [{"id": "last", "commandLine": "sleep 1", "dependsOn": {"taskIds": ["t0", f"t{COUNT - 1}"]}}],
    )
    place.advance(600)
    return found


def add(place: Place, account: str, job: str, tasks: list[Any]) -> None:
    """Add tasks to a job."""
    for start in range(0, len(tasks), 100):
        place.batch(account, "POST", f"/jobs/{job}/addtaskcollection", {"value": tasks[start : start + 100]})


def tasks(place: Place) -> dict[tuple[str, str], list[tuple[str, str, str]]]:
    """Return of each task of a name where it is: account, job, and whether it has succeeded, waits or runs, or failed."""
    rows = place.emulator.call(
        lambda world: [
            (one.account, one.job, one.id, one.state, one.execution.get("result")) for one in world.tasks.values()
        ]
    )
    found: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for account, job, name, state, result in rows:
        found.setdefault((job.replace(":", "-"), name), []).append((account, state, str(result)))
    return found


def test_nothing_is_lost(regions: Regions) -> None:
    """Every task succeeds in one of the regions, none is left waiting, and what depends on others runs after them."""
    place = regions.place
    before = tasks(place)
    done = {name for name, where in before.items() if where[0][1] == "completed"}
    assert 0 < len(done) < len(before)
    made, _ = regions.failover(resubmit=True)
    assert any("runs again" in line for line in said(made))
    is_steady(place)
    place.advance(12 * 3600)
    after = tasks(place)
    # The manager ends while the other region gets its nodes, after the plan was made: it runs there again.
    names = {name for name in before if name[0] in ("ingest", "nightly-job-1") and name[1] != "manager"}
    good = {name: [one for one in after[name] if one[1:] == ("completed", "success")] for name in names}
    assert all(good.values()), [name for name, where in good.items() if not where][:5]
    assert max(Counter(len(where) for where in good.values())) == 1, "no task succeeded twice"
    assert all(good[name][0][0] == "acmewest" for name in done & names)
    assert good["ingest", "last"][0][0] == "acmenorth"


def test_tasks_are_added_in_collections(regions: Regions) -> None:
    """Up to a hundred tasks go with one request, and no request adds a task alone."""
    place, since = regions.place, regions.place.count
    regions.failover(resubmit=True)
    added = [one for one in place.writes(since) if "/jobs/" in one["path"] and "task" in one["path"].rpartition("/")[2]]
    sizes = [len(one["body"]["value"]) for one in added if one["path"].endswith("addtaskcollection")]
    assert len(sizes) == len(added)
    assert sum(sizes) > 100
    assert max(sizes) == 100


def said(made: Any) -> list[str]:
    """Return the sentences of a plan's steps."""
    from batchplan.report.steps import sentence

    return [sentence(step) for step in made.planned.steps]


def test_there_and_back_again(regions: Regions) -> None:
    """A job that is declared keeps its name in both regions, and its tasks can come back."""
    place = regions.place
    names = set(tasks(place))
    regions.failover(resubmit=True)
    place.advance(300)
    regions.failover("", resubmit=True)
    place.advance(12 * 3600)
    after = tasks(place)
    assert all(any(one[1:] == ("completed", "success") for one in after[name]) for name in names if name[0] == "ingest")
    is_steady(place)


def test_killed(regions: Regions) -> None:
    """Killed at points all over it, the next one loses no task."""
    place = regions.place
    world, versions = place.frozen(), list(place.store.versions)  # type: ignore[attr-defined]
    names = {name for name in tasks(place) if name[0] in ("ingest", "nightly-job-1")}
    fuse = Fuse()
    regions.failover(wrapped=fuse.wrapped(), resubmit=True)
    for point in range(2, fuse.count, max(1, fuse.count // 7)):
        place.thaw(world)
        place.store = type(place.store)(versions=list(versions))  # type: ignore[call-arg]
        with pytest.raises(Crash):
            regions.failover(wrapped=Fuse(point).wrapped(), resubmit=True)
        regions.failover(resubmit=True)
        place.advance(12 * 3600)
        after = tasks(place)
        lost = [name for name in names if not any(one[1:] == ("completed", "success") for one in after[name])]
        assert lost == [], (point, lost[:5])


def test_a_region_that_does_not_answer(regions: Regions) -> None:
    """Tasks that cannot be read cannot be added; that is said, and nothing is done."""
    regions.cut()
    with pytest.raises(UserError) as refused:
        regions.failover(from_unreachable=True, resubmit=True)
    assert [one.code.id for one in refused.value.diagnostics] == ["E0908"]
