"""Long-running operations of ARM: begun by a step, ended out of sight. What one fails with is told once, by a read."""

from dataclasses import dataclass, field
from typing import Any

from azure.core.rest import HttpRequest
from azure.mgmt.batch.aio import BatchManagementClient

from batchplan.azure.errors import refusal, translated
from batchplan.core.remote import Remote, RemoteKey

RUNNING = 202
EXPIRED = frozenset({404, 410})
BUSY = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(slots=True)
class Operations:
    """Where to ask about operations that have not ended, by the object they are about."""

    urls: dict[RemoteKey, str] = field(default_factory=dict)

    def begun(self, remote: Remote, response: Any) -> None:
        """Take note of the answer that accepted an operation; it says where to ask."""
        url = response.http_response.headers.get("Location")
        if response.http_response.status_code == RUNNING and url:
            self.urls[remote.key] = url

    async def check(self, client: BatchManagementClient, remote: Remote) -> None:
        """Ask about the operation on an object, if there is one. Raise AzureError when it has failed.

        One that cannot be told of now is asked about again next time.
        """
        url = self.urls.get(remote.key)
        if url is None:
            return
        with translated():
            response = await client.send_request(HttpRequest("GET", url), stream=True)
            content = await response.read()
        status = response.status_code
        if status == RUNNING:
            self.urls[remote.key] = response.headers.get("Location") or url
        elif status not in BUSY:
            self.urls.pop(remote.key, None)
            if status >= 400 and status not in EXPIRED:
                raise refusal(status, _document(content), "the operation has failed")


def _document(content: bytes) -> Any:
    import json

    try:
        return json.loads(content)
    except ValueError:
        return None
