"""Where replacements of pools stand, and whether a command about one makes sense."""

import asyncio
from collections.abc import Iterable, Sequence

import batchplan
from batchplan.apply.waits import USABLE
from batchplan.core.address import Address
from batchplan.core.codes import NO_ROLLOUT, NOTHING_TO_UNDO
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.core.remote import Remote
from batchplan.ops.session import Session
from batchplan.ops.state import current
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
    return list(await asyncio.gather(*(_standing(session, state, one) for one in pools)))


async def _standing(session: Session, state: StateDocument, address: Address) -> Standing:
    stands = open_rollout(state, address)
    active = remote_of(by_address(state)[address])
    remotes = [("active", active)]
    for one, record in candidates(state, address).items():
        remotes.insert(0, (one.parts[-1].word, remote_of(record)))
    remotes += [("retired", remote_of(record)) for record in reversed(retired(state, address).values())]
    found = await _generations(session, state, address, remotes)
    return Standing(
        address,
        stands.phase if stands is not None else "",
        stands.since if stands is not None else None,
        stands.why if stands is not None else "",
        stands.paused if stands is not None else False,
        tuple(found),
    )


async def _generations(
    session: Session, state: StateDocument, address: Address, remotes: Iterable[tuple[str, Remote]]
) -> list[Generation]:
    listed = list(remotes)
    observed = await session.reader.observe({one for _, one in listed})
    there = [one for _, one in listed if observed.get(one) is not None]
    work = await session.reader.work_on(there)
    health = dict(zip(there, await asyncio.gather(*(session.reader.node_health(one) for one in there)), strict=True))
    made = []
    for role, one in listed:
        seen = observed.get(one)
        record = retiring(state, address, one.name) if role == "retired" else None
        keep = record.keep_until if record is not None else None
        if seen is None:
            made.append(Generation(role, one.name, keep_until=keep))
            continue
        counts = health[one].by_state
        jobs = work[one].jobs
        facts = seen.facts
        made.append(
            Generation(
                role=role,
                pool_id=one.name,
                nodes=sum(counts.values()),
                ready=sum(counts.get(state, 0) for state in USABLE),
                target=int(facts.get("target_dedicated_nodes") or 0) + int(facts.get("target_low_priority_nodes") or 0),
                running=sum(job.counts.running for job in jobs),
                queued=sum(job.counts.active for job in jobs),
                jobs=tuple(job.remote.name for job in jobs),
                keep_until=keep,
            )
        )
    return made


def history(state: StateDocument | None, addresses: Sequence[Address]) -> list[tuple[Address, RolloutRecord]]:
    """Return the rollouts that the state remembers, by pool, oldest first."""
    state = state or empty(batchplan.__version__)
    pools = list(addresses) or [one for one in by_address(state) if one.kind == "pool" and one.successor is None]
    return [(pool, one) for pool in pools for one in rollouts_of(state, pool)]


def is_open(phase: str) -> bool:
    """Return whether a rollout in a phase is under way."""
    return phase in OPEN
