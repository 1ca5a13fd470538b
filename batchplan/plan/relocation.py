"""Where the objects of the state are now: what moved blocks say, followed from one to the next.

A moved block may stay in a configuration long after it has done its work, so it must do no harm there: an object leaves
its address only for one that is free, and never one that is still declared for one that is not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from batchplan.core.address import Address, path_text
from batchplan.core.codes import ADDRESS_TAKEN, INVALID_MOVE
from batchplan.core.diagnostics import Diagnostics
from batchplan.plan.intents import Move, Place, Removal


@dataclass(frozen=True, slots=True)
class Blocked:
    """An object that is no longer declared and cannot go where a move leads, because another one is there."""

    address: Address
    target: Address
    move: Move


@dataclass(frozen=True, slots=True)
class Relocation:
    """Where each object is now, by where the state has it; and those that cannot move."""

    now: Mapping[Address, Address]
    blocked: tuple[Blocked, ...] = ()


def relocated(recorded: Iterable[Address], moves: Sequence[Move], declared: Iterable[Address]) -> Relocation:
    """Return where the objects of a state are, after all moves, in whatever order those are written.

    What belongs to an instance, such as its backups, goes with it. As in Terraform, an object without a key becomes
    instance 0 of a block that has been given a count, and the other way round.
    """
    listed = list(recorded)
    wanted = {one.instance for one in declared}
    instances = list(dict.fromkeys(one.instance for one in listed))
    ways = {one: _way(one, moves, wanted) for one in instances}
    now = {one: one for one, way in ways.items() if not way}
    taken = set(instances)  # also by those that have not left yet
    blocked = []
    for one in sorted((one for one in instances if one not in now), key=lambda each: len(ways[each])):
        taken.discard(one)
        free = [at for at in _places(one, ways[one], wanted) if at not in taken]
        target, move = ways[one][-1]
        if not free and one not in wanted and move is not None:
            blocked.append(Blocked(one, target, move))
        now[one] = free[0] if free else one
        taken.add(now[one])
    return Relocation({one: _with_parts(one, now[one.instance]) for one in listed}, tuple(blocked))


def _places(origin: Address, way: Sequence[tuple[Address, Move | None]], wanted: set[Address]) -> Iterator[Address]:
    """Yield where an object may go, best first: where its way ends, or a declared place on it, or of its own block."""
    yield way[-1][0]
    yield from (at for at, _ in reversed(way[:-1]) if at in wanted)
    implied = _implied(origin, wanted)
    if implied is not None:
        yield implied


def _with_parts(address: Address, instance: Address) -> Address:
    for part in address.parts:
        instance = instance.part(part.word, part.key)
    return instance


def _way(origin: Address, moves: Sequence[Move], wanted: set[Address]) -> list[tuple[Address, Move | None]]:
    """Return the addresses that an object goes through; none when it stays where it is."""
    way: list[tuple[Address, Move | None]] = []
    at, seen = origin, {origin}
    while (found := _step(at, moves)) is not None:
        if found[0] in seen:
            return []  # a circle, which is reported where moves are
        way.append(found)
        at = found[0]
        seen.add(at)
    if (implied := _implied(at, wanted)) is not None:
        way.append((implied, None))
        at = implied
    return [] if at == origin or (origin in wanted and at not in wanted) else way


def _step(address: Address, moves: Sequence[Move]) -> tuple[Address, Move] | None:
    for move in moves:
        found = move.new_address(address)
        if found is not None and found != address:
            return found, move
    return None


def _implied(address: Address, wanted: set[Address]) -> Address | None:
    """Return what a block that is declared without count any more is called with one, or the other way round."""
    if address in wanted or address.key not in (None, 0):
        return None
    other = address.with_key(0 if address.key is None else None)
    return other if other in wanted else None


def report_blocked(found: Relocation, diagnostics: Diagnostics) -> None:
    """Report objects that would be destroyed because the address they are to move to is taken."""
    for one in found.blocked:
        detail = (
            f"{one.address} cannot move to {one.target}: the state has another object there. Move that one away, or "
            f"let the state forget it: batchplan state rm '{one.target}'. Without the moved block, {one.address} is "
            "destroyed."
        )
        diagnostics.error(ADDRESS_TAKEN, detail, one.move.at)


def report_moves(moves: Sequence[Move], declared: Iterable[Address], diagnostics: Diagnostics) -> None:
    """Report moves that cannot mean anything, contradict each other, or leave something behind that is declared."""
    listed = list(declared) if moves else []
    targets: dict[Place, Place] = {}
    origins: dict[Place, Place] = {}
    for move in moves:
        target = targets.setdefault(move.origin, move.target)
        origin = origins.setdefault(move.target, move.origin)
        fault = _fault(move, listed)
        if not fault and target != move.target:
            fault = f"Another moved block says that {_text(move.origin)} moved to {_text(target)}."
        elif not fault and origin != move.origin:
            fault = (
                f"Another moved block says that {_text(origin)} moved to {_text(move.target)}, where only one can be."
            )
        if fault:
            diagnostics.error(INVALID_MOVE, fault, move.at)
    for move in moves:
        circle = _circle(move, targets)
        if circle:
            diagnostics.error(INVALID_MOVE, circle, move.at)
            break


def report_removals(removals: Iterable[Removal], declared: Iterable[Address], diagnostics: Diagnostics) -> None:
    """Report removals of what is still declared."""
    listed = list(declared)
    for removal in removals:
        left = next((one for one in listed if removal.covers(one)), None)
        if left is not None:
            detail = f"{left} is still declared. Remove its block as well, or remove this removed block."
            diagnostics.error(INVALID_MOVE, detail, removal.at)


def _fault(move: Move, declared: Sequence[Address]) -> str:
    origin, target = move.origin, move.target
    if origin == target:
        return f"{_text(origin)} cannot move to itself; remove this block."
    if isinstance(origin, Address) and isinstance(target, Address):
        if origin.data or target.data:
            return "What is only read is not in the state, so it does not move; remove this block."
        if origin.kind != target.kind:
            return f"{origin} and {target} are of different kinds; an object keeps its kind."
    left = next((one for one in declared if move.new_address(one) is not None), None)
    if left is None or any(_is_at(target, one) for one in declared):
        return ""
    return (
        f"{left} is still declared, and {_text(target)} is not. Rename the block as well, or remove this moved block."
    )


def _is_at(place: Place, one: Address) -> bool:
    if isinstance(place, Address):
        return one.module == place.module and one.with_key(None) == place.with_key(None)
    return [step.name for step in one.module[: len(place)]] == [step.name for step in place]


def _circle(move: Move, targets: Mapping[Place, Place]) -> str:
    at, seen = move.target, [move.origin]
    while at in targets and at not in seen:
        seen.append(at)
        at = targets[at]
    if at != move.origin or move.target == move.origin:
        return ""
    return f"Moved blocks lead in a circle: {' -> '.join(map(_text, (*seen, at)))}. Only one address can be the last."


def _text(place: Place) -> str:
    return path_text(place) if isinstance(place, tuple) else str(place)
