"""What a plan says of backups: whether they could take over now, and what keeps them from it."""

import pytest
from failing_over import Regions
from lifecycle_driver import Place

from batchplan.plan.parity import Parity, Verdict
from batchplan.report.parity import segments

SUBNET = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet/subnets/a"
STORE = (
    "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Storage/storageAccounts"
)


@pytest.fixture
def regions(place: Place, monkeypatch: pytest.MonkeyPatch) -> Regions:
    """A pool with a backup, applied."""
    monkeypatch.chdir(place.folder)
    return Regions(place).set_up()


def parity(place: Place) -> Parity:
    """Return what a plan says of the one backup."""
    (found,) = place.plan().changes.parity
    return found


def test_a_good_backup(regions: Regions) -> None:
    """All is looked at, and all is good; the table says so in a line, also when nothing changes."""
    planned = regions.place.plan()
    assert planned.is_empty
    (found,) = planned.changes.parity
    assert {one.name: one.verdict for one in found.checks} == dict.fromkeys(
        ("specification", "packages", "image", "vm_size", "quota", "schedules"), Verdict.GOOD
    )
    assert (found.key, found.location, found.nodes, found.full) == ("north", "northeurope", 0, 3)
    text = "".join(part for _, part in segments([found], planned.changes.regional, {}))
    assert "pool.render  north (northeurope)" in text
    assert "✔ ready · 0 of 3 nodes" in text


WORSE = {
    "size": ('vm_size    = "standard_d4s_v3"', 'vm_size    = "standard_m832ixs_v2"', "vm_size", Verdict.BAD),
    "image": (
        'vm_size    = "standard_d4s_v3"',
        'vm_size    = "standard_d4s_v3"\n      image_reference {\n        publisher = "canonical"\n        offer = "none"\n        sku = "1"\n      }',
        "image",
        Verdict.BAD,
    ),
    "own image": (
        'vm_size    = "standard_d4s_v3"',
        f'vm_size    = "standard_d4s_v3"\n      image_reference {{\n        id = "{STORE.replace("Storage/storageAccounts", "Compute/galleries/g/images/i/versions/1.0.0")}"\n      }}',
        "image",
        Verdict.UNKNOWN,
    ),
    "quota": ("target_dedicated_nodes = 3", "target_dedicated_nodes = 3000", "quota", Verdict.BAD),
    "subnet": (
        "  fixed_scale {\n    target_dedicated_nodes = 3",
        f'  network_configuration {{\n    subnet_id = "{SUBNET}"\n  }}\n  fixed_scale {{\n    target_dedicated_nodes = 3',
        "network",
        Verdict.BAD,
    ),
    "file": (
        "command_line = \"/bin/bash -c 'echo ${var.note}'\"",
        'command_line = "x"\n    resource_files {\n      http_url = "https://weststore.blob.core.windows.net/a/b"\n      file_path = "b"\n    }',
        "references",
        Verdict.WEAK,
    ),
    "storage": (f"{STORE}/northstore", f"{STORE}/weststore", "auto_storage", Verdict.WEAK),
    "specification": ("task_slots_per_node = var.slots", "task_slots_per_node = 3", "specification", Verdict.BAD),
}


@pytest.mark.parametrize("name", WORSE)
def test_what_a_plan_finds(regions: Regions, name: str) -> None:
    """Each thing that keeps a backup from taking over is named, before anything is applied."""
    place = regions.place
    old, new, check, verdict = WORSE[name]
    place.edit(old, new)
    if name == "storage":
        place.apply()
    found = {one.name: one for one in parity(place).checks}
    assert found[check].verdict is verdict, found
    assert parity(place).verdict is verdict or parity(place).verdict is Verdict.BAD


def test_a_package_that_is_gone(regions: Regions) -> None:
    """A package that is not in the backup's account is found out."""
    (package,) = [
        one for one in regions.place.state().resources if one.address == 'application_package.tool.backup["north"]'
    ]
    remote = package.remote
    regions.place.arm("DELETE", f"{remote.account_id}/applications/{remote.name}/versions/{remote.version}")
    found = {one.name: one for one in parity(regions.place).checks}
    assert found["packages"].verdict is Verdict.BAD


def test_the_region_that_was_left_is_the_backup_then(regions: Regions) -> None:
    """After a failover it is the pool's own region that stands ready; and while it does not answer, that is said."""
    place = regions.place
    regions.failover()
    found = parity(place)
    assert (found.key, found.location, found.verdict) == ("", "westeurope", Verdict.GOOD)
    regions.failover("")
    regions.cut()
    regions.failover(from_unreachable=True)
    found = parity(place)
    assert [(one.name, one.verdict) for one in found.checks] == [("region", Verdict.BAD)]
