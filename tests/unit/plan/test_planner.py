"""What is planned: changes and steps for what is declared, recorded and live."""

from collections.abc import Callable
from typing import Any

import pytest
from planworld import ACCOUNT, BUSY, EMPTY, JOB, POOL, World

from batchplan.core.address import parse_address, parse_module_path
from batchplan.core.remote import Remote
from batchplan.plan.intents import Adoption, Intents, Move, Removal
from batchplan.plan.planner import assumed
from batchplan.schema.document import UNKNOWN

WEST = {"name": "west", "resource_group_name": "rg", "location": "westeurope"}
APP = {"account_id": ACCOUNT, "name": "blender"}
PACKAGE = {"application_id": f"{ACCOUNT}/applications/blender", "version": "4.1", "source": "a.zip"}
SCHEDULE = {
    "account_id": ACCOUNT,
    "name": "nightly",
    "schedule": {"recurrence_interval": "PT24H"},
    "job_specification": {"pool_info": {"pool_id": "render-1"}},
}
BIG = {**POOL, "vm_size": "standard_d8s_v5"}
FORMULA = {"auto_scale": {"formula": "$TargetDedicatedNodes=1;"}}
SELF_SCALED = {**{name: value for name, value in POOL.items() if name != "fixed_scale"}, **FORMULA}


def whole(world: World, facts: Any = BUSY) -> None:
    """Have an account with an application, a package, a pool, a job and a schedule."""
    world.have("account.west", WEST)
    world.have("application.blender", APP, needs=("account.west",))
    world.have("application_package.blender", PACKAGE, needs=("application.blender",), facts={"state": "active"})
    world.have("pool.render", POOL, "render-1", needs=("account.west",), facts=facts)
    world.have("job.ingest", JOB, needs=("account.west", "pool.render"), facts={"state": "active"})
    world.have("job_schedule.nightly", SCHEDULE, needs=("account.west", "pool.render"), facts={"state": "active"})


def pool_becomes(
    document: Any, facts: Any = BUSY, before: Any = POOL, named: str = "render-1"
) -> Callable[[World], None]:
    """Return what lets a pool that exists become another."""

    def build(world: World) -> None:
        world.have("pool.render", before, "render-1", facts=facts)
        world.declare("pool.render", document, named)

    return build


def new_account(world: World) -> None:
    world.declare("account.west", WEST)
    world.declare("application.blender", APP, needs=("account.west",))
    world.declare("application_package.blender", PACKAGE, needs=("application.blender",))


def schedule_moves(world: World) -> None:
    world.have("job_schedule.nightly", SCHEDULE)
    moved = {**SCHEDULE, "job_specification": {"pool_info": {"pool_id": "render-2"}}}
    world.declare("job_schedule.nightly", moved)


def disabled_job_moves(world: World) -> None:
    world.have("job.ingest", JOB, facts={"state": "disabled"})
    world.declare("job.ingest", {**JOB, "pool_info": {"pool_id": "render-2"}, "priority": 3})


def job_is_made_anew(world: World) -> None:
    world.have("job.ingest", JOB, facts={"state": "active"})
    world.declare("job.ingest", {**JOB, "display_name": "x"})


def account_moves(world: World) -> None:
    world.have("account.west", WEST)
    world.have(
        "pool.render",
        {**POOL, "replacement": {"strategy": "recreate"}},
        "render-1",
        needs=("account.west",),
        facts=EMPTY,
    )
    world.declare("account.west", {**WEST, "location": "northeurope"})


def package_is_half_made(world: World) -> None:
    world.have("application_package.blender", PACKAGE, facts={"state": "pending"})


def pool_is_unverified(world: World) -> None:
    world.declare("pool.render", POOL, "render-1")
    world.record("pool.render", POOL, "render-1", verified=False)
    world.see("pool.render", POOL, "render-1", BUSY)


def pool_was_meant(world: World) -> None:
    world.declare("pool.render", POOL, "render-1")
    world.record("pool.render", POOL, "render-1", verified=False)


def pool_is_gone(world: World) -> None:
    world.declare("pool.render", POOL, "render-1")
    world.record("pool.render", POOL, "render-1")


def pool_is_going(world: World) -> None:
    world.have("pool.render", POOL, "render-1", facts={**BUSY, "provisioning_state": "Deleting"})


def job_exists(world: World) -> None:
    world.declare("job.ingest", JOB)
    world.see("job.ingest", JOB)


def nothing_declared(world: World) -> None:
    whole(world)
    world.desired.clear()


def removal_was_interrupted(world: World) -> None:
    draining = {**BUSY, "allocation_state": "resizing", "target_dedicated_nodes": 0}
    for name, facts in (("a", draining), ("b", {**BUSY, "provisioning_state": "Deleting"})):
        world.record(f"pool.{name}", {**POOL, "name": name}, f"{name}-1")
        world.see(f"pool.{name}", {**POOL, "name": name}, f"{name}-1", facts)


def pool_is_unprotected(world: World) -> None:
    world.have("pool.render", POOL, "render-1", facts=BUSY)
    world.declare("pool.render", BIG, "render-2", prevent_destroy=True)


def pool_ignores(world: World) -> None:
    world.have("pool.render", POOL, "render-1", facts=BUSY)
    changed = {**BIG, "fixed_scale": {"target_dedicated_nodes": 9}, "tags": {"a": "1"}}
    world.declare("pool.render", changed, "render-1", ignore_changes=(("fixed_scale",), ("vm_size",)))


def resizing(world: World) -> None:
    facts = {**BUSY, "allocation_state": "resizing"}
    pool_becomes({**POOL, "fixed_scale": {"target_dedicated_nodes": 4}}, facts)(world)


def job_follows(world: World) -> None:
    world.have("pool.render", POOL, "render-1", facts=EMPTY)
    world.have("job.ingest", JOB, needs=("pool.render",), facts={"state": "active"})
    world.declare("pool.render", {**POOL, "tags": {"a": "1"}}, "render-1")
    triggers = ((parse_address("pool.render"), ("tags",)),)
    world.declare("job.ingest", JOB, needs=("pool.render",), triggers=triggers)


def request_holds_unknown(world: World) -> None:
    world.declare("pool.render", {**POOL, "start_task": {"command_line": UNKNOWN}}, "render-1")


POOL_CREATED = ["pool.render:create  Create", "pool.render:steady  Steady", "pool.render:ready  Ready"]
POOL_SCALED = ["pool.render:resize  Resize", "pool.render:steady  Steady", "pool.render:ready  Ready"]
SIZE_CHANGED = "    vm_size: standard_d4s_v5 -> standard_d8s_v5  [empty, config]"
CASES = [
    pytest.param(whole, [], id="nothing-to-do"),
    pytest.param(
        new_account,
        [
            "+ account.west",
            "+ application.blender",
            "+ application_package.blender",
            "account.west:create  Create",
            "account.west:available  Available",
            "application.blender:create  Create",
            "application_package.blender:create  Create",
            "application_package.blender:upload  Upload",
            "application_package.blender:activate  Activate",
        ],
        id="new-account-with-software",
    ),
    pytest.param(
        pool_becomes(SELF_SCALED),
        [
            "~ pool.render (in_place)",
            "    fixed_scale: {'target_dedicated_nodes': 2} -> null  [action, unset]",
            "    auto_scale.formula: null -> $TargetDedicatedNodes=1;  [action, config]",
            "pool.render:enable-autoscale  EnableAutoScale",
            "pool.render:steady  Steady",
            "pool.render:ready  Ready",
        ],
        id="from-fixed-to-formula",
    ),
    pytest.param(
        pool_becomes(POOL, before=SELF_SCALED),
        [
            "~ pool.render (in_place)",
            "    fixed_scale.target_dedicated_nodes: null -> 2  [action, config]",
            "    auto_scale: {'formula': '$TargetDedicatedNodes=1;'} -> null  [action, unset]",
            "pool.render:disable-autoscale  DisableAutoScale",
            "pool.render:stopped-scaling  Steady",
            *POOL_SCALED,
        ],
        id="from-formula-to-fixed",
    ),
    pytest.param(
        resizing,
        [
            "~ pool.render (in_place)",
            "    fixed_scale.target_dedicated_nodes: 2 -> 4  [action, config]",
            "pool.render:stop-resize  StopResize",
            "pool.render:stopped  Steady",
            *POOL_SCALED,
        ],
        id="resize-under-way",
    ),
    pytest.param(
        pool_becomes(BIG, EMPTY),
        ["~ pool.render (in_place)", SIZE_CHANGED, "pool.render:patch  Patch"],
        id="empty-pool",
    ),
    pytest.param(
        pool_becomes({**BIG, "display_name": "x", "replacement": {"strategy": "drain_and_patch"}}),
        [
            "~ pool.render (drain_and_patch)",
            "    display_name: null -> x  [empty, config]",
            SIZE_CHANGED,
            "pool.render:drain  Resize",
            "pool.render:empty  Steady",
            "pool.render:patch  Patch",
            *POOL_SCALED,
        ],
        id="drained-and-patched-with-its-label",
    ),
    pytest.param(
        pool_becomes({**POOL, "display_name": "x"}),
        ["  pool.render (in_place)", "    display_name: null -> x  [empty, config, deferred]"],
        id="label-alone-waits",
    ),
    pytest.param(
        pool_becomes({**BIG, "replacement": {"strategy": "recreate"}}, before=SELF_SCALED),
        [
            "+/- pool.render (recreate)",
            SIZE_CHANGED,
            "    fixed_scale.target_dedicated_nodes: null -> 2  [action, config]",
            "    auto_scale: {'formula': '$TargetDedicatedNodes=1;'} -> null  [action, unset]",
            "pool.render:old-disable-autoscale  DisableAutoScale",
            "pool.render:old-stopped-scaling  Steady",
            "pool.render:old-drain  Resize",
            "pool.render:old-empty  Steady",
            "pool.render:old-delete  Delete",
            "pool.render:old-gone  Gone",
            *POOL_CREATED,
        ],
        id="recreated",
    ),
    pytest.param(
        pool_becomes({**POOL, "name": "other", "replacement": {"strategy": "drain_and_patch"}}),
        [
            "+/- pool.render (drain_and_patch)",
            "    name: render -> other  [create, config]",
            "pool.render:old-drain  Resize",
            "pool.render:old-empty  Steady",
            "pool.render:old-delete  Delete",
            "pool.render:old-gone  Gone",
            *POOL_CREATED,
            (
                "! E0506 pool.render has the strategy drain_and_patch, which keeps the pool, but no call changes name. "
                'Set replacement { strategy = "blue_green" } or "recreate".'
            ),
        ],
        id="drain-and-patch-cannot-rename",
    ),
    pytest.param(
        schedule_moves,
        [
            "~ job_schedule.nightly (in_place)",
            "    job_specification.pool_info.pool_id: render-1 -> render-2  [live, config]",
            "job_schedule.nightly:patch  Patch",
        ],
        id="schedule-is-only-patched",
    ),
    pytest.param(
        disabled_job_moves,
        [
            "~ job.ingest (in_place)",
            "    priority: null -> 3  [live, config]",
            "    pool_info.pool_id: render-1 -> render-2  [action, config]",
            "job.ingest:patch  Patch",
        ],
        id="disabled-job-stays-disabled",
    ),
    pytest.param(
        job_is_made_anew,
        [
            "+/- job.ingest (recreate)",
            "    display_name: null -> x  [create, config]",
            "job.ingest:old-terminate  TerminateJob",
            "job.ingest:old-completed  JobIs",
            "job.ingest:old-delete  Delete",
            "job.ingest:old-gone  Gone",
            "job.ingest:create  Create",
        ],
        id="job-made-anew",
    ),
    pytest.param(
        account_moves,
        [
            "+/- account.west (recreate)",
            "    location: westeurope -> northeurope  [create, config]",
            "+/- pool.render (recreate)",
            "pool.render:old-delete  Delete",
            "pool.render:old-gone  Gone",
            "account.west:old-delete  Delete",
            "account.west:old-gone  Gone",
            "account.west:create  Create",
            "account.west:available  Available",
            *POOL_CREATED,
        ],
        id="account-takes-its-pools-along",
    ),
    pytest.param(
        package_is_half_made,
        [
            "~ application_package.blender (in_place)",
            "application_package.blender:upload  Upload",
            "application_package.blender:activate  Activate",
            "application_package.blender:seen  Adopt",
        ],
        id="upload-was-interrupted",
    ),
    pytest.param(
        pool_is_unverified,
        ["~ pool.render (in_place)", *POOL_SCALED, "pool.render:seen  Adopt"],
        id="nobody-saw-it-ready",
    ),
    pytest.param(pool_was_meant, ["+ pool.render", *POOL_CREATED], id="creation-was-interrupted"),
    pytest.param(pool_is_gone, ["+ pool.render", *POOL_CREATED], id="deleted-outside"),
    pytest.param(
        pool_is_going,
        ["+ pool.render", "pool.render:predecessor-gone  Gone", *POOL_CREATED],
        id="being-deleted-outside",
    ),
    pytest.param(
        job_exists,
        [
            (
                f"! E0507 {ACCOUNT}/jobs/ingest exists, and the state does not have it. Give job.ingest another name, or "
                f'take it over:\n\nimport {{\n  to = job.ingest\n  id = "{ACCOUNT}/jobs/ingest"\n}}'
            )
        ],
        id="exists-and-is-not-ours",
    ),
    pytest.param(
        nothing_declared,
        [
            "- account.west (remove)",
            "- application.blender (remove)",
            "- application_package.blender (remove)",
            "- pool.render (remove)",
            "- job.ingest (remove)",
            "- job_schedule.nightly (remove)",
            "application_package.blender:delete  Delete",
            "application_package.blender:gone  Gone",
            "application.blender:delete  Delete",
            "application.blender:gone  Gone",
            "job.ingest:terminate  TerminateJob",
            "job.ingest:completed  JobIs",
            "job.ingest:delete  Delete",
            "job.ingest:gone  Gone",
            "job_schedule.nightly:delete  Delete",
            "job_schedule.nightly:gone  Gone",
            "pool.render:drain  Resize",
            "pool.render:empty  Steady",
            "pool.render:delete  Delete",
            "pool.render:gone  Gone",
            "account.west:delete  Delete",
            "account.west:gone  Gone",
        ],
        id="everything-goes-in-reverse",
    ),
    pytest.param(
        removal_was_interrupted,
        [
            "- pool.a (remove)",
            "- pool.b (remove)",
            "pool.a:empty  Steady",
            "pool.a:delete  Delete",
            "pool.a:gone  Gone",
            "pool.b:gone  Gone",
        ],
        id="removal-goes-on-where-it-was",
    ),
    pytest.param(
        pool_is_unprotected,
        [
            "+/- pool.render (blue_green)",
            SIZE_CHANGED,
            'pool.render.candidate["render-2"]:candidate  Mark',
            'pool.render.candidate["render-2"]:create  Create',
            'pool.render.candidate["render-2"]:steady  Steady',
            'pool.render.candidate["render-2"]:ready  Ready',
            'pool.render.candidate["render-2"]:promote  Promote',
            'pool.render.retired["render-1"]:moved  MoveWork',
            'pool.render.retired["render-1"]:drain  Resize',
            'pool.render.retired["render-1"]:empty  Steady',
            'pool.render.retired["render-1"]:moved-last  MoveWork',
            'pool.render.retired["render-1"]:retired  Mark',
            (
                "! E0501 pool.render would be replaced, and its lifecycle block says prevent_destroy. "
                "Take that away, or leave the object as it is (-exclude)."
            ),
        ],
        id="protected",
    ),
    pytest.param(
        pool_ignores,
        ["~ pool.render (in_place)", "    tags: null -> {'a': '1'}  [live, config]", "pool.render:patch  Patch"],
        id="ignored-fields",
    ),
    pytest.param(
        job_follows,
        [
            "~ pool.render (in_place)",
            "    tags: null -> {'a': '1'}  [live, config]",
            "+/- job.ingest (recreate)",
            "pool.render:patch  Patch",
            "job.ingest:old-terminate  TerminateJob",
            "job.ingest:old-completed  JobIs",
            "job.ingest:old-delete  Delete",
            "job.ingest:old-gone  Gone",
            "job.ingest:create  Create",
        ],
        id="replace-triggered-by",
    ),
    pytest.param(
        request_holds_unknown,
        [
            "+ pool.render",
            *POOL_CREATED,
            (
                "! E0508 A request for pool.render holds a value that is known only when another object has been applied. "
                "Apply that object first, with -target, then everything."
            ),
        ],
        id="not-known-in-time",
    ),
]


@pytest.mark.parametrize(("build", "expected"), CASES)
def test_plans(world: World, build: Callable[[World], None], expected: list[str]) -> None:
    """Each small world has the plan that is written beside it."""
    build(world)
    assert world.told() == expected
    ids = [step.id for step in world.steps()]
    assert all(set(step.needs) <= set(ids[: ids.index(step.id)]) for step in world.steps())


def addresses(world: World, asked: Intents | None = None, **options: Any) -> list[str]:
    """Return the addresses that are changed."""
    return [str(one.address) for one in world.changes(asked, **options).objects]


def anew(world: World) -> None:
    """Declare everything, with nothing there."""
    whole(world)
    world.live.clear()
    world.state = world.state.model_copy(update={"resources": ()})


@pytest.mark.parametrize(
    ("option", "text", "destroy", "expected"),
    [
        ("targets", "pool.render", False, ["account.west", "pool.render"]),
        ("targets", "job.ingest", False, ["account.west", "pool.render", "job.ingest"]),
        ("excludes", "pool.render", False, ["account.west", "application.blender", "application_package.blender"]),
        ("targets", "pool.render", True, ["pool.render", "job.ingest", "job_schedule.nightly"]),
        (
            "excludes",
            "pool.render",
            True,
            ["application.blender", "application_package.blender", "job.ingest", "job_schedule.nightly"],
        ),
    ],
)
def test_targets_take_along_what_they_need(
    world: World, option: str, text: str, destroy: bool, expected: list[str]
) -> None:
    """A target takes what it needs; what is excluded takes what needs it; for destroying it is the other way."""
    whole(world) if destroy else anew(world)
    found = addresses(world, **{option: (parse_address(text),)}, destroy=destroy)
    assert found == expected


@pytest.mark.parametrize("destroy", [False, True])
def test_ids_tell_what_is_needed(world: World, destroy: bool) -> None:
    """What is named by its id is needed like what is referred to, but for what needs the other itself."""
    pool = {**POOL, "application_packages": [{"id": f"{ACCOUNT}/applications/BLENDER", "version": "4.1"}]}
    objects: dict[str, tuple[Any, str | None]] = {
        "job_schedule.nightly": (SCHEDULE, None),
        "job.ingest": (JOB, None),
        "pool.render": (pool, "render-1"),
        "application_package.blender": (PACKAGE, None),
        "application.blender": (APP, None),
        "account.west": (WEST, None),
    }
    for text, (document, name) in objects.items():
        world.have(text, document, name, needs=("application.blender",) if text == "account.west" else ())
    needs = world.changes(destroy=destroy).needs
    assert {str(address): sorted(map(str, found)) for address, found in needs.items()} == {
        "account.west": ["application.blender"],
        "application.blender": [],
        "application_package.blender": ["account.west", "application.blender"],
        "pool.render": ["account.west", "application.blender", "application_package.blender"],
        "job.ingest": ["account.west", "pool.render"],
        "job_schedule.nightly": ["account.west", "pool.render"],
    }


def test_what_is_asked_for_must_be_there(world: World) -> None:
    """An address that nothing has is reported, with the nearest that there is."""
    whole(world)
    world.changes(targets=(parse_address("pool.rendr"),))
    assert [one.detail for one in world.diagnostics] == [
        'pool.rendr is neither declared nor in the state. Did you mean "pool.render"?'
    ]


def test_replace_is_asked_for(world: World) -> None:
    """-replace makes an object anew that needs no change."""
    whole(world)
    (change,) = world.changes(replace=(parse_address("pool.render"),)).objects
    assert (change.action.name, change.cause.name if change.cause else "") == ("REPLACE", "ASKED")


def test_refresh_only_takes_over_what_is_live(world: World) -> None:
    """The state takes over what has changed outside; in Azure nothing is done."""
    whole(world)
    world.see("pool.render", BIG, "render-1", BUSY)
    del world.live[Remote("job", ACCOUNT, "ingest")]
    assert world.told(refresh_only=True) == [
        "~ pool.render (adopt)",
        "    vm_size: standard_d4s_v5 -> standard_d4s_v5  [empty, drift]",
        "- job.ingest (forget)",
        "pool.render:adopt  Adopt",
        "job.ingest:forget  Forget",
    ]
    (adopt,) = (change for change in world.changes(refresh_only=True).objects if change.after)
    assert adopt.after is not None
    assert adopt.after["vm_size"] == "standard_d8s_v5"


def test_without_refresh_nothing_is_drift(world: World) -> None:
    """With -refresh=false what was applied counts as what is live."""
    whole(world)
    world.live = assumed(world.state)
    assert world.told() == []


def test_drift_is_told_apart(world: World) -> None:
    """What was changed outside is drift, whether or not the configuration agrees with it now."""
    whole(world)
    world.see("pool.render", BIG, "render-1", BUSY)
    world.declare("pool.render", BIG, "render-1", needs=("account.west",))
    found = world.changes()
    assert found.objects == ()
    assert [(str(one.address), [field.path for field in one.fields]) for one in found.drift] == [
        ("pool.render", [("vm_size",)])
    ]


def test_moved_objects_keep_what_they_are(world: World) -> None:
    """A moved block renames an object, with its key, and nothing else happens."""
    for key in "ab":
        world.record(f'pool.old["{key}"]', {**POOL, "name": key}, f"{key}-1")
        world.see(f'pool.old["{key}"]', {**POOL, "name": key}, f"{key}-1", BUSY)
        world.declare(f'module.m.pool.new["{key}"]', {**POOL, "name": key}, f"{key}-1")
    moves = (
        Move(parse_address("pool.old"), parse_address("pool.new")),
        Move(parse_address("pool.new"), parse_address("module.m.pool.new")),
    )
    assert world.told(Intents(moves=moves)) == [
        '  module.m.pool.new["a"] (in_place)',
        '  module.m.pool.new["b"] (in_place)',
        'module.m.pool.new["a"]:move  Rename',
        'module.m.pool.new["b"]:move  Rename',
    ]


def test_moved_modules_take_their_objects_along(world: World) -> None:
    """A module moves with all that is in it."""
    move = Move(parse_module_path("module.a"), parse_module_path('module.b["x"]'))
    assert move.new_address(parse_address("module.a.module.c.pool.p[0]")) == parse_address(
        'module.b["x"].module.c.pool.p[0]'
    )
    assert move.new_address(parse_address("module.c.pool.p")) is None


def test_move_to_a_taken_address_is_refused(world: World) -> None:
    """Two objects cannot have one address."""
    world.have("pool.a", {**POOL, "name": "a"}, "a-1", facts=BUSY)
    world.record("pool.b", {**POOL, "name": "b"}, "b-1")
    world.changes(Intents(moves=(Move(parse_address("pool.b"), parse_address("pool.a")),)))
    assert [one.code.id for one in world.diagnostics] == ["E0510"]


def test_a_new_object_waits_for_the_address_it_gets(world: World) -> None:
    """What is made where an object has moved away is recorded there after that one has left."""
    world.record("pool.a", POOL, "render-1")
    world.see("pool.a", POOL, "render-1", EMPTY)
    world.declare("pool.b", POOL, "render-1")
    world.declare("pool.a", POOL, "render-2")
    asked = Intents(moves=(Move(parse_address("pool.a"), parse_address("pool.b")),))
    needs = {step.id: step.needs for step in world.steps(asked)}
    assert needs["pool.a:create"] == ("pool.b:move",)


def test_what_was_recorded_before_a_move_is_destroyed_before_what_it_needs(world: World) -> None:
    """Needs that the state remembers by an old address still count for objects that are destroyed in the same plan."""
    world.record("pool.a", POOL, "render-1")
    world.see("pool.a", POOL, "render-1", EMPTY)
    world.record("job.ingest", JOB, needs=("pool.a",))
    world.see("job.ingest", JOB)
    asked = Intents(moves=(Move(parse_address("pool.a"), parse_address("pool.b")),))
    listed = [step.id for step in world.steps(asked)]
    assert listed.index("job.ingest:gone") < listed.index("pool.b:delete")


@pytest.mark.parametrize(("destroy", "strategy"), [(True, "remove"), (False, "forget")])
def test_removed_blocks_destroy_or_forget(world: World, destroy: bool, strategy: str) -> None:
    """A removed block says whether the object goes, or only the knowledge of it."""
    world.record("pool.render", POOL, "render-1")
    world.see("pool.render", POOL, "render-1", BUSY)
    (change,) = world.changes(Intents(removals=(Removal(parse_address("pool.render"), destroy),))).objects
    assert change.strategy == strategy


def test_import_takes_over_what_is_there(world: World) -> None:
    """An imported object is recorded first, then changed to what is declared."""
    world.see("pool.render", POOL, "render-old", BUSY)
    world.declare("pool.render", {**POOL, "tags": {"a": "1"}}, "render-old")
    remote = Remote("pool", ACCOUNT, "render-old")
    asked = Intents(adoptions=(Adoption(parse_address("pool.render"), remote),))
    assert world.told(asked) == [
        "~ pool.render (in_place) (imported)",
        "    tags: null -> {'a': '1'}  [live, config]",
        "pool.render:import  Adopt",
        "pool.render:patch  Patch",
    ]


def test_import_of_what_is_not_there_is_refused(world: World) -> None:
    """There must be something to import."""
    world.declare("job.ingest", JOB)
    remote = Remote("job", ACCOUNT, "ingest")
    world.changes(Intents(adoptions=(Adoption(parse_address("job.ingest"), remote),)))
    assert [one.code.id for one in world.diagnostics] == ["E0503"]


def test_import_is_over_once_it_is_done(world: World) -> None:
    """An import block may stay in the configuration."""
    whole(world)
    remote = Remote("job", ACCOUNT, "ingest")
    assert world.told(Intents(adoptions=(Adoption(parse_address("job.ingest"), remote),))) == []


def test_requests_hold_what_changed_and_no_more(world: World) -> None:
    """A PATCH has the member that changed, our own metadata with the user's, and all of the VM configuration or none."""
    own = {"name": "batchplan:address", "value": "pool.render"}
    world.declare(
        "pool.render", {**POOL, "metadata": [{"name": "a", "value": "1"}], "license_type": "Windows_Server"}, "render-1"
    )
    world.record("pool.render", POOL, "render-1")
    world.see("pool.render", {**POOL, "metadata": [own]}, "render-1", EMPTY)
    (patch,) = world.steps()
    assert patch.body == {  # type: ignore[union-attr]
        "properties": {
            "metadata": [{"name": "a", "value": "1"}, own],
            "deploymentConfiguration": {
                "virtualMachineConfiguration": {
                    "imageReference": POOL["image_reference"],
                    "nodeAgentSkuId": POOL["node_agent_sku_id"],
                    "licenseType": "Windows_Server",
                }
            },
        }
    }
    assert patch.etag == "etag-1"  # type: ignore[union-attr]


def test_an_interrupted_replacement_forgets_neither_pool(world: World) -> None:
    """After a run that ended before the old pool was gone, the next plan removes it, when nothing points to it."""
    whole(world)
    world.record('pool.render.retired["render-0"]', POOL, "render-0")
    world.see("pool.render", POOL, "render-0", BUSY)
    world.declare("job.ingest", {**JOB, "pool_info": {"pool_id": "render-2"}}, needs=("pool.render",))
    steps = {step.id: step for step in world.steps()}
    assert "job.ingest:enable" in steps['pool.render.retired["render-0"]:moved'].needs
    assert 'pool.render.retired["render-0"]:retired' in steps
