"""Replies of the data plane: headers, `odata.metadata`, error bodies."""

from batchplan.emulator import ticks
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Json
from batchplan.emulator.wire import layout
from batchplan.emulator.wire.http import Reply, Request

JSON = "application/json;odata=minimalmetadata"
ERROR_TYPE = "Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element"


def metadata(base_url: str, name: str) -> str:
    """Return the `odata.metadata` of an answer: `pools`, `pools/@Element`, a full type name."""
    return f"{base_url}/$metadata#{name}"


def document(base_url: str, name: str, content: Json) -> bytes:
    """Return the body of an answer: its metadata, then its content."""
    return layout.write({"odata.metadata": metadata(base_url, name), **content})


def tagged(modified: int) -> dict[str, str]:
    """Return the headers that tell an entity's state."""
    return {"ETag": ticks.etag(modified), "Last-Modified": ticks.http_date(modified)}


def failure(error: ServiceError, request: Request, request_id: str, now: int) -> Reply:
    """Return an error as the data plane tells it; HEAD and 304 have no body. `now` is in ticks."""
    headers = dict(error.headers)
    if request.method == "HEAD" or error.status == 304:
        return Reply(error.status, headers)
    stamp = f"{ticks.to_datetime(now):%Y-%m-%dT%H:%M:%S}.{now % ticks.PER_SECOND:07d}Z"
    text = f"{error.message}\nRequestId:{request_id}\nTime:{stamp}"
    content: Json = {"code": error.code, "message": {"lang": "en-US", "value": text}}
    if error.details:
        content["values"] = [{"key": key, "value": value} for key, value in error.details]
    return Reply(error.status, {"Content-Type": JSON, **headers}, document(request.base_url, ERROR_TYPE, content))


def finish(reply: Reply, request: Request, request_id: str) -> Reply:
    """Add the headers every answer has."""
    reply.headers.setdefault("request-id", request_id)
    reply.headers["DataServiceVersion"] = "3.0"
    wanted = request.headers.get("return-client-request-id", "").lower() == "true"
    client_id = request.headers.get("client-request-id", "")
    if wanted and client_id:
        reply.headers["client-request-id"] = client_id
    return reply
