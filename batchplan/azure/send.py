"""What is sent: bodies as plain data, and what comes back besides a body."""

from collections.abc import Mapping
from typing import Any

from batchplan.schema.document import Secret


def plain(body: Any) -> Any:
    """Return a body as it goes over the wire: plain mappings and lists, secrets as what they hold."""
    if isinstance(body, Secret):
        return plain(body.reveal())
    if isinstance(body, Mapping):
        return {name: plain(part) for name, part in body.items()}
    if isinstance(body, list | tuple):
        return [plain(part) for part in body]
    return body


def etag_header(response: Any, _model: Any, _headers: Any) -> str | None:
    """Return the ETag of an answer; given to the SDKs' operations as `cls`, in the place of their model."""
    found: str | None = response.http_response.headers.get("ETag")
    return found
