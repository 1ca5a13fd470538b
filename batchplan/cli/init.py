"""`batchplan init`"""

import os
from pathlib import Path
from typing import Annotated

import typer

from batchplan.cli import show
from batchplan.cli.options import VariableFiles, Variables, ordered_flags


def init(
    upgrade: Annotated[
        bool, typer.Option("--upgrade/--no-upgrade", help="Look up the newest of what is pinned.")
    ] = False,
    var: Variables = [],  # noqa: B006 - typer copies it
    var_file: VariableFiles = [],  # noqa: B006
) -> int:
    """Fetch the modules this configuration uses and pin them in .batchplan.lock.hcl."""
    from batchplan.config.lock import LOCK_FILE
    from batchplan.ops.init import initialise

    result = initialise(Path.cwd(), ordered_flags(var, var_file), dict(os.environ), upgrade=upgrade)
    show.diagnostics(result.diagnostics)
    if result.diagnostics.has_errors:
        return 1
    for key, module in sorted(result.fetched.items()):
        show.line(f"- {key}: {module.source}")
    if result.lock_changed:
        show.line(f"{LOCK_FILE} has been written. Keep it in version control.")
    show.line("batchplan is ready here. Next: batchplan validate")
    return 0
