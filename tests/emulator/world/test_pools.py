"""Pools: creation, resizes, quotas, what may change when, deletion."""

from typing import Any

import pytest
from worlds import LINUX, Lab, lab

from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Pool
from batchplan.emulator.world import pools
from batchplan.emulator.world.core import Key
from batchplan.emulator.world.hooks import Allocation, NoFaults


def ready(dedicated: int = 2, **more: Any) -> tuple[Lab, Pool]:
    """Return a lab with a pool whose nodes are idle."""
    here = lab()
    pool = here.pool(dedicated=dedicated, **more)
    here.pass_time(200)
    return here, pool


def refused(here: Lab, verb: Any, *args: Any) -> str:
    """Return the code with which the service refuses a call."""
    here.world.sync()
    with pytest.raises(ServiceError) as caught:
        verb(here.world, here.account, *args)
    return caught.value.code


def codes(pool: Pool) -> list[str]:
    """Return the codes of a pool's resize errors."""
    return [error.code for error in pool.resize_errors]


def test_an_empty_pool_is_resizing_at_first() -> None:
    """A pool without nodes is resizing after its creation and steady a second or two later, with the same ETag."""
    here = lab()
    pool = here.pool()
    etag = pool.modified
    assert pool.allocation_state == "resizing"
    here.pass_time(2)
    assert (pool.allocation_state, pool.modified) == ("steady", etag)


def test_nodes_appear_together_when_the_allocation_ends() -> None:
    """While a pool allocates it has no nodes; then all are there, creating, and the pool is steady."""
    here = lab()
    pool = here.pool(dedicated=3, spot=1)
    here.pass_time(45)
    assert (pool.allocation_state, pool.current_dedicated, here.nodes(pool)) == ("resizing", 0, [])
    while pool.allocation_state == "resizing":
        here.pass_time(1)
    assert (pool.current_dedicated, pool.current_low_priority) == (3, 1)
    assert here.states(pool) == ["creating"] * 4
    assert {node.id[-2:] for node in here.nodes(pool)} == {"_d", "_p"}
    assert all(len(node.id) == len("tvmps_") + 64 + 2 for node in here.nodes(pool))


def test_one_ubuntu_node_takes_as_long_as_recorded() -> None:
    """One Ubuntu node is allocated after about 52 s."""
    here = lab()
    pool = here.pool(dedicated=1)
    here.pass_time(51.5)
    assert pool.allocation_state == "resizing"
    here.pass_time(1.5)
    assert pool.allocation_state == "steady"


CREATIONS: dict[str, tuple[dict[str, Any], str]] = {
    "taken": ({"id": "P"}, "PoolExists"),
    "bad id": ({"id": "a b"}, "InvalidPropertyValue"),
    "long id": ({"id": "a" * 65}, "InvalidPropertyValue"),
    "no size": ({"vmSize": ""}, "MissingRequiredProperty"),
    "no such size": ({"vmSize": "huge"}, "InvalidPropertyValue"),
    "short timeout": ({"resizeTimeout": "PT4M"}, "InvalidPropertyValue"),
    "negative": ({"targetDedicatedNodes": -1}, "InvalidPropertyValue"),
    "slots": ({"taskSlotsPerNode": 9}, "InvalidPropertyValue"),
    "formula and target": (
        {"enableAutoScale": True, "autoScaleFormula": "$a=1", "targetDedicatedNodes": 1},
        "InvalidPropertyValue",
    ),
    "no formula": ({"enableAutoScale": True}, "MissingRequiredProperty"),
    "formula without autoscale": ({"autoScaleFormula": "$a=1"}, "InvalidPropertyValue"),
    "bad formula": ({"enableAutoScale": True, "autoScaleFormula": "a = ;"}, "AutoScalingFormulaSyntaxError"),
    "long formula": ({"enableAutoScale": True, "autoScaleFormula": "a=1;" * 3000}, "AutoScalingFormulaTooLong"),
    "short interval": (
        {"enableAutoScale": True, "autoScaleFormula": "$a=1", "autoScaleEvaluationInterval": "PT4M"},
        "InvalidPropertyValue",
    ),
    "no such package": (
        {"applicationPackageReferences": [{"applicationId": "x"}]},
        "InvalidApplicationPackageReferences",
    ),
    "empty start task": ({"startTask": {"maxTaskRetryCount": 1}}, "MissingRequiredProperty"),
}


@pytest.mark.parametrize("case", CREATIONS)
def test_creations_that_are_refused(case: str) -> None:
    """A pool with a taken id or a wrong value is refused, and nothing is left behind."""
    change, code = CREATIONS[case]
    here = lab()
    here.pool("p")
    spec = {"id": "q", "vmSize": "standard_d2s_v3", "virtualMachineConfiguration": LINUX, **change}
    assert refused(here, pools.create_pool, spec) == code
    assert list(here.world.pools) == [("acct", "p")]


def test_pool_quota() -> None:
    """The pool quota counts pools that are being deleted too."""
    here = lab(poolQuota=1)
    pool = here.pool()
    spec = {"id": "q", "vmSize": "standard_d2s_v3"}
    assert refused(here, pools.create_pool, spec) == "PoolQuotaReached"
    pools.delete_pool(here.world, here.account, pool)
    assert refused(here, pools.create_pool, spec) == "PoolQuotaReached"
    here.pass_time(60)
    pools.create_pool(here.world, here.account, spec)


FAMILIES = [{"name": "standardDSv3Family", "coreQuota": 4}]
CORES: dict[str, tuple[dict[str, Any], int, int, list[str]]] = {
    "dedicated": ({"dedicatedCoreQuota": 7}, 3, 2, ["AccountCoreQuotaReached"]),
    "spot": ({"lowPriorityCoreQuota": 2}, 5, 1, ["AccountLowPriorityCoreQuotaReached"]),
    "family": (
        {"dedicatedCoreQuotaPerVMFamily": FAMILIES, "dedicatedCoreQuotaPerVMFamilyEnforced": True},
        2,
        2,
        ["AccountVMSeriesCoreQuotaReached"],
    ),
    "family not enforced": ({"dedicatedCoreQuotaPerVMFamily": FAMILIES}, 5, 2, []),
}


@pytest.mark.parametrize("case", CORES)
def test_core_quotas_grant_as_many_nodes_as_fit(case: str) -> None:
    """Core quotas are checked at the allocation: as many nodes come as fit, and the error sticks until the next resize."""
    limits, dedicated, spot, errors = CORES[case]
    here = lab(**limits)
    pool = here.pool(dedicated=5, spot=2)
    here.pass_time(100)
    assert (pool.allocation_state, pool.current_dedicated, pool.current_low_priority) == ("steady", dedicated, spot)
    assert codes(pool) == errors
    here.pass_time(5000)
    assert codes(pool) == errors
    pools.resize_pool(here.world, here.account, pool, dedicated, spot)
    assert codes(pool) == []
    here.pass_time(5)
    assert (pool.allocation_state, codes(pool)) == ("steady", [])


def test_user_subscription_accounts_have_no_core_quota() -> None:
    """An account that allocates in the user's subscription is not limited by Batch's cores."""
    here = lab(dedicatedCoreQuota=2)
    here.account.properties["poolAllocationMode"] = "UserSubscription"
    pool = here.pool(dedicated=5)
    here.pass_time(100)
    assert (pool.current_dedicated, codes(pool)) == (5, [])


def test_communicating_pools_have_at_most_a_hundred_nodes() -> None:
    """A pool with inter-node communication stops at 100 nodes."""
    here = lab()
    pool = here.pool(dedicated=101, enableInterNodeCommunication=True)
    here.pass_time(100)
    assert (pool.current_dedicated, codes(pool)) == (100, ["CommunicationEnabledPoolReachedMaxVMCount"])


def test_resize_shows_its_targets_at_once() -> None:
    """A resize moves the ETag and the targets at once and the nodes later."""
    here, pool = ready(2)
    etag = pool.modified
    pools.resize_pool(here.world, here.account, pool, 4, None, "PT10M")
    assert pool.modified > etag
    assert (pool.allocation_state, pool.target_dedicated, pool.current_dedicated) == ("resizing", 4, 2)
    assert (pool.resize_timeout, pool.allocation_changed) == ("PT10M", pool.modified)
    etag = pool.modified
    here.pass_time(80)
    assert (pool.allocation_state, pool.current_dedicated, pool.modified) == ("steady", 4, etag)


def test_shrinking_keeps_the_nodes_with_tasks() -> None:
    """A resize gives up nodes without tasks first."""
    here, pool = ready(3)
    here.task(here.job(), command="sleep 5000")
    here.pass_time(10)
    busy = [node.id for node in here.nodes(pool) if node.state == "running"]
    pools.resize_pool(here.world, here.account, pool, 1, None)
    here.pass_time(60)
    assert [node.id for node in here.nodes(pool)] == busy


@pytest.mark.parametrize(
    ("verb", "args", "code"),
    [
        (pools.resize_pool, (1, None), "PoolBeingResized"),
        (pools.enable_auto_scale, ("$TargetDedicatedNodes=1", None), "PoolBeingResized"),
        (pools.evaluate_auto_scale, ("$TargetDedicatedNodes=1",), "OperationInvalidForCurrentState"),
    ],
)
def test_what_a_resizing_pool_refuses(verb: Any, args: tuple[Any, ...], code: str) -> None:
    """A pool that gains nodes refuses another resize."""
    here = lab()
    assert refused(here, verb, here.pool(dedicated=1), *args) == code


def test_stop_resize() -> None:
    """Stopping a resize is over after some seconds; targets and ETag stay, and each missing kind is told."""
    here = lab()
    pool = here.pool(dedicated=2, spot=1)
    etag = pool.modified
    here.pass_time(5)
    pools.stop_resize(here.world, here.account, pool)
    assert (pool.allocation_state, pool.modified) == ("stopping", etag)
    here.pass_time(6)
    assert (pool.allocation_state, pool.target_dedicated, pool.current_dedicated, pool.modified) == (
        "steady",
        2,
        0,
        etag,
    )
    assert codes(pool) == ["ResizeStopped", "ResizeStopped"]
    assert pool.resize_errors[1].message == (
        "Desired number of low priority nodes could not be allocated due to a stop resize operation"
    )
    here.pass_time(300)
    assert pool.current_dedicated == 0


def test_stop_resize_of_a_steady_pool_does_nothing() -> None:
    """Stopping a resize that is over is no error and changes nothing."""
    here, pool = ready(1)
    pools.stop_resize(here.world, here.account, pool)
    assert (pool.allocation_state, codes(pool)) == ("steady", [])


@pytest.mark.parametrize(
    ("option", "task_state", "after"),
    [("requeue", "active", 60), ("terminate", "completed", 60), ("taskcompletion", "completed", 400)],
)
def test_deallocation_options(option: str, task_state: str, after: float) -> None:
    """Tasks on a node that goes are requeued, ended or waited for, as the deallocation option says."""
    here, pool = ready(1)
    task = here.task(here.job(), command="sleep 300")
    here.pass_time(10)
    pools.resize_pool(here.world, here.account, pool, 0, None, option=option)
    here.pass_time(60)
    assert (pool.current_dedicated == 0) == (option != "taskcompletion")
    here.pass_time(after)
    assert (pool.current_dedicated, pool.allocation_state, task.state) == (0, "steady", task_state)
    assert task.execution["requeueCount"] == (option == "requeue")


def test_resize_times_out_while_tasks_keep_nodes() -> None:
    """A resize that waits for tasks ends at its timeout with AllocationTimedOut, and the node stays and works on."""
    here, pool = ready(1)
    job = here.job()
    task = here.task(job, command="sleep 3000")
    here.pass_time(10)
    pools.resize_pool(here.world, here.account, pool, 0, None, "PT5M", "taskcompletion")
    here.pass_time(290)
    assert pool.allocation_state == "resizing"
    here.pass_time(20)
    assert (pool.allocation_state, pool.current_dedicated, codes(pool)) == ("steady", 1, ["AllocationTimedOut"])
    here.pass_time(3000)
    other = here.task(job, "other")
    here.pass_time(20)
    assert (task.state, other.state) == ("completed", "completed")


def test_retained_data_keeps_a_node_until_the_retention_ends() -> None:
    """With retaineddata a node goes when the retention time of its last task is over."""
    here, pool = ready(1)
    here.task(here.job(), command="sleep 20", constraints={"retentionTime": "PT4M"})
    here.pass_time(30)
    pools.resize_pool(here.world, here.account, pool, 0, None, "PT10M", "retaineddata")
    here.pass_time(180)
    assert pool.current_dedicated == 1
    here.pass_time(90)
    assert (pool.current_dedicated, pool.allocation_state) == (0, "steady")


class NoCapacity(NoFaults):
    """A region that grants one node, and hangs if asked to."""

    def __init__(self, *, hang: bool) -> None:
        self.hang = hang

    def allocation(self, pool: Key, location: str, family: str, *, dedicated: bool, wanted: int) -> Allocation:
        return Allocation(min(1, wanted), "AllocationFailed", "no capacity", hang=self.hang)


@pytest.mark.parametrize(
    ("hang", "after", "code"), [(False, 100, "AllocationFailed"), (True, 901, "AllocationTimedOut")]
)
def test_regions_without_capacity(hang: bool, after: float, code: str) -> None:
    """A region that lacks machines fails the resize, at once or at its timeout; those it has come."""
    here = lab()
    here.world.hooks = NoCapacity(hang=hang)
    pool = here.pool(dedicated=3)
    here.pass_time(after - 20 if hang else 40)
    assert pool.allocation_state == "resizing"
    here.pass_time(after)
    assert (pool.allocation_state, pool.current_dedicated, codes(pool)) == ("steady", 1, [code])


def test_remove_nodes_lowers_the_targets() -> None:
    """Removing nodes by id shrinks the targets with them."""
    here, pool = ready(3)
    goner = here.nodes(pool)[1].id
    pools.remove_nodes(here.world, here.account, pool, [goner])
    assert (pool.target_dedicated, pool.current_dedicated, pool.allocation_state) == (2, 3, "resizing")
    here.pass_time(60)
    assert pool.current_dedicated == 2
    assert goner not in {node.id for node in here.nodes(pool)}
    assert refused(here, pools.remove_nodes, pool, [goner]) == "NodeNotFound"


LIVE: dict[str, Any] = {
    "metadata": [{"name": "a", "value": "b"}],
    "startTask": {"commandLine": "echo"},
    "applicationPackageReferences": [],
}
WHEN_EMPTY: dict[str, Any] = {
    "displayName": "x",
    "vmSize": "standard_d4s_v3",
    "enableInterNodeCommunication": True,
    "taskSlotsPerNode": 2,
    "taskSchedulingPolicy": {"nodeFillType": "pack"},
    "userAccounts": [{"name": "u", "password": "p"}],
    "networkConfiguration": {"subnetId": "/s"},
    "mountConfiguration": [{"nfsMountConfiguration": {"source": "s", "relativeMountPath": "r"}}],
    "upgradePolicy": {"mode": "manual"},
    "virtualMachineConfiguration": {**LINUX, "licenseType": "x"},
}


@pytest.mark.parametrize("name", [*LIVE, *WHEN_EMPTY])
@pytest.mark.parametrize("nodes", [0, 1])
def test_what_may_be_patched_when(name: str, nodes: int) -> None:
    """Start task, packages and metadata change at any time; the rest only on a pool without nodes."""
    here, pool = ready(nodes)
    etag = pool.modified
    change = {name: (LIVE | WHEN_EMPTY)[name]}
    if name in WHEN_EMPTY and nodes:
        assert refused(here, pools.patch_pool, pool, change) == "PropertyCannotBeUpdated"
        assert pool.modified == etag
        return
    pools.patch_pool(here.world, here.account, pool, change)
    assert pool.modified > etag
    assert (name in pool.spec) == bool(change[name])


def test_patch_with_the_same_value_is_no_change_of_it() -> None:
    """A member that needs an empty pool may be sent as it is."""
    here, pool = ready(1)
    before = dict(pool.spec)
    pools.patch_pool(here.world, here.account, pool, {"vmSize": "STANDARD_D2S_V3", "taskSlotsPerNode": 1})
    assert {name.lower(): str(value).lower() for name, value in pool.spec.items()} == {
        name.lower(): str(value).lower() for name, value in before.items()
    }


def test_patch_removes_what_is_empty() -> None:
    """An empty start task and empty lists remove."""
    here, pool = ready(0, startTask={"commandLine": "x"}, metadata=[{"name": "a", "value": "b"}])
    pools.patch_pool(here.world, here.account, pool, {"startTask": {}, "metadata": []})
    assert "startTask" not in pool.spec
    assert "metadata" not in pool.spec


def test_replace_properties_removes_what_is_not_given() -> None:
    """Replacing properties without a start task removes it."""
    here, pool = ready(1, startTask={"commandLine": "x"})
    body = {"metadata": [{"name": "a", "value": "b"}], "applicationPackageReferences": []}
    pools.replace_pool_properties(here.world, here.account, pool, body)
    assert "startTask" not in pool.spec
    assert "applicationPackageReferences" not in pool.spec
    assert pool.spec["metadata"] == [{"name": "a", "value": "b"}]


def test_deletion_takes_time_and_requeues_tasks() -> None:
    """A pool being deleted keeps its id, refuses all else, requeues its tasks, and is gone within a minute."""
    here, pool = ready(1)
    task = here.task(here.job(), command="sleep 500")
    here.pass_time(10)
    pools.delete_pool(here.world, here.account, pool)
    assert (pool.state, task.state, task.execution["requeueCount"]) == ("deleting", "active", 1)
    spec = {"id": "p", "vmSize": "standard_d2s_v3"}
    assert refused(here, pools.create_pool, spec) == "PoolBeingDeleted"
    for verb, args in (
        (pools.patch_pool, ({"metadata": []},)),
        (pools.resize_pool, (1, None)),
        (pools.stop_resize, ()),
        (pools.delete_pool, ()),
        (pools.enable_auto_scale, ("$a=1", None)),
    ):
        assert refused(here, verb, pool, *args) == "PoolBeingDeleted"
    here.pass_time(10)
    assert ("acct", "p") in here.world.pools
    here.pass_time(60)
    assert (here.world.pools, here.world.nodes) == ({}, {})
    here.pool("p", dedicated=1)
    here.pass_time(120)
    assert task.state == "running"


class Stuck(NoFaults):
    """Deletions that make no progress while `stuck`."""

    stuck = True

    def delete_stuck(self, pool: Key) -> bool:
        return self.stuck


def test_deletion_can_be_stuck() -> None:
    """A deletion that is stuck goes on when the fault is lifted."""
    here, pool = ready(1)
    here.world.hooks = hooks = Stuck()
    pools.delete_pool(here.world, here.account, pool)
    here.pass_time(3600)
    assert pool.state == "deleting"
    hooks.stuck = False
    here.pass_time(61)
    assert here.world.pools == {}


def test_names_ignore_case() -> None:
    """A pool is found by its id in any case and keeps the case it was given."""
    here = lab()
    here.pool("MyPool")
    assert pools.find_pool(here.world, here.account, "mypool").id == "MyPool"
    with pytest.raises(ServiceError, match="PoolNotFound"):
        pools.find_pool(here.world, here.account, "other")


def test_node_counts() -> None:
    """Node counts are by pool id, kind and state, also for pools without nodes."""
    here = lab()
    here.pool("b", dedicated=2, spot=1)
    here.pool("a")
    here.pass_time(200)
    counts = [(pool.id, dedicated, spot) for pool, dedicated, spot in pools.node_counts(here.world, here.account)]
    assert counts == [("a", {"total": 0}, {"total": 0}), ("b", {"idle": 2, "total": 2}, {"idle": 1, "total": 1})]
