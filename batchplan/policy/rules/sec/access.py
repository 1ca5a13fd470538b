"""Who reaches an account, and how callers prove who they are."""

from collections.abc import Iterator

from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject, View

_CLIENTS, _NODES = "batchAccount", "nodeManagement"


@rule("BP2001", "Shared keys are accepted", kinds=["account"], severity=Severity.INFO, level=Level.ADVISORY)
def shared_keys_accepted(account: Subject, _: Scope) -> Iterator[Finding]:
    """An account takes its shared keys as proof of who calls.

    Why: Whoever has a key may do everything in the account, and nobody can tell who it was. Keys end up in scripts and
    notebooks; identities do not. Unset, all ways are taken.

    Instead: Take Microsoft Entra ID only: `allowed_authentication_modes = ["AAD"]`.

    Source: Learn, "Batch security and compliance best practices", 2024-11-21; Azure Policy
    6f68b69f-05fe-49cd-b361-777ee9ca7e35. It is the service's own default and nearly all public deployments have
    it so, hence a note; `strict` and `regulated` make an error of it.

    Exceptions: tools that can use keys only.
    """
    if account.text("pool_allocation_mode").lower() == "usersubscription":
        raise Inapplicable("in user subscription mode the service takes Entra ID only")
    modes = account.get("allowed_authentication_modes") or []
    if not modes or any(str(one).lower() == "sharedkey" for one in modes):
        yield Finding(
            f"{account.address} accepts shared keys.",
            "allowed_authentication_modes",
            expected=["AAD"],
            actual=modes or None,
            remediation='allowed_authentication_modes = ["AAD"]',
            edit=Edit("allowed_authentication_modes", ["AAD"]),
        )


@rule("BP2003", "Public network access is on", kinds=["account"], severity=Severity.WARNING, level=Level.OFF)
def public_access_on(account: Subject, _: Scope) -> Iterator[Finding]:
    """The public network reaches an account.

    Why: What can be reached by all is tried by all. With private endpoints only the networks of one's own reach it.

    Instead: Set `public_network_access = "Disabled"` and add private endpoints for clients and nodes; the sub-resources
    are batchAccount and nodeManagement.

    Source: Learn, "Batch security and compliance best practices", 2024-11-21; Azure Policy
    74c5a0ae-5e48-4738-b093-65e23a060488. Off unless a policy set asks for it: runners of public CI would be shut out.

    Exceptions: clients without a way into a virtual network.
    """
    if _public(account):
        yield Finding(
            f"The public network reaches {account.address}.",
            "public_network_access",
            expected="Disabled",
            actual=account.get("public_network_access"),
            remediation='public_network_access = "Disabled", and private endpoints for batchAccount and nodeManagement',
        )


@rule(
    "BP2004",
    "Public access is not limited to addresses",
    kinds=["account"],
    severity=Severity.INFO,
    level=Level.ADVISORY,
)
def public_access_unlimited(account: Subject, _: Scope) -> Iterator[Finding]:
    """An account that the public network reaches lets any address in.

    Why: A list of addresses costs nothing and keeps all others out, even those with a stolen key.

    Instead: `network_profile { account_access { default_action = "Deny"  ip_rules { value = "203.0.113.0/24" } } }`.

    Source: Checkov CKV_AZURE_248, which passes where the profile is missing, although the service then lets all in; REST
    API, networkProfile. Only the access of clients is looked at: nodes with changing addresses reach the account through
    `node_management_access`, and would be locked out. As with BP2001, a default that nearly all keep is a note here
    and an error in `strict` and `regulated`.

    Exceptions: clients with changing addresses.
    """
    if not _public(account):
        raise Inapplicable("the public network does not reach it")
    path = "network_profile.account_access.default_action"
    action = account.get(path)
    if action is None or action.lower() != "deny":
        yield Finding(
            f"{account.address} lets clients in from any address"
            f"{', since network_profile is missing' if action is None else ''}.",
            path,
            expected="Deny",
            actual=action,
            remediation='network_profile { account_access { default_action = "Deny" } }, with ip_rules for your networks',
        )


@rule(
    "BP2005",
    "Private account lacks an endpoint",
    kinds=["account"],
    severity=Severity.ERROR,
    level=Level.SOFT,
    inputs=["private_endpoints"],
)
def private_endpoint_missing(account: Subject, see: Scope) -> Iterator[Finding]:
    """An account is shut to the public network, and clients or nodes have no other way to it.

    Why: Without an endpoint for batchAccount no client can submit or look. Without one for nodeManagement the nodes
    cannot report to the service, and become unusable.

    Instead: Add a private endpoint for the sub-resource that is missing, with its private DNS zone; or let the addresses
    in that need to.

    Source: Learn, "Use private endpoints with Azure Batch accounts"; Azure Policy
    009a0c92-f5b4-4776-9b66-4ed2b4775563 and 0ef5aac7-c064-427a-b87b-d47b3ddcaf73.
    """
    shut = [
        (group, who)
        for group, name, who in (
            (_CLIENTS, "account_access", "clients"),
            (_NODES, "node_management_access", "nodes"),
        )
        if _shut(account, name)
    ]
    if not shut:
        raise Inapplicable("the public network reaches it")
    assert account.remote is not None, "an account has its name from the start"
    rows = see.live.row("private_endpoints", account.remote.id)
    there = {str(one["group"]).lower() for one in rows if str(one.get("state", "")).lower() == "approved"}
    for group, who in shut:
        if group.lower() not in there:
            yield Finding(
                f"{account.address} is private and has no approved endpoint for {group}; {who} cannot reach it.",
                "public_network_access",
                expected=group,
                actual=sorted(there),
                remediation=f"Add a private endpoint with the sub-resource {group}, and its DNS zone.",
            )


def _public(account: View) -> bool:
    return account.text("public_network_access").lower() == "enabled"


def _shut(account: View, name: str) -> bool:
    if not _public(account):
        return account.text("public_network_access").lower() == "disabled"
    access = account.block(f"network_profile.{name}")
    return access is not None and access.text("default_action").lower() == "deny" and not access.has("ip_rules")
