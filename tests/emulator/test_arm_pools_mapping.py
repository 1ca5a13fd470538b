"""The two views of a pool: what ARM says, the canonical spec keeps, and the other way round."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchplan.emulator.arm import poolbody, poolmap, poolviews
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Account, Pool
from batchplan.emulator.wire import schema, versions
from batchplan.emulator.world.accounts import resource_id
from batchplan.emulator.world.defaults import normalise_pool

SHARED = Path(__file__).resolve().parents[2] / "../shared"
OPENAPI = SHARED / "azure-batch-api/arm/openapi.sdk-derived.json"
EXAMPLES = SHARED / "azure-batch-api/arm/examples"
ARM, DATA_PLANE = schema.load("arm"), schema.load("dataplane")
LATEST = versions.ARM[-1]
OWNER = Account(name="acct", subscription="sub", resource_group="rg", location="westeurope")
# Where ARM has one member and the canonical spec keeps none, or keeps it elsewhere.
ARM_ONLY = {
    "deploymentConfiguration.virtualMachineConfiguration.dataDisks[].managedDisk.securityProfile.diskEncryptionSet",
    "deploymentConfiguration.virtualMachineConfiguration.osDisk.managedDisk.securityProfile.diskEncryptionSet",
    "scaleSettings.fixedScale.nodeDeallocationOption",
}


def writable_paths(kind: str = "PoolProperties", prefix: str = "") -> list[str]:
    """Return every writable path of the latest ARM schema."""
    found = []
    for name, member in ARM.shape(kind, LATEST).members.items():
        if member.read_only:
            continue
        path = f"{prefix}{name}{'[]' if member.many else ''}"
        found.append(path)
        if member.kind not in ARM.enums and member.kind[0].isupper() and not member.mapping:
            found += writable_paths(member.kind, f"{path}.")
    return found


def openapi_paths(name: str, prefix: str = "") -> set[str]:
    """Return every writable path of a type in the SDK's own description."""
    definitions = json.loads(OPENAPI.read_text())["definitions"]
    found: set[str] = set()

    def walk(kind: str, at: str) -> None:
        for member, facts in definitions[kind].get("properties", {}).items():
            if facts.get("readOnly"):
                continue
            inner = facts["items"] if facts.get("type") == "array" else facts
            path = f"{at}{member}{'[]' if inner is not facts else ''}"
            found.add(path)
            target = inner.get("$ref", "").rpartition("/")[2]
            if definitions.get(target, {}).get("properties"):
                walk(target, f"{path}.")

    walk(name, prefix)
    return found


def test_schema_has_every_writable_path() -> None:
    """The schema has exactly the writable paths that the newest SDK has."""
    if not OPENAPI.exists():
        pytest.skip("no API description beside the repository")
    assert set(writable_paths()) == openapi_paths("PoolProperties")


@pytest.mark.parametrize("path", writable_paths())
def test_writable_path_has_a_canonical_home(path: str) -> None:
    """Every writable ARM path leads to a member of the data plane's pool, and back to itself."""
    segments = poolmap.segments(path)
    target = poolmap.canonical_path(segments)
    if not target:
        assert path in {
            "deploymentConfiguration",
            "scaleSettings",
            "scaleSettings.fixedScale",
            "scaleSettings.autoScale",
        }
        return
    names = tuple(part for part in target if part != "[]")
    known = DATA_PLANE.has_path("BatchPoolCreateOptions", names, DATA_PLANE.versions[-1])
    assert known or any(path.startswith(each) for each in ARM_ONLY)
    assert poolmap.arm_paths(target)[0] == segments


def values_of(kind: str, member: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for one value of a data-plane member."""
    if kind in DATA_PLANE.enums:
        return st.sampled_from(sorted(DATA_PLANE.enums[kind].values()))
    simple: dict[str, st.SearchStrategy[Any]] = {
        "string": st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=8),
        "integer": st.integers(int(member.facts.minimum or 0), int(member.facts.maximum or 99)),
        "boolean": st.booleans(),
        "duration": st.just("PT6M"),
        "object": st.dictionaries(st.sampled_from("ab"), st.integers(0, 3), min_size=1),
    }
    return simple[kind] if kind in simple else objects_of(kind)


def objects_of(kind: str, without: frozenset[str] = frozenset()) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for objects of a data-plane type at its newest api-version, limits of combinations apart."""
    needed, optional = {}, {}
    for name, member in DATA_PLANE.shape(kind, DATA_PLANE.versions[-1]).members.items():
        if name in without or name in poolmap.SECRET or name == "exactVersion":
            continue
        one = values_of(member.kind, member)
        (needed if member.required else optional)[name] = st.lists(one, min_size=1, max_size=2) if member.many else one
    return st.fixed_dictionaries(needed, optional=optional)


SIZES = frozenset({"id", "vmSize", "displayName", "resizeTimeout", "targetDedicatedNodes", "targetLowPriorityNodes"})
SCALES = frozenset({"enableAutoScale", "autoScaleFormula", "autoScaleEvaluationInterval"})


def lowered(value: Any) -> Any:
    """Return JSON with text in lower case: the planes spell enums in different cases."""
    if isinstance(value, dict):
        return {name: lowered(item) for name, item in value.items()}
    if isinstance(value, list):
        return [lowered(item) for item in value]
    return value.lower() if isinstance(value, str) else value


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(objects_of("BatchPoolCreateOptions", SIZES | SCALES))
def test_round_trip(spec: dict[str, Any]) -> None:
    """A canonical spec shown by ARM and read again is the same spec."""
    shown = ARM.encode("PoolProperties", poolviews.writable(spec, OWNER), LATEST)
    known, extras = poolbody._canonical(shown, OWNER)
    for path, places, value in extras:
        poolmap.plant(known, path, places, value)
    assert lowered(known) == lowered(spec)


def pool_of(spec: dict[str, Any]) -> Pool:
    """Return a pool as the world would hold it just after its creation."""
    at = 638_500_000_000_000_000
    whole = normalise_pool(spec)
    return Pool(account="acct", id="p", spec=whole, created=at, modified=at, allocation_changed=at, state_changed=at)


MINIMAL = {
    "vmSize": "standard_d2s_v3",
    "deploymentConfiguration": {
        "virtualMachineConfiguration": {
            "imageReference": {"publisher": "canonical", "offer": "o", "sku": "s"},
            "nodeAgentSkuId": "batch.node.ubuntu 22.04",
        }
    },
}


def put(properties: dict[str, Any], version: str = LATEST, **rest: Any) -> poolbody.PoolBody:
    """Read the body of a PUT with the members that every pool needs."""
    return poolbody.read({"properties": {**MINIMAL, **properties}, **rest}, version, OWNER, creating="p")


def shown(properties: dict[str, Any], version: str = LATEST) -> Any:
    """Return what a GET shows after a PUT of the same api-version."""
    return poolviews.view(OWNER, pool_of(put(properties, version).spec), version)["properties"]


OLDER = [
    ("2022-01-01", {"networkConfiguration": {"dynamicVNetAssignmentScope": "job"}}),
    ("2024-07-01", {"networkConfiguration": {"dynamicVnetAssignmentScope": "job"}}),
    ("2024-07-01", {"resourceTags": {"a": "b"}}),
    ("2024-07-01", {"targetNodeCommunicationMode": "Simplified"}),
    ("2024-07-01", {"applicationLicenses": ["maya"]}),
]


@pytest.mark.parametrize(
    ("version", "properties"), OLDER, ids=lambda value: value if isinstance(value, str) else next(iter(value))
)
def test_older_members(version: str, properties: dict[str, Any]) -> None:
    """A member that only older api-versions have is kept, shown by them, and unknown to the newest."""
    ((name, value),) = properties.items()
    got = shown(properties, version)[name]
    assert {key: got[key] for key in value} == value if isinstance(value, dict) else got == value
    with pytest.raises(ServiceError) as refused:
        put(
            properties,
            LATEST
            if version == "2024-07-01" and name != "networkConfiguration"
            else "2022-06-01"
            if version > "2023"
            else LATEST,
        )
    assert refused.value.code == "InvalidRequestBody"


def test_certificates_keep_their_ids() -> None:
    """Certificates of the older api-versions are named by their resource id."""
    entry = {
        "id": f"{resource_id(OWNER)}/certificates/sha1-0a",
        "storeLocation": "LocalMachine",
        "visibility": ["Task"],
    }
    assert shown({"certificates": [entry]}, "2024-07-01")["certificates"] == [entry]


def test_disk_storage_moves_between_versions() -> None:
    """A data disk's storage account type is a member of the disk until 2024-07-01, and of its managed disk since."""
    machine = {**MINIMAL["deploymentConfiguration"]["virtualMachineConfiguration"]}
    disks = [{"lun": 0, "diskSizeGB": 5, "storageAccountType": "Premium_LRS"}]
    body = put(
        {"deploymentConfiguration": {"virtualMachineConfiguration": {**machine, "dataDisks": disks}}}, "2024-07-01"
    )
    pool = pool_of(body.spec)
    for version, expected in (
        ("2024-07-01", {"lun": 0, "diskSizeGB": 5, "caching": "None", "storageAccountType": "Premium_LRS"}),
        (LATEST, {"lun": 0, "diskSizeGB": 5, "caching": "None", "managedDisk": {"storageAccountType": "Premium_LRS"}}),
    ):
        got = poolviews.view(OWNER, pool, version)["properties"]["deploymentConfiguration"]
        assert got["virtualMachineConfiguration"]["dataDisks"] == [expected]


NEEDS = [
    ("empty image id", {"userAccounts": [], "metadata": []}, lambda got: "metadata" not in got),
    ("lower-case enums", {"interNodeCommunication": "enabled"}, lambda got: got["interNodeCommunication"] == "Enabled"),
    ("numbers as strings", {"taskSlotsPerNode": "2"}, lambda got: got["taskSlotsPerNode"] == 2),
    ("scheduling policy defaulted", {}, lambda got: got["taskSchedulingPolicy"] == {"nodeFillType": "Spread"}),
    (
        "port ranges defaulted",
        {
            "networkConfiguration": {
                "endpointConfiguration": {
                    "inboundNatPools": [
                        {
                            "name": "ssh",
                            "protocol": "TCP",
                            "backendPort": 22,
                            "frontendPortRangeStart": 4000,
                            "frontendPortRangeEnd": 4100,
                            "networkSecurityGroupRules": [
                                {"priority": 150, "access": "Deny", "sourceAddressPrefix": "10.0.0.0/8"}
                            ],
                        }
                    ]
                }
            }
        },
        lambda got: (
            got["networkConfiguration"]["endpointConfiguration"]["inboundNatPools"][0]["networkSecurityGroupRules"][0][
                "sourcePortRanges"
            ]
            == ["*"]
        ),
    ),
    (
        "updates and placement present",
        {
            "deploymentConfiguration": {
                "virtualMachineConfiguration": {
                    **MINIMAL["deploymentConfiguration"]["virtualMachineConfiguration"],
                    "licenseType": "",
                    "windowsConfiguration": {},
                    "nodePlacementConfiguration": {},
                }
            }
        },
        lambda got: (
            got["deploymentConfiguration"]["virtualMachineConfiguration"]["windowsConfiguration"]
            == {"enableAutomaticUpdates": True}
            and got["deploymentConfiguration"]["virtualMachineConfiguration"]["nodePlacementConfiguration"]
            == {"policy": "Regional"}
        ),
    ),
    (
        "secrets unseen",
        {"userAccounts": [{"name": "u", "password": "p"}]},
        lambda got: "password" not in got["userAccounts"][0],
    ),
]


@pytest.mark.parametrize(("properties", "holds"), [case[1:] for case in NEEDS], ids=[case[0] for case in NEEDS])
def test_what_clients_need(properties: dict[str, Any], holds: Any) -> None:
    """What clients send is accepted, and what they rely on is there."""
    assert holds(shown(properties))


def test_identity_none_is_accepted() -> None:
    """An identity of type None is accepted and not shown."""
    body = put({}, identity={"type": "None"})
    pool = pool_of(body.spec)
    pool.identity = body.identity
    assert "identity" not in poolviews.view(OWNER, pool, LATEST)


REFUSED = [
    ("unknown member", {"vmSise": "x"}, "InvalidRequestBody"),
    ("wrong type", {"taskSlotsPerNode": "many"}, "InvalidRequestBody"),
    ("unknown enum value", {"interNodeCommunication": "Sometimes"}, "InvalidPropertyValue"),
    ("short resize timeout", {"scaleSettings": {"fixedScale": {"resizeTimeout": "PT1M"}}}, "InvalidPropertyValue"),
    ("both scales", {"scaleSettings": {"fixedScale": {}, "autoScale": {"formula": "$x=1"}}}, "InvalidPropertyValue"),
    (
        "application elsewhere",
        {"applicationPackages": [{"id": "/x/batchAccounts/other/applications/a"}]},
        "InvalidPropertyValue",
    ),
]


@pytest.mark.parametrize(("properties", "code"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_refused_bodies(properties: dict[str, Any], code: str) -> None:
    """A body that is wrong is refused with the service's code."""
    with pytest.raises(ServiceError) as refused:
        put(properties)
    assert refused.value.code == code


def test_empty_start_task_removes() -> None:
    """A PATCH with an empty start task asks for its removal."""
    assert poolbody.read({"properties": {"startTask": {}}}, LATEST, OWNER, creating=None).spec == {"startTask": {}}


CREATES = sorted(EXAMPLES.glob("PoolCreate_*.json")) if EXAMPLES.exists() else []
# The examples' answers differ from their own requests here; or the emulated service knows no directory.
ODD = {"storageAccountType", "clientId", "principalId"}


@pytest.mark.parametrize("path", CREATES, ids=lambda path: path.stem)
def test_create_examples(path: Path) -> None:
    """The official create examples are answered with every member that their answers show."""
    example = json.loads(path.read_text())
    body = poolbody.read(example["parameters"]["parameters"], LATEST, account_of(example), creating="testpool")
    pool = pool_of(body.spec)
    pool.identity, pool.id = body.identity, "testpool"
    wanted = example["responses"]["200"]["body"]
    assert not list(missing(wanted, poolviews.view(account_of(example), pool, LATEST)))


def account_of(example: dict[str, Any]) -> Account:
    """Return the account an example is about."""
    given = example["parameters"]
    return Account(
        name=given["accountName"], subscription=given["subscriptionId"], resource_group=given["resourceGroupName"]
    )


def missing(wanted: Any, got: Any, at: str = "") -> Any:
    """Yield the paths at which an answer lacks or contradicts what is wanted; times may differ."""
    if isinstance(wanted, dict):
        for name, item in wanted.items():
            if name not in ODD and not name.endswith(("Time", "lastModified")):
                yield from missing(item, got.get(name, "(absent)"), f"{at}/{name}")
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for one, other in zip(wanted, got, strict=True):
            yield from missing(one, other, f"{at}[]")
    elif wanted != got:
        yield at, wanted, got
