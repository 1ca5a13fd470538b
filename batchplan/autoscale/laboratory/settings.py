"""The pool of a simulation and its surroundings, and how long things take there."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class Timing(Protocol):
    """How long things take, in seconds. Resizes and nodes are told apart by their number, from 1 on."""

    pickup: float
    """From a task's arrival until it is given to a node that is free."""

    def resize(self, number: int, wanted: int, leaving: int) -> float:
        """Return how long a resize takes at least that adds and takes away so many nodes."""
        ...

    def removal(self, node: int) -> float:
        """Return how long a node takes to go once nothing runs on it."""
        ...

    def start(self, node: int) -> float:
        """Return how long a node takes from being there to being ready, its start task included."""
        ...


@dataclass(slots=True)
class Even:
    """Nodes are there when they are asked for, and ready after about so many seconds, give or take a tenth."""

    seconds: float
    chance: random.Random
    pickup: float = 0.0

    def resize(self, number: int, wanted: int, leaving: int) -> float:  # noqa: ARG002
        """Take no time: the time to get a node is a part of its boot."""
        return 0.0

    def removal(self, node: int) -> float:  # noqa: ARG002
        """Take no time."""
        return 0.0

    def start(self, node: int) -> float:  # noqa: ARG002
        """Draw the time to boot."""
        return self.seconds * (0.9 + 0.2 * self.chance.random())


@dataclass(frozen=True, slots=True)
class Settings:
    """The pool and its surroundings; times are seconds, prices are per node hour.

    `delay` is how late a sample becomes visible and `loss` the share that never does. `preemption` is the chance
    that a low-priority node is taken within an hour, `spot_return` how long until another is found. `retention` is
    how long the data of a task keep its node with the option retaineddata, and `resize_timeout` how long a resize
    waits for tasks at most. Without a `start` the clock begins on a Monday at midnight (UTC) after every moment that
    the formula mentions, because such a moment is usually the pool's creation. `timing` takes the place of `boot`
    and `start_task`.
    """

    slots: int = 1
    boot: float = 180.0
    start_task: float = 60.0
    interval: float = 900.0
    delay: float = 30.0
    loss: float = 0.0
    preemption: float = 0.0
    spot_return: float = 600.0
    quota_dedicated: int = 1000
    quota_low_priority: int = 1000
    price_dedicated: float | None = None
    price_low_priority: float | None = None
    pack: bool = False
    seed: int = 0
    start: datetime | None = None
    resize_timeout: float = 900.0
    retention: float = 7 * 86_400.0
    timing: Timing | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if self.slots < 1 or self.interval <= 0 or not 0 <= self.loss <= 1 or not 0 <= self.preemption < 1:
            raise ValueError("slots are at least 1, the interval is positive, loss and preemption are shares")
