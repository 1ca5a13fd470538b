"""What somebody changed behind batchplan's back: told apart from changes of the configuration, and repaired."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from lifecycle_checks import apply_as_planned, is_steady
from lifecycle_driver import Place, actions, told
from lifecycle_projects import put

from batchplan.plan.change import Cause
from batchplan.plan.options import Options
from batchplan.schema.document import path_text


@dataclass(frozen=True, slots=True)
class Outside:
    """A raw call on an object, by address, and what is seen of it: the field, and what repairs it."""

    project: str
    address: str
    method: str
    body: Mapping[str, Any] | None
    path: str
    action: str = "update"
    rest: str = ""
    also: tuple[str, ...] = field(default=())


def properties(**members: Any) -> dict[str, Any]:
    """Return the body of an ARM call."""
    return {"properties": members}


def scale(**members: Any) -> dict[str, Any]:
    """Return the body of an ARM call that scales a pool."""
    return properties(scaleSettings=members)


CASES = {
    "resized": Outside(
        "quickstart",
        "pool.render",
        "PATCH",
        scale(fixedScale={"targetDedicatedNodes": 5}),
        "fixed_scale.target_dedicated_nodes",
    ),
    "start task": Outside(
        "quickstart",
        "pool.render",
        "PATCH",
        properties(startTask={"commandLine": "other", "waitForSuccess": True}),
        "start_task.command_line",
    ),
    "formula": Outside(
        "quickstart",
        "pool.spare",
        "PATCH",
        scale(autoScale={"formula": "$TargetDedicatedNodes = 1;", "evaluationInterval": "PT5M"}),
        "auto_scale.formula",
    ),
    "autoscale off": Outside("quickstart", "pool.spare", "POST", None, "auto_scale", rest="/disableAutoScale"),
    "pool deleted": Outside("quickstart", "pool.spare", "DELETE", None, "", "create"),
    "application": Outside(
        "quickstart", "application.renderer", "PATCH", properties(displayName="Another"), "display_name"
    ),
    "application deleted": Outside("quickstart", "application.renderer", "DELETE", None, "", "create"),
    "schedule": Outside(
        "quickstart",
        "job_schedule.nightly",
        "PATCH",
        {"schedule": {"recurrenceInterval": "PT1H"}},
        "schedule.recurrence_interval",
    ),
    "schedule deleted": Outside("quickstart", "job_schedule.nightly", "DELETE", None, "", "create"),
    "job deleted": Outside("quickstart", "job.ingest", "DELETE", None, "", "create"),
    "job priority": Outside("jobs", "job.full", "PATCH", {"priority": 7}, "priority"),
    "job metadata": Outside("jobs", "job.full", "PATCH", {"metadata": [{"name": "owner", "value": "x"}]}, "metadata"),
    "account tags": Outside("accounts", "account.full", "PATCH", {"tags": {"team": "other"}}, "tags"),
    "account tag more": Outside(
        "accounts", "account.full", "PATCH", {"tags": {"team": "render", "cost": "7", "more": "1"}}, "tags"
    ),
    "public access": Outside(
        "accounts",
        "account.full",
        "PATCH",
        properties(publicNetworkAccess="Disabled"),
        "public_network_access",
    ),
    "metadata": Outside(
        "fixed_pool", "pool.big", "PATCH", properties(metadata=[{"name": "owner", "value": "film"}]), "metadata"
    ),
    "package deleted": Outside("packages", "application_package.two", "DELETE", None, "", "create"),
    "default version": Outside(
        "packages", "application.tool", "PATCH", properties(allowUpdates=False), "allow_updates"
    ),
}


def outside(place: Place, address: str, method: str, body: Any = None, rest: str = "") -> None:
    """Make a raw call on an object of the state, and let it come to its end."""
    found = next(one.remote for one in place.state().resources if one.address == address)
    if found.kind in ("job", "job_schedule"):
        folder = "jobs" if found.kind == "job" else "jobschedules"
        place.batch(found.account_id.rpartition("/")[2], method, f"/{folder}/{found.name}{rest}", body)
    else:
        below = {"account": "", "application": f"/applications/{found.name}", "pool": f"/pools/{found.name}"}
        below["application_package"] = f"/applications/{found.name}/versions/{found.version}"
        place.arm(method, f"{found.account_id}{below[found.kind]}{rest}", body)
    place.advance(900)


@pytest.fixture
def drifted(place: Place, monkeypatch: pytest.MonkeyPatch) -> Callable[[Outside], Place]:
    """Apply a project and change one object behind its back."""

    def make(case: Outside) -> Place:
        monkeypatch.chdir(place.folder)
        put(place, case.project)
        place.apply()
        outside(place, case.address, case.method, case.body, case.rest)
        return place

    return make


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_drift_is_told_and_repaired(case: Outside, drifted: Callable[[Outside], Place]) -> None:
    """A change from outside is shown as drift of its field, and undone by the planned calls."""
    place = drifted(case)
    before = place.count
    planned = place.plan()
    assert place.writes(before) == []
    assert [str(one.address) for one in planned.changes.drift] == [case.address], told(planned)
    seen = planned.changes.drift[0]
    if case.path:
        assert any(path_text(one.path).startswith(case.path) for one in seen.fields), told(planned)
    else:
        assert seen.gone
    assert actions(planned) == {case.address: case.action}, told(planned)
    change = planned.changes.objects[0]
    if case.path:
        assert {one.cause for one in change.fields} == {Cause.DRIFT}, told(planned)
    apply_as_planned(place)
    is_steady(place)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_refresh_only_takes_over(case: Outside, drifted: Callable[[Outside], Place]) -> None:
    """-refresh-only changes the state and nothing else; afterwards the difference is one of the configuration."""
    place = drifted(case)
    before = place.count
    place.apply(Options(refresh_only=True))
    assert place.writes(before) == []
    assert place.plan(Options(refresh_only=True)).is_empty
    planned = place.plan()
    assert planned.changes.drift == ()
    assert actions(planned) == {case.address: case.action}, told(planned)
    assert {one.cause for one in planned.changes.objects[0].fields} <= {Cause.CONFIG}, told(planned)
    apply_as_planned(place)
    is_steady(place)


def test_both_at_once(drifted: Callable[[Outside], Place]) -> None:
    """A field that was changed in the configuration and another one outside are told apart on one object."""
    place = drifted(CASES["resized"])
    place.edit("echo ready", "echo steady")
    planned = place.plan()
    causes = {path_text(one.path): one.cause for one in planned.changes.objects[0].fields}
    assert causes == {
        "fixed_scale.target_dedicated_nodes": Cause.DRIFT,
        "start_task.command_line": Cause.CONFIG,
    }
    apply_as_planned(place)
    is_steady(place)


def test_what_was_never_set_is_not_drift(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A field that the configuration does not name belongs to whoever sets it."""
    monkeypatch.chdir(place.folder)
    put(place, "quickstart")
    place.apply()
    outside(place, "account.west", "PATCH", {"tags": {"seen": "by cost management"}})
    outside(place, "job.ingest", "PATCH", {"priority": 12})
    is_steady(place)
