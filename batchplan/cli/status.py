"""`batchplan status`"""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import Json, VariableFiles, Variables
from batchplan.cli.planning import Emulator, in_session, project
from batchplan.cli.running import seconds

if TYPE_CHECKING:
    from batchplan.ops.session import Session
    from batchplan.plan.standing import Standing


def status(
    watch: Annotated[bool, typer.Option("--watch", help="Show it again and again; Ctrl-C ends.")] = False,
    every: Annotated[str, typer.Option("--every", metavar="10s", help="How often, with -watch.")] = "10s",
    json: Json = False,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
    emulator: Emulator = False,
) -> int:
    """Show how every pool stands: where it is active, nodes, work, backups, and what is owed. Nothing is changed.

    Exit code 1 when schedules make jobs in two regions; -watch goes on.
    """
    import asyncio

    from batchplan.ops.status import status as look
    from batchplan.ops.status import watch as keep_looking

    loaded = project(var, var_file)
    pause = seconds(every)

    async def again() -> bool:
        # In real time: whoever watches looks at a screen.
        await asyncio.sleep(pause)
        return True

    async def work(session: "Session") -> bool:
        if not watch:
            found = await look(session, loaded)
            _print(found, json=json)
            return any(one.elsewhere for one in found)
        await keep_looking(lambda: look(session, loaded), lambda found: _print(found, json=json, clear=True), again)
        return False

    try:
        return int(in_session(work, loaded, emulator=emulator))
    except KeyboardInterrupt:
        if not watch:
            raise
    return 0


def _print(found: "Sequence[Standing]", *, json: bool, clear: bool = False) -> None:
    from batchplan.report.status import as_json, segments

    if json:
        # While watching, a document a line.
        show.event(as_json(found)) if clear else show.document(as_json(found))
        return
    if clear and sys.stdout.isatty():
        show.write("\x1b[2J\x1b[H")
    show.styled(segments(found))
    sys.stdout.flush()
