"""Diagnostics as text with the source line and carets, and as JSON in Terraform's shape."""

from collections.abc import Iterable, Iterator
from typing import Any

from batchplan.core.diagnostics import Diagnostic, Severity
from batchplan.core.source import Range, graphemes

Segment = tuple[str, str]
"""A style name (empty for plain) and a text."""

MAX_LINES = 8
"""A longer range is shown by its first lines."""


def text(diagnostic: Diagnostic) -> str:
    """Return a diagnostic as plain text, ending with a line break."""
    return "".join(part for _, part in segments(diagnostic))


def segments(diagnostic: Diagnostic) -> Iterator[Segment]:
    """Yield the pieces of a diagnostic with their styles: `error`, `warning`, `bold`, `dim`, or none."""
    style = "error" if diagnostic.severity is Severity.ERROR else "warning"
    word = "Error" if diagnostic.severity is Severity.ERROR else "Warning"
    yield style, f"{word}: "
    yield "bold", f"{diagnostic.code.id} {diagnostic.summary}\n"
    if diagnostic.address is not None and (diagnostic.at is None or "[" in diagnostic.address):
        # Without a key, the block in the line above the snippet says the same.
        yield "", f"\n  with {diagnostic.address}" + (",\n" if diagnostic.at is not None else "\n")
    elif diagnostic.at is not None:
        yield "", "\n"
    if diagnostic.at is not None:
        yield from _snippet(diagnostic, diagnostic.at)
    yield "", "\n"
    for line in diagnostic.detail.split("\n"):
        yield "", f"  {line}\n" if line else "\n"
    yield "", "\n"


def _snippet(diagnostic: Diagnostic, at: Range) -> Iterator[Segment]:
    source = at.source
    first = source.line_of(at.start)
    last = max(first, source.line_of(max(at.start, at.end - 1)))
    inside = f", in {diagnostic.block}" if diagnostic.block else ""
    yield "dim", f"  on {source.name} line {first}{inside}:\n"
    width = max(4, len(str(last)) + 2)
    shown = range(first, min(last, first + MAX_LINES - 1) + 1)
    for line in shown:
        content = source.line_text(line).replace("\t", "    ")
        yield "dim", f" {line:>{width}}: "
        yield "", f"{content}\n"
        if first == last:
            yield "error" if diagnostic.severity is Severity.ERROR else "warning", _carets(at, line, width)
    if last > shown[-1]:
        yield "dim", f" {'':>{width}}  … {last - shown[-1]} more lines\n"
    for one in diagnostic.involved:
        yield "dim", f" {'':>{width}}  {one.name} {one.statement}\n"


def _carets(at: Range, line: int, width: int) -> str:
    start = at.source.line_start(line)
    before = at.source.text[start : at.start].replace("\t", "    ")
    inside = at.source.text[at.start : at.end].rstrip("\r\n").replace("\t", "    ")
    return f" {'':>{width}}  {' ' * _columns(before)}{'^' * max(1, _columns(inside))}\n"


def _columns(content: str) -> int:
    """Columns on a screen: grapheme clusters, East Asian wide ones twice."""
    if content.isascii():
        return len(content)
    import unicodedata

    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in content)
    return graphemes(content) + wide


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return a diagnostic in the shape of `terraform validate -json`, with the code besides."""
    made: dict[str, Any] = {
        "severity": str(diagnostic.severity),
        "code": diagnostic.code.id,
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
    }
    if diagnostic.address is not None:
        made["address"] = diagnostic.address
    if diagnostic.at is not None:
        made["range"] = range_json(diagnostic.at)
        made["snippet"] = _snippet_json(diagnostic, diagnostic.at)
    return made


def range_json(at: Range) -> dict[str, Any]:
    """Return a range as file name, start and end, each with line, column and byte."""
    first, last = at.first, at.last
    return {
        "filename": at.source.name,
        "start": {"line": first.line, "column": first.column, "byte": first.byte},
        "end": {"line": last.line, "column": last.column, "byte": last.byte},
    }


def _snippet_json(diagnostic: Diagnostic, at: Range) -> dict[str, Any]:
    source = at.source
    first = source.line_of(at.start)
    last = source.line_of(max(at.start, at.end - 1))
    code = "\n".join(source.line_text(line) for line in range(first, last + 1))
    start = source.line_start(first)
    offset = len(source.text[start : at.start].encode())
    return {
        "context": diagnostic.block,
        "code": code,
        "start_line": first,
        "highlight_start_offset": offset,
        "highlight_end_offset": offset + len(source.text[at.start : at.end].encode()),
        "values": [{"traversal": one.name, "statement": one.statement} for one in diagnostic.involved],
    }


def ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics as they are shown: by file and place, errors before warnings, the same thing once."""
    unique: dict[tuple[object, ...], Diagnostic] = {}
    for one in diagnostics:
        place = (one.at.source.name, one.at.start, one.at.end) if one.at else None
        unique.setdefault((one.code.id, one.detail, place, one.severity), one)
    return sorted(unique.values(), key=_place)


def _place(one: Diagnostic) -> tuple[object, ...]:
    severity = 0 if one.severity is Severity.ERROR else 1
    return (severity, one.at.source.name, one.at.start) if one.at else (severity, "", 0)


def summary_json(diagnostics: Iterable[Diagnostic]) -> dict[str, Any]:
    """Return the document of `validate -json`."""
    listed = ordered(diagnostics)
    errors = sum(one.severity is Severity.ERROR for one in listed)
    return {
        "format_version": "1.0",
        "valid": errors == 0,
        "error_count": errors,
        "warning_count": len(listed) - errors,
        "diagnostics": [as_json(one) for one in listed],
    }
