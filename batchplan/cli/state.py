"""`batchplan state`"""

import sys
from typing import Annotated

import typer

from batchplan.cli import show
from batchplan.cli.running import Lock, LockTimeout, locking, run, store

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look at the state, and change it by hand.")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]


@app.command("list")
def list_(
    addresses: Annotated[list[str] | None, typer.Argument(help="Only these: objects, blocks or modules.")] = None,
    id: Annotated[str | None, typer.Option("--id", help="Only the object in Azure with this id.")] = None,  # noqa: A002
) -> int:
    """List the objects in the state."""
    from batchplan.ops.state import current, of_id, selected

    records = selected(run(current(store())), addresses or [])
    for address, _ in records if id is None else of_id(records, id):
        show.line(str(address))
    return 0


@app.command("show")
def show_(address: Annotated[str, typer.Argument(help="The object.")]) -> int:
    """Show one object of the state."""
    from batchplan.ops.state import current, record_at
    from batchplan.report.state import record_text

    show.write(record_text(record_at(run(current(store())), address)))
    return 0


@app.command("mv")
def mv(
    origin: Annotated[str, typer.Argument(help="What it is called: an object, a block or a module.")],
    target: Annotated[str, typer.Argument(help="What it is to be called.")],
    dry_run: DryRun = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
) -> int:
    """Give an object, all instances of a block, or a module another address. Azure is not touched."""
    from batchplan.ops.state import Move, changed, current, moves, with_moves
    from batchplan.state.model import StateDocument

    if dry_run:
        for move in moves(run(current(store())), origin, target):
            show.line(f"Would move {move.origin} to {move.target}")
        return 0
    done: list[Move] = []

    def change(document: StateDocument) -> StateDocument:
        done.extend(moves(document, origin, target))
        return with_moves(document, done)

    run(changed(store(), "state mv", locking(lock=lock, timeout=lock_timeout), change))
    for move in done:
        show.line(f"Moved {move.origin} to {move.target}")
    return 0


@app.command("rm")
def rm(
    addresses: Annotated[list[str], typer.Argument(help="Objects, blocks or modules.")],
    dry_run: DryRun = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
) -> int:
    """Let the state forget objects. In Azure they stay, and nobody manages them any more."""
    from batchplan.core.address import Address
    from batchplan.ops.state import changed, current, selected, without_all
    from batchplan.state.model import StateDocument

    if dry_run:
        for address, _ in selected(run(current(store())), addresses):
            show.line(f"Would remove {address}")
        return 0
    gone: list[Address] = []

    def change(document: StateDocument) -> StateDocument:
        gone.extend(address for address, _ in selected(document, addresses))
        return without_all(document, gone)

    run(changed(store(), "state rm", locking(lock=lock, timeout=lock_timeout), change))
    for address in gone:
        show.line(f"Removed {address}")
    show.line(
        f"{len(gone)} {'object is' if len(gone) == 1 else 'objects are'} no longer managed; in Azure nothing changed."
    )
    return 0


@app.command("pull")
def pull() -> int:
    """Print the state as it is kept, with what interrupted runs have done."""
    from batchplan.ops.state import current

    document = run(current(store()))
    if document is not None:
        show.write(document.model_dump_json(indent=2) + "\n")
    return 0


@app.command("push")
def push(
    file: Annotated[str, typer.Argument(help="A state as state pull prints it; - for standard input.")],
    force: Annotated[bool, typer.Option("--force", help="Push although lineage or serial do not fit.")] = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
) -> int:
    """Make a state the newest version of this one; it must be of the same lineage, and newer."""
    from batchplan.ops.state import push as push_state
    from batchplan.ops.state import pushed

    name = "standard input" if file == "-" else file
    document = pushed(_text(file), name)
    made = run(push_state(store(), document, locking(lock=lock, timeout=lock_timeout), force=force))
    show.line(f"The state is now version {made.serial}.")
    return 0


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    from pathlib import Path

    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise typer.BadParameter(f'"{file}" cannot be read: {reason.lower()}') from None
