"""What can be derived from the entities, kept so that no event has to look at all of them.

Nothing here is stored: `rebuild.rebuild_indexes` makes it again from the entities after a restart.
Choices made from an index follow keys and ordinals, never the order in which it was filled, so
that a restart changes nothing.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Key = tuple[str, ...]


@dataclass(slots=True)
class Counts:
    """Tasks of a job by state, and the slots they need."""

    active: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    active_slots: int = 0
    running_slots: int = 0

    def add(self, bucket: str, slots: int, sign: int) -> None:
        """Count a task in or out of active, running, succeeded or failed."""
        setattr(self, bucket, getattr(self, bucket) + sign)
        if bucket in {"active", "running"}:
            name = f"{bucket}_slots"
            setattr(self, name, getattr(self, name) + sign * slots)

    def merge(self, other: "Counts", sign: int) -> None:
        """Count all of a job in or out."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + sign * getattr(other, name))


@dataclass(frozen=True, slots=True)
class Shape:
    """What a task needs of nodes: tasks of one shape fit the same nodes. `slots` 0 means a node for itself."""

    slots: int = 1
    instances: int = 1
    dedicated_only: bool = False
    multi: bool = False  # a multi-instance task, also of one instance


@dataclass(slots=True)
class Queue:
    """The tasks of a job that could start now, by shape, first come first."""

    heaps: dict[Shape, list[tuple[int, Key]]] = field(default_factory=dict)
    queued: dict[Key, int] = field(default_factory=dict)

    def push(self, shape: Shape, sequence: int, key: Key) -> None:
        """Queue a task."""
        self.queued[key] = sequence
        heapq.heappush(self.heaps.setdefault(shape, []), (sequence, key))

    def discard(self, key: Key) -> None:
        """Forget a task; its entry is void from now on."""
        self.queued.pop(key, None)

    def heads(self) -> Iterator[tuple[int, Key, Shape]]:
        """Yield the first task of each shape, in order of arrival."""
        found = []
        for shape, heap in list(self.heaps.items()):
            while heap and self.queued.get(heap[0][1]) != heap[0][0]:
                heapq.heappop(heap)
            if heap:
                found.append((heap[0][0], heap[0][1], shape))
            else:
                del self.heaps[shape]
        yield from sorted(found, key=lambda head: head[:2])


@dataclass(slots=True)
class FreeNodes:
    """The nodes of a pool that take tasks, by free slots; among equals the lowest ordinal goes first."""

    free: dict[Key, tuple[bool, int, int]] = field(default_factory=dict)  # node -> dedicated, free slots, ordinal
    heaps: dict[tuple[bool, int], list[tuple[int, Key]]] = field(default_factory=dict)

    def put(self, key: Key, *, dedicated: bool, free: int, ordinal: int) -> None:
        """Say how many slots of a node are free; none takes it out."""
        if free <= 0:
            self.free.pop(key, None)
            return
        entry = (dedicated, free, ordinal)
        if self.free.get(key) != entry:
            self.free[key] = entry
            heapq.heappush(self.heaps.setdefault((dedicated, free), []), (ordinal, key))

    def discard(self, key: Key) -> None:
        """Take a node out."""
        self.free.pop(key, None)

    def ranked(self, need: int, *, pack: bool, dedicated_only: bool) -> list[Key]:
        """Return all nodes with so many free slots, best first."""
        fits = [
            (slots if pack else -slots, ordinal, key)
            for key, (dedicated, slots, ordinal) in self.free.items()
            if slots >= need and (dedicated or not dedicated_only)
        ]
        return [key for _, _, key in sorted(fits)]

    def best(self, need: int, *, pack: bool, dedicated_only: bool) -> Key | None:
        """Return the best node with so many free slots: the fullest to pack, the emptiest to spread."""
        best: tuple[int, int, Key] | None = None
        for (dedicated, slots), heap in list(self.heaps.items()):
            if slots < need or (dedicated_only and not dedicated):
                continue
            while heap and not self._valid(heap[0], dedicated=dedicated, slots=slots):
                heapq.heappop(heap)
            if not heap:
                del self.heaps[dedicated, slots]
                continue
            candidate = (slots if pack else -slots, *heap[0])
            if best is None or candidate < best:
                best = candidate
        return best[2] if best else None

    def _valid(self, entry: tuple[int, Key], *, dedicated: bool, slots: int) -> bool:
        ordinal, key = entry
        return self.free.get(key) == (dedicated, slots, ordinal)


@dataclass(slots=True)
class Index:
    """All that is derived, by key."""

    children: dict[tuple[str, Key], dict[Key, None]] = field(default_factory=dict)
    ready: dict[Key, Queue] = field(default_factory=dict)  # by job
    counts: dict[Key, Counts] = field(default_factory=dict)  # by job
    totals: dict[Key, Counts] = field(default_factory=dict)  # by pool: of all its jobs, completed ones too
    free: dict[Key, FreeNodes] = field(default_factory=dict)  # by pool
    jobs_by_pool: dict[Key, dict[Key, None]] = field(default_factory=dict)  # those not completed or being deleted
    jobs_by_schedule: dict[Key, dict[Key, None]] = field(default_factory=dict)
    open_jobs: dict[Key, dict[Key, None]] = field(default_factory=dict)  # account -> jobs that count for its quota
    waiting: dict[Key, set[str]] = field(default_factory=dict)  # task -> ids (lower case) it still waits for
    dependents: dict[Key, dict[Key, None]] = field(default_factory=dict)  # task -> tasks that wait for it
    ran_on: dict[Key, dict[Key, None]] = field(default_factory=dict)  # node -> tasks whose last run was there
    kicks: dict[Key, list[int]] = field(default_factory=dict)  # pool -> when placings are due

    def added(self, name: str, key: Key) -> None:
        """Note an entity under its parent."""
        self.children.setdefault((name, key[:-1]), {})[key] = None

    def removed(self, name: str, key: Key) -> None:
        """Forget an entity under its parent."""
        siblings = self.children.get((name, key[:-1]))
        if siblings is not None:
            siblings.pop(key, None)
            if not siblings:
                del self.children[name, key[:-1]]

    def forget(self, account: str) -> None:
        """Drop what was derived from an account that is gone (its name in lower case)."""
        derived: tuple[dict[Key, Any], ...] = (
            self.ready,
            self.counts,
            self.totals,
            self.free,
            self.jobs_by_pool,
            self.jobs_by_schedule,
            self.open_jobs,
            self.waiting,
            self.dependents,
            self.ran_on,
            self.kicks,
        )
        for table in derived:
            for key in [key for key in table if key[0] == account]:
                del table[key]

    def below(self, name: str, parent: Key) -> list[Key]:
        """Return the keys of a table under a parent, sorted: nodes of a pool, tasks of a job, pools of an account."""
        return sorted(self.children.get((name, parent), ()))

    def number_below(self, name: str, parent: Key) -> int:
        """Return how many entities of a table are under a parent."""
        return len(self.children.get((name, parent), ()))
