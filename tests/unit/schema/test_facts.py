"""What a change costs, where a field is in the API, and what people read about it."""

import json

import pytest

from batchplan.core.diagnostics import UserError
from batchplan.ops.explain import page
from batchplan.schema.explain import as_json, explain, overview
from batchplan.schema.facts import Change
from batchplan.schema.lookup import NoSuchField, change_of, fact, field, severity
from batchplan.schema.registry import DATA_KINDS, KINDS
from batchplan.schema.retired import RENAMED, renamed
from batchplan.schema.shape import Nested, Shape

CHANGES = {
    "pool.vm_size": (("vm_size",), Change.EMPTY),
    "pool.account_id": (("account_id",), Change.CREATE),
    "pool.metadata": (("metadata", 0, "value"), Change.LIVE),
    "pool.start_task": (("start_task", "resource_files", 3, "http_url"), Change.REBOOT),
    "pool.fixed_scale": (("fixed_scale", "target_dedicated_nodes"), Change.ACTION),
    "pool.extensions": (("extensions", 0, "settings"), Change.CREATE),
    "pool.backup": (("backup", "north", "image_reference", "sku"), Change.EMPTY),
    "pool.replacement": (("replacement", "drain", "timeout"), Change.LIVE),
}


@pytest.mark.parametrize(("path", "change"), CHANGES.values(), ids=CHANGES.keys())
def test_a_field_has_the_class_of_the_nearest_block_that_has_one(path: tuple[str | int, ...], change: Change) -> None:
    """Nested fields inherit class and reason."""
    found = fact("pool", path)
    assert found.change is change
    assert found.why


def test_the_most_severe_class_is_the_one_that_costs_most() -> None:
    """A new object costs more than an empty pool, that more than a reboot, and a call of its own costs little."""
    assert severity("pool", [("metadata",), ("start_task",)]) is Change.REBOOT
    assert severity("pool", [("fixed_scale",), ("start_task",)]) is Change.REBOOT
    assert severity("pool", [("vm_size",), ("start_task",), ("account_id",)]) is Change.CREATE
    assert severity("pool", []) is Change.LIVE


def test_a_label_causes_nothing() -> None:
    """A pool's display name counts as no change."""
    assert severity("pool", [("display_name",)]) is Change.LIVE


STEPS = {
    "forward": ("noaction", "terminatejob", Change.LIVE),
    "forward from unset": (None, "TerminateJob", Change.LIVE),
    "back": ("terminatejob", "noaction", Change.CREATE),
    "unset again": ("terminatejob", None, Change.CREATE),
    "spelling": ("NoAction", "noaction", Change.LIVE),
}


@pytest.mark.parametrize(("before", "after", "change"), STEPS.values(), ids=STEPS.keys())
def test_a_field_that_goes_one_way_only(before: str | None, after: str | None, change: Change) -> None:
    """What happens when all tasks have ended can be set, and not taken back."""
    assert change_of("job", ("all_tasks_complete_mode",), before, after) is change


PLACES = {
    "own path": ("pool", ("vm_size",), "properties.vmSize", "properties.vmSize"),
    "vm configuration": (
        "pool",
        ("image_reference", "sku"),
        "properties.deploymentConfiguration.virtualMachineConfiguration.imageReference.sku",
        "properties.deploymentConfiguration",
    ),
    "scale": (
        "pool",
        ("fixed_scale", "resize_timeout"),
        "properties.scaleSettings.fixedScale.resizeTimeout",
        "properties.scaleSettings",
    ),
    "identity": ("pool", ("identity", "type"), "identity.type", "identity"),
    "backup": ("pool", ("backup", "north", "vm_size"), "properties.vmSize", "properties.vmSize"),
    "address": ("pool", ("name",), "", ""),
    "own block": ("pool", ("replacement", "strategy"), "", ""),
    "job": ("job", ("constraints", "max_wall_clock_time"), "constraints.maxWallClockTime", "constraints"),
    "job's id": ("job", ("name",), "id", "id"),
    "schedule": (
        "job_schedule",
        ("job_specification", "pool_info", "pool_id"),
        "jobSpecification.poolInfo.poolId",
        "jobSpecification",
    ),
}


@pytest.mark.parametrize(("kind", "path", "api", "unit"), PLACES.values(), ids=PLACES.keys())
def test_a_field_knows_its_place_and_what_is_patched(kind: str, path: tuple[str, ...], api: str, unit: str) -> None:
    """The JSON path of a field, and the part of the body that a PATCH sends whole."""
    found = field(kind, path)
    assert ".".join(found.api) == api
    assert ".".join(found.unit) == unit


def test_a_field_that_is_not_there_is_named_with_what_is_near() -> None:
    """The error helps."""
    with pytest.raises(NoSuchField, match='Did you mean "vm_size"'):
        field("pool", ("vm_sise",))


PAGES = {
    "pool.vm_size": ["string, required", "empty:", "properties.vmSize", "standard_d4s_v5"],
    "pool.task_slots_per_node": ["number, optional", "1 to 256", "default", "in the API"],
    "pool.user_accounts.password": ["shown nowhere", "never returns it"],
    "pool.display_name": ["waits for the next replacement"],
    "pool.pool_id": ["Can be read, not set"],
    "pool.backup.vm_size": ["properties.vmSize"],
    "pool": ["arguments", "blocks", "can be read", "image_reference", "replacement"],
    "pool.start_task": ["reboot:", "command_line", "resource_files"],
    "pool.data_disks": ["told apart by lun"],
    "job.pool_info": ["action:", "data plane 2025-06-01: poolInfo"],
    "data.supported_images": ["images"],
}


@pytest.mark.parametrize(("name", "words"), PAGES.items(), ids=PAGES.keys())
def test_explain_tells_what_is_known(name: str, words: list[str]) -> None:
    """A page has what there is to know of a field or a kind."""
    text = page(name)
    assert [word for word in words if word not in text] == []


def test_every_field_can_be_explained() -> None:
    """There is a page for each kind and each field of it."""
    for prefix, kinds in (("", KINDS), ("data.", DATA_KINDS)):
        for name, kind in kinds.items():
            assert explain(prefix + name)
            for member in kind.shape.names:
                assert explain(f"{prefix}{name}.{member}")


def test_an_unknown_name_is_answered_with_one_that_is_near() -> None:
    """A mistyped kind or field is an error with a hint."""
    with pytest.raises(UserError, match='Did you mean "pool"'):
        page("pol")
    with pytest.raises(UserError, match='Did you mean "vm_size"'):
        page("pool.vm_sise")


def _shapes(shape: Shape) -> list[Shape]:
    inner = [member.shape for member in shape.members() if isinstance(member, Nested)]
    return [shape, *(found for each in inner for found in _shapes(each))]


def test_what_stands_for_a_name_from_elsewhere_is_a_member() -> None:
    """Each name is answered somewhere, and nowhere where it can be written itself."""
    shapes = [found for kind in KINDS.values() for found in _shapes(kind.shape)]
    for name, texts in RENAMED.items():
        fits = [shape for shape in shapes if renamed(name, shape.names)]
        assert fits, name
        for text in texts:
            assert any(text == renamed(name, shape.names) for shape in fits), text
        assert [shape for shape in fits if name in shape.names] == [], name


def test_the_schema_is_told_as_json() -> None:
    """Tools read types, constraints and classes of every kind."""
    made = json.loads(json.dumps(as_json()))
    assert set(made["resource_schemas"]) == set(KINDS)
    block = made["resource_schemas"]["pool"]["block"]
    assert block["attributes"]["vm_size"]["change"] == "empty"
    assert block["attributes"]["pool_id"] == {"type": "string", "computed": True}
    assert block["block_types"]["image_reference"]["min_items"] == 1
    assert block["block_types"]["backup"]["nesting_mode"] == "map"
    users = block["block_types"]["user_accounts"]
    assert users["block"]["attributes"]["password"]["sensitive"] is True
    assert users["keyed_by"] == ["name"]


def test_the_overview_names_every_kind() -> None:
    """One line for each kind."""
    listed = [line.split()[0] for line in overview().splitlines() if line][: len(KINDS) + len(DATA_KINDS)]
    assert listed == [*KINDS, *(f"data.{name}" for name in DATA_KINDS)]
