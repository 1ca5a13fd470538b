"""The admin API: what moves the emulator itself. It has no authentication, so only loopback may use it."""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request as WebRequest
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from batchplan.emulator import census, openapi, snapshot
from batchplan.emulator.adminspec import Advance, Association, Connection, NodeAction, Snapshot, Speed, Workload
from batchplan.emulator.errors import ServiceError
from batchplan.emulator.faults import Faults
from batchplan.emulator.faultspec import FaultRecord, FaultSpec
from batchplan.emulator.model import Account, Json
from batchplan.emulator.requestlog import RequestLog
from batchplan.emulator.workload import Generator
from batchplan.emulator.world import network, nodes
from batchplan.emulator.world.core import Key, World

PREFIX = "/admin"


@dataclass(slots=True)
class Control:
    """What the admin API moves. The functions are the server's."""

    world: World
    faults: Faults
    log: RequestLog
    generator: Generator
    save: Callable[[], None]  # write what has changed to the store
    stop: Callable[[], None]  # end the server after the answer
    about: Callable[[], Json]  # endpoints and process
    replaced: Callable[[], None]  # the world is another one: open and close ports of accounts


@dataclass(frozen=True, slots=True)
class Call:
    """A request to the admin API, read and checked."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing the admin API does. `run` returns JSON; `body` is the document it takes, `answer` the one it gives."""

    method: str
    path: str
    summary: str
    run: Callable[[Control, Call], object]
    body: type[BaseModel] | None = None
    answer: type[BaseModel] | None = None
    query: tuple[str, ...] = ()


class Unknown(Exception):
    """There is no such thing; 404."""


NODE_ACTIONS: Mapping[str, Callable[[World, Key], None]] = {
    "preempt": nodes.preempt,
    "make_unusable": nodes.make_unusable,
    "lose_contact": nodes.lose_contact,
    "recover": nodes.recover,
}


def _status(control: Control, _: Call) -> object:
    control.world.sync()
    requests = {"requests": control.log.count, "faults": len(control.faults.living())}
    work = {"workload_refused": dict(control.generator.refused)}
    return {**control.about(), **census.summary(control.world), **requests, **work}


def _clock(control: Control, _: Call) -> object:
    control.world.sync()
    return census.clock(control.world)


def _advance(control: Control, call: Call) -> object:
    control.world.clock.advance(call.body.by)
    return _clock(control, call)


def _speed(control: Control, call: Call) -> object:
    control.world.sync()
    control.world.clock.set_speed(call.body.speed)
    return _clock(control, call)


def _freeze(control: Control, call: Call) -> object:
    control.world.sync()
    control.world.clock.set_speed(0)
    return _clock(control, call)


def _next(control: Control, call: Call) -> object:
    control.world.sync()
    due = control.world.next_due()
    if due is not None:
        control.world.clock.set(max(due, control.world.clock.now()))
    return _clock(control, call)


def _faults(control: Control, _: Call) -> object:
    return {"faults": [_document(fault.record()) for fault in control.faults.living()]}


def _add_fault(control: Control, call: Call) -> object:
    return _document(control.faults.add(call.body).record())


def _remove_fault(control: Control, call: Call) -> object:
    if not control.faults.remove(call.path["id"]):
        raise Unknown(f"There is no fault {call.path['id']!r}.")
    return {"removed": 1}


def _clear_faults(control: Control, _: Call) -> object:
    return {"removed": control.faults.clear()}


def _submit(control: Control, call: Call) -> object:
    return control.generator.submit(call.body)


def _nodes(control: Control, call: Call) -> object:
    wanted: NodeAction = call.body
    world = control.world
    world.sync()
    key = (wanted.account.lower(), wanted.pool.lower())
    if key not in world.pools:
        raise Unknown(f"There is no pool {wanted.pool!r} in account {wanted.account!r}.")
    chosen = [each for each in sorted(world.index.below("nodes", key)) if _befalls(world, each, wanted)]
    if wanted.node is not None and not chosen:
        raise Unknown(f"Node {wanted.node!r} is not there, or cannot be subject to {wanted.action}.")
    for each in chosen[: wanted.count]:
        NODE_ACTIONS[wanted.action](world, each)
    return {"nodes": [world.nodes[each].id for each in chosen[: wanted.count] if each in world.nodes]}


def _befalls(world: World, key: tuple[str, ...], wanted: NodeAction) -> bool:
    node = world.nodes[key]
    if wanted.node is not None and node.id.lower() != wanted.node.lower():
        return False
    broken = node.state in {"unusable", "unknown", "preempted"}
    if wanted.action == "preempt":
        return not node.dedicated and node.state != "preempted"
    return broken if wanted.action == "recover" else not broken


def _connect(control: Control, call: Call) -> object:
    wanted: Connection = call.body
    account = _account(control, wanted.account)
    return {"name": network.connect(control.world, account, wanted.name, wanted.endpoint, wanted.group)["name"]}


def _associate(control: Control, call: Call) -> object:
    wanted: Association = call.body
    return {"name": network.associate(control.world, _account(control, wanted.account), wanted.perimeter)["name"]}


def _account(control: Control, name: str) -> Account:
    control.world.sync()
    found = control.world.accounts.get((name.lower(),))
    if found is None:
        raise Unknown(f"There is no account {name!r}.")
    return found


def _log(control: Control, call: Call) -> object:
    limit, after = (int(call.query.get(name) or default) for name, default in (("limit", "100"), ("after", "0")))
    return {"count": control.log.count, "requests": control.log.last(max(limit, 0), after)}


def _clear_log(control: Control, _: Call) -> object:
    control.log.clear()
    return {"count": control.log.count}


def _export(control: Control, _: Call) -> object:
    return _document(snapshot.export(control.world, control.faults))


def _import(control: Control, call: Call) -> object:
    snapshot.restore(control.world, control.faults, call.body)
    control.replaced()
    return census.summary(control.world)


def _shutdown(control: Control, _: Call) -> object:
    control.stop()
    return {"stopping": True}


OPERATIONS = (
    Operation("GET", "/status", "Endpoints, and the world in numbers", _status),
    Operation("GET", "/clock", "Virtual time", _clock),
    Operation("POST", "/clock/advance", "Move time forward; what falls due happens", _advance, Advance),
    Operation("POST", "/clock/speed", "Set the speed of virtual time", _speed, Speed),
    Operation("POST", "/clock/freeze", "Stop virtual time", _freeze),
    Operation("POST", "/clock/next", "Jump to the next event", _next),
    Operation("GET", "/faults", "The faults at work", _faults),
    Operation("POST", "/faults", "Add a fault, or replace the one of the same id", _add_fault, FaultSpec, FaultRecord),
    Operation("DELETE", "/faults", "Remove all faults", _clear_faults),
    Operation("DELETE", "/faults/{id}", "Remove a fault", _remove_fault),
    Operation("POST", "/tasks", "Submit made-up tasks to a job", _submit, Workload),
    Operation("POST", "/nodes", "Let something befall nodes of a pool", _nodes, NodeAction),
    Operation("POST", "/connections", "Connect a private endpoint to an account", _connect, Connection),
    Operation("POST", "/perimeters", "Take an account into a network security perimeter", _associate, Association),
    Operation("GET", "/log", "The last requests, oldest first", _log, query=("limit", "after")),
    Operation("DELETE", "/log", "Forget the requests in memory", _clear_log),
    Operation("GET", "/snapshot", "The whole world as a document", _export, answer=Snapshot),
    Operation("PUT", "/snapshot", "Replace the world by a document", _import, Snapshot),
    Operation("POST", "/shutdown", "Stop the emulator", _shutdown),
)


def routes(control: Control) -> list[Route]:
    """Return the routes of the admin API below `PREFIX`, for the server to mount."""
    found = [
        Route(PREFIX + each.path, _endpoint(control, each), methods=[each.method], name=f"{each.method} {each.path}")
        for each in OPERATIONS
    ]
    document = openapi.document(PREFIX, OPERATIONS)
    page = openapi.page(PREFIX, OPERATIONS)
    found.append(Route(f"{PREFIX}/openapi.json", _fixed(lambda: JSONResponse(document))))
    found.append(Route(f"{PREFIX}/", _fixed(lambda: HTMLResponse(page))))
    found.append(Route(PREFIX, _fixed(lambda: HTMLResponse(page))))
    return found


def app(control: Control) -> Starlette:
    """Return the admin API as an application of its own."""
    return Starlette(routes=routes(control))


Endpoint = Callable[[WebRequest], Any]


def _endpoint(control: Control, operation: Operation) -> Endpoint:
    async def serve(request: WebRequest) -> Response:
        raw = await request.body()
        if (refusal := _foreign(request)) is not None:
            return refusal
        try:
            body = operation.body.model_validate_json(raw or b"{}") if operation.body else None
            answer = operation.run(control, Call(request.path_params, request.query_params, body))
        except Unknown as error:
            return _error(404, "NotFound", str(error))
        except ServiceError as error:
            return _error(error.status, error.code, error.message)
        except ValidationError as error:
            faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}" for e in error.errors())
            return _error(400, "InvalidBody", faults)
        except ValueError as error:
            return _error(400, "InvalidValue", str(error))
        control.save()
        return JSONResponse(answer)

    return serve


def _fixed(make: Callable[[], Response]) -> Endpoint:
    async def serve(request: WebRequest) -> Response:
        return _foreign(request) or make()

    return serve


def _foreign(request: WebRequest) -> Response | None:
    """Refuse callers from elsewhere, and pages of other origins that reach loopback through a browser."""
    host = (request.url.hostname or "").strip("[]")
    if _loopback(request.client.host if request.client else "") and _loopback(host):
        return None
    return _error(403, "Forbidden", "The admin API answers loopback only.")


def _loopback(host: str) -> bool:
    if host.lower() == "localhost" or host.lower().endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _error(status: int, code: str, message: str) -> Response:
    return JSONResponse({"error": {"code": code, "message": message}}, status_code=status)


def _document(value: BaseModel) -> object:
    return value.model_dump(mode="json")
