"""How often a plan evaluates its configuration: once, where the state knows the ids of all pools."""

from dataclasses import dataclass, field

import pytest
from lifecycle_driver import Place, actions, told

from batchplan.config.kinds import Kinds
from batchplan.config.project import Inputs, Project, load_project
from batchplan.ops.plan import Planned, make_plan
from batchplan.ops.workspace import resolver
from batchplan.plan.options import Options

BASE = """
account "a" {
  name                = "evalacct"
  resource_group_name = "rg"
  location            = "westeurope"
}

pool "work" {
  account_id        = account.a.id
  name              = "work"
  vm_size           = "standard_d2s_v3"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "canonical"
    offer     = "0001-com-ubuntu-server-jammy"
    sku       = "22_04-lts"
  }
  fixed_scale { target_dedicated_nodes = 0 }
}

job "it" {
  account_id = account.a.id
  name       = "it"
  pool_info { pool_id = pool.work.pool_id }
}
"""
SECOND = BASE[BASE.index("pool") : BASE.index("job")].replace('"work"', '"second"')
ENDPOINT = 'output "endpoint" {\n  value = account.a.account_endpoint\n}\n'
LOOKUP = """
data "account" "seen" {
  name                = "evalacct"
  resource_group_name = "rg"
}
output "seen" { value = data.account.seen.location }
"""


@dataclass(slots=True)
class Counted(Project):
    """A project that counts how often it is evaluated."""

    evaluations: list[Kinds] = field(default_factory=list)

    def evaluated_with(self, kinds: Kinds, *, partial: bool = False) -> Project:
        """Return the project evaluated anew, and count it."""
        self.evaluations.append(kinds)
        return Project.evaluated_with(self, kinds, partial=partial)


def planned(place: Place, options: Options | None = None) -> tuple[Planned, int]:
    """Return a plan, and how many evaluations it took."""
    loaded = load_project(place.folder, resolver(place.folder), Inputs(), evaluate=False)
    project = Counted(**{name: getattr(loaded, name) for name in loaded.__dataclass_fields__})
    made = place._do(lambda session: make_plan(session, project, options or Options()))
    return made, len(project.evaluations)


@pytest.fixture
def applied(place: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A place where the project has been applied."""
    monkeypatch.chdir(place.folder)
    place.write(BASE)
    place.apply()
    return place


def test_a_plan_without_changes(applied: Place) -> None:
    """What the state knows is enough: the job's pool has its id, and nothing is evaluated twice."""
    found, evaluations = planned(applied)
    assert found.is_empty, told(found)
    assert evaluations == 1


def test_changes_that_need_no_new_id(applied: Place) -> None:
    """A changed job is evaluated once."""
    applied.edit('  name       = "it"\n', '  name       = "it"\n  priority   = 5\n')
    found, evaluations = planned(applied)
    assert actions(found)["job.it"] == "update"
    assert evaluations == 1


def test_a_new_pool(applied: Place) -> None:
    """The id of a new pool follows from its arguments, so there is one more evaluation."""
    applied.write(BASE + SECOND)
    found, evaluations = planned(applied)
    assert actions(found) == {"pool.second": "create"}
    assert evaluations == 2


def test_a_moved_pool_keeps_its_id(applied: Place) -> None:
    """The new address gets the id of the old one, not that of the pool which is new at the old one."""
    moved = BASE.replace('pool "work"', 'pool "main"').replace("pool.work.", "pool.main.")
    fresh = SECOND.replace('pool "second"', 'pool "work"')
    applied.write(moved + fresh + "moved {\n  from = pool.work\n  to   = pool.main\n}\n")
    found, evaluations = planned(applied)
    assert actions(found) == {"pool.main": "noop", "pool.work": "create"}, told(found)
    assert evaluations == 2


def test_a_replaced_pool(applied: Place) -> None:
    """A replacement is found out by comparing, and evaluated once more with the new id."""
    applied.edit('  name              = "work"', '  name              = "other"')
    found, evaluations = planned(applied)
    assert actions(found) == {"pool.work": "replace", "job.it": "update"}
    assert evaluations == 2


def test_an_id_taken_for_granted_is_no_reason_to_fail(applied: Place) -> None:
    """A condition that does not hold for the old id of a pool which gets another one stops no plan."""
    applied.advance(3600)  # ids made within a minute of the same arguments are the same
    old = next(one.remote.name for one in applied.state().resources if one.address == "pool.work")
    condition = f'lifecycle {{ precondition {{ condition = pool.work.pool_id != "{old}", error_message = "old" }} }}'
    lines = condition.replace("{ ", "{\n").replace(", ", "\n").replace(" }", "\n}")
    kept = SECOND.replace('pool "second"', 'pool "main"').replace('= "second"', '= "work"')
    move = "moved {\n  from = pool.work\n  to = pool.main\n}\n"
    applied.write(BASE.replace("  pool_info {", f"{lines}\n  pool_info {{") + kept + move)
    found, _ = planned(applied)
    assert actions(found) == {"pool.main": "noop", "pool.work": "create", "job.it": "update"}, told(found)


def test_what_azure_tells_and_data_blocks(applied: Place) -> None:
    """What is found out while planning takes one evaluation each, and no more once it is known."""
    applied.write(BASE + ENDPOINT + LOOKUP)
    found, evaluations = planned(applied)
    assert {one.name: one.known for one in found.changes.outputs} == {"endpoint": True, "seen": True}
    assert evaluations == 3
