"""Where concrete classes meet: the only place that chooses them."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from batchplan.azure.about import client_facts
from batchplan.azure.clients import Clients
from batchplan.azure.clouds import Cloud
from batchplan.azure.provider import connect_settings
from batchplan.azure.reader import AzureReader
from batchplan.azure.settings import AzureSettings
from batchplan.azure.writer import AzureWriter
from batchplan.backends.local import alive
from batchplan.clocks import JumpingClock, ShiftedClock, SystemClock
from batchplan.config.evaluate import Evaluated
from batchplan.config.provider import ProviderSettings, check_usable, environment_settings, provider_settings
from batchplan.core.codes import UNUSED_PROVIDER
from batchplan.core.diagnostics import Diagnostics, UserError
from batchplan.ops.session import Session
from batchplan.ports import Clock, StateStore

EMULATOR_FOLDER = Path(".batchplan") / "emulator"
READY_FILE = "ready.json"
CLOCK_SECONDS = 5.0
"""How long an emulator may take to tell its time."""


async def open_session(
    folder: Path,
    evaluated: Evaluated | None,
    store: StateStore,
    environ: Mapping[str, str],
    *,
    emulator: bool = False,
    in_flight: int | None = None,
) -> Session:
    """Return a session for the provider of a project, or, without a project, for that of the environment.

    With `emulator`, or an environment "emulator" and no endpoint, Azure is the emulator that runs for this
    folder, or else a private one for this command, whose world is kept under `.batchplan/emulator`. `in_flight`
    is how many calls may be under way at once, where that is said. Raise
    UserError for unusable settings, AzureError when the cloud does not answer.
    """
    provider = _provider(evaluated, environ, emulator=emulator)
    private: _Private | None = None
    if provider.environment == "emulator" and not provider.arm_endpoint:
        running = _running(folder)
        if running is None:
            private = await asyncio.to_thread(_start, folder / EMULATOR_FOLDER)
            running = private.about
        provider = replace(provider, arm_endpoint=running["arm_endpoint"], ca_file=running.get("ca_file"))
    return await _connected(provider, store, private, in_flight)


async def private_session(store: StateStore) -> Session:
    """Return a session on an emulator of its own, which keeps nothing: for tests of configurations."""
    private = await asyncio.to_thread(_start, None)
    diagnostics = Diagnostics()
    settings = environment_settings({"ARM_ENVIRONMENT": "emulator"}, diagnostics)
    assert not diagnostics.has_errors, "the emulator needs no settings"
    about = private.about
    return await _connected(
        replace(settings, arm_endpoint=about["arm_endpoint"], ca_file=about.get("ca_file")), store, private
    )


async def drill_session(store: StateStore, subscription: str) -> "tuple[Session, DrillWorld]":
    """Return a session on an emulator of its own, which keeps nothing, and what moves its world: for drills."""
    private = await asyncio.to_thread(_start, None)
    diagnostics = Diagnostics()
    settings = environment_settings({"ARM_ENVIRONMENT": "emulator"}, diagnostics)
    assert not diagnostics.has_errors, "the emulator needs no settings"
    about = private.about
    reached = replace(
        settings, arm_endpoint=about["arm_endpoint"], ca_file=about.get("ca_file"), subscription_id=subscription
    )
    return await _connected(reached, store, private), DrillWorld(private.running)


@dataclass(frozen=True, slots=True)
class DrillWorld:
    """The world of an emulator, for `ops.drill`."""

    running: Any

    async def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        await asyncio.to_thread(self.running.advance, seconds)

    async def cut(self, location: str) -> None:
        """Let a region answer nothing and begin nothing."""
        from batchplan.emulator.faultspec import FaultSpec

        spec = FaultSpec.model_validate({"effect": {"kind": "region_down", "halts": True}, "region": location})
        await self._do(lambda _: self.running.faults.add(spec))

    async def restore(self) -> None:
        """Let every region answer again."""
        await self._do(lambda _: self.running.faults.clear())

    async def work(self, account: str, job: str, tasks: Sequence[str], length: float) -> None:
        """Give a job tasks of some ids, each of a length in seconds."""
        from batchplan.emulator.world import jobs
        from batchplan.emulator.world import tasks as make

        def add(world: Any) -> None:
            owner = world.accounts[(account.lower(),)]
            found = jobs.find_job(world, owner, job)
            for name in tasks:
                make.create_task(world, owner, found, {"id": name, "commandLine": f"sleep {length:g}"})

        await self._do(add)

    async def runs(self) -> list[tuple[datetime, str, str]]:
        """Return the jobs that schedules have made, in order."""
        from batchplan.emulator import ticks

        found = await self._do(
            lambda world: [(one.created, one.id, one.account) for one in world.jobs.values() if ":" in one.id]
        )
        return sorted((ticks.to_datetime(at), name.partition(":")[0], account) for at, name, account in found)

    async def finished(self, job: str) -> dict[str, int]:
        """Return how often each task of a job, in all accounts, has succeeded."""
        found = await self._do(
            lambda world: [
                (one.id, one.state == "completed" and one.execution.get("result") == "success")
                for one in world.tasks.values()
                if one.job == job.lower()
            ]
        )
        made: dict[str, int] = {}
        for name, good in found:
            made[name] = made.get(name, 0) + good
        return made

    async def _do(self, function: Callable[[Any], Any]) -> Any:
        return await asyncio.to_thread(self.running.call, function)


async def _connected(
    provider: ProviderSettings, store: StateStore, private: "_Private | None", in_flight: int | None = None
) -> Session:
    try:
        settings = await connect_settings(provider)
        settings = replace(settings, in_flight=in_flight or settings.in_flight)
        clock = await _clock(private, settings)
    except BaseException:
        if private is not None:
            await asyncio.to_thread(private.stop)
        raise
    clients = Clients(settings, clock)
    reader = AzureReader(clients)

    async def close() -> None:
        await clients.close()
        if private is not None:
            await asyncio.to_thread(private.stop)

    return Session(
        reader=reader,
        writer=AzureWriter(clients, reader),
        store=store,
        clock=clock,
        subscription=settings.subscription_id,
        close=close,
        emulated=settings.cloud.emulated,
        client=client_facts(settings),
    )


def _provider(evaluated: Evaluated | None, environ: Mapping[str, str], *, emulator: bool) -> ProviderSettings:
    diagnostics = Diagnostics()
    if evaluated is not None:
        given = provider_settings(evaluated, environ, diagnostics)
        settings = given[None]
        for alias, other in given.items():
            if alias is not None:
                text = f'Objects are all planned with the provider that has no alias; "{alias}" cannot be used yet.'
                diagnostics.error(UNUSED_PROVIDER, text, other.at)
    else:
        settings = environment_settings(environ, diagnostics)
    if emulator:
        environ = {**environ, "ARM_ENVIRONMENT": "emulator"}
        settings = environment_settings(environ, diagnostics)
    check_usable(settings, diagnostics)
    if diagnostics.has_errors:
        raise UserError(diagnostics.items)
    return settings


def _running(folder: Path) -> dict[str, Any] | None:
    """Return what the ready file of an emulator for this folder says, None when none is running."""
    path = folder / EMULATOR_FOLDER / READY_FILE
    try:
        about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return about if alive(int(about["pid"])) else None
    except (OSError, ValueError, KeyError):
        return None


@dataclass(slots=True)
class _Private:
    """An emulator of this process."""

    about: dict[str, Any]
    read: Callable[[], datetime]
    move: Callable[[float], Any]
    stop: Callable[[], None]
    running: Any


def _start(data: Path | None) -> _Private:
    """Start an emulator in this process; its time stands still but for jumps, and is not behind real time.

    Its world is kept in the folder `data`; without one it is gone at the end.
    """
    from batchplan.emulator import ticks
    from batchplan.emulator.options import Options
    from batchplan.emulator.server import Emulator

    if data is not None:
        data.mkdir(parents=True, exist_ok=True)
    running = Emulator(Options(data=data, speed=0.0))
    running.__enter__()
    behind = (datetime.now(UTC) - ticks.to_datetime(running.clock.now())).total_seconds()
    if behind > 0:
        running.advance(behind)
    return _Private(
        about=running.about(),
        read=lambda: ticks.to_datetime(running.clock.now()),
        move=running.advance,
        stop=lambda: running.__exit__(None, None, None),
        running=running,
    )


async def _clock(private: _Private | None, settings: AzureSettings) -> Clock:
    """Return the clock of the service. An emulator that runs by itself has its own calendar, which may have been moved."""
    if private is None and settings.cloud.emulated:
        return ShiftedClock(await asyncio.to_thread(_ahead, settings.cloud))
    if private is None:
        return SystemClock()

    async def move(seconds: float) -> None:
        await asyncio.to_thread(private.move, seconds)

    return JumpingClock(private.read, move)


def _ahead(cloud: Cloud) -> timedelta:
    """Return how far the calendar of an emulator is ahead; nothing where it does not tell, such as behind a proxy."""
    import ssl
    from urllib.request import urlopen

    trust = ssl.create_default_context(cafile=cloud.ca_file) if cloud.ca_file else None
    try:
        with urlopen(f"{cloud.arm_endpoint}/admin/clock", timeout=CLOCK_SECONDS, context=trust) as answer:  # noqa: S310
            there = datetime.fromisoformat(json.load(answer)["now"])
    except (OSError, ValueError, KeyError):
        return timedelta()
    return there - datetime.now(UTC)
