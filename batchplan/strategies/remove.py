"""Removing an object. A pool is resized to zero first, so that running tasks end by themselves."""

from batchplan.plan.change import Change
from batchplan.plan.settings import READY_SECONDS
from batchplan.plan.step import Delete, Forget, Gone, JobIs, TerminateJob
from batchplan.strategies.chain import Chain, Site
from batchplan.strategies.sizes import to_zero

_ENDED = frozenset({"completed", "terminating"})


def remove(chain: Chain, change: Change, site: Site) -> None:
    """Add the steps that delete an object and wait until it is gone."""
    found = site.of(chain.remote)
    if found is not None and found.is_going:
        chain.add("gone", Gone, timeout=READY_SECONDS)
        return
    state = str(found.facts.get("state", "")).lower() if found is not None else ""
    match chain.remote.kind:
        case "pool":
            to_zero(chain, found, change.before or {})
        case "job" if state not in _ENDED:
            chain.add("terminate", TerminateJob)
            chain.add("completed", JobIs, state="completed", timeout=READY_SECONDS)
        case _:
            pass
    chain.add("delete", Delete)
    chain.add("gone", Gone, timeout=READY_SECONDS)


def forget(chain: Chain) -> None:
    """Take an object out of the state; in Azure it stays, or is gone already."""
    chain.add("forget", Forget)
