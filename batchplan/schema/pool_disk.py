"""Disks of the nodes."""

from typing import Annotated

from batchplan.schema.block import Block
from batchplan.schema.constraint import Between, ResourceId, choice, lowered
from batchplan.schema.facts import Fact

CACHING = lowered("None", "ReadOnly", "ReadWrite")
STORAGE_TYPE = lowered("Standard_LRS", "Premium_LRS", "StandardSSD_LRS")
ENCRYPTION_TYPE = choice("NonPersistedTPM", "VMGuestStateOnly", "DiskWithVMGuestState")
LUN = Between(0, 63)


class DiskEncryptionSet(Block):
    """A disk encryption set; user subscription mode only."""

    id: Annotated[str, ResourceId("Microsoft.Compute/diskEncryptionSets")]


class DiskSecurity(Block):
    """Encryption of a confidential VM's disk state."""

    security_encryption_type: Annotated[str | None, ENCRYPTION_TYPE] = None
    disk_encryption_set: Annotated[DiskEncryptionSet | None, Fact(since="2025-06-01")] = None


class ManagedDisk(Block):
    """What the disk is made of."""

    storage_account_type: Annotated[str | None, STORAGE_TYPE] = None
    security_profile: DiskSecurity | None = None
    disk_encryption_set: Annotated[DiskEncryptionSet | None, Fact(since="2025-06-01")] = None


class DataDisk(Block):
    """An empty disk that each node gets; the start task has to format it."""

    lun: Annotated[int, LUN]
    disk_size_gb: Annotated[int, Between(1, 32767), Fact(api="diskSizeGB")]
    caching: Annotated[str | None, CACHING, Fact(default="None")] = None
    managed_disk: Annotated[ManagedDisk | None, Fact(since="2025-06-01")] = None


class EphemeralDisk(Block):
    """An OS disk on the host itself."""

    placement: Annotated[str | None, lowered("CacheDisk")] = None


class OSDisk(Block):
    """The disk of the operating system."""

    caching: Annotated[str | None, CACHING] = None
    disk_size_gb: Annotated[int | None, Between(1, 4095), Fact(api="diskSizeGB")] = None
    managed_disk: ManagedDisk | None = None
    write_accelerator_enabled: bool | None = None
    ephemeral_os_disk_settings: Annotated[EphemeralDisk | None, Fact(api="ephemeralOSDiskSettings")] = None
