"""A world of many pools as people write them, for what checking costs."""

from dataclasses import replace
from datetime import date

from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.policy.context import Context
from batchplan.policy.model import Rule
from batchplan.policy.registry import built_in
from batchplan.policy.subject import Subject

ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"


def world(pools: int) -> Context:
    """Return one account with so many pools, and a job for each."""
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


def many_rules(count: int) -> list[Rule]:
    """Return all rules there are, made up to a number with copies of a typical one."""
    own = list(built_in())
    typical = next(one for one in own if one.id == "BP1302")
    return [*own, *(replace(typical, id=f"BP13{at:03}") for at in range(count - len(own)))]
