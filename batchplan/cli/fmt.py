"""`batchplan fmt`"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from batchplan.cli import show


def fmt(
    paths: Annotated[
        list[str], typer.Argument(metavar="[FILE|FOLDER|-]…", help="What to format; - is standard input.")
    ] = [],  # noqa: B006
    check: Annotated[
        bool, typer.Option("--check/--no-check", help="Change nothing; exit with 3 when something would change.")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff/--no-diff", help="Show what changes.")] = False,
    recursive: Annotated[bool, typer.Option("--recursive/--no-recursive", help="Go into folders below.")] = False,
    write: Annotated[bool, typer.Option("--write/--no-write", help="Write the files.")] = True,
    list_files: Annotated[bool, typer.Option("--list/--no-list", help="List the files that change.")] = True,
) -> int:
    """Rewrite configuration files in the usual layout; comments stay."""
    from batchplan.ops.formatting import format_paths, format_stream

    if paths == ["-"]:
        result = format_stream(sys.stdin.buffer.read())
    else:
        result = format_paths([Path(path) for path in paths or ["."]], recursive=recursive, write=write and not check)
    for one in result.changed:
        if list_files and one.path is not None:
            show.line(str(one.path))
        if diff:
            show.write(one.diff)
    if paths == ["-"] and not check and not diff:
        show.write(result.text)
    show.diagnostics(result.diagnostics)
    if result.diagnostics.has_errors:
        return 2
    return 3 if check and result.changed else 0
