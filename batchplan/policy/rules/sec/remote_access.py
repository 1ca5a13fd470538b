"""Who reaches the nodes by SSH and RDP."""

from collections.abc import Iterator
from ipaddress import ip_network

from batchplan.policy import facts
from batchplan.policy.live import moment
from batchplan.policy.model import Finding, Inapplicable, Level, Phase, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View

_PORTS = {22: "SSH", 3389: "RDP"}
_WIDEST = 8
"""Ranges with fewer fixed bits than this count as the internet."""


@rule("BP2019", "Remote access is open to the internet", kinds=["pool"], severity=Severity.ERROR, level=Level.SOFT)
def remote_access_open(pool: Subject, _: Scope) -> Iterator[Finding]:
    """The load balancer leads SSH or RDP from any address to the nodes.

    Why: Open ports for remote access are found and tried within minutes.

    Instead: Leave the NAT pool out, or allow the addresses that need it: rules are looked at by priority, and without
    any rule the service lets everybody in.

    Source: Learn, "Configure remote access to compute nodes in an Azure Batch pool", 2024-12; REST API,
    networkSecurityGroupRules (default rule).
    """
    endpoints = pool.need("network_configuration.endpoint_configuration")
    for nat in endpoints.items("inbound_nat_pools"):
        port = nat.number("backend_port")
        source = _open_to(nat) if port in _PORTS else None
        if source is not None:
            yield Finding(
                f"{_PORTS[port]} (port {port}) of {pool.address}'s nodes is open to {source}.",
                nat.path("network_security_group_rules"),
                actual=source,
                remediation="Remove the NAT pool, or allow your own range in a rule and deny * after it.",
            )


def _open_to(nat: View) -> str | None:
    """Return what lets the internet in, None when nothing does; the first rule that covers it decides."""
    rules = sorted(nat.items("network_security_group_rules"), key=lambda one: one.number("priority"))
    if not rules:
        return "everybody, since it has no rules"
    for one in rules:
        source = one.text("source_address_prefix")
        if _is_internet(source):
            return source if one.text("access").lower() == "allow" else None
    return None


def _is_internet(source: str) -> bool:
    if source == "*" or source.lower() == "internet":
        return True
    try:
        return ip_network(source, strict=False).prefixlen < _WIDEST
    except ValueError:
        return False  # another service tag


@rule(
    "BP2020",
    "Old pool may map remote access by default",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def default_remote_access(pool: Subject, _: Scope) -> Iterator[Finding]:
    """A pool says nothing about endpoints and is from the time when the service mapped SSH and RDP by itself.

    Why: Pools made with versions of the API before 2024-07-01, until 30 November 2025, got NAT rules for SSH and RDP
    that let everybody in, without anybody having asked for them.

    Instead: Replace the pool: new ones have none. Or say who may come in: `endpoint_configuration`.

    Source: Learn, "Configure remote access to compute nodes in an Azure Batch pool"; "Batch security and compliance best
    practices", 2024-11-21. With which version a pool was made cannot be read.

    Exceptions: pools that were made with version 2024-07-01 or later.
    """
    end = facts.retirement("feature", "default_remote_access")
    made = moment(pool.fact("creation_time"))
    if made is None or end is None or made.date() > end.on:
        raise Inapplicable("it is newer than that")
    addresses = "network_configuration.public_ip_address_configuration.provision"
    if (
        pool.has("network_configuration.endpoint_configuration")
        or pool.text(addresses).lower() == "nopublicipaddresses"
    ):
        return
    yield Finding(
        f"{pool.address} was made on {made:%Y-%m-%d}; until {end.on} the service could open SSH and RDP by itself.",
        "network_configuration.endpoint_configuration",
        actual=f"{made:%Y-%m-%d}",
        expected=f"after {end.on}",
        remediation=f"Replace it: batchplan plan -replace={pool.address}",
    )
