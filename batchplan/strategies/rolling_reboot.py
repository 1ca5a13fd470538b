"""Rebooting the nodes of a pool, some at a time, so that they take up what they read when they start."""

from batchplan.plan.change import Cause, Change
from batchplan.plan.settings import READY_SECONDS, block, drain_seconds, length
from batchplan.plan.step import Rebooted, RebootNodes
from batchplan.strategies.chain import Chain, Site


def asks_for_reboot(change: Change) -> bool:
    """Return whether nodes keep an old value, and the pool asks for their reboot.

    A run that was interrupted does not tell which of them it had reached, so all are rebooted then.
    """
    old = change.cause is Cause.UNVERIFIED or any(one.mutability == "reboot" for one in change.fields)
    return old and change.remote.kind == "pool" and rolling(change)


def rolling(change: Change) -> bool:
    """Return whether a pool has its nodes rebooted after changes that need it."""
    return (change.after or {}).get("replacement", {}).get("rolling_reboot") is not None


def reboot(chain: Chain, change: Change, site: Site) -> None:
    """Add the steps: each batch is rebooted when its tasks have ended, and must be usable before the next one."""
    document = change.after or {}
    rules = block(document, "rolling_reboot")
    size = int(rules.get("batch_size") or 1)
    limit = drain_seconds(document) + (length(rules.get("timeout")) or READY_SECONDS)
    nodes = [node.id for node in site.changes.nodes.get(change.remote.key, ())]
    after = site.now.isoformat()
    for at in range(0, len(nodes), size):
        batch = tuple(nodes[at : at + size])
        chain.add("reboot", RebootNodes, nodes=batch, after=after)
        chain.add("rebooted", Rebooted, nodes=batch, after=after, timeout=limit)
