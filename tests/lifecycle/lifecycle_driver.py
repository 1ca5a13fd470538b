"""A project in a folder, its state, and an emulator in this process: plan, apply, look, and do things behind its back."""

import asyncio
import copy
import http.client
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from batchplan.apply.events import Event
from batchplan.azure import clouds
from batchplan.azure.clients import Clients
from batchplan.azure.reader import AzureReader
from batchplan.azure.settings import for_emulator
from batchplan.azure.writer import AzureWriter
from batchplan.backends.memory import MemoryStore
from batchplan.clocks import JumpingClock
from batchplan.config.project import Inputs, Project, load_project
from batchplan.config.variables import VariableFlag
from batchplan.core.address import parse_address
from batchplan.core.diagnostics import UserError
from batchplan.core.remote import ACCOUNT_PATTERN
from batchplan.emulator import snapshot, ticks
from batchplan.emulator.faultspec import FaultSpec
from batchplan.emulator.server import Emulator
from batchplan.ops.apply import Applied, apply_plan
from batchplan.ops.plan import Planned, make_plan
from batchplan.ops.saved import load_plan, save_plan
from batchplan.ops.session import Session
from batchplan.ops.workspace import resolver
from batchplan.plan.options import Options
from batchplan.ports import StateStore, Writer
from batchplan.state.model import StateDocument

T = TypeVar("T")

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
START = ticks.parse_iso("2025-06-01T08:00:00Z")
TABLES = ("accounts", "applications", "packages", "pools", "jobs", "schedules")
READING_POSTS = ("/oauth2/v2.0/token", "/oauth2/token", "/listkeys", "/evaluateautoscale")
"""Requests that are POSTs and change nothing."""


def account_id(name: str, group: str = "rg") -> str:
    """Return the ARM id of an account."""
    return ACCOUNT_PATTERN.format(SUBSCRIPTION, group, name)


@dataclass(frozen=True, slots=True)
class Wrapped:
    """What stands before the store and the writer of a session, to let things go wrong."""

    store: Callable[[StateStore], StateStore] = lambda store: store
    writer: Callable[[Writer], Writer] = lambda writer: writer


@dataclass(slots=True)
class Place:
    """Where one project lives. Each plan and apply is a session of its own, as each command is."""

    folder: Path
    emulator: Emulator
    store: StateStore = field(default_factory=MemoryStore)
    variables: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    pass_time: Callable[[Emulator, float], object] = Emulator.advance
    """How virtual time passes while a run waits: things may happen meanwhile."""

    # The configuration.

    def write(self, text: str, name: str = "main.batch.hcl") -> None:
        """Write a file of the configuration."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def edit(self, old: str, new: str, name: str = "main.batch.hcl") -> None:
        """Change a text of the configuration that is there once."""
        text = (self.folder / name).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        self.write(text.replace(old, new), name)

    def project(self) -> Project:
        """Load the configuration; raise UserError."""
        flags = [VariableFlag("var", f"{name}={value}") for name, value in self.variables.items()]
        found = load_project(self.folder, resolver(self.folder), Inputs(flags, {}, "default", "2025-06-01T08:00:00Z"))
        if found.diagnostics.has_errors:
            raise UserError(found.diagnostics.items)
        return found

    # Commands.

    def plan(self, options: Options | None = None, *, refresh: bool = True) -> Planned:
        """Make a plan."""
        return self._do(lambda session: make_plan(session, self.project(), options or Options(), refresh=refresh))

    def apply(
        self,
        options: Options | None = None,
        *,
        parallelism: int = 10,
        wrapped: Wrapped | None = None,
        whole: bool = True,
        refresh: bool = True,
    ) -> tuple[Planned, Applied]:
        """Make a plan and do it; unless `whole` is False, everything must get done."""

        async def work(session: Session) -> tuple[Planned, Applied]:
            planned = await make_plan(session, self.project(), options or Options(), refresh=refresh)
            return planned, await apply_plan(session, planned, self.events.append, parallelism)

        planned, applied = self._do(work, wrapped)
        if whole:
            assert applied.result.complete, {name: one.message for name, one in applied.result.failed.items()}
        return planned, applied

    def save(self, path: Path, options: Options | None = None) -> Planned:
        """Make a plan and write it to a file."""
        planned = self.plan(options)
        save_plan(planned, path)
        return planned

    def apply_file(self, path: Path) -> tuple[Planned, Applied]:
        """Do a saved plan."""

        async def work(session: Session) -> tuple[Planned, Applied]:
            planned = await load_plan(session, self.project(), path)
            return planned, await apply_plan(session, planned, self.events.append)

        return self._do(work)

    def destroy(self, options: Options | None = None) -> tuple[Planned, Applied]:
        """Destroy everything."""
        return self.apply(replace(options or Options(), destroy=True))

    def state(self) -> StateDocument:
        """Return the state."""
        found = asyncio.run(self.store.read())
        assert found is not None
        return found

    def addresses(self) -> list[str]:
        """Return the addresses that the state has."""
        return [one.address for one in self.state().resources]

    def _do(self, work: Callable[[Session], Awaitable[T]], wrapped: Wrapped | None = None) -> T:
        async def go() -> T:
            async with self.session(wrapped) as session:
                return await work(session)

        return asyncio.run(go())

    @asynccontextmanager
    async def session(self, wrapped: Wrapped | None = None) -> AsyncIterator[Session]:
        """Open a session on the emulator; its time jumps while everybody waits."""
        wrapped = wrapped or Wrapped()
        emulator = self.emulator

        async def move(seconds: float) -> None:
            await asyncio.to_thread(self.pass_time, emulator, seconds)

        clock = JumpingClock(lambda: ticks.to_datetime(emulator.clock.now()), move)
        cloud = clouds.emulator(emulator.arm_endpoint, None)
        async with Clients(for_emulator(cloud, SUBSCRIPTION), clock) as clients:
            reader = AzureReader(clients)
            yield Session(
                reader=reader,
                writer=wrapped.writer(AzureWriter(clients, reader)),
                store=wrapped.store(self.store),
                clock=clock,
                subscription=SUBSCRIPTION,
                close=clients.close,
                emulated=True,
            )

    # Azure.

    def census(self) -> dict[str, list[str]]:
        """Return what there is in the emulator, by table."""
        return self.emulator.call(
            lambda world: {name: sorted("/".join(map(str, key)) for key in world.table(name)) for name in TABLES}
        )

    def arm(self, method: str, path: str, body: Any = None, *, version: str = "2025-06-01") -> Any:
        """Make a raw call of ARM behind batchplan's back; return its answer's body."""
        url, audience = self.emulator.arm_endpoint, "https://management.azure.com/"
        return self._raw(url, audience, method, f"{path}?api-version={version}", body)

    def batch(self, account: str, method: str, path: str, body: Any = None, *, version: str = "2025-06-01") -> Any:
        """Make a raw call of an account's data plane."""
        url, audience = self.emulator.endpoint(account), "https://batch.core.windows.net/"
        return self._raw(url, audience, method, f"{path}?api-version={version}", body)

    def _raw(self, url: str, audience: str, method: str, path: str, body: Any) -> Any:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
        odata = "; odata=minimalmetadata" if "batch.core" in audience else ""
        headers = {
            "Authorization": f"Bearer {self.emulator.token(audience)}",
            "Content-Type": f"application/json{odata}",
        }
        data = json.dumps(body) if body is not None else None
        try:
            connection.request(method, path, data, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        assert answer.status < 300, content
        return json.loads(content) if content else None

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.emulator.advance(seconds)

    def fault(self, **spec: Any) -> None:
        """Let something go wrong from now on."""
        fault = FaultSpec.model_validate(spec)
        self.emulator.call(lambda _: self.emulator.faults.add(fault))

    def requests(self, after: int = 0) -> list[Mapping[str, Any]]:
        """Return the requests with numbers above `after`, without those for tokens and metadata."""
        log = self.emulator.dispatcher.log
        return [one for one in log.entries if one["n"] > after and "oauth2" not in one["path"]]

    def writes(self, after: int = 0) -> list[Mapping[str, Any]]:
        """Return the requests that are more than looking."""
        return [
            one
            for one in self.requests(after)
            if one["method"] not in ("GET", "HEAD") and not str(one["path"]).lower().endswith(READING_POSTS)
        ]

    @property
    def count(self) -> int:
        """The number of the last request."""
        return self.emulator.dispatcher.log.count

    def frozen(self) -> Any:
        """Return the whole world as a value, for `thaw`."""
        return self.emulator.call(lambda world: snapshot.export(world, self.emulator.faults))

    def thaw(self, frozen: Any) -> None:
        """Make the world what it was."""

        def restore(world: Any) -> None:
            snapshot.restore(world, self.emulator.faults, copy.deepcopy(frozen))
            self.emulator._replaced()

        self.emulator.call(restore)


def targets(*addresses: str) -> Options:
    """Return options with -target."""
    return Options(targets=tuple(map(parse_address, addresses)))


def actions(planned: Planned) -> dict[str, str]:
    """Return what happens to each object, by address."""
    return {str(one.address): one.action.name.lower() for one in planned.changes.objects}


def told(planned: Planned) -> str:
    """Return all that a plan has, for the message of an assertion."""
    lines = [f"{one.address} {one.action.name} {one.strategy} {_fields(one.fields)}" for one in planned.changes.objects]
    lines += [f"drift {one.address} {_fields(one.fields)} gone={one.gone}" for one in planned.changes.drift]
    lines += [f"output {one.name}: {one.before!r} -> {one.after!r}" for one in planned.changes.outputs]
    return "\n".join(lines + [step.id for step in planned.steps])


def _fields(fields: Iterable[Any]) -> list[Any]:
    return [(one.path, one.before, one.observed, one.after, str(one.cause)) for one in fields]
