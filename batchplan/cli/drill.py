"""`batchplan drill`"""

from typing import TYPE_CHECKING, Annotated

import typer

from batchplan.cli import show
from batchplan.cli.apply import ask_for_yes
from batchplan.cli.options import Json, VariableFiles, Variables
from batchplan.cli.planning import Emulator, address_of, in_session, project
from batchplan.cli.running import Lock, LockTimeout, seconds
from batchplan.cli.ways import Approve, Input

if TYPE_CHECKING:
    from batchplan.apply.events import Event
    from batchplan.ops.session import Session
    from batchplan.plan.standing import DrillOutcome
    from batchplan.ports import StateStore


def drill(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A pool with backups.")],
    to: Annotated[str | None, typer.Option("--to", metavar="KEY", help="The backup; else the first.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Fail over in Azure, and return.")] = False,
    stay: Annotated[
        str, typer.Option("--stay", metavar="1h", help="With -live: how long the backup does the work.")
    ] = "0s",
    verbose: Annotated[bool, typer.Option("--verbose", help="Show each step.")] = False,
    auto_approve: Approve = False,
    json: Json = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
    input: Input = True,  # noqa: A002 - Terraform's word
    emulator: Emulator = False,
) -> int:
    """Practise the failover of a pool on a copy of what is live, with the region cut. Azure is not changed.

    Exit code 1 when a task was lost, or a run of a schedule came twice or not at all. The result is kept in the state.
    """
    from batchplan.ops.apply import locked
    from batchplan.ops.drill import Drill, live_drill
    from batchplan.ops.drill import drill as practise
    from batchplan.wiring import DrillWorld, drill_session

    asked = Drill(address_of(address), to, seconds(stay))
    if asked.stay and not live:
        raise typer.BadParameter("-stay is for a drill with -live; a copy lets its own time pass")
    loaded = project(var, var_file)
    shown = show.run_reporter(json=json)

    def report(event: "Event") -> None:
        if verbose or live:
            shown(event)

    async def work(session: "Session") -> "DrillOutcome":
        async def twin(store: "StateStore") -> "tuple[Session, DrillWorld]":
            return await drill_session(store, session.subscription)

        async with locked(session, "drill", lock=lock, timeout=seconds(lock_timeout)):
            if not live:
                return await practise(session, loaded, asked, twin, report)
            if not auto_approve:
                ask_for_yes(f"Fail {address} over in Azure, and return?", ask=input and not json)
            return await live_drill(session, loaded, asked, report)

    found = in_session(work, loaded, emulator=emulator)
    _print(found, json=json)
    return 0 if found.passed else 1


def _print(found: "DrillOutcome", *, json: bool) -> None:
    from batchplan.report.drill import as_json, segments

    if json:
        show.document(as_json(found))
    else:
        show.styled(segments(found))
