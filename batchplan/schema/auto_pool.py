"""Pools that the service makes for a job or a schedule, as the data plane describes them."""

from collections.abc import Iterator
from typing import Annotated

from batchplan.schema import task
from batchplan.schema.block import Block
from batchplan.schema.constraint import AnyCase, Between, Formula, Length, choice, matching
from batchplan.schema.facts import DATA_SDK, Change, Fact, Ground
from batchplan.schema.job_task import (
    TaskContainerRegistry,
    TaskContainerSettings,
    TaskPackageReference,
    TaskUserIdentity,
)
from batchplan.schema.pool_disk import CACHING, ENCRYPTION_TYPE, LUN, STORAGE_TYPE, DiskEncryptionSet, EphemeralDisk
from batchplan.schema.pool_image import (
    CONTAINER_TYPE,
    IMAGE_ID,
    SECURITY_TYPE,
    DiskEncryption,
    Extension,
    GalleryImage,
    NodePlacement,
    ProxyAgent,
    ServiceArtifact,
    WindowsConfiguration,
    image_rules,
)
from batchplan.schema.pool_network import PROVISION, NetworkParts, PublicAddressParts, network_rules, public_addresses
from batchplan.schema.pool_rules import slots
from batchplan.schema.pool_scale import (
    FILL_TYPE,
    INTERVAL,
    JOB_ORDER,
    MOUNTS,
    NODES,
    PACKAGES,
    RESIZE_TIMEOUT,
    SLOTS,
    UserAccount,
)
from batchplan.schema.pool_start_task import StartTaskParts
from batchplan.schema.pool_storage import KINDS, BlobMount, CifsParts, FileShareMount, NfsMount
from batchplan.schema.pool_upgrade import UpgradePolicy
from batchplan.schema.rule import Distinct, Members, OneOf, Problem, given, known, maybe

_OWN_POOL = Ground(
    Change.CREATE,
    "The service takes nothing of the pool that it makes for a job but keepAlive, and no job moves to or from such a pool.",
    DATA_SDK,
)
_KEEP = Ground(Change.ACTION, "The service takes it in a PATCH of the job.", DATA_SDK)


class VmImageReference(GalleryImage):
    """The image: publisher, offer and sku of the marketplace, or one id."""

    virtual_machine_image_id: Annotated[str | None, IMAGE_ID] = None
    rules = image_rules("virtual_machine_image_id")


class AutoPoolDiskSecurity(Block):
    """Encryption of a confidential VM's disk state."""

    security_encryption_type: Annotated[str | None, ENCRYPTION_TYPE] = None


class AutoPoolManagedDisk(Block):
    """What the disk is made of."""

    storage_account_type: Annotated[str | None, STORAGE_TYPE] = None
    security_profile: AutoPoolDiskSecurity | None = None
    disk_encryption_set: DiskEncryptionSet | None = None


class AutoPoolDataDisk(Block):
    """An empty disk that each node gets."""

    logical_unit_number: Annotated[int, LUN, Fact(api="lun")]
    disk_size_gb: Annotated[int, Between(1, 32767), Fact(api="diskSizeGB")]
    caching: Annotated[str | None, CACHING, Fact(default="none")] = None
    managed_disk: AutoPoolManagedDisk | None = None


class AutoPoolOSDisk(Block):
    """The disk of the operating system."""

    caching: Annotated[str | None, CACHING] = None
    disk_size_gb: Annotated[int | None, Between(1, 4095), Fact(api="diskSizeGB")] = None
    managed_disk: AutoPoolManagedDisk | None = None
    write_accelerator_enabled: bool | None = None
    ephemeral_os_disk_settings: Annotated[EphemeralDisk | None, Fact(api="ephemeralOSDiskSettings")] = None


class AutoPoolContainers(Block):
    """Containers on the nodes."""

    type: Annotated[str, CONTAINER_TYPE]
    container_image_names: Annotated[tuple[str, ...] | None, Fact(unordered=True)] = None
    container_registries: Annotated[tuple[TaskContainerRegistry, ...], Fact(key=("registry_server",))] = ()


class AutoPoolUefi(Block):
    """Secure boot and the virtual trusted platform module."""

    secure_boot_enabled: bool | None = None
    vtpm_enabled: Annotated[bool | None, Fact(api="vTpmEnabled")] = None


class AutoPoolSecurity(Block):
    """Security of the virtual machines."""

    security_type: Annotated[str | None, SECURITY_TYPE] = None
    encryption_at_host: bool | None = None
    uefi_settings: AutoPoolUefi | None = None
    proxy_agent_settings: ProxyAgent | None = None


class VirtualMachineConfiguration(Block):
    """Image, agent, disks and security of the nodes."""

    image_reference: VmImageReference
    node_agent_sku_id: Annotated[
        str, AnyCase('a node agent such as "batch.node.ubuntu 22.04"'), Fact(data="nodeAgentSKUId")
    ]
    windows_configuration: WindowsConfiguration | None = None
    data_disks: Annotated[tuple[AutoPoolDataDisk, ...], Length(0, 64), Fact(key=("logical_unit_number",))] = ()
    license_type: Annotated[str | None, choice("Windows_Server", "Windows_Client")] = None
    container_configuration: AutoPoolContainers | None = None
    disk_encryption_configuration: DiskEncryption | None = None
    node_placement_configuration: NodePlacement | None = None
    extensions: Annotated[tuple[Extension, ...], Fact(key=("name",))] = ()
    os_disk: AutoPoolOSDisk | None = None
    security_profile: AutoPoolSecurity | None = None
    service_artifact_reference: ServiceArtifact | None = None
    rules = (Distinct("data_disks", "logical_unit_number"), Distinct("extensions", "name"))


class AutoPoolAddresses(PublicAddressParts):
    """Public addresses of the nodes."""

    ip_address_provisioning_type: Annotated[str | None, PROVISION, Fact(api="provision", default="batchmanaged")] = None
    rules = (public_addresses("ip_address_provisioning_type"),)


class AutoPoolNetwork(NetworkParts):
    """Where the nodes are in the network."""

    public_ip_address_configuration: Annotated[AutoPoolAddresses | None, Fact(api="publicIPAddressConfiguration")] = (
        None
    )
    rules = (network_rules("ip_address_provisioning_type"),)


class AutoPoolCifsMount(CifsParts):
    """A CIFS share."""

    username: Annotated[str, Length(1)]


class AutoPoolMount(Block):
    """One file system: exactly one of the four kinds."""

    azure_blob_file_system_configuration: BlobMount | None = None
    nfs_mount_configuration: NfsMount | None = None
    cifs_mount_configuration: AutoPoolCifsMount | None = None
    azure_file_share_configuration: FileShareMount | None = None
    rules = (OneOf(KINDS),)


class AutoPoolStartTask(StartTaskParts):
    """What runs on each node when it joins the pool."""

    command_line: Annotated[str, Length(1)]
    user_identity: TaskUserIdentity | None = None
    container_settings: TaskContainerSettings | None = None


class AutoPoolScheduling(Block):
    """Which node the next task goes to."""

    node_fill_type: Annotated[str, FILL_TYPE]
    job_default_order: Annotated[str | None, JOB_ORDER] = None


def _scaling(pool: Members) -> Iterator[Problem]:
    automatic = known(pool, "enable_auto_scale")
    if automatic and not maybe(pool, "auto_scale_formula"):
        yield Problem(("enable_auto_scale",), 'With autoscale the argument "auto_scale_formula" is required.')
    if automatic:
        for name in ("target_dedicated_nodes", "target_low_priority_nodes"):
            if given(pool, name):
                yield Problem((name,), f'"{name}" has no meaning with autoscale: the formula sets the size.')
    elif given(pool, "auto_scale_formula") and pool.get("enable_auto_scale") in (None, False):
        yield Problem(("auto_scale_formula",), "A formula is used only with enable_auto_scale = true.")


class AutoPool(Block):
    """The specification of a pool that the service makes."""

    display_name: Annotated[str | None, Length(0, 1024)] = None
    vm_size: Annotated[str, matching(r"[A-Za-z0-9_-]+", 'a VM size such as "standard_d4s_v5"', fold=True)]
    virtual_machine_configuration: VirtualMachineConfiguration
    task_slots_per_node: Annotated[int | None, SLOTS, Fact(default=1)] = None
    task_scheduling_policy: AutoPoolScheduling | None = None
    resize_timeout: Annotated[str | None, RESIZE_TIMEOUT, Fact(default="PT15M")] = None
    target_dedicated_nodes: Annotated[int | None, NODES] = None
    target_low_priority_nodes: Annotated[int | None, NODES] = None
    enable_auto_scale: Annotated[bool | None, Fact(default=False)] = None
    auto_scale_formula: Annotated[str | None, Length(1, 8192), Formula()] = None
    auto_scale_evaluation_interval: Annotated[str | None, INTERVAL, Fact(default="PT15M")] = None
    enable_inter_node_communication: Annotated[bool | None, Fact(default=False)] = None
    network_configuration: AutoPoolNetwork | None = None
    start_task: AutoPoolStartTask | None = None
    application_package_references: Annotated[
        tuple[TaskPackageReference, ...], PACKAGES, Fact(key=("application_id", "version"))
    ] = ()
    user_accounts: Annotated[tuple[UserAccount, ...], Fact(key=("name",))] = ()
    metadata: Annotated[tuple[task.Metadata, ...], Fact(key=task.METADATA)] = ()
    mount_configuration: Annotated[tuple[AutoPoolMount, ...], MOUNTS] = ()
    upgrade_policy: UpgradePolicy | None = None
    rules = (slots, _scaling, Distinct("user_accounts", "name"), Distinct("metadata", "name"))


class AutoPoolSpecification(Block):
    """A pool that lives with its job or its schedule."""

    auto_pool_id_prefix: Annotated[str | None, matching(r"[A-Za-z0-9_-]{1,20}", "1 to 20 letters, digits, - and _")] = (
        None
    )
    pool_lifetime_option: Annotated[str, choice("jobschedule", "job")]
    keep_alive: Annotated[bool | None, Fact("Whether the pool stays when its job ends.", _KEEP, default=False)] = None
    pool: AutoPool


class PoolInfo(Block):
    """The pool that tasks run on: one by its id, or one made for them."""

    pool_id: Annotated[
        str | None, matching(r"[A-Za-z0-9_-]{1,64}", "1 to 64 letters, digits, - and _"), Fact("The pool's Batch id.")
    ] = None
    auto_pool_specification: Annotated[AutoPoolSpecification | None, Fact("", _OWN_POOL)] = None
    rules = (OneOf(("pool_id", "auto_pool_specification")),)
