"""Changing a pool while it has no nodes: its tasks end, it is resized to zero, patched, and resized back."""

from batchplan.plan.change import Change
from batchplan.strategies.chain import Chain, Site
from batchplan.strategies.inplace import patch
from batchplan.strategies.sizes import to_wanted, to_zero


def drain_and_patch(chain: Chain, change: Change, site: Site) -> None:
    """Add the steps. Jobs keep pointing to the pool, and their queued tasks wait for its nodes."""
    document = change.after or {}
    to_zero(chain, site.of(change.remote), document)
    patch(chain, change, site)
    to_wanted(chain, document)
