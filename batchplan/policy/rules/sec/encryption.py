"""Whose keys encrypt what, and what is not encrypted."""

from collections.abc import Iterator

from batchplan.policy.capacity import is_windows
from batchplan.policy.model import Edit, Finding, Inapplicable, Level, Severity
from batchplan.policy.rule import rule
from batchplan.policy.scope import Scope
from batchplan.policy.subject import Subject

_TARGETS = "disk_encryption_configuration.targets"


@rule("BP2006", "Account is encrypted with Microsoft's key", kinds=["account"], severity=Severity.INFO, level=Level.OFF)
def service_key_used(account: Subject, _: Scope) -> Iterator[Finding]:
    """The data of an account is encrypted with a key that Microsoft manages, and not with one of one's own.

    Why: Rules for some data want the key to be in one's own hands, so that it can be changed and taken away.

    Instead: `encryption { key_source = "Microsoft.KeyVault"  key_vault_properties { key_identifier = … } }`, with an
    identity of the account that may use the key.

    Source: Azure Policy 99e9ccd8-3db9-4592-b0d1-14b1715a4d8a. Checkov's CKV_AZURE_76 looks at `key_vault_reference`,
    which is another thing: the vault of accounts in user subscription mode. Off unless a policy set asks for it.

    Exceptions: data that needs no key of one's own.
    """
    source = account.get("encryption.key_source") or "Microsoft.Batch"
    if str(source).lower() != "microsoft.keyvault":
        yield Finding(
            f"{account.address} is encrypted with a key that Microsoft manages.",
            "encryption.key_source",
            expected="Microsoft.KeyVault",
            actual=source,
            remediation='encryption { key_source = "Microsoft.KeyVault" }, with key_vault_properties and an identity',
        )


@rule("BP2008", "Disks of nodes are not encrypted", kinds=["pool"], severity=Severity.WARNING, level=Level.OFF)
def disks_not_encrypted(pool: Subject, see: Scope) -> Iterator[Finding]:
    """The disks of a pool's nodes are not encrypted by a setting of the pool.

    Why: Azure encrypts what it stores, but not the temporary disk and the caches on the host. Task files are there.

    Instead: List the disks: `targets = ["TemporaryDisk"]` on Linux, `["OsDisk", "TemporaryDisk"]` on Windows; or set
    `security_profile { encryption_at_host = true }`, which covers all.

    Source: Learn, "Create a pool with disk encryption enabled", 2025-07; REST API, diskEncryptionConfiguration.targets
    (Linux pools take TemporaryDisk only); Azure Policy 1760f9d4-7206-436e-a28f-d9f3a5c8a227. The service takes it
    neither in user subscription mode nor for Linux images of one's own. Nine of ten public pools leave it out, hence off
    unless a policy set asks for it.

    Exceptions: sizes without a temporary disk.
    """
    account = see.account_of(pool)
    if account is not None and account.text("pool_allocation_mode").lower() == "usersubscription":
        raise Inapplicable("in user subscription mode the service does not take it")
    if pool.get("security_profile.encryption_at_host") is True:
        return
    windows = is_windows(pool)
    if not windows and pool.has("image_reference.id"):
        raise Inapplicable("for a Linux image of one's own the service does not take it")
    wanted = ["OsDisk", "TemporaryDisk"] if windows else ["TemporaryDisk"]
    given = {str(one).lower() for one in pool.get(_TARGETS) or ()}
    missing = [one for one in wanted if one.lower() not in given]
    if missing:
        yield Finding(
            f"{' and '.join(missing)} of {pool.address}'s nodes {'are' if len(missing) > 1 else 'is'} not encrypted.",
            _TARGETS,
            expected=wanted,
            actual=sorted(given),
            remediation=f"disk_encryption_configuration {{ targets = {_hcl(wanted)} }}",
            edit=Edit(_TARGETS, wanted),
        )


def _hcl(names: list[str]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in names) + "]"
