"""The network that the nodes are in, and what reaches them."""

import re
from collections.abc import Iterator
from ipaddress import ip_network
from itertools import pairwise
from typing import Annotated

from batchplan.schema.block import Block
from batchplan.schema.constraint import Between, Constraint, Length, ResourceId, choice, lowered, matching
from batchplan.schema.facts import Fact
from batchplan.schema.rule import Distinct, Members, Problem, Rule, known

SUBNET = ResourceId("Microsoft.Network/virtualNetworks/subnets")
RESERVED = range(50000, 55001)
_FRONTEND = Between(1, 65534, (RESERVED,))


class SourcePrefix(Constraint):
    """An address, a range, a service tag or `*`."""

    __slots__ = ()

    def problem(self, value: str) -> str | None:
        """Read it as a network when it starts like one."""
        if value == "*" or re.fullmatch(r"[A-Za-z][\w.]*", value):
            return None
        try:
            ip_network(value, strict=False)
        except ValueError:
            return f'It is "{value}"; allowed is {self.describe()}.'
        return None

    def describe(self) -> str:
        """Say the forms."""
        return "an IP address, a CIDR range, a service tag or *"


class PortRange(Constraint):
    """A port, a range of ports or `*`."""

    __slots__ = ()

    def problem(self, value: str) -> str | None:
        """Read the ends."""
        found = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", value)
        if value == "*":
            return None
        low, high = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        return None if low <= high <= 65535 else f'It is "{value}"; allowed is {self.describe()}.'

    def describe(self) -> str:
        """Say the forms."""
        return 'a port, a range such as "100-200", or *'


class SecurityRule(Block):
    """Who may, or may not, reach the endpoint."""

    priority: Annotated[int, Between(150, 4096)]
    access: Annotated[str, lowered("Allow", "Deny")]
    source_address_prefix: Annotated[str, SourcePrefix()]
    source_port_ranges: Annotated[
        tuple[Annotated[str, PortRange()], ...] | None, Length(1), Fact(default="*", unordered=True)
    ] = None


class InboundNatPool(Block):
    """Ports of the load balancer that lead to one port of each node."""

    name: Annotated[
        str,
        matching(r"[A-Za-z0-9]([\w.-]{0,75}\w)?", "1 to 77 letters, digits, _, . and -, first no sign, last no . or -"),
    ]
    protocol: Annotated[str, lowered("TCP", "UDP")]
    backend_port: Annotated[int, Between(1, 65535, (range(29876, 29878),))]
    frontend_port_range_start: Annotated[int, _FRONTEND]
    frontend_port_range_end: Annotated[int, _FRONTEND]
    network_security_group_rules: Annotated[tuple[SecurityRule, ...], Fact(key=("priority",))] = ()


def _nat_pools(endpoints: Members) -> Iterator[Problem]:
    pools = endpoints.get("inbound_nat_pools")
    if not isinstance(pools, list):
        return
    ranges: list[tuple[int, int, int]] = []
    priorities: set[int] = set()
    rules = 0
    for at, pool in enumerate(pools):
        low, high = known(pool, "frontend_port_range_start"), known(pool, "frontend_port_range_end")
        if low is not None and high is not None:
            if low > high:
                text = f"The range ends at {high}, before it starts at {low}."
                yield Problem(("inbound_nat_pools", at, "frontend_port_range_end"), text)
            elif low <= RESERVED.stop - 1 and high >= RESERVED.start:
                text = f"The range holds ports from {RESERVED.start} to {RESERVED.stop - 1}, which the service keeps."
                yield Problem(("inbound_nat_pools", at, "frontend_port_range_start"), text)
            ranges.append((low, high, at))
        for rule in known(pool, "network_security_group_rules") or ():
            rules += 1
            priority = known(rule, "priority")
            if priority in priorities:
                text = f"The priority {priority} is there twice; it is unique among all rules of the pool."
                yield Problem(("inbound_nat_pools", at, "network_security_group_rules"), text)
            if priority is not None:
                priorities.add(priority)
    for (_, before, _), (after, _, at) in pairwise(sorted(ranges)):
        if after <= before:
            text = f"The range starts at {after}, inside of another that ends at {before}; ranges must not overlap."
            yield Problem(("inbound_nat_pools", at, "frontend_port_range_start"), text)
    if rules > 25:
        yield Problem(("inbound_nat_pools",), f"There are {rules} network security group rules; allowed are 25 in all.")


class Endpoints(Block):
    """Endpoints on each node that are open to the outside."""

    inbound_nat_pools: Annotated[tuple[InboundNatPool, ...], Length(1, 5), Fact(data="inboundNATPools", key=("name",))]
    rules = (Distinct("inbound_nat_pools", "name"), Distinct("inbound_nat_pools", "backend_port"), _nat_pools)


class IPTag(Block):
    """A tag of the public addresses that the service makes."""

    ip_tag_type: str | None = None
    tag: str | None = None


class PublicAddressParts(Block):
    """Members that both planes name alike."""

    ip_address_ids: Annotated[
        tuple[Annotated[str, ResourceId("Microsoft.Network/publicIPAddresses")], ...] | None,
        Fact("Each address carries 100 dedicated or 100 spot nodes.", unordered=True),
    ] = None
    ip_families: Annotated[
        tuple[Annotated[str, choice("IPv4", "IPv6")], ...] | None, Fact(unordered=True, since="2025-06-01")
    ] = None
    ip_tags: Annotated[tuple[IPTag, ...], Fact(key=("ip_tag_type", "tag"), since="2025-06-01")] = ()


PROVISION = lowered("BatchManaged", "UserManaged", "NoPublicIPAddresses")


def public_addresses(name: str) -> Rule:
    """Return the rule that addresses are listed exactly when the user manages them; `name` is the plane's."""

    def check(block: Members) -> Iterator[Problem]:
        mode = (known(block, name) or ("BatchManaged" if block.get(name) is None else "")).casefold()
        if mode and mode != "usermanaged" and known(block, "ip_address_ids"):
            yield Problem(("ip_address_ids",), f'Addresses are listed only where {name} is "UserManaged".')
        if mode == "usermanaged" and block.get("ip_address_ids") in (None, []):
            yield Problem((name,), 'With "UserManaged" the argument "ip_address_ids" lists the addresses.')

    return check


class PublicAddresses(PublicAddressParts):
    """Public addresses of the nodes."""

    provision: Annotated[str | None, PROVISION, Fact(default="BatchManaged")] = None
    rules = (public_addresses("provision"),)


class NetworkParts(Block):
    """Members that both planes name alike."""

    subnet_id: Annotated[
        str | None, SUBNET, Fact("A subnet in the account's region and subscription, with room for all nodes.")
    ] = None
    dynamic_vnet_assignment_scope: Annotated[
        str | None, choice("none", "job"), Fact(data="dynamicVNetAssignmentScope", default="none")
    ] = None
    endpoint_configuration: Endpoints | None = None
    enable_accelerated_networking: Annotated[bool | None, Fact(default=False)] = None


def network_rules(provision: str) -> Rule:
    """Return the rule that endpoints need public addresses; `provision` is the name that the plane gives it."""

    def check(network: Members) -> Iterator[Problem]:
        addresses = known(network, "public_ip_address_configuration") or {}
        mode = known(addresses, provision)
        if mode and mode.casefold() == "nopublicipaddresses" and known(network, "endpoint_configuration"):
            text = 'Inbound NAT pools need public addresses; with "NoPublicIPAddresses" there are none.'
            yield Problem(("endpoint_configuration",), text)

    return check


class NetworkConfiguration(NetworkParts):
    """Where the nodes are in the network."""

    public_ip_address_configuration: Annotated[PublicAddresses | None, Fact(api="publicIPAddressConfiguration")] = None
    rules = (network_rules("provision"),)
