"""Reading through the SDKs' clients, as plain JSON.

Requests go through the client's pipeline (signing in, retries, headers), answers are not made into its
models: for ten thousand pools these alone cost seconds of processor time.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from azure.batch.aio import BatchClient
from azure.core.rest import HttpRequest
from azure.mgmt.batch.aio import BatchManagementClient

from batchplan.azure.errors import refusal, translated

API_VERSION = "2025-06-01"
Json = dict[str, Any]
Client = BatchManagementClient | BatchClient


async def get(
    client: Client, path: str, params: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None
) -> Json:
    """Return the JSON at a path; `options` are for the pipeline, such as `patience`. Raise AzureError."""
    with translated():
        request = HttpRequest("GET", path, params={"api-version": API_VERSION, **(params or {})})
        response = await client.send_request(request, **(options or {}))
        if response.status_code != 200:
            raise refusal(response.status_code, _body(response))
        found: Json = response.json()
        return found


async def pages(
    client: Client, path: str, params: Mapping[str, str] | None = None, options: Mapping[str, Any] | None = None
) -> AsyncIterator[Json]:
    """Yield the items of a list, page after page. Raise AzureError."""
    page = await get(client, path, params, options)
    while True:
        for item in page.get("value") or ():
            yield item
        following = page.get("nextLink") or page.get("odata.nextLink")
        if not following:
            return
        page = await _next(client, str(following))


async def listed(client: Client, path: str, params: Mapping[str, str] | None = None) -> list[Json]:
    """Return all items of a list. Raise AzureError."""
    return [item async for item in pages(client, path, params)]


async def _next(client: Client, url: str) -> Json:
    """Return a further page; the data plane leaves the version out of its links."""
    return await get_url(client, url, {} if "api-version=" in url else {"api-version": API_VERSION})


async def get_url(client: Client, url: str, params: Mapping[str, str]) -> Json:
    """Return the JSON at a URL that Azure gave. Raise AzureError."""
    with translated():
        response = await client.send_request(HttpRequest("GET", url, params=params or None))
        if response.status_code != 200:
            raise refusal(response.status_code, _body(response))
        found: Json = response.json()
        return found


def _body(response: Any) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
