"""Which objects a plan is about: -target and -exclude, with what has to come along."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from batchplan.core.address import Address, ModulePath
from batchplan.plan.order import closure, reversed_needs

Asked = tuple[Address | ModulePath, ...]


def chosen(
    needs: Mapping[Address, Sequence[Address]], targets: Asked, excludes: Asked, *, destroy: bool
) -> set[Address]:
    """Return the targets with what they need, without what is excluded and what needs that.

    For destroying it is the other way round: what needs a target goes with it, and what an excluded object needs stays.
    """
    users: Mapping[Address, Sequence[Address]] = reversed_needs(needs)
    found = set(needs)
    if targets:
        found = closure(matching(targets, needs), users if destroy else needs)
    if excludes:
        gone: set[Address] = closure(matching(excludes, needs), needs if destroy else users)
        found -= gone
    return found


def matches(asked: Address | ModulePath, address: Address) -> bool:
    """Return whether an address as asked for means an object: without a key every instance, without a part all of it."""
    if isinstance(asked, tuple):
        inner = address.module[: len(asked)]
        return len(inner) == len(asked) and all(
            one.name == other.name and one.key in (None, other.key) for one, other in zip(asked, inner, strict=True)
        )
    wholes = (replace(address, parts=address.parts[:count]) for count in range(len(address.parts), -1, -1))
    return any(asked == one or (asked.key is None and asked == one.with_key(None)) for one in wholes)


def matching(asked: Iterable[Address | ModulePath], addresses: Iterable[Address]) -> list[Address]:
    """Return the objects that any of several addresses means."""
    wanted = tuple(asked)
    return [address for address in addresses if any(matches(one, address) for one in wanted)]
