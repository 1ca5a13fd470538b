"""Which region a pool is active in, as journals tell it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from batchplan.state.model import ActiveRegion

if TYPE_CHECKING:
    from batchplan.state.journal import Entry


def follow_regions(regions: dict[str, ActiveRegion], entry: "Entry") -> None:
    """Take over what a step that was done says of the active region of a pool."""
    name = str(entry.address)
    if entry.effect == "active":
        assert entry.document is not None, "a move of the active region says where to"
        regions[name] = ActiveRegion.model_validate(entry.document)
    elif entry.effect == "rename" and not entry.address.parts and str(entry.origin) in regions:
        # Only the pool itself: a generation that is retired takes nothing along.
        regions[name] = regions.pop(str(entry.origin))


def still_there(regions: Mapping[str, ActiveRegion], addresses: Iterable[str]) -> dict[str, ActiveRegion]:
    """Return the active regions of pools of which the state still has something: the pool, or a backup of it."""
    known = [*addresses]
    return {name: one for name, one in sorted(regions.items()) if _has(known, name)}


def _has(addresses: Iterable[str], pool: str) -> bool:
    return any(one == pool or one.startswith(f"{pool}.backup[") for one in addresses)
