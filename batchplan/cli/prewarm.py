"""`batchplan prewarm`"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.apply import GATE
from batchplan.cli.options import Json, VariableFiles, Variables
from batchplan.cli.planning import Emulator, address_of, in_session, project
from batchplan.cli.running import Lock, LockTimeout, seconds

if TYPE_CHECKING:
    from batchplan.ops.prewarm import Warmed
    from batchplan.ops.session import Session


def prewarm(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A schedule, or a pool.")],
    before: Annotated[str, typer.Option("--before", metavar="45m", help="How long before the run.")] = "45m",
    deadline: Annotated[
        str | None,
        typer.Option("--deadline", metavar="TIME", help="When the nodes must be ready: 2026-11-22T01:50:00Z."),
    ] = None,
    nodes: Annotated[int | None, typer.Option("--nodes", min=0, help="How many; else as declared.")] = None,
    spot: Annotated[int, typer.Option("--spot", min=0, help="How many spot nodes.")] = 0,
    keep: Annotated[
        str, typer.Option("--keep", metavar="4h", help="How long after the run; the next apply gives them back then.")
    ] = "4h",
    then_return: Annotated[
        bool, typer.Option("--then-return", help="Stay until the run is over, then return to the declared size.")
    ] = False,
    json: Json = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
    emulator: Emulator = False,
) -> int:
    """Have a pool's nodes ready before the next run of a schedule; fail over when they are not to be had in time.

    Too early it does nothing, so it can be called every few minutes, by cron or in CI.
    """
    from batchplan.ops.apply import locked
    from batchplan.ops.prewarm import Prewarm, cool_down
    from batchplan.ops.prewarm import prewarm as warm

    asked = Prewarm(address_of(address), seconds(before), _moment(deadline), nodes, spot, seconds(keep))
    loaded = project(var, var_file)
    report = show.run_reporter(json=json)

    async def work(session: "Session") -> "Warmed":
        async with locked(session, "prewarm", lock=lock, timeout=seconds(lock_timeout)):
            found = await warm(session, loaded, asked, report)
            _tell(found, address, json=json)
            if then_return and not found.early:
                await cool_down(session, loaded, asked.what, found.run, report)
            return found

    found = in_session(work, loaded, emulator=emulator)
    return 0 if found.early or found.ready else GATE


def _moment(text: str | None) -> datetime | None:
    from batchplan.schema.times import instant

    found = instant(text) if text else None
    if text and found is None:
        raise typer.BadParameter(f'"{text}" is no moment; one looks like 2026-11-22T01:50:00Z')
    return found


def _tell(found: "Warmed", address: str, *, json: bool) -> None:
    run = f"{found.run:%Y-%m-%d %H:%M} UTC" if found.run is not None else ""
    if json:
        about = {
            "type": "prewarm",
            "run": found.run.isoformat() if found.run else None,
            "early": found.early,
            "ready": found.ready,
            "nodes": found.nodes,
            "moved_to": found.moved_to,
        }
        show.event(about)
    elif found.early:
        show.line(f"{address} runs next at {run}. It is too early to do anything.")
    elif found.moved_to is not None:
        where = found.moved_to or "the primary region"
        show.line(f"\nThere were no nodes in time. The work is done in {where} now; the next run is at {run}.")
    else:
        show.line(f"\n{found.nodes} nodes are ready for the run at {run}.")
