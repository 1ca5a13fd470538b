"""What policy reads of Azure beside the objects: the rows that rules ask for, in calls that do not grow with pools."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from lifecycle_driver import Place, account_id, actions

from batchplan.ops.plan import Planned, make_plan
from batchplan.ops.policy import Asked, Checked, check_plan
from batchplan.ops.session import Session
from batchplan.plan.options import Options
from batchplan.policy.model import Outcome

POOL = """
pool "{name}" {{
  account_id        = account.{home}.id
  name              = "{name}"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {{
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }}
  fixed_scale {{
    target_dedicated_nodes = {nodes}
  }}
}}
"""
WORK = """
job "declared" {
  account_id = account.one.id
  name       = "declared"
  pool_info {
    pool_id = pool.one0.pool_id
  }
}
"""
ACCOUNTS = ("one", "two")


def account(name: str) -> str:
    return f'account "{name}" {{\n  name = "acct{name}"\n  resource_group_name = "rg"\n  location = "westeurope"\n}}\n'


def project(pools: int, nodes: int = 1) -> str:
    """Return a configuration: two accounts with so many pools each, and a job."""
    parts = [account(name) for name in ACCOUNTS]
    parts += [POOL.format(name=f"{home}{at}", home=home, nodes=nodes) for home in ACCOUNTS for at in range(pools)]
    return "".join(parts) + WORK


@dataclass(frozen=True, slots=True)
class Looked:
    """A plan that was checked, and the requests that this took."""

    planned: Planned
    checked: Checked
    requests: list[Mapping[str, Any]]

    def rows(self, dataset: str) -> Mapping[str, Any]:
        """Return the rows of a dataset, by the last part of their keys."""
        found = self.checked.context.live.datasets[dataset].rows
        return {key.rpartition("/")[2]: row for key, row in found.items()}

    def pool(self, dataset: str, address: str) -> Any:
        """Return the row about a pool."""
        subject = self.checked.context.by_address(address)
        assert subject is not None
        assert subject.remote is not None
        return self.rows(dataset)[subject.remote.name.lower()]

    def outcomes(self, rule: str) -> dict[str, Outcome]:
        """Return what a rule says, by address."""
        return {one.address: one.outcome for one in self.checked.judgement.verdicts if one.rule.id == rule}


def look(place: Place, options: Options | None = None, *, gate: bool = False) -> Looked:
    """Make a plan and check it."""

    async def work(session: Session) -> Looked:
        planned = await make_plan(session, place.project(), options or Options())
        before = place.count
        checked = await check_plan(session, planned, Asked(), refresh=True, gate=gate)
        return Looked(planned, checked, place.requests(before))

    return place._do(work)


@pytest.mark.parametrize("pools", [2, 23])
def test_calls_depend_on_accounts_and_pages(place: Place, pools: int) -> None:
    """Images, nodes by state, jobs, schedules, and a few looks at pools: so much for each of two accounts.

    What is asked once is what the region and the provider offer. Pools are counted ten a page.
    """
    place.write(project(pools))
    place.apply()
    found = look(place)
    assert set(actions(found.planned).values()) <= {"noop"}
    pages = (pools + 9) // 10
    looks = min(pools, 3)
    shapes = Counter(_shape(str(one["path"])) for one in found.requests)
    assert shapes == {
        "supportedimages": 2,
        "nodecounts": 2 * pages,
        "jobs": 2,
        "jobschedules": 2,
        "nodes": 2 * looks,
        "virtualMachineSkus": 1,
        "Microsoft.Batch": 1,
    }
    assert {one["method"] for one in found.requests} == {"GET"}
    an_account = 4 + looks
    assert an_account <= 8


def _shape(path: str) -> str:
    return path.rpartition("/")[2]


def test_nodes_are_counted_everywhere_and_listed_where_it_matters(place: Place) -> None:
    """Every pool has its counts; the agents of the oldest pools, and the nodes of one that is broken and changes, are told."""
    place.write(project(5))
    place.apply()
    found = look(place)
    rows = found.rows("nodes")
    assert [len(one) for one in found.rows("pools").values()] == [5, 5]
    assert [row["by_state"] for row in rows.values()] == [{"idle": 1}] * 10
    told = [row for row in rows.values() if "agents" in row]
    assert len(told) == 6
    assert all(list(row["agents"].values()) == [1] and row["oldest_allocation"] for row in told)
    outcomes = Counter(found.outcomes("BP1113").values())
    assert outcomes == {Outcome.PASS: 6, Outcome.NOT_CHECKED: 4}
    spoil(place, found.planned, "pool.two4")
    place.write(project(5) + "\n")
    place.edit('pool "two4" {\n', 'pool "two4" {\n  task_slots_per_node = 2\n')
    again = look(place)
    assert again.pool("nodes", "pool.two4")["failures"][0]["state"] == "unusable"
    assert again.outcomes("BP8006")["pool.two4"] is Outcome.FAIL


def spoil(place: Place, planned: Planned, address: str) -> None:
    """Break the nodes of a pool."""
    name = next(one.remote.name for one in planned.desired if str(one.address) == address)

    def do(world: Any) -> None:
        for node in world.nodes.values():
            if node.pool == name.lower():
                node.state = "unusable"

    place.emulator.call(do)


def test_jobs_and_schedules_are_told_by_pool(place: Place) -> None:
    """What nobody declared is told, too: a schedule says that it is one, and a job which schedule made it."""
    place.write(project(2))
    place.apply()
    name = next(one.remote.name for one in place.plan().desired if str(one.address) == "pool.one0")
    body = {"id": "adhoc", "poolInfo": {"poolId": name}}
    place.batch("acctone", "POST", "/jobs", body)
    nightly = {
        "id": "nightly",
        "schedule": {"recurrenceInterval": "PT1H"},
        "jobSpecification": {"poolInfo": {"poolId": name}},
    }
    place.batch("acctone", "POST", "/jobschedules", nightly)
    place.advance(60)
    found = look(place)
    rows = found.pool("jobs", "pool.one0")
    assert {row["name"]: row.get("schedule") for row in rows} == {
        "adhoc": None,
        "declared": None,
        "nightly": True,
        "nightly:job-1": "nightly",
    }
    assert found.pool("jobs", "pool.two1") == []
    gone = look(place, Options(destroy=True))
    (finding,) = [one for one in gone.checked.judgement.findings if one.rule.id == "BP8001"]
    assert finding.address == "pool.one0"
    assert "adhoc (active)" in finding.finding.message
    assert gone.rows("contents")["acctone"]["job_schedule"] == ["nightly"]
    assert gone.outcomes("BP8018")["account.one"] is Outcome.FAIL
    assert gone.outcomes("BP8018")["account.two"] is Outcome.PASS


def test_quotas_of_accounts_that_are_not_declared_are_read(place: Place) -> None:
    """The account of a pool that is named by its id alone, and one that holds nothing but jobs, count as well."""
    place.write(project(1))
    place.apply()
    text = POOL.format(name="guest", home="one", nodes=1).replace("account.one.id", f'"{account_id("accttwo")}"')
    place.store = type(place.store)()
    place.write(account("one").replace("acctone", "acctnew") + text)
    found = look(place)
    assert set(found.rows("quotas")) == {"accttwo"}
    assert found.rows("quotas")["accttwo"]["dedicated_cores"] == 500
    assert found.outcomes("BP4002") == {"account.one": Outcome.NOT_APPLICABLE, "pool.guest": Outcome.PASS}


def test_a_region_that_takes_no_more_accounts_is_told(place: Place) -> None:
    """How many accounts there are, and may be, is asked when one is to be made."""
    place.write("".join(account(f"a{at}") for at in range(2)))
    place.apply()
    place.write("".join(account(f"a{at}") for at in range(3)))
    found = look(place)
    (row,) = found.checked.context.live.datasets["location_quotas"].rows.values()
    assert row["accounts"] == 2
    assert found.outcomes("BP4007")["account.a2"] is (Outcome.FAIL if row["account_quota"] < 3 else Outcome.PASS)


def test_what_is_refused_is_not_checked(place: Place) -> None:
    """An account whose jobs may not be read is not checked, and passes nothing; the other one is."""
    place.write(project(1))
    place.apply()
    place.fault(plane="dataplane", account="acctone", path="nodecounts", effect={"kind": "answer", "status": 403})
    found = look(place)
    outcomes = found.outcomes("BP6002")
    assert outcomes == {"pool.one0": Outcome.NOT_CHECKED, "pool.two0": Outcome.FAIL}
