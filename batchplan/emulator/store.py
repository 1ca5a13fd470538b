"""A world on disk: entities as JSON by table and key, pending events, and the state of the clock.

One SQLite file. `flush` writes what has changed since the last one in a single transaction, and
nothing when nothing has; a process that is killed loses at most the request in hand.
"""

import fcntl
import json
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import IO, Any, Union, get_args, get_origin, get_type_hints

from batchplan.emulator.clock import Clock
from batchplan.emulator.world.core import TABLES, Event, Key, Watch, World

FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entities (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS events (sequence INTEGER PRIMARY KEY, due INTEGER, kind TEXT, args TEXT);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""


class ForeignStore(Exception):
    """The file is no store of this version of the emulator."""


class BusyStore(ForeignStore):
    """Another emulator uses the file."""


class Store:
    """The file of one world; `None` keeps nothing. Raise BusyStore while another one uses it, dead ones do not."""

    def __init__(self, path: Path | None) -> None:
        self._lock = _locked(path.with_suffix(".lock")) if path else None
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False) if path else None
        self._clock: tuple[int, float] | None = None
        self._facts: dict[str, str] = {}
        try:
            if self._file:
                self._open(self._file)
        except ForeignStore:
            self.close()
            raise

    def _open(self, file: sqlite3.Connection) -> None:
        try:
            file.execute("PRAGMA journal_mode = WAL")
            file.execute("PRAGMA synchronous = NORMAL")
            file.executescript(_SCHEMA)
            self._facts = dict(file.execute("SELECT name, value FROM facts"))
        except sqlite3.DatabaseError as error:
            raise ForeignStore(f"not an emulator store: {error}") from error
        written = int(self._facts.get("format", FORMAT))
        if written != FORMAT:
            raise ForeignStore(f"the store has format {written}; this version reads format {FORMAT}")

    def fact(self, name: str) -> str | None:
        """Return a stored fact: `moment`, `seed`, `counter`, or one kept with `remember`."""
        return self._facts.get(name)

    def remember(self, name: str, value: str) -> None:
        """Keep a fact, at once."""
        self._facts[name] = value
        if self._file:
            self._file.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def json(self, name: str) -> Any:
        """Return a stored fact as JSON; raise KeyError when there is none."""
        return json.loads(self._facts[name])

    def load(self, world: World) -> None:
        """Fill an empty world with what was stored. Its clock and seed are the caller's, who asks `fact` for them."""
        if self._file is None:
            return
        for kind, key, body in self._file.execute("SELECT kind, key, body FROM entities"):
            world.put(kind, tuple(json.loads(key)), loader(TABLES[kind])(json.loads(body)))
        world.changed.clear()
        rows = self._file.execute("SELECT due, sequence, kind, args FROM events ORDER BY due, sequence")
        world.replace_events(
            Event(due, sequence, kind, _frozen(json.loads(args))) for due, sequence, kind, args in rows
        )
        world.counter = int(self._facts.get("counter", 0))

    def flush(self, world: World) -> None:
        """Write what has changed since the last flush."""
        mark = world.clock.mark()
        if not world.changed and mark == self._clock:
            return
        changed, self._clock = set(world.changed), mark
        world.changed.clear()
        if self._file is None:
            return
        self._file.execute("BEGIN")
        self._write_entities(self._file, world, changed)
        self._write_events(self._file, world)
        now = {"format": FORMAT, "moment": world.clock.now(), "seed": world.seed, "counter": world.counter}
        self._facts.update({name: str(value) for name, value in now.items()})
        self._file.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", [(k, str(v)) for k, v in now.items()])
        self._file.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        if self._file:
            self._file.close()
            self._file = None
        if self._lock:
            self._lock.close()
            self._lock = None

    def _write_entities(self, file: sqlite3.Connection, world: World, changed: set[tuple[str, Key]]) -> None:
        gone, kept = [], []
        for kind, key in changed:
            entity = world.table(kind).get(key)
            name = json.dumps(key)
            if entity is None:
                gone.append((kind, name))
            else:
                kept.append((kind, name, dump(entity)))
        file.executemany("DELETE FROM entities WHERE kind = ? AND key = ?", gone)
        file.executemany("INSERT OR REPLACE INTO entities VALUES (?, ?, ?)", kept)

    def _write_events(self, file: sqlite3.Connection, world: World) -> None:
        watch = world.watch
        if watch is None:
            watch = world.watch = Watch()
        if watch.whole:
            file.execute("DELETE FROM events")
            added: Iterable[Event] = world.events
        else:
            file.executemany("DELETE FROM events WHERE sequence = ?", [(each,) for each in watch.gone])
            added = watch.added.values()
        rows = [(each.sequence, each.due, each.kind, json.dumps(each.args)) for each in added]
        file.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", rows)
        watch.begin()


def _locked(path: Path) -> IO[bytes]:
    """Return a file held for this process alone; the system lets go of it however the process ends."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise BusyStore("another emulator is using it") from None
    return file


def dump(entity: object) -> str:
    """Return a dataclass as JSON text; nested dataclasses become objects, tuples become lists."""
    return json.dumps(_plain(entity), default=_plain, separators=(",", ":"))


def _plain(value: object) -> dict[str, Any]:
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    raise TypeError(f"{type(value).__name__} is not kept in the store")


Loader = Callable[[Any], Any]


@cache
def loader(kind: Any) -> Loader:
    """Return the function that makes a value of a type from its JSON: dataclasses, tuples, and what contains them.

    Members missing from the JSON take their defaults, so that a store outlives new members.
    """
    if isinstance(kind, type) and is_dataclass(kind):
        return _record(kind)
    origin, args = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        (inner,) = [loader(each) for each in args if each is not NoneType]
        return lambda value: None if value is None else inner(value)
    if origin is tuple:
        return _tuple(args)
    if origin is list:
        inner = loader(args[0])
        return lambda value: [inner(each) for each in value]
    if origin is dict and any(is_dataclass(each) or get_origin(each) is tuple for each in args):
        inner = loader(args[1])
        return lambda value: {name: inner(each) for name, each in value.items()}
    return lambda value: value


def _record(kind: type) -> Loader:
    hints = get_type_hints(kind)
    members = {each.name: loader(hints[each.name]) for each in fields(kind)}
    return lambda value: kind(**{name: members[name](each) for name, each in value.items() if name in members})


def _tuple(args: tuple[Any, ...]) -> Loader:
    if len(args) == 2 and args[1] is Ellipsis:
        inner = loader(args[0])
        return lambda value: tuple(inner(each) for each in value)
    inners = [loader(each) for each in args]
    return lambda value: tuple(inner(each) for inner, each in zip(inners, value, strict=True))


def _frozen(value: Any) -> Any:
    """Return the arguments of an event with tuples for lists, so that keys among them can be looked up."""
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def restored_clock(store: Store, *, start: int, speed: float) -> Clock:
    """Return a clock that goes on from the stored moment, or begins at `start` (ticks) in a new store."""
    moment = store.fact("moment")
    return Clock(int(moment) if moment else start, speed)
