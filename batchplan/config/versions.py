"""Versions and constraints on them: `>= 0.1, < 2.0`, `~> 1.2`."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

Version = tuple[int, int, int]

_VERSION = re.compile(r"v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-+][0-9A-Za-z.+-]+)?")
_PART = re.compile(r"\s*(~>|>=|<=|!=|=|>|<)?\s*(\S+)\s*")
_COMPARE: dict[str, Callable[[Version, Version], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}


class VersionError(ValueError):
    """A text that is no version or no constraint, and how one looks."""


def parse_version(text: str) -> Version:
    """Return major, minor and patch; missing parts are 0. Raise VersionError."""
    found = _VERSION.fullmatch(text)
    if found is None:
        raise VersionError(f'"{text}" is no version; one looks like 1.2.3.')
    return (int(found[1]), int(found[2] or 0), int(found[3] or 0))


@dataclass(frozen=True, slots=True)
class VersionConstraint:
    """Conditions that must all hold."""

    parts: tuple[tuple[str, Version, int], ...]

    def allows(self, version: Version) -> bool:
        """Return whether a version meets all conditions."""
        return all(_holds(version, *part) for part in self.parts)


def parse_constraint(text: str) -> VersionConstraint:
    """Return the constraint a text spells; raise VersionError."""
    parts = []
    for piece in text.split(","):
        found = _PART.fullmatch(piece)
        if found is None:
            raise VersionError(f'"{text}" is no version constraint; one looks like ">= 0.1, < 2.0".')
        parts.append((found[1] or "=", parse_version(found[2]), found[2].count(".") + 1))
    return VersionConstraint(tuple(parts))


def _holds(version: Version, sign: str, bound: Version, precision: int) -> bool:
    """`~> 1.2` allows 1.2 and up but not 2.0; `~> 1.2.3` not 1.3."""
    if sign != "~>":
        return _COMPARE[sign](version, bound)
    kept = max(1, precision - 1)
    return version >= bound and version[:kept] == bound[:kept]
