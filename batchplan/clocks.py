"""Clocks: the system's, the same with another calendar, and that of an emulated service, which jumps while everybody waits."""

import asyncio
import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

PAUSE = 0.01
"""Real seconds that everybody must have been waiting before virtual time jumps."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        """Return the present time."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class ShiftedClock:
    """Real time, so much ahead of the present: that of a service with a calendar of its own."""

    ahead: timedelta

    def now(self) -> datetime:
        """Return the present time there."""
        return datetime.now(UTC) + self.ahead

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@dataclass(slots=True)
class JumpingClock:
    """Virtual time of a service that stands still until it is moved.

    Whoever sleeps is put on a list; once a moment has passed in which nobody came, time is moved to the
    first awakening. So a wait of minutes takes milliseconds, and still everything happens in its order.
    """

    read: Callable[[], datetime]
    move: Callable[[float], Awaitable[None]]
    _sleepers: list[tuple[datetime, int, "asyncio.Future[None]"]] = field(default_factory=list)
    _count: int = 0
    _pump: "asyncio.Task[None] | None" = None

    def now(self) -> datetime:
        """Return the present virtual time."""
        return self.read()

    async def sleep(self, seconds: float) -> None:
        """Return when virtual time has come that far."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (self.now() + timedelta(seconds=seconds), self._count, woken))
        if self._pump is None or self._pump.done():
            self._pump = asyncio.create_task(self._run())
        await woken

    async def _run(self) -> None:
        while self._sleepers:
            seen = self._count
            await asyncio.sleep(PAUSE)
            if seen != self._count:
                continue
            ahead = (self._sleepers[0][0] - self.now()).total_seconds()
            if ahead > 0:
                await self.move(ahead)
            while self._sleepers and self._sleepers[0][0] <= self.now() + timedelta(milliseconds=1):
                _, _, woken = heapq.heappop(self._sleepers)
                if not woken.done():
                    woken.set_result(None)
