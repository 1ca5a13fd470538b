"""Replacing an object by a new one.

`recreate` deletes first, so that the new one may have the old one's name. `create_first` makes the new pool and
waits for its nodes; the jobs and schedules that are declared point to it then, and the old pool is removed last.
While both live, the state keeps the old one beside the new one, so that an interrupted run forgets neither.
"""

from batchplan.core.address import RETIRED
from batchplan.plan.change import Change
from batchplan.plan.step import Rename
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


def create_first(change: Change, site: Site) -> Parts:
    """Return the steps: the new pool is made, and the old one goes when nothing points to it any more."""
    assert change.replaced_by is not None, "a pool that is made beside another one has an id of its own"
    retired = change.address.part(RETIRED, change.remote.name)
    new = Chain(change.address, change.replaced_by)
    old = Chain(retired, change.remote)
    keep = Chain(retired, change.remote)
    keep.add("retire", Rename, origin=change.address)
    new.steps.extend(keep.steps)
    create(new, change, site)
    remove(old, change, site)
    return Parts(tuple(new.steps), tuple(old.steps), removed_after_use=True)
