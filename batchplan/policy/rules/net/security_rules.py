"""Security rules and routes of the subnets that pools are in."""

from collections.abc import Iterator, Mapping
from typing import Any

from batchplan.policy.fate import listed
from batchplan.policy.model import Finding, Inapplicable, Level, Severity
from batchplan.policy.network import (
    BATCH_TAG,
    Network,
    NetworkRule,
    endpoints_of,
    first_in_subnet,
    has_no_addresses,
    network,
    plain_region,
    rules_of,
    subnet_of,
    tags_of,
)
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

_ANY_SOURCE = frozenset({"*", "0.0.0.0/0", "virtualnetwork"})
_CLASSIC_PORTS = (29876, 29877)


@rule(
    "BP2104",
    "Nodes cannot reach the Batch service",
    kinds=["pool"],
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["subnets", "private_endpoints"],
)
def service_unreachable(pool: Subject, see: Scope) -> Iterator[Finding]:
    """The subnet of a pool lets nothing out to the node management of Batch.

    Why: Nodes call the service on port 443. When they cannot, they are paid for, never become idle, and run nothing.

    Instead: Allow port 443 outbound, any protocol, to BatchNodeManagement of the region, before the rule that denies.

    Source: "Azure Batch best practices", Connectivity: NSGs and UDRs; Learn, "Use simplified compute node communication",
    2025-03. Groups without a rule of their own let it through; a route to an appliance may, and is not held against it.

    Exceptions: pools without public addresses whose account has an endpoint for nodeManagement; those are not reported.
    """
    row = see.live.row("subnets", subnet_of(pool))
    what = _blocked_by(row, plain_region(row["location"]))
    if what is None:
        return
    if has_no_addresses(pool) and "nodemanagement" in endpoints_of(pool, see):
        raise Inapplicable("its nodes reach the service by a private endpoint")
    tag = f"BatchNodeManagement.{plain_region(row['location'])}"
    yield Finding(
        f"Nodes of {pool.address} cannot reach the Batch service: {what}.",
        "network_configuration.subnet_id",
        expected=tag,
        actual=what,
        remediation=f"Allow outbound port 443, any protocol, to {tag} with a lower priority number, and route it out.",
    )


def _blocked_by(row: Mapping[str, Any], region: str) -> str | None:
    service = {"*", "internet", "azurecloud", f"azurecloud.{region}", "0.0.0.0/0", BATCH_TAG, f"{BATCH_TAG}.{region}"}
    for one in rules_of(row):
        if not one.outbound or not one.covers(443) or not service & {text.lower() for text in one.destinations}:
            continue
        if one.allow:
            break
        if _ANY_SOURCE & {text.lower() for text in one.sources}:
            return f"rule {one.name} denies port 443 outbound"
    for route in row.get("routes", ()):
        if str(route["next_hop"]).lower() == "none" and route["prefix"].lower() in service:
            others = [one for one in row["routes"] if one is not route]
            if not any(one["prefix"].lower().startswith(BATCH_TAG) for one in others):
                return f"route {route['name']} drops what goes to {route['prefix']}"
    return None


@rule(
    "BP2106",
    "Addresses of the Batch service in network rules",
    kinds=["pool"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["subnets", "service_tags"],
)
def service_addresses_pinned(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A security rule or a route names addresses of the Batch service instead of its service tag.

    Why: The addresses change without notice. Nodes then lose the service, for a while or for good.

    Instead: Name the service tag: `BatchNodeManagement.<region>`. It can be used in security rules and in routes.

    Source: "Azure Batch best practices", Connectivity: NSGs and UDRs. Addresses are known from the published service tags;
    rules for the ports 29876 and 29877, which nothing but Batch uses, are found without them.
    """
    row = see.live.row("subnets", first_in_subnet(pool, see))
    tag = f"BatchNodeManagement.{plain_region(row['location'])}"
    classic = [one.name for one in rules_of(row) if _is_classic(one) and any(map(network, one.sources))]
    if classic:
        yield _pinned(pool, [f"rule {name}" for name in classic], tag)
    published = [found for text in see.live.row("service_tags", tag) if (found := network(text)) is not None]
    named = [f"rule {one.name}" for one in rules_of(row) if _names(one, published) and one.name not in classic]
    named += [f"route {one['name']}" for one in row.get("routes", ()) if _within(one["prefix"], published)]
    if named:
        yield _pinned(pool, named, tag)


def _is_classic(one: NetworkRule) -> bool:
    return not one.outbound and one.ports != ("*",) and all(one.covers(port) for port in _CLASSIC_PORTS)


def _names(one: NetworkRule, published: list[Network]) -> bool:
    return any(_within(text, published) for text in (*one.sources, *one.destinations))


def _within(text: str, published: list[Network]) -> bool:
    found = network(text)
    return found is not None and any(
        (isinstance(tag, type(found)) and found.subnet_of(tag))  # type: ignore[arg-type]
        for tag in published
    )


def _pinned(pool: Subject, names: list[str], tag: str) -> Finding:
    return Finding(
        f"In the subnet of {pool.address}, {listed(names)} {'name' if len(names) > 1 else 'names'} addresses of the Batch "
        "service, which change.",
        "network_configuration.subnet_id",
        expected=tag,
        actual=names,
        remediation=f"Name the service tag {tag} instead.",
    )


@rule(
    "BP2107",
    "Service tag of another region",
    kinds=["pool"],
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["subnets"],
)
def service_tag_of_other_region(pool: Subject, see: Scope) -> Iterator[Finding]:
    """The rules of a subnet name the Batch service of another region, and not that of the pool's own.

    Why: Nodes talk to the service in their account's region. A rule for another region lets nothing through.

    Instead: Name the tag of the region; the tag without a region is that of all.

    Source: "Azure Batch best practices", Connectivity: NSGs and UDRs (BatchNodeManagement.region). A subnet whose rules
    name its own region beside others is in order.
    """
    row = see.live.row("subnets", first_in_subnet(pool, see))
    region = plain_region(row["location"])
    said: dict[str, str] = {}
    for one in rules_of(row):
        for text, named in tags_of((*one.sources, *one.destinations)):
            said.setdefault(named, f"rule {one.name} names {text}")
    for route in row.get("routes", ()):
        for text, named in tags_of([route["prefix"]]):
            said.setdefault(named, f"route {route['name']} names {text}")
    if said and not {region, ""} & said.keys():
        yield Finding(
            f"{pool.address} is in {region}, and {listed(sorted(said.values()))}.",
            "network_configuration.subnet_id",
            expected=f"BatchNodeManagement.{region}",
            actual=sorted(said),
            remediation=f"Name BatchNodeManagement.{region}.",
        )
