"""Subnets as they are live: what their security rules and routes let through, and which pools share them.

A row of the dataset `subnets`, by the subnet's ARM id in lower case: location, address_prefixes, used (addresses taken),
nat_gateway, rules (name, direction, priority, access, protocol, sources, destinations, ports) and routes (name, prefix,
next_hop). Rows of `private_endpoints`, by the account's id: group and state of each connection.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from batchplan.policy.context import Context
from batchplan.policy.model import Inapplicable
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

Network = IPv4Network | IPv6Network

SUBNET = "network_configuration.subnet_id"
PROVISION = "network_configuration.public_ip_address_configuration.provision"
BATCH_TAG = "batchnodemanagement"


@dataclass(frozen=True, slots=True)
class NetworkRule:
    """A rule of a network security group. Addresses, tags and ports are texts as Azure has them."""

    name: str
    outbound: bool
    allow: bool
    priority: int
    protocol: str
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    ports: tuple[str, ...]

    def covers(self, port: int) -> bool:
        """Return whether TCP to a port is meant."""
        return self.protocol.lower() in ("*", "tcp", "any") and any(_holds(one, port) for one in self.ports)


def _holds(ports: str, port: int) -> bool:
    if ports == "*":
        return True
    low, _, high = ports.partition("-")
    return int(low) <= port <= int(high or low)


def rules_of(row: Mapping[str, Any]) -> list[NetworkRule]:
    """Return the rules of a subnet's security group in the order in which they are looked at."""
    made = [
        NetworkRule(
            str(one.get("name", "")),
            str(one["direction"]).lower() == "outbound",
            str(one["access"]).lower() == "allow",
            int(one["priority"]),
            str(one.get("protocol", "*")),
            tuple(map(str, one.get("sources", ("*",)))),
            tuple(map(str, one.get("destinations", ("*",)))),
            tuple(map(str, one.get("ports", ("*",)))),
        )
        for one in row.get("rules", ())
    ]
    return sorted(made, key=lambda one: one.priority)


@lru_cache(maxsize=4096)
def network(text: str) -> Network | None:
    """Return a range of addresses; None for service tags and `*`."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def plain_region(name: str) -> str:
    """Return a region's name as ids and tags have it: in lower case, without spaces."""
    return name.replace(" ", "").lower()


def subnet_of(pool: Subject) -> str:
    """Return the ARM id of a pool's subnet; without one the rule does not apply."""
    found = pool.text(SUBNET)
    if not found:
        raise Inapplicable("it is in no virtual network of yours")
    return found


def has_no_addresses(pool: Subject) -> bool:
    """Return whether the nodes have no public addresses."""
    return pool.text(PROVISION).lower() == "nopublicipaddresses"


def endpoints_of(pool: Subject, see: Scope) -> set[str]:
    """Return the sub-resources of a pool's account that approved private endpoints lead to, in lower case."""
    assert pool.remote is not None, "pools have their names when planning"
    rows = see.live.row("private_endpoints", pool.remote.account_id)
    return {str(one["group"]).lower() for one in rows if str(one.get("state", "")).lower() == "approved"}


def neighbours(pool: Subject, see: Scope) -> tuple[Subject, ...]:
    """Return the pools in a pool's subnet, itself included, those that go left out."""
    return see.once(_by_subnet).get(subnet_of(pool).lower(), ())


def first_in_subnet(pool: Subject, see: Scope) -> str:
    """Return the subnet of the first pool in it; what is wrong with a subnet is told once, of that pool."""
    first = neighbours(pool, see)[0]
    if first is not pool:
        raise Inapplicable(f"its subnet is looked at for {first.address}")
    return subnet_of(pool)


def _by_subnet(context: Context) -> Mapping[str, tuple[Subject, ...]]:
    grouped: dict[str, list[Subject]] = {}
    for pool in context.of_kind("pool"):
        found = pool.raw(SUBNET)
        if isinstance(found, str) and not pool.going:
            grouped.setdefault(found.lower(), []).append(pool)
    return {key: tuple(pools) for key, pools in grouped.items()}


def tags_of(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the regional service tags of Batch among addresses, each with its region in lower case."""
    for text in texts:
        service, _, region = text.partition(".")
        if service.lower() == BATCH_TAG:
            yield text, plain_region(region)
