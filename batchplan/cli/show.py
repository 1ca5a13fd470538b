"""Printing: colour only on a terminal that wants it."""

import json
import os
import sys
from collections.abc import Iterable
from typing import IO, Any

from batchplan.core.diagnostics import Diagnostic

STYLES = {"error": "bold red", "warning": "bold yellow", "bold": "bold", "dim": "dim"}
_NO_COLOR = False


def switch_colour_off() -> None:
    """Print without colour from now on, as -no-color asks."""
    global _NO_COLOR  # noqa: PLW0603 - one process prints in one way
    _NO_COLOR = True


def coloured(stream: IO[str]) -> bool:
    """Return whether a stream takes colour: a terminal, and neither -no-color, NO_COLOR nor TERM=dumb."""
    if _NO_COLOR or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))


def write(text: str, stream: IO[str] | None = None) -> None:
    """Print a text as it is."""
    (stream or sys.stdout).write(text)


def line(text: str = "") -> None:
    """Print a line."""
    write(text + "\n")


def document(data: Any) -> None:
    """Print a JSON document."""
    line(json.dumps(data, indent=2, ensure_ascii=False))


def diagnostics(found: Iterable[Diagnostic], stream: IO[str] | None = None) -> None:
    """Print diagnostics, each with its place."""
    from batchplan.report.diagnostics import ordered, segments, text

    out = stream or sys.stderr
    listed = ordered(found)
    if not coloured(out):
        for one in listed:
            out.write(text(one))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=out, force_terminal=True, highlight=False, soft_wrap=True)
    for one in listed:
        made = Text()
        for style, part in segments(one):
            made.append(part, style=STYLES.get(style, ""))
        console.print(made, end="")
