"""Which objects a plan is about: -target and -exclude, with what has to come along."""

from collections.abc import Iterable, Mapping, Sequence

from batchplan.core.address import Address, ModulePath
from batchplan.plan.naming import successor_address
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
    """Return whether an address as asked for means an object; without a key it means every instance."""
    if isinstance(asked, tuple):
        inner = address.module[: len(asked)]
        return len(inner) == len(asked) and all(
            one.name == other.name and one.key in (None, other.key) for one, other in zip(asked, inner, strict=True)
        )
    address = successor_address(address) or address
    return asked == address or (asked.key is None and asked == address.with_key(None))


def matching(asked: Iterable[Address | ModulePath], addresses: Iterable[Address]) -> list[Address]:
    """Return the objects that any of several addresses means."""
    wanted = tuple(asked)
    return [address for address in addresses if any(matches(one, address) for one in wanted)]
