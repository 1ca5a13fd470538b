"""Where objects are after moves: in any order, only to free addresses, and never away from what is declared."""

import pytest

from batchplan.core.address import AddressError, parse_address, parse_module_path
from batchplan.core.diagnostics import Diagnostics
from batchplan.plan.intents import Move, Place, Removal
from batchplan.plan.relocation import relocated, report_blocked, report_moves, report_removals


def place(text: str) -> Place:
    try:
        return parse_module_path(text)
    except AddressError:
        return parse_address(text)


def moves(*texts: str) -> tuple[Move, ...]:
    """Return moves from texts such as `pool.a -> pool.b`."""
    return tuple(Move(*map(place, text.split(" -> "))) for text in texts)


def words(*listed: str) -> list[str]:
    return [one for text in listed for one in text.split()]


@pytest.mark.parametrize(
    ("recorded", "moved", "declared", "now"),
    [
        ("pool.a", ["pool.a -> pool.b"], "pool.b", "pool.b"),
        ("pool.a", ["pool.a -> pool.b"], "", "pool.b"),
        ("pool.a", ["pool.b -> pool.c", "pool.a -> pool.b"], "pool.c", "pool.c"),
        ("pool.a", ["pool.a -> pool.b", "pool.b -> pool.c"], "pool.c", "pool.c"),
        ("pool.a pool.b", ["pool.a -> pool.b", "pool.b -> pool.c"], "pool.b pool.c", "pool.b pool.c"),
        # Something new is declared at the old address: at first the object goes, then the new one stays.
        ("pool.a", ["pool.a -> pool.b"], "pool.a pool.b", "pool.b"),
        ("pool.a pool.b", ["pool.a -> pool.b"], "pool.a pool.b", "pool.a pool.b"),
        ("pool.a", ["pool.a -> pool.b"], "pool.a", "pool.a"),
        ('pool.a["x"]', ["pool.a -> pool.b"], 'pool.b["x"]', 'pool.b["x"]'),
        ("pool.a", ['pool.a -> pool.a["x"]'], 'pool.a["x"]', 'pool.a["x"]'),
        # What belongs to an instance goes with it.
        ('pool.a pool.a.retired["r-1"]', ["pool.a -> pool.b"], "pool.b", 'pool.b pool.b.retired["r-1"]'),
        ("module.m.pool.a", ["module.m.pool.x -> pool.x", "module.m -> module.n"], "", "module.n.pool.a"),
        (
            "module.m.pool.a",
            ["module.n.pool.a -> module.n.pool.b", "module.m -> module.n"],
            "module.n.pool.b",
            "module.n.pool.b",
        ),
        # A count was added, or taken away.
        ("pool.a", [], "pool.a[0] pool.a[1]", "pool.a[0]"),
        ("pool.a[0] pool.a[1]", [], "pool.a", "pool.a pool.a[1]"),
        ("pool.a", [], 'pool.a["0"]', "pool.a"),
        ("pool.a pool.a[0]", [], "pool.a[0]", "pool.a pool.a[0]"),
        ("pool.a", ["pool.a -> pool.b"], "pool.b[0]", "pool.b[0]"),
        ("pool.a pool.b", ["pool.a -> pool.b"], "pool.a[0] pool.b", "pool.a[0] pool.b"),
        # Moves in a circle move nothing.
        ("pool.a", ["pool.a -> pool.b", "pool.b -> pool.a"], "pool.a pool.b", "pool.a"),
    ],
)
def test_relocated(recorded: str, moved: list[str], declared: str, now: str) -> None:
    """Each object of the state is where its moves lead, if it can be there."""
    listed = [parse_address(one) for one in words(recorded)]
    found = relocated(listed, moves(*moved), map(parse_address, words(declared)))
    assert [str(found.now[one]) for one in listed] == words(now)
    assert found.blocked == ()


def test_an_object_that_would_be_lost_is_told() -> None:
    """What is not declared any more and finds its new address taken would be destroyed; that is an error."""
    listed = [parse_address("pool.a"), parse_address("pool.b")]
    found = relocated(listed, moves("pool.a -> pool.b"), [parse_address("pool.b")])
    assert [str(one) for one in found.now.values()] == ["pool.a", "pool.b"]
    told = Diagnostics()
    report_blocked(found, told)
    assert [one.code.id for one in told] == ["E0510"]
    assert "batchplan state rm 'pool.b'" in told.items[0].detail


@pytest.mark.parametrize(
    ("moved", "declared", "told"),
    [
        (["pool.a -> pool.b"], "pool.b", []),
        (["pool.a -> pool.b"], "pool.a pool.b", []),
        (["pool.a -> pool.b"], "", []),
        (["pool.a -> pool.b", "pool.b -> pool.c"], "pool.c", []),
        (['pool.a["x"] -> pool.a["y"]'], 'pool.a["y"]', []),
        (["module.m -> module.n"], "module.n.pool.a", []),
        (["pool.a -> pool.a"], "pool.a", ["pool.a cannot move to itself"]),
        (["pool.a -> job.a"], "job.a", ["of different kinds"]),
        (["data.pool.a -> data.pool.b"], "", ["only read"]),
        (["pool.a -> pool.b"], "pool.a", ["pool.a is still declared, and pool.b is not"]),
        (["module.m -> module.n"], "module.m.pool.a", ["module.m.pool.a is still declared, and module.n is not"]),
        (["pool.a -> pool.b", "pool.a -> pool.c"], "pool.b pool.c", ["says that pool.a moved to pool.b"]),
        (["pool.a -> pool.c", "pool.b -> pool.c"], "pool.c", ["says that pool.a moved to pool.c, where only one"]),
        (
            ["pool.a -> pool.b", "pool.b -> pool.c", "pool.c -> pool.a"],
            "pool.a pool.b pool.c",
            ["pool.a -> pool.b -> pool.c -> pool.a"],
        ),
    ],
)
def test_moves_that_mean_nothing(moved: list[str], declared: str, told: list[str]) -> None:
    """Each contradiction is told once, with the addresses in question."""
    found = Diagnostics()
    report_moves(moves(*moved), map(parse_address, words(declared)), found)
    assert [one.code.id for one in found] == ["E0322"] * len(told)
    for one, part in zip(found, told, strict=True):
        assert part in one.detail


@pytest.mark.parametrize(
    ("removed", "declared", "left"),
    [
        ("pool.a", "pool.b", None),
        ("pool.a", 'pool.a["x"]', 'pool.a["x"]'),
        ('pool.a["x"]', 'pool.a["y"]', None),
        ('pool.a["x"]', 'pool.a["y"] pool.a["x"]', 'pool.a["x"]'),
        ("pool.a", "module.m.pool.a", None),
        ("module.m", "module.m[0].module.n.pool.a", "module.m[0].module.n.pool.a"),
        ("module.m[1]", "module.m[0].pool.a", None),
        ("module.m.pool.a", 'module.m["x"].pool.a', 'module.m["x"].pool.a'),
        ("module.m.pool.a", "module.m.module.n.pool.a", None),
    ],
)
def test_removals_of_what_is_declared(removed: str, declared: str, left: str | None) -> None:
    """What is removed must be gone from the configuration: what is named without a key, in every instance."""
    found = Diagnostics()
    report_removals([Removal(place(removed), destroy=False)], map(parse_address, words(declared)), found)
    told = [one.detail.partition(" is still")[0] for one in found]
    assert told == ([left] if left else [])
