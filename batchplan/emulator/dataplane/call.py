"""The request in hand, and the replies that operations give."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import quote

from batchplan.emulator.dataplane import filters, history
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.model import Account, Json
from batchplan.emulator.wire import conditions, odata, paging, render, schema
from batchplan.emulator.wire.http import Reply, Request
from batchplan.emulator.world.core import World

MAX_BODY = 1 << 20  # documented for task collections; the service refuses larger bodies of all kinds


@dataclass(slots=True)
class Call:
    """One request to an account: the path's parameters, its api-version, and the id of this exchange."""

    world: World
    account: Account
    request: Request
    request_id: str
    version: str = ""
    args: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The account's key in the world's tables."""
        return self.account.name.lower()

    def url(self, *parts: str) -> str:
        """Return the URL of an entity by its path."""
        return "/".join((self.request.base_url, *(quote(part, safe=":$-_.!*'(),") for part in parts)))

    def body(self, kind: str, *, optional: bool = False) -> Json:
        """Return the body, checked and canonical; `{}` for an empty one where that is allowed."""
        if not self.request.body.strip():
            if optional:
                return {}
            raise schema.invalid_body("The request body is empty.")
        self._check_content_type()
        decoded = schema.load("dataplane").decode(kind, parse_json(self.request.body), self.version)
        return history.raised(kind, decoded, self.version)

    def require(self, modified: int) -> None:
        """Raise unless the conditional headers of the request hold for an entity of this last-modified time."""
        conditions.check(self.request.headers, self.request.method, modified)

    def flag(self, name: str) -> bool:
        """Return a boolean query parameter (name in lower case)."""
        text = self.request.query.get(name, "").lower()
        if text not in {"", "true", "false"}:
            raise refuse(
                "InvalidQueryParameterValue",
                ("QueryParameterName", name),
                ("QueryParameterValue", text),
                ("Reason", "The value must be true or false"),
            )
        return text == "true"

    def _check_content_type(self) -> None:
        kind = self.request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise refuse(
                "InvalidHeaderValue",
                ("HeaderName", "Content-Type"),
                ("HeaderValue", self.request.headers["content-type"]),
            )


def parse_json(body: bytes) -> object:
    """Return a JSON document; raise InvalidRequestBody when it is none."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise schema.invalid_body("The request body is not valid JSON.") from None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def created(call: Call, modified: int | None, *parts: str, location: str | None = None) -> Reply:
    """Return 201 of a new entity at a path; a node user has no ETag."""
    url = location or call.url(*parts)
    tags = render.tagged(modified) if modified is not None else {}
    return Reply(201, {**tags, "Location": url, "DataServiceId": url})


def written(call: Call, status: int, modified: int | None = None, *, traced: bool = True) -> Reply:
    """Return the empty answer of a write: the entity's ETag, and the request's own URL as DataServiceId."""
    headers = render.tagged(modified) if modified is not None else {}
    if traced:
        headers["DataServiceId"] = call.request.base_url + call.request.raw_path.partition("?")[0]
    return Reply(status, headers)


def shown(call: Call, name: str, content: Json, modified: int | None = None) -> Reply:
    """Return 200 with a document; `name` is what its metadata says."""
    headers = {"Content-Type": render.JSON, **(render.tagged(modified) if modified is not None else {})}
    return Reply(200, headers, render.document(call.request.base_url, name, content))


def entity(call: Call, name: str, kind: str, view: Json, modified: int | None = None, *, always: str = "") -> Reply:
    """Return 200 with one entity as its api-version and `$select` show it. `always` names a member never left out."""
    paths = _selected(call, kind)
    if paths and always:
        paths = (*paths, (always,))
    _check_expand(call)
    content = odata.project(present(call, kind, view), paths)
    return shown(call, name, content, modified)


def present(call: Call, kind: str, view: Json) -> Json:
    """Return what the request's api-version shows of an entity."""
    return schema.load("dataplane").encode(kind, history.lowered(kind, view, call.version), call.version)


def listing(
    call: Call,
    name: str,
    kind: str,
    entries: Iterable[tuple[paging.SortKey, Any]],
    view: Callable[[Any], Json],
    *,
    most: int = paging.MOST,
    always: str = "",
) -> Reply:
    """Return a page of entities, sorted by their keys, as `$filter`, `$select` and `maxresults` have it."""
    size = paging.max_results(call.request, most)
    paths = _selected(call, kind)
    if paths and always:
        paths = (*paths, (always,))
    test = _filter(call, kind)
    _check_expand(call)

    def show(item: Any) -> Json | None:
        full = present(call, kind, view(item))
        return odata.project(full, paths) if test is None or test(full) else None

    page = paging.cut(call.request, entries, show, size)
    content: Json = {"value": page.value}
    if page.next_link:
        content["odata.nextLink"] = page.next_link
    return shown(call, name, content)


def _known(call: Call, kind: str) -> Callable[[odata.Path], bool]:
    return lambda path: schema.load("dataplane").has_path(kind, path, call.version)


def _selected(call: Call, kind: str) -> tuple[odata.Path, ...]:
    text = call.request.query.get("$select", "")
    return odata.parse_select(text, _known(call, kind)) if text.strip() else ()


def _filter(call: Call, kind: str) -> odata.Predicate | None:
    text = call.request.query.get("$filter", "")
    return odata.parse_filter(text, filters.allowed(kind)) if text.strip() else None


def _check_expand(call: Call) -> None:
    text = call.request.query.get("$expand", "").strip()
    if text and text.lower() != "stats":
        raise invalid_query("$expand", text, f"The property '{text}' cannot be expanded")


def invalid_query(name: str, value: str, reason: str) -> ServiceError:
    """Return the refusal of a query parameter."""
    return refuse(
        "InvalidQueryParameterValue",
        ("QueryParameterName", name),
        ("QueryParameterValue", value),
        ("Reason", reason),
    )
