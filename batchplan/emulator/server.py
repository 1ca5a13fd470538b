"""An emulator that listens: one event loop, one port for ARM, identity and admin, one port for each account.

As a library:

    with Emulator(Options(speed=60)) as emulator:
        ...  # emulator.arm_endpoint, emulator.call(lambda world: ...)

As a program: `Emulator(options).serve(on_ready)` runs until it is told to stop.
"""

import asyncio
import logging
import os
import signal
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self, TypeVar

import uvicorn
from uvicorn.server import ServerState

from batchplan.emulator import ticks
from batchplan.emulator.clock import Clock
from batchplan.emulator.dispatch import Dispatcher
from batchplan.emulator.faults import Faults
from batchplan.emulator.gate import Connection, Gate, Receive, Scope, Send
from batchplan.emulator.identity import Identity
from batchplan.emulator.model import Json
from batchplan.emulator.options import Options
from batchplan.emulator.requestlog import RequestLog
from batchplan.emulator.store import Store, restored_clock
from batchplan.emulator.tokens import Issuer
from batchplan.emulator.world.core import World

T = TypeVar("T")
ADMIN = "/admin"
GRACE = 2.0  # seconds that open requests get at the end
BACKLOG = 512
KEEP_ALIVE = 75  # seconds


def _is_no_cut(record: logging.LogRecord) -> bool:
    return "without starting response" not in record.getMessage()


class Emulator:
    """A simulated Azure Batch behind HTTP. Make it, then enter it as a context, or `serve`."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self._stack = ExitStack()
        self._listeners: dict[str, socket.socket] = {}  # by account key; "" is the front
        self._ports: dict[str, int] = {}
        self._servers: dict[str, asyncio.Server] = {}
        self._state = ServerState()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None
        self._admin: Callable[[Scope, Receive, Send], Any] | None = None
        self._opening: set[asyncio.Task[None]] = set()
        self.ca_file: Path | None = None

    @property
    def world(self) -> World:
        """The world. Touch it on the loop only: see `call`."""
        return self.dispatcher.world

    @property
    def clock(self) -> Clock:
        """The world's clock. Move it with `advance`."""
        return self.world.clock

    @property
    def faults(self) -> Faults:
        """The faults."""
        return self.dispatcher.faults

    @property
    def arm_endpoint(self) -> str:
        """The URL of ARM and of the identity endpoints."""
        return f"{self._scheme}://{self._address('')}"

    @property
    def admin_endpoint(self) -> str:
        """The URL of the admin interface."""
        return f"{self.arm_endpoint}{ADMIN}"

    def endpoint(self, account: str) -> str:
        """Return the URL of an account's data plane; raise KeyError when there is no such account."""
        return f"{self._scheme}://{self._address(account.lower())}"

    def token(self, audience: str = "https://management.azure.com/") -> str:
        """Return an access token for ARM, or for another audience."""
        return self.dispatcher.identity.token(audience, base_url=self.arm_endpoint)

    def about(self) -> Json:
        """Return what a ready file says."""
        return {
            "arm_endpoint": self.arm_endpoint,
            "ca_file": str(self.ca_file) if self.ca_file else None,
            "admin_endpoint": self.admin_endpoint,
            "pid": os.getpid(),
        }

    # Life.

    def __enter__(self) -> Self:
        started: Future[None] = Future()
        self._thread = threading.Thread(target=self._in_thread, args=(started,), name="batch-emulator", daemon=True)
        self._thread.start()
        try:
            started.result()
        except BaseException:
            self._thread.join()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._thread:
            self._thread.join()

    def serve(self, on_ready: Callable[["Emulator"], None]) -> None:
        """Run in this thread until SIGINT, SIGTERM, or `stop`; call `on_ready` once requests are answered."""
        asyncio.run(self._live(lambda: on_ready(self), signals=True))

    def stop(self) -> None:
        """End the emulator, from any thread; requests under way are answered first."""
        loop, stopping = self._loop, self._stopping
        if loop and stopping and not loop.is_closed():
            loop.call_soon_threadsafe(stopping.set)

    def call(self, function: Callable[[World], T]) -> T:
        """Return what a function does to the world between two requests, with time lived through and changes kept."""
        loop = self._loop
        if loop is None:
            raise RuntimeError("the emulator is not running")
        return asyncio.run_coroutine_threadsafe(self._called(function), loop).result()

    def advance(self, seconds: float) -> int:
        """Move the clock forward by virtual seconds, let happen what falls due, and return the new time in ticks."""
        return self.call(lambda world: world.clock.advance(seconds))

    async def _called(self, function: Callable[[World], T]) -> T:
        self.world.sync()
        result = function(self.world)
        self.world.sync()
        self.dispatcher.save()
        return result

    def _in_thread(self, started: Future[None]) -> None:
        try:
            asyncio.run(self._live(lambda: started.set_result(None), signals=False))
        except BaseException as error:
            if started.done():
                raise
            started.set_exception(error)

    async def _live(self, ready: Callable[[], None], *, signals: bool) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        with self._stack:
            self._assemble()
            if signals:
                for each in (signal.SIGINT, signal.SIGTERM):
                    self._loop.add_signal_handler(each, self._stopping.set)
            try:
                await self._listen_all()
                ready()
                await self._stopping.wait()
            finally:
                await self._hang_up()
                self.dispatcher.end()

    # Assembly.

    def _assemble(self) -> None:
        from batchplan.emulator.workload import Generator
        from batchplan.emulator.world.build import new_world
        from batchplan.emulator.world.rebuild import rebuild_indexes
        from batchplan.emulator.worldfaults import WorldFaults

        options = self.options
        if options.data:
            options.data.mkdir(parents=True, exist_ok=True)
        store = Store(options.data / "world.db" if options.data else None)
        self._stack.callback(store.close)
        log = RequestLog(options.log)
        self._stack.callback(log.close)
        clock = restored_clock(store, start=_now() if options.start is None else options.start, speed=options.speed)
        world = new_world(clock, int(store.fact("seed") or options.seed))
        self._generator = Generator(world)  # before the load: its events may be pending
        store.load(world)
        rebuild_indexes(world)
        faults = Faults(world)
        if store.fact("faults"):
            faults.load(store.json("faults"))
        world.hooks = WorldFaults(faults)
        issuer = Issuer(options.data / "signing.key" if options.data else None)
        self._context = self._secured()
        front = self._bind("", int(store.fact("port") or 0) if not options.port else options.port)
        store.remember("port", str(front))
        self.dispatcher = Dispatcher(
            options=options,
            world=world,
            store=store,
            identity=Identity(options.directory, issuer),
            faults=faults,
            log=log,
            open_port=self._open,
            settle=self._settle,
        )
        gate = Gate(
            self.dispatcher.answer, self.dispatcher.oversized, self.dispatcher.hold, options.max_body, self._other
        )
        # A connection that a fault cuts ends without an answer, on purpose: that is nothing to tell people of.
        logging.getLogger("uvicorn.error").addFilter(_is_no_cut)
        self._config = uvicorn.Config(
            app=gate,
            http=Connection,
            interface="asgi3",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=KEEP_ALIVE,
        )

    def _secured(self) -> ssl.SSLContext | None:
        if not self.options.tls:
            return None
        from batchplan.emulator import tls

        folder = self.options.data or Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        certificates = tls.ensure(folder / "tls", (self.options.public_host,))
        self.ca_file = certificates.ca
        return certificates.context()

    @property
    def _scheme(self) -> str:
        return "https" if self.options.tls else "http"

    # Ports.

    def _address(self, key: str) -> str:
        host, port = self.options.public_host, self._ports[key]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    def _bind(self, key: str, port: int) -> int:
        """Take a port for the front or an account: the one asked for, another when that is taken and need not be."""
        must = key == "" and self.options.port != 0
        try:
            listener = _listening(self.options.host, port)
        except OSError:
            if must or not port:
                raise
            listener = _listening(self.options.host, 0)
        self._listeners[key] = listener
        self._ports[key] = int(listener.getsockname()[1])
        return self._ports[key]

    def _open(self, key: str) -> str:
        """Open the port of an account, the one it had before if it is free; return host:port."""
        if key not in self._listeners:
            account = self.world.accounts.get((key,))
            before = account.endpoint.rpartition(":")[2] if account else ""
            self.dispatcher.accounts[self._bind(key, int(before or 0))] = key
            if self._loop:
                task = self._loop.create_task(self._listen(key))
                self._opening.add(task)
                task.add_done_callback(self._opening.discard)
        return self._address(key)

    def _settle(self) -> None:
        """Open the ports of accounts that have none, close those of accounts that are gone, and let accounts tell theirs."""
        living = {key for (key,) in self.world.accounts}
        for key in living:
            account, address = self.world.accounts[key,], self._open(key)
            if account.endpoint != address:
                account.endpoint = address
                self.world.touch("accounts", (key,))
        for key in set(self._listeners) - living - {""}:
            listener = self._listeners.pop(key)
            del self._ports[key]  # open connections still lead to the account, and find it gone
            server = self._servers.pop(key, None)
            if server:
                server.close()
            else:
                listener.close()

    def _replaced(self) -> None:
        """Make the index and the ports fit a world that was replaced as a whole."""
        from batchplan.emulator.world.rebuild import rebuild_indexes

        changed = set(self.world.changed)
        rebuild_indexes(self.world)
        self.world.changed |= changed
        self._settle()

    async def _listen_all(self) -> None:
        await self._listen("")
        self._settle()
        if self._opening:
            await asyncio.gather(*self._opening)

    async def _listen(self, key: str) -> None:
        loop = asyncio.get_running_loop()
        listener = self._listeners.get(key)
        if listener is None:  # the account went before its port was open
            return

        def protocol() -> Connection:
            return Connection(config=self._config, server_state=self._state, app_state={})

        self._servers[key] = await loop.create_server(protocol, sock=listener, ssl=self._context, backlog=BACKLOG)

    async def _hang_up(self) -> None:
        for server in self._servers.values():
            server.close()
        for listener in self._listeners.values():
            listener.close()
        for connection in list(self._state.connections):
            connection.shutdown()
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=GRACE)

    # The admin interface.

    def _other(self, path: str, port: int) -> Callable[[Scope, Receive, Send], Any] | None:
        if port in self.dispatcher.accounts or not (path == ADMIN or path.startswith(f"{ADMIN}/")):
            return None
        if self._admin is None:
            from batchplan.emulator import admin

            control = admin.Control(
                world=self.world,
                faults=self.faults,
                log=self.dispatcher.log,
                generator=self._generator,
                save=self.dispatcher.save,
                stop=self.stop,
                about=self.about,
                replaced=self._replaced,
            )
            self._admin = admin.app(control)
        return self._admin


def _listening(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = min(
        socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE),
        key=lambda found: found[0] != socket.AF_INET,
    )
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _now() -> int:
    from datetime import UTC, datetime

    return ticks.from_datetime(datetime.now(UTC))
