"""CSV as Go reads it (RFC 4180): rows of equal length, quotes only around whole fields."""

from collections.abc import Iterator


class CsvError(Exception):
    """A text that is no CSV: the reason, with its line."""


class _Lines:
    """The lines of a text, each with its `\\n` but for the last; `\\r\\n` counts as `\\n`."""

    def __init__(self, source: str) -> None:
        self._lines = source.split("\n")
        self.number = 0

    def next(self) -> str:
        """Return the next line, "" at the end."""
        if self.number >= len(self._lines):
            return ""
        line = self._lines[self.number].removesuffix("\r")
        self.number += 1
        return line + "\n" if self.number < len(self._lines) else line


def rows(source: str) -> Iterator[list[str]]:
    """Yield the rows; empty lines are none. Raises CsvError."""
    lines = _Lines(source)
    width: int | None = None
    while line := lines.next():
        if line == "\n":
            continue
        start = lines.number
        row = _row(line, lines)
        if width is None:
            width = len(row)
        elif len(row) != width:
            raise CsvError(f"line {start} has {len(row)} fields, but the header has {width}")
        yield row


def _row(line: str, lines: _Lines) -> list[str]:
    row: list[str] = []
    while True:
        if line.startswith('"'):
            field, line, more = _quoted(line[1:], lines)
        else:
            field, comma, line = line.partition(",")
            field = field.removesuffix("\n")
            more = bool(comma)
            if '"' in field:
                raise CsvError(
                    f"line {lines.number} has a quote within a field; put quotes around the field and double those inside"
                )
        row.append(field)
        if not more:
            return row


def _quoted(line: str, lines: _Lines) -> tuple[str, str, bool]:
    """Return a quoted field, what follows it on its last line, and whether that is another field."""
    start = lines.number
    parts: list[str] = []
    while True:
        before, quote, after = line.partition('"')
        parts.append(before)
        if not quote:
            line = lines.next()
            if not line:
                raise CsvError(f"the quote opened on line {start} is not closed")
        elif after.startswith('"'):
            parts.append('"')
            line = after[1:]
        elif after.startswith(","):
            return "".join(parts), after[1:], True
        elif after in ("", "\n"):
            return "".join(parts), "", False
        else:
            raise CsvError(
                f"line {lines.number} goes on after a closing quote; a comma or the end of the line must follow"
            )
