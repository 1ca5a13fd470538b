"""A whole world as one document, and back."""

import json

from batchplan.emulator.adminspec import Snapshot
from batchplan.emulator.clock import Clock
from batchplan.emulator.faults import Faults
from batchplan.emulator.store import dump, loader
from batchplan.emulator.world.core import TABLES, Event, World
from batchplan.emulator.world.rebuild import rebuild_indexes


def export(world: World, faults: Faults) -> Snapshot:
    """Return the world as it is now."""
    world.sync()
    return Snapshot(
        format=1,
        seed=world.seed,
        moment=world.clock.now(),
        speed=world.clock.speed,
        counter=world.counter,
        tables={
            name: [(list(key), json.loads(dump(entity))) for key, entity in world.table(name).items()]
            for name in TABLES
        },
        events=[(event.due, event.sequence, event.kind, list(event.args)) for event in sorted(world.events)],
        faults=faults.dump(),
    )


def restore(world: World, faults: Faults, snapshot: Snapshot) -> None:
    """Make the world what the snapshot says, in place: everything that is there now goes, the clock included.

    Raise ValueError when the snapshot holds tables or events this emulator does not know.
    """
    unknown = (snapshot.tables.keys() - TABLES.keys()) | (
        {kind for _, _, kind, _ in snapshot.events} - set(world.handlers)
    )
    if unknown:
        raise ValueError(f"unknown in this emulator: {', '.join(sorted(unknown))}")
    fresh = {
        name: {tuple(key): loader(TABLES[name])(body) for key, body in rows} for name, rows in snapshot.tables.items()
    }
    for name in TABLES:
        for key in list(world.table(name)):
            world.drop(name, key)
        for key, entity in fresh.get(name, {}).items():
            world.put(name, key, entity)
    world.replace_events(Event(due, sequence, kind, _tuples(args)) for due, sequence, kind, args in snapshot.events)
    rebuild_indexes(world)
    world.seed, world.counter = snapshot.seed, snapshot.counter
    world.clock = Clock(snapshot.moment, snapshot.speed, world.clock.real)
    faults.load(snapshot.faults)
    faults.changed = True


def _tuples(args: list[object]) -> tuple[object, ...]:
    return tuple(_tuples(each) if isinstance(each, list) else each for each in args)
