"""Where a subnet is, how many nodes it holds, and how nodes get out of it."""

from collections.abc import Iterator
from math import ceil

from batchplan.core.remote import account_parts
from batchplan.plan.change import Action
from batchplan.policy import capacity
from batchplan.policy.fate import listed
from batchplan.policy.model import Finding, Inapplicable, Level, Severity
from batchplan.policy.network import (
    BATCH_TAG,
    PROVISION,
    endpoints_of,
    first_in_subnet,
    has_no_addresses,
    neighbours,
    network,
    plain_region,
    subnet_of,
)
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

_RESERVED = 5
"""Addresses of each range that Azure keeps: network, gateway, two for DNS, broadcast."""
_WAYS_OUT = frozenset({"virtualappliance", "virtualnetworkgateway"})


@rule("BP2110", "Subnet is too small", kinds=["pool"], severity=Severity.ERROR, level=Level.SOFT, inputs=["subnets"])
def subnet_too_small(pool: Subject, see: Scope) -> Iterator[Finding]:
    """The pools in a subnet can come to more nodes than it has addresses.

    Why: A pool that finds no address stays at a part of its size with a resize error. A blue-green replacement has two
    pools for a while.

    Instead: Take a larger subnet, smaller bounds, or a lower `surge`.

    Source: Learn, "Create a pool without public IP addresses" (enough addresses for both targets, else a resize error);
    "Batch pool and node errors". Each node takes one address, Azure keeps five of each range. A formula without an upper
    bound counts with what it asks for at least. It is a warning where the subnet is too small only for what formulas may
    ask for.
    """
    row = see.live.row("subnets", first_in_subnet(pool, see))
    ranges = [found for text in row["address_prefixes"] if (found := network(text)) is not None and found.version == 4]
    there = sum(one.num_addresses - _RESERVED for one in ranges)
    sharing = neighbours(pool, see)
    foreign = max(0, int(row.get("used", 0)) - sum(map(_nodes_now, sharing)))
    needed, least = sum(map(_most_nodes, sharing)), sum(capacity.nodes(one).total.low for one in sharing)
    if needed > there - foreign:
        names = listed([str(one.address) for one in sharing])
        others = f", of which {foreign} are taken by others" if foreign else ""
        yield Finding(
            f"{names} can come to {needed} nodes, and their subnet has {there} addresses{others}.",
            "network_configuration.subnet_id",
            expected=needed,
            actual=there - foreign,
            remediation=f"Take a subnet with at least {needed + foreign + _RESERVED} addresses, or lower the bounds or the surge.",
            severity=None
            if least > there - foreign or any(one.action is Action.REPLACE for one in sharing)
            else Severity.WARNING,
        )


def _nodes_now(pool: Subject) -> int:
    return sum(int(pool.facts.get(f"current_{kind}_nodes") or 0) for kind in ("dedicated", "low_priority"))


def _most_nodes(pool: Subject) -> int:
    """Return the most nodes of a pool, with those of its successor while both live."""
    span = capacity.nodes(pool).total
    most = span.low if span.high is None else span.high
    if pool.action is not Action.REPLACE or pool.strategy != "blue_green":
        return most
    surge = str(pool.get("replacement.surge") or "100%")
    return most + ceil(most * int(surge.removesuffix("%")) / 100)


@rule("BP2111", "Subnet is elsewhere", kinds=["pool"], severity=Severity.ERROR, level=Level.HARD, inputs=["subnets"])
def subnet_elsewhere(pool: Subject, see: Scope) -> Iterator[Finding]:
    """The subnet of a pool is in another subscription or another region than its account.

    Why: The service refuses such a pool.

    Instead: Take a subnet of a virtual network beside the account.

    Source: REST API 2025-06-01, networkConfiguration.subnetId: the same region and subscription as the account; Learn,
    "Create an Azure Batch pool in a virtual network".
    """
    subnet = subnet_of(pool)
    if pool.remote is None:
        raise Inapplicable("its account is not known")
    ours, theirs = account_parts(pool.remote.account_id).subscription, subnet.split("/")[2]
    if ours.strip("0-") and ours.lower() != theirs.lower():
        yield Finding(
            f"{pool.address} is in subscription {ours}, and its subnet in {theirs}; both must be the same.",
            "network_configuration.subnet_id",
            expected=ours,
            actual=theirs,
            remediation="Take a subnet of the account's own subscription.",
        )
        return
    account = see.account_of(pool)
    if account is None:
        raise Inapplicable("the region of its account is not known")
    region, other = plain_region(account.text("location")), plain_region(see.live.row("subnets", subnet)["location"])
    if region != other:
        yield Finding(
            f"{pool.address} is in {region}, and its subnet in {other}; both must be the same.",
            "network_configuration.subnet_id",
            expected=region,
            actual=other,
            remediation=f"Take a subnet in {region}.",
        )


@rule(
    "BP2116",
    "Nodes without public addresses have no way to the service",
    kinds=["pool"],
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["private_endpoints", "subnets"],
)
def way_to_service_missing(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Nodes have no public addresses, and neither an endpoint nor a way out leads them to the service.

    Why: Such nodes have no outbound connection by themselves. They cannot report to the service and become unusable.

    Instead: Add a private endpoint for nodeManagement, or give the subnet a NAT gateway or a route to a firewall.

    Source: Learn, "Create a pool without public IP addresses", which also asks for a virtual network; "Batch security and
    compliance best practices", 2024-11-21.
    """
    if not has_no_addresses(pool):
        raise Inapplicable("its nodes have public addresses")
    if not pool.has("network_configuration.subnet_id"):
        yield Finding(
            f"Nodes of {pool.address} have no public addresses and are in no virtual network of yours.",
            PROVISION,
            actual="NoPublicIPAddresses",
            remediation="Set network_configuration.subnet_id to a subnet with a way to the service.",
        )
        return
    if "nodemanagement" in endpoints_of(pool, see):
        return
    row = see.live.row("subnets", subnet_of(pool))
    routed = any(
        str(one["next_hop"]).lower() in _WAYS_OUT
        and (one["prefix"] == "0.0.0.0/0" or one["prefix"].lower().startswith(BATCH_TAG))
        for one in row.get("routes", ())
    )
    if not row.get("nat_gateway") and not routed:
        yield Finding(
            f"Nodes of {pool.address} have no public addresses, their account has no endpoint for nodeManagement, and their "
            "subnet has no way out.",
            PROVISION,
            actual="NoPublicIPAddresses",
            remediation="Add a private endpoint for nodeManagement, or a NAT gateway to the subnet.",
        )
