"""The world: entities by key, and what is going to happen.

Nothing runs in the background. `World.sync` handles every event that has fallen due, in order of
time and then of arrival, with `World.now` set to the moment of the event; every request and every
move of the clock calls it first. So the same seed and the same calls at the same virtual times
give the same world, whether the clock runs, jumps, or is moved by hand.
"""

import hashlib
import heapq
import random
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from batchplan.emulator import ticks
from batchplan.emulator.clock import Clock
from batchplan.emulator.model import (
    Account,
    Application,
    ApplicationPackage,
    Job,
    JobSchedule,
    Node,
    Operation,
    Pool,
    ResourceGroup,
    Task,
)
from batchplan.emulator.world.hooks import Hooks, NoFaults
from batchplan.emulator.world.index import Index

Key = tuple[str, ...]
Handler = Callable[["World", tuple[Any, ...]], None]


@dataclass(order=True, slots=True)
class Event:
    """Something that will happen: `kind` names its handler, `args` are JSON scalars and lists."""

    due: int
    sequence: int
    kind: str = field(compare=False)
    args: tuple[Any, ...] = field(compare=False)


@dataclass(slots=True)
class Watch:
    """What has become of events since the store last looked; `whole` says that all have changed."""

    added: dict[int, Event] = field(default_factory=dict)  # by sequence
    gone: set[int] = field(default_factory=set)
    whole: bool = True

    def begin(self) -> None:
        """Look from now on."""
        self.added.clear()
        self.gone.clear()
        self.whole = False


TABLES: dict[str, type] = {
    "groups": ResourceGroup,
    "accounts": Account,
    "applications": Application,
    "packages": ApplicationPackage,
    "pools": Pool,
    "nodes": Node,
    "jobs": Job,
    "tasks": Task,
    "schedules": JobSchedule,
    "operations": Operation,
}


class World:
    """Everything that exists, keyed in lower case.

    Keys: groups (subscription, name); accounts (account,); applications (account, app);
    packages (account, app, version); pools (account, pool); nodes (account, pool, node);
    jobs (account, job); tasks (account, job, task); schedules (account, schedule); operations (id,).
    """

    def __init__(self, clock: Clock, seed: int, handlers: dict[str, Handler]) -> None:
        self.clock = clock
        self.seed = seed
        self.handlers = handlers
        self.groups: dict[Key, ResourceGroup] = {}
        self.accounts: dict[Key, Account] = {}
        self.applications: dict[Key, Application] = {}
        self.packages: dict[Key, ApplicationPackage] = {}
        self.pools: dict[Key, Pool] = {}
        self.nodes: dict[Key, Node] = {}
        self.jobs: dict[Key, Job] = {}
        self.tasks: dict[Key, Task] = {}
        self.schedules: dict[Key, JobSchedule] = {}
        self.operations: dict[Key, Operation] = {}
        self.events: list[Event] = []
        self.watch: Watch | None = None  # set by a store
        self.counter = 0
        self.hooks: Hooks = NoFaults()
        self.index = Index()
        self.changed: set[tuple[str, Key]] = set()
        self._moment: int | None = None

    @property
    def now(self) -> int:
        """The moment being lived through: that of the event in hand, or of the clock."""
        return self._moment if self._moment is not None else self.clock.now()

    def stamp(self) -> int:
        """Return the time for a write: the event's own moment, else a tick of the clock never given before."""
        return self._moment if self._moment is not None else self.clock.stamp()

    def table(self, name: str) -> dict[Key, Any]:
        """Return a table by its name in `TABLES`."""
        found: dict[Key, Any] = getattr(self, name)
        return found

    def put(self, name: str, key: Key, entity: object) -> None:
        """Add or replace an entity and mark it for the store."""
        self.table(name)[key] = entity
        self.index.added(name, key)
        self.changed.add((name, key))

    def serial(self) -> int:
        """Return a number never given before in this world."""
        self.counter += 1
        return self.counter

    def touch(self, name: str, key: Key) -> None:
        """Mark an entity as changed, for the store."""
        self.changed.add((name, key))

    def drop(self, name: str, key: Key) -> None:
        """Remove an entity, if it is there."""
        self.table(name).pop(key, None)
        self.index.removed(name, key)
        self.changed.add((name, key))

    def at(self, due: int, kind: str, *args: Any) -> None:
        """Let an event happen at a moment (ticks); at once if the moment has passed."""
        if kind not in self.handlers:
            raise KeyError(f"no handler for event {kind}")
        event = Event(due, self.serial(), kind, args)
        heapq.heappush(self.events, event)
        if self.watch is not None:
            self.watch.added[event.sequence] = event

    def replace_events(self, events: Iterable[Event]) -> None:
        """Let these be all that is going to happen."""
        self.events[:] = events
        heapq.heapify(self.events)
        if self.watch is not None:
            self.watch.whole = True

    def after(self, delay: float, kind: str, *args: Any) -> None:
        """Let an event happen some virtual seconds from now."""
        self.at(self.now + ticks.seconds(delay), kind, *args)

    def sync(self) -> None:
        """Live through everything that has fallen due by now."""
        until = self.clock.now()
        while self.events and self.events[0].due <= until:
            event = heapq.heappop(self.events)
            if self.watch is not None and self.watch.added.pop(event.sequence, None) is None:
                self.watch.gone.add(event.sequence)
            with self._living(event.due):
                self.handlers[event.kind](self, event.args)

    def next_due(self) -> int | None:
        """Return the moment of the next event in ticks, or None when nothing is pending."""
        return self.events[0].due if self.events else None

    def random(self, *parts: object) -> random.Random:
        """Return a generator that depends on the seed and the parts only, never on what was drawn before."""
        return random.Random(":".join(map(str, (self.seed, *parts))))

    def guid(self, *parts: object) -> str:
        """Return a GUID that depends on the seed and the parts only."""
        return str(
            uuid.UUID(
                bytes=hashlib.sha256(":".join(map(str, (self.seed, "guid", *parts))).encode()).digest()[:16], version=4
            )
        )

    def fresh_guid(self) -> str:
        """Return a GUID never given before in this world."""
        return self.guid("counter", self.serial())

    @contextmanager
    def _living(self, moment: int) -> Iterator[None]:
        self._moment = moment
        try:
            yield
        finally:
            self._moment = None
