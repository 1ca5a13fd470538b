"""`batchplan force-unlock`"""

import sys
from typing import Annotated

import typer

from batchplan.cli import show
from batchplan.cli.running import run, store


def force_unlock(
    id: Annotated[str, typer.Argument(metavar="ID", help="The id of the lock, as the refused command told it.")],  # noqa: A002
    force: Annotated[bool, typer.Option("--force", help="Do not ask.")] = False,
) -> int:
    """Break the lock of the state, when the one who held it does not run any more."""
    from batchplan.core.codes import CONFIRMATION_NEEDED
    from batchplan.core.diagnostics import Diagnostic, UserError

    if not force:
        if not sys.stdin.isatty():
            detail = "Breaking a lock is asked about, and there is no terminal to ask on. Add -force."
            raise UserError([Diagnostic(CONFIRMATION_NEEDED, detail)])
        show.line("Two runs over one state at once can lose what one of them does.")
        if input("Break the lock? Only yes is taken for it: ").strip() != "yes":
            show.line("The lock was not broken.")
            return 1
    run(store().force_unlock(id))
    show.line("The lock is broken. Look at the state before you go on: batchplan plan")
    return 0
