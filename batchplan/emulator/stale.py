"""Stale reads: an entity as it was before a write, for a number of reads."""

import copy
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from batchplan.emulator.model import Account
from batchplan.emulator.wire.http import Request
from batchplan.emulator.world.core import Key, World

Place = tuple[str, Key]  # table and key

# Which entity a path is about; the longest pattern first. Groups become the key, below the account's name.
_DATAPLANE = (
    (re.compile(r"/pools/([^/]+)/nodes/([^/]+)(?:/.*)?"), "nodes"),
    (re.compile(r"/pools/([^/]+)(?:/.*)?"), "pools"),
    (re.compile(r"/jobs/([^/]+)/tasks/([^/]+)(?:/.*)?"), "tasks"),
    (re.compile(r"/jobs/([^/]+)(?:/.*)?"), "jobs"),
    (re.compile(r"/jobschedules/([^/]+)(?:/.*)?"), "schedules"),
)
_COLLECTIONS = (
    (re.compile(r"/pools"), "pools"),
    (re.compile(r"/jobs/([^/]+)/tasks"), "tasks"),
    (re.compile(r"/jobs"), "jobs"),
    (re.compile(r"/jobschedules"), "schedules"),
)
_ACCOUNT = r"/subscriptions/[^/]+/resourcegroups/[^/]+/providers/microsoft\.batch/batchaccounts/([^/]+)"
_ARM = (
    (re.compile(_ACCOUNT + r"/applications/([^/]+)/versions/([^/]+)(?:/.*)?"), "packages"),
    (re.compile(_ACCOUNT + r"/applications/([^/]+)"), "applications"),
    (re.compile(_ACCOUNT + r"/pools/([^/]+)(?:/.*)?"), "pools"),
    (re.compile(_ACCOUNT), "accounts"),
)


def entity_of(plane: str, account: Account | None, request: Request) -> Place | None:
    """Return where the entity that a request reads or writes is kept, or None when it is about no single one."""
    path = request.path.lower().rstrip("/")
    if plane == "arm":
        for pattern, table in _ARM:
            if found := pattern.fullmatch(path):
                return table, found.groups()
        return None
    if account is None:
        return None
    owner = account.name.lower()
    if request.method == "POST":
        for pattern, table in _COLLECTIONS:
            if (found := pattern.fullmatch(path)) and (name := _id_of(request.body)):
                return table, (owner, *found.groups(), name)
    for pattern, table in _DATAPLANE:
        if found := pattern.fullmatch(path):
            return table, (owner, *found.groups())
    return None


@dataclass(slots=True)
class Memory:
    """Entities as they were (None: not yet there), each with the reads that still see them so. Not persisted."""

    kept: dict[Place, tuple[object | None, int]] = field(default_factory=dict)

    def keep(self, world: World, place: Place, reads: int) -> None:
        """Remember an entity as it is now."""
        self.kept[place] = (copy.deepcopy(world.table(place[0]).get(place[1])), reads)

    def forget(self) -> None:
        """Let every read see the present again."""
        self.kept.clear()

    @contextmanager
    def recalled(self, world: World, place: Place) -> Iterator[None]:
        """Put the remembered entity in its place for one read; no event happens meanwhile."""
        past, reads = self.kept.pop(place)
        if reads > 1:
            self.kept[place] = (past, reads - 1)
        table, key = world.table(place[0]), place[1]
        present = table.get(key)
        pending, world.events = world.events, []
        _set(table, key, past)
        try:
            yield
        finally:
            _set(table, key, present)
            world.events = pending


def _set(table: dict[Key, object], key: Key, entity: object | None) -> None:
    if entity is None:
        table.pop(key, None)
    else:
        table[key] = entity


def _id_of(body: bytes) -> str | None:
    try:
        name = json.loads(body).get("id")
    except (ValueError, AttributeError):
        return None
    return name.lower() if isinstance(name, str) else None
