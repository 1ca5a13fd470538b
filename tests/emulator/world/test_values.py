"""Durations, defaults and the script of a process."""

from typing import Any

import pytest
from worlds import lab

from batchplan.emulator.errors import ServiceError
from batchplan.emulator.world import behaviour, durations
from batchplan.emulator.world.defaults import normalise_job, normalise_pool, normalise_schedule, normalise_task
from batchplan.emulator.world.hooks import Outcome, Work

AUTO_USER = {"autoUser": {"scope": "pool", "elevationLevel": "nonadmin"}}
UNLIMITED = "P10675199DT2H48M5.4775807S"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("PT15M", "PT15M"),
        ("PT06M00S", "PT6M"),
        ("PT01H00M00S", "PT1H"),
        ("P3Y6M4DT12H30M5S", "P1279DT12H30M5S"),
        ("PT90M", "PT1H30M"),
        ("P1W", "P7D"),
        ("PT1.50S", "PT1.5S"),
        ("P0D", "PT0S"),
        (UNLIMITED, UNLIMITED),
    ],
)
def test_durations_come_back_in_the_services_spelling(sent: str, read: str) -> None:
    """A duration is read back in days, hours, minutes and seconds, without zeros."""
    assert durations.canonical(sent) == read


@pytest.mark.parametrize("text", ["", "P", "PT", "15M", "PT15", "P-1D", "PT5Mx", "1:30"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """A text that is no ISO 8601 duration is a ValueError, and 400 InvalidPropertyValue in a body."""
    with pytest.raises(ValueError, match="duration"):
        durations.parse(text)
    if text:
        with pytest.raises(ServiceError) as caught:
            normalise_task({"id": "t", "constraints": {"maxWallClockTime": text}})
        assert (caught.value.status, caught.value.code) == (400, "InvalidPropertyValue")


MACHINE = "virtualMachineConfiguration"
POOLS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "bare": (
        {"vmSize": "STANDARD_D1_V2"},
        {
            "vmSize": "standard_d1_v2",
            "resizeTimeout": "PT15M",
            "targetDedicatedNodes": 0,
            "targetLowPriorityNodes": 0,
            "enableAutoScale": False,
            "enableInterNodeCommunication": False,
            "taskSlotsPerNode": 1,
            "taskSchedulingPolicy": {"nodeFillType": "Spread"},
        },
    ),
    "pack": ({"taskSchedulingPolicy": {"nodeFillType": "pack"}}, {"taskSchedulingPolicy": {"nodeFillType": "Pack"}}),
    "empty lists": ({"metadata": [], "applicationPackageReferences": []}, {}),
    "start task": (
        {"startTask": {"commandLine": "x"}},
        {"startTask": {"commandLine": "x", "userIdentity": AUTO_USER, "maxTaskRetryCount": 0, "waitForSuccess": True}},
    ),
    "image and disks": (
        {
            MACHINE: {
                "imageReference": {"publisher": "Canonical", "offer": "x", "sku": "y"},
                "nodeAgentSKUId": "batch.node.ubuntu 22.04",
                "osDisk": {"caching": "readwrite"},
                "dataDisks": [{"lun": 0, "diskSizeGB": 50}],
                "nodePlacementConfiguration": {"policy": "zonal"},
                "securityProfile": {"securityType": "trustedLaunch"},
            }
        },
        {
            MACHINE: {
                "imageReference": {"publisher": "Canonical", "offer": "x", "sku": "y", "version": "latest"},
                "nodeAgentSKUId": "batch.node.ubuntu 22.04",
                "osDisk": {"caching": "ReadWrite", "ephemeralOSDiskSettings": {}},
                "dataDisks": [
                    {
                        "lun": 0,
                        "diskSizeGB": 50,
                        "caching": "none",
                        "managedDisk": {"storageAccountType": "standard_lrs"},
                    }
                ],
                "nodePlacementConfiguration": {"policy": "Zonal"},
                "securityProfile": {"securityType": "trustedlaunch"},
            }
        },
    ),
    "windows accounts": (
        {
            MACHINE: {"nodeAgentSKUId": "batch.node.windows amd64", "windowsConfiguration": {}},
            "userAccounts": [{"name": "u", "password": "secret"}],
        },
        {
            MACHINE: {
                "nodeAgentSKUId": "batch.node.windows amd64",
                "windowsConfiguration": {"enableAutomaticUpdates": True},
            },
            "userAccounts": [
                {"name": "u", "elevationLevel": "nonadmin", "windowsUserConfiguration": {"loginMode": "batch"}}
            ],
        },
    ),
    "network": (
        {
            "networkConfiguration": {
                "endpointConfiguration": {
                    "inboundNATPools": [{"name": "n", "networkSecurityGroupRules": [{"priority": 150}]}]
                }
            }
        },
        {
            "networkConfiguration": {
                "dynamicVNetAssignmentScope": "none",
                "enableAcceleratedNetworking": False,
                "endpointConfiguration": {
                    "inboundNATPools": [
                        {"name": "n", "networkSecurityGroupRules": [{"priority": 150, "sourcePortRanges": ["*"]}]}
                    ]
                },
            }
        },
    ),
    "mounts": (
        {"mountConfiguration": [{"azureFileShareConfiguration": {"accountName": "a", "accountKey": "k"}}]},
        {"mountConfiguration": [{"azureFileShareConfiguration": {"accountName": "a"}}]},
    ),
}


@pytest.mark.parametrize("case", POOLS)
def test_pool_defaults(case: str) -> None:
    """A pool reads back with the service's defaults and spellings, and the body that was sent is not touched."""
    sent, expected = POOLS[case]
    before = repr(sent)
    body = normalise_pool(sent)
    assert repr(sent) == before
    for name, value in expected.items():
        assert body[name] == value
    unset = set(POOLS["bare"][1]) | set(expected)
    assert set(body) <= unset
    assert normalise_pool(body) == body


def test_autoscaled_pools_have_an_interval_and_no_targets() -> None:
    """A pool scaled by formula gets an interval of 15 minutes and no targets of its own."""
    body = normalise_pool({"vmSize": "a", "enableAutoScale": True, "autoScaleFormula": "x"})
    assert body["autoScaleEvaluationInterval"] == "PT15M"
    assert "targetDedicatedNodes" not in body


def test_task_defaults() -> None:
    """A task gets an identity, constraints and one slot; the job's retries are its default."""
    body = normalise_task({"id": "t", "commandLine": "x", "outputFiles": [{"filePattern": "*"}]}, 3)
    assert body["userIdentity"] == AUTO_USER
    assert body["constraints"] == {"maxWallClockTime": UNLIMITED, "retentionTime": "P7D", "maxTaskRetryCount": 3}
    assert body["requiredSlots"] == 1
    assert body["outputFiles"][0]["uploadOptions"] == {"uploadCondition": "TaskCompletion"}


def test_job_defaults() -> None:
    """A job gets priority, constraints and actions; its manager task inherits the retries."""
    job = {"id": "j", "poolInfo": {"poolId": "p"}, "constraints": {"maxTaskRetryCount": 5}}
    body = normalise_job(job | {"jobManagerTask": {"id": "m", "commandLine": "x"}})
    assert body["priority"] == 0
    assert body["maxParallelTasks"] == -1
    assert (body["onAllTasksComplete"], body["onTaskFailure"]) == ("noaction", "noaction")
    assert body["constraints"] == {"maxWallClockTime": UNLIMITED, "maxTaskRetryCount": 5}
    manager = body["jobManagerTask"]
    assert manager["constraints"]["maxTaskRetryCount"] == 5
    assert (manager["killJobOnCompletion"], manager["runExclusive"], manager["allowLowPriorityNode"]) == (
        True,
        True,
        True,
    )


def test_preparation_and_release_defaults() -> None:
    """Preparation and release tasks get their ids and constraints."""
    tasks = {"jobPreparationTask": {"commandLine": "a"}, "jobReleaseTask": {"commandLine": "b"}}
    body = normalise_job({"id": "j", "poolInfo": {"poolId": "p"}, **tasks})
    assert body["jobPreparationTask"]["id"] == "jobpreparation"
    assert body["jobPreparationTask"]["waitForSuccess"] is True
    assert body["jobPreparationTask"]["rerunOnNodeRebootAfterSuccess"] is True
    assert body["jobReleaseTask"]["id"] == "jobrelease"
    assert body["jobReleaseTask"]["maxWallClockTime"] == "PT15M"


def test_schedule_defaults() -> None:
    """A job schedule's times and the jobs it will make read back normalised."""
    spec = {
        "id": "s",
        "schedule": {"recurrenceInterval": "PT01H00M00S"},
        "jobSpecification": {"poolInfo": {"poolId": "p"}},
    }
    body = normalise_schedule(spec)
    assert body["schedule"] == {"recurrenceInterval": "PT1H"}
    assert body["jobSpecification"]["maxParallelTasks"] == -1


@pytest.mark.parametrize(
    ("command", "environment", "attempt", "expected"),
    [
        ("sleep 30", {}, 0, Outcome(0, 30.0)),
        ("/bin/bash -c 'sleep 2m; exit 3'", {}, 0, Outcome(3, 120.0)),
        ("cmd /c timeout /t 5", {}, 0, Outcome(0, 5.0)),
        ("sleep 1; /bin/false", {}, 0, Outcome(1, 1.0)),
        ("sleep 1; echo hello world", {}, 0, Outcome(0, 1.0, "hello world\n")),
        ("run EMULATOR_DURATION=90 EMULATOR_EXIT_CODE=4", {}, 0, Outcome(4, 90.0)),
        ("x", {"EMULATOR_DURATION": "PT5M", "EMULATOR_STDERR": "oh"}, 0, Outcome(0, 300.0, stderr="oh")),
        ("x", {"EMULATOR_DURATION": "1", "EMULATOR_EXIT_CODE": "1,1,0"}, 1, Outcome(1, 1.0)),
        ("x", {"EMULATOR_DURATION": "1", "EMULATOR_EXIT_CODE": "1,1,0"}, 5, Outcome(0, 1.0)),
        (
            "x",
            {"EMULATOR_DURATION": "1", "EMULATOR_LAUNCH_ERROR": "DiskFull"},
            0,
            Outcome(0, 1.0, launch_error="DiskFull"),
        ),
    ],
)
def test_scripts(command: str, environment: dict[str, str], attempt: int, expected: Outcome) -> None:
    """A process does what its environment or its command line says."""
    work = Work("task", "a", "p", "n", attempt=attempt, command=command)
    settings = [{"name": name, "value": value} for name, value in environment.items()]
    assert behaviour.outcome(lab().world, work, settings) == expected


def test_unscripted_processes_succeed_after_a_few_seconds() -> None:
    """Any other command exits 0, after a time that depends on the seed and what it belongs to only."""
    work = Work("task", "a", "p", "n", command="./compute.sh")
    first, second = (behaviour.outcome(lab().world, work, [], "same") for _ in range(2))
    assert first == second
    assert first.exit_code == 0
    assert 0.5 <= first.seconds <= 3.0
