"""`batchplan plan`"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json, VariableFiles, Variables
from batchplan.cli.planning import (
    Compact,
    Destroy,
    Emulator,
    Excludes,
    Refresh,
    RefreshOnly,
    Replaces,
    Targets,
    in_session,
    options,
    project,
)
from batchplan.cli.running import Lock, LockTimeout, seconds

if TYPE_CHECKING:
    from batchplan.ops.plan import Planned
    from batchplan.ops.session import Session

CHANGES = 2


def plan(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Save the plan, to apply exactly it.")
    ] = None,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when there are changes.")
    ] = False,
    json: Json = False,
    target: Targets = [],  # noqa: B006 - typer copies it
    exclude: Excludes = [],  # noqa: B006
    replace: Replaces = [],  # noqa: B006
    destroy: Destroy = False,
    refresh_only: RefreshOnly = False,
    refresh: Refresh = True,
    compact_warnings: Compact = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
    emulator: Emulator = False,
) -> int:
    """Show what apply would do, exactly, and why. Nothing is changed."""
    from batchplan.ops.apply import locked
    from batchplan.ops.plan import make_plan

    asked = options(target, exclude, replace, destroy=destroy, refresh_only=refresh_only)
    wait = seconds(lock_timeout)
    loaded = project(var, var_file, evaluate=False)

    async def work(session: "Session") -> "Planned":
        async with locked(session, "plan", lock=lock, timeout=wait):
            return await make_plan(session, loaded, asked, refresh=refresh, locked=lock)

    planned = in_session(work, loaded, emulator=emulator)
    if out is not None:
        _save(planned, out)
    _print(planned, out, json=json, compact=compact_warnings)
    return CHANGES if detailed_exitcode and not planned.is_empty else 0


def _save(planned: "Planned", out: Path) -> None:
    from batchplan.ops.saved import save_plan

    save_plan(planned, out)


def _print(planned: "Planned", out: Path | None, *, json: bool, compact: bool) -> None:
    if json:
        show.plan_events(planned)
        return
    show.warnings(planned.diagnostics, compact=compact)
    show.plan(planned.changes, planned.steps)
    if out is not None:
        show.line(f"\nSaved. To do exactly this: batchplan apply {out}")
    elif not planned.is_empty:
        show.line("\nThis plan is not saved: apply makes it anew. To keep it: batchplan plan -out plan.bpplan")
