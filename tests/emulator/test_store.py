"""The store keeps a world across restarts and writes only what has changed."""

import json
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from batchplan.emulator import ticks
from batchplan.emulator.clock import Clock
from batchplan.emulator.model import Account, Node, Pool, ResizeError, Task
from batchplan.emulator.store import BusyStore, ForeignStore, Store, dump, loader, restored_clock
from batchplan.emulator.world.core import TABLES, Event, World

START = ticks.parse_iso("2025-06-01T00:00:00Z")


def world(clock: Clock | None = None, log: list[Any] | None = None) -> World:
    seen = log if log is not None else []
    return World(clock or Clock(START), 7, {"tick": lambda world, args: seen.append((world.now, args))})


@dataclass(slots=True)
class Inner:
    name: str = ""
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Outer:
    one: Inner | None = None
    many: list[Inner] = field(default_factory=list)
    by_name: dict[str, Inner] = field(default_factory=dict)
    rows: list[tuple[str, int]] = field(default_factory=list)
    free: dict[str, Any] = field(default_factory=dict)


@pytest.mark.parametrize(
    "value",
    [
        Outer(),
        Outer(one=Inner("a", (("k", "v"),))),
        Outer(
            many=[Inner("b")], by_name={"x": Inner("c", (("1", "2"),))}, rows=[("r", 1)], free={"deep": [{"n": None}]}
        ),
    ],
    ids=["empty", "nested", "containers"],
)
def test_a_dataclass_survives_json(value: Outer) -> None:
    """Nested dataclasses and tuples come back as what they were."""
    assert loader(Outer)(json.loads(dump(value))) == value


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_entity_survives_json(name: str) -> None:
    """Each kind of entity with its defaults comes back equal."""
    assert loader(TABLES[name])(json.loads(dump(TABLES[name]()))) == TABLES[name]()


def test_a_member_the_store_does_not_know_takes_its_default() -> None:
    """A store written before a member existed can still be read."""
    body = json.loads(dump(Task(id="t")))
    del body["run"]
    assert loader(Task)(body) == Task(id="t")


def test_a_world_goes_on_where_it_was(tmp_path: Path) -> None:
    """Entities, pending events, the counter and the time come back from the file."""
    path = tmp_path / "world.db"
    first, store = world(), Store(path)
    first.put("accounts", ("a",), Account(name="a", keys={"primary": "x"}))
    first.put("pools", ("a", "p"), Pool(id="p", resize_errors=[ResizeError("C", "m", (("k", "v"),))]))
    first.put("nodes", ("a", "p", "n"), Node(id="n", running_tasks=[("j", "t")]))
    first.after(60, "tick", ["a", "p"], 3)
    first.clock.advance(5)
    guid = first.fresh_guid()
    store.flush(first)
    store.close()

    again = Store(path)
    log: list[Any] = []
    second = world(restored_clock(again, start=0, speed=0), log)
    again.load(second)
    assert second.accounts == first.accounts
    assert second.pools == first.pools
    assert second.nodes == first.nodes
    assert second.clock.now() == START + ticks.seconds(5)
    assert second.fresh_guid() != guid
    second.clock.advance(60)
    second.sync()
    assert log == [(START + ticks.seconds(60), (("a", "p"), 3))]


def test_an_event_that_has_happened_is_forgotten(tmp_path: Path) -> None:
    """After a flush the file holds the events still pending, and no other."""
    path = tmp_path / "world.db"
    living, store = world(), Store(path)
    living.after(1, "tick", "early")
    living.after(9, "tick", "late")
    living.touch("accounts", ("none",))
    store.flush(living)
    living.clock.advance(2)
    living.sync()
    store.flush(living)
    rows = sqlite3.connect(path).execute("SELECT args FROM events").fetchall()
    assert rows == [('["late"]',)]


def test_a_dropped_entity_leaves_the_file(tmp_path: Path) -> None:
    """Dropping removes the row."""
    path = tmp_path / "world.db"
    living, store = world(), Store(path)
    living.put("accounts", ("a",), Account(name="a"))
    store.flush(living)
    living.drop("accounts", ("a",))
    store.flush(living)
    assert sqlite3.connect(path).execute("SELECT count(*) FROM entities").fetchone() == (0,)


def test_nothing_is_written_when_nothing_has_changed(tmp_path: Path) -> None:
    """A read costs no transaction, even though time passes."""
    path = tmp_path / "world.db"
    living, store = world(Clock(START, speed=1000)), Store(path)
    living.put("accounts", ("a",), Account(name="a"))
    store.flush(living)
    watcher = sqlite3.connect(path)
    before = watcher.execute("PRAGMA data_version").fetchone()
    for _ in range(100):
        store.flush(living)
    assert watcher.execute("PRAGMA data_version").fetchone() == before


def test_a_hand_on_the_clock_is_kept(tmp_path: Path) -> None:
    """Moving the clock is written although no entity has changed."""
    path = tmp_path / "world.db"
    living, store = world(), Store(path)
    living.clock.advance(3600)
    store.flush(living)
    store.close()
    assert restored_clock(Store(path), start=0, speed=0).now() == START + ticks.seconds(3600)


def test_a_store_without_a_file_keeps_nothing() -> None:
    """In-memory mode takes the same calls."""
    living, store = world(), Store(None)
    living.put("accounts", ("a",), Account(name="a"))
    store.flush(living)
    assert not living.changed
    empty = world()
    store.load(empty)
    assert not empty.accounts


def test_a_file_is_used_by_one_at_a_time(tmp_path: Path) -> None:
    """A second store of the same file is refused until the first is closed."""
    path = tmp_path / "world.db"
    first = Store(path)
    with pytest.raises(BusyStore, match="another emulator"):
        Store(path)
    first.close()
    Store(path).close()


@pytest.mark.parametrize("content", ["text", "format"], ids=["no database", "another format"])
def test_a_foreign_file_is_refused(tmp_path: Path, content: str) -> None:
    """A file of another kind or format is left alone and named."""
    path = tmp_path / "world.db"
    if content == "text":
        path.write_text("not a database, but long enough to look at" * 50)
        with pytest.raises(ForeignStore, match="not an emulator store"):
            Store(path)
        return
    store = Store(path)
    store.remember("format", "99")
    store.close()
    with pytest.raises(ForeignStore, match="format 99"):
        Store(path)


def test_facts_are_kept_at_once(tmp_path: Path) -> None:
    """A remembered fact is there without a flush."""
    path = tmp_path / "world.db"
    Store(path).remember("port:a", "4711")
    assert Store(path).fact("port:a") == "4711"


def test_events_replaced_as_a_whole_are_written_as_a_whole(tmp_path: Path) -> None:
    """What was pending before a replacement is forgotten, and changes after it are kept."""
    path = tmp_path / "world.db"
    living, store = world(), Store(path)
    living.after(1, "tick", "old")
    living.touch("accounts", ("none",))
    store.flush(living)
    living.replace_events([Event(living.now + 5, 100, "tick", ("new",))])
    living.touch("accounts", ("none",))
    store.flush(living)
    living.counter = 100
    living.after(9, "tick", "later")
    living.touch("accounts", ("none",))
    store.flush(living)
    store.close()
    again = world()
    Store(path).load(again)
    assert [each.args for each in sorted(again.events)] == [("new",), ("later",)]
