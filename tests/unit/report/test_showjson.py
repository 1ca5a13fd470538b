"""Plans and states as documents in Terraform's form: what happens to what, and no secret anywhere."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.plan import step as steps
from batchplan.plan.change import Action, Cause, Change, Changes, Drift, FieldChange, OutputChange
from batchplan.plan.plan import Plan
from batchplan.plan.planfile import read_plan, write_plan
from batchplan.report.requests import request_json
from batchplan.report.showjson import plan_json, state_json
from batchplan.report.steps import sentence
from batchplan.schema.document import UNKNOWN, Secret
from batchplan.state.document import Applied, empty, with_outputs, with_resource
from batchplan.state.model import OutputRecord
from batchplan.state.secrets import keyed_hash, new_key, placeholder

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
SECRET = "hunter2-the-password"
KEY = new_key()
POOL = Remote("pool", ACCOUNT, "main-1")
NEXT = Remote("pool", ACCOUNT, "main-2")


def field(path: tuple[str | int, ...], before: Any, after: Any, **more: Any) -> FieldChange:
    """Return a field that differs."""
    made = FieldChange(path, before, after, before, "live", "because", Cause.CONFIG)
    return replace(made, **more)


def change(action: Action, **more: Any) -> Change:
    """Return a change of pool.main."""
    return replace(Change(parse_address("pool.main"), action, POOL, {"vm_size": "a"}, {"vm_size": "b"}), **more)


def plan(*objects: Change, **more: Any) -> Plan:
    """Return a plan."""
    made = Changes(objects, more.pop("drift", ()), more.pop("outputs", ()), unchanged=3)
    return Plan(made, more.pop("steps", ()), "lineage", 4, datetime(2026, 1, 1, tzinfo=UTC), **more)


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (change(Action.NOOP), ["no-op"]),
        (change(Action.CREATE, before=None), ["create"]),
        (change(Action.UPDATE), ["update"]),
        (change(Action.UPDATE, strategy="adopt"), ["no-op"]),
        (change(Action.DELETE, after=None), ["delete"]),
        (change(Action.DELETE, after=None, strategy="forget"), ["forget"]),
        (change(Action.REPLACE, strategy="blue_green"), ["create", "delete"]),
        (change(Action.REPLACE, strategy="recreate"), ["delete", "create"]),
    ],
    ids=["noop", "create", "update", "refresh", "delete", "forget", "blue-green", "recreate"],
)
def test_actions(one: Change, words: list[str]) -> None:
    """What happens to an object is told in Terraform's words, in the order in which it happens."""
    (found,) = plan_json(plan(one))["resource_changes"]
    assert found["change"]["actions"] == words
    assert (found["change"]["before"], found["change"]["after"]) == (one.before, one.after)


def test_where_an_object_is() -> None:
    """Module, kind, name and key of an address are told apart."""
    address = parse_address('module.gpu["a"].module.b.pool.main[2]')
    (found,) = plan_json(plan(change(Action.UPDATE, address=address)))["resource_changes"]
    del found["change"]
    assert found == {
        "address": 'module.gpu["a"].module.b.pool.main[2]',
        "module_address": 'module.gpu["a"].module.b',
        "mode": "managed",
        "type": "pool",
        "name": "main",
        "index": 2,
        "provider_name": "azure",
    }


def test_a_replacement() -> None:
    """A replacement says why, and which fields make it so."""
    fields = (
        field(("vm_size",), "a", "b", mutability="empty"),
        field(("start_task", "command_line"), "x", "y", mutability="reboot"),
        field(("extensions", 0, "name"), "x", "y", mutability="create"),
    )
    one = change(Action.REPLACE, fields=fields, cause=Cause.ASKED, replaced_by=NEXT)
    found = plan_json(plan(one))
    (told,) = found["resource_changes"]
    assert told["action_reason"] == "replace_by_request"
    assert told["change"]["replace_paths"] == [["vm_size"], ["extensions", 0, "name"]]
    assert [one["class"] for one in found["batchplan"]["fields"]["pool.main"]] == ["empty", "reboot", "create"]


def test_imports_and_moves() -> None:
    """What is taken over or moved says from where."""
    one = change(Action.NOOP, imported=True, moved_from=parse_address("pool.old"))
    (found,) = plan_json(plan(one))["resource_changes"]
    assert found["previous_address"] == "pool.old"
    assert found["change"]["importing"] == {"id": POOL.id}


def test_unknown_and_sensitive() -> None:
    """What is not known or must not be seen is null, and marked at its place."""
    before = {"name": "x", "users": [{"name": "a"}, {"name": "b", "password": placeholder(keyed_hash(KEY, "old"))}]}
    after = {"name": UNKNOWN, "tags": {"k": UNKNOWN}, "users": [{"name": "a", "password": Secret(SECRET)}], "n": 0}
    (found,) = plan_json(plan(change(Action.UPDATE, before=before, after=after)))["resource_changes"]
    assert found["change"]["after"] == {
        "name": None,
        "tags": {"k": None},
        "users": [{"name": "a", "password": None}],
        "n": 0,
    }
    assert found["change"]["after_unknown"] == {"name": True, "tags": {"k": True}}
    assert found["change"]["after_sensitive"] == {"users": [{"password": True}]}
    assert found["change"]["before_sensitive"] == {"users": [{}, {"password": True}]}


def test_drift() -> None:
    """Drift tells the fields that moved, before and as they are; what is gone is deleted."""
    fields = (
        field(("fixed_scale", "target_dedicated_nodes"), 2, 2, observed=5),
        field(("users", 1, "password"), SECRET, SECRET, observed=SECRET, sensitive=True),
    )
    gone = Drift(parse_address("job.x"), Remote("job", ACCOUNT, "x"), (), gone=True)
    found = plan_json(plan(drift=(Drift(parse_address("pool.main"), POOL, fields), gone)))["resource_drift"]
    assert found[0]["change"]["before"] == {
        "fixed_scale": {"target_dedicated_nodes": 2},
        "users": [None, {"password": None}],
    }
    assert found[0]["change"]["after"]["fixed_scale"] == {"target_dedicated_nodes": 5}
    assert found[0]["change"]["after_sensitive"] == {"users": [False, {"password": True}]}
    assert found[1]["change"]["actions"] == ["delete"]


@pytest.mark.parametrize(
    ("one", "words", "after"),
    [
        (OutputChange("o", None, 1, sensitive=False), ["create"], 1),
        (OutputChange("o", 1, 2, sensitive=False), ["update"], 2),
        (OutputChange("o", 1, 1, sensitive=False), ["no-op"], 1),
        (OutputChange("o", 1, None, sensitive=False), ["delete"], None),
        (OutputChange("o", 1, None, sensitive=False, known=False), ["update"], None),
        (OutputChange("o", None, None, sensitive=False, known=False), ["create"], None),
        (OutputChange("o", None, SECRET, sensitive=True), ["create"], None),
    ],
    ids=["create", "update", "same", "delete", "unknown", "new-unknown", "sensitive"],
)
def test_outputs(one: OutputChange, words: list[str], after: Any) -> None:
    """Outputs have actions and both sides; a sensitive one has no value."""
    found = plan_json(plan(outputs=(one,)))["output_changes"]["o"]
    assert (found["actions"], found["after"]) == (words, after)
    assert found["after_unknown"] is (not one.known)
    assert found["after_sensitive"] is one.sensitive


def common(**more: Any) -> dict[str, Any]:
    """Return what all steps have."""
    return {"id": "s1", "address": parse_address("pool.main"), "remote": POOL, **more}


JOB = {"id": "s2", "address": parse_address("job.j"), "remote": Remote("job", ACCOUNT, "j")}
BODY = {"properties": {"vmSize": "b", "userAccounts": [{"name": "a", "password": Secret(SECRET)}]}}
ALL = (
    steps.Create(**common(), body=BODY, applied={"password": Secret(SECRET)}),
    steps.Create(**JOB, body={"priority": 1}, applied={}),
    steps.Patch(**common(), body=BODY, applied={}, etag="E1"),
    steps.Delete(**common()),
    steps.Resize(**common(), dedicated=2, low_priority=0, timeout="PT5M"),
    steps.StopResize(**common()),
    steps.EnableAutoScale(**common(), formula="$x=1;", interval=None, applied={}),
    steps.DisableAutoScale(**common()),
    steps.Upload(**common(), file="a.zip", sha256="00"),
    steps.Activate(**common(), format="zip"),
    steps.DisableJob(**JOB, option="requeue"),
    steps.EnableJob(**JOB),
    steps.TerminateJob(**JOB),
    steps.DisableSchedule(**JOB),
    steps.EnableSchedule(**JOB, elsewhere=(Remote("job", f"{ACCOUNT}2", "j"),)),
    steps.RepointSchedule(**JOB, target=common()["remote"]),
    steps.UploadLogs(**common(), body={"containerUrl": Secret(SECRET)}),
    steps.RebootNodes(**common(), nodes=("a",), after="2026-01-01T00:00:00+00:00"),
    steps.MoveWork(**common(), target=common()["remote"], moves=True, option="wait", timeout=1, at_timeout="pause"),
    steps.Steady(**common(), timeout=1),
    steps.Ready(**common(), timeout=1),
    steps.Rebooted(**common(), nodes=("a",), after="2026-01-01T00:00:00+00:00", timeout=1),
    steps.TaskSucceeded(**JOB, task="smoke", timeout=1),
    steps.JobIs(**JOB, state="active", timeout=1),
    steps.Gone(**common(), timeout=1),
    steps.Available(**common(), timeout=1),
    steps.Adopt(**common(), applied={}),
    steps.Rename(**common(), origin=parse_address("pool.old")),
    steps.Forget(**common()),
    steps.Promote(
        **common(),
        candidate=parse_address('pool.p.candidate["b"]'),
        retired=parse_address('pool.p.retired["a"]'),
        previous="a",
    ),
    steps.Mark(**common(), phase="retired", previous="a", keep=60.0),
    steps.SetWarm(**common(), until="2026-01-01T00:00:00+00:00", dedicated=4, scale={"fixed_scale": {"a": 1}}),
    steps.PolicyGate(**common(), asks={"BP4002": ("account.west", ""), "BP1101": ("pool.p",)}),
)
REQUESTS = (
    ("PUT", None),
    ("POST", None),
    ("PATCH", None),
    ("DELETE", None),
    ("PATCH", None),
    ("POST", "stopResize"),
    ("PATCH", None),
    ("POST", "disableAutoScale"),
    ("PUT", None),
    ("POST", "activate"),
    ("POST", "disable"),
    ("POST", "enable"),
    ("POST", "terminate"),
    ("POST", "disable"),
    ("POST", "enable"),
    ("PATCH", None),
    ("POST", "nodes/{each}/uploadbatchservicelogs"),
    ("POST", "nodes/{each}/reboot"),
    ("POST, PATCH", "move jobs that come meanwhile"),
)


@pytest.mark.parametrize(
    ("step", "wanted"), list(zip(ALL, [*REQUESTS, *[None] * 14], strict=True)), ids=[type(one).__name__ for one in ALL]
)
def test_requests(step: steps.Step, wanted: tuple[str, str | None] | None) -> None:
    """A call tells its method, object, action and body; what only looks or stays in the state has no request."""
    found = request_json(step)
    assert (None if found is None else (found["method"], found.get("action"))) == wanted
    assert SECRET not in json.dumps(found)


def test_a_schedule_is_enabled_after_its_copies() -> None:
    """What is called in other accounts first is a part of the plan, as a request and as a sentence, in its file too."""
    (step,) = (one for one in ALL if isinstance(one, steps.EnableSchedule))
    found = request_json(step)
    assert found is not None
    assert found["after"] == [{"method": "POST", "object": f"{ACCOUNT}2/jobs/j", "action": "disable"}]
    assert sentence(step).endswith(f", if it is disabled in {ACCOUNT.rpartition('/')[2]}2")
    assert step in read_plan(write_plan(plan(steps=ALL), KEY)).steps


def test_bodies() -> None:
    """Bodies are told as they are sent, but for secrets."""
    found = request_json(ALL[2])
    assert found is not None
    assert found["if_match"] == "E1"
    assert found["body"]["properties"]["userAccounts"] == [{"name": "a", "password": "(sensitive value)"}]
    resize = request_json(ALL[4])
    assert resize is not None
    assert resize["body"]["properties"]["scaleSettings"]["fixedScale"] == {
        "targetDedicatedNodes": 2,
        "targetLowPriorityNodes": 0,
        "resizeTimeout": "PT5M",
    }


def test_a_saved_plan_is_told_alike() -> None:
    """A plan that went through its file is told as before, and neither file nor document holds a secret."""
    fields = (field(("users", 0, "password"), None, Secret(SECRET), sensitive=True),)
    after = {"users": [{"name": "a", "password": Secret(SECRET)}], "x": UNKNOWN}
    made = plan(change(Action.CREATE, before=None, after=after, fields=fields), steps=ALL)
    content = write_plan(made, KEY)
    told = json.dumps(plan_json(made), default=str)
    assert SECRET.encode() not in content
    assert SECRET not in told
    assert keyed_hash(KEY, SECRET) not in told
    assert json.loads(json.dumps(plan_json(read_plan(content)))) == json.loads(told)


def test_states() -> None:
    """A state tells resources by module, outputs, and what is sensitive, without the values of that."""
    document = empty("1.0")
    for text in ("pool.main", 'module.a["x"].pool.p', 'module.a["x"].module.b.job.j', "module.c.job.j"):
        address = parse_address(text)
        applied = {"vm_size": "a", "users": [{"password": placeholder("HASH")}]}
        made = Applied(address, Remote(address.kind, ACCOUNT, address.name), applied, ("account.west",))
        document = with_resource(document, made)
    secret = OutputRecord(value=placeholder("HASH"), type="string", sensitive=True)
    document = with_outputs(document, {"o": OutputRecord(value=1, type="number"), "s": secret})
    found = state_json(document)
    assert "HASH" not in json.dumps(found)
    values = found["values"]
    assert values["outputs"]["s"] == {"sensitive": True, "type": "string", "value": None}
    (pool,) = values["root_module"]["resources"]
    assert pool["values"] == {
        "vm_size": "a",
        "users": [{"password": None}],
        "id": f"{ACCOUNT}/pools/main",
        "pool_id": "main",
    }
    assert pool["sensitive_values"] == {"users": [{"password": True}]}
    assert pool["depends_on"] == ["account.west"]
    children = values["root_module"]["child_modules"]
    assert [one["address"] for one in children] == ['module.a["x"]', "module.c"]
    assert children[0]["child_modules"][0]["resources"][0]["address"] == 'module.a["x"].module.b.job.j'
    assert state_json(None) == {"format_version": "1.0"}


def test_what_was_changed_outside_is_before() -> None:
    """As in Terraform, an object is before as it is live, so that a policy sees what is put back."""
    fields = (
        field(("vm_size",), "a", "a", observed="b", cause=Cause.DRIFT),
        field(("fixed_scale", "target_dedicated_nodes"), None, None, observed=3, cause=Cause.DRIFT),
        field(("metadata", 0, "value"), "x", "x", observed="y", cause=Cause.DRIFT),
        field(("display_name",), "d", "d", observed=None, cause=Cause.DRIFT),
        field(("inter_node_communication",), "d", "e", observed="d"),
    )
    before = {"vm_size": "a", "metadata": [{"name": "n", "value": "x"}], "display_name": "d"}
    document = plan_json(plan(change(Action.UPDATE, before=before, after=before, fields=fields)))
    assert document["resource_changes"][0]["change"]["before"] == {
        "vm_size": "b",
        "fixed_scale": {"target_dedicated_nodes": 3},
        "metadata": [{"name": "n", "value": "y"}],
    }
