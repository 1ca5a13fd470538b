"""`batchplan drift`"""

from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json, VariableFiles, Variables
from batchplan.cli.planning import Emulator, Targets, in_session, options, project
from batchplan.cli.running import Lock, LockTimeout, seconds

if TYPE_CHECKING:
    from batchplan.ops.plan import Planned
    from batchplan.ops.session import Session

DRIFT = 2


def drift(
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when there is drift.")
    ] = False,
    json: Json = False,
    target: Targets = [],  # noqa: B006 - typer copies it
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006
    var_file: VariableFiles = [],  # noqa: B006
    emulator: Emulator = False,
) -> int:
    """Show what was changed outside of batchplan since the last apply. Nothing is changed."""
    from batchplan.ops.apply import locked
    from batchplan.ops.plan import make_plan

    loaded = project(var, var_file, evaluate=False)
    asked = options(target, refresh_only=True)
    wait = seconds(lock_timeout)

    async def work(session: "Session") -> "Planned":
        async with locked(session, "drift", lock=lock, timeout=wait):
            return await make_plan(session, loaded, asked, locked=lock)

    found = in_session(work, loaded, emulator=emulator).changes.drift
    if json:
        from batchplan.report.plan import drift_json

        show.document({"format_version": "1.0", "drift": drift_json(found)})
    elif not found:
        show.line("No drift. What is live is what was last applied.")
    else:
        from batchplan.report.plan import drift_segments

        count = len(found)
        show.styled([("bold", f"{count} object{'' if count == 1 else 's'} changed outside of batchplan\n")])
        show.styled(drift_segments(found))
        show.line("\nTo put it back: batchplan apply. To accept it: change the configuration, or batchplan refresh.")
    return DRIFT if detailed_exitcode and found else 0
