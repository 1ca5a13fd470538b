"""Looking at a state and changing it by hand: each change under the lock, as a new version."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import batchplan
from batchplan.core.address import (
    Address,
    AddressError,
    ModulePath,
    parse_address,
    parse_module_path,
)
from batchplan.core.codes import (
    ALREADY_IN_STATE,
    INVALID_ADDRESS,
    NOT_IN_STATE,
    PUSH_REFUSED,
    STATE_UNUSABLE,
)
from batchplan.core.diagnostics import Code, Diagnostic, UserError
from batchplan.core.suggest import did_you_mean
from batchplan.ports import StateError, StateStore
from batchplan.state.document import by_address, empty, remote_of, without
from batchplan.state.journal import entry_of, fold
from batchplan.state.migrations import UnreadableState, read_document
from batchplan.state.model import ResourceRecord, StateDocument


@dataclass(frozen=True, slots=True)
class Locking:
    """How a change takes the lock: not at all, or waiting for it so long (seconds)."""

    wanted: bool = True
    timeout: float = 0.0


async def current(store: StateStore) -> StateDocument | None:
    """Return the state with what interrupted runs have done; None before the first. Raise StateError."""
    document = await store.read()
    for run in _unfolded(document, await store.open_runs()):
        document = await _folded(store, run, document)
    return document


def _unfolded(document: StateDocument | None, runs: Sequence[str]) -> list[str]:
    """Return the runs that the state does not have yet: a crash may come between its writing and their closing."""
    return [run for run in runs if document is None or run not in document.folded_runs]


async def recovered(store: StateStore) -> StateDocument | None:
    """Bring the state up to date with what interrupted runs have done, as a version of its own, and return it.

    Whoever calls this holds the lock, so that no run is still going on. Raise StateError.
    """
    before = await store.read()
    document = before
    runs = await store.open_runs()
    for run in _unfolded(before, runs):
        document = await _folded(store, run, document)
    if document is not None and document != before:
        serial = (before.serial if before is not None else 0) + 1
        document = document.model_copy(update={"serial": serial, "folded_runs": tuple(runs)})
        await store.write(document)
    for run in runs:
        await store.close_journal(run)
    return document


async def _folded(store: StateStore, run: str, document: StateDocument | None) -> StateDocument:
    try:
        entries = [entry_of(data) for data in await store.journal(run)]
    except (KeyError, ValueError, TypeError) as error:
        raise StateError(f"the journal of the run {run} is damaged: {error}") from None
    return fold(document or empty(batchplan.__version__), entries)


async def changed(
    store: StateStore, operation: str, locking: Locking, change: Callable[[StateDocument], StateDocument]
) -> StateDocument:
    """Change the state under its lock and return the new version; what an interrupted run did comes first.

    A change that changes nothing writes nothing. Raise LockedError, StateError, and what the change raises.
    """
    lock = await store.lock(operation, locking.timeout) if locking.wanted else None
    try:
        before = await (recovered(store) if locking.wanted else current(store))
        document = before or empty(batchplan.__version__)
        after = change(document)
        if after == document:
            return document
        made = after.model_copy(update={"serial": document.serial + 1, "batchplan_version": batchplan.__version__})
        await store.write(made)
        return made
    finally:
        if lock is not None:
            await lock.release()


# Choosing records.


def selected(document: StateDocument | None, addresses: Sequence[str]) -> list[tuple[Address, ResourceRecord]]:
    """Return the records that addresses mean, all without any; raise UserError for one that means nothing.

    An address means an instance, all instances of a block, or all that is in a module.
    """
    records = by_address(document) if document is not None else {}
    if not addresses:
        return list(records.items())
    found: dict[Address, ResourceRecord] = {}
    for text in addresses:
        chosen = _meant(text, records)
        if not chosen:
            raise _absent(text, records)
        found.update((address, records[address]) for address in chosen)
    return sorted(found.items(), key=lambda item: item[0].sort_key)


def _meant(text: str, records: Iterable[Address]) -> list[Address]:
    target = _target(text)
    if isinstance(target, tuple):
        return [address for address in records if _inside(address.module, target)]
    exact = [address for address in records if address == target]
    return exact or [address for address in records if target.key is None and address.with_key(None) == target]


def _target(text: str) -> Address | ModulePath:
    try:
        return parse_address(text)
    except AddressError as problem:
        try:
            return parse_module_path(text)
        except AddressError:
            raise _refusal(INVALID_ADDRESS, f"{problem}.") from None


def _inside(path: ModulePath, outer: ModulePath) -> bool:
    """A module without a key stands for all its instances."""
    if len(path) < len(outer):
        return False
    return all(
        step == wanted or (wanted.key is None and step.name == wanted.name)
        for step, wanted in zip(path, outer, strict=False)
    )


def record_at(document: StateDocument | None, address: str) -> ResourceRecord:
    """Return the one record of an address; raise UserError when there is none, or several."""
    found = selected(document, [address])
    if len(found) > 1:
        listed = ", ".join(str(one) for one, _ in found[:5]) + (", …" if len(found) > 5 else "")
        raise _refusal(NOT_IN_STATE, f"{address} means {len(found)} objects: {listed}. Name one of them.")
    return found[0][1]


def of_id(records: Sequence[tuple[Address, ResourceRecord]], id: str) -> list[tuple[Address, ResourceRecord]]:  # noqa: A002
    """Return the records of the object in Azure that has an id; ids differ in case."""
    return [(address, record) for address, record in records if remote_of(record).id.lower() == id.lower()]


# Changes.


@dataclass(frozen=True, slots=True)
class Move:
    """One object gets another address."""

    origin: Address
    target: Address


def moves(document: StateDocument | None, origin: str, target: str) -> list[Move]:
    """Return what moving one address to another moves: an object, all instances of a block, or a module.

    Raise UserError when nothing is there, when the two do not fit each other, or when the place is taken.
    """
    records = by_address(document) if document is not None else {}
    chosen = _meant(origin, records)
    if not chosen:
        raise _absent(origin, records)
    made = []
    for address in chosen:
        to = _moved(address, _target(origin), _target(target), len(chosen))
        made.append(Move(address, to))
        made += [
            Move(part, replace(to, parts=part.parts)) for part in _parts_of(address, records) if part not in chosen
        ]
    leaving = {move.origin for move in made}
    taken: set[Address] = set()
    for move in made:
        if move.target in taken or (move.target in records and move.target not in leaving):
            raise _refusal(ALREADY_IN_STATE, f"{move.target} is in the state already. Remove it first: state rm.")
        taken.add(move.target)
    return made


def _parts_of(address: Address, records: Iterable[Address]) -> list[Address]:
    """Return the generations and backups of an instance; they go where it goes."""
    return [one for one in records if one.parts and not address.parts and one.instance == address]


def _moved(address: Address, origin: Address | ModulePath, target: Address | ModulePath, count: int) -> Address:
    match origin, target:
        case tuple(), tuple():
            return replace(address, module=_module(address.module, origin, target))
        case Address(), Address():
            if origin.kind != target.kind or origin.data != target.data:
                detail = f"{origin} and {target} are of different kinds; an object keeps its kind."
                raise _refusal(INVALID_ADDRESS, detail)
            if address == origin and count == 1:
                return target
            if target.key is not None:
                detail = f"{origin} means {count} instances, and {target} is one. Move them one by one."
                raise _refusal(INVALID_ADDRESS, detail)
            return target.with_key(address.key)
        case _:
            raise _refusal(INVALID_ADDRESS, "A module can only become a module, and an object only an object.")


def _module(path: ModulePath, origin: ModulePath, target: ModulePath) -> ModulePath:
    """Return where a module goes; all instances of one keep their keys."""
    last = target[-1]
    if origin[-1].key is None and last.key is None:
        last = replace(last, key=path[len(origin) - 1].key)
    return (*target[:-1], last, *path[len(origin) :])


def with_moves(document: StateDocument, made: Sequence[Move]) -> StateDocument:
    """Return the state after moves."""
    names = {str(move.origin): str(move.target) for move in made}
    leaving = {move.origin for move in made}
    left = {address.block for address in by_address(document) if address not in leaving}
    blocks = {str(move.origin.block): str(move.target.block) for move in made if move.origin.block not in left}
    needs = {**blocks, **names}
    resources = [
        one.model_copy(
            update={
                "address": names.get(one.address, one.address),
                "depends_on": tuple(needs.get(name, name) for name in one.depends_on),
            }
        )
        for one in document.resources
    ]
    ordered = sorted(resources, key=lambda one: parse_address(one.address).sort_key)
    about = {
        "resources": tuple(ordered),
        "rollouts": {names.get(name, name): listed for name, listed in document.rollouts.items()},
        "active_regions": {names.get(name, name): one for name, one in document.active_regions.items()},
        "prewarms": {names.get(name, name): one for name, one in document.prewarms.items()},
        "disabled_jobs": tuple(
            one.model_copy(update={"address": names.get(one.address, one.address)}) for one in document.disabled_jobs
        ),
    }
    return document.model_copy(update=about)


def without_all(document: StateDocument, addresses: Iterable[Address]) -> StateDocument:
    """Return the state without objects, and their generations and backups; in Azure they stay."""
    for address in addresses:
        for one in (address, *_parts_of(address, by_address(document))):
            document = without(document, one)
    return document


def pushed(text: str, name: str) -> StateDocument:
    """Return the state in a text; raise UserError when it is none."""
    import json

    try:
        return read_document(json.loads(text))
    except (ValueError, UnreadableState) as error:
        raise _refusal(STATE_UNUSABLE, f"{name} is no state: {error}.") from None


async def push(store: StateStore, document: StateDocument, locking: Locking, *, force: bool) -> StateDocument:
    """Make a state the newest version of what is there, and return it as written.

    It must be of the same lineage and newer, unless it is forced; forced, it takes over the lineage that is there.
    """
    lock = await store.lock("state push", locking.timeout) if locking.wanted else None
    try:
        present = await store.read()
        if present is None:
            await store.write(document)
            return document
        if present == document:
            return present
        if not force:
            _check_push(present, document)
        made = document.model_copy(update={"lineage": present.lineage, "serial": present.serial + 1})
        await store.write(made)
        return made
    finally:
        if lock is not None:
            await lock.release()


def _check_push(present: StateDocument, document: StateDocument) -> None:
    if present.lineage != document.lineage:
        detail = (
            f"The state that is there has the lineage {present.lineage}, the one to push {document.lineage}: they are "
            "states of different things. If you mean to replace one by the other: -force."
        )
        raise _refusal(PUSH_REFUSED, detail)
    if document.serial <= present.serial:
        detail = (
            f"The state that is there is version {present.serial}, the one to push is version {document.serial} and "
            "not newer. Take the present one (state pull) and change that, or push with -force."
        )
        raise _refusal(PUSH_REFUSED, detail)


def _absent(text: str, records: Iterable[Address]) -> UserError:
    known = [str(address) for address in records]
    hint = did_you_mean(text, known) or (" It is empty." if not known else " See: batchplan state list")
    return _refusal(NOT_IN_STATE, f"There is no {text} in the state.{hint}")


def _refusal(code: Code, detail: str) -> UserError:
    return UserError([Diagnostic(code, detail)])
