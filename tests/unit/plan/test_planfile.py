"""Plans on disk: all of a plan but its secrets, and whether it still holds."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planworld import BUSY, JOB, POOL, World

from batchplan.plan.plan import Plan, counts, seen_objects, stale
from batchplan.plan.planfile import SecretChanged, UnreadablePlan, read_plan, secrets_of, with_secrets, write_plan
from batchplan.plan.step import Create
from batchplan.schema.document import UNKNOWN, Secret

NOW = datetime(2026, 11, 22, 10, 13, tzinfo=UTC)
PASSWORD = "hunter2-hunter2"
WITH_USER = {**POOL, "user_accounts": [{"name": "u", "password": Secret(PASSWORD)}]}


def plan_of(world: World, **parts: Any) -> Plan:
    """Return the plan of a world."""
    changes = world.changes()
    seen = seen_objects(changes, world.live, world.state.secret_key)
    return Plan(changes, world.steps(), world.state.lineage, world.state.serial, NOW, seen=seen, **parts)


def busy(world: World) -> World:
    """Have a pool that is replaced and a job that follows it."""
    world.have("pool.render", POOL, "render-1", facts=BUSY)
    world.have("job.ingest", JOB, needs=("pool.render",), facts={"state": "active"})
    world.declare("pool.render", {**WITH_USER, "vm_size": "standard_d8s_v5"}, "render-2")
    world.declare("job.ingest", {**JOB, "pool_info": {"pool_id": "render-2"}}, needs=("pool.render",))
    return world


def test_a_plan_comes_back_as_it_was(world: World) -> None:
    """What is read is what was written: changes, steps, needs, options, and what was seen."""
    plan = plan_of(busy(world), inputs={"main.batch.hcl": "00"}, options={"targets": ["pool.render"]}, version="1")
    key = world.state.secret_key
    found = read_plan(write_plan(plan, key))
    assert write_plan(found, key) == write_plan(plan, key)
    assert (found.lineage, found.serial, found.created_at, found.seen) == (
        plan.lineage,
        plan.serial,
        plan.created_at,
        plan.seen,
    )
    assert with_secrets(found, secrets_of(world.desired.values(), key)).steps == plan.steps


def test_secrets_are_not_in_the_file(world: World) -> None:
    """A password is in the steps of a plan, and not in its file."""
    plan = plan_of(busy(world))
    assert any(
        PASSWORD in str(step.body["properties"]["userAccounts"][0]["password"].reveal())
        for step in plan.steps
        if isinstance(step, Create)
    )
    assert PASSWORD.encode() not in write_plan(plan, world.state.secret_key)


def test_another_secret_has_no_place(world: World) -> None:
    """A secret that has changed since is reported by the address that needs it."""
    plan = plan_of(busy(world))
    key = world.state.secret_key
    found = read_plan(write_plan(plan, key))
    other = {**WITH_USER, "user_accounts": [{"name": "u", "password": Secret("other")}]}
    world.declare("pool.render", other, "render-2")
    with pytest.raises(SecretChanged) as caught:
        with_secrets(found, secrets_of(world.desired.values(), key))
    assert caught.value.addresses == ("pool.render",)


LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-5, 10**12), st.text(max_size=8), st.just(UNKNOWN))
NODES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(min_size=1, max_size=5), NODES, max_size=4))
def test_any_document_survives(document: Mapping[str, Any]) -> None:
    """Bodies and documents come back whatever they hold, what is not known included."""
    world = World()
    world.declare("pool.render", POOL, "render-1")
    plan = plan_of(world)
    steps = tuple(
        replace(step, body=document, applied=document) if isinstance(step, Create) else step for step in plan.steps
    )
    plan = replace(plan, steps=steps, outputs=document)
    found = read_plan(write_plan(plan, world.state.secret_key))
    assert found == plan


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\x03\x04", "no JSON"),
        (b"[]", "format version"),
        (b'{"format_version": 7}', "format version is 7"),
        (b'{"format_version": 1}', "batchplan_version"),
    ],
)
def test_what_is_no_plan_is_refused(content: bytes, said: str) -> None:
    """A file that is no plan says why it is none."""
    with pytest.raises(UnreadablePlan, match=said):
        read_plan(content)


def test_a_damaged_plan_is_refused(world: World) -> None:
    """A step that this batchplan does not know is no plan of it."""
    data = json.loads(write_plan(plan_of(busy(world)), world.state.secret_key))
    data["steps"][0]["type"] = "Explode"
    with pytest.raises(UnreadablePlan, match="Explode"):
        read_plan(json.dumps(data).encode())


def test_a_fresh_plan_holds(world: World) -> None:
    """Nothing has moved right after planning, and an ETag alone moves nothing."""
    plan = plan_of(busy(world))
    key = world.state.secret_key
    assert stale(plan, world.state, world.live, key) == []
    bumped = {remote: replace(one, etag="etag-2") if one else None for remote, one in world.live.items()}
    assert stale(plan, world.state, bumped, key) == []


def test_a_stale_plan_names_the_field(world: World) -> None:
    """What moved is told by object, field, both values and both ETags."""
    plan = plan_of(busy(world))
    world.see("pool.render", {**POOL, "fixed_scale": {"target_dedicated_nodes": 12}}, "render-1", BUSY)
    (moved,) = stale(plan, world.state, world.live, world.state.secret_key)
    assert (str(moved.address), moved.path, moved.planned, moved.live) == (
        "pool.render",
        "fixed_scale.target_dedicated_nodes",
        2,
        12,
    )
    assert (moved.etag_planned, moved.etag_live) == ("etag-1", "etag-1")


def test_what_came_or_went_makes_a_plan_stale(world: World) -> None:
    """An object that is gone, or one that stands where a new one goes, is told."""
    plan = plan_of(busy(world))
    live = dict(world.live)
    old, new = (next(one.remote for one in plan.seen if one.remote.name == name) for name in ("render-1", "render-2"))
    live[new] = live.pop(old)
    found = stale(plan, world.state, live, world.state.secret_key)
    assert [(one.remote.name if one.remote else "", one.planned, one.live) for one in found] == [
        ("render-1", "exists", "is gone"),
        ("render-2", "does not exist", "exists"),
    ]


def test_another_state_makes_a_plan_stale(world: World) -> None:
    """A plan is for one version of one state."""
    plan = plan_of(busy(world))
    key = world.state.secret_key
    later = world.state.model_copy(update={"serial": 7})
    other = world.state.model_copy(update={"lineage": "other"})
    assert [one.path for one in stale(plan, later, world.live, key)] == ["serial"]
    assert [one.path for one in stale(plan, other, world.live, key)] == ["lineage"]


def test_changes_are_counted(world: World) -> None:
    """The first line of a plan is made of these."""
    found = counts(busy(world).changes())
    assert (found.replace, found.update, found.create, found.delete) == (1, 1, 0, 0)
