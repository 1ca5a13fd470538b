"""`account`: a Batch account."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from batchplan.lang.types import NUMBER, STRING
from batchplan.schema.block import Block, ComputedTypes
from batchplan.schema.constraint import Length, ResourceId, choice, matching
from batchplan.schema.facts import ARM_SDK, NAMES, Change, Fact, Ground
from batchplan.schema.identity import IDENTITY, IDENTITY_ID, IdentityReference, identity_rules, may_have_identity
from batchplan.schema.rule import Distinct, Members, Problem, known, maybe
from batchplan.schema.suppress import SUPPRESS, Suppression
from batchplan.schema.tags import TAGS, Tags

_CREATE_ONLY = Ground(
    Change.CREATE, "The service sets it when the account is created and has no call that changes it.", ARM_SDK
)
_ADDRESS = Ground(Change.CREATE, "It is part of the account's address in Azure.", NAMES)
_LIVE = Ground(Change.LIVE, "The service takes it in a PATCH of the account at any time.", ARM_SDK)

NAME = matching(r"[a-z0-9]{3,24}", "3 to 24 lower-case letters and digits")
RESOURCE_GROUP = matching(r"[\w.()-]{0,89}[\w()-]", "1 to 90 letters, digits and _-.(), not ending in a dot", fold=True)

LOCATION = matching(r"[A-Za-z][A-Za-z0-9 ]*", 'a region such as "westeurope"', fold=True)


class AccountIdentity(Block):
    """The identity of the account itself, for auto-storage and customer-managed keys."""

    type: Annotated[str, choice("SystemAssigned", "UserAssigned", "None")]
    user_assigned_identities: Annotated[tuple[Annotated[str, IDENTITY_ID], ...] | None, Length(0, 1), IDENTITY] = None
    rules = (identity_rules,)
    computed: ClassVar[ComputedTypes] = {"principal_id": STRING, "tenant_id": STRING}


class AutoStorage(Block):
    """The storage account for application packages and task files."""

    storage_account_id: Annotated[str, ResourceId("Microsoft.Storage/storageAccounts")]
    authentication_mode: Annotated[
        str | None, choice("StorageKeys", "BatchAccountManagedIdentity"), Fact(default="StorageKeys")
    ] = None
    node_identity_reference: Annotated[
        IdentityReference | None,
        Fact("The identity that nodes use for auto-storage; each pool that uses it has it too."),
    ] = None


class KeyVaultReference(Block):
    """The key vault of an account that allocates pools in the user's subscription."""

    id: Annotated[str, ResourceId("Microsoft.KeyVault/vaults")]
    # The service's own examples have an address with http://.
    url: Annotated[str, matching(r"https?://\S+", "the https:// address of the vault")]


class IPRule(Block):
    """One address or range that may come in."""

    action: Annotated[str, choice("Allow"), Fact(default="Allow", stated=True)] = "Allow"
    value: Annotated[str, matching(r"[0-9.]+(/[0-9]{1,2})?", "an IPv4 address or a CIDR range")]


class EndpointAccess(Block):
    """Who may reach one endpoint over the public network."""

    default_action: Annotated[str, choice("Allow", "Deny")]
    ip_rules: Annotated[tuple[IPRule, ...], Fact(key=("value",))] = ()
    rules = (Distinct("ip_rules", "value"),)


class NetworkProfile(Block):
    """Access rules per endpoint. They count only while public network access is enabled."""

    account_access: EndpointAccess | None = None
    node_management_access: EndpointAccess | None = None


class KeyVaultProperties(Block):
    """The customer's key."""

    key_identifier: Annotated[
        str | None, matching(r"https://[^/\s]+/keys/[^/\s]+(/[^/\s]*)?", "the https:// address of a key in a vault")
    ] = None


class Encryption(Block):
    """Whose key encrypts the account's data."""

    key_source: Annotated[
        str | None, choice("Microsoft.Batch", "Microsoft.KeyVault"), Fact(default="Microsoft.Batch")
    ] = None
    key_vault_properties: KeyVaultProperties | None = None


def _user_subscription(account: Members) -> Iterator[Problem]:
    mode = known(account, "pool_allocation_mode")
    if mode is None and account.get("pool_allocation_mode") is not None:
        return
    in_subscription = mode is not None and mode.casefold() == "usersubscription"
    if in_subscription and not maybe(account, "key_vault_reference"):
        yield Problem(("pool_allocation_mode",), 'With "UserSubscription" the block "key_vault_reference" is required.')
    if not in_subscription and known(account, "key_vault_reference") is not None:
        text = 'A key vault is taken only where pool_allocation_mode is "UserSubscription".'
        yield Problem(("key_vault_reference",), text)
    modes = known(account, "allowed_authentication_modes")
    if in_subscription and any(str(one).casefold() == "sharedkey" for one in modes or ()):
        text = 'An account in "UserSubscription" mode takes Entra ID only; remove "SharedKey".'
        yield Problem(("allowed_authentication_modes",), text)


def _storage_identity(account: Members) -> Iterator[Problem]:
    storage = known(account, "auto_storage") or {}
    mode = known(storage, "authentication_mode")
    if mode and mode.casefold() == "batchaccountmanagedidentity" and not may_have_identity(account):
        text = 'Auto-storage by "BatchAccountManagedIdentity" needs the block "identity".'
        yield Problem(("auto_storage", "authentication_mode"), text)


def _own_key(account: Members) -> Iterator[Problem]:
    encryption = known(account, "encryption") or {}
    source = known(encryption, "key_source")
    if source and source.casefold() == "microsoft.keyvault":
        if not maybe(encryption, "key_vault_properties"):
            text = 'With "Microsoft.KeyVault" the block "key_vault_properties" says which key.'
            yield Problem(("encryption", "key_source"), text)
        if not may_have_identity(account):
            yield Problem(
                ("encryption",), 'A key in a vault is read by the account\'s identity; add the block "identity".'
            )


class Account(Block):
    """A Batch account: the home of pools, jobs and job schedules in one region."""

    body: ClassVar[str] = "properties"

    name: Annotated[str, NAME, Fact("Unique in its region.", _ADDRESS, local=True)]
    resource_group_name: Annotated[str, RESOURCE_GROUP, Fact("", _ADDRESS, local=True)]
    location: Annotated[
        str,
        LOCATION,
        Fact("The region.", _CREATE_ONLY, api="/location"),
    ]
    tags: Annotated[Tags | None, TAGS, Fact("", _LIVE, api="/tags")] = None
    identity: Annotated[AccountIdentity | None, Fact("", _LIVE, api="/identity", void=("type", "None"))] = None
    pool_allocation_mode: Annotated[
        str | None,
        choice("BatchService", "UserSubscription"),
        Fact("Whose subscription holds the nodes.", _CREATE_ONLY, default="BatchService"),
    ] = None
    key_vault_reference: Annotated[KeyVaultReference | None, Fact("", _CREATE_ONLY)] = None
    auto_storage: Annotated[AutoStorage | None, Fact("", _LIVE)] = None
    public_network_access: Annotated[
        str | None,
        choice("Enabled", "Disabled", "SecuredByPerimeter"),
        Fact("Whether the public network reaches the account.", _LIVE, default="Enabled"),
    ] = None
    network_profile: Annotated[NetworkProfile | None, Fact("", _LIVE)] = None
    encryption: Annotated[Encryption | None, Fact("", _LIVE)] = None
    allowed_authentication_modes: Annotated[
        tuple[Annotated[str, choice("SharedKey", "AAD", "TaskAuthenticationToken")], ...] | None,
        Length(1),
        Fact("How callers may prove who they are; without it, in all ways.", _LIVE, unordered=True),
    ] = None
    suppress: Annotated[dict[str, Suppression], SUPPRESS] = Field(default_factory=dict)

    rules = (_user_subscription, _storage_identity, _own_key)
    computed: ClassVar[ComputedTypes] = {
        "id": STRING,
        "account_endpoint": STRING,
        "node_management_endpoint": STRING,
        "dedicated_core_quota": NUMBER,
        "low_priority_core_quota": NUMBER,
        "pool_quota": NUMBER,
        "active_job_and_job_schedule_quota": NUMBER,
    }
