"""Runs of test files over a session: modules planned and applied in a world of their own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from batchplan.apply.executor import RunResult
from batchplan.backends.memory import MemoryStore
from batchplan.config.project import Inputs, Project, load_project
from batchplan.config.variables import VariableFlag
from batchplan.core.codes import PREVENT_DESTROY
from batchplan.core.diagnostics import Diagnostic, UserError
from batchplan.ops.apply import apply_plan
from batchplan.ops.plan import Planned, make_plan
from batchplan.ops.session import Session
from batchplan.ops.testing import Ended, Request
from batchplan.ops.workspace import resolver
from batchplan.plan.options import Options
from batchplan.plan.step import Step
from batchplan.ports import AzureError


@dataclass(frozen=True, slots=True)
class Telling:
    """How results are put into words: what Azure said, a run that failed, a plan."""

    azure: Callable[[AzureError], Diagnostic]
    run: Callable[[RunResult, Sequence[Step]], Sequence[Diagnostic]]
    plan: Callable[[Planned], str]


@dataclass(slots=True)
class SessionRunner:
    """Runs modules in one session, which is opened when it is first needed. Each module has a state of its own."""

    open: Callable[[], Awaitable[Session]]
    telling: Telling
    flags: Sequence[VariableFlag] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    session: Session | None = None
    stores: dict[Path, MemoryStore] = field(default_factory=dict)
    projects: dict[Path, Project] = field(default_factory=dict)

    async def run(self, request: Request) -> Ended:
        """Plan or apply a module; what goes wrong is in the result."""
        inputs = Inputs(self.flags, self.environment, given=request.given)
        project = load_project(request.folder, resolver(request.folder), inputs)
        if project.diagnostics.has_errors:
            return Ended(None, tuple(project.diagnostics))
        try:
            session = await self._session(request.folder)
            planned = await make_plan(session, project, Options())
            told = self.telling.plan(planned)
            assert planned.project is not None, "a plan of a project knows it"
            evaluated = planned.project.evaluated
            failures: Sequence[Diagnostic] = ()
            if request.command == "apply":
                self.projects.pop(request.folder, None)
                self.projects[request.folder] = project
                failures = await self._apply(session, planned)
            return Ended(evaluated, (*planned.diagnostics, *failures), told)
        except UserError as error:
            return Ended(None, tuple(error.diagnostics))
        except AzureError as error:
            return Ended(None, (self.telling.azure(error),))

    async def _apply(self, session: Session, planned: Planned) -> Sequence[Diagnostic]:
        applied = await apply_plan(session, planned, lambda _: None)
        return self.telling.run(applied.result, planned.steps)

    async def _session(self, folder: Path) -> Session:
        if self.session is None:
            self.session = await self.open()
        return replace(self.session, store=self.stores.setdefault(folder, MemoryStore()))

    async def destroy(self) -> Sequence[Diagnostic]:
        """Destroy what was applied, last first, and let go of the session.

        What is protected from destruction stays: the world goes anyway.
        """
        if self.session is None:
            return ()
        found: list[Diagnostic] = []
        try:
            for folder, project in reversed(self.projects.items()):
                try:
                    session = await self._session(folder)
                    planned = await make_plan(session, project, Options(destroy=True))
                    found.extend(await self._apply(session, planned))
                except UserError as error:
                    found.extend(one for one in error.diagnostics if one.code is not PREVENT_DESTROY)
                except AzureError as error:
                    found.append(self.telling.azure(error))
        finally:
            await self.session.close()
            self.session = None
        return found
