"""The data plane as one function: a request to an account in, a reply out."""

import uuid

from batchplan.emulator.dataplane.call import MAX_BODY, Call
from batchplan.emulator.dataplane.route import Router
from batchplan.emulator.dataplane.routes import ROUTES
from batchplan.emulator.errors import ServiceError, refuse
from batchplan.emulator.model import Account
from batchplan.emulator.wire import render
from batchplan.emulator.wire.http import Reply, Request
from batchplan.emulator.wire.versions import api_version
from batchplan.emulator.world.core import World

_ROUTER = Router(ROUTES)


def handle(world: World, account: Account, request: Request) -> Reply:
    """Answer a request whose caller is known to be allowed. Bad input becomes the service's error body."""
    world.sync()
    call = Call(world, account, request, str(uuid.uuid4()))
    try:
        reply = _answer(call)
    except ServiceError as error:
        reply = refused(world, request, error, call.request_id)
    return render.finish(reply, request, call.request_id)


def refused(world: World, request: Request, error: ServiceError, request_id: str | None = None) -> Reply:
    """Return an error as the data plane tells it, also for a request that never reached an operation."""
    name = request_id or str(uuid.uuid4())
    return render.finish(render.failure(error, request, name, world.now), request, name)


def _answer(call: Call) -> Reply:
    request = call.request
    if len(request.body) > MAX_BODY:
        raise refuse("RequestBodyTooLarge", ("MaxLimit", str(MAX_BODY)))
    call.version = api_version(request.query)
    operation, call.args = _ROUTER.find(request.method, request.raw_path, call.version)
    reply = operation(call)
    if request.method == "HEAD":
        reply.body = b""
    return reply
