"""Features of pools that want Microsoft Entra ID."""

from collections.abc import Iterator

from batchplan.policy.fate import listed
from batchplan.policy.model import Finding, Inapplicable, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

_FEATURES = {
    "network_configuration.subnet_id": "a virtual network",
    "image_reference.id": "an image of a gallery",
}


@rule(
    "BP2112",
    "Account shuts out Entra ID, which its pools need",
    kinds=["account"],
    severity=Severity.ERROR,
    level=Level.HARD,
)
def entra_id_shut_out(account: Subject, see: Scope) -> Iterator[Finding]:
    """An account takes no Entra ID, and its pools have features that only callers with Entra ID may use.

    Why: The data plane answers calls about pools in virtual networks, or with gallery images only to callers
    who come with Entra ID; with keys they are refused.

    Instead: Add "AAD" to `allowed_authentication_modes`.

    Source: Learn, "Create an Azure Batch pool in a virtual network" and "Use the Azure Compute Gallery to create a custom
    image pool". batchplan makes pools through Azure Resource Manager, which takes nothing else; so the account is what is
    looked at.
    """
    modes = [str(one).lower() for one in account.get("allowed_authentication_modes") or ()]
    if not modes:
        raise Inapplicable("it takes all ways")
    if "aad" in modes:
        return
    used = [
        f"{pool.address} has {what}"
        for pool in see.in_account(account, "pool")
        for path, what in _FEATURES.items()
        if pool.has(path) and not pool.going
    ]
    if used:
        yield Finding(
            f"{account.address} does not accept Entra ID, but {listed(used, 3)}.",
            "allowed_authentication_modes",
            expected=["AAD"],
            actual=modes,
            remediation='Add "AAD" to allowed_authentication_modes.',
        )
