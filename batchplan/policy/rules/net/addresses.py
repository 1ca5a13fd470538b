"""Public addresses of nodes, and addresses of the service that somebody wrote down."""

import re
from collections.abc import Iterator
from math import ceil

from batchplan.core.remote import account_parts
from batchplan.policy import capacity, facts
from batchplan.policy.inside import texts
from batchplan.policy.marks import mark
from batchplan.policy.model import Finding, Inapplicable, Level, Param, Phase, Severity
from batchplan.policy.network import PROVISION, has_no_addresses, plain_region, subnet_of
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

LISTED = Param(
    "allowlisted", "allowlisted_egress", "The tag or entry of metadata that says that others list the addresses."
)

_IN_EACH = ("public IP addresses", "load balancers", "network security groups")
_ADDRESS = r"\b\d{1,3}(?:\.\d{1,3}){3}\b"
_SERVICE = r"[\w.-]+\.batch\.(?:azure\.com|usgovcloudapi\.net|chinacloudapi\.cn)"
_PINNED = re.compile(rf"{_ADDRESS}[ \t]+(?:{_SERVICE})|{_SERVICE}:{_ADDRESS}|{_SERVICE}[ \t]+{_ADDRESS}", re.IGNORECASE)


@rule(
    "BP2113",
    "Listed addresses change",
    kinds=["pool"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    params=[LISTED],
)
def listed_addresses_change(pool: Subject, see: Scope) -> Iterator[Finding]:
    """Another service lets the nodes of a pool in by their addresses, and these are the service's own, which change.

    Why: The public addresses that Batch gives to nodes change over the life of a pool, and those that are listed
    elsewhere are soon somebody else's.

    Instead: Bring addresses of your own: `provision = "UserManaged"` with `ip_address_ids`. Or go out by a NAT gateway.

    Source: "Azure Batch best practices", Connectivity: static public IP addresses. Pools are marked by a tag or an entry
    of metadata, by default `allowlisted_egress`.
    """
    marked = mark(see, pool, see.param(LISTED))
    if marked.lower() not in ("true", "yes", "1"):
        raise Inapplicable("nobody lists its addresses")
    if pool.text(PROVISION).lower() in ("", "batchmanaged"):
        yield Finding(
            f"{pool.address} is marked {see.param(LISTED)}, and the public addresses of its nodes change over its life.",
            PROVISION,
            expected="UserManaged",
            actual=pool.get(PROVISION),
            remediation='public_ip_address_configuration { provision = "UserManaged", ip_address_ids = […] }',
        )


@rule(
    "BP2117",
    "Network resources of the nodes exceed what is left",
    kinds=["pool"],
    phase=Phase.LIVE,
    severity=Severity.WARNING,
    level=Level.ADVISORY,
    inputs=["network_usage"],
)
def network_resources_short(pool: Subject, see: Scope) -> Iterator[Finding]:
    """A pool in a virtual network needs more load balancers, addresses or security groups than are left.

    Why: For each 50 nodes Batch makes one of each in the subscription of the network. When a limit is reached, the pool
    stays smaller.

    Instead: Have the limits raised, or take nodes without public addresses.

    Source: Learn, "Batch service quotas and limits". Rows of `network_usage`, by subscription and region, have `limit` and
    `used` for each of the three.
    """
    subnet_of(pool)
    if has_no_addresses(pool) or pool.text(PROVISION).lower() == "usermanaged":
        raise Inapplicable("it takes no addresses from Batch")
    most = capacity.nodes(pool).total.high
    each = facts.limit("nodes_per_public_ip")
    if most is None or most <= each:
        raise Inapplicable(f"it has at most {each} nodes" if most is not None else "its size has no bound")
    account = see.account_of(pool)
    if account is None or pool.remote is None:
        raise Inapplicable("the region of its account is not known")
    key = f"{account_parts(pool.remote.account_id).subscription}/{plain_region(account.text('location'))}"
    usage = see.live.row("network_usage", key)
    now = sum(int(pool.facts.get(f"current_{kind}_nodes") or 0) for kind in ("dedicated", "low_priority"))
    more = ceil(most / each) - ceil(now / each)
    for name in _IN_EACH:
        row = usage.get(name.replace(" ", "_").lower())
        left = row["limit"] - row["used"] if row is not None else more
        if more > left:
            yield Finding(
                f"{most} nodes of {pool.address} need {more} more {name}, and the limit leaves {left}.",
                "network_configuration.subnet_id",
                expected=more,
                actual=left,
                remediation=f"Have the limit of {name} raised; it is {row['limit']} in {key}.",
            )


@rule(
    "BP2119",
    "Address of the service is written down",
    kinds=["pool", "job", "job_schedule"],
    severity=Severity.WARNING,
    level=Level.ADVISORY,
)
def service_address_written(subject: Subject, _: Scope) -> Iterator[Finding]:
    """A command or an option ties the name of the Batch service to an address.

    Why: The addresses of the service change. A name that is tied to one in a hosts file is not looked up again, and
    clients lose the service when it moves.

    Instead: Leave the name to DNS; for private endpoints, to a private DNS zone.

    Source: "Azure Batch best practices", Connectivity: honoring DNS. How batchplan itself reaches the service is another
    rule's matter.
    """
    for path, text in texts(subject):
        found = _PINNED.search(text)
        if found is not None:
            yield Finding(
                f'{subject.address}.{path} ties the Batch service to an address: "{found[0]}".',
                path,
                actual=found[0],
                remediation="Remove it and let DNS answer.",
            )
