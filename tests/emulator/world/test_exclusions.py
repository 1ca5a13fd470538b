"""Parts of a pool that exclude or need each other."""

from typing import Any

import pytest
from worlds import LINUX, lab

from batchplan.emulator.errors import ServiceError
from batchplan.emulator.world import pools

MARKET = {"publisher": "canonical", "offer": "ubuntu-24_04-lts", "sku": "server"}


def nat(**more: Any) -> dict[str, Any]:
    """Return an inbound NAT pool."""
    ports = {"backendPort": 80, "frontendPortRangeStart": 2000, "frontendPortRangeEnd": 2100}
    return {"name": "n", "protocol": "tcp", **ports, **more}


def nats(*given: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a pool member with NAT pools."""
    return {"networkConfiguration": {"endpointConfiguration": {"inboundNATPools": list(given)}, **more}}


def machine(**more: Any) -> dict[str, Any]:
    """Return a pool member with a Linux machine."""
    return {"virtualMachineConfiguration": {**LINUX, **more}}


def start(**more: Any) -> dict[str, Any]:
    """Return a pool member with a start task."""
    return {"startTask": {"commandLine": "x", **more}}


def rolling(**more: Any) -> dict[str, Any]:
    """Return a pool member with a rolling upgrade policy."""
    return {"upgradePolicy": {"mode": "rolling", "rollingUpgradePolicy": more}}


RULE = {"priority": 150, "access": "allow", "sourceAddressPrefix": "*"}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "two images": (machine(imageReference={**MARKET, "virtualMachineImageId": "/x"}), "imageReference"),
    "half an image": (machine(imageReference={"publisher": "canonical"}), "imageReference"),
    "windows settings on linux": (
        machine(windowsConfiguration={"enableAutomaticUpdates": True}),
        "windowsConfiguration",
    ),
    "os disk on linux": (machine(diskEncryptionConfiguration={"targets": ["osdisk"]}), "targets"),
    "two identities": (start(userIdentity={"username": "u", "autoUser": {"scope": "pool"}}), "userIdentity"),
    "no source": (start(resourceFiles=[{"filePath": "a"}]), "resourceFiles"),
    "two sources": (start(resourceFiles=[{"httpUrl": "u", "storageContainerUrl": "v"}]), "resourceFiles"),
    "no path": (start(resourceFiles=[{"httpUrl": "u"}]), "filePath"),
    "prefix": (start(resourceFiles=[{"httpUrl": "u", "filePath": "a", "blobPrefix": "b"}]), "blobPrefix"),
    "no mount": ({"mountConfiguration": [{}]}, "mountConfiguration"),
    "two keys": (
        {"mountConfiguration": [{"azureBlobFileSystemConfiguration": {"accountKey": "a", "sasKey": "b"}}]},
        "azureBlobFileSystemConfiguration",
    ),
    "uid alone": ({"userAccounts": [{"name": "u", "linuxUserConfiguration": {"uid": 1}}]}, "linuxUserConfiguration"),
    "long user": ({"userAccounts": [{"name": "u" * 21}]}, "name"),
    "six nats": (
        nats(*(nat(name=f"n{i}", frontendPortRangeStart=1 + i, frontendPortRangeEnd=1 + i) for i in range(6))),
        "inboundNATPools",
    ),
    "same names": (nats(nat(), nat(name="N", frontendPortRangeStart=3000, frontendPortRangeEnd=3100)), "name"),
    "overlap": (
        nats(nat(), nat(name="m", frontendPortRangeStart=2100, frontendPortRangeEnd=2200)),
        "frontendPortRangeStart",
    ),
    "reserved port": (nats(nat(backendPort=29876)), "backendPort"),
    "reserved range": (nats(nat(frontendPortRangeStart=49000, frontendPortRangeEnd=50000)), "frontendPortRangeStart"),
    "low priority": (nats(nat(networkSecurityGroupRules=[{**RULE, "priority": 149}])), "priority"),
    "same priority": (nats(nat(networkSecurityGroupRules=[RULE, RULE])), "priority"),
    "no addresses": (
        nats(nat(), publicIPAddressConfiguration={"provision": "nopublicipaddresses"}),
        "inboundNATPools",
    ),
    "batch over unhealthy": (
        rolling(maxBatchInstancePercent=30, maxUnhealthyInstancePercent=20),
        "maxBatchInstancePercent",
    ),
    "across zones": (rolling(enableCrossZoneUpgrade=True), "enableCrossZoneUpgrade"),
}
ACCEPTED: dict[str, dict[str, Any]] = {
    "empty id": machine(imageReference={**MARKET, "virtualMachineImageId": ""}),
    "gallery image": machine(imageReference={"virtualMachineImageId": "/x"}),
    "no windows settings": machine(windowsConfiguration=None),
    "temporary disk": machine(diskEncryptionConfiguration={"targets": ["temporarydisk"]}),
    "container": start(resourceFiles=[{"storageContainerUrl": "u", "blobPrefix": "b", "filePath": ""}]),
    "one key": {"mountConfiguration": [{"azureBlobFileSystemConfiguration": {"accountKey": "a", "sasKey": ""}}]},
    "uid and gid": {"userAccounts": [{"name": "u", "linuxUserConfiguration": {"uid": 1, "gid": 1}}]},
    "two nats": nats(nat(), nat(name="m", frontendPortRangeStart=2101, frontendPortRangeEnd=2200)),
    "zonal upgrade": {
        **machine(nodePlacementConfiguration={"policy": "zonal"}),
        **rolling(enableCrossZoneUpgrade=True, maxBatchInstancePercent=20, maxUnhealthyInstancePercent=20),
    },
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_excludes_each_other_is_refused(case: str) -> None:
    """A pool whose parts contradict each other is refused, and the refusal names the member."""
    change, name = REFUSED[case]
    with pytest.raises(ServiceError) as caught:
        lab().pool(**change)
    assert (caught.value.status, caught.value.code) == (400, "InvalidPropertyValue")
    assert dict(caught.value.details)["PropertyName"] == name


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_goes_together_is_accepted(case: str) -> None:
    """A pool that keeps the rules is created, and an empty string counts as absent."""
    assert lab().pool(**ACCEPTED[case]).state == "active"


def test_a_patch_is_held_to_the_same_rules() -> None:
    """A change that contradicts itself is refused too."""
    here = lab()
    pool = here.pool()
    here.pass_time(5)
    with pytest.raises(ServiceError, match="InvalidPropertyValue"):
        pools.patch_pool(here.world, here.account, pool, start(resourceFiles=[{}]))
