"""Storage for application packages: uploads are checked as storage checks them."""

import base64
import hashlib
from typing import Any

import pytest

from batchplan.emulator.server import Emulator


@pytest.fixture
def url(arm: Any, account: str) -> str:
    """Where the zip of a package goes."""
    arm("PUT", f"{account}/applications/app")
    return str(arm("PUT", f"{account}/applications/app/versions/1.0").json["properties"]["storageUrl"])


def put(arm: Any, url: str, content: bytes = b"zip", **headers: str | None) -> Any:
    """Upload without a token: the URL is signed."""
    sent: dict[str, str | None] = {"Authorization": None, "Content-Type": "application/octet-stream"}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return arm("PUT", url, content, version="", headers=sent | {"x-ms-blob-type": "BlockBlob"} | given)


def test_an_upload(arm: Any, url: str) -> None:
    """A zip is taken, whole or in blocks, and its digest told."""
    whole = put(arm, url)
    assert whole.status == 201
    assert whole.headers["content-md5"] == base64.b64encode(hashlib.md5(b"zip").digest()).decode()
    assert whole.headers["etag"].startswith('"0x')
    assert put(arm, f"{url}&comp=block&blockid=MDA%3D", x_ms_blob_type=None).status == 201
    assert put(arm, f"{url}&comp=blocklist", b"<BlockList/>", x_ms_blob_type=None).status == 201


def test_refusals(emulator: Emulator, arm: Any, url: str) -> None:
    """A wrong or old signature, a missing kind, an unknown part and another method are refused."""
    assert put(arm, url, x_ms_blob_type=None).headers["x-ms-error-code"] == "MissingRequiredHeader"
    assert put(arm, f"{url}&comp=nothing").headers["x-ms-error-code"] == "InvalidQueryParameterValue"
    assert put(arm, url.replace("/1.0?", "/2.0?")).headers["x-ms-error-code"] == "AuthenticationFailed"
    assert put(arm, url.partition("?")[0]).status == 403
    assert arm("GET", url, version="", headers={"Authorization": None}).status == 405
    emulator.advance(4 * 3600 + 1)
    assert put(arm, url).status == 403


def test_a_deleted_package(arm: Any, account: str, url: str) -> None:
    """Nothing is uploaded for an application without packages."""
    arm("DELETE", f"{account}/applications/app/versions/1.0")
    assert put(arm, url).headers["x-ms-error-code"] == "ContainerNotFound"


def test_signatures_are_not_logged(emulator: Emulator, arm: Any, url: str) -> None:
    """The log of requests keeps no signature."""
    put(arm, url)
    assert emulator.dispatcher.log.entries[-1]["query"]["sig"] == "(hidden)"
