"""What checking costs: it grows with pools times rules, and not faster."""

import time
from dataclasses import replace
from datetime import date

import pytest

from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.policy.context import Context
from batchplan.policy.judge import judged
from batchplan.policy.model import Phase, Rule
from batchplan.policy.registry import built_in
from batchplan.policy.sets import built_in_sets, chosen
from batchplan.policy.subject import Subject

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
RULES = 200


def world(pools: int) -> Context:
    """Pools as people write them, one account, a job for each pool."""
    account = Subject(
        "account",
        {"name": "west", "location": "westeurope"},
        address=Address((), "account", "west"),
        remote=Remote("account", ACCOUNT, "west"),
    )
    made = [account]
    for at in range(pools):
        document = {
            "account_id": ACCOUNT,
            "name": f"p{at}",
            "vm_size": "standard_d4s_v5",
            "node_agent_sku_id": "batch.node.ubuntu 22.04",
            "image_reference": {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2204"},
            "fixed_scale": {"target_dedicated_nodes": 4},
            "task_slots_per_node": 4,
            "start_task": {"command_line": "/bin/bash -c 'set -e; ./prepare.sh'", "wait_for_success": at % 50 != 0},
            "metadata": [{"name": "team", "value": "render"}],
        }
        remote = Remote("pool", ACCOUNT, f"p{at}-1")
        made.append(Subject("pool", document, address=Address((), "pool", "p", at), remote=remote))
        job = {"account_id": ACCOUNT, "name": f"j{at}", "pool_info": {"pool_id": f"p{at}-1"}}
        remote = Remote("job", ACCOUNT, f"j{at}")
        made.append(Subject("job", job, address=Address((), "job", "j", at), remote=remote))
    return Context(tuple(made), date(2026, 11, 22))


def seconds(pools: int, rules: list[Rule]) -> float:
    """The processor time of a check, so that neighbours on the machine do not count."""
    context = world(pools)
    found = chosen("recommended", built_in_sets(), rules)
    begun = time.process_time()
    judged(context, rules, found, [Phase.STATIC, Phase.LIVE, Phase.PLAN])
    return time.process_time() - begun


@pytest.mark.slow
def test_a_thousand_pools_are_checked_in_three_seconds() -> None:
    """All rules there are, made up to two hundred, over 1,000 pools; twice the pools cost twice the time."""
    own = list(built_in())
    typical = next(one for one in own if one.id == "BP1302")
    rules = [*own, *(replace(typical, id=f"BP13{at:03}") for at in range(RULES - len(own)))]
    small, large = seconds(500, rules), seconds(1000, rules)
    assert large < 3.0
    assert large < 3 * small
