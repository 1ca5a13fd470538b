"""Bodies are read by api-version: members, types, limits, combinations."""

import pytest

from batchplan.emulator.errors import ServiceError
from batchplan.emulator.wire import schema
from batchplan.emulator.wire.versions import DATA_PLANE, api_version

OLD, NEW = "2022-01-01.15.0", "2025-06-01"
POOL = {"id": "p", "vmSize": "standard_d2s_v3"}

EXTENSION = {"name": "e", "publisher": "p", "type": "t"}
DEEP: dict = {}
for _ in range(60):
    DEEP = {"a": DEEP}


def _decode(kind, body, version=NEW):
    return schema.load("dataplane").decode(kind, body, version)


def test_settings_of_extensions_are_free() -> None:
    """What an extension is told is any JSON, and goes through as it is."""
    settings = {"settings": {"a": {"b": [1, None, True]}, "c": "d"}}
    assert _decode("VMExtension", EXTENSION | settings) == EXTENSION | settings


COERCED = {
    "number from digits": ({"targetDedicatedNodes": "3"}, {"targetDedicatedNodes": 3}),
    "number from float": ({"targetDedicatedNodes": 3.0}, {"targetDedicatedNodes": 3}),
    "boolean from text": ({"enableAutoScale": "True"}, {"enableAutoScale": True}),
    "duration": ({"resizeTimeout": "PT15M00S"}, {"resizeTimeout": "PT15M"}),
    "enum case": (
        {"taskSchedulingPolicy": {"nodeFillType": "PACK"}},
        {"taskSchedulingPolicy": {"nodeFillType": "pack"}},
    ),
    "null": ({"displayName": None}, {}),
    "empty text": ({"displayName": ""}, {"displayName": ""}),
    "empty array": ({"metadata": []}, {"metadata": []}),
}


@pytest.mark.parametrize(("given", "expected"), COERCED.values(), ids=COERCED)
def test_values_are_coerced(given, expected) -> None:
    """A value the service takes for another is given in canonical form."""
    assert _decode("BatchPoolCreateOptions", POOL | given) == POOL | expected


REFUSED = {
    "unknown member": ("BatchPoolCreateOptions", POOL | {"colour": 1}, "InvalidRequestBody", "Reason"),
    "wrong case of a member": ("BatchPoolCreateOptions", POOL | {"VmSize": "x"}, "InvalidRequestBody", "Reason"),
    "number for text": ("BatchPoolCreateOptions", POOL | {"vmSize": 4}, "InvalidRequestBody", "Reason"),
    "text for number": ("BatchPoolCreateOptions", POOL | {"taskSlotsPerNode": "many"}, "InvalidRequestBody", "Reason"),
    "boolean for number": ("BatchPoolCreateOptions", POOL | {"taskSlotsPerNode": True}, "InvalidRequestBody", "Reason"),
    "too large for 32 bits": (
        "BatchPoolCreateOptions",
        POOL | {"taskSlotsPerNode": 2**31},
        "InvalidRequestBody",
        "Reason",
    ),
    "object for array": ("BatchPoolCreateOptions", POOL | {"metadata": {}}, "InvalidRequestBody", "Reason"),
    "array for object": ("BatchPoolCreateOptions", POOL | {"startTask": []}, "InvalidRequestBody", "Reason"),
    "no object": ("BatchPoolCreateOptions", [], "InvalidRequestBody", "Reason"),
    "no duration": ("BatchPoolCreateOptions", POOL | {"resizeTimeout": "soon"}, "InvalidRequestBody", "Reason"),
    "no timestamp": (
        "BatchJobScheduleCreateOptions",
        {"id": "s", "schedule": {"doNotRunUntil": "noon"}, "jobSpecification": {"poolInfo": {"poolId": "p"}}},
        "InvalidRequestBody",
        "Reason",
    ),
    "lone surrogate": ("BatchPoolCreateOptions", POOL | {"displayName": "\ud800"}, "InvalidRequestBody", "Reason"),
    "missing": ("BatchPoolCreateOptions", {"id": "p"}, "MissingRequiredProperty", "PropertyName"),
    "required is null": (
        "BatchPoolCreateOptions",
        {"id": "p", "vmSize": None},
        "MissingRequiredProperty",
        "PropertyName",
    ),
    "missing deep": (
        "BatchPoolCreateOptions",
        POOL | {"startTask": {"waitForSuccess": True}},
        "MissingRequiredProperty",
        "PropertyName",
    ),
    "unknown enum value": (
        "BatchPoolCreateOptions",
        POOL | {"taskSchedulingPolicy": {"nodeFillType": "scatter"}},
        "InvalidPropertyValue",
        "PropertyName",
    ),
    "bad name": ("BatchPoolCreateOptions", POOL | {"id": "a b"}, "InvalidPropertyValue", "PropertyName"),
    "empty name": ("BatchPoolCreateOptions", POOL | {"id": ""}, "InvalidPropertyValue", "PropertyName"),
    "long name": ("BatchPoolCreateOptions", POOL | {"id": "a" * 65}, "InvalidPropertyValue", "PropertyName"),
    "negative": ("BatchPoolCreateOptions", POOL | {"targetDedicatedNodes": -1}, "InvalidPropertyValue", "PropertyName"),
    "short timeout": (
        "BatchPoolCreateOptions",
        POOL | {"resizeTimeout": "PT4M59S"},
        "InvalidPropertyValue",
        "PropertyName",
    ),
    "priority": (
        "BatchJobCreateOptions",
        {"id": "j", "poolInfo": {"poolId": "p"}, "priority": 1001},
        "InvalidPropertyValue",
        "PropertyName",
    ),
    "two pools": (
        "BatchJobCreateOptions",
        {"id": "j", "poolInfo": {"poolId": "p", "autoPoolSpecification": {"poolLifetimeOption": "job"}}},
        "InvalidPropertyValue",
        "PropertyName",
    ),
    "two sources": (
        "BatchTaskCreateOptions",
        {
            "id": "t",
            "commandLine": "x",
            "resourceFiles": [{"httpUrl": "u", "filePath": "f", "storageContainerUrl": "c"}],
        },
        "InvalidPropertyValue",
        "PropertyName",
    ),
    "file without a path": (
        "BatchTaskCreateOptions",
        {"id": "t", "commandLine": "x", "resourceFiles": [{"httpUrl": "u"}]},
        "MissingRequiredProperty",
        "PropertyName",
    ),
    "bottomless settings": ("VMExtension", EXTENSION | {"settings": DEEP}, "InvalidRequestBody", "Reason"),
    "infinite settings": ("VMExtension", EXTENSION | {"settings": {"a": [1e999]}}, "InvalidRequestBody", "Reason"),
    "uid alone": (
        "BatchPoolCreateOptions",
        POOL | {"userAccounts": [{"name": "u", "password": "p", "linuxUserConfiguration": {"uid": 5}}]},
        "InvalidPropertyValue",
        "PropertyName",
    ),
    "too many tasks": (
        "BatchTaskGroup",
        {"value": [{"id": f"t{n}", "commandLine": "x"} for n in range(101)]},
        "InvalidPropertyValue",
        "PropertyName",
    ),
}


@pytest.mark.parametrize(("kind", "body", "code", "key"), REFUSED.values(), ids=REFUSED)
def test_bad_bodies_are_refused(kind, body, code, key) -> None:
    """A body that breaks a rule is refused with the service's code and 400."""
    with pytest.raises(ServiceError) as caught:
        _decode(kind, body)
    assert (caught.value.status, caught.value.code) == (400, code)
    assert key in dict(caught.value.details)


def test_unknown_member_is_named_with_its_type() -> None:
    """The refusal of an unknown member has the recorded sentence."""
    body = POOL | {"upgradePolicy": {"mode": "automatic", "automaticOsUpgradePolicy": {}}}
    with pytest.raises(ServiceError) as caught:
        _decode("BatchPoolCreateOptions", body, "2024-02-01.19.0")
    assert dict(caught.value.details)["Reason"] == (
        "The property 'automaticOsUpgradePolicy' does not exist on type 'Microsoft.Azure.Batch.Protocol.Entities."
        "UpgradePolicy'. Make sure to only use property names that are defined by the type."
    )


VERSIONED = {
    "certificateReferences": ("BatchPoolCreateOptions", {"certificateReferences": []}, None, "2024-07-01.20.0"),
    "targetNodeCommunicationMode": (
        "BatchPoolCreateOptions",
        {"targetNodeCommunicationMode": "simplified"},
        "2022-10-01.16.0",
        "2024-07-01.20.0",
    ),
    "resourceTags": ("BatchPoolCreateOptions", {"resourceTags": {"a": "b"}}, "2023-11-01.18.0", "2024-07-01.20.0"),
    "upgradePolicy": ("BatchPoolCreateOptions", {"upgradePolicy": {"mode": "manual"}}, "2024-02-01.19.0", None),
    "vmSize of a patch": ("BatchPoolUpdateOptions", {"vmSize": "x"}, "2024-07-01.20.0", None),
    "jobDefaultOrder": (
        "BatchPoolCreateOptions",
        {"taskSchedulingPolicy": {"nodeFillType": "pack", "jobDefaultOrder": "none"}},
        "2025-06-01",
        None,
    ),
}


def _verdict(kind, body, version):
    try:
        _decode(kind, body, version)
    except ServiceError as refusal:
        return refusal.code
    return "accepted"


@pytest.mark.parametrize(("kind", "member", "since", "until"), VERSIONED.values(), ids=VERSIONED)
def test_members_come_and_go(kind, member, since, until) -> None:
    """A member is known from its first to its last api-version, and unknown in all others."""
    base = {} if kind == "BatchPoolUpdateOptions" else POOL
    known = [version for version in DATA_PLANE if _verdict(kind, base | member, version) == "accepted"]
    assert {_verdict(kind, base | member, version) for version in DATA_PLANE} <= {"accepted", "InvalidRequestBody"}
    first = DATA_PLANE.index(since) if since else 0
    last = DATA_PLANE.index(until) if until else len(DATA_PLANE) - 1
    assert known == list(DATA_PLANE[first : last + 1])


def test_answers_leave_out_what_a_version_lacks() -> None:
    """Showing a value drops members the api-version does not have, at any depth."""
    value = {"id": "p", "upgradePolicy": {"mode": "manual"}, "taskSchedulingPolicy": {"nodeFillType": "Spread"}}
    assert schema.load("dataplane").encode("BatchPool", value, OLD) == {
        "id": "p",
        "taskSchedulingPolicy": {"nodeFillType": "Spread"},
    }


@pytest.mark.parametrize("version", ["", "2019-08-01.10.0", "2025-06-01 ", "latest"])
def test_unknown_versions_are_refused(version) -> None:
    """A request names one of the known api-versions."""
    with pytest.raises(ServiceError) as caught:
        api_version({"api-version": version})
    assert caught.value.status == 400
    assert caught.value.code == ("UnsupportedRequestVersion" if version else "MissingRequiredQueryParameter")


def test_every_type_resolves_in_every_version() -> None:
    """All members of all types name a primitive, an enum or a type."""
    loaded = schema.load("dataplane")
    for kind in loaded._types:
        for version in loaded.versions:
            for member in loaded.shape(kind, version).members.values():
                assert (
                    member.kind in loaded.enums
                    or member.kind in loaded._types
                    or member.kind in schema.primitive.READERS
                )
