"""All changes to all steps, each needing what must be done before it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from batchplan.core.address import Address
from batchplan.core.codes import UNKNOWN_AT_PLAN
from batchplan.core.diagnostics import Diagnostics
from batchplan.plan.capacity import capacity
from batchplan.plan.change import ABANDON, DRAIN, DRAIN_AND_PATCH, PAUSE, UNDO, Action, Change, Changes
from batchplan.plan.observation import Observed, live_of
from batchplan.plan.order import reversed_needs, sorted_steps
from batchplan.plan.step import Adopt, Create, Mark, Patch, Rename, Step
from batchplan.schema.document import UNKNOWN
from batchplan.strategies.blue_green import abandon, blue_green, collect, go_on, pause, take_back
from batchplan.strategies.chain import EPOCH, Chain, Parts, Site, home
from batchplan.strategies.create import create
from batchplan.strategies.drain_and_patch import drain_and_patch
from batchplan.strategies.failover import in_turn
from batchplan.strategies.inplace import in_place
from batchplan.strategies.recreate import recreate
from batchplan.strategies.remove import forget, remove
from batchplan.strategies.warm import after_sizes


def expand(
    changes: Changes,
    observed: Observed,
    digests: Mapping[str, str],
    diagnostics: Diagnostics,
    now: datetime = EPOCH,
    moves: Sequence[Step] = (),
) -> tuple[Step, ...]:
    """Return the steps of all changes, in an order in which each comes after what it needs.

    `moves` are steps that record where pools with backups do their work, and those that go with them.
    What a request holds and cannot be known before something else is applied is reported.
    """
    live = live_of(observed)
    site = Site(changes, live, digests, {change.address: change for change in changes.objects}, now)
    parts = {change.address: _moved(change, _parts(change, site)) for change in changes.objects}
    steps = _in_waves(_linked(changes, parts), parts, capacity(changes).waves)
    steps = in_turn([*steps, *after_sizes(steps, moves)], changes.regional)
    for step in steps:
        _report_unknown(step, diagnostics)
    return sorted_steps(steps)


def _parts(change: Change, site: Site) -> Parts:
    chain = Chain(change.address, change.remote)
    match change.action:
        case Action.CREATE:
            create(chain, change, site)
        case Action.DELETE:
            return _gone(change, chain, site)
        case Action.REPLACE:
            return _adopted(change, _replaced(change, site))
        case Action.UPDATE:
            if change.strategy == DRAIN:
                return go_on(change, chain, site)
            if change.strategy == PAUSE:
                return pause(change, chain)
            if change.refreshes:
                chain.add("adopt", Adopt, applied=change.after or {})
            elif change.strategy == DRAIN_AND_PATCH:
                drain_and_patch(chain, change, site)
            else:
                in_place(chain, change, site)
        case Action.NOOP:
            pass
    return _adopted(change, Parts(tuple(chain.steps)))


def _gone(change: Change, chain: Chain, site: Site) -> Parts:
    match change.strategy:
        case "abandon":
            return abandon(change, chain, site)
        case "collect":
            return collect(change, chain, site)
        case "forget":
            forget(chain)
        case _:
            remove(chain, change, site)
    return Parts(remove=tuple(chain.steps), removed_after_use=True)


def _replaced(change: Change, site: Site) -> Parts:
    if change.strategy == UNDO:
        return take_back(change, site)
    return blue_green(change, site) if change.rollout is not None else recreate(change, site)


def _adopted(change: Change, parts: Parts) -> Parts:
    """Put an imported object into the state before anything is done to it."""
    if not change.imported:
        return parts
    chain = Chain(change.address, change.remote)
    chain.add("import", Adopt, applied=change.after or {})
    return _behind(parts, chain.steps[0])


def _moved(change: Change, parts: Parts) -> Parts:
    if change.moved_from is None:
        return parts
    chain = Chain(change.address, change.remote)
    chain.add("move", Rename, origin=change.moved_from)
    return _behind(parts, chain.steps[0])


def _behind(parts: Parts, first: Step) -> Parts:
    """Return the steps with one before all others."""
    make, gone = (
        tuple(step if step.needs else _needing(step, (first.id,)) for step in some)
        for some in (parts.make, parts.remove)
    )
    return replace(parts, make=(first, *make), remove=gone)


def _needing(step: Step, ids: Iterable[str]) -> Step:
    return replace(step, needs=tuple(dict.fromkeys((*step.needs, *ids))))


def _linked(changes: Changes, parts: Mapping[Address, Parts]) -> list[Step]:
    """Return all steps, with the needs between objects.

    Making comes after the making of what is needed; removing after the removing of what needed it, and, where the
    new one stands beside the old one, after those that pointed to the old one have been changed.
    """
    users = reversed_needs(changes.needs)
    by_address = {change.address: change for change in changes.objects}
    renames = {step.origin: step.id for one in parts.values() for step in one.make if isinstance(step, Rename)}
    steps: list[Step] = []
    for address, one in parts.items():
        made_before = [_usable(parts[need]) for need in _near(changes.needs.get(address, ()), parts)]
        base = home(by_address[address])
        pointing = [
            other
            for other in (*users.get(address, ()), *users.get(base, ()))
            if other in parts and (other.successor is None or other.successor != base)
        ]
        removed_before = [_last(parts[other].remove) for other in pointing if not parts[other].removed_after_use]
        removed_before += [
            _last(parts[other].remove)
            for other in pointing
            if by_address[other].action is Action.DELETE and other not in (address, base)
        ]
        after_use = [_last(parts[other].make) for other in pointing] if one.removed_after_use else []
        own = [_usable(one)] if one.removed_after_use else []
        if base != address and base in parts and by_address[base].rollout is None:
            own.append(_usable(parts[base]))
        generations = [
            by_address[other] for other in users.get(address, ()) if other in parts and other.successor == address
        ]
        # What an earlier rollout still has to move comes here first; a candidate that is given up makes room.
        arriving = [parts[other.address].gate for other in generations if other.strategy == DRAIN]
        given_up = [_last(parts[other.address].remove) for other in generations if other.strategy == ABANDON]
        removes = _ids([*removed_before, *after_use, *own, *arriving])
        if by_address[address].strategy == ABANDON:
            removes = []  # nothing has ever pointed to it
        makes = _ids([*made_before, *given_up, *([] if one.removed_after_use else [_last(one.remove)])])
        moves = {step.id for step in one.make if isinstance(step, (Rename, Adopt))}
        steps.extend(_entered(one.make, makes, renames, moves))
        steps.extend(_gated(one, removes) if one.gate is not None else _entered(one.remove, removes, {}, moves))
    return steps


def _in_waves(steps: list[Step], parts: Mapping[Address, Parts], waves: Mapping[Address, int]) -> list[Step]:
    """Let a replacement of a later wave begin when the old pools of the wave before are empty."""
    emptied: dict[int, list[str]] = {}
    for address, wave in waves.items():
        ends = [step.id for step in parts[address].remove if isinstance(step, Mark) and step.phase == "retired"]
        emptied.setdefault(wave, []).extend(ends)
    begins = {
        parts[address].make[0].id: emptied.get(wave - 1, []) for address, wave in waves.items() if parts[address].make
    }
    return [_needing(step, begins[step.id]) if begins.get(step.id) else step for step in steps]


def _gated(parts: Parts, needs: Iterable[str]) -> Iterator[Step]:
    """Yield the steps that remove an object of which only one, the gate, waits for those who pointed to it."""
    for step in parts.remove:
        yield _needing(step, needs) if step.id == parts.gate else step


def _usable(parts: Parts) -> str | None:
    return parts.usable or _last(parts.make)


def _entered(
    steps: tuple[Step, ...], needs: list[str], renames: Mapping[Address, str], moves: set[str]
) -> Iterator[Step]:
    """Yield the steps of one object, those that come first with the needs of the whole.

    Its `moves` within the state wait for nothing but a move that frees the address, and so does whatever is made there.
    """
    for step in steps:
        freed = renames.get(step.address)
        free = [freed] if freed is not None and freed != step.id and moves.issuperset(step.needs) else []
        if step.id in moves:
            yield _needing(step, free) if free else step
        else:
            yield _needing(step, [*needs, *free]) if moves.issuperset(step.needs) else step


def _near(needs: Iterable[Address], parts: Mapping[Address, Parts]) -> list[Address]:
    return [need for need in needs if need in parts]


def _last(steps: tuple[Step, ...]) -> str | None:
    return steps[-1].id if steps else None


def _ids(found: Iterable[str | None]) -> list[str]:
    return [one for one in dict.fromkeys(found) if one is not None]


def _report_unknown(step: Step, diagnostics: Diagnostics) -> None:
    if isinstance(step, (Create, Patch)) and _holds_unknown(step.body):
        detail = (
            f"A request for {step.address} holds a value that is known only when another object has been applied. "
            "Apply that object first, with -target, then everything."
        )
        diagnostics.error(UNKNOWN_AT_PLAN, detail)


def _holds_unknown(node: Any) -> bool:
    if node is UNKNOWN:
        return True
    if isinstance(node, Mapping):
        return any(map(_holds_unknown, node.values()))
    return isinstance(node, (list, tuple)) and any(map(_holds_unknown, node))
