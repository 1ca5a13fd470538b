"""Conditions between the members of one block.

A rule looks at a document: what is not set is absent, what is not known is `UNKNOWN`. It reports only what is
wrong for certain: an unknown value may still turn out to be null.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from batchplan.schema.document import UNKNOWN, reveal

Members = Mapping[str, Any]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a block; `path` leads from the block to the member to change. `missing`: none is there."""

    path: Path
    detail: str
    missing: bool = False


Rule = Callable[[Members], Iterator[Problem]]


def known(block: Members, name: str) -> Any:
    """Return a member's value, None when it is not set or not known."""
    value = block.get(name)
    return None if value is UNKNOWN else reveal(value)


def given(block: Members, name: str) -> bool:
    """Return whether a member is set for certain."""
    return block.get(name) not in (None, UNKNOWN)


def maybe(block: Members, name: str) -> bool:
    """Return whether a member is set, or may be."""
    return block.get(name) is not None


def listed(names: Sequence[str], word: str) -> str:
    """Return names as a person lists them."""
    *most, last = [f'"{name}"' for name in names]
    return f"{', '.join(most)} {word} {last}" if most else last


@dataclass(frozen=True, slots=True)
class AtMostOne:
    """Members that exclude each other."""

    names: tuple[str, ...]
    why: str = ""

    def __call__(self, block: Members) -> Iterator[Problem]:
        found = [name for name in self.names if given(block, name)]
        if len(found) > 1:
            why = f" {self.why}" if self.why else ""
            yield Problem((found[1],), f"Only one of {listed(self.names, 'and')} can be set.{why}")


@dataclass(frozen=True, slots=True)
class OneOf:
    """Members of which exactly one is set."""

    names: tuple[str, ...]
    why: str = ""

    def __call__(self, block: Members) -> Iterator[Problem]:
        yield from AtMostOne(self.names, self.why)(block)
        if not any(maybe(block, name) for name in self.names):
            yield Problem((), f"One of {listed(self.names, 'or')} must be set.", missing=True)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Members of which at least one is set."""

    names: tuple[str, ...]

    def __call__(self, block: Members) -> Iterator[Problem]:
        if not any(maybe(block, name) for name in self.names):
            yield Problem((), f"At least one of {listed(self.names, 'and')} must be set.", missing=True)


@dataclass(frozen=True, slots=True)
class Together:
    """Members of which all or none are set."""

    names: tuple[str, ...]

    def __call__(self, block: Members) -> Iterator[Problem]:
        present = [name for name in self.names if given(block, name)]
        absent = [name for name in self.names if not maybe(block, name)]
        if present and absent:
            text = f"{listed(self.names, 'and')} are set together or not at all; {listed(absent, 'and')} is missing."
            yield Problem((present[0],), text)


@dataclass(frozen=True, slots=True)
class Needs:
    """A member that is of no use, or refused, without one of others."""

    name: str
    others: tuple[str, ...]

    def __call__(self, block: Members) -> Iterator[Problem]:
        if given(block, self.name) and not any(maybe(block, other) for other in self.others):
            yield Problem((self.name,), f'"{self.name}" needs {listed(self.others, "or")} beside it.')


@dataclass(frozen=True, slots=True)
class Distinct:
    """A list of blocks in which a member's values differ, in any case of letters."""

    name: str
    member: str

    def __call__(self, block: Members) -> Iterator[Problem]:
        items = block.get(self.name)
        seen: dict[Any, int] = {}
        for at, item in enumerate(items if isinstance(items, list) else ()):
            value = known(item, self.member)
            if value is None:
                continue
            key = value.casefold() if isinstance(value, str) else value
            if key in seen:
                text = f'The {self.member} "{value}" is there twice; each may be given once.'
                yield Problem((self.name, at, self.member), text)
            seen.setdefault(key, at)
