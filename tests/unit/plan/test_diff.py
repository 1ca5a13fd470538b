"""Desired, prior and observed compared, field by field."""

from typing import Any

import pytest

from batchplan.plan.change import Cause
from batchplan.plan.diff import Sides, differences, drift, sealed, unapplied
from batchplan.schema.document import UNKNOWN, Secret, path_text
from batchplan.state.secrets import new_key

KEY = new_key()
START = {"command_line": "./prepare.sh", "wait_for_success": True}
ENTRY = {"name": "owner", "value": "ann"}
OWN = {"name": "batchplan:address", "value": "pool.render"}
DISK = {"data_disks": [{"lun": 0, "disk_size_gb": 100}]}
LIVE_DISK = {"data_disks": [{"lun": 0, "disk_size_gb": 100, "caching": "None", "managed_disk": {"disk_encryption": 1}}]}
USER = {"name": "u", "password": Secret("old")}


def lines(kind: str, desired: Any, prior: Any, observed: Any, **parts: Any) -> list[str]:
    """Return the differences as text."""
    sides = Sides(desired, None if prior is None else sealed(prior, KEY), observed, KEY, **parts)
    return [
        f"{path_text(one.path)}: {_shown(one.before)} -> {_shown(one.after)} [{one.mutability}, {one.cause.name.lower()}]"
        for one in differences(kind, sides)
    ]


def _shown(value: Any) -> str:
    return "?" if value is UNKNOWN else "secret" if isinstance(value, (Secret, dict)) else str(value)


CASES = [
    pytest.param("pool", {"vm_size": "a"}, {"vm_size": "a"}, {"vm_size": "A"}, [], id="case-of-a-size"),
    pytest.param(
        "pool",
        {"vm_size": "b"},
        {"vm_size": "a"},
        {"vm_size": "a"},
        ["vm_size: a -> b [empty, config]"],
        id="changed-in-the-configuration",
    ),
    pytest.param(
        "pool",
        {"vm_size": "a"},
        {"vm_size": "a"},
        {"vm_size": "b"},
        ["vm_size: a -> a [empty, drift]"],
        id="changed-outside",
    ),
    pytest.param("pool", {}, {}, {"task_slots_per_node": 4}, [], id="never-set-is-azures"),
    pytest.param(
        "pool",
        {},
        {"task_slots_per_node": 4},
        {"task_slots_per_node": 4},
        ["task_slots_per_node: 4 -> 1 [empty, unset]"],
        id="unset-goes-to-the-default",
    ),
    pytest.param("pool", {}, {"task_slots_per_node": 4}, {"task_slots_per_node": 1}, [], id="unset-already"),
    pytest.param(
        "pool",
        {},
        {"start_task": START},
        {"start_task": START},
        ["start_task: secret -> None [reboot, unset]"],
        id="block-unset",
    ),
    pytest.param("pool", {}, {"start_task": START}, {}, [], id="block-unset-already"),
    pytest.param(
        "pool",
        {},
        {"network_configuration": {"subnet_id": "/s"}},
        {"network_configuration": {"subnet_id": "/s"}},
        ["network_configuration: secret -> None [create, unset]"],
        id="no-call-takes-it-back",
    ),
    pytest.param(
        "pool",
        {"fixed_scale": {"target_dedicated_nodes": 1}},
        {"auto_scale": {"formula": "$TargetDedicatedNodes=1;"}},
        {"auto_scale": {"formula": "$TargetDedicatedNodes=1;"}},
        [
            "fixed_scale.target_dedicated_nodes: None -> 1 [action, config]",
            "auto_scale: secret -> None [action, unset]",
        ],
        id="other-way-to-scale",
    ),
    pytest.param(
        "pool",
        {"auto_scale": {"formula": "$TargetDedicatedNodes = 1;", "evaluation_interval": "PT900S"}},
        {"auto_scale": {"formula": "$TargetDedicatedNodes=1;"}},
        {"auto_scale": {"formula": "$TargetDedicatedNodes=1;", "evaluation_interval": "PT15M"}},
        [],
        id="one-formula-one-duration",
    ),
    pytest.param(
        "pool",
        {"metadata": [{"name": "a", "value": "1"}, ENTRY]},
        {"metadata": [ENTRY]},
        {"metadata": [ENTRY, OWN, {"name": "a", "value": "1"}]},
        [],
        id="metadata-by-key-without-our-own",
    ),
    pytest.param(
        "pool",
        {"metadata": [ENTRY]},
        {"metadata": [ENTRY]},
        {"metadata": [ENTRY, {"name": "b", "value": "2"}]},
        ["metadata.b: secret -> None [live, drift]"],
        id="entry-added-outside",
    ),
    pytest.param("pool", {}, {"metadata": [ENTRY]}, {"metadata": [OWN]}, [], id="our-own-metadata-stays"),
    pytest.param(
        "pool",
        {"user_accounts": [USER]},
        {"user_accounts": [USER]},
        {"user_accounts": [{"name": "u"}]},
        [],
        id="password-is-not-told",
    ),
    pytest.param(
        "pool",
        {"user_accounts": [{"name": "u", "password": Secret("new")}]},
        {"user_accounts": [USER]},
        {"user_accounts": [{"name": "u"}]},
        ["user_accounts.u.password: secret -> secret [empty, config]"],
        id="password-changed",
    ),
    pytest.param(
        "pool",
        {"start_task": {**START, "environment_settings": [{"name": "T", "value": Secret("x")}]}},
        {"start_task": {**START, "environment_settings": [{"name": "T", "value": Secret("x")}]}},
        {"start_task": {**START, "environment_settings": [{"name": "T", "value": "x"}]}},
        [],
        id="secret-that-is-told",
    ),
    pytest.param(
        "pool",
        {"start_task": {**START, "environment_settings": [{"name": "T", "value": Secret("x")}]}},
        {"start_task": {**START, "environment_settings": [{"name": "T", "value": Secret("x")}]}},
        {"start_task": {**START, "environment_settings": [{"name": "T", "value": "y"}]}},
        ["start_task.environment_settings.T.value: secret -> secret [reboot, drift]"],
        id="secret-changed-outside",
    ),
    pytest.param("pool", {"name": "b"}, {"name": "a"}, {}, ["name: a -> b [create, config]"], id="part-of-the-address"),
    pytest.param("pool", {"replacement": {"strategy": "recreate"}}, {}, {}, [], id="batchplans-own"),
    pytest.param(
        "job",
        {"all_tasks_complete_mode": "terminatejob"},
        {},
        {"all_tasks_complete_mode": "noaction"},
        ["all_tasks_complete_mode: noaction -> terminatejob [live, config]"],
        id="the-way-that-is-open",
    ),
    pytest.param(
        "job",
        {"all_tasks_complete_mode": "noaction"},
        {"all_tasks_complete_mode": "terminatejob"},
        {"all_tasks_complete_mode": "terminatejob"},
        ["all_tasks_complete_mode: terminatejob -> noaction [create, config]"],
        id="the-way-that-is-not",
    ),
    pytest.param(
        "job_schedule",
        {"job_specification": {"display_name": "b", "all_tasks_complete_mode": "noaction"}},
        {"job_specification": {"display_name": "a", "all_tasks_complete_mode": "terminatejob"}},
        {"job_specification": {"display_name": "a", "all_tasks_complete_mode": "terminatejob"}},
        [
            "job_specification.display_name: a -> b [live, config]",
            "job_specification.all_tasks_complete_mode: terminatejob -> noaction [live, config]",
        ],
        id="jobs-of-a-schedule-are-new",
    ),
    pytest.param(
        "application_package",
        {"source": "b.zip", "source_hash": "1"},
        {"source": "a.zip", "source_hash": "1"},
        {},
        [],
        id="same-file-elsewhere",
    ),
    pytest.param(
        "application_package",
        {"source": "a.zip", "source_hash": "2"},
        {"source": "a.zip", "source_hash": "1"},
        {},
        ["source_hash: 1 -> 2 [action, config]"],
        id="another-file",
    ),
    pytest.param("account", {"tags": {"a": "1"}}, None, {"tags": {"a": "1"}}, [], id="without-prior"),
    pytest.param("pool", DISK, DISK, LIVE_DISK, [], id="what-azure-adds-to-a-block-that-stays"),
    pytest.param(
        "pool",
        DISK,
        DISK,
        {"data_disks": [*LIVE_DISK["data_disks"], {"lun": 1, "disk_size_gb": 5}]},
        ["data_disks.1: secret -> None [empty, drift]"],
        id="a-block-more-outside",
    ),
    pytest.param(
        "pool",
        DISK,
        {"data_disks": [{"lun": 0, "disk_size_gb": 100, "caching": "readonly"}]},
        {"data_disks": [{"lun": 0, "disk_size_gb": 100, "caching": "ReadOnly"}]},
        ["data_disks.0.caching: readonly -> None [empty, unset]"],
        id="unset-inside-of-a-block-that-holds-what-is-wanted",
    ),
    pytest.param(
        "pool",
        {"application_packages": [{"id": "/a"}]},
        {"application_packages": [{"id": "/a"}]},
        {"application_packages": [{"id": "/a", "version": "2"}]},
        [
            "application_packages./a,.id: /a -> /a [reboot, drift]",
            "application_packages./a,2: secret -> None [reboot, drift]",
        ],
        id="a-key-that-was-left-open",
    ),
    pytest.param("pool", {"metadata": [ENTRY]}, {"metadata": [ENTRY]}, {"metadata": [OWN, ENTRY]}, [], id="own-first"),
    pytest.param(
        "pool",
        {"metadata": [ENTRY]},
        {"metadata": [ENTRY]},
        {"metadata": [ENTRY, ENTRY, OWN]},
        [],
        id="an-entry-twice-outside",
    ),
]


@pytest.mark.parametrize(("kind", "desired", "prior", "observed", "expected"), CASES)
def test_fields_that_differ_are_told(kind: str, desired: Any, prior: Any, observed: Any, expected: list[str]) -> None:
    """A set field is compared with what is live, an unset one is taken back, one never set is left alone."""
    assert lines(kind, desired, prior, observed) == expected


def test_unknown_differs_only_when_what_it_comes_from_changes() -> None:
    """A value that is not known is what it was while nothing that is referred to changes."""
    desired = {"vm_size": UNKNOWN}
    assert lines("pool", desired, {"vm_size": "a"}, {"vm_size": "a"}) == []
    assert lines("pool", desired, {"vm_size": "a"}, {"vm_size": "a"}, settled=False) == [
        "vm_size: a -> ? [empty, config]"
    ]


@pytest.mark.parametrize("ignore", ["all", (("vm_size",),)])
def test_ignored_fields_do_not_differ(ignore: Any) -> None:
    """What ignore_changes names is left as it is."""
    assert lines("pool", {"vm_size": "b"}, {"vm_size": "a"}, {"vm_size": "a"}, ignore=ignore) == []


def test_drift_is_what_was_applied_and_is_not_so() -> None:
    """Drift is told of fields that were applied, and of no others."""
    found = drift("pool", {"vm_size": "a"}, {"vm_size": "b", "task_slots_per_node": 3}, KEY)
    assert [(one.path, one.cause) for one in found] == [(("vm_size",), Cause.DRIFT)]


def test_a_write_is_verified_but_for_sizes() -> None:
    """Reading back finds a field that was accepted and not changed; a size is reached in time."""
    applied = {"vm_size": "b", "fixed_scale": {"target_dedicated_nodes": 3}, "user_accounts": [USER]}
    observed = {"vm_size": "a", "fixed_scale": {"target_dedicated_nodes": 1}, "user_accounts": [{"name": "u"}]}
    assert unapplied("pool", applied, observed, KEY) == ["vm_size"]


def test_values_of_secrets_are_wrapped() -> None:
    """A change of a secret shows none of its values by itself."""
    observed = {"start_task": {**START, "environment_settings": [{"name": "T", "value": "live"}]}}
    desired = {"start_task": {**START, "environment_settings": [{"name": "T", "value": Secret("next")}]}}
    (change,) = differences("pool", Sides(desired, None, observed, KEY))
    assert change.sensitive
    assert "live" not in repr(change)
    assert "next" not in repr(change)
