"""Whatever is changed: applied to what is live, the plan is empty afterwards."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planworld import ACCOUNT, BUSY, EMPTY, JOB, POOL, World

from batchplan.apply.executor import Run
from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.plan.diff import sealed
from batchplan.plan.observation import Observation
from batchplan.plan.planner import needing_new_ids
from batchplan.plan.step import Create, EnableAutoScale, Gone, Patch, Resize, Step
from batchplan.schema.api import from_api
from batchplan.schema.document import reveal
from batchplan.state.journal import fold

NOW = datetime(2026, 11, 1, tzinfo=UTC)
START = {"command_line": "./prepare.sh", "wait_for_success": True}
PACKAGES = [{"id": f"{ACCOUNT}/applications/blender", "version": "4.1"}]
POOL_FIELDS: Mapping[str, list[Any]] = {
    "vm_size": ["standard_d4s_v5", "standard_d8s_v5"],
    "display_name": [None, "one", "two"],
    "tags": [None, {"a": "1"}, {"a": "2", "b": "3"}],
    "metadata": [None, [{"name": "a", "value": "1"}], [{"name": "b", "value": "2"}, {"name": "a", "value": "3"}]],
    "start_task": [None, START, {**START, "command_line": "./other.sh", "max_task_retry_count": 2}],
    "application_packages": [None, PACKAGES],
    "task_slots_per_node": [None, 1, 4],
    "inter_node_communication": [None, "Enabled", "Disabled"],
    "license_type": [None, "Windows_Server"],
    "data_disks": [
        None,
        [{"lun": 0, "disk_size_gb": 10}],
        [{"lun": 1, "disk_size_gb": 20}, {"lun": 0, "disk_size_gb": 10}],
    ],
    "network_configuration": [None, {"subnet_id": "/subscriptions/s/subnets/one"}],
    "identity": [None, {"type": "UserAssigned", "user_assigned_identities": ["/i/one"]}],
}
SCALES = [
    {"fixed_scale": {"target_dedicated_nodes": 2}},
    {"fixed_scale": {"target_dedicated_nodes": 5, "resize_timeout": "PT20M"}},
    {"auto_scale": {"formula": "$TargetDedicatedNodes=1;"}},
    {"auto_scale": {"formula": "$TargetDedicatedNodes=2;", "evaluation_interval": "PT10M"}},
]
STRATEGIES = [None, {"strategy": "recreate"}, {"strategy": "drain_and_patch"}, {"strategy": "blue_green"}]
JOB_FIELDS: Mapping[str, list[Any]] = {
    "priority": [None, 0, 7],
    "max_parallel_tasks": [None, 3],
    "constraints": [None, {"max_wall_clock_time": "PT1H"}, {"max_task_retry_count": 3}],
    "metadata": [None, [{"name": "a", "value": "1"}]],
    "all_tasks_complete_mode": [None, "noaction", "terminatejob"],
    "display_name": [None, "a job"],
    "pool_info": [{"pool_id": "render-1"}, {"pool_id": "render-2"}],
}


def chosen(fields: Mapping[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a value for each field, and leave out those without one."""
    drawn = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in fields.items()})
    return drawn.map(lambda made: {name: value for name, value in made.items() if value is not None})


POOLS = st.builds(
    lambda fields, scale, strategy: {
        **{name: value for name, value in POOL.items() if name != "fixed_scale"},
        **fields,
        **scale,
        **({"replacement": strategy} if strategy else {}),
    },
    chosen(POOL_FIELDS),
    st.sampled_from(SCALES),
    st.sampled_from(STRATEGIES),
)
JOBS = chosen(JOB_FIELDS).map(lambda fields: {**JOB, **fields})


class Cloud:
    """A service that does what steps say: JSON by object, PATCHes member by member."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.json: dict[Remote, dict[str, Any]] = {}

    def apply(self, steps: tuple[Step, ...]) -> None:
        """Do the steps, and keep the state as the executor does."""
        for step in steps:
            self._do(step)
        self.world.live = {remote: self._seen(remote, body) for remote, body in self.json.items()}

    def _seen(self, remote: Remote, body: Mapping[str, Any]) -> Observation:
        fixed = body.get("properties", {}).get("scaleSettings", {}).get("fixedScale", {})
        size = EMPTY if fixed.get("targetDedicatedNodes") == 0 else BUSY
        facts = size if remote.kind == "pool" else {"state": "active"}
        return Observation(remote, from_api(remote.kind, body), "etag", facts)

    def _do(self, step: Step) -> None:
        match step:
            case Create():
                assert step.remote not in self.json, "nothing is created over something else"
                self.json[step.remote] = copied(step.body)
            case Patch():
                merge(self.json[step.remote], copied(step.body))
            case Resize():
                fixed: dict[str, Any] = {
                    "targetDedicatedNodes": step.dedicated,
                    "targetLowPriorityNodes": step.low_priority,
                }
                if step.timeout:
                    fixed["resizeTimeout"] = step.timeout
                self.json[step.remote]["properties"]["scaleSettings"] = {"fixedScale": fixed}
            case EnableAutoScale():
                auto = {"formula": step.formula} | ({"evaluationInterval": step.interval} if step.interval else {})
                self.json[step.remote]["properties"]["scaleSettings"] = {"autoScale": auto}
            case Gone():
                del self.json[step.remote]
            case _:
                pass
        around: Any = SimpleNamespace(clock=SimpleNamespace(now=lambda: NOW), seal=self._sealed)
        entry = Run("model", [step], around)._entry(step, "done")
        self.world.state = fold(self.world.state, [entry])

    def _sealed(self, document: Mapping[str, Any]) -> Any:
        return sealed(document, self.world.state.secret_key)


def copied(node: Any) -> Any:
    """Return JSON with its secrets, as it is sent."""
    if isinstance(node, Mapping):
        return {name: copied(part) for name, part in node.items()}
    return [copied(part) for part in node] if isinstance(node, list) else reveal(node)


def merge(body: dict[str, Any], patch: Mapping[str, Any]) -> None:
    """Replace the members that a PATCH has; those of `properties` one by one; an empty object takes one away."""
    for name, value in patch.items():
        if name == "properties":
            merge(body.setdefault("properties", {}), value)
        elif value in ({}, {"type": "None"}):
            body.pop(name, None)
        else:
            body[name] = value


def converge(world: World, cloud: Cloud, text: str, document: Mapping[str, Any], named: str | None) -> bool:
    """Declare, plan, apply; return whether the object could be changed so at all."""
    world.diagnostics.items.clear()
    world.declare(text, document, named)
    if needing_new_ids(world.changes()):
        world.declare(text, document, f"{named}x")
    steps = world.steps()
    if world.diagnostics.has_errors:
        assert {one.code.id for one in world.diagnostics} == {"E0506"}
        return False
    cloud.apply(steps)
    left = [one for one in world.changes().objects if not all(field.deferred for field in one.fields)]
    assert left == []
    return True


@pytest.mark.parametrize(
    ("text", "named", "documents"), [("pool.render", "render-1", POOLS), ("job.ingest", None, JOBS)]
)
def test_a_plan_after_an_apply_is_empty(text: str, named: str | None, documents: st.SearchStrategy[Any]) -> None:
    """Create an object, change it, change it again: each time what is planned next is nothing."""

    @settings(max_examples=50, deadline=None)
    @given(st.lists(documents, min_size=2, max_size=3))
    def each(several: list[dict[str, Any]]) -> None:
        world = World()
        cloud = Cloud(world)
        for document in several:
            current = world.state.resources[0].remote.name if world.state.resources else named
            converge(world, cloud, text, document, current if named else None)
            assert {one.remote.name for one in world.state.resources} == {remote.name for remote in cloud.json}

    each()


def test_planning_twice_gives_the_same_plan() -> None:
    """A plan depends on nothing but what it is made of."""
    made = []
    for _ in range(2):
        world = World()
        world.have("pool.render", POOL, "render-1", facts=BUSY)
        world.declare("pool.render", {**POOL, "vm_size": "standard_d8s_v5"}, "render-2")
        world.declare("job.ingest", JOB, needs=("pool.render",))
        made.append((world.changes(), world.steps()))
    assert made[0] == made[1]
    assert parse_address("pool.render") in made[0][0].needs
