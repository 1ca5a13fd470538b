"""The executor: steps in the order of their needs, several at once, each recorded before and after.

It decides nothing. Calls are made as planned; a step that fails stops those that need it, and no others.
An interruption lets calls in flight come to their end, starts nothing more, and leaves a journal from
which the state is brought up to date.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, assert_never

from batchplan.apply.events import Done, Event, Failed, Interrupted, Progress, Skipped, Started, StepFailure
from batchplan.apply.movework import REQUEUED_SECONDS, Mover
from batchplan.apply.waits import Sight, Waiter
from batchplan.core.address import Address
from batchplan.core.remote import Remote
from batchplan.plan.observation import Observation
from batchplan.plan.step import (
    Activate,
    Adopt,
    Available,
    CopyJob,
    CopyTasks,
    Create,
    Delete,
    DisableAutoScale,
    DisableJob,
    DisableSchedule,
    DropTasks,
    EnableAutoScale,
    EnableJob,
    EnableSchedule,
    EndWithTasks,
    Forget,
    Gone,
    JobIs,
    Mark,
    MoveWork,
    Patch,
    PolicyGate,
    Promote,
    Quiet,
    Ready,
    Rebooted,
    RebootNodes,
    Rename,
    RepointSchedule,
    Resize,
    Retime,
    SetActive,
    SetWarm,
    Steady,
    Step,
    StillSilent,
    StopResize,
    TaskSucceeded,
    TerminateJob,
    Unfired,
    Upload,
    UploadLogs,
    Wait,
)
from batchplan.ports import (
    AzureError,
    Clock,
    Conflict,
    Forbidden,
    Gatekeeper,
    NotFound,
    Outcome,
    Reader,
    Rejected,
    StateError,
    StateStore,
    Writer,
)
from batchplan.state.journal import Effect, Entry, entry_json
from batchplan.state.rollouts import Marked

READ_BACK_PAUSES = (1.0, 3.0, 6.0)
"""Seconds between looks at what was written: a read may come from a copy that is a little behind."""

Seal = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Replaces the secrets of a document by their keyed hashes."""

Verify = Callable[[Step, Observation], Sequence[str]]
"""Returns the fields of a write that Azure accepted and did not change."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a run works with."""

    reader: Reader
    writer: Writer
    store: StateStore
    clock: Clock
    report: Callable[[Event], None]
    seal: Seal
    verify: Verify
    parallelism: int = 10
    gatekeeper: Gatekeeper | None = None


_NOT_OF_ITS_OBJECT = (Mark, SetActive, SetWarm, StillSilent, CopyJob, CopyTasks, DropTasks, EndWithTasks, PolicyGate)
"""Steps after which nothing more, or less, is known of an object that the state keeps."""


@dataclass(slots=True)
class RunResult:
    """What became of the steps, by id."""

    done: list[str] = field(default_factory=list)
    failed: dict[str, StepFailure] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    unneeded: list[str] = field(default_factory=list)
    interrupted: bool = False
    entries: list[Entry] = field(default_factory=list)
    unrecorded: str = ""
    """Why the journal could not be written, if it could not; then nothing more was begun."""

    @property
    def complete(self) -> bool:
        """Whether everything was done."""
        return not (self.failed or self.skipped or self.interrupted or self.unrecorded)


class _Unrecorded(Exception):
    """What is meant to be done could not be written into the journal, so it must not be done."""


@dataclass(slots=True)
class Run:
    """One run of a plan's steps. `depends_on` is recorded with the objects that are put into the state."""

    id: str
    steps: Sequence[Step]
    around: Surroundings
    depends_on: Mapping[Address, tuple[str, ...]] = field(default_factory=dict)
    result: RunResult = field(default_factory=RunResult)
    times: dict[str, datetime] = field(default_factory=dict)
    _stop: bool = False
    _last: Mapping[tuple[Address, Remote], str] = field(init=False)

    def __post_init__(self) -> None:
        listed = [step for step in self.steps if not (step.instead_of or isinstance(step, _NOT_OF_ITS_OBJECT))]
        self._last = {(step.address, step.remote): step.id for step in listed}

    def interrupt(self) -> None:
        """Start no more steps; those in flight come to their end."""
        self._stop = True
        self.result.interrupted = True
        self.around.report(Interrupted())

    async def execute(self) -> RunResult:
        """Do the steps and return what became of them."""
        places = asyncio.Semaphore(self.around.parallelism)
        tasks: dict[str, asyncio.Task[bool]] = {}
        for step in self.steps:
            needed = [tasks[name] for name in step.needs if name in tasks]
            gates = [tasks[name] for name in step.instead_of if name in tasks]
            tasks[step.id] = asyncio.create_task(self._when_ready(step, needed, gates, places))
        await asyncio.gather(*tasks.values())
        return self.result

    async def _when_ready(
        self,
        step: Step,
        needed: "list[asyncio.Task[bool]]",
        gates: "list[asyncio.Task[bool]]",
        places: asyncio.Semaphore,
    ) -> bool:
        await asyncio.gather(*gates)
        failures = [self.result.failed[name] for name in step.instead_of if name in self.result.failed]
        if step.instead_of and not any(failure.gate for failure in failures):
            self.result.unneeded.append(step.id)
            return False
        fine = await asyncio.gather(*needed)
        if not all(fine):
            return self._skip(step, "a step it needs was not done")
        async with places:
            if self._stop:
                return self._skip(step, "interrupted" if self.result.interrupted else "the journal cannot be written")
            return await self._one(step)

    def _skip(self, step: Step, because: str) -> bool:
        self.result.skipped[step.id] = because
        self.around.report(Skipped(step, because))
        return False

    async def _one(self, step: Step) -> bool:
        started = self.around.clock.now()
        self.around.report(Started(step, started))
        try:
            outcome = await self._perform(step)
        except _Unrecorded:
            return self._skip(step, "the journal cannot be written")
        except StepFailure as failure:
            return await self._failed(step, failure)
        except AzureError as error:
            return await self._failed(step, StepFailure(error_text(error), error=error))
        ended = self.around.clock.now()
        self.times[step.id] = ended
        self.result.done.append(step.id)
        self.around.report(Done(step, ended, (ended - started).total_seconds(), outcome.adopted))
        return True

    async def _failed(self, step: Step, failure: StepFailure) -> bool:
        entry = replace(self._entry(step, "failed"), message=failure.message, refused=_is_refusal(failure))
        await self._record(entry)
        self.result.failed[step.id] = failure
        self.around.report(Failed(step, self.around.clock.now(), failure))
        return False

    async def _perform(self, step: Step) -> Outcome:
        match step:
            case JobIs() if step.requeues:
                await self._disabled(step)
                await self._record(self._entry(step, "done"))
                return Outcome()
            case (
                Steady()
                | Ready()
                | Rebooted()
                | TaskSucceeded()
                | JobIs()
                | Gone()
                | Available()
                | Unfired()
                | Quiet()
                | StillSilent()
            ):
                await self._wait(step)
                await self._record(self._entry(step, "done"))
                return Outcome()
            case Adopt() | Rename() | Forget() | Promote() | Mark() | SetActive() | SetWarm():
                await self._record(self._entry(step, "done"))
                return Outcome()
            case PolicyGate():
                await self._record(replace(self._entry(step, "done"), message=await self._asked(step)))
                return Outcome()
            case MoveWork():
                mover = Mover(step, self.around.reader, self.around.clock, self._perform)
                await mover.run(lambda sight: self._tell(step, sight), lambda: self._stop)
                await self._record(self._entry(step, "done"))
                return Outcome()
            case _:
                await self._record(self._entry(step, "intent"))
                outcome = await self.around.writer.perform(step)
                if not outcome.adopted:
                    await self._check(step)
                await self._record(self._entry(step, "done"))
                return outcome

    async def _wait(self, step: Wait) -> None:
        waiter = Waiter(self.around.reader, self.around.clock, self.times.get)
        await waiter.wait(step, lambda sight: self._tell(step, sight), lambda: self._stop)

    async def _disabled(self, step: JobIs) -> None:
        """Wait for a job's tasks to end; in the end, let those that run go back to its queue."""
        try:
            await self._wait(step)
        except StepFailure as failure:
            if not failure.gate:
                raise
            again = DisableJob(id=f"{step.id}/requeue", address=step.address, remote=step.remote, option="requeue")
            await self._perform(again)
            await self._wait(replace(step, timeout=REQUEUED_SECONDS, requeues=False))

    async def _asked(self, step: PolicyGate) -> str:
        """Return what the journal is to keep of a gate that opens; raise StepFailure when policy keeps it closed."""
        if self.around.gatekeeper is None:
            raise StepFailure("there is nobody to ask what policy says", policy=True)
        answer = await self.around.gatekeeper.ask(step)
        if answer.stops:
            raise StepFailure("\n".join(answer.stops), policy=True)
        return "\n".join(answer.overridden)

    def _tell(self, step: Step, sight: Sight) -> None:
        self.around.report(Progress(step, self.around.clock.now(), sight.seen, sight.ready, sight.wanted))

    async def _check(self, step: Step) -> None:
        """Read back what was written: an accepted change that did not happen is a failure."""
        if not isinstance(step, (Create, Patch, Resize, EnableAutoScale)) or step.remote.kind == "account":
            return
        for pause in READ_BACK_PAUSES:
            found = await self.around.reader.read(step.remote)
            if found is not None and not self.around.verify(step, found):
                return
            if found is not None and found.has_ended:
                return  # before the change reached it, which is no failure
            await self.around.clock.sleep(pause)
        found = await self.around.reader.read(step.remote)
        if found is None and isinstance(step, Patch) and step.remote.kind == "job":
            return  # somebody has deleted it meanwhile; the next plan makes it anew
        if found is None:
            raise StepFailure(f"Azure accepted it, but {step.remote} is not there")
        ignored = self.around.verify(step, found)
        if ignored:
            raise StepFailure(f"Azure accepted the change, but did not make it: {', '.join(ignored)}")

    async def _record(self, entry: Entry) -> None:
        """Put an entry into the journal. When that cannot be done, nothing more is begun.

        Raise _Unrecorded for an intent. An outcome is kept for the state, which may be written all the same; if not,
        the next run finds the intent, and looks.
        """
        try:
            await self.around.store.append_journal(self.id, entry_json(entry))
        except StateError as error:
            self._stop = True
            self.result.unrecorded = self.result.unrecorded or str(error)
            if entry.phase == "intent":
                raise _Unrecorded from None
        self.result.entries.append(entry)

    def _entry(self, step: Step, phase: str) -> Entry:
        effect, document, verified = self._effect(step)
        origin = step.origin if isinstance(step, Rename) else step.candidate if isinstance(step, Promote) else None
        return Entry(
            phase=phase,  # type: ignore[arg-type]
            step=step.id,
            effect=effect,
            address=step.address,
            remote=step.remote,
            at=self.around.clock.now(),
            document=self.around.seal(document) if document is not None else None,
            depends_on=self.depends_on.get(step.address, ()) if effect == "put" else (),
            origin=origin,
            verified=verified,
            creates=isinstance(step, Create) and step.applied is not None,
            rollout=_rollout(step),
            retired=step.retired if isinstance(step, Promote) else None,
        )

    def _effect(self, step: Step) -> tuple[Effect, Mapping[str, Any] | None, bool]:
        """Return what a step means for the state. Its object is verified with the last of its steps."""
        last = self._last.get((step.address, step.remote)) == step.id
        match step:
            case Create() | Patch() if step.applied is None:
                return "none", None, True
            case Create() | Patch() | EnableAutoScale() | Adopt() | Retime():
                return "put", step.applied, last
            case Promote():
                return "promote", None, True
            case Mark():
                return "mark", None, True
            case DisableJob():
                return "disable", None, True
            case EnableJob() | TerminateJob():
                # Whether it is at work again, or over: there is no need any more to enable it.
                return "enable", None, last
            case Resize() if step.applied is not None:
                return "put", step.applied, last
            case Gone() | Forget():
                return "drop", None, True
            case Rename():
                return "rename", None, True
            case SetActive():
                return "active", self._active(step), True
            case SetWarm():
                return "warm", self._warm(step), True
            case (
                Delete()
                | Resize()
                | StopResize()
                | DisableAutoScale()
                | Upload()
                | Activate()
                | DisableSchedule()
                | EnableSchedule()
                | RepointSchedule()
                | UploadLogs()
                | RebootNodes()
                | Steady()
                | Ready()
                | Rebooted()
                | TaskSucceeded()
                | Available()
                | JobIs()
                | Unfired()
                | Quiet()
                | StillSilent()
                | MoveWork()
            ):
                return "verify" if last else "none", None, True
            case CopyJob() | CopyTasks() | DropTasks() | EndWithTasks() | PolicyGate():
                return "none", None, True
            case _:
                assert_never(step)

    def _active(self, step: SetActive) -> Mapping[str, Any]:
        """Return what the state is to say of a pool's active region."""
        since = step.since or self.around.clock.now().isoformat()
        return {
            "key": step.key,
            "since": since,
            "why": step.why,
            "owed": list(step.owed),
            "keep_primary": step.keep_primary,
        }

    def _warm(self, step: SetWarm) -> Mapping[str, Any] | None:
        if step.until is None:
            return None
        names = ("until", "run", "who", "dedicated", "low_priority", "scale")
        return {"since": self.around.clock.now().isoformat(), **{name: getattr(step, name) for name in names}}


def _rollout(step: Step) -> Marked | None:
    match step:
        case Mark():
            return Marked(step.remote.name, step.previous, step.phase, step.why, step.keep, step.paused)
        case Promote():
            return Marked(step.remote.name, step.previous, "promoted")
        case _:
            return None


def _is_refusal(failure: StepFailure) -> bool:
    """Return whether Azure said no, so that nothing has changed.

    A call that was not answered, or was answered with a failure, may have been made; so may one whose
    result is not what was asked for, and one that was told to come again after an answer had been lost.
    """
    return isinstance(failure.error, (NotFound, Conflict, Forbidden, Rejected))


def error_text(error: AzureError) -> str:
    """Return all that Azure said: code, sentence, and every value."""
    code = f"{error.code}: " if error.code else ""
    values = "".join(f"\n  {name}: {value}" for name, value in error.values)
    return f"{code}{error.message}{values}"
