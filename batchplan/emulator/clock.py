"""A virtual clock: real time times a speed, or frozen and moved by hand."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from batchplan.emulator import ticks


@dataclass(slots=True)
class Clock:
    """Virtual time. `speed` is virtual seconds per real second; 0 freezes it.

    `now` never goes back, and never answers the same tick twice to `stamp`, so that each
    write of an entity gets an ETag of its own.
    """

    start: int
    speed: float = 0.0
    real: Callable[[], float] = time.monotonic
    _base_virtual: int = field(init=False)
    _base_real: float = field(init=False)
    _last_stamp: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._base_virtual = self.start
        self._base_real = self.real()

    def now(self) -> int:
        """Return the virtual time in ticks."""
        passed = (self.real() - self._base_real) * self.speed
        return max(self._base_virtual + ticks.seconds(passed), self._last_stamp)

    def stamp(self) -> int:
        """Return a time for a write: now, or one microsecond after the last stamp."""
        self._last_stamp = max(self.now(), self._last_stamp + 10)
        return self._last_stamp

    def advance(self, seconds: float) -> int:
        """Move time forward by virtual seconds and return the new time; raise ValueError for a negative amount."""
        if seconds < 0:
            raise ValueError("time cannot go back")
        return self.set(self.now() + ticks.seconds(seconds))

    def set(self, moment: int) -> int:
        """Move time forward to a moment in ticks and return it; raise ValueError when it has passed."""
        if moment < self.now():
            raise ValueError("time cannot go back")
        self._base_virtual, self._base_real = moment, self.real()
        return moment

    def mark(self) -> tuple[int, float]:
        """Return what only a hand on the clock changes: equal marks mean that time has passed by itself."""
        return self._base_virtual, self.speed

    def set_speed(self, speed: float) -> None:
        """Go on from the present moment at another speed; 0 freezes."""
        if speed < 0:
            raise ValueError("speed must not be negative")
        self._base_virtual, self._base_real = self.now(), self.real()
        self.speed = speed
