"""One change of every class of mutability, in every kind: planned, done as planned, taken back."""

import asyncio
from dataclasses import dataclass

import pytest
from lifecycle_checks import apply_as_planned, collect, is_steady
from lifecycle_driver import Place, actions
from lifecycle_projects import put

from batchplan.core.diagnostics import UserError
from batchplan.ops.apply import Applied, apply_plan
from batchplan.ops.plan import make_plan
from batchplan.ops.session import Session
from batchplan.plan.options import Options


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a project's text, and what becomes of which objects by it."""

    project: str
    old: str
    new: str
    found: tuple[str, ...]
    back: tuple[str, ...] | None = None


EDITS = {
    "live: application display name": Edit(
        "quickstart", '"The renderer"', '"A renderer"', ("update application.renderer",)
    ),
    "live: application display name unset": Edit(
        "quickstart", '  display_name = "The renderer"\n', "", ("update application.renderer",)
    ),
    "action: resize": Edit(
        "quickstart", "target_dedicated_nodes = 2", "target_dedicated_nodes = 3", ("update pool.render",)
    ),
    "action: resize to none": Edit(
        "quickstart", "target_dedicated_nodes = 2", "target_dedicated_nodes = 0", ("update pool.render",)
    ),
    "reboot: start task": Edit("quickstart", "echo ready", "echo steady", ("update pool.render",)),
    "empty: slots": Edit(
        "quickstart",
        '  name              = "render"\n',
        '  name              = "render"\n  task_slots_per_node = 2\n',
        ("replace pool.render", "update job.ingest", "update job_schedule.nightly"),
    ),
    "create: name of a pool": Edit(
        "quickstart",
        'name              = "render"',
        'name              = "other"',
        ("replace pool.render", "update job.ingest", "update job_schedule.nightly"),
    ),
    "live: recurrence": Edit("quickstart", '"PT24H"', '"PT12H"', ("update job_schedule.nightly",)),
    "scale: formula": Edit(
        "quickstart", "$TargetDedicatedNodes = 0;", "$TargetDedicatedNodes = 1;", ("update pool.spare",)
    ),
    "scale: formula's comment": Edit("quickstart", "$TargetDedicatedNodes = 0;", "$TargetDedicatedNodes=0;", ()),
    "account: tags": Edit("accounts", 'cost = "7"', 'cost = "8"', ("update account.full",)),
    "account: tags unset": Edit(
        "accounts", '  tags                         = { team = "render", cost = "7" }\n', "", ("update account.full",)
    ),
    "account: rules": Edit("accounts", '"192.168.1.1"', '"192.168.1.2"', ("update account.full",)),
    "account: default action": Edit(
        "accounts", 'default_action = "Deny"', 'default_action = "Allow"', ("update account.full",)
    ),
    "account: public access": Edit("accounts", '= "Enabled"', '= "Disabled"', ("update account.full",)),
    "account: auth modes": Edit("accounts", '["AAD", "TaskAuthenticationToken"]', '["AAD"]', ("update account.full",)),
    "account: a new one": Edit(
        "accounts",
        'output "id" {',
        'account "more" {\n  name = "moreacct"\n  resource_group_name = "rg"\n  location = "westeurope"\n}\noutput "id" {',
        ("create account.more",),
        ("delete account.more",),
    ),
    "account: create: location": Edit("accounts", '"West Europe"', '"uksouth"', ("replace account.plain",)),
    "package: default version": Edit(
        "packages",
        "allow_updates = true",
        'allow_updates = true\n  default_version = "1.0"',
        ("update application.tool",),
    ),
    "package: version": Edit("packages", '"2.0"', '"3.0"', ("replace application_package.two",)),
    "package: hash": Edit(
        "packages",
        '  format         = "zip"',
        '  format         = "zip"\n  source_hash = "1"',
        ("update application_package.two",),
    ),
    "package: reference": Edit(
        "packages", "application_package.one.version", "application_package.two.version", ("update pool.users",)
    ),
    "package: updates": Edit("packages", "allow_updates = true", "allow_updates = false", ("update application.tool",)),
    "pool: label only": Edit("fixed_pool", '"The big one"', '"A big one"', ()),
    "pool: metadata": Edit("fixed_pool", '  value = "render"', '  value = "film"', ("update pool.big",)),
    "pool: secret": Edit("fixed_pool", '"first-P4ss-word!"', '"second-P4ss-word!"', ("replace pool.big",)),
    "pool: spot nodes": Edit(
        "fixed_pool", "target_low_priority_nodes = 1", "target_low_priority_nodes = 0", ("update pool.big",)
    ),
    "pool: fixed to scaled": Edit(
        "fixed_pool",
        """  fixed_scale {
    target_dedicated_nodes    = 2
    target_low_priority_nodes = 1
    resize_timeout            = "PT20M"
    node_deallocation_option  = "TaskCompletion"
  }
""",
        """  auto_scale {
    formula = "$TargetDedicatedNodes = 1;"
  }
""",
        ("update pool.big",),
    ),
    "pool: mounts": Edit("fixed_pool", '"-o vers=4"', '"-o vers=3"', ("replace pool.big",)),
    "pool: drained and patched": Edit(
        "scaled_pools",
        '  name              = "scaled"\n',
        '  name              = "scaled"\n  task_slots_per_node = 2\n',
        ("update pool.scaled",),
    ),
    "pool: recreated": Edit(
        "scaled_pools",
        '  license_type      = "Windows_Server"\n',
        "",
        ("replace pool.windows",),
    ),
    "pool: interval": Edit("scaled_pools", '"PT10M"', '"PT20M"', ("update pool.scaled",)),
    "pool: secret of a recreated one": Edit("scaled_pools", "W1ndows!pass", "W2ndows!pass", ("replace pool.windows",)),
    "job: priority": Edit("jobs", "= 100\n", "= 200\n", ("update job.full",)),
    "job: constraints": Edit("jobs", '"PT6H"', '"PT7H"', ("update job.full",)),
    "job: parallel tasks": Edit(
        "jobs", "max_parallel_tasks      = 20", "max_parallel_tasks      = 21", ("update job.full",)
    ),
    "job: environment": Edit("jobs", '"test"', '"other"', ("replace job.full",)),
    "job: secret": Edit("jobs", "job-s3cret-value", "job-0ther-value", ("replace job.full",)),
    "job: manager": Edit("jobs", '"sleep 100000"', '"sleep 200000"', ("replace job.full",)),
    "schedule: start window": Edit("jobs", '    start_window        = "PT1H"\n', "", ("update job_schedule.nightly",)),
    "schedule: specification": Edit("jobs", '"night"', '"day"', ("update job_schedule.nightly",)),
    "schedule: auto pool": Edit(
        "jobs", "keep_alive           = false", "keep_alive           = true", ("update job_schedule.auto",)
    ),
    "module: one more": Edit(
        "modules",
        "{ a = 1, b = 0 }",
        "{ a = 1, b = 0, c = 0 }",
        ('create module.pool["c"].job.this', 'create module.pool["c"].pool.this'),
        ('delete module.pool["c"].job.this', 'delete module.pool["c"].pool.this'),
    ),
    "module: one less": Edit(
        "modules",
        "{ a = 1, b = 0 }",
        "{ b = 0 }",
        ('delete module.pool["a"].job.this', 'delete module.pool["a"].pool.this'),
        ('create module.pool["a"].job.this', 'create module.pool["a"].pool.this'),
    ),
    "count: fewer": Edit(
        "modules", "default = 2", "default = 1", ("delete application.spare[1]",), ("create application.spare[1]",)
    ),
    "enabled": Edit(
        "modules", "enabled    = false", "enabled    = true", ("create application.off",), ("delete application.off",)
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_change_and_back(edit: Edit, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change does what its class says, by the planned calls alone, and so does taking it back."""
    monkeypatch.chdir(place.folder)
    put(place, edit.project)
    place.apply()
    made = {name: len(found) for name, found in place.census().items()}
    original = (place.folder / "main.batch.hcl").read_text(encoding="utf-8")
    place.edit(edit.old, edit.new)
    assert told_actions(apply_as_planned(place)) == sorted(edit.found)
    is_steady(place)
    place.write(original)
    assert told_actions(apply_as_planned(place)) == sorted(edit.found if edit.back is None else edit.back)
    is_steady(place)
    collect(place)
    assert {name: len(found) for name, found in place.census().items()} == made


def told_actions(planned: object) -> list[str]:
    """Return what happens, an entry an object."""
    return sorted(f"{what} {address}" for address, what in actions(planned).items() if what != "noop")


def test_a_completed_job_stays_where_it_is(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pool of a job that has ended is replaced; the job cannot move, has nothing to run, and is left alone."""
    monkeypatch.chdir(place.folder)
    put(place, "quickstart")
    place.apply()
    place.batch("quickstartweu", "POST", "/jobs/ingest/terminate", {})
    place.advance(60)
    place.edit('  name              = "render"\n', '  name              = "render"\n  task_slots_per_node = 2\n')
    assert told_actions(apply_as_planned(place)) == ["replace pool.render", "update job_schedule.nightly"]
    is_steady(place)


def test_an_account_is_replaced_with_all_that_is_in_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool is drained and gone before its account is, and is made anew in the new one."""
    monkeypatch.chdir(place.folder)
    put(place, "quickstart")
    place.apply()
    place.edit('"quickstartweu"', '"quickstartwe2"')
    planned = apply_as_planned(place)
    steps = [step.id for step in planned.steps]
    assert steps.index("pool.render:old-empty") < steps.index("account.west:old-delete")
    is_steady(place)
    assert place.census()["accounts"] == ["quickstartneu", "quickstartwe2"]


def test_what_is_lost_with_an_account_is_named(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pools, jobs and schedules that nobody declared are named where their account goes, and hinder nothing."""
    monkeypatch.chdir(place.folder)
    put(place, "quickstart")
    place.apply()
    on_pool = {"poolInfo": {"poolId": "none"}}
    for number in range(12):
        place.batch("quickstartweu", "POST", "/jobs", {"id": f"byhand{number:02d}", **on_pool})
    place.batch(
        "quickstartweu",
        "POST",
        "/jobschedules",
        {"id": "hourly", "schedule": {"recurrenceInterval": "PT1H"}, "jobSpecification": on_pool},
    )
    place.advance(7300)  # the schedule has made jobs, which go without saying
    place.edit('"quickstartweu"', '"quickstartwe2"')
    planned = apply_as_planned(place)
    notes = next(one.notes for one in planned.changes.objects if str(one.address) == "account.west")
    names = ", ".join(f"byhand{number:02d}" for number in range(10))
    assert f"not declared, and lost with it: jobs {names} and 2 more" in notes
    assert "not declared, and lost with it: job schedule hourly" in notes
    is_steady(place)


def test_an_account_without_anything_undeclared_says_nothing_of_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What batchplan manages is planned for itself, not told as lost."""
    monkeypatch.chdir(place.folder)
    put(place, "quickstart")
    place.apply()
    planned = place.plan(Options(destroy=True))
    told = [note for one in planned.changes.objects for note in one.notes if "lost with it" in note]
    assert told == []


VERSIONED = """
account "a" {
  name                = "versionacct"
  resource_group_name = "rg"
  location            = "westeurope"
  auto_storage { storage_account_id = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts/st" }
}
application "tool" {
  account_id      = account.a.id
  name            = "tool"
  default_version = "1.0"
}
application_package "one" {
  application_id = application.tool.id
  version        = "1.0"
  source         = "tool.zip"
}
"""


def test_a_default_version_of_a_new_application(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The application is made without it, as the service wants the package first; then it is set."""
    monkeypatch.chdir(place.folder)
    place.write("PK", "tool.zip")
    place.write(VERSIONED)
    planned = apply_as_planned(place)
    steps = [step.id for step in planned.steps]
    assert steps.index("application.tool:create") < steps.index("application_package.one:default")
    is_steady(place)
    place.edit('"versionacct"', '"versionacct2"')
    apply_as_planned(place)
    is_steady(place)


@pytest.mark.parametrize("there", [False, True], ids=["new", "changed"])
def test_a_default_version_that_is_not_there(there: bool, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the service would refuse in the middle of the apply, the plan refuses with the reason."""
    monkeypatch.chdir(place.folder)
    place.write("PK", "tool.zip")
    place.write(VERSIONED)
    if there:
        place.apply()
        package = VERSIONED[VERSIONED.index("application_package") :].replace('"one"', '"two"').replace("1.0", "2.0")
        place.write(VERSIONED.replace('default_version = "1.0"', 'default_version = "2.0"') + package)
        reason = "made in this plan"
    else:
        place.edit('default_version = "1.0"', 'default_version = "9.0"')
        reason = "has no package of that version"
    with pytest.raises(UserError, match=reason):
        place.plan()


@pytest.mark.parametrize("after", ["completed", "deleted"])
@pytest.mark.parametrize("more", ["", "priority = 7"], ids=["moved", "moved and changed"])
def test_a_job_that_ends_between_plan_and_apply(
    after: str, more: str, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A job that has ended, or is gone, needs no moving: the apply goes on, and the next plan has what is left."""
    monkeypatch.chdir(place.folder)
    put(place, "quickstart")
    place.apply()
    place.edit('  name              = "render"\n', '  name              = "render"\n  task_slots_per_node = 2\n')
    if more:
        place.edit('  name       = "ingest"\n', f'  name       = "ingest"\n  {more}\n')

    def end() -> None:
        if after == "completed":
            place.batch("quickstartweu", "POST", "/jobs/ingest/terminate", {})
        else:
            place.batch("quickstartweu", "DELETE", "/jobs/ingest")
        place.advance(60)

    async def work(session: Session) -> Applied:
        planned = await make_plan(session, place.project(), Options())
        assert actions(planned)["job.ingest"] == "update"
        await asyncio.to_thread(end)
        return await apply_plan(session, planned, place.events.append)

    applied = place._do(work)
    assert applied.result.complete, applied.result.failed
    if after == "completed":
        is_steady(place)
    else:
        assert told_actions(apply_as_planned(place)) == ["create job.ingest"]
        is_steady(place)
