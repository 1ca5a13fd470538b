"""Packages: their zip is uploaded to where Azure says, whole or in blocks, and it is the one that was planned."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from emulated_azure import Azure, account_id

from batchplan.azure import upload
from batchplan.core.remote import Remote
from batchplan.plan import step as steps
from batchplan.ports import Rejected

APPLICATION = Remote("application", account_id(), "tool")
PACKAGE = Remote("application_package", account_id(), "tool", "1.0")


def zipped(folder: Path, size: int) -> tuple[str, str]:
    """Return a file of a size, and its digest."""
    path = folder / "tool.zip"
    path.write_bytes(b"z" * size)
    return str(path), hashlib.sha256(path.read_bytes()).hexdigest()


async def pending(azure: Azure) -> None:
    """Create an application and a version of it."""
    await azure.account()
    await azure.create(APPLICATION, {})
    await azure.create(PACKAGE, {})


@pytest.mark.parametrize(
    ("size", "parts"),
    [
        pytest.param(0, [""], id="empty"),
        pytest.param(100, [""], id="small"),
        pytest.param(upload.BLOCK, [""], id="one-block"),
        pytest.param(9 * upload.BLOCK + 1, ["block"] * 10 + ["blocklist"], id="blocks"),
    ],
)
@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_upload_and_activation(
    run: Callable[..., None], tmp_path: Path, size: int, parts: list[str], tls: bool
) -> None:
    """A version is created, uploaded and activated; doing it all again changes nothing."""
    file, digest = zipped(tmp_path, size)

    async def body(azure: Azure) -> None:
        await pending(azure)
        azure.fault({"method": "POST", "path": "activate", "count": 1, "effect": {"kind": "cut", "when": "after"}})
        for _ in range(2):
            azure.emulator.dispatcher.log.clear()
            await azure.create(PACKAGE, {})
            await azure.do(steps.Upload, PACKAGE, file=file, sha256=digest)
            sent = [entry for entry in azure.requests() if entry["path"].startswith("/store/app-tool-")]
            assert [(entry["query"].get("comp", ""), entry["status"]) for entry in sent] == [
                (part, 201) for part in parts
            ]
            await azure.do(steps.Activate, PACKAGE, format="zip")
            found = await azure.reader.read(PACKAGE)
            assert found is not None
            assert (found.facts["state"], found.facts["format"]) == ("Active", "zip")

    run(body, tls=tls)


def test_another_file_is_not_uploaded(run: Callable[..., None], tmp_path: Path) -> None:
    """A file that has changed since the plan, or is gone, is not uploaded."""
    file, _ = zipped(tmp_path, 10)

    async def body(azure: Azure) -> None:
        await pending(azure)
        with pytest.raises(Rejected, match="has changed since the plan"):
            await azure.do(steps.Upload, PACKAGE, file=file, sha256="0" * 64)
        with pytest.raises(Rejected, match="cannot be read"):
            await azure.do(steps.Upload, PACKAGE, file=f"{file}.gone", sha256="0" * 64)
        assert not [entry for entry in azure.requests() if entry["path"].startswith("/store/")]

    run(body)


def test_storage_refuses(run: Callable[..., None], tmp_path: Path) -> None:
    """What storage says no to is told with its code, and without the signature of the URL."""
    file, digest = zipped(tmp_path, 10)

    async def body(azure: Azure) -> None:
        await pending(azure)
        package: Any = await azure.reader.read(PACKAGE)
        assert "storage_url" not in repr(package.facts)
        pipeline = azure.clients.storage()
        url = f"{azure.emulator.arm_endpoint}/store/app-tool-{'0' * 32}/1.0?sig=s3cret"
        with pytest.raises(Exception, match="authenticate") as raised:
            await upload.put(pipeline, url, Path(file).read_bytes(), {})
        assert getattr(raised.value, "code", "") == "AuthenticationFailed"
        assert "s3cret" not in str(raised.value)
        assert digest

    run(body)
