"""From a configuration to what is wanted: names, needs, and what blocks ask for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from batchplan.config.project import Inputs, load_project
from batchplan.config.sources import LocalResolver
from batchplan.config.typed import SchemaKinds
from batchplan.core.address import Address, parse_address
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.remote import Remote
from batchplan.plan.desired import DesiredObject, Identity, desired_objects, pool_ids, remotes, successor_ids
from batchplan.plan.intents import Intents, NotAnAddress, intents, remote_of_id
from batchplan.plan.naming import generation_of
from batchplan.state.document import Applied, empty, with_resource
from batchplan.state.model import StateDocument

NOW = datetime(2026, 11, 22, 10, 13, tzinfo=UTC)
ACCOUNT = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Batch/batchAccounts/west"
HCL = """
account "west" {
  name                = "west"
  resource_group_name = "rg"
  location            = "westeurope"
}
pool "render" {
  for_each          = toset(["a", "b"])
  account_id        = account.west.id
  name              = "render-${each.key}"
  vm_size           = "standard_d4s_v5"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
  image_reference {
    publisher = "microsoft-dsvm"
    offer     = "ubuntu-hpc"
    sku       = "2204"
  }
  fixed_scale { target_dedicated_nodes = 8 }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [fixed_scale.target_dedicated_nodes, tags["a"]]
  }
}
job_schedule "nightly" {
  for_each   = toset(["a", "b"])
  account_id = account.west.id
  name       = "nightly-${each.key}"
  schedule { recurrence_interval = "PT24H" }
  job_specification {
    pool_info { pool_id = pool.render[each.key].pool_id }
  }
}
job "ingest" {
  account_id = account.west.id
  name       = "ingest"
  depends_on = [pool.render]
  pool_info { pool_id = pool.render["a"].pool_id }
  lifecycle { replace_triggered_by = [pool.render["b"].vm_size] }
}
"""


class Loaded:
    """A configuration, evaluated twice as planning does it."""

    def __init__(self, folder: Path, text: str, state: StateDocument | None = None) -> None:
        (folder / "main.batch.hcl").write_text(text)
        self.folder = folder
        self.state = state or empty("0")
        self.diagnostics = Diagnostics()
        first = SchemaKinds(subscription_id="s")
        self.asked: Intents = self._asked(first)
        adopted = {one.address: one.remote for one in self.asked.adoptions}
        self.ids = pool_ids(self.evaluated, first, self.state, NOW, adopted)
        self.kinds = SchemaKinds(subscription_id="s", pool_ids=self.ids)
        self._asked(self.kinds)

    def _asked(self, kinds: SchemaKinds) -> Intents:
        project = load_project(self.folder, LocalResolver(), Inputs(), kinds=kinds)
        assert project.evaluated is not None
        self.diagnostics = project.diagnostics
        self.evaluated = project.evaluated
        return intents(project.evaluated, self.diagnostics)

    @property
    def objects(self) -> dict[str, DesiredObject]:
        """What is wanted, by address."""
        identity = Identity("s", self.ids)
        found = desired_objects(self.evaluated, self.kinds, identity, self.diagnostics)
        return {str(one.address): one for one in found}

    @property
    def faults(self) -> list[str]:
        """Codes of what is wrong."""
        return [one.code.id for one in self.diagnostics]


def test_names_are_known_when_planning(tmp_path: Path) -> None:
    """A schedule that refers to a pool has the pool's id before the pool exists."""
    loaded = Loaded(tmp_path, HCL)
    objects = loaded.objects
    assert loaded.faults == []
    pool = objects['pool.render["a"]'].remote
    assert pool.account_id == objects["account.west"].remote.id == ACCOUNT
    assert generation_of(pool.name).startswith("20261122t1013-")
    nightly = objects['job_schedule.nightly["a"]']
    assert nightly.remote.id == f"{ACCOUNT}/jobSchedules/nightly-a"
    assert nightly.document["job_specification"]["pool_info"]["pool_id"] == pool.name


def test_an_existing_pool_keeps_its_id(tmp_path: Path) -> None:
    """What the state knows is what a pool is called, also when its address has moved, unless it is made anew."""
    remote = Remote("pool", ACCOUNT, "render-a-20260101t0000-aaaa")
    state = with_resource(empty("0"), Applied(parse_address("pool.old"), remote, {"name": "render-a"}))
    text = HCL + '\nmoved {\n  from = pool.old\n  to   = pool.render["a"]\n}\n'
    loaded = Loaded(tmp_path, text, state)
    assert loaded.ids['pool.render["a"]'] == remote.name
    assert loaded.ids['pool.render["b"]'] != remote.name
    anew = parse_address('pool.render["a"]')
    again = successor_ids(loaded.evaluated, state, NOW, {anew: loaded.objects[str(anew)].document})
    assert again[anew] != remote.name
    assert {one.name for one in remotes(list(loaded.objects.values()), state)} >= {remote.name, "west", "ingest"}


def test_a_pool_at_an_address_that_another_left_gets_an_id_of_its_own(tmp_path: Path) -> None:
    """A pool is renamed, and one like it is declared at its old address, within the minute in which it was made."""
    made = Loaded(tmp_path, HCL).ids['pool.render["a"]']
    remote = Remote("pool", ACCOUNT, made)
    state = with_resource(
        empty("0"), Applied(parse_address('pool.render["a"]'), remote, {"name": "render-a"})
    ).model_copy(update={"lineage": Loaded(tmp_path, HCL).state.lineage})
    text = (
        HCL
        + """
moved {
  from = pool.render["a"]
  to   = pool.other
}
pool "other" {
  account_id        = account.west.id
  name              = "render-a"
  vm_size           = "standard_d4s_v5"
  node_agent_sku_id = "batch.node.ubuntu 22.04"
}
"""
    )
    ids = Loaded(tmp_path, text, state).ids
    assert ids["pool.other"] == made
    assert ids['pool.render["a"]'] != made


def test_two_generations_of_one_minute_differ(tmp_path: Path) -> None:
    """A pool replaced within the minute in which it was made gets another id."""
    loaded = Loaded(tmp_path, HCL)
    address = parse_address('pool.render["a"]')
    made = loaded.ids[str(address)]
    state = with_resource(loaded.state, Applied(address, Remote("pool", ACCOUNT, made), {"name": "render-a"}))
    document = loaded.objects[str(address)].document
    assert successor_ids(loaded.evaluated, state, NOW, {address: document})[address] != made


def test_needs_are_those_that_are_meant(tmp_path: Path) -> None:
    """Of a block with many instances the one whose name is used is needed; with depends_on, all of them."""
    objects = Loaded(tmp_path, HCL).objects

    def needs(text: str) -> list[str]:
        return [str(one) for one in objects[text].needs]

    assert needs("account.west") == []
    assert needs('pool.render["b"]') == ["account.west"]
    assert needs('job_schedule.nightly["b"]') == ["account.west", 'pool.render["b"]']
    assert needs("job.ingest") == ["account.west", 'pool.render["a"]', 'pool.render["b"]']


def test_lifecycle_is_read(tmp_path: Path) -> None:
    """Protection, ignored paths and triggers come from the lifecycle block."""
    objects = Loaded(tmp_path, HCL).objects
    pool = objects['pool.render["a"]']
    assert pool.prevent_destroy
    assert pool.ignore_changes == (("fixed_scale", "target_dedicated_nodes"), ("tags", "a"))
    assert objects["job.ingest"].triggers == ((Address((), "pool", "render", "b"), ("vm_size",)),)
    assert pool.locate is not None
    assert pool.locate(("vm_size",)).text == '"standard_d4s_v5"'


def test_one_object_has_one_address(tmp_path: Path) -> None:
    """Two blocks for one object are refused."""
    twice = (
        HCL + '\njob "again" {\n  account_id = account.west.id\n  name = "Ingest"\n  pool_info { pool_id = "x" }\n}\n'
    )
    loaded = Loaded(tmp_path, twice)
    assert len(loaded.objects) == 7
    assert loaded.faults == ["E0509"]


def test_imports_are_read(tmp_path: Path) -> None:
    """An import names an object by its id, for each of several where it says so."""
    text = (
        HCL
        + f"""
import {{
  for_each = {{ a = "one", b = "two" }}
  to       = pool.render[each.key]
  id       = "{ACCOUNT}/pools/${{each.value}}"
}}
"""
    )
    loaded = Loaded(tmp_path, text)
    assert [(str(one.address), one.remote.name) for one in loaded.asked.adoptions] == [
        ('pool.render["a"]', "one"),
        ('pool.render["b"]', "two"),
    ]
    assert loaded.ids == {'pool.render["a"]': "one", 'pool.render["b"]': "two"}


@pytest.mark.parametrize(
    ("to", "identity"),
    [("pool.render", "render"), ("pool.render", f"{ACCOUNT}/jobs/ingest"), ("pool", f"{ACCOUNT}/pools/x")],
)
def test_wrong_imports_are_refused(tmp_path: Path, to: str, identity: str) -> None:
    """An import needs an address and the id of an object of that kind."""
    loaded = Loaded(tmp_path, HCL + f'\nimport {{\n  to = {to}\n  id = "{identity}"\n}}\n')
    assert "E0504" in loaded.faults


@pytest.mark.parametrize(
    ("rest", "remote"),
    [
        ("", Remote("account", ACCOUNT, "west")),
        ("/applications/a", Remote("application", ACCOUNT, "a")),
        ("/applications/a/versions/1.0", Remote("application_package", ACCOUNT, "a", "1.0")),
        ("/pools/p", Remote("pool", ACCOUNT, "p")),
        ("/jobs/j", Remote("job", ACCOUNT, "j")),
        ("/jobSchedules/n", Remote("job_schedule", ACCOUNT, "n")),
    ],
)
def test_ids_lead_back_to_objects(rest: str, remote: Remote) -> None:
    """The id of an object, in any case of letters, says what it is."""
    assert remote_of_id(ACCOUNT + rest) == remote
    assert remote_of_id((ACCOUNT + rest).upper()).key == remote.key
    assert remote_of_id(remote.id) == remote


def test_other_ids_are_none() -> None:
    """The id of something else is refused with an example."""
    with pytest.raises(ValueError, match="no id of an object"):
        remote_of_id("/subscriptions/s")
    assert issubclass(NotAnAddress, ValueError)
