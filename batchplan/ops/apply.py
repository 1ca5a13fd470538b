"""Doing what a plan says, and bringing the state up to date whatever comes of it."""

import asyncio
import signal
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from batchplan.apply.events import Event
from batchplan.apply.executor import Run, RunResult, Surroundings
from batchplan.ops.afterwards import outputs_after
from batchplan.ops.plan import Planned
from batchplan.ops.session import Session
from batchplan.plan.diff import sealed, unapplied
from batchplan.plan.observation import Observation
from batchplan.plan.step import Create, EnableAutoScale, Mark, Patch, Resize, Step
from batchplan.ports import StateError
from batchplan.state.document import with_outputs
from batchplan.state.journal import fold
from batchplan.state.model import OverrideRecord, StateDocument

if TYPE_CHECKING:
    from batchplan.ops.policygate import PolicyGatekeeper

PARALLELISM = 10


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a run, and the state after it."""

    result: RunResult
    state: StateDocument
    waits: bool = False
    """Whether a rollout has come to where somebody has to promote it."""


@asynccontextmanager
async def locked(session: Session, operation: str, *, lock: bool, timeout: float) -> AsyncIterator[None]:
    """Hold the state's lock; raise LockedError when somebody else keeps it beyond the timeout (seconds)."""
    if not lock:
        yield
        return
    held = await session.store.lock(operation, timeout)
    try:
        yield
    finally:
        await held.release()


async def apply_plan(
    session: Session,
    planned: Planned,
    report: Callable[[Event], None],
    parallelism: int = PARALLELISM,
    gatekeeper: "PolicyGatekeeper | None" = None,
) -> Applied:
    """Do the steps of a plan and return what became of them. The caller holds the lock.

    Ctrl-C lets calls in flight end; the state is written in any case, and says what was done. `gatekeeper` asks policy
    at the gates of the plan.
    """
    planned = await _begun(session, planned)
    around = replace(_surroundings(session, planned, report, parallelism), gatekeeper=gatekeeper)
    run = Run(_run_id(session), planned.steps, around, _needs(planned))
    with _interruptible(run):
        result = await run.execute()
    state = await _settle(session, planned, run, gatekeeper.overridden if gatekeeper is not None else ())
    done = set(result.done)
    waits = any(isinstance(step, Mark) and step.phase == "waiting" and step.id in done for step in planned.steps)
    return Applied(result, state, waits)


async def _begun(session: Session, planned: Planned) -> Planned:
    """Write the state before the first call of the first apply, so that a crash does not lose its key.

    With another key every secret would look changed to the next run.
    """
    if planned.state.serial or not planned.steps:
        return planned
    state = planned.state.model_copy(update={"serial": 1})
    await session.store.write(state)
    return replace(planned, state=state)


def _run_id(session: Session) -> str:
    return f"{session.clock.now():%Y%m%dt%H%M%S}-{uuid.uuid4().hex[:8]}"


def _surroundings(
    session: Session, planned: Planned, report: Callable[[Event], None], parallelism: int
) -> Surroundings:
    return Surroundings(
        reader=session.reader,
        writer=session.writer,
        store=session.store,
        clock=session.clock,
        report=report,
        seal=lambda document: sealed(document, planned.state.secret_key),
        verify=_verifier(planned.state.secret_key),
        parallelism=parallelism,
    )


def _needs(planned: Planned) -> dict[Any, tuple[str, ...]]:
    return {address: tuple(map(str, needs)) for address, needs in planned.changes.needs.items()}


def _verifier(key: str) -> Callable[[Step, Observation], Sequence[str]]:
    def verify(step: Step, found: Observation) -> Sequence[str]:
        if not isinstance(step, (Create, Patch, Resize, EnableAutoScale)) or step.applied is None:
            return ()
        return unapplied(step.remote.kind, step.applied, found.document, key)

    return verify


async def _settle(session: Session, planned: Planned, run: Run, overridden: Sequence[OverrideRecord]) -> StateDocument:
    """Fold the run into the state and write it, once; nothing is written when nothing has changed."""
    folded = fold(planned.state, run.result.entries)
    if run.result.complete:
        folded = with_outputs(folded, await outputs_after(session, planned))
    if overridden:
        folded = folded.model_copy(update={"overrides": (*folded.overrides, *overridden)})
    if folded != planned.state:
        folded = folded.model_copy(update={"serial": planned.state.serial + 1, "folded_runs": (run.id,)})
    try:
        if folded != planned.state:
            await session.store.write(folded)
        if run.id in await session.store.open_runs():
            await session.store.close_journal(run.id)
    except StateError as error:
        raise StateError(
            f"{error}. What this run has done is in its journal. Once there can be written again, run batchplan apply: "
            "it begins with what the journal says, and goes on"
        ) from None
    return folded


SIGNALS = (signal.SIGINT, signal.SIGTERM)
"""What ends a run in order: Ctrl-C, and what pipelines and container hosts send before they kill."""


@contextmanager
def _interruptible(run: Run) -> Iterator[None]:
    """Let the first signal end the run in order; a second one is an ordinary one."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for one in SIGNALS:
            loop.remove_signal_handler(one)
        run.interrupt()

    try:
        for one in SIGNALS:
            loop.add_signal_handler(one, stop)
    except (NotImplementedError, RuntimeError, ValueError):
        yield  # not the main thread, or a system without signals: then Ctrl-C is an ordinary one
        return
    try:
        yield
    finally:
        for one in SIGNALS:
            loop.remove_signal_handler(one)
