"""Uploading the zip of an application package to the storage Azure names."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

from azure.core.pipeline import AsyncPipeline
from azure.core.rest import HttpRequest

from batchplan.azure.clients import Clients
from batchplan.azure.errors import refusal, translated
from batchplan.azure.parallel import together
from batchplan.azure.rawjson import get
from batchplan.plan.step import Upload
from batchplan.ports import Rejected

Pipeline = AsyncPipeline[Any, Any]
BLOCK = 1 << 20  # bytes; aiohttp advises against more in one piece of memory
AT_ONCE = 8  # blocks
VERSION = "2020-04-08"
_ERROR = re.compile(r"<Code>(?P<code>[^<]*)</Code>.*?<Message>(?P<message>[^<]*)</Message>", re.DOTALL)


async def upload(clients: Clients, step: Upload) -> None:
    """Upload the file of a step, in blocks when it is large. Raise AzureError."""
    package = await get(clients.arm(step.remote.account_id), step.remote.id)
    url = (package.get("properties") or {}).get("storageUrl")
    if not url:
        raise Rejected(f"Azure names no place to upload {step.remote} to")
    with await asyncio.to_thread(_opened, step.file) as file:
        await _upload(clients.storage(), url, file, step)


async def _upload(pipeline: Pipeline, url: str, file: BinaryIO, step: Upload) -> None:
    """Upload whole what fits into one block. The blocks of a file that is not the planned one come to nothing."""
    digest = hashlib.sha256()
    names: list[str] = []
    content = await asyncio.to_thread(file.read, BLOCK * AT_ONCE)
    whole = len(content) <= BLOCK
    while True:
        digest.update(content)
        following = b"" if whole else await asyncio.to_thread(file.read, BLOCK * AT_ONCE)
        if not following and digest.hexdigest() != step.sha256.lower():
            raise Rejected(f"{step.file} has changed since the plan was made; plan again", code="FileChanged")
        if whole:
            await put(pipeline, url, content, {"x-ms-blob-type": "BlockBlob"})
            return
        names += await _put_blocks(pipeline, url, len(names), content)
        if not following:
            await _commit(pipeline, url, names)
            return
        content = following


def _opened(file: str) -> BinaryIO:
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise Rejected(f"{file} cannot be read: {error.strerror}", code="FileUnreadable") from error


async def _put_blocks(pipeline: Pipeline, url: str, first: int, content: bytes) -> list[str]:
    """Upload a stretch of the file as blocks, and return their names; `first` is the number of the first."""
    parts = [content[at : at + BLOCK] for at in range(0, len(content), BLOCK)]
    names = [base64.b64encode(f"{first + at:08d}".encode()).decode() for at in range(len(parts))]
    await together(
        put(pipeline, _with(url, comp="block", blockid=name), part, {}) for name, part in zip(names, parts, strict=True)
    )
    return names


async def _commit(pipeline: Pipeline, url: str, blocks: Sequence[str]) -> None:
    listed = "".join(f"<Latest>{identity}</Latest>" for identity in blocks)
    content = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'.encode()
    await put(pipeline, _with(url, comp="blocklist"), content, {"Content-Type": "application/xml"})


async def put(pipeline: Pipeline, url: str, content: bytes, headers: dict[str, str]) -> None:
    """Upload a content to a signed URL. Raise AzureError, which does not tell the URL."""
    sent = {"x-ms-version": VERSION, "Content-Type": "application/octet-stream", **headers}
    with translated():
        answer = (await pipeline.run(HttpRequest("PUT", url, content=content, headers=sent))).http_response
    if answer.status_code not in {200, 201}:
        found = _ERROR.search(answer.text())
        error = found.groupdict() if found else {}
        raise refusal(answer.status_code, error, "the storage account refused the upload")


def _with(url: str, **query: str) -> str:
    from urllib.parse import urlencode

    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"
