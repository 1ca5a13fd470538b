"""Replacing an object by one that may have its name: the old one goes first."""

from batchplan.plan.change import Change
from batchplan.strategies.chain import Chain, Parts, Site
from batchplan.strategies.create import create
from batchplan.strategies.remove import remove


def recreate(change: Change, site: Site) -> Parts:
    """Return the steps: the old object goes, then the new one is made."""
    old = Chain(change.address, change.remote, "old-")
    remove(old, change, site)
    new = Chain(change.address, change.replaced_by or change.remote)
    create(new, change, site)
    return Parts(tuple(new.steps), tuple(old.steps))
