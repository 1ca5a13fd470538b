"""Where replacements of pools stand, and whether a command about one makes sense."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import batchplan
from batchplan.apply.waits import USABLE
from batchplan.core.address import Address
from batchplan.core.codes import NO_ROLLOUT, NOTHING_TO_UNDO
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.remote import Remote, RemoteKey
from batchplan.ops.session import Session
from batchplan.ops.state import current
from batchplan.plan.observation import Observed, Work
from batchplan.plan.options import Options
from batchplan.plan.rolling import Generation, Standing, Verb, candidates, retired
from batchplan.state.document import by_address, empty, remote_of
from batchplan.state.model import RolloutRecord, StateDocument
from batchplan.state.rollouts import OPEN, open_rollout, retiring, rollouts_of


def checked(state: StateDocument, verb: Verb, addresses: Sequence[Address]) -> Options:
    """Return the options of a plan for a command about rollouts; raise UserError where it makes no sense."""
    known = by_address(state)
    pools = tuple(addresses) or tuple(one for one in known if one.kind == "pool" and one.successor is None)
    found = [problem for one in pools if (problem := _problem(state, verb, one)) is not None]
    if found:
        raise UserError(found)
    return Options(verb=verb, pools=pools)


def _problem(state: StateDocument, verb: Verb, address: Address) -> Diagnostic | None:
    if address not in by_address(state) or address.kind != "pool":
        return Diagnostic(NO_ROLLOUT, f"{address} is no pool that the state knows.")
    stands = open_rollout(state, address)
    if verb == "undo":
        if not retired(state, address):
            return Diagnostic(NOTHING_TO_UNDO, f"{address} has no retired pool any more that could take over again.")
        if stands is not None and _is_undoing(state, address, stands):
            detail = f"{address} is being taken back to {stands.candidate} already. To go on with that: batchplan apply"
            return Diagnostic(NO_ROLLOUT, detail)
        return None
    if verb == "collect" or stands is not None:
        if verb == "promote" and stands is not None and stands.phase == "promoted" and not stands.paused:
            detail = f"{address}: {stands.candidate} is promoted already. To go on with the rollout: batchplan apply"
            return Diagnostic(NO_ROLLOUT, detail)
        return None
    hint = f" To go back to the pool before: batchplan rollout undo {address}" if retired(state, address) else ""
    return Diagnostic(NO_ROLLOUT, f"No rollout of {address} is under way.{hint}")


def _is_undoing(state: StateDocument, address: Address, stands: RolloutRecord) -> bool:
    """Return whether the rollout under way takes back another one: undone once more, it would bring that one again."""
    return any(
        one.phase == "undone" and (one.candidate, one.previous) == (stands.previous, stands.candidate)
        for one in rollouts_of(state, address)
    )


async def standings(session: Session, addresses: Sequence[Address] = ()) -> list[Standing]:
    """Return where the pools of the state stand, or some of them; raise UserError for one that it does not know."""
    state = await current(session.store) or empty(batchplan.__version__)
    known = by_address(state)
    pools = list(addresses) or [one for one in known if one.kind == "pool" and one.successor is None]
    missing = [one for one in pools if one not in known]
    if missing:
        raise UserError([Diagnostic(NO_ROLLOUT, f"{one} is no pool that the state knows.") for one in missing])
    of_pools = {one: _generations_of(state, one) for one in pools}
    live = await _live(session, [remote for listed in of_pools.values() for _, remote in listed])
    return [_standing(state, address, listed, live) for address, listed in of_pools.items()]


def _generations_of(state: StateDocument, address: Address) -> list[tuple[str, Remote]]:
    """Return what a pool has generations of, newest first: what each is, and the pool in Azure."""
    listed = [("candidate", remote_of(record)) for record in reversed(candidates(state, address).values())]
    listed.append(("active", remote_of(by_address(state)[address])))
    return listed + [("retired", remote_of(record)) for record in reversed(retired(state, address).values())]


@dataclass(frozen=True, slots=True)
class _Live:
    """What is live of pools: themselves, their work, and their nodes by state, by the keys of the pools."""

    observed: Observed
    work: Mapping[Remote, Work]
    nodes: Mapping[RemoteKey, Mapping[str, int]]


async def _live(session: Session, pools: Sequence[Remote]) -> _Live:
    """Read pools by the lists of their accounts; besides, each job that uses one costs a call."""
    reader = session.reader
    observed = await reader.observe(set(pools))
    there = [one for one in pools if observed.get(one) is not None]
    accounts = sorted({one.account_id for one in there})
    work, counts = await asyncio.gather(
        reader.work_on(there), asyncio.gather(*(reader.node_counts(one) for one in accounts))
    )
    nodes = {
        Remote("pool", account, name).key: states
        for account, by_pool in zip(accounts, counts, strict=True)
        for name, states in by_pool.items()
    }
    return _Live(observed, work, nodes)


def _standing(state: StateDocument, address: Address, listed: Sequence[tuple[str, Remote]], live: _Live) -> Standing:
    stands = open_rollout(state, address)
    generations = tuple(_generation(state, address, role, one, live) for role, one in listed)
    if stands is None:
        return Standing(address, "", None, "", paused=False, generations=generations)
    return Standing(address, stands.phase, stands.since, stands.why, stands.paused, generations)


def _generation(state: StateDocument, address: Address, role: str, one: Remote, live: _Live) -> Generation:
    record = retiring(state, address, one.name) if role == "retired" else None
    keep = record.keep_until if record is not None else None
    seen = live.observed.get(one)
    if seen is None:
        return Generation(role, one.name, keep_until=keep)
    counts, jobs, facts = live.nodes.get(one.key, {}), live.work[one].jobs, seen.facts
    return Generation(
        role=role,
        pool_id=one.name,
        nodes=sum(counts.values()),
        ready=sum(counts.get(word, 0) for word in USABLE),
        target=int(facts.get("target_dedicated_nodes") or 0) + int(facts.get("target_low_priority_nodes") or 0),
        running=sum(job.counts.running for job in jobs),
        queued=sum(job.counts.active for job in jobs),
        jobs=tuple(job.remote.name for job in jobs),
        keep_until=keep,
    )


def history(state: StateDocument | None, addresses: Sequence[Address]) -> list[tuple[Address, RolloutRecord]]:
    """Return the rollouts that the state remembers, by pool, oldest first."""
    state = state or empty(batchplan.__version__)
    pools = list(addresses) or [one for one in by_address(state) if one.kind == "pool" and one.successor is None]
    return [(pool, one) for pool in pools for one in rollouts_of(state, pool)]


def is_open(phase: str) -> bool:
    """Return whether a rollout in a phase is under way."""
    return phase in OPEN
