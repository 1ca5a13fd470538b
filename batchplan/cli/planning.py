"""What plan, apply, destroy and refresh share: flags, a session, and what goes wrong with Azure."""

import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from batchplan.cli.options import open_project
from batchplan.cli.running import run

if TYPE_CHECKING:
    from batchplan.config.project import Project
    from batchplan.core.address import Address, ModulePath
    from batchplan.core.diagnostics import Diagnostics
    from batchplan.ops.session import Session
    from batchplan.plan.options import Options

T = TypeVar("T")

Targets = Annotated[list[str], typer.Option("--target", metavar="ADDRESS", help="Only this, and what it needs.")]
Excludes = Annotated[list[str], typer.Option("--exclude", metavar="ADDRESS", help="Not this, nor what needs it.")]
Replaces = Annotated[list[str], typer.Option("--replace", metavar="ADDRESS", help="Replace this, changed or not.")]
Destroy = Annotated[bool, typer.Option("--destroy", help="Plan to destroy everything.")]
RefreshOnly = Annotated[bool, typer.Option("--refresh-only", help="Only bring the state up to date with Azure.")]
Refresh = Annotated[bool, typer.Option("--refresh/--no-refresh", help="Look at Azure, or trust the state.")]
Parallelism = Annotated[int, typer.Option("--parallelism", min=1, help="How many steps at once.")]
Compact = Annotated[bool, typer.Option("--compact-warnings", help="Show warnings by their summaries only.")]
Emulator = Annotated[bool, typer.Option("--emulator", help="Work on the emulator, whatever the provider block says.")]


def options(
    targets: Sequence[str] = (),
    excludes: Sequence[str] = (),
    replaces: Sequence[str] = (),
    *,
    destroy: bool = False,
    refresh_only: bool = False,
    refresh: bool = True,
) -> "Options":
    """Return what the flags ask for; raise UserError for what is no address, BadParameter for flags that contradict."""
    from batchplan.plan.options import Options

    if destroy and refresh_only:
        raise typer.BadParameter("-destroy and -refresh-only exclude each other: a plan does one or the other")
    if refresh_only and not refresh:
        raise typer.BadParameter("-refresh-only looks at Azure and does nothing else, so -refresh=false leaves nothing")
    if replaces and (destroy or refresh_only):
        raise typer.BadParameter(f"-replace has no meaning with {'-destroy' if destroy else '-refresh-only'}")
    return Options(
        targets=tuple(map(place, targets)),
        excludes=tuple(map(place, excludes)),
        replace=tuple(map(address_of, replaces)),
        destroy=destroy,
        refresh_only=refresh_only,
    )


def place(text: str) -> "Address | ModulePath":
    """Return the object, block or module that a text names; raise UserError when it names none."""
    from batchplan.core.address import AddressError, parse_module_path

    try:
        return parse_module_path(text)
    except AddressError:
        return address_of(text)


def address_of(text: str) -> "Address":
    """Return the address that a text is; raise UserError when it is none."""
    from batchplan.core.address import AddressError, parse_address
    from batchplan.core.codes import INVALID_ADDRESS
    from batchplan.core.diagnostics import Diagnostic, UserError

    try:
        return parse_address(text)
    except AddressError as error:
        reason = str(error)
        raise UserError([Diagnostic(INVALID_ADDRESS, f"{reason[0].upper()}{reason[1:]}.")]) from None


def project(values: Sequence[str], files: Sequence[str], *, evaluate: bool = True) -> "Project":
    """Load the configuration in the current folder; raise UserError when it has errors.

    Without `evaluate`, what is wrong with values turns up when the session evaluates it.
    """
    from datetime import UTC, datetime

    from batchplan.core.diagnostics import UserError

    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = open_project(values, files, plan_timestamp=stamp, evaluate=evaluate)
    if found.diagnostics.has_errors:
        raise UserError(_faults(found).items)
    return found


def _faults(of: "Project") -> "Diagnostics":
    """Return all that is wrong with a project, also with values that have not been worked out yet."""
    from batchplan.config.typed import SchemaKinds

    unseen = of.evaluated is None and of.tree is not None
    return of.evaluated_with(SchemaKinds()).diagnostics if unseen else of.diagnostics


def in_session(
    work: "Callable[[Session], Awaitable[T]]", of: "Project", *, emulator: bool, in_flight: int | None = None
) -> T:
    """Run a use case in a session of its own and return its result; what Azure says no to becomes a UserError."""
    return run(_within(work, of, emulator=emulator, in_flight=in_flight))


async def _within(
    work: "Callable[[Session], Awaitable[T]]", of: "Project", *, emulator: bool, in_flight: int | None
) -> T:
    from batchplan.config.provider import evaluated_for_providers
    from batchplan.core.diagnostics import UserError
    from batchplan.ops.backendblock import state_store
    from batchplan.ports import AzureError
    from batchplan.report.failures import azure_diagnostic
    from batchplan.wiring import open_session

    assert of.root is not None, "a project without errors has been loaded"
    folder = Path.cwd()
    store = state_store(folder, of.root, of.workspace, of.values)
    try:
        try:
            providers = evaluated_for_providers(of)
            session = await open_session(folder, providers, store, os.environ, emulator=emulator, in_flight=in_flight)
        except (UserError, AzureError):
            faults = _faults(of)
            if faults.has_errors:  # they come first: perhaps they are why there is no session
                raise UserError(faults.items) from None
            raise
        try:
            return await work(session)
        finally:
            await session.close()
    except AzureError as error:
        raise UserError([azure_diagnostic(error)]) from None
