"""Between sockets and planes: bytes to a `Request`, a `Reply` to bytes, and connections cut on purpose."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

from uvicorn.protocols.http.h11_impl import H11Protocol

from batchplan.emulator.wire.http import Reply, Request

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Statuses whose empty answer the service sends with a length; other empty ones are chunked on the data plane.
_NO_BODY = {204, 304}


@dataclass(frozen=True, slots=True)
class Answer:
    """What to do with a request: wait `delay` real seconds, then send `reply`, or cut the connection without one.

    `chunked` sends a successful reply without its length, as the data plane does.
    """

    reply: Reply | None
    delay: float = 0.0
    close: bool = False
    chunked: bool = False


class Connection(H11Protocol):
    """A connection that hands its transport to the application, so that it can be cut."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app = partial(self.app, transport)


@dataclass(frozen=True, slots=True)
class Gate:
    """The application uvicorn runs. `answer` takes a request and the local port; `oversized` answers a body too large.

    `hold` says how many real seconds a request waits first. `other` may take over a whole ASGI exchange by
    its path (the admin interface).
    """

    answer: Callable[[Request, int], Answer]
    oversized: Callable[[Request, int], Answer]
    hold: Callable[[Request, int], float]
    max_body: int
    other: Callable[[str, int], Callable[[Scope, Receive, Send], Awaitable[None]] | None]

    async def __call__(self, transport: asyncio.Transport, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one exchange."""
        port = transport.get_extra_info("sockname")[1]
        taken = self.other(scope["path"], port)
        if taken is not None:
            await taken(scope, receive, send)
            return
        headers = _headers(scope)
        body = await _body(receive, headers, self.max_body)
        request = _request(scope, headers, body or b"")
        wait = self.hold(request, port)
        if wait:
            await asyncio.sleep(wait)
        answer = self.answer(request, port) if body is not None else self.oversized(request, port)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        if answer.reply is None:
            transport.abort()
            return
        close = answer.close or body is None
        await _send(send, request, answer.reply, chunked=answer.chunked, close=close)


async def _body(receive: Receive, headers: Mapping[str, str], limit: int) -> bytes | None:
    """Return a request's body, or None as soon as it is known to be longer than the limit."""
    announced = headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > limit:
        return None
    parts: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > limit:
            return None
        parts.append(part)
        more = message.get("more_body", False)
    return b"".join(parts)


def _headers(scope: Scope) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin-1"), value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found


def _request(scope: Scope, headers: Mapping[str, str], body: bytes) -> Request:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, errors="replace")
    host = headers.get("host") or "{}:{}".format(*scope["server"])
    return Request(
        method=scope["method"].upper(),
        path=scope["path"],
        raw_path=scope["raw_path"].decode("latin-1"),
        query={name.lower(): value for name, value in pairs},
        raw_query=tuple(pairs),
        headers=headers,
        body=body,
        base_url=f"{scope['scheme']}://{host}",
    )


async def _send(send: Send, request: Request, reply: Reply, *, chunked: bool, close: bool) -> None:
    headers = [(name.lower().encode("latin-1"), _value(value)) for name, value in reply.headers.items()]
    bodiless = request.method == "HEAD" or reply.status in _NO_BODY
    if not bodiless and (not chunked or reply.status >= 400):
        headers.append((b"content-length", str(len(reply.body)).encode()))
    elif bodiless and chunked and reply.status == 204:
        headers.append((b"content-length", b"0"))
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if bodiless else reply.body})


def _value(text: str) -> bytes:
    """Return a header's value as bytes; what a client smuggled into it (line ends, other letters) is escaped."""
    return text.replace("\r", "%0D").replace("\n", "%0A").encode("latin-1", "backslashreplace")
