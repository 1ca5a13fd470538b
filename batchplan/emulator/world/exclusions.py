"""Parts of a pool that exclude or need each other, as the documentation of its members says.

Each rule yields what is wrong as (member, reason); an empty string counts as absent, as the service has it.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

from batchplan.emulator.errors import invalid_property
from batchplan.emulator.model import Json
from batchplan.emulator.world.defaults import is_windows

Fault = tuple[str, str]
Rule = Callable[[Json], Iterator[Fault]]

_SOURCES = ("autoStorageContainerName", "storageContainerUrl", "httpUrl")
_IMAGES = ("virtualMachineImageId", "sharedGalleryImageId", "communityGalleryImageId")
_MARKET = ("publisher", "offer", "sku")
_RESERVED_PORTS = frozenset({29876, 29877})
_RESERVED_RANGE = (50_000, 55_000)
_MOUNT_KEYS = ("accountKey", "sasKey", "identityReference")


def check_pool(spec: Json) -> None:
    """Raise 400 InvalidPropertyValue for the first rule a pool's body breaks."""
    for rule in POOL_RULES:
        for name, reason in rule(spec):
            raise invalid_property(name, None, reason)


def check_files(files: list[Json] | None) -> None:
    """Raise 400 InvalidPropertyValue for a resource file without a source, or with several."""
    for name, reason in _files(files or []):
        raise invalid_property(name, None, reason)


def _given(holder: Json, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if holder.get(name) not in (None, "")]


def _machine(spec: Json) -> Json:
    return spec.get("virtualMachineConfiguration") or {}


def _image(spec: Json) -> Iterator[Fault]:
    image = _machine(spec).get("imageReference") or {}
    market, ids = _given(image, _MARKET), _given(image, _IMAGES)
    if len(ids) + bool(market) > 1:
        yield "imageReference", "An image is named by publisher, offer and sku, or by exactly one id"
    if market and len(market) < len(_MARKET):
        yield "imageReference", "A marketplace image needs publisher, offer and sku"


def _operating_system(spec: Json) -> Iterator[Fault]:
    machine = _machine(spec)
    if not machine.get("nodeAgentSKUId") or is_windows(spec):
        return
    if machine.get("windowsConfiguration"):
        yield "windowsConfiguration", "The value cannot be set for a Linux image"
    targets = (machine.get("diskEncryptionConfiguration") or {}).get("targets") or []
    # The documentation allows only the temporary disk, but Cromwell on Azure runs Linux pools with both.
    if [str(target).lower() for target in targets] == ["osdisk"]:
        yield "targets", "On Linux the OS disk cannot be encrypted without the temporary disk"


def _start_task(spec: Json) -> Iterator[Fault]:
    task = spec.get("startTask") or {}
    if len(_given(task.get("userIdentity") or {}, ("username", "autoUser"))) > 1:
        yield "userIdentity", "Only one of username and autoUser can be set"
    yield from _files(task.get("resourceFiles") or [])


def _files(files: list[Json]) -> Iterator[Fault]:
    for file in files:
        sources = _given(file, _SOURCES)
        if len(sources) != 1:
            yield "resourceFiles", f"Exactly one of {', '.join(_SOURCES)} must be set"
        elif sources == ["httpUrl"] and not file.get("filePath"):
            yield "filePath", "The value is required with httpUrl"
        elif sources == ["httpUrl"] and file.get("blobPrefix"):
            yield "blobPrefix", "The value cannot be set with httpUrl"


def _mounts(spec: Json) -> Iterator[Fault]:
    for mount in spec.get("mountConfiguration") or []:
        kinds = [kind for kind in mount.values() if kind is not None]
        if len(kinds) != 1:
            yield "mountConfiguration", "Exactly one kind of file system must be set in each entry"
        elif len(_given(mount.get("azureBlobFileSystemConfiguration") or {}, _MOUNT_KEYS)) > 1:
            yield "azureBlobFileSystemConfiguration", f"Only one of {', '.join(_MOUNT_KEYS)} can be set"


def _accounts(spec: Json) -> Iterator[Fault]:
    for account in spec.get("userAccounts") or []:
        linux = account.get("linuxUserConfiguration") or {}
        if (linux.get("uid") is None) != (linux.get("gid") is None):
            yield "linuxUserConfiguration", "uid and gid must be set together or not at all"
        if len(str(account.get("name") or "")) > 20:
            yield "name", "The value cannot be longer than 20 characters"


def _network(spec: Json) -> Iterator[Fault]:
    network = spec.get("networkConfiguration") or {}
    nats = (network.get("endpointConfiguration") or {}).get("inboundNATPools") or []
    provision = str((network.get("publicIPAddressConfiguration") or {}).get("provision") or "")
    if nats and provision.lower() == "nopublicipaddresses":
        yield "inboundNATPools", "Nodes without public addresses have no inbound endpoints"
    if len(nats) > 5:
        yield "inboundNATPools", "At most 5 inbound NAT pools can be set"
    if sum(len(nat.get("networkSecurityGroupRules") or []) for nat in nats) > 25:
        yield "networkSecurityGroupRules", "At most 25 rules can be set for a pool"
    if len({str(nat.get("name")).lower() for nat in nats}) < len(nats):
        yield "name", "The names of inbound NAT pools must be unique"
    for nat in nats:
        yield from _nat(nat)
    for one, other in combinations(nats, 2):
        if _overlap(_range(one), _range(other)):
            yield "frontendPortRangeStart", "The port ranges of inbound NAT pools must not overlap"


def _nat(nat: Json) -> Iterator[Fault]:
    port = int(nat.get("backendPort") or 0)
    if not 1 <= port <= 65_535 or port in _RESERVED_PORTS:
        yield "backendPort", "The value must be between 1 and 65535, and neither 29876 nor 29877"
    start, end = _range(nat)
    if not 1 <= start <= end <= 65_534 or _overlap((start, end), _RESERVED_RANGE):
        yield "frontendPortRangeStart", "Ports must be between 1 and 65534, in order, and not from 50000 to 55000"
    priorities = [int(rule.get("priority") or 0) for rule in nat.get("networkSecurityGroupRules") or []]
    if any(not 150 <= priority <= 4096 for priority in priorities) or len(set(priorities)) < len(priorities):
        yield "priority", "Priorities must be unique and between 150 and 4096"


def _upgrades(spec: Json) -> Iterator[Fault]:
    rolling = (spec.get("upgradePolicy") or {}).get("rollingUpgradePolicy") or {}
    batch, unhealthy = rolling.get("maxBatchInstancePercent"), rolling.get("maxUnhealthyInstancePercent")
    if batch is not None and unhealthy is not None and batch > unhealthy:
        yield "maxBatchInstancePercent", "The value cannot exceed maxUnhealthyInstancePercent"
    policy = str((_machine(spec).get("nodePlacementConfiguration") or {}).get("policy") or "").lower()
    if rolling.get("enableCrossZoneUpgrade") and policy != "zonal":
        yield "enableCrossZoneUpgrade", "The value can be set only with zonal placement"


def _range(nat: Json) -> tuple[int, int]:
    return int(nat.get("frontendPortRangeStart") or 0), int(nat.get("frontendPortRangeEnd") or 0)


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


POOL_RULES: tuple[Rule, ...] = (
    _image,
    _operating_system,
    _start_task,
    _mounts,
    _accounts,
    _network,
    _upgrades,
)
