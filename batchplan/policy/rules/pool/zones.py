"""Pools that spread over availability zones."""

import re
from collections.abc import Iterator

from batchplan.policy.home import region
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View
from batchplan.policy.variants import called, variants

# "Azure virtual machine sizes naming conventions": an r among the features stands for RDMA over InfiniBand.
_RDMA = re.compile(r"standard_[a-z]+\d+(-\d+)?[a-z]*r[a-z]*(_.*)?", re.IGNORECASE)
_POLICY = "node_placement_configuration.policy"


def _zonal(pool: Subject, *names: str) -> list[View]:
    found = [
        view
        for view in variants(pool, "node_placement_configuration", *names)
        if view.text(_POLICY).casefold() == "zonal"
    ]
    if not found:
        raise Inapplicable("it does not spread over zones")
    return found


@rule(
    "BP1022",
    "InfiniBand across zones",
    kinds=["pool"],
    severity=Severity.ERROR,
    level=Level.HARD,
)
def infiniband_across_zones(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool spreads over zones, and its nodes are to talk to each other over InfiniBand.

    Why: InfiniBand connects nodes of one cluster and does not reach another zone. The service refuses such a pool.

    Instead: Leave `node_placement_configuration` out, or use another size or no inter-node communication.

    Source: "Reliability in Azure Batch": zonal pools; REST API, nodePlacementConfiguration. RDMA sizes have an r among
    the features in their names.
    """
    for view in _zonal(pool, "inter_node_communication", "vm_size"):
        size = view.text("vm_size")
        if view.text("inter_node_communication").casefold() == "enabled" and _RDMA.fullmatch(size):
            path = view.path(_POLICY)
            yield Finding(
                f"{called(pool, view)} spreads over zones, but InfiniBand, over which its {size} nodes talk, does not.",
                path,
                expected="Regional",
                actual="Zonal",
                remediation="Remove node_placement_configuration.",
                edit=Edit(path, "Regional"),
            )


@rule(
    "BP1023",
    "Too few zones for the size",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.ERROR,
    level=Level.HARD,
    inputs=["vm_zones"],
)
def too_few_zones(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool is to spread over zones, and the region has its size in fewer than two.

    Why: The service refuses a zonal pool whose size, in this subscription, is in one zone or in none.

    Instead: Take a size that more zones have, another region, or the regional policy.

    Source: "Reliability in Azure Batch": prerequisites of zonal pools; Compute, Resource SKUs.
    """
    for view in _zonal(pool, "vm_size", "account_id"):
        where, size = region(view, see), view.text("vm_size")
        count = see.live.row("vm_zones", where).get(size.lower(), 0)
        if count < 2:
            path = view.path(_POLICY)
            yield Finding(
                f"{called(pool, view)} is to spread over zones, but {where} has {size} in {count} of them; two are "
                "needed.",
                path,
                expected=2,
                actual=count,
                remediation='Take another size or region, or set policy = "Regional".',
                edit=Edit(path, "Regional"),
            )
