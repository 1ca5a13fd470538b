"""`batchplan workspace`"""

from typing import Annotated

import typer

from batchplan.cli import show
from batchplan.cli.running import Lock, LockTimeout, backend, locking, run, workspace

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Workspaces: several states of one configuration.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="The workspace.")]


@app.command("show")
def show_() -> int:
    """Say which workspace is in use."""
    show.line(workspace())
    return 0


@app.command("list")
def list_() -> int:
    """List the workspaces; a star marks the one in use."""
    chosen = workspace()
    for name in sorted({*backend().workspaces(), chosen}):
        show.line(f"{'*' if name == chosen else ' '} {name}")
    return 0


@app.command("new")
def new(name: Name) -> int:
    """Make a workspace with an empty state, and use it."""
    from pathlib import Path

    from batchplan.ops.workspaces import make

    make(Path.cwd(), backend(), name)
    show.line(f'The workspace "{name}" is made and in use. Its state is empty.')
    return 0


@app.command("select")
def select(
    name: Name,
    or_create: Annotated[bool, typer.Option("--or-create", help="Make it when it is not there.")] = False,
) -> int:
    """Use another workspace."""
    from pathlib import Path

    from batchplan.ops.workspaces import make
    from batchplan.ops.workspaces import select as choose

    where = backend()
    if or_create and name not in where.workspaces():
        make(Path.cwd(), where, name)
    else:
        choose(Path.cwd(), where, name)
    show.line(f'The workspace "{name}" is in use.')
    return 0


@app.command("delete")
def delete(
    name: Name,
    force: Annotated[bool, typer.Option("--force", help="Delete it although its state is not empty.")] = False,
    lock: Lock = True,
    lock_timeout: LockTimeout = "0s",
) -> int:
    """Delete a workspace and its states. What is in Azure stays."""
    from batchplan.ops.workspaces import remove

    run(remove(backend(), name, workspace(), locking(lock=lock, timeout=lock_timeout), force=force))
    show.line(f'The workspace "{name}" is deleted.')
    return 0
