"""Formatting files and streams."""

import difflib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from batchplan.config.files import decode_text, read_source
from batchplan.core.codes import UNREADABLE_FILE
from batchplan.core.diagnostics import Diagnostics
from batchplan.core.source import Source
from batchplan.lang.format import format_text
from batchplan.lang.parse import parse_file
from batchplan.ops.ignorecomments import with_blocks

SUFFIXES = (".batch.hcl", ".batchvars.hcl", ".batchtest.hcl")
"""What a folder is searched for; a file that is named is formatted whatever it is called."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A text whose layout changes. `path` is None for standard input."""

    path: Path | None
    diff: str


@dataclass(slots=True)
class Formatted:
    """What changed, what could not be read, and, for a stream, the new text."""

    changed: list[Changed] = field(default_factory=list)
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    text: str = ""


def format_stream(data: bytes) -> Formatted:
    """Format one text; a text with syntax errors is given back as it is, with its faults."""
    result = Formatted()
    source = decode_text(data, "<stdin>", result.diagnostics)
    if source is not None:
        result.text = _format(source, None, result)
    return result


def format_paths(paths: Sequence[Path], *, recursive: bool, write: bool) -> Formatted:
    """Format files, and those in folders; a file with syntax errors is left alone and reported."""
    result = Formatted()
    for path in paths:
        for file in _files(path, result.diagnostics, recursive=recursive):
            source = read_source(file, str(file), result.diagnostics)
            if source is None:
                continue
            made = _format(source, file, result)
            if write and made != source.text:
                _replace(file, made, result.diagnostics)
    return result


def _format(source: Source, path: Path | None, result: Formatted) -> str:
    _, faults = parse_file(source)
    result.diagnostics.extend(faults)
    if faults:
        return source.text
    made = format_text(with_blocks(source))
    if made != source.text:
        lines = difflib.unified_diff(
            source.text.splitlines(keepends=True),
            made.splitlines(keepends=True),
            f"old/{source.name}",
            f"new/{source.name}",
        )
        result.changed.append(Changed(path, "".join(lines)))
    return made


def _files(path: Path, diagnostics: Diagnostics, *, recursive: bool) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    if not path.is_dir():
        diagnostics.error(UNREADABLE_FILE, f'There is no file or folder "{path}".')
        return
    try:
        entries = sorted(path.iterdir())
    except OSError as error:
        diagnostics.error(UNREADABLE_FILE, f'The folder "{path}" cannot be read: {(error.strerror or "").lower()}.')
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_file() and entry.name.endswith(SUFFIXES):
            yield entry
        elif recursive and entry.is_dir() and not entry.is_symlink():
            yield from _files(entry, diagnostics, recursive=True)


def _replace(path: Path, text: str, diagnostics: Diagnostics) -> None:
    """Write beside the file and move it into place, so that an interruption leaves the old one whole."""
    try:
        mode = path.stat().st_mode
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        Path(name).chmod(mode & 0o7777)
        Path(name).replace(path)
    except OSError as error:
        diagnostics.error(UNREADABLE_FILE, f'"{path}" cannot be written: {(error.strerror or "").lower()}.')
