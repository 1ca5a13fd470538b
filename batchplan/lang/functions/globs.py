"""Finding files by pattern: `*`, `?`, `[a-z]`, `[^x]`, `{a,b}`, `\\` before a plain sign, `**` for folders at any depth.

A pattern is matched folder by folder, so braces and brackets cannot hold a slash; names that start with a
dot are matched like any other; links to folders are followed; what may not be looked at is not there.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

MOST_ENTRIES = 250_000
_MAGIC = re.compile(r"[*?\[\]{}\\]")


class PatternError(ValueError):
    """A pattern that means nothing, or one that looks at too many files."""


def find(pattern: str) -> Iterator[Path]:
    """Yield the paths of all regular files that an absolute, normalised pattern matches; each maybe twice."""
    parts = [part for part in pattern.split("/") if part]
    if parts:
        yield from _descend(Path("/"), parts, _Budget())


class _Budget:
    """Counts the entries looked at: a pattern over the whole disk ends in a message, not in a wait."""

    def __init__(self) -> None:
        self.left = MOST_ENTRIES

    def spend(self, entries: int) -> None:
        self.left -= entries
        if self.left < 0:
            raise PatternError(f"the pattern looks at more than {MOST_ENTRIES} files; start in a deeper folder")


def _descend(folder: Path, parts: list[str], budget: _Budget) -> Iterator[Path]:
    part, rest = parts[0], parts[1:]
    if part == "**":
        yield from _any_depth(folder, rest, budget, frozenset())
        return
    if not _MAGIC.search(part):
        names = [part]
    else:
        matches = re.compile(_regex(part), re.DOTALL).fullmatch
        names = [name for name in _names(folder, budget) if matches(name)]
    for name in names:
        path = folder / name
        if not rest:
            if _is(Path.is_file, path):
                yield path
        elif _is(Path.is_dir, path):
            yield from _descend(path, rest, budget)


def _any_depth(folder: Path, rest: list[str], budget: _Budget, above: frozenset[Path]) -> Iterator[Path]:
    real = folder.resolve()
    if real in above:
        return
    if rest:
        yield from _descend(folder, rest, budget)
    for name in _names(folder, budget):
        path = folder / name
        if _is(Path.is_dir, path):
            yield from _any_depth(path, rest, budget, above | {real})
        elif not rest and _is(Path.is_file, path):
            yield path


def _is(kind: Callable[[Path], bool], path: Path) -> bool:
    try:
        return kind(path)
    except OSError:
        return False


def _names(folder: Path, budget: _Budget) -> list[str]:
    try:
        names = [entry.name for entry in folder.iterdir()]
    except OSError:
        return []
    budget.spend(len(names))
    return names


def _regex(part: str) -> str:
    """Return the regular expression of one folder's part of a pattern; raise PatternError for a broken one."""
    made, at, depth = "", 0, 0
    while at < len(part):
        sign = part[at]
        at += 1
        if sign == "*":
            made += ".*"
        elif sign == "?":
            made += "."
        elif sign == "[":
            inside, at = _characters(part, at)
            made += inside
        elif sign == "{":
            made += "(?:"
            depth += 1
        elif depth and sign in ",}":
            made += "|" if sign == "," else ")"
            depth -= sign == "}"
        else:
            plain, at = _plain(part, at, sign)
            made += re.escape(plain)
    if depth:
        raise PatternError(f'"{part}" has a {{ that is not closed; braces cannot hold a slash')
    return made


def _plain(part: str, at: int, sign: str) -> tuple[str, int]:
    if sign != "\\":
        return sign, at
    if at == len(part):
        raise PatternError(f'"{part}" ends in a backslash, which must stand before another sign')
    return part[at], at + 1


def _characters(part: str, at: int) -> tuple[str, int]:
    """Return the regular expression of `[…]` from after its bracket, and where it ends."""
    negated = part[at : at + 1] == "^"
    at += negated
    ranges: list[str] = []
    while at < len(part) and (part[at] != "]" or not ranges):
        if part[at] in "]-":
            break
        low, at = _plain(part, at + 1, part[at])
        high = low
        if part[at : at + 1] == "-" and at + 1 < len(part):
            high, at = _plain(part, at + 2, part[at + 1])
        if low <= high:
            ranges.append(f"{re.escape(low)}-{re.escape(high)}")
    if part[at : at + 1] != "]" or not ranges:
        raise PatternError(f'"{part}" has a [ that is not closed, or nothing between the brackets')
    return f"[{'^' if negated else ''}{''.join(ranges)}]", at + 1
