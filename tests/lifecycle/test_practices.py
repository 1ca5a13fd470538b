"""What Microsoft's best practices ask of whoever runs pools, seen in the requests that are made."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
from lifecycle_driver import Place
from rollout_driver import ACCOUNT, active, add_job, add_tasks, begin, pool_sizes, project, task_ends

LOGS = """
    retain = "PT0S"
    node_logs {
      container_url = "https://acmelogs.blob.core.windows.net/nodes"
      identity_reference {
        resource_id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/logs"
      }
    }
"""


@pytest.fixture
def here(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place that is also the working directory."""
    monkeypatch.chdir(place.folder)
    return place


def first(requests: list[Mapping[str, Any]], method: str, path: str, told: str = "") -> int:
    """Return the number of the first request of a method whose path ends so and whose body tells something."""
    found = [
        int(one["n"])
        for one in requests
        if one["method"] == method and re.search(f"{path}$", one["path"], re.IGNORECASE) and told in str(one["body"])
    ]
    assert found, f"{method} {path}"
    return found[0]


def test_a_pool_is_empty_before_it_is_deleted(here: Place) -> None:
    """Tasks that run end by themselves: the pool is resized to zero first, and deleted when nothing is left on it."""
    begin(here)
    old = active(here)
    add_job(here, "adhoc")
    add_tasks(here, "adhoc", [400, 500])
    here.advance(300)
    since = here.count
    here.write(project().partition('pool "render"')[0])
    here.apply()
    writes = here.writes(since)
    zero = first(writes, "PATCH", f"/pools/{old}", "'targetDedicatedNodes': 0")
    assert zero < first(writes, "DELETE", f"/pools/{old}")
    assert old not in pool_sizes(here)
    assert task_ends(here) == {"completed success": 2}


def test_node_logs_are_collected_before_nodes_go(here: Place) -> None:
    """Each node of the old pool is asked for its agent's logs before the pool is resized to zero and deleted."""
    begin(here, LOGS)
    old = active(here)
    here.advance(300)
    since = here.count
    here.write(project(LOGS, slots=2))
    here.apply()
    writes = here.writes(since)
    asked = [one for one in writes if re.search(f"/pools/{old}/nodes/[^/]+/uploadbatchservicelogs$", one["path"])]
    assert len(asked) == 2
    zero = first(writes, "PATCH", f"/pools/{old}", "'targetDedicatedNodes': 0")
    assert max(int(one["n"]) for one in asked) < zero < first(writes, "DELETE", f"/pools/{old}")


def test_each_generation_has_an_id_of_its_own(here: Place) -> None:
    """A pool that is there and back again has three ids, and each of them tells when it was made."""
    begin(here, 'retain = "PT0S"')
    seen = [active(here)]
    for slots in (2, 1):
        here.advance(3600)
        here.write(project('retain = "PT0S"', slots=slots))
        here.apply()
        seen.append(active(here))
    assert len(set(seen)) == 3
    assert all(re.fullmatch(r"render-\d{8}t\d{4}-[0-9a-f]{4}", one) for one in seen)


def test_an_unchanged_pool_is_never_made_anew(here: Place) -> None:
    """However often it is applied, day after day, a pool that nobody changed stays the one it is."""
    begin(here)
    old, since = active(here), here.count
    for _ in range(4):
        here.advance(86400)
        here.apply()
    assert active(here) == old
    assert here.writes(since) == []


def test_jobs_are_pointed_at_the_new_pool(here: Place) -> None:
    """No job depends on an id: it is disabled, pointed at the new pool and enabled, also one that nobody declared."""
    begin(here)
    old = active(here)
    add_job(here, "adhoc")
    since = here.count
    here.write(project(slots=2))
    here.apply()
    new, writes = active(here), here.writes(since)
    assert new != old
    for job in ("declared", "adhoc"):
        moved = first(writes, "PATCH", f"/jobs/{job}", new)
        assert first(writes, "POST", f"/jobs/{job}/disable") < moved < first(writes, "POST", f"/jobs/{job}/enable")
        assert here.batch(ACCOUNT, "GET", f"/jobs/{job}")["poolInfo"]["poolId"] == new
