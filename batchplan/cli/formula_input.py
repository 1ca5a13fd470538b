"""What the commands about formulas are given: files, standard input, and moments."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

File = Annotated[
    str,
    typer.Argument(
        metavar="[FILE|-|ADDRESS]", help="A file with one formula, - for standard input, or an object: pool.main."
    ),
]
Files = Annotated[
    list[str], typer.Argument(metavar="FILE...", help="Files with one formula each; - is standard input.")
]
Formulas = Annotated[
    list[str], typer.Argument(metavar="FILE|ADDRESS...", help="Files with one formula each, -, or objects: pool.main.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Write one JSON document.")]


def fail(message: str) -> NoReturn:
    """Tells what is wrong with what was given, and ends the command."""
    typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(1)


def read(path: str) -> str:
    """The text of a file, or of standard input for -."""
    try:
        return sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        fail(f"cannot read {path}: {fault}")


def clock(text: str | None) -> datetime:
    """A moment given as text (UTC unless it says otherwise), or now."""
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        fail(f"{text!r} is no time; write 2026-11-23T09:00:00Z")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def show(document: Any) -> None:
    """Writes a JSON document for programs."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
