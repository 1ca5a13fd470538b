"""The request in hand on ARM, and the replies that operations share."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from batchplan.emulator import ticks
from batchplan.emulator.arm import refusal
from batchplan.emulator.arm.site import Site
from batchplan.emulator.catalogue import normalise_location, regions
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.model import Account, Json, ResourceGroup
from batchplan.emulator.wire import paging, schema
from batchplan.emulator.wire.http import Reply, Request
from batchplan.emulator.world.core import World

JSON = "application/json; charset=utf-8"
BATCH_ACCOUNTS = "Microsoft.Batch/batchAccounts"


@dataclass(slots=True)
class Call:
    """One request to ARM: names of its path as sent, its api-version, and the id of this exchange."""

    world: World
    request: Request
    site: Site
    names: Mapping[str, str] = field(default_factory=dict)
    version: str = ""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def body(self, kind: str, *, optional: bool = False) -> Json:
        """Return the body as a type of ARM's schema has it; `{}` for an empty one where that is allowed."""
        document = self.json(optional=optional)
        return schema.load("arm").decode(kind, document, self.version)

    def json(self, *, optional: bool = False) -> object:
        """Return the body as JSON, unchecked; raise InvalidRequestBody when there is none, or it is none."""
        text = self.request.body
        if not text.strip():
            if optional:
                return {}
            raise schema.invalid_body("The request body is empty.")
        kind = self.request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if kind not in {"application/json", "text/json"}:
            raise refusal.front(
                415,
                "UnsupportedMediaType",
                f"The content media type '{kind}' is not supported. Only 'application/json' is supported.",
            )
        try:
            document: object = json.loads(text.decode("utf-8-sig"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            raise refusal.front(
                400, "InvalidRequestContent", "The request content was invalid and could not be deserialized as JSON."
            ) from None
        return document if document is not None or not optional else {}

    def show(self, kind: str, content: Json) -> Json:
        """Return what the request's api-version shows of a resource."""
        return schema.load("arm").encode(kind, content, self.version)

    def group(self) -> ResourceGroup:
        """Return the resource group of the path; raise ResourceGroupNotFound."""
        found = self.world.groups.get((self.names["subscription"].lower(), self.names["group"].lower()))
        if found is None:
            raise refusal.no_group(self.names["group"])
        return found

    def account(self, child: str = "") -> Account:
        """Return the account of the path; raise the front door's 404. `child` is the type being written below it."""
        group, name = self.names["group"], self.names["account"]
        found = self.world.accounts.get((name.lower(),))
        here = (self.names["subscription"].lower(), group.lower())
        if found is None or (found.subscription.lower(), found.resource_group.lower()) != here:
            self.group()
            if child:
                parent = f"/subscriptions/{self.names['subscription']}/resourceGroups/{group}/providers"
                raise refusal.no_parent(f"batchAccounts/{child}", f"{parent}/{BATCH_ACCOUNTS}/{name}")
            raise refusal.no_resource(f"{BATCH_ACCOUNTS}/{name}", group)
        return found

    def location(self, text: str, kind: str = BATCH_ACCOUNTS) -> str:
        """Return a region's canonical name; raise LocationNotAvailableForResourceType."""
        name = normalise_location(text)
        if name not in regions():
            raise refusal.no_location(text, kind, sorted(regions()))
        return name


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def document(status: int, content: object, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a JSON reply, compact as ARM writes it."""
    body = json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    return Reply(status, {"Content-Type": JSON, **(headers or {})}, body)


def empty(status: int, headers: Mapping[str, str] | None = None) -> Reply:
    """Return a reply without a body."""
    return Reply(status, dict(headers or {}))


def strong(modified: int) -> dict[str, str]:
    """Return the headers of an account's state: a strong tag."""
    return {"ETag": f'"{ticks.etag(modified)}"', "Last-Modified": ticks.http_date(modified)}


def weak(modified: int) -> str:
    """Return the tag of a child resource, in headers and in its `etag` member."""
    return f'W/"{ticks.etag(modified)}"'


def tagged(modified: int) -> dict[str, str]:
    """Return the headers of a child resource's state."""
    return {"ETag": weak(modified), "Last-Modified": ticks.http_date(modified)}


def listing(
    call: Call,
    entries: Iterable[tuple[paging.SortKey, Any]],
    view: Callable[[Any], Json | None],
    *,
    most: int = paging.MOST,
) -> Reply:
    """Return a page of resources, sorted by their keys; `view` gives None for what a filter leaves out."""
    page = paging.cut(call.request, entries, view, paging.max_results(call.request, most))
    content: Json = {"value": page.value}
    if page.next_link:
        content["nextLink"] = page.next_link
    return document(200, content)


def failure(error: ServiceError, request: Request, request_id: str, now: int) -> Reply:
    """Return an error in ARM's envelope; the provider adds its request id, the front door does not."""
    content: Json = {"code": error.code, "message": error.message}
    if not isinstance(error, refusal.FrontDoor):
        stamp = f"{ticks.to_datetime(now):%Y-%m-%dT%H:%M:%S}.{now % ticks.PER_SECOND:07d}Z"
        content["message"] += f"\nRequestId:{request_id}\nTime:{stamp}"
        content["target"] = "BatchAccount"
    if error.details:
        content["details"] = [{"code": key, "message": value} for key, value in error.details]
    reply = document(error.status, {"error": content}, error.headers)
    if request.method == "HEAD":
        reply.body = b""
    return reply
