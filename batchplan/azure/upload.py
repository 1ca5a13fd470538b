"""Uploading the zip of an application package to the storage Azure names."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from azure.core.pipeline import AsyncPipeline
from azure.core.rest import HttpRequest

from batchplan.azure.clients import Clients
from batchplan.azure.errors import refusal, translated
from batchplan.azure.rawjson import get
from batchplan.plan.step import Upload
from batchplan.ports import Rejected

BLOCK = 16 << 20  # bytes; storage takes up to 100 MiB in a block of this version
VERSION = "2020-04-08"
_ERROR = re.compile(r"<Code>(?P<code>[^<]*)</Code>.*?<Message>(?P<message>[^<]*)</Message>", re.DOTALL)


async def upload(clients: Clients, step: Upload) -> None:
    """Upload the file of a step, in blocks when it is large. Raise AzureError."""
    package = await get(clients.arm(step.remote.account_id), step.remote.id)
    url = (package.get("properties") or {}).get("storageUrl")
    if not url:
        raise Rejected(f"Azure names no place to upload {step.remote} to")
    pipeline = clients.storage()
    digest, size = hashlib.sha256(), 0
    blocks: list[str] = []
    with await asyncio.to_thread(_opened, step.file) as file:
        content = await asyncio.to_thread(file.read, BLOCK)
        while True:
            digest.update(content)
            size += len(content)
            following = await asyncio.to_thread(file.read, BLOCK)
            if not following:
                break
            blocks.append(await _put_block(pipeline, url, len(blocks), content))
            content = following
        if digest.hexdigest() != step.sha256.lower():
            raise Rejected(f"{step.file} has changed since the plan was made; plan again", code="FileChanged")
        if blocks:
            blocks.append(await _put_block(pipeline, url, len(blocks), content))
            await _commit(pipeline, url, blocks)
        else:
            await _put(pipeline, url, content, {"x-ms-blob-type": "BlockBlob"})


def _opened(file: str) -> Any:
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise Rejected(f"{file} cannot be read: {error.strerror}", code="FileUnreadable") from error


async def _put_block(pipeline: AsyncPipeline[Any, Any], url: str, number: int, content: bytes) -> str:
    identity = base64.b64encode(f"{number:08d}".encode()).decode()
    await _put(pipeline, _with(url, comp="block", blockid=identity), content, {})
    return identity


async def _commit(pipeline: AsyncPipeline[Any, Any], url: str, blocks: Sequence[str]) -> None:
    listed = "".join(f"<Latest>{identity}</Latest>" for identity in blocks)
    content = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'.encode()
    await _put(pipeline, _with(url, comp="blocklist"), content, {"Content-Type": "application/xml"})


async def _put(pipeline: AsyncPipeline[Any, Any], url: str, content: bytes, headers: dict[str, str]) -> None:
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
