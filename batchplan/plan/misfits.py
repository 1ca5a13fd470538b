"""Replacements for which a quota has no room: told, with the largest surge that has."""

from collections.abc import Sequence

from batchplan.core.codes import OVERLAP_EXCEEDS_QUOTA
from batchplan.core.diagnostics import Diagnostics
from batchplan.plan.capacity import Misfit, capacity
from batchplan.plan.change import Changes
from batchplan.plan.desired import DesiredObject


def report_misfits(changes: Changes, desired: Sequence[DesiredObject], diagnostics: Diagnostics) -> None:
    """Report each replacement whose two pools the quota of its account does not hold at once."""
    places = {one.address: one for one in desired}
    for misfit in capacity(changes).misfits:
        one = places.get(misfit.change.address)
        diagnostics.error(OVERLAP_EXCEEDS_QUOTA, _detail(misfit), one.at if one is not None else None)


def _detail(misfit: Misfit) -> str:
    address = misfit.change.address
    account = misfit.change.remote.account_id.rpartition("/")[2]
    what = (
        "pools" if misfit.sort == "pools" else f"cores ({misfit.sort})" if "cores" not in misfit.sort else misfit.sort
    )
    text = f"{address}: the new pool needs {misfit.needed} {what} beside the old one, and {account} has {misfit.free} left."
    if misfit.surge is not None:
        return f'{text} The largest share that fits: replacement {{ surge = "{misfit.surge}%" }}.'
    return (
        f"{text} No share of it fits. Ask for more quota, or give up the overlap: replacement {{ strategy = "
        '"drain_and_patch" }.'
    )
