"""Nodes: boot, start task, reboots and the like, outages, users, extensions, logs."""

from typing import Any

import pytest
from worlds import Lab, lab

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Node, Pool
from batchplan.emulator.world import nodes, pools
from batchplan.emulator.world.core import Key
from batchplan.emulator.world.hooks import Boot, NoFaults


def ready(dedicated: int = 1, spot: int = 0, **more: Any) -> tuple[Lab, Pool, Node]:
    """Return a lab with a pool whose nodes have come up, and one of them."""
    here = lab()
    pool = here.pool(dedicated=dedicated, spot=spot, **more)
    here.pass_time(200)
    return here, pool, here.nodes(pool)[0]


def refused(here: Lab, verb: Any, *args: Any) -> str:
    """Return the code with which the service refuses a call."""
    with pytest.raises(ServiceError) as caught:
        verb(here.world, here.account, *args)
    return caught.value.code


def until(here: Lab, node: Node, *states: str) -> list[str]:
    """Let time pass until a node has been in the last of the states; return the states it was in."""
    seen = [node.state]
    for _ in range(4000):
        if node.state == states[-1] and len(seen) > 1:
            return seen
        here.pass_time(0.5)
        if node.state != seen[-1]:
            seen.append(node.state)
    raise AssertionError(seen)


def test_a_node_comes_up_as_recorded() -> None:
    """A node is creating about 10 s, then starting, then idle, with its boot time, agent and address."""
    here = lab()
    pool = here.pool(dedicated=2)
    here.pass_time(60)
    first, second = sorted(here.nodes(pool), key=lambda node: node.ordinal)
    assert (first.last_boot, first.agent_version) == (None, None)
    assert until(here, first, "idle") == ["creating", "starting", "idle"]
    assert first.last_boot is not None
    assert 16 <= (first.last_boot - first.allocated) / ticks.PER_SECOND <= 48
    assert first.agent_updated == first.last_boot
    assert (first.ip, second.ip) == ("10.0.0.4", "10.0.0.5")


@pytest.mark.parametrize(
    ("task", "state", "info"),
    [
        ({"commandLine": "sleep 5"}, "idle", {"exitCode": 0, "result": "success", "retryCount": 0}),
        ({"commandLine": "exit 2"}, "starttaskfailed", {"exitCode": 2, "result": "failure", "retryCount": 0}),
        (
            {"commandLine": "exit 2", "maxTaskRetryCount": 2},
            "starttaskfailed",
            {"exitCode": 2, "result": "failure", "retryCount": 2},
        ),
        ({"commandLine": "exit 2", "waitForSuccess": False}, "idle", {"exitCode": 2, "result": "failure"}),
        (
            {"commandLine": "x EMULATOR_EXIT_CODE=1,1,0", "maxTaskRetryCount": -1},
            "idle",
            {"exitCode": 0, "result": "success", "retryCount": 2},
        ),
    ],
    ids=["works", "fails", "fails all tries", "not waited for", "works at last"],
)
def test_start_tasks(task: dict[str, Any], state: str, info: dict[str, Any]) -> None:
    """A start task runs at boot, is tried again as often as allowed, and decides what becomes of its node."""
    _here, _, node = ready(startTask=task)
    assert node.state == state
    assert node.start_task_info is not None
    assert {name: node.start_task_info[name] for name in info} == info
    assert node.start_task_info["state"] == "completed"
    assert ("failureInfo" in node.start_task_info) == (info["result"] == "failure")


def test_waiting_for_the_start_task() -> None:
    """A node whose start task must succeed first waits for it and takes no tasks."""
    here = lab()
    pool = here.pool(dedicated=1, startTask={"commandLine": "sleep 300"})
    task = here.task(here.job())
    here.pass_time(150)
    assert here.states(pool) == ["waitingforstarttask"]
    assert task.state == "active"
    here.pass_time(300)
    assert task.state == "completed"


def test_start_task_and_packages_are_those_of_the_last_boot() -> None:
    """A changed start task reaches a node when it boots again."""
    here, pool, node = ready(startTask={"commandLine": "echo one"})
    pools.patch_pool(here.world, here.account, pool, {"startTask": {"commandLine": "echo two"}})
    assert node.start_task is not None
    assert node.start_task["commandLine"] == "echo one"
    nodes.reboot_node(here.world, here.account, node)
    here.pass_time(300)
    assert node.start_task["commandLine"] == "echo two"


AFTER = {"reboot": nodes.reboot_node, "reimage": nodes.reimage_node}


@pytest.mark.parametrize(("verb", "state"), [("reboot", "rebooting"), ("reimage", "reimaging")])
def test_restarts(verb: str, state: str) -> None:
    """A node that restarts comes back through starting, runs its start task again and keeps its agent."""
    here, _, node = ready(startTask={"commandLine": "sleep 5"})
    boot, agent = node.last_boot, node.agent_version
    AFTER[verb](here.world, here.account, node)
    assert (node.state, node.last_boot) == (state, boot)
    seen = until(here, node, "idle")
    assert seen == [state, "starting", "waitingforstarttask", "idle"]
    assert boot is not None
    assert node.last_boot is not None
    assert node.last_boot > boot
    assert node.agent_version == agent


@pytest.mark.parametrize(
    ("option", "task_state", "requeues", "node_state"),
    [
        (None, "active", 1, "rebooting"),
        ("requeue", "active", 1, "rebooting"),
        ("terminate", "completed", 0, "rebooting"),
        ("taskcompletion", "running", 0, "running"),
        ("retaineddata", "running", 0, "running"),
    ],
)
def test_what_a_reboot_does_to_tasks(option: str | None, task_state: str, requeues: int, node_state: str) -> None:
    """A reboot requeues, ends or waits for the tasks on its node."""
    here, _, node = ready()
    task = here.task(here.job(), command="sleep 100", constraints={"retentionTime": "PT5M"})
    here.pass_time(5)
    nodes.reboot_node(here.world, here.account, node, option)
    assert (task.state, task.execution["requeueCount"], node.state) == (task_state, requeues, node_state)
    later = here.task(here.job("k"), command="sleep 1")
    if option == "taskcompletion":
        assert until(here, node, "rebooting") == ["running", "rebooting"]
        assert (task.state, later.state) == ("completed", "active")
    if option == "retaineddata":
        here.pass_time(200)
        assert (node.state, task.state, later.state) == ("idle", "completed", "active")
        here.pass_time(260)
    here.pass_time(400)
    assert (node.state, later.state) == ("idle", "completed")


def test_deallocate_and_start() -> None:
    """A deallocated node stays in its pool, takes no tasks, and comes back when it is started."""
    here, pool, node = ready()
    nodes.deallocate_node(here.world, here.account, node)
    assert node.state == "deallocating"
    here.pass_time(60)
    assert (node.state, pool.current_dedicated) == ("deallocated", 1)
    task = here.task(here.job())
    here.pass_time(600)
    assert task.state == "active"
    assert refused(here, nodes.reboot_node, node) == "OperationNotValidOnNode"
    nodes.start_node(here.world, here.account, node)
    assert until(here, node, "running") == ["starting", "running"]
    assert refused(here, nodes.start_node, node) == "OperationNotValidOnNode"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(53, "NodeBeingCreated"), (66, "NodeBeingStarted"), (200, None)],
    ids=["creating", "starting", "idle"],
)
def test_a_node_that_comes_up_cannot_be_rebooted(seconds: float, code: str | None) -> None:
    """A node is rebooted only once it is up; the refusal says what it is doing."""
    here = lab()
    pool = here.pool(dedicated=1)
    here.pass_time(seconds)
    (node,) = here.nodes(pool)
    if code:
        assert refused(here, nodes.reboot_node, node) == code
    else:
        nodes.reboot_node(here.world, here.account, node)
        assert refused(here, nodes.reboot_node, node) == "NodeBeingRebooted"


@pytest.mark.parametrize(
    ("option", "task_state", "node_state"),
    [(None, "active", "offline"), ("terminate", "completed", "offline"), ("taskcompletion", "running", "running")],
)
def test_disable_scheduling(option: str | None, task_state: str, node_state: str) -> None:
    """A node with scheduling disabled takes no new tasks; it is offline when it has none."""
    here, _, node = ready()
    job = here.job()
    task = here.task(job, command="sleep 50")
    here.pass_time(5)
    nodes.disable_scheduling(here.world, here.account, node, option)
    assert (task.state, node.state, node.scheduling) == (task_state, node_state, "disabled")
    assert refused(here, nodes.disable_scheduling, node) == "NodeAlreadyInTargetSchedulingState"
    other = here.task(job, "other")
    here.pass_time(100)
    assert (node.state, other.state) == ("offline", "active")
    nodes.enable_scheduling(here.world, here.account, node)
    assert node.state == "idle"
    here.pass_time(100)
    assert other.state == "completed"
    assert refused(here, nodes.enable_scheduling, node) == "NodeAlreadyInTargetSchedulingState"


def test_preemption_requeues_and_brings_the_node_back() -> None:
    """A preempted spot node loses its tasks to the queue, stays counted, and is tried again some minutes later."""
    here, pool, node = ready(0, 1)
    task = here.task(here.job(), command="sleep 100")
    here.pass_time(5)
    nodes.preempt(here.world, nodes.key_of(node))
    assert (node.state, task.state, pool.current_low_priority) == ("preempted", "active", 1)
    assert until(here, node, "running") == ["preempted", "creating", "starting", "running"]
    here.pass_time(200)
    assert task.state == "completed"
    assert task.execution["requeueCount"] == 1


def test_dedicated_nodes_are_not_preempted() -> None:
    """A preemption of a dedicated node does nothing."""
    here, _, node = ready(1)
    nodes.preempt(here.world, nodes.key_of(node))
    assert node.state == "idle"


class BadBoots(NoFaults):
    """Nodes that do not come up the first time."""

    def boot(self, pool: Key, node: str, kind: str) -> Boot:
        return Boot("unusable" if kind == "create" else "ok")


def test_unusable_nodes_are_recovered() -> None:
    """A node that does not come up is unusable, says so, is left alone by the scheduler, and is recovered later."""
    here = lab()
    here.world.hooks = BadBoots()
    pool = here.pool(dedicated=1)
    here.pass_time(120)
    (node,) = here.nodes(pool)
    assert (node.state, node.errors[0]["code"]) == ("unusable", "NodeUnusable")
    assert refused(here, nodes.create_user, node, {"name": "u"}) == "NodeStateUnusable"
    here.pass_time(1000)
    assert (node.state, node.errors) == ("idle", [])


def test_a_node_the_service_lost_comes_back() -> None:
    """A node the service lost is unknown, its tasks are requeued, and it comes back."""
    here, _, node = ready()
    task = here.task(here.job())
    here.pass_time(3)
    nodes.lose_contact(here.world, nodes.key_of(node))
    assert (node.state, task.state) == ("unknown", "active")
    here.pass_time(400)
    assert (node.state, task.state) == ("idle", "completed")


def test_users() -> None:
    """A node's users are added, replaced and removed by name in any case; passwords are not kept."""
    here, _, node = ready()
    nodes.create_user(here.world, here.account, node, {"name": "Bob", "isAdmin": True, "password": "secret"})
    assert "secret" not in repr(node.users)
    assert refused(here, nodes.create_user, node, {"name": "bob"}) == "NodeUserExists"
    nodes.replace_user(here.world, here.account, node, "BOB", {"expiryTime": "2030-01-01T00:00:00Z"})
    assert node.users["bob"]["expiryTime"] == "2030-01-01T00:00:00Z"
    nodes.delete_user(here.world, here.account, node, "bob")
    assert refused(here, nodes.delete_user, node, "bob") == "NodeUserNotFound"
    assert refused(here, nodes.replace_user, node, "bob", {}) == "NodeUserNotFound"


def test_extensions_end_with_the_services_own() -> None:
    """A pool with an extension lists the service's own besides."""
    machine = {
        "nodeAgentSKUId": "batch.node.ubuntu 24.04",
        "extensions": [{"name": "Mine", "publisher": "p", "type": "t"}],
    }
    here, pool, node = ready(virtualMachineConfiguration=machine)
    names = [each["vmExtension"]["name"] for each in nodes.extensions(here.world, here.account, pool, node)]
    assert names == ["Mine", "batchNodeExtension"]
    found = nodes.find_extension(here.world, here.account, pool, node, "mine")
    assert found["provisioningState"] == "Succeeded"
    assert refused(here, nodes.find_extension, pool, node, "other") == "ResourceNotFound"


def test_upload_logs() -> None:
    """Uploaded logs lie under account, pool, node and request."""
    here, pool, node = ready()
    answer = nodes.upload_logs(here.world, here.account, pool, node, "request-1")
    tag, *rest = answer["virtualDirectoryName"].split("/")
    assert tag.startswith("acct-")
    assert len(tag) == len("acct-") + 16
    assert rest == ["p", node.id, "request-1"]
    assert answer["numberOfFilesUploaded"] == 4


def test_agents_are_those_of_the_day_a_node_is_made() -> None:
    """A node keeps its agent for life; a node made later has a later one."""
    here, pool, node = ready()
    old = node.agent_version
    here.pass_time(86_400 * 200)
    nodes.reimage_node(here.world, here.account, node)
    here.pass_time(600)
    assert node.agent_version == old
    pools.resize_pool(here.world, here.account, pool, 2, None)
    here.pass_time(300)
    (fresh,) = (each for each in here.nodes(pool) if each.id != node.id)
    assert fresh.agent_version != old
