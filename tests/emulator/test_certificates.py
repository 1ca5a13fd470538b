"""Certificates of the api-versions that have them, on both planes."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

ARM, BATCH = "2022-10-01", "2023-05-01.17.0"
LINUX = {
    "vmSize": "standard_d2s_v3",
    "virtualMachineConfiguration": {
        "imageReference": {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2204"},
        "nodeAgentSKUId": "batch.node.ubuntu 22.04",
    },
}


class Made:
    """A certificate in all its forms."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "emulated")])
        begin, end = datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC)
        made = x509.CertificateBuilder(name, name, key.public_key(), 1, begin, end).sign(key, hashes.SHA256())
        pfx = pkcs12.serialize_key_and_certificates(b"c", key, made, None, BestAvailableEncryption(b"secret"))
        self.thumbprint = made.fingerprint(hashes.SHA1()).hex()
        self.name = f"sha1-{self.thumbprint}"
        self.pfx = base64.b64encode(pfx).decode()
        self.cer = base64.b64encode(made.public_bytes(Encoding.DER)).decode()
        self.dataplane = f"/certificates(thumbprintAlgorithm=sha1,thumbprint={self.thumbprint})"
        self.body = {
            "thumbprint": self.thumbprint,
            "thumbprintAlgorithm": "sha1",
            "data": self.pfx,
            "certificateFormat": "pfx",
            "password": "secret",
        }


@pytest.fixture(scope="module")
def made() -> Made:
    return Made()


def test_life_on_arm(arm: Any, emulator: Any, account: str, made: Made) -> None:
    """A certificate is added, read, changed to what it is, kept, and deleted; its secrets are never shown."""
    path = f"{account}/certificates/{made.name.upper()}"
    properties = {"thumbprint": made.thumbprint, "thumbprintAlgorithm": "sha1", "data": made.pfx, "password": "secret"}
    added = arm("PUT", path, {"properties": properties}, version=ARM)
    assert (added.status, added.headers["etag"]) == (200, added.json["etag"])
    assert added.json["name"] == made.name
    told = added.json["properties"]
    assert told == {
        "provisioningState": "Succeeded",
        "provisioningStateTransitionTime": told["provisioningStateTransitionTime"],
        "format": "Pfx",
        "thumbprint": made.thumbprint,
        "thumbprintAlgorithm": "sha1",
        "publicData": made.cer,
    }
    again = {"properties": {"data": made.pfx, "password": "secret"}}
    assert arm("PATCH", path, again, version=ARM).json["etag"] == added.json["etag"]
    assert arm("POST", f"{path}/cancelDelete", version=ARM).json["etag"] == added.json["etag"]
    assert arm("GET", f"{account}/certificates", version=ARM).json["value"] == [added.json]
    deleted = arm("DELETE", path, version=ARM)
    assert (deleted.status, "certificateOperationResults" in deleted.headers["location"]) == (202, True)
    assert arm("GET", path, version=ARM).json["properties"]["provisioningState"] == "Deleting"
    emulator.advance(10)
    assert arm("GET", deleted.headers["location"], version="").status == 200
    assert arm("GET", path, version=ARM).status == 404
    assert arm("DELETE", path, version=ARM).status == 204


@pytest.mark.parametrize(
    ("name", "properties", "code"),
    [
        ("sha1-abc", {}, "MissingRequiredProperty"),
        ("sha1-abc", {"data": "MII=", "thumbprint": "def"}, "InvalidPropertyValue"),
        ("sha1-abc", {"data": "no base64!"}, "InvalidPropertyValue"),
        ("md5-abc", {"data": "MII="}, "InvalidPropertyValue"),
        ("sha1-abc", {"data": "MII=", "colour": "red"}, "InvalidRequestBody"),
    ],
)
def test_what_is_no_certificate(arm: Any, account: str, name: str, properties: dict[str, str], code: str) -> None:
    """A body without data, of another name, or of unknown members is refused."""
    answer = arm("PUT", f"{account}/certificates/{name}", {"properties": properties}, version=ARM)
    assert (answer.status, answer.json["error"]["code"]) == (400, code)


def test_the_newest_version_has_none(arm: Any, batch: Any, account: str) -> None:
    """2025-06-01 knows certificates on neither plane."""
    assert arm("GET", f"{account}/certificates").status == 400
    assert batch("GET", "/certificates").status == 404


def test_life_on_the_data_plane(batch: Any, emulator: Any, made: Made) -> None:
    """A certificate is added once, listed, read and deleted; it goes after a while."""
    batch.version = BATCH
    added = batch("POST", "/certificates", made.body)
    assert (added.status, added.headers["location"]) == (201, f"{batch.url}{made.dataplane}")
    assert (added.headers.get("etag"), added.headers["dataserviceid"]) == (None, added.headers["location"])
    assert batch("POST", "/certificates", made.body).json["code"] == "CertificateExists"
    listed = batch("GET", "/certificates").json["value"]
    shown = batch("GET", made.dataplane).json
    assert shown.pop("odata.metadata").endswith("$metadata#certificates/@Element")
    assert listed == [shown]
    assert shown == {
        "thumbprint": made.thumbprint,
        "thumbprintAlgorithm": "sha1",
        "url": f"{batch.url}{made.dataplane}",
        "state": "active",
        "stateTransitionTime": shown["stateTransitionTime"],
        "publicData": made.cer,
    }
    assert batch("POST", f"{made.dataplane}/canceldelete").json["code"] == "CertificateStateActive"
    assert batch("DELETE", made.dataplane).status == 202
    assert batch("GET", made.dataplane).json["state"] == "deleting"
    assert batch("DELETE", made.dataplane).json["code"] == "CertificateBeingDeleted"
    emulator.advance(10)
    assert batch("GET", made.dataplane).json["code"] == "CertificateNotFound"


def test_a_pool_holds_its_certificates(batch: Any, emulator: Any, made: Made) -> None:
    """A pool names only what is there; the deletion of what it names fails, and can be cancelled."""
    batch.version = BATCH
    reference = {"thumbprint": made.thumbprint, "thumbprintAlgorithm": "sha1", "storeLocation": "currentuser"}
    pool = {**LINUX, "id": "p", "certificateReferences": [reference]}
    assert batch("POST", "/pools", pool).json["code"] == "InvalidCertificateReferences"
    assert batch("POST", "/certificates", made.body).status == 201
    assert batch("POST", "/pools", pool).status == 201
    shown = {**reference, "storeLocation": "CurrentUser"}
    assert batch("GET", "/pools/p").json["certificateReferences"] == [shown]
    assert batch("DELETE", made.dataplane).status == 202
    emulator.advance(10)
    failed = batch("GET", made.dataplane).json
    assert (failed["state"], failed["previousState"]) == ("deletefailed", "deleting")
    assert failed["deleteCertificateError"]["code"] == "PoolsReferencingCertificate"
    assert batch("POST", f"{made.dataplane}/canceldelete").status == 204
    assert batch("GET", made.dataplane).json["state"] == "active"


def test_certificates_outlive_a_restart(
    make_emulator: Callable[..., Any], connect: Callable[..., Any], tmp_path: Any, made: Made
) -> None:
    """What was added is there after a restart."""
    path = "/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg/providers/Microsoft.Batch"
    first = make_emulator(data=tmp_path)
    arm = connect(first)
    arm("PUT", f"{path}/batchAccounts/acct", {"location": "westeurope"})
    first.advance(20)
    batch = connect(first, "acct")
    assert batch("POST", "/certificates", made.body, version=BATCH).status == 201
    first.__exit__()
    again = connect(make_emulator(data=tmp_path), "acct")
    assert again("GET", made.dataplane, version=BATCH).json["publicData"] == made.cer


def test_an_auto_pool_without_its_certificate(batch: Any, made: Made) -> None:
    """The job is made, and tells why it has no pool."""
    batch.version = BATCH
    reference = {"thumbprint": made.thumbprint, "thumbprintAlgorithm": "sha1", "storeLocation": "localmachine"}
    auto = {"poolLifetimeOption": "job", "pool": {**LINUX, "certificateReferences": [reference]}}
    assert batch("POST", "/jobs", {"id": "j", "poolInfo": {"autoPoolSpecification": auto}}).status == 201
    shown = batch("GET", "/jobs/j").json
    error = shown["executionInfo"]["schedulingError"]
    assert (error["category"], error["code"]) == ("UserError", "InvalidCertificatesInAutoPool")
    pool = shown["poolInfo"]["autoPoolSpecification"]["pool"]
    assert pool["certificateReferences"] == [{**reference, "storeLocation": "LocalMachine"}]
