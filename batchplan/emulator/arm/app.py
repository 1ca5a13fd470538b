"""Azure Resource Manager as one function: a request in, a reply out, never an exception for bad input."""

import re
from datetime import UTC, datetime
from functools import cache

from batchplan.emulator.arm import call as calls
from batchplan.emulator.arm import versions
from batchplan.emulator.arm.call import Call
from batchplan.emulator.arm.refusal import front
from batchplan.emulator.arm.route import Route, Router, segments
from batchplan.emulator.arm.site import Site
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.wire.http import Reply, Request
from batchplan.emulator.world.core import World

MAX_BODY = 4 << 20
_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_KINDS = {"GET": "reads", "HEAD": "reads", "DELETE": "deletes"}


def handle(world: World, request: Request, site: Site) -> Reply:
    """Answer a request whose caller is known to be allowed."""
    world.sync()
    call = Call(world, request, site)
    try:
        reply = _answer(call)
    except ServiceError as error:
        reply = calls.failure(error, request, call.request_id, world.now)
    return finish(call, reply)


def refused(world: World, request: Request, site: Site, error: ServiceError) -> Reply:
    """Return an error as ARM tells it, also for a request that never reached an operation."""
    call = Call(world, request, site)
    return finish(call, calls.failure(error, request, call.request_id, world.now))


def finish(call: Call, reply: Reply) -> Reply:
    """Add the headers every answer has."""
    request, now = call.request, call.world.now
    subscription = call.names.get("subscription", "")
    kind = _KINDS.get(request.method, "writes")
    headers = {
        "Cache-Control": "no-cache",
        "Pragma": "no-cache",
        "x-ms-request-id": call.request_id,
        "x-ms-correlation-request-id": request.headers.get("x-ms-correlation-request-id", call.request_id),
        "x-ms-routing-request-id": f"LOCAL:{datetime.now(UTC):%Y%m%dT%H%M%SZ}:{call.request_id}",
        f"x-ms-ratelimit-remaining-subscription-{kind}": str(call.site.budget.spend(subscription, kind, now)),
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
    }
    if request.headers.get("x-ms-return-client-request-id", "").lower() == "true":
        headers["x-ms-client-request-id"] = request.headers.get("x-ms-client-request-id", "")
    for name, value in headers.items():
        reply.headers.setdefault(name, value)
    if request.method == "HEAD":
        reply.body = b""
    return reply


def _answer(call: Call) -> Reply:
    request = call.request
    if len(request.body) > MAX_BODY:
        raise front(413, "RequestContentTooLarge", f"The request content exceeds the maximum size of {MAX_BODY} bytes.")
    routes, call.names = router().find(request.raw_path)
    _check_subscription(call)
    if not routes:
        raise _unknown(call)
    route = routes.get("GET" if request.method == "HEAD" and "HEAD" not in routes else request.method)
    if route is None:
        raise _unsupported(request, routes)
    call.version = versions.chosen(request, route.versions, _resource_type(route.template), "Microsoft.Batch")
    return route.handler(call)


@cache
def router() -> Router:
    """Return the router over all routes."""
    from batchplan.emulator.arm.routes import ROUTES

    return Router(ROUTES)


def _check_subscription(call: Call) -> None:
    parts = segments(call.request.path)
    if len(parts) < 2 or parts[0].lower() != "subscriptions":
        return
    if not _GUID.fullmatch(parts[1]):
        raise front(
            400,
            "InvalidSubscriptionId",
            f"The provided subscription identifier '{parts[1]}' is malformed or invalid.",
        )
    call.names = {"subscription": parts[1], **call.names}


def _unknown(call: Call) -> ServiceError:
    parts = segments(call.request.path)
    lowered = [each.lower() for each in parts]
    if "providers" in lowered and lowered.index("providers") + 1 < len(parts):
        start = lowered.index("providers") + 1
        namespace, rest = parts[start], parts[start + 1 :]
        if namespace.lower() != "microsoft.batch":
            return front(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")
        kind = "/".join(rest[::2])
        return front(
            404,
            "InvalidResourceType",
            f"The resource type '{kind}' could not be found in the namespace 'Microsoft.Batch' for api version "
            f"'{call.request.query.get('api-version', '')}'. The supported api-versions are "
            f"'{','.join(versions.BATCH)}'.",
        )
    return front(404, "NotFound", f"The requested path '{call.request.path}' was not found.")


def _unsupported(request: Request, routes: dict[str, Route]) -> ServiceError:
    allowed = ", ".join(sorted(routes))
    error = front(
        405,
        "HttpMethodNotAllowed",
        f"The HTTP method '{request.method}' is not supported at scope '{request.path}'.",
    )
    return type(error)(error.status, error.code, error.message, headers={"Allow": allowed})


def _resource_type(template: str) -> str:
    parts = segments(template.partition("Microsoft.Batch")[2])
    return "/".join(each for each in parts if not each.startswith("{"))
