"""Reading of subjects: values, defaults, what is not known, what is secret."""

import pytest

from batchplan.core.address import parse_address
from batchplan.core.remote import Remote
from batchplan.policy.capacity import NodeSpan, Span, cores_per_node, is_windows, nodes
from batchplan.policy.context import Context
from batchplan.policy.model import Inapplicable, NotKnownYet, NotLooked
from batchplan.policy.subject import Subject, steps_of
from batchplan.schema.document import UNKNOWN, Secret

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"


def pool(**members: object) -> Subject:
    return Subject("pool", members, address=parse_address("pool.p"), remote=Remote("pool", ACCOUNT, "p-1"))


ONE = pool(
    vm_size="standard_d4s_v5",
    start_task={"command_line": "x", "max_task_retry_count": UNKNOWN},
    network_configuration=UNKNOWN,
    user_accounts=[{"name": "a", "password": Secret("p")}, {"name": UNKNOWN}],
    metadata=[],
    backup={"north": {"account_id": "n", "vm_size": "standard_d2s_v5", "auto_scale": {"formula": "x"}}},
    fixed_scale={"target_dedicated_nodes": 2},
)


def test_values_and_defaults() -> None:
    """A field that is not set has the service's default, unless the block around it is not there."""
    assert ONE.get("vm_size") == "standard_d4s_v5"
    assert ONE.get("task_slots_per_node") == 1
    assert ONE.get("start_task.wait_for_success") is True
    assert ONE.get("windows_configuration.enable_automatic_updates") is None
    assert pool().get("start_task.wait_for_success") is None
    assert ONE.text("display_name") == ""
    assert ONE.number("fixed_scale.target_low_priority_nodes") == 0


def test_what_is_not_known_and_what_is_secret_cannot_be_read() -> None:
    """Reading raises; asking whether it is said does not."""
    for path in ("start_task.max_task_retry_count", "network_configuration.subnet_id", "user_accounts[1].name"):
        with pytest.raises(NotKnownYet, match=path.split("[", maxsplit=1)[0].split(".", maxsplit=1)[0]):
            ONE.get(path)
        assert ONE.has(path)
    with pytest.raises(NotLooked, match="secret"):
        ONE.get("user_accounts[0].password")
    with pytest.raises(NotLooked):
        ONE.get("user_accounts")
    with pytest.raises(NotKnownYet):
        ONE.block("network_configuration")
    with pytest.raises(Inapplicable):
        ONE.need("os_disk")
    assert not ONE.has("metadata")


def test_items_know_where_they_stand() -> None:
    """Blocks of a list and of a map are views with paths of their own."""
    assert [one.path("name") for one in ONE.items("user_accounts")] == [
        "user_accounts[0].name",
        "user_accounts[1].name",
    ]
    ((label, north),) = ONE.backups()
    assert (label, north.get("vm_size"), north.has("fixed_scale")) == ("north", "standard_d2s_v5", False)
    assert north.path("vm_size") == "backup.north.vm_size"
    assert north.get("start_task.wait_for_success") is True
    assert list(ONE.items("mount_configuration")) == []
    assert steps_of("a[0].b-c") == ("a", 0, "b-c")


def test_live_facts() -> None:
    """What is not there yet has no facts; what was not read is not known."""
    with pytest.raises(Inapplicable):
        ONE.fact("allocation_state")
    there = Subject("pool", {}, address=ONE.address, observed={}, facts={"allocation_state": "steady"})
    assert there.fact("allocation_state") == "steady"
    with pytest.raises(NotLooked, match=r"resize_errors of pool\.p was not read"):
        there.fact("resize_errors")


@pytest.mark.parametrize(
    ("members", "span"),
    [
        (
            {"fixed_scale": {"target_dedicated_nodes": 2, "target_low_priority_nodes": 3}},
            NodeSpan(Span(2, 2), Span(3, 3)),
        ),
        ({"auto_scale": {"formula": "$TargetDedicatedNodes = min(10, $PendingTasks);"}}, None),
        ({}, NodeSpan(Span(0, 0), Span(0, 0))),
    ],
)
def test_nodes(members: dict[str, object], span: NodeSpan | None) -> None:
    """Targets and proved bounds of formulas tell how many nodes a pool can have."""
    found = nodes(pool(**members))
    assert found == span if span else found.dedicated.high == 10


def test_sizes() -> None:
    """The size tells the cores, the agent the system."""
    assert cores_per_node(ONE) == 4
    assert cores_per_node(pool(vm_size="nothing")) is None
    assert is_windows(pool(node_agent_sku_id="batch.node.windows amd64"))
    assert Span(1, None).plus(Span(1, 2)) == Span(2, None)


def test_objects_find_each_other() -> None:
    """A job finds its pool, a pool its jobs and its account, an account what is in it."""
    account = Subject(
        "account", {}, address=parse_address("account.w"), remote=Remote("account", ACCOUNT.upper(), "west")
    )
    job = Subject(
        "job", {"pool_info": {"pool_id": "P-1"}}, address=parse_address("job.j"), remote=Remote("job", ACCOUNT, "j")
    )
    other = Subject("job", {"pool_info": {"pool_id": UNKNOWN}}, address=parse_address("job.k"), remote=job.remote)
    context = Context((account, ONE, job, other))
    assert context.pool_of(job) is ONE
    assert context.pool_of(other) is None
    assert context.jobs_of(ONE) == (job,)
    assert context.account_of(ONE) is account
    assert context.in_account(account, "pool") == (ONE,)
    assert context.by_address("job.j") is job
    assert context.of_kind("job_schedule") == ()
