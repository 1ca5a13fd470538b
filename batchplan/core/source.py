"""Source texts, and ranges in them.

A range holds offsets only; lines and columns are worked out when a person is to see them.
Columns count grapheme clusters, as HCL's do: what a person perceives as one character is one column.
"""

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property


class Source:
    """A named text. `text` is decoded and keeps its line endings; `name` is shown to people as it is."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text

    def __repr__(self) -> str:
        return f"Source({self.name!r}, {len(self.text)} characters)"

    @cached_property
    def _line_starts(self) -> list[int]:
        starts = [0]
        at = self.text.find("\n")
        while at >= 0:
            starts.append(at + 1)
            at = self.text.find("\n", at + 1)
        return starts

    def line_of(self, offset: int) -> int:
        """Return the line of an offset, counted from 1."""
        return bisect_right(self._line_starts, offset)

    def line_text(self, line: int) -> str:
        """Return a line (from 1) without its ending; the empty string past the end."""
        if not 1 <= line <= len(self._line_starts):
            return ""
        start = self._line_starts[line - 1]
        end = self._line_starts[line] if line < len(self._line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def line_start(self, line: int) -> int:
        """Return the offset where a line (from 1) starts."""
        return self._line_starts[line - 1]

    def position(self, offset: int) -> "Position":
        """Return line, column and byte of an offset."""
        line = self.line_of(offset)
        before = self.text[self._line_starts[line - 1] : offset]
        return Position(line, graphemes(before) + 1, len(self.text[:offset].encode("utf-8", "surrogatepass")))


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a character stands: line and column from 1, byte from 0."""

    line: int
    column: int
    byte: int


@dataclass(frozen=True, slots=True)
class Range:
    """A stretch of a source, `end` exclusive. `start == end` is a place between characters."""

    source: Source = field(repr=False)
    start: int
    end: int

    @property
    def first(self) -> Position:
        """Position of the first character."""
        return self.source.position(self.start)

    @property
    def last(self) -> Position:
        """Position just after the last character."""
        return self.source.position(self.end)

    @property
    def text(self) -> str:
        """The characters themselves."""
        return self.source.text[self.start : self.end]

    def __str__(self) -> str:
        return f"{self.source.name}:{self.source.line_of(self.start)}"


def graphemes(text: str) -> int:
    """Return the number of grapheme clusters."""
    if text.isascii():
        return len(text) - text.count("\r\n")
    import regex

    return len(regex.findall(r"\X", text))
